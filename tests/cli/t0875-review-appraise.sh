#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv review import git-appraise: what was said there, once'

# note NOTES COMMIT JSON: as git-appraise writes it, one line more.
note() {
	git notes --ref="refs/notes/devtools/$1" append -m "$3" "$2"
}

# key JSON: what git-appraise calls a line by.
key() {
	printf '%s' "$1" | sha1sum | cut -c1-40
}

# A repository with a reviewed branch; its first commit is in ../first.
fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	write prompts/a.yaml <<-'FILE'
		description: Sorts tickets.
		prompt: |
		  You sort tickets.
		  Say thanks.
	FILE
	printf 'Words.\n' >README
	git add README
	git commit -q -m readme
	git pv commit -q -m first >/dev/null
	git switch -q -c topic
	write prompts/a.yaml <<-'FILE'
		description: Sorts tickets.
		prompt: |
		  You sort tickets into queues.
		  Say thanks.
	FILE
	git pv commit -q -m "Name the queues" >/dev/null
	git rev-parse HEAD >../first
	git switch -q main
}

request() {
	printf '{"timestamp":"%s","reviewRef":"refs/heads/topic","targetRef":"%s","requester":"ann@example.com","reviewers":["bob@example.com","eve@example.com"],"description":"%s"%s}' \
		"$1" "$2" "$3" "${4:-}"
}

imported() {
	git pv review import git-appraise --json >../import.json 2>../talk
	id=$(git pv review list --all --json | jq -r '.[0].id')
}

it 'says what to fetch where nothing is noted' '
	fresh none
	expect_failure 128 git pv review import git-appraise 2>../err
	is_error ../err "git-appraise has noted nothing here"
	has ../err "refs/notes/devtools/*"
	expect_failure 129 git pv review import gerrit 2>../err
	has ../err "there is git-appraise"
	expect_failure 129 git pv review import 2>../err
	same "" "$(git for-each-ref refs/pv)"
'

it 'takes a request, and the commit that git-appraise calls it by' '
	fresh r1
	first=$(cat ../first)
	note reviews "$first" "$(request 1438624412 refs/heads/main "Queues\nand why")"
	imported
	same "" "$(cat ../talk)"
	json ../import.json "[.system, .unchanged, .left_out, (.reviews | length)]" \
		"[\"git-appraise\",0,[],1]"
	json ../import.json ".reviews[0] | [.commit, .title, .new, .events]" \
		"[\"$first\",\"Queues\",true,1]"
	git pv review show "$id" --json >../show.json
	json ../show.json "[.state, .source, .target, .head, .base, .author]" \
		"[\"open\",\"topic\",\"main\",\"$first\",\"$(git rev-parse main)\",\"ann@example.com\"]"
	json ../show.json "[.reviewers, .text, .opened_at]" \
		"[[\"bob@example.com\",\"eve@example.com\"],\"Queues\\nand why\",\"2015-08-03T17:53:32.000Z\"]"
	json ../show.json ".events[0].origin | [.system, .key, .imported_by]" \
		"[\"git-appraise\",\"$first\",\"Carl Committer <carl@example.com>\"]"
	same "$first" "$(git log -1 --format=%P "$id")"
	check_repo
'

it 'takes a line once' '
	cd r1
	git for-each-ref >../before
	imported
	json ../import.json "[.unchanged, (.reviews | length)]" "[1,0]"
	git for-each-ref | cmp - ../before
	git pv review import git-appraise >../out
	same "imported 0 events of 0 reviews; 1 has nothing new" "$(cat ../out)"
	note discuss "$(cat ../first)" "{\"timestamp\":\"1438624500\",\"author\":\"bob@example.com\",\"description\":\"Why?\"}"
	imported
	json ../import.json ".reviews[0] | [.new, .events]" "[false,1]"
	imported
	json ../import.json "[.unchanged, (.reviews | length)]" "[1,0]"
'

it 'knows what another clone has imported' '
	git init -q --bare there.git
	cd r1
	git remote add origin ../there.git
	git push -q origin main topic refs/notes/devtools/reviews \
		refs/notes/devtools/discuss
	git pv sync
	git clone -q ../there.git ../second
	cd ../second
	git fetch -q origin "refs/notes/devtools/*:refs/notes/devtools/*"
	git pv sync
	imported
	json ../import.json "[.unchanged, (.reviews | length)]" "[1,0]"
'

it 'puts comments and answers where they are' '
	fresh r2
	first=$(cat ../first)
	note reviews "$first" "$(request 1438624412 refs/heads/main Queues)"
	line="{\"timestamp\":\"1438624500\",\"author\":\"bob@example.com\",\"location\":{\"commit\":\"$first\",\"path\":\"prompts/a.yaml\",\"range\":{\"startLine\":3}},\"description\":\"Which?\"}"
	answer="{\"timestamp\":\"1438624400\",\"author\":\"ann@example.com\",\"parent\":\"$(key "$line")\",\"description\":\"Ours.\",\"resolved\":true}"
	note discuss "$first" "$answer"
	note discuss "$first" "$line"
	note discuss "$first" "{\"timestamp\":\"1438624600\",\"author\":\"bob@example.com\",\"location\":{\"commit\":\"$first\",\"path\":\"prompts/a.yaml\",\"range\":{\"startLine\":1}},\"description\":\"Short\"}"
	note discuss "$first" "{\"timestamp\":\"1438624601\",\"author\":\"bob@example.com\",\"location\":{\"commit\":\"$first\",\"path\":\"README\",\"range\":{\"startLine\":1}},\"description\":\"Hm.\"}"
	note discuss "$first" "{\"timestamp\":\"1438624602\",\"author\":\"bob@example.com\",\"location\":{\"commit\":\"$first\",\"path\":\"../../etc/passwd\"},\"description\":\"Hm.\"}"
	note discuss "$first" "{\"timestamp\":\"1438624603\",\"author\":\"bob@example.com\",\"location\":{\"path\":\"prompts/a.yaml\",\"range\":{\"startLine\":2}},\"description\":\"Key\"}"
	imported
	git pv review show "$id" --json >../show.json
	json ../show.json ".comments[] | select(.text == \"Which?\") | [.prompt, .field, .line, .quote, .resolved, .resolved_by, .by]" \
		"[\"a\",\"prompt\",1,\"You sort tickets into queues.\",true,\"ann@example.com\",\"bob@example.com\"]"
	json ../show.json "(.comments[] | select(.text == \"Which?\") | .id) == (.comments[] | select(.text == \"Ours.\") | .reply_to)" true
	json ../show.json ".comments[] | select(.text == \"Short\") | [.field, .line]" \
		"[\"description\",1]"
	json ../show.json ".comments[] | select(.text == \"Key\") | [.field, .line, .prompt]" \
		"[null,2,\"a\"]"
	json ../show.json "[.comments[] | select(.prompt == null) | .text] | sort" \
		"[\"../../etc/passwd: Hm.\",\"Ours.\",\"README:1: Hm.\"]"
	git pv review show "$id" >../show
	has ../show "bob@example.com, 2015-08-03 in git-appraise"
	git pv review export "$id" >../page
	has ../page "in git-appraise"
'

it 'tells votes, and counts them for nothing' '
	fresh r3
	first=$(cat ../first)
	write pv.yaml <<-FILE
		version: 1
		policy:
		  approvals: 1
	FILE
	git add pv.yaml
	git commit -q -m policy
	note reviews "$first" "$(request 1438624412 refs/heads/main Queues)"
	note discuss "$first" "{\"timestamp\":\"1438624500\",\"author\":\"bob@example.com\",\"location\":{\"commit\":\"$first\"},\"description\":\"No\",\"resolved\":false}"
	imported
	same "votes of git-appraise are told, and count for no policy" \
		"$(sed "s/^git-pv: //" ../talk)"
	git pv review show "$id" --json >../show.json
	json ../show.json "[.state, [.changes_requested[] | .by, .text, .current, .origin.system]]" \
		"[\"open\",[\"bob@example.com\",\"No\",true,\"git-appraise\"]]"
	note discuss "$first" "{\"timestamp\":\"1438624501\",\"author\":\"bob@example.com\",\"location\":{\"commit\":\"$first\"},\"description\":\"Yes\",\"resolved\":true}"
	imported
	git pv review show "$id" --json >../show.json
	json ../show.json "[.state, (.changes_requested | length), .approvals[0].by]" \
		"[\"open\",0,\"bob@example.com\"]"
	json ../show.json "[.approvals[].prompts[]]" "[]"
	git pv review list --json >../list.json
	json ../list.json ".[0] | [.state, .voters, .approvals]" "[\"open\",[],0]"
	expect_failure 1 git pv review merge "$id" 2>../err
	is_error ../err "has 0 of 1 approval"
	git pv audit --json >../audit.json
	json ../audit.json "[.[] | select(.action == \"approve\")]" "[]"
'

it 'keeps the votes of here apart' '
	cd r3
	git config user.name Bob
	id=$(git pv review list --json | jq -r ".[0].id")
	GIT_COMMITTER_NAME=Bob GIT_COMMITTER_EMAIL=bob@example.com \
		GIT_AUTHOR_EMAIL=bob@example.com git pv review approve "$id"
	git pv review show "$id" --json >../show.json
	json ../show.json "[.state, (.approvals | length)]" "[\"approved\",2]"
	note discuss "$(cat ../first)" "{\"timestamp\":\"1438624600\",\"author\":\"bob@example.com\",\"description\":\"No after all\",\"resolved\":false}"
	imported
	git pv review show "$id" --json >../show.json
	json ../show.json "[.state, [.approvals[].origin]]" "[\"approved\",[null]]"
	git pv review merge "$id"
	git log -1 --format=%B >../message
	has ../message "Reviewed-by: Bob <bob@example.com>"
	same 1 "$(grep -c "^Reviewed-by" ../message)"
'

it 'does not let who imports approve' '
	fresh r4
	write pv.yaml <<-FILE
		version: 1
		policy:
		  approvals: 1
	FILE
	git add pv.yaml
	git commit -q -m policy
	note reviews "$(cat ../first)" "$(request 1438624412 refs/heads/main Queues)"
	imported
	git pv review approve "$id" 2>../err
	has ../err "your approval does not count"
	expect_failure 1 git pv review merge "$id" 2>../err
'

it 'closes what was abandoned, and ends what was submitted' '
	fresh r5
	first=$(cat ../first)
	note reviews "$first" "$(request 1438624412 refs/heads/main Queues)"
	note reviews "$first" "$(request 1438624900 "" Queues)"
	imported
	git pv review show "$id" --json >../show.json
	json ../show.json "[.state, .target, (.events | length)]" "[\"closed\",\"main\",2]"
	fresh r6
	first=$(cat ../first)
	note reviews "$first" "$(request 1438624412 refs/heads/main Queues)"
	git merge -q --no-ff -m "Merge it" topic
	merge=$(git rev-parse HEAD)
	git commit -q --allow-empty -m later
	git branch -q -D topic
	imported
	git pv review show "$id" --json >../show.json
	json ../show.json "[.state, .merged_commit, .base]" \
		"[\"merged\",\"$merge\",\"$(git rev-parse "$first^")\"]"
'

it 'follows a branch that went on, and one that was rebased' '
	fresh r7
	first=$(cat ../first)
	note reviews "$first" "$(request 1438624412 refs/heads/main Queues)"
	imported
	git switch -q topic
	text_prompt prompts/a.yaml "You sort."
	git pv commit -q -m Shorter >/dev/null
	git switch -q main
	imported
	json ../import.json "[.reviews[].events]" "[1]"
	git pv review show "$id" --json >../show.json
	json ../show.json .head "$(git rev-parse topic)"
	git commit -q --allow-empty -m moved
	git rebase -q main topic
	git switch -q main
	alias=$(git rev-parse topic~1)
	note reviews "$first" "$(request 1438624500 refs/heads/main Queues ",\"alias\":\"$alias\"")"
	imported
	git pv review show "$id" --json >../show.json
	json ../show.json .head "$(git rev-parse topic)"
	imported
	json ../import.json "[.unchanged, (.reviews | length)]" "[1,0]"
'

it 'takes reports of CI and analyses of the commit' '
	fresh r8
	first=$(cat ../first)
	note reviews "$first" "$(request 1438624412 refs/heads/main Queues)"
	note ci "$first" "{\"timestamp\":\"1438624500\",\"agent\":\"build\",\"status\":\"failure\",\"url\":\"https://ci.example.com/1\"}"
	note analyses "$first" "{\"timestamp\":\"1438624600\",\"status\":\"nmw\",\"url\":\"https://a.example.com\"}"
	imported
	git pv review show "$id" --json >../show.json
	json ../show.json "[.comments[] | .by, .text]" \
		"[\"build\",\"CI: failure\\nhttps://ci.example.com/1\",\"Carl Committer <carl@example.com>\",\"static analysis: nmw\\nhttps://a.example.com\"]"
'

it 'passes over what is broken, newer or of nobody, and says which line' '
	fresh r9
	first=$(cat ../first)
	note reviews "$first" "$(request 1438624412 refs/heads/main Queues ",\"later\":[1,{\"x\":null}],\"signature\":\"-----BEGIN\"")"
	note discuss "$first" "no json {"
	note discuss "$first" "{\"timestamp\":\"1438624500\",\"author\":\"bob@example.com\",\"description\":7}"
	note discuss "$first" "{\"timestamp\":\"1438624500\",\"author\":\"bob@example.com\",\"description\":\"new\",\"v\":1}"
	note discuss "$first" "{\"timestamp\":\"1438624501\",\"author\":\"bob@example.com\",\"parent\":\"0123456789012345678901234567890123456789\",\"description\":\"kept\"}"
	note discuss main "{\"timestamp\":\"1438624501\",\"author\":\"bob@example.com\",\"description\":\"of a commit\"}"
	gone=0123456789012345678901234567890123456789
	blob=$(request 1438624412 refs/heads/main Lost | git hash-object -w --stdin)
	git ls-tree refs/notes/devtools/reviews >../tree
	printf "100644 blob %s\t%s\n" "$blob" "$gone" >>../tree
	git update-ref refs/notes/devtools/reviews \
		"$(git commit-tree -m more "$(git mktree <../tree)")"
	imported
	json ../import.json "[.without_request, [.left_out[] | .ref, .commit, .line, .reason]]" \
		"[1,[\"refs/notes/devtools/discuss\",\"$first\",1,\"this is no JSON\",\"refs/notes/devtools/discuss\",\"$first\",3,\"\\\"description\\\" is no text\",\"refs/notes/devtools/discuss\",\"$first\",5,\"this is of another version of the schema\"]]"
	has ../talk "refs/notes/devtools/discuss of $(echo "$first" | cut -c1-7), line 3 is left out"
	has ../talk "the review of 0123456 is left out: the commit that is reviewed is not here"
	has ../talk "1 comment of commits that nobody asked to review is left out"
	git pv review show "$id" --json >../show.json
	json ../show.json "[.comments[] | .text, .reply_to]" "[\"kept\",null]"
'

it 'tells the same words said of two commits apart' '
	fresh r10
	first=$(cat ../first)
	git switch -q -c other main
	text_prompt prompts/b.yaml "Another."
	git pv commit -q -m Another >/dev/null
	git switch -q main
	same="{\"timestamp\":\"1438624500\",\"author\":\"bob@example.com\",\"description\":\"Nice\"}"
	for commit in "$first" other; do
		note reviews "$commit" "$(request 1438624412 refs/heads/main Twice)"
		note discuss "$commit" "$same"
	done
	imported
	json ../import.json "[.reviews[].events]" "[2,2]"
	imported
	json ../import.json "[.unchanged, (.reviews | length)]" "[2,0]"
'

it 'goes on where it was stopped' '
	fresh r11
	first=$(cat ../first)
	note reviews "$first" "$(request 1438624412 refs/heads/main Queues)"
	note discuss "$first" "{\"timestamp\":\"1438624501\",\"author\":\"bob@example.com\",\"description\":\"one\"}"
	note discuss "$first" "{\"timestamp\":\"1438624502\",\"author\":\"bob@example.com\",\"description\":\"two\"}"
	imported
	ref=$(git for-each-ref --format="%(refname)" refs/pv/reviews)
	git update-ref "$ref" "$(git rev-parse "$ref^")"
	imported
	json ../import.json "[.reviews[].events]" "[1]"
	git pv review show "$id" --json >../show.json
	json ../show.json "[.comments[].text]" "[\"one\",\"two\"]"
'

finish
