#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
begin 'git pv edit'

new_repo repo
cd repo || exit 1
file=prompts/support/triage.yaml

fresh() {
	write "$file" <<-EOF
		# about it
		name:   Triage      # odd blanks
		tags: [a,   b]

		model: {provider: ollama, name: "llama3.1:8b", temperature: 0.2}
		messages:
		  - role: system
		    content: |
		      First {{ product }}.

		      Second.
		  - role: user
		    content: "{{ ticket }}"   # the ticket
		metadata:
		  "a.b": 1
	EOF
	cp "$file" ../before
}

# changed SED: the file is what it was but for that.
changed() {
	sed -e "$1" ../before >../want
	cmp_files ../want "$file"
}

it 'changes a field and no other byte' '
	fresh
	git pv edit support/triage --set model.temperature=0.1 >../out 2>../err
	changed "s/temperature: 0.2/temperature: 0.1/"
	has ../out "model.temperature: 0.2 -> 0.1"
	has ../err "minor"
'

it 'takes values as YAML would, when they are so as a whole' '
	fresh
	set_to() {
		git pv edit support/triage --set "metadata.x=$1" >/dev/null 2>&1
		git pv show support/triage --json | jq -c .prompt.metadata.x
	}
	same 1 "$(set_to 1)"
	same -2.5 "$(set_to -2.5)"
	same true "$(set_to true)"
	same null "$(set_to null)"
	same "\"yes\"" "$(set_to yes)"
	same "\"12:30\"" "$(set_to 12:30)"
	same "\"2024-01-01\"" "$(set_to 2024-01-01)"
	same "\"1 2\"" "$(set_to "1 2")"
	same "\"12\"" "$(set_to "\"12\"")"
	same "\"a: b\"" "$(set_to "a: b")"
	same "\"a # b\"" "$(set_to "a # b")"
	same "\"5 # b\"" "$(set_to "5 # b")"
	same "\"- x\"" "$(set_to "- x")"
	same "\"\"" "$(set_to "")"
	same "\"[open\"" "$(set_to "[open")"
	same "\"x=y\"" "$(set_to "x=y")"
	for text in "|" ">" "|-" ">+2" "&a" "!!str" "! 5" "---" "? a" ".INFO"; do
		same "\"$text\"" "$(set_to "$text")"
	done
	same "{\"a\":\"😀\"}" "$(set_to "{\"a\":\"\\ud83d\\ude00\"}")"
	same "\"{\\\"a\\\":\\\"\\\\ud83d\\\"}\"" "$(set_to "{\"a\":\"\\ud83d\"}")"
	same "[1,\"b\",{\"c\":null}]" "$(set_to "[1, b, {c: ~}]")"
	same "{\"a\":{\"b\":[]}}" "$(set_to "{\"a\": {\"b\": []}}")"
	same "\"two\\nlines\"" "$(set_to "two
lines")"
'

it 'keeps the line ends of the file, whatever git stores' '
	fresh
	for attribute in "text eol=lf" "text eol=crlf" "text=auto" "-text"; do
		printf "*.yaml %s\n" "$attribute" >.gitattributes
		sed "s/\$/$(printf "\r")/" ../before >../crlf
		cp ../crlf "$file"
		git pv edit support/triage --set model.temperature=0.1 \
			--append tags=c >/dev/null 2>&1
		sed -e "s/temperature: 0.2/temperature: 0.1/" \
			-e "s/\[a,   b\]/[a,   b, c]/" ../crlf >../want
		cmp_files ../want "$file"
		cp ../before "$file"
		git pv edit support/triage --set model.temperature=0.1 \
			>/dev/null 2>&1
		changed "s/temperature: 0.2/temperature: 0.1/"
	done
	rm .gitattributes
'

it 'converts what has another form in the working tree' '
	fresh
	printf "*.yaml ident\n" >.gitattributes
	printf "# \$Id: 0123 \$\r\nprompt: hi\r\n" >"$file"
	git pv edit support/triage --set name=x >/dev/null 2>&1
	has "$file" "name: x"
	git pv show support/triage --json >../out
	json ../out .prompt.name x
	rm .gitattributes
'

it 'appends an indicator as the text it is' '
	fresh
	git pv edit support/triage --append "tags=|" --append "tags=>+2" >../out 2>&1
	git pv show support/triage --json >../out
	json ../out .prompt.tags "[\"a\",\"b\",\"|\",\">+2\"]"
'

it 'refuses numbers that JSON does not have' '
	fresh
	for value in .inf .nan -.INF "[1, .NaN]" "{a: [+.Inf]}"; do
		expect_failure 128 git pv edit support/triage \
			--set "metadata.f=$value" 2>../err
		is_error ../err JSON
		cmp_files ../before "$file"
	done
'

it 'sets, appends and deletes in the order given' '
	fresh
	git pv edit support/triage --append tags=c --set "tags[0]=z" \
		--unset "tags[1]" --set "messages[-1].role=assistant" \
		--unset "metadata.\"a.b\"" --set metadata.new.deep=1 \
		--append list=x --append list=y --json >../out
	json ../out .id support/triage
	json ../out .bump minor
	git pv show support/triage --json >../out
	json ../out .prompt.tags "[\"z\",\"c\"]"
	json ../out ".prompt.messages[1].role" assistant
	json ../out .prompt.metadata "{\"new\":{\"deep\":1}}"
	json ../out .prompt.list "[\"x\",\"y\"]"
	has "$file" "# the ticket"
	has "$file" "name:   Triage      # odd blanks"
'

it 'sets a field to the text of a file, or standard input' '
	fresh
	printf "New {{ product }}.\n\n  indented\n" >../text
	git pv edit support/triage --set-file "messages[0].content=../text" \
		>../out 2>&1
	git pv show support/triage --json | jq -j ".prompt.messages[0].content" \
		>../got
	cmp_files ../text ../got
	has "$file" "content: |"
	has "$file" "# the ticket"
	printf piped | git pv edit support/triage \
		--set-file "messages[1].content=-" >../out 2>&1
	git pv show support/triage --json >../out
	json ../out ".prompt.messages[1].content" piped
	expect_failure 128 git pv edit support/triage --set-file name=../lost 2>../err
	is_error ../err ../lost
'

it 'takes texts of files without byte order marks and CRLF' '
	fresh
	printf "\357\273\277New.\r\n\r\n  end\r\n" |
		git pv edit support/triage --set-file "messages[0].content=-" \
		>../out 2>&1
	git pv show support/triage --json | jq -j ".prompt.messages[0].content" \
		>../got
	printf "New.\n\n  end\n" >../want
	cmp_files ../want ../got
'

it 'does all or nothing' '
	fresh
	expect_failure 128 git pv edit support/triage --set name=x \
		--unset nothing 2>../err
	is_error ../err nothing
	cmp_files ../before "$file"
	expect_failure 1 git pv edit support/triage --set name=x \
		--set "messages[0].role=nobody" 2>../err
	is_error ../err nobody
	cmp_files ../before "$file"
	expect_failure 1 git pv edit support/triage --unset messages --json >../out
	is_json_error ../out validation
	cmp_files ../before "$file"
	expect_failure 128 git pv edit support/triage --set "a[=1" 2>../err
	is_error ../err
	expect_failure 128 git pv edit support/triage --set "name=$(printf "\377")" \
		2>../err
	is_error ../err UTF-8
	cmp_files ../before "$file"
'

it 'says so when nothing changes, and leaves the file alone' '
	fresh
	touch -d "2001-01-01" "$file"
	git pv edit support/triage --set name=Triage >../out 2>../err
	empty ../out
	has ../err "nothing to change"
	same 2001 "$(date -r "$file" +%Y)"
'

it 'lets a broken prompt be mended in steps' '
	fresh
	sed -i "s/role: system/role: one/; s/role: user/role: two/" "$file"
	git pv edit support/triage --set "messages[0].role=system" >../out 2>../err
	has ../err "still does not load"
	git pv edit support/triage --set "messages[1].role=user" >../out 2>../err
	lacks ../err "does not load"
	git pv check
'

it 'refuses what cannot be edited' '
	fresh
	git add .
	git commit -q -m one
	expect_failure 128 git pv edit nowhere --set a=1 2>../err
	is_error ../err nowhere
	expect_failure 128 git pv edit support/triage@HEAD --set a=1 2>../err
	is_error ../err "working tree"
	expect_failure 129 git pv edit support/triage --set novalue 2>../err
	is_error ../err PATH=VALUE
	expect_failure 129 git pv edit support/triage --json >../out
	is_json_error ../out usage
	printf "name: [\n" >prompts/broken.yaml
	expect_failure 128 git pv edit broken --set name=x 2>../err
	is_error ../err "prompts/broken.yaml:2"
	rm prompts/broken.yaml
'

it 'opens the editor git would, and checks what it leaves' '
	fresh
	GIT_EDITOR="sed -i s/Triage/Sorter/" git pv edit support/triage \
		>../out 2>../err
	has ../out "name: \"Triage\" -> \"Sorter\""
	git -c core.editor="sed -i s/Sorter/Other/" pv edit support/triage \
		>../out 2>../err || VISUAL= EDITOR= :
	GIT_EDITOR="sed -i s/user/nobody/" expect_failure 1 \
		git pv edit support/triage >../out 2>../err
	is_error ../err nobody
	has "$file" "role: nobody"
	GIT_EDITOR=false expect_failure 128 git pv edit support/triage 2>../err
	is_error ../err
'

it 'keeps CRLF line ends where git does' '
	printf "name: a\r\nprompt: hi\r\n" >prompts/crlf.yaml
	git pv edit crlf --set name=b >../out 2>&1
	printf "name: b\r\nprompt: hi\r\n" >../want
	cmp_files ../want prompts/crlf.yaml
'

it 'speaks of the file when the file of a value is missing' '
	fresh
	expect_failure 128 git pv edit support/triage \
		--set-file description=../none 2>../err
	is_error ../err "../none"
	has ../err "--set-file takes"
'

it 'writes through filters and encodings as git does' '
	mkdir -p filtered
	cd filtered
	new_repo .
	text_prompt prompts/a.yaml
	git add .
	git commit -q -m one
	echo "*.yaml filter=note" >.git/info/attributes
	git config filter.note.clean "sed /^#note/d"
	git config filter.note.smudge "sed \"\$ a #note\""
	rm -r prompts .git/index
	git reset -q --hard
	git pv edit a --set goal=g
	has prompts/a.yaml "#note"
	has prompts/a.yaml "goal: g"
	echo "*.yaml working-tree-encoding=UTF-16LE-BOM" \
		>.git/info/attributes
	rm -r prompts .git/index
	git reset -q --hard
	git pv edit a --set goal=g
	git add prompts
	has prompts/a.yaml "$(printf "\377\376")"
	git cat-file blob :prompts/a.yaml >../blob
	has ../blob "goal: g"
'

it 'keeps a key that is not known, and says which one is near' '
	new_repo keys
	cd keys
	text_prompt prompts/a.yaml
	git pv edit a --set modl.temperature=1 2>../err
	has ../err "unknown key \"modl\""
	has ../err "did you mean \"model\"?"
	has prompts/a.yaml "modl:"
	git pv edit a --set goal=g 2>../err
	lacks ../err modl
	git pv edit a --set modl.name=m --set gaol=g --json >../out 2>../err
	json ../out ".changes | length" 2
	lacks ../err modl
	has ../err "did you mean \"goal\"?"
'

it 'keeps what all say that edit it at once' '
	new_repo crowd
	cd crowd
	text_prompt prompts/a.yaml
	git pv commit -q -m one
	for k in 1 2 3 4 5 6; do
		git pv edit a --set "metadata.k$k=$k" 2>"../err.$k" &
	done
	git pv deactivate a >../out 2>&1 &
	wait
	same 6 "$(grep -c "k[1-6]: [1-6]" prompts/a.yaml)"
	has prompts/a.yaml "active: false"
'

finish
