#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv history stats: the whole repository'

new_repo "$TRASH/repo" >/dev/null 2>&1
(
	cd "$TRASH/repo" || exit 1
	mkdir -p prompts
	printf 'tags: [x, y]\nprompt: A\n' >prompts/a.yaml
	printf 'tags: [y]\nprompt: B\n' >prompts/b.yaml
	printf 'active: false\nprompt: C\n' >prompts/c.yaml
	git pv commit -m Start
	git pv edit a --set description=more
	git pv commit -m More
) >/dev/null 2>&1
{
	for i in 1 2 3; do
		printf '{"prompt_id":"a","commit":null,"model":"m","tokens":10,'
		printf '"cost_usd":0.5,"ts":"2026-01-0%dT00:00:00Z",' $i
		printf '"success":true}\n'
	done
	printf '{"prompt_id":"b","commit":null,"model":"n","ts":"2026-01-04T00:00:00Z",'
	printf '"status":"timeout"}\n'
	printf '{"prompt_id":"b","commit":null,"ts":"2026-01-05T00:00:00Z"}\n'
} >"$TRASH/rows"

it 'tells of prompts and versions when nothing is recorded' '
	cd repo
	same "2 1 4 0" "$(git pv history stats --json | jq -r \
		"\"\(.prompts.active) \(.prompts.inactive) \(.versions) \(.executions)\"")"
'

it 'adds up what was recorded' '
	cd repo
	git pv record --stdin <../rows >/dev/null
	git pv history stats --json >../out
	same "5 3 1 1 30 1.5" "$(jq -r "\"\(.executions) \(.by_status.ok) \(
		.by_status.timeout) \(.by_status.unknown) \(.tokens.total) \(
		.cost_usd.total)\"" ../out)"
	same "[[\"a\",3],[\"b\",2]] [[\"m\",3],[\"n\",1]] [[\"y\",5],[\"x\",3]]" \
		"$(jq -rc "[.busiest_prompts, .models, .tags] |
			map(map([.name, .executions])) | map(tojson) | join(\" \")" ../out)"
	git pv history stats >../out
	has ../out "executions              5"
	has ../out "busiest                 3  a"
	same 2 "$(git pv history stats --prompt b --json | jq .executions)"
	same 1 "$(git pv history stats --since 2026-01-05 --json | jq .executions)"
	expect_failure 128 git pv history stats --tag x 2>../err
	has ../err "figures are not kept by \"tags\""
'

finish
