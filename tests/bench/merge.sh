#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The merge driver as git calls it, on a small prompt and a large file that
# both sides have changed all over, so that lines conflict; less an empty
# program that opens a repository with libgit2. In units of `git --version`:
# 2 ms beyond the start-up are 2.7 of these, 150 ms are 200.
set -eu

runs=${PV_BENCH_RUNS:-31}
pair=$PV_BUILD/tests/bench_pair
empty=$PV_BUILD/tests/empty_open
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PATH=$PV_BUILD/cmd/git-pv:$PATH
HOME=$work GIT_CONFIG_NOSYSTEM=1
export PATH HOME GIT_CONFIG_NOSYSTEM
cd "$work"
git init -q repo

# make_list ITEMS FROM TO: messages, each with one word replaced.
make_list() {
	awk -v items="$1" -v from="$2" -v to="$3" 'BEGIN {
		for (i = 0; i < items; i++) {
			text = sprintf("- id: item-%d\n  role: user\n" \
				"  content: |\n" \
				"    The first line of item %d greets you.\n" \
				"    A second line tells the reader about %d.\n" \
				"  tags: [one, two]\n", i, i, i * i)
			sub(from, to, text)
			printf "%s", text
		}
	}'
}

# measure METRIC ITEMS
measure() {
	make_list "$2" none none >base.yaml
	make_list "$2" second third >first.yaml
	make_list "$2" reader public >theirs.yaml
	git-pv merge-driver base.yaml first.yaml theirs.yaml 7 x.yaml
	if grep -q '<<<<<<<' first.yaml; then
		echo "error: the driver has left a conflict" >&2
		exit 128
	fi
	make_list "$2" second third >first.yaml
	"$pair" -b merge -m "$1" -p 'git --version' -n "$runs" \
		-s 'cp first.yaml ours.yaml' -e "$empty repo" \
		'git-pv merge-driver base.yaml ours.yaml theirs.yaml 7 x.yaml' \
		'git --version'
}

measure 'driver on 4 KB, less empty (at most 2.7)' 22
measure 'driver on 300 KB, less empty (at most 200)' 1700
measure 'driver on 3 MB, less empty (10 of the one before)' 17000
