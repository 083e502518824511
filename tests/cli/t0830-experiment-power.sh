#!/bin/sh
# SPDX-License-Identifier: MIT
#
# git pv experiment power: how long an experiment takes.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"
begin 'how long an experiment takes'

# need METHOD FIELD: of the answer.
need() {
	jq -r ".needs[] | select(.method == \"$1\") | .$2" answer
}

it 'needs no repository' '
	git pv experiment power --sd 1 --mde 0.5 --json >answer
	same 64 "$(need fixed n)"
	same null "$(need fixed days)"
'

# (1.96 sqrt(2 0.91 0.09) + 0.8416 sqrt(0.9 0.1 + 0.92 0.08))^2 / 0.02^2.
it 'plans shares, and says how many days that is' '
	git pv experiment power --baseline 0.9 --mde 0.02 --per-day 800 --json \
		>answer
	same 3213 "$(need fixed n)"
	same 9 "$(need fixed days)"
'

it 'asks for more of those who look often' '
	same true "$(jq ".needs | (.[0].n > 1.85 * .[1].n) and
		(.[0].n < 1.95 * .[1].n)" answer)"
	same true "$(jq ".needs | (.[2].n > .[1].n) and
		(.[2].n < 1.1 * .[1].n)" answer)"
'

it 'corrects for comparisons' '
	git pv experiment power --sd 1 --mde 0.5 --variants 3 --metrics 2 \
		--json >more
	git pv experiment power --sd 1 --mde 0.5 --alpha 0.0125 --json >same
	same "$(jq .needs[1].n same)" "$(jq .needs[1].n more)"
'

# The way back: what is found in so many days needs those days.
it 'says what can be found in a given time' '
	git pv experiment power --sd 1.5 --days 14 --per-day 800 --json >answer
	for method in sequential fixed group-sequential; do
		git pv experiment power --sd 1.5 --per-day 800 \
			--mde "$(need "$method" mde)" --json >back
		same "$(need "$method" n)" "$(jq ".needs[] |
			select(.method == \"$method\") | .n" back)" || return 1
	done
'

it 'is a table for people' '
	git pv experiment power --baseline 0.9 --mde -0.02 >out
	has out "sequential"
	has out "look once, at the end"
'

it 'takes from an experiment what the options do not say' '
	git init -q repo
	cd repo
	mkdir prompts experiments
	git config user.name n
	git config user.email e
	write experiments/tone.yaml <<-EOF
		prompt: a
		variants: {control: main, concise: side, short: side2}
		split: {control: 50, concise: 25, short: 25}
		metrics: {primary: [quality]}
		alpha: 0.1
		power: 0.9
		mde: 0.5
	EOF
	git pv experiment power tone --sd 1 --per-day 600 --json >../answer
	git pv experiment power --variants 3 --alpha 0.1 --power 0.9 --mde 0.5 \
		--sd 1 --per-day 450 --json >../same
	cmp_files ../same ../answer
	git pv experiment power tone --days 10 --sd 1 --per-day 600 --json \
		>../answer
	same 1500 "$(cd .. && need fixed n)"
	expect_failure 129 git pv experiment power tone 2>../err
	has ../err "either --sd"
	expect_failure 128 git pv experiment power nobody --sd 1 --mde 1 2>../err
'

it 'takes the rate and the deviation from what was recorded' '
	cd repo
	for i in 0 1 2 3 4 5 6 7; do
		for variant in control concise short; do
			echo "{\"ts\":\"2026-10-0$((i / 4 + 1))T00:00:00Z\",
				\"prompt_id\":\"a\",\"experiment\":\"tone\",
				\"variant\":\"$variant\",\"unit\":\"$i$variant\",
				\"quality\":$((4 + i % 2 * 2))}" | tr -d "\n\t"
			echo
		done
	done | git pv record --stdin --loose
	git pv experiment power tone --json >../answer
	# 24 units in a day; a variant of a quarter of them counts. Four of 4 and
	# four of 6 vary by 8 / 7.
	same 18 "$(jq ".per_day * 1000 | round / 1000" ../answer)"
	same 1069 "$(jq ".sd * 1000 | round" ../answer)"
'

it 'refuses what no experiment can have' '
	expect_failure 128 git pv experiment power --sd 0 --mde 1 2>err
	has err "the deviation is 0"
	expect_failure 128 git pv experiment power --baseline 0.99 --mde 0.02 2>err
	has err "the share to be found"
	expect_failure 128 git pv experiment power --sd 1 --mde 1 --alpha 1 2>err
	has err "alpha is 1, which is no chance"
	expect_failure 128 git pv experiment power --sd 1 --days 1 2>err
	has err "units per day"
	expect_failure 128 git pv experiment power --sd 1 --days 1 --per-day 3 \
		2>err
	has err "fewer than 2 units"
	expect_failure 128 git pv experiment power --sd 1 --mde 0 2>err
'

it 'refuses what cannot be read' '
	expect_failure 129 git pv experiment power --sd 1 2>err
	has err "either --mde or --days"
	expect_failure 129 git pv experiment power --mde 1 2>err
	has err "either --sd"
	expect_failure 129 git pv experiment power --sd x --mde 1 2>err
	has err "--sd \"x\" is no number"
	expect_failure 129 git pv experiment nothing 2>err
	has err "there is no \"experiment nothing\""
'

finish
