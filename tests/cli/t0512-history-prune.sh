#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv history prune, delete: keeping less'

new_repo "$TRASH/repo" >/dev/null 2>&1
# row DAY MEMBERS
row() {
	printf '{"id":"01900000-000%d-7000-8000-000000000000",' "$1"
	printf '"ts":"2026-01-0%dT12:00:00Z","prompt_id":"p","commit":null,' "$1"
	printf '"latency_ms":%d00,%s}\n' "$1" "$2"
}
for day in 1 2 3 4 5 6; do
	row $day "\"output\":\"shared words\",\"input\":{\"n\":\"alone$day\"},\"tags\":[\"t$day\"],\"session\":\"session$((day % 2))x\",\"metadata\":{\"who\":\"meta$((day % 2))x\"},\"unit\":\"unit$day\",\"error_message\":\"message$day\",\"success\":false"
done >"$TRASH/rows"
(cd "$TRASH/repo" && git pv record --stdin <../rows &&
	git pv history search shared) >/dev/null 2>&1 || exit 1

# fresh NAME: a copy of the repository, entered.
fresh() {
	cp -r "$TRASH/repo" "$TRASH/$1"
	cd "$TRASH/$1" || exit 1
	[ -z "${PV_TEST_POSTGRES:-}" ] || fresh_database "$1"
}

# fresh_database NAME: the same rows in a database of its own.
fresh_database() {
	"$PV_TEST_POSTGRES_BIN/createdb" -h "$PV_TEST_POSTGRES_DIR" -U pv "$1"
	git config pv.index "postgresql://pv@/$1?host=$PV_TEST_POSTGRES_DIR"
	git pv record --stdin <../rows >/dev/null
	git pv history search shared >/dev/null
}

days() {
	git pv history list "$@" --json | jq -r ".[].ts[9:10]" | paste -sd" "
}

found() {
	git pv history search "$@" --json | jq -r ".hits[].ts[9:10]" | sort |
		paste -sd" "
}

# is_in_file WORD: whether it can still be read from the index's files, or from
# all tables.
is_in_file() {
	if [ -n "${PV_TEST_POSTGRES:-}" ]; then
		PGOPTIONS="-c bytea_output=escape" \
			"$PV_TEST_POSTGRES_BIN/pg_dump" "$(git config pv.index)" \
			>"$TRASH/dump"
		tr -d "\\\\" <"$TRASH/dump" | grep -qai "$1"
	else
		cat .git/pv/index.db* | tr -d "\0" | grep -qai "$1"
	fi
}

sums() {
	git pv performance p --since 2026-01-01 --until 2026-02-01 --json |
		jq -c "[.executions, .latency_ms.mean]"
}

it 'takes texts first and leaves the rest' '
	fresh texts
	same "{\"dry_run\":true,\"stripped\":3,\"removed\":0,\"texts\":null}" \
		"$(git pv history prune --texts --until 2026-01-04 --dry-run --json)"
	is_in_file alone1
	git pv history prune --texts --until 2026-01-04 --json >../out
	json ../out "[.stripped, .removed, .texts]" "[3,0,3]"
	same "6 5 4 3 2 1" "$(days)"
	git pv history show 01900000-0001-7000-8000-000000000000 --json >../out
	json ../out "[.input, .output, .error_message, .output_chars, .metadata.who]" \
		"[null,null,null,12,\"meta1x\"]"
	same "4 5 6" "$(found shared)"
	same "" "$(found alone1)"
	same "1" "$(found t1)"
	same "4" "$(found alone4)"
	if is_in_file "\"alone1\""; then exit 1; fi
	git pv history prune --texts --until 2026-01-04 >../out
	has ../out "nothing to be removed"
'

it 'takes rows, and not what was summed of them' '
	fresh old
	before=$(sums)
	git pv history prune --until 2026-01-04 >../out
	has ../out "3 executions were removed"
	same "6 5 4" "$(days)"
	same "4 5 6" "$(found shared)"
	same "$before" "$(sums)"
	if is_in_file "\"alone1\""; then exit 1; fi
	is_in_file alone4
	git pv history prune --session session0x --limit 1 >/dev/null
	same "6 5" "$(days)"
'

it 'counts what comes back from a backup once' '
	fresh back
	was=$(sums)
	git pv history export --format jsonl >../backup
	git pv history prune --until 2026-01-04 >../out
	same "$was" "$(sums)"
	head -n 1 ../backup | git pv record --stdin >../out
	has ../out "1 recorded"
	same "$was" "$(sums)"
	git pv history import ../backup >../out
	has ../out "2 executions recorded, 4 already there"
	same "$was" "$(sums)"
	git pv history export --format jsonl >../again
	cmp ../again ../backup
	git pv index verify
	git pv history delete --session session1x >../out
	same "[3,400]" "$(sums)"
	git pv history import ../backup >../out
	has ../out "3 executions recorded, 3 already there"
	same "$was" "$(sums)"
	git pv index verify
'

it 'deletes every trace of a session' '
	fresh trace
	is_in_file session1x
	git pv history delete --session session1x --json >../out
	json ../out "[.removed, .texts]" "[3,4]"
	same "6 4 2" "$(days)"
	same "2 4 6" "$(found shared)"
	same "[3,400]" "$(sums)"
	for word in session1x alone1 alone3 meta1x unit1 unit3 message5; do
		if is_in_file $word; then
			log "$word is still there"
			exit 1
		fi
	done
	is_in_file session0x
	is_in_file meta0x
	git pv history delete --unit unit2 >../out
	has ../out "1 executions were removed"
	same "6 4" "$(days)"
'

it 'goes by the settings when there are no filters' '
	fresh settings
	expect_failure 129 git pv history prune 2>err
	is_error err "nothing says how long executions are kept"
	git pv record --template t --output "new text" >/dev/null
	git -c pv.tracking.retentionDays=30 pv history prune --json >../out
	json ../out "[.stripped, .removed]" "[6,0]"
	git -c pv.tracking.retentionDays=30 -c pv.tracking.retentionRowsDays=60 \
		pv history prune --json >../out
	json ../out "[.stripped, .removed]" "[0,6]"
	same 1 "$(git pv history export | wc -l)"
	same "new text" "$(git pv history list --json | jq -r ".[].output")"
	expect_failure 128 git -c pv.tracking.retentionDays=soon pv history prune 2>err
	is_error err "must be a number of days from 1 to 36500"
'

it 'asks whose traces are to go' '
	fresh whose
	expect_failure 129 git pv history delete 2>err
	is_error err "delete needs --session, --unit"
	expect_failure 129 git pv history delete --until 1h 2>err
	same "{\"dry_run\":true,\"stripped\":0,\"removed\":1,\"texts\":null}" \
		"$(git pv history delete --unit unit2 --dry-run --json)"
	same "6 5 4 3 2 1" "$(days)"
	new_repo ../empty
	cd ../empty
	git pv history delete --session x >../out
	has ../out "nothing to be removed"
	[ ! -e .git/pv/index.db ]
'

it 'goes by the settings now and then by itself' '
	fresh itself
	git pv record --template t --output new >/dev/null 2>../err
	same 6 "$(git pv history list --until 1h --json | jq length)"
	[ ! -e .git/pv/retention ]
	git -c pv.tracking.retentionDays=30 pv record --template t >/dev/null 2>../err
	has ../err "6 executions lost their texts, 0 were removed"
	git -c pv.tracking.retentionDays=30 -c pv.tracking.retentionRowsDays=60 \
		pv record --template t >/dev/null 2>../err
	same "" "$(cat ../err)"
	touch -d yesterday .git/pv/retention
	git -c pv.tracking.retentionRowsDays=60 pv record --best-effort \
		--template t >/dev/null 2>../err
	same "" "$(cat ../err)"
	flock .git/pv/retention git -c pv.tracking.retentionRowsDays=60 \
		pv record --template t >/dev/null 2>../err
	same "" "$(cat ../err)"
	git -c pv.tracking.retentionRowsDays=60 pv record --template t \
		>/dev/null 2>../err
	has ../err "0 executions lost their texts, 6 were removed"
	same 0 "$(git pv history list --until 1h --json | jq length)"
	git pv index verify >../out
	has ../out " 0 wrong"
'

it 'refuses two values of what each execution has one of' '
	fresh twice
	expect_failure 129 git pv history delete --template q --template p 2>../err
	is_error ../err "no execution is both \"q\" and \"p\""
	has ../err "run it once for each"
	git pv history delete --template p --template p --dry-run
	git pv history list --tag a --tag b
'

finish
