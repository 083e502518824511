#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/corpus.sh KIND FILE... [--print]
#
# Runs the corpus program of a kind (tests/tools/corpus_KIND.c; that of jinja
# for vars, the variables of templates) over files.
# Prints failures and a closing "N passed, N failed, N skipped"; with --print
# one JSON line per case and nothing else. The program is built into
# build/release on first use, or taken from $PV_BUILD.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
if [ $# -lt 2 ]; then
	echo "usage: sh tests/corpus.sh KIND FILE... [--print]" >&2
	exit 129
fi
kind=$1
shift
if [ "$kind" = vars ]; then
	kind=jinja
	set -- --vars "$@"
fi
if [ ! -f "$top/tests/tools/corpus_$kind.c" ]; then
	echo "error: no corpus kind \"$kind\"" >&2
	exit 129
fi

build=${PV_BUILD:-$top/build/release}
program=$build/tests/corpus_$kind
log=${TMPDIR:-/tmp}/pv-corpus-build.$$
trap 'rm -f "$log"' EXIT
if [ -z "${PV_BUILD:-}" ] || [ ! -x "$program" ]; then
	{
		if [ ! -f "$build/CMakeCache.txt" ]; then
			cmake -S "$top" -B "$build" -G Ninja \
				-DCMAKE_BUILD_TYPE=Release
		fi
		cmake --build "$build" -j2 --target "corpus_$kind"
	} >"$log" 2>&1 || {
		cat "$log" >&2
		exit 128
	}
fi
rm -f "$log"
PV_TOP=$top
export PV_TOP
exec "$program" "$@"
