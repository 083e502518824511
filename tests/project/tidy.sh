#!/bin/sh
# clang-tidy over every source of the library and the commands.
# One file a process: in company, clang-tidy 14 misreads va_list. Assertions
# stay, whatever the build: they tell the analyzer what holds.
# PV_TIDY_CHANGED=REV limits it to files changed since REV. The analyzer takes
# nine tenths of the time: PV_TIDY_PART=0 to 3 has it look at every fourth file
# only, from that one on. It gives up on a function after PV_TIDY_NODES states:
# a third of its own limit, in a third of the time; PV_TIDY_NODES=225000 is it.
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
part=${PV_TIDY_PART:-}

# files IS_ANALYZED: those that the analyzer looks at, or the others.
files() {
	printf '%s\n' "$files" |
		awk -v part="$part" -v is="$1" \
			'(part == "" || (NR - 1) % 4 == part) == is'
}

# tidy OPTION...: over the files that are read.
tidy() {
	xargs -r -P 2 -n 1 clang-tidy --quiet "$@" \
		--extra-arg=-Wno-unknown-warning-option --extra-arg=-UNDEBUG \
		--extra-arg=-Xclang --extra-arg=-analyzer-config \
		--extra-arg=-Xclang \
		--extra-arg="max-nodes=${PV_TIDY_NODES:-75000}" -p "$build" 2>&1 ||
		:
}

{
	files 1 | tidy
	files 0 | tidy '--checks=-clang-analyzer-*' --extra-arg=-Wno-error
} | grep -v 'warnings generated\|^Suppressed\|^Use -header-filter' \
	>"$build/tidy.log" || :
if grep -q 'error:\|warning:' "$build/tidy.log"; then
	cat "$build/tidy.log"
	exit 1
fi
