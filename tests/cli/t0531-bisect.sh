#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv bisect: the commit with which a number fell'

# commit MESSAGE FIELD=VALUE: a change of the prompt.
commit() {
	git pv edit support/triage --set "$2" >/dev/null 2>&1
	git pv commit -q -m "$1" >/dev/null 2>&1
}

# values REV MEAN N: N executions at a revision, of that quality on average;
# those that failed were bad and slow.
values() {
	git pv show "support/triage@$1" --json >"$TRASH/shown" &&
		sed -n 's/.*"blob":"\([0-9a-f]*\)".*/\1/p' "$TRASH/shown" |
		head -n 1 >"$TRASH/blob"
	awk -v blob="$(cat "$TRASH/blob")" -v mean="$2" -v n="$3" 'BEGIN {
		for (i = 0; i < n; i++) {
			printf "{\"prompt_id\":\"support/triage\","
			printf "\"blob\":\"%s\",\"commit\":null,", blob
			printf "\"parent\":\"%d\",", i
			printf "\"latency_ms\":%d,", 2000 - 100 * mean
			printf "\"success\":%s,", i % 10 < mean ? "true" : "false"
			printf "\"quality\":%.1f}\n", mean + (i % 5 - 2) / 4
		}
	}' | git pv record --stdin >/dev/null
}

new_repo "$TRASH/repo" >/dev/null 2>&1
cd "$TRASH/repo" || exit 1
printf 'Sort {{ ticket }}\n' | git pv new support/triage >/dev/null 2>&1
git pv commit -q -m Triage >/dev/null 2>&1
git tag start
commit 'Describe it' description=One
git switch -q -c side start
commit 'Add a goal' goal=Sort
git tag culprit
commit 'Warm it' model.temperature=0.9
git switch -q main 2>/dev/null || git switch -q master
git pv merge side -m 'Merge side' >/dev/null 2>&1
git tag merged
commit 'Cool it' model.temperature=0.1
cd ..

it 'has nothing to say without executions' '
	cd repo
	expect_failure 1 git pv bisect support/triage --metric quality \
		--drop 0.5 >../out 2>../err
	has ../out "too few executions"
	has ../err "git pv record"
	expect_failure 1 git pv bisect support/triage --metric quality \
		--drop 0.5 --json >../out 2>&1
	has ../out "\"found\":false"
'

it 'finds the commit on a side branch that was merged' '
	cd repo
	values start 8 60
	values main~1^1 8 60
	values culprit 7 60
	values side 7 60
	values merged 7 60
	values main 7 60
	git pv bisect support/triage --metric quality --drop 0.5 >../out
	has ../out "quality went from 8 to 7 with"
	has ../out "Add a goal"
	git pv bisect support/triage --metric quality --drop 0.5 --json >../json
	has ../json "\"found\":true"
	has ../json "\"candidates\":[{\"commit\":\"$(git rev-parse culprit)\""
	git pv bisect support/triage --metric latency --rise 50 --json >../json
	has ../json "\"candidates\":[{\"commit\":\"$(git rev-parse culprit)\""
'

it 'counts only what came behind a good one' '
	cd repo
	git pv bisect support/triage --metric quality --drop 0.5 \
		--since start --json >../json
	has ../json "\"since\":\"start\""
	has ../json "\"candidates\":[{\"commit\":\"$(git rev-parse culprit)\""
	lacks ../json "$(git rev-parse start)"
	git pv bisect support/triage --metric quality --drop 0.5 \
		--since merged --json >../json || :
	lacks ../json "$(git rev-parse culprit)"
'

it 'says what to measure next' '
	cd repo
	forget_index
	values start 8 40
	values main 7 40
	expect_failure 1 git pv bisect support/triage --metric quality \
		--drop 0.5 >../out
	has ../out "not sure yet"
	has ../out "more executions of"
	expect_failure 1 git pv bisect support/triage --metric quality \
		--drop 0.5 --json >../json
	has ../json "\"next\":{\"commit\":"
'

it 'tells a fall from what got better before' '
	cd repo
	forget_index
	values start 5 60
	for rev in main~1^1 culprit side; do
		values "$rev" 8 60
	done
	values merged 8 60
	values main 7 60
	git pv bisect support/triage --metric quality --drop 0.5 >../out
	has ../out "quality went from 8 to 7 with"
	has ../out "Cool it"
	git pv bisect support/triage --metric quality --drop 0.5 \
		--since merged >../out
	has ../out "Cool it"
'

it 'asks for what there is nothing of' '
	cd repo
	forget_index
	values main 7 200
	expect_failure 1 git pv bisect support/triage --metric quality \
		--drop 0.5 --since merged >../out
	has ../out "more executions of $(git rev-parse --short=7 merged)"
'

it 'is sure that nothing fell' '
	cd repo
	forget_index
	for rev in start main~1^1 culprit side merged main; do
		values "$rev" 8 60
	done
	expect_failure 1 git pv bisect support/triage --metric quality \
		--drop 0.5 >../out
	has ../out "never fell so much"
'

it 'refuses what it cannot look for' '
	cd repo
	expect_failure 129 git pv bisect support/triage --metric quality
	expect_failure 129 git pv bisect support/triage --drop 1
	expect_failure 129 git pv bisect support/triage --metric quality \
		--drop 1 --rise 1
	expect_failure 129 git pv bisect support/triage --metric quality \
		--drop 0
	expect_failure 129 git pv bisect support/triage --metric no --drop 1
	expect_failure 128 git pv bisect support/trage --metric quality \
		--drop 1 2>../err
	has ../err "support/triage"
	expect_failure 128 git pv bisect support/triage --metric quality \
		--drop 1 --since v7.0.0
'

finish
