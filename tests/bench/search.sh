#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Searching executions beside FTS5 alone with the same texts: how fast all is
# findable, and how long the best twenty take for words that many, some and few
# rows have. PV_BENCH_ROWS: how many rows, a multiple of 1000 (a million takes
# an hour); "often" is in two of three of them, and more than 20,000 are not
# ranked. PV_BENCH_TURNS: turns.
set -eu

rows=${PV_BENCH_ROWS:-30000}
turns=${PV_BENCH_TURNS:-5}
bench=$PV_BUILD/tests/bench_search
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# report METRIC UNIT TURNS: medians of both sides.
report() {
	awk -v metric="$1" -v unit="$2" -v n="$3" \
		-v ours="$(median "$work/ours")" \
		-v raw="$(median "$work/raw")" 'BEGIN {
		printf "{\"bench\":\"search\",\"metric\":\"%s\",", metric
		printf "\"unit\":\"%s\",\"ours\":%.4g,", unit, ours
		printf "\"peer\":\"fts5\",\"peer_value\":%.4g,", raw
		printf "\"ratio\":%.3f,\"n\":%d}\n", ours / raw, n
	}'
	rm -f "$work/ours" "$work/raw"
}

"$bench" record "$work/db" "$rows" >/dev/null
"$bench" drain "$work/db" "$rows" >"$work/ours"
"$bench" raw "$work/fts" "$rows" >"$work/raw"
report 'drained' rows/s 1

for word in often some seldom rare 'some rare' 'rare seldom' '"often some"'; do
	for turn in $(seq "$turns"); do
		"$bench" ours "$work/db" "$word" 10 >>"$work/ours"
		"$bench" peer "$work/fts" "$word" 10 >>"$work/raw"
	done
	report "$(echo "$word" | tr -d '"')" ms "$turns"
done
