#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv cherry-pick: commits of another branch, through git'

# prompt NAME DESCRIPTION TEXT
prompt() {
	write prompts/p.yaml <<-FILE
		name: $1
		prompt: |
		  One.
		  $3
		  Three.
		description: $2
	FILE
}

# fresh NAME: topic has three commits more than main, which has one of its own.
fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	text_prompt prompts/q.yaml
	prompt one one Two.
	git pv commit -q -m first >/dev/null
	git switch -q -c topic
	prompt one two Two.
	GIT_AUTHOR_NAME="Ada Author" git commit -qam "describe"
	prompt one two Deux.
	git commit -qam "translate"
	text_prompt prompts/q.yaml "Other."
	git commit -qam "other"
	git switch -q main
	prompt main one Two.
	git pv commit -q -m "name it" >/dev/null
}

it 'takes a commit over and releases what it changes' '
	fresh r1
	git pv cherry-pick topic~2 --json >../out
	json ../out "[.result, .commit, .picked, [.released[] | [.id, .version]], .conflicts]" \
		"[\"picked\",\"$(git rev-parse HEAD)\",[\"$(git rev-parse topic~2)\"],[[\"p\",\"1.0.2\"]],[]]"
	same "Ada Author describe" "$(git log -1 --format="%an %s")"
	has prompts/p.yaml "name: main"
	has prompts/p.yaml "description: two"
	is_clean
'

it 'makes the commit git makes' '
	fresh r2
	git config merge.pv.driver "git-pv merge-driver %O %A %B %L %P"
	cp -R . ../twin
	git pv cherry-pick -x topic~1 >/dev/null 2>&1
	git -C ../twin cherry-pick -x topic~1 >/dev/null
	same "$(git -C ../twin rev-parse HEAD)" "$(git rev-parse HEAD)"
	git log -1 --format=%b >../body
	has ../body "(cherry picked from commit $(git rev-parse topic~1))"
'

it 'takes several, ranges and versions' '
	fresh r3
	git pv cherry-pick topic~2 topic --json >../out
	json ../out "[(.picked | length), [.released[].id]]" "[2,[\"p\",\"q\"]]"
	same "describe other" "$(git log -2 --reverse --format=%s | paste -sd" ")"
	git reset -q --hard HEAD~2
	git pv cherry-pick main..topic~1 >../out 2>&1
	same "describe translate" \
		"$(git log -2 --reverse --format=%s | paste -sd" ")"
	is_clean
	git switch -q -c old HEAD~3
	git pv cherry-pick p@1.0.1 --json >../out
	json ../out ".picked[0]" "$(git rev-parse "p/v1.0.1^{commit}")"
	expect_failure 129 git pv cherry-pick main...topic 2>../err
	is_error ../err
'

it 'merges by fields without install' '
	fresh r4
	echo "prompts/**/*.yaml merge=pv" >.git/info/attributes
	prompt main one "Two, they say."
	git commit -qam "they say"
	git switch -q topic
	prompt one two "Deux."
	git commit -q --allow-empty -m none
	printf "name: one\nprompt: |\n  One.\n  Deux.\n  Three.\ndescription: three\n" \
		>prompts/p.yaml
	git commit -qam "both"
	git switch -q main
	expect_failure 1 git pv cherry-pick topic --json >../out 2>../err
	json ../out "[.result, [.conflicts[] | [.field, .base, .ours, .theirs]]]" \
		"[\"conflict\",[[\"description\",\"two\",\"one\",\"three\"]]]"
	has prompts/p.yaml "<<<<<<< ours"
	has prompts/p.yaml "  Two, they say."
	git pv cherry-pick --abort
	is_clean
'

# stopped NAME: in conflict over the description.
stopped() {
	fresh "$1"
	prompt main three Two.
	git commit -qam "three"
	expect_failure 1 git pv cherry-pick topic~2 >../out 2>../err
	has ../out "conflict: p description"
	has ../err "git pv cherry-pick --continue"
}

it 'stops at a conflict and goes on' '
	stopped r5
	git pv status --json >../out
	json ../out .state cherry-pick
	git pv resolve p --theirs --json >../out
	json ../out "[.staged, .next]" "[true,\"git pv cherry-pick --continue\"]"
	expect_failure 128 git pv commit -m no 2>../err
	has ../err "git pv cherry-pick --continue"
	git pv cherry-pick --continue --json >../out
	json ../out "[.result, .picked, .released[0].version]" \
		"[\"picked\",[],\"1.0.2\"]"
	same "Ada Author describe" "$(git log -1 --format="%an %s")"
	is_clean
'

it 'stops at a conflict and goes back' '
	stopped r6
	head=$(git rev-parse HEAD)
	git add prompts
	expect_failure 1 git pv cherry-pick --continue --json >../out
	is_json_error ../out validation
	git pv cherry-pick --abort --json >../out
	json ../out "[.result, .commit]" "[\"aborted\",\"$head\"]"
	is_clean
	expect_failure 128 git pv cherry-pick --abort 2>../err
	is_error ../err "no cherry-pick is under way"
'

it 'passes over a commit of several' '
	fresh r7
	prompt main three Two.
	git commit -qam "three"
	expect_failure 1 git pv cherry-pick main..topic >../out 2>../err
	git pv cherry-pick --skip --json >../out
	json ../out "[.result, [.released[].id]]" "[\"picked\",[\"p\",\"q\"]]"
	same "translate other" \
		"$(git log -2 --reverse --format=%s | paste -sd" ")"
	is_clean
	prompt main four Two.
	git commit -qam "four"
	expect_failure 1 git pv cherry-pick topic~2 >../out 2>../err
	git pv cherry-pick --skip --json >../out
	json ../out .result skipped
	is_clean
'

it 'is finished and dropped by git as well' '
	stopped r8
	git pv resolve p --ours 2>../err
	prompt main three Vier.
	git add prompts
	git -c core.editor=: cherry-pick --continue >../log
	same "Ada Author" "$(git log -1 --format=%an)"
	is_clean
	cd ..
	stopped r9
	git cherry-pick --abort
	is_clean
	expect_failure 1 git cherry-pick topic~2 >../log 2>&1
	git pv resolve p --theirs 2>../err
	git pv cherry-pick --continue >../log 2>&1
	is_clean
'

it 'applies without a commit' '
	fresh r10
	head=$(git rev-parse HEAD)
	git pv cherry-pick -n topic~2 topic --json >../out
	json ../out "[.result, .commit, .released]" "[\"applied\",\"$head\",[]]"
	same "M  prompts/p.yaml M  prompts/q.yaml" \
		"$(git status --porcelain | paste -sd" ")"
	git pv commit -q -m both >/dev/null
	is_clean
	git reset -q --hard "$head"
	prompt main three Two.
	git commit -qam "three"
	expect_failure 1 git pv cherry-pick -n topic~2 >../out 2>../err
	has ../out "conflict: p description"
	lacks ../err "cherry-pick --continue"
	has ../err "git pv commit"
	git pv resolve p --theirs 2>../err
	git pv commit -q -m settled >/dev/null
	is_clean
'

it 'picks a merge with its mainline' '
	fresh r11
	git switch -q topic
	git merge -q --no-edit main 2>/dev/null
	merged=$(git rev-parse HEAD)
	git switch -q -c other main~1
	expect_failure 128 git pv cherry-pick "$merged" 2>../err
	is_error ../err "nothing was picked"
	git pv cherry-pick -m 1 "$merged" >../out
	has prompts/p.yaml "name: main"
	has prompts/p.yaml "description: one"
	is_clean
'

it 'says so when there is nothing to pick' '
	fresh r12
	git pv cherry-pick topic~2 >../out
	snapshot . >../before
	expect_failure 128 git pv cherry-pick topic~2 --json >../out
	json ../out ".error.message" "nothing to pick"
	json ../out ".error.hint | test(\"there already\")" true
	snapshot . >../after
	cmp_files ../before ../after
	expect_failure 128 git pv cherry-pick topic~2 topic 2>../err
	is_error ../err "nothing to pick"
	has ../err "cherry-pick --skip"
	git pv cherry-pick --skip --json >../out
	json ../out ".released[].id" q
	is_clean
'

it 'changes nothing where it cannot start or commit' '
	fresh r13
	snapshot . >../before
	expect_failure 129 git pv cherry-pick 2>../err
	expect_failure 129 git pv cherry-pick --continue topic 2>../err
	expect_failure 129 git pv cherry-pick --continue --abort 2>../err
	expect_failure 128 git pv cherry-pick nowhere --json >../out
	is_json_error ../out version-not-found
	expect_failure 128 git pv cherry-pick main..nowhere --json >../out
	is_json_error ../out version-not-found
	expect_failure 128 git pv cherry-pick --continue 2>../err
	is_error ../err "no cherry-pick is under way"
	mkdir -p .git/hooks
	printf "#!/bin/sh\nexit 1\n" >.git/hooks/prepare-commit-msg
	chmod +x .git/hooks/prepare-commit-msg
	expect_failure 128 git pv cherry-pick topic~2 --json >../out
	json ../out ".error.hint | test(\"nothing was changed\")" true
	rm .git/hooks/prepare-commit-msg
	snapshot . >../after
	cmp_files ../before ../after
	echo "# edited" >>prompts/p.yaml
	expect_failure 128 git pv cherry-pick topic~2 2>../err
	is_error ../err "nothing was picked"
	has prompts/p.yaml "# edited"
'

finish
