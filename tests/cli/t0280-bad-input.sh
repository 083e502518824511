#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Bad input to every workflow command: an error and a hint, the right status,
# one JSON document, and everything as it was.
#
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'bad input leaves everything as it was'

# refuses STATUS CODE COMMAND...: as text and as JSON, and nothing changes.
refuses() {
	want_status=$1
	want_code=$2
	shift 2
	snapshot . >../before
	expect_failure "$want_status" "$@" >../out 2>../err
	is_error ../err
	expect_failure "$want_status" "$@" --json >../out 2>../err
	is_json_error ../out "$want_code"
	snapshot . >../after
	cmp_files ../before ../after
}

it 'says that there is no repository' '
	mkdir none
	cd none
	for command in "commit -m x" log "blame x" branch "switch x" "merge x" \
		"revert HEAD" "cherry-pick HEAD" "mv x y" "rollback x --to 1.0.0" "versions x" release \
		"import jsonl x" "export jsonl"; do
		# shellcheck disable=SC2086
		expect_failure 128 git pv $command >../out 2>../err
		is_error ../err
		expect_failure 128 git pv $command --json >../out 2>../err
		is_json_error ../out not-a-repository
	done
'

new_repo repo
cd repo || exit 1
text_prompt prompts/a.yaml 'One.'
git pv commit -q -m one >/dev/null
tick
text_prompt prompts/a.yaml 'Two.'
git pv commit -q -m two >/dev/null

it 'refuses bad ids' '
	for id in "../x" "A" "q r s" "a//b" "a/" ".a" "a.lock" "v1.2.3" "a/../b" \
		"$(printf "q\001r")"; do
		refuses 128 invalid git pv versions "$id"
		refuses 128 invalid git pv rollback "$id" --to 1.0.0
		refuses 128 invalid git pv commit -m x "$id"
		refuses 128 invalid git pv mv "$id" b
		refuses 128 invalid git pv mv a "$id"
	done
'

it 'refuses unknown prompts and versions' '
	refuses 128 prompt-not-found git pv versions b
	refuses 128 prompt-not-found git pv versions "a b"
	refuses 128 prompt-not-found git pv log b
	refuses 128 prompt-not-found git pv mv b c
	refuses 128 prompt-not-found git pv release b
	refuses 128 prompt-not-found git pv commit -m x b
	refuses 128 version-not-found git pv rollback a --to 3.0.0
	refuses 128 version-not-found git pv log a@3.0.0
	refuses 128 version-not-found git pv revert a@3.0.0
	refuses 128 version-not-found git pv merge nowhere
	refuses 128 version-not-found git pv branch new nowhere
'

it 'refuses while a conflict is not resolved' '
	git switch -q -c theirs HEAD~1
	text_prompt prompts/a.yaml "Three."
	git commit -q -a -m three
	git switch -q main
	git merge theirs >/dev/null 2>&1 || :
	refuses 1 conflict git pv commit -m x
	refuses 1 conflict git pv commit -m x --staged
	refuses 1 conflict git pv merge theirs
	refuses 1 conflict git pv rollback a --to 1.0.0
	git merge --abort
'

it 'refuses files that are not UTF-8 or not YAML' '
	printf "prompt: \303\050\n" >prompts/a.yaml
	refuses 1 validation git pv commit -m x
	printf "a: 1\na: 2\nprompt: x\n" >prompts/a.yaml
	refuses 1 validation git pv commit -m x
	printf "prompt: x\n---\nprompt: y\n" >prompts/a.yaml
	refuses 1 validation git pv commit -m x
	git checkout -q prompts
'

it 'refuses files it cannot read' '
	if [ "$(id -u)" -eq 0 ]; then
		echo "root reads everything: a folder in place of the file"
		rm prompts/a.yaml
		mkdir prompts/a.yaml
		echo x >prompts/a.yaml/x
		expect_failure 128 git pv rollback a --to 1.0.0 --json >../out ||
			expect_failure 1 git pv rollback a --to 1.0.0 --json >../out
		json ../out ".error | has(\"code\")" true
		rm -r prompts/a.yaml
		git checkout -q prompts
	else
		text_prompt prompts/a.yaml "Unreadable."
		chmod 0 prompts/a.yaml
		expect_failure 128 git pv commit -m x --json >../out
		is_json_error ../out io
		chmod 644 prompts/a.yaml
		git checkout -q prompts
	fi
	is_clean
'

it 'waits for no lock for ever, and takes none away' '
	text_prompt prompts/a.yaml "Locked."
	: >.git/index.lock
	snapshot . >../before
	expect_failure 128 git pv commit -m x --json >../out
	is_json_error ../out locked
	snapshot . >../after
	cmp_files ../before ../after
	test -e .git/index.lock
	rm .git/index.lock
	: >.git/refs/heads/main.lock
	expect_failure 128 git pv commit -m x --json >../out
	is_json_error ../out locked
	snapshot . >../after
	cmp_files ../before ../after
	rm .git/refs/heads/main.lock
	git pv commit -q -m x >/dev/null
	is_clean
'

it 'writes no half documents when standard output is full' '
	test -w /dev/full || exit 0
	expect_failure 128 git pv log --json >/dev/full 2>../err
	has ../err "error: "
	expect_failure 128 git pv versions a >/dev/full 2>../err
	has ../err "error: "
'

# full COMMAND...: its output has no room; it fails, and says what is done.
full() {
	expect_failure 128 "$@" >/dev/full 2>../err || return
	has ../err "error: " || return
	has ../err " all the same"
}

it 'says what it has done when standard output is full' '
	test -w /dev/full || exit 0
	new_repo ../full
	cd ../full
	text_prompt prompts/a.yaml
	git pv commit -q -m start >/dev/null
	for n in 1 2 3; do
		git switch -q -c "topic$n" main
		text_prompt "prompts/b$n.yaml"
		git pv commit -q -m "Topic $n" >/dev/null
	done
	git switch -q main
	full git pv merge topic1
	same "$(git rev-parse topic1)" "$(git rev-parse HEAD)"
	full git pv merge topic2
	same "$(git rev-parse topic2)" "$(git rev-parse HEAD^2)"
	full git pv merge --json topic3
	same "$(git rev-parse topic3)" "$(git rev-parse HEAD^2)"
	same "$(git rev-parse HEAD)" "$(git rev-parse b3/v1.0.0^{commit})"
	text_prompt prompts/a.yaml "Other."
	git pv commit -q -m other >/dev/null
	full git pv revert HEAD
	full git pv revert --json HEAD
	full git pv rollback a --to 1.0.0
	full git pv rollback --json a --to 1.1.0
	full git pv mv a d
	full git pv mv --json d e
	echo "{\"id\":\"i1\",\"prompt\":\"x\"}" >../lines
	full git pv import jsonl --commit ../lines
	echo "{\"id\":\"i2\",\"prompt\":\"x\"}" >../lines
	full git pv import jsonl --json ../lines
	full git pv new n --text x
	full git pv edit --json n --set name=x
	git add prompts
	git commit -q -m more
	full git pv release
	full git pv switch --json topic1
	is_clean
'

it 'answers usage errors with 129 and names what is wrong' '
	for command in "commit --nope" "log --nope" "branch -x" "switch" \
		"merge" "revert" "cherry-pick" "mv a" "rollback a" "versions" "release --bump x" \
		"import" "export" "export yaml"; do
		# shellcheck disable=SC2086
		expect_failure 129 git pv $command >../out 2>../err
		has ../err "error: "
		# shellcheck disable=SC2086
		expect_failure 129 git pv $command --json >../out 2>../err
		is_json_error ../out usage
	done
'

it 'shows -h without a repository, on standard output' '
	cd ../none
	for command in commit log blame branch switch merge revert cherry-pick mv rollback versions \
		release import export; do
		git pv "$command" -h >../out 2>../err
		has ../out "usage: git pv $command"
		empty ../err
		test "$(wc -l <../out)" -le 25
	done
'

finish
