#!/bin/sh
# All names of characters in "\N{NAME}" against Python: PV_PEER_SEED for other
# ones that are made up.
set -eu
cd "$(dirname "$0")/../.."
build=${PV_BUILD:-build/dev}

if ! command -v python3 >/dev/null; then
	echo 'skipped: python3 is not installed'
	exit 77
fi
exec python3 tests/peer/char_names.py "$build/tests/corpus_jinja" \
	${PV_PEER_SEED:-}
