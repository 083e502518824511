#!/bin/sh
# The library exports what its headers declare, nothing more or less, and does
# not call what a library must not (exit, stdout, the environment) or what
# nobody should (unbounded string functions).
set -eu
cd "$(dirname "$0")/../.."
build=${PV_BUILD:-build/dev}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nm -D --defined-only "$build/libpv/libpv.so" | awk '{ print $3 }' |
	grep -v '^__\|^_init$\|^_fini$' | sort >"$work/exported"
cat libpv/include/pv/*.h | tr '\n' ' ' | sed 's/PV_API/\n&/g' |
	sed -n 's/^PV_API[^(]*[ *]\(pv_[a-z0-9_]*\)(.*/\1/p' |
	sort >"$work/declared"
if ! diff -u "$work/declared" "$work/exported"; then
	echo 'declared (-) and exported (+) functions differ'
	exit 1
fi

nm -u "$build/libpv/libpv.a" 2>/dev/null | awk 'NF == 2 { print $2 }' |
	sort -u >"$work/called"
banned='strcpy strcat strncpy strncat strtok sprintf vsprintf gets atoi
localtime gmtime ctime asctime mktemp strerror setlocale getenv exit _exit
abort printf vprintf puts putchar perror system popen malloc calloc realloc'
bad=0
for name in $banned; do
	if grep -qx "$name" "$work/called"; then
		case $name in
		malloc|calloc|realloc) # only the allocator door, and libgit2's
			users=$(nm -A -u "$build/libpv/libpv.a" |
				grep " U $name\$" |
				grep -v ':mem\.c\.o:\|:git_memory\.c\.o:' || :)
			[ -z "$users" ] && continue ;;
		_exit) # a child that could not exec has no other way
			users=$(nm -A -u "$build/libpv/libpv.a" |
				grep ' U _exit$' | grep -v ':git_run\.c\.o:' || :)
			[ -z "$users" ] && continue ;;
		esac
		nm -A -u "$build/libpv/libpv.a" | grep " U $name\$"
		bad=1
	fi
done
exit $bad
