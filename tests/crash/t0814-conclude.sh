#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2034
#
# conclude --merge is several commits: killed between any two steps, the same
# command goes on and ends where it would have. Where git itself was struck, and
# left a lock, git's own way out is the user's.
. "$(dirname "$0")/faults.sh"
begin_faults 'an end of an experiment that was killed goes on' 12

command='git pv experiment conclude tone --winner concise --merge -q'

# play SPEC: an experiment under way, whose winner is on a branch.
play() {
	stage play
	git switch -q -c side
	text_prompt prompts/a.yaml 'Other.'
	git commit -q -a -m Side
	git switch -q main
	text_prompt prompts/b.yaml 'More.'
	git commit -q -a -m More
	git pv experiment create tone --prompt a --variant control=main \
		--variant "concise=$1" -q >/dev/null 2>&1
	git pv experiment start tone -q >/dev/null 2>&1
	# Which state_of looks at.
	mkdir -p .git/info && touch .git/info/attributes
	rehearse
	git -C "$work" rev-parse 'HEAD:prompts' >"$SCRATCH/prompts"
	goes=0
}

goes_on() {
	locks=$(find "$work/.git" -name '*.lock')
	[ -z "$locks" ] || return 0
	(cd "$work" && eval "$command") >"$SCRATCH/run.out" \
		2>"$SCRATCH/run.err" || return 1
	same "$(cat "$SCRATCH/prompts")" \
		"$(git -C "$work" rev-parse 'HEAD:prompts')" || return 1
	git -C "$work" merge-base --is-ancestor side HEAD || return 1
	same '' "$(git -C "$work" status --porcelain --untracked-files=no)" ||
		return 1
	git -C "$work" rev-parse -q --verify refs/pv/archive/tone/control \
		>/dev/null || return 1
	goes=$((goes + 1))
}

it 'with a merge' '
	play side
	each_fault kill "" goes_on
	[ "$goes" -gt 2 ]
'

it 'with a merge, and fields behind it' '
	play side,model.temperature=0.9
	each_fault kill "" goes_on
	[ "$goes" -gt 2 ]
'

finish
