#!/bin/sh
# Every command has a manual page that says what -h says: the same synopsis,
# every option, and which man has no warnings for; -h itself keeps to its form.
set -eu
cd "$(dirname "$0")/../.."
build=${PV_BUILD:-build/dev}
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
git_pv=$build/cmd/git-pv/git-pv
man=cmd/git-pv/man
status=0

command -v scdoc >/dev/null || {
	echo 'skipped: scdoc is not installed'
	exit 77
}
[ -x "$git_pv" ] || {
	echo "no git-pv in $build" >&2
	exit 1
}
work=$(mktemp -d "${TMPDIR:-/tmp}/pv-man.XXXXXX")
trap 'rm -rf "$work"' EXIT

complain() {
	printf '%s\n' "$*"
	status=1
}

# section FILE NAME: the lines below "# NAME".
section() {
	awk -v name="# $2" '
		/^# / { on = $0 == name; next }
		on' "$1"
}

# plain: scdoc text without its marks.
plain() {
	sed -e 's/++$//' -e 's/\\\(.\)/\1/g' -e 's/[*_]//g' -e '/^$/d'
}

check_help() {
	"$git_pv" "$1" -h >"$work/help" || complain "$1: -h fails"
	[ "$(wc -l <"$work/help")" -le 25 ] ||
		complain "$1: -h is longer than 25 lines"
	head -n 1 "$work/help" | grep -q "^usage: git pv $1" ||
		complain "$1: -h does not begin with the usage"
	grep -q '^examples:' "$work/help" || complain "$1: -h has no examples"
}

check_page() {
	page=$man/git-pv-$1.1.scd
	[ -f "$page" ] || {
		complain "$1: no $page"
		return
	}
	sed -n 's/^usage: //p; s/^   or: //p' "$work/help" >"$work/expected"
	section "$page" SYNOPSIS | plain >"$work/actual"
	diff -u "$work/expected" "$work/actual" ||
		complain "$1: SYNOPSIS differs from -h"
	section "$page" OPTIONS | plain >"$work/options"
	"$git_pv" completion --list options "$1" | sed 's/=$//' |
		grep -vxE -e '--(help|quiet|verbose|color|no-pager|no-fallback)' >"$work/names" || :
	while read -r option; do
		grep -qE -e "(^|[^-a-z])$option([^-a-z]|$)" "$work/options" ||
			complain "$1: $option is not in $page"
	done <"$work/names"
	for name in DESCRIPTION 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
		grep -qx "# $name" "$page" || complain "$1: no $name in $page"
	done
	grep -qF "git-pv-$1" $man/git-pv.1.scd ||
		complain "$1: git-pv(1) does not name it"
}

for command in $("$git_pv" completion --list commands) merge-driver \
	mergetool textconv
do
	"$git_pv" "$command" -h >/dev/null 2>&1 || {
		complain "$command: no such command"
		continue
	}
	check_help "$command"
	check_page "$command"
done
for page in "$man"/*.scd libpv/man/*.scd; do
	scdoc <"$page" >"$work/page" || complain "$page: scdoc fails"
	! command -v man >/dev/null || {
		LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 "$work/page" \
			2>&1 >/dev/null </dev/null | sed "s|^|$page: |" \
			>"$work/warnings"
		[ ! -s "$work/warnings" ] || complain "$(cat "$work/warnings")"
	}
	# References lead somewhere: ours exist, others are git's or POSIX's.
	grep -oE '\*(git-pv|pv)[a-z.-]*\*\([0-9]\)' "$page" |
		sed 's/\*\(.*\)\*(\([0-9]\))/\1.\2/' | sort -u |
		while read -r name; do
			[ -f "$man/$name.scd" ] || echo "$page: no $name"
		done >"$work/dangling"
	[ ! -s "$work/dangling" ] || complain "$(cat "$work/dangling")"
done
exit $status
