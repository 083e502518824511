#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Executions in PostgreSQL: what is where, who is trusted, and that answers are
# those of SQLite.
[ -n "${PV_TEST_POSTGRES:-}" ] ||
	exec sh "$(dirname "$0")/../postgres.sh" sh "$0"
. "$(dirname "$0")/lib.sh"

begin 'an index in PostgreSQL'
git config --global --unset pv.index
# Who a repository is to the server is told here.
unset -f git

# jq_is FILE PATH WANT
jq_is() {
	[ "$(jq -r "$2" "$1")" = "$3" ]
}

# fresh NAME: a repository with a prompt and a version.
fresh() {
	git init -q "$1"
	cd "$1"
	git pv init >/dev/null
	printf 'Sort: {{ ticket }}\n' | git pv new support/triage 2>/dev/null
	git pv commit -q -m First
}

it 'records there when the environment says so' '
	fresh a
	export PV_INDEX=$PV_TEST_POSTGRES
	git pv index info --json >../info
	jq_is ../info .exists false
	git pv record --prompt support/triage --output "money back" \
		--latency-ms 12
	git pv index info --json >../info
	jq_is ../info .exists true
	jq_is ../info .backend postgresql
	[ ! -e .git/pv/index.db ]
	git pv history search money >../found
	grep -q "support/triage@1.0.0" ../found
	git pv index verify
'

it 'trusts pv.yaml only when it is told to' '
	fresh b
	printf "index: \"%s\"\n" "$PV_TEST_POSTGRES" >>pv.yaml
	git pv commit -q -m Index
	git pv record --template t 2>../err
	grep -q "config trust" ../err
	[ -e .git/pv/index.db ]
	git pv config trust
	git pv record --template t 2>../err
	[ ! -s ../err ]
	git pv index info --json >../info
	jq_is ../info .backend postgresql
	sed -i "s/^index:.*/index: postgresql:\/\/elsewhere\/d/" pv.yaml
	git pv commit -q -m Other
	git pv history list 2>../err
	grep -q "config trust" ../err
'

it 'puts variables in, and never shows a password' '
	fresh c
	git config pv.index "postgresql://u:\${PV_SECRET}@127.0.0.1:1/d"
	export PV_SECRET=ge@he/im
	expect_failure 128 git pv history list 2>../err
	is_error ../err "127.0.0.1"
	! grep -q heim ../err
	! grep -q "he/im" ../err
	git config pv.index "postgresql://u:\${HOME}@h/d"
	expect_failure 128 git pv history list 2>../err
	is_error ../err "does not begin with PV_"
	unset PV_SECRET
	git config pv.index "\${PV_SECRET}"
	expect_failure 128 git pv history list 2>../err
	is_error ../err "is not set"
'

cat >rows.awk <<'END'
BEGIN {
	for (n = 1; n < 10; n++)
		printf "{\"prompt_id\":\"support/triage\",\"ts\":" \
			"\"2026-01-0%dT00:00:00Z\",\"output\":\"text %d\"," \
			"\"latency_ms\":%d0,\"success\":true}\n", n, n, n
}
END

# answers FOLDER: what each command that reads the index says, a file each.
answers() {
	mkdir "$1"
	period="--since 2026-01-01 --until 2026-12-31"
	while read -r name command; do
		# shellcheck disable=SC2086
		git pv $command --json >"$1/$name" 2>"$1/$name.talk" ||
			echo "status $?" >>"$1/$name"
	done <<-END
		export history export
		list history list --limit 5
		slow history list --min latency_ms=50
		stats history stats $period
		prompt performance support/triage $period
		model performance support/triage $period --by model
		day performance support/triage $period --by day
		trends trends support/triage $period
		compare compare support/triage $period --by model
		top top $period
		errors top $period --by errors
		cost cost $period --by day
		usage list --usage
		verify index verify
	END
}

it 'answers as SQLite does, in minutes that are no longer kept, too' '
	fresh d
	awk -f ../rows.awk >../rows
	now=$(date +%s)
	for n in 1 2 3 4 5 6; do
		printf "{\"id\":\"019b7f00-0000-7000-8000-00000000000%d\",\"ts\":\"%s\",\"prompt_id\":\"support/triage\",\"model\":\"m%d\",\"latency_ms\":%d1,\"status\":\"error\",\"error_type\":\"E%d\"}\n" \
			$n "$(date -u -d @$((now - n * 40000)) +%Y-%m-%dT%H:%M:%SZ)" \
			$((n % 2)) $n $((n % 3)) >>../rows
	done
	for where in sqlite "$PV_TEST_POSTGRES"; do
		export PV_INDEX=$where
		git pv record --stdin <../rows 2>/dev/null
		git pv history rate 019b7f00-0000-7000-8000-000000000003 --quality 7
		git pv index vacuum >/dev/null
		git pv doctor >../doctor.${#where}
		answers "../answers.${#where}"
	done
	diff -r ../answers.6 ../answers.${#where}
	cmp_files ../doctor.6 ../doctor.${#where}
	! grep -r "^status" ../answers.6
	json ../answers.6/export length 15
	json ../answers.6/prompt .executions 15
'

it 'copies in both directions, and proves it' '
	fresh f
	awk -f ../rows.awk | git pv record --stdin 2>/dev/null
	expect_failure 128 git pv index copy --to sqlite 2>../err
	is_error ../err "cannot be copied to itself"
	git pv index copy --to "$PV_TEST_POSTGRES" --json >../copy
	git pv schema validate -q --data ../copy \
		--schema "$PROJECT/schemas/index.schema.json"
	jq_is ../copy .copied 9
	jq_is ../copy .same true
	git pv history export --format jsonl >../export.before
	rm .git/pv/index.db*
	export PV_INDEX=$PV_TEST_POSTGRES
	git pv index copy --to sqlite --json >../copy
	jq_is ../copy .copied 9
	git pv record --template more --ts 2026-02-01T00:00:00Z
	PV_INDEX=sqlite git pv history export --format jsonl >../export.after
	cmp ../export.before ../export.after
	expect_failure 1 env PV_INDEX=sqlite git pv index copy \
		--to "$PV_TEST_POSTGRES" --json >../copy
	jq_is ../copy .copied 0
	jq_is ../copy .same false
'

# experiment_says FILE: all ways to read the experiment "tone".
experiment_says() {
	to=$1
	for ask in --fixed --student --group-sequential --bayes --sequential \
		--pairwise --by-execution "--by country" "--until 2026-10-03" \
		"--metric cost_per_success --metric tokens" --markdown; do
		# shellcheck disable=SC2086
		set -- $ask
		[ "$1" = --markdown ] || set -- "$@" --json
		git pv experiment results tone "$@" || [ $? = 1 ]
	done >"$to"
}

it 'reads an experiment as SQLite does, byte for byte' '
	. "$PROJECT/tests/cli/trials.sh"
	fresh trial
	printf "Say {{ q }}\n" | git pv new a 2>/dev/null
	git pv commit -q -m Second
	git branch side
	git pv experiment create tone --prompt a --variant control=main \
		--variant concise=side --guardrail latency_p95 -q >/dev/null
	git pv experiment start tone -q >/dev/null
	# Units come again, some with the other variant.
	{
		trial_rows 900 0.4
		trial_rows 900 0.4 2
	} | jq -c ".epoch = 1 | .prompt_id = \"a\"" | git pv record --stdin -q
	experiment_says ../says
	grep -q design_effect ../says
	grep -q "and count in each" ../says
	git pv index copy --to "$PV_TEST_POSTGRES" -q 2>../err
	PV_INDEX=$PV_TEST_POSTGRES experiment_says ../says.there
	cmp ../says ../says.there
'

# figures NAME: what the index that is set says of all there ever was.
figures() {
	for by in version model env day; do
		git pv performance support/triage --by $by --json
	done >"$1"
	git pv trends support/triage --metric quality --grain hour --json >>"$1"
	git pv performance support/triage --metric score.s --json >>"$1"
	git pv cost --json >>"$1"
}

it 'copies sums whose executions were pruned, in both directions' '
	fresh pruned
	printf "tracking:\n  metrics:\n    s: {min: 0, max: 9}\n" >>pv.yaml
	git pv commit -q -m Scores
	for back in 9 8 3 2 0; do
		for n in 1 2 3; do
			printf "%s" "{\"prompt_id\":\"support/triage\",\"ts\":\""
			printf "%s" "$(date -u -d "-$back days -$n min" +%FT%TZ)"
			printf "%s" "\",\"latency_ms\":1$back$n.5,\"model\":\"m$n\""
			printf "%s" ",\"scores\":{\"s\":$n},\"cost_usd\":0.$back"
			printf "%s" ",\"source\":\"$([ $n = 3 ] && echo cache ||
				echo generated)\",\"status\":\"$([ $n = 2 ] &&
				echo timeout || echo ok)\",\"quality\":$n"
			printf "%s\n" ",\"error_type\":\"Slow$n\"}"
		done
	done | git pv record --stdin 2>/dev/null
	figures ../whole
	git pv history prune --until 5d >/dev/null
	git pv history prune --until 1h --model m2 >/dev/null
	figures ../before
	cmp_files ../whole ../before
	git pv index copy --to "$PV_TEST_POSTGRES" --json >../copy 2>../err
	[ ! -s ../err ]
	git pv schema validate -q --data ../copy \
		--schema "$PROJECT/schemas/index.schema.json"
	jq_is ../copy .copied 7
	jq_is ../copy .same true
	jq_is ../copy ".sums.kept == .sums.copied and .sums.kept > 8" true
	rm .git/pv/index.db*
	export PV_INDEX=$PV_TEST_POSTGRES
	figures ../after
	cmp_files ../before ../after
	git pv index verify
	git pv index copy --to sqlite --json >../copy
	jq_is ../copy ".same and .sums.kept == .sums.copied" true
	export PV_INDEX=sqlite
	figures ../after
	cmp_files ../before ../after
	git pv index verify
	git pv record --prompt support/triage --model m1
	git pv index copy --to "$PV_TEST_POSTGRES" >../copy
	grep -q "^1 of 8 executions copied, 0 of [0-9]* sums" ../copy
'

it 'leaves sums alone that have more in them' '
	cd pruned
	export PV_INDEX=$PV_TEST_POSTGRES
	git pv record --prompt support/triage --model m2 --ts \
		"$(date -u -d "-2 days -2 min" +%FT%TZ)"
	figures ../before
	PV_INDEX=sqlite expect_failure 1 git pv index copy \
		--to "$PV_TEST_POSTGRES" --json >../copy 2>../err
	jq_is ../copy ".sums.copied" 0
	jq_is ../copy ".sums.other > 0 and .same == false" true
	grep -q "were left alone" ../err
	figures ../after
	cmp_files ../before ../after
'

it 'reads nothing of a project without a name, and puts its rows aside' '
	git init -q g
	cd g
	export PV_INDEX=$PV_TEST_POSTGRES
	same "[]" "$(git pv history list --json)"
	git pv index info --json >../info
	jq_is ../info .exists false
	expect_failure 128 git pv record --template t 2>../err
	is_error ../err "no name yet"
	git pv record --best-effort --template t --json >../out
	jq_is ../out .spooled true
	git pv init >/dev/null
	git add . && git commit -qm First
	git pv index drain --json >../out
	jq_is ../out .drained 1
	same 1 "$(git pv history list --json | jq length)"
'

it 'adds what was added and taken away to nothing' '
	fresh h
	for where in sqlite "$PV_TEST_POSTGRES"; do
		export PV_INDEX=$where
		awk -f ../rows.awk | git pv record --stdin 2>/dev/null
		git pv record --prompt support/triage --model gone --session s \
			--ts 2026-01-05T00:00:00Z >/dev/null
		git pv history delete --session s >/dev/null
		git pv performance support/triage --since 2026-01-01 \
			--by model --json >../by.${#where}
	done
	cmp ../by.6 ../by.${#where}
	lacks ../by.6 gone
'

it 'puts rows aside while the server is away' '
	fresh e
	git config pv.index "postgresql://127.0.0.1:1/d"
	git pv record --best-effort --template t 2>/dev/null
	git config pv.index "$PV_TEST_POSTGRES"
	git pv index info --json >../info
	jq_is ../info .spooled 1
	git pv index drain
	[ "$(git pv history list | wc -l)" -eq 1 ]
'

# listed: what the index has for the repository here.
listed() {
	PV_INDEX=$PV_TEST_POSTGRES git pv history export |
		jq -r .template | sort | tr "\n" " "
}

it 'keeps repositories in one database apart' '
	for name in p q; do
		fresh "$name"
		PV_INDEX=$PV_TEST_POSTGRES git pv record --template "$name" >/dev/null
		cd ..
	done
	same "p " "$(cd p && listed)"
	same "q " "$(cd q && listed)"
	git clone -q p p-clone
	same "p " "$(cd p-clone && listed)"
	id=$(cd q && PV_INDEX=$PV_TEST_POSTGRES git pv history export | jq -r .id)
	cd p
	export PV_INDEX=$PV_TEST_POSTGRES
	expect_failure 128 git pv history show "$id" 2>../err
	git pv history delete --template q >../out
	cd ../q
	same "q " "$(listed)"
	git pv index verify
'

it 'and those without a name, by their oldest commit' '
	export PV_INDEX=$PV_TEST_POSTGRES
	for name in s t; do
		git init -q "$name"
		cd "$name"
		expect_failure 128 git pv record --template "$name" 2>../err
		is_error ../err "has no name yet"
		git commit -q --allow-empty -m "Root of $name"
		git pv record --template "$name" >/dev/null
		cd ..
	done
	same "s " "$(cd s && listed)"
	same "t " "$(cd t && listed)"
	cd s
	git switch -q --orphan elsewhere
	git -c user.name=x commit -q --allow-empty -m Elsewhere
	same "s " "$(listed)"
	git switch -q main
	git commit -q --allow-empty -m More
	cd ..
	git clone -q --depth 1 "file://$PWD/s" shallow
	cd shallow
	expect_failure 128 git pv history list 2>../err
	is_error ../err "set \"project\" in pv.yaml"
'

it 'brings an older index up to date, whoever opens it' '
	cd p
	export PV_INDEX=$PV_TEST_POSTGRES
	psql -q "$PV_TEST_POSTGRES" -c "ALTER TABLE pv.execution DROP COLUMN request,
		DROP COLUMN response; DROP TABLE pv.pruned;
		DELETE FROM pv.migration WHERE version > 1"
	same "p " "$(listed)"
	git pv record --template p2 --request "[1]" --response "{\"a\": 1.0}" >../id
	git pv history show "$(cat ../id)" --json >../row
	json ../row "[.request, .response.a]" "$(jq -nc "[[1],1.0]")"
	git pv history prune --texts --until 2100-01-01 >../out
	git pv history show "$(cat ../id)" --json >../row
	json ../row "[.request, .response]" "[null,null]"
	git pv index verify
'

finish
