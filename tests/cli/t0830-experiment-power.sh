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
		mde: 0.4
	EOF
	git pv experiment power tone --sd 1 --per-day 600 --json >../answer
	git pv experiment power --variants 3 --alpha 0.1 --power 0.9 --mde 0.4 \
		--sd 1 --per-day 450 --json >../same
	plain="del(.needs[0], .minimum, .n_star)"
	same "$(jq -c "$plain" ../same)" "$(jq -c "$plain" ../answer)"
	git pv experiment power tone --days 10 --sd 1 --per-day 600 --json \
		>../answer
	same 1500 "$(cd .. && need fixed n)"
	expect_failure 129 git pv experiment power tone 2>../err
	has ../err "either --sd"
	expect_failure 128 git pv experiment power nobody --sd 1 --mde 1 2>../err
'

# need OF TOTAL: what the winner rule waits for.
it 'needs what the rule waits for' '
	cd repo
	same "100 5000" "$(jq -r "\"\(.minimum) \(.n_star)\"" ../answer)"
	printf "minimum_sample: 2000\n" | cat experiments/tone.yaml - \
		>experiments/large.yaml
	git pv experiment power large --sd 1 --per-day 600 --json >../answer
	same "2000 4000" "$(jq -r "\"\(.minimum) \(.n_star)\"" ../answer)"
	same "2000 2000 2000" "$(jq -r "[.needs[].n | tostring] | join(\" \")" \
		../answer)"
	same 14 "$(cd .. && need fixed days)"
	expect_failure 128 git pv experiment power large --sd 1 --per-day 600 \
		--days 10 2>../err
	has ../err "has 1500 of the 2000 units"
	git pv experiment power large --sd 1 --per-day 600 >../out
	has ../out "nothing is decided before each variant has 2000"
'

# A sequence that is narrowest elsewhere needs more than one that is so there.
it 'plans a sequence as it is read' '
	cd repo
	sed "s/mde: 0.4/mde: 0.02/" experiments/tone.yaml >experiments/small.yaml
	git pv experiment power small --sd 1 --per-day 600 --json >../answer
	git pv experiment power --variants 3 --alpha 0.1 --power 0.9 --mde 0.02 \
		--sd 1 --json >../same
	same true "$(jq -s ".[0].needs[0].n > 1.05 * .[1].needs[0].n and
		.[0].needs[0].n < 2 * .[1].needs[0].n" ../answer ../same)"
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
	# Of 24 in a day, 6 are of that variant: 8 are there.
	same 8 "$(jq .have ../answer)"
	same "$(jq "((.needs[1].n - 8) / 6) | ceil" ../answer)" \
		"$(cd .. && need fixed days_left)"
	git pv experiment power tone >../out
	has ../out "left"
	printf "{\"prompt_id\":\"a\",\"experiment\":\"small\",\"variant\":\"control\",\"unit\":\"1\",\"quality\":3}\n" |
		git pv record --stdin --loose
	git pv experiment power small --sd 1 --json >../answer 2>../err
	has ../err "is of 0 minutes"
	same null "$(jq ".needs[0].days_left" ../answer)"
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
