#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/bench.sh [NAME...]
#
# Builds build/release and runs tests/bench/NAME.sh for each name, or all of
# them. Each prints one JSON line per measurement: {"bench", "metric", "unit",
# "ours", "peer", "peer_value", "ratio", "n"}; ours and the peer run in turn
# in the same call, so only the ratio (ours / peer) means much.
set -eu
cd "$(dirname "$0")/.."

if [ $# -eq 0 ]; then
	for script in tests/bench/*.sh; do
		name=${script##*/}
		set -- "$@" "${name%.sh}"
	done
fi
for name; do
	[ -f "tests/bench/$name.sh" ] || {
		echo "error: no benchmark \"$name\"" >&2
		exit 129
	}
done

log=$(mktemp)
trap 'rm -f "$log"' EXIT
{
	cmake --preset release && cmake --build build/release -j2
} >"$log" 2>&1 || {
	cat "$log" >&2
	exit 128
}
PV_BUILD=$PWD/build/release
export PV_BUILD
for name; do
	sh "tests/bench/$name.sh"
done
