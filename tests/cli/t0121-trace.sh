#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'PV_TRACE and -v: what was done, and how long it took'

new_repo repo
cd repo || exit 1
text_prompt prompts/secret-name.yaml "Words of the prompt {{ a }}."

# steps FILE: the lines are steps, each with a module and milliseconds.
steps() {
	test -s "$1"
	if grep -vE '^trace: [0-9]+ +[0-9]+\.[0-9]{3} ms  [a-z]+ +[a-z -]+(, failed)?$' "$1"
	then return 1; fi
}

it 'tells each step on standard error with -v, and nothing else there' '
	git pv commit -v -m "A private message" >../out 2>../err
	steps ../err
	has ../err "ms  store    open"
	has ../err "ms  store    commit"
	has ../err "ms  version  release"
	same "ms command commit" "$(tail -n 1 ../err | awk "{ print \$4, \$5, \$6 }")"
	git pv list --json -v >../out 2>../err
	json ../out ".[0].id" secret-name
	steps ../err
'

it 'tells them by PV_TRACE=1 the same, and appends them to a file' '
	PV_TRACE=1 git pv status >../out 2>../err
	steps ../err
	PV_TRACE=$TRASH/log git pv status >../out 2>../err
	empty ../err
	steps ../log
	lines=$(wc -l <../log)
	PV_TRACE=$TRASH/log git pv list >/dev/null
	test "$(wc -l <../log)" -gt "$lines"
	for no in 0 false ""; do
		PV_TRACE=$no git pv status >../out 2>../err
		empty ../err
		test ! -e "$no"
	done
	PV_TRACE=$TRASH/none/log git pv list >../out 2>../err
	has ../err "warning: nothing is traced: cannot open"
	has ../out secret-name
'

it 'names no text, path, id or argument, and says what failed' '
	git pv render secret-name --var a=value -v >../out 2>../err
	git pv branch -v topic 2>>../err
	git pv switch -v topic 2>&1 | grep trace: >>../err
	grep -e secret -e Words -e value -e topic ../err && exit 1
	expect_failure 128 git pv show none -v >../out 2>../err
	has ../err "ms  version  resolve, failed"
	has ../err "ms  command  show, failed"
	expect_failure 128 env PV_TRACE="$TRASH/log2" git pv show none --json >../out
	is_json_error ../out prompt-not-found
	steps ../log2
'

it 'is told by git as well when it is run' '
	git pv switch -v main >../out 2>../err
	has ../err "ms  git      switch"
'

finish
