# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC1091
#
# What the tests of crashes and failing disks share. A play is a repository
# and a command that changes it; it is run again and again on fresh copies,
# each time with another call that changes files going wrong (see
# tests/preload/faultfs.c), and judged by what is there before it and after a
# run that nobody disturbed. Dates are fixed, so ids are the same each time.
#
# Of many calls only every PV_CRASH_EVERY-th is visited (1: each), beginning
# with one that PV_CRASH_SEED chooses, always the same unless it is set.
. "$(dirname "$0")/../cli/lib.sh"

FAULTFS=$PV_BUILD/tests/libfaultfs.so
PV_CRASH_SEED=${PV_CRASH_SEED:-20}

# begin_faults TITLE EVERY: begin, with the default for PV_CRASH_EVERY.
begin_faults() {
	begin "$1"
	every=${PV_CRASH_EVERY:-$2}
	[ -f "$FAULTFS" ] || die "no $FAULTFS: build it"
	command -v setsid >/dev/null || skip_all 'setsid is missing'
	printf 'PV_CRASH_SEED=%s PV_CRASH_EVERY=%s\n' "$PV_CRASH_SEED" "$every"
	# The sanitizer's library would have to be preloaded first.
	ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
	counter=$SCRATCH/counter
	tick
	export GIT_TEMPLATE_DIR="$SCRATCH/none"
	mkdir -p "$SCRATCH/none"
}

# stage NAME: a repository with two released prompts for a play, entered.
stage() {
	rm -rf "$TRASH/$1"
	new_repo "$TRASH/$1"
	cd "$TRASH/$1" || exit 1
	text_prompt prompts/a.yaml 'First.'
	text_prompt prompts/b.yaml 'Second.'
	text_prompt prompts/sub/c.yaml 'Third.'
	git pv commit -q -m 'Start' >/dev/null
}

# --- looking ----------------------------------------------------------------

refs_of() {
	cat "$1/.git/HEAD" 2>/dev/null
	git -C "$1" for-each-ref --format='%(refname) %(objectname)' 2>/dev/null
}

files_of() {
	(cd "$1" && find . -name .git -prune -o -type f -exec cksum {} + |
		LC_ALL=C sort -k 3)
}

# Everything but loose objects, packs and reflogs, by name.
names_of() {
	(cd "$1" && find . -path './.git/objects/??' -prune -o \
		-path './.git/objects/pack' -prune -o \
		-path './.git/logs' -prune -o -print | LC_ALL=C sort)
}

state_of() {
	refs_of "$1"
	files_of "$1"
	[ ! -d "$1/.git" ] || {
		git -C "$1" ls-files --stage
		# What git init finds out by trying: it takes the failure of
		# one call for a disk that knows no links or modes.
		grep -vE "^.(symlinks|filemode) = " "$1/.git/config"
		cat "$1/.git/info/attributes" 2>/dev/null
	}
}

# lines_in FILE OTHER THIRD: each line of FILE is one of the others.
lines_in() {
	cat "$2" "$3" >"$SCRATCH/union"
	! grep -vxF -f "$SCRATCH/union" "$1" >"$SCRATCH/odd" || {
		log "neither before nor after:"
		cat "$SCRATCH/odd" >&3
		return 1
	}
}

# --- running ----------------------------------------------------------------

# copy: the stage of the play again, as work.
copy() {
	rm -rf "$work"
	cp -a "$stage" "$work"
}

# run_fault N ACTION [ON]: the play's command with its n-th call struck.
run_fault() {
	fault_action=$2 fault_on=${3:-}
	head -c 8 /dev/zero >"$counter"
	fault_status=0
	(
		cd "$work" || exit 1
		FAULT_UNDER=$work FAULT_COUNTER=$counter FAULT_AT=$1 \
			FAULT_DO=$2 FAULT_ON=${3:-} LD_PRELOAD=$FAULTFS \
			exec setsid -w sh -c "$command"
	) >"$SCRATCH/run.out" 2>"$SCRATCH/run.err" </dev/null || fault_status=$?
	fault_count=$(od -An -td8 "$counter" | tr -d ' ')
}

# explain N ACTION: says on the log which round went wrong.
explain() {
	log "in round $1 of $2: $command"
	log "status $fault_status"
	cat "$SCRATCH/run.out" "$SCRATCH/run.err" >&3
	return 1
}

# rehearse: the play undisturbed: before, after, and the plain names of both.
rehearse() {
	stage=$PWD
	work=$SCRATCH/work
	copy
	state_of "$work" >"$SCRATCH/before"
	refs_of "$work" >"$SCRATCH/refs.before"
	files_of "$work" >"$SCRATCH/files.before"
	names_of "$work" >"$SCRATCH/names.before"
	run_fault 0 kill ""
	[ "$fault_status" -eq "${expected:-0}" ] || explain 0 rehearsal || return
	state_of "$work" >"$SCRATCH/after"
	refs_of "$work" >"$SCRATCH/refs.after"
	files_of "$work" >"$SCRATCH/files.after"
	names_of "$work" >"$SCRATCH/names.after"
}

# each_fault ACTION [ON] CHECK: a round for every chosen call.
each_fault() {
	fault_check=$3
	n=$((PV_CRASH_SEED % every + 1))
	rounds=0
	while :; do
		copy
		run_fault "$n" "$1" "$2"
		[ "$fault_count" -ge "$n" ] || break
		rounds=$((rounds + 1))
		"$fault_check" "$n" || explain "$n" "$fault_action $fault_on" ||
			return
		n=$((n + every))
	done
	log "$fault_action $fault_on: $rounds rounds of $fault_count calls"
	# A file system that nothing was asked of proves nothing.
	[ "$n" -gt "$every" ] || [ "$every" -gt 1 ]
}
