#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv performance: figures of what was recorded'

new_repo "$TRASH/repo" >/dev/null 2>&1
cd "$TRASH/repo" || exit 1
printf 'Sort {{ ticket }}\n' | git pv new support/triage >/dev/null 2>&1
git pv commit -q -m Triage >/dev/null 2>&1
cd ..
# Ten of 1.0.0 and ten of 1.1.0, the latter faster and from a cache twice.
awk 'BEGIN {
	for (i = 0; i < 20; i++) {
		printf "{\"prompt_id\":\"support/triage\",\"commit\":null,"
		printf "\"version\":\"1.%d.0\",\"model\":\"m%d\",", (i >= 10), i % 2
		printf "\"ts\":\"2026-01-%02dT12:00:00Z\",", 1 + i
		printf "\"latency_ms\":%d,", (i < 10 ? 1000 : 500)
		printf "\"tokens_in\":100,\"tokens_out\":%d,", i
		printf "\"cost_usd\":0.01,\"quality\":%d,", (i < 10 ? 6 : 8)
		printf "\"source\":\"%s\",", (i >= 18 ? "cache" : "generated")
		if (i == 3)
			printf "\"error_type\":\"Timeout\","
		printf "\"success\":%s}\n", (i == 3 ? "false" : "true")
	}
}' >"$TRASH/rows"

it 'says how to record when nothing is' '
	cd repo
	git pv performance support/triage >../out 2>../err
	same "" "$(cat ../out)"
	has ../err "nothing is recorded of support/triage"
	has ../err "git pv record --prompt support/triage"
	same "0 null []" "$(git pv performance support/triage --json |
		jq -r "\"\(.executions) \(.success_rate) \(.by)\"")"
'

it 'knows a prompt that is not there' '
	cd repo
	expect_failure 128 git pv performance support/trage 2>../err
	has ../err "did you mean \"support/triage\"?"
'

(cd repo && git pv record --stdin <../rows) >/dev/null || exit 1

it 'sums up' '
	cd repo
	git pv performance support/triage --json >../out
	same "20 0.95 0.05" \
		"$(jq -r "\"\(.executions) \(.success_rate) \(.error_rate)\"" ../out)"
	same "0.18 0.01 0.010588235294117647" \
		"$(jq -r "\"\(.cost_usd.total) \(.cost_usd.per_request) \(.cost_usd.per_success)\"" ../out)"
	same "7 20 0.1" \
		"$(jq -r "\"\(.quality.mean) \(.quality.n) \(.cache_hit_rate)\"" ../out)"
	same "[{\"type\":\"Timeout\",\"count\":1}]" "$(jq -c .errors ../out)"
	same "2026-01-20T12:00:00.000Z" "$(jq -r .last_used_at ../out)"
	same "1800 1953" "$(jq -r "\"\(.tokens.in) \(.tokens.total)\"" ../out)"
'

it 'shows it to people' '
	cd repo
	git pv performance support/triage >../out
	has ../out "executions     20"
	has ../out "               2 from a cache"
	has ../out "success        95.0 % (95 % between 76.4 % and 99.1 %)"
	has ../out "cost           \$0.180, \$0.0100 per request, \$0.0106 per success"
	has ../out "errors         1 Timeout"
'

it 'compares versions, models and days side by side' '
	cd repo
	same "1.0.0 10 1000
1.1.0 10 500" "$(git pv performance support/triage --by version --json |
		jq -r ".by[] | \"\(.version) \(.executions) \(.latency_ms.mean)\"")"
	same "m0 m1" "$(git pv performance support/triage --by model --json |
		jq -r ".by[].model" | paste -sd" ")"
	same 20 "$(git pv performance support/triage --by day --json | jq ".by | length")"
	same "2025-12-29 4" "$(git pv performance support/triage --by week --json |
		jq -r ".by[0] | \"\(.week) \(.executions)\"")"
	git pv performance support/triage --by version >../out
	same "version  executions    success        p50        p95       cost    quality
1.0.0            10     90.0 %     1.00 s     1.00 s    \$0.0100       6.00
1.1.0            10    100.0 %     500 ms     500 ms    \$0.0100       8.00" \
		"$(sed "s/ 1.01 s/ 1.00 s/g; s/ 99[0-9] ms/ 1.00 s/g; s/ 49[0-9] ms/ 500 ms/g; s/ 50[0-9] ms/ 500 ms/g" ../out)"
'

it 'takes part of them' '
	cd repo
	p() { git pv performance support/triage "$@" --json | jq .executions; }
	same 10 "$(p --version 1.0.0)"
	same 5 "$(p --version 1.0.0 --model m1)"
	same 0 "$(p --env production)"
	same 6 "$(p --since 2026-01-15)"
	same 3 "$(p --since 2026-01-15 --until 2026-01-18)"
	same 0 "$(p --days 1)"
	same 20 "$(p --window 1000w)"
	expect_failure 129 git pv performance support/triage --days 1 --window 1h
'

it 'counts what a cache answered when told to' '
	cd repo
	same "0.2 20" "$(git pv performance support/triage --include-cached \
		--metric latency --json |
		jq -r "\"\(.cost_usd.total) \(.metric.n)\"")"
	same 18 "$(git pv performance support/triage --metric latency --json |
		jq .metric.n)"
	git pv performance support/triage --include-cached --json >../both
	git pv performance support/triage --json >../plain
	same "$(jq -c "del(.id, .since, .until, .by)" ../plain)" \
		"$(jq -c .without_cache ../both)"
	same null "$(jq -c .without_cache ../plain)"
	git pv performance support/triage --include-cached >../out
	same 1 "$(grep -A1 "^latency.*(20)" ../out | grep -c "^without cache .*(18)")"
	has ../out "error rate     "
	git pv performance support/triage >../out
	lacks ../out "without cache"
	expect_failure 129 git pv performance support/triage --metric nonsense
'

it 'follows a late rating' '
	cd repo
	id=$(git pv history list -n 1 --json | jq -r ".[0].id")
	git pv history rate "$id" --quality 2
	same 6.7 "$(git pv performance support/triage --json | jq .quality.mean)"
	git pv history rate "$id" --quality 8
	same 7 "$(git pv performance support/triage --json | jq .quality.mean)"
'

it 'knows an environment and a version that are not there' '
	cd repo
	git pv record --prompt support/triage --output x \
		--environment nightly --latency-ms 3
	for command in "performance support/triage" "trends support/triage" \
		"compare support/triage" top cost "history list" \
		"history stats" "history search x" audit; do
		# shellcheck disable=SC2086
		expect_failure 128 git pv $command --env prodction 2>../err
		has ../err "no environment \"prodction\""
		has ../err "did you mean \"production\"?"
		has ../err "git pv env list"
		# What pv.yaml, a usual one or an execution has is known.
		# shellcheck disable=SC2086
		git pv $command --env staging
		# shellcheck disable=SC2086
		git pv $command --env nightly
	done
	for command in "performance support/triage" "trends support/triage" \
		"compare support/triage" "cost --prompt support/triage" \
		"history list --prompt support/triage"; do
		# shellcheck disable=SC2086
		expect_failure 128 git pv $command --version 1.10.0 2>../err
		has ../err "no version \"1.10.0\" of support/triage"
		has ../err "did you mean"
		has ../err "git pv versions support/triage"
		# shellcheck disable=SC2086
		git pv $command --version 1.1.0
	done
	expect_failure 128 git pv cost --version 9 2>../err
	has ../err "git pv cost --by version"
	git pv cost --version 1.1.0 >../out
	has ../out "support/triage"
	expect_failure 128 git pv performance support/trage --version 1.1.0 \
		2>../err
	has ../err "no prompt \"support/trage\""
'

it 'knows a version that no execution has' '
	cd repo
	printf "Sort {{ ticket }}\\n" | git pv new support/idle
	git pv commit -q -m Idle
	git pv performance support/idle --version 1.0.0 2>../err
	has ../err "nothing is recorded of support/idle"
	printf "description: of late\\n" >>prompts/support/idle.yaml
	version=$(git pv list --json | jq -r ".[] | select(.id == \"support/idle\").version")
	case $version in 1.0.0) false ;; esac
	git pv performance support/idle --version "$version" 2>../err
	has ../err "nothing is recorded of support/idle"
	git pv record --prompt support/idle --output x --environment nightly
	git pv performance support/idle --env staging 2>../err
	has ../err "nothing that fits is recorded of support/idle"
'

finish
