#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv alert: figures beyond their limits'

new_repo "$TRASH/repo" >/dev/null 2>&1

# rules: what is on standard input becomes pv.yaml.
rules() {
	cat >pv.yaml
	git add pv.yaml
	git commit -q -m Rules
}

it 'says that there are no rules' '
	cd repo
	printf "{}\n" | rules
	git pv alert check >../out 2>../err
	empty ../out
	has ../err "pv.yaml has no alerts and no budgets"
	same "[]" "$(git pv alert list --json)"
	same 0 "$(git pv alert check --json | jq .firing)"
'

it 'knows nothing before anything is recorded' '
	cd repo
	printf "%s\n" "alerts:" \
		"- {name: slow, prompt: a, metric: latency_p95_ms, above: 100}" \
		"- {name: dead, prompt: a, metric: executions, below: 1}" | rules
	expect_failure 1 git pv alert check >../out
	same 1 "$(wc -l <../out)"
	has ../out "firing  dead: a: executions is 0, 0 executions of 1h; fires below 1"
	git pv alert check slow >../out
	empty ../out
'

# Of the last minutes: a is slow and fails half the time, b/x and b/y are quick;
# what b/old did was yesterday.
now=$(date +%s)
row() {
	printf '{"prompt_id":"%s","commit":null,"ts":"%s",%s}\n' "$1" \
		"$(date -u -d "@$((now - $2))" +%Y-%m-%dT%H:%M:%SZ)" "$3"
}
for i in 1 2 3 4; do
	row a 120 "\"latency_ms\":${i}000,\"success\":$([ $((i % 2)) = 0 ] &&
		echo true || echo false),\"cost_usd\":0.5,\"quality\":$i"
	row b/x 60 "\"latency_ms\":$((18 + i)),\"success\":true,\"cost_usd\":0.25"
done >"$TRASH/rows"
row b/y 60 '"latency_ms":30,"success":true' >>"$TRASH/rows"
row b/old 100000 '"latency_ms":90000,"success":false' >>"$TRASH/rows"
row b/x 60 '"latency_ms":9000,"source":"cache","success":true' >>"$TRASH/rows"
(cd "$TRASH/repo" && git pv record --stdin <../rows) >/dev/null || exit 1

it 'fires for a prompt' '
	cd repo
	printf "%s\n" "alerts:" \
		"- {name: slow, prompt: a, metric: latency_p95_ms, above: 2000, window: 1h}" \
		"- {name: mean, prompt: a, metric: latency_mean, below: 2000}" \
		"- {name: failing, prompt: a, metric: error_rate, above: 0.4}" \
		"- {name: few, prompt: a, metric: success_rate, below: 0.6, min_count: 5}" \
		"- {prompt: a, metric: quality, below: 2.5}" \
		"- {name: dear, prompt: a, metric: cost, above: 1.9, window: 1d}" | rules
	expect_failure 1 git pv alert check --json >../out
	same "slow firing 4
mean ok 4
failing firing 4
few unknown 4
quality of a ok 4
dear firing 4" "$(jq -r ".findings[] | \"\(.name) \(.state) \(.n)\"" ../out)"
	same "3 2500 0.5 2.5 2" "$(jq -r "\"\(.firing) \(.findings[1].value) \(
		.findings[2].value) \(.findings[4].value) \(.findings[5].value)\"" ../out)"
	expect_failure 1 git pv alert check failing >../out
	same "firing  failing: a: error_rate is 50.0 %, 4 executions of 1h; fires above 40.0 %" \
		"$(cat ../out)"
	git pv alert test few >../out
	has ../out "unknown few: a: success_rate is 50.0 %"
	has ../out "with 5 executions or more"
'

it 'takes a pattern for each prompt, and all' '
	cd repo
	printf "%s\n" "alerts:" \
		"- {name: one, prompt: \"b/*\", metric: latency_mean_ms, above: 25}" \
		"- {name: all, metric: executions, above: 0}" \
		"- {name: day, prompt: \"**\", metric: error_rate, above: 0.9, window: 2d}" \
		"- {name: none, prompt: \"c/*\", metric: error_rate, above: 0}" | rules
	expect_failure 1 git pv alert check --json >../out
	same "one b/x ok 20
one b/y firing 30
all a firing 4
all b/x firing 5
all b/y firing 1
day a ok 0.5
day b/old firing 1
day b/x ok 0
day b/y ok 0
none null unknown null" "$(jq -r ".findings[] |
		\"\(.name) \(.prompt) \(.state) \(.value)\"" ../out |
		sed "s/ 20\\.5$/ 20/")"
'

it 'adds up what a budget is for' '
	cd repo
	printf "%s\n" "budgets:" "  \"b/*\": {per_month: 0.9, per_week: 5}" \
		"  \"*\": {per_month: 3}" | rules
	git pv alert list >../out
	has ../out "budget of b/* per month: cost of b/* above \$0.900 of this month"
	git pv alert test --json >../out
	same "month 1 4 null
week 1 4 null
month 3 8 null" "$(jq -r ".findings[] |
		\"\(.rule.window) \(.value) \(.n) \(.prompt)\"" ../out)"
	same "budget of b/* per month" "$(jq -r ".findings[] |
		select(.state == \"firing\").name" ../out)"
	expect_failure 1 git pv alert check >../out
	has ../out "cost is \$1.00, 4 executions of this month (the cost of"
	same 1 "$(wc -l <../out)"
'

it 'says what it would say of a number' '
	cd repo
	printf "%s\n" "alerts:" \
		"- {name: slow, prompt: a, metric: latency_p95_ms, above: 2000, min_count: 10}" \
		| rules
	t() { git pv alert test slow "$@" --json | jq -r ".findings[].state"; }
	same firing "$(t --value 2000.5)"
	same ok "$(t --value 2000)"
	same unknown "$(t --value 3000 --count 9)"
	same firing "$(t --value 3000 --count 10)"
	expect_failure 129 git pv alert test --value much
	expect_failure 129 git pv alert check --value 3
	expect_failure 129 git pv alert test --count 3
	expect_failure 129 git pv alert frob
	expect_failure 128 git pv alert check nobody 2>../err
	has ../err "pv.yaml has no alert \"nobody\""
'

it 'refuses rules that are none, and so does check' '
	cd repo
	r() {
		printf "%s\n" "$1" | rules
		expect_failure 128 git pv alert check 2>../err
		has ../err "$2"
		expect_failure 1 git pv check >../out
		has ../out "pv.yaml"
	}
	r "alerts: {a: b}" "\"alerts\" of pv.yaml is no list"
	r "alerts: [{metric: speed, above: 1}]" "\"speed\" is no metric"
	r "alerts: [{metric: latency_p95_usd, above: 1}]" "is no metric"
	r "alerts: [{metric: quality}]" "has neither \"above\" nor \"below\""
	r "alerts: [{above: 1}]" "has no \"metric\""
	r "alerts: [{metric: quality, above: high}]" "a limit that is no number"
	r "alerts: [{metric: quality, above: 1, window: soon}]" "no time"
	r "alerts: [{metric: quality, above: 1, min_count: 0}]" "no count"
	r "budgets: [5]" "\"budgets\" of pv.yaml is no mapping"
	r "budgets: {a: {per_year: 5}}" "has a period that is none"
	r "budgets: {a: {per_day: -5}}" "has an amount that is none"
'

finish
