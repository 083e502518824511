#!/bin/sh
# SPDX-License-Identifier: MIT
#
# git pv stats: calculators, without a repository.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"
begin 'statistics of experiments are computed for scripts'

# ask KIND INPUT: the answer as JSON.
ask() {
	printf '%s\n' "$2" | git pv stats "$1" --json
}

# near FIELD VALUE: a number of the answer, to six digits.
near() {
	python3 -c '
import json, sys
got = json.load(open("answer"))[sys.argv[1]]
want = float(sys.argv[2])
sys.exit(abs(got - want) > 1e-6 * abs(want))' "$1" "$2"
}

it 'compares two samples' '
	ask welch "{\"control\": [1, 2, 3, 4], \"treatment\": [2, 4, 6, 9]}" \
		>answer
	near difference 2.75
	near statistic 1.69064121
	near df 4.08363575
	near p 0.16470208
'

it 'takes numbers of samples, too' '
	ask welch "{\"control\": {\"n\": 100, \"mean\": 5, \"sd\": 2},
		\"treatment\": {\"n\": 100, \"mean\": 6, \"sd\": 2}}" >answer
	near statistic 3.5355339
	near cohen_d 0.5
	near lift 0.2
'

it 'says why there is no answer' '
	ask welch "{\"control\": [1, 1], \"treatment\": [1, 1]}" >answer
	grep "\"status\":\"no-variance\"" answer
	grep "\"p\":null" answer
	ask welch "{\"control\": [1], \"treatment\": [1, 2]}" >answer
	grep "\"status\":\"too-few\"" answer
'

it 'sees a sample ratio mismatch' '
	ask srm "{\"weights\": [0.5, 0.5], \"observed\": [9463, 7681]}" >answer
	grep "\"mismatch\":true" answer
	near chi2 185.2265516
'

it 'plans' '
	ask size "{\"sd\": 1, \"difference\": 0.5}" >answer
	grep "\"n_control\":64" answer
	ask power "{\"effect\": 0.5, \"n_control\": 64, \"n_treatment\": 64}" \
		>answer
	near power 0.8014596
'

it 'corrects p-values and leaves out those that are none' '
	ask adjust "{\"p\": [0.01, null, 0.04]}" >answer
	grep "\"adjusted\":\[0.02,null,0.04\]" answer
'

it 'prints a line for each member' '
	echo "{\"table\": [[3, 1], [1, 3]]}" >table.json
	git pv stats fisher table.json >lines
	grep "^p  *0.4857142857" lines
	grep "^odds_ratio  *9$" lines
'

it 'refuses what a kind does not have' '
	echo "{\"sd\": 1, \"diference\": 2}" >in.json
	expect_failure 128 git pv stats size in.json 2>err
	is_error err "size has no \"diference\""
	echo "{\"sd\": 1}" >in.json
	expect_failure 128 git pv stats size in.json 2>err
	is_error err "\"difference\" is missing"
	echo "[]" >in.json
	expect_failure 128 git pv stats size in.json 2>err
	is_error err "the input is no JSON object"
	expect_failure 128 git pv stats size none.json 2>err
	expect_failure 129 git pv stats guess in.json 2>err
	is_error err "there is no \"stats guess\""
'

finish
