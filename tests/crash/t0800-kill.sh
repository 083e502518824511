#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2034
. "$(dirname "$0")/faults.sh"
begin_faults 'killed at any call, nothing is lost or half there' 37

# Objects, refs and files after a kill: old or new, each of them, and whole.
is_whole() {
	refs_of "$work" >"$SCRATCH/refs"
	files_of "$work" >"$SCRATCH/files"
	lines_in "$SCRATCH/refs" "$SCRATCH/refs.before" "$SCRATCH/refs.after" ||
		return
	# Git writes a working tree in place; ours appear whole.
	[ "$by_git" ] ||
		lines_in "$SCRATCH/files" "$SCRATCH/files.before" \
			"$SCRATCH/files.after" || return
	git -C "$work" rev-parse --git-dir >/dev/null 2>&1 || return 0
	git -C "$work" fsck --strict --connectivity-only --no-dangling \
		--no-progress >"$SCRATCH/fsck" 2>&1 && return
	cat "$SCRATCH/fsck" >&3
	return 1
}

# The commit without its tags is named by doctor.
doctor_names() {
	grep -q '^ref: refs/heads/main' "$work/.git/HEAD" || return 0
	[ "$releases" ] || return 0
	head_now=$(grep 'refs/heads/main ' "$SCRATCH/refs")
	grep -qxF "$head_now" "$SCRATCH/refs.after" || return 0
	! cmp -s "$SCRATCH/refs" "$SCRATCH/refs.after" || return 0
	(cd "$work" && git pv doctor >"$SCRATCH/doctor" 2>&1 </dev/null) || :
	has "$SCRATCH/doctor" 'since the last version'
}

# Locks of the dead are named with their age, and once they are gone the
# command and the next release end as if nothing had happened.
goes_on() {
	locks=$(find "$work" -name '*.lock' 2>/dev/null)
	if [ "$locks" ]; then
		rm -f $locks
	fi
	(
		cd "$work" || exit 1
		eval "$recovery"
	) >"$SCRATCH/again" 2>&1 </dev/null || {
		cat "$SCRATCH/again" >&3
		return 1
	}
	state_of "$work" >"$SCRATCH/state"
	cmp_files "$SCRATCH/after" "$SCRATCH/state"
}

check_killed() {
	if [ "$fault_status" -ne 137 ]; then
		log "not killed"
		return 1
	fi
	is_whole && doctor_names && goes_on
}

# play COMMAND RECOVERY [releases] [by-git] [deletes]: what only deletes has no
# write that could be torn.
play() {
	command=$1 recovery=$2 releases= by_git= deletes=
	shift 2
	for word; do
		case $word in
		releases) releases=$word ;;
		by-git) by_git=$word ;;
		deletes) deletes=$word ;;
		esac
	done
	rehearse || return
	each_fault kill '' check_killed || return
	[ "$deletes" ] || each_fault tear '' check_killed
}

# is_moved: the branch is where the undisturbed run brings it.
is_moved() {
	refs_of "$work" | grep 'refs/heads/main ' >"$SCRATCH/tip"
	grep -qxF -f "$SCRATCH/tip" "$SCRATCH/refs.after" &&
		! grep -qxF -f "$SCRATCH/tip" "$SCRATCH/refs.before"
}

# index_is_after: what is staged is what the undisturbed run leaves, and what
# was committed since.
index_is_after() {
	git ls-files --stage | grep -v prompts/next.yaml >"$SCRATCH/index"
	grep -E '^[0-7]{6} ' "$SCRATCH/after" >"$SCRATCH/index.after"
	cmp_files "$SCRATCH/index.after" "$SCRATCH/index"
}

# Nobody removes a lock. When the branch has moved, the index follows it with
# the next commit; when it has not, that commit goes through or names a lock.
check_goes_on() {
	is_whole || return
	moved=
	is_moved && moved=yes
	cd "$work" || return
	[ ! "$moved" ] || [ ! -e .git/index.lock ] || {
		git pv doctor >"$SCRATCH/doctor" 2>&1 || :
		has "$SCRATCH/doctor" 'is of a commit that was killed' || return
		left=$((left + 1))
	}
	text_prompt prompts/next.yaml
	next_status=0
	git pv commit -q -m Next next >"$SCRATCH/next" 2>&1 || next_status=$?
	if [ "$next_status" -ne 0 ]; then
		grep -q '\.lock" is there for ' "$SCRATCH/next" || {
			cat "$SCRATCH/next" >&3
			return 1
		}
		[ ! "$moved" ] || [ ! -e .git/index.lock ] || return
	fi
	[ ! "$moved" ] || index_is_after || return
	find .git/pv -name 'index.*' >"$SCRATCH/notes"
	[ "$next_status" -ne 0 ] || empty "$SCRATCH/notes"
}

# alone COMMAND [CHECK]: killed anywhere, the next commit needs nobody's help.
alone() {
	command=$1 by_git=
	left=0
	rehearse || return
	each_fault kill '' "${2:-check_goes_on}" || return
	log "$left times the index was behind"
	[ "$left" -gt 0 ] || [ "$every" -gt 1 ]
}

# What a commit leaves in the index when it dies right after moving the branch
# is what git leaves, too.
again='git restore -q --staged . 2>/dev/null; '

it 'commit' '
	stage commit
	text_prompt prompts/a.yaml "Reworded."
	text_prompt prompts/new.yaml
	play "git pv commit -m Reword" "
		$again git pv commit -m Reword || git pv release" releases
'

it 'commit, with hooks' '
	stage hooks
	mkdir .git/hooks
	for hook in pre-commit commit-msg post-commit; do
		printf "#!/bin/sh\nexit 0\n" >.git/hooks/$hook
		chmod +x .git/hooks/$hook
	done
	text_prompt prompts/a.yaml "Reworded."
	play "git pv commit -m Reword" "
		$again git pv commit -m Reword || git pv release" releases
'

it 'commit, with nobody to remove the lock' '
	stage alone
	echo kept >other
	git add other
	text_prompt prompts/a.yaml "Reworded."
	text_prompt prompts/fresh.yaml
	git rm -q --cached prompts/b.yaml
	alone "git pv commit -m Reword a fresh"
'

it 'mv, with nobody to remove the lock' '
	stage alone.mv
	alone "git pv mv a sub/d"
'

# Of git nobody can tell whether it is alive; but what its lock holds.
check_git() {
	[ -e "$work/.git/index.lock" ] || return 0
	cd "$work" || return
	text_prompt prompts/next.yaml
	expect_failure 128 git pv commit -m Next next 2>"$SCRATCH/next" || return
	git pv doctor >"$SCRATCH/doctor" 2>&1 || :
	if ! is_moved; then
		has "$SCRATCH/next" 'if it crashed, remove that file' &&
			has "$SCRATCH/doctor" 'delete the file'
		return
	fi
	left=$((left + 1))
	line=$(sed -n 's/^hint: .*: \(mv .*\)/\1/p' "$SCRATCH/next")
	has "$SCRATCH/doctor" "if no git is running here, $line" || return
	cp -a . ../wrong
	eval "$line"
	index_is_after || return
	# And if the lock was removed.
	cd ../wrong || return
	rm .git/index.lock
	expect_failure 128 git pv commit -m Next a 2>"$SCRATCH/next" || return
	line=$(sed -n 's/^hint: .*: \(git restore .*\)/\1/p' "$SCRATCH/next")
	git pv doctor >"$SCRATCH/doctor" 2>&1 || :
	has "$SCRATCH/doctor" "$line" || return
	eval "$line"
	index_is_after || return
	cd .. && rm -rf wrong
}

it 'commit by git, whose lock is the index' '
	stage git
	echo kept >other
	git add other
	text_prompt prompts/a.yaml "Reworded."
	alone "git commit -q -m Reword prompts/a.yaml" check_git
'

it 'commit of so many that they go into a pack' '
	stage many
	for i in $(seq 70); do
		text_prompt prompts/many/p$i.yaml "Number $i."
	done
	play "git pv commit -m Many" "
		$again git pv commit -m Many || git pv release" releases
'

it 'commit of what is staged' '
	stage staged
	text_prompt prompts/a.yaml "Reworded."
	git add prompts
	play "git pv commit --staged -m Reword" "
		git pv commit --staged -m Reword || git pv release" releases
'

it 'release' '
	stage release
	text_prompt prompts/a.yaml "Reworded."
	text_prompt prompts/b.yaml "Reworded, too."
	git commit -q -a -m "Plain"
	play "git pv release" "git pv release" releases
'

it 'release of many' '
	stage releases
	for i in $(seq 70); do
		text_prompt prompts/many/p$i.yaml "Number $i."
	done
	git add prompts
	git commit -q -m "Plain"
	play "git pv release" "git pv release" releases
'

it 'rollback' '
	stage rollback
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Reword" >/dev/null
	play "git pv rollback a --to 1.0.0" "
		git restore -q --staged --worktree .
		git pv rollback a --to 1.0.0; git pv release" releases
'

it 'revert' '
	stage revert
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Reword" >/dev/null
	play "git pv revert HEAD" "
		git revert --abort 2>/dev/null || :
		git reset -q --hard
		case \$(git log -1 --format=%s) in
		Revert*) git pv release ;;
		*) git pv revert HEAD ;;
		esac" releases by-git
'

it 'cherry-pick' '
	stage pick
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	play "git pv cherry-pick topic" "
		git cherry-pick --abort 2>/dev/null || :
		git reset -q --hard
		case \$(git log -1 --format=%s) in
		Topic*) git pv release ;;
		*) git pv cherry-pick topic ;;
		esac" releases by-git
'

it 'cherry-pick of a field' '
	stage pick_field
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	echo "goal: none" >>prompts/a.yaml
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	play "git pv cherry-pick --field goal topic" "
		git restore -q --staged --worktree .
		git pv cherry-pick --field goal topic || git pv release" releases
'

it 'cherry-pick of a field in conflict' '
	stage pick_conflict
	echo "goal: one" >>prompts/a.yaml
	git pv commit -q -m "Goal" >/dev/null
	git switch -q -c topic
	sed -i "s/goal: one/goal: two/" prompts/a.yaml
	git commit -qam "Topic"
	git switch -q main
	sed -i "s/goal: one/goal: three/" prompts/a.yaml
	git pv commit -q -m "Main" >/dev/null
	expected=1
	play "git pv cherry-pick --field goal topic" "
		git cherry-pick --abort 2>/dev/null || git reset -q --hard
		git pv cherry-pick --field goal topic || test \$? -eq 1" by-git
'

it 'merge' '
	stage merge
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	text_prompt prompts/b.yaml "Reworded, too."
	git pv commit -q -m "Main" >/dev/null
	play "git pv merge topic" "
		git merge --abort 2>/dev/null || :
		git reset -q --hard
		git clean -q -f -d
		git pv merge topic" releases by-git
'

it 'merge that is a fast-forward' '
	stage forward
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	play "git pv merge topic" "
		git reset -q --hard
		git clean -q -f -d
		git pv merge topic" releases by-git
'

# conflict NAME: a merge under way that has one, entered.
conflict() {
	stage "$1"
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	text_prompt prompts/a.yaml "Said otherwise."
	git pv commit -q -m "Main" >/dev/null
}

it 'merge that stops at a conflict' '
	conflict stopped
	expected=1
	play "git pv merge topic" "
		git merge --abort 2>/dev/null || :
		git reset -q --hard
		git clean -q -f -d
		git pv merge topic || [ \$? -eq 1 ]" by-git
'

it 'resolve' '
	conflict resolve
	expect_failure 1 git pv merge topic
	play "git pv resolve a --field prompt --theirs" "
		grep -q \"<<<\" prompts/a.yaml || git add prompts/a.yaml
		git pv resolve a --field prompt --theirs ||
			git diff --exit-code"
'

it 'resolve to a side that has no file' '
	stage removed
	git switch -q -c topic
	git rm -q prompts/a.yaml
	git commit -q -m "Topic"
	git switch -q main
	text_prompt prompts/a.yaml "Said otherwise."
	git pv commit -q -m "Main" >/dev/null
	expect_failure 1 git pv merge topic
	play "git pv resolve a --theirs" "
		git pv resolve a --theirs || git diff --exit-code" by-git
'

it 'merge --continue' '
	conflict continued
	expect_failure 1 git pv merge topic
	git pv resolve a --theirs
	# Once it has moved the branch, git only forgets the merge.
	play "git pv merge --continue" "
		case \$(git log -1 --format=%s) in
		Merge*) git merge --quit; git pv release ;;
		*) git pv merge --continue ;;
		esac" releases by-git
'

it 'mv' '
	stage mv
	play "git pv mv a sub/d" "
		git restore -q --staged --worktree .
		git clean -q -f -d
		git pv mv a sub/d || git pv release" releases
'

it 'switch' '
	stage switch
	git switch -q -c topic
	text_prompt prompts/a.yaml "Reworded."
	text_prompt prompts/new.yaml
	git pv commit -q -m "Topic" >/dev/null
	git switch -q main
	play "git pv switch topic" "
		git reset -q --hard
		git clean -q -f -d
		git pv switch topic" by-git
'

import_lines() {
	for i in $(seq "$1"); do
		printf "{\"id\":\"in/p%d\",\"prompt\":\"Number %d.\"}\n" "$i" "$i"
	done
}

# Files that were there already are not the import's: it starts afresh.
import_again='
	git restore -q --staged .
	git show --name-only HEAD | grep -q prompts/in/p1.yaml || {
		rm -rf prompts/in
		git pv import jsonl --commit $SCRATCH/lines -m In
	}'

it 'import' '
	stage import
	import_lines 3 >"$SCRATCH/lines"
	play "git pv import jsonl --commit $SCRATCH/lines -m In" "$import_again"
'

it 'import of many' '
	stage imports
	import_lines 70 >"$SCRATCH/lines"
	play "git pv import jsonl --commit $SCRATCH/lines -m In" "$import_again"
'

it 'import of a version' '
	stage versions
	printf "{\"id\":\"in/v\",\"version\":%d,\"prompt\":\"Text %d.\",\"created_at\":%d}\n" \
		1 1 1700000000 2 2 1700000100 3 3 1700000200 >"$SCRATCH/lines"
	head -2 "$SCRATCH/lines" >"$SCRATCH/two"
	git pv import jsonl --commit "$SCRATCH/two" >/dev/null
	play "git pv import jsonl --commit $SCRATCH/lines" \
		"git restore -q --staged .
		git pv import jsonl --commit $SCRATCH/lines" releases
'

it 'new' '
	stage new
	play "git pv new fresh/one --text Hello" "
		git pv new fresh/one --text Hello || :"
'

it 'edit' '
	stage edit
	play "git pv edit a --set model.temperature=0.1" "
		git pv edit a --set model.temperature=0.1"
'

it 'branch' '
	stage branch
	play "git pv branch topic" "git pv branch topic || :"
	git branch topic
	play "git pv branch -d topic" "git pv branch -d topic || :" deletes
'

it 'install' '
	stage install
	git remote add origin ../nowhere
	play "git pv install --pattern \"*.prompt\"" "
		git pv install --pattern \"*.prompt\""
'

it 'init' '
	rm -rf "$TRASH/init"
	mkdir "$TRASH/init"
	cd "$TRASH/init"
	printf "version: 1\nid: 6f2f8bd2-41f0-4c0c-9d0e-b0b6a6a3a5d1\n" >pv.yaml
	play "git pv init -y" "git pv init -y"
'

# reads COMMAND...: none of them asks the file system for anything.
reads() {
	for command; do
		rehearse || return
		same 0 "$fault_count" || explain 0 "reading" || return
	done
}

it 'what only reads writes nothing' '
	conflict reads
	reads "git pv blame a" "git pv log a" "git pv list" \
		"git pv show a" "git pv diff topic" "git pv status" \
		"git pv versions a" "git pv vars a" "git pv check" \
		"git pv doctor || :" "git pv conflicts"
	expect_failure 1 git pv merge topic
	reads "git pv conflicts" "git pv blame a@main"
'

finish
