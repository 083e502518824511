#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Deploying one of 2,000 prompts that are live in an environment, and rolling
# it back, beside an empty commit of git's in the same repository (aim: at most
# 15 ms more), and what was live at a time among 20,000 deployments (aim: 20 ms).
set -eu

runs=${PV_BENCH_RUNS:-31}
pair=$PV_BUILD/tests/bench_pair
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PATH=$PV_BUILD/cmd/git-pv:$PATH
HOME=$work GIT_CONFIG_NOSYSTEM=1
export PATH HOME GIT_CONFIG_NOSYSTEM
git config --global init.defaultBranch main
git config --global user.name Bench
git config --global user.email bench@example.com

git init -q "$work/repo"
cd "$work/repo"
awk 'BEGIN {
	print "commit refs/heads/main\ncommitter B <b@example.com> 1 +0000\ndata 1\nx"
	for (i = 0; i < 2000; i++) {
		text = sprintf("prompt: |\n  Number %d.\n", i)
		printf "M 100644 inline prompts/g/p%04d.yaml\ndata %d\n%s\n",
			i, length(text), text
	}
	print "done"
}' | git fast-import --quiet --done
git reset -q --hard
git-pv release --all >/dev/null
awk 'BEGIN { for (i = 0; i < 2000; i++) printf "g/p%04d\n", i }' |
	xargs git-pv deploy -e production >/dev/null

# Another part of the traffic each time, so each call is a commit.
deploy='git-pv deploy g/p1234@1.0.0 -e production --canary'
"$pair" -b deploy -m 'deploy beside 2,000 others' -p 'git commit' -n "$runs" \
	-s "$deploy 10 >/dev/null" \
	"$deploy 20" "git commit -q --allow-empty -m x"

printf 'prompt: |\n  Number 1234, again.\n' >prompts/g/p1234.yaml
git-pv commit -q -m again g/p1234 >/dev/null
"$pair" -b deploy -m 'rollback beside 2,000 others' -p 'git commit' -n "$runs" \
	-s 'git-pv deploy g/p1234 -e production >/dev/null' \
	'git-pv rollback g/p1234 -e production' "git commit -q --allow-empty -m x"

# --- 20,000 deployments --------------------------------------------------------

git init -q "$work/long"
cd "$work/long"
awk 'BEGIN {
	for (i = 1; i <= 20000; i++) {
		when = 1700000000 + i * 60
		text = sprintf("p:\n  version: 1.%d.0\n  commit: %040d\n" \
			"  blob: %040d\n", i % 100, i, i)
		printf "commit refs/heads/pv/deployments\n" \
			"committer B <b@example.com> %d +0000\ndata 1\nx\n" \
			"M 100644 inline production.yaml\ndata %d\n%s\n",
			when, length(text), text
	}
	print "done"
}' | git fast-import --quiet --done
git gc -q
at=2023-11-18T00:00:00Z
git-pv env at $at p -e production >/dev/null
"$pair" -b deploy -m 'env at among 20,000 deployments' \
	-p 'git log -1 --until' -n "$runs" \
	"git-pv env at $at p -e production" \
	"git log -1 --until=$at --format=%H pv/deployments"
