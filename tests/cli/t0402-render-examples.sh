#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv render --examples, and the rule "renders" of check'

new_repo repo
cd repo || exit 1
write prompts/good.yaml <<'EOF'
prompt: "Hi {{ name }} {{ n + 1 }} {{ tone }}"
variables:
  name: {type: string, example: Ann}
  n: {type: integer, examples: [3, 4]}
  tone: {default: warm}
tests:
  - {name: login, vars: {name: Bob, n: "7"}}
  - {vars: {name: Eve, n: 0, tone: cold}}
EOF
write prompts/asks.yaml <<'EOF'
prompt: "{{ nobody }}"
EOF
git pv commit -q -m one >../out 2>&1

it 'renders examples and tests, and passes over what has none' '
	git pv render --examples >../out 2>../err
	cat >../want <<-EOF
		== good, examples
		Hi Ann 4 warm

		== good, login
		Hi Bob 8 warm

		== good, 2
		Hi Eve 1 cold
	EOF
	cmp_files ../want ../out
	has ../err "asks: skipped, \"nobody\" has no example"
	has ../err "3 rendered, 0 failed, 1 skipped"
	git pv render --examples good asks --json >../out
	json ../out "[.[] | [.id, .test, .text, .skipped]]" \
		"[[\"good\",null,\"Hi Ann 4 warm\",null],[\"good\",\"login\",\"Hi Bob 8 warm\",null],[\"good\",\"2\",\"Hi Eve 1 cold\",null],[\"asks\",null,null,\"nobody\"]]"
	git pv check
'

it 'finds what cannot be rendered' '
	write prompts/bad.yaml <<-EOF
		prompt: |
		  {{ a.b.c.d }}
		variables:
		  a: {example: {c: 1}}
		tests:
		  - {name: one, vars: {a: {b: 1}}}
		  - {name: two, vars: {}}
	EOF
	expect_failure 1 git pv render --examples bad --json >../out
	json ../out "[.[].error.code]" \
		"[\"render\",\"render\",\"missing-variable\"]"
	expect_failure 1 git pv render --examples >../out 2>../err
	has ../err "bad, test \"two\": bad:1:4: missing variable \"a\""
	has ../err "3 rendered, 3 failed, 1 skipped"
	expect_failure 1 git pv check --json >../out
	json ../out "[.findings[] | select(.rule == \"renders\") | .line]" \
		"[3,6,7]"
	expect_failure 1 git pv check >../out 2>&1
	has ../out "prompts/bad.yaml:7:1: error: cannot be rendered with test \"two\": missing variable \"a\" [renders]"
	git add prompts/bad.yaml
	expect_failure 1 git pv check --staged bad >../out 2>&1
	git rm -q -f prompts/bad.yaml
'

it 'tries what is needed on conditions only' '
	echo "prompt: \"a{% if {} %}{{ x }}{% endif %}\"" >prompts/maybe.yaml
	echo "prompt: \"a{% if not {} %}{{ x }}{% endif %}\"" >prompts/sure.yaml
	git pv render --examples maybe sure >../out 2>../err
	has ../out "== maybe, examples"
	has ../err "sure: skipped, \"x\" has no example"
	has ../err "1 rendered, 0 failed, 1 skipped"
	git pv check maybe sure
	rm prompts/maybe.yaml prompts/sure.yaml
'

it 'reads the state that was asked for' '
	sed -i "s/Hi {{/Ho {{/" prompts/good.yaml
	git pv render --examples good@HEAD >../out
	has ../out "Hi Ann"
	git pv render --examples good >../out
	has ../out "Ho Ann"
	git checkout -q prompts
'

it 'takes the examples of what is included, too' '
	echo "prompt: \"{% include \\\"shared/mood\\\" %}! {{ name }}\"" \
		>prompts/outer.yaml
	printf "variables: {name: {example: Ann}}\n" >>prompts/outer.yaml
	mkdir prompts/shared
	printf "%s\n" "prompt: \"Be {{ mood }} to {{ name }}\"" \
		"variables: {mood: {example: calm}, name: {example: Bob}}" \
		>prompts/shared/mood.yaml
	git pv render --examples outer >../out
	has ../out "Be calm to Ann! Ann"
	git pv check outer >../out 2>&1
	lacks ../out renders
	rm -r prompts/shared prompts/outer.yaml
'

it 'warns of what a test names and the prompt does not use' '
	printf "%s\n" "prompt: \"{{ a }}\"" \
		"tests: [{name: t, vars: {a: q, typo: 3}}]" >prompts/typo.yaml
	git pv render --examples typo >../out 2>../err
	has ../err "typo, test \"t\": "
	has ../err "\"typo\""
	rm prompts/typo.yaml
'

it 'tells where it failed, and all of why' '
	write prompts/inner.yaml <<-EOF
		prompt: "{{ a.b.c }}"
	EOF
	write prompts/outer.yaml <<-EOF
		prompt: "{% include \"inner\" %}"
		variables: {a: {type: string, example: x}}
	EOF
	expect_failure 1 git pv render --examples outer 2>../err
	has ../err "outer, examples: inner:1:7: UndefinedError: "
	long=$(printf "%0300d" 0)
	echo "prompt: \"{{ 1|f$long }}\"" >prompts/outer.yaml
	expect_failure 1 git pv render --examples outer 2>../err
	has ../err "outer, examples: outer:1:6: TemplateAssertionError: "
	has ../err "f$long"
	expect_failure 1 git pv render --examples outer --json >../out
	has ../out "f$long"
	rm prompts/inner.yaml prompts/outer.yaml
'

it 'says what is wrong and what to do' '
	expect_failure 129 git pv render --examples --var a=1 2>../err
	is_error ../err "takes its variables from the prompts"
	expect_failure 128 git pv render --examples god 2>../err
	is_error ../err "did you mean \"good\"?"
	echo "prompt: [" >prompts/broken.yaml
	expect_failure 1 git pv render --examples 2>../err >../out
	has ../err "broken, examples:"
	rm prompts/broken.yaml
'

finish
