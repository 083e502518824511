#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'environments that fall back on others'

settings() { # YAML of `environments`
	printf 'environments:\n%s\n' "$1" >pv.yaml
	git add pv.yaml
	git commit -q -m settings
}

# answers SPEC BLOB FROM: what show says of it.
answers() {
	git pv show "$1" --json >../out 2>../err
	json ../out "[.blob, .resolved_from]" "[\"$2\",$3]"
}

it 'goes on where nothing is deployed, and says so' '
	new_repo r1
	cd r1
	text_prompt prompts/a.yaml "One {{ x }}."
	text_prompt prompts/b.yaml "Only here."
	git pv commit -q -m first
	git pv deploy a b -e production
	text_prompt prompts/a.yaml "Two {{ x }}."
	git pv commit -q -m second
	settings "  staging: {fallback: production}
  qa: {fallback: staging}
  lone: {}"
	one=$(git rev-parse "a/v1.0.0^{}:prompts/a.yaml")
	two=$(git rev-parse HEAD:prompts/a.yaml)
	answers a@env:staging "$one" "\"production\""
	has ../err "\"a@env:staging\" is what is live in \"production\""
	answers a@env:production "$one" null
	empty ../err
	git pv deploy a -e staging
	answers a@env:staging "$two" null
	answers b@env:qa "$(git rev-parse HEAD:prompts/b.yaml)" "\"production\""
	answers a@env:qa "$two" "\"staging\""
	git pv render a@env:qa --var x=1 --json >../out
	json ../out "[.text, .resolved_from]" "[\"Two 1.\",\"staging\"]"
	git pv render b@env:qa -q >../out 2>../err
	empty ../err
	git pv vars a@env:qa >../out 2>../err
	has ../err "its fallback"
'

it 'is told by every answer about such a state' '
	cd r1
	git pv vars a@env:qa --json >../out
	json ../out "[.[] | [.name, .resolved_from]]" "[[\"x\",\"staging\"]]"
	git pv log b@env:qa --json >../out
	json ../out "[.[].resolved_from]" "[\"production\"]"
	git pv blame b@env:qa --json >../out
	json ../out "[.[].resolved_from] | unique" "[\"production\"]"
	git pv diff a@env:production a@env:qa --json >../out
	json ../out "[.from_resolved_from, .to_resolved_from]" \
		"[null,\"staging\"]"
	git pv diff a@env:qa..main --json >../out
	json ../out "[.from_resolved_from, .to_resolved_from]" \
		"[\"staging\",null]"
	git pv diff main --json >../out
	json ../out "[.from_resolved_from, .to_resolved_from]" "[null,null]"
	git pv deploy a@env:qa b@env:staging -e lone -n --json >../out
	json ../out "[.prompts[].resolved_from]" "[\"staging\",\"production\"]"
	git pv deploy a@env:staging -e lone -n --json >../out
	json ../out .resolved_from null
'

it 'is told by what is made of such a state' '
	cd r1
	git pv experiment create env --prompt a --variant control=a@env:qa \
		--variant new=env:production --json >../out
	json ../out "[.variants[].resolved_from]" "[\"staging\",null]"
	git pv experiment start env --json >../out
	json ../out "[.variants[].resolved_from]" "[\"staging\",null]"
	git pv experiment show env --json >../out
	json ../out "[.variants[] | has(\"resolved_from\")]" "[false,false]"
	git pv experiment stop env -q >../out
	git pv check b@env:qa a --json >../out
	json ../out .fallbacks \
		"[{\"spec\":\"b@env:qa\",\"resolved_from\":\"production\"}]"
	git pv check a --json >../out
	json ../out "has(\"fallbacks\")" false
	git pv record --prompt b@env:qa --output x --json >../out
	json ../out .resolved_from production
	git pv changelog a env:production..env:qa --json >../out
	json ../out "[.from_resolved_from, .to_resolved_from]" \
		"[null,\"staging\"]"
	git pv policy explain deploy b@env:qa --env production --json >../out
	json ../out .resolved_from production
	git pv rollback a --to env:qa -e production -n --json >../out
	json ../out "[.resolved_from, .rolled_back_to]" \
		"[\"staging\",\"1.1.0\"]"
	git clone -q . ../made
	cd ../made
	git config pv.defaultBranch main
	git pv cp b@env:qa c --json >../out
	json ../out "[.resolved_from, .copied_from]" "[\"production\",\"b@1.0.0\"]"
	git pv rollback a --to env:production --json >../out
	json ../out "[.resolved_from, .rolled_back_to]" "[null,\"1.0.0\"]"
	git pv review open b@env:qa --for lone --json >../out
	json ../out "[.resolved_from, .version]" "[\"production\",\"1.0.0\"]"
	git pv new copied --from b@env:qa --json >../out
	json ../out .resolved_from production
	git pv new plain --from b --json >../out
	json ../out .resolved_from null
	rm prompts/copied.yaml prompts/plain.yaml
	git pv verify b@env:qa --json >../out 2>../err || test $? -eq 1
	json ../out "[.objects[].resolved_from]" "[\"production\"]"
	has ../err "its fallback"
	git pv verify versions --json >../out || test $? -eq 1
	json ../out "[.objects[].resolved_from] | unique" "[null]"
'

it 'is told by export, and is nothing that import keeps' '
	cd r1
	git pv export jsonl b@env:qa b >../out
	same "[\"b\",\"production\"]" \
		"$(sed -n 1p ../out | jq -c "[.id, .resolved_from]")"
	same false "$(sed -n 2p ../out | jq -c "has(\"resolved_from\")")"
	git pv export json --json b@env:qa >../out2
	json ../out2 ".[0].resolved_from" production
	sed -n 1p ../out | git pv import jsonl - >../said
	is_clean .
	git pv export csv b@env:qa >../out
	lacks ../out production
'

it 'does not with --no-fallback, nor where none is named' '
	cd r1
	expect_failure 128 git pv show b@env:staging --no-fallback --json >../out
	is_json_error ../out version-not-found
	expect_failure 128 git pv render b@env:qa --no-fallback --json >../out
	is_json_error ../out environment-not-found
	expect_failure 128 git pv show b@env:lone --json >../out
	is_json_error ../out environment-not-found
	git pv show a@env:staging --no-fallback --json >../out
	json ../out .resolved_from null
	expect_failure 128 git pv show c@env:qa --json >../out
	is_json_error ../out prompt-not-found
	text_prompt prompts/c.yaml
	git pv commit -q -m third
	expect_failure 128 git pv show c@env:qa 2>../err
	is_error ../err "nor is it in its fallbacks \"staging\", \"production\""
'

it 'goes on where the prompt is not active' '
	cd r1
	printf "prompt: Off.\nactive: false\n" >prompts/a.yaml
	git pv commit -q -m off
	git pv deploy a -e staging --inactive-ok
	one=$(git rev-parse "a/v1.0.0^{}:prompts/a.yaml")
	answers a@env:staging "$one" "\"production\""
	answers a@env:qa "$one" "\"production\""
	git pv deploy a -e production --inactive-ok
	off=$(git rev-parse HEAD:prompts/a.yaml)
	answers a@env:staging "$off" null
	answers a@env:qa "$off" "\"staging\""
	git pv show a@env:staging --no-fallback --json >../out
	json ../out .blob "$off"
'

it 'goes on where the bytes are not here' '
	new_repo r2
	cd r2
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m first
	git pv deploy a -e production
	text_prompt prompts/a.yaml "Two."
	git pv commit -q -m second
	git pv deploy a -e staging
	settings "  staging: {fallback: production}"
	git rm -q prompts/a.yaml
	git commit -q -m gone
	lost=$(git rev-parse "a/v1.1.0^{}:prompts/a.yaml")
	rm -f ".git/objects/$(printf %.2s "$lost")/${lost#??}"
	answers a@env:staging "$(git rev-parse "a/v1.0.0^{}:prompts/a.yaml")" \
		"\"production\""
	expect_failure 128 git pv show a@env:staging --no-fallback 2>../err
	is_error ../err "which is not here"
	git pv env show staging --json >../out
	json ../out "[.prompts[] | .version, .resolved_from]" \
		"[\"1.0.0\",\"production\"]"
'

it 'shows what an environment answers with' '
	cd r1
	git pv env show qa --json >../out
	json ../out "[.prompts[] | [.id, .resolved_from]]" \
		"[[\"a\",\"staging\"],[\"b\",\"production\"]]"
	git pv env show staging >../out
	has ../out "b  1.0.0  from production"
	git pv env show staging --no-fallback --json >../out
	json ../out "[.prompts[].id]" "[\"a\"]"
	git pv env show qa --no-fallback --json >../out
	json ../out .prompts "[]"
	git pv env diff staging production --json >../out
	json ../out "[.prompts[] | [.id, .status]]" "[[\"b\",\"added\"]]"
	git pv env show staging --at 2100-01-01 --json >../out
	json ../out "[.prompts[].id]" "[\"a\"]"
'

it 'takes the chain from git config before pv.yaml, in bare clones too' '
	cd r1
	git config pv.environments.lone.fallback production
	answers b@env:lone "$(git rev-parse HEAD:prompts/b.yaml)" "\"production\""
	git clone -q --bare . ../bare
	cd ../bare
	git pv show b@env:qa --json >../out
	json ../out .resolved_from production
	expect_failure 128 git pv show b@env:lone 2>../err
'

it 'refuses circles, and check finds them' '
	new_repo r3
	cd r3
	text_prompt prompts/a.yaml
	git pv commit -q -m first
	git pv deploy a -e development
	cat >pv.yaml <<-E
	environments:
	  production: {}
	  staging:
	    fallback: qa
	  qa: {fallback: staging}
	  self: {fallback: self}
	  outside: {fallback: qa}
	E
	expect_failure 1 git pv check --json >../out
	json ../out "[.findings[] | select(.file == \"pv.yaml\") |
		[.rule, .severity, .line]]" \
		"[[\"setting\",\"error\",4],[\"setting\",\"error\",5],[\"setting\",\"error\",6]]"
	has ../out "the fallbacks of the environment \\\"self\\\" lead back to it"
	expect_failure 128 git pv commit -m circle 2>../err
	git add pv.yaml
	git commit -q --no-verify -m circle
	expect_failure 128 git pv show a@env:outside 2>../err
	is_error ../err "lead back to"
	git pv show a@env:development --json >../out
	json ../out .resolved_from null
'

finish
