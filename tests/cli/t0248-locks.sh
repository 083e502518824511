#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
#
# Locks that another process holds, met by commands that run git: it does not
# wait, and meets those of refs only when the files are changed.
. "$(dirname "$0")/lib.sh"
begin 'locks of others are waited for before git is run'

# two NAME: a repository with something to merge, revert and pick.
two() {
	new_repo "$1"
	cd "$1"
	mkdir prompts
	printf "name: a\nprompt: One.\n" >prompts/a.yaml
	printf "name: b\nprompt: Two.\n" >prompts/b.yaml
	git add .
	git commit -q -m one
	git switch -q -c side
	echo "goal: side" >>prompts/b.yaml
	git commit -q -a -m side
	git switch -q main
	echo "goal: main" >>prompts/a.yaml
	git commit -q -a -m two
}

# stopped LOCK COMMAND: refused with path and age, nothing touched.
stopped() {
	lock=$1
	shift
	: >".git/$lock"
	touch -d "5 minutes ago" ".git/$lock"
	expect_failure 128 git pv "$@" 2>../err
	has ../err "$lock\" is there for 30"
	rm ".git/$lock"
	is_clean
	[ ! -e .git/MERGE_HEAD ]
	same two "$(git log -1 --format=%s)"
}

for command in 'merge side' 'revert HEAD' 'cherry-pick side'; do
	it "says what holds ${command%% *} up" '
		two "'"${command%% *}"'"
		for name in index HEAD refs/heads/main; do
			stopped $name.lock '"$command"'
		done
	'
done

it 'says what holds switch up, which leaves the branch alone' '
	two switch
	stopped index.lock switch side
	stopped HEAD.lock switch side
	: >.git/refs/heads/main.lock
	git pv switch side
	rm .git/refs/heads/main.lock
	same side "$(git branch --show-current)"
'

it 'goes on when the lock is gone soon' '
	two soon
	for command in "revert HEAD" "merge side"; do
		: >.git/HEAD.lock
		{ sleep 0.3; rm .git/HEAD.lock; } &
		git pv $command >/dev/null
		wait
	done
	is_clean
'

finish
