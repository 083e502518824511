#!/bin/sh
# SPDX-License-Identifier: MIT
#
# git pv experiment create at a terminal: what it asks.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"
begin 'what is asked of an experiment'

git init -q -b main repo
cd repo || exit 1
unset GIT_TERMINAL_PROMPT
text_prompt prompts/a.yaml 'Sort: {{ ticket }}'
git add -A
git commit -q -m One
git branch exp/concise

# at_tty COMMAND: what a person sees who types the lines of standard input.
at_tty() {
	script -qec "$1" /dev/null >"$TRASH/tty" 2>&1
}

it_tty 'asks a line each, and takes what it shows for an empty one' '
	printf "\n\nexp/concise\n\n\n\n\n\n\n" |
		at_tty "git pv experiment create tone"
	for question in "prompt [a]: " "control [main]: " \
		"variant, a branch or NAME=SPEC: " "another variant, or nothing: " \
		"per cent of the traffic [100]: " "metric that decides [quality]: " \
		"another, or nothing: " "guardrail, or nothing: " \
		"least units of each variant [100]: "; do
		has ../tty "$question"
	done
	git pv experiment show tone --json >../out
	json ../out "[.prompt, .coverage, [.variants[] | .name + \"=\" + .spec]]" \
		"[\"a\",100,[\"control=main\",\"concise=exp/concise\"]]"
	git pv experiment create same --prompt a --variant control=main \
		--variant concise=exp/concise -q >../out
	cmp_files experiments/tone.yaml experiments/same.yaml
'

it_tty 'asks again for what cannot be, and only for what was not said' '
	printf "nothing\na\nmain\nnowhere\nwarm=main,model.temperature=0.9\n\nmagic\ncost\n\nlatency_p95=20\n\nx\n500\n" |
		at_tty "git pv experiment create warm --coverage 10"
	has ../tty "no prompt \"nothing\""
	has ../tty nowhere
	has ../tty "there is no metric \"magic\""
	lacks ../tty "per cent"
	has experiments/warm.yaml "coverage: 10"
	has experiments/warm.yaml "model.temperature: 0.9"
	has experiments/warm.yaml "minimum_sample: 500"
	has experiments/warm.yaml "margin: 20"
'

it_tty 'makes nothing where the answers end, nor what is there' '
	head=$(git rev-parse HEAD)
	got=0
	printf "a\n\004" | at_tty "git pv experiment create gone" || got=$?
	same 130 "$got"
	[ ! -e experiments/gone.yaml ]
	at_tty "git pv experiment create tone" </dev/null && exit 1
	has ../tty "exists already"
	lacks ../tty "prompt ["
	same "$head" "$(git rev-parse HEAD)"
'

it 'asks nobody where there is no terminal' '
	expect_failure 129 git pv experiment create other </dev/null 2>../err
	is_error ../err "create needs --prompt ID"
'

finish
