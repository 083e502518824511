#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a prompt says of its variables together is held against them before
# anything is rendered: once, row by row, with its examples, at each commit.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"

begin 'git pv render holds variables against the input'
git pv init --yes repo
cd repo || exit 1
mkdir -p prompts/support schemas
cat >schemas/count.json <<-'EOF'
	{"type": "integer", "minimum": 1, "maximum": 5}
EOF
cat >schemas/in.yaml <<-'EOF'
	type: object
	required: [ticket, count]
	properties:
	  ticket: {type: string, minLength: 3}
	  count: {$ref: count.json}
EOF
cat >prompts/support/triage.yaml <<-'EOF'
	name: Triage
	prompt: "{{ ticket }} {{ count + 1 }}"
	input: {$ref: schemas/in.yaml}
EOF
git pv commit -q -m 'Triage'

it 'reads texts as what the schema wants' '
	git pv render support/triage --var ticket=Lost --var count=2 >../out
	has ../out "Lost 3"
'

it 'refuses with the path and the id of the prompt' '
	expect_failure 1 git pv render support/triage --var ticket=No \
		--var count=9 2>../err
	is_error ../err "support/triage: /ticket: \`ticket\` must have at least 3"
	has ../err "/count: \`count\` must be at most 5"
	expect_failure 1 git pv render support/triage --var ticket=Lost \
		--var count=many --json >../out
	json ../out "[.error.code, .error.findings[0].rule,
		.error.findings[0].file, .error.findings[0].message]" \
		"[\"validation\",\"input-schema\",\"support/triage\",\"/count: \`count\` must be an integer, not a string\"]"
'

it 'still lists what is missing as missing' '
	expect_failure 1 git pv render support/triage --json >../out
	json ../out ".error.code" missing-variable
'

it 'names the row that does not fit, and goes on' '
	printf "%s\n" "{\"ticket\":\"Lost\",\"count\":1}" \
		"{\"ticket\":\"Lost\",\"count\":0}" \
		"{\"ticket\":\"Late\",\"count\":\"5\"}" >../rows
	expect_failure 1 git pv render support/triage --vars ../rows --each \
		>../out 2>../err
	has ../err "rows:2: support/triage: /count: \`count\` must be at least 1"
	jq -c "[.line, .text, .error.code, .error.findings[0].rule]" ../out >../got
	same "$(cat ../got)" "[1,\"Lost 2\",null,null]
[2,null,\"validation\",\"input-schema\"]
[3,\"Late 6\",null,null]"
'

it 'holds the schema of the commit against what is rendered there' '
	git pv edit support/triage --set description=D
	printf "{\"type\": \"integer\", \"maximum\": 1}\n" >schemas/count.json
	git pv commit -q -m "Narrow"
	expect_failure 1 git pv render support/triage --var ticket=Lost \
		--var count=2 2>../err
	has ../err "must be at most 1"
	git pv render support/triage@1.0.0 --var ticket=Lost --var count=2 >../out
	has ../out "Lost 3"
'

it 'tries examples and tests, and check reports them' '
	cat >prompts/support/tried.yaml <<-EOF
		prompt: "{{ n }}"
		input: {properties: {n: {type: integer, maximum: 5}}}
		variables: {n: {type: integer, example: 9}}
		tests: [{name: small, vars: {n: 3}}, {name: large, vars: {n: 7}}]
	EOF
	expect_failure 1 git pv render --examples support/tried >../out 2>../err
	has ../err "support/tried, examples: support/tried: /n: \`n\` must be at most 5"
	has ../err "support/tried, test \"large\": "
	has ../err "1 rendered, 2 failed, 0 skipped"
	git pv check support/tried >../out 2>&1 || :
	has ../out "/n: \`n\` must be at most 5"
'

it 'holds a declared variable against its own declaration' '
	cat >prompts/support/declared.yaml <<-EOF
		prompt: "{{ tone }}{{ n }}"
		variables:
		  tone: {type: string, enum: [calm, brisk], default: calm}
		  n: {type: integer, minimum: 2}
	EOF
	git pv render support/declared --var n=2 >../out
	has ../out calm2
	expect_failure 1 git pv render support/declared --var n=1 --var tone=loud \
		2>../err
	has ../err "support/declared: /n: \`n\` must be at least 2"
	has ../err "/tone: \`tone\` must be one of calm, brisk"
'

it 'says that the input is no schema, as check does' '
	printf "prompt: a\ninput: {type: strin}\n" >prompts/bad.yaml
	expect_failure 1 git pv render bad 2>../err
	is_error ../err "bad: the input is no schema: "
	git pv check bad >../out 2>&1 || :
	has ../out "invalid-schema"
	has ../out "the schema of the input is none"
	printf "prompt: a\ninput: {\$ref: schemas/none.json}\n" >prompts/bad.yaml
	expect_failure 1 git pv render bad 2>../err
	is_error ../err "bad: the input is no schema: "
	has ../err "schemas/none.json"
	rm prompts/bad.yaml
'

finish
