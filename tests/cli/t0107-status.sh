#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv status'

new_repo repo
cd repo || exit 1

it 'works before the first commit' '
	text_prompt prompts/a.yaml
	git pv status --json >../out
	json ../out "[.branch, .commit, .state]" "[\"main\",null,\"none\"]"
	json ../out ".changes | map([.id, .status, .version, .next])" \
		"[[\"a\",\"new\",null,\"1.0.0\"]]"
	git pv status >../out
	has ../out "No commits yet"
	has ../out "new       a  -> 1.0.0"
'

it 'is silent about what is committed' '
	text_prompt prompts/b.yaml "{% include \"a\" %}"
	git pv commit -q -m one >../out 2>&1
	git pv status >../out
	has ../out "Nothing to commit"
	git pv status --json >../out
	json ../out "[.changes, .conflicts, .closure_changed]" "[[],[],[]]"
	json ../out .commit "$(git rev-parse HEAD)"
'

it 'covers what git pv commit takes, and nothing else' '
	for path in experiments/e.yaml datasets/d.csv schemas/s.json pv.yaml \
		.gitattributes other.txt docs/x.md; do
		printf "{}\n" | write $path
	done
	git pv status --json >../out
	json ../out ".changes | map(.path)" \
		"[\".gitattributes\",\"datasets/d.csv\",\"experiments/e.yaml\",\"pv.yaml\",\"schemas/s.json\"]"
	json ../out ".changes | map(.id) | unique" "[null]"
	git clean -q -f -d
'

it 'tells the version a change would make' '
	echo "# only a comment" >>prompts/a.yaml
	git pv status --json >../out
	json ../out ".changes[0] | [.version, .next, .bump]" \
		"[\"1.0.0\",\"1.0.1\",\"patch\"]"
	text_prompt prompts/a.yaml "Goodbye {{ name }}."
	git pv status --json >../out
	json ../out ".changes[0].bump" minor
	text_prompt prompts/a.yaml "Goodbye {{ name }} {{ more }}."
	git pv status >../out
	has ../out "a  1.0.0 -> 2.0.0 (major)"
	printf "name: [\n" >prompts/a.yaml
	git pv status --json >../out
	json ../out ".changes[0] | [.loads, .next]" "[false,null]"
	rm prompts/a.yaml
	git pv status --json >../out
	json ../out ".changes[0] | [.status, .version, .next]" \
		"[\"deleted\",\"1.0.0\",null]"
	git checkout -q .
'

it 'announces the next major for what is made again' '
	git rm -q prompts/b.yaml
	git commit -q -m "b goes"
	for text in "{% include \"a\" %}" "Something else."; do
		text_prompt prompts/b.yaml "$text"
		git pv status --json >../out
		json ../out ".changes[0] | [.version, .next, .bump]" \
			"[\"1.0.0\",\"2.0.0\",\"major\"]"
	done
	git pv list --json b >../out
	json ../out ".[0].version | split(\"-\")[0]" 2.0.0
	text_prompt prompts/b.yaml "{% include \"a\" %}"
	git pv commit -m "b is back" --json >../out
	json ../out ".released[].version" 2.0.0
'

it 'has the letters of git status' '
	text_prompt prompts/a.yaml staged
	git add prompts/a.yaml
	text_prompt prompts/a.yaml both
	text_prompt prompts/c.yaml
	git pv status --json | jq -r ".changes[] | (.staged // \" \") + (.unstaged // \" \") + \" \" + .path" >../out
	git status --porcelain -uall -- prompts >../want
	cmp_files ../want ../out
	git reset -q --hard
	git clean -q -f -d
'

it 'names prompts that changed through what they include' '
	text_prompt prompts/a.yaml "Changed {{ name }}."
	git pv status --json >../out
	json ../out .closure_changed "[\"b\"]"
	git pv status >../out
	has ../out "Changed through what they include"
	git checkout -q .
'

it 'calls nobody changed by an include who changed himself' '
	git switch -q -c branch
	text_prompt prompts/a.yaml "Hi {{ name }}."
	git pv commit -q -m "on a branch" >../out 2>&1
	git pv status --json >../out
	json ../out "[.closure_changed, .unreleased]" "[[\"b\"],[]]"
	git pv status >../out
	lacks ../out "git pv release"
	git switch -q --detach
	git pv status --json >../out
	json ../out "[.closure_changed, .unreleased]" "[[\"b\"],[]]"
	git switch -q main
	git pv status --json >../out
	json ../out "[.closure_changed, .unreleased]" "[[],[]]"
	git cherry-pick branch >../out
	git pv status --json >../out
	json ../out "[.closure_changed, .unreleased]" "[[\"b\"],[\"a\"]]"
	git pv status >../out
	has ../out "Changed since their version"
	git reset -q --hard HEAD~1
	git branch -D -q branch
'

it 'judges by the commit where git does not look at the file' '
	for flag in assume-unchanged skip-worktree; do
		git update-index --$flag prompts/a.yaml
		text_prompt prompts/a.yaml "Mine alone."
		git pv status --json >../out
		json ../out "[.changes, .unreleased]" "[[],[]]"
		git update-index --no-$flag prompts/a.yaml
		git checkout -q .
	done
	cp prompts/a.yaml ../a.yaml
	text_prompt prompts/a.yaml "Committed {{ name }}."
	git commit -q -a -m "by git"
	git update-index --assume-unchanged prompts/a.yaml
	cp ../a.yaml prompts/a.yaml
	git pv status --json >../out
	json ../out "[.changes, .unreleased]" "[[],[\"a\"]]"
	git update-index --no-assume-unchanged prompts/a.yaml
	git reset -q --hard HEAD~1
'

it 'shows a merge under way and what is unmerged' '
	git switch -q -c side
	text_prompt prompts/a.yaml side
	git commit -q -a -m side
	git switch -q main
	text_prompt prompts/a.yaml main
	git commit -q -a -m main
	expect_failure 1 git merge side >../out
	git pv status --json >../out
	json ../out "[.state, .conflicts]" "[\"merge\",[\"prompts/a.yaml\"]]"
	json ../out ".changes[0].status" unmerged
	git pv status >../out
	has ../out "A merge is under way"
	has ../out "git pv conflicts"
	git merge --abort
	git revert --no-commit HEAD
	git pv status --json >../out
	json ../out .state revert
	git revert --abort
'

it 'tells a detached HEAD' '
	git switch -q --detach
	git pv status --json >../out
	json ../out .branch null
	git pv status >../out
	has ../out "HEAD is detached"
	git switch -q main
'

it 'refuses a bare repository' '
	git clone -q --bare . ../bare.git
	expect_failure 128 git -C ../bare.git pv status --json >../out
	is_json_error ../out unsupported
'

it 'calls new what is only meant to be added' '
	text_prompt prompts/i.yaml
	git add -N prompts/i.yaml
	git pv status --json >../out
	json ../out ".changes | map([.id, .status, .unstaged])" \
		"[[\"i\",\"new\",\"A\"]]"
	git rm -q --cached prompts/i.yaml
	rm prompts/i.yaml
'

it 'sees that a folder above the prompts became a link' '
	mkdir -p far/away
	text_prompt far/away/x.yaml
	git add far
	git commit -q -m far
	mv far ../real
	ln -s ../real far
	git -c pv.prompts=far/away pv status --json >../out
	json ../out ".changes | map([.path, .status])" \
		"[[\"far/away/x.yaml\",\"deleted\"]]"
	git rm -q -r --cached far
	rm far
	git commit -q -m near
'

it 'names a link and goes on' '
	ln -s a.yaml prompts/s.yaml
	git pv status >../out
	has ../out "s  a symbolic link, no prompt"
	git pv status --json >../out
	json ../out ".changes | map([.id, .status, .loads, .next])" \
		"[[\"s\",\"new\",false,null]]"
	rm prompts/s.yaml
'

it 'quotes odd names as git does' '
	printf "x" | write "datasets/a\\b \"q\".csv"
	printf "x" | write "datasets/$(printf "n\nl\t\001").csv"
	printf "x" | write datasets/ü.csv
	git status --porcelain -uall datasets | cut -c 4- | LC_ALL=C sort >../want
	git pv status | sed -n "s/^  ?? new       //p" | LC_ALL=C sort >../got
	cmp_files ../want ../got
	same 3 "$(wc -l <../got)"
	git -c core.quotePath=false pv status >../out
	has ../out " datasets/ü.csv"
	rm -r datasets
'

it 'names what is under way that is no merge' '
	new_repo busy
	cd busy
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m one >/dev/null
	text_prompt prompts/a.yaml "Two."
	git pv commit -q -m two >/dev/null
	git format-patch -1 --stdout >../patch
	git reset -q --hard HEAD~1
	text_prompt prompts/a.yaml "Three."
	git commit -q -a -m three
	expect_failure 128 git am ../patch
	git pv status >../out
	has ../out "A git am is under way"
	git am --abort
	git pv status >../out
	lacks ../out "under way"
'

finish
