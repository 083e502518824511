#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh comment.sh BASE HEAD: checks the prompts that differ between two
# revisions, and writes what changed, and what was found, as one comment on the
# pull request or merge request. Exits as `git pv check` does.
#
# GitHub: GITHUB_TOKEN, GITHUB_REPOSITORY, PR_NUMBER, GITHUB_API_URL.
# GitLab: GITLAB_TOKEN, CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID.
# With neither the comment goes to standard output.
set -eu

base=$1
head=$2
# A browser's size of a comment; both services take less than 65,536.
limit=60000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

status=0
git pv check --rev "$base...$head" --format text >"$work/found" 2>&1 || status=$?
[ "$status" -le 1 ] || {
	cat "$work/found" >&2
	exit "$status"
}
git pv diff --format markdown "$base...$head" >"$work/diff"

{
	echo '<!-- git-pv -->'
	if [ "$status" -eq 0 ]; then
		echo '### Prompts: no errors'
	else
		echo '### Prompts: errors were found'
	fi
	echo
	# Indented: no text of a prompt can end the block.
	sed 's/^/    /' "$work/found"
	echo
	cat "$work/diff"
} >"$work/whole"
if [ "$(wc -c <"$work/whole")" -gt "$limit" ]; then
	# Whole lines, or a character could be cut in two.
	LC_ALL=C awk -v limit="$limit" '
		(size += length($0) + 1) > limit { exit }
		{ print }
	' "$work/whole" >"$work/comment"
	printf '\n\nThe rest was too long for a comment.\n' >>"$work/comment"
else
	cp "$work/whole" "$work/comment"
fi

# send URL HEADER: the token goes through a file, not the list of processes.
send() {
	jq -n --rawfile body "$work/comment" '{body: $body}' >"$work/json"
	printf 'header = "%s"\n' "$2" >"$work/curl"
	curl -sS --fail-with-body --max-time 60 -K "$work/curl" \
		-H 'Content-Type: application/json' \
		--data-binary "@$work/json" "$1" >/dev/null
}

if [ -n "${PR_NUMBER:-}" ]; then
	send "${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY/issues/$PR_NUMBER/comments" \
		"Authorization: Bearer $GITHUB_TOKEN"
elif [ -n "${CI_MERGE_REQUEST_IID:-}" ]; then
	send "$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes" \
		"PRIVATE-TOKEN: $GITLAB_TOKEN"
else
	cat "$work/comment"
fi
exit "$status"
