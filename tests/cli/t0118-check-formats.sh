#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
command -v xmllint >/dev/null || skip_all 'xmllint is not installed'
begin 'formats and ranges of git pv check'

data=$(cd "$(dirname "$0")/../data" && pwd)

new_repo repo
cd repo || exit 1
text_prompt prompts/good.yaml
text_prompt prompts/later.yaml
printf 'checks: {style: off}\n' >pv.yaml
git add .
git commit -q -m good
printf 'nmae: "<a> & %%"\nprompt: |\n  {%% if x %%}\n' >'prompts/odd.yaml'

it 'writes commands of GitHub Actions' '
	expect_failure 1 git pv check --format github >../out
	has ../out "::warning file=prompts/odd.yaml,line=1,col=1,title=unknown-key::"
	has ../out ",title=template-syntax::"
	[ "$(grep -c "^::" ../out)" = 2 ]
'

it 'writes a JUnit report that is well-formed' '
	expect_failure 1 git pv check --format junit >../out.xml
	xmllint --noout ../out.xml
	[ "$(xmllint --xpath "string(/testsuites/@failures)" ../out.xml)" = 1 ]
	[ "$(xmllint --xpath "count(//testcase)" ../out.xml)" = 4 ]
	[ "$(xmllint --xpath "count(//failure)" ../out.xml)" = 1 ]
	git pv check --format junit good >../out.xml
	xmllint --noout ../out.xml
	[ "$(xmllint --xpath "string(/testsuites/@tests)" ../out.xml)" = 1 ]
'

it 'writes a report of code quality for GitLab' '
	expect_failure 1 git pv check --format gitlab >../out
	json ../out "map(.check_name)" "[\"unknown-key\",\"template-syntax\"]"
	json ../out "map(.severity)" "[\"minor\",\"critical\"]"
	json ../out ".[0].location" \
		"{\"path\":\"prompts/odd.yaml\",\"lines\":{\"begin\":1}}"
	json ../out "map(.fingerprint | length)" "[64,64]"
	git pv check --format gitlab good >../out
	json ../out . "[]"
'

# PV_SARIF_SCHEMA names the official schema, which is not ours to copy.
it 'writes a SARIF log that fits its schema' '
	expect_failure 1 git pv check --format sarif >../out.sarif
	json ../out.sarif .version 2.1.0
	json ../out.sarif ".runs[0].results | map(.ruleId)" \
		"[\"unknown-key\",\"template-syntax\"]"
	json ../out.sarif ".runs[0] | [.results[] as \$r |
		.tool.driver.rules[\$r.ruleIndex].id == \$r.ruleId]" \
		"[true,true]"
	git pv schema validate --schema "$data/sarif.schema.json" \
		--data ../out.sarif
	[ -z "${PV_SARIF_SCHEMA:-}" ] || python3 -c "
import json, sys, jsonschema
jsonschema.validate(*(json.load(open(name)) for name in sys.argv[1:]))
" ../out.sarif "$PV_SARIF_SCHEMA"
	git pv check --format sarif good >../out.sarif
	git pv schema validate --schema "$data/sarif.schema.json" \
		--data ../out.sarif
'

it 'writes JSON by either name, and refuses two formats' '
	expect_failure 1 git pv check --format json >../out
	expect_failure 1 git pv check --json >../out2
	cmp ../out ../out2
	expect_failure 129 git pv check --json --format sarif 2>../err
	expect_failure 129 git pv check --format xml 2>../err
'

it 'checks what depends on what differs between two revisions' '
	new_repo depends
	cd depends
	mkdir -p prompts/shared schemas
	printf "prompt: Be calm.\n" >prompts/shared/tone.yaml
	printf "prompt: Sort. {%% include \"shared/tone\" %%}\n" >prompts/sort.yaml
	printf "prompt: Ask.\noutput: {format: json, schema: {\$ref: schemas/a.json}}\n" \
		>prompts/ask.yaml
	printf "prompt: Other.\n" >prompts/other.yaml
	printf "{\"\$ref\": \"b.json\"}\n" >schemas/a.json
	echo "{\"type\": \"object\"}" >schemas/b.json
	git pv commit -q -m one
	printf "prompt: Be {{ mood }}.\n" >prompts/shared/tone.yaml
	git pv commit -q -m two
	echo "{\"type\": \"strin\"}" >schemas/b.json
	git pv commit -q -m three
	git pv check --rev HEAD~2..HEAD~1 --notes --json >../out || :
	json ../out "[.findings[].file] | unique" \
		"[\"prompts/shared/tone.yaml\",\"prompts/sort.yaml\"]"
	expect_failure 1 git pv check --rev HEAD~1..HEAD --json >../out
	json ../out "[.findings[] | select(.severity == \"error\") | .file] | unique" \
		"[\"prompts/ask.yaml\"]"
	git pv check --rev HEAD..HEAD --notes --json >../out
	json ../out .findings "[]"
	echo "{}" >schemas/b.json
	git pv check --rev HEAD --notes --json >../out || :
	json ../out "[.findings[].file] | unique" "[\"prompts/ask.yaml\"]"
'

it 'checks what differs between two revisions' '
	git add .
	git commit -q -m odd
	text_prompt prompts/later.yaml "Say goodbye."
	git add .
	git commit -q -m later
	git pv check --rev HEAD~1..HEAD --format junit >../out.xml
	has ../out.xml prompts/later.yaml
	lacks ../out.xml prompts/odd.yaml
	lacks ../out.xml prompts/good.yaml
	expect_failure 1 git pv check --rev HEAD~2..HEAD --json >../out
	json ../out ".findings | map(.file) | unique" "[\"prompts/odd.yaml\"]"
	git pv check --rev HEAD~2..HEAD later
	expect_failure 1 git pv check --rev HEAD~2..HEAD odd >../out
	printf "prompt: mended\n" >prompts/odd.yaml
	git pv check --rev HEAD
	git pv check --rev HEAD~2
	expect_failure 1 git pv check --rev HEAD~2..HEAD >../out
	git checkout -q prompts/odd.yaml
	expect_failure 128 git pv check --rev lost..HEAD 2>../err
	is_error ../err lost
	expect_failure 129 git pv check --rev HEAD --staged 2>../err
	git clone -q --bare . ../bare.git
	expect_failure 1 git -C ../bare.git pv check --rev HEAD~2..HEAD >../out
'

it 'explains every rule' '
	git pv help check rules >../out
	for folder in "$data"/check/*/; do
		rule=$(basename "$folder")
		has ../out "   $rule "
		git pv help check "$rule" >../page
		head -1 ../page | grep -q "^$rule ("
		has ../page "Bad:"
		has ../page "Good:"
	done
	[ "$(grep -c "^   [a-z]" ../out)" = "$(ls -d "$data"/check/*/ | wc -l)" ]
	expect_failure 129 git pv help check unknown-kex 2>../err
	is_error ../err unknown-kex
	has ../err "did you mean"
	expect_failure 129 git pv help check zzz 2>../err
	has ../err "git pv help check rules"
	expect_failure 129 git pv help commit more 2>../err
'

finish
