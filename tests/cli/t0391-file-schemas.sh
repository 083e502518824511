#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The schemas of the files people write: what the loader takes fits them, and
# what it refuses for its shape does not. tests/data/prompt-schema.tsv has a
# verdict and a file in flow style per line.
#
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/validators.sh"

python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null ||
	skip_all 'python3-jsonschema is not installed'
for tool in yaml_json corpus_hostile; do
	[ -x "$PV_BUILD/tests/$tool" ] || skip_all "$tool is not built"
done

begin 'prompt files and pv.yaml fit their schemas'
: >"$SCRATCH/judged"

# fits SCHEMA FILE: a file that ends in .jsonl has a document a line.
fits() {
	printf '%s\t%s\t%s\n' "$1" "$2" "$2" >"$SCRATCH/list"
	python3 "$TEST_SOURCE/validate.py" "$PROJECT/schemas" "$SCRATCH/list"
}

# judge SCHEMA FILE.yaml: "accept" or "reject", by the schema.
judge() {
	"$PV_BUILD/tests/yaml_json" "$2" >document.json
	verdict=reject
	own=reject
	if fits "$1" document.json >reasons; then
		verdict=accept
	fi
	if fits_ours "$1" document.json >reasons.own; then
		own=accept
	fi
	kept=$SCRATCH/judged.$(wc -l <"$SCRATCH/judged")
	cp document.json "$kept"
	printf '%s\t%s\t%s\t%s\n' "$1" "$kept" "$2" "$verdict" \
		>>"$SCRATCH/judged"
	[ "$own" = "$verdict" ] || verdict="$verdict, but ours: $own"
	echo "$verdict"
}

it 'the loader and the schema agree on prompt files' '
	tab=$(printf "\t")
	count=0
	while IFS=$tab read -r want text; do
		printf "%s\n" "$text" >case.yaml
		got=$(judge prompt case.yaml)
		[ "$got" = "$want" ] || {
			echo "the schema: $got: $text"
			cat reasons
			exit 1
		}
		"$PV_BUILD/tests/corpus_hostile" case.yaml --print >verdict
		grep -q "\"got\":\"$want\"" verdict || {
			echo "the loader: $text"
			cat verdict
			exit 1
		}
		count=$((count + 1))
	done <"$PROJECT/tests/data/prompt-schema.tsv"
	[ "$count" -gt 50 ]
'

it 'what is imported fits the schema of prompt files' '
	git pv init --yes repo
	cd repo
	git pv import jsonl "$PROJECT/examples/sample/prompts.jsonl" --commit
	git pv export jsonl >lines.jsonl
	[ -s lines.jsonl ]
	fits export lines.jsonl
'

it 'what new writes fits the schema of prompt files' '
	cd repo
	printf "Sort: {{ ticket }}\n" >text
	git pv new demo/sort <text
	[ "$(judge prompt prompts/demo/sort.yaml)" = accept ]
'

it 'what init writes fits the schema of pv.yaml' '
	cd repo
	[ "$(judge pv pv.yaml)" = accept ]
'

it 'all settings fit the schema of pv.yaml' '
	cat >pv.yaml <<-\EOF
		prompts: prompts
		default_branch: main
		versioning: {auto_tag: true}
		index: postgresql://pv:${PV_DB_PASSWORD}@host:5432/prompts
		tracking: {batch_size: 100, flush_interval: 60, capture_content: true}
		environments:
		  default: staging
		  production: {required_checks: [syntax, review, security_validation],
		               approvals: 1}
		experiments: {hash: md5, significance_level: 0.05, confidence: 0.95}
		alerts: [{name: slow, prompt: a/b, metric: latency_p95_ms,
		          above: 2000, window: 1h}]
		providers: {ollama: {base_url: "http://127.0.0.1:11434"}}
	EOF
	[ "$(judge pv pv.yaml)" = accept ]
	for bad in "prompts: 1" "versioning: {auto_tag: 1}" "alerts: [{name: x}]" \
		"environments: {e: {approvals: -1}}" \
		"environments: {e: {required_checks: [sintax]}}" \
		"experiments: {confidence: 95}" "providers: [a]" "[a]"; do
		echo "$bad" >bad.yaml
		[ "$(judge pv bad.yaml)" = reject ] || {
			echo "accepted: $bad"
			exit 1
		}
	done
'

if find_ajv; then
	it 'ajv judges as the other validators' '
		[ "$(wc -l <"$SCRATCH/judged")" -gt 50 ]
		node "$TEST_SOURCE/validate.js" "$PROJECT/schemas" "$SCRATCH/judged"
	'
else
	skip 'ajv judges as the other validators' \
		'ajv cannot be had: set PV_NODE_MODULES'
fi

finish
