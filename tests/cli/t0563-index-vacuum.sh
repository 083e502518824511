#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv index migrate, vacuum'

it 'makes none where nothing is recorded' '
	new_repo empty
	cd empty
	expect_failure 128 git pv index vacuum 2>../err
	is_error ../err "nothing is recorded"
	expect_failure 128 git pv index migrate 2>../err
	is_error ../err "nothing is recorded"
	[ ! -e .git/pv/index.db ]
'

it 'gives room back, and changes no answer' '
	new_repo repo
	cd repo
	seq 1500 | sed "s/.*/{\"template\":\"t\",\"output\":\"word &\",\"session\":\"s&\",\"latency_ms\":&,\"ts\":\"2026-01-01T00:00:00Z\"}/" |
		git pv record --stdin >/dev/null
	git pv history search word -n 1 >/dev/null
	git pv history prune --limit 1200 --until 1h >/dev/null
	git pv history export >../before
	git pv history search "12*" --newest --json | jq -c .hits >../found
	git pv index migrate >../out
	has ../out "up to date"
	git pv index vacuum --json >../sizes
	git pv history export >../after
	cmp_files ../before ../after
	git pv history search "12*" --newest --json | jq -c .hits >../again
	cmp_files ../found ../again
	git pv index verify >../out
	has ../out " 0 wrong"
	[ -s ../before ]
'

it_sqlite 'makes the file smaller' '
	json sizes ".bytes < .bytes_before" true
'

finish
