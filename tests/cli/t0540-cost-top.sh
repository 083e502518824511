#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv cost and top: all prompts side by side'

new_repo "$TRASH/repo" >/dev/null 2>&1

it 'says that nothing is recorded' '
	cd repo
	git pv cost 2>../err
	has ../err "nothing is recorded"
	git pv top 2>../err
	has ../err "git pv record --prompt ID"
	same "[]" "$(git pv top --json)"
	same "null 0" "$(git pv cost --json |
		jq -r "\"\(.cost_usd.total) \(.executions)\"")"
'

# a/dear: few and dear; b/often: many and cheap, one of unknown cost, one from
# a cache; c/slow fails.
{
	for at in 1 2; do
		printf '{"prompt_id":"a/dear","ts":"2026-01-0%dT00:00:00Z",' $at
		printf '"commit":null,"cost_usd":0.5,"tokens":10,"quality":9,'
		printf '"latency_ms":5,"success":true,"model":"m1"}\n'
	done
	for at in 1 2 3 4; do
		printf '{"prompt_id":"b/often","ts":"2026-01-0%dT01:00:00Z",' $at
		printf '"commit":null,"cost_usd":0.1,"tokens":1000,"quality":5,'
		printf '"latency_ms":10,"success":true,"model":"m2"}\n'
	done
	printf '{"prompt_id":"b/often","ts":"2026-01-05T00:00:00Z",'
	printf '"commit":null,"model":"new"}\n'
	printf '{"prompt_id":"b/often","ts":"2026-01-05T01:00:00Z",'
	printf '"commit":null,"source":"cache","cost_usd":0.1}\n'
	printf '{"prompt_id":"c/slow","ts":"2026-01-05T00:00:00Z",'
	printf '"commit":null,"latency_ms":9000,"success":false}\n'
} >"$TRASH/rows"
(cd "$TRASH/repo" && git pv record --stdin <../rows) >/dev/null || exit 1

it 'adds up what is known, and counts what is not' '
	cd repo
	same "1.4 9 2" "$(git pv cost --json |
		jq -r "\"\(.cost_usd.total) \(.executions) \(.unknown)\"")"
	same "a/dear 1 0
b/often 0.4 1
c/slow null 1" "$(git pv cost --json |
		jq -r ".by[] | \"\(.prompt) \(.cost_usd.total) \(.unknown)\"")"
	git pv cost >../out
	has ../out "c/slow             1            -            -            -            1"
	has ../out "all                9        \$1.40"
'

it 'adds up by model and day, and for one prompt' '
	cd repo
	same "m1 1
m2 0.4
new null" "$(git pv cost --by model --json |
		jq -r ".by[] | select(.model) | \"\(.model) \(.cost_usd.total)\"")"
	same "2026-01-01 0.6" "$(git pv cost --by day --json |
		jq -r ".by[0] | \"\(.day) \(.cost_usd.total)\"")"
	same 0.4 "$(git pv cost --prompt b/often --json | jq .cost_usd.total)"
'

it 'puts first what there is most of' '
	cd repo
	t() { git pv top "$@" --json | jq -r ".[].id" | paste -sd" "; }
	same "b/often a/dear c/slow" "$(t)"
	same "a/dear b/often c/slow" "$(t --by cost)"
	same "b/often a/dear c/slow" "$(t --by tokens)"
	same "c/slow" "$(t --by errors -n 1)"
	same "c/slow b/often a/dear" "$(t --by latency)"
	same "a/dear b/often c/slow" "$(t --by quality)"
	same "a/dear" "$(t --model m1)"
	same "" "$(t --days 1)"
	git pv top >../out
	has ../out "b/often           6"
'

finish
