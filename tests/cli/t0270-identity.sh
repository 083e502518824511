#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The same work done twice, with git-pv and with git, from the same files,
# messages, names and dates: every object must be the same.
#
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'commits, trees and tags are those git makes'

new_repo ours
new_repo gits

# same_state: HEAD, index and files of both are the same.
same_state() {
	same "$(git -C gits rev-parse HEAD)" "$(git -C ours rev-parse HEAD)"
	git -C gits ls-files --stage >want
	git -C ours ls-files --stage >got
	cmp_files want got
	git -C gits status --porcelain >want
	git -C ours status --porcelain >got
	cmp_files want got
	check_repo ours
}

# both PATH: standard input into that file on both sides.
both() {
	cat >content
	write "ours/$1" <content
	write "gits/$1" <content
}

# commit_both MESSAGE PATH...: the same commit by both.
commit_both() {
	message=$1
	shift
	git -C ours pv commit -m "$message" >/dev/null
	git -C gits add -A -- "$@"
	git -C gits commit -q -m "$message"
}

it 'makes the same first commit' '
	echo "prompt: One." | both prompts/a.yaml
	commit_both "First" prompts
	same_state
'

it 'makes the same trees around names that sort oddly' '
	for name in a/x a-b a.b ab a0 a_ z/y/x z.y; do
		echo "prompt: $name" | both "prompts/$name.yaml"
	done
	commit_both "Names" prompts
	same_state
'

it 'cleans messages up in the same way' '
	n=0
	printf "%s\0" "  padded  " "subject

# not a comment here

body	" "two


blank lines" "Ünïcödé ✓" "trailing

" "-leading dash" "x: y

Signed-off-by: A <a@b>" >messages
	jq -Rs "split(\"\\u0000\")[:-1]" messages >list
	while [ "$n" -lt "$(jq length list)" ]; do
		echo "prompt: \"$n\"" | both prompts/a.yaml
		commit_both "$(jq -r ".[$n]" list)" prompts
		same_state
		n=$((n + 1))
		tick
	done
'

it 'records removals and executable files in the same way' '
	rm ours/prompts/ab.yaml gits/prompts/ab.yaml
	chmod +x ours/prompts/a0.yaml gits/prompts/a0.yaml
	commit_both "Remove and chmod" prompts
	same_state
'

it 'honours names, dates and zones in the same way' '
	echo "prompt: dated" | both prompts/a.yaml
	GIT_AUTHOR_NAME="  Zoë.  " GIT_AUTHOR_EMAIL="<z@example.com>" \
		GIT_AUTHOR_DATE="2024-02-29T23:59:59-0930" \
		GIT_COMMITTER_DATE="1700000000 +1245" export GIT_AUTHOR_NAME
	export GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	commit_both "Dated" prompts
	same_state
	echo "prompt: given" | both prompts/a.yaml
	git -C ours pv commit -m given --author "Eve <e@x.org>" \
		--date "Thu, 1 Feb 2024 10:00:00 +0100" >/dev/null
	git -C gits commit -q -a -m given --author "Eve <e@x.org>" \
		--date "Thu, 1 Feb 2024 10:00:00 +0100"
	same_state
'

it 'gives zones that are none the meaning git gives them' '
	for zone in +9999 +2400 +1260 -0060 +2359 -1159; do
		echo "prompt: in $zone" | both prompts/a.yaml
		GIT_AUTHOR_DATE="1700000000 $zone"
		GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
		export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
		commit_both "Zone $zone" prompts
		same_state
	done
'

it 'commits some paths as git commit --only does' '
	echo "prompt: only" | both prompts/a.yaml
	echo "prompt: later" | both prompts/ab.yaml
	echo staged | both other.txt
	git -C ours add other.txt
	git -C gits add other.txt
	git -C ours pv commit -m only a >/dev/null
	git -C gits commit -q --only -m only prompts/a.yaml
	same_state
	git -C ours pv commit --staged -m staged >/dev/null
	git -C gits commit -q -m staged
	same_state
	rm ours/prompts/ab.yaml gits/prompts/ab.yaml
'

it 'commits for somebody without an address' '
	echo x | both prompts/mail.yaml
	unset GIT_AUTHOR_EMAIL GIT_COMMITTER_EMAIL
	text_prompt ours/prompts/mail.yaml
	cp ours/prompts/mail.yaml gits/prompts/mail.yaml
	git -C ours -c user.email= pv commit -q -m Mail mail >/dev/null
	git -C gits -c user.email= add prompts/mail.yaml
	git -C gits -c user.email= commit -q -m Mail
	same_state
	same "Ada Author <>" "$(git -C ours log -1 --format="%an <%ae>")"
	same "$(git -C gits reflog -1 --format="%gn <%ge> %gs")" \
		"$(git -C ours reflog -1 --format="%gn <%ge> %gs")"
'

it 'stores line ends as the attributes say' '
	echo "*.yaml text eol=lf" | both .gitattributes
	commit_both "Attributes" .gitattributes
	printf "prompt: |\r\n  crlf\r\n" | both prompts/crlf.yaml
	commit_both "CRLF" prompts
	same_state
	same 0 "$(git -C ours cat-file blob HEAD:prompts/crlf.yaml |
		grep -c "$(printf "\r")" || :)"
'

it 'imports into the tree git makes of the same files' '
	printf "%s\n" "{\"id\": \"i/one\", \"prompt\": \"One.\"}" \
		"{\"id\": \"i/two\", \"prompt\": \"Two.\"}" >two.jsonl
	git -C ours pv import jsonl "$TRASH/two.jsonl" --commit -m Import \
		>/dev/null
	mkdir -p gits/prompts/i
	cp ours/prompts/i/*.yaml gits/prompts/i
	git -C gits add prompts
	git -C gits commit -q -m Import
	same_state
'

it 'rolls back to the commit git makes' '
	git -C ours pv release a >/dev/null
	tag=$(git -C ours tag --list "a/v*" --sort=version:refname | head -n 1)
	git -C ours pv rollback a --to "${tag#a/v}" >/dev/null
	git -C gits fetch -q ../ours "refs/tags/$tag:refs/tags/$tag"
	git -C gits checkout -q "$tag" -- prompts/a.yaml
	git -C gits commit -q -m "Roll back a to ${tag#a/v}"
	same_state
'

it 'makes tags git mktag and git tag would make' '
	git -C ours for-each-ref --format="%(refname:short)" refs/tags >tags
	test -s tags
	while read -r tag; do
		git -C ours cat-file tag "$tag" >object
		same "$(git -C ours rev-parse "$tag")" \
			"$(git -C gits mktag <object)"
	done <tags
'

finish
