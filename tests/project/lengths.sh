#!/bin/sh
# No file over 700 lines, no function over 80, every file with its licence
# line. The aims are lower (see CONTRIBUTING.md).
set -eu
cd "$(dirname "$0")/../.."

git ls-files --cached --others --exclude-standard -- '*.[ch]' | xargs awk '
function complain(line, what) {
	printf "%s:%d: %s\n", FILENAME, line, what
	bad = 1
}
FNR == 1 {
	if ($0 !~ /^\/\* SPDX-License-Identifier: MIT$/)
		complain(1, "no SPDX line")
	start = 0
}
FNR == 701 { complain(701, "file longer than 700 lines") }
/^{/ { start = FNR }
/^}/ {
	if (start && FNR - start - 1 > 80)
		complain(start, "function longer than 80 lines")
	start = 0
}
END { exit bad }
'
