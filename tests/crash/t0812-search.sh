#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2034
#
# Rows are found once each, whatever happened to whoever let the search see
# them, and what the search holds fits the texts that it is of.
. "$(dirname "$0")/faults.sh"
begin_faults 'a search finds each row, and finds it once' 11
command="git pv history search word --json"

# Five rows that the search has seen, five that it has not.
begun() {
	stage "$1"
	seq 5 | sed 's/.*/{"template":"t","output":"word seen &"}/' |
		git pv record --stdin >/dev/null
	git pv history search word >/dev/null 2>&1
	seq 5 | sed 's/.*/{"template":"t","output":"word fresh &"}/' |
		git pv record --stdin >/dev/null
	stage=$PWD
	work=$SCRATCH/work
}

is_whole() {
	python3 - "$work/.git/pv/index.db" <<-CHECK
		import json, sqlite3, sys
		db = sqlite3.connect(sys.argv[1])
		def texts(value):
		    if isinstance(value, str):
		        return value + "\n"
		    if isinstance(value, dict):
		        value = [v for k, v in value.items() if k != "role"]
		    return "".join(map(texts, value)) if isinstance(value, list) else ""
		def plain(content, is_json):
		    if content is None:
		        return None
		    text = content if isinstance(content, str) else content.decode()
		    return texts(json.loads(text)) if is_json else text
		db.create_function("pv_plain", 2, plain, deterministic=True)
		db.execute("INSERT INTO search (search) VALUES ('integrity-check')")
	CHECK
}

is_found_once() {
	git -C "$work" pv history search word -n 0 --json \
		>"$SCRATCH/found" 2>&1 || return
	same "10 10 0" "$(jq -r '"\(.hits | length) \(
		.hits | unique_by(.id) | length) \(.pending)"' "$SCRATCH/found")" ||
		return
	is_whole
}

# The same; what cannot be written is searched as far as it goes.
is_told() {
	if [ "$fault_status" -eq 0 ]; then
		same 10 "$(jq '.pending + (.hits | length)' "$SCRATCH/run.out")" ||
			return
	else
		grep -qE '"code":"(io|db)"' "$SCRATCH/run.out" || return
	fi
	is_found_once
}

it 'when it is killed' '
	begun kill
	each_fault kill "" is_found_once
	each_fault tear "" is_found_once
'

it 'when the disk is full, or fails' '
	begun full
	each_fault full "" is_told
	each_fault full on is_told
	each_fault io on is_told
'

# Half of them are to go; what a killed deletion left the next one takes.
is_gone_once() {
	git -C "$work" pv history list --metadata who=a --json >"$SCRATCH/left" ||
		return
	git -C "$work" pv history delete --metadata who=a >/dev/null || return
	if grep -qa "traces" "$work"/.git/pv/index.db*; then
		log "traces are left"
		return 1
	fi
	git -C "$work" pv history search word -n 0 --json \
		>"$SCRATCH/found" 2>&1 || return
	same "5 0" "$(jq -r '"\(.hits | length) \(.pending)"' "$SCRATCH/found")" ||
		return
	is_whole
}

it 'when a deletion is killed' '
	stage gone
	for who in a b; do
		seq 5 | sed "s/.*/{\"template\":\"t\",\"output\":\"word ${who}traces &\",\"metadata\":{\"who\":\"$who\"}}/; s/btraces/other/" |
			git pv record --stdin >/dev/null
		git pv history search word >/dev/null 2>&1
	done
	stage=$PWD
	work=$SCRATCH/work
	command="git pv history delete --metadata who=a --json"
	each_fault kill "" is_gone_once
	each_fault full on is_gone_once
'

it 'when several search while others record' '
	stage many
	for writer in 1 2 3; do
		for n in 1 2 3 4 5 6 7 8 9 10; do
			git pv record --template t --output "word $n" >/dev/null
		done &
	done
	for searcher in 1 2; do
		for n in 1 2 3 4 5 6; do
			timeout -s KILL "0.0$((n + 2))" \
				git-pv history search word >/dev/null 2>&1 || :
		done &
	done
	wait
	git pv history search word -n 0 --json >../found
	json ../found "[(.hits | length), (.hits | unique_by(.id) | length)]" \
		"[30,30]"
	work=$PWD
	is_whole
'

finish
