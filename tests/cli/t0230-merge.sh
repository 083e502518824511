#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv merge: results, conflicts, releases'

# A prompt whose fields are far enough apart for a merge by lines.
prompt() { # FIRST LAST
	write prompts/p.yaml <<-FILE
		name: $1
		prompt: |
		  One.
		  Two.
		  Three.
		  Four.
		  Five.
		description: $2
	FILE
}

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	prompt name text
	git pv commit -q -m base >/dev/null
	git branch exp
}

# diverge: the branch changes the end, main the beginning.
diverge() {
	git switch -q exp
	prompt name "from the branch"
	git pv commit -q -m "On exp" >/dev/null
	git switch -q main
	prompt "from main" text
	git pv commit -q -m "On main" >/dev/null
}

it 'is up to date when there is nothing to join' '
	fresh r1
	git pv merge exp --json >../out
	json ../out "[.result, .commit, .released, .conflicts]" \
		"[\"up-to-date\",\"$(git rev-parse HEAD)\",[],[]]"
	is_clean
'

it 'moves the branch forward and releases at the tip' '
	fresh r2
	git switch -q exp
	prompt name first
	git pv commit -q -m first >/dev/null
	prompt name second
	git pv commit -q -m second >/dev/null
	git switch -q main
	git pv merge exp --json >../out
	json ../out "[.result, .commit]" \
		"[\"fast-forward\",\"$(git rev-parse exp)\"]"
	json ../out ".released[] | [.id, .version]" "[\"p\",\"1.0.1\"]"
	same "$(git rev-parse exp)" "$(git rev-parse "p/v1.0.1^{commit}")"
	is_clean
'

it 'joins two branches into what git makes of them' '
	fresh r3
	diverge
	cp -R . ../twin3
	git pv merge exp --json >../out
	json ../out .result merged
	json ../out ".released[] | [.id, .version, .bump]" \
		"[\"p\",\"1.0.2\",\"patch\"]"
	grep -c "from " prompts/p.yaml >../count
	same 2 "$(cat ../count)"
	is_clean
	cd ../twin3
	git merge -q --no-edit exp
	same "$(git rev-parse HEAD)" "$(git -C ../r3 rev-parse HEAD)"
	same "$(git rev-parse "HEAD^{tree}")" \
		"$(git -C ../r3 rev-parse "HEAD^{tree}")"
'

it 'joins the branch where a tag has its name' '
	fresh r3b
	diverge
	git tag exp main~1
	git pv merge exp --json >../out
	json ../out .result merged
	same "$(git rev-parse heads/exp)" "$(git rev-parse HEAD^2)"
'

it 'takes --no-ff, --ff-only and -m' '
	fresh r4
	git switch -q exp
	prompt name later
	git pv commit -q -m later >/dev/null
	git switch -q main
	git pv merge --no-ff -m "Join exp" exp --json >../out
	json ../out .result merged
	same "Join exp" "$(git log -1 --format=%s)"
	same 2 "$(git rev-list --parents -1 HEAD | wc -w | awk "{print \$1 - 1}")"
	git branch side HEAD~1
	git switch -q side
	prompt side later
	git pv commit -q -m side >/dev/null
	snapshot . >../before
	expect_failure 128 git pv merge --ff-only main --json >../out 2>/dev/null
	is_json_error ../out git
	snapshot . >../after
	cmp_files ../before ../after
'

it 'stops at a conflict and names the field' '
	fresh r5
	git switch -q exp
	prompt name theirs
	git pv commit -q -m theirs >/dev/null
	git switch -q main
	prompt name ours
	git pv commit -q -m ours >/dev/null
	before=$(git rev-parse HEAD)
	expect_failure 1 git pv merge exp --json >../out
	json ../out "[.result, .commit, .released]" \
		"[\"conflict\",\"$before\",[]]"
	json ../out ".conflicts[] | [.id, .path, .field, .base, .ours, .theirs]" \
		"[\"p\",\"prompts/p.yaml\",\"description\",\"text\",\"ours\",\"theirs\"]"
	same 3 "$(git ls-files -u | wc -l)"
	test -e .git/MERGE_HEAD
	has prompts/p.yaml "<<<<<<<"
	check_repo
'

it 'does not commit or merge on top of a conflict' '
	cd r5
	expect_failure 1 git pv commit -m no --json >../out
	is_json_error ../out conflict
	expect_failure 1 git pv merge exp --json >../out
	is_json_error ../out conflict
	expect_failure 1 git pv merge --continue --json >../out
	is_json_error ../out conflict
'

it 'goes back with --abort' '
	cd r5
	git pv merge --abort --json >../out
	json ../out .result aborted
	test ! -e .git/MERGE_HEAD
	is_clean
	expect_failure 128 git pv merge --abort 2>../err
	is_error ../err "no merge is under way"
'

it 'finishes with --continue and releases' '
	cd r5
	expect_failure 1 git pv merge exp >../out 2>../err
	has ../out "p description"
	has ../err "git pv merge --continue"
	prompt name both
	git add prompts/p.yaml
	git pv merge --continue --json >../out
	json ../out "[.result, (.released | length)]" "[\"merged\",1]"
	same 2 "$(git rev-list --parents -1 HEAD | wc -w | awk "{print \$1 - 1}")"
	is_clean
'

it 'finishes with git pv commit, which takes the whole index' '
	fresh r6
	git switch -q exp
	prompt name theirs
	echo other >other.txt
	git add .
	git commit -q -m theirs
	git switch -q main
	prompt name ours
	git pv commit -q -m ours >/dev/null
	expect_failure 1 git pv merge exp >/dev/null 2>&1
	prompt name both
	git add prompts/p.yaml
	expect_failure 128 git pv commit -m single p 2>../err
	is_error ../err
	git pv commit -m "Merge by hand" --json >../out
	json ../out ".released[].id" p
	same 2 "$(git rev-list --parents -1 HEAD | wc -w | awk "{print \$1 - 1}")"
	git cat-file -e HEAD:other.txt
	test ! -e .git/MERGE_HEAD
	is_clean
'

it 'reports a file one side removed as a whole' '
	fresh r7
	git switch -q exp
	git rm -q prompts/p.yaml
	git commit -q -m gone
	git switch -q main
	prompt name changed
	git pv commit -q -m changed >/dev/null
	expect_failure 1 git pv merge exp --json >../out
	json ../out ".conflicts[] | [.id, .field, .theirs]" "[\"p\",\"\",null]"
	git pv merge --abort
	is_clean
'

it 'refuses a dirty tree in the words of git' '
	fresh r8
	diverge
	prompt dirty dirty
	snapshot . >../before
	expect_failure 128 git pv merge exp 2>../err
	is_error ../err
	has ../err "prompts/p.yaml"
	expect_failure 128 git pv merge exp --json >../out 2>/dev/null
	is_json_error ../out git
	json ../out ".error.message | contains(\"prompts/p.yaml\")" true
	snapshot . >../after
	cmp_files ../before ../after
	check_repo
'

it 'refuses what is no branch, and wrong usage' '
	cd r8
	expect_failure 128 git pv merge nowhere --json >../out
	is_json_error ../out version-not-found
	expect_failure 129 git pv merge 2>/dev/null
	expect_failure 129 git pv merge --abort exp 2>/dev/null
'

it 'gives the driver its due although it is not installed' '
	fresh r9
	echo "prompts/**/*.yaml merge=pv" >.gitattributes
	git pv commit -q -m attributes >/dev/null
	git branch -f exp
	diverge
	PV_TRACE=$TRASH/trace git pv merge exp >/dev/null
	test -s ../trace
	expect_failure 1 git config merge.pv.driver
	is_clean
'

it 'releases nothing on another branch' '
	fresh r10
	diverge
	git switch -q exp
	git pv merge main --json >../out
	json ../out "[.result, .released]" "[\"merged\",[]]"
	is_clean
'

it 'releases what includes a part that changed' '
	new_repo r11
	cd r11
	text_prompt prompts/tone.yaml "Be kind."
	text_prompt prompts/reply.yaml "{% include \"tone\" %} Reply."
	git pv commit -q -m base >/dev/null
	git switch -q -c exp
	text_prompt prompts/tone.yaml "Be brief."
	git pv commit -q -m brief >/dev/null
	git switch -q main
	git pv merge exp --json >../out
	json ../out "[.released[] | [.id, .version]] | sort" \
		"[[\"reply\",\"1.1.0\"],[\"tone\",\"1.1.0\"]]"
'

it 'does not release what was only imported' '
	new_repo r12
	cd r12
	text_prompt prompts/old.yaml "Never released."
	git add .
	git commit -q -m imported
	git switch -q -c exp
	text_prompt prompts/new.yaml "New."
	git pv commit -q -m new >/dev/null
	git switch -q main
	git pv merge exp --json >../out
	json ../out "[.released[].id]" "[\"new\"]"
'

it 'commits no conflict markers with --continue' '
	fresh r13
	git switch -q exp
	prompt name theirs
	git pv commit -q -m theirs >/dev/null
	git switch -q main
	prompt name ours
	git pv commit -q -m ours >/dev/null
	expect_failure 1 git pv merge exp >/dev/null 2>&1
	git add -A
	snapshot . >../before
	expect_failure 1 git pv merge --continue --json >../out
	is_json_error ../out validation
	json ../out ".error.findings[0].rule" conflict-marker
	snapshot . >../after
	cmp_files ../before ../after
	test -e .git/MERGE_HEAD
	expect_failure 129 git pv merge --continue --abort 2>/dev/null
	git pv merge --abort
	is_clean
'

it 'commits none of them in other files either' '
	fresh r13b
	mkdir datasets
	echo "{\"vars\":{\"a\":1}}" >datasets/a.jsonl
	git pv commit -q -m data >/dev/null
	git switch -q -c data
	echo "{\"vars\":{\"a\":2}}" >datasets/a.jsonl
	git pv commit -q -m theirs >/dev/null
	git switch -q main
	echo "{\"vars\":{\"a\":3}}" >datasets/a.jsonl
	git pv commit -q -m ours >/dev/null
	expect_failure 1 git pv merge data >/dev/null 2>&1
	expect_failure 1 git pv check --json >../out
	json ../out ".findings | map(select(.rule == \"conflict-marker\")) | map([.file, .message])[]" \
		"[\"datasets/a.jsonl\",\"the file is not merged yet\"]"
	git add -A
	for verb in "merge --continue" "commit -m x"; do
		expect_failure 1 git pv $verb --json >../out
		is_json_error ../out validation
		json ../out ".error.findings | map([.file, .rule])[]" \
			"[\"datasets/a.jsonl\",\"conflict-marker\"]"
	done
	echo "{\"vars\":{\"a\":4}}" >datasets/a.jsonl
	git add -A
	git pv merge --continue
	is_clean
'

it 'says what a merge that a hook stopped has left' '
	fresh r14
	diverge
	mkdir -p .git/hooks
	printf "#!/bin/sh\necho not so >&2\necho nor so\nexit 1\n" \
		>.git/hooks/commit-msg
	chmod +x .git/hooks/commit-msg
	expect_failure 1 git pv merge exp --json >../out 2>../err
	is_json_error ../out policy
	json ../out ".error.message" "git refused the commit: not so"
	json ../out ".error.hint | test(\"staged, not committed\")" true
	has ../err "nor so"
	test -e .git/MERGE_HEAD
	expect_failure 1 git pv merge --continue --json >../out 2>../err
	is_json_error ../out policy
	json ../out ".error.message" "git refused the commit: not so"
	json ../out ".error.hint | test(\"staged, not committed\")" true
	has ../err "nor so"
	expect_failure 1 git pv merge --continue 2>../err
	is_error ../err "git refused the commit (exit status 1)"
	has ../err "nor so"
	rm .git/hooks/commit-msg
	git pv merge --continue --json >../out
	json ../out .result merged
	is_clean
'

it 'says that git put a new file where its folder went' '
	new_repo moved
	cd moved
	text_prompt prompts/old/a.yaml
	text_prompt prompts/old/b.yaml
	git pv commit -q -m one >/dev/null
	git switch -q -c other
	text_prompt prompts/old/new.yaml "Another."
	git pv commit -q -m new >/dev/null
	git switch -q main
	git mv prompts/old prompts/moved
	git commit -q -m move
	expect_failure 1 git pv merge other >../out 2>../err
	has ../out "moved/new added on their side in a folder that ours renamed"
	lacks ../out "removed on our side"
	git pv conflicts >../out
	has ../out "added on their side in a folder that ours renamed"
	git pv merge --abort
	git switch -q other
	expect_failure 1 git pv merge main >../out 2>../err
	has ../out "moved/new added on our side in a folder that theirs renamed"
'

# What pre-commit stages while git concludes is committed before it is seen.
it 'tells of a prompt that a hook broke while git committed' '
	new_repo hooked
	cd hooked
	text_prompt prompts/a.yaml
	text_prompt prompts/b.yaml
	git pv commit -q -m one >/dev/null
	git switch -q -c other
	text_prompt prompts/a.yaml "Theirs."
	git pv commit -q -m theirs >/dev/null
	git switch -q main
	text_prompt prompts/a.yaml "Ours."
	git pv commit -q -m ours >/dev/null
	mkdir -p .git/hooks
	write .git/hooks/pre-commit <<-\EOF
		#!/bin/sh
		printf "a: [\n" >prompts/b.yaml
		git add prompts/b.yaml
	EOF
	chmod +x .git/hooks/pre-commit
	for command in "merge --continue" "commit -m merged"; do
		git reset -q --hard main
		expect_failure 1 git pv merge other >/dev/null 2>&1
		git pv resolve a --ours 2>/dev/null
		git pv $command >../out 2>../err || :
		same "a: [" "$(git show HEAD:prompts/b.yaml)"
		has ../err "warning: the hook \"pre-commit\" staged \"prompts/b.yaml\", which does not load"
		has ../err "hint: it is committed"
		git reset -q --hard HEAD~1
	done
	printf "#!/bin/sh\nexit 0\n" >.git/hooks/pre-commit
	expect_failure 1 git pv merge other >/dev/null 2>&1
	git pv resolve a --ours 2>/dev/null
	git pv merge --continue >../out 2>../err
	lacks ../err warning
'

it 'tells of settings that the merge brought and commit would refuse' '
	new_repo settings
	cd settings
	prompt name text
	git pv commit -q -m base >/dev/null
	git switch -q -c bad
	printf "tracking:\n  batch_size: many\n" >pv.yaml
	git add pv.yaml
	git commit -q -m bad
	git switch -q main
	prompt name other
	git pv commit -q -m other >/dev/null
	git pv merge bad >../out 2>../err
	has ../err "warning: merged, but pv.yaml:2:15: \`tracking.batch_size\` must be an integer"
	has ../err "hint: correct and commit it"
'

finish
