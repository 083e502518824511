#!/bin/sh
# Installs the Debian packages that a purpose needs and the machine lacks:
# `build` (compile and run git-pv) or `tests` (that and everything tests use).
set -eu

build='git gcc libc6-dev make cmake ninja-build pkg-config libgit2-dev
libyaml-dev libjansson-dev zlib1g-dev libgmp-dev libpcre2-dev libidn2-dev
libcmark-dev libsqlite3-dev libpq-dev nettle-dev scdoc'
tests='g++ libcmocka-dev clang libclang-rt-14-dev clang-format clang-tidy cppcheck binutils
python3-jsonschema python3-jinja2 python3 procps openssh-client man-db jq zsh fish
libxml2-utils postgresql'

packages=$build
[ "${1:-build}" = tests ] && packages="$build $tests"

missing=
for package in $packages; do
	state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || :)
	[ "$state" = 'install ok installed' ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	sudo=$(command -v sudo) || {
		echo "error: these packages are missing:$missing" >&2
		echo 'hint: run this as root, or install sudo' >&2
		exit 1
	}
fi
echo "installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $sudo apt-get update -qq &&
	DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq \
		--no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
	cat "$log" >&2
	echo 'error: apt-get could not install what is missing' >&2
	exit 1
fi
