#!/bin/sh
# Runs the corpora that lie beside a checkout, on the optimised build.
set -eu
cd "$(dirname "$0")/../.."

corpora=../shared/corpora
if [ ! -d "$corpora" ]; then
	echo "skipped: $corpora is not there"
	exit 77
fi
sh tests/corpus.sh yaml "$corpora/yaml/yaml-test-suite.jsonl"
sh tests/corpus.sh hostile "$corpora/hostile/INDEX.tsv"
sh tests/corpus.sh merge "$corpora/merge/merge-cases.jsonl"
