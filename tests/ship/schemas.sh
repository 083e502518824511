#!/bin/sh
# Runs the JSON Schema test suite that lies beside a checkout; what ends
# otherwise is in tests/data/schema/unsupported.tsv.
set -eu
cd "$(dirname "$0")/../.."
top=$PWD
build=${PV_BUILD:-build/release}
case $build in
/*) ;;
*) build=$top/$build ;;
esac

corpora=../shared/corpora
if [ ! -d "$corpora/jsonschema" ]; then
	echo "skipped: $corpora/jsonschema is not there"
	exit 77
fi
status=0
for file in "$corpora"/jsonschema/draft*.jsonl; do
	echo "${file##*/}:"
	PV_BUILD=$build sh tests/corpus.sh schema "$file" || status=1
done
exit $status
