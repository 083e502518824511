#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'the example of tracking plays through'

it 'shows what a prompt did on one screen' '
	TMPDIR=$SCRATCH
	export TMPDIR
	sh "$PROJECT/examples/tracking.sh" >out 2>err
	has out "\$ git pv list support"
	has out "\$ git pv performance support/triage"
	has out "executions     81"
	has out "take 1.0.1: it is faster"
	has out "git pv new support/reply"
	repository=$(sed -n "s/^repository: //p" out)
	test "$(wc -l <out)" -lt 50
'

finish
