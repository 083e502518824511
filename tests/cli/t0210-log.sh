#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv log lists the commits git lists, with versions'

new_repo repo
cd repo || exit 1

it 'is empty before the first commit' '
	git pv log --json >../out
	json ../out . "[]"
	git pv log >../out
	empty ../out
'

# main: a1 - a2 - b1 ----- merge - gone(b)
#          \- a3 (exp) ---/
text_prompt prompts/a.yaml 'One.'
git pv commit -q -m a1 >/dev/null
tick
write prompts/a.yaml <<-'FILE'
	name: a
	prompt: |
	  Two.
	  .
	  .
	  .
	  .
	description: d
FILE
git pv commit -q -m a2 >/dev/null
git switch -q -c exp
tick
sed -i 's/^description: d/description: e/' prompts/a.yaml
git pv commit -q -m a3 >/dev/null
git switch -q main
tick
text_prompt prompts/b.yaml 'B.'
git pv commit -q -m b1 >/dev/null
tick
git pv merge exp >/dev/null 2>&1
tick
git rm -q prompts/b.yaml
git pv commit -q -m gone >/dev/null

it 'follows one prompt, newest first' '
	git pv log a --json >../out
	json ../out "[.[] | [.subject, .version, .change]]" \
		"[[\"a3\",\"1.1.1\",\"modified\"],[\"a2\",\"1.1.0\",\"modified\"],[\"a1\",\"1.0.0\",\"added\"]]"
	json ../out "[.[].commit] | join(\" \")" \
		"$(git log --format=%H -- prompts/a.yaml | tr "\n" " " |
			sed "s/ $//")"
	json ../out ".[0] | [.author.name, .author.email, .id, .blob]" \
		"[\"Ada Author\",\"ada@example.com\",\"a\",\"$(git rev-parse \
			HEAD:prompts/a.yaml)\"]"
	json ../out ".[2].date" "$(TZ=UTC git log -1 \
		--date=format-local:%Y-%m-%dT%H:%M:%S.000Z --format=%ad HEAD~4)"
'

it 'names the version of the merge, and none that came later' '
	git clone -q . ../again
	cd ../again
	git config pv.defaultBranch main
	text_prompt prompts/a.yaml "Not released."
	git commit -q -a -m a4
	for text in Other. "Not released."; do
		text_prompt prompts/a.yaml "$text"
		git pv commit -q -m "$text" >/dev/null
	done
	git pv log a --json >../out
	json ../out "[.[].version | sub(\"g.*\"; \"g\")]" \
		"[\"1.3.0\",\"1.2.0\",\"1.2.0-main.1+g\",\"1.1.1\",\"1.1.0\",\"1.0.0\"]"
	git pv show "a@$(git log --format=%h --grep=a3)" --json >../out
	json ../out ".version | sub(\"g.*\"; \"g\")" "1.1.1-main.1+g"
'

it 'lists the commits of git log for every mode and limit' '
	for flags in "" "--full-history"; do
		git pv log $flags a --json | jq -r ".[].commit" >../ours
		git log $flags --format=%H -- prompts/a.yaml >../gits
		cmp_files ../gits ../ours
		git pv log $flags --json | jq -r ".[].commit" | uniq >../ours
		git log $flags --format=%H -- prompts >../gits
		cmp_files ../gits ../ours
	done
	git pv log -n 2 a --json | jq -r ".[].commit" >../ours
	git log -n 2 --format=%H -- prompts/a.yaml >../gits
	cmp_files ../gits ../ours
	git pv log -n 0 a --json >../out
	json ../out . "[]"
'

it 'lists all prompts, removed ones too' '
	git pv log --json >../out
	json ../out "[.[] | [.subject, .id, .change, .version]][0]" \
		"[\"gone\",\"b\",\"removed\",null]"
	json ../out "[.[] | select(.subject == \"b1\") | [.id, .change, .version]]" \
		"[[\"b\",\"added\",\"1.0.0\"]]"
	git pv log b --json >../out
	json ../out "[.[].change]" "[\"removed\",\"added\"]"
'

it 'starts at a revision' '
	git pv log a@exp --json >../out
	json ../out ".[0].commit" "$(git rev-parse exp)"
	git pv log a@1.0.0 --json >../out
	json ../out "[.[].subject]" "[\"a1\"]"
	git pv log @exp --json >../out
	json ../out "[.[].subject]" "[\"a3\",\"a2\",\"a1\"]"
'

it 'derives the version of what was not released' '
	git switch -q -c exp2
	text_prompt prompts/a.yaml "Tried."
	git pv commit -q -m tried >/dev/null
	git pv log a -n 1 --json >../out
	json ../out ".[0].version | test(\"^1\\\\.2\\\\.0-exp2\\\\.1\\\\+g[0-9a-f]{7,}$\")" true
	git switch -q main
'

it 'prints for people' '
	git pv log a >../out
	has ../out "commit $(git rev-parse HEAD~3)"
	has ../out "Author: Ada Author <ada@example.com>"
	has ../out "    a2"
	has ../out "    modified a 1.1.0"
	git pv log --oneline a >../out
	same 3 "$(wc -l <../out)"
	has ../out " 1.1.0 a2"
	git pv log --oneline >../out
	has ../out " b removed gone"
'

it 'works in a bare repository and a subdirectory' '
	git clone -q --bare . ../bare.git
	git -C ../bare.git pv log a --json >../out
	json ../out length 3
	cd prompts
	git pv log a --json >../../out
	json ../../out length 3
	git pv log --json | jq length >../../ours
	cd ..
	same "$(git pv log --json | jq length)" "$(cat ../ours)"
'

it 'ends at the boundary of a shallow clone' '
	git clone -q --depth 2 "file://$PWD" ../shallow
	git -C ../shallow pv log a --json >../out
	json ../out "length > 0" true
'

it 'refuses what is not there' '
	expect_failure 128 git pv log nope --json >../out
	is_json_error ../out prompt-not-found
	expect_failure 128 git pv log a@nowhere --json >../out
	is_json_error ../out version-not-found
	expect_failure 128 git pv log @nowhere --json >../out
	is_json_error ../out version-not-found
	expect_failure 129 git pv log -n many a 2>/dev/null
	expect_failure 129 git pv log a b 2>/dev/null
	text_prompt prompts/fresh.yaml
	git pv log fresh --json >../out 2>../err
	json ../out . "[]"
	has ../err "not committed yet"
'

it 'names the release where a pre-release was made of the same commit' '
	new_repo pre
	cd pre
	text_prompt prompts/a.yaml
	git pv commit -q -m one >/dev/null
	text_prompt prompts/a.yaml "Another."
	git commit -q -a -m two
	git pv release a --pre rc >/dev/null
	git pv release a >/dev/null
	git pv log a -n 1 --json >../out
	json ../out "[.[].version]" "[\"$(git pv list --format "%(version)")\"]"
'

it 'names the parents of commits, and takes a limit' '
	new_repo ../parents
	cd ../parents
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m one
	git switch -q -c side
	text_prompt prompts/b.yaml
	git pv commit -q -m side
	git switch -q main
	text_prompt prompts/a.yaml "Two."
	git pv commit -q -m two
	git pv merge -q side >../out
	git pv log --limit 1 --json >../out
	json ../out length 1
	git log -1 --format=%P "$(jq -r ".[0].commit" ../out)" | tr -d " " >../want
	jq -r ".[0].parents | join(\"\")" ../out >../got
	cmp_files ../want ../got
	git pv log a --json >../out
	json ../out ".[-1].parents" "[]"
	json ../out ".[0].parents" "[\"$(git rev-parse main~2)\"]"
'

finish
