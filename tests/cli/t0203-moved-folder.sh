#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'another folder of prompts in pv.yaml: what commit refuses, what works'

git pv init --yes -q repo 2>/dev/null >&2
cd repo || exit 1

it 'refuses to commit half of a move, and changes nothing' '
	text_prompt prompts/x.yaml
	git pv commit -q -m one >/dev/null
	git mv prompts flows
	printf "prompts: flows\n" >pv.yaml
	git status --porcelain >../before
	expect_failure 128 git pv commit -m move 2>../err
	is_error ../err "pv.yaml moves the prompts from \"prompts\" to \"flows\""
	has ../err "plain \"git commit\""
	git add pv.yaml
	expect_failure 128 git pv commit --staged -m move 2>../err
	is_error ../err "pv.yaml moves the prompts"
	git restore --staged pv.yaml
	git status --porcelain >../after
	cmp_files ../before ../after
'

it 'takes the move of plain git, and goes on from there' '
	git add pv.yaml
	git commit -q -m move
	git pv list >../out
	has ../out "x "
	printf "prompts: flows\n# noted\n" >pv.yaml
	git pv commit -q -m note >/dev/null
	is_clean
'

it 'finds older versions where they were' '
	printf "Hello again.\n" >../new
	git pv show x@1.0.0 >../out
	has ../out "Say hello to"
	git pv show x@1.0.0 --json >../out
	json ../out .path prompts/x.yaml
	git pv show x@HEAD~2 --json >../out
	json ../out .path prompts/x.yaml
	json ../out .version 1.0.0
	text_prompt flows/x.yaml "Hello again, {{ name }}."
	git pv commit -q -m again >/dev/null
	git pv diff x@1.0.0 >../out
	has ../out "Hello again"
	git pv list --at HEAD~3 >../out
	has ../out "x "
	git pv rollback x --to 1.0.0 >../out
	same "$(git rev-parse "x/v1.0.0:prompts/x.yaml")" \
		"$(git rev-parse HEAD:flows/x.yaml)"
	is_clean
'

it 'minds a removed file, but neither an empty folder nor an own setting' '
	git rm -q pv.yaml
	expect_failure 128 git pv commit -m gone 2>../err
	is_error ../err "from \"flows\" to \"prompts\""
	git config pv.prompts flows
	git pv commit -q -m gone >/dev/null
	git config --unset pv.prompts
	git rm -rq flows
	git commit -q -m none
	printf "prompts: other\n" >pv.yaml
	git pv commit -q -m other >/dev/null
	is_clean
'

finish
