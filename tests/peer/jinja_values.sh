#!/bin/sh
# Values, operators, filters, tests and methods of templates against CPython
# and Jinja2: PV_PEER_COUNT random operations (2000), PV_PEER_SEED
# for other ones.
set -eu
cd "$(dirname "$0")/../.."
build=${PV_BUILD:-build/dev}

for python in python3 /usr/bin/python3; do
	if "$python" -c 'import jinja2, markupsafe' 2>/dev/null; then
		exec "$python" tests/peer/jinja_values.py \
			"$build/tests/jinja_values" "${PV_PEER_COUNT:-2000}" \
			${PV_PEER_SEED:-}
	fi
done
echo 'skipped: python3-jinja2 is not installed'
exit 77
