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

it 'leaves the bytes that were there, whatever they were' '
	new_repo ../bytes
	cd ../bytes
	mkdir prompts
	printf "name: a\nprompt: Hi.\n" >prompts/plain.yaml
	printf "name: a\nprompt: Hi." >prompts/open.yaml
	printf "prompt: Hi.\nactive: true\n" >prompts/last.yaml
	printf "active: true # why\nprompt: Hi.\n" >prompts/first.yaml
	printf "name: a\r\nprompt: |\r\n  Hi.\r\n\r\n" >prompts/crlf.yaml
	printf "prompt: Hi.\nname: b\n# the end\n" >prompts/comment.yaml
	cp -r prompts ../uncommitted
	for id in plain open crlf comment; do
		git pv activate $id -q
		git pv deactivate $id -q
		git pv activate $id -q
		cmp_files ../uncommitted/$id.yaml prompts/$id.yaml
	done
	git pv commit -q -m one
	ids="plain open last first crlf comment"
	git pv deactivate -q $ids
	git pv activate -q $ids
	for id in $ids; do
		cmp_files ../uncommitted/$id.yaml prompts/$id.yaml
	done
	git pv deactivate -q $ids
	git pv commit -q -m off
	git pv edit plain --set goal=calm -q
	git pv commit -q -m edit
	cp -r prompts ../off
	git pv activate -q $ids
	for id in open last first crlf comment; do
		cmp_files ../uncommitted/$id.yaml prompts/$id.yaml
	done
	has prompts/plain.yaml "active: true"
	has prompts/plain.yaml "goal: calm"
	git pv deactivate -q $ids
	for id in $ids; do
		cmp_files ../off/$id.yaml prompts/$id.yaml
	done
	printf "active: false\nprompt: Born off.\n" >prompts/born.yaml
	git add prompts/born.yaml
	git commit -q -m born
	git pv activate -q born
	same "active: true" "$(head -n 1 prompts/born.yaml)"
'

it 'is a patch: no text comes out otherwise' '
	git pv deactivate a -q
	git pv commit -m off >../out
	has ../out "a 1.0.1 (patch)"
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

it 'serves no prompt that was deactivated while its experiment runs' '
	new_repo ../running
	cd ../running
	text_prompt prompts/a.yaml "One {{ x }}."
	git pv commit -q -m one
	text_prompt prompts/a.yaml "Two {{ x }}."
	git pv commit -q -m two
	git pv experiment create tone --prompt a --variant x=1.0.0 \
		--variant y=1.1.0 --metric quality >/dev/null
	git pv experiment start tone >/dev/null
	git pv experiment route tone --unit u --var x=1 >/dev/null
	git pv deactivate a -q
	expect_failure 1 git pv experiment route tone --unit u --var x=1 2>../err
	is_error ../err "is inactive"
	has ../err "--inactive-ok"
	echo "{\"unit\": \"u\"}" >../rows
	git pv commit -q -m off
	expect_failure 1 git pv experiment route tone --unit u --json >../out
	is_json_error ../out policy
	git pv experiment route tone --unit u --inactive-ok --json >../out
	json ../out .prompt a
	git clone -q --bare . ../running.git
	expect_failure 1 git -C ../running.git pv experiment route tone \
		--unit u 2>../err
	git pv activate a -q
	git pv experiment route tone --unit u --json >../out
'

finish
