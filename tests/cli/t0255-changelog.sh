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
		- live in production

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

finish
