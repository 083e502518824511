#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv snapshot: an environment as one file'

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	mkdir -p prompts/support prompts/shared
	printf 'prompt: "Be calm."\n' >prompts/shared/tone.yaml
	write prompts/support/triage.yaml <<-'END'
	model: {name: small-1, temperature: 0.2}
	messages:
	  - {role: system, content: "{% include \"shared/tone\" %} Sort."}
	  - {role: user, content: "Ticket: {{ ticket }} ({{ lang }})"}
	variables:
	  lang: {type: string, default: en}
	END
	write prompts/plain.yaml <<-'END'
	messages:
	  - {role: system, content: "{% include \"shared/tone\" %}"}
	  - {role: user, content: "Grüße 🙂"}
	END
	text_prompt prompts/hello.yaml "Hello {{ name }}!"
	git pv commit -q -m first
	git pv deploy support/triage plain hello -e production
}

load() {
	python3 "$PROJECT/examples/snapshot/load.py" "$@"
}

it 'has all that is live, and what it includes' '
	fresh r1
	git pv snapshot production >../out
	json ../out "[.format, .environment, .deployment]" \
		"[\"git-pv-snapshot\",\"production\",\"$(
		git rev-parse refs/heads/pv/deployments)\"]"
	json ../out "[.prompts[] | .id + \"@\" + .version]" \
		"[\"hello@1.0.0\",\"plain@1.0.0\",\"support/triage@1.0.0\"]"
	json ../out ".prompts[2].model.name" small-1
	json ../out "[.prompts[2].members[].path]" \
		"[\"prompts/shared/tone.yaml\",\"prompts/support/triage.yaml\"]"
	json ../out "[.prompts[2].variables[] | [.name, .required, .default]]" \
		"[[\"lang\",false,\"en\"],[\"ticket\",true,null]]"
	json ../out ".prompts[2].rendered" null
	json ../out "[.prompts[1].rendered.messages[].content]" \
		"[\"Be calm.\",\"Grüße 🙂\"]"
	json ../out "[.files[].text] | length" 4
	json ../out ".prompts[0].closure" "$(git tag -l \
		--format="%(trailers:key=Pv-Closure,valueonly)" hello/v1.0.0)"
	json ../out "(.files[] | select(.blob == \"$(
		git rev-parse HEAD:prompts/plain.yaml)\") | .text)" \
		"$(cat prompts/plain.yaml)"
'

it 'is the same bytes whenever and wherever it is made' '
	cd r1
	git pv snapshot production -o ../one.json 2>../err
	has ../err "3 prompts of production in ../one.json"
	tick
	git clone -q --bare . ../bare.git
	git -C ../bare.git pv snapshot production >../two.json
	cmp_files ../one.json ../two.json
	git pv snapshot production -o ../three.json --json >../out
	json ../out "[.file, .prompts, .files]" "[\"../three.json\",3,4]"
	json ../out ".hash" "$(sed -n "s/.*sha256:\([0-9a-f]*\).*/\1/p" \
		../one.json | tail -n 1)"
	cmp_files ../one.json ../three.json
	same "$(jq -r .hash ../out)" "$(sed "\$d" ../one.json | sha256sum |
		cut -d" " -f1)"
'

it 'is verified without a repository' '
	mkdir -p away
	cd away
	git pv snapshot verify ../one.json >../out
	has ../out "3 prompts of production"
	git pv snapshot verify ../one.json --json >../out
	json ../out "[.ok, .findings]" "[true,[]]"
	cd ..
	expect_failure 128 git -C away pv snapshot production 2>err
'

rehash() { # FILE: its last line made to fit the others
	sed '$d' "$1" >"$1.body"
	printf '"hash":"sha256:%s"}\n' "$(sha256sum "$1.body" |
		cut -d' ' -f1)" >"$1.last"
	cat "$1.body" "$1.last" >"$1"
}

wrong() { # RULE FILE
	expect_failure 1 git pv snapshot verify "$2" --json >out
	json out ".ok" false
	json out "([.findings[].rule] | contains([\"$1\"]))" true
}

it 'finds what was tampered with, also behind a hash that fits' '
	sed "s/Be calm/Be rude/" one.json >bad.json
	wrong snapshot-hash bad.json
	rehash bad.json
	wrong snapshot-file bad.json
	sed "s/Be calm/Be rude/" one.json >rude.json
	tone=$(git -C r1 rev-parse HEAD:prompts/shared/tone.yaml)
	rude=$(printf "prompt: \"Be rude.\"\n" | git hash-object --stdin)
	sed "s/$tone/$rude/g" rude.json >bad.json
	rehash bad.json
	wrong snapshot-closure bad.json
	grep -v "\"blob\":\"$tone\",\"text\"" one.json >bad.json
	rehash bad.json
	wrong snapshot-file bad.json
	head -c 500 one.json >bad.json
	wrong snapshot-hash bad.json
	: >bad.json
	wrong snapshot-format bad.json
	sed "s/\"format_version\":1/\"format_version\":2/" one.json >bad.json
	rehash bad.json
	wrong snapshot-format bad.json
	expect_failure 128 git pv snapshot verify none.json 2>err
	expect_failure 1 git pv snapshot verify bad.json >out
	has out "bad.json: error: "
	has out "[snapshot-format]"
'

it 'follows fallbacks, or not' '
	cd r1
	printf "environments: {staging: {fallback: production}}\n" >pv.yaml
	git add pv.yaml
	git commit -q -m settings
	git pv snapshot staging >../out
	json ../out "[.prompts[] | .resolved_from] | unique" "[\"production\"]"
	expect_failure 128 git pv snapshot staging --no-fallback --json >../out
	is_json_error ../out environment-not-found
'

it 'says what it cannot have' '
	fresh r2
	expect_failure 128 git pv snapshot staging 2>../err
	is_error ../err "nothing is live in \"staging\""
	expect_failure 128 git pv snapshot nowhere 2>../err
	is_error ../err "nowhere"
	expect_failure 129 git pv snapshot production staging 2>../err
	expect_failure 129 git pv snapshot verify x -o y 2>../err
	tone=$(git rev-parse HEAD:prompts/shared/tone.yaml)
	rm -f ".git/objects/$(printf %.2s "$tone")/${tone#??}"
	expect_failure 128 git pv snapshot production -o ../lost.json 2>../err
	[ ! -e ../lost.json ]
	plain=$(git rev-parse HEAD:prompts/plain.yaml)
	rm -f ".git/objects/$(printf %.2s "$plain")/${plain#??}"
	expect_failure 128 git pv snapshot production 2>../err
	is_error ../err "\"plain\" is live in \"production\""
	has ../err "whose bytes are not here"
'

it 'is read by the example, with nothing but Python' '
	command -v python3 >/dev/null || exit 0
	load one.json >out
	same "hello 1.0.0 plain 1.0.0 support/triage 1.0.0" \
		"$(tr "\n" " " <out | sed "s/ $//")"
	load one.json plain >out
	has out "system: Be calm."
	has out "user: Grüße 🙂"
	load one.json hello name=Ada >out
	same "user: Hello Ada!" "$(cat out)"
	same "Hello Ada!" "$(git -C r1 pv render hello@1.0.0 --var name=Ada)"
	expect_failure 1 load one.json hello 2>err
	has err "missing: "
	sed "s/Be calm/Be rude/" one.json >bad.json
	expect_failure 1 load bad.json plain 2>err
	has err "hash"
	rehash bad.json
	expect_failure 1 load bad.json plain 2>err
	has err "was changed"
'

finish
