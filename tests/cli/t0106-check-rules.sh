#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv check: rules that need the repository'

new_repo repo
cd repo || exit 1
mkdir -p prompts/demo schemas
printf 'prompt: Sort {{ ticket }}.\n' >prompts/demo/sort.yaml
git pv commit -m first demo/sort >../out

# The rules found, without the notes of style.
rules() {
	json ../out ".findings | map(select(.severity != \"note\").rule) | unique" \
		"$1"
}

it 'says which version a breaking change needs' '
	printf "prompt: Sort {{ ticket }} of {{ customer }}.\n" \
		>prompts/demo/sort.yaml
	git pv check --json >../out
	rules "[\"breaking-change\"]"
	has ../out "since 1.0.0: needs version 2.0.0"
	git checkout -q prompts
'

it 'sees how much a prompt has grown' '
	{
		printf "prompt: |\n  Sort {{ ticket }}.\n"
		for i in 1 2 3 4 5 6 7 8 9; do
			printf "  Never forget the rule that has number %s.\n" $i
		done
	} >prompts/demo/sort.yaml
	git pv check --json >../out
	rules "[\"token-growth\"]"
	printf "checks: {token-growth: {percent: 100000}}\n" >pv.yaml
	git pv check --json >../out
	rules "[]"
	rm pv.yaml
	git checkout -q prompts
'

it 'wants a stated version to be above the last one' '
	printf "version: 1.0.0\nprompt: Sort {{ ticket }} well.\n" \
		>prompts/demo/sort.yaml
	git pv check --json >../out
	rules "[\"version-behind\"]"
	json ../out ".findings[] | select(.rule == \"version-behind\").line" 1
	json ../out ".findings[] | select(.rule == \"version-behind\").message" \
		"the file says version \"1.0.0\", the last one is \"1.0.0\", the next \"1.1.0\""
	printf "version: 1.0.0 # pv-ignore version-behind: imported\nprompt: a\n" \
		>prompts/demo/sort.yaml
	git pv check --json >../out
	json ../out "[.findings[] | select(.rule == \"version-behind\")]" "[]"
	printf "version: 3.0.0\nprompt: Sort {{ ticket }} well.\n" \
		>prompts/demo/sort.yaml
	git pv check --json >../out
	rules "[\"stated-version\"]"
	printf "version: 1.1.0\nprompt: Sort {{ ticket }} well.\n" \
		>prompts/demo/sort.yaml
	git pv check --json >../out
	rules "[]"
	for version in v1.0.0 0.9.0; do
		printf "version: %s\nprompt: Sort {{ ticket }} in time.\n" \
			"$version" >"prompts/at-$version.yaml"
		git pv commit -m first "at-$version" >/dev/null
	done
	git checkout -q prompts/demo
	git pv check --json >../out
	rules "[\"stated-version\"]"
	json ../out ".findings[] | select(.rule == \"stated-version\").message" \
		"the file says version \"0.9.0\", it is released as \"1.0.0\""
	git rm -q prompts/at-*
	git commit -qm "remove them"
	git checkout -q prompts
'

it 'reads schemas at the point that is checked' '
	printf "prompt: Sort {{ ticket }}.\noutput: {format: json, schema: %s}\n" \
		"{\$ref: schemas/queue.json}" >prompts/demo/sort.yaml
	expect_failure 1 git pv check --json >../out
	rules "[\"breaking-change\",\"invalid-schema\"]"
	printf "{\"type\": \"object\"}\n" >schemas/queue.json
	git pv check --json >../out
	rules "[\"breaking-change\"]"
	git add prompts
	expect_failure 1 git pv check --staged
	git add schemas
	git pv check --staged
	git rm -q -f --cached schemas/queue.json
	git reset -q --hard
'

it 'finds schemas that lead back to themselves' '
	printf "prompt: Sort.\noutput: {format: json, schema: {\$ref: schemas/loop.json}}\n" \
		>prompts/demo/loop.yaml
	printf "{\"type\": \"object\", \"allOf\": [{\"\$ref\": \"#\"}]}\n" \
		>schemas/loop.json
	expect_failure 1 git pv check demo/loop >../out
	has ../out "loop.yaml:2:32: error: the schema of the output is none: schemas refer to each other without end"
	echo "{}" | expect_failure 128 git pv check-output demo/loop - 2>../err
	is_error ../err "prompts/demo/loop.yaml: schemas refer to each other"
	rm prompts/demo/loop.yaml schemas/loop.json
'

it 'holds tags and metadata against pv.yaml' '
	cat >pv.yaml <<-\EOF
		vocabulary: {tags: [support]}
		metadata_schema: {required: [team]}
	EOF
	printf "prompt: Sort {{ ticket }}.\ntags: [suport]\n" \
		>prompts/demo/sort.yaml
	expect_failure 1 git pv check --json >../out
	rules "[\"metadata-schema\",\"tag-vocabulary\"]"
	has ../out "did you mean"
	rm pv.yaml
	git checkout -q prompts
'

it 'takes the windows of models from a file of the repository' '
	printf "model: {provider: ours, name: tiny, max_tokens: 5}\nprompt: %s\n" \
		"One two three four five six seven eight nine ten" \
		>prompts/demo/sized.yaml
	mkdir -p models
	echo "{\"ours/tiny\": {\"max_input_tokens\": 6, \"max_tokens\": 5}}" \
		>models/prices.json
	echo "checks: {token-budget: {prices: models/prices.json}}" >pv.yaml
	git pv check demo/sized >../out 2>&1
	has ../out "\"tiny\" has room for 6"
	echo "{\"tiny\": {\"max_input_tokens\": 60}}" >models/prices.json
	git pv check demo/sized >../out 2>&1
	! grep token-budget ../out
	echo "checks: {token-budget: {prices: models/prices.json, windows: {tiny: 9}}}" \
		>pv.yaml
	git pv check demo/sized >../out 2>&1
	has ../out "\"tiny\" has room for 4"
	echo "checks: {token-budget: {prices: models/none.json}}" >pv.yaml
	git pv check demo/sized >../out 2>&1
	has ../out "the file of prices cannot be read"
	rm prompts/demo/sized.yaml pv.yaml
'

it 'holds pv.yaml against its schema, and so does commit' '
	printf "tracking:\n  batch_size: many\nenvironmnts: {}\n" >pv.yaml
	expect_failure 1 git pv check >../out 2>&1
	has ../out "pv.yaml:2:15: error: \`tracking.batch_size\` must be an integer"
	has ../out "pv.yaml:3:1: warning: no setting is called \"environmnts\""
	has ../out "did you mean \"environments\"?"
	expect_failure 128 git pv commit -m settings 2>../err
	is_error ../err "pv.yaml:2:15: \`tracking.batch_size\` must be an integer"
	echo "environments: {a: {required_checks: [securty]}}" >pv.yaml
	expect_failure 1 git pv check >../out 2>&1
	has ../out "did you mean \"security\"?"
	rm pv.yaml
'

it 'looks for the kinds of personal data that pv.yaml lists' '
	printf "prompt: Sort {{ ticket }} of jane@corp.io, 219-09-9999.\n" \
		>prompts/demo/sort.yaml
	git pv check --json >../out
	json ../out ".findings | map(select(.rule == \"personal-data\")) | length" 2
	printf "checks: {personal-data: {kinds: [us-ssn, email], allow: [%s]}}\n" \
		"\"@corp.io\"" >pv.yaml
	git pv check --json >../out
	json ../out ".findings | map(select(.rule == \"personal-data\").message)" \
		"[\"a US social security number stands in the text\"]"
	printf "checks: {personal-data: {kinds: [us-ssm]}}\n" >pv.yaml
	expect_failure 128 git pv check 2>../err
	is_error ../err "bad value of \"checks.personal-data.kinds\""
	has ../err "did you mean \"us-ssn\"?"
	has ../err pv.yaml:1:34
	rm pv.yaml
	git checkout -q prompts
'

it 'finds secrets in prompts and in pv.yaml, and does not print them' '
	printf "providers: {openai: {api_key: correct-horse-7}}\n" >pv.yaml
	printf "prompt: Sort {{ ticket }} with AKIA%s.\n" Q3EGXT5YKZ2PW7NB \
		>prompts/demo/sort.yaml
	expect_failure 1 git pv check >../out
	has ../out "pv.yaml:1:31: error: a secret stands in the file"
	has ../out "error: an AWS access key stands in the file"
	lacks ../out Q3EGXT5YKZ2PW7NB
	lacks ../out correct-horse
	for format in json github sarif junit gitlab; do
		expect_failure 1 git pv check --format $format >../out
		has ../out "a secret stands in the file"
	done
	rm pv.yaml
	git checkout -q prompts
'

it 'finds what is misspelt in tests and model' '
	cat >prompts/demo/sort.yaml <<-\EOF
		prompt: Sort {{ ticket }}.
		model: {temprature: 3, num_ctx: 4, min_tokens: 1}
		tests:
		  - {nmae: a, vars: {ticket: x}, asert: []}
		  - {name: b, vars: {ticket: x, tikcet: y},
		     assert: [{type: contians, value: 1}, {type: not-contains},
		              {type: regex, value: "("}, {type: mine}]}
		  - {name: b, vars: {ticket: x}}
	EOF
	git pv check --json >../out
	rules "[\"assertion\",\"duplicate-name\",\"unknown-key\",\"unknown-variable\"]"
	json ../out ".findings | map(select(.rule == \"unknown-key\")) | length" 3
	json ../out ".findings | map(select(.rule == \"assertion\")) | length" 3
	has ../out "did you mean \\\"contains\\\""
	git checkout -q prompts
'

it 'judges the options of rules, and the folder of prompts' '
	for bad in "token-budget: {max: abc}" "token-budget: {maximum: 1}" \
		"token-growth: {percent: -5}" "untrusted-variable: {names: x}" \
		"untrusted-variable: {nams: [x]}" "safe-filter: nothing"; do
		printf "checks: {%s}\n" "$bad" >pv.yaml
		if git pv check >../out 2>&1; then
			echo "accepted: $bad"
			exit 1
		fi
		has ../out pv.yaml
	done
	printf "checks: {safe-filter: no}\n" >pv.yaml
	expect_failure 128 git pv check 2>../out
	has ../out "did you mean \"off\"?"
	printf "checks: {token-budget: note, safe-filter: {severity: on}}\n" \
		>pv.yaml
	git pv check
	rm pv.yaml
	new_repo ../other
	cd ../other
	printf "prompts: prompt\n" >pv.yaml
	mkdir prompts
	printf "prompt: hi\n" >prompts/a.yaml
	git add . && git commit -q -m first
	git pv check >../out
	has ../out "there are no prompts in \"prompt\""
'

it 'says where the schema of an output stands' '
	printf "prompt: hi\noutput: {\$ref: schemas/a.json}\n" \
		>prompts/demo/sort.yaml
	git pv check demo/sort --json >../out
	has ../out "write the schema below \\\"schema\\\""
	git checkout -q prompts
'

# finds FILE RULES: the rules that a prompt breaks, but for notes.
finds() {
	git pv check --json "prompts/demo/$1.yaml" >../out || :
	rules "$2"
	rm "prompts/demo/$1.yaml"
}

it 'checks the prompts of a folder, and goes on behind other files' '
	mkdir prompts/more
	printf "prompt: 1\n" >prompts/more/bad.yaml
	for folder in . prompts prompts/ prompts/more; do
		expect_failure 1 git pv check --json "$folder" >../out
		has ../out "prompts/more/bad.yaml"
	done
	git pv check --json prompts/demo >../out
	lacks ../out "prompts/more/bad.yaml"
	printf "prompt: a\n" >prompts/more/a.yml
	expect_failure 1 git pv check --json prompts/more/a.yml \
		prompts/more/bad.yaml >../out
	rules "[\"bad-id\",\"type\"]"
	rm -r prompts/more
'

it 'reads a schema of YAML' '
	printf "type: object\n" >schemas/y.yaml
	printf "prompt: hi\noutput: {format: json, schema: {\$ref: schemas/y.yaml}}\n" \
		>prompts/demo/y.yaml
	finds y "[]"
	printf "type: objekt\n" >schemas/y.yaml
	printf "prompt: hi\noutput: {format: json, schema: {\$ref: schemas/y.yaml}}\n" \
		>prompts/demo/y.yaml
	finds y "[\"invalid-schema\"]"
	rm schemas/y.yaml
'

it 'sees images whose address a variable is part of' '
	for tag in "?q={{ data }}" "{{ data }}.png" "{{ data | default(1) }}.png"; do
		printf "prompt: >\n  ![c](https://img.dev/a$tag) is it.\n" \
			>prompts/demo/image.yaml
		finds image "[\"remote-image\"]"
	done
'

it 'finds secrets behind escapes, and prints none' '
	key=ghp_aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5
	printf "prompt: \"Key:\\\\t$key\"\n" >prompts/demo/key.yaml
	finds key "[\"secret\"]"
	printf "prompt: \"Key: \\\\x67${key#g}\"\n" >prompts/demo/key.yaml
	finds key "[\"secret\"]"
	printf "prompt: \"{\\\\\"api_key\\\\\": \\\\\"${key#ghp_}\\\\\"}\"\n" \
		>prompts/demo/key.yaml
	finds key "[\"secret\"]"
	printf "prompt: \"{{ k }}\"\nvariables: {k: {type: integer, example: %s}}\n" \
		$key >prompts/demo/key.yaml
	finds key "[\"example-schema\",\"renders\",\"secret\"]"
	lacks ../out "${key#ghp_}"
	has ../out "***"
'

it 'knows a confirmation from none, and tools of providers' '
	for text in "Drop it without confirmation" "Drop it. No need to confirm"; do
		printf "prompt: a\ntools: [{name: drop, description: %s}]\n" \
			"$text" >prompts/demo/tool.yaml
		finds tool "[\"destructive-tool\"]"
	done
	printf "prompt: a\ntools: [{name: drop, description: %s}]\n" \
		"Never drop it without confirmation" >prompts/demo/tool.yaml
	finds tool "[]"
	printf "prompt: a\ntools: [{type: web_search}]\n" >prompts/demo/tool.yaml
	finds tool "[]"
'

it 'prints one line for one finding, whatever a key holds' '
	printf "prompt: a\n\"k\\\\x1b[31m\\\\n::error::forged\": 1\n" \
		>prompts/demo/key.yaml
	git pv check demo/key >../out 2>&1
	rm prompts/demo/key.yaml
	expect_failure 1 grep -q "^::" ../out
	expect_failure 1 grep -q "$(printf "\033")" ../out
'

finish
