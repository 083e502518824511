#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'what was measured of a prompt opens the next environment, or does not'

fresh() { # NAME BOUNDS
	new_repo "$1"
	cd "$1" || exit 1
	text_prompt prompts/a.yaml "One."
	write pv.yaml <<-FILE
		environments:
		  default: staging
		  trial: {}
		  production: {performance: $2}
	FILE
	git add .
	git commit -q -m First
	git pv release -q --all
	forget_index
}

ran() { # COUNT LATENCY SPEC [OPTION...]: executions in trial
	count=$1 latency=$2 spec=$3
	shift 3
	while [ "$count" -gt 0 ]; do
		PV_ENVIRONMENT=${in:-trial} git pv record --prompt "$spec" \
			--output x --latency-ms "$latency" "$@" >/dev/null
		count=$((count - 1))
	done
}

refused() { # RULE WORDS
	expect_failure 1 git pv deploy a -e production --json >../out
	json ../out "[.checks[] | select(.ok | not) | .name]" "[\"measured\"]"
	json ../out "[.checks[] | select(.ok | not) | .findings[0].rule]" \
		"[\"$1\"]"
	has ../out "$2"
	expect_failure 1 git rev-parse -q --verify pv/deployments
}

it 'is not yet, while executions are too few' '
	fresh r1 "{min_executions: 3, latency_p95_ms: 100}"
	refused not-yet "has 0 executions"
	ran 2 10 a
	refused not-yet "1 more are wanted"
	in=staging
	ran 2 10 a
	refused not-yet "1 more are wanted"
	in=trial
	ran 1 10 a
	git pv deploy a -e production
'

it 'counts executions of these bytes only' '
	fresh r2 "{min_executions: 2}"
	ran 2 10 a
	text_prompt prompts/a.yaml "Two."
	git commit -q -a -m Second
	git pv release -q a
	refused not-yet "has 0 executions"
	git pv deploy a@1.0.0 -e production
'

it 'refuses what is slow, and says how slow' '
	fresh r3 "{min_executions: 2, latency_p95_ms: 100}"
	ran 2 500 a
	refused measured "at most 100 is allowed"
'

it 'refuses what is bad, dear or wrong, and what nobody has judged' '
	fresh r4 "{min_executions: 1, quality: 7}"
	ran 1 10 a
	refused not-yet "tells the mean quality"
	ran 1 10 a --quality 5
	refused measured "at least 7"
	fresh r5 "{min_executions: 2, error_rate: 0.4}"
	ran 1 10 a --status ok
	ran 1 10 a --status error
	refused measured "share of errors is 0.5"
	fresh r6 "{min_executions: 1, cost_per_request_usd: 0.01}"
	ran 1 10 a --cost-usd 0.02
	refused measured "US dollars is 0.02"
'

it 'takes the environment that is named' '
	fresh r7 "{min_executions: 1, from: canary}"
	ran 1 10 a
	refused not-yet "in \\\"canary\\\""
	in=canary
	ran 1 10 a
	git pv deploy a -e production
'

it 'stays shut where the bounds say nothing that is known' '
	fresh r8 "{min_execution: 1}"
	refused measured "is not known"
	fresh r9 "{latency_p95_ms: fast}"
	refused measured "is not what it must be"
'
finish
