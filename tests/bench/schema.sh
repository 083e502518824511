#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Validating beside ajv and python3-jsonschema: data that are parsed already,
# and the same from their text; and preparing a schema beside ajv. The schemas
# are of as many kinds as people write (schema/make.py). All count processor
# time and take turns.
# PV_NODE_MODULES names a folder with ajv and ajv-formats; else npm is asked for
# them. PV_BENCH_CASES names some of the cases.
set -eu

turns=${PV_BENCH_TURNS:-3}
here=$(cd "$(dirname "$0")" && pwd)/schema
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cases=$(python3 "$here/make.py" "$work")
cases=${PV_BENCH_CASES:-$cases}
if [ -z "${PV_NODE_MODULES:-}" ] && command -v npm >/dev/null; then
	npm install --silent --no-audit --no-fund --prefix "$work" \
		ajv@8.17.1 ajv-formats@3.0.1 >/dev/null 2>&1 || :
	PV_NODE_MODULES=$work/node_modules
fi
NODE_PATH=${PV_NODE_MODULES:-}
export NODE_PATH
peers=
[ -d "$NODE_PATH/ajv-formats" ] && peers=ajv || echo 'ajv cannot be had: left out' >&2
if python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null; then
	peers="$peers jsonschema"
else
	echo 'python3-jsonschema is not installed: left out' >&2
fi

# engine NAME VERB CASE
engine() {
	set -- "$1" "$2" "$work/$3.schema.json" "$work/$3.data.json"
	case $1 in
	ours) shift; "$PV_BUILD/tests/bench_schema" "$@" ;;
	ajv) shift; node "$here/peer.js" "$@" ;;
	jsonschema) shift; python3 "$here/peer.py" "$@" ;;
	esac
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for verb in validate whole prepare; do
	# jsonschema prepares nothing
	[ "$verb" != prepare ] || peers=${peers%%jsonschema*}
	for case in $cases; do
		for turn in $(seq "$turns"); do
			for name in ours $peers; do
				engine "$name" "$verb" "$case" >>"$work/$verb.$case.$name"
			done
		done
		ours=$(median "$work/$verb.$case.ours")
		for peer in $peers; do
			value=$(median "$work/$verb.$case.$peer")
			gate=1
			[ "$peer" = ajv ] || gate=0.02
			[ "$verb" != prepare ] || gate=0.0333
			awk -v metric="$verb $case (at most $gate)" -v ours="$ours" \
				-v peer="$peer" -v value="$value" -v count="$turns" 'BEGIN {
				printf "{\"bench\":\"schema\",\"metric\":\"%s\"," \
					"\"unit\":\"ns\",\"ours\":%s,\"peer\":\"%s\"," \
					"\"peer_value\":%s,\"ratio\":%.4f,\"n\":%d}\n",
					metric, ours, peer, value, ours / value, count
			}'
		done
	done
done
