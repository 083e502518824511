#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2034
#
# Eight writers at once, with git packing and collecting in between. A writer
# that is refused (locked, or overtaken by another) tries again; whatever was
# acknowledged must be there in the end. PV_CRASH_COMMITS: of each writer.
. "$(dirname "$0")/../cli/lib.sh"
begin 'many writers lose no commit'
commits=${PV_CRASH_COMMITS:-4}
writers='1 2 3 4 5 6 7 8'
unset GIT_AUTHOR_DATE GIT_COMMITTER_DATE

fresh() {
	rm -rf "$TRASH/$1" "$SCRATCH/done" "$SCRATCH/stop"
	mkdir "$SCRATCH/done"
	new_repo "$TRASH/$1"
	cd "$TRASH/$1" || exit 1
	for i in $writers; do
		text_prompt "prompts/w$i.yaml" "Start $i."
	done
	git pv commit -q -m Start >/dev/null
}

# until_done FILE COMMAND...: again while the answer is that others are at it.
until_done() {
	done_file=$1
	shift
	tries=0
	while ! "$@" >"$done_file" 2>"$done_file.err"; do
		grep -qE '"code":"(locked|conflict)"|index.lock|cannot lock ref|temporary file' \
			"$done_file" "$done_file.err" || {
			log "refused: $*"
			cat "$done_file" "$done_file.err" >&3
			return 1
		}
		tries=$((tries + 1))
		[ "$tries" -lt 200 ] || return 1
	done
}

# One writer of prompts, in the folder it is started in.
write_prompts() {
	for n in $(seq "$commits"); do
		text_prompt "prompts/w$1.yaml" "Writer $1, round $n."
		until_done "$SCRATCH/done/pv.$1.$n" \
			git pv commit -m "Round $n of $1" --json "w$1" || return
	done
}

# Somebody who uses plain git on a file of their own.
write_plainly() {
	for n in $(seq "$commits"); do
		echo "$1 $n" >"plain.$1"
		until_done "$SCRATCH/done/add.$1.$n" git add "plain.$1" || return
		until_done "$SCRATCH/done/git.$1.$n" git commit -m "Plain $n" \
			--only -- "plain.$1" || return
	done
}

# What an administrator's cron may do meanwhile.
disturb() {
	while [ ! -e "$SCRATCH/stop" ]; do
		git pack-refs --all --prune
		git gc --quiet
	done >"$SCRATCH/disturb" 2>&1
}

# wait_all PID...: each must have ended well.
wait_all() {
	failed_writers=0
	for pid; do
		wait "$pid" || failed_writers=$((failed_writers + 1))
	done
	: >"$SCRATCH/stop"
	wait "$disturber"
	same 0 "$failed_writers"
}

# Every commit that was acknowledged is on the branch, with its version.
nothing_lost() {
	git rev-list --first-parent main >"$SCRATCH/commits"
	for file in "$SCRATCH"/done/pv.*[0-9]; do
		jq -r .commit "$file" >"$SCRATCH/one"
		grep -qxF -f "$SCRATCH/one" "$SCRATCH/commits" || {
			log "lost: $file"
			return 1
		}
		[ "${unreleased:-}" ] && continue
		json "$file" '.released | length' 1
		tag=$(jq -r '.released[0].tag' "$file")
		same "$(cat "$SCRATCH/one")" "$(git rev-parse "$tag^{commit}")"
	done
	git fsck --strict --no-dangling >"$SCRATCH/fsck" 2>&1 ||
		{ cat "$SCRATCH/fsck" >&3; return 1; }
	find .git -name "*.lock" -o -name "releasing*" >"$SCRATCH/left"
	empty "$SCRATCH/left"
}

it 'eight writers in one working tree' '
	fresh tree
	disturb &
	disturber=$!
	pids=
	for i in $writers; do
		write_prompts "$i" &
		pids="$pids $!"
	done
	wait_all $pids
	nothing_lost
	same "$((8 * commits + 1))" "$(wc -l <"$SCRATCH/commits")"
	same "$((8 * (commits + 1)))" "$(git tag | wc -l)"
	is_clean
'

it 'four of them with plain git' '
	fresh mixed
	# A commit of git reads the index before it locks it, and may so forget
	# a file that another git has just added: these are known already.
	for i in 1 2 3 4; do
		echo start >"plain.$i"
	done
	git add "plain.*"
	git commit -q -m "Plain files"
	disturb &
	disturber=$!
	pids=
	for i in 1 2 3 4; do
		write_prompts "$i" &
		pids="$pids $!"
		write_plainly "$i" &
		pids="$pids $!"
	done
	wait_all $pids
	nothing_lost
	same "$((8 * commits + 2))" "$(wc -l <"$SCRATCH/commits")"
	is_clean
'

it 'eight linked worktrees on one branch' '
	fresh linked
	for i in $writers; do
		git worktree add -q --force "../linked.$i" main
	done
	disturb &
	disturber=$!
	pids=
	for i in $writers; do
		(cd "../linked.$i" && write_prompts "$i") &
		pids="$pids $!"
	done
	wait_all $pids
	nothing_lost
	same "$((8 * commits + 1))" "$(wc -l <"$SCRATCH/commits")"
	same "$((8 * (commits + 1)))" "$(git tag | wc -l)"
	for i in $writers; do
		same "Writer $i, round $commits." \
			"$(git cat-file -p "main:prompts/w$i.yaml" |
			sed -n "s/^  //p")"
	done
'

it 'a branch that plain git moves meanwhile' '
	fresh moved
	git branch other
	disturb &
	disturber=$!
	write_prompts 1 &
	pids=$!
	(
		# On top of whatever there is, past the working tree.
		for n in $(seq "$((commits * 2))"); do
			old=$(git rev-parse other)
			# Git gives up when gc removes a folder it needs.
			until new=$(git commit-tree -p "$old" \
				-m "By hand $n" "$old^{tree}"); do
				sleep 0.01
			done
			git update-ref refs/heads/other "$new" "$old" || exit
		done
	) &
	wait_all $pids $!
	nothing_lost
	same "$((commits * 2 + 1))" "$(git rev-list --count other)"
	is_clean
'

it 'releases at the same time' '
	fresh releases
	for i in $writers; do
		text_prompt "prompts/w$i.yaml" "Plainly changed $i."
	done
	git commit -q -a -m Plain
	disturb &
	disturber=$!
	pids=
	for i in $writers; do
		until_done "$SCRATCH/done/release.$i" git pv release --json &
		pids="$pids $!"
	done
	wait_all $pids
	same 16 "$(git tag | wc -l)"
	same "" "$(git pv release 2>/dev/null)"
	is_clean
'

it 'imports at the same time' '
	fresh imports
	for i in $writers; do
		for n in 1 2 3; do
			printf "{\"id\":\"in%d/p%d\",\"prompt\":\"%d\"}\n" "$i" "$n" "$n"
		done >"$SCRATCH/lines.$i"
	done
	disturb &
	disturber=$!
	pids=
	for i in $writers; do
		until_done "$SCRATCH/done/pv.in.$i" git pv import jsonl --commit \
			--json "$SCRATCH/lines.$i" &
		pids="$pids $!"
	done
	wait_all $pids
	unreleased=yes nothing_lost
	same 24 "$(git ls-tree -r --name-only main prompts | grep -c /in)"
	is_clean
'

it 'names a lock that stays, with its age' '
	fresh locked
	text_prompt prompts/w1.yaml "Locked out."
	git branch topic
	: >.git/index.lock
	for command in "commit -m x" "switch topic" "merge topic" "revert HEAD"; do
		expect_failure 128 git pv $command --json >../out
		is_json_error ../out locked
		has ../out "$PWD/.git/index.lock"
		json ../out ".error.message | test(\"for [0-9]+ s\")" true
	done
	rm .git/index.lock
	: >.git/refs/heads/main.lock
	expect_failure 128 git pv commit -m x --json >../out
	is_json_error ../out locked
	has ../out "$PWD/.git/refs/heads/main.lock"
	rm .git/refs/heads/main.lock
	(
		: >.git/index.lock
		sleep 0.3
		rm .git/index.lock
	) &
	sleep 0.1
	git pv commit -q -m "Waited" >/dev/null
	wait
	is_clean
'

finish
