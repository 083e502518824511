#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv list, show and vars'

new_repo repo
cd repo || exit 1
write prompts/support/triage.yaml <<EOF
name: Triage
description: Sorts tickets.
category: classification
tags: [support, live]
model: {provider: ollama, name: "llama3.1:8b"}
messages:
  - role: system
    content: |
      Sort for {{ product }}.
  - role: user
    content: "{{ ticket }}"
variables:
  product: {type: string, default: Acme, description: The product}
EOF
write prompts/old.yaml <<EOF
active: false
tags: [live]
prompt: Old.
EOF
text_prompt prompts/hello.yaml
tick
git pv commit -q -m one >../out 2>&1

it 'lists prompts by id, inactive ones apart' '
	git pv list >../out
	cat >../want <<-EOF
		hello           1.0.0  hello
		support/triage  1.0.0  Triage

		inactive:
		old             1.0.0
	EOF
	cmp_files ../want ../out
	git pv list --inactive --format "%(id)" >../out
	same old "$(cat ../out)"
'

it 'has the fields of the contract as JSON' '
	head=$(git rev-parse HEAD)
	blob=$(git rev-parse HEAD:prompts/support/triage.yaml)
	git pv list support --json >../out
	json ../out ".[0] | [.id, .name, .version, .commit, .blob, .path]" \
		"[\"support/triage\",\"Triage\",\"1.0.0\",\"$head\",\"$blob\",\"prompts/support/triage.yaml\"]"
	json ../out ".[0] | [.category, .tags, .active, .model, .description, .updated_at]" \
		"[\"classification\",[\"support\",\"live\"],true,\"ollama/llama3.1:8b\",\"Sorts tickets.\",null]"
	git pv list old --json >../out
	json ../out ".[0] | [.name, .active, .model]" "[null,false,null]"
'

# ids OPTION...: the ids that list prints, on one line.
ids() {
	git pv list --format "%(id)" -q "$@" | paste -sd" "
}

it 'filters by prefix, tags and category' '
	same "old support/triage" "$(ids --tag live | tr " " "\n" | sort |
		paste -sd" ")"
	same "support/triage" "$(ids --tag live --tag support)"
	same "support/triage" "$(ids --category classification)"
	same "" "$(ids --category none)"
	same "hello" "$(ids he)"
'

it 'takes the version as an option' '
	cd "$TRASH/repo"
	git pv show hello@1.0.0 --json >../want
	for version in 1.0.0 @1.0 HEAD; do
		git pv show hello --version $version --json >../out
		cmp_files ../want ../out
	done
	expect_failure 129 git pv show hello@1.0.0 --version 1.0.0 2>../err
	is_error ../err "names a version already"
	expect_failure 128 git pv show hello --version 7 2>../err
	is_error ../err "no version \"7\""
'

it 'filters by owner, provider, model, state and words' '
	new_repo ../many
	cd ../many
	write prompts/a.yaml <<-FILE
		name: Zebra
		owner: ada
		goal: Count STRIPES
		model: {provider: ollama, name: m}
		tags: [zoo]
		prompt: Hi.
	FILE
	write prompts/b/c.yaml <<-FILE
		name: ant
		owner: bob
		model: {provider: openai, name: org/m}
		active: false
		prompt: Hi.
	FILE
	write prompts/b/d.yaml <<-FILE
		model: m
		prompt: Hi.
	FILE
	same a "$(ids --owner ada)"
	same "" "$(ids --owner Ada)"
	same b/c "$(ids --provider openai)"
	same "" "$(ids --provider m)"
	same "a b/d" "$(ids --model m)"
	same a "$(ids --model ollama/m)"
	same b/c "$(ids --model org/m)"
	same "a b/d" "$(ids --active)"
	same b/c "$(ids --inactive)"
	same "a b/c b/d" "$(ids --all)"
	expect_failure 129 git pv list --all --active 2>../err
	same a "$(ids --match stripes)"
	same a "$(ids --match ZOO)"
	same "b/c b/d" "$(ids --match B/)"
	same b/c "$(ids --match ANT --provider openai)"
	echo "{ no" >prompts/broken.yaml
	same "a b/d broken" "$(ids --active)"
	same b/d "$(ids --owner "")"
	same broken "$(ids --match brok)"
	rm prompts/broken.yaml
	git pv list a --json >../out
	json ../out ".[0] | [.provider, .owner, .updated_by]" "[\"ollama\",\"ada\",null]"
	git pv list b/d --json >../out
	json ../out ".[0] | [.provider, .owner]" "[null,null]"
'

it 'sorts by name and by change, and shows folders' '
	cd ../many
	same "b/c b/d a" "$(ids --sort name)"
	git add prompts/b && git commit -q -m b
	tick
	git add prompts/a.yaml && git commit -q -m a
	same "a b/c b/d" "$(ids --sort updated)"
	tick
	echo "goal: g" >>prompts/b/d.yaml
	git commit -q -a -m d --author "Dee <d@example.com>"
	same "b/d a b/c" "$(ids --sort updated)"
	git pv list b/d --history --json >../out
	json ../out ".[0].updated_by" Dee
	git pv release -q >../out
	git pv list --tree >../out
	printf "a  1.0.0\nb/\n  c  1.0.0  inactive\n  d  1.0.0\n" >../want
	cmp_files ../want ../out
	expect_failure 129 git pv list --tree --sort name 2>../err
	is_error ../err exclude
'

it 'lists a commit, the index and a bare repository' '
	text_prompt prompts/later.yaml
	git add prompts/later.yaml
	rm prompts/later.yaml
	same "hello old support/triage" "$(ids --at HEAD)"
	same "hello later old support/triage" "$(ids --at :index)"
	git rm -q --cached prompts/later.yaml
	git clone -q --bare . ../bare.git
	git -C ../bare.git pv list --json >../out
	json ../out ".[0].commit" "$(git rev-parse HEAD)"
	json ../out length 3
	expect_failure 128 git pv list --at nowhere 2>../err
	is_error ../err nowhere
'

it 'lists prompts that are not committed or do not load' '
	text_prompt prompts/new.yaml
	printf "name: [\n" >prompts/bad.yaml
	echo "# more" >>prompts/hello.yaml
	git pv list --json >../out
	json ../out "map(select(.commit == null) | .id)" \
		"[\"bad\",\"hello\",\"new\"]"
	json ../out ".[0] | has(\"error\")" true
	git pv list bad >../out
	has ../out "does not load"
	rm prompts/new.yaml prompts/bad.yaml
	git checkout -q prompts/hello.yaml
'

it 'prints fields in a format' '
	expect_failure 129 git pv list --format "%(id) %(tags)" >../out 2>../err
	empty ../out
	is_error ../err tags
	expect_failure 129 git pv list --format "x %(id" >../out 2>../err
	has ../err "no \")\" behind \"%(id\""
	git pv list support --format "%%(tags)" >../out
	same "%(tags)" "$(sort -u ../out)"
	git pv list support --format "%(name)=%(category) 100%% 5% %(active)" >../out
	same "Triage=classification 100% 5% true" "$(cat ../out)"
'

it 'shows a prompt for people' '
	git pv show support/triage >../out
	has ../out "id           support/triage"
	has ../out "version      1.0.0"
	has ../out "tags         support, live"
	has ../out "Sort for {{ product }}."
	has ../out "product  string"
	has ../out "default: \"Acme\""
'

it 'shows a prompt as JSON at any point' '
	git pv show support/triage@1.0 --json >../out
	json ../out "[.id, .version, .commit]" \
		"[\"support/triage\",\"1.0.0\",\"$(git rev-parse HEAD)\"]"
	json ../out .prompt.messages[1].content "{{ ticket }}"
	json ../out "[.variables[] | .name]" "[\"product\",\"ticket\"]"
	git pv list support/triage --json | jq ".[0] | {provider, owner}" \
		>../want
	jq "{provider, owner}" ../out >../shown
	cmp_files ../want ../shown
	sed -i s/Triage/Changed/ prompts/support/triage.yaml
	git pv show support/triage --json >../out
	json ../out "[.prompt.name, .commit]" "[\"Changed\",null]"
	git pv show support/triage@:index --json >../out
	json ../out .prompt.name Triage
	git pv show support/triage@HEAD --json >../out
	json ../out .prompt.name Triage
	git checkout -q .
	git -C ../bare.git pv show support/triage --json >../out
	json ../out .prompt.name Triage
'

it 'shows numbers that JSON does not have as text' '
	write prompts/special.yaml <<-EOF
		prompt: hi
		variables: {v: {default: .NaN}}
		metadata: {a: .inf, b: [-.INF, "null", null]}
	EOF
	git pv show special --json >../out
	json ../out ".prompt.metadata" "{\"a\":\".inf\",\"b\":[\"-.inf\",\"null\",null]}"
	json ../out ".variables[].default" ".nan"
	git pv diff --json -- special >../out
	json ../out "[.prompts[].changes[].new | tostring | test(\"inf|nan\")] | any" true
	rm prompts/special.yaml
'

it 'does not name a version that came later' '
	new_repo ../later
	cd ../later
	for text in one two three two; do
		text_prompt prompts/a.yaml "$text"
		git add .
		git commit -q -m "$text"
		[ "$(git rev-list --count HEAD)" -eq 2 ] || git pv release
	done
	git pv versions a --json >../out
	json ../out "[.[].version]" "[\"1.2.0\",\"1.1.0\",\"1.0.0\"]"
	second=$(git rev-parse --short=7 HEAD~2)
	git pv show "a@$second" --json >../out
	json ../out .version "1.1.0-main.1+g$second"
	git pv show a@HEAD --json >../out
	json ../out .version 1.2.0
	git switch -q --detach "$second"
	git pv list --json >../out
	json ../out ".[].version" "1.1.0-detached.1+g$second"
	git pv log a --json >../out
	json ../out ".[0].version" "1.1.0-detached.1+g$second"
'

it 'shows the bytes of a file' '
	git pv show support/triage --raw >../out
	cmp_files prompts/support/triage.yaml ../out
	expect_failure 129 git pv show support/triage --raw --json >../out
	is_json_error ../out usage
'

it 'suggests ids and says what versions there are' '
	expect_failure 128 git pv show suport/triage 2>../err
	is_error ../err "did you mean \"support/triage\""
	expect_failure 128 git pv show support/triage@7 2>../err
	is_error ../err "\"7\""
	expect_failure 128 git pv show support/triage@7 --json >../out
	is_json_error ../out version-not-found
	printf "name: [\n" >prompts/bad.yaml
	expect_failure 128 git pv show bad --json >../out
	is_json_error ../out syntax
	json ../out "[.error.source, .error.line]" "[\"prompts/bad.yaml\",2]"
	git pv show bad --raw >../out
	cmp_files prompts/bad.yaml ../out
	rm prompts/bad.yaml
'

it 'lists variables, declared and inferred' '
	git pv vars support/triage --json >../out
	json ../out ".[0] | [.name, .type, .required, .default, .source]" \
		"[\"product\",\"string\",false,\"Acme\",\"both\"]"
	json ../out ".[1] | [.name, .type, .required, .default, .source]" \
		"[\"ticket\",\"any\",true,null,\"inferred\"]"
	json ../out "map([.line > 0, .conditional]) | unique" "[[true,false]]"
	git pv vars support/triage@HEAD >../out
	has ../out "ticket   any      required"
	git pv vars old >../out 2>../err
	empty ../out
	has ../err "no variables"
'

it 'says in the words of the user that history ends' '
	new_repo ../short
	cd ../short
	text_prompt prompts/sub/a.yaml
	git pv commit -q -m one >/dev/null
	expect_failure 128 git pv show sub/a@latest~9 2>../err
	is_error ../err "\"sub/a@latest~9\" goes beyond the first commit"
	expect_failure 128 git pv show sub/a@1.0^ 2>../err
	is_error ../err "\"sub/a@1.0^\" goes beyond the first commit"
	expect_failure 128 git pv show sub/a@latest~0x 2>../err
	is_error ../err "behind the name in \"sub/a@latest~0x\""
	git commit -q --allow-empty -m two
	expect_failure 128 git pv show sub/a@main^2 2>../err
	is_error ../err "\"main^2\" asks for parent 2 of a commit that has 1"
	git pv show sub/a@main^1 >../out
'

it 'lists what includes a prompt' '
	text_prompt prompts/u/tone.yaml "Be kind."
	text_prompt prompts/u/near.yaml "{% include \"u/tone\" %} Hi."
	text_prompt prompts/u/far.yaml "{% include \"u/near\" %}"
	git pv list --uses u/tone --json >../out
	json ../out "map(.id)" "[\"u/near\"]"
	git pv list --uses u/far --json >../out
	json ../out . "[]"
	rm -r prompts/u
'

it 'keeps a row in a line, and finds letters in either case' '
	new_repo ../rows
	cd ../rows
	printf "name: \"two\\nlines\\tmore\"\nprompt: x\n" | write prompts/a.yaml
	printf "name: Café ÉCOLE\ndescription: Προς\ntags: [Été]\nprompt: x\n" \
		>prompts/b.yaml
	git pv commit -q -m one
	git pv list >../out
	same 2 "$(wc -l <../out)"
	has ../out "two lines more"
	for text in café CAFÉ école ÉCOLE été ПРОΣ; do
		git pv list --match "$text" --json >../out
		case $text in
		ПРО*) json ../out "length" 0 ;;
		*) json ../out "[.[].id]" "[\"b\"]" ;;
		esac
	done
	git pv list --match ΠΡΟΣ --json >../out
	json ../out "[.[].id]" "[\"b\"]"
	printf "<<<<<<< a\nname: x\n=======\nname: y\n>>>>>>> b\nprompt: z\n" \
		>prompts/a.yaml
	git pv list --json >../out
	json ../out ".[] | select(.id == \"a\") | .version" null
'

finish
