#!/bin/sh
# SPDX-License-Identifier: MIT
#
# git pv experiment: a merge of the winner that was given up or interrupted is
# done again, and of two steps at once none is lost.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"
begin 'steps of experiments again, and at once'

git init -q -b main repo
cd repo || exit 1
text_prompt prompts/a.yaml 'Sort: {{ ticket }}'
git add -A
git commit -q -m One
git switch -q -c side
text_prompt prompts/a.yaml 'Briefly sort: {{ ticket }}'
git commit -q -a -m Concise
git switch -q main
text_prompt prompts/a.yaml 'Quickly sort: {{ ticket }}'
git commit -q -a -m Quick
git pv experiment create tone --prompt a --variant control=main \
	--variant concise=side -q >/dev/null
git pv experiment start tone -q >/dev/null

it 'takes as many steps as succeed' '
	for part in 10 20 30 40 50 60; do
		(git pv experiment ramp tone --coverage $part -q \
			>out.$part 2>&1 && echo "$part" >done.$part) &
	done
	wait
	same 6 "$(cat done.* | wc -l | tr -d " ")"
	same 7 "$(git pv experiment show tone --json | jq ".epochs | length")"
	same 6 "$(git log --format=%s | grep -c Ramp)"
	rm -f out.* done.*
	same "" "$(git status --porcelain)"
'

it 'merges again what was given up, as it was decided' '
	expect_failure 1 git pv experiment conclude tone --winner concise \
		--merge >out 2>err
	expect_failure 1 git pv experiment conclude tone --merge >out 2>err
	is_error err "the merge of the winner is under way"
	git pv merge --abort -q
	git log -1 --format=%B >first
	expect_failure 1 git pv experiment conclude tone --winner control \
		--merge >out 2>err
	is_error err "experiment \"tone\" was concluded with \"concise\""
	expect_failure 1 git pv experiment conclude tone --winner concise \
		>out 2>err
	is_error err "experiment \"tone\" is concluded"
	expect_failure 1 git pv experiment conclude tone --merge --json >out
	same conflict "$(jq -r .result out)"
	same concise "$(jq -r .winner out)"
	git checkout -q --theirs prompts/a.yaml
	git add prompts/a.yaml
	git pv merge --continue -q >out
	same "$(git rev-parse side)" "$(git rev-parse HEAD^2)"
	git log -1 --format=%B | grep "^Pv-[NPWVERIM]" |
		grep -v "^Pv-E[xp]" >again
	grep "^Pv-[NPWVERIM]" first | grep -v "^Pv-E[xp]" | cmp - again
	[ -s again ]
'

it 'has nothing to do when it is merged' '
	before=$(git rev-parse HEAD)
	git pv experiment conclude tone --merge --json >out
	same up-to-date "$(jq -r .result out)"
	same "$before" "$(jq -r .commit out)"
	same "$before" "$(git rev-parse HEAD)"
'

it 'asks for the file to be committed first' '
	echo "owner: me" >>experiments/tone.yaml
	expect_failure 1 git pv experiment conclude tone --merge >out 2>err
	is_error err "has changes that are not committed"
'

it 'uses an id once, when something was recorded of it' '
	git init -q -b main ../once
	cd ../once
	text_prompt prompts/a.yaml "Sort: {{ ticket }}"
	git add -A
	git commit -q -m One
	again() {
		git pv experiment create again --prompt a \
			--variant control=main --variant other=main -q
	}
	again >/dev/null
	git pv experiment start again -q >/dev/null
	git rm -q experiments/again.yaml
	git commit -q -m Gone
	again >/dev/null
	git pv experiment start again -q >/dev/null
	echo "{\"prompt_id\": \"a\", \"experiment\": \"again\",
		\"variant\": \"control\", \"epoch\": 1, \"output\": \"x\"}" |
		tr -d "\n" | git pv record --stdin >/dev/null
	git pv experiment stop again -q >/dev/null
	git pv experiment start again -q >/dev/null
	same again/2 "$(git pv experiment show again --json | jq -r .salt)"
	ran=$(git rev-parse --short=7 HEAD)
	git show HEAD:experiments/again.yaml | sed "/^salt:/,\$d" >../draft
	git rm -qr experiments
	git commit -q -m Gone
	expect_failure 1 again 2>err
	is_error err "there was another experiment \"again\""
	has err "in $ran"
	[ ! -e experiments/again.yaml ]
	mkdir experiments
	sed "s/^status: .*/status: draft/" ../draft >experiments/again.yaml
	git add experiments
	git commit -q -m "By hand"
	expect_failure 1 git pv experiment start again 2>err
	is_error err "there was another experiment \"again\""
	git pv experiment create tried --prompt a --variant control=main \
		--variant other=main -q >/dev/null
'

finish
