#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The whole story of an experiment: a prompt is imported, two branches of it are
# compared on 20,000 users with an effect that is known here, looked at 40 times
# on the way, concluded and merged; what git's log says comes out of the index
# again.
#
# shellcheck disable=SC1091,SC2016,SC2034
. "$(dirname "$0")/lib.sh"
begin 'an experiment from import to merge'

looks=40
units=500 # a look

git init -q -b main repo
cd repo || exit 1
cat >../prompts.jsonl <<'END'
{"id": "help/answer", "name": "Answer", "messages": [{"role": "system", "content": "You answer customers of a shop for bicycles. Say what to do, step by step. Be polite."}, {"role": "user", "content": "{{ question }}"}]}
END

# trailers KEY: of HEAD, a line each.
trailers() {
	git log -1 --format="%(trailers:key=$1,valueonly)" | sed '/^$/d'
}

# executions SEED: of the units of route, which come in; quality is about 6 with
# a deviation of 1, and better by 0.12 with "concise"; all else is alike.
executions() {
	jq -r '[.unit, .variant, .epoch, .experiment, .prompt] | @tsv' |
		awk -F '\t' -v seed="$1" '
	# Park and Miller (1988).
	function uniform() {
		state = (state * 16807) % 2147483647
		return state / 2147483647
	}
	# About normal: Irwin and Hall.
	function normal(sum, i) {
		sum = 0
		for (i = 0; i < 12; i++)
			sum += uniform()
		return sum - 6
	}
	BEGIN { state = seed * 7919 + 1 }
	{
		quality = 6 + 0.12 * ($2 == "concise") + normal()
		quality = quality < 1 ? 1 : quality > 10 ? 10 : quality
		printf "{\"prompt_id\":\"%s\",\"experiment\":\"%s\",", $5, $4
		printf "\"epoch\":%d,\"variant\":\"%s\",", $3, $2
		printf "\"unit\":\"%s\",\"quality\":%.3f,", $1, quality
		printf "\"latency_ms\":%.1f,", 400 * exp(0.2 * normal())
		printf "\"status\":\"%s\",\"model\":\"m\"}\n",
			uniform() < 0.97 ? "ok" : "error"
	}'
}

it 'begins with two branches of an imported prompt' '
	git pv init >/dev/null
	git add -A
	git commit -q -m First
	git pv import jsonl ../prompts.jsonl --commit -q >out
	file=prompts/help/answer.yaml
	git switch -q -c exp/concise
	sed "s/ Be polite\\././; s/step by step/in one sentence/" $file >new
	expect_failure 1 cmp -s new $file
	cat new >$file
	rm new out
	git commit -q -a -m "Answer in one sentence"
	git switch -q main
	git pv experiment create brief --prompt help/answer \
		--variant control=main --variant concise=exp/concise \
		--split 50,50 --guardrail latency_p95 -q >out
	git pv experiment start brief --json >out
	same running "$(jq -r .status out)"
'

it 'gives 20,000 users one of both, half and half' '
	seq -f "user-%.0f" 1 $((looks * units)) >users
	git pv experiment route brief --stdin <users >routed
	same $((looks * units)) "$(jq -r "select(.assigned) | .unit" routed |
		sort -u | wc -l)"
	concise=$(jq -r .variant routed | grep -c concise)
	[ "$concise" -gt 9700 ]
	[ "$concise" -lt 10300 ]
	same "$(git rev-parse exp/concise)" "$(jq -r \
		"select(.variant == \"concise\") | .commit" routed | sort -u)"
'

it 'is looked at 40 times, and never takes the wrong one' '
	first=
	for look in $(seq $looks); do
		sed -n "$(((look - 1) * units + 1)),$((look * units))p" routed |
			executions "$look" >rows
		git pv record --stdin -q <rows
		status=0
		git pv experiment results brief --json >read || status=$?
		same $((look * units)) "$(jq "[.variants[].n] | add" read)"
		winner=$(jq -r .winner read)
		case $winner in
		null) same 1 "$status" ;;
		concise) same 0 "$status" ;;
		*) same concise "$winner" ;;
		esac
		[ "$winner" = null ] || first=${first:-$look}
	done
	log "a winner after $((${first:-0} * units)) users"
	same concise "$winner"
	[ "$first" -gt 1 ]
'

it 'has the effect that is there' '
	jq -e ".tests[] | select(.role == \"primary\") |
		.interval[0] < 0.12 and .interval[1] > 0.12 and
		.difference > 0.06 and .difference < 0.18" read
	same false "$(jq .srm.mismatch read)"
'

it 'is merged as it was compared' '
	tip=$(git rev-parse exp/concise)
	git pv experiment conclude brief --merge --json >out
	same merged "$(jq -r .result out)"
	same concise "$(jq -r .winner out)"
	same "$tip" "$(git rev-parse HEAD^2)"
	cmp_files "$(git show exp/concise:prompts/help/answer.yaml >want
		echo want)" prompts/help/answer.yaml
	same "$(git rev-parse HEAD^1^1^{tree}:prompts)" \
		"$(git rev-parse refs/pv/archive/brief/control:prompts)"
	same "" "$(git status --porcelain --untracked-files=no)"
	same concluded "$(git pv experiment show brief --json |
		jq -r .status)"
'

it 'says in both commits what the index says again' '
	# What comes later does not count.
	sed -n "1,300p" routed | executions 99 >rows
	git pv record --stdin -q <rows
	for commit in HEAD HEAD^1; do
		git log -1 --format="%(trailers)" $commit >said
		has said "Pv-Experiment: brief"
		has said "Pv-Winner: concise"
		until=$(sed -n "s/^Pv-Rows-Until: //p" said)
		git pv experiment results brief --rows-until "$until" \
			--json >again
		jq -r ".variants[] | \"Pv-N: \\(.name) \\(.n)\"" again >want
		jq -r ".tests[] | select(.role == \"primary\") |
			\"Pv-Estimate: quality concise \\(.difference)\",
			\"Pv-Interval: quality concise \\(.interval | join(\" \"))\",
			\"Pv-P: quality concise \\(.p_corrected)\",
			\"Pv-Method: quality concise \\(.method)\"" again >>want
		grep -E "^Pv-(N|Estimate|Interval|P|Method): " said >seen
		cmp_files want seen
	done
	git show HEAD:experiments/brief.results.json >kept
	same "$(jq -S .tests again)" "$(jq -S .tests kept)"
	git pv experiment results brief --json >all
	expect_failure 1 cmp -s again all
'

finish
