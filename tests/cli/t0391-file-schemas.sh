#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The schemas of the files people write: what the loader takes fits them, and
# what it refuses for its shape does not. tests/data/prompt-schema.tsv has a
# verdict and a file in flow style per line, file-schemas.tsv the schema before
# them.
#
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/validators.sh"

python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null ||
	skip_all 'python3-jsonschema is not installed'
for tool in yaml_json corpus_hostile; do
	[ -x "$PV_BUILD/tests/$tool" ] || skip_all "$tool is not built"
done

begin 'files that people write fit their schemas'
: >"$SCRATCH/judged"
folder=$SCRATCH/documents
mkdir "$folder"

# judge SCHEMA FILE.yaml: "accept" or "reject", as git pv schema validate says.
# The document is kept for other validators to say the same in the end.
judge() {
	kept=$folder/$(wc -l <"$SCRATCH/judged").json
	"$PV_BUILD/tests/yaml_json" "$2" >"$kept"
	verdict=reject
	if fits_ours "$1" "$kept" >reasons; then
		verdict=accept
	fi
	printf '%s\t%s\t%s\t%s\n' "$1" "$kept" "$(head -c 300 "$2" | head -n 1)" \
		"$verdict" >>"$SCRATCH/judged"
	echo "$verdict"
}

# expect WANT SCHEMA TEXT
expect() {
	printf '%s\n' "$3" >case.yaml
	got=$(judge "$2" case.yaml)
	[ "$got" = "$1" ] || {
		echo "$2: $got: $3"
		cat reasons
		exit 1
	}
}

it 'the loader and the schema agree on prompt files' '
	tab=$(printf "\t")
	count=0
	while IFS=$tab read -r want text; do
		expect "$want" prompt "$text"
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
	fits_ours export lines.jsonl
	cp lines.jsonl "$folder/lines.jsonl"
	printf "export\t%s\tlines.jsonl\taccept\n" "$folder/lines.jsonl" \
		>>"$SCRATCH/judged"
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
		expect reject pv "$bad"
	done
'

it 'experiments, environments and datasets are judged by their schemas' '
	tab=$(printf "\t")
	count=0
	while IFS=$tab read -r schema want text; do
		expect "$want" "$schema" "$text"
		count=$((count + 1))
	done <"$PROJECT/tests/data/file-schemas.tsv"
	[ "$count" -gt 50 ]
'

it 'python3-jsonschema judges as ours' '
	[ "$(wc -l <"$SCRATCH/judged")" -gt 100 ]
	python3 "$TEST_SOURCE/validate.py" "$PROJECT/schemas" "$SCRATCH/judged"
'

if find_ajv; then
	it 'ajv judges as the other validators' '
		[ "$(wc -l <"$SCRATCH/judged")" -gt 100 ]
		node "$TEST_SOURCE/validate.js" "$PROJECT/schemas" "$SCRATCH/judged"
	'
else
	skip 'ajv judges as the other validators' \
		'ajv cannot be had: set PV_NODE_MODULES'
fi

finish
