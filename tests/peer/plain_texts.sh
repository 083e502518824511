#!/bin/sh
# Prompts of the small template languages against CPython's str.format and,
# where node has the package, mustache.js: PV_PEER_COUNT random texts of each
# (2000), PV_PEER_SEED for other ones. NODE_PATH may say where packages are.
set -eu
cd "$(dirname "$0")/../.."
build=${PV_BUILD:-build/dev}

# Debian's first: later Pythons word some errors anew.
for python in /usr/bin/python3 python3; do
	command -v "$python" >/dev/null && break
done
command -v "$python" >/dev/null || {
	echo 'skipped: python3 is not installed'
	exit 77
}
exec "$python" tests/peer/plain_texts.py "$build/tests/plain_texts" \
	"${PV_PEER_COUNT:-2000}" ${PV_PEER_SEED:-}
