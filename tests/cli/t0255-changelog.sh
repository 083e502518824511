#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv changelog: what each version of a prompt brought'

new_repo repo
cd repo || exit 1
text_prompt prompts/a.yaml 'One {{ x }}.'
tick
git pv commit -q -m 'One *first* <try>'
text_prompt prompts/a.yaml 'One {{ x }} and {{ y }}.'
tick
git pv commit -q -m 'Ask for y

Reviewed-by: Rea Viewer'
tick
git pv edit a --set goal=calm -q
git pv commit -q -m 'Say why' --author 'Bea <b@example.com>'
git pv mv a b -q
git pv deploy b@3.0.0 -e production -q

it 'tells it in Markdown, newest first, breaking changes first' '
	day=$(git log -1 --format=%cd --date=format:%Y-%m-%d)
	c() {
		git rev-parse --short=10 "refs/tags/$1^{}"
	}
	git pv changelog b >../out
	cat >../want <<-EOF
		# Changelog of b

		## 3.0.0 ($day)

		Rename a to b

		- **breaking:** the prompt is no longer called "a"
		- renamed from a
		- major by Ada Author, commit $(c b/v3.0.0)
		- live in production ($day) by Carl Committer

		## 2.0.1 ($day)

		Say why

		- changed: goal
		- patch by Bea, commit $(c a/v2.0.1)

		## 2.0.0 ($day)

		Ask for y

		- **breaking:** required variable "y" was added
		- variable y (any, required) added
		- changed: prompt
		- major by Ada Author, commit $(c a/v2.0.0)
		- reviewed by Rea Viewer

		## 1.0.0 ($day)

		One \*first\* \<try\>

		- first version by Ada Author, commit $(c a/v1.0.0)
	EOF
	cmp_files ../want ../out
	git pv changelog b --format markdown >../out2
	cmp_files ../out ../out2
'

it 'tells it as JSON' '
	git pv changelog b --json >../out
	json ../out "[.id, (.versions | length)]" "[\"b\",4]"
	json ../out ".versions[2] | [.version, .previous, .id, .author, .bump, .reviewed_by, .changes]" \
		"[\"2.0.0\",\"1.0.0\",\"a\",\"Ada Author\",\"major\",\"Rea Viewer\",[\"prompt\"]]"
	json ../out ".versions[2] | [.breaking, .interface]" \
		"[[\"required variable \\\"y\\\" was added\"],[{\"name\":\"y\",\"kind\":\"added\",\"type\":\"any\",\"required\":true}]]"
	json ../out ".versions[0].live_in" "[\"production\"]"
	json ../out ".versions[3].previous" null
	git pv changelog b --format json >../out2
	cmp_files ../out ../out2
	expect_failure 129 git pv changelog b --format markdown --json >../out
'

it 'tells who reviewed a version, and where it was live and when' '
	git init -q ../live
	cd ../live
	git pv init -q
	text_prompt prompts/a.yaml one
	git pv commit -q -m one
	git pv switch -q -c calm
	text_prompt prompts/a.yaml two
	git pv commit -q -m two
	git switch -q main
	id=$(git pv review open calm --into main -m "Be *calm*" --json | jq -r .id)
	for name in Bea Cid; do
		tick
		GIT_COMMITTER_NAME=$name GIT_AUTHOR_NAME=$name \
			GIT_COMMITTER_EMAIL=$name@example.com GIT_AUTHOR_EMAIL=$name@example.com \
			git pv review approve "$id" -m "Good" -q
	done
	git pv review merge "$id" -q
	git pv env create beta -q
	tick
	git pv deploy a@1.0.0 -e staging -q -m "Try *it*"
	git pv deploy a@1.0.0 -e beta -q
	tick
	git pv deploy a -e beta -q
	tick
	git pv rollback a --env beta -q -m Worse
	git pv changelog a >../out
	grep -e "^##" -e "- live" -e "- deployed" ../out >../lines
	cmp_files ../lines - <<-TEXT
		## 1.1.0 (2026-01-01)
		- deployed to beta (2026-01-01) by Carl Committer, rolled-back
		## 1.0.0 (2026-01-01)
		- live in beta (2026-01-01) by Carl Committer: Worse
		- deployed to beta (2026-01-01) by Carl Committer, superseded
		- live in staging (2026-01-01) by Carl Committer: Try \\*it\\*
	TEXT
	git pv changelog a --json >../out
	json ../out "[.versions[].live_in]" "[[],[\"beta\",\"staging\"]]"
	json ../out "[.versions[0].deployments[] | [.environment, .status, .reason]]" \
		"[[\"beta\",\"rolled-back\",null]]"
	json ../out ".versions[0] | [.review, (.reviewers | length)]" "[\"$id\",2]"
	git pv changelog a >../out
	same 2 "$(grep -c "^- reviewed by" ../out)"
	git pv changelog a 1.0.0.. >../out
	lacks ../out staging
'

# versions RANGE: the ones it lists.
versions() {
	git pv changelog b "$1" --json |
		jq -r "[.versions[].version] | join(\" \")"
}

it 'takes a range of versions' '
	same "3.0.0 2.0.1" "$(versions 2.0.0..3.0.0)"
	same "2.0.1 2.0.0" "$(versions 1.0.0..2.0.1)"
	same "2.0.0 1.0.0" "$(versions ..2.0.0)"
	same "3.0.0" "$(versions 2.0.1..)"
	same "3.0.0 2.0.1 2.0.0 1.0.0" "$(versions ..)"
	same "" "$(versions 3.0.0..1.0.0)"
	expect_failure 128 git pv changelog b 9..  2>../err
	is_error ../err "no version \"9\""
	expect_failure 129 git pv changelog b 1.0.0 2>../err
	is_error ../err "is not A..B"
	expect_failure 128 git pv changelog nothing 2>../err
	is_error ../err nothing
'

it 'says that there is no version yet' '
	text_prompt prompts/c.yaml
	git pv changelog c >../out 2>../err
	same "# Changelog of c" "$(cat ../out)"
	has ../err "has no version yet"
'

it 'says that a prompt was removed and made again' '
	new_repo ../again
	cd ../again
	text_prompt prompts/a.yaml
	git pv commit -q -m one
	git rm -q prompts/a.yaml
	git commit -q -m gone
	text_prompt prompts/a.yaml
	git pv commit -q -m back
	git pv changelog a >../out
	has ../out "- made again after it was removed"
	[ "$(grep -c "made again" ../out)" = 1 ]
	git pv changelog a --format json >../out
	json ../out "[.versions[].remade]" "[true,false]"
'

finish
