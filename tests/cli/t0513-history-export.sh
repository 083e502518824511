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

it 'is imported into an empty index to the same bytes, lines or not' '
	cd repo
	git pv history export >../lines
	git pv history export --format json >../array
	(cat ../array; echo) | tr -d "\n" | sed "s/^/ \t/; s/},{/} , {/g" >../spaced
	jq "{executions: [.[] | select(.input == null)]}" ../array >../nested
	for form in lines array spaced; do
		new_repo ../from.$form >/dev/null 2>&1
		cd ../from.$form
		git pv history import ../$form --json >../out
		same "[4,0,0]" \
			"$(jq -c "[.recorded, .present, (.findings | length)]" ../out)"
		git pv history export >../two
		cmp_files ../lines ../two
		git pv history import ../lines ../array --json >../out
		same "[0,8]" "$(jq -c "[.recorded, .present]" ../out)"
		git pv history import ../nested --json >../out
		same "[0,3]" "$(jq -c "[.recorded, .present]" ../out)"
		cd ../repo
	done
'

it 'is imported but for lines that cannot be read' '
	new_repo bad >/dev/null 2>&1
	cd bad
	{
		head -2 ../lines
		echo
		echo "{\"ts\":"
		echo "{\"template\":\"t\",\"ts\":\"no time\"}"
		tail -2 ../lines
	} >../damaged
	expect_failure 1 git pv history import ../damaged >../out 2>&1
	grep -q "damaged:4:1: error: bad JSON" ../out
	grep -q "no time. is not an RFC 3339 time" ../out
	grep -q "4 executions recorded" ../out
'

it 'is imported by a second one when the first was killed' '
	new_repo killed >/dev/null 2>&1
	cd killed
	awk "BEGIN { for (n = 0; n < 20000; n++) printf \"{\\\"template\\\":\\\"t\\\",\\\"ts\\\":\\\"2026-01-01T00:00:%02d.%03dZ\\\",\\\"latency_ms\\\":%d}\n\", n / 1000, n % 1000, n }" >../many
	git-pv history import ../many >/dev/null &
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		had=$(git pv history stats --json 2>/dev/null | jq .executions)
		[ "${had:-0}" = 0 ] || break
		sleep 0.1
	done
	kill -9 $! || :
	wait $! || :
	git pv index verify
	had=$(git pv history stats --json | jq .executions)
	same 0 $((had % 500))
	git pv history import ../many --json >../out
	same "[$((20000 - had)),$had]" "$(jq -c "[.recorded, .present]" ../out)"
	git pv index verify
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

it 'takes in all parts, those with nothing new, too' '
	new_repo parts
	cd parts
	git pv record --template t --output one >/dev/null
	for i in 1 2 3; do
		git pv history export --output ../parts-%Y.jsonl \
			--incremental ../parts.state >/dev/null 2>../err
	done
	[ ! -s ../parts-20??.2.jsonl ]
	git pv history export >../parts.all
	new_repo parts-back
	cd parts-back
	git pv history import ../../parts-20*.jsonl >../out
	has ../out "1 executions recorded, 0 already there, 0 refused"
	git pv history export | cmp - ../../parts.all
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

it 'reads its CSV back to the same' '
	new_repo table
	cd table
	printf "%s\n" \
		"{\"template\":\"t\",\"ts\":\"2026-01-01T00:00:00.000001Z\",\"input\":{\"a\":[1]},\"rendered\":[{\"role\":\"user\"}],\"output\":\"{\\\"x\\\": 1}\",\"latency_ms\":1.5,\"success\":true,\"tags\":[\"a,b\",\"c\"],\"metadata\":{\"k\":\"v\"},\"scores\":{\"r\":0.5}}" \
		"{\"template\":\"=t\",\"ts\":\"2026-01-02T00:00:00Z\",\"input\":\"{no json\",\"output\":\"\u0027=x\\n\\\"y\\\", z\",\"commit\":null}" \
		"{\"template\":\"t\",\"ts\":\"2026-01-03T00:00:00Z\",\"output\":\"\u0027quoted\u0027\",\"cost_usd\":0.000000000001}" |
		git pv record --stdin >/dev/null 2>&1
	git pv history export >../rows
	git pv history export --format csv >../rows.csv
	new_repo ../table2
	cd ../table2
	git pv history import ../rows.csv >../text 2>/dev/null
	has ../text "3 executions recorded, 0 already there, 0 refused"
	git pv history export >../rows2
	cmp_files ../rows ../rows2
	git pv history export --format csv >../rows2.csv
	cmp_files ../rows.csv ../rows2.csv
'

it 'names lines and fields of CSV that cannot be' '
	cd table2
	printf "%s\n" "template,ts,latency_ms,quality,colour" \
		"t,2026-02-01T00:00:00Z,5,8,red" \
		"t,2026-02-01T00:00:01Z,x,8," \
		"\"t" "u\",2026-02-01T00:00:02Z,5,99," \
		"t,2026-02-01T00:00:03Z" >../odd.csv
	expect_failure 1 git pv history import --strict ../odd.csv --json >../out 2>/dev/null
	json ../out "[.recorded, .refused]" "[0,3]"
	expect_failure 1 git pv history import ../odd.csv --json >../out 2>../err
	has ../err colour
	json ../out "[.recorded, .refused]" "[1,3]"
	json ../out "[.findings[] | [.line, .message]]" \
		"[[3,\"\\\"latency_ms\\\" must be a number\"],[4,\"\\\"quality\\\" must be from 1 to 10\"],[6,\"there are 2 cells, and 5 columns\"]]"
	printf "%s\n" "template,ts,ts" "t,2026-02-01T00:00:00Z,5" >../twice.csv
	expect_failure 128 git pv history import ../twice.csv 2>../err
	has ../err "stands twice"
'

finish
