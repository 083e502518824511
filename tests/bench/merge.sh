#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The merge driver as git calls it, on a small prompt and a large file that
# both sides have changed all over, so that lines conflict: "ours" is in
# milliseconds less those of an empty program that opens a repository with
# libgit2, "peer_value" is `git merge-file` of the same less `git --version`.
# The limits are those of a machine on which `git --version` takes 0.75 ms; the
# lines beside that command scale them to this one.
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
	"$pair" -b merge -m "$1" -p 'git merge-file' -n "$runs" -c \
		-s 'cp first.yaml ours.yaml' \
		-e "$empty repo" -E 'git --version' \
		'git-pv merge-driver base.yaml ours.yaml theirs.yaml 7 x.yaml' \
		'git merge-file -p first.yaml base.yaml theirs.yaml'
}

# measure_scaled METRIC: the files that were measured last.
measure_scaled() {
	"$pair" -b merge -m "$1" -p 'git --version' -n "$runs" \
		-s 'cp first.yaml ours.yaml' -e "$empty repo" \
		'git-pv merge-driver base.yaml ours.yaml theirs.yaml 7 x.yaml' \
		'git --version'
}

measure 'driver on 4 KB (at most 2 ms)' 28
measure_scaled 'driver on 4 KB (at most 2.67)'
measure 'driver on 300 KB (at most 150 ms)' 1960
measure_scaled 'driver on 300 KB (at most 200)'
measure 'driver on 1 MB (3.3 times 300 KB)' 6530
measure 'driver on 3 MB (10 times 300 KB)' 19600
measure 'driver on 5 MB (17 times 300 KB)' 32700

# --- keys in another order ---------------------------------------------------

# make_map ITEMS STEP WORD: keys, each STEP-th after the one before.
make_map() {
	awk -v items="$1" -v step="$2" -v word="$3" 'BEGIN {
		for (k = 0; k < items; k++) {
			i = k * step % items
			printf "key-%d:\n  title: Title %d\n" \
				"  content: |\n" \
				"    The first line of item %d greets you.\n" \
				"    A second line tells the %s of %d.\n" \
				"  tags: [one, two]\n", i, i, i, \
				i % 3 ? "reader" : word, i * i
		}
	}'
}

# measure_map METRIC ITEMS: one side has words replaced, the other moves keys.
# The line merge, which comes first, is git's, and takes most of the time.
measure_map() {
	make_map "$2" 1 reader >base.yaml
	make_map "$2" 1 public >first.yaml
	make_map "$2" 7919 reader >theirs.yaml
	"$pair" -b merge -m "$1" -p 'git merge-file' -n 5 -c \
		-s 'cp first.yaml ours.yaml' \
		'git-pv merge-driver base.yaml ours.yaml theirs.yaml 7 x.yaml' \
		'git merge-file -p first.yaml base.yaml theirs.yaml'
}

measure_map 'driver on 1.3 MB, keys in another order' 8700
measure_map 'driver on 5 MB, keys in another order' 34800

# --- two commits in memory ---------------------------------------------------

# branch NAME FROM TO FIRST: 120 of the prompts with a word replaced.
branch() {
	git switch -q -c "$1" main
	for i in $(seq "$4" $(($4 + 119))); do
		sed -i "s/$2/$3/" "prompts/group-$((i % 40))/prompt-$i.yaml"
	done
	git commit -q -a -m "$1"
}

git init -q -b main prompts
cd prompts
git config user.name a
git config user.email a@example.com
git config gc.auto 0
echo '/prompts/**/*.yaml merge=pv' >.gitattributes
for i in $(seq 2000); do
	mkdir -p "prompts/group-$((i % 40))"
	{
		printf 'name: Support %d\ndescription: Sorts a ticket.\n' "$i"
		printf 'model: {provider: ollama, temperature: 0.2}\n'
		printf 'messages:\n  - role: system\n    content: |\n'
		for line in $(seq 10); do
			printf '      Rule %d of %d: read the text ' "$line" "$i"
			printf 'twice before you decide, then answer.\n'
		done
		printf '  - role: user\n    content: "{{ ticket }}"\n'
	} >"prompts/group-$((i % 40))/prompt-$i.yaml"
done
git add .
git commit -q -m base
branch left 'Sorts a' 'Files the' 1
branch same '{{ ticket' '{{ letter' 1
branch other '{{ ticket' '{{ letter' 1001
cd ..
git clone -q --bare prompts bare
git clone -q --bare prompts driven
git -C driven config merge.pv.driver 'git-pv merge-driver %O %A %B %L %P'
git -C driven config merge.pv.recursive text
mkdir -p driven/info
cp prompts/.gitattributes driven/info/attributes

# measure_trees METRIC BRANCH [RUNS REPO]
measure_trees() {
	cd "${4:-bare}"
	git symbolic-ref HEAD refs/heads/left
	"$pair" -b merge -m "$1" -p 'git merge-tree' -n "${3:-$runs}" \
		-e "$empty ." "git-pv merge --quiet --dry-run $2" \
		"git merge-tree --write-tree left $2"
	cd ..
}

measure_trees '120 of 2000 prompts on both sides, less empty (at most 1.5)' same
measure_trees '120 of 2000 prompts, others on each side, less empty (at most 1.5)' \
	other
measure_trees '120 of 2000 prompts on both sides, git with our driver' same 5 \
	driven
