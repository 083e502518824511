#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'what becomes of deployments: env show and doctor'

drift() { # ID EXPECTED
	git pv env show production --json >../out
	json ../out "[.prompts[] | select(.id == \"$1\") | .drift[]]" "$2"
}

doctor() { # STATUS TEXT: the diagnoses of deployments
	git pv doctor --json >../doctor || :
	jq -r '.checks[] | select(.name == "deployments") |
		.status + " " + .message' ../doctor >../said
	has ../said "$1 $2"
}

it 'says nothing of what is as it was' '
	new_repo r1
	cd r1
	for id in a b c d; do
		text_prompt prompts/$id.yaml "One."
	done
	git pv commit -q -m first
	git pv deploy a b c d -e production
	for id in a b c d; do
		drift $id "[]"
	done
	doctor ok "what is live is as it was deployed"
'

it 'tells a later version, which is no fault' '
	cd r1
	text_prompt prompts/a.yaml "Two."
	git pv commit -q -m second
	drift a "[\"superseded\"]"
	drift b "[]"
	git pv env show production >../text
	has ../text "(superseded)"
	doctor ok "production: 1 prompt live with a later version"
'

it 'tells a tag that is elsewhere, or gone' '
	cd r1
	git tag -d b/v1.0.0 >/dev/null
	drift b "[\"tag-moved\"]"
	git tag -a -m "b 1.0.0

Pv-Prompt: b
Pv-Version: 1.0.0
Pv-Blob: $(git rev-parse HEAD:prompts/b.yaml)
Pv-Closure: 0
Pv-Bump: minor" b/v1.0.0 HEAD
	drift b "[\"tag-moved\"]"
	doctor warn "production: 1 prompt live as a version whose tag is gone"
'

it 'tells what is not active, there or by now' '
	cd r1
	git pv deactivate c
	git pv commit -q -m "c is off"
	drift c "[\"inactive\",\"superseded\"]"
	git pv deploy c -e production --inactive-ok
	drift c "[\"inactive\"]"
	doctor warn "production: 1 prompt live though not active, e.g. \"c\""
'

it 'tells bytes that are missing, and doctor fails' '
	cd r1
	printf "prompt: Lost soon.\n" >prompts/d.yaml
	git pv commit -q -m d
	git pv deploy d -e production
	lost=$(git rev-parse HEAD:prompts/d.yaml)
	git rm -q prompts/d.yaml
	git commit -q -m gone
	rm -f ".git/objects/$(printf %.2s "$lost")/${lost#??}"
	drift d "[\"missing\"]"
	expect_failure 1 git pv doctor
	doctor fail "production: 1 prompt live with bytes that are not here"
'

it 'does not ask that of another time' '
	cd r1
	git pv env show production --at 2100-01-01 --json >../out
	json ../out "[.prompts[] | has(\"drift\")] | any" false
'

it 'is a diagnosis where an environment cannot be read' '
	new_repo r2
	cd r2
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m first
	git pv deploy a -e staging
	blob=$(printf "a: [\n" | git hash-object -w --stdin)
	tree=$(printf "100644 blob %s\tstaging.yaml\n" "$blob" | git mktree)
	git update-ref refs/heads/pv/deployments \
		"$(git commit-tree -p pv/deployments -m broken "$tree")"
	doctor fail "staging: "
'

finish
