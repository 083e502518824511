#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv revert and rollback: old states come back, nothing is lost'

# Three versions of two prompts; v2 and v3 touch different ends.
prompt() { # FIRST LAST
	write prompts/p.yaml <<-FILE
		name: $1
		prompt: |
		  One.
		  Two.
		  Three.
		  Four.
		description: $2
	FILE
}

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	text_prompt prompts/q.yaml
	prompt one one
	git pv commit -q -m first >/dev/null
	prompt two one
	git pv commit -q -m second >/dev/null
	prompt two two
	git pv commit -q -m third >/dev/null
}

it 'reverts a commit, keeps what came later, and releases' '
	fresh r1
	git pv revert HEAD~1 --json >../out
	json ../out "[.result, .reverted, .commit]" \
		"[\"reverted\",\"$(git rev-parse HEAD~2)\",\"$(git rev-parse HEAD)\"]"
	json ../out ".released[] | [.id, .version]" "[\"p\",\"1.0.3\"]"
	has prompts/p.yaml "name: one"
	has prompts/p.yaml "description: two"
	is_clean
'

it 'makes the commit git makes' '
	fresh r2
	cp -R . ../twin
	git pv revert HEAD >/dev/null 2>&1
	git -C ../twin revert --no-edit HEAD >/dev/null
	same "$(git -C ../twin rev-parse HEAD)" "$(git rev-parse HEAD)"
'

it 'reverts what a version names' '
	fresh r3
	git pv revert p@1.0.1 --json >../out
	json ../out .reverted "$(git rev-parse "p/v1.0.1^{commit}")"
	has prompts/p.yaml "name: one"
	is_clean
'

it 'stops at a conflict, goes back, or goes on' '
	fresh r4
	prompt two three
	git pv commit -q -m fourth >/dev/null
	snapshot . >../before
	expect_failure 1 git pv revert p@1.0.2 --json >../out
	json ../out "[.result, .conflicts[0].id, .conflicts[0].field]" \
		"[\"conflict\",\"p\",\"description\"]"
	check_repo
	git pv revert --abort --json >../out
	json ../out .result aborted
	snapshot . >../after
	cmp_files ../before ../after
	expect_failure 1 git pv revert p@1.0.2 2>../err >../out
	has ../err "git pv revert --continue"
	prompt two back
	git add prompts/p.yaml
	git pv revert --continue --json >../out
	json ../out "[.result, .released[0].version]" "[\"reverted\",\"1.0.4\"]"
	is_clean
'

it 'needs the mainline of a merge, and a commit that is there' '
	fresh r5
	git switch -q -c exp HEAD~1
	text_prompt prompts/q.yaml "Other."
	git pv commit -q -m other >/dev/null
	git switch -q main
	git pv merge exp >/dev/null 2>&1
	snapshot . >../before
	expect_failure 128 git pv revert HEAD 2>../err
	is_error ../err
	expect_failure 128 git pv revert nowhere --json >../out
	is_json_error ../out version-not-found
	expect_failure 128 git pv revert p@9.9.9 --json >../out
	is_json_error ../out version-not-found
	expect_failure 128 git pv revert --continue 2>../err
	is_error ../err "no revert is under way"
	expect_failure 129 git pv revert 2>/dev/null
	snapshot . >../after
	cmp_files ../before ../after
	git pv revert --mainline 1 HEAD --json >../out
	json ../out "[.result, [.released[].id]]" "[\"reverted\",[\"q\"]]"
	is_clean
'

it 'brings back the bytes of a version as a new one' '
	fresh r6
	git pv rollback p --to 1.0.0 -m "Customers complain" --json >../out
	json ../out "[.success, .id, .version, .previous, .rolled_back_to,
		.changed]" "[true,\"p\",\"1.0.3\",\"1.0.2\",\"1.0.0\",true]"
	json ../out "[.commit, .blob, .actor, .environment, .deployment_id]" \
		"[\"$(git rev-parse HEAD)\",\"$(git rev-parse \
			p/v1.0.0:prompts/p.yaml)\",\"Carl Committer\",null,null]"
	same "$(git rev-parse p/v1.0.0:prompts/p.yaml)" \
		"$(git rev-parse HEAD:prompts/p.yaml)"
	same "Roll back p to 1.0.0

Customers complain" "$(git log -1 --format=%B)"
	same "prompts/p.yaml" "$(git show --format= --name-only)"
	is_clean
	git pv rollback p --to 1.0.2 >../out
	has ../out "p 1.0.4"
	same "$(git rev-parse p/v1.0.2:prompts/p.yaml)" \
		"$(git rev-parse HEAD:prompts/p.yaml)"
'

it 'does nothing when the bytes are the same already' '
	fresh r7
	before=$(git rev-parse HEAD)
	git pv rollback p --to 1.0.2 --json >../out
	json ../out "[.changed, .version, .commit]" \
		"[false,\"1.0.2\",\"$before\"]"
	git pv rollback p --to 1.0.2 >../out
	has ../out "p is at 1.0.2 already"
	same "$before" "$(git rev-parse HEAD)"
'

it 'takes any revision, and the highest of a short version' '
	fresh r8
	git pv rollback p --to 1.0 --json >../out
	json ../out "[.rolled_back_to, .changed]" "[\"1.0.2\",false]"
	git pv rollback p --to HEAD~2 --json >../out
	json ../out "[.rolled_back_to, .changed]" "[\"1.0.0\",true]"
'

it 'names the version that was asked for, not a later one like it' '
	fresh r20
	git pv rollback p --to 1.0.0 >/dev/null
	prompt "Something else." other
	git pv commit -q -m other
	git pv rollback p --to 1.0.0 --json >../out
	json ../out .rolled_back_to 1.0.0
	same "Roll back p to 1.0.0" "$(git log -1 --format=%s)"
	git pv rollback p --to p/v1.0.0 --json >../out
	json ../out "[.rolled_back_to, .changed]" "[\"1.0.0\",false]"
	git pv rollback p --to 1.0.0 >../out
	has ../out "p is at 1.0.0 already"
	git pv show p@1.0.0 --json >../out
	json ../out .version 1.0.0
	git pv show p@HEAD --json >../out
	json ../out .version "$(git pv versions p --json | jq -r ".[0].version")"
'

it 'brings back a prompt that was removed' '
	fresh r9
	git rm -q prompts/p.yaml
	git commit -q -m gone
	git pv rollback p --to 1.0.1 --json >../out
	json ../out "[.success, .previous, .rolled_back_to, .version]" \
		"[true,null,\"1.0.1\",\"2.0.0\"]"
	same "$(git rev-parse p/v1.0.1:prompts/p.yaml)" \
		"$(git rev-parse HEAD:prompts/p.yaml)"
	is_clean
	git rm -q prompts/p.yaml
	git pv commit -q -m "gone again"
	git pv rollback p --to 2.0.0 --json >../out
	json ../out "[.changed, [.released[] | [.version, .previous, .bump]]]" \
		"[true,[[\"3.0.0\",\"2.0.0\",\"major\"]]]"
	git pv release --json >../out
	json ../out .released "[]"
'

it 'leaves other changes alone, staged or not' '
	fresh r10
	text_prompt prompts/q.yaml "Unsaved."
	echo x >staged.txt
	git add staged.txt
	git pv rollback p --to 1.0.0 >/dev/null
	git status --porcelain >../status
	printf " M prompts/q.yaml\nA  staged.txt\n" >../want
	cmp_files ../want ../status
	check_repo
'

it 'refuses when the prompt has changes, or the target is unknown' '
	fresh r11
	prompt dirty dirty
	snapshot . >../before
	expect_failure 1 git pv rollback p --to 1.0.0 --json >../out
	is_json_error ../out conflict
	snapshot . >../after
	cmp_files ../before ../after
	git checkout -q prompts
	expect_failure 128 git pv rollback p --to 7.0.0 --json >../out
	is_json_error ../out version-not-found
	expect_failure 128 git pv rollback nope --to HEAD --json >../out
	is_json_error ../out prompt-not-found
	expect_failure 128 git pv rollback ../x --to 1.0.0 --json >../out
	is_json_error ../out invalid
	expect_failure 129 git pv rollback p 2>/dev/null
	is_clean
'

it 'puts the file back when a hook refuses the commit' '
	fresh r12
	mkdir -p .git/hooks
	printf "#!/bin/sh\nexit 1\n" >.git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit
	snapshot . >../before
	expect_failure 1 git pv rollback p --to 1.0.0 2>../err
	is_error ../err
	snapshot . >../after
	cmp_files ../before ../after
	git pv rollback p --to 1.0.0 --no-verify >/dev/null
	is_clean
'

it 'commits no conflict markers with --continue' '
	fresh r13
	prompt two three
	git pv commit -q -m fourth >/dev/null
	expect_failure 1 git pv revert p@1.0.2 >/dev/null 2>&1
	git add -A
	snapshot . >../before
	expect_failure 1 git pv revert --continue --json >../out
	is_json_error ../out validation
	snapshot . >../after
	cmp_files ../before ../after
	test -e .git/REVERT_HEAD
	git pv revert --abort 2>/dev/null
	is_clean
'

it 'does not take a refusal for a conflict' '
	fresh r14
	prompt two three
	git pv commit -q -m fourth >/dev/null
	expect_failure 1 git pv revert p@1.0.2 >/dev/null 2>&1
	snapshot . >../before
	expect_failure 128 git pv revert HEAD --json >../out
	is_json_error ../out git
	expect_failure 128 git pv revert --mainline 9 HEAD 2>../err
	is_error ../err "nothing was reverted"
	expect_failure 129 git pv revert --mainline x HEAD 2>/dev/null
	expect_failure 129 git pv revert --continue --abort 2>/dev/null
	snapshot . >../after
	cmp_files ../before ../after
	git pv revert --abort 2>/dev/null
	is_clean
'

it 'puts back all when the commit of a revert fails' '
	fresh r15
	mkdir -p .git/hooks
	printf "#!/bin/sh\nexit 1\n" >.git/hooks/prepare-commit-msg
	chmod +x .git/hooks/prepare-commit-msg
	snapshot . >../before
	expect_failure 128 git pv revert HEAD --json >../out
	json ../out ".error.hint | test(\"nothing was changed\")" true
	is_clean
	snapshot . >../after
	cmp_files ../before ../after
	rm .git/hooks/prepare-commit-msg
	git config commit.gpgSign true
	git config gpg.program /bin/false
	expect_failure 128 git pv revert HEAD --json >../out
	has ../out "gpg failed to sign"
	is_clean
	git config --unset commit.gpgSign
	git pv revert HEAD >/dev/null 2>&1
	is_clean
'

it 'says so when there is nothing to revert' '
	fresh r17
	git pv revert HEAD >/dev/null 2>&1
	expect_failure 128 git pv revert HEAD~1 --json >../out
	json ../out ".error.message" "nothing to revert"
	json ../out ".error.hint | test(\"undone already\")" true
	is_clean
	expect_failure 128 git pv revert HEAD~1 2>../err
	is_error ../err "nothing to revert"
'

it 'tells at --continue that a hook refused, or that nothing is left' '
	new_repo r18
	cd r18
	for text in one two three; do
		text_prompt prompts/p.yaml "Say $text."
		git pv commit -q -m $text >/dev/null
	done
	expect_failure 1 git pv revert HEAD~1 >/dev/null 2>&1
	text_prompt prompts/p.yaml "Say four."
	git add prompts
	printf "#!/bin/sh\necho not so\nexit 1\n" >.git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit
	expect_failure 1 git pv revert --continue --json >../out 2>../err
	is_json_error ../out policy
	json ../out ".error.message" "git refused the commit: not so"
	json ../out ".error.hint | test(\"--continue.*--abort\")" true
	has ../err "not so"
	rm .git/hooks/pre-commit
	git checkout -q HEAD -- prompts
	expect_failure 128 git pv revert --continue --json >../out
	json ../out ".error.message" "nothing to revert"
	json ../out ".error.hint | test(\"revert --abort\")" true
	git pv revert --abort
	is_clean
'

it 'brings back a prompt that a link took the place of' '
	fresh r16
	rm prompts/p.yaml
	ln -s q.yaml prompts/p.yaml
	git commit -qam typechange
	git pv versions p --json >../out
	json ../out ".[0].removed" true
	mkdir -p .git/hooks
	printf "#!/bin/sh\nexit 1\n" >.git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit
	expect_failure 1 git pv rollback p --to 1.0.0 2>/dev/null
	is_clean
	rm .git/hooks/pre-commit
	git pv rollback p --to 1.0.0 --json >../out
	json ../out "[.success, .previous]" "[true,null]"
	test ! -L prompts/p.yaml
	same "$(git rev-parse p/v1.0.0:prompts/p.yaml)" \
		"$(git rev-parse HEAD:prompts/p.yaml)"
	is_clean
'

finish
