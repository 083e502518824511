#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv render: prompts'

new_repo repo
cd repo || exit 1
write prompts/support/triage.yaml <<'EOF'
model: {provider: ollama, name: m, temperature: 0.2}
messages:
  - role: system
    content: |
      You sort tickets for {{ product }}. {% include "shared/tone" %}
  - role: user
    id: ask
    content: |
      First line.
      {{ ticket }} {{ count + 1 }}{{ ticket }}
variables:
  product: {type: string, default: Acme}
  ticket: {type: string, required: true}
  count: {type: integer, required: true}
output: {format: json, schema: {type: object}}
tools: [{name: f}]
EOF
write prompts/shared/tone.yaml <<'EOF'
prompt: "Be {{ tone }}."
variables:
  tone: {type: string, default: kind}
EOF
write prompts/hello.yaml <<'EOF'
prompt: "Hello {{ name }}"
EOF
tick
git pv commit -q -m one >../out 2>&1

it 'prints messages below their roles' '
	git pv render support/triage --var ticket=Lost --var count=3 >../out
	cat >../want <<-EOF
		system
		You sort tickets for Acme. Be kind.

		user
		First line.
		Lost 4Lost
	EOF
	cmp_files ../want ../out
	git pv render support/triage --var ticket=Lost --var count=3 \
		--message 1 >../out
	printf "First line.\nLost 4Lost" >../want
	cmp_files ../want ../out
'

it 'prints a text byte for byte' '
	git pv render hello --var name="<&>" >../out
	printf "Hello <&>" >../want
	cmp_files ../want ../out
'

it 'has the fields of the contract as JSON' '
	git pv render support/triage --var ticket=L --var count=3 --json >../out
	json ../out "[.id, .version, .commit, .missing]" \
		"[\"support/triage\",\"1.0.0\",\"$(git rev-parse HEAD)\",[]]"
	json ../out ".messages[1]" \
		"{\"role\":\"user\",\"id\":\"ask\",\"content\":\"First line.\\nL 4L\"}"
	json ../out "[.model.temperature, .output.format, .tools[0].name]" \
		"[0.2,\"json\",\"f\"]"
	git pv render hello --var name=x --json >../out
	json ../out "[.text, .messages, .model]" "[\"Hello x\",null,null]"
'

it 'tells all missing variables at once, and where they are used' '
	expect_failure 1 git pv render support/triage >../out 2>../err
	empty ../out
	is_error ../err "missing variables \"ticket\", \"count\""
	has ../err "\"ticket\": message 1, line 2, column 4; message 1, line 2"
	expect_failure 1 git pv render support/triage --json >../out
	json ../out ".error.code" missing-variable
	json ../out ".error.missing[1]" \
		"{\"name\":\"count\",\"used_at\":[{\"message\":1,\"line\":2,\"column\":17}]}"
	json ../out ".error.missing[0].used_at | length" 2
'

it 'goes on behind a loop or a choice for the others that are missing' '
	write prompts/many.yaml <<-EOF
		prompt: |
		  {% for d in docs %}{{ d.x }}{% endfor %}{% if t %}{{ z }}{% endif %}
		  {% if q %}{{ r }}{% elif q2 %}{% else %}{{ s }}{% endif %}
		  {% if m1 %}{% if m2 %}{% endif %}{% endif %}{% include "inner" %}
		variables: {t: {type: boolean, default: true}}
	EOF
	write prompts/inner.yaml <<-EOF
		prompt: "{{ docs|length }} {{ deep }}{% if t %}{{ far }}{% endif %}"
	EOF
	expect_failure 1 git pv render many --json >../out
	json ../out "[.error.missing[].name]" \
		"[\"docs\",\"z\",\"q\",\"m1\",\"deep\",\"far\"]"
	json ../out "[.error.missing[0].used_at[] | [.prompt, .line, .column]]" \
		"[[null,1,13],[\"inner\",1,4]]"
	# What is included needs it for certain, whatever stops the render first.
	write prompts/many.yaml <<-EOF
		prompt: |
		  {% set n = docs + 1 %}{% include "inner" %}
	EOF
	expect_failure 1 git pv render many --json >../out
	json ../out "[.error.missing[].name]" "[\"docs\",\"deep\",\"t\"]"
	# Set in an arm that is not reached: nobody else has to give it.
	write prompts/many.yaml <<-EOF
		prompt: |
		  {% if q %}{% set w = 1 %}{% else %}{% set w = 2 %}{% endif %}{{ w }}
	EOF
	expect_failure 1 git pv render many --json >../out
	json ../out "[.error.missing[].name]" "[\"q\"]"
	write prompts/many.yaml <<-EOF
		prompt: |
		  {% set deep = 1 %}{% set t = 0 %}{% include "inner" %}
	EOF
	git pv render many --var docs=ab >../out
	has ../out "2 1"
	rm prompts/many.yaml prompts/inner.yaml
'

it 'refuses values of another type by the name of the variable' '
	expect_failure 1 git pv render support/triage --var ticket=a \
		--var count=many 2>../err
	is_error ../err "variable \"count\" has to be an integer"
	expect_failure 1 git pv render support/triage --var count=1.5 \
		--var ticket=a --json >../out
	json ../out "[.error.code, .error.findings[0].rule]" \
		"[\"validation\",\"variable-type\"]"
'

it 'warns of unknown variables, or refuses them' '
	git pv render hello --var name=a --var nmae=b >../out 2>../err
	has ../err "warning: variable \"nmae\" is not used by the prompt"
	expect_failure 1 git pv render hello --var name=a --var nmae=b \
		--strict-vars >../out 2>../err
	is_error ../err "\"nmae\" is not used"
	git pv render support/triage --var ticket=a --var count=1 \
		--var tone=calm --strict-vars >../out
	has ../out "Be calm."
'

it 'reads variables from JSON, YAML and standard input' '
	echo "{\"ticket\": \"json\", \"count\": \"41\"}" >../v.json
	printf "ticket: yaml\ncount: 6\n" >../v.yaml
	git pv render support/triage --vars ../v.json --message 1 >../out
	has ../out "json 42json"
	git pv render support/triage --vars ../v.yaml --message 1 >../out
	has ../out "yaml 7yaml"
	git pv render support/triage --vars - --var count=0 --message 1 \
		<../v.yaml >../out
	has ../out "yaml 1yaml"
	echo "{ticket: flow, count: 1}" | \
		git pv render support/triage --vars - --message 1 >../out
	has ../out "flow 2flow"
'

it 'lets missing variables be when asked' '
	git pv render hello --undefined default >../out
	printf "Hello " >../want
	cmp_files ../want ../out
	git pv render hello --undefined debug --json >../out
	json ../out "[.text, .missing[0].name]" "[\"Hello {{ name }}\",\"name\"]"
'

it 'includes from the same commit, and from nowhere else' '
	sed -i "s/default: kind/default: stern/" prompts/shared/tone.yaml
	git pv commit -q -m two
	set -- --var ticket=a --var count=1 --message 0
	git pv render support/triage "$@" >../out
	has ../out "Be stern."
	git pv render support/triage@HEAD~1 "$@" >../out
	has ../out "Be kind."
	git pv render support/triage@1.0.0 "$@" >../out
	has ../out "Be kind."
	sed -i "s/default: stern/default: new/" prompts/shared/tone.yaml
	git pv render support/triage "$@" >../out
	has ../out "Be new."
	git pv render support/triage@HEAD "$@" >../out
	has ../out "Be stern."
	git pv render support/triage@:index "$@" >../out
	has ../out "Be stern."
	git checkout -q prompts
	echo "secret" >../secret.yaml
	echo "secret" >pv-secret.yaml
	for name in ../secret ../../secret /etc/passwd ../pv-secret shared/../hello; do
		write prompts/out.yaml <<-EOF
			prompt: |
			  {% set n = "$name" %}{% include n %}
		EOF
		expect_failure 128 git pv render out >../out 2>../err
		is_error ../err "TemplateNotFound: $name"
	done
	rm prompts/out.yaml pv-secret.yaml
'

it 'works in a bare repository' '
	git clone -q --bare . ../bare.git
	git -C ../bare.git pv render hello --var name=x >../out
	has ../out "Hello x"
	git -C ../bare.git pv render support/triage@main --var ticket=a \
		--var count=1 --message 0 >../out
	has ../out "Be stern."
'

it 'renders a line for each row, and goes on behind a bad one' '
	cat >../rows.jsonl <<-"EOF"
		{"name": "a"}

		{"name": "é\n"}
		{"nam": "c"}
		[1]
		{"name": 5}
	EOF
	expect_failure 1 git pv render hello --vars ../rows.jsonl --each \
		>../out 2>../err
	same 5 "$(wc -l <../out)"
	same "[1,3,4,5,6]" "$(jq -cs "[.[].line]" ../out)"
	same "[\"Hello a\",\"Hello é\\n\",\"Hello 5\"]" \
		"$(jq -cs "[.[].text // empty]" ../out)"
	same "[\"missing-variable\",\"invalid\"]" \
		"$(jq -cs "[.[].error.code // empty]" ../out)"
	has ../err "rows.jsonl:4: missing variable \"name\""
	has ../err "2 of 5 rows failed"
	printf "{\"a\":1}\n{\"a\":2}" | git pv render hello --vars - --each \
		--var name=all -q >../out 2>../err
	same "[\"Hello all\",\"Hello all\"]" "$(jq -cs "[.[].text]" ../out)"
	same 1 "$(grep -c warning ../err)"
'

it 'renders many rows' '
	write prompts/list.yaml <<-EOF
		prompt: "{% for x in items %}{{ x }},{% endfor %}"
	EOF
	awk "BEGIN { for (i = 0; i < 5000; i++)
		print \"{\\\"items\\\": [1, 2, 3, \\\"\" i \"\\\"]}\" }" >../many
	git pv render list --vars ../many --each >../out
	same 5000 "$(wc -l <../out)"
	has ../out "1,2,3,4999,"
	rm prompts/list.yaml
'

it 'says what is wrong and what to do' '
	expect_failure 128 git pv render helo --var name=x 2>../err
	is_error ../err "did you mean \"hello\"?"
	expect_failure 129 git pv render 2>../err
	is_error ../err "needs an ID"
	expect_failure 129 git pv render hello --var name 2>../err
	is_error ../err "NAME=VALUE"
	has ../err "--var NAME=VALUE"
	expect_failure 129 git pv render hello name=x 2>../err
	is_error ../err "--var name=x"
	expect_failure 128 git pv render hello --vars "{\"name\": 1}" 2>../err
	has ../err "hint: --vars takes a file"
	write prompts/user.yaml <<-EOF
		prompt: "{{ user.name }}"
	EOF
	expect_failure 128 git pv render user --var "user={\"name\": 1}" 2>../err
	has ../err "hint: --var gives a text"
	rm prompts/user.yaml
	expect_failure 129 git pv render hello --each 2>../err
	is_error ../err "--each needs --vars"
	expect_failure 129 git pv render hello --autoescape 2>../err
	is_error ../err "goes with --file"
	expect_failure 128 git pv render hello --vars none.json 2>../err
	is_error ../err "none.json"
	echo "[1]" >../list.json
	expect_failure 128 git pv render hello --vars ../list.json 2>../err
	is_error ../err "a mapping of names to values, not a list"
	expect_failure 128 git pv render hello --var name=x --message 3 2>../err
	is_error ../err "no message 3"
	write prompts/bad.yaml <<-EOF
		prompt: "{{ x.y }}"
	EOF
	echo "{\"x\": {}}" >../x.json
	expect_failure 128 git pv render bad --vars ../x.json 2>../err
	is_error ../err "bad:1:5: UndefinedError"
	has ../err "{{ x.y }}"
	write prompts/bad.yaml <<-EOF
		prompt: "{% for i in range(10**9) %}{% endfor %}"
	EOF
	expect_failure 128 git pv render bad --json >../out
	json ../out ".error.code" limit
	rm prompts/bad.yaml
'

it 'refuses numbers beyond all, and rows without the message asked for' '
	write prompts/number.yaml <<-EOF
		messages: [{role: user, content: "{{ n }}{{ m }}"}]
		variables: {n: {type: number}, m: {type: string}}
	EOF
	expect_failure 1 git pv render number --var n=1e999 --var m=1 2>../err
	is_error ../err "variable \"n\" has to be a number, and it is \"1e999\""
	echo "{\"n\": 1, \"m\": \"\"}" >../rows.jsonl
	expect_failure 1 git pv render number --vars ../rows.jsonl --each \
		--message 1 >../out 2>../err
	json ../out ".error.message" \
		"there is no message 1: the prompt has 1"
	expect_failure 1 git pv render number --var n=1 --var nm=1 2>../err
	has ../err "warning: variable \"nm\" is not used"
	rm prompts/number.yaml
'

it 'takes along who speaks, and calls of tools' '
	cat >prompts/calls.yaml <<-\EOF
		messages:
		  - {role: user, name: ann, content: "{{ q }}"}
		  - role: assistant
		    content: null
		    tool_calls: [{id: c1, type: function,
		      function: {name: f, arguments: "{}"}}]
		  - {role: tool, tool_call_id: c1, content: done}
	EOF
	git pv render calls --var q=1 --json >../out
	json ../out "[.messages[0].name, .messages[1].content]" "[\"ann\",null]"
	json ../out "[.messages[1].tool_calls[0].function.name,
		.messages[2].tool_call_id]" "[\"f\",\"c1\"]"
	git pv render calls --var q=1 >../out
	has ../out "user ann"
	has ../out "calls [{\"id\":\"c1\""
	rm prompts/calls.yaml
'

it 'takes variables from several files, of which the last counts' '
	echo "prompt: \"{{ a }}{{ b }}{{ c }}\"" >prompts/several.yaml
	echo "{\"a\": 1, \"b\": 2}" >../one.json
	echo "b: 3" >../two.yaml
	git pv render several --vars ../one.json --vars ../two.yaml \
		--var c=4 >../out
	[ "$(cat ../out)" = 134 ]
	expect_failure 129 git pv render several --vars - --vars - 2>../err
	has ../err "standard input is one --vars only"
	expect_failure 129 git pv render several --each --vars ../one.json \
		--vars ../one.json 2>../err
	rm prompts/several.yaml
'

it 'tells each unknown variable of many rows once, and what is invalid' '
	printf "%s\n" "prompt: \"{{ x }}\"" \
		"variables: {x: {type: integer}}" >prompts/rows.yaml
	printf "{\"x\": 1, \"%s\": 2}\n" t1 t2 t1 >../rows.jsonl
	echo "{\"x\": \"no\"}" >>../rows.jsonl
	expect_failure 1 git pv render rows --each --vars ../rows.jsonl \
		>../out 2>../err
	[ "$(grep -c "\"t1\"" ../err)" -eq 1 ]
	has ../err "\"t2\""
	sed -n 4p ../out >../row
	json ../row ".error.findings | length" 1
	rm prompts/rows.yaml
'

finish
