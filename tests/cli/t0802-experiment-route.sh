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

it 'keeps what a unit was given, in its epoch' '
	git pv experiment reweight tone --split 10,90 -q >out
	git pv experiment ramp tone --coverage 100 -q >out
	git pv experiment route tone --unit u1 --json --sticky control@1 >out
	same "control sticky 1" "$(jq -r "[.variant, .reason, .epoch] |
		join(\" \")" <out)"
	jq -c "{unit, sticky: .}" out >units
	echo "{\"unit\": \"u1\", \"sticky\": {\"variant\": \"control\", \"epoch\": null}}" \
		>>units
	echo u1 >>units
	git pv experiment route tone --stdin <units >out
	same "sticky hash hash" "$(jq -r .reason out | paste -sd" " -)"
	same "1 3 3" "$(jq -r .epoch out | paste -sd" " -)"
	refused "{\"unit\": \"a\", \"sticky\": 3}" "is no object"
	refused "{\"unit\": \"a\", \"sticky\": {\"variant\": \"x\", \"epoch\": 1}}" \
		"no variant \"x\""
	refused "{\"unit\": \"a\", \"sticky\": {\"variant\": \"control\", \"epoch\": 9}}" \
		"no epoch 9"
	for wrong in control control@ control@x @1 control@0 control@1.5; do
		status=0
		git pv experiment route tone --unit u --sticky "$wrong" \
			2>err || status=$?
		case $wrong in @1) want=128 ;; *) want=129 ;; esac
		same $want $status
	done
	expect_failure 129 git pv experiment route tone --stdin \
		--sticky control@1 2>err
	is_error err "lines of --stdin have a"
'

# Half and half at first, one in ten later: those who come back stay what they
# were. Counted to the epoch that gave it to them nothing is off; counted to the
# one they come back in, it is.
it 'lets the split be judged by who was given what when' '
	git pv experiment create kept --prompt a --variant control=main \
		--variant concise=side -q >out
	git pv experiment start kept -q >out
	seq -f "u%g" 600 >units
	git pv experiment route kept --stdin <units >first
	git pv experiment reweight kept --split 10,90 -q >out
	{
		jq -c "{unit, sticky: {variant, epoch}}" first
		seq -f "n%g" 600
	} >units
	git pv experiment route kept --stdin <units >second
	same 600 "$(grep -c sticky second)"
	cat first second | jq -c "{experiment, epoch, variant, unit, quality: 6}" \
		>rows
	git pv experiment replay kept rows --json >out || same 1 $?
	same "false 2" "$(jq -r "[.srm.mismatch, (.srm.epochs | length)] |
		map(tostring) | join(\" \")" out)"
	same "1200 0" "$(jq -r "[([.variants[].n] | add), (.warnings | length)] |
		map(tostring) | join(\" \")" out)"
	{
		cat first
		jq -c ".epoch = 2" second
	} | jq -c "{experiment, epoch, variant, unit, quality: 6}" >rows
	git pv experiment replay kept rows --json >out || same 1 $?
	same true "$(jq .srm.mismatch out)"
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

it 'takes numbers as they are written' '
	git pv experiment create app --prompt a \
		--variant control=main --variant concise=side >out
	cat >>experiments/app.yaml <<-EOF
		targeting:
		  all:
		    - {attribute: app, version: {from: "2.9", below: "3.0"}}
	EOF
	git pv commit -q -m App
	git pv experiment start app >out
	printf "{\"unit\":\"u\",\"context\":{\"app\":%s}}\n" \
		2.2 2.9 0.1 3.0 2.95 >units
	git pv experiment route app --stdin --json <units |
		jq -r "[.segment.app, .reason] | join(\" \")" >out
	same "2.2 not-targeted
2.9 hash
0.1 not-targeted
3.0 not-targeted
2.95 hash" "$(cat out)"
	expect_failure 129 git pv experiment route app --unit u \
		--context app=1 --context app=2 2>err
	is_error err "--context says twice what \"app\" is"
'

finish
