#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2034
. "$(dirname "$0")/lib.sh"
begin 'git pv index verify, of texts'

# flip WORD BYTE: makes the byte behind the first WORD in the file another one.
flip() {
	at=$(LC_ALL=C grep -abo "$1" .git/pv/index.db | head -n 1 | cut -d: -f1)
	[ -n "$at" ]
	printf '%s' "$2" | dd of=.git/pv/index.db bs=1 \
		seek=$((at + ${#1})) conv=notrunc 2>/dev/null
}

# id_of N: of the N-th execution, by its latency.
id_of() {
	git pv history list --min "latency_ms=$1" --max "latency_ms=$1" --json |
		jq -r '.[0].id'
}

# finds_it WHAT NUMBER: verify and doctor say so of that execution.
finds_it() {
	expect_failure 1 git pv index verify >../out
	has ../out "damaged: the $1 of execution $2 is not what was recorded"
	has ../out ", 1 damaged"
	expect_failure 1 git pv index verify --json >../out
	json ../out "[.ok, .texts.damaged, .rollups.wrong, (.problems | length)]" \
		"[false,1,0,1]"
	expect_failure 1 git pv doctor --json >../out
	jq -r ".checks[] | select(.name == \"executions\") | .message" \
		../out >../said
	has ../said "the $1 of execution $2"
}

it_sqlite 'finds a byte that is another one, wherever it is' '
	new_repo repo
	cd repo
	long=$(seq -s " " 9000)
	for i in 1 2 3 4 5 6 7 8; do
		printf "{\"template\":\"t\",\"latency_ms\":%d,\"input\":{\"a\":\"begin$i first$i _\"},\"rendered\":\"begin$i second$i _ $long\",\"output\":\"$long third$i _\",\"metadata\":{\"fourth$i\":\"fifth$i _\"}}\n" $i
	done >../rows
	git pv record --stdin <../rows >/dev/null
	git pv index verify >../out
	has ../out "32 texts read, 0 damaged"
	git pv index verify --json >../out
	json ../out "[.ok, .texts.read, .texts.damaged]" "[true,32,0]"
	for i in 1 5 8; do
		id=$(id_of $i)
		flip "first$i " x
		finds_it input "$id"
		flip "first$i " _
		flip "second$i " "*"
		finds_it rendered "$id"
		flip "second$i " _
		flip "third$i " X
		finds_it output "$id"
		flip "third$i " _
		flip "fifth$i " "-"
		finds_it metadata "$id"
		flip "fifth$i " _
		git pv index verify >../out
		has ../out "32 texts read, 0 damaged"
	done
'

# sums_are WRONG: verify finds as many sums that the rows do not give.
sums_are() {
	git pv index verify >../out || :
	has ../out " sums compared, $1 wrong"
}

it_sqlite 'finds what sums are made of and rows are looked up by, not the rest' '
	new_repo words
	cd words
	printf "{\"template\":\"t\",\"ts\":\"2026-11-20T10:00:00Z\",\"status\":\"error\",\"error_type\":\"kind _\",\"session\":\"chat _\",\"feedback\":\"said _\",\"parent\":\"from _\"}\n" |
		git pv record --stdin >/dev/null
	sums_are 0
	flip "kind " "*"
	sums_are 2
	flip "kind " _
	flip "chat " "*"
	expect_failure 1 git pv index verify >../out
	has ../out "damaged: row 1 missing from index execution_session"
	flip "chat " _
	flip "said " "*"
	flip "from " "*"
	git pv index verify >../out
	has ../out " sums compared, 0 wrong"
'

it_sqlite 'names the first twenty, and counts the others' '
	cd repo
	forget_index
	seq 30 | sed "s/.*/{\"template\":\"t\",\"output\":\"mark& _\"}/" |
		git pv record --stdin >/dev/null
	for i in $(seq 10 30); do
		flip "mark$i " x
	done
	expect_failure 1 git pv index verify >../out
	same 20 "$(grep -c "the output of execution" ../out)"
	has ../out "damaged: 1 more texts are not what was recorded"
	has ../out "30 texts read, 21 damaged"
	flip "mark30 " _
	expect_failure 1 git pv index verify >../out
	same 0 "$(grep -c "more texts" ../out)"
	has ../out "20 damaged"
'

it_sqlite 'tells once of a text that several have' '
	cd repo
	forget_index
	git pv record --template t --output "mark _" --unit a
	git pv record --template t --output "mark _" --unit b
	flip "mark " x
	expect_failure 1 git pv index verify >../out
	same 1 "$(grep -c "the output of execution" ../out)"
'

it_sqlite 'counts what is in the log' '
	cd repo
	forget_index
	git pv index info --json >../out
	json ../out "[.exists, .bytes, .wal_bytes]" "[false,0,0]"
	git pv record --template t
	printf 12345 >.git/pv/index.db-wal
	git pv index info --json >../out
	json ../out "[.exists, .bytes > 0, .wal_bytes]" "[true,true,5]"
	git pv index info >../out
	has ../out " bytes, and 5 in its log"
	rm .git/pv/index.db-wal
	git pv index info --json >../out
	json ../out "[.exists, .bytes > 0, .wal_bytes]" "[true,true,0]"
	git pv index info >../out
	has ../out " bytes, and 0 in its log"
'

finish
