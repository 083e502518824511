#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv render: fstring and mustache'

new_repo repo
cd repo || exit 1
write prompts/fstring.yaml <<'EOF'
syntax: fstring
prompt: |
  {user[name]!r:>8} owes {amount:,.2f} {{EUR}}
  {note}
variables:
  amount: {type: number, required: true}
  note: {type: string, default: -}
EOF
write prompts/mustache.yaml <<'EOF'
syntax: mustache
messages:
  - role: system
    content: |
      Be {{tone}}.
        {{> shared/rules }}
  - role: user
    content: |
      {{! one line for each }}
      {{#orders}}
      - {{item.name}}: {{{note}}}{{^note}}none{{/note}}
      {{/orders}}
EOF
write prompts/shared/rules.yaml <<'EOF'
syntax: mustache
prompt: "1. {{rule}}\n2. Stop.\n"
EOF
tick
git pv commit -q -m one >../out 2>&1

it 'renders an fstring prompt' '
	echo "{\"user\": {\"name\": \"Al\"}, \"amount\": 1234.5}" >../vars.json
	git pv render fstring --vars ../vars.json >../out
	printf "    '\''Al'\'' owes 1,234.50 {EUR}\n-\n" >../want
	cmp_files ../want ../out
	git pv render fstring --vars ../vars.json --var amount=7 >../out
	has ../out "owes 7.00"
'

it 'renders a mustache prompt with partials of the same commit' '
	cat >../vars.json <<-EOF
		{"tone": "a & b", "rule": "<x>", "orders": [
		 {"item": {"name": "pen"}, "note": "<1>"}, {"item": {"name": "cup"}}]}
	EOF
	git pv render mustache --vars ../vars.json >../out
	cat >../want <<-EOF
		system
		Be a &amp; b.
		  1. &lt;x&gt;
		  2. Stop.

		user
		- pen: <1>
		- cup: none
	EOF
	cmp_files ../want ../out
	printf "%s\n" "syntax: mustache" "prompt: changed" >prompts/shared/rules.yaml
	git pv render mustache@HEAD --vars ../vars.json >../out
	cmp_files ../want ../out
	git pv render mustache --vars ../vars.json >../out
	has ../out "  changed"
	git checkout -q -- prompts
'

it 'lists all variables that are missing' '
	expect_failure 1 git pv render fstring --json >../out
	json ../out "[.error.code, (.error.missing | map(.name) | sort)]" \
		"[\"missing-variable\",[\"amount\",\"user\"]]"
	expect_failure 1 git pv render mustache --json >../out
	json ../out "[.error.code, (.error.missing | map(.name))]" \
		"[\"missing-variable\",[\"tone\",\"rule\"]]"
	expect_failure 1 git pv render mustache --var tone=x 2>../err
	is_error ../err "rule"
'

it 'lists what is missing in partials, too, in one error' '
	write prompts/part.yaml <<-EOF
		syntax: mustache
		prompt: "{{a}}{{> shared/part }}{{#rows}}{{> shared/row }}{{/rows}}"
	EOF
	write prompts/shared/part.yaml <<-EOF
		syntax: mustache
		prompt: "{{b}}{{> shared/last }}{{d}}"
		variables: {d: {default: D}}
	EOF
	write prompts/shared/row.yaml <<-EOF
		syntax: mustache
		prompt: "<{{name}}>"
	EOF
	write prompts/shared/last.yaml <<-EOF
		syntax: mustache
		prompt: "{{c}}"
	EOF
	expect_failure 1 git pv render part --json >../out
	json ../out ".error.missing" "[{\"name\":\"a\",\"used_at\":[{\"message\":0,\"line\":1,\"column\":3}]},{\"name\":\"b\",\"used_at\":[{\"prompt\":\"shared/part\",\"line\":1,\"column\":3}]},{\"name\":\"c\",\"used_at\":[{\"prompt\":\"shared/last\",\"line\":1,\"column\":3}]}]"
	echo "{\"rows\": [{\"name\": 1}]}" >../vars.json
	git pv render part --var a=1 --var b=2 --var c=3 --var e=4 \
		--vars ../vars.json >../out 2>../err
	printf "123D<1>" >../want
	cmp_files ../want ../out
	has ../err "variable \"e\" is not used"
	lacks ../err "\"b\""
	rm prompts/part.yaml
'

it 'names what is missing once, not the part that was come upon, too' '
	printf "syntax: mustache\nprompt: \"{{a.b}} {{c}}\"\n" \
		>prompts/part.yaml
	expect_failure 1 git pv render part 2>../err
	is_error ../err "missing variables \"a\", \"c\""
	lacks ../err "a.b"
	expect_failure 1 git pv render part --var c=1 --vars - 2>../err <<-EOF
		{"a": {}}
	EOF
	is_error ../err "missing variable \"a.b\""
	rm prompts/part.yaml
'

it 'says where a text goes wrong' '
	echo "{\"user\": {}, \"amount\": 1}" >../vars.json
	expect_failure 128 git pv render fstring --vars ../vars.json 2>../err
	is_error ../err "fstring:1:1: KeyError: '\''name'\''"
	write prompts/bad.yaml <<-EOF
		syntax: mustache
		prompt: "a {{#b}}"
	EOF
	expect_failure 128 git pv render bad 2>../err
	is_error ../err "bad:1:3: TemplateSyntaxError: section '\''b'\'' is not closed"
	write prompts/bad.yaml <<-EOF
		syntax: mustache
		prompt: "{{> none }}"
	EOF
	expect_failure 128 git pv render bad 2>../err
	is_error ../err "TemplateNotFound: none"
	rm prompts/bad.yaml
'

it 'says how braces are text in an fstring' '
	write prompts/json.yaml <<-\YAML
		syntax: fstring
		prompt: "{\"json\": 1}"
	YAML
	expect_failure 128 git pv render json 2>../err
	has ../err "KeyError"
	has ../err "write \"{{\" and \"}}\" for braces that are text"
	rm prompts/json.yaml
'

finish
