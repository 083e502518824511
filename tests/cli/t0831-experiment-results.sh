#!/bin/sh
# SPDX-License-Identifier: MIT
#
# git pv experiment results and replay: what an experiment says.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/trials.sh"
begin 'what an experiment says'

trial_file >tone.yaml
trial_rows 4000 0.3 >rows.jsonl
trial_rows 4000 0 2 >alike.jsonl

# results STATUS ARGUMENT...: of replay, as JSON in `out`.
results() {
	want=$1
	shift
	got=0
	git pv experiment replay tone.yaml "$@" --json >out 2>err || got=$?
	same "$want" "$got"
}

# test_of FIELD [METRIC [ROLE]]
test_of() {
	jq -r ".tests[] | select(.metric == \"${2:-quality}\" and
		.role == \"${3:-primary}\") | .$1" out
}

it 'names the winner, by JSON, words and status' '
	results 0 rows.jsonl
	same "winner concise" "$(jq -r ".state + \" \" + .winner" out)"
	same "true concise" "$(test_of significant) $(test_of better)"
	same "pass pass" "$(jq -r "[.tests[].verdict | strings] | join(\" \")" out)"
	git pv experiment replay tone.yaml rows.jsonl >text
	has text "concise is better: quality 6."
	has text "all guardrails pass"
'

it 'names none where there is none' '
	results 1 alike.jsonl
	same "not-yet null" "$(jq -r "\"\(.state) \(.winner)\"" out)"
	same false "$(test_of significant)"
	has out "no difference is larger than chance"
'

it 'says why a metric could not be tested, which is not for chance' '
	awk "{ sub(/\"quality\":[0-9.]*/, \"\\\"quality\\\":\" \
		(/concise/ ? 9 : 2)); print }" rows.jsonl >flat.jsonl
	results 1 flat.jsonl
	same "not-yet 9" "$(jq -r "\"\(.state) \(.variants[1].estimate)\"" out)"
	has out "not yet: nothing varies within the variants in quality"
	sed "s/\"quality\":[0-9.]*,//" rows.jsonl >bare.jsonl
	results 1 bare.jsonl
	has out "not yet: 100 more of each variant with a value of quality"
	same 1942 "$(jq ".variants[0].metrics[0].missing" out)"
	lacks out "larger than chance"
	awk "/concise/ { sub(/\"quality\":[0-9.]*,/, \"\") } { print }" rows.jsonl \
		>one-sided.jsonl
	results 1 one-sided.jsonl
	same invalid "$(jq -r .state out)"
	has out "quality is missing more often in some variants"
'

it 'says what is missing to the minimum, and how long that takes' '
	head -n 60 rows.jsonl >few.jsonl
	results 1 few.jsonl
	least=$(jq "[.variants[].n] | min" out)
	same "$((100 - least))" "$(jq .needed out)"
	has out "not yet: $((100 - least)) more of each variant, about"
'

it 'says so when nothing is there' '
	: >none.jsonl
	results 1 none.jsonl
	same empty "$(jq -r .state out)"
	same "null null" "$(jq -r "\"\(.variants[0].estimate) \(.tests[0].p)\"" \
		out)"
	git pv experiment replay tone.yaml none.jsonl >text || [ $? -eq 1 ]
	has text "nothing is recorded of it yet"
'

it 'keeps the least p of all looks' '
	results 0 rows.jsonl
	all=$(test_of p)
	sed "s/2026-10-[0-9]*T/2026-10-01T/" rows.jsonl >one-day.jsonl
	results 0 one-day.jsonl
	awk "BEGIN { exit !($all <= $(test_of p)) }"
'

# What scipy and statsmodels say of the same rows.
agree='
	cat >peer.py <<-EOF
		import json, sys
		import scipy.stats as st
		from statsmodels.stats.multitest import multipletests
		from statsmodels.stats.proportion import proportions_ztest
		rows = [json.loads(line) for line in open("rows.jsonl")]
		got = json.load(open("out"))
		by = lambda f: [[f(r) for r in rows if r["variant"] == v]
		                for v in ("control", "concise")]
		def near(what, a, b, tolerance=1e-9):
		    if abs(a - b) > tolerance * abs(b):
		        sys.exit("%s: %r, peer %r" % (what, a, b))
		tests = {(t["metric"], t["role"]): t for t in got["tests"]}
		q = by(lambda r: r["quality"])
		peer = st.ttest_ind(q[1], q[0], equal_var=False)
		t = tests["quality", "primary"]
		near("t", t["statistic"], peer.statistic)
		near("p", t["p"], peer.pvalue, 1e-7)
		share = by(lambda r: r["status"] == "ok")
		s = tests["success_rate", "primary"]
		z, p = proportions_ztest([sum(share[1]), sum(share[0])],
		                         [len(share[1]), len(share[0])])
		near("z", s["statistic"], z)
		near("p of z", s["p"], p, 1e-7)
		holm = multipletests([t["p"], s["p"]], method="holm")[1]
		near("Holm", t["p_corrected"], holm[0], 1e-12)
		near("Holm", s["p_corrected"], holm[1], 1e-12)
		n = [v["n"] for v in got["variants"]]
		near("n", sum(n), len(rows))
		near("split", got["srm"]["p"], st.chisquare(n).pvalue)
		# Bins of a hundredth of a point.
		near("ranks", tests["quality", "robustness"]["statistic"],
		     st.mannwhitneyu(q[1], q[0]).statistic, 1e-3)
	EOF
	mkdir peer
	printf "prompt: a\nvariants: {control: main, concise: side}\n" >peer/tone.yaml
	echo "metrics: {primary: [quality, success_rate]}" >>peer/tone.yaml
	git pv experiment replay peer/tone.yaml rows.jsonl --fixed --json >out
	"$peer" peer.py
'
peer=python3
"$peer" -c 'import scipy, statsmodels' 2>/dev/null || peer=/usr/bin/python3
if "$peer" -c 'import scipy, statsmodels' 2>/dev/null; then
	it 'agrees with scipy and statsmodels' "$agree"
else
	skip 'agrees with scipy and statsmodels' 'they are not installed'
fi

it 'reads the same by every method' '
	for way in sequential fixed group-sequential bayes; do
		results 0 rows.jsonl "--$way"
		same "$way concise" "$(jq -r ".method + \" \" + .winner" out)"
		results 1 alike.jsonl "--$way"
	done
	results 0 rows.jsonl --bayes
	same null "$(test_of p)"
	awk "BEGIN { exit !($(test_of chance) > 0.999 &&
		$(test_of expected_loss) < 1e-6) }"
'

it 'takes both sides to vary alike on request' '
	results 0 rows.jsonl --student
	same "fixed student" "$(jq -r .method out) $(test_of method)"
	n=$(jq "[.variants[].n] | add" out)
	same "$((n - 2))" "$(test_of df)"
	t=$(test_of statistic)
	results 0 rows.jsonl --fixed
	awk "BEGIN { exit !($t != $(test_of statistic) &&
		($t / $(test_of statistic) - 1)^2 < 1e-4) }"
	expect_failure 129 git pv experiment replay tone.yaml rows.jsonl \
		--fixed --student 2>err
'

it 'trusts no traffic that is not split as planned' '
	awk "!/concise/ || n++ % 4" rows.jsonl >skewed.jsonl
	results 1 skewed.jsonl
	same "invalid true null" "$(jq -r \
		"\"\(.state) \(.srm.mismatch) \(.winner)\"" out)"
	has out "not split as planned"
'

it 'says of what is not to be trusted in no way that it is better' '
	results 1 skewed.jsonl --by country
	same true "$(test_of significant)"
	same "[]" "$(jq -c "[.., .segments[] | .tests? // [] | .[] |
		select(.better != null or .verdict == \"pass\" or
		.verdict == \"fail\")]" out)"
	same "[null]" "$(jq -c "[.segments[].winner] | unique" out)"
	same "[\"invalid\"]" "$(jq -c "[.segments[].state] | unique" out)"
	git pv experiment replay tone.yaml skewed.jsonl --markdown \
		--html out.html --svg out.svg >out.md || [ $? -eq 1 ]
	git pv experiment replay tone.yaml skewed.jsonl >text || [ $? -eq 1 ]
	lacks out.md "**better**"
	lacks out.md "passes"
	lacks out.html ">better<"
	lacks out.svg ", better<"
	lacks text "  better"
'

it 'counts an execution that is told twice once' '
	awk "{ sub(/^{/, sprintf(\"{\\\"id\\\":\\\"00000000-0000-7000-8000-%012x\\\",\",
		NR)) } 1" rows.jsonl >ids.jsonl
	cat ids.jsonl ids.jsonl >twice.jsonl
	results 0 ids.jsonl
	mv out once
	results 0 twice.jsonl
	has err "4000 rows have the id of one before"
	cmp_files once out
'

it 'goes by the weights of the file' '
	sed "s/^metrics/split: {control: 4, concise: 3}\n&/" tone.yaml >tone3.yaml
	git pv experiment replay tone3.yaml skewed.jsonl --json >out ||
		[ $? -eq 1 ]
	same false "$(jq .srm.mismatch out)"
'

it 'trusts no metric that is missing more often in one variant' '
	awk "/concise/ && n++ % 5 == 0 { sub(/\"quality\":[0-9.]*,/, \"\") } 1" \
		rows.jsonl >gaps.jsonl
	results 1 gaps.jsonl
	same invalid "$(jq -r .state out)"
	has out "quality is missing more often in some variants"
'

it 'warns of variants that other models answered' '
	sed "/concise/s/\"model\":\"m\"/\"model\":\"n\"/" rows.jsonl >models.jsonl
	results 0 models.jsonl
	has out "different mixes of models"
	results 0 rows.jsonl
	same 0 "$(jq ".warnings | length" out)"
'

it 'warns of models that changed meanwhile' '
	sed "/10-0[1-6]T/s/\"model\":\"m\"/\"model\":\"old\"/" rows.jsonl \
		>changed.jsonl
	results 0 changed.jsonl
	same "the models changed meanwhile: \"m\" answered from 2026-10-07, \"old\" answered until 2026-10-06" \
		"$(jq -r ".warnings[]" out)"
	# A few calls elsewhere are no change.
	sed "2s/\"model\":\"m\"/\"model\":\"old\"/" rows.jsonl >changed.jsonl
	results 0 changed.jsonl
	same 0 "$(jq ".warnings | length" out)"
'

# Each row once more, in the other variant.
it 'warns of units that have executions of several variants' '
	sed "/concise/{s/concise/control/;t};s/control/concise/" rows.jsonl |
		cat - rows.jsonl >both.jsonl
	git pv experiment replay tone.yaml both.jsonl --json >out || [ $? -eq 1 ]
	has out "in the same epoch, and count in each: control 4000 of 4000, concise 4000 of 4000"
	# In an epoch of its own a unit may have another.
	sed "s/\"experiment\"/\"epoch\":1,&/" rows.jsonl >epochs.jsonl
	sed "/concise/{s/concise/control/;t};s/control/concise/
		s/\"experiment\"/\"epoch\":2,&/" rows.jsonl >>epochs.jsonl
	git pv experiment replay tone.yaml epochs.jsonl --json >out ||
		[ $? -eq 1 ]
	lacks out "count in each"
'

it 'leaves out what is of an epoch that the file has not' '
	new_repo foreign
	cd foreign
	text_prompt prompts/a.yaml One
	git add -A
	git commit -q -m One
	git branch side
	git pv experiment create tone --prompt a --variant control=main \
		--variant concise=side -q >../out
	git pv experiment start tone -q >../out
	sed "s/\"experiment\"/\"epoch\":1,&/" ../rows.jsonl >../first.jsonl
	sed "s/\"experiment\"/\"epoch\":9,&/; s/\"u/\"v/" ../alike.jsonl |
		cat ../first.jsonl - >../ninth.jsonl
	git pv experiment replay tone ../first.jsonl --json >../out
	git pv experiment replay tone ../ninth.jsonl --json >../more
	has ../more "4000 executions have an epoch that the experiment"
	for one in out more; do
		jq -S "del(.warnings, .since, .until, .rows_until)" ../$one >../$one.0
	done
	cmp_files ../out.0 ../more.0
'

it 'holds a winner back whose guardrail is not met' '
	awk "/concise/ { sub(/\"latency_ms\":/, \"&2\") } 1" rows.jsonl >slow.jsonl
	results 1 slow.jsonl
	same "held null" "$(jq -r "\"\(.state) \(.winner)\"" out)"
	same fail "$(test_of verdict latency_p95 guardrail)"
	has out "concise is better, but its latency_p95 is worse by more than"
'

it 'lets the control win, too' '
	trial_rows 4000 -0.3 >worse.jsonl
	results 0 worse.jsonl
	same control "$(jq -r .winner out)"
	has out "control stays: concise is worse"
'

# Each row five times: nothing more is known than before.
it 'counts executions of one unit as alike' '
	results 0 rows.jsonl --fixed
	once=$(test_of statistic)
	for i in 1 2 3 4 5; do
		sed "s/:00Z/:0${i}Z/" rows.jsonl
	done >five.jsonl
	results 0 five.jsonl --fixed
	same "4000 20000 unit" "$(jq -r "\"\([.variants[].n] | add) \(
		.executions) \(.by)\"" out)"
	awk "BEGIN { exit !($(test_of statistic) < $once * 1.001 &&
		$(test_of statistic) > $once * 0.999) }"
	awk "BEGIN { d = $(jq ".variants[0].metrics[0].design_effect" out);
		exit !(d > 4.99 && d < 5.01) }"
	# The split is of units all the same.
	srm=$(jq -c ".srm | [.p, .mismatch]" out)
	results 0 five.jsonl --fixed --by-execution
	same "$srm" "$(jq -c ".srm | [.p, .mismatch]" out)"
	awk "BEGIN { exit !($(test_of statistic) > $once * 2) }"
'

# Simpson: the better variant gets the worse days, later most of the traffic.
it 'compares epochs of other weights each by itself' '
	trial_simpson 4000 >simpson.jsonl
	printf "prompt: a\nvariants: {control: main, concise: side}\n" >tone.yaml
	echo "metrics: {primary: quality}" >>tone.yaml
	git pv experiment replay tone.yaml simpson.jsonl --json >out || [ $? -eq 1 ]
	difference=$(test_of difference)
	awk "BEGIN { exit !($difference > 0.25 && $difference < 0.35) }"
	same "2 true" "$(jq -r "\"\(.srm.epochs | length) \(.srm.mismatch)\"" out)"
	trial_file >tone.yaml
'

it 'tests every pair when asked' '
	mkdir three
	sed "s/side}/side, warm: side}/" tone.yaml >three/tone.yaml
	sed "n;n;s/\"concise\"/\"warm\"/" rows.jsonl >three.jsonl
	git pv experiment replay three/tone.yaml three.jsonl --pairwise --fixed \
		--json >out || [ $? -eq 1 ]
	same "concise warm" "$(jq -r ".tests[] | select(.role == \"pair\") |
		.a + \" \" + .b" out)"
	same true "$(jq "[.tests[] | select(.role == \"primary\")] |
		length == 2 and all(.p > 0 and .p_corrected >= .p)" out)"
'

it 'says how likely each of several is the best of all' '
	git pv experiment replay three/tone.yaml three.jsonl --bayes --json >out ||
		[ $? -eq 1 ]
	same true "$(jq "[.variants[].metrics[0].best_chance] | (add - 1 |
		fabs) < 1e-9 and (.[0] < 0.01)" out)"
	git pv experiment replay three/tone.yaml three.jsonl --bayes >text ||
		[ $? -eq 1 ]
	has text "best of all: control 0.0 %, concise"
	results 0 rows.jsonl
	same null "$(jq ".variants[0].metrics[0].best_chance" out)"
'

it 'tells of segments' '
	results 0 rows.jsonl --by country
	same "de fr" "$(jq -r "[.segments[].segment] | sort | join(\" \")" out)"
	same 4000 "$(jq "[.segments[].executions] | add" out)"
'

it 'tells of segments in Markdown, on a page, and each in a line' '
	sed "s/\"fr\"/\"f\\\\nr | <i>\"/" rows.jsonl >odd.jsonl
	git pv experiment replay tone.yaml odd.jsonl --by country --markdown \
		--html out.html >out.md
	has out.md "#### Segment de"
	has out.md "#### Segment f r \\| \\<i\\>"
	same 3 "$(grep -c "^| quality |" out.md)"
	has out.html "<h2>Segment de</h2>"
	lacks out.html "<i>"
	git pv experiment replay tone.yaml odd.jsonl --by country >text
	same 2 "$(grep -c "^segment" text)"
	has text "segment f^Jr | <i>"
'

it 'says of ranks, which decide nothing, that nothing is significant' '
	results 0 rows.jsonl
	same null "$(test_of significant quality robustness)"
'

it 'looks at the rows up to a time or an id' '
	results 0 rows.jsonl
	id=$(jq -r .rows_until out)
	results 1 rows.jsonl --until 2026-10-02
	same 300 "$(jq .executions out)"
	results 0 rows.jsonl --rows-until "$id"
	same 4000 "$(jq .executions out)"
	same "$id" "$(jq -r .rows_until out)"
	results 0 rows.jsonl --rows-until "$(echo "$id" | tr a-f A-F)"
	same "$id" "$(jq -r .rows_until out | tr A-F a-f)"
	for bad in "" x 7 01a13810 "$(echo "$id" | sed "s/-7/-4/")" "${id}0"; do
		expect_failure 128 git pv experiment replay tone.yaml \
			rows.jsonl --rows-until "$bad" 2>err
		has err "UUIDs of version 7"
	done
'

it 'is Markdown, a drawing, a page' '
	mkdir odd
	sed "s/^prompt/name: \"Tone | <b>\"\n&/" tone.yaml >odd/tone.yaml
	git pv experiment replay odd/tone.yaml rows.jsonl --markdown --svg out.svg \
		--html out.html >out.md
	has out.md "### Experiment Tone \\| \\<b\\>"
	has out.md "**Winner: concise.**"
	sed "s/^prompt/name: \"@team #1 www.a.org http:\\/\\/b.org\"\n&/" tone.yaml \
		>odd/tone.yaml
	git pv experiment replay odd/tone.yaml rows.jsonl --markdown >out.md
	has out.md "www\\.a.org http\\://b.org"
	lacks out.md "@team"
	lacks out.md "#1"
	has out.html "<title>Experiment: Tone | &lt;b&gt;</title>"
	lacks out.html "<b>"
	python3 -c "import xml.dom.minidom as m; m.parse(\"out.svg\")"
	has out.svg "prefers-color-scheme: dark"
	# A name that has no room is shortened, not cut off.
	sed "s/concise/a-variant-of-a-long-name/" tone.yaml >odd/tone.yaml
	sed "s/concise/a-variant-of-a-long-name/" rows.jsonl |
		git pv experiment replay odd/tone.yaml /dev/stdin --svg out.svg >text
	has out.svg "<title>a-variant-of-a-long-name</title>a-variant…ong-name"
	has text "  a-variant-of-a-long-name     20"
'

# Users have one to three executions; one in ten fails, one in eleven has no
# cost, and does not count.
spend() {
	awk 'BEGIN {
		for (u = 1; u <= 400; u++)
			for (i = 0; i <= u % 3; i++) {
				name = u % 2 ? "control" : "concise"
				cost = 0.001 * (1 + (u * 13 + i * 5) % 17)
				status = (u * 7 + i) % 10 ? "ok" : "error"
				printf "{\"experiment\":\"tone\","
				printf "\"variant\":\"%s\",\"unit\":\"u%d\",", name, u
				if ((u + i) % 11)
					printf "\"cost_usd\":%.6f,", cost
				printf "\"status\":\"%s\"}\n", status
			}
	}'
}

it 'compares ratios of two metrics, whose units vary' '
	spend >spent.jsonl
	git pv experiment replay tone.yaml spent.jsonl --fixed --json \
		--metric cost_per_success >out || same 1 $?
	jq -s "map(select(.cost_usd)) | group_by(.unit) | map({
		variant: .[0].variant, x: (map(.cost_usd) | add),
		y: (map(select(.status == \"ok\")) | length)}) |
		group_by(.variant) | map({x: map(.x), y: map(.y)}) |
		{control: .[1], treatment: .[0]}" spent.jsonl >pairs
	git pv stats ratio pairs --json >want
	same true "$(jq -s "(.[0].tests[] | select(.metric ==
		\"cost_per_success\")) as \$got | .[1] as \$want |
		[\$got.difference / \$want.difference,
		\$got.error / \$want.error] | map((. - 1 | fabs) < 1e-9) |
		all" out want)"
	same secondary "$(test_of role cost_per_success secondary)"
	same "$(grep -vc cost_usd spent.jsonl)" "$(jq "[.variants[].metrics[] |
		select(.metric == \"cost_per_success\").missing] | add" out)"
	git pv experiment replay tone.yaml spent.jsonl --metric cost_per_success \
		>text || same 1 $?
	has text "\$0.0103 \$0.000588"
	# A file that decides by one.
	sed "s/quality/{name: cost_per_success, direction: down}/" tone.yaml \
		>odd/cheap.yaml
	sed "s/tone/cheap/" spent.jsonl >cheap.jsonl
	git pv experiment replay odd/cheap.yaml cheap.jsonl --json >out ||
		same 1 $?
	same cost_per_success "$(jq -r "[.tests[] |
		select(.role == \"primary\")][0].metric" out)"
	for wrong in cost_per_cost cost_per_ _per_success cost_per_x; do
		expect_failure 128 git pv experiment replay tone.yaml \
			spent.jsonl --metric "$wrong" --json >out
		has out "there is no metric"
	done
'

it 'refuses what it cannot read' '
	echo "{" >bad.jsonl
	expect_failure 128 git pv experiment replay tone.yaml bad.jsonl 2>err
	has err "bad.jsonl:1"
	expect_failure 128 git pv experiment replay nobody.yaml rows.jsonl 2>err
	expect_failure 128 git pv experiment replay tone.yaml rows.jsonl \
		--metric magic 2>err
	has err "there is no metric \"magic\""
	has err "cost_per_success"
	expect_failure 129 git pv experiment replay tone.yaml 2>err
	expect_failure 129 git pv experiment replay tone.yaml rows.jsonl --fixed \
		--bayes 2>err
'

it 'reads the index as it reads a file' '
	new_repo repo
	cd repo
	mkdir experiments
	cp ../tone.yaml experiments
	git pv experiment results tone --json >../out || [ $? -eq 1 ]
	same empty "$(jq -r .state ../out)"
	git pv record --stdin --loose <../rows.jsonl
	git pv experiment results tone --fixed --json >../index
	git pv experiment replay tone ../rows.jsonl --fixed --json >../file
	jq -S "del(.since, .until)" ../index >../a
	jq -S "del(.since, .until)" ../file >../b
	cmp_files ../a ../b
	# Of rows of an hour there are sums for a day.
	sed "s/\"tone\"/\"changed\"/; /10-0[1-6]T/s/\"m\"/\"old\"/" \
		../rows.jsonl | git pv record --stdin --loose -q
	cp ../tone.yaml experiments/changed.yaml
	git pv experiment results changed --json >../out
	same "the models changed meanwhile: \"m\" answered from 2026-10-07, \"old\" answered until 2026-10-06" \
		"$(jq -r ".warnings[]" ../out)"
	expect_failure 128 git pv experiment results ton --json >../err
	has ../err experiment-not-found
	expect_failure 128 git pv experiment results ../x 2>../err
'

it 'says what the warm-up leaves out' '
	git init -q -b main ../warm
	cd ../warm
	prompt=a
	text_prompt prompts/a.yaml "Sort: {{ ticket }}"
	git add -A
	git commit -q -m One
	git pv experiment create warm --prompt "$prompt" --warm-up 1h \
		--variant control=main --variant other=main -q >/dev/null
	git pv experiment start warm -q >/dev/null
	for i in 1 2 3; do
		printf "{\"prompt_id\": \"%s\", \"experiment\": \"warm\", %s}\n" \
			"$prompt" "\"variant\": \"control\", \"output\": \"$i\""
	done | git pv record --stdin >/dev/null
	expect_failure 1 git pv experiment results warm --json >../out
	same "empty nothing counts yet: 3 executions are of the warm-up" \
		"$(jq -r "\"\(.state) \(.reason)\"" ../out)"
	echo "{\"prompt_id\": \"$prompt\", \"experiment\": \"warm\",
		\"variant\": \"control\", \"output\": \"x\",
		\"ts\": \"2099-01-01T00:00:00Z\"}" | tr -d "\n" |
		git pv record --stdin >/dev/null
	git pv experiment results warm --json >../out || [ $? -eq 1 ]
	same 1 "$(jq .executions ../out)"
	jq -r ".warnings[]" ../out >../text
	has ../text "3 executions are of the warm-up, and do not count"
'

finish
