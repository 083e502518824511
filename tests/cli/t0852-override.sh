#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'overrides, freezes and protected environments'

# carl@example.com is who commits in these tests.
policy() { # TEXT...: pv.yaml of the default branch
	printf '%s\n' "$@" >pv.yaml
	git add pv.yaml
	git commit -q --allow-empty -m Settings
}

tip() {
	git rev-parse -q --verify refs/heads/pv/deployments || :
}

trailer() { # KEY: of the last deployment
	git log -1 --format="%(trailers:key=$1,valueonly)" \
		refs/heads/pv/deployments | grep . || :
}

it 'overrides by right, with a reason, and shouts it' '
	new_repo r1
	cd r1
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m first >/dev/null
	policy "policy: {override: [carl@example.com]}" \
		"environments: {production: {approvals: 1}}"
	expect_failure 1 git pv deploy a -e production >../out 2>&1
	same "" "$(tip)"
	expect_failure 129 git pv deploy a -e production --override " " 2>../err
	git pv deploy a -e production -m "mend it" --override "it
Pv-Actor: burns" --json >../out 2>../err
	has ../err "OVERRIDE"
	json ../out "[.success, .override]" "[true,\"it\\nPv-Actor: burns\"]"
	json ../out "[.checks[] | select(.name == \"review\") | .ok, .result]" \
		"[false,\"overridden\"]"
	same "it Pv-Actor: burns" "$(trailer Pv-Override)"
	has - "review=overridden" <<-EOT
		$(trailer Pv-Checks)
	EOT
	same "Carl Committer <carl@example.com>" "$(trailer Pv-Actor)"
	git log -1 pv/deployments >../log
	has ../log "Deploy a 1.0.0 to production (OVERRIDE)"
	has ../log "OVERRIDE: it Pv-Actor: burns"
	git pv audit >../out
	has ../out "OVERRIDE: it"
	git pv audit --json >../out
	json ../out ".[] | select(.action == \"deploy\") | .override" \
		"it Pv-Actor: burns"
'

it 'overrides nothing without the right, nor what is broken' '
	cd r1
	was=$(tip)
	text_prompt prompts/b.yaml "Two."
	git pv commit -q -m second >/dev/null
	export GIT_COMMITTER_EMAIL=dora@example.com
	expect_failure 1 git pv deploy b -e production --override haste \
		>../out 2>../err
	has ../out "may not override the policy"
	export GIT_COMMITTER_EMAIL=carl@example.com
	text_prompt prompts/bad.yaml "Say {{ oops"
	git add .
	git commit -q -m Bad
	expect_failure 1 git pv deploy bad -e production --override haste \
		>../out 2>../err
	has ../err "no override helps"
	same "$was" "$(tip)"
	git pv deploy b -e staging --override haste 2>../err
	has ../err "nothing had to be overridden"
	same "" "$(trailer Pv-Override)"
'

it 'says which gates options let something through' '
	cd r1
	text_prompt prompts/c.yaml "Three."
	echo "active: false" >>prompts/c.yaml
	git add .
	git commit -q -m Third
	git pv deploy c -e staging --allow-untagged --inactive-ok
	trailer Pv-Checks >../out
	has ../out "version=waived"
	git pv env history staging c --json >../history
	json ../history "[.[0].checks[] | select(.name == \"version\")]" \
		"[{\"name\":\"version\",\"ok\":true,\"result\":\"waived\",\"findings\":[]}]"
	has ../out "active=waived"
	has ../out "policy=ok"
'

it 'asks the policy who may roll back' '
	new_repo r2
	cd r2
	git remote add origin ../nowhere.git
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m first >/dev/null
	text_prompt prompts/a.yaml "Two."
	git pv commit -q -m second >/dev/null
	git pv deploy a@1.0 -e production
	git pv deploy a@1.1 -e production
	was=$(tip)
	policy "policy:" "  deploy: {production: [eve@example.com]}" \
		"  override: [carl@example.com]"
	expect_failure 1 git pv rollback a -e production --json >../out
	json ../out "[.success, .deployment_id, .changed, .rolled_back_to]" \
		"[false,null,false,\"1.0.0\"]"
	json ../out "[.checks[] | .name, .ok]" "[\"policy\",false]"
	expect_failure 1 git pv rollback a -e production >../out 2>../err
	has ../err "nothing is rolled back"
	expect_failure 1 git pv env delete production --force 2>../err
	has ../err "may not deploy"
	same "$was" "$(tip)"
	GIT_COMMITTER_EMAIL=eve@example.com git pv rollback a -e production -n
	git pv rollback a -e production --override "Eve sleeps" 2>../err
	has ../err "OVERRIDE"
	same "Eve sleeps" "$(trailer Pv-Override)"
	same "policy=overridden" "$(trailer Pv-Checks)"
	expect_failure 129 git pv rollback a --to 1.0.0 --override no 2>../err
'

it 'takes a version that was never live for a deployment' '
	new_repo r3
	cd r3
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m first >/dev/null
	text_prompt prompts/a.yaml "Two."
	git pv commit -q -m second >/dev/null
	git pv deploy a@1.1 -e production
	policy "environments: {production: {approvals: 1, freeze: true}}"
	was=$(tip)
	expect_failure 1 git pv rollback a -e production --to 1.0 >../out 2>&1
	has ../out "[not-approved]"
	has ../out "[frozen]"
	same "$was" "$(tip)"
	policy "environments: {production: {}}"
	git pv rollback a -e production --to 1.0
	policy "environments: {production: {approvals: 1, freeze: true}}"
	git pv rollback a -e production --to 1.1
'

# frozen TIME WINDOW: whether a deployment is refused then.
frozen() {
	policy "policy: {override: [carl@example.com]}" \
		"environments: {production: {freeze: $2}}"
	if GIT_COMMITTER_DATE=$1 git pv deploy a -e production -n \
		>../out 2>../err; then
		echo open
	else
		has ../out "[frozen]"
		echo frozen
	fi
}

it 'is shut from a time until another' '
	new_repo r4
	cd r4
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m first >/dev/null
	days="[{from: 2026-12-20, until: 2027-01-02, reason: holidays}]"
	same open "$(frozen 2026-12-19T23:59:59Z "$days")"
	same frozen "$(frozen 2026-12-20T00:00:00Z "$days")"
	has ../out "until 2027-01-03T00:00:00.000Z: holidays"
	same frozen "$(frozen 2027-01-02T23:59:59Z "$days")"
	same open "$(frozen 2027-01-03T00:00:00Z "$days")"
	east="{from: 2026-12-20, until: 2026-12-20, utc_offset: \"+02:00\"}"
	same open "$(frozen 2026-12-19T21:59:59Z "$east")"
	same frozen "$(frozen 2026-12-19T22:00:00Z "$east")"
	same open "$(frozen 2026-12-20T22:00:00Z "$east")"
	time="{from: \"2026-12-20T10:00:00Z\"}"
	same open "$(frozen 2026-12-20T09:59:59Z "$time")"
	same frozen "$(frozen 2030-01-01T00:00:00Z "$time")"
	same frozen "$(frozen 2026-12-20T09:59:59Z "{until: 2026-12-20}")"
	same open "$(frozen 2026-12-20T09:59:59Z false)"
	same open "$(frozen 2026-12-20T09:59:59Z "[]")"
'

it 'is shut on days of the week, also over midnight' '
	cd r4
	# 2026-11-20 is a Friday.
	night="{days: [fri], from: \"16:00\", until: \"08:00\"}"
	same open "$(frozen 2026-11-20T15:59:59Z "$night")"
	same frozen "$(frozen 2026-11-20T16:00:00Z "$night")"
	has ../out "until 2026-11-21T08:00:00.000Z"
	same frozen "$(frozen 2026-11-21T07:59:59Z "$night")"
	has ../out "until 2026-11-21T08:00:00.000Z"
	same open "$(frozen 2026-11-21T08:00:00Z "$night")"
	same open "$(frozen 2026-11-21T16:00:00Z "$night")"
	same open "$(frozen 2026-11-20T07:00:00Z "$night")"
	weekend="[{days: [sat, sun]}]"
	same open "$(frozen 2026-11-20T23:59:59Z "$weekend")"
	same frozen "$(frozen 2026-11-21T00:00:00Z "$weekend")"
	same frozen "$(frozen 2026-11-22T23:59:59Z "$weekend")"
	same open "$(frozen 2026-11-23T00:00:00Z "$weekend")"
	west="{days: [sat], utc_offset: \"-05:00\"}"
	same open "$(frozen 2026-11-21T04:59:59Z "$west")"
	same frozen "$(frozen 2026-11-22T04:59:59Z "$west")"
	noon="{from: \"11:00\", until: \"24:00\"}"
	same open "$(frozen 2026-11-24T10:59:59Z "$noon")"
	same frozen "$(frozen 2026-11-24T23:59:59Z "$noon")"
'

it 'stays shut for a window that is not understood' '
	cd r4
	for odd in "{days: [friday]}" "{days: []}" "{from: tomorrow}" \
		"{from: \"25:00\"}" "{form: 2026-12-20}" "{}" \
		"{from: \"10:00\", until: 2026-12-20}" "[soon]" \
		"{utc_offset: 1, reason: x}" "{from: [1]}" \
		"{from: 2026-12-02, until: 2026-12-01}" \
		"{from: \"2026-12-20T10:00:00+02:00\",
		   until: \"2026-12-20T08:00:00Z\"}"; do
		same frozen "$(frozen 2026-11-20T10:00:00Z "$odd")"
		has ../out "is not understood"
		has ../out "a window is"
	done
'

it 'opens a freeze, and only that, with --freeze' '
	cd r4
	policy "policy: {override: [carl@example.com]}" \
		"environments: {production: {freeze: true}}"
	expect_failure 129 git pv deploy a -e production --freeze 2>../err
	has ../err "needs a reason"
	expect_failure 129 git pv deploy a -e production --freeze -m x \
		--override y 2>../err
	GIT_COMMITTER_EMAIL=dora@example.com \
		expect_failure 1 git pv deploy a -e production --freeze -m x >../out 2>&1
	git pv deploy a -e production --freeze -m "it burns" --json >../out
	json ../out "[.override, (.checks[] | select(.ok | not) | .name)]" \
		"[\"it burns\",\"freeze\"]"
	same "it burns" "$(trailer Pv-Override)"
	policy "policy: {override: [carl@example.com]}" \
		"environments: {production: {freeze: true, approvals: 1}}"
	text_prompt prompts/a.yaml "Two."
	git pv commit -q -m second >/dev/null
	expect_failure 1 git pv deploy a -e production --freeze -m x >../out 2>&1
	has ../out "[not-approved]"
'

it 'keeps options out of a protected environment' '
	new_repo r5
	cd r5
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m first >/dev/null
	policy "policy: {override: [carl@example.com]}" \
		"environments: {production: {protected: true}}"
	git pv deploy a -e production
	text_prompt prompts/b.yaml "Two."
	git add .
	git commit -q -m Second
	was=$(tip)
	expect_failure 1 git pv deploy b -e production --allow-untagged \
		>../out 2>&1
	has ../out "[protected]"
	expect_failure 1 git pv env delete production --force 2>../err
	has ../err "is not deleted"
	same "$was" "$(tip)"
	git pv deploy b -e production --allow-untagged --override "no time"
	trailer Pv-Checks >../out
	has ../out "protected=overridden"
	policy "environments: {production: {}}"
	git pv env delete production --force
'
finish
