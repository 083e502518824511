#!/bin/sh
# SPDX-License-Identifier: MIT
#
# git pv commit: the file of an experiment under way, changed by hand so that
# it would lose its seals.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"
begin 'experiments changed by hand'

git init -q -b main repo
cd repo || exit 1
text_prompt prompts/a.yaml 'Sort: {{ ticket }}'
git add -A
git commit -q -m One
git branch side
git pv experiment create tone --prompt a --variant control=main \
	--variant concise=side -q >/dev/null
git pv experiment start tone -q >/dev/null
file=experiments/tone.yaml
started=$(git rev-parse HEAD)

# refused STATUS TEXT: what is in the file now is not committed.
refused() {
	expect_failure "$1" git pv commit -q -m Edited >out 2>err
	is_error err "$2"
	same "$started" "$(git rev-parse HEAD)"
	git restore --staged --worktree experiments
}

it 'refuses one that is ended by hand' '
	sed -i "s/^status: .*/status: stopped/; s/^alpha: .*/alpha: 0.3/" $file
	refused 1 "experiment \"tone\" is under way: \"status\" was changed"
	sed -i "s/^status: .*/status: concluded/" $file
	git add $file
	expect_failure 1 git pv commit --staged -q -m Edited >out 2>err
	refused 1 "experiment \"tone\" is under way: \"status\" was changed"
'

it 'refuses one that is made a draft again' '
	sed -i "/^salt:/,\$d; s/^status: .*/status: draft/" $file
	refused 1 "experiment \"tone\" is under way: \"status\" was changed"
'

it 'refuses one that lost its seals, and one that reads no more' '
	sed -i "/^sealed:/,\$d" $file
	refused 128 "experiments/tone.yaml:1:9: an experiment that never began"
	echo garbage >>$file
	refused 128 "experiments/tone.yaml:"
	: >$file
	refused 128 "experiments/tone.yaml:"
'

it 'takes what changes no result, and what a verb of another branch did' '
	echo "owner: somebody" >>$file
	git pv commit -q -m Owner >out
	git switch -q -c other
	text_prompt prompts/b.yaml Two
	git pv commit -q -m Two >out
	expect_failure 1 git pv experiment stop tone 2>err
	is_error err "experiment \"tone\" is of branch \"main\""
	has err "git pv switch main"
	git checkout -q --detach main
	expect_failure 1 git pv experiment pause tone 2>err
	git switch -q main
	git pv experiment stop tone -q >out
	git switch -q other
	git merge -q --no-commit main >out 2>&1
	git pv commit -q -m Merged >out
	git switch -q main
	git merge -q other >out 2>&1
	same stopped "$(git pv experiment show tone --json | jq -r .status)"
'

it 'refuses another start, and a removal' '
	git pv experiment start tone -q >out
	sed -i "s/^started_at: \(.*\)20/started_at: \119/" $file
	git diff --quiet && exit 1
	expect_failure 1 git pv experiment show tone 2>err
	is_error err "\"started_at\" was changed since it began"
	git restore $file
	git rm -q $file
	expect_failure 1 git pv commit -m Removed 2>err
	is_error err "its file is not there any more"
	has err "git restore --staged --worktree experiments/tone.yaml"
	git restore --staged --worktree $file
	git mv $file experiments/other.yaml
	expect_failure 1 git pv commit -m Moved 2>err
	is_error err "its file is not there any more"
	git mv experiments/other.yaml $file
	git pv experiment stop tone -q >out
'

# What a conclude leaves that is killed before its commit.
it 'says how to take back what a killed step left' '
	git pv experiment start tone -q >out
	sed -i "s/^status: .*/status: concluded/" $file
	echo {} >experiments/tone.results.json
	expect_failure 1 git pv experiment stop tone 2>err
	is_error err "has changes that are not committed"
	has err "git restore --staged --worktree experiments/tone.yaml"
	lacks err "commit them"
	git restore --staged --worktree $file
	git pv experiment stop tone -q >out
	same "" "$(git status --porcelain experiments)"
'

it 'takes anything once it has been stopped by a verb, and a removal' '
	sed -i "s/^alpha: .*/alpha: 0.3/" $file
	git pv commit -q -m Alpha >out
	git rm -q $file
	git pv commit -q -m Removed >out
	same "" "$(git ls-files $file)"
'

finish
