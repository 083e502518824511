#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
begin 'the test library notices what it is there to notice'

# script BODY: a test of its own with one `it`, run apart; its report in `out`.
script() {
	cat >inner.sh <<-SCRIPT
		. "$TEST_SOURCE/lib.sh"
		TEST_SOURCE=$TEST_SOURCE PROJECT=$PROJECT
		begin inner
		it body '$1'
		finish
	SCRIPT
	PV_BUILD=$PV_BUILD sh inner.sh >out 2>&1
}

it 'counts a body that succeeds' '
	script "true"
	same "1 passed, 0 failed" "$(tail -n 1 out)"
'

it 'counts a failing command in the middle of a body' '
	expect_failure 1 script "false
		true"
	same "0 passed, 1 failed" "$(tail -n 1 out)"
'

it 'tells one exit status from another' '
	expect_failure 1 script "expect_failure 128 sh -c \"exit 129\""
	has out "expected status 128, got 129"
	script "expect_failure 128 sh -c \"exit 128\" >/dev/null 2>&1"
'

it 'sees files, fragments and texts that differ' '
	echo a >a
	echo b >b
	expect_failure 1 cmp_files a b
	expect_failure 1 has a b
	expect_failure 1 lacks a a
	expect_failure 1 same a b
	expect_failure 1 empty a
	has a a
	lacks a b
'

it 'wants exactly one JSON document' '
	echo "{\"a\": [1, 2]}" >doc
	json doc .a "[1,2]"
	json doc ".a[0]" 1
	expect_failure 1 json doc .a "[2]"
	echo "{}" >>doc
	expect_failure 1 json doc .a null
	: >doc
	expect_failure 1 json doc . null
'

it 'finds a lock left behind and a broken object' '
	new_repo repo
	git -C repo commit -q --allow-empty -m one
	is_clean repo
	: >repo/.git/refs/heads/main.lock
	expect_failure 1 check_repo repo
	rm repo/.git/refs/heads/main.lock
	: >repo/untracked
	expect_failure 1 is_clean repo
	rm repo/untracked
	blob=$(echo x | git -C repo hash-object -w --stdin)
	file=repo/.git/objects/$(echo "$blob" | sed "s,..,&/,")
	chmod u+w "$file"
	echo garbage >"$file"
	expect_failure 1 check_repo repo
'

it 'gives the same object ids in every run' '
	new_repo one
	git -C one commit -q --allow-empty -m same
	new_repo two
	git -C two commit -q --allow-empty -m same
	same "$(git -C one rev-parse HEAD)" "$(git -C two rev-parse HEAD)"
	before=$(git -C one log -1 --format=%ct)
	tick
	git -C two commit -q --allow-empty -m later
	same "$((before + 60))" "$(git -C two log -1 --format=%ct)"
'

it 'leaves nothing behind' '
	script "pwd >\"$TRASH/inner-dir\""
	dir=$(cat inner-dir)
	test -n "$dir"
	test ! -e "$dir"
'

finish
