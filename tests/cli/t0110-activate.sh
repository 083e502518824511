#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv activate and deactivate, and what inactive prompts are good for'

new_repo repo
cd repo || exit 1
printf '# head\nname:   "A"   # why\nactive: true # now\nprompt: Hi {{ x }}.\n' \
	>prompts.tmp
mkdir prompts && mv prompts.tmp prompts/a.yaml
text_prompt prompts/b.yaml 'Ho {{ x }}.'
git pv commit -q -m first >/dev/null

it 'sets the one key, and keeps every other byte' '
	cp prompts/a.yaml ../a
	git pv deactivate a >../out 2>../err
	same "a is now inactive" "$(cat ../out)"
	has ../err "git pv commit"
	sed "s/^active: true/active: false/" ../a >../want
	cmp_files ../want prompts/a.yaml
	git pv deactivate a >../out 2>../err
	same "a is inactive" "$(cat ../out)"
	test ! -s ../err
	git pv activate a --json >../out
	json ../out . "[{\"id\":\"a\",\"path\":\"prompts/a.yaml\",\"active\":true,\"changed\":true}]"
	cp ../a ../want
	cmp_files ../want prompts/a.yaml
	git restore prompts
'

it 'adds the key where there is none, and leaves active prompts alone' '
	cp prompts/b.yaml ../b
	git pv activate b --json >../out
	json ../out ".[].changed" false
	cmp_files ../b prompts/b.yaml
	git pv deactivate b a b >../out
	same "b is now inactive a is now inactive" "$(paste -sd" " ../out)"
	{ cat ../b; echo "active: false"; } >../want
	cmp_files ../want prompts/b.yaml
	git restore prompts
'

it 'keeps line ends in CRLF' '
	printf "name: c\r\nprompt: Hi.\r\n" >prompts/c.yaml
	git pv deactivate c -q
	printf "name: c\r\nprompt: Hi.\r\nactive: false\r\n" >../want
	cmp_files ../want prompts/c.yaml
	rm prompts/c.yaml
'

it 'changes all or none' '
	expect_failure 128 git pv deactivate a nothing b 2>../err
	is_error ../err nothing
	expect_failure 128 git pv deactivate a@1.0 2>../err
	is_error ../err "names a version"
	echo "{ no" >prompts/bad.yaml
	expect_failure 128 git pv deactivate a bad 2>../err
	rm prompts/bad.yaml
	is_clean
'

it 'is a minor step' '
	git pv deactivate a -q
	git pv commit -m off >../out
	has ../out "a 1.1.0 (minor)"
'

it 'warns when an inactive prompt is rendered' '
	git pv render a --var x=1 >../out 2>../err
	same "Hi 1." "$(cat ../out)"
	has ../err "prompt \"a\" is inactive"
	git pv render b --var x=1 >../out 2>../err
	lacks ../err inactive
	git pv render a@1.0.0 --var x=1 >../out 2>../err
	lacks ../err inactive
'

it 'routes to an inactive prompt only when it is told to' '
	mkdir experiments
	printf "prompt: a\nvariants: {x: main, y: main}\nmetrics: {primary: quality}\n" \
		>experiments/off.yaml
	expect_failure 1 git pv experiment route off --unit u 2>../err
	is_error ../err "is inactive"
	has ../err "git pv activate a"
	git pv experiment route off --unit u --inactive-ok --json >../out
	json ../out .prompt a
'

finish
