#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
begin 'git pv new'

new_repo repo
cd repo || exit 1

it 'makes a text prompt from standard input' '
	printf "Sort: {{ ticket }}\n" | git pv new support/triage >out 2>err
	same prompts/support/triage.yaml "$(cat out)"
	has err "git pv commit"
	cat >want <<-EOF
		# yaml-language-server: \$schema=../../schemas/prompt.schema.json
		prompt: |
		  Sort: {{ ticket }}
	EOF
	cmp_files want prompts/support/triage.yaml
	rm out err want
	git pv check
	check_repo
'

it 'takes standard input without a byte order mark and CRLF' '
	printf "\357\273\277One.\r\nTwo.\r\n" | git pv new crlf >/dev/null 2>&1
	git pv show crlf --json >../out
	json ../out ".prompt.prompt | tojson" "\"One.\\nTwo.\\n\""
	rm prompts/crlf.yaml
'

it 'keeps the bytes of the text, whatever they are' '
	for text in "one line" "  leading" "trailing  
" "a: b # c" "%percent" "- dash" "tab	x" "
starts empty" "ends

" "ünïcödé 🎉" "\"quotes\" '\''both'\''" "---" "..." "null" "12"; do
		printf "%s" "$text" >want
		git pv new bytes <want >/dev/null 2>&1
		git pv show bytes --json | jq -j .prompt.prompt >got
		cmp_files want got
		rm prompts/bytes.yaml
	done
	rm want got
'

it 'makes a chat prompt with every field from options' '
	git pv new chat --name "The chat" --description "it: is # odd" \
		--goal g --category c --owner o --tag a --tag "b c" \
		--model openai/gpt/4 --message "system=Be {{ tone }}
twice" --message "user={{ q }}" --json >../out
	json ../out .id chat
	json ../out .path prompts/chat.yaml
	json ../out .findings "[]"
	git pv show chat --json >../out
	json ../out .prompt.name "The chat"
	json ../out .prompt.description "it: is # odd"
	json ../out ".prompt | [.goal, .category, .owner]" "[\"g\",\"c\",\"o\"]"
	json ../out .prompt.tags "[\"a\",\"b c\"]"
	json ../out .prompt.model "{\"provider\":\"openai\",\"name\":\"gpt/4\"}"
	json ../out ".prompt.messages | map(.role)" "[\"system\",\"user\"]"
	json ../out ".prompt.messages[0].content" "Be {{ tone }}
twice"
	json ../out ".variables | map(.name)" "[\"tone\",\"q\"]"
'

it 'copies another prompt byte for byte' '
	cat >prompts/chat.yaml <<-EOF
		# yaml-language-server: \$schema=../schemas/prompt.schema.json
		name:   Chat     # odd blanks
		prompt: "hi"
		custom: {kept: yes}
	EOF
	git add .
	git commit -q -m one
	git pv new deep/er/copy --from chat >../out 2>&1
	sed "s,=../schemas,=../../../schemas," prompts/chat.yaml >../want
	cmp_files ../want prompts/deep/er/copy.yaml
	git pv new copy --from chat@HEAD --name Other --tag t >../out 2>&1
	{
		sed "s/Chat/Other/" prompts/chat.yaml
		printf "tags:\n  - t\n"
	} >../want
	cmp_files ../want prompts/copy.yaml
	git rm -q prompts/chat.yaml
	git pv new again --from chat@HEAD >../out 2>&1
	git show HEAD:prompts/chat.yaml >../want
	cmp_files ../want prompts/again.yaml
	git reset -q --hard
'

it 'refuses an id that is taken, and leaves the file alone' '
	cp prompts/chat.yaml ../want
	expect_failure 128 git pv new chat --text x 2>../err
	is_error ../err "\"chat\" exists"
	expect_failure 128 git pv new chat --text x --json >../out
	is_json_error ../out exists
	cmp_files ../want prompts/chat.yaml
'

it 'refuses what is no id' '
	for id in "" Upper a/../b /a a/ a//b .a a.lock a. a/v1.2.3 "a b" -a; do
		expect_failure 128 git pv new --text x -- "$id" 2>../err
		is_error ../err
	done
	expect_failure 128 git pv new --text x --json -- "a b" >../out
	is_json_error ../out invalid
	expect_failure 129 git pv new 2>../err
	is_error ../err ID
'

it 'refuses texts that are missing or not UTF-8, and writes nothing' '
	expect_failure 128 git pv new none </dev/null 2>../err
	is_error ../err --text
	printf "\377" >../bad
	expect_failure 128 git pv new none <../bad 2>../err
	is_error ../err UTF-8
	expect_failure 128 git pv new none --text x --name "$(cat ../bad)" 2>../err
	is_error ../err "name is not UTF-8"
	expect_failure 128 git pv new none --message "user=$(cat ../bad)" 2>../err
	is_error ../err UTF-8
	[ ! -e prompts/none.yaml ]
'

it 'refuses what would not load, with the findings' '
	expect_failure 1 git pv new none --message nobody=x 2>../err
	is_error ../err nobody
	expect_failure 1 git pv new none --message nobody=x --json >../out
	is_json_error ../out validation
	json ../out ".error.findings | length" 1
	[ ! -e prompts/none.yaml ]
'

it 'refuses options that contradict another' '
	expect_failure 129 git pv new none --text x --message user=x 2>../err
	is_error ../err --message
	expect_failure 129 git pv new none --from chat --text x 2>../err
	is_error ../err --from
	expect_failure 129 git pv new none --message x 2>../err
	is_error ../err ROLE=TEXT
	expect_failure 128 git pv new none --from nowhere 2>../err
	is_error ../err nowhere
'

it 'works from a subfolder, with another folder for prompts' '
	mkdir -p sub
	cd sub
	git -c pv.prompts=texts pv new x/y --text hi >../../out 2>&1
	[ -f ../texts/x/y.yaml ]
'

it 'refuses a bare repository' '
	git init -q --bare ../bare.git
	expect_failure 128 git -C ../bare.git pv new a --text x 2>../err
	is_error ../err bare
'

it 'says that a link is in the way, not a prompt' '
	mkdir ../aside
	ln -s "$TRASH/aside" prompts/linked
	expect_failure 128 git pv new linked/x --text A 2>../err
	is_error ../err "symbolic link"
	lacks ../err "exists already"
	rm prompts/linked
'

finish
