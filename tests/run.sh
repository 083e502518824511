#!/bin/sh
# Builds and runs every test, installing what they need first (Debian 12, as
# root or with sudo), and closes with one line: N passed, N failed, N skipped.
#
#   sh tests/run.sh           everything, as continuous integration runs it
#   sh tests/run.sh --fuzz S  then each fuzz target for S seconds, seed printed
#   sh tests/run.sh --no-install   never touch the machine's packages
set -eu
cd "$(dirname "$0")/.."

fuzz_seconds=0
may_install=1
while [ $# -gt 0 ]; do
	case $1 in
	--fuzz) fuzz_seconds=$2; shift ;;
	--no-install) may_install=0 ;;
	*) echo "usage: sh tests/run.sh [--fuzz SECONDS] [--no-install]" >&2
	   exit 129 ;;
	esac
	shift
done
export GIT_CONFIG_NOSYSTEM=1 CCACHE_DISABLE=1

log=$(mktemp)
results=$(mktemp)
memory=
trap 'rm -rf "$log" "$results" ${memory:+"$memory"}' EXIT

# step NAME COMMAND...: runs one build step, loud only when it fails.
step() {
	name=$1
	shift
	printf '== %s\n' "$name"
	if ! "$@" >"$log" 2>&1; then
		tail -n 80 "$log"
		printf '%s failed\n0 passed, 1 failed\n' "$name"
		exit 1
	fi
}

# suite PRESET SELECTION...: runs ctest and adds up what it says.
suite() {
	preset=$1
	shift
	printf '== tests, preset %s%s\n' "$preset" "${1:+, $*}"
	ctest --test-dir "build/$preset" --output-on-failure -j2 "$@" >"$log" 2>&1 || :
	grep -E '^ *[0-9]+/[0-9]+ Test|^\s*skipped:' "$log" || cat "$log"
	if grep -qE '\*\*\*(Failed|Timeout|Exception|Not Run)' "$log"; then
		tail -n 400 "$log"
	fi
	awk '/^ *[0-9]+\/[0-9]+ Test/ {
		if (/\*\*\*Skipped/) print "skipped"
		else if (/ Passed /) print "passed"
		else print "failed"
	}' "$log" >>"$results"
}

if [ $may_install -eq 1 ]; then
	sh tests/install-deps.sh tests
fi

# Repositories and databases sync at every step, which on a disk is most of the
# time of their tests. Where there is room, all write to memory but those about
# crashes and full disks.
room() {
	df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print int($4 / 1048576) }'
}
unused() {
	awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo
}
if [ "$(room || echo 0)" -ge 8 ] && [ "$(unused)" -ge 10 ]; then
	memory=$(mktemp -d /dev/shm/pv-run.XXXXXX)
	chmod 1777 "$memory"
fi 2>/dev/null
# build PRESET [TARGET...]: all of it, or no more than what is run here.
build() {
	step "configure $1" cmake --preset "$1" -DPV_TESTS=ON -DPV_WERROR=ON
	preset=$1
	shift
	step "build $preset" cmake --build "build/$preset" -j2 \
		${1:+--target} "$@"
}

# Peers are asked what no run has asked before, the analyzer looks at another
# fourth of the files, and for the same sources always the same: what is red
# once is red again.
if tree=$(git rev-parse --short=7 'HEAD^{tree}' 2>/dev/null); then
	PV_PEER_SEED=${PV_PEER_SEED:-$((0x$(printf '%.7s' "$tree")))}
	PV_COMPARE_SEED=${PV_COMPARE_SEED:-$PV_PEER_SEED}
	PV_TIDY_PART=${PV_TIDY_PART:-$((PV_PEER_SEED % 4))}
	export PV_PEER_SEED PV_COMPARE_SEED PV_TIDY_PART
	printf 'PV_PEER_SEED=%s\n' "$PV_PEER_SEED"
fi
build asan
build release git-pv pv_shared pv_static man test_tools \
	unit_merge_cost unit_jinja_limits
build tsan unit_threads_threads unit_threads_templates
# What runs the command, or a merge, so often that sanitizers take minutes: it
# is run optimised here, and with sanitizers by hand.
often='^(cli_t(070[0-9]|039[24]|0876|0910)-.*|unit_merge_cost)$'
# What the sources look like; what they do, with every sanitizer on; what
# threads do to each other; and what is shipped, optimised: with crashes, full
# disks and peers, and what depends on frames of usual size.
suite release -L 'project|ship|crash|peer'
if [ -n "$memory" ]; then
	TMPDIR=$memory
	export TMPDIR
fi
suite asan -L 'unit|cli' -E "$often"
suite tsan -R '^unit_threads_'
suite release -R "$often|^unit_jinja_limits\$"

if [ "$fuzz_seconds" -gt 0 ]; then
	step 'build fuzz' sh tests/fuzz.sh --build
	if sh tests/fuzz.sh "$fuzz_seconds"; then
		echo passed >>"$results"
	else
		echo failed >>"$results"
	fi
fi

passed=$(grep -c '^passed' "$results" || :)
failed=$(grep -c '^failed' "$results" || :)
skipped=$(grep -c '^skipped' "$results" || :)
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
