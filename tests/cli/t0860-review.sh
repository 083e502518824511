#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv review: changes are looked at before they are merged'

# as NAME COMMAND...: what somebody else does.
as() {
	who=$1
	shift
	GIT_COMMITTER_NAME=$who GIT_COMMITTER_EMAIL=$who@example.com \
		GIT_AUTHOR_NAME=$who GIT_AUTHOR_EMAIL=$who@example.com "$@"
}

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	text_prompt prompts/tone.yaml "Be kind."
	write prompts/a.yaml <<-'FILE'
		prompt: |
		  You sort tickets.
		  {% include "tone" %}
		  Say thanks.
	FILE
	git pv commit -q -m first >/dev/null
	git switch -q -c exp
	write prompts/a.yaml <<-'FILE'
		prompt: |
		  You sort tickets into queues.
		  {% include "tone" %}
		  Say thanks.
	FILE
	git pv commit -q -m "Name the queues" >/dev/null
	git switch -q main
}

# opened [ARGUMENT...]: opens a review of exp; its id is in ../id.
opened() {
	git pv review open exp --json "$@" >../open.json
	jq -r .id ../open.json >../id
}

state() {
	git pv review show "$(cat ../id)" --json | jq -r .state
}

it 'opens a review by a commit of its own, and touches nothing else' '
	fresh r1
	opened -m "Queues
and why" -m "More." --reviewer bob@example.com
	id=$(cat ../id)
	json ../open.json "[.state, .title, .source, .target, .head, .event]" \
		"[\"open\",\"Queues\",\"exp\",\"main\",\"$(
			git rev-parse exp)\",\"$id\"]"
	same "$id" "$(git rev-parse "refs/pv/reviews/$(echo "$id" |
		cut -c1-2)/$id")"
	same "event.json format" "$(git ls-tree --name-only "$id" | xargs)"
	same "$(git rev-parse exp)" "$(git log -1 --format=%P "$id")"
	git pv review show "$id" --json >../show.json
	json ../show.json "[.text, .reviewers, .author, .approvals, .comments]" \
		"[\"and why\\n\\nMore.\",[\"bob@example.com\"],\"Carl Committer <carl@example.com>\",[],[]]"
	json ../show.json "[.prompts[].id]" "[\"a\"]"
	json ../show.json "[.checks[].name, (.checks | all(.ok))]" \
		"[\"syntax\",\"variables\",\"schema\",\"security\",\"performance\",true]"
	is_clean
	check_repo
'

it 'keeps the commit under review alive' '
	cd r1
	head=$(git rev-parse exp)
	git branch -q -D exp
	git reflog expire --expire=now --all
	git gc -q --prune=now
	git cat-file -e "$head"
	git branch -q exp "$head"
'

it 'takes the subject of the commit for a title' '
	cd r1
	git pv review open exp --json >../other.json
	json ../other.json .title "Name the queues"
	git pv review close "$(jq -r .id ../other.json)" -m "Twice"
	git pv review list >../list
	same 1 "$(wc -l <../list)"
	git pv review list --all >../list
	same 2 "$(wc -l <../list)"
'

it 'keeps comments at their sentences' '
	cd r1
	id=$(cat ../id)
	as Bob git pv review comment "$id" --field prompt --line 1 -m "Which?" \
		--json >../c.json
	comment=$(jq -r .event ../c.json)
	as Carl git pv review comment "$id" --reply-to "$comment" -m "Ours."
	git switch -q exp
	write prompts/a.yaml <<-FILE
		prompt: |
		  Read first.
		  You sort the tickets
		  into queues.
		  {% include "tone" %}
	FILE
	git pv commit -q -m "Wrapped" >/dev/null
	git switch -q main
	git pv review revise "$id" -m "Shorter"
	git pv review show "$id" --json >../show.json
	json ../show.json \
		".comments[0] | [.field, .line, .outdated, .quote, .resolved]" \
		"[\"prompt\",2,false,\"You sort tickets into queues.\",false]"
	json ../show.json ".comments[1].reply_to" "$comment"
	git pv review resolve "$id" "$(echo "$comment" | cut -c1-7)"
	git pv review show "$id" --json >../show.json
	json ../show.json "[.comments[].resolved]" "[true,false]"
	git switch -q exp
	text_prompt prompts/a.yaml "Nothing of that."
	git pv commit -q -m "Gone" >/dev/null
	git switch -q main
	git pv review revise "$id"
	git pv review show "$id" --json >../show.json
	json ../show.json ".comments[0] | [.line, .outdated]" "[null,true]"
'

it 'counts the last vote of each, of the commit under review' '
	fresh r2
	opened
	id=$(cat ../id)
	expect_failure 129 as Bob git pv review reject "$id" 2>../err
	is_error ../err "a rejection needs its reason"
	as Bob git pv review reject "$id" -m "Too long"
	same changes-requested "$(state)"
	expect_failure 1 git pv review merge "$id" 2>../err
	is_error ../err "Bob <Bob@example.com>"
	as Ben git pv review approve "$id"
	same changes-requested "$(state)"
	as Bob git pv review withdraw "$id"
	same approved "$(state)"
	expect_failure 128 as Bob git pv review withdraw "$id" 2>../err
	is_error ../err "you have not voted"
	git pv review show "$id" --json >../show.json
	json ../show.json ".approvals[0] | [.by, .blob, .current]" \
		"[\"Ben <Ben@example.com>\",\"$(
			git rev-parse exp:prompts/a.yaml)\",true]"
	git switch -q exp
	text_prompt prompts/tone.yaml "Be calm."
	git pv commit -q -m Calm >/dev/null
	git switch -q main
	expect_failure 1 git pv review merge "$id" 2>../err
	is_error ../err "was reviewed"
	git pv review revise "$id"
	same open "$(state)"
	git pv review show "$id" --json >../show.json
	json ../show.json "[.approvals[].current]" "[false]"
'

it 'merges with trailers, and releases' '
	cd r2
	id=$(cat ../id)
	as Ben git pv review approve "$id"
	git pv review merge "$id" -m "At last." --json >../merge.json
	json ../merge.json "[.result, .commit, [.released[].id]]" \
		"[\"merged\",\"$(git rev-parse main)\",[\"a\",\"tone\"]]"
	git log -1 --format=%B >../message
	git interpret-trailers --parse <../message >../trailers
	has ../trailers "Reviewed-by: Ben <Ben@example.com>"
	has ../trailers "Pv-Review: $id"
	same 2 "$(git log -1 --format=%P | wc -w)"
	same merged "$(state)"
	expect_failure 1 git pv review approve "$id" 2>../err
	is_error ../err "is merged"
	is_clean
	check_repo
'

it 'merges into a branch that HEAD is not on, and in a bare repository' '
	fresh r3
	git switch -q -c elsewhere
	opened
	git pv review merge "$(cat ../id)" --json >../merge.json
	json ../merge.json "[.commit, [.released[].id]]" \
		"[\"$(git rev-parse main)\",[\"a\"]]"
	same "$(git rev-parse main)" "$(git rev-parse "refs/tags/a/v1.1.0^{commit}")"
	is_clean
	fresh r4
	cd ..
	git clone -q --bare r4 bare
	cd bare
	git config pv.defaultBranch main
	opened
	git pv review merge "$(cat ../id)"
	same 2 "$(git log -1 --format=%P main | wc -w)"
	git fsck --strict
'

it 'asks the policy of the branch that takes the change' '
	fresh r5
	printf "policy:\n  approvals: 1\n" >>pv.yaml
	git add pv.yaml
	git commit -q -m policy
	opened
	id=$(cat ../id)
	expect_failure 1 git pv review merge "$id" 2>../err
	git pv review approve "$id"
	expect_failure 1 git pv review merge "$id" 2>../err
	same 2 "$(git rev-list --count main)"
	as Ben git pv review approve "$id"
	text_prompt prompts/tone.yaml "Be curt."
	git pv commit -q -m "What a includes" >/dev/null
	expect_failure 1 git pv review merge "$id" 2>../err
	same approved "$(state)"
	git switch -q exp
	git merge -q -m up main
	git switch -q main
	git pv review revise "$id"
	as Ben git pv review approve "$id"
	git pv review merge "$id"
	same merged "$(state)"
'

it 'does not count who wrote a commit of it, whoever put it up' '
	fresh wrote
	git switch -q exp
	text_prompt prompts/a.yaml "You sort."
	as Bob git commit -q -a -m Bobs
	git switch -q main
	id=$(git pv review open exp --json | jq -r .id)
	as Bob git pv review approve "$id" >../out 2>../err
	has ../out "open  Bobs"
	has ../err "has written it"
	git pv review list >../list
	has ../list "open  "
	printf "policy: {aprovals: 1}\n" >pv.yaml
	git add pv.yaml
	git commit -q -m Broken
	git pv review list >../list
	has ../list "approved  "
'

it 'names the reviews that are near to what was asked for' '
	fresh near
	opened
	id=$(cat ../id)
	short=$(printf %.7s "$id")
	last=$(printf %s "$id" | cut -c7 | tr 0-9a-f 1-9a-f0)
	expect_failure 128 git pv review show "${short%?}$last" 2>../err
	is_error ../err "did you mean \"$short\""
	expect_failure 128 git pv review show exp 2>../err
	is_error ../err "did you mean \"$short\""
	expect_failure 128 git pv review show nothing 2>../err
	is_error ../err "4 digits of one"
	expect_failure 128 git pv review show 00 2>../err
	lacks ../err "did you mean"
'

it 'refuses what cannot be reviewed or merged' '
	fresh r6
	expect_failure 128 git pv review open main 2>../err
	is_error ../err "cannot be reviewed for itself"
	git branch same
	expect_failure 128 git pv review open same 2>../err
	is_error ../err "nothing to review"
	expect_failure 128 git pv review show 1234567 2>../err
	is_error ../err "no review \"1234567\""
	expect_failure 128 git pv review show "../x" 2>../err
	is_error ../err "is no review"
	expect_failure 128 git pv review open nowhere 2>../err
	is_error ../err "nowhere"
	opened
	expect_failure 128 git pv review resolve "$(cat ../id)" 1234567 2>../err
	is_error ../err "has no comment"
	text_prompt prompts/a.yaml "Other."
	git pv commit -q -m "In the way" >/dev/null
	expect_failure 1 git pv review merge "$(cat ../id)" 2>../err
	is_error ../err "conflicts with"
	is_clean
	same open "$(state)"
'

it 'reviews a released version for an environment' '
	fresh r7
	text_prompt prompts/b.yaml "One."
	git pv commit -q -m one >/dev/null
	git pv deploy b@1.0.0 --env production
	text_prompt prompts/b.yaml "Two."
	git pv commit -q -m two >/dev/null
	git pv review open b@1.1.0 --for production --json >../open.json
	id=$(jq -r .id ../open.json)
	echo "$id" >../id
	json ../open.json "[.prompt, .version, .environment, .source, .title]" \
		"[\"b\",\"1.1.0\",\"production\",null,\"b 1.1.0 for production\"]"
	git pv review show "$id" --json >../show.json
	json ../show.json "[.prompts[] | .id, .changes[0].path]" \
		"[\"b\",\"prompt\"]"
	as Ben git pv review approve "$id"
	expect_failure 128 git pv review merge "$id" 2>../err
	is_error ../err "nothing to merge"
	expect_failure 128 git pv review open b@1.1.0 --for prod 2>../err
	is_error ../err "no environment \"prod\""
	expect_failure 128 git pv review open b@main --for production 2>../err
	printf "environments: {production: {approvals: 1}, staging: {approvals: 1}}\n" \
		>>pv.yaml
	git add pv.yaml
	git commit -q -m approvals
	expect_failure 1 git pv deploy b@1.0.0 --env production >../out 2>&1
	has ../out "[not-approved]"
	expect_failure 1 git pv deploy b@1.1.0 --env staging >../out 2>&1
	has ../out "[not-approved]"
	git pv deploy b@1.1.0 --env production --dry-run
	as Ben git pv review withdraw "$id"
	git pv review approve "$id"
	expect_failure 1 git pv deploy b@1.1.0 --env production >../out 2>&1
	has ../out "[not-approved]"
'

it 'lists what waits for whom' '
	fresh r8
	opened --reviewer bob@example.com --reviewer ben@example.com
	as bob git pv review list --needs-me >../list
	has ../list "Name the queues"
	as carol git pv review list --needs-me >../list
	same "" "$(cat ../list)"
	as bob git pv review approve "$(cat ../id)"
	as bob git pv review list --needs-me >../list
	same "" "$(cat ../list)"
	as ben git pv review list --needs-me >../list
	has ../list "approved"
	git pv review list --mine >../list
	has ../list "Name the queues"
	as bob git pv review list --mine >../list
	same "" "$(cat ../list)"
	git pv review list --json >../list.json
	json ../list.json "[.[] | .state, .approvals]" "[\"approved\",1]"
	cp .git/pv/reviews ../rows
	for bytes in 0 16 17 100 300; do
		head -c "$bytes" ../rows >.git/pv/reviews
		git pv review list --json >../again.json
		cmp ../list.json ../again.json
		cmp ../rows .git/pv/reviews
	done
	printf damaged >.git/pv/reviews
	git pv review list --json >../again.json
	cmp ../list.json ../again.json
'

it 'exports what was said, and nobody can make markup of it' '
	fresh r9
	opened -m "<script>alert(1)</script> @team [x](y)"
	git pv review export "$(cat ../id)" >../out.md
	lacks ../out.md "<script>"
	lacks ../out.md "@team"
	lacks ../out.md "[x](y)"
	has ../out.md "sort tickets into queues"
	git pv review export "$(cat ../id)" --format html >../out.html
	has ../out.html "<!DOCTYPE html>"
'

it 'says of an approval that does not count that it does not' '
	fresh self
	opened
	id=$(cat ../id)
	git pv review approve "$id" 2>../err
	has ../err "your approval does not count: "
	has ../err "has written it"
	git pv review show "$id" --json >../show.json
	json ../show.json "[.state, (.approvals[] | .current, .counts)]" \
		"[\"open\",true,false]"
	git pv review show "$id" >../show
	has ../show "(does not count: "
	git pv review list --json >../list.json
	json ../list.json "[.[] | .state, .approvals]" "[\"open\",0]"
	json ../list.json ".[0] | has(\"authors\")" false
	as Bob git pv review approve "$id" >../out 2>../err
	lacks ../err "does not count"
	has ../out approved
	git pv review list --json >../list.json
	json ../list.json "[.[] | .state, .approvals]" "[\"approved\",1]"
	printf "policy:\n  approvers: [ann@example.com]\n  signed: [reviews]\n" \
		>pv.yaml
	git add pv.yaml
	git commit -q -m Policy
	as Bob git pv review approve "$id" 2>../err
	has ../err "may not approve"
	has ../err "commit.gpgSign is off"
	git pv review list >../list
	has ../list "open  "
	same open "$(state)"
	printf "policy:\n  self_approval: true\n" >pv.yaml
	git commit -q -a -m Policy
	same approved "$(state)"
	git pv review list >../list
	has ../list approved
	git pv review approve "$id" 2>../err
	lacks ../err "does not count"
	git pv review merge "$id"
	same "Reviewed-by: Bob <Bob@example.com>" "$(git log -1 --format=%B |
		grep Reviewed-by)"
'

it 'tells who put a version up for an environment the same' '
	cd self
	git switch -q main
	printf "environments: {production: {approvals: 1}}\n" >pv.yaml
	git commit -q -a -m Policy
	id=$(as Dan git pv review open a@1.0.0 --for production --json |
		jq -r .id)
	as Dan git pv review approve "$id" 2>../err
	has ../err "does not count"
	expect_failure 1 git pv deploy a@1.0.0 -e production
	git pv review approve "$id" 2>../err
	lacks ../err "does not count"
	git pv deploy a@1.0.0 -e production
'

finish
