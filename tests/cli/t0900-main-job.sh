#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The everyday loop from end to end: import, commit, list, show, edit on two
# branches, merge, release, diff, log, revert, roll back, clone, compare. It is
# played on the sample that ships with git-pv, and on the 2,085 prompts of a
# real project where they are at hand. After each step the repository must be
# sound and git status must have nothing to say. Times are printed, not judged.
#
# PV_MAIN_JOB=FILE.jsonl plays it on another file, too.
#
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'the main job, from import to a clone that agrees'

now_ms() {
	date +%s%3N
}

# step NAME BODY: as `it`, in the repository of the job, with the time it took.
step() {
	started=$(now_ms)
	it "$JOB: $1" "cd $JOB
$2"
	printf '       %d ms\n' "$(($(now_ms) - started))"
}

main_job() {
	JOB=$1
	INPUT=$2
	COUNT=$(grep -c . "$INPUT")
	# The prompts the job works on: the first with a single text, by id.
	PROMPT=$(jq -r 'select(.prompt) | .id' "$INPUT" | LC_ALL=C sort |
		head -n 1)
	OTHER=$(jq -r 'select(.prompt) | .id' "$INPUT" | LC_ALL=C sort |
		sed -n 2p)
	export JOB INPUT COUNT PROMPT OTHER
	new_repo "$JOB"

	step "imports $COUNT prompts in one commit" '
		git pv init --yes >/dev/null
		git pv commit -q -m "Set up" >/dev/null
		git pv import jsonl "$INPUT" --commit --json >../out
		json ../out "[(.created | length), .commits]" "[$COUNT,1]"
		is_clean
	'

	step 'lists every prompt' '
		git pv list --json >../list
		jq -r ".[].id" ../list | grep -v "^example/" >../ids
		jq -r .id "$INPUT" | LC_ALL=C sort >../want
		LC_ALL=C sort ../ids >../got
		cmp_files ../want ../got
	'

	step 'has lost nothing of what came in' '
		git pv export jsonl >../export.jsonl
		jq -c -S "select(.id | startswith(\"example/\") | not) |
			{id, name, prompt, messages, tags}" ../export.jsonl |
			LC_ALL=C sort >../got
		jq -c -S "{id, name, prompt, messages, tags}" "$INPUT" |
			LC_ALL=C sort >../want
		cmp_files ../want ../got
	'

	step 'imports its export to the same data' '
		new_repo "../$JOB-again"
		git -C "../$JOB-again" pv import jsonl "$TRASH/export.jsonl" \
			--commit -q >/dev/null
		git -C "../$JOB-again" pv export jsonl >../again.jsonl
		cmp_files ../export.jsonl ../again.jsonl
		is_clean "../$JOB-again"
	'

	step 'shows one prompt' '
		git pv show "$PROMPT" --json >../out
		json ../out .id "$PROMPT"
		json ../out .prompt.prompt "$(jq -r "select(.id == \"$PROMPT\") |
			.prompt" "$INPUT")"
	'

	# The real prompts are halves of templates: an `if` may lack its end.
	step 'finds nothing but templates cut in half' '
		git pv check --json >../out || :
		json ../out "[.findings[] | select(.severity == \"error\") |
			.rule] | unique - [\"template-syntax\"]" "[]"
		test "$JOB" != sample || json ../out .ok true
	'

	step 'releases every prompt' '
		git pv release --json >../out
		json ../out "[.released[].version] | unique" "[\"1.0.0\"]"
		json ../out "(.released | length) == $COUNT" true
		git pv release --json >../out
		json ../out .released "[]"
		is_clean
	'

	step 'edits one prompt on two branches' '
		git pv switch -q -c exp/wording 2>/dev/null
		git pv edit "$PROMPT" --set "description=Edited on the branch" \
			>/dev/null
		git pv commit -m "Describe" --json >../out
		json ../out "[.branch, .released]" "[\"exp/wording\",[]]"
		is_clean
		git pv switch -q main 2>/dev/null
		git pv edit "$PROMPT" --set "metadata.reviewed=true" >/dev/null
		git pv commit -m "Review" --json >../out
		json ../out "[.released[] | [.id, .version]]" \
			"[[\"$PROMPT\",\"1.0.1\"]]"
		is_clean
	'

	step 'merges both edits and releases once' '
		git pv merge exp/wording --json >../out
		json ../out "[.result, [.released[] | [.id, .version]]]" \
			"[\"merged\",[[\"$PROMPT\",\"1.0.2\"]]]"
		git pv show "$PROMPT" --json >../out
		json ../out "[.prompt.description, .prompt.metadata.reviewed]" \
			"[\"Edited on the branch\",true]"
		is_clean
	'

	step 'stops where both want something else, and goes back' '
		git pv switch -q -c exp/other 2>/dev/null
		git pv edit "$PROMPT" --set "description=Theirs" >/dev/null
		git pv commit -q -m Theirs >/dev/null
		git pv switch -q main 2>/dev/null
		git pv edit "$PROMPT" --set "description=Ours" >/dev/null
		git pv commit -q -m Ours >/dev/null
		expect_failure 1 git pv merge exp/other --json >../out
		json ../out "[.result, .conflicts[0].field]" \
			"[\"conflict\",\"description\"]"
		check_repo
		git pv merge --abort 2>/dev/null
		is_clean
	'

	step 'diffs two versions' '
		git pv diff "$PROMPT@1.0.0" "$PROMPT@1.0.2" --json >../out
		json ../out "[.prompts[0].changes[].path] |
			contains([\"description\"])" true
		json ../out "[.prompts[].id]" "[\"$PROMPT\"]"
	'

	step 'logs the prompt as git does' '
		git pv log "$PROMPT" --json >../out
		jq -r ".[].commit" ../out >../got
		git log --format=%H -- "prompts/$PROMPT.yaml" >../want
		cmp_files ../want ../got
	'

	step 'logs the whole history' '
		git pv log --json >../out
		jq -r ".[].commit" ../out | uniq >../got
		git log --format=%H -- prompts >../want
		cmp_files ../want ../got
	'

	step 'reverts a commit' '
		git pv revert HEAD --json >../out
		json ../out "[.result, [.released[].id]]" \
			"[\"reverted\",[\"$PROMPT\"]]"
		is_clean
	'

	step 'rolls a prompt back to its first version' '
		git pv rollback "$PROMPT" --to 1.0.0 --json >../out
		json ../out "[.success, .rolled_back_to]" "[true,\"1.0.0\"]"
		same "$(git rev-parse "$PROMPT/v1.0.0:prompts/$PROMPT.yaml")" \
			"$(git rev-parse "HEAD:prompts/$PROMPT.yaml")"
		is_clean
	'

	step 'clones, and the clone agrees' '
		git clone -q . "../$JOB-clone"
		same "$(git for-each-ref refs/tags)" \
			"$(git -C "../$JOB-clone" for-each-ref refs/tags)"
		for command in "list" "show $PROMPT" "show $OTHER" \
			"versions $PROMPT" "log $PROMPT"; do
			# shellcheck disable=SC2086
			git pv $command --json >../want
			# shellcheck disable=SC2086
			git -C "../$JOB-clone" pv $command --json >../got
			cmp_files ../want ../got
		done
		git -C "../$JOB-clone" pv export jsonl >../got
		git pv export jsonl >../want
		cmp_files ../want ../got
		is_clean "../$JOB-clone"
	'

	step 'imports the same again and changes nothing' '
		git pv rollback "$OTHER" --to 1.0.0 >/dev/null
		before=$(git rev-parse HEAD)
		git pv import jsonl "$INPUT" --commit --json >../out
		json ../out "[(.unchanged | length), .commit]" "[$COUNT,null]"
		same "$before" "$(git rev-parse HEAD)"
		is_clean
	'
}

main_job sample "$PROJECT/examples/sample/prompts.jsonl"

real=$PV_SHARED/real/promptsource-prompts.jsonl
if [ -e "$real" ]; then
	main_job real "$real"
else
	skip 'the main job on real prompts' "no $real"
fi
if [ -n "${PV_MAIN_JOB:-}" ]; then
	main_job given "$PV_MAIN_JOB"
fi

finish
