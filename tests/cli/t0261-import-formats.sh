#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv import and export: JSON lines, JSON and CSV, and back'

new_repo from
cd from || exit 1
mkdir -p prompts/a
cat >prompts/a/one.yaml <<'EOF_FILE'
# a comment, and a text whose braces are not Python's
prompt: |
  Say "{x}", then, {y}.
name: One
type: chat
variables: [x]
EOF_FILE
cat >prompts/b.yaml <<'EOF_FILE'
messages:
  - {role: system, content: "Be {{ kind }},\nplease."}
  - {role: user, content: "{{ q }}"}
name: ""
version: 1.10
tags: [t, "u, v"]
model: {name: m, temperature: 0.20}
own: {deep: [1, null]}
active: false
EOF_FILE
git add . && git commit -qm Start
cd .. || exit 1

it 'brings everything back, byte for byte, in each format' '
	for format in jsonl json csv; do
		(cd from && git pv export $format -o ../1.$format 2>/dev/null)
		new_repo to.$format
		cd to.$format
		git pv import $format ../1.$format --commit >../out
		has ../out "2 new, 0 changed, 0 unchanged, commit "
		git pv export $format >../2.$format
		cmp_files ../1.$format ../2.$format
		git pv check
		is_clean
		cd ..
	done
	(cd to.csv && git pv export jsonl | jq -cS .) >csv.lines
	(cd to.json && git pv export jsonl | jq -cS .) >json.lines
	cmp_files json.lines csv.lines
	jq -cS .[] 1.json >json.lines
	jq -cS . 1.jsonl >jsonl.lines
	cmp_files json.lines jsonl.lines
'

it 'changes nothing the second time, nor where it came from' '
	for format in jsonl json csv; do
		for where in to.$format from; do
			cd $where
			git pv import $format ../1.$format --commit >../out
			same "0 new, 0 changed, 2 unchanged" "$(cat ../out)"
			is_clean
			cd ..
		done
	done
'

it 'prints one JSON array in any format with --json' '
	cd from
	for format in jsonl json csv; do
		git pv export $format --json >../out
		json ../out "map(.id)" "[\"a/one\",\"b\"]"
	done
	expect_failure 129 git pv export yaml 2>../err
	has ../err "jsonl, json or csv"
	expect_failure 129 git pv import yaml x 2>../err
	has ../err "jsonl, json or csv"
'

it 'reads tables as spreadsheets write them' '
	new_repo sheet
	cd sheet
	printf "\357\273\277id,template,tags,is_active,notes\r\n" >../in.csv
	printf "x/one,\"Two\r\nlines, \"\"q\"\" {v}\",\"a, b\",TRUE,n\r\n" >>../in.csv
	printf "x/two,Plain,,,\r\nx/bad,short\r\nBad Id,x,,,\r\n" >>../in.csv
	printf "x/last,\"open\r\n" >>../in.csv
	expect_failure 1 git pv import csv ../in.csv --commit --json >../out
	json ../out ".created" "[\"x/one\",\"x/two\"]"
	json ../out "[.findings[] | [.line, .rule]]" \
		"[[5,\"csv\"],[6,\"id\"],[7,\"csv\"]]"
	git pv show x/one --json >../out
	json ../out "[.prompt.prompt]" "[\"Two\\r\\nlines, \\\"q\\\" {v}\"]"
	json ../out "[.prompt.syntax, .prompt.active, .prompt.tags]" \
		"[\"fstring\",true,[\"a\",\"b\"]]"
	json ../out ".prompt.metadata" "{\"notes\":\"n\"}"
	is_clean
	same "Two" "$(git pv render x/one --var v=1 | sed -n "1s/.\$//p")"
	expect_failure 1 git pv import csv ../in.csv --strict 2>../err
	has ../err "in.csv:5: error: 2 values"
	is_error ../err "3 of the records"
'

it 'understands the words of other programs' '
	new_repo other
	cd other
	cat >../in.json <<-"EOF_JSON"
	{"prompts": [
	 {"id": "f", "template": "Hi {name}", "variables": ["name"],
	  "model": "m", "token_limit": 50, "is_active": false,
	  "prompt_type": "chat"},
	 {"id": "s", "system_prompt": "Be {{ kind }}.",
	  "user_prompt_template": "{{ q }}"},
	 {"id": "broken", "prompt": tru}
	]}
	EOF_JSON
	expect_failure 1 git pv import json ../in.json --commit 2>../err
	has ../err "in.json:7: error: bad JSON"
	git pv show f --json >../out
	json ../out "[.prompt.prompt, .prompt.model, .prompt.active]" \
		"[\"Hi {name}\",{\"name\":\"m\",\"max_tokens\":50},false]"
	same "Hi Ada" "$(git pv render f --var name=Ada 2>/dev/null)"
	git pv list --type chat --json >../out
	json ../out "map([.id, .type])" "[[\"f\",\"chat\"]]"
	same "f chat" "$(git pv list --type chat --format "%(id) %(type)")"
	same "" "$(git pv list --type text --format "%(id)" 2>/dev/null)"
	same "kind q" "$(git pv vars s --json | jq -r ".[].name" | xargs)"
'

it 'takes a list of names for variables in prompt files' '
	new_repo names
	cd names
	mkdir prompts
	printf "prompt: \"{{ a }} {{ b }}\"\nvariables: [a, c]\n" >prompts/v.yaml
	git pv vars v --json >../out
	json ../out "map([.name, .required, .source])" \
		"[[\"a\",true,\"both\"],[\"c\",false,\"declared\"],[\"b\",true,\"inferred\"]]"
	expect_failure 1 git pv render v --var a=1 2>../err
	has ../err "\"b\""
	git pv check --json >../out
	json ../out "[.ok, (.findings | any(.rule == \"unused-variable\"))]" \
		"[true,true]"
	printf "prompt: \"{{ a }}\"\nvariables: [a, a]\n" >prompts/v.yaml
	expect_failure 1 git pv check 2>/dev/null >../out
	has ../out "listed twice"
'

finish
