#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2034
#
# 32 processes deploy and roll back at once, some of them killed with -9. The
# log is one line of commits, has all that was acknowledged, and is what an
# oracle makes of it that replays it. PV_ORACLE_CALLS: how many calls (10000 is
# the long run), PV_ORACLE_SEED: which.
. "$(dirname "$0")/../cli/lib.sh"
begin 'many deploy at once, and no deployment is lost'
for tool in setsid flock pgrep python3; do
	command -v $tool >/dev/null || skip_all "$tool is missing"
done
calls=${PV_ORACLE_CALLS:-400}
seed=${PV_ORACLE_SEED:-1}
workers=32
oracle=$TEST_SOURCE/deploy_oracle.py
log=$PWD/calls
mkdir "$log"
printf 'PV_ORACLE_CALLS=%s PV_ORACLE_SEED=%s\n' "$calls" "$seed"

# draw N: the next number below N, in $drawn.
draw() {
	state=$(((state * 1103515245 + 12345) % 2147483648))
	drawn=$((state / 65536 % $1))
}

# oldest_call: the age in seconds of the oldest call under way here, or of
# git's own maintenance, which has locks, too.
oldest_call() {
	oldest=0
	for pid in $(pgrep -x 'git|git-pv'); do
		case $(readlink "/proc/$pid/cwd") in
		"$PWD" | "$PWD"/*) ;;
		*) continue ;;
		esac
		age=$(ps -o etimes= -p "$pid" | tr -d ' ')
		[ "${age:-0}" -le "$oldest" ] || oldest=$age
	done
	echo "$oldest"
}

# What a user does who is told of a lock and sees that nobody holds it: whoever
# is at work began after it was made. One worker at a time looks and removes.
clear_locks() (
	exec 9>"$SCRATCH/clearing"
	flock 9
	before=$(($(date +%s) - $(oldest_call) - 2))
	find .git/refs .git/packed-refs.lock -name '*.lock' \
		! -newermt "@$before" -exec rm -f {} + 2>/dev/null || :
)

# The next call of a worker, in "$@" of run_call.
choose() {
	draw 8
	id=p$drawn
	draw 2
	env=$([ "$drawn" -eq 0 ] && echo staging || echo production)
	draw 4
	what=$drawn
	draw 3
	version=1.$drawn.0
	draw 12
	is_killed=$((drawn == 0))
	draw 60
	delay=0.0$(printf %02d "$drawn")
}

# run_call FILE: once, or until it is no lock that keeps it from it.
run_call() {
	if [ "$what" -eq 0 ]; then
		set -- "$1" rollback "$id" -e "$env"
	else
		set -- "$1" deploy "$id@$version" -e "$env"
	fi
	file=$1
	shift
	if [ "$is_killed" -eq 1 ]; then
		setsid git pv "$@" --json >"$file.killed" 2>&1 </dev/null &
		victim=$!
		sleep "$delay"
		kill -9 "-$victim" 2>/dev/null || :
		wait "$victim" 2>/dev/null || :
		return 0
	fi
	for _ in $(seq 60); do
		code=0
		git pv "$@" --json >"$file" 2>"$file.err" || code=$?
		grep -q '"locked"' "$file" || break
		sleep 3
		clear_locks
	done
	# There may be nothing to go back to, and that is all that may be.
	[ "$code" -eq 0 ] || grep -q 'nothing else was live' "$file" || {
		cp "$file" "$file.bad"
		return 1
	}
}

work() { # NUMBER
	state=$((seed * 1000 + $1))
	n=$1
	while [ "$n" -lt "$calls" ]; do
		choose
		run_call "$log/$n" || :
		n=$((n + workers))
	done
}

it 'deploys from 32 processes' '
	new_repo repo
	cd repo
	for version in 0 1 2; do
		for id in 0 1 2 3 4 5 6 7; do
			text_prompt "prompts/p$id.yaml" "Version $version."
		done
		git pv commit -q -m "Version $version" >/dev/null
	done
	unset GIT_COMMITTER_DATE GIT_AUTHOR_DATE
	pids=
	i=0
	while [ $i -lt $workers ]; do
		work $i &
		pids="$pids $!"
		i=$((i + 1))
	done
	for pid in $pids; do
		wait "$pid"
	done
	same "" "$(find "$log" -name "*.bad" -exec cat {} +)"
'

it 'has one line of commits, and all that was acknowledged' '
	cd repo
	clear_locks
	same 0 "$(git rev-list --count --merges pv/deployments)"
	same 1 "$(git rev-list --max-parents=0 pv/deployments | wc -l)"
	git rev-list pv/deployments | sort >../made
	find "$log" -type f ! -name "*.*" -exec cat {} + |
		jq -r ".deployment_id // empty" | sort >../told
	same "" "$(uniq -d ../told)"
	same "" "$(comm -13 ../made ../told)"
	killed=$(find "$log" -name "*.killed" | wc -l)
	more=$(comm -23 ../made ../told | wc -l)
	log "$(wc -l <../told) told, $more of $killed killed were made"
	[ "$more" -le "$killed" ]
	[ "$killed" -gt 0 ]
	[ "$(wc -l <../told)" -gt $((calls / 3)) ]
	git fsck --strict --no-dangling
'

it 'is what an oracle makes of it' '
	cd repo
	for env in staging production; do
		git pv env show $env --json >../$env.json
		git pv env history $env --json >../$env-history.json
	done
	python3 "$oracle" ../staging.json ../production.json \
		../staging-history.json ../production-history.json
'
finish
