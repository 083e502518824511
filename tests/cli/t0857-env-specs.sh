#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'prompt@env:E wherever a prompt is named'

it 'makes a repository, a bare clone and a worktree with the branch' '
	new_repo work
	cd work
	text_prompt prompts/a.yaml "One {{ x }}."
	git pv commit -q -m one
	git pv deploy -q a -e production
	text_prompt prompts/a.yaml "Two {{ x }}."
	git pv commit -q -m two
	git pv deploy -q a -e staging
	git worktree add -q ../deployments pv/deployments
	git clone -q --bare . ../bare
	echo Answer >../answer
'

# each DIR: every command that reads a prompt there.
each() {
	cd "$1" || return 1
	git pv show a@env:production --raw >../out
	has ../out "One {{ x }}."
	git pv render a@env:production --var x=1 >../out
	has ../out "One 1."
	git pv vars a@env:production >../out
	has ../out "x "
	git pv check a@env:production >../out
	git pv blame a@env:production >../out
	has ../out "One {{ x }}."
	git pv log a@env:production --json >../out
	json ../out "[.[].subject]" "[\"one\"]"
	git pv export jsonl a@env:production >../out
	has ../out "One {{ x }}."
	git pv diff a@env:production a@env:staging --json >../out
	json ../out ".prompts[0].bump" minor
	git pv diff a@env:production..env:staging --json >../out
	json ../out ".prompts[0].bump" minor
	git pv changelog a env:production.. --json >../out
	has ../out "1.1.0"
	git pv policy explain deploy a@env:staging --env production >../out
	git pv deploy a@env:staging -e development -n --json >../out
	json ../out .version 1.1.0
}

it 'names the state in a repository' 'each work'
it 'names the state in a bare one' 'each bare'
it 'names the state where the branch is checked out' 'each deployments'

it 'is the version that is live, where versions are written' '
	cd work
	git pv record --prompt a@env:production --output x --json >../out
	git pv history list --json >../out
	json ../out ".[0].version" 1.0.0
	git pv review open a@env:staging --for production -m "Take it" --json \
		>../out
	git pv review show "$(jq -r .id ../out)" --json >../out
	json ../out ".version" 1.1.0
	git pv deploy -q a@1.0.0 -e staging 2>/dev/null
	git pv deploy -q a@env:staging -e development 2>/dev/null
	git pv rollback a --env staging --to env:production --json >../out \
		2>/dev/null
	json ../out ".version" 1.0.0
	git pv cp a@env:production b
	has prompts/b.yaml "One {{ x }}."
	git pv new c --from a@env:production
	has prompts/c.yaml "One {{ x }}."
	git pv experiment create t --prompt a --variant c=env:production \
		--variant b=a@env:staging --metric quality
	check_repo
'

finish
