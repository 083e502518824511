#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv check-output'

new_repo "$SCRATCH/repo"
cd "$SCRATCH/repo" || exit 1
mkdir -p schemas
echo '{"type": "object", "required": ["queue"],
 "properties": {"queue": {"$ref": "queue.yaml"}, "day": {"format": "date"}}}' \
	>schemas/answer.json
echo 'enum: [billing, tech]' >schemas/queue.yaml
write prompts/triage.yaml <<'EOF'
prompt: "Sort {{ ticket }}."
output: {format: json, schema: {$ref: schemas/answer.json}}
EOF
write prompts/inline.yaml <<'EOF'
prompt: Sort.
output:
  format: json
  schema: {type: object, properties: {n: {minimum: 99999999999999999999}}}
EOF
write prompts/any.yaml <<'EOF'
prompt: Sort.
output: {format: json}
EOF
write prompts/text.yaml <<'EOF'
prompt: Sort.
EOF
git pv commit -q -m One
echo '{"queue": "tech"}' >../good.json
echo '{"queue": "sales", "day": "soon"}' >../bad.json

it 'names prompt, place, and what is wrong' '
	git pv check-output triage ../good.json 2>../err >../out
	has ../err valid
	[ ! -s ../out ]
	expect_failure 1 git pv check-output triage ../bad.json >../out
	same "triage: /queue: \`queue\` must be one of billing, tech  (schemas/queue.yaml#/enum)" \
		"$(sed -n 1p ../out)"
	has ../out "triage: /day: \`day\` must be of the format"
	same 2 "$(wc -l <../out)"
'

it 'takes the schema of the commit that is asked for' '
	echo "enum: [sales]" >schemas/queue.yaml
	git pv check-output triage - <../bad.json >../out || :
	same 1 "$(wc -l <../out)"
	expect_failure 1 git pv check-output triage@HEAD - <../bad.json >../out
	same 2 "$(wc -l <../out)"
	git checkout -q schemas
'

it 'compares numbers of any size' '
	echo "{\"n\": 99999999999999999999}" | git pv check-output inline -
	echo "{\"n\": 99999999999999999998}" >../n.json
	expect_failure 1 git pv check-output inline ../n.json >../out
	has ../out "at least 99999999999999999999  (#/properties/n/minimum)"
'

it 'prints JSON by its schema' '
	for case in "triage ../good.json" "triage ../bad.json --extract" \
		"any ../bad.json"; do
		# shellcheck disable=SC2086
		git pv check-output $case --json >../out.json || :
		git pv schema validate --data ../out.json \
			--schema "$PROJECT/schemas/check-output.schema.json"
	done
	expect_failure 1 git pv check-output triage ../bad.json --json --extract \
		>../out.json
	same "false triage 1.0.0 /queue enum 1 1 0 33" "$(jq -r "[.valid, .id,
		.version, .findings[0].instance_path, .findings[0].keyword,
		.found_at.line, .found_at.column, .found_at.offset,
		.found_at.bytes] | map(tostring) | join(\" \")" ../out.json)"
	same "$(git rev-parse HEAD)" "$(jq -r .commit ../out.json)"
'

it 'says where no JSON is to be found' '
	printf "{\"queue\":\n tech}" >../broken
	expect_failure 1 git pv check-output triage ../broken >../out
	has ../out "triage: the output is not JSON: "
	has ../out "(line 2, column 2)"
	expect_failure 1 git pv check-output triage ../broken --extract --json \
		>../out.json
	same "json null" "$(jq -r "[.findings[0].keyword, .found_at]
		| map(tostring) | join(\" \")" ../out.json)"
	: >../empty
	expect_failure 1 git pv check-output any ../empty >../out
'

it 'says where JSON breaks off, and takes no part of it for the answer' '
	broken() {
		printf "$2" >../answer
		expect_failure 1 git pv check-output triage ../answer --extract \
			>../out 2>&1 || return
		has ../out "$1"
	}
	broken "begins as JSON at line 3, column 1 breaks off: the string does not end (line 3, column 11)" \
		"Sure:\n\`\`\`json\n{\"queue\": \"te"
	broken "line 1, column 4 breaks off" "Ä: {\"queue\": \"tech\", \"day\""
	broken "line 1, column 1 breaks off" "{\"queue\":\n[{\"queue\":\"tech\"}"
	broken "(line 1, column 17)" "{\"queue\":\"tech\",}"
	broken "(line 3, column 1)" "\`\`\`\n{\"queue\": {\"queue\": \"tech\"}\n\`\`\`\n"
	broken "there is no JSON" "nothing [here] at {all}"
'

# extracts WANT TEXT: WANT is "line column bytes", and whether it is valid.
extracts() {
	printf '%b' "$2" >../answer
	git pv check-output triage ../answer --extract --json >../out.json || :
	same "$1" "$(jq -r '[.found_at.line, .found_at.column, .found_at.bytes,
		.valid] | map(tostring) | join(" ")' ../out.json)"
}

it 'finds JSON in prose and fences' '
	extracts "1 1 16 true" "{\"queue\":\"tech\"}"
	extracts "3 3 16 true" "\n\n  {\"queue\":\"tech\"}\n"
	extracts "1 7 16 true" "It is {\"queue\":\"tech\"}, I think {really}."
	extracts "3 1 16 true" "Sure:\n\`\`\`json\n{\"queue\":\"tech\"}\n\`\`\`\nBye"
	extracts "2 1 16 true" "\`\`\`\n{\"queue\":\"tech\"}"
	extracts "3 1 2 false" "No:\n~~~~\n12\n~~~~\n"
	extracts "1 5 16 true" "äöü {\"queue\":\"tech\"}"
	extracts "1 1 16 true" "\0357\0273\0277{\"queue\":\"tech\"}"
'

it 'takes the first that is valid, else the first' '
	extracts "1 8 16 true" "[1] and{\"queue\":\"tech\"} or {\"queue\":\"billing\"}"
	extracts "1 4 3 false" "as [1] and {\"queue\":\"sales\"}"
	extracts "1 9 16 true" "{\"a: {} {\"queue\":\"tech\"}"
	extracts "1 8 16 true" "[1, 2] {\"queue\":\"tech\"} }"
'

it 'ends whatever the answer is' '
	for piece in "[" "{\"a\":" "[[\"" "\`\`\`\n" "{\"\":[1]x" "[{},"; do
		yes "$(printf "%b" "$piece")" | head -c 1000000 >../hostile
		status=0
		git pv check-output triage ../hostile --extract >../out 2>../err ||
			status=$?
		case $status in
		1) ;;
		128) has ../err "looks like JSON" ;;
		*) exit 1 ;;
		esac
		tr -d "\n" <../hostile >../hostile.1
		git pv check-output triage ../hostile.1 --extract >../out 2>&1 || :
	done
'

it 'uses another schema when told to' '
	echo "type: array" >../list.yaml
	expect_failure 1 git pv check-output text ../good.json \
		--schema ../list.yaml >../out
	has ../out "text: the value must be an array, not an object"
'

it 'refuses what cannot be asked' '
	expect_failure 128 git pv check-output text ../good.json 2>../err
	is_error ../err "does not say what its output is"
	has ../err "hint: give it output: {format: json, schema: {...}}"
	expect_failure 128 git pv check-output triage ../nowhere 2>../err
	expect_failure 128 git pv check-output nowhere ../good.json 2>../err
	expect_failure 129 git pv check-output triage 2>../err
	write prompts/lost.yaml <<-\EOF
		prompt: Sort.
		output: {schema: {$ref: schemas/lost.json}}
	EOF
	expect_failure 1 git pv check-output lost ../good.json 2>../err
	is_error ../err "schemas/lost.json"
	echo "{\"\$ref\": \"../.git/config\"}" >schemas/lost.json
	expect_failure 1 git pv check-output lost ../good.json 2>../err
	is_error ../err ".git/config"
	echo "{\"type\": 7}" >schemas/lost.json
	expect_failure 1 git pv check-output lost ../good.json 2>../err
	is_error ../err "schemas/lost.json#/type"
	echo "{bad" >schemas/lost.json
	expect_failure 128 git pv check-output lost ../good.json 2>../err
	is_error ../err "error: schemas/lost.json:1:2: expected a key"
	expect_failure 1 git pv check lost --json >../out
	has ../out "schemas/lost.json:1:2: expected a key"
	ln -s /etc/passwd schemas/link.json
	echo "{\"\$ref\": \"link.json\"}" >schemas/lost.json
	expect_failure 128 git pv check-output lost ../good.json 2>../err
'

finish
