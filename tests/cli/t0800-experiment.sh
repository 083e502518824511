#!/bin/sh
# SPDX-License-Identifier: MIT
#
# git pv experiment: the life of an experiment, step by step, and what is
# refused on the way.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"
begin 'the life of an experiment'

git init -q -b main repo
cd repo || exit 1
text_prompt prompts/support/triage.yaml 'Sort: {{ ticket }}'
git add -A
git commit -q -m One
git branch exp/concise
git switch -q exp/concise
text_prompt prompts/support/triage.yaml 'Briefly sort: {{ ticket }}'
git commit -q -a -m Concise
git switch -q main
concise=$(git rev-parse exp/concise)

# create ID ARGUMENT...: with the two variants.
create() {
	id=$1
	shift
	git pv experiment create "$id" --prompt support/triage \
		--variant control=main --variant concise=exp/concise "$@"
}

# route ID UNIT FIELD ARGUMENT...
route() {
	id=$1
	unit=$2
	field=$3
	shift 3
	git pv experiment route "$id" --unit "$unit" --json "$@" |
		jq -r ".$field"
}

it 'creates a file and commits it' '
	create tone --split 50,50 --metric quality --guardrail latency_p95=20 \
		--name Tone --owner ops --json >made
	same "$(git rev-parse HEAD)" "$(jq -r .commit made)"
	same draft "$(jq -r .status made)"
	same 20 "$(jq .guardrails[0].margin made)"
	same tone "$(git log -1 --format="%(trailers:key=Pv-Experiment,valueonly)" |
		head -n 1)"
	same "" "$(git status --porcelain experiments)"
	expect_failure 128 create tone 2>err
	is_error err "experiment \"tone\" exists already"
'

it 'gives everybody the control before the start' '
	same not-running "$(route tone u1 reason)"
	same control "$(route tone u1 variant)"
	same false "$(route tone u1 assigned)"
	same null "$(route tone u1 slot)"
'

it 'refuses what is no comparison, and writes nothing' '
	before=$(git rev-parse HEAD)
	expect_failure 128 create a --variant gone=nowhere 2>err
	is_error err "variant \"gone\""
	expect_failure 128 create a --prompt support/none 2>err
	is_error err "support/none"
	expect_failure 128 create a --split 1,2,3 2>err
	is_error err "3 parts for 2 variants"
	expect_failure 129 create a --split control=1,2 2>err
	expect_failure 129 create a --alpha much 2>err
	expect_failure 128 create a --coverage 12.34567 2>err
	is_error err "four digits"
	expect_failure 128 create a --alpha 2 2>err
	# No file is named that there is not.
	is_error err "error: \`alpha\` must be below 1"
	expect_failure 129 create a --start soon 2>err
	expect_failure 128 create ../a 2>err
	expect_failure 128 create a --variant "odd=main,prompt={{ other }}" 2>err
	is_error err "requires the variable"
	expect_failure 129 git pv experiment create a --prompt support/triage \
		--variant one=main 2>err
	same "$before" "$(git rev-parse HEAD)"
	same "" "$(git status --porcelain experiments)"
'

it 'names the nearest of those there are' '
	expect_failure 128 git pv experiment show ton 2>err
	is_error err "no experiment \"ton\""
	has err "did you mean \"tone\""
	expect_failure 128 git pv experiment route ton --unit u --json >out
	same experiment-not-found "$(jq -r .error.code out)"
'

it 'starts: pins commits and records the epoch' '
	git pv experiment start tone --json >made
	same running "$(jq -r .status made)"
	same "$concise" "$(jq -r ".variants[1].commit" made)"
	same 1 "$(jq ".epochs | length" made)"
	same "$(git rev-parse HEAD)" "$(jq -r .commit made)"
	same start "$(git log -1 --format="%(trailers:key=Pv-Step,valueonly)" |
		head -n 1)"
	expect_failure 1 git pv experiment start tone 2>err
	is_error err "is running"
'

it 'routes by hash, and says with what' '
	git pv experiment route tone --unit u1 --json >out
	same hash "$(jq -r .reason out)"
	same tone "$(jq -r .experiment out)"
	same "$(git rev-parse HEAD:experiments/tone.yaml)" \
		"$(jq -r .revision out)"
	same u1 "$(jq -r .unit out)"
	same 1 "$(jq .epoch out)"
	git pv experiment route tone --unit u1 --json --explain >more
	same "$(jq .slot out)" "$(jq .explain.slot_variant more)"
	same true "$(jq ".explain as \$e | .variant as \$v | .slot as \$s |
		any(\$e.ranges[]; .variant == \$v and .from <= \$s and
		.below > \$s)" more)"
'

it 'splits units about evenly and the same way each time' '
	i=0
	while [ $i -lt 40 ]; do
		i=$((i + 1))
		route tone "user-$i" variant
	done >first
	same "$(sed -n 7p first)" "$(route tone user-7 variant)"
	[ "$(grep -c control first)" -gt 10 ]
	[ "$(grep -c concise first)" -gt 10 ]
'

it 'renders the prompt of the variant as it was pinned' '
	i=0
	until [ "$(route tone "v$i" variant)" = concise ]; do
		i=$((i + 1))
	done
	git switch -q exp/concise
	text_prompt prompts/support/triage.yaml "Later: {{ ticket }}"
	git commit -q -a -m Later
	git switch -q main
	same "Briefly sort: lost" "$(git pv experiment route tone --unit "v$i" \
		--var ticket=lost)"
	same "$concise" "$(route tone "v$i" commit)"
	expect_failure 1 git pv experiment route tone --unit "v$i" --var x=1 2>err
	is_error err ticket
'

it 'keeps what was pinned when its branch goes' '
	git branch -q -D exp/concise
	git reflog expire --expire=now --all
	git gc -q --prune=now
	same "$concise" "$(git rev-parse --verify "$concise^{commit}")"
	i=0
	until [ "$(route tone "v$i" variant)" = concise ]; do
		i=$((i + 1))
	done
	git branch exp/concise "$concise"
'

it 'ramps without moving anybody' '
	git pv experiment ramp tone --coverage 30% -q >out
	git pv experiment route tone --unit user-1 --json >out
	i=0
	while [ $i -lt 40 ]; do
		i=$((i + 1))
		if [ "$(route tone "user-$i" assigned)" = true ]; then
			same "$(sed -n ${i}p first)" \
				"$(route tone "user-$i" variant)"
			echo in
		fi
	done >now
	[ "$(wc -l <now)" -lt 30 ]
	[ "$(wc -l <now)" -gt 1 ]
	git pv experiment ramp tone --coverage 100 -q >out
	expect_failure 128 git pv experiment ramp tone --coverage 200 2>err
	expect_failure 129 git pv experiment ramp tone 2>err
'

it 'reweights and says how many are moved' '
	git pv experiment reweight tone --split concise=20,control=80 >out 2>talk
	has talk "30 % of the units"
	same "control 500000, concise 700000, control 1000000" \
		"$(git show HEAD:experiments/tone.yaml |
			sed -n "s/^ *slots: //p" | tail -n 1)"
	expect_failure 129 git pv experiment reweight tone --split 1 2>err
	expect_failure 129 git pv experiment reweight tone --split 1,2,3 2>err
	expect_failure 129 git pv experiment reweight tone \
		--split concise=1,concise=2 2>err
	expect_failure 128 git pv experiment reweight tone --split 0,0 2>err
'

it 'pauses and resumes' '
	git pv experiment pause tone -q >out
	same not-running "$(route tone u1 reason)"
	expect_failure 1 git pv experiment ramp tone --coverage 5 2>err
	is_error err "is paused"
	git pv experiment resume tone -q >out
	same hash "$(route tone u1 reason)"
	expect_failure 1 git pv experiment resume tone 2>err
'

it 'lists by status' '
	create later >out
	same "later tone" "$(git pv experiment list --json |
		jq -r "[.[].id] | join(\" \")")"
	same tone "$(git pv experiment list --status running --json |
		jq -r ".[].id")"
	same "" "$(git pv experiment list --status stopped)"
	expect_failure 129 git pv experiment list --status gone 2>err
'

it 'refuses a change that spoils results, wherever it is met' '
	sed "s/0\.05/0.5/" experiments/tone.yaml >edited
	cp edited experiments/tone.yaml
	for verb in "show tone" "route tone --unit u1" "pause tone" \
		"ramp tone --coverage 5"; do
		expect_failure 1 git pv experiment $verb 2>err
		is_error err "\"alpha\" was changed since it began"
	done
	expect_failure 1 git pv check --json >out
	has out "was changed since it began"
	expect_failure 1 git pv commit -m Cheat 2>err
	is_error err "\"alpha\" was changed since it began"
	git checkout -q experiments/tone.yaml
	git pv check >out
	rm edited
'

it 'commits other changes of the file by hand, but not a step over them' '
	sed "s/^owner: ops/owner: me/" experiments/tone.yaml >edited
	mv edited experiments/tone.yaml
	expect_failure 1 git pv experiment pause tone 2>err
	is_error err "has changes that are not committed"
	git pv commit -q -m Owner
	same me "$(git pv experiment show tone --json | jq -r .owner)"
'

it 'refuses an inactive prompt' '
	git switch -q exp/concise
	echo "active: false" >>prompts/support/triage.yaml
	git commit -q -a -m Off
	git switch -q main
	expect_failure 1 create off 2>err
	is_error err "inactive"
	git branch -q -f exp/concise "$concise"
'

it 'has variants with fields of their own' '
	git pv experiment create warm --prompt support/triage \
		--variant control=main \
		--variant "warm=main,model.temperature=0.9,description=a, b" -q
	git pv experiment start warm --json >out
	same 0.9 "$(jq ".variants[1].set.\"model.temperature\"" out)"
	same "a, b" "$(jq -r ".variants[1].set.description" out)"
'

it 'targets by what is known of a request' '
	create aim >out
	cat >>experiments/aim.yaml <<-\EOT
		targeting:
		  all:
		    - {attribute: country, in: [de, at]}
		    - {attribute: app, version: {from: "2.9"}}
		overrides: {qa: concise}
	EOT
	git pv commit -q -m Aim
	git pv experiment start aim -q >out
	same not-targeted "$(route aim u1 reason)"
	same not-targeted "$(route aim u1 reason --context country=fr \
		--context app=3)"
	same hash "$(route aim u1 reason --context country=at \
		--context app=2.10)"
	same at "$(route aim u1 segment.country --context country=at \
		--context app=2.10)"
	same override "$(route aim qa reason)"
	expect_failure 129 git pv experiment route aim --unit u --context x 2>err
'

it 'shares a layer without sharing units' '
	create left --layer prices=0-50 >out
	create right --layer prices >out
	same 50 "$(sed -n "s/^  from: //p" experiments/right.yaml |
		sed "s/\.0*$//")"
	git pv experiment start left -q >out
	git pv experiment start right -q >out
	i=0
	while [ $i -lt 20 ]; do
		i=$((i + 1))
		printf "%s%s\n" "$(route left "w$i" assigned)" \
			"$(route right "w$i" assigned)"
	done >both
	expect_failure 1 grep truetrue both
	has both truefalse
	has both falsetrue
	create wide --layer prices=40-60 >out
	expect_failure 1 git pv experiment start wide 2>err
	is_error err "has a part of the layer"
'

it 'draws at random where that is asked for' '
	create dice --strategy random >out
	git pv experiment start dice -q >out
	i=0
	while [ $i -lt 40 ]; do
		i=$((i + 1))
		route dice u1 variant
	done >drawn
	has drawn control
	has drawn concise
	same random "$(route dice u1 reason)"
'

it 'waits for its planned start' '
	create soon --start 2990-01-01 --end 2990-02-01 >out
	git pv experiment start soon -q >out
	same scheduled "$(git pv experiment show soon --json | jq -r .status)"
	same not-running "$(route soon u1 reason)"
'

# is STATUS REASON: of the experiment "soon", wherever it is told.
is() {
	same "$1" "$(git pv experiment show soon --json | jq -r .status)"
	git pv experiment list --status "$1" >listed
	has listed "soon "
	git pv experiment results soon >told || true
	has told "soon, $1:"
	same "$2" "$(route soon u1 reason)"
}

it 'is what the time makes of it' '
	sed -i "s/^start: .*/start: 2001-01-01/" experiments/soon.yaml
	is running hash
	same "status: scheduled" "$(grep "^status:" experiments/soon.yaml)"
	sed -i "s/^end: .*/end: 2002-01-01/" experiments/soon.yaml
	is stopped not-running
	git checkout -q experiments/soon.yaml
	is scheduled not-running
'

it 'works from a bare clone' '
	git clone -q --bare . ../bare.git
	cd ../bare.git
	git pv experiment pause tone --json >../out
	same "$(git rev-parse main)" "$(jq -r .commit ../out)"
	same not-running "$(git pv experiment route tone --unit u1 --json |
		jq -r .reason)"
'

# bad WORDS ARGUMENT...: create refuses that, in one line that has the words.
bad() {
	words=$1
	shift
	got=0
	create bad "$@" >out 2>err || got=$?
	[ "$got" -eq 128 ] || [ "$got" -eq 129 ]
	has err "$words"
	lacks err anyOf
	lacks err JSON
}

it 'refuses numbers that mean nothing, in words' '
	bad "\"alpha\" is too small" --alpha 1e-400
	bad "\"power\" is too small" --power 1e-400
	bad "\"mde\" is too small" --mde 1e-400
	bad "\"alpha\" is too large" --alpha 0.99999999999999999999
	bad minimum_sample --min-sample 0
	bad minimum_sample --min-sample 1.5
	bad "must have at least 2 elements" --split 50
	bad coverage --coverage -1
	bad holdout --holdout -1
	bad "layer" --layer ""
	bad "\"control\" has no part of the traffic" --split 0,100
	bad "names \"control\" twice" --split control=50,concise=50,control=1
	bad "names \"concise\" twice" --variant concise=main
	bad "\"quality\" and \"quality_mean\" are the same figure" \
		--metric quality --metric quality_mean
	bad "are the same figure" --metric success_rate --metric error_rate
'

it 'takes a date in the file as it does on the command line' '
	expect_failure 128 create over --end 2020-01-01 2>err
	is_error err "the end \"2020-01-01\" is over"
	[ ! -e experiments/over.yaml ]
	create dated --end 2099-01-01 -q >out
	sed -i "s/^end: .*/end: 2099-01-02/" experiments/dated.yaml
	git pv commit -q -m Later >out
	git pv experiment start dated --json >out
	same 2099-01-02T00:00:00.000Z "$(jq -r .end out)"
	expect_failure 128 git pv experiment reweight dated --split 0,1 2>err
	is_error err "\"control\" has no part of the traffic"
'

# misspelt LINE WORDS HINT: start refuses what check warns of.
misspelt() {
	create spelt -q >/dev/null
	printf "%s\n" "$1" >>experiments/spelt.yaml
	git pv check --json experiments/spelt.yaml >out
	same "unknown-key $2" \
		"$(jq -r ".findings[] | \"\(.rule) \(.message)\"" out)"
	same "$3" "$(jq -r ".findings[].hint" out)"
	git pv commit -q -m Edited >/dev/null
	expect_failure 128 git pv experiment start spelt >out 2>err
	is_error err "$2"
	has err "$3"
	git rm -qf experiments/spelt.yaml
	git commit -q -m Gone
}

it 'names the key that a misspelt one may be' '
	cd "$TRASH/repo" || exit 1
	misspelt "targetting: {all: [{country: de}]}" \
		"unknown key \"targetting\"" "did you mean \"targeting\"?"
	misspelt "min_sample: 5000" \
		"unknown key \"min_sample\"" "did you mean \"minimum_sample\"?"
	misspelt "layer: {name: spells, form: 10}" \
		"unknown key \"form\" in \"layer\"" "did you mean \"from\"?"
'

it 'refuses targeting that cannot be meant, before it begins' '
	for ask in "version: {from: abc}" "number: {from: 10, below: 5}"; do
		create odd -q >/dev/null
		printf "targeting: {all: [{app: {%s}}]}\n" "$ask" \
			>>experiments/odd.yaml
		expect_failure 1 git pv check experiments/odd.yaml >out
		git commit -qam Edited
		expect_failure 128 git pv experiment start odd 2>err
		is_error err "experiments/odd.yaml:"
		git rm -q experiments/odd.yaml
		git commit -qm Gone
	done
'

it 'keeps keys that are nobody else'"'"'s' '
	create kept -q >/dev/null
	printf "%s\n" "x-targetting: 1" "metadata: {targetting: 2}" \
		"ticket: 17" >>experiments/kept.yaml
	git pv check --json experiments/kept.yaml >out
	same "unknown key \"ticket\": it is kept as it is" \
		"$(jq -r ".findings[] | \"\(.message): \(.hint)\"" out)"
	git pv commit -q -m Edited >/dev/null
	git pv experiment start kept -q >/dev/null
	has experiments/kept.yaml "ticket: 17"
'

it 'starts with published versions only, where there is a remote' '
	git init -q -b main ../ours
	cd ../ours
	text_prompt prompts/support/triage.yaml "Sort {{ ticket }}"
	git pv commit -q -m One
	git init -q --bare ../theirs.git
	git remote add origin ../theirs.git
	git push -q origin main
	git pv sync >/dev/null 2>&1
	text_prompt prompts/support/triage.yaml "Briefly {{ ticket }}"
	git pv commit -q -m Two
	new=$(git pv versions support/triage --json | jq -r .[0].version)
	git pv experiment create ver --prompt support/triage \
		--variant control=1.0.0 --variant new=$new >out
	expect_failure 1 git pv experiment start ver 2>err
	is_error err "support/triage $new is not published"
	has err "git pv sync"
	git pv sync >/dev/null 2>&1
	git pv experiment start ver >out
'

finish
