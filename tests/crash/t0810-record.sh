#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2034
#
# Executions that were acknowledged are there, whatever happens to the disk or
# to whoever records; and the index can be used at once.
. "$(dirname "$0")/faults.sh"
begin_faults 'no execution that was acknowledged is lost' 7
new_id=01900000-0002-7000-8000-000000000000
old_id=01900000-0001-7000-8000-000000000000
command="git pv record --id $new_id --template t --output new --json"

has_row() {
	git -C "$work" pv history show "$1" --json >"$SCRATCH/row" 2>&1 || return
	has "$SCRATCH/row" "\"output\":\"$2\""
}

# What holds after every fault: see the head.
is_kept() {
	[ ! -f "$stage/.git/pv/index.db" ] || has_row "$old_id" old || return
	if [ "$fault_status" -eq 0 ]; then
		has "$SCRATCH/run.out" "\"$new_id\"" || return
		has_row "$new_id" new || return
	fi
	git -C "$work" pv record --template again >/dev/null || return
	command -v sqlite3 >/dev/null || return 0
	same ok "$(sqlite3 "$work/.git/pv/index.db" "PRAGMA integrity_check")"
}

# The same, and the cause is named.
is_told() {
	[ "$fault_status" -eq 0 ] || grep -qE \
		'"code":"(io|db)"' "$SCRATCH/run.out" || return
	is_kept
}

# Where faults strike: copies of the repository the body stands in.
from_here() {
	stage=$PWD
	work=$SCRATCH/work
}

begun() {
	stage "$1"
	git pv record --id $old_id --template t --output old >/dev/null
	from_here
}

it 'when it is killed' '
	begun kill
	each_fault kill "" is_kept
	each_fault tear "" is_kept
'

it 'when the disk is full, or fails' '
	begun full
	each_fault full "" is_told
	each_fault full on is_told
	each_fault io "" is_told
	each_fault io on is_told
'

it 'when the index is only being made' '
	stage first
	from_here
	each_fault kill "" is_kept
	each_fault full on is_told
'

it 'when there are no hard links, a salt is made all the same' '
	plain=$command
	stage links
	from_here
	command="git -c pv.tracking.captureContent=false pv record \
		--template t --ts 2026-01-01T00:00:00Z --json"
	copy
	run_fault 1 no-links on
	same 0 "$fault_status"
	[ "$fault_count" -ge 1 ]
	same ".git/pv/salt" "$(cd "$work" && echo .git/pv/salt*)"
	same 32 "$(wc -c <"$work/.git/pv/salt")"
	printf "%s\n" "$command" | (cd "$work" && sh) >"$SCRATCH/again"
	cmp_files "$SCRATCH/run.out" "$SCRATCH/again"
	command=$plain
'

# write_rows WRITER: records until told to stop; each run may be killed.
write_rows() {
	n=0
	while [ ! -e "$SCRATCH/stop" ] && [ "$n" -lt 25 ]; do
		n=$((n + 1))
		timeout -s KILL "0.$((($1 * 7 + n * 3) % 10))5" \
			git-pv record --template "w$1" --output "row $n" \
			>>"$SCRATCH/done.$1" 2>>"$SCRATCH/err.$1" || :
	done
}

it 'when eight record at once and are killed again and again' '
	stage many
	for writer in 1 2 3 4 5 6 7 8; do
		write_rows $writer &
	done
	wait
	git pv history export >"$SCRATCH/rows"
	cat "$SCRATCH"/done.* | grep -E "^.{36}$" >"$SCRATCH/acknowledged"
	count=$(wc -l <"$SCRATCH/acknowledged")
	log "$count of 200 acknowledged, $(wc -l <"$SCRATCH/rows") there"
	[ "$count" -gt 0 ]
	jq -r .id "$SCRATCH/rows" | sort >"$SCRATCH/there"
	sort "$SCRATCH/acknowledged" | comm -23 - "$SCRATCH/there" >"$SCRATCH/lost"
	cmp_files /dev/null "$SCRATCH/lost"
	cat "$SCRATCH"/err.* | grep -v Killed >"$SCRATCH/errors" || :
	cmp_files /dev/null "$SCRATCH/errors"
'

# The making itself: each of them may find it half begun by another.
it 'when eight begin the index at once, again and again' '
	stage begun
	for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		rm -rf .git/pv
		for writer in 1 2 3 4 5 6 7 8; do
			git pv record --template "w$writer" >/dev/null \
				2>>"$SCRATCH/begun" &
		done
		wait
		same 8 "$(git pv history export | wc -l)"
	done
	cmp_files /dev/null "$SCRATCH/begun"
'

it 'when eight streams come at once' '
	stage streams
	for writer in 1 2 3 4 5 6 7 8; do
		seq 400 | sed "s/.*/{\"template\":\"w$writer\",\"ts\":\"2026-01-01T00:00:00Z\",\"output\":\"$writer &\"}/" \
			>"$SCRATCH/stream.$writer"
		git pv record --stdin --json <"$SCRATCH/stream.$writer" \
			>"$SCRATCH/said.$writer" &
	done
	wait
	same "3200" "$(cat "$SCRATCH"/said.* | jq .recorded | paste -sd+ | bc)"
	same 3200 "$(git pv history export | wc -l)"
'

it 'when a stream is killed, the same lines go on behind it' '
	stage stream
	cat "$SCRATCH"/stream.* >"$SCRATCH/lines"
	for delay in 02 05 08 12; do
		timeout -s KILL 0.$delay git-pv record --stdin \
			<"$SCRATCH/lines" >/dev/null 2>&1 || :
	done
	git pv record --stdin <"$SCRATCH/lines" >../out
	has ../out " 0 refused"
	same 3200 "$(git pv history export | jq -r .id | sort -u | wc -l)"
'

finish
