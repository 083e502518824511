#!/bin/sh
# What `cmake --install` puts down is enough to build against: with
# pkg-config, with the CMake package (shared and static), and as a command.
set -eu
cd "$(dirname "$0")/../.."
top=$PWD
build=${PV_BUILD:-build/dev}
case $build in /*) ;; *) build=$top/$build ;; esac
if grep -q '^PV_SANITIZE:STRING=.' "$build/CMakeCache.txt"; then
	echo 'skipped: a sanitized library is not one to install'
	exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/usr" >/dev/null
libdir=$(dirname "$(find "$work/usr" -name libpv.so)")
[ -L "$libdir/libpv.so" ] && [ -f "$libdir/libpv.a" ]
readelf -d "$libdir/libpv.so" | grep -q 'SONAME.*libpv\.so\.[0-9]'

cat >"$work/main.c" <<'C'
#include <pv.h>
#include <stdio.h>
int main(void)
{
	pv_yaml *doc;
	pv_error err;

	if (pv_init(&err) < 0 || pv_yaml_parse(&doc, "a: 1\n", 5, NULL, &err) < 0)
		return 1;
	puts(pv_version());
	pv_yaml_free(doc);
	pv_shutdown();
	return 0;
}
C
export PKG_CONFIG_PATH="$libdir/pkgconfig"
cc -std=c11 "$work/main.c" -o "$work/by-pkg-config" $(pkg-config --cflags --libs libpv)
LD_LIBRARY_PATH=$libdir "$work/by-pkg-config" >"$work/out"
grep -qx "$(pkg-config --modversion libpv)" "$work/out"

mkdir "$work/consumer"
cat >"$work/consumer/CMakeLists.txt" <<'C'
cmake_minimum_required(VERSION 3.25)
project(consumer C)
find_package(pv REQUIRED)
add_executable(shared ../main.c)
target_link_libraries(shared pv::pv)
add_executable(static ../main.c)
target_link_libraries(static pv::pv_static)
C
cmake -S "$work/consumer" -B "$work/consumer/build" \
	-DCMAKE_PREFIX_PATH="$work/usr" >"$work/log" 2>&1 &&
	cmake --build "$work/consumer/build" >>"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
"$work/consumer/build/shared" >/dev/null
"$work/consumer/build/static" >/dev/null

PATH=$work/usr/bin:$PATH git pv version >/dev/null
for page in git-pv.1 pv-prompt.5 libpv.3; do
	[ -f "$work/usr/share/man/man${page##*.}/$page" ] ||
		command -v scdoc >/dev/null || continue
	[ -f "$work/usr/share/man/man${page##*.}/$page" ]
done
