#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv record takes the commit of a variant and the epoch'

new_repo "$TRASH/repo" >/dev/null 2>&1
cd "$TRASH/repo" || exit 1
printf 'Sort {{ ticket }}\n' | git pv new support/triage >/dev/null 2>&1
git pv commit -q -m Triage >/dev/null 2>&1
git tag one
git pv edit support/triage --set description=Two >/dev/null 2>&1
git pv commit -q -m Two >/dev/null 2>&1
git tag two
git pv edit support/triage --set description=Three >/dev/null 2>&1
git pv commit -q -m Three >/dev/null 2>&1
mkdir experiments
cat >experiments/tone.yaml <<FILE
prompt: support/triage
status: stopped
sealed: {salt: tone}
started_at: 2026-01-01T00:00:00Z
ended_at: 2026-01-09T00:00:00Z
variants: {control: main, concise: main}
metrics: {primary: [quality]}
epochs:
  - at: 2026-01-01T00:00:00Z
    coverage: 50
    split: {control: 50, concise: 50}
    slots: control 500000, concise 1000000
    variants: {control: $(git rev-parse one), concise: $(git rev-parse one)}
  - at: 2026-01-02T00:00:00Z
    coverage: 100
    split: {control: 50, concise: 50}
    slots: control 500000, concise 1000000
    variants: {control: $(git rev-parse one), concise: $(git rev-parse two)}
FILE
cd ..

# shown: commit, epoch and version of the row whose id is in ../id.
shown() {
	git pv history show "$(cat ../id)" --json |
		jq -r '"\(.commit) \(.epoch) \(.version) \(.prompt_id)"'
}

it 'of the present epoch' '
	cd repo
	git pv record --experiment tone --variant concise --unit u1 \
		--output text >../id
	same "$(git rev-parse two) 2 1.0.1 support/triage" "$(shown)"
	echo "{\"prompt_id\":\"support/triage\",\"experiment\":\"tone\",\"variant\":\"control\"}" |
		git pv record --stdin --json >../json
	git pv history list --variant control --json |
		jq -r ".[0] | \"\(.commit) \(.epoch)\"" >../row
	same "$(git rev-parse one) 2" "$(cat ../row)"
'

it 'also where the prompt is named, with no version' '
	cd repo
	git pv record --prompt support/triage --experiment tone \
		--variant concise --unit u1 >../id
	same "$(git rev-parse two) 2 1.0.1 support/triage" "$(shown)"
	git pv record --prompt support/triage@one --experiment tone \
		--variant concise --unit u1 >../id
	same "$(git rev-parse one)" "$(shown | cut -d" " -f1)"
	expect_failure 128 git pv record --prompt support/triage \
		--experiment tone --variant wide 2>../err
	is_error ../err "no variant \"wide\""
	expect_failure 128 git pv record --prompt support/triage \
		--experiment none --variant concise 2>../err
	is_error ../err "no experiment \"none\""
'

it 'of the epoch that is named' '
	cd repo
	git pv record --experiment tone --variant concise --epoch 1 >../id
	same "$(git rev-parse one) 1 1.0.0 support/triage" "$(shown)"
'

it 'of the epoch that was under way at its time' '
	cd repo
	printf "{\"prompt_id\":\"support/triage\",\"experiment\":\"tone\",\"variant\":\"concise\",\"unit\":\"u7\",\"ts\":\"%s\"}\n" \
		2026-01-01T12:00:00Z |
		git pv record --stdin
	git pv history list --json | jq -r ".[] | select(.unit == \"u7\") |
		\"\(.commit) \(.epoch)\"" >../row
	same "$(git rev-parse one) 1" "$(cat ../row)"
	printf "{\"prompt_id\":\"support/triage\",\"experiment\":\"tone\",\"variant\":\"concise\",\"unit\":\"u8\",\"id\":\"%s\"}\n" \
		019b7ab7-6d00-7000-8000-000000000001 |
		git pv record --stdin
	git pv history list --json | jq -r ".[] | select(.unit == \"u8\") |
		\"\(.epoch) \(.ts)\"" >../row
	same 1 "$(cut -d" " -f1 ../row)"
'

it 'leaves what is said as it is' '
	cd repo
	git pv record --prompt support/triage@two --experiment tone \
		--variant control >../id
	same "$(git rev-parse two) null 1.0.1 support/triage" "$(shown)"
'

it 'refuses what there is not' '
	cd repo
	expect_failure 128 git pv record --template t --experiment no \
		--variant control 2>../err
	has ../err "no"
	expect_failure 128 git pv record --template t --experiment tone \
		--variant other 2>../err
	has ../err "experiment \"tone\" has no variant \"other\""
	git pv record --loose --template t --experiment tone --variant other
	git pv record --loose --template t --experiment no --variant other
'

# put VARIANT TIME UNIT [PROMPT]: a row with a commit, and so with no epoch.
put() {
	jq -cn --arg v "$1" --arg t "$2" --arg c "$(git rev-parse one)" \
		--arg u "$3" --arg p "${4:-support/triage}" \
		"{prompt_id: \$p, experiment: \"late\", variant: \$v,
		commit: \$c, ts: \$t, quality: 5, unit: \$u}" |
		git pv record --stdin
}

# said QUERY: of the results
said() {
	git pv experiment results late --json >../out || [ $? -eq 1 ]
	jq -c "$1" ../out
}

it 'counts what has no epoch by its time' '
	cd repo
	sed "s/salt: tone/salt: late/" experiments/tone.yaml \
		>experiments/late.yaml
	for i in 1 2 3; do
		put control 2026-01-01T0$i:00:00Z a$i
		put concise 2026-01-01T0$i:30:00Z b$i
	done
	same "[[1],[]]" "$(said "[[.srm.epochs[].epoch], .warnings]")"
	put concise 2026-01-02T03:00:00Z c
	same "[[1,2],[]]" "$(said "[[.srm.epochs[].epoch], .warnings]")"
	put control 2025-12-31T03:00:00Z d
	same "[[1,2],[4,4]]" \
		"$(said "[[.srm.epochs[].epoch], [.variants[].n]]")"
	git pv history export --format jsonl >../rows
	git pv experiment results late --json >../out || [ $? -eq 1 ]
	grep late ../rows >../late
	git pv experiment replay late ../late --json >../again || [ $? -eq 1 ]
	same "$(cat ../out)" "$(cat ../again)"
'

it 'counts no row of another prompt, and says so' '
	cd repo
	put control 2026-01-01T04:00:00Z z support/other
	same "[4,4]" "$(said "[.variants[].executions]")"
	has ../out "1 executions are of another prompt"
'

finish
