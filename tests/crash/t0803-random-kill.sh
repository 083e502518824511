#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2034
#
# Kills at random moments, on one repository that goes on living: each round
# changes prompts, commits in a process group of its own, and kills that after
# a random delay. PV_CRASH_ROUNDS: how often. PV_CRASH_SEED repeats the delays
# (the moments themselves are the machine's).
. "$(dirname "$0")/../cli/lib.sh"
begin 'killed at random, over and over, nothing is lost'
command -v setsid >/dev/null || skip_all 'setsid is missing'
rounds=${PV_CRASH_ROUNDS:-40}
PV_CRASH_SEED=${PV_CRASH_SEED:-1}
export PV_CRASH_SEED rounds
printf 'PV_CRASH_SEED=%s PV_CRASH_ROUNDS=%s\n' "$PV_CRASH_SEED" "$rounds"

# One command in its own group; killed after DELAY seconds unless it is done.
kill_after() {
	setsid git pv commit -m "Round $2" >"$SCRATCH/run" 2>&1 </dev/null &
	victim=$!
	sleep "$1"
	kill -9 "-$victim" 2>/dev/null || :
	run_status=0
	wait "$victim" 2>/dev/null || run_status=$?
	# The leader is dead; the others of its group follow.
	while kill -0 "-$victim" 2>/dev/null; do
		sleep 0.01
	done
}

# Builtins only: a round should cost little more than the command.
edit() {
	printf 'name: a\nprompt: |\n  Round %s.\n' "$1" >prompts/a.yaml
	printf 'name: n\nprompt: |\n  Round %s.\n' "$1" >"prompts/n$(($1 % 5)).yaml"
}

check_text() {
	{
		read -r line
		read -r line
		read -r line
	} <"$1"
	same "Round $2." "$line"
}

# The branch is the old commit or a new one on top of it, whole; the files are
# untouched; and what was acknowledged is there.
judge() {
	read -r now <.git/refs/heads/main
	check_text prompts/a.yaml "$1"
	check_text "prompts/n$(($1 % 5)).yaml" "$1"
	[ "$run_status" -eq 0 ] || killed=$((killed + 1))
	if [ "$now" != "$old" ]; then
		same "$old Round $1" "$(git log -1 --format="%P %s")"
		git diff --quiet HEAD -- prompts
		made=$((made + 1))
		[ "$run_status" -eq 0 ] || cut=$((cut + 1))
	elif [ "$run_status" -ne 137 ]; then
		cat "$SCRATCH/run" >&3
		log "round $1: status $run_status, but no commit"
		return 1
	fi
}

# What a user does after a crash: removes the locks that are reported; that of
# the index is left to the next command once the branch has moved.
clear_locks() {
	left=$locks
	# Of the housekeeping that git does behind commits.
	rm -f .git/objects/maintenance.lock
	for lock in .git/*.lock .git/refs/heads/*.lock; do
		[ -e "$lock" ] || continue
		if [ "$lock" = .git/index.lock ] && [ "$now" != "$old" ]; then
			healed=$((healed + 1))
			continue
		fi
		rm -f "$lock"
		locks=$((locks + 1))
	done
	[ "$locks" -eq "$left" ] || {
		git pv status >/dev/null
		git restore -q --staged .
	}
	for lock in .git/refs/tags/*/*.lock .git/refs/tags/*.lock; do
		[ ! -e "$lock" ] || rm -f "$lock"
	done
}

# delays MS: one a line, between nothing and a little more than a commit takes.
delays() {
	awk -v seed="$PV_CRASH_SEED" -v n="$rounds" -v ms="$1" 'BEGIN {
		srand(seed)
		for (i = 0; i < n; i++)
			printf "%.4f\n", rand() * ms * 1.3 / 1000
	}'
}

it 'goes on after each kill' '
	new_repo repo
	cd repo
	mkdir prompts
	git config gc.autoDetach false
	made=0 cut=0 killed=0 locks=0 healed=0 n=0
	edit 0
	git pv commit -q -m Start >/dev/null
	start=$(date +%s%N)
	for n in 1 2 3 4; do
		edit $n
		git pv commit -q -m "Undisturbed" >/dev/null
	done
	ms=$((($(date +%s%N) - start) / 4000000))
	delays "$ms" >../delays
	while read -r delay; do
		n=$((n + 1))
		read -r old <.git/refs/heads/main
		edit "$n"
		kill_after "$delay" "$n"
		judge "$n"
		clear_locks
		[ "$((n % 100))" -ne 0 ] || check_repo
	done <../delays
	echo "$n rounds: $killed killed, $made commits, $cut of them cut" \
		"short, $locks locks left, $healed healed" >../figures
	# The next release makes whatever versions are missing.
	edit "$((n + 1))"
	git pv commit -q -m "The end" >/dev/null
	git pv doctor >../doctor || :
	has ../doctor "every committed state has its version"
	find .git -name "*.lock" -o -name "releasing*" \
		-o -name "COMMIT_EDITMSG?*" -o -path "*/pv/*" -type f >../left
	empty ../left
	git gc --quiet --prune=now
	find .git -name "tmp_*" >../left
	empty ../left
	is_clean
'
[ ! -f figures ] || cat figures

finish
