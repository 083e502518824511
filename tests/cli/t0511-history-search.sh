#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv history search: full text'

new_repo "$TRASH/repo" >/dev/null 2>&1
# row DAY MEMBERS
row() {
	printf '{"id":"01900000-000%d-7000-8000-000000000000",' "$1"
	printf '"ts":"2026-01-0%dT12:00:00Z","template":"t",%s}\n' "$1" "$2"
}
{
	row 1 '"rendered":"Where is my refund?","output":"It is on its way."'
	row 2 '"rendered":"A parcel is late","output":"No refund is possible, and that is final."'
	row 3 '"rendered":[{"role":"user","content":"Crème brûlée"}],"output":"Dessert"'
	row 4 '"input":{"ticket":"refund refund refund","n":7},"tags":["urgent"]'
	row 5 '"rendered":"Refunds are refundable","model":"large"'
	row 6 '"output":"say \"quoted\" AND (more)"'
} >"$TRASH/rows"
(cd "$TRASH/repo" && git pv record --stdin <../rows) >/dev/null || exit 1

# found ARGUMENT...: the days of what a search finds, as they come.
found() {
	git pv history search "$@" --json | jq -r ".hits[].ts[9:10]" |
		paste -sd" "
}

# any ARGUMENT...: the same, by day.
any() {
	git pv history search "$@" --json | jq -r ".hits[].ts[9:10]" | sort |
		paste -sd" "
}

it 'finds words, phrases, beginnings, either and neither' '
	cd repo
	same "1 2 4" "$(any refund)"
	same "1 2 4 5" "$(any "refund*")"
	same "2" "$(any refund parcel)"
	same "2" "$(any refund AND parcel)"
	same "3 5" "$(any dessert OR refundable)"
	same "1 4" "$(any refund NOT parcel)"
	same "1 4" "$(any "refund -parcel")"
	same "2" "$(any "\"refund is possible\"")"
	same "" "$(any "\"possible is refund\"")"
	same "2" "$(any "\"no refund is poss\"*")"
	same "1 3" "$(any "(way OR dessert) NOT (parcel OR final)")"
	same "3" "$(any "creme BRULEE")"
	same "" "$(any absent)"
'

it 'looks in one text only where that is asked' '
	cd repo
	same "2" "$(any output:refund)"
	same "1" "$(any prompt:refund)"
	same "4" "$(any input:refund)"
	same "4" "$(any tags:urgent)"
	same "4" "$(any urgent)"
	same "2" "$(any "output:(refund OR absent)")"
	same "1 4" "$(any refund NOT output:refund)"
	same "" "$(any role)"
'

it 'takes nothing for syntax that is none' '
	cd repo
	same "6" "$(any "say:\"quoted\"")"
	same "6" "$(any "{more}")"
	same "6" "$(any "x:y OR more^2 OR more")"
	same "" "$(any "NEAR(refund)")"
	same "2" "$(any "that-is-final")"
'

# Ranks need not be the same on PostgreSQL.
it_sqlite 'ranks as FTS5 does' '
	cd repo
	same "4" "$(found refund -n 1)"
'

it 'ranks, or gives the last first' '
	cd repo
	same "4 2 1" "$(found refund --newest)"
	same "1 2 4" "$(git pv history search refund --json |
		jq -r ".hits | sort_by(.relevance) | map(.relevance) as \$r |
		if \$r[0] < \$r[2] then [.[].ts[9:10]] | sort | join(\" \")
		else \"unranked\" end")"
	first=$(git pv history search refund -n 1 --json | jq -r ".hits[0].id")
	same "$(found refund | cut -d" " -f2-)" "$(found refund --after "$first")"
	same "2 1" "$(found refund --newest --after 01900000-0004-7000-8000-000000000000)"
	same "2" "$(found refund --newest -n 1 --after 01900000-0004-7000-8000-000000000000)"
'

it 'filters what it finds' '
	cd repo
	same "5" "$(any "refund*" --model large)"
	same "2 4" "$(any refund --since 2026-01-02)"
	same "4" "$(any refund --tag urgent)"
	same "" "$(any refund --prompt none)"
'

it 'shows where it fits' '
	cd repo
	git pv history search "refund parcel" --json >../out
	json ../out "[.hits[0].snippet]" \
		"[{\"text\":\"A parcel is late\",\"marks\":[[2,6]]}]"
	git pv history search parcel >../out 2>../err
	has ../out "    A parcel is late"
	has ../err "indexed to 20"
	long="kind kind kind one two three four five six seven eight nine ten"
	long="$long eleven twelve thirteen and kind words"
	git pv record -q --template t --output "$long"
	git pv history search "kind words" --json >../out
	json ../out "[.hits[0].snippet.marks | length]" "[2]"
	git pv history search dessert --json >../out
	json ../out "[.order, .pending, .query]" "[\"relevance\",0,\"dessert\"]"
'

it 'points at what does not read' '
	cd repo
	for text in "(a" "a)" "\"a" "a OR" "OR a" "NOT a" "(-a)" "a AND" "()" \
		"a & b" "*" "a (b OR) c" "" "a NOT"; do
		expect_failure 128 git pv history search "$text" 2>err
		grep -q "^error: the search:1:[0-9]*: " err ||
			{ log "$text: $(cat err)"; exit 1; }
	done
	expect_failure 128 git pv history search "été OR (b c" 2>err
	has err "  été OR (b c"
	has err "         ^"
	has err "no closing parenthesis"
	expect_failure 128 git pv history search "a OR (b c" --json >out
	json out "[.error.code, .error.column]" "[\"invalid\",6]"
	long=$(seq -s " " 200)
	expect_failure 128 git pv history search "$long" 2>err
	is_error err "more than 100 words"
	deep=$(printf "%030d" 0 | tr 0 "(")
	expect_failure 128 git pv history search "$deep" 2>err
	is_error err "more than 20 groups"
	expect_failure 129 git pv history search 2>err
	is_error err "search needs words"
'

it 'follows tags, also of rows it has seen' '
	cd repo
	id=01900000-0001-7000-8000-000000000000
	git pv history tag $id marvel
	same "1" "$(any marvel)"
	git pv history tag $id --remove marvel other
	same "" "$(any marvel)"
	same "1" "$(any other)"
	same "1" "$(any other way)"
	git pv history tag $id --remove other
'

it 'sees what was recorded just now, once' '
	cd repo
	before=$(any refund)
	git pv record --template t --output "one more refund" --ts 2026-01-08T00:00:00Z
	same "$before 8" "$(any refund)"
	same "$before 8" "$(any refund)"
	git pv record --stdin <../rows >/dev/null
	same "$before 8" "$(any refund)"
'

it_sqlite 'searches what it may not write, and says what is missing' '
	[ "$(id -u)" -ne 0 ] || exit 0
	cd repo
	git pv record --template t --output "hidden refund" >/dev/null
	chmod a-w .git/pv .git/pv/index.db
	git pv history search hidden 2>../err
	has ../err "1 executions are not searched yet"
	chmod u+w .git/pv .git/pv/index.db
'

it 'finds nothing where nothing was recorded' '
	new_repo ../empty
	cd ../empty
	same "[]" "$(git pv history search x --json | jq -c .hits)"
	[ ! -e .git/pv/index.db ]
'

finish
