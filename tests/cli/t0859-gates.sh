#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'each gate of an environment, shut and open'

# as NAME COMMAND...: somebody else.
as() {
	who=$1
	shift
	GIT_AUTHOR_NAME=$who GIT_AUTHOR_EMAIL=$who@example.com \
		GIT_COMMITTER_NAME=$who GIT_COMMITTER_EMAIL=$who@example.com "$@"
}

# settings YAML: pv.yaml on the default branch.
settings() {
	printf '%s\n' "$1" >pv.yaml
	git add pv.yaml
	git commit -q -m Settings
}

# shut GATE RULE [WORDS]: a is refused in production, by this gate alone.
shut() {
	git rev-parse -q --verify pv/deployments >../tip || :
	expect_failure 1 git pv deploy a -e production --json >../out
	json ../out "[.checks[] | select(.ok | not) | .name] - [\"policy\"]" \
		"[\"$1\"]"
	json ../out "[.checks[] | select(.name == \"$1\") | .findings[]
		| select(.severity == \"error\") | .rule] | unique" "[\"$2\"]"
	has ../out "${3:-$2}"
	git rev-parse -q --verify pv/deployments >../tip2 || :
	cmp_files ../tip ../tip2
}

opens() {
	git pv deploy a -e production -n --json "$@" >../out
	json ../out .success true
}

# votes NAME VERB: on the review whose id is in ../id.
votes() {
	as "$1" git pv review "$2" "$(cat ../id)" ${3:+-m "$3"} -q
}

it 'two approvals: one, two of one person, two people' '
	new_repo r1
	cd r1
	text_prompt prompts/a.yaml "Say {% include \"b\" %}"
	text_prompt prompts/b.yaml "it."
	git pv commit -q -m first >/dev/null
	settings "environments: {production: {approvals: 2}}"
	shut review not-approved "0 of 2"
	git pv review open a@1.0.0 --for production -m "Take it" --json >../out
	jq -r .id ../out >../id
	votes ben approve
	shut review not-approved "1 of 2"
	votes ben approve
	shut review not-approved "1 of 2"
	votes cleo approve
	opens
	votes cleo withdraw
	shut review not-approved "1 of 2"
	votes cleo approve
	opens
	votes ben reject "No."
	shut review not-approved "1 of 2"
'

it 'nobody approves what he wrote himself' '
	cd r1
	settings "environments: {production: {approvals: 1}}"
	text_prompt prompts/a.yaml "Mine {% include \"b\" %}"
	as ben git pv commit -q -m mine >/dev/null
	git pv review open a@1.1.0 --for production -m "Take it" --json >../out
	jq -r .id ../out >../id
	votes ben approve
	shut review not-approved "0 of 1"
	votes cleo approve
	opens
'

it 'an edit of an included prompt asks for approvals again' '
	cd r1
	text_prompt prompts/b.yaml "that."
	git pv commit -q -m below >/dev/null
	git pv release -q --all
	shut review not-approved "0 of 1"
	git pv deploy a@1.1.0 -e production -n
'

it 'tests: not run, failed, passed, and asked for again' '
	new_repo r2
	cd r2
	write prompts/a.yaml <<-FILE
		prompt: Say {% include "b" %}
		tests:
		  - {name: short, vars: {}, assert: [{type: contains, value: x}]}
		  - {vars: {}, assert: [{type: contains, value: y}]}
	FILE
	text_prompt prompts/b.yaml "it."
	git pv commit -q -m first >/dev/null
	settings "environments: {production: {required_checks: [tests]}}"
	shut tests not-yet "short"
	git pv record --prompt a --output x --case short --success true
	shut tests not-yet "was not run in this state"
	git pv record --prompt a --output y --case 2 --success false
	shut tests test-failed "has failed"
	git pv record --prompt a --output y --case 2 --success true
	opens
	text_prompt prompts/b.yaml "that."
	git pv commit -q -m below >/dev/null
	git pv release -q --all
	shut tests not-yet "was not run in this state"
	git pv deploy a@1.0.0 -e production -n
	git pv record --prompt a --output x --case short --success true
	git pv record --prompt a --output y --case 2 --success true
	opens
	echo "# the same" >>prompts/a.yaml
	git pv commit -q -m comment >/dev/null
	shut tests not-yet
	git pv record --prompt b --output x --case short --success true
	shut tests not-yet
	text_prompt prompts/a.yaml "None."
	git pv commit -q -m none >/dev/null
	opens
'

it 'what is included must be known' '
	new_repo r3
	cd r3
	settings "environments: {production: {required_checks: []}}"
	text_prompt prompts/b.yaml "it."
	write prompts/a.yaml <<-FILE
		prompt: "{% include which %}"
		variables: {which: {type: string}}
	FILE
	git pv commit -q -m first >/dev/null
	shut closure dynamic
	text_prompt prompts/c.yaml "{% include \"a\" %}"
	git pv commit -q -m second >/dev/null
	expect_failure 1 git pv deploy c -e production >../out 2>&1
	has ../out "[dynamic]"
'

# one NAME GATE RULE FILE [CHECKS]: shut where pv.yaml asks for it, else open.
one() {
	settings "environments: {production: {required_checks: [$1]}}
checks: {token-budget: {severity: error, max: 3}, undeclared-variable: error}"
	printf "%b" "$4" >prompts/a.yaml
	git add prompts
	git commit -q -m "$1"
	git pv release -q --all
	shut "$2" "$3"
	settings "environments: {production: {required_checks: []}}"
	opens
}

it 'security, schema, variables, performance, by either name' '
	new_repo r4
	cd r4
	mkdir prompts
	secret="prompt: Use AKIAIOSFODNN7EXAMPLQ\n"
	schema="prompt: Say it.\noutput: {schema: {type: strin}}\n"
	variable="prompt: \"{{ x }} {{ y }}\"\nvariables: {x: {type: string}}\n"
	long="prompt: One two three four five six seven.\n"
	for name in security security_validation; do
		one $name security secret "$secret# $name\n"
	done
	for name in schema schema_validation; do
		one $name schema invalid-schema "$schema# $name\n"
	done
	for name in variables variable_validation; do
		one $name variables undeclared-variable "$variable# $name\n"
	done
	for name in performance performance_validation; do
		one $name performance token-budget "$long# $name\n"
	done
	settings "environments: {production: {}}"
	opens
	printf "%b" "$schema" >prompts/a.yaml
	git commit -q -a -m schema
	git pv release -q --all
	shut schema invalid-schema
'

it 'an inactive prompt, and one without a version' '
	new_repo r5
	cd r5
	mkdir prompts
	settings "environments: {production: {required_checks: []}}"
	printf "prompt: Off.\nactive: false\n" >prompts/a.yaml
	git pv commit -q -m first >/dev/null
	shut active inactive
	opens --inactive-ok
	printf "prompt: On.\n" >prompts/a.yaml
	git commit -q -a -m "plain git"
	shut version untagged
	opens --allow-untagged
	json ../out "[.checks[] | select(.name == \"version\") | .result]" \
		"[\"waived\"]"
'

finish
