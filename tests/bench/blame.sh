#!/bin/sh
# SPDX-License-Identifier: MIT
#
# blame and its relatives beside git's, as whole processes: 40 prompts of 120
# revisions each, 4,800 commits with 40 merges, packed, with a commit-graph.
# Most sentences are as old as the history, so all of it is walked. "empty"
# opens the repository with libgit2 and no more.
set -eu

runs=${PV_BENCH_RUNS:-31}
here=$(cd "$(dirname "$0")" && pwd)
pair=$PV_BUILD/tests/bench_pair
empty=$PV_BUILD/tests/empty_open
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PATH=$PV_BUILD/cmd/git-pv:$PATH
HOME=$work GIT_CONFIG_NOSYSTEM=1
export PATH HOME GIT_CONFIG_NOSYSTEM
git config --global init.defaultBranch main

git init -q "$work/repo"
cd "$work/repo"
awk -v prompts=40 -v commits=4800 -v merges=40 -f "$here/make_repo.awk" |
	git fast-import --quiet --done
git reset -q --hard
git gc -q
git commit-graph write --reachable 2>/dev/null

id=group-07/prompt-0007
file=prompts/$id.yaml
measure() {
	metric=$1 name=$2
	shift 2
	"$pair" -b blame -m "$metric" -p "$name" -n "$runs" \
		-e "$empty $work/repo" "$@"
}
measure 'blame of 120 revisions, less empty (at most 1)' 'git blame' \
	"git-pv blame $id" "git blame $file"
measure 'log -S, less empty' 'git log -S -- path' \
	"git-pv log -S decide $id" "git log -Sdecide -- $file"

# --- large prompts -----------------------------------------------------------

# write_prompt ID MESSAGES REVISION: a seventh of the messages is new each time.
write_prompt() {
	awk -v count="$2" -v revision="$3" 'BEGIN {
		print "messages:"
		for (i = 0; i < count; i++)
			printf "  - role: user\n    content: |\n" \
				"      The line of item %d greets you. It " \
				"tells the %s about %d.\n", i,
				i % 7 ? "reader" : "revision " revision, i * i
	}' >"prompts/$1.yaml"
}

# Four times the size is four times the time.
measure_size() {
	"$pair" -b blame -m "blame of 4 revisions of $2" -p 'git blame' -n 7 \
		"git-pv blame $1" "git blame prompts/$1.yaml"
}

git init -q "$work/large"
cd "$work/large"
git config user.name a
git config user.email a@example.com
mkdir prompts
for revision in 1 2 3 4; do
	write_prompt middle 13500 "$revision"
	write_prompt large 54000 "$revision"
	git add prompts
	git commit -q -m "$revision"
done
measure_size middle '1.4 MB'
measure_size large '5.8 MB'
