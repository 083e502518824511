#!/bin/sh
# SPDX-License-Identifier: MIT
#
# All rules over 2,085 prompts, loading them included, against starting git.
# The prompts are the real ones beside the checkout when they are there, else
# generated. The aim is 2 s where `git --version` takes 0.75 ms.
set -eu

runs=${PV_BENCH_RUNS:-7}
real=../shared/real/promptsource-prompts.jsonl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git_pv=$PV_BUILD/cmd/git-pv/git-pv

HOME=$work GIT_CONFIG_NOSYSTEM=1
GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com
GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.com
export HOME GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL \
	GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
git config --global init.defaultBranch main

if [ -f "$real" ]; then
	cp "$real" "$work/prompts.jsonl"
else
	awk 'BEGIN {
		for (i = 0; i < 2085; i++)
			printf "{\"id\":\"group-%d/prompt-%d\",\"name\":\"Prompt %d\",\"prompt\":\"Text %d of {{ a }}\\n\\nand {{ b }}.\\n\",\"tags\":[\"x\"],\"metadata\":{\"n\":%d}}\n",
				i / 20, i, i, i, i
	}' >"$work/prompts.jsonl"
fi
git init -q "$work/repo"
"$git_pv" -C "$work/repo" import jsonl "$work/prompts.jsonl" --commit -m all \
	>/dev/null 2>&1

# timed COMMAND...: microseconds; findings are no failure here.
timed() {
	start=$(date +%s%N)
	"$@" >/dev/null 2>&1 || :
	echo $((($(date +%s%N) - start) / 1000))
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

timed "$git_pv" -C "$work/repo" check --json >"$work/first"
for _ in $(seq "$runs"); do
	timed "$git_pv" -C "$work/repo" check --json >>"$work/ours"
	timed git --version >>"$work/peer"
done
awk -v ours="$(median "$work/ours")" -v peer="$(median "$work/peer")" \
	-v n="$runs" 'BEGIN {
	printf "{\"bench\":\"check\",\"metric\":\"2,085 prompts (aim %.0f)\",\"unit\":\"ms\",\"ours\":%.1f,\"peer\":\"git --version\",\"peer_value\":%.2f,\"ratio\":%.1f,\"n\":%d}\n",
		2000 * peer / 750, ours / 1000, peer / 1000, ours / peer, n
}'
