#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Hostile prompt files, when they are there: each ends in a clean verdict, the
# expected one where loading decides.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"

index=$PV_SHARED/corpora/hostile/INDEX.tsv
[ -e "$index" ] || skip_all "no $index"
[ -x "$PV_BUILD/tests/corpus_hostile" ] || skip_all 'corpus_hostile is not built'

begin 'hostile prompt files end in a clean verdict'

it 'every verdict is the expected one' '
	"$PV_BUILD/tests/corpus_hostile" "$index" >report || {
		grep FAILED report
		exit 1
	}
	tail -n 1 report
'

it 'prints one JSON line per case' '
	"$PV_BUILD/tests/corpus_hostile" "$index" --print >lines
	cases=$(($(wc -l <"$index") - 1))
	[ "$(grep -c "^{.*}\$" lines)" -eq "$cases" ]
'

it 'the policy decides every open row' '
	awk -F "\t" "\$3 == \"accept|reject\" { print \$1 }" "$index" |
		sort >open
	awk -F "\t" "NR > 1 { print \$1 }" \
		"$PROJECT/tests/data/hostile-policy.tsv" | sort >decided
	cmp_files open decided
'

finish
