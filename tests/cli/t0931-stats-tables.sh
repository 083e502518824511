#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Statistics against tables of exact values, when they are there: each number
# within the tolerance of its line.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"

tables=$PV_SHARED/corpora/stats
program=$PV_BUILD/tests/corpus_stats
[ -x "$program" ] || skip_all 'corpus_stats is not built'

begin 'statistics agree with tables of exact values'

cat >wrong.jsonl <<\END
{"id":"t_ppf-1","in":{"df":1,"q_upper":0.25},"out":{"t":1.0000001},"tol":1e-11}
END
cat >open.jsonl <<\END
{"id":"t_ppf-1","in":{"df":1,"q_upper":0.25}}
END
cat >unknown.jsonl <<\END
{"id":"x-1","in":{},"out":{}}
END
cat >bad.jsonl <<\END
{"id":"t_ppf-1","in":{"df":0,"q_upper":0.25}}
END

it 'a wrong number fails' '
	expect_failure 1 "$program" wrong.jsonl >report
	grep "^FAILED t_ppf-1: t is" report
	grep "^0 passed, 1 failed, 0 skipped$" report
'

it 'a line of no known table fails' '
	expect_failure 1 "$program" unknown.jsonl
'

it 'a case without an answer is only printed' '
	"$program" open.jsonl >report
	grep "^0 passed, 0 failed, 1 skipped$" report
	"$program" open.jsonl --print >lines
	grep "^{\"id\":\"t_ppf-1\",\"got\":{\"t\":[01][.0-9]*}}$" lines
'

it 'what is outside of the domain is an error' '
	"$program" bad.jsonl --print >lines
	grep "\"error\":\"df is not above 0\"" lines
'

if [ ! -d "$tables" ]; then
	echo "skipped: no $tables"
	finish
fi

it 'every table is within its tolerances' '
	for table in "$tables"/*.jsonl; do
		case $table in
		*/bucketing_* | */md5_*) ;;
		*) echo "$table" ;;
		esac
	done >files
	[ "$(wc -l <files)" -ge 23 ]
	xargs "$program" <files >report || {
		grep FAILED report
		exit 1
	}
	cat report
'

finish
