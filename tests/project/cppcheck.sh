#!/bin/sh
# cppcheck over the library and the commands. Variables stand at the top of
# their block, resources at the top of the function: no word on their scope.
set -eu
cd "$(dirname "$0")/../.."
build=${PV_BUILD:-build/dev}

command -v cppcheck >/dev/null || {
	echo 'skipped: cppcheck is not installed'
	exit 77
}
mkdir -p "$build/cppcheck"
exec cppcheck -j2 -q --std=c11 \
	--enable=warning,style,performance,portability --inline-suppr \
	--suppress=missingIncludeSystem --suppress=unusedStructMember \
	--suppress=variableScope \
	--cppcheck-build-dir="$build/cppcheck" \
	--error-exitcode=1 -Ilibpv/include -Ilibpv -Icmd/git-pv \
	-D_POSIX_C_SOURCE=200809L '-DPV_VERSION_STRING="x"' libpv cmd
