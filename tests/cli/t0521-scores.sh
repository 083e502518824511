#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'scores that pv.yaml declares have figures'

new_repo "$TRASH/repo" >/dev/null 2>&1
(
	cd "$TRASH/repo" || exit 1
	printf 'Sort {{ ticket }}\n' | git pv new support/triage
	git pv commit -m Triage
) >/dev/null 2>&1

# declare METRICS: commits them as tracking.metrics.
declare_scores() {
	printf 'tracking:\n  metrics: %s\n' "$1" >pv.yaml
	git pv commit -q -m Metrics
}

it 'keeps an undeclared score and says so' '
	cd repo
	git pv record --prompt support/triage --score relevance=0.5 \
		--score taste=3 2>../err
	has ../err "score \"relevance\" is kept with the execution"
	has ../err "score \"taste\" is kept with the execution"
	same "{\"relevance\":0.5,\"taste\":3}" \
		"$(git pv history list --json | jq -c ".[0].scores")"
	same "{}" "$(git pv performance support/triage --json | jq -c .scores)"
	git pv performance support/triage --metric score.relevance >../out 2>../err
	has ../err "tracking.metrics of pv.yaml does not declare \"relevance\""
	has ../err "no execution of support/triage in that time has \"score.rel"
	git pv trends support/triage --metric score.relevance 2>../err
	has ../err "no execution of support/triage in that time has \"score.rel"
'

it 'has figures of a declared one, of earlier executions too' '
	cd repo
	declare_scores "{relevance: {min: 0, max: 1, better: lower, unit: points}}"
	git pv record --prompt support/triage --score relevance=1 \
		--score taste=3 2>../err >/dev/null
	lacks ../err relevance
	has ../err "score \"taste\""
	same "{\"relevance\":{\"mean\":0.75,\"n\":2}}" \
		"$(git pv performance support/triage --json | jq -c .scores)"
	same "2 0.75 1.5" "$(git pv performance support/triage \
		--metric score.relevance --json |
		jq -r "\"\(.metric.n) \(.metric.mean) \(.metric.total)\"")"
	git pv performance support/triage >../out
	has ../out "score.relevance  mean 0.75 (2)"
	git pv index verify >../out
	has ../out " 0 wrong"
'

it 'takes a declaration in when somebody asks for it' '
	cd repo
	declare_scores "{relevance: {min: 0, max: 1, better: lower}, taste: null}"
	same 6 "$(git pv performance support/triage --metric score.taste --json |
		jq .metric.total)"
	declare_scores "{relevance: {min: 0, max: 1, better: lower}}"
	git pv performance support/triage --metric score.relevance >/dev/null
	same relevance "$(git pv performance support/triage --json |
		jq -r ".scores | keys[]")"
	git pv index verify >../out
	has ../out " 0 wrong"
'

it 'refuses what is out of range, and keeps the rest' '
	cd repo
	expect_failure 128 git pv record --prompt support/triage \
		--score relevance=1.5 2>../err
	has ../err "score \"relevance\" is 1.5, more than 1"
	printf "%s\n" \
		"{\"prompt_id\":\"support/triage\",\"scores\":{\"relevance\":-1}}" \
		"{\"prompt_id\":\"support/triage\",\"scores\":{\"relevance\":0}}" >../rows
	expect_failure 1 git pv record --stdin <../rows >../out
	has ../out "score \"relevance\" is -1, less than 0"
	has ../out "1 recorded, 0 already there, 1 refused"
	id=$(git pv history list -n 1 --json | jq -r ".[0].id")
	expect_failure 128 git pv history rate "$id" --score relevance=2 2>../err
	git pv history rate "$id" --score relevance=0.25
	same 0.25 "$(git pv history show "$id" --json | jq .scores.relevance)"
	same 1.75 "$(git pv performance support/triage \
		--metric score.relevance --json | jq .metric.total)"
'

it 'refuses a declaration that is none' '
	cd repo
	p() {
		printf "tracking:\n  metrics: %s\n" "$1" >pv.yaml
		git commit -q -m Odd pv.yaml
		expect_failure 128 git pv record --prompt support/triage 2>../err
		has ../err "$2"
	}
	p "[relevance]" "is no mapping of names"
	p "{relevance: 3}" "is no mapping"
	p "{relevance: {min: low}}" "limit that is no number"
	p "{relevance: {min: 2, max: 1}}" "min above its max"
	p "{relevance: {better: more}}" "is better \"higher\" or \"lower\""
	expect_failure 1 git pv check >../out
	has ../out "pv.yaml"
'

# Twenty and more of each, the later better: less is more here.
rows() {
	awk -v version="$1" -v base="$2" 'BEGIN {
		for (i = 0; i < 30; i++) {
			printf "{\"prompt_id\":\"support/triage\",\"commit\":null,"
			printf "\"ts\":\"2026-02-%02dT12:00:00Z\",", 1 + i % 28
			printf "\"version\":\"%s\",", version
			printf "\"scores\":{\"risk\":%.3f}}\n", base + i % 7 / 100
		}
	}'
}

it 'compares and follows scores, the better side being the declared one' '
	cd repo
	declare_scores "{risk: {better: lower}}"
	{ rows 3.0.0 0.8; rows 3.1.0 0.2; } | git pv record --stdin >/dev/null
	git pv compare support/triage 3.0.0 3.1.0 --metric score.risk --json >../out
	same "3.1.0 true" "$(jq -r "\"\(.recommendation.choice) \(
		.comparisons[0].significant)\"" ../out)"
	git pv trends support/triage --version 3.1.0 --since 2026-02-01 \
		--metric score.risk --json >../out
	same "28 score.risk" "$(jq -r "\"\(.series | length) \(.metric)\"" ../out)"
'

finish
