#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv history: what was recorded, found again'

new_repo "$TRASH/repo" >/dev/null 2>&1
# Nine executions, a day apart, newest last.
for day in 1 2 3 4 5 6 7 8 9; do
	model=small status=ok
	[ "$day" -lt 5 ] || model=large
	[ $((day % 3)) -ne 0 ] || status=timeout
	printf '{"id":"01900000-000%d-7000-8000-000000000000",' "$day"
	printf '"ts":"2026-01-0%dT12:00:00Z","prompt_id":"p/%s",' "$day" "$model"
	printf '"model":"%s","status":"%s","tags":["t%d"],' \
		"$model" "$status" $((day % 2))
	printf '"latency_ms":%d,"scores":{"s":0.%d},' $((day * 100)) "$day"
	printf '"metadata":{"k.x":"v%d","n":%d},' $((day % 2)) "$day"
	printf '"session":"s%d","output":"line %d\\nend","commit":null}\n' \
		$((day / 4)) "$day"
done >"$TRASH/rows"
(cd "$TRASH/repo" && git pv record --stdin <../rows) >/dev/null || exit 1

# days ARGUMENT...: the days of what is listed.
days() {
	git pv history list "$@" --json | jq -r ".[].ts[9:10]" | paste -sd" "
}

it 'lists newest first' '
	cd repo
	same "9 8 7 6 5 4 3 2 1" "$(days)"
	git pv history list -n 1 >../out 2>../err
	same "01900000-0009-7000-8000-000000000000  2026-01-09T12:00:00.000Z  p/large  timeout  large  900 ms" "$(cat ../out)"
	has ../err "\"--after 01900000-0009-7000-8000-000000000000\""
'

it 'pages by the last id' '
	cd repo
	same "9 8" "$(days -n 2)"
	same "7 6" "$(days -n 2 --after 01900000-0008-7000-8000-000000000000)"
	same "" "$(days --after 01900000-0001-7000-8000-000000000000)"
	expect_failure 128 git pv history list --after x 2>err
	is_error err "not the id of an execution"
'

it 'filters by what they are' '
	cd repo
	same "4 3 2 1" "$(days --prompt p/small)"
	same "9 8 7 6 5" "$(days --model large)"
	same "9 6 3" "$(days --status timeout)"
	same "9 6 3" "$(days --success false)"
	same "8 6 4 2" "$(days --tag t0)"
	same "7 6 5 4" "$(days --session s1)"
	same "6" "$(days --session s1 --success false --model large)"
	same "" "$(days --model none)"
	expect_failure 128 git pv history list --status good 2>err
	is_error err "must be one of"
'

it 'filters by numbers and by metadata' '
	cd repo
	same "9 8 7" "$(days --min latency_ms=700)"
	same "7" "$(days --min latency_ms=700 --max latency_ms=799.5)"
	same "3 2 1" "$(days --max scores.s=0.3)"
	same "9 7 5 3 1" "$(days --metadata k.x=v1)"
	same "8" "$(days --metadata n=8 --metadata k.x=v0)"
	same "" "$(days --metadata none=1)"
	expect_failure 129 git pv history list --metadata n 2>err
	is_error err "--metadata needs KEY=VALUE"
	expect_failure 129 git pv history list --min =1 2>err
	is_error err "--min needs NAME=N"
	expect_failure 128 git pv history list --max model=1 2>err
	is_error err "\"model\" is no number of executions"
	expect_failure 128 git pv history list --min scores.s=x 2>err
	is_error err "\"x\" is not a number"
'

it 'filters by time' '
	cd repo
	same "9 8" "$(days --since 2026-01-08)"
	same "2 1" "$(days --until 2026-01-03)"
	same "5" "$(days --since 2026-01-05T12:00:00Z --until 2026-01-05T12:00:00.001Z)"
	git pv record --template now >../id
	same 1 "$(git pv history list --since 1h --json | jq length)"
	same 1 "$(git pv history list --days 1 --json | jq length)"
	same 0 "$(git pv history list --until 1h --since 2h --json | jq length)"
	expect_failure 129 git pv history list --days 1 --since 1h 2>err
	is_error err "--since and --days exclude each other"
	expect_failure 129 git pv history list --since yesterday 2>err
	is_error err "is no time"
'

it 'shows one, for people and as JSON' '
	cd repo
	git pv history show 01900000-0002-7000-8000-000000000000 >../out
	has ../out "prompt_id: p/small"
	has ../out "    line 2"
	has ../out "status: ok"
	git pv history show 01900000-0002-7000-8000-000000000000 --json >../out
	json ../out "[.output]" "[\"line 2\\nend\"]"
	expect_failure 128 git pv history show \
		01900000-0002-7000-8000-000000000009 2>err
	is_error err "there is no execution"
'

it 'exports as lines, as an array and as CSV' '
	cd repo
	git pv history export --until 2026-01-03 >../lines
	same "1 2" "$(jq -r ".ts[9:10]" ../lines | paste -sd" ")"
	git pv history export --until 2026-01-03 --format json >../array
	same "$(jq -cs . ../lines)" "$(jq -c . ../array)"
	git pv history export --until 2026-01-03 --format csv >../csv
	python3 - <<-CHECK
		import csv
		rows = list(csv.DictReader(open("../csv", newline="")))
		assert [row["output"] for row in rows] == ["line 1\nend", "line 2\nend"]
		assert rows[0]["status"] == "ok" and rows[0]["quality"] == ""
	CHECK
'

it 'rates, and keeps scores that are not named' '
	cd repo
	id=01900000-0001-7000-8000-000000000000
	git pv history rate $id --quality 7.5 --score a=1 --score b=2
	git pv history rate $id --feedback "so so" --score b=3 --json >../out
	json ../out "[.quality, .feedback, .scores]" \
		"[7.5,\"so so\",{\"s\":0.1,\"a\":1,\"b\":3}]"
	expect_failure 129 git pv history rate $id 2>err
	expect_failure 128 git pv history rate $id --quality 12 2>err
	is_error err "from 1 to 10"
	expect_failure 128 git pv history rate 01900000-0001-7000-8000-00000000000f \
		--quality 5 2>err
	is_error err "there is no execution"
'

it 'tags, and takes tags off' '
	cd repo
	id=01900000-0001-7000-8000-000000000000
	git pv history tag $id new "two words" --remove t1 --json >../out
	json ../out .tags "[\"new\",\"two words\"]"
	same "1" "$(days --tag new)"
	same "9 7 5 3" "$(days --tag t1)"
	git pv history tag $id --remove new --remove "two words" --json >../out
	json ../out .tags null
	expect_failure 129 git pv history tag $id 2>err
'

it 'tags all that filters choose' '
	cd repo
	git pv history tag --model large --status timeout slow late 2>../err
	has ../err "2 tagged"
	same "9 6" "$(days --tag slow)"
	git pv history tag --tag slow --until 2026-01-08 --remove slow --json >../out
	json ../out "[.[] | .tags]" "[[\"late\",\"t0\"]]"
	same "9" "$(days --tag slow)"
	same "9 6" "$(days --tag late)"
	expect_failure 129 git pv history tag 2>err
	is_error err "an id or filters"
	expect_failure 129 git pv history tag --model large 2>err
	is_error err "tag needs a tag"
'

it 'has nothing to show where nothing was recorded' '
	new_repo ../empty
	cd ../empty
	git pv history list >../out 2>../err
	same "" "$(cat ../out)"
	has ../err "git pv record"
	same "[]" "$(git pv history list --json)"
	same "" "$(git pv history export)"
	expect_failure 128 git pv history show \
		01900000-0001-7000-8000-000000000000 2>err
	is_error err "nothing is recorded"
	expect_failure 128 git pv history rate \
		01900000-0001-7000-8000-000000000000 --quality 5 2>err
	[ ! -e .git/pv/index.db ]
'

it_sqlite 'reads what it may not write' '
	[ "$(id -u)" -ne 0 ] || exit 0
	cd repo
	chmod a-w .git/pv .git/pv/index.db
	git pv history list --json >../out
	json ../out "length > 8" true
	expect_failure 128 git pv record --template t 2>err
	is_error err "may not be written"
	chmod u+w .git/pv .git/pv/index.db
'

it 'wants a verb it knows' '
	cd repo
	git pv history list >listed
	git pv history >plain
	cmp_files listed plain
	expect_failure 129 git pv history nonsense x 2>err
	is_error err "there is no \"history nonsense\""
	has err "\"git pv history -h\" lists all"
	expect_failure 129 git pv history list p/small 2>err
	is_error err "--prompt ID"
'

finish
