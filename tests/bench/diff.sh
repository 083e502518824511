#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The semantic diff of 100 changed prompts between two commits beside `git
# diff` of the same, as whole processes. Each prompt of 2 KB has one word of a
# message and one parameter changed.
set -eu

runs=${PV_BENCH_RUNS:-31}
pair=$PV_BUILD/tests/bench_pair
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PATH=$PV_BUILD/cmd/git-pv:$PATH
HOME=$work GIT_CONFIG_NOSYSTEM=1
GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com
GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.com
export PATH HOME GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL \
	GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

# write_prompts WORD TEMPERATURE: 100 prompts in the current folder.
write_prompts() {
	for i in $(seq 100); do
		{
			printf 'name: Prompt %d\n' "$i"
			printf 'model: {provider: ollama, name: llama3, '
			printf 'temperature: %s}\nmessages:\n' "$2"
			printf '  - role: system\n    content: |\n'
			for line in $(seq 20); do
				printf '      Rule %d of %d says to %s the ' \
					"$line" "$i" "$([ "$line" -eq 9 ] &&
						echo "$1" || echo keep)"
				printf 'ticket in order for every customer.\n'
			done
			printf '  - role: user\n    content: "{{ ticket }}"\n'
		} >"prompts/p$i.yaml"
	done
	git add prompts
	git commit -q -m "$1"
	git tag "$1"
}

git init -q "$work/repo"
cd "$work/repo"
mkdir prompts
write_prompts sort 0.2
write_prompts file 0.4
git gc -q

# measure METRIC OPTION...
measure() {
	metric=$1
	shift
	"$pair" -b diff -m "$metric" -p 'git diff' -n "$runs" \
		"git-pv diff${*:+ $*} sort file" 'git --no-pager diff sort file'
}

measure '100 prompts, fields (at most 2)'
measure '100 prompts, words (at most 2)' --word
measure '100 prompts, JSON (at most 2)' --json
measure '100 prompts, Markdown (at most 2)' --format markdown
measure '100 prompts, a page' --format html
