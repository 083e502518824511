#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Who watches an experiment sees many p; the one that is shown is the least of
# all, whatever order executions came in, and the index knows it without having
# been asked on the way.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/trials.sh"
begin 'an experiment that is watched'

git init -q -b main repo
cd repo || exit 1

# Better by 0.25 for five days, then alike for ten: as of the last day alone
# there is not much to see.
trial_rows 4500 0.25 >../better.jsonl
trial_rows 4500 0 >../alike.jsonl
{
	head -n 1500 ../better.jsonl
	tail -n +1501 ../alike.jsonl
} >../rows.jsonl

# results FILE [ARGUMENT...]: of the index, as JSON.
results() {
	out=$1
	shift
	git pv experiment results tone --json "$@" >"$out" || [ $? -eq 1 ]
}

# replayed FILE ROWS [ARGUMENT...]: the same of rows.
replayed() {
	out=$1
	rows=$2
	shift 2
	git pv experiment replay tone "$rows" --json "$@" >"$out" || [ $? -eq 1 ]
}

# p FILE: of the primary metric.
p() {
	jq '.tests[] | select(.role == "primary" and .metric == "quality") | .p' \
		"$1"
}

it 'begins' '
	git pv init >/dev/null
	echo "Hello" | git pv new a
	git add -A
	git commit -q -m First
	git branch side
	mkdir -p experiments
	trial_file >experiments/tone.yaml
	git add -A
	git commit -q -m Tone
	results ../out
	same "empty null" "$(jq -r .state ../out) $(p ../out)"
'

it 'shows a p that never rises, day by day, and is that of the rows' '
	last=1
	for day in $(seq 15); do
		sed -n "$((day * 300 - 299)),$((day * 300))p" ../rows.jsonl >../day
		git pv record --stdin <../day >/dev/null
		results ../now
		expect_success awk "BEGIN { exit !($(p ../now) <= $last) }"
		last=$(p ../now)
		[ $((day % 5)) -eq 0 ] || continue
		head -n $((day * 300)) ../rows.jsonl >../so-far
		replayed ../want ../so-far
		same "$(jq -S .tests ../want)" "$(jq -S .tests ../now)"
	done
'

it 'has seen what there was to see before it went away' '
	results ../now
	sed "s/2026-10-[0-9]*T/2026-10-01T/" ../rows.jsonl >../one-look
	replayed ../then ../one-look
	expect_success awk "BEGIN { exit !($(p ../now) < $(p ../then)) }"
	same "$(jq "[.variants[].estimate]" ../then)" \
		"$(jq "[.variants[].estimate]" ../now)"
'

it 'looks the same by sums as by rows, and at whole days' '
	id=$(jq -r .rows_until ../now)
	results ../rows --rows-until "$id"
	same "$(jq -S .tests ../now)" "$(jq -S .tests ../rows)"
	results ../by-day --until 2026-10-08
	results ../by-row --until 2026-10-07T23:59:59Z
	same "$(jq -S "del(.rows_until)" ../by-row)" \
		"$(jq -S "del(.rows_until)" ../by-day)"
	same 2100 "$(jq "[.variants[].n] | add" ../by-day)"
'

it 'knows it of executions that came late, and in no order' '
	git pv experiment results tone --json >../before || [ $? -eq 1 ]
	sed "s/\"tone\"/\"again\"/" ../rows.jsonl | sort -t: -k5 -k1,1r >../mixed
	expect_failure 1 cmp -s ../rows.jsonl ../mixed
	trial_file >experiments/again.yaml
	git add -A
	git commit -q -m Again
	split -l 700 ../mixed ../part.
	for part in ../part.*; do
		git pv record --stdin <"$part" >/dev/null
	done
	git pv experiment results again --json >../again || [ $? -eq 1 ]
	same "$(jq -S .tests ../before)" "$(jq -S .tests ../again)"
	git pv index verify
'

it 'spends alpha at the looks at which the parts of the sample were there' '
	results ../now --group-sequential
	replayed ../want ../rows.jsonl --group-sequential
	same "$(jq -S .tests ../want)" "$(jq -S .tests ../now)"
'

finish
