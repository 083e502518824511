#!/bin/sh
# Runs each fuzz target of preset `fuzz` for the given seconds, from the seed
# in PV_SEED or a fresh one, which is printed. Findings stay in build/fuzz.
set -eu
cd "$(dirname "$0")/.."

cmake --preset fuzz >/dev/null
cmake --build build/fuzz -j2 --target $(ls tests/fuzz |
	sed -n 's/^\(fuzz_.*\)\.c$/\1/p') >/dev/null
[ "${1:-60}" = --build ] && exit 0
seconds=${1:-60}
seed=${PV_SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
status=0
for target in build/fuzz/tests/fuzz_*; do
	[ -x "$target" ] && [ -f "$target" ] || continue
	name=${target##*/}
	corpus=build/fuzz/corpus/$name
	seeds=tests/data/${name#fuzz_}
	mkdir -p "$corpus"
	[ -d "$seeds" ] || seeds=
	printf 'fuzz: %s, %s s, seed %s\n' "$name" "$seconds" "$seed"
	"$target" -seed="$seed" -max_total_time="$seconds" -timeout=10 \
		-rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix=build/fuzz/ "$corpus" $seeds \
		>"build/fuzz/$name.log" 2>&1 || {
		tail -n 40 "build/fuzz/$name.log"
		status=1
	}
	grep -h 'number_of_executed_units' "build/fuzz/$name.log" || :
done
exit $status
