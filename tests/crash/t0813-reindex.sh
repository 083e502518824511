#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2034
#
# Whatever happens while the rows derived from git are made, the history that
# is told is git's, and they can be made again.
. "$(dirname "$0")/faults.sh"
begin_faults 'what is derived from git never tells anything else' 7
command="git pv reindex --json"

is_true() {
	for id in a b sub/c; do
		git -C "$work" log --format=%H -- "prompts/$id.yaml" \
			>"$SCRATCH/want" || return
		git -C "$work" pv log "$id" --json >"$SCRATCH/log" || return
		jq -r '.[].commit' <"$SCRATCH/log" >"$SCRATCH/got"
		cmp_files "$SCRATCH/want" "$SCRATCH/got" || return
	done
	git -C "$work" pv reindex --only-new -q
}

# Where faults strike: copies of the repository the body stands in.
from_here() {
	text_prompt prompts/a.yaml 'More.'
	git pv commit -q -m 'More' >/dev/null
	stage=$PWD
	work=$SCRATCH/work
}

it 'when it is killed or the disk is full, at first' '
	stage first
	from_here
	each_fault kill "" is_true
	each_fault tear "" is_true
	each_fault full on is_true
	each_fault io "" is_true
'

it 'when there is something already' '
	stage again
	git pv reindex -q
	from_here
	each_fault kill "" is_true
	each_fault tear "" is_true
	each_fault full "" is_true
'

it 'when a reading command adds what is new' '
	stage reader
	git pv reindex -q
	from_here
	command="git pv log a --json"
	each_fault kill "" is_true
	each_fault tear "" is_true
	each_fault full on is_true
	each_fault io on is_true
'

it 'when eight do it at once' '
	stage many
	from_here
	for n in 1 2 3 4 5 6 7 8; do
		git pv reindex -q 2>>"$SCRATCH/errors" &
		git pv log a >/dev/null 2>>"$SCRATCH/errors" &
	done
	wait
	cmp_files /dev/null "$SCRATCH/errors"
	work=$PWD
	is_true
'

finish
