#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Replays every two-parent merge of a real repository with plain `git merge`,
# once without git-pv and once with its merge driver on all YAML files. Where
# git is clean the trees must be the same; where git conflicts the driver may
# conflict in the same files or in fewer of them, never in others. Files of which git's own clean result is no sound YAML any more are listed:
# there, and only there, the driver may stop where git does not.
#
# PV_REPLAY=FILE.bundle replays another repository; PV_FAST=1 takes every
# eighth merge.
#
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"

bundle=${PV_REPLAY:-$PV_SHARED/real/promptsource.bundle}
[ -e "$bundle" ] || skip_all "no $bundle"
begin 'merges of a real repository come out as without git-pv'
tick

lossy=$PV_BUILD/tests/yaml_lossy

clone() {
	git clone -q "$bundle" "$1" 2>"$SCRATCH/clone.log" || return 1
	git -C "$1" fetch -q origin 'refs/*:refs/all/*' || return 1
	git -C "$1" config merge.conflictStyle merge
	git -C "$1" commit-graph write --reachable
}

list_merges() {
	git -C plain rev-list --all --topo-order --parents \
		--min-parents=2 --max-parents=2 >all-merges
	if [ -n "${PV_FAST:-}" ]; then
		sed -n '1~8p' all-merges >merges
	else
		cp all-merges merges
	fi
}

unmerged_paths() {
	git ls-files -u -z | tr '\0' '\n' | cut -f 2 | uniq
}

# replay DIR: a line per merge: "<merge> clean <tree> <made commit>",
# "<merge> conflict - -" or "<merge> refused <status> -"; the files in conflict
# go to DIR.unmerged, each behind its merge.
replay() (
	cd "$1" || exit 1
	while read -r merge ours theirs; do
		git checkout -q --detach "$ours" || exit 1
		status=0
		git merge -q --no-edit "$theirs" >../"$1.log" 2>&1 || status=$?
		if [ "$status" -eq 0 ]; then
			echo "$merge clean $(git rev-parse 'HEAD^{tree}' HEAD |
				tr '\n' ' ')"
		elif [ "$status" -eq 1 ] && [ -n "$(git ls-files -u)" ]; then
			unmerged_paths | sed "s/^/$merge /" >>../"$1.unmerged"
			echo "$merge conflict - -"
		else
			echo "$merge refused $status -"
		fi
		if [ "$status" -ne 0 ]; then
			git reset -q --hard
			git clean -dfqx
		fi
	done <../merges
)

# lossy_files: "<merge> <path> <reason>" for each file that git merged into
# something that is no sound YAML though both sides were.
lossy_files() {
	awk '$2 == "clean" { print $4 }' plain.results |
		git -C plain diff-tree --stdin -r -c --raw --no-renames |
		awk -F '\t' '
			/^[0-9a-f]+$/ { merge = $1 }
			/^::/ && $2 ~ /\.ya?ml$/ {
				split($1, part, " ")
				print merge, part[6], part[4], part[5], $2
			}' >merged
	awk '{ print $2; print $3; print $4 }' merged | LC_ALL=C sort -u |
		grep -v '^0*$' | git -C plain cat-file --batch >blobs
	"$lossy" <blobs >unsound
	awk 'NR == FNR { reason[$1] = $0; sub(/^[^ ]* /, "", reason[$1]); next }
		$2 in reason && !($3 in reason) && !($4 in reason) {
			print $1, $5, reason[$2] }' unsound merged
}

began=$(date +%s)
it 'clones, and installs the driver for all YAML files' '
	clone plain
	clone driven
	cd driven
	git pv install --pattern "*.yaml"
	same "pv" "$(git check-attr merge -- any/file.yaml |
		sed "s/.*: //")"
	git config merge.pv.driver >/dev/null
	cd ..
	list_merges
	test -s merges
'

replay plain >plain.results 2>plain.err &
plain_job=$!
PV_TRACE=$SCRATCH/trace
: >"$PV_TRACE"
export PV_TRACE
replay driven >driven.results 2>driven.err
unset PV_TRACE
wait "$plain_job"
printf '%d merges replayed twice in %d s\n' \
	"$(wc -l <plain.results)" "$(($(date +%s) - began))"
awk '{ count[$2]++ } END { for (k in count) print "  git:", k, count[k] }' \
	plain.results

it 'replays every merge both ways' '
	empty plain.err
	empty driven.err
	same "$(wc -l <merges)" "$(wc -l <plain.results)"
	same "$(wc -l <merges)" "$(wc -l <driven.results)"
	if grep refused plain.results driven.results; then exit 1; fi
'

it 'calls the driver' '
	calls=$(wc -l <"$SCRATCH/trace")
	echo "driver calls: $calls"
	test "$calls" -gt 0
'
printf '  driver calls: %d\n' "$(wc -l <"$SCRATCH/trace")"

lossy_files >lossy
awk '{ $1 = substr($1, 1, 12); print "  lossy in git:", $0 }' lossy

# Clean merges whose result differs, less those where git loses something.
awk '{ print $1 }' lossy | LC_ALL=C sort -u >lossy-made
awk 'NR == FNR { lossy[$1]; next } $4 in lossy { print $1 }' \
	lossy-made plain.results | LC_ALL=C sort -u >excused
awk '$2 == "clean"' plain.results | LC_ALL=C sort >clean
LC_ALL=C sort driven.results | LC_ALL=C comm -23 clean - |
	awk 'NR == FNR { excused[$1]; next } !($1 in excused)' excused - >changed

it 'is git where git is clean' '
	test -s clean
	empty changed
'

it 'conflicts only where git does' '
	LC_ALL=C sort plain.unmerged >plain.sorted
	LC_ALL=C sort driven.unmerged | LC_ALL=C comm -23 - plain.sorted >more
	empty more
'
printf '  files in conflict: %d without git-pv, %d with it\n' \
	"$(wc -l <plain.unmerged)" "$(wc -l <driven.unmerged)"
awk 'NR == FNR { clean[$1] = $2 == "clean"; next }
	$2 == "conflict" { n++; c += clean[$1] }
	END { print "  merges in conflict:", n + 0, "without, of these", c + 0,
		"clean with it" }' driven.results plain.results

it 'leaves sound repositories' '
	check_repo plain
	check_repo driven
'

finish
