#!/bin/sh
# SPDX-License-Identifier: MIT
#
# git pv experiment route --stdin: many units, one answer each.
#
# shellcheck disable=SC1091,SC2016,SC2059
. "$(dirname "$0")/lib.sh"
begin 'units on standard input'

git init -q -b main repo
cd repo || exit 1
text_prompt prompts/a.yaml 'Sort: {{ ticket }}'
git add -A
git commit -q -m One
git switch -q -c side
text_prompt prompts/a.yaml 'Briefly sort: {{ ticket }}'
git commit -q -a -m Concise
git switch -q main
git pv experiment create tone --prompt a --variant control=main \
	--variant concise=side --coverage 50 -q >../out
git pv experiment start tone -q >../out

it 'answers as it does of one' '
	for i in 1 2 3 4 5 6 7 8; do
		printf "u%s\n" "$i" >>units
		git pv experiment route tone --unit "u$i" --json --explain \
			--context country=at >>want
	done
	git pv experiment route tone --stdin --explain \
		--context country=at <units >out
	cmp_files want out
	git pv experiment route tone --stdin --json --explain \
		--context country=at <units >out
	cmp_files want out
	same "false true" "$(jq .assigned out | sort -u | paste -sd" " -)"
'

it 'takes objects, whose context counts more' '
	printf "%s\r\n" "{\"unit\": \"u 1\", \"context\": {\"n\": 1.5}}" \
		"{\"context\": {\"ok\": true, \"country\": \"de\"}, \"unit\": \"\"}" \
		"{\"unit\": \"z\", \"context\": null}" "" "plain one" >units
	printf "last" >>units
	git pv experiment route tone --stdin --context country=at <units >out
	jq -c "[.unit, .segment]" out >seen
	cat >want <<-END
	["u 1",{"n":"1.5","country":"at"}]
	["",{"ok":"true","country":"de"}]
	["z",{"country":"at"}]
	["plain one",{"country":"at"}]
	["last",{"country":"at"}]
	END
	cmp_files want seen
	same empty_unit "$(jq -r "select(.unit == \"\") | .reason" out)"
'

it 'says of nothing nothing' '
	git pv experiment route tone --stdin </dev/null >out
	same "" "$(cat out)"
'

# refused TEXT WORDS: a second line that is refused, with such words.
refused() {
	printf "u1\n$1\n" >units
	expect_failure 128 git pv experiment route tone --stdin \
		<units >out 2>err
	is_error err "standard input:2"
	has err "$2"
	same u1 "$(jq -r .unit out)"
	expect_failure 128 git pv experiment route tone --stdin --json \
		<units >out 2>err
	same 2 "$(jq .error.line out)"
}

it 'names the line that it cannot read' '
	refused "{\"unit\": 3}" "no \"unit\""
	refused "{\"context\": {}}" "no \"unit\""
	refused "{\"unit\": \"a\", \"context\": []}" "is no object"
	refused "{\"unit\": \"a\", \"context\": {\"x\": {}}}" "\"x\" is no text"
	refused "{\"unit\": \"a\"" "standard input:2"
	refused "\\377" "not UTF-8"
	refused "a\\000b" "zero byte"
	head -c 1100000 /dev/zero | tr "\0" x >units
	expect_failure 128 git pv experiment route tone --stdin <units 2>err
	is_error err "more than 1 MiB"
'

it 'wants one or the other, and renders nothing' '
	expect_failure 129 git pv experiment route tone 2>err
	expect_failure 129 git pv experiment route tone --stdin --unit u 2>err
	is_error err "route needs --unit U, or --stdin"
	expect_failure 129 git pv experiment route tone --stdin --var a=b 2>err
	is_error err "renders nothing"
'

it 'answers before more is asked' '
	mkfifo ask answer
	git pv experiment route tone --stdin <ask >answer &
	pid=$!
	exec 8>ask 9<answer
	for unit in one two; do
		echo $unit >&8
		read -r line <&9
		same $unit "$(printf "%s\n" "$line" | jq -r .unit)"
	done
	exec 8>&- 9<&-
	wait $pid
'

finish
