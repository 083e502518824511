#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Bucketing against vectors: ours, and those that other programs published.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"

tables=$PV_SHARED/corpora/stats
program=$PV_BUILD/tests/corpus_bucketing
[ -x "$program" ] || skip_all 'corpus_bucketing is not built'

begin 'units get the slots that vectors say'

cat >wrong.jsonl <<\END
{"id":"a","kind":"slot","in":{"purpose":"v","salt":"exp-checkout","unit":"u1"},"out":282424}
END
cat >right.jsonl <<\END
{"id":"a","kind":"slot","in":{"purpose":"v","salt":"exp-checkout","unit":"u1"},"out":282423}
{"id":"b","kind":"md5_be32_mod","in":{"input":"test-input","total_shards":10000},"out":5619}
{"id":"c","kind":"strategy","in":{"id":"123","group":"gr1","normalizer":100,"seed":0},"out":73}
{"id":"d","kind":"bucket10000","in":{"bucketing_id":"ppid1","entity_id":"1886780721"},"out":5254}
END

it 'a wrong slot fails' '
	expect_failure 1 "$program" wrong.jsonl >report
	grep "^FAILED a: got 282423 instead of 282424$" report
'

it 'published slots are ours' '
	"$program" right.jsonl >report
	grep "^4 passed, 0 failed, 0 skipped$" report
	"$program" right.jsonl --print >lines
	grep "^{\"id\":\"a\",\"got\":282423}$" lines
'

if [ ! -d "$tables" ]; then
	echo "skipped: no $tables"
	finish
fi

it 'every vector is met' '
	for table in "$tables"/bucketing_*.jsonl "$tables"/md5_*.jsonl; do
		"$program" "$table" >report || {
			grep FAILED report
			exit 1
		}
		printf "%s: " "${table##*/}"
		tail -n 1 report
	done
'

finish
