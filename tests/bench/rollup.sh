#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Figures over 90 days of executions from rollups, beside the same sums by SQL
# over the rows, in milliseconds; and p95 beside the exact one.
# PV_BENCH_EXECUTIONS: how many; PV_BENCH_TURNS: turns.
set -eu

count=${PV_BENCH_EXECUTIONS:-5000000}
turns=${PV_BENCH_TURNS:-5}
bench=$PV_BUILD/tests/bench_rollup
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

line() {
	awk -v metric="$1" -v unit="$2" -v ours="$3" -v peer="$4" \
		-v value="$5" -v n="$turns" 'BEGIN {
		printf "{\"bench\":\"rollup\",\"metric\":\"%s\",", metric
		printf "\"unit\":\"%s\",\"ours\":%.3f,", unit, ours
		printf "\"peer\":\"%s\",\"peer_value\":%.3f,", peer, value
		printf "\"ratio\":%.6f,\"n\":%d}\n", ours / value, n
	}'
}

"$bench" fill "$work/db" "$count" >/dev/null
for turn in $(seq "$turns"); do
	"$bench" scan "$work/db" >>"$work/scan"
	for what in performance compare trends; do
		"$bench" $what "$work/db" >>"$work/$what"
	done
done
for what in performance compare trends; do
	line "$what" ms "$(median "$work/$what")" 'sql scan' \
		"$(median "$work/scan")"
done
# shellcheck disable=SC2046
set -- $("$bench" percentile "$work/db")
line p95 ms "$1" exact "$2"
