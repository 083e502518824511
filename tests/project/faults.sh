#!/bin/sh
# Every exported function from which an allocation can be reached, ours or one
# of libyaml, jansson, cmark and libgit2, has a row in the tables of tests/unit/alloc,
# which make each of its allocations fail. What is reached is read from the
# calls and addresses in the archive; calls through tables of functions are not
# followed.
set -eu
cd "$(dirname "$0")/../.."
build=${PV_BUILD:-build/dev}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat libpv/include/pv/*.h | tr '\n' ' ' | sed 's/PV_API/\n&/g' |
	sed -n 's/^PV_API[^(]*[ *]\(pv_[a-z0-9_]*\)(.*/\1/p' |
	sort >"$work/declared"
cat tests/unit/alloc/test_*.c | tr -d '\n\t' |
	grep -o 'WALK(pv_[a-z0-9_]*' | sed 's/WALK(//' | sort -u >"$work/walked"

# Edges "object:function callee", one a line, then what leads to a root.
objdump -dr --no-show-raw-insn "$build/libpv/libpv.a" | awk '
	/file format/ { object = $1 }
	/^[0-9a-f]+ <.*>:$/ {
		caller = substr($2, 2, length($2) - 3)
		print object caller, "="
	}
	/^ .*</ {
		match($0, /<[^>+]*/)
		print object caller, substr($0, RSTART + 1, RLENGTH - 1)
	}
	/R_[A-Z0-9_]+\t/ {
		sub(/[-+]0x[0-9a-f]+$/, "", $NF)
		print object caller, $NF
	}' | sort -u >"$work/edges"
awk '
	function is_root(name) {
		if (name ~ /_(free|dispose|delete|decref|clear|shutdown|version)$/ ||
		    name ~ /^(git_oid_|git_error_|json_(object|array)_(get|size))/)
			return 0
		return name ~ /^pv_(malloc|calloc|realloc)$/ ||
		       name ~ /^(git|json|yaml|cmark)_/
	}
	{
		split($1, part, ":")
		if ($2 == "=") {
			defined[$1] = 1
			if (part[2] ~ /^pv_/)
				global[part[2]] = $1
			next
		}
		object[NR] = part[1] ":"
		from[NR] = $1
		to[NR] = $2
	}
	END {
		for (i in to) {
			target = to[i]
			if (object[i] target in defined)
				target = object[i] target
			else if (target in global)
				target = global[target]
			callers[target] = callers[target] " " from[i]
		}
		for (target in callers) {
			name = target
			sub(/.*:/, "", name)
			if (is_root(name) && !(target in reached)) {
				reached[target] = 1
				queue[++last] = target
			}
		}
		for (first = 1; first <= last; first++) {
			count = split(callers[queue[first]], list, " ")
			for (i = 1; i <= count; i++)
				if (!(list[i] in reached)) {
					reached[list[i]] = 1
					queue[++last] = list[i]
				}
		}
		for (target in reached) {
			sub(/.*:/, "", target)
			print target
		}
	}' "$work/edges" | sort -u >"$work/reached"

comm -12 "$work/declared" "$work/reached" >"$work/needed"
bad=0
if comm -23 "$work/needed" "$work/walked" | grep .; then
	echo 'can allocate and have no row in tests/unit/alloc'
	bad=1
fi
if comm -13 "$work/declared" "$work/walked" | grep -v '^pv_json_' | grep .; then
	echo 'have a row in tests/unit/alloc and are not exported'
	bad=1
fi
# The reading of the archive must have worked at all.
if [ "$(wc -l <"$work/needed")" -lt 60 ]; then
	echo "only $(wc -l <"$work/needed") functions seem to allocate"
	bad=1
fi
exit $bad
