#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
#
# Files that git was told not to look at: what is in them may be nowhere else,
# so no command writes over them.
. "$(dirname "$0")/lib.sh"
begin 'what git does not look at is not written over'

# told FLAG: in a repository of that name a prompt with two versions, and words that no status shows.
told() {
	new_repo "$1"
	cd "$1"
	mkdir prompts
	printf "name: a\nprompt: One.\n" >prompts/a.yaml
	git add .
	git commit -q -m one
	git pv release -q >/dev/null
	git pv edit a --set goal=old >/dev/null
	git commit -q -a -m two
	git switch -q -c side
	git pv edit a --set goal=new >/dev/null
	git commit -q -a -m three
	git switch -q -
	git update-index "--$1" prompts/a.yaml
	echo "description: my own words" >>prompts/a.yaml
	cp prompts/a.yaml ../mine
}

# refused COMMAND: status 1, the file as it was, and what to do.
refused() {
	status=0
	git pv "$@" >../out 2>../err || status=$?
	same 1 "$status"
	has ../err "told not to look"
	has ../err "update-index --no-assume-unchanged --no-skip-worktree"
	cmp ../mine prompts/a.yaml
	same two "$(git log -1 --format=%s)"
}

for flag in skip-worktree assume-unchanged; do
	it "refuses with --$flag" '
		told '"$flag"'
		refused rollback a --to 1.0.0
		refused mv a b
		refused cherry-pick --field goal side
	'
done

it 'refuses to move what a sparse checkout leaves out' '
	new_repo sparse
	cd sparse
	mkdir -p prompts/in prompts/out
	printf "name: a\nprompt: One.\n" >prompts/in/a.yaml
	printf "name: b\nprompt: Two.\n" >prompts/out/b.yaml
	git add .
	git commit -q -m one
	git sparse-checkout set --no-cone /prompts/in/
	status=0
	git pv mv out/b in/b 2>../err || status=$?
	same 1 "$status"
	has ../err "the sparse checkout leaves"
	has ../err "git sparse-checkout add"
	same one "$(git log -1 --format=%s)"
'

finish
