#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'steps of versions by what schemas mean'

# schema WORDS...: the schema file that the prompt refers to.
schema() {
	printf '{"type": "object", "properties": {"queue": {"enum": [%s]}}}\n' \
		"$1" >schemas/answer.json
}

number() {
	git pv versions sort --json | jq -r '.[0].version'
}

new_repo work
cd work || exit 1
mkdir -p schemas prompts
cat >prompts/sort.yaml <<'EOF'
prompt: Sort {{ ticket }}.
output: {format: json, schema: {$ref: schemas/answer.json}}
EOF
schema '"a", "b"'
git add .
git pv commit -q -m one

it 'takes a major step when a file that it refers to allows more' '
	same 1.0.0 "$(number)"
	schema "\"a\", \"b\", \"c\""
	git pv commit -q -m wider
	git pv release -q --all
	same 2.0.0 "$(number)"
'

it 'takes a minor step when it allows less' '
	schema "\"a\""
	git pv commit -q -m narrower
	git pv release -q --all
	same 2.1.0 "$(number)"
	printf "{\"properties\": {\"queue\": {\"const\": \"a\"}}, \"type\": \"object\"}" \
		>schemas/answer.json
	git pv commit -q -m other-words
	git pv release -q --all
	same 2.2.0 "$(number)"
'

it 'compares a schema that moved into the prompt with the file' '
	printf "%s\n" "prompt: Sort {{ ticket }}." \
		"output: {format: json, schema: {type: object, properties: {queue: {enum: [a]}}}}" \
		>prompts/sort.yaml
	git pv commit -q -m inline
	same 2.3.0 "$(number)"
'

it 'shows the step to come' '
	git switch -q -c topic
	printf "%s\n" "prompt: Sort {{ ticket }}." \
		"input: {type: object, required: [ticket, queue]}" \
		"output: {format: json, schema: {type: object, properties: {queue: {enum: [a]}}}}" \
		>prompts/sort.yaml
	git pv commit -q -m input
	git pv list --json >../out
	has ../out "\"3.0.0-topic.1"
	git pv diff main --json >../diff
	same major "$(jq -r ".prompts[0].bump" ../diff)"
	has ../diff "accepts less than before"
	git pv check
	check_repo
'

# stands_for BUMP NUMBER: diff shows the step that commit then takes.
stands_for() {
	git pv diff --json >../diff
	same "$1" "$(jq -r '.prompts[] | select(.id == "sort").bump' ../diff)"
	git pv commit -q -m "$1"
	same "$2" "$(number)"
}

it 'shows the step that a schema of a file is part of' '
	git switch -q main
	printf "%s\n" "prompt: Sort {{ ticket }}." \
		"output: {format: json, schema: {\$ref: schemas/answer.json}}" \
		>prompts/sort.yaml
	schema "\"a\", \"b\""
	stands_for major 3.0.0
	has ../diff "allows more than before"
	schema "\"a\""
	printf "%s\n" "prompt: Sort {{ ticket }} now." \
		"output: {format: json, schema: {\$ref: schemas/answer.json}}" \
		>prompts/sort.yaml
	stands_for minor 3.1.0
	schema "\"a\", \"c\""
	echo "# A remark." >>prompts/sort.yaml
	git pv check --json >../out
	has ../out breaking-change
	stands_for major 4.0.0
'

it 'shows the step that an included prompt is part of' '
	printf "prompt: Be calm.\n" >prompts/tone.yaml
	git pv commit -q -m tone
	printf "prompt: Sort {{ ticket }}. {%% include %s %%}\n" "\"tone\"" \
		>prompts/sort.yaml
	stands_for major 5.0.0
	printf "prompt: Be {{ mood }}.\n" >prompts/tone.yaml
	printf "prompt: Sort {{ ticket }}! {%% include %s %%}\n" "\"tone\"" \
		>prompts/sort.yaml
	git pv check sort >../out
	has ../out "variable \"mood\" was added by the included \"tone\""
	stands_for major 6.0.0
	has ../diff "was added by the included"
	printf "prompt: Sort {{ ticket }}? {%% include %s %%}\n" "\"tone\"" \
		>prompts/sort.yaml
	stands_for minor 6.1.0
	git pv check
	check_repo
'

it 'follows files that schema files refer to' '
	mkdir -p schemas/parts
	printf "{\"enum\": [\"a\", \"b\"]}\n" >schemas/parts/queue.json
	printf "properties:\n  queue: {\$ref: parts/queue.json}\n  same: {\$ref: \"#/properties/queue\"}\n" \
		>schemas/outer.yaml
	printf "%s\n" "prompt: Nest {{ ticket }}." \
		"output: {format: json, schema: {\$ref: schemas/outer.yaml}}" \
		>prompts/nest.yaml
	git pv commit -q -m nest
	nested() {
		git pv versions nest --json | jq -r ".[0].version"
	}
	same 1.0.0 "$(nested)"
	git cat-file tag nest/v1.0.0 >../tag
	printf "{\"enum\": [\"a\"]}\n" >schemas/parts/queue.json
	git pv commit -q -m narrower
	git pv status >../out 2>&1
	git pv release -q --all
	same 1.1.0 "$(nested)"
	printf "{\"enum\": [\"a\", \"c\"]}\n" >schemas/parts/queue.json
	git pv commit -q -m wider
	git pv release -q --all
	same 2.0.0 "$(nested)"
	echo "{\"unused\": true}" >schemas/parts/other.json
	git pv commit -q -m other
	git pv release -q --all
	same 2.0.0 "$(nested)"
	printf "{\"\$ref\": \"../gone.json\"}\n" >schemas/parts/queue.json
	git pv commit -q -m gone
	git pv release -q --all
	same 3.0.0 "$(nested)"
	check_repo
'

finish
