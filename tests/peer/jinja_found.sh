#!/bin/sh
# Templates that once came out otherwise than in Jinja2 3.1.6, with its answers:
# found by random tests, most of them about arguments of a wrong type.
set -eu
cd "$(dirname "$0")/../.."
build=${PV_BUILD:-build/dev}

exec "$build/tests/corpus_jinja" tests/data/jinja/found.jsonl
