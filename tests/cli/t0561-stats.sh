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

# By Johari and others, with V = 1000 times the squared error of 0.016:
# sqrt(V / (V + n tau^2)) exp(n^2 tau^2 theta^2 / (2 V (V + n tau^2))).
it 'tests by the mixture sequential probability ratio' '
	ask msprt "{\"control\": {\"n\": 500, \"mean\": 5, \"sd\": 2}, \"tau\": 0.3,
		\"treatment\": {\"n\": 500, \"mean\": 5.3, \"sd\": 2}}" >answer
	near p 0.2363251868
	grep "\"significant\":false" answer
	expect_failure 128 git pv stats msprt <<-EOF 2>err
		{"control": [1, 2], "treatment": [2, 3]}
	EOF
	has err tau
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

it 'pools both variances on request' '
	ask student "{\"control\": [1, 2, 3, 4], \"treatment\": [2, 4, 6]}" \
		>answer
	near difference 1.5
	near df 5
	near error 1.23153021
	near statistic 1.21799692
'

it 'tells chances of shares and of means' '
	# Beta(1, 1) against Beta(2, 1) is integrated by hand.
	echo "{\"control\": {\"hits\": 0, \"n\": 0},
		\"treatment\": {\"hits\": 1, \"n\": 1}}" >shares.json
	git pv stats bayes shares.json --json >answer
	near p_treatment 0.66666667
	near loss_treatment 0.083333333
	near loss_control 0.25
	a="{\"n\": 100, \"mean\": 5, \"sd\": 3}"
	b="{\"n\": 100, \"mean\": 6, \"sd\": 4}"
	ask bayes "{\"control\": $a, \"treatment\": $b}" >answer
	near mean 1
	near sd 0.5
	near p_treatment 0.977249868
	ask bayes "{\"control\": $a, \"treatment\": $b, \"prior_sd\": 0.5}" \
		>answer
	near mean 0.5
'

it 'spends alpha over looks' '
	ask group "{\"looks\": 2}" >answer
	grep "\"bounds\":\[2.96258[0-9]*,1.96859[0-9]*\]" answer
	ask group "{\"information\": [1], \"alpha\": 0.1,
		\"spending\": \"pocock\"}" >answer
	grep "\"bounds\":\[1.64485[0-9]*\]" answer
'

it 'says what so many units find' '
	ask mde "{\"sd\": 1, \"n_control\": 64, \"n_treatment\": 64}" >answer
	near mde 0.49525488
'

it 'finds quantiles of values in any order' '
	ask quantile "{\"values\": [3, 1, 2, 10, 9, 8, 7, 6, 5, 4]}" >answer
	near value 5.5
	near coverage 0.978515625
	grep "\"interval\":\[2,9\]" answer
	ask quantile "{\"values\": [3, 1, 2], \"q\": 0.9}" >answer
	grep "\"interval\":\[[0-9]*,null\]" answer
'

it 'sees trends' '
	ask trend "{\"y\": [1, 3, 5, 7, 9]}" >answer
	near s 10
	near z 2.20454077
	near slope 2
	near line_intercept 1
	ask trend "{\"x\": [1, 2, 4], \"y\": [0, 0, 0]}" >answer
	grep "\"status\":\"no-variance\"" answer
	near slope 0
'

it 'says where a series changed' '
	v="\"values\": [0, 0, 0, 3, 3, 3]"
	ask change "{$v, \"mean\": 0, \"sd\": 1}" >answer
	near up_at 5
	near up 7.5
	grep "\"down_at\":null" answer
	ask change "{$v, \"mean\": 0, \"sd\": 1, \"method\": \"ewma\"}" \
		>answer
	near up_at 4
	near value 1.464
	ask change "{\"values\": [0, 0, 0, -4], \"limit\": 2,
		\"method\": \"page-hinkley\"}" >answer
	near down_at 3
	near down 3
'

it 'takes out what was known before, and compares ratios of sums' '
	ask cuped "{\"control\": {\"x\": [1, 3, 4], \"y\": [1, 2, 3]},
		\"treatment\": {\"x\": [4, 5, 7], \"y\": [1, 2, 3]}}" >answer
	near theta 1.5
	near difference 2.6666667
	near reduction 0.96428571
	ask ratio "{\"control\": {\"x\": [1, 2], \"y\": [2, 2]},
		\"treatment\": {\"x\": [2, 4], \"y\": [2, 2]}}" >answer
	near control 0.75
	near treatment 1.5
	near error 0.55901699
	near statistic 1.34164079
'

# refuse KIND INPUT WORDS: it is not taken, and says why.
refuse() {
	echo "$2" >in.json
	expect_failure 128 git pv stats "$1" in.json 2>err &&
		is_error err "$3"
}

it 'refuses what would be passed over' '
	refuse bayes "{\"control\": {\"hits\": 1, \"n\": 2},
		\"treatment\": {\"hits\": 1, \"n\": 2}, \"prior_sd\": 1}" \
		"\"prior_sd\" is not for shares"
	refuse change "{\"values\": [1], \"mean\": 1, \"sd\": 1,
		\"delta\": 1}" "\"delta\" is not for cusum"
	refuse change "{\"values\": [1], \"mean\": 1, \"sd\": 0}" \
		"\"sd\" is not above 0"
	refuse change "{\"values\": [1], \"method\": \"guess\"}" \
		"\"guess\" is no method"
	refuse group "{\"looks\": 2, \"information\": [1]}" \
		"\"looks\" and \"information\" exclude each other"
	refuse group "{\"looks\": 0}" "\"looks\" is not between 1 and 1000"
	refuse ratio "{\"control\": {\"x\": [1], \"y\": []},
		\"treatment\": {\"x\": [], \"y\": []}}" \
		"\"x\" and \"y\" of \"control\" are not as many"
'

# A wrong answer is worse than none: what is said and not taken is refused.
it 'answers nothing that was not asked' '
	sample="{\"n\": 50, \"mean\": 7, \"sd\": 1}"
	both="\"control\": $sample, \"treatment\": $sample"
	refuse fisher "{\"table\": [[8, 2], [1, 5], [3, 4]]}" "is not [[a, b]"
	refuse fisher "{\"table\": [[8, 2, 1], [1, 5]]}" "is not [[a, b]"
	for kind in power size mde; do
		refuse $kind "{\"one_sided\": \"yes\"}" \
			"\"one_sided\" is neither true nor false"
		refuse $kind "{\"alpha\": 0}" "\"alpha\" is not between 0 and 1"
	done
	refuse size "{\"sd\": 1, \"difference\": 1, \"p_control\": 0.5,
		\"p_treatment\": 0.6}" "\"sd\" does not go with \"p_control\""
	refuse size "{\"sd\": 1, \"difference\": 1, \"p_treatment\": 0.6}" \
		"\"p_treatment\" does not go with \"sd\""
	refuse size "{\"sd\": 1, \"difference\": 1, \"ratio\": 0}" \
		"\"ratio\" is not above 0"
	refuse size "{\"sd\": 1, \"difference\": 1, \"power\": 0}" \
		"\"power\" is not between 0 and 1"
	refuse sequence "{$both, \"n_star\": 0}" "\"n_star\" is not above 0"
	refuse sequence "{$both, \"alpha\": 0}" "\"alpha\" is not between 0 and 1"
	refuse welch "{$both, \"confidence\": 95}" \
		"\"confidence\" is not between 0 and 1"
	refuse welch "{\"control\": {\"n\": 5, \"mean\": 1, \"sd\": 1, \"var\": 1},
		\"treatment\": $sample}" "control has no \"var\""
	refuse proportions "{\"control\": {\"hits\": 1, \"n\": 2, \"x\": 1},
		\"treatment\": {\"hits\": 1, \"n\": 2}}" "control has no \"x\""
	refuse bayes "{$both, \"prior_mean\": 3}" "needs \"prior_sd\""
	refuse bayes "{$both, \"prior_mean\": 3, \"prior_sd\": 0}" \
		"\"prior_sd\" is not above 0"
	refuse group "{\"looks\": 2, \"rho\": 3}" "\"rho\" is for the spending"
	refuse ratio "{\"control\": {\"x\": [1, 2], \"y\": [0, 0]},
		\"treatment\": {\"x\": [1, 2], \"y\": [1, 2]}}" \
		"\"y\" of \"control\" adds up to 0"
	refuse ratio "{\"control\": {\"x\": [1], \"y\": [1], \"z\": 1},
		\"treatment\": {\"x\": [1], \"y\": [1]}}" "control has no \"z\""
	refuse change "{\"values\": [], \"mean\": 1, \"sd\": 1}" "is empty"
	refuse change "{\"values\": [1], \"mean\": 1, \"sd\": 1e308,
		\"method\": \"ewma\"}" "out of range"
	refuse adjust "{\"p\": [1], \"method\": 3}" "it is one of bonferroni, holm"
'

# Of all kinds, as wrong usage names them.
it 'shows an input of each kind, which works' '
	expect_failure 129 git pv stats 2>err
	sed -n "s/.*KIND: \(.*\);.*/\1/p" err | tr , "\n" |
		sed "s/ or /\n/" | tr -d " " | sed "/^$/d" >kinds
	[ "$(wc -l <kinds)" = 19 ]
	while read -r kind; do
		git pv stats "$kind" -h >help
		sed -n "s/^  \(echo .*\)/\1/p" help >example
		has example "git pv stats $kind"
		sh example >answer || echo "$kind"
		[ -s answer ] || echo "$kind"
	done <kinds >failed
	[ ! -s failed ]
	echo "{}" >in.json
	expect_failure 128 git pv stats srm in.json 2>err
	has err "git pv stats srm -h"
'

finish
