#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Recording executions in PostgreSQL beside libpq alone, which writes the same
# rows to the same tables of the same server: one by one and in groups, each
# transaction waiting for the disk. Rows per second, so a ratio of 0.85 is 85 %
# of the peer. The server is made for this, and gone at the end.
# PV_BENCH_ROWS: rows of a turn; PV_BENCH_TURNS: turns.
set -eu

[ -n "${PV_TEST_POSTGRES:-}" ] ||
	PV_POSTGRES_FSYNC=on exec sh "$(dirname "$0")/../postgres.sh" sh "$0"

rows=${PV_BENCH_ROWS:-20000}
turns=${PV_BENCH_TURNS:-5}
bench=$PV_BUILD/tests/bench_postgres
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! [ -x "$bench" ]; then
	echo 'skipped: this was built without PostgreSQL' >&2
	exit 77
fi

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# Nothing of the turn before is left to be written.
empty_server() {
	"$PV_TEST_POSTGRES_BIN/psql" -qX "$PV_TEST_POSTGRES" \
		-c 'SET client_min_messages = error' \
		-c 'DROP DATABASE IF EXISTS bench' -c 'CREATE DATABASE bench' \
		-c CHECKPOINT
}

# compare METRIC COUNT GROUP
compare() {
	for turn in $(seq "$turns"); do
		for side in ours raw; do
			empty_server
			"$bench" "$side" \
				"postgresql://pv@/bench?host=$PV_TEST_POSTGRES_DIR" \
				"$2" "$3" >>"$work/$side"
		done
	done
	awk -v metric="$1" -v ours="$(median "$work/ours")" -v n="$turns" \
		-v raw="$(median "$work/raw")" 'BEGIN {
		printf "{\"bench\":\"postgres\",\"metric\":\"%s\",", metric
		printf "\"unit\":\"rows/s\",\"ours\":%.0f,", ours
		printf "\"peer\":\"libpq\",\"peer_value\":%.0f,", raw
		printf "\"ratio\":%.3f,\"n\":%d}\n", ours / raw, n
	}'
	rm -f "$work/ours" "$work/raw"
}

compare 'one by one' $((rows / 10)) 1
compare 'groups of 100' "$rows" 100
compare 'groups of 1000' "$rows" 1000
