#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `git pv experiment results` of an experiment with 1 and 5 million executions,
# five of each user, beside the sums over users by SQL that one of its metrics
# needs (aim: 50 ms at 5 million). PV_BENCH_EXECUTIONS: other numbers of them.
set -eu

runs=${PV_BENCH_RUNS:-11}
pair=$PV_BUILD/tests/bench_pair
bench=$PV_BUILD/tests/bench_rollup
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PATH=$PV_BUILD/cmd/git-pv:$PATH
HOME=$work GIT_CONFIG_NOSYSTEM=1
export PATH HOME GIT_CONFIG_NOSYSTEM
git config --global init.defaultBranch main
git config --global user.name Bench
git config --global user.email bench@example.com

git init -q "$work/repo"
cd "$work/repo"
mkdir -p prompts/support .git/pv
printf 'prompt: Sort {{ ticket }}.\n' >prompts/support/triage.yaml
git add prompts
git commit -q -m First
git switch -q -c short
printf 'prompt: Sort {{ ticket }} now.\n' >prompts/support/triage.yaml
git commit -q -a -m Second
git switch -q main
git-pv experiment create tone --prompt support/triage \
	--variant control=main --variant concise=short --metric quality \
	--guardrail latency_p95 --guardrail success_rate -q >/dev/null
git-pv experiment start tone -q >/dev/null

# Status 1: no winner.
cat >"$work/results" <<'EOF'
git-pv experiment results tone --json >/dev/null || [ $? = 1 ]
EOF
db=$work/repo/.git/pv/index.db
for count in ${PV_BENCH_EXECUTIONS:-1000000 5000000}; do
	rm -f "$db"*
	"$bench" experiment "$db" "$count" >/dev/null
	"$pair" -b experiment -m "results of $count executions" -p 'sql scan' \
		-n "$runs" "sh $work/results" "$bench units $db"
done
