#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv audit: who did what, from git alone'

it 'tells versions, deployments, approvals and overrides' '
	new_repo r1
	cd r1
	git pv audit --json >../out
	json ../out . "[]"
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m First
	tick
	git pv deploy a -e staging -m "try it"
	tick
	git switch -q -c exp/two
	text_prompt prompts/a.yaml "Two."
	git commit -q -a -m Two
	git switch -q main
	id=$(git pv review open exp/two --into main -m Two --json | jq -r .id)
	tick
	(
		GIT_COMMITTER_EMAIL=bert@example.com
		GIT_AUTHOR_EMAIL=bert@example.com
		export GIT_COMMITTER_EMAIL GIT_AUTHOR_EMAIL
		git pv review approve "$id"
	)
	tick
	git commit -q --allow-empty -m Rush -m "Pv-Override: it burns"
	git pv audit --json >../out
	json ../out "[.[] | .action]" \
		"[\"override\",\"approve\",\"deploy\",\"release\"]"
	json ../out "[.[0].override, .[0].object]" \
		"[\"it burns\",\"$(git rev-parse HEAD)\"]"
	json ../out "[.[2] | .environment, .id, .version, .reason]" \
		"[\"staging\",\"a\",\"1.0.0\",\"try it\"]"
	has ../out bert@example.com
	git pv audit >../text
	has ../text "OVERRIDE: it burns"
'

it 'keeps the order of what was done in one second' '
	new_repo r2
	cd r2
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m First
	text_prompt prompts/a.yaml "Two."
	git pv commit -q -m Second
	tick
	for version in 1.0.0 1.1.0 1.0.0 1.1.0; do
		git pv deploy -q a@$version -e staging
	done
	git pv rollback -q a -e staging
	git pv audit --env staging --json >../out
	json ../out "[.[] | .object]" "$(git rev-list pv/deployments |
		jq -Rcs "split(\"\n\")[:-1]")"
	json ../out ".[0].action" rollback
'

it 'tells which version a revert by plain git brought back' '
	cd r2
	git worktree add -q ../wt2 pv/deployments
	tick
	git -C ../wt2 revert --no-edit HEAD
	git pv audit --env staging --json >../out
	json ../out ".[0] | [.action, .id, .version, .environment]" \
		"[\"rollback\",\"a\",\"1.1.0\",\"staging\"]"
	git pv audit --env staging >../text
	has ../text "rollback a 1.1.0 in staging"
'

it 'tells only what is asked for' '
	cd r1
	git pv audit --env staging --json >../out
	json ../out "[.[] | .action]" "[\"deploy\"]"
	git pv audit --env production --json >../out
	json ../out . "[]"
	git pv audit --since 2100-01-01 --json >../out
	json ../out . "[]"
	git pv audit --since 2001-01-01 --json >../out
	json ../out length 4
	expect_failure 129 git pv audit --since whenever 2>../err
	expect_failure 129 git pv audit a 2>../err
'

it 'knows a revert and an edit by plain git, also in a clone' '
	cd r1
	tick
	git pv deploy a@main --allow-untagged -e staging || :
	git worktree add -q ../wt pv/deployments
	tick
	git -C ../wt revert --no-edit HEAD
	git pv audit --json >../out
	json ../out ".[0] | [.action, .environment, .id, .version]" \
		"[\"rollback\",\"staging\",\"a\",null]"
	git pv audit --env staging --json >../out
	json ../out "[.[0].action]" "[\"rollback\"]"
	git pv audit --env production --json >../out
	json ../out . "[]"
	tick
	echo "# ours" >>../wt/staging.yaml
	git -C ../wt commit -q -a -m Words || {
		echo "# ours" >../wt/staging.yaml
		git -C ../wt add staging.yaml
		git -C ../wt commit -q -m Words
	}
	git pv audit --json >../out
	json ../out "[.[0] | .action, .environment, .id, .reason]" \
		"[\"edit\",\"staging\",null,\"Words\"]"
	git clone -q . ../c1
	git -C ../c1 pv audit --json >../there
	json ../there "[.[0].action]" "[\"edit\"]"
'
finish
