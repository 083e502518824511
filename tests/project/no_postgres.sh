#!/bin/sh
# SPDX-License-Identifier: MIT
#
# With -DPV_POSTGRES=OFF git-pv is whole, without PostgreSQL. Only what differs
# is compiled: nothing else may need what is left out then.
set -eu
cd "$(dirname "$0")/../.."

PV_BUILD=${PV_BUILD:-$PWD/build/dev}
objects=$PV_BUILD/libpv/CMakeFiles/pv_objects.dir
[ -d "$objects" ] || {
	echo 'skipped: there is no library to look into' >&2
	exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake -S . -B "$work" -G Ninja -DPV_POSTGRES=OFF -DPV_TESTS=ON \
	>"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
if grep -nE 'index/postgres/|bench_postgres|libpq' \
	"$work/build.ninja"; then
	echo 'this is built, or used, without PostgreSQL'
	exit 1
fi

# The one file that asks whether there is PostgreSQL.
asks=libpv/CMakeFiles/pv_objects.dir/index/executions.c.o
ninja -C "$work" "$asks" >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
grep -rl 'PV_POSTGRES$' libpv cmd --include='*.[ch]' >"$work/names"
[ "$(cat "$work/names")" = libpv/index/executions.c ] || {
	echo 'these ask for PV_POSTGRES, and only executions.c is compiled here:'
	cat "$work/names"
	exit 1
}

# needs FILE...: what they take from the folder that is left out.
needs() {
	nm -A --undefined-only "$@" 2>/dev/null |
		grep -E ' U (pv_pg_|pv_postgres_|pv_libpq_|pv_fail_pq)'
}
if needs "$work/$asks"; then
	echo 'this is needed without PostgreSQL'
	exit 1
fi
find "$objects" -name '*.o' ! -path '*/index/postgres/*' \
	! -name 'postgres_migrations.c.o' ! -path '*/index/executions.c.o' \
	>"$work/others"
[ -s "$work/others" ]
# shellcheck disable=SC2046 # no name of ours has a blank
if needs $(cat "$work/others"); then
	echo 'these need what is left out without PostgreSQL'
	exit 1
fi
