#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv schema infer'

cat >rows.jsonl <<'EOF'
{"queue": "tech", "n": 1, "at": "2026-11-22", "tags": []}

{"queue": "tech", "n": 2.5, "at": "2026-11-23", "tags": ["a"], "odd": {"x": null}}
{"queue": "sales", "n": 3, "at": "2026-11-24", "tags": ["b", "\"{,:"]}
{"queue": "sales", "n": 4, "at": "2026-11-24", "tags": []}
{"queue": "tech", "n": 4, "at": "2026-11-25", "tags": []}
{"queue": "sales", "n": 4, "at": "2026-11-26", "tags": []}
EOF

it 'prints a schema that each row is valid for' '
	git pv schema infer rows.jsonl >schema.json
	same "{\"type\":\"string\",\"enum\":[\"tech\",\"sales\"]}" \
		"$(jq -c .properties.queue schema.json)"
	same "{\"type\":\"string\",\"format\":\"date\"}" \
		"$(jq -c .properties.at schema.json)"
	same number "$(jq -r .properties.n.type schema.json)"
	same "[\"queue\",\"n\",\"at\",\"tags\"]" "$(jq -c .required schema.json)"
	has schema.json "  \"type\": \"object\","
	while read -r row; do
		[ -z "$row" ] || printf "%s" "$row" |
			git pv schema validate --schema schema.json
	done <rows.jsonl
'

it 'reads standard input, and prints JSON' '
	git pv schema infer - <rows.jsonl >other.json
	cmp_files schema.json other.json
	git pv schema infer rows.jsonl --json >out
	same 6 "$(jq .rows out)"
	same "$(jq -cS . schema.json)" "$(jq -cS .schema out)"
'

it 'names the row that cannot be read' '
	printf "{}\n\n{\"a\": }\n" >bad.jsonl
	expect_failure 128 git pv schema infer bad.jsonl 2>err
	is_error err "bad.jsonl:3"
	: >none.jsonl
	expect_failure 128 git pv schema infer none.jsonl 2>err
	is_error err "no rows"
	expect_failure 128 git pv schema infer gone.jsonl 2>err
	is_error err "gone.jsonl"
	expect_failure 129 git pv schema infer 2>err
	is_error err
'

finish
