#!/bin/sh
# SPDX-License-Identifier: MIT
#
# YAML text to a document and to a loaded prompt, against libyaml's bare event
# loop over the same texts: times always, instructions where valgrind is.
set -eu

program=$PV_BUILD/tests/bench_yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/files"
"$program" time
"$program" load "$work/files"

command -v valgrind >/dev/null || exit 0

# count WHAT PASSES: instructions of the whole process.
count() {
	valgrind --tool=callgrind --callgrind-out-file="$work/out" \
		"$program" run "$1" "$2" 2>&1 |
		sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

# per_file WHAT: instructions per file, start-up taken off.
per_file() {
	once=$(count "$1" 1)
	twice=$(count "$1" 2)
	files=$("$program" files)
	echo $(((twice - once) / files))
}

peer=$(per_file events)
for what in document prompt; do
	ours=$(per_file "$what")
	ratio=$(awk "BEGIN { printf \"%.3f\", $ours / $peer }")
	printf '{"bench":"yaml","metric":"text to %s","unit":"instructions/file","ours":%s,"peer":"libyaml events","peer_value":%s,"ratio":%s,"n":1}\n' \
		"$what" "$ours" "$peer" "$ratio"
done
