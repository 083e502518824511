#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv vars: what is included'

new_repo repo
cd repo || exit 1
write prompts/main.yaml <<'YAML'
messages:
  - role: system
    content: |
      {{ product }} {% include "shared/tone" %}
  - role: user
    content: |
      {% for item in items %}{% include "shared/row" %}{% endfor %}
      {% if more %}{% include "shared/more" %}{% endif %}
      {% include "shared/extra" ignore missing %}
      {% include "shared/gone" ignore missing %}
      {% include "shared/apart" without context %}
variables:
  product: {type: string, default: Acme}
YAML
write prompts/shared/tone.yaml <<'YAML'
prompt: |
  Be {{ tone }}, é {{ tone }} {{ product }}. {% include "shared/deep" %}
variables:
  tone: {type: string, default: kind, description: How to sound}
  product: {type: integer}
YAML
write prompts/shared/deep.yaml <<'YAML'
prompt: "{{ deep }}{{ maybe|default(1) }}{% include 'shared/tone' %}"
YAML
write prompts/shared/row.yaml <<'YAML'
prompt: "{{ item.name }} {{ unit }}"
variables: {item: {type: object}, unit: {type: string, required: false}}
YAML
write prompts/shared/more.yaml <<'YAML'
prompt: "{{ detail }}"
YAML
write prompts/shared/extra.yaml <<'YAML'
prompt: "{{ extra }}"
YAML
write prompts/shared/apart.yaml <<'YAML'
prompt: "{{ apart|default(1) }}"
YAML
tick
git pv commit -q -m one >../out 2>&1

it 'merges the variables of included prompts' '
	git pv vars main --json >../out 2>../err
	cat >../want <<-JSON
		[["product","string",false,false,null],
		 ["items","any",true,false,null],
		 ["more","any",true,false,null],
		 ["tone","string",false,false,"shared/tone"],
		 ["deep","any",true,false,"shared/deep"],
		 ["maybe","any",false,false,"shared/deep"],
		 ["detail","any",true,true,"shared/more"],
		 ["extra","any",true,true,"shared/extra"],
		 ["unit","string",false,true,"shared/row"]]
	JSON
	json ../out "map([.name, .type, .required, .conditional, .prompt])" \
		"$(jq -c . ../want)"
'

it 'says where each is used' '
	git pv vars main --json >../out 2>../err
	json ../out "map(select(.name == \"tone\"))[0].used_at" \
		"[{\"prompt\":\"shared/tone\",\"line\":1,\"column\":7},{\"prompt\":\"shared/tone\",\"line\":1,\"column\":21}]"
	json ../out "map(select(.name == \"product\"))[0].used_at" \
		"[{\"message\":0,\"line\":1,\"column\":4},{\"prompt\":\"shared/tone\",\"line\":1,\"column\":32}]"
	json ../out "map(select(.name == \"tone\"))[0] | [.line, .source]" \
		"[2,\"both\"]"
	git pv vars main >../out 2>../err
	grep -q "^tone .*  default: \"kind\"  How to sound  in shared/tone\$" ../out
'

it 'warns about what is not there' '
	git pv vars main >../out 2>../err
	has ../err "there is no prompt \"shared/gone\" to include"
'

it 'follows them in the commit that is asked for' '
	write prompts/shared/more.yaml <<-YAML
		prompt: "{{ other }}"
	YAML
	git pv vars main --json >../out 2>../err
	json ../out "map(.name) | contains([\"other\"])" true
	git pv vars main@HEAD --json >../out 2>../err
	json ../out "map(.name) | contains([\"other\"])" false
	json ../out "map(.name) | contains([\"detail\"])" true
	git checkout -q prompts/shared/more.yaml
'

it 'respects what is set where a prompt is included' '
	write prompts/sets.yaml <<-YAML
		prompt: |
		  {% set a = 1 %}{% with b = 2 %}{% include "shared/abc" %}{% endwith %}
		  {% macro m(c) %}{% include "shared/abc" %}{% endmacro %}
	YAML
	write prompts/shared/abc.yaml <<-YAML
		prompt: "{{ a }}{{ b }}{{ c }}"
	YAML
	git pv vars sets --json >../out
	json ../out "map([.name, .conditional])" "[[\"c\",false],[\"b\",true]]"
	write prompts/asks.yaml <<-YAML
		prompt: |
		  {% if a is defined %}{% include "shared/abc" %}{% endif %}
	YAML
	git pv vars asks --json >../out
	json ../out "map([.name, .required, .conditional])" \
		"[[\"a\",false,false],[\"b\",true,true],[\"c\",true,true]]"
'

it 'knows a list, a parent and an import' '
	write prompts/list.yaml <<-YAML
		prompt: "{% include [\"shared/no\", \"shared/more\", \"shared/abc\"] %}"
	YAML
	git pv vars list --json >../out 2>../err
	json ../out "map([.name, .conditional])" "[[\"detail\",true]]"
	write prompts/child.yaml <<-YAML
		prompt: |
		  {% extends "shared/base" %}{% set title = 1 %}
		  {% block body %}{{ mine }}{% endblock %}
	YAML
	write prompts/shared/base.yaml <<-YAML
		prompt: "{{ title }}{{ sure }}{% block body %}{{ theirs }}{% endblock %}"
	YAML
	git pv vars child --json >../out
	json ../out "map([.name, .conditional])" \
		"[[\"mine\",false],[\"sure\",false],[\"theirs\",true]]"
	write prompts/imports.yaml <<-YAML
		prompt: |
		  {% import "shared/more" as m %}
		  {% from "shared/extra" import x with context %}
	YAML
	git pv vars imports --json >../out
	json ../out "map(.name)" "[\"extra\"]"
'

it 'follows partials of mustache' '
	write prompts/mu.yaml <<-YAML
		syntax: mustache
		prompt: "{{a}}{{> shared/mu }}{{#s}}{{> shared/mu2 }}{{/s}}"
	YAML
	write prompts/shared/mu.yaml <<-YAML
		syntax: mustache
		prompt: "{{b}}{{> shared/mu }}"
	YAML
	write prompts/shared/mu2.yaml <<-YAML
		syntax: mustache
		prompt: "{{c}}"
	YAML
	git pv vars mu --json >../out
	json ../out "map([.name, .required, .conditional])" \
		"[[\"a\",true,false],[\"s\",false,false],[\"b\",true,false],[\"c\",false,true]]"
	json ../out ".[2].used_at" "[{\"prompt\":\"shared/mu\",\"line\":1,\"column\":3}]"
'

it 'says what cannot be included' '
	write prompts/odd.yaml <<-YAML
		prompt: "{{ x }}{% include \"mu\" %}{% include y %}"
	YAML
	git pv vars odd --json >../out 2>../err
	json ../out "map(.name)" "[\"x\",\"y\"]"
	has ../err "\"mu\" cannot be included: it is written in another syntax"
	has ../err "a name of an included prompt is computed"
	echo "prompt: [" >prompts/shared/worse.yaml
	echo "prompt: \"{% if z %}\"" >prompts/shared/open.yaml
	cat >prompts/odd.yaml <<-YAML
		prompt: "{% include \"main\" %}{% include \"shared/worse\" %}
		  {% include \"shared/open\" %}"
	YAML
	git pv vars odd >../out 2>../err
	has ../err "\"main\" cannot be included: it has 2 messages"
	has ../err "\"shared/worse\" cannot be included: line 2: "
	has ../err "\"shared/open\" cannot be included: line 1: Unexpected end of template"
	rm prompts/odd.yaml prompts/shared/worse.yaml prompts/shared/open.yaml
'

it 'refuses a template that does not compile' '
	printf "prompt: |\n  {{ a }}\n  {%% if b %%}\n" >prompts/odd.yaml
	expect_failure 128 git pv vars odd >../out 2>../err
	cmp_files /dev/null ../out
	has ../err "prompts/odd.yaml:3:"
	has ../err "Unexpected end of template"
	expect_failure 128 git pv vars odd --json >../out
	json ../out ".error.code" syntax
	printf "prompt: \"{{ a|nofilter }}\"\n" >prompts/odd.yaml
	expect_failure 128 git pv vars odd 2>../err
	has ../err "No filter named"
	rm prompts/odd.yaml
'

finish
