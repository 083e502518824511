#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A review as a document: its conversation beside the changes, comments at
# their sentences after texts were wrapped anew and revised, and what is gone
# with the old words.
#
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'reviews as documents'

new_repo repo
cd repo || exit 1
write prompts/support/triage.yaml <<-'EOF'
	prompt: |
	  You *sort* tickets for the support team. Answer in one short sentence, and
	  never guess.
	  When the ticket is about money, say so first.

	  {{ ticket }}
EOF
text_prompt prompts/other.yaml
git add .
git commit -qm first
git switch -q -c exp/calm
sed -i 's/sort\* tickets/sort* all tickets/' prompts/support/triage.yaml
git commit -qam second
id=$(git pv review open -m 'Sort <b>all</b> @everyone' -m 'Why: #1' --json |
	jq -r .id)

# said WHAT... : a comment on the line of the text, its id.
said() {
	git pv review comment "$id" "$@" --json | jq -r .event
}
first=$(said --prompt support/triage --field prompt --line 2 -m 'Too short?')
money=$(said --prompt support/triage --field prompt --line 3 -m 'Cut this.')
said --reply-to "$first" -m 'No: `x` </pre> <script>alert(1)</script>' >/dev/null
said -m 'All in all fine.' >/dev/null
git pv review resolve "$id" "$first" >/dev/null

# Wrapped anew, one sentence edited, one dropped.
write prompts/support/triage.yaml <<-'EOF'
	prompt: |
	  You *sort* all tickets
	  for the support team.
	  Answer in one brief
	  sentence, and never guess.

	  {{ ticket }}
EOF
git commit -qam third
git pv review revise "$id" -m 'Wrapped.' >/dev/null
GIT_AUTHOR_EMAIL=ben@example.com GIT_COMMITTER_EMAIL=ben@example.com \
	git pv review approve "$id" -m 'Good.' >/dev/null

it 'has the conversation in Markdown' '
	git pv review export "$id" >out
	has out "### <code>Review $(echo "$id" | cut -c1-7), approved"
	has out "commented on <code>prompt</code>, line 3, "
	has out ", **resolved**:"
	has out "<code>Answer in one brief</code>"
	has out "it was: <code>Answer in one short sentence, and</code>"
	has out ", **outdated**:"
	has out "not there any more: <code>When the ticket is about money"
	has out "</code> answered, "
	has out "All in all fine."
	lacks out "@everyone"
	lacks out "<b>"
'

it 'has the same on a page' '
	git pv review export "$id" --format html >out.html
	has out.html "Too short?"
	has out.html "<del>When the ticket is about money, say so first.</del>"
	has out.html "Answer in one brief"
	has out.html "class=d1"
	lacks out.html "<script"
	lacks out.html "<b>all"
	sed "/<h3>Comments/,\$d" out.html >lead
	has lead "All in all fine."
	lacks lead "Too short?"
'

it 'shows comments where they are' '
	git pv review show "$id" >out
	has out "prompt line 3 by"
	has out "(gone) by"
'

command -v chromium >/dev/null && command -v node >/dev/null || {
	skip 'is sound in a browser' 'chromium or node is not installed'
	finish
}

it 'is sound in a browser' '
	node "$TEST_SOURCE/page.js" "$PWD/out.html" "$SCRATCH/profile" >out
	cat out
	empty out
'

finish
