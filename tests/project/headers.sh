#!/bin/sh
# Each public header compiles alone, as C11 and as C++17, without a warning.
set -eu
cd "$(dirname "$0")/../.."

bad=0
for header in libpv/include/pv.h libpv/include/pv/*.h; do
	name=${header#libpv/include/}
	printf '#include <%s>\n' "$name" |
		${CC:-cc} -std=c11 -pedantic -Wall -Wextra -Werror \
			-Ilibpv/include -fsyntax-only -x c - || bad=1
	printf '#include <%s>\n' "$name" |
		${CXX:-c++} -std=c++17 -pedantic -Wall -Wextra -Werror \
			-Ilibpv/include -fsyntax-only -x c++ - || bad=1
	if grep -qE '#include <(git2|yaml|jansson|cmark|sqlite3|curl)' "$header"; then
		echo "$header: names a third-party header"
		bad=1
	fi
done
exit $bad
