#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv commit: the message it proposes, and the checks it makes'

new_repo repo
cd repo || exit 1
GIT_EDITOR=:
export GIT_EDITOR

# As after a merge, what the editor opens on is a message, unlike a template:
# whoever leaves it as it is has agreed to it.
it 'opens the editor on a summary of what changed' '
	text_prompt prompts/support/triage.yaml "One {{ a }}."
	git pv commit -q >/dev/null
	same "Initial version" "$(git log -1 --format=%B)"
	printf "%s\n" "model: {name: m, temperature: 0.1}" "messages:" \
		"- {role: system, content: Sort.}" \
		"- {role: user, content: \"{{ a }}\"}" \
		>prompts/support/triage.yaml
	git pv commit -q >/dev/null
	sed -i "s/0.1/0.2/; s/Sort/Sort it/" prompts/support/triage.yaml
	git pv commit -q >/dev/null
	same "support/triage 1.1.0 → 1.2.0: temperature, system message" \
		"$(git log -1 --format=%B)"
	sed -i "s/0.2/0.3/; s/name: m/name: n/" prompts/support/triage.yaml
	echo "variables: {a: {description: an a}}" >>prompts/support/triage.yaml
	git pv commit -q >/dev/null
	same "support/triage 1.2.0 → 1.3.0: model, temperature, variables" \
		"$(git log -1 --format=%B)"
	sed -i "s/an a/the a/" prompts/support/triage.yaml
	git pv commit -q >/dev/null
	same "support/triage 1.3.0 → 1.3.1: variable a" \
		"$(git log -1 --format=%B)"
	echo "# why" >>prompts/support/triage.yaml
	git pv commit -q >/dev/null
	same "support/triage 1.3.1 → 1.3.2: formatting" "$(git log -1 --format=%B)"
'

it 'sums several changes up in a line each, other files last' '
	text_prompt prompts/a.yaml
	text_prompt prompts/b.yaml
	git pv commit -q >/dev/null
	same "Initial version

a 1.0.0: initial version
b 1.0.0: initial version" "$(git log -1 --format=%B)"
	text_prompt prompts/a.yaml "Other."
	rm prompts/b.yaml
	text_prompt prompts/c.yaml
	echo "{}" | write datasets/d.yaml
	git pv commit -q >/dev/null
	same "Change 3 prompts

a 1.0.0 → 1.1.0: text
b: removed
c 1.0.0: initial version
datasets/d.yaml: new" "$(git log -1 --format=%B)"
	echo "{b: 1}" | write datasets/d.yaml
	git pv commit -q >/dev/null
	same "datasets/d.yaml: modified" "$(git log -1 --format=%B)"
	text_prompt prompts/b.yaml
	text_prompt prompts/a.yaml "Unstaged."
	git add prompts/b.yaml
	git pv commit -q --staged >/dev/null
	same "b 1.0.0 → 2.0.0: new" "$(git log -1 --format=%B)"
'

it 'puts no key of a file and no line longer than it may be in a summary' '
	{ cat prompts/a.yaml; printf "%s\n" "\"x\\ny: # z\": 1"; } >../a.yaml
	cp ../a.yaml prompts/a.yaml
	git pv commit -q a >/dev/null
	same "a 1.1.0 → 1.2.0: text, other fields" "$(git log -1 --format=%B)"
	for i in 1 2 3 4 5 6 7 8 9; do
		echo "a_rather_long_key_$i: 1"
	done >>prompts/a.yaml
	git pv commit -q >/dev/null
	git log -1 --format=%B >../message
	has ../message "a_rather_long_key_2, ..."
	lacks ../message "key_9"
	same 1 "$(git log -1 --format=%B | sed "/^\$/d" | wc -l)"
'

it 'refuses what the checks of syntax find, unless --no-verify' '
	printf "prompt: |\n  A {%% if x %%}.\n" >prompts/open.yaml
	snapshot . >../before
	expect_failure 1 git pv commit -m open 2>../err
	is_error ../err "prompts/open.yaml:2:"
	has ../err --no-verify
	expect_failure 1 git pv commit -m open --json >../out
	is_json_error ../out validation
	json ../out ".error.findings[].rule" template-syntax
	snapshot . >../after
	cmp_files ../before ../after
	# Other groups and mere warnings stop nothing.
	text_prompt prompts/a.yaml "{{ x }} at sk-proj-abcdefghijklmnop0123456789"
	git pv commit -q -m secret a >/dev/null
	git pv commit -q -n -m open >/dev/null
	same prompts/open.yaml "$(git show --format= --name-only HEAD)"
'

it 'heeds the settings and comments that check heeds' '
	printf "prompt: |\n  A {%% if x %%}.\n# again\n" >prompts/open.yaml
	printf "checks: {template-syntax: warning}\n" >pv.yaml
	git pv commit -q -m allowed >/dev/null
	rm pv.yaml
	git pv commit -q -m strict >/dev/null
	printf "prompt: |\n  A {%% if x %%}.\n# three\n" >prompts/open.yaml
	expect_failure 1 git pv commit -q -m again 2>/dev/null
	git checkout -q prompts
'

it 'lets a merge bring what the other side committed so' '
	git switch -q -c side
	printf "prompt: |\n  B {%% if x %%}.\n" >prompts/side.yaml
	git pv commit -q -n -m side >/dev/null
	git switch -q main
	text_prompt prompts/c.yaml "Main."
	git pv commit -q -m main >/dev/null
	git merge -q --no-commit side >/dev/null 2>&1
	git pv commit -q -m merged >/dev/null
	same 2 "$(git log -1 --format=%P | wc -w | tr -d " ")"
'

it 'announces a number of its own for a text that came back' '
	new_repo back
	cd back
	text_prompt prompts/a.yaml
	git pv commit -q -m one
	for text in once twice once; do
		git pv edit a --set "description=$text" 2>/dev/null
		git pv status >../told
		git pv commit >../out
	done
	has ../told "1.0.2 -> 1.0.3 (patch)"
	has ../out "a 1.0.3 (patch)"
	same "a 1.0.2 → 1.0.3: description" "$(git log -1 --format=%s)"
'

finish
