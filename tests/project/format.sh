#!/bin/sh
# The sources are as clang-format 14 leaves them.
set -eu
cd "$(dirname "$0")/../.."

format=$(command -v clang-format-14 || command -v clang-format) || {
	echo 'skipped: clang-format is not installed'
	exit 77
}
case $("$format" --version) in
*' 14.'*) ;;
*)
	echo 'skipped: other releases of clang-format differ from 14'
	exit 77 ;;
esac
git ls-files --cached --others --exclude-standard -- '*.[ch]' |
	xargs "$format" --dry-run -Werror
