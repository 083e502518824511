#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The template engine beside Jinja2, Jinja2's sandbox and nunjucks, on the
# templates and contexts of tests/bench/render: a warm render, a compilation,
# and, where valgrind is, the instructions of a render. All count processor
# time and take turns; a gate stands behind each metric, ours over the peer's.
# PV_NODE_MODULES names a folder with nunjucks; else npm is asked for it.
set -eu

turns=${PV_BENCH_TURNS:-5}
here=$(cd "$(dirname "$0")" && pwd)/render
ours=$PV_BUILD/tests/bench_render
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Not a shim: instructions are counted in one process.
python=/usr/bin/python3
"$python" -c 'import jinja2' 2>/dev/null ||
	python=$(python3 -c 'import sys, jinja2; print(sys.executable)') || {
	echo 'error: python3-jinja2 is not installed' >&2
	exit 128
}
"$python" "$here/peer.py" contexts "$work"
if [ -z "${PV_NODE_MODULES:-}" ] && command -v npm >/dev/null; then
	npm install --silent --no-audit --no-fund --prefix "$work" \
		nunjucks@3.2.4 >/dev/null 2>&1 || :
	PV_NODE_MODULES=$work/node_modules
fi
NODE_PATH=${PV_NODE_MODULES:-}
export NODE_PATH
peers='jinja2 sandbox'
if [ -d "$NODE_PATH/nunjucks" ]; then
	peers="$peers nunjucks"
else
	echo 'nunjucks cannot be had: left out' >&2
fi

# engine NAME VERB CASE [PASSES]
engine() {
	name=$1 verb=$2 files="$here/$3.j2 $work/$3.json"
	shift 3
	# shellcheck disable=SC2086
	case $name in
	ours) "$ours" "$verb" $files "$@" ;;
	nunjucks) node "$here/peer.js" "$verb" $files ;;
	*) "$python" "$here/peer.py" "$verb" "$name" $files "$@" ;;
	esac
}

median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# report METRIC UNIT OURS PEER PEER_VALUE COUNT
report() {
	awk -v metric="$1" -v unit="$2" -v ours="$3" -v peer="$4" \
		-v value="$5" -v count="$6" 'BEGIN {
		printf "{\"bench\":\"render\",\"metric\":\"%s\"," \
			"\"unit\":\"%s\",\"ours\":%s,\"peer\":\"%s\"," \
			"\"peer_value\":%s,\"ratio\":%.4f,\"n\":%d}\n",
			metric, unit, ours, peer, value, ours / value, count
	}'
}

# gate_of PEER GATE: nunjucks and the sandbox have one of their own.
gate_of() {
	case $1 in
	jinja2) echo " (at most $2)" ;;
	nunjucks) echo ' (at most 1)' ;;
	esac
}

# measure VERB CASE METRIC GATE [PEER...]
measure() {
	verb=$1 case=$2 metric=$3 gate=$4
	shift 4
	for turn in $(seq "$turns"); do
		for name in ours "$@"; do
			engine "$name" "$verb" "$case" >>"$work/$verb.$case.$name"
		done
	done
	for name; do
		report "$metric$(gate_of "$name" "$gate")" 'us of CPU' \
			"$(median <"$work/$verb.$case.ours")" "$name" \
			"$(median <"$work/$verb.$case.$name")" "$turns"
	done
}

# count NAME CASE PASSES: instructions of the whole process.
count() {
	case $1 in
	ours) set -- "$ours" run "$here/$2.j2" "$work/$2.json" "$3" ;;
	*) set -- "$python" "$here/peer.py" run "$1" "$here/$2.j2" \
		"$work/$2.json" "$3" ;;
	esac
	PYTHONHASHSEED=0 valgrind --tool=callgrind \
		--callgrind-out-file="$work/out" "$@" 2>&1 |
		sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

# per_render NAME CASE PASSES: start-up and what is done once taken off.
per_render() {
	few=$(count "$1" "$2" 20)
	many=$(count "$1" "$2" $((20 + $3)))
	echo $(((many - few) / $3))
}

# all CASE METRIC GATE PASSES: what only Jinja2 can do is not for nunjucks.
all() {
	list=$peers
	for name in $peers; do
		engine "$name" print "$1" >"$work/$1.$name" 2>"$work/errors" ||
			case $name in
			nunjucks) list='jinja2 sandbox' && continue ;;
			*) cat "$work/errors" >&2 && exit 128 ;;
			esac
		engine ours print "$1" | cmp -s - "$work/$1.$name" || {
			echo "error: $name and we print another $1" >&2
			exit 128
		}
	done
	# shellcheck disable=SC2086
	measure time "$1" "$2, warm" "$3" $list
	# shellcheck disable=SC2086
	measure compile "$1" "$2, compiled" 0.005 $list
	command -v valgrind >/dev/null || return 0
	report "$2, warm (at most 0.1)" instructions \
		"$(per_render ours "$1" "$4")" jinja2 \
		"$(per_render jinja2 "$1" "$4")" 1
}

all one-variable 'one variable' 0.05 2000
all few-shot 'few shots' 0.1 100
all chat '20 messages with tools' 0.1 100
all rows '1,000 rows' 0.125 20
