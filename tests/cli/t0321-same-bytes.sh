#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
#
# One merge, many ways to it, the same bytes: real files changed on both
# sides, merged by the driver by hand, by `git merge` and `git merge-tree` with
# the driver, in memory, and in a bare repository, against what the function
# behind them gives. A sample; PV_MERGE_ALL=1 takes all cases.
. "$(dirname "$0")/lib.sh"
begin 'the same bytes whichever way files are merged'

cases=$PV_SHARED/corpora/merge/merge-cases.jsonl
play=$PV_BUILD/tests/play_merges
step=16
[ -z "${PV_MERGE_ALL:-}" ] || step=1

# put N FIELD FILE: a side of a case, byte for byte.
put() {
	sed -n "$1p" "$cases" | jq -j ".$2" >"$3"
}

# add_side COUNT FIELD: commits a side of all cases.
add_side() {
	n=1
	while [ "$n" -le "$1" ]; do
		path=$(sed -n "${n}p" "$cases" | jq -r .path)
		mkdir -p "case-$n"
		put "$n" "$2" "case-$n/${path##*/}"
		n=$((n + step))
	done
	git add -f .
	git commit -q -m "$2"
}

# build COUNT: a file for each case; the branches main and other.
build() {
	git init -q cases
	cd cases || exit 1
	git config merge.pv.driver "git-pv merge-driver %O %A %B %L %P"
	git config merge.pv.recursive text
	echo 'case-*/** merge=pv' >.gitattributes
	add_side "$1" base
	git switch -q -c other
	add_side "$1" theirs
	git switch -q main
	add_side "$1" ours
	cd .. || exit 1
}

# take REV: commits the file at "$path" of a branch of all cases.
take() {
	git -C ../cases.git cat-file blob "$1:$path" >"$name"
	git add -f .
	git commit -q --allow-empty -m "$1"
}

it_all='
	count=$(wc -l <"$cases")
	build "$count"
	git clone -q --bare cases cases.git
	mkdir -p cases.git/info
	cp cases/.gitattributes cases.git/info/attributes
	echo "$count cases, every $step"
'

if [ -f "$cases" ]; then
	it 'makes a repository of the cases' "$it_all"
	it 'gives one tree in memory, by git merge-tree, by git merge' '
		git -C cases.git config merge.pv.driver \
			"git-pv merge-driver %O %A %B %L %P"
		git -C cases.git merge-tree --write-tree --no-messages \
			main other >tree || :
		sed "/^$/d" tree >theirs
		"$play" pair cases.git main other | sed -E "/^(clean|conflict)\$/d" >ours
		cmp_files theirs ours
		cd cases
		git merge -q other >../talk 2>&1 || :
		git add .
		same "$(head -n 1 ../ours)" "$(git write-tree)"
	'
	it 'gives the same by the driver and by the function' '
		tree=$(head -n 1 ours)
		git -C cases.git ls-tree -r -z --name-only "$tree" |
			tr "\\0" "\\n" | grep "^case-" >paths
		while IFS= read -r path; do
			for rev in "$(git -C cases.git merge-base main other)" \
				main other; do
				git -C cases.git cat-file blob "$rev:$path" >side
				mv side "side.${rev%"${rev#?}"}"
			done
			mv side.m mine
			mv side.o theirs
			cat side.? >base
			rm side.?
			cp mine result
			"$play" file base mine theirs "$path" >function || :
			git-pv merge-driver base result theirs 7 "$path" || :
			git -C cases.git cat-file blob "$tree:$path" >tree
			cmp result tree
			cmp result function
		done <paths
	'
	it 'gives the same in a bare repository' '
		while IFS= read -r path; do
			name=${path##*/}
			rm -rf one one.git
			git init -q one
			cd one
			echo "* merge=pv" >.gitattributes
			take "$(git -C ../cases.git merge-base main other)"
			git switch -q -c other
			take other
			git switch -q main
			take main
			cd ..
			git clone -q --bare one one.git
			git -C cases.git cat-file blob "$(head -n 1 ours):$path" \
				>want
			if git -C one.git pv merge -q other; then
				git -C one.git cat-file blob "main:$name" >got
				cmp want got
			else
				grep -q "^<<<<<<< " want
			fi
		done <<-LIST
			$(sed -n "1~3p" paths)
		LIST
	'
else
	skip 'real merges' "there is no $cases"
fi

finish
