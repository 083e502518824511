#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2034
#
# What could not wait for the index is put beside it and taken over later; of
# neither a kill nor a failing disk makes an execution that was acknowledged go,
# or come twice.
. "$(dirname "$0")/faults.sh"
begin_faults 'no execution beside the index is lost' 3
new_id=01900000-0002-7000-8000-000000000000

# outputs: those of all executions, sorted.
outputs() {
	git -C "$work" pv history export 2>/dev/null |
		sed -n 's/.*"output":"\([^"]*\)".*/\1/p' | sort | paste -sd' '
}


# Acknowledged is what has an id on standard output.
is_kept() {
	rm -f "$work/.git/pv/index.db"
	git -C "$work" pv record --template again --output again >/dev/null ||
		return
	if grep -q "\"$new_id\"" "$SCRATCH/run.out"; then
		same 'again new' "$(outputs)" || return
	else
		case $(outputs) in
		again | 'again new') ;;
		*) log "there are: $(outputs)" && return 1 ;;
		esac
	fi
	# No half of an offer is taken for one.
	[ -z "$(find "$work/.git/pv" -name '*.bad')" ]
}

# It never fails, whatever the disk does.
is_calm() {
	[ "$fault_status" -eq 0 ] || {
		log "status $fault_status"
		cat "$SCRATCH/run.out" >&3
		return 1
	}
	is_kept
}

it 'when it is put there' '
	stage beside
	mkdir -p .git/pv
	echo "this is no database, only some words" >.git/pv/index.db
	stage=$PWD
	work=$SCRATCH/work
	command="git pv record --best-effort --id $new_id --template t --output new --json"
	each_fault kill "" is_kept
	each_fault tear "" is_kept
	each_fault full "" is_calm
	each_fault full on is_calm
	each_fault io "" is_calm
'

# What is in three offers is there once after another drain.
is_whole() {
	git -C "$work" pv index drain >"$SCRATCH/again" 2>&1 || {
		cat "$SCRATCH/again" >&3
		return 1
	}
	same 'a b c d old' "$(outputs)" || return
	[ -z "$(ls "$work/.git/pv/index.db.spool")" ] || {
		log "left: $(ls "$work/.git/pv/index.db.spool")"
		return 1
	}
	command -v sqlite3 >/dev/null || return 0
	same ok "$(sqlite3 "$work/.git/pv/index.db" 'PRAGMA integrity_check')"
}

# The same, and a failure names its cause.
is_told() {
	[ "$fault_status" -eq 0 ] || grep -qE '"code":"(io|db)"' \
		"$SCRATCH/run.out" || grep -q 'stays so' "$SCRATCH/run.out" ||
		return
	is_whole
}

it 'when it is taken over' '
	stage over
	git pv record --template t --output old >/dev/null
	mv .git/pv/index.db .git/pv/kept
	rm -f .git/pv/index.db-wal .git/pv/index.db-shm
	echo "this is no database, only some words" >.git/pv/index.db
	git pv record --best-effort --template t --output a >/dev/null
	printf "{\"template\":\"t\",\"output\":\"%s\"}\n" b c |
		git pv record --best-effort --stdin >/dev/null
	git pv record --best-effort --template t --output d >/dev/null
	mv .git/pv/kept .git/pv/index.db
	same 3 "$(ls .git/pv/index.db.spool | wc -l)"
	stage=$PWD
	work=$SCRATCH/work
	command="git pv index drain --json"
	each_fault kill "" is_whole
	each_fault tear "" is_whole
	each_fault full "" is_told
	each_fault full on is_told
	each_fault io "" is_told
'

# offer_rows WRITER: best efforts of which each may be killed.
offer_rows() {
	n=0
	while [ "$n" -lt 20 ]; do
		n=$((n + 1))
		timeout -s KILL "0.$((($1 * 7 + n * 3) % 10))5" \
			git-pv record --best-effort --template "w$1" \
			--output "row $n" >>"$SCRATCH/done.$1" 2>/dev/null || :
	done
}

it 'when many put and take at once and are killed' '
	stage many
	git pv record --template t >/dev/null
	for writer in 1 2 3 4; do
		offer_rows $writer &
		pids="${pids:-} $!"
	done
	for n in 1 2 3 4 5 6 7 8; do
		timeout -s KILL "0.$((n % 4))5" git-pv index drain >/dev/null \
			2>&1 || :
	done
	wait
	git pv index drain >/dev/null
	git pv history export | sed "s/.*\"id\":\"\([^\"]*\)\".*/\1/" | sort \
		>"$SCRATCH/there"
	cat "$SCRATCH"/done.* | grep -E "^.{36}$" | sort >"$SCRATCH/acknowledged"
	log "$(wc -l <"$SCRATCH/acknowledged") of 80 acknowledged"
	[ -s "$SCRATCH/acknowledged" ]
	comm -23 "$SCRATCH/acknowledged" "$SCRATCH/there" >"$SCRATCH/lost"
	cmp_files /dev/null "$SCRATCH/lost"
	same "" "$(uniq -d "$SCRATCH/there")"
	# What was begun and never acknowledged may lie there for a day.
	same "" "$(ls .git/pv/index.db.spool | grep -v "jsonl[.].\{6\}$")"
'

finish
