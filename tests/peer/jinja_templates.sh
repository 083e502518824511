#!/bin/sh
# Templates of all statements against Jinja2: PV_PEER_COUNT random ones (2000;
# 20000 are the long mode), PV_PEER_SEED for other ones.
set -eu
cd "$(dirname "$0")/../.."
build=${PV_BUILD:-build/dev}

for python in python3 /usr/bin/python3; do
	if "$python" -c 'import jinja2, markupsafe' 2>/dev/null; then
		exec "$python" tests/peer/jinja_templates.py \
			"$build/tests/corpus_jinja" "${PV_PEER_COUNT:-2000}" \
			${PV_PEER_SEED:-}
	fi
done
echo 'skipped: python3-jinja2 is not installed'
exit 77
