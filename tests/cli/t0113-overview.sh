#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv without a command: where you are, and what is next'

# next COMMAND: what is said to be next, in at most ten lines.
next() {
	git pv >"$TRASH/out"
	[ "$(wc -l <"$TRASH/out")" -le 10 ]
	same "next        $1" "$(tail -n 1 "$TRASH/out")"
}

it 'says how to start where there is no repository' '
	mkdir nothing
	cd nothing
	git pv >../out
	has ../out "git pv init"
	has ../out "git pv init --starter"
	expect_failure 129 git pv --json >../out
	json ../out .error.code usage
	git init -q --bare
	git pv >../out
	has ../out "a bare repository; its prompts are those of main"
'

it 'goes from the first prompt to its version' '
	new_repo repo
	cd repo
	next "git pv new support/triage"
	has ../out "branch      main, no commits yet"
	text_prompt prompts/a.yaml "One {{ x }}."
	next "git pv commit -m MESSAGE"
	has ../out "new         a  -> 1.0.0"
	git pv commit -q -m one
	next "git pv list"
	same "branch      main" "$(head -n 1 ../out)"
	text_prompt prompts/a.yaml "One {{ x }} {{ y }}."
	git commit -q -a -m two
	next "git pv release"
	has ../out "unreleased  1 prompt: a"
	git pv release -q >../out
	next "git pv list"
'

it 'says what is unreleased, in whatever state' '
	new_repo states
	cd states
	for name in a b c; do
		text_prompt prompts/$name.yaml
	done
	git pv commit -q -m one
	text_prompt prompts/new.yaml
	git add .
	git commit -q -m new
	next "git pv release"
	has ../out "unreleased  1 prompt: new"
	for name in a b c; do
		text_prompt prompts/$name.yaml "Two {{ x }}."
	done
	git commit -q -a -m two
	next "git pv release"
	has ../out "unreleased  4 prompts: a, b, c and 1 more"
	text_prompt prompts/a.yaml "Three {{ x }}."
	next "git pv commit -m MESSAGE"
	has ../out "unreleased  4 prompts: a, b, c and 1 more"
	git checkout -q .
	git pv release -q >../out
	git switch -q -c side
	git pv >../out
	lacks ../out unreleased
	text_prompt prompts/b.yaml "Side {{ x }}."
	git pv commit -q -m side
	next "git pv diff main...HEAD, or git pv merge from there"
	has ../out "unreleased  1 prompt: b"
	git switch -q --detach
	git pv >../out
	has ../out "unreleased  1 prompt: b"
	git switch -q main
	text_prompt prompts/a.yaml "Four {{ x }}."
	git pv commit -q -m four
	git switch -q side
	git pv >../out
	has ../out "unreleased  1 prompt: b"
'

it 'counts what does not fit, and finds what does not load first' '
	cd repo
	for name in b c d e f g; do
		text_prompt prompts/$name.yaml
	done
	next "git pv commit -m MESSAGE"
	has ../out "            and 2 more"
	echo "{ no" >prompts/b.yaml
	next "git pv check"
	has ../out "does not load"
	rm prompts/[b-g].yaml
'

it 'knows branches, conflicts and what is under way' '
	cd repo
	git pv install -q
	git switch -q -c side
	text_prompt prompts/a.yaml "Side."
	git commit -q -a -m side
	next "git pv diff main...HEAD, or git pv merge from there"
	git switch -q main
	text_prompt prompts/a.yaml "Main."
	git pv commit -q -m main
	expect_failure 1 git pv merge side >../out 2>&1
	next "git pv conflicts"
	has ../out "a merge is under way"
	has ../out "conflicts   1 file, prompts/a.yaml"
	git pv resolve a --ours >../out 2>&1
	next "git pv merge --continue"
	git pv merge --abort
	git switch -q --detach
	next "git pv list"
	has ../out "HEAD is detached"
'

it 'leads to the doctor where there is no default branch' '
	cd repo
	git switch -q main
	git config pv.defaultBranch trunk
	next "git pv doctor: there is no branch trunk"
	git config --unset pv.defaultBranch
'

it_tty 'disarms what a branch is called' '
	cd repo
	git switch -q -c "$(printf "x\302\233m")"
	script -qec "git pv" /dev/null >../tty
	lacks ../tty "$(printf "\302\233")"
	git switch -q main
'

finish
