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
	test ! -e .git/PV_NEW_PROMPT
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
	same "$(printf "a\377b")" "$(cat .git/PV_NEW_PROMPT)"
	test ! -e prompts/b.yaml
	printf "B\n\n\n\n\n\n\n" | EDITOR="cp /dev/null" expect_failure 128 \
		at_tty "git pv new"
	has ../tty "there is no text"
	test ! -e prompts/b.yaml
	test ! -e .git/PV_NEW_PROMPT
'

it 'asks nothing where nobody is' '
	expect_failure 129 git pv new 2>../err
	is_error ../err "needs an ID"
	printf "Hi.\n" | git pv new piped >../out
	same prompts/piped.yaml "$(cat ../out)"
'

finish
