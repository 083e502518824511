#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv history export: backups'

new_repo "$TRASH/repo" >/dev/null 2>&1
# row DAY MEMBERS
row() {
	printf '{"id":"01900000-000%d-7000-8000-000000000000",' "$1"
	printf '"ts":"2026-01-0%dT12:00:00Z","commit":null,%s}\n' "$1" "$2"
}
{
	row 1 '"template":"t","output":"=1+1","tags":["-x"],"cost_usd":0.000000000001'
	row 2 '"prompt_id":"a/b","rendered":[{"role":"user","content":"é\n\u0000\""}]'
	row 3 '"rendered":"x","input":{"n":1.50},"metadata":{"k":[1,null]},"odd":1'
	row 5 '"template":"t","scores":{"s":0.1},"quality":8.25,"status":"timeout"'
} >"$TRASH/rows"
(cd "$TRASH/repo" && git pv record --stdin <../rows) >/dev/null 2>&1 || exit 1

days() {
	jq -r ".ts[9:10]" "$@" | paste -sd" "
}

it 'reads back into an empty index to the same bytes' '
	cd repo
	git pv history export >../one
	new_repo ../other
	cd ../other
	git pv record --stdin <../one >/dev/null
	git pv history export >../two
	cmp_files ../one ../two
	git pv record --stdin <../one >/dev/null
	git pv history export >../two
	cmp_files ../one ../two
'

it 'writes a file whole, under a name with the time' '
	cd repo
	git pv history export --output "backups/h_%Y%m%d-100%%.jsonl" 2>../err
	file=backups/h_$(date -u +%Y%m%d)-100%.jsonl
	cmp_files ../one "$file"
	has ../err "4 executions written to \"$file\""
	same 600 "$(stat -c %a "$file")"
	same 1 "$(ls backups | wc -l)"
	git pv history export --since 2026-01-05 --format csv -o backups/h.csv 2>/dev/null
	git pv history export --since 2026-01-05 --format csv -o backups/h.csv 2>/dev/null
	same 2 "$(wc -l <backups/h.csv)"
	expect_failure 129 git pv history export --output "%q" 2>err
	is_error err "is none of %Y"
	expect_failure 128 git pv history export --output backups 2>err
	same 1 "$(ls -d backups* | wc -l)"
	expect_failure 129 git pv history export --output x --json 2>err
'

it 'goes on where it was left off, whatever the times are' '
	cd repo
	git pv history export --incremental ../state >../part
	same "1 2 3 5" "$(days ../part)"
	git pv history export --incremental ../state >../part
	same "" "$(days ../part)"
	row 4 "\"template\":\"late\"" | git pv record --stdin >/dev/null
	row 6 "\"template\":\"new\"" | git pv record --stdin >/dev/null
	expect_failure 128 git pv history export --incremental ../state \
		--output /dev/null/x 2>err
	echo kept >../part
	git pv history export --incremental ../state --output ../part 2>../err
	has ../err "2 executions written to \"../part.2\""
	same kept "$(cat ../part)"
	same "4 6" "$(days ../part.2)"
	git pv history delete --template new >/dev/null
	row 7 "\"template\":\"t\"" | git pv record --stdin >/dev/null
	git pv history tag 01900000-0001-7000-8000-000000000000 again
	git pv history export --incremental ../state >../part
	same "1 7" "$(days ../part)"
	expect_failure 129 git pv history export --incremental ../state -n 1 2>err
	is_error err "would never be exported"
'

it 'replaces no part of what it exports bit by bit' '
	cd repo
	for day in 7 8 9; do
		row $day "\"rendered\":\"$day\"" | git pv record --stdin >/dev/null
		git pv history export --incremental ../parts/state \
			--output "../parts/p_%Y.jsonl" 2>../err
	done
	cat ../parts/p_*.jsonl | jq -r .id | sort >../parted
	git pv history export | jq -r .id | sort >../whole
	cmp_files ../whole ../parted
'

it 'begins anew with another index' '
	cd other
	git pv history export --incremental ../state >../part 2>../err
	has ../err "of another index"
	same "1 2 3 5" "$(days ../part)"
'

it 'disarms formulas in CSV' '
	cd repo
	git pv history export --format csv >../csv
	python3 - <<-CHECK
		import csv
		rows = list(csv.DictReader(open("../csv", newline="")))
		assert rows[0]["output"] == "\x27=1+1", rows[0]["output"]
		assert rows[0]["cost_usd"] == "0.000000000001"
		assert rows[3]["quality"] == "" and rows[4]["quality"] == "8.25"
	CHECK
'

finish
