#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv compare and trends: differences, and where a number goes'

new_repo "$TRASH/repo" >/dev/null 2>&1
cd "$TRASH/repo" || exit 1
printf 'Sort {{ ticket }}\n' | git pv new support/triage >/dev/null 2>&1
GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' git pv commit -q -m Triage \
	>/dev/null 2>&1
git pv edit support/triage --set description=Better >/dev/null 2>&1
GIT_COMMITTER_DATE='2026-01-11T00:00:00Z' git pv commit -q -m Better \
	>/dev/null 2>&1
cd ..

# rows FIRST SECOND SIDE: twenty days of two versions, the second from the
# eleventh day on, with those latencies, and SIDE executions a day.
rows() {
	awk -v a="$1" -v b="$2" -v side="$3" 'BEGIN {
		for (day = 1; day <= 20; day++)
			for (i = 0; i < side; i++) {
				second = day > 10
				printf "{\"prompt_id\":\"support/triage\","
				printf "\"commit\":null,\"version\":\"%s\",",
					(second ? "1.0.1" : "1.0.0")
				printf "\"ts\":\"2026-01-%02dT12:00:%02dZ\",",
					day, i
				printf "\"latency_ms\":%d,",
					(second ? b : a) + (i * 37 + day * 11) % 50
				printf "\"model\":\"m%d\",", i % 2
				printf "\"quality\":%d,\"success\":%s}\n",
					7 + i % 2, (i == 3 ? "false" : "true")
			}
	}'
}

# fresh ARGUMENT...: an index of those rows and no others.
fresh() {
	forget_index
	rows "$@" | git pv record --stdin >../count
}

it 'says what is missing' '
	cd repo
	git pv compare support/triage 2>../err
	has ../err "git pv record --prompt support/triage"
	git pv trends support/triage 2>../err
	has ../err "nothing is recorded of support/triage"
	expect_failure 128 git pv compare support/trage 2>../err
	has ../err "did you mean"
'

it 'finds the faster version, and says why' '
	cd repo
	fresh 900 500 6
	git pv compare support/triage >../out
	has ../out "version             1.0.0        1.0.1"
	has ../out "1.0.1 is faster:"
	has ../out "p < 0.001"
	has ../out "1.0.1 does not differ for certain in quality"
	has ../out "take 1.0.1: it is faster"
	has ../out "nothing measured is worse"
	git pv compare support/triage --json >../out
	same "1.0.1" "$(jq -r .recommendation.choice ../out)"
	same "welch true 1.0.1" "$(jq -r ".comparisons[] |
		select(.metric == \"latency\") |
		\"\(.method) \(.significant) \(.better)\"" ../out)"
	same true "$(jq ".comparisons[] | select(.metric == \"latency\") |
		.interval[0] < .difference and .difference < .interval[1] and
		.interval[1] < 0" ../out)"
'

it 'holds others against what is named first' '
	cd repo
	git pv compare support/triage v1.0.1 1.0.0 --metric latency >../out
	has ../out "1.0.0 is slower:"
	has ../out "take 1.0.1: 1.0.0 is slower"
	expect_failure 128 git pv compare support/triage 1.0.0 3.0.0 2>../err
	has ../err "nothing is recorded of version \"3.0.0\""
'

it 'does not see what is not there' '
	cd repo
	git pv compare support/triage --by model --metric latency >../out
	has ../out "no recommendation: no difference is larger than chance"
	fresh 900 500 1
	git pv compare support/triage >../out
	has ../out "1.0.1 has too few values to tell its latency"
	jq -nc "{prompt_id: \"support/triage\", commit: null, ttft_ms: 3} |
		(.version = \"1.0.0\"), (range(25) as \$i |
		.version = \"1.0.1\" | .ttft_ms = \$i)" |
		git pv record --stdin 2>../err
	git pv compare support/triage 1.0.0 1.0.1 --metric ttft >../out
	has ../out "1.0.0 has too few values to tell its ttft"
	has ../out "no recommendation: there are too few executions"
'

it 'weighs one against the other' '
	cd repo
	fresh 900 500 6
	# The faster one is worse now.
	for id in $(git pv history list --version 1.0.1 -n 0 --json |
		jq -r ".[].id"); do
		git pv history rate "$id" --quality 2
	done
	git pv compare support/triage >../out
	has ../out "no recommendation: what is gained in one is lost in another"
	has ../out "but 1.0.1 has a lower quality"
'

it 'sees a number get worse, and since when' '
	cd repo
	fresh 500 900 6
	git pv trends support/triage --since 2026-01-01 >../out
	has ../out "latency by day, 2026-01-01 to 2026-01-20"
	has ../out "worsening: latency goes from"
	has ../out "before 1.0.1 was released"
	has ../out "git pv compare support/triage 1.0.0 1.0.1"
	has ../out "released: 1.0.0 2026-01-01, 1.0.1 2026-01-11"
	git pv trends support/triage --since 2026-01-01 --json >../out
	same "worsening 20 1.0.1" "$(jq -r "\"\(.verdict) \(.series | length) \(.releases[-1].version)\"" ../out)"
	same true "$(jq ".slope_per_day > 0 and .p < 0.05" ../out)"
'

it 'sees it get better, stay, or not enough' '
	cd repo
	fresh 900 500 6
	v() { git pv trends support/triage "$@" --json | jq -r .verdict; }
	same improving "$(v --since 2026-01-01)"
	same flat "$(v --since 2026-01-01 --metric success)"
	same not-enough-data "$(v --since 2026-01-01 --until 2026-01-04)"
	same not-enough-data "$(v --since 2026-01-01 --grain week)"
	same not-enough-data "$(v)"
'

it 'draws it' '
	cd repo
	git pv trends support/triage --since 2026-01-01 --svg ../a.svg >../out
	has ../a.svg "<svg xmlns=\"http://www.w3.org/2000/svg\""
	has ../a.svg ">1.0.1</text>"
	python3 -c "import xml.dom.minidom as m; m.parse(\"../a.svg\")"
	# Figures that are near to each other are told apart at the side.
	grep "anchor=\"end\"" ../a.svg | sed "s/.*\">//" | sort | uniq -d >../same
	same "" "$(cat ../same)"
'

finish
