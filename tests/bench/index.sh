#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Recording executions beside SQLite alone, which writes the same rows to the
# same tables: one by one and in groups, each transaction waiting for the disk,
# and the import of JSON lines. Rows per second, so a ratio of 0.95 is 95 % of
# the peer. PV_BENCH_ROWS: rows of a turn; PV_BENCH_TURNS: turns.
set -eu

rows=${PV_BENCH_ROWS:-20000}
turns=${PV_BENCH_TURNS:-5}
bench=$PV_BUILD/tests/bench_index
PATH=$PV_BUILD/cmd/git-pv:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# report METRIC [UNIT] [PEER]: medians of both sides.
report() {
	awk -v metric="$1" -v ours="$(median "$work/ours")" -v n="$turns" \
		-v raw="$(median "$work/raw")" -v unit="${2:-rows/s}" \
		-v peer="${3:-sqlite}" 'BEGIN {
		printf "{\"bench\":\"index\",\"metric\":\"%s\",", metric
		printf "\"unit\":\"%s\",\"ours\":%.0f,", unit, ours
		printf "\"peer\":\"%s\",\"peer_value\":%.0f,", peer, raw
		printf "\"ratio\":%.3f,\"n\":%d}\n", ours / raw, n
	}'
	rm -f "$work/ours" "$work/raw"
}

# compare METRIC COUNT GROUP
compare() {
	for turn in $(seq "$turns"); do
		for side in ours raw; do
			rm -f "$work"/db*
			"$bench" "$side" "$work/db" "$2" "$3" >>"$work/$side"
		done
	done
	report "$1"
}

compare 'one by one' $((rows / 10)) 1
compare 'groups of 100' "$rows" 100
compare 'groups of 1000' "$rows" 1000

# How large it gets, beside one table with everything.
rm -f "$work"/db*
"$bench" ours "$work/db" "$rows" 1000 >/dev/null
stat -c %s "$work/db" >"$work/ours"
rm -f "$work"/db*
"$bench" naive "$work/db" "$rows"
stat -c %s "$work/db" >"$work/raw"
report 'size' bytes 'one table'

# One row at a time when there are many, beside the same when there are few.
"$bench" ours "$work/many" $((rows * 10)) 1000 >/dev/null
for turn in $(seq "$turns"); do
	rm -f "$work"/db*
	"$bench" ours "$work/db" 100 100 >/dev/null
	"$bench" ours "$work/db" 500 1 1000 >>"$work/raw"
	"$bench" ours "$work/many" 500 1 $((rows * 10 + turn * 500)) \
		>>"$work/ours"
done
report 'one by one, behind many' rows/s 'behind a hundred'
rm -f "$work"/many*

git init -q "$work/repo"
cd "$work/repo"

# lines METRIC COUNT: importing JSON lines; what both sides wrote is compared.
lines() {
	"$bench" lines "$2" >"$work/lines"
	for turn in $(seq "$turns"); do
		rm -rf .git/pv "$work"/db*
		start=$(date +%s%N)
		git-pv record --stdin <"$work/lines" >/dev/null
		end=$(date +%s%N)
		echo $(($2 * 1000000000 / (end - start))) >>"$work/ours"
		"$bench" raw "$work/db" "$2" 1000 >>"$work/raw"
	done
	"$bench" same .git/pv/index.db "$work/db"
	report "$1"
}

lines 'import of lines' "$rows"
PV_BENCH_SMALL=1
export PV_BENCH_SMALL
lines 'import of lines without texts' $((rows * 5))
