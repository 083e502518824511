#!/bin/sh
# Whole commands with an allocation refused, whoever asked for it: libc, zlib,
# libgit2, libyaml or us, alone and with all that follow. Each either does as if
# nothing had been, or says "out of memory" with status 128 and leaves the
# repository as it was, or as it should become when only the answer was lost;
# none crashes. A sample of the allocations is taken; PV_FAULTS_ALL=1 takes all.
. "$(dirname "$0")/../cli/lib.sh"
begin 'commands when an allocation fails'

preload=$PV_BUILD/tests/fail_malloc.so
if [ ! -f "$preload" ]; then
	echo 'skipped: sanitizers stand in front of malloc themselves'
	exit 77
fi

# Most commands make some 3000 allocations, half of them to start libgit2.
step=251
[ -z "${PV_FAULTS_ALL:-}" ] || step=1

is_reading() {
	case $1 in
	version|list|show|status|check|diff|log|versions|render) return 0 ;;
	esac
	return 1
}

# What git shows of the repository.
view() {
	git for-each-ref
	git symbolic-ref HEAD
	git status --porcelain
	find .git -name '*.lock'
}

it 'has a repository to begin with' '
	git pv init repo
	cd repo
	echo "Sort: {{ ticket }}" | git pv new support/triage
	git pv commit -m one
	git switch -q -c side
	echo "Sort well: {{ ticket }}" | git pv new support/other
	git pv commit -m side
	git switch -q main
	printf "prompt: |\n  Sort it: {{ ticket }}\n" >prompts/support/triage.yaml
	view >../before
'

# one N ON COMMAND...: one run; false when it made no allocation N. What got
# through may have written, and leaves the next a fresh copy.
one() {
	n=$1
	on=$2
	shift 2
	rm -f note
	[ -d copy ] || cp -a repo copy
	status=0
	(cd copy && exec env LD_PRELOAD="$preload" PV_FAIL_AT="$n" \
		PV_FAIL_NOTE=../note ${on:+PV_FAIL_ON=1} \
		git-pv "$@" >../out 2>../err </dev/null) || status=$?
	if [ "$status" -ne 128 ] && ! is_reading "$1"; then
		rm -rf copy
	fi
	[ -e note ] || return 1
	[ "$status" -eq 0 ] && return 0
	if [ "$status" -eq 128 ] && grep -q 'out of memory' out err; then
		(cd copy && view) >after
		cmp -s before after && return 0
		rm -rf copy
		cmp -s done after && return 0
		grep -q 'is made all the same' err && return 0
		echo "$n: $* did something by halves"
		cat err
		exit 1
	fi
	[ "$status" -eq 1 ] && grep -q 'committed, but not released' err &&
		return 0
	echo "$n ${on:+and all that follow}: $*: status $status"
	cat err
	exit 1
}

# each COMMAND...: with ever later allocations refused.
each() {
	rm -rf copy
	cp -a repo copy
	(cd copy && git-pv "$@" >../out 2>../err </dev/null && view >../done) ||
		[ "$1" = merge ]
	rm -rf copy
	for on in '' 1; do
		n=0
		while one "$n" "$on" "$@"; do
			n=$((n + step))
		done
		[ "$n" -gt 0 ]
	done
}

for command in version 'list --json' 'show support/triage' status check diff \
	'diff --format html main side' \
	'log support/triage' 'versions support/triage' \
	'render support/triage --var ticket=x --json' \
	'edit support/triage --set name=x' 'commit -m two' \
	'release' 'branch new' 'merge side'; do
	it "survives in git pv $command" "each $command"
done

it 'notices an allocation that fails' '
	! (cd repo && PV_FAIL_AT=1 PV_FAIL_ON=1 LD_PRELOAD=$preload \
		exec git-pv list >../out 2>../err)
	grep "out of memory" err
'
finish
