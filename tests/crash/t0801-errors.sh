#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2034
. "$(dirname "$0")/faults.sh"
begin_faults 'when the disk fails, all is as it was, and the cause is named' 61

# The words of the cause, as git and we print them.
cause_of() {
	case $1 in
	full) echo 'No space left on device' ;;
	io) echo 'Input/output error' ;;
	read-only) echo 'Read-only file system' ;;
	esac
}

# Nothing but what a run without faults leaves: no locks, no temporary files.
is_tidy() {
	names_of "$work" >"$SCRATCH/names"
	lines_in "$SCRATCH/names" "$SCRATCH/names.before" "$SCRATCH/names.after"
}

# Committed, but the versions could not be made: that is said, too.
is_unreleased() {
	grep -q 'not released\|release_error' "$SCRATCH/run.err" \
		"$SCRATCH/run.out" || return 1
	refs_of "$work" >"$SCRATCH/refs"
	lines_in "$SCRATCH/refs" "$SCRATCH/refs.before" "$SCRATCH/refs.after" ||
		return
	(cd "$work" && git pv release >/dev/null 2>&1 </dev/null) || return
	state_of "$work" >"$SCRATCH/state"
	cmp_files "$SCRATCH/after" "$SCRATCH/state"
}

# The branch has moved, and the index could not follow: that is said as well,
# and what to do about it.
is_unfinished() {
	grep -q 'the commit is made; restore the index' "$SCRATCH/run.err" \
		"$SCRATCH/run.out" || return 1
	(
		cd "$work" || exit
		git restore --staged :/ && git pv release
	) >"$SCRATCH/again" 2>&1 </dev/null || return
	state_of "$work" >"$SCRATCH/state"
	cmp_files "$SCRATCH/after" "$SCRATCH/state"
}

says_cause() {
	grep -q '^error: ' "$SCRATCH/run.err" ||
		grep -q '"error":{"code":"' "$SCRATCH/run.out" || {
		log "no error is reported"
		return 1
	}
	# Git does not always say why; a disk that stays full can be asked.
	[ "$by_git" ] && [ ! "$fault_on" ] ||
		grep -qF "$(cause_of "$fault_action")" "$SCRATCH/run.err" \
			"$SCRATCH/run.out" || {
		log "the cause is not named"
		return 1
	}
}

# What a command of many steps has done stays; the next run does the rest, or
# what it said to do.
goes_on() {
	[ "$fault_action" = short ] && return
	(cd "$work" && sh -c "${resumption:-$command}") >"$SCRATCH/again" 2>&1 </dev/null || {
		cat "$SCRATCH/again" >&3
		return 1
	}
	state_of "$work" >"$SCRATCH/state"
	cmp_files "$SCRATCH/after" "$SCRATCH/state"
}

check_failed() {
	state_of "$work" >"$SCRATCH/state"
	if [ "$fault_status" -eq "${expected:-0}" ]; then
		cmp_files "$SCRATCH/after" "$SCRATCH/state"
		return
	fi
	if [ "$fault_status" -eq 1 ] && is_unreleased; then
		return 0
	fi
	says_cause || return
	if is_unfinished; then
		return 0
	fi
	case $kind in
	by-git) ;;
	steps) goes_on ;;
	*) cmp_files "$SCRATCH/before" "$SCRATCH/state" && is_tidy ;;
	esac
}

# After a disk broke for good nothing can be put back, but nothing moves on.
check_broken() {
	[ "$fault_status" -ne 0 ] || return 0
	refs_of "$work" >"$SCRATCH/refs"
	lines_in "$SCRATCH/refs" "$SCRATCH/refs.before" "$SCRATCH/refs.after" ||
		return
	[ "$by_git" ] && return
	files_of "$work" >"$SCRATCH/files"
	lines_in "$SCRATCH/files" "$SCRATCH/files.before" "$SCRATCH/files.after"
}

# play COMMAND [by-git | steps] [deletes]: half of the rounds with --json. What
# only deletes writes no data that could be cut short.
play() {
	command=$1 kind=${2:-} by_git=
	[ "$kind" ] && by_git=yes
	rehearse || return
	each_fault full '' check_failed || return
	each_fault full on check_failed || return
	[ "${3:-}" ] || each_fault short on check_failed || return
	command="$1 --json"
	each_fault io '' check_failed || return
	each_fault io on check_broken || return
	each_fault read-only on check_broken || return
	copy
	run_fault 1 read-only on
	check_failed || explain 1 'read-only'
}

it 'commit' '
	stage commit
	text_prompt prompts/a.yaml "Reworded."
	text_prompt prompts/new.yaml
	play "git pv commit -m Reword"
'

it 'commit, with hooks' '
	stage hooks
	mkdir .git/hooks
	for hook in pre-commit commit-msg post-commit; do
		printf "#!/bin/sh\nexit 0\n" >.git/hooks/$hook
		chmod +x .git/hooks/$hook
	done
	text_prompt prompts/a.yaml "Reworded."
	play "git pv commit -m Reword"
'

it 'commit of so many that they go into a pack' '
	stage many
	for i in $(seq 70); do
		text_prompt prompts/many/p$i.yaml "Number $i."
	done
	play "git pv commit -m Many"
'

it 'commit of what is staged' '
	stage staged
	text_prompt prompts/a.yaml "Reworded."
	git add prompts
	play "git pv commit --staged -m Reword"
'

it 'release' '
	stage release
	text_prompt prompts/a.yaml "Reworded."
	text_prompt prompts/b.yaml "Reworded, too."
	git commit -q -a -m "Plain"
	play "git pv release" steps
'

it 'release of many' '
	stage releases
	for i in $(seq 70); do
		text_prompt prompts/many/p$i.yaml "Number $i."
	done
	git add prompts
	git commit -q -m "Plain"
	play "git pv release" steps
'

it 'rollback' '
	stage rollback
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Reword" >/dev/null
	play "git pv rollback a --to 1.0.0"
'

it 'revert' '
	stage revert
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Reword" >/dev/null
	play "git pv revert HEAD" by-git
'

it 'cherry-pick' '
	stage pick
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	play "git pv cherry-pick topic" by-git
'

it 'cherry-pick of a field' '
	stage pick_field
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	echo "goal: none" >>prompts/a.yaml
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	play "git pv cherry-pick --field goal topic"
'

it 'merge' '
	stage merge
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	text_prompt prompts/b.yaml "Reworded, too."
	git pv commit -q -m "Main" >/dev/null
	play "git pv merge topic" by-git
'

it 'merge that is a fast-forward' '
	stage forward
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	play "git pv merge topic" by-git
'

# conflict NAME: two branches that do not merge, entered.
conflict() {
	stage "$1"
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	text_prompt prompts/a.yaml "Said otherwise."
	git pv commit -q -m "Main" >/dev/null
}

it 'merge that stops at a conflict' '
	conflict stopped
	expected=1
	play "git pv merge topic" by-git
'

it 'resolve' '
	conflict resolve
	expect_failure 1 git pv merge topic
	resumption="git pv resolve a --theirs || git add prompts/a.yaml"
	play "git pv resolve a --field prompt --theirs" steps
'

it 'merge --continue' '
	conflict continued
	expect_failure 1 git pv merge topic
	git pv resolve a --theirs
	play "git pv merge --continue" by-git
'

it 'mv' '
	stage mv
	play "git pv mv a sub/d"
'

it 'switch' '
	stage switch
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	text_prompt prompts/new.yaml
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	play "git pv switch topic" by-git
'

import_lines() {
	for i in $(seq "$1"); do
		printf "{\"id\":\"in/p%d\",\"prompt\":\"Number %d.\"}\n" "$i" "$i"
	done
}

it 'import' '
	stage import
	import_lines 3 >"$SCRATCH/lines"
	play "git pv import jsonl --commit $SCRATCH/lines -m In"
'

it 'import of many' '
	stage imports
	import_lines 70 >"$SCRATCH/lines"
	play "git pv import jsonl --commit $SCRATCH/lines -m In"
'

it 'new' '
	stage new
	play "git pv new fresh/one --text Hello"
'

it 'edit' '
	stage edit
	play "git pv edit a --set model.temperature=0.1"
'

it 'branch' '
	stage branch
	play "git pv branch topic"
	git branch topic
	play "git pv branch -d topic" "" deletes
'

it 'install' '
	stage install
	git remote add origin ../nowhere
	play "git pv install --pattern \"*.prompt\"" steps
'

it 'init' '
	rm -rf "$TRASH/init"
	mkdir "$TRASH/init"
	cd "$TRASH/init"
	printf "version: 1\nid: 6f2f8bd2-41f0-4c0c-9d0e-b0b6a6a3a5d1\n" >pv.yaml
	play "git pv init -y" steps
'

finish
