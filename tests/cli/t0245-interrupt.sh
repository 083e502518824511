#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'a signal in the middle: no lock stays, what was begun is undone'

new_repo repo
cd repo || exit 1
text_prompt prompts/a.yaml
git pv commit -q -m one >/dev/null
mkdir -p .git/hooks

# The hook that is running when the signal comes; it would take its time.
hook() { # NAME SIGNAL
	cat >".git/hooks/$1" <<-HOOK
		#!/bin/sh
		kill -$2 "\$(cat "$TRASH/pid")"
		sleep 25
		touch "$TRASH/late"
	HOOK
	chmod +x ".git/hooks/$1"
}

# Directly, for the wrapper git would be in the way of the signal, and with
# the default actions, whatever the tests were started from.
pv() {
	rm -f ../late
	env --default-signal=INT,TERM,HUP \
		sh -c 'echo $$ >../pid; exec git-pv "$@"' sh "$@"
}

it 'dies of the signal and gives up its locks' '
	text_prompt prompts/a.yaml Changed.
	snapshot . >../before
	for row in INT:130 TERM:143 HUP:129; do
		hook pre-commit "${row%:*}"
		expect_failure "${row#*:}" pv commit -m no --json >../out
		is_json_error ../out canceled
		test ! -e ../late
		snapshot . >../after
		cmp_files ../before ../after
		check_repo
		find .git -name "next-index*" >../left
		empty ../left
	done
	rm .git/hooks/pre-commit
	git checkout -q prompts
'

it 'stops at the hooks of the message, too' '
	text_prompt prompts/a.yaml Changed.
	snapshot . >../before
	hook commit-msg TERM
	expect_failure 143 pv commit -m no 2>../err
	is_error ../err interrupted
	rm .git/hooks/commit-msg
	snapshot . >../after
	cmp_files ../before ../after
	check_repo
	git checkout -q prompts
'

it 'puts back the files of an import and of a rollback' '
	text_prompt prompts/a.yaml Two.
	git pv commit -q -m two >/dev/null
	printf "{\"id\":\"z\",\"prompt\":\"Z\"}\n" >../in.jsonl
	hook pre-commit TERM
	snapshot . >../before
	expect_failure 143 pv import jsonl --each ../in.jsonl 2>../err
	expect_failure 143 pv import jsonl --commit ../in.jsonl 2>../err
	expect_failure 143 pv rollback a --to 1.0.0 2>../err
	rm .git/hooks/pre-commit
	snapshot . >../after
	cmp_files ../before ../after
	is_clean
'

it 'finishes what it has begun once the branch has moved' '
	text_prompt prompts/a.yaml Three.
	hook post-commit TERM
	expect_failure 143 pv commit -q -m three >../out
	rm .git/hooks/post-commit
	test ! -e ../late
	same three "$(git log -1 --format=%s)"
	same "$(git rev-parse HEAD)" "$(git rev-parse "a/v1.2.0^{commit}")"
	is_clean
'

it 'leaves signals alone that its parent ignores' '
	text_prompt prompts/a.yaml Four.
	cat >.git/hooks/pre-commit <<-HOOK
		#!/bin/sh
		kill -HUP "\$(cat "$TRASH/pid")"
	HOOK
	chmod +x .git/hooks/pre-commit
	env --ignore-signal=HUP \
		sh -c "echo \$\$ >../pid; exec git-pv commit -q -m four" >/dev/null
	rm .git/hooks/pre-commit
	same four "$(git log -1 --format=%s)"
	is_clean
'

it 'reports a limit on file sizes, and leaves nothing' '
	text_prompt prompts/a.yaml Five.
	snapshot . >../before
	(ulimit -f 0; git-pv commit -q -m five 2>&1 || echo "status $?") |
		cat >../out
	has ../out "File too large"
	has ../out "status 128"
	test ! -e .git/index.lock
	snapshot . >../after
	cmp_files ../before ../after
	git pv commit -q -m five >../out
	same five "$(git log -1 --format=%s)"
	is_clean
'

it 'gives hooks the usual signal for a limit on file sizes' '
	text_prompt prompts/a.yaml Six.
	cat >.git/hooks/pre-commit <<-HOOK
		#!/bin/sh
		awk "/^Sig(Ign|Cgt)/ { print substr(\\\$2, 10, 1) }" \\
			/proc/self/status >"$TRASH/signals"
	HOOK
	chmod +x .git/hooks/pre-commit
	git pv commit -q -m six >../out
	rm .git/hooks/pre-commit
	printf "0\n0\n" >../want
	cmp_files ../want ../signals
	is_clean
'

it 'stops a merge with git, and says what git has left' '
	git switch -q -c exp HEAD~1
	text_prompt prompts/b.yaml
	git pv commit -q -m exp >/dev/null
	git switch -q main
	snapshot . >../before
	hook pre-merge-commit TERM
	expect_failure 143 pv merge exp 2>../err
	rm .git/hooks/pre-merge-commit
	is_error ../err "git reset --merge"
	test ! -e ../late
	check_repo
	git reset -q --merge
	snapshot . >../after
	cmp_files ../before ../after
'

finish
