#!/bin/sh
# Renders the recorded templates that lie beside a checkout, and hostile ones;
# what needs Python's own objects is in tests/data/jinja/unsupported.tsv.
set -eu
cd "$(dirname "$0")/../.."
top=$PWD
build=${PV_BUILD:-build/release}
case $build in
/*) ;;
*) build=$top/$build ;;
esac

corpora=../shared/corpora
if [ ! -d "$corpora/jinja" ]; then
	echo "skipped: $corpora/jinja is not there"
	exit 77
fi
status=0
for file in "$corpora"/jinja/*.jsonl; do
	echo "${file##*/}:"
	PV_BUILD=$build sh tests/corpus.sh jinja "$file" || status=1
done
echo "hostile:"
PV_BUILD=$build sh tests/corpus.sh hostile "$corpora/hostile/INDEX.tsv" |
	grep -v '^skipped' || status=1
exit $status
