#!/bin/sh
# clang-tidy over every source of the library and the commands.
# One file a process: in company, clang-tidy 14 misreads va_list. Assertions
# stay, whatever the build: they tell the analyzer what holds.
# PV_TIDY_CHANGED=REV limits it to files changed since REV. The analyzer gives
# up on a function after PV_TIDY_NODES states: a third of its own limit, which
# takes a third of the time; PV_TIDY_NODES=225000 is its own.
set -eu
cd "$(dirname "$0")/../.."
build=${PV_BUILD:-build/dev}

command -v clang-tidy >/dev/null || {
	echo 'skipped: clang-tidy is not installed'
	exit 77
}
if [ -n "${PV_TIDY_CHANGED:-}" ]; then
	files=$(git diff --name-only --diff-filter=d "$PV_TIDY_CHANGED" -- \
		'libpv/*.c' 'cmd/*.c')
else
	files=$(git ls-files -- 'libpv/*.c' 'cmd/*.c')
fi
[ -n "$files" ] || exit 0
printf '%s\n' $files | xargs -P 2 -n 1 clang-tidy --quiet \
	--extra-arg=-Wno-unknown-warning-option --extra-arg=-UNDEBUG \
	--extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang \
	--extra-arg="max-nodes=${PV_TIDY_NODES:-75000}" -p "$build" 2>&1 |
	grep -v 'warnings generated\|^Suppressed\|^Use -header-filter' >"$build/tidy.log" || :
if grep -q 'error:\|warning:' "$build/tidy.log"; then
	cat "$build/tidy.log"
	exit 1
fi
