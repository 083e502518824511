#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'list and show tell how prompts were used'

new_repo "$TRASH/repo" >/dev/null 2>&1
(
	cd "$TRASH/repo" || exit 1
	printf 'A\n' | git pv new a
	printf 'B\n' | git pv new b
	git pv commit -m Start
) >/dev/null 2>&1

it 'is 0 before anything is recorded' '
	cd repo
	same "a 0 null null
b 0 null null" "$(git pv list --usage --json | jq -r ".[] |
		\"\(.id) \(.usage_count) \(.last_used_at) \(.success_rate)\"")"
	same "0 null null" "$(git pv show a --json |
		jq -r "\"\(.usage_count) \(.last_used_at) \(.success_rate)\"")"
	same null "$(git pv show a --last --json | jq .last)"
	git pv show a --last >../out 2>../err
	lacks ../out used
	has ../err "no output is recorded of a"
	same null "$(git pv list --json | jq ".[0].usage_count")"
'

{
	for i in 1 2 3 4; do
		printf '{"prompt_id":"a","commit":null,"ts":"2026-01-0%dT00:00:00Z",' $i
		printf '"output":"answer %d","success":%s}\n' $i \
			"$([ $i = 2 ] && echo false || echo true)"
	done
	printf '{"prompt_id":"a","commit":null,"ts":"2026-01-05T00:00:00Z"}\n'
} >"$TRASH/rows"

it 'counts, and stays so when executions are pruned' '
	cd repo
	git pv record --stdin <../rows >/dev/null
	want="5 2026-01-05T00:00:00.000Z 0.75"
	use() { jq -r "$1\"\(.usage_count) \(.last_used_at) \(.success_rate)\""; }
	same "$want" "$(git pv list --usage --json | use ".[0] | ")"
	same "$want" "$(git pv show a --json | use "")"
	same "0 null null" "$(git pv show b --json | use "")"
	git pv list --usage >../out
	has ../out "a  1.0.0           5   75.0 %  2026-01-05"
	has ../out "b  1.0.0           0        -  never"
	git pv show a >../out
	has ../out "used         5 times, last 2026-01-05T00:00:00.000Z, 75.0 % went well"
	git pv show a --last --json >../out
	same "2026-01-04T00:00:00.000Z answer 4" \
		"$(jq -r "\"\(.last.ts) \(.last.output)\"" ../out)"
	git pv show a --last >../out
	has ../out "answer 4"
	git pv history prune --until 2026-01-04 >/dev/null 2>&1
	same 2 "$(git pv history list --json | jq length)"
	same "$want" "$(git pv list --usage --json | use ".[0] | ")"
	same "$want" "$(git pv show a --json | use "")"
'

it_sqlite 'shows prompts although the index is damaged' '
	cd repo
	head -c 4096 /dev/urandom >.git/pv/index.db
	git pv show a --json >../out 2>../err
	same "a null" "$(jq -r "\"\(.id) \(.usage_count)\"" ../out)"
	has ../err "how often prompts were used is not known"
'

it 'has figures by experiment and provider' '
	cd repo
	forget_index
	git pv record --prompt a --provider p --experiment e --latency-ms 5
	git pv record --prompt a --provider q --latency-ms 7
	same "p 1
q 1" "$(git pv performance a --by provider --json |
		jq -r ".by[] | \"\(.provider) \(.executions)\"")"
	same "null e" "$(git pv performance a --by experiment --json |
		jq -r ".by[].experiment" | sort -r | paste -sd" ")"
'

finish
