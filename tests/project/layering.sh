#!/bin/sh
# Includes only point downward, and each third-party header stays in the one
# place that may see it. The order is the one of ARCHITECTURE.md.
set -eu
cd "$(dirname "$0")/../.."

find libpv cmd -name '*.[ch]' | sort | xargs awk '
BEGIN {
	rows = split("base|yaml schema jinja stats|prompt|" \
		     "store diff render|version merge check index|" \
		     "blame analytics provider search|" \
		     "policy|review|deploy|experiment eval exchange", row, "|")
	for (i = 1; i <= rows; i++) {
		count = split(row[i], names, " ")
		for (j = 1; j <= count; j++)
			rank[names[j]] = i
	}
	rank["cmd"] = rows + 1
	# Public headers that are not named after their module.
	split("api buf error init report trace", plain, " ")
	for (i in plain)
		module_of[plain[i]] = "base"
	module_of["git"] = "store"
	module_of["signature"] = "store"
	module_of["git_rows"] = "index"
	module_of["distribution"] = "stats"
	module_of["culprit"] = "stats"
	module_of["experiment_file"] = "experiment"
	module_of["results"] = "experiment"
	module_of["snapshot"] = "deploy"
	module_of["appraise"] = "review"
	owner["yaml.h"] = "libpv/yaml/"
	owner["git2.h"] = "libpv/store/"
	owner["git2/"] = "libpv/store/"
	owner["jansson.h"] = "libpv/base/json"
	owner["cmark.h"] = "libpv/diff/"
	owner["sqlite3.h"] = "libpv/index/sqlite"
	owner["libpq-fe.h"] = "libpv/index/postgres"
	owner["curl/"] = "libpv/provider/"
	owner["microhttpd.h"] = "cmd/pv-server/"
	owner["openssl/"] = "libpv/base/"
	owner["nettle/"] = "libpv/base/hash"
	owner["zlib.h"] = "libpv/store/"
	owner["pcre2.h"] = "libpv/schema/"
	owner["idn2.h"] = "libpv/schema/"
	owner["gmp.h"] = "libpv/jinja/"
	owner["utf8proc.h"] = "libpv/base/"
}
FNR == 1 {
	split(FILENAME, part, "/")
	if (part[1] == "cmd") {
		here = "cmd"
	} else if (FILENAME ~ /^libpv\/include\//) {
		here = part[4]
		sub(/\.h$/, "", here)
		if (here in module_of)
			here = module_of[here]
	} else {
		here = part[2]
	}
}
function complain(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
	bad = 1
}
# Whether a header is one of the command that includes it.
function is_own(name, path, line, found) {
	path = part[1] "/" part[2] "/" name
	found = (getline line < path) >= 0
	close(path)
	return found
}
FILENAME == "libpv/include/pv.h" { next }
/^# *include/ {
	name = $0
	gsub(/^# *include *[<"]|[>"].*$/, "", name)
	if (name == "pv.h")
		next
	there = ""
	if (name ~ /^pv\//) {
		there = substr(name, 4)
		sub(/\.h$/, "", there)
		if (there in module_of)
			there = module_of[there]
	} else if ($0 ~ /"/ && name ~ /\//) {
		there = name
		sub(/\/.*/, "", there)
		if (here == "cmd" && is_own(name))
			next
		if (here == "cmd" && there != "base")
			complain("a command may use pv/*.h and base/*.h, not " name)
	} else {
		for (prefix in owner)
			if (index(name, prefix) == 1 && \
			    index(FILENAME, owner[prefix]) != 1)
				complain(name " belongs to " owner[prefix])
		next
	}
	if (!(there in rank))
		complain("no such module: " there)
	else if (here != there && rank[there] >= rank[here])
		complain(here " must not include " there " (" name ")")
}
END { exit bad }
'
