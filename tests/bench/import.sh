#!/bin/sh
# SPDX-License-Identifier: MIT
#
# 2,085 prompts from JSON lines into files and one commit, against git
# fast-import of the same files followed by reset --hard. The prompts are the
# real ones beside the checkout when they are there, else generated.
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

# import DIR: ours.
import() {
	"$git_pv" -C "$1" import jsonl "$work/prompts.jsonl" --commit -m all \
		>"$work/out" 2>&1
}

# fast_import DIR: what git does with the same files.
fast_import() {
	git -C "$1" fast-import --quiet <"$work/stream"
	git -C "$1" reset -q --hard
}

# timed COMMAND: milliseconds it takes in a new repository.
timed() {
	rm -rf "$work/repo"
	git init -q "$work/repo"
	start=$(date +%s%N)
	"$1" "$work/repo"
	echo $((($(date +%s%N) - start) / 1000))
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# The first run is not counted: it makes the stream and warms the caches.
timed import >"$work/first"
git -C "$work/repo" fast-export main >"$work/stream"
for _ in $(seq "$runs"); do
	timed import >>"$work/ours"
	timed fast_import >>"$work/peer"
done
awk -v ours="$(median "$work/ours")" -v peer="$(median "$work/peer")" \
	-v n="$runs" 'BEGIN {
	printf "{\"bench\":\"import\",\"metric\":\"2,085 prompts in one commit\",\"unit\":\"ms\",\"ours\":%.1f,\"peer\":\"git fast-import + reset --hard\",\"peer_value\":%.1f,\"ratio\":%.3f,\"n\":%d}\n",
		ours / 1000, peer / 1000, ours / peer, n
}'
