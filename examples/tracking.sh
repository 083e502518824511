#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a prompt did, on one screen: a repository with two versions of a prompt
# is made, executions of both are recorded, and each command is shown with what
# it prints. git-pv must be installed or on the PATH. The repository stays; the
# last line says where. Your git configuration is not touched.
#
#	sh examples/tracking.sh
#
set -eu

work=$(mktemp -d)
GIT_CONFIG_GLOBAL=$work/gitconfig
GIT_AUTHOR_NAME='A Writer' GIT_AUTHOR_EMAIL=writer@example.org
GIT_COMMITTER_NAME='A Writer' GIT_COMMITTER_EMAIL=writer@example.org
export GIT_CONFIG_GLOBAL GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL
export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
: >"$GIT_CONFIG_GLOBAL"

show() {
	printf '\n$ %s\n' "$*"
	"$@"
}

# answers VERSION LATENCY: forty executions, as a program would report them.
answers() {
	awk -v version="$1" -v latency="$2" 'BEGIN {
		for (i = 0; i < 40; i++) {
			printf "{\"prompt_id\":\"support/triage\","
			printf "\"commit\":null,\"version\":\"%s\",", version
			printf "\"model\":\"small\",\"success\":%s,",
				(i % 20 == 7 ? "false" : "true")
			printf "\"latency_ms\":%d,", latency + i * 37 % 211
			printf "\"tokens_in\":120,\"tokens_out\":%d,",
				20 + i % 9
			printf "\"cost_usd\":0.000%d,\"quality\":%d}\n",
				20 + i % 9, 7 + i % 3
		}
	}'
}

prepare() {
	git init -q -b main
	git pv init
	printf 'Sort this ticket: {{ ticket }}\n' | git pv new support/triage
	git pv commit -m 'Sort tickets'
	git pv edit support/triage --set description='Sorts tickets'
	git pv commit -m 'Say what it does'
	answers 1.0.0 900 | git pv record --stdin
	answers 1.0.1 600 | git pv record --stdin
}

mkdir "$work/prompts"
cd "$work/prompts"
prepare >"$work/log" 2>&1 || {
	cat "$work/log" >&2
	exit 1
}

show git pv list support
show git pv record --prompt support/triage --output billing --latency-ms 640 \
	--success true --quality 9
show git pv performance support/triage
show git pv compare support/triage
printf '\n$ %s\n' "printf 'Answer: {{ ticket }}' | git pv new support/reply"
printf 'Answer: {{ ticket }}\n' | git pv new support/reply
printf '\nrepository: %s\n' "$work/prompts"
