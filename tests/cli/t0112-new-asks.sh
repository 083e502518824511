#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv new at a terminal'

new_repo repo
cd repo || exit 1
unset GIT_TERMINAL_PROMPT
write ../type <<'EOF'
#!/bin/sh
printf 'Analyse {{ incident }}.\n' >"$1"
EOF
chmod +x ../type
EDITOR=$TRASH/type
export EDITOR

# at_tty COMMAND: what a person sees who types the lines of standard input.
at_tty() {
	script -qec "$1" /dev/null >"$TRASH/tty" 2>&1
}

it_tty 'asks a line each, with the name as the id, and opens the editor' '
	printf "SRE Analysis\n\nfind the cause\nops\nollama/llama3\n0.2\n800\n" |
		at_tty "git pv new"
	for question in "name: " "id [sre-analysis]: " "goal: " "category: " \
		"model (provider/name): " "temperature: " "token limit: "; do
		has ../tty "$question"
	done
	git pv show sre-analysis --json >../out
	json ../out ".prompt | [.name, .goal, .category, .model]" \
		"[\"SRE Analysis\",\"find the cause\",\"ops\",{\"provider\":\"ollama\",\"name\":\"llama3\",\"temperature\":0.2,\"max_tokens\":800}]"
	git pv render sre-analysis --var incident=it >../out
	same "Analyse it." "$(cat ../out)"
	test -z "$(ls .git/PV_NEW_* 2>/dev/null)"
'

it_tty 'asks again after an answer that cannot be, and leaves out what is empty' '
	printf "X\nBad Id\nsre-analysis\nops/x\n\n\n\nwarm\n-1\n\n1.5\n\n" |
		at_tty "git pv new"
	has ../tty "\"sre-analysis\" exists already"
	has ../tty "\"warm\" is no number"
	has ../tty "\"1.5\" is no whole number"
	grep -v "^#" prompts/ops/x.yaml >../out
	same "name: X" "$(head -n 1 ../out)"
	lacks ../out goal
	lacks ../out model
'

it_tty 'does not ask for what is given' '
	printf "\n\n\n" | at_tty "git pv new given --goal g --category c --model m"
	lacks ../tty "id ["
	lacks ../tty "goal: "
	has ../tty "name [given]: "
	has prompts/given.yaml "goal: g"
	has prompts/given.yaml "name: given"
	expect_failure 128 at_tty "git pv new given"
	has ../tty "exists already"
	lacks ../tty "goal: "
'

it_tty 'keeps a text that is no prompt, and makes nothing without one' '
	printf "#!/bin/sh\nprintf \"a\\\\377b\" >\"\$1\"\n" >../broken
	chmod +x ../broken
	printf "B\n\n\n\n\n\n\n" | EDITOR=$TRASH/broken expect_failure 128 \
		at_tty "git pv new"
	has ../tty "your text is kept in"
	same "$(printf "a\377b")" "$(cat .git/PV_NEW_PROMPT.b)"
	test ! -e prompts/b.yaml
	printf "B\n\n\n\n\n\n\n" | EDITOR="cp /dev/null" expect_failure 128 \
		at_tty "git pv new"
	has ../tty "there is no text"
	test ! -e prompts/b.yaml
	test -z "$(ls .git/PV_NEW_* 2>/dev/null)"
'

it_tty 'keeps answers and text of an editor that fails, for that prompt only' '
	printf "#!/bin/sh\necho half >>\"\$1\"\nexit 1\n" >../fails
	chmod +x ../fails
	printf "Long One\n\na goal\nops\nollama/llama3\n0.2\n800\n" |
		EDITOR=$TRASH/fails expect_failure 128 at_tty "git pv new"
	has ../tty "your answers are kept"
	has ../tty "your text is kept in"
	test ! -e prompts/long-one.yaml
	printf "Other\n\n\n\n\n\n\n" | at_tty "git pv new"
	has ../tty "name [Long One]: "
	has ../tty "goal: "
	has prompts/other.yaml "Analyse"
	lacks prompts/other.yaml goal
	lacks prompts/other.yaml half
	printf "\n\n\n\n\n\n\n" |
		EDITOR=$TRASH/fails expect_failure 128 at_tty "git pv new long-one"
	has ../tty "name [Long One]: "
	rm .git/PV_NEW_*
	printf "Long One\n\na goal\nops\nollama/llama3\n0.2\n800\n" |
		EDITOR=$TRASH/fails expect_failure 128 at_tty "git pv new"
	printf "\n\n\n\n\n\n\n" | EDITOR="echo done >>" at_tty "git pv new"
	has ../tty "name [Long One]: "
	has ../tty "goal [a goal]: "
	has ../tty "token limit [800]: "
	git pv show long-one --json >../out
	json ../out ".prompt | [.name, .goal, .category, .model.max_tokens, .prompt]" \
		"[\"Long One\",\"a goal\",\"ops\",800,\"half\\ndone\\n\"]"
	test -z "$(ls .git/PV_NEW_* 2>/dev/null)"
'

it_tty 'makes ids of names in other letters, and of long ones' '
	for row in "Café=cafe" "Über Größe=uber-grosse" "Łódź Ørsted=lodz-orsted" \
		"Cafe$(printf "\314\201") x=cafe-x" "Tiếng Việt=tieng-viet" \
		"C++ / Go!=c-go"; do
		printf "%s\n\004" "${row%%=*}" | at_tty "git pv new" || :
		has ../tty "id [${row#*=}]: "
	done
	name=$(printf "word%.0s " $(seq 75))
	printf "%s\n\n\n\n\n\n\n" "$name" | at_tty "git pv new"
	ls prompts | grep "^word-word" >../out
	[ "$(wc -c <../out)" -lt 70 ]
	name=$(printf "%0300d" 0)
	printf "%s\n\n\n\n\n\n\n" "$name" | at_tty "git pv new"
	expect_failure 128 git pv new "$name" --text x 2>../err
	is_error ../err
'

it 'refuses what commit would' '
	expect_failure 1 git pv new broken --text "{% if %}" 2>../err
	is_error ../err "prompts/broken.yaml:"
	has ../err "nothing was made"
	test ! -e prompts/broken.yaml
	expect_failure 1 git pv new broken --text "{% if %}" --json >../out
	is_json_error ../out validation
	git pv new doubtful --text "{{ x | nofilter }}" --json >../out
	json ../out ".findings[].rule" unknown-filter
	rm prompts/doubtful.yaml
'

it 'asks nothing where nobody is' '
	expect_failure 129 git pv new 2>../err
	is_error ../err "needs an ID"
	printf "Hi.\n" | git pv new piped >../out
	same prompts/piped.yaml "$(cat ../out)"
'

finish
