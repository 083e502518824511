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

new_repo repo
cd repo || exit 1
mkdir -p prompts/support schemas
cat >prompts/support/triage.yaml <<'EOF'
# Sorts tickets.
prompt: "Sort {{ ticket }}"   # one line
output: {format: json}
tests: []
EOF
git pv commit -q -m first support/triage

run() {
	git pv record --prompt support/triage --input "$1" --output "$2" "${3:---source=generated}"
}

it 'says so when there is no history' '
	expect_failure 128 git pv schema infer support/triage --from-history 2>../err
	is_error ../err "no execution of \"support/triage\" has an output in JSON"
'

it 'proposes the schema of the recorded answers as an edit' '
	run "{\"ticket\": \"a\"}" "{\"queue\": \"tech\", \"n\": 1}"
	run "{\"ticket\": \"b\"}" "Here it is: \`\`\`json
{\"queue\": \"tech\", \"n\": 2, \"why\": \"x\"}
\`\`\`"
	run "{\"ticket\": \"c\", \"lang\": \"de\"}" "I cannot"
	run "{\"ticket\": 4}" "{\"queue\": 5}" --success=false
	cp prompts/support/triage.yaml ../before
	git pv schema infer support/triage --from-history >../out 2>../err
	cmp_files ../before prompts/support/triage.yaml
	has ../out "output.schema"
	has ../err "from 2 executions; --write makes the edit"
	has ../err "1 that failed"
	has ../err "1 whose output is no JSON"
	git pv schema infer support/triage --from-history --json >../out
	json ../out "[.id, .side, .rows, .failed, .not_json, .written,
		.schema.required, .schema.properties.n.type]" \
		"[\"support/triage\",\"output\",2,1,1,false,[\"queue\",\"n\"],\"integer\"]"
'

it 'makes the edit with --write, and keeps the other bytes' '
	git pv schema infer support/triage --from-history --write
	has prompts/support/triage.yaml "# Sorts tickets."
	has prompts/support/triage.yaml "\"Sort {{ ticket }}\"   # one line"
	git pv show support/triage --json >../out
	json ../out "[.prompt.output.format, .prompt.output.schema.required]" \
		"[\"json\",[\"queue\",\"n\"]]"
	echo "{\"queue\": \"tech\", \"n\": 1}" |
		git pv check-output support/triage -
	git pv schema infer support/triage --from-history --input --write
	git pv show support/triage --json >../out
	json ../out "[.prompt.input.required, .prompt.input.properties.ticket.type]" \
		"[[\"ticket\"],\"string\"]"
	git pv render support/triage --var ticket=x >../out
	git pv check support/triage >../out 2>&1
'

it 'leaves a schema in a file of its own alone' '
	printf "{}\n" >schemas/out.json
	printf "prompt: a\noutput: {schema: {\$ref: schemas/out.json}}\n" \
		>prompts/support/triage.yaml
	expect_failure 128 git pv schema infer support/triage --from-history \
		--write 2>../err
	is_error ../err "is in a file: schemas/out.json"
	git pv schema infer support/triage --from-history --json >../out
	json ../out ".rows" 2
	expect_failure 129 git pv schema infer rows.jsonl --write 2>../err
	is_error ../err "--write goes with --from-history"
'

finish
