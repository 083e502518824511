#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Assignments of an experiment, against one md5 each.
set -eu
exec "$PV_BUILD/tests/bench_assign"
