#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv history show: proofs and sessions'

# stored SPEC INPUT RENDERED: records an execution; its id goes to ../id.
stored() {
	jq -nc --arg p "$1" --argjson i "$2" --argjson r "$3" \
		"{prompt_id: \$p, input: \$i, rendered: \$r}" >../line
	git pv record --stdin <../line >../said
	git pv history list -n 1 --json | jq -r ".[0].id" >../id
}

# proof: what show --rerender answers about it, as REASON or "proven".
proof() {
	git pv history show "$(cat ../id)" --rerender --json >../proof ||
		[ $? -eq 1 ]
	jq -r ".reason // \"proven\"" ../proof
}

it 'proves a text from commit and input' '
	new_repo r1
	cd r1
	text_prompt prompts/a.yaml "Sort {{ ticket }} as é."
	git pv commit -q -m One
	git pv render a --var ticket=x >../text
	stored a "{\"ticket\":\"x\"}" "$(jq -Rs . ../text)"
	text_prompt prompts/a.yaml "Another {{ ticket }}."
	git pv commit -q -m Two
	same proven "$(proof)"
	json ../proof .bytes "$(wc -c <../text)"
	json ../proof .commit "$(git rev-parse HEAD~)"
	git pv history show "$(cat ../id)" --rerender >../out
	has ../out "proven: commit"
'

it 'says where a text differs' '
	cd r1
	stored a@HEAD~ "{\"ticket\":\"x\"}" "\"Sort y as é.\n\""
	expect_failure 1 git pv history show "$(cat ../id)" --rerender >../out
	has ../out "not proven: the texts differ from byte 5 on"
	has ../out "stored: y as"
	has ../out "rendered: x as"
	same different "$(proof)"
	json ../proof .difference.byte 5
	stored a@HEAD~ "{\"ticket\":\"x\"}" "\"Sort x as é.\n \""
	same different "$(proof)"
	json ../proof .difference.rendered ""
	stored a@HEAD~ "{\"ticket\":\"x\"}" "[{\"role\":\"user\",\"content\":\"x\"}]"
	same different "$(proof)"
	json ../proof .difference null
'

it 'proves messages, with what they include' '
	new_repo r2
	cd r2
	text_prompt prompts/part.yaml "Be {{ tone }}."
	write prompts/chat.yaml <<-EOF
		name: Chat
		messages:
		  - role: system
		    content: "{% include \"part\" %}"
		  - role: user
		    content: "{{ ticket }}"
	EOF
	git pv commit -q -m One
	git pv render chat --var tone=kind --var ticket=Lost --json >../rendered
	stored chat "{\"tone\":\"kind\",\"ticket\":\"Lost\"}" \
		"$(jq -c .messages ../rendered)"
	text_prompt prompts/part.yaml "Not {{ tone }}."
	git pv commit -q -m Two
	same proven "$(proof)"
	stored chat@HEAD~ "{\"tone\":\"kind\",\"ticket\":\"Lost\"}" \
		"$(jq -c ".messages | .[1].content = \"Last\"" ../rendered)"
	same different "$(proof)"
	json ../proof "[.difference.message, .difference.member, .difference.byte]" \
		"[1,\"content\",1]"
	stored chat@HEAD~ "{\"tone\":\"kind\",\"ticket\":\"Lost\"}" \
		"$(jq -c ".messages[:1]" ../rendered)"
	same different "$(proof)"
	stored chat@HEAD~ "{\"tone\":\"kind\"}" "$(jq -c .messages ../rendered)"
	same render "$(proof)"
	has ../proof "ticket"
	stored chat@HEAD~ "\"tone\"" "$(jq -c .messages ../rendered)"
	same input "$(proof)"
'

it 'proves a text that was never committed' '
	cd r2
	text_prompt prompts/dirty.yaml "Now {{ x }}."
	stored dirty "{\"x\":1}" "$(git pv render dirty --var x=1 | jq -Rs .)"
	rm prompts/dirty.yaml
	same proven "$(proof)"
	json ../proof .commit null
	blob=$(jq -r .blob ../proof)
	git update-ref -d "$(git for-each-ref --format="%(refname)" refs/pv/keep)"
	rm -f ".git/objects/$(echo "$blob" | cut -c1-2)/$(echo "$blob" | cut -c3-)"
	same text-gone "$(proof)"
	write prompts/with.yaml <<-EOF
		name: With
		prompt: "{% include \"part\" %}"
	EOF
	stored with "{\"tone\":\"x\"}" "\"Not x.\""
	same render "$(proof)"
	has ../proof "includes is not known"
'

it 'names what keeps it from a proof' '
	cd r2
	gone=0123456789012345678901234567890123456789
	git pv record --template t --rendered x >../id
	same no-prompt "$(proof)"
	git pv record --prompt part --output x >../id
	same no-content "$(proof)"
	git -c pv.tracking.captureContent=false pv record --prompt part \
		--rendered x --output "four" --json | jq -r .id >../id
	same no-content "$(proof)"
	git pv history show "$(cat ../id)" --json >../row
	json ../row .output_chars 4
	echo "{\"prompt_id\":\"part\",\"commit\":null,\"rendered\":\"x\"}" |
		git pv record --stdin >../said
	git pv history list -n 1 --json | jq -r ".[0].id" >../id
	same no-commit "$(proof)"
	git pv record --loose --prompt nowhere --commit $gone --rendered x >../id
	same commit-gone "$(proof)"
	git pv record --loose --prompt nowhere --commit "$(git rev-parse HEAD)" \
		--rendered x >../id
	same no-prompt "$(proof)"
	echo "{\"prompt_id\":\"part\",\"commit\":\"$(git rev-parse HEAD)\",\"blob\":\"$gone\",\"rendered\":\"x\"}" |
		git pv record --stdin >../said
	git pv history list -n 1 --json | jq -r ".[0].id" >../id
	same other-blob "$(proof)"
'

# link N PARENT MEMBERS
link() {
	printf "{\"id\":\"01900000-000%d-7000-8000-000000000000\"," "$1"
	[ -z "$2" ] ||
		printf "\"parent\":\"01900000-000%d-7000-8000-000000000000\"," "$2"
	printf "\"session\":\"s\",\"commit\":null,%s}\n" "$3"
}

it 'shows a session as a chain, parents first' '
	new_repo r3
	cd r3
	{
		link 3 1 "\"template\":\"t\",\"model\":\"b\",\"scores\":{\"f\":0.5}"
		link 1 "" "\"template\":\"t\",\"model\":\"a\",\"quality\":4"
		link 2 5 "\"template\":\"t\",\"model\":\"b\",\"metadata\":{\"change\":\"shorter\"}"
		link 5 3 "\"template\":\"t\",\"model\":\"b\",\"metadata\":{\"iteration\":9}"
		echo "{\"template\":\"t\",\"session\":\"other\"}"
	} | git pv record --stdin >/dev/null
	git pv history show --session s --json >../chain
	json ../chain "[.[] | .id[12:13]]" "[\"1\",\"3\",\"5\",\"2\"]"
	json ../chain "[.[] | .iteration]" "[1,2,9,10]"
	json ../chain "[.[] | .change]" "[null,\"model \\\"a\\\" to \\\"b\\\"\",null,\"shorter\"]"
	json ../chain "[.[0].quality, .[1].scores.f]" "[4,0.5]"
	git pv history show --session s >../out
	same 4 "$(wc -l <../out)"
	has ../out "quality 4"
	git pv history show --session s --model a --json >../chain
	json ../chain "length" 1
'

it 'counts a session without parents by time, and ends circles' '
	cd r3
	for n in 1 2 3; do
		git pv record --template t --session plain --input "{\"n\":$n}" \
			>/dev/null
	done
	git pv history show --session plain --json >../chain
	json ../chain "[.[] | [.iteration, .change]]" \
		"[[1,null],[2,\"input {\\\"n\\\":1} to {\\\"n\\\":2}\"],[3,\"input {\\\"n\\\":2} to {\\\"n\\\":3}\"]]"
	{
		link 6 7 "\"template\":\"t\""
		link 7 6 "\"template\":\"t\""
		link 8 8 "\"template\":\"t\""
	} | sed "s/\"s\"/\"round\"/" | git pv record --stdin >/dev/null
	git pv history show --session round --json >../chain
	json ../chain "[.[] | .id[12:13]] | sort" "[\"6\",\"7\",\"8\"]"
	expect_failure 128 git pv history show --session none 2>err
	is_error err "no execution of that session"
	expect_failure 129 git pv history show 2>err
	is_error err "one id, or --session"
	expect_failure 129 git pv history show --model a 2>err
	expect_failure 129 git pv history show --session s --rerender 2>err
'

finish
