#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
#
# Random histories merged in memory and by `git merge-tree`, with our driver
# in git: the same trees, the same paths in conflict. PV_MERGE_CASES=5000 runs
# more, PV_MERGE_SEED=7 others. A case that differs is accepted for one of a
# few reasons, in all of which git loses something.
. "$(dirname "$0")/lib.sh"
begin 'merging in memory: the same as git merge-tree'

cases=${PV_MERGE_CASES:-300}
seed=${PV_MERGE_SEED:-1}
play=$PV_BUILD/tests/play_merges

# git_merges REPO: the merges of all cases by git, as play_merges prints them.
git_merges() {
	n=1
	while [ "$n" -le "$cases" ]; do
		echo "case $n"
		status=0
		git -C "$1" merge-tree --write-tree --no-messages \
			"$n/ours" "$n/theirs" || status=$?
		[ "$status" = 0 ] && echo clean
		[ "$status" = 1 ] && echo conflict
		n=$((n + 1))
	done | sed '/^$/d'
}

# names_of FILE: the paths in conflict of a case.
names_of() {
	sed -n 's/^[0-7]* [0-9a-f]* [123]	//p' "$1" | sort -u
}

# is_replaced REPO N: before 2.50 a file that a renamed folder takes along was
# moved onto one that was to be moved away. Nothing but what became of the two
# may differ, and ours has to be a conflict.
is_replaced() {
	: >apart
	sed -nE 's/^CONFLICT \(file location\): (.*) added in .* moved to (.*)\.$/\1 \2/p; s/^CONFLICT \(file location\): .* renamed to (.*) in .* moved to (.*)\.$/\1 \2/p' talk |
		while read -r from to; do
			git -C "$1" merge-base --all "$2/ours" "$2/theirs" |
				while read -r base; do
					git -C "$1" cat-file -e "$base:$to" \
						2>/dev/null || continue
					printf '%s\n%s\n' "$from" "$to"
					for side in ours theirs; do
						git -C "$1" diff -M10% \
							--name-status "$base" "$2/$side"
					done | awk -F '\t' -v to="$to" \
						'/^[RC]/ && $2 == to { print $3 }'
				done
		done >apart
	[ -s apart ] && grep -q '^conflict' two || return 1
	{
		names_of one >one.names
		names_of two >two.names
		comm -3 one.names two.names | tr -d '\t'
		git -C "$1" diff-tree -r --name-only --no-renames \
			"$(sed -n 2p one)" "$(sed -n 2p two)"
	} | grep -Fvxf apart >other
	[ ! -s other ]
}

# is_forgotten: what git says is a conflict, of a renamed file with another one,
# it leaves out of the index. All else has to be the same.
is_forgotten() {
	sed -n 's/^CONFLICT (rename involved in collision): .* -> \(.*\) has content.*/\1/p' \
		talk >apart
	[ -s apart ] && [ "$(sed -n 2p one)" = "$(sed -n 2p two)" ] || return 1
	names_of one >one.names
	names_of two >two.names
	comm -3 one.names two.names | tr -d '\t' | grep -Fvxf apart >other
	[ ! -s other ]
}

# excused REPO N: why git's result of a case need not be ours.
excused() {
	status=0
	git -C "$1" merge-tree --write-tree --messages "$2/ours" "$2/theirs" \
		>talk 2>/dev/null || status=$?
	# It stops at an assertion.
	[ "$status" -gt 128 ] && return 0
	tree=$(head -n 1 talk)
	# What gave way to a folder has lost its contents.
	grep -q "^000000 " talk && return 0
	# A file that a renamed folder takes back to where it was is dropped.
	awk '/^CONFLICT \(file location\)/ {
		to = $NF
		sub(/\.$/, "", to)
		for (i = 1; i < NF; i++)
			if ($i == "renamed" && $(i - 1) == to)
				found = 1
	}
	END { exit !found }' talk && return 0
	# So is one that is moved below what is a file.
	sed -n 's/^CONFLICT (file location).* moved to \(.*\)\.$/\1/p' talk |
		while IFS= read -r path; do
			git -C "$1" cat-file -e "$tree:$path" 2>/dev/null ||
				echo "$path"
		done >lost
	[ -s lost ] && return 0
	is_replaced "$1" "$2" && return 0
	is_forgotten && return 0
	# Both sides have the same markers, and it is called clean.
	git -C "$1" grep -q '^<<<<<<<' "$tree" && ! grep -q CONFLICT talk
}

# case_of FILE N
case_of() {
	awk -v first="case $2" '/^case / { on = $0 == first } on' "$1"
}

# compare REPO: judges ours against theirs.
compare() {
	n=1
	while [ "$n" -le "$cases" ]; do
		case_of theirs "$n" >one
		case_of ours "$n" >two
		if ! cmp -s one two; then
			if excused "$1" "$n"; then
				echo "$n" >>excuses
			else
				echo "seed $seed, case $n:"
				diff one two || :
				echo "$n" >>failures
			fi
		fi
		n=$((n + 1))
	done
}

it "merges $cases pairs as git does, seed $seed" '
	git init -q --bare random
	"$play" make "$seed" "$cases" | git -C random fast-import --quiet
	git -C random config merge.pv.driver \
		"git-pv merge-driver %O %A %B %L %P"
	git -C random config merge.pv.recursive text
	mkdir -p random/info
	echo "prompts/** merge=pv" >random/info/attributes
	git_merges random >theirs
	"$play" merge random "$cases" >ours
	compare random
	touch excuses failures
	echo "$(grep -c "^clean" theirs) clean, $(wc -l <excuses) excused"
	test ! -s failures
	test "$(wc -l <excuses)" -le $((cases / 20))
'

it 'takes the attributes from the tree' '
	rm random/info/attributes
	"$play" merge random "$cases" >again
	cmp ours again
'

finish
