#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv doctor and config'

# diagnosis NAME: status and message of the checks with that name.
diagnosis() {
	git pv doctor --json >"$SCRATCH/doctor" || :
	jq -r --arg name "$1" \
		'.checks[] | select(.name == $name) | .status + " " + .message' \
		"$SCRATCH/doctor"
}

git pv init repo >out 2>&1
cd repo || exit 1
git pv commit -q -m start >../out 2>&1

it 'is content with what init makes' '
	git pv doctor >../out
	lacks ../out fail
	lacks ../out warn
	git pv doctor --json >../out
	json ../out .ok true
	json ../out "[.checks[].status] | unique" "[\"ok\"]"
'

it 'names files beside prompts that git merges by lines' '
	cp .gitattributes ../attributes
	sed -i "/^datasets/d; s|^/pv.yaml .*|pv.yaml merge=union|" .gitattributes
	git pv doctor >../out
	has ../out "datasets/**/*.yaml has no merge driver"
	has ../out "fix: git pv install"
	lacks ../out "experiments/"
	lacks ../out "/pv.yaml has"
	mv ../attributes .gitattributes
'

it 'works outside a repository' '
	cd ..
	git pv doctor >out
	has out "git pv init"
'

it 'misses the wiring of a clone and names the cure' '
	git clone -q . ../clone
	cd ../clone
	git pv doctor >../out
	has ../out "fix: git pv install"
	git pv install >../out
	git fetch -q
	git pv doctor >../out
	lacks ../out warn
'

it 'finds git-pv missing from PATH' '
	real=$(command -v git-pv)
	path=$(dirname "$(command -v git)"):/usr/bin:/bin
	PATH=$path expect_failure 1 "$real" doctor >../out
	has ../out "not on PATH"
'

it 'finds an identity missing' '
	(
		unset GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
		git config user.useConfigOnly true
		expect_failure 1 git pv doctor
	) >../out
	has ../out "does not know your name"
	git config --unset user.useConfigOnly
'

it 'finds prompts that do not load, and names that clash' '
	printf "name: [\n" >prompts/bad.yaml
	expect_failure 1 git pv doctor >../out
	has ../out "1 of 2 do not load"
	rm prompts/bad.yaml
	text_prompt prompts/twin.yaml
	text_prompt prompts/Twin.yaml
	expect_failure 1 git pv doctor >../out
	has ../out "case only: \"prompts/Twin.yaml\" and \"prompts/twin.yaml\""
	rm prompts/twin.yaml prompts/Twin.yaml
'

it 'finds a settings file that is broken' '
	new_repo ../broken
	cd ../broken
	echo "prompts: [" >pv.yaml
	git add .
	git commit -q -m broken
	expect_failure 1 git pv doctor >../out
	has ../out "fail  settings"
	expect_failure 128 git pv list 2>../err
	is_error ../err pv.yaml
'

it 'finds settings that would keep every version from being made' '
	git config pv.defaultBranch nowhere
	diagnosis settings >../out
	has ../out "warn there is no branch \"nowhere\""
	git config pv.defaultBranch "a..b"
	expect_failure 1 git pv doctor >../out
	has ../out "\"a..b\" is no branch name"
	git config --unset pv.defaultBranch
	git config pv.versioning.autoTag maybe
	expect_failure 1 git pv doctor >../out
	has ../out "bad boolean \"maybe\""
	expect_failure 128 git pv list --json >../out
	is_json_error ../out invalid
	git config --unset pv.versioning.autoTag
'

it 'finds versions that are missing, unreachable, unpublished' '
	echo "# more" >>prompts/example/greeting.yaml
	git commit -q -a -m more
	diagnosis versions >../out
	has ../out "warn 1 prompt changed since the last version"
	git pv release >../out 2>&1
	diagnosis versions >../out
	same "ok every committed state has its version" "$(cat ../out)"
	git switch -q --detach
	git commit -q --allow-empty -m aside
	git tag -a -m x example/greeting/v9.0.0
	git switch -q main
	diagnosis versions >../out
	has ../out "not on the default branch, e.g. \"example/greeting/v9.0.0\""
	git tag -d example/greeting/v9.0.0
	cd ../clone
	git tag -a -m x example/greeting/v1.0.7
	diagnosis versions >../out
	has ../out "not known to a remote, e.g. \"example/greeting/v1.0.7\""
'

it 'finds tags that only look like versions' '
	diagnosis versions >../out
	lacks ../out "look like versions"
	git tag example/greeting/v3.0.0
	git tag other/v3.0.0
	diagnosis versions >../out
	has ../out "1 tags look like versions, but no release made them, e.g. \"example/greeting/v3.0.0\""
	git tag -f example/greeting/v3.0.0 example/greeting/v1.0.0
	diagnosis versions >../out
	has ../out "1 tags look like versions"
	git tag -d example/greeting/v3.0.0 other/v3.0.0
'

it 'finds tags that leave no room for versions' '
	text_prompt prompts/room/a.yaml
	git tag room
	expect_failure 1 git pv doctor >../out
	has ../out "tag \"room\" leaves no room for versions of \"room/a\""
	git tag -d room
	rm -r prompts/room
'

it 'finds locks left behind, with their age' '
	touch -d "2001-01-01" .git/index.lock
	expect_failure 1 git pv doctor >../out
	has ../out ".git/index.lock"
	rm .git/index.lock
	touch .git/refs/heads/main.lock
	git pv doctor >../out
	has ../out "warn  locks"
	rm .git/refs/heads/main.lock
	check_repo
'

it 'finds notes of what was killed' '
	git pv doctor >../out || :
	lacks ../out "notes"
	mkdir -p .git/pv
	echo example/greeting >.git/pv/releasing.x
	echo half >.git/pv/note.x
	git pv doctor >../out || :
	has ../out "1 release was not finished"
	has ../out "1 half-written in \"$PWD/.git/pv\""
	(
		flock 9
		git pv doctor >../out || :
		lacks ../out "half-written"
		git pv release >/dev/null
		test -e .git/pv/note.x
	) 9<>.git/pv/note.x
	git pv release >/dev/null
	test ! -e .git/pv/releasing.x
	test ! -e .git/pv/note.x
'

it 'finds an index that is behind the last commit' '
	cp .git/index ../index
	echo "# again" >>prompts/example/greeting.yaml
	text_prompt prompts/late.yaml
	git add prompts/late.yaml
	git commit -q -a -m again
	git pv release >/dev/null
	cp .git/index .git/index.lock
	cp ../index .git/index
	git pv doctor >../out || :
	has ../out "if no git is running here, mv \"$PWD/.git/index.lock\" \"$PWD/.git/index\""
	rm .git/index.lock
	git pv doctor >../out || :
	has ../out "2 staged as before the last commit"
	has ../out "git restore --staged \"prompts/example/greeting.yaml\""
	expect_failure 128 git pv commit -m more example/greeting 2>../err
	has ../err "git restore --staged \"prompts/example/greeting.yaml\""
	# Commits of other files do not hide it.
	for text in one two; do
		text_prompt prompts/other.yaml "$text"
		git pv commit -q -m other other >/dev/null
		git pv doctor >../out || :
		has ../out "2 staged as before the last commit"
	done
	git restore --staged .
	git pv doctor >../out || :
	lacks ../out "staged as before"
	is_clean
'

it 'gives a hint that helps where the configuration cannot be read' '
	cp .git/config ../config
	echo "[broken" >>.git/config
	expect_failure 128 git-pv doctor 2>../err
	is_error ../err ".git/config"
	has ../err "mend the file"
	lacks ../err "git pv doctor"
	cp ../config .git/config
'

it 'names what a killed import has left' '
	sleep 0 &
	wait $!
	mkdir .git/objects/tmp_objdir-pv-$!-1f2e
	echo PACK >.git/objects/tmp_objdir-pv-$!-1f2e/pack_git2_x
	mkdir .git/objects/tmp_objdir-pv-$$-1f2e
	mkdir -p .git/objects/pack
	echo PACK >.git/objects/pack/pack_git2_y
	touch -d "1 hour ago" .git/objects/pack/pack_git2_y
	echo PACK >.git/objects/pack/pack_git2_z
	diagnosis packs >../out
	same 2 "$(wc -l <../out)"
	has ../out "warn a killed import left \"$PWD/.git/objects/tmp_objdir-pv-$!-1f2e\""
	has ../out "pack_git2_y"
	jq -r ".checks[] | select(.name == \"packs\") | .fix" \
		"$SCRATCH/doctor" >../fixes
	sh ../fixes
	same "" "$(diagnosis packs)"
	rm -r .git/objects/tmp_objdir-pv-$$-1f2e .git/objects/pack/pack_git2_z
'

it 'says where git does not look into the folder of prompts' '
	git init -q ../link
	cd ../link
	mkdir real
	echo "prompt: One." >real/a.yaml
	ln -s real prompts
	git add .
	git commit -q -m link
	echo "prompt: Two." >real/a.yaml
	for command in status "commit -m more"; do
		expect_failure 128 git pv $command 2>../err
		is_error ../err "\"prompts\" is, or leads through, a symbolic"
	done
	same "fail \"prompts\" is, or leads through, a symbolic link" \
		"$(diagnosis prompts)"
	git init -q ../inner
	echo "prompt: One." >../inner/a.yaml
	git -C ../inner add .
	git -C ../inner commit -q -m inner
	git rm -q prompts
	git -c protocol.file.allow=always submodule --quiet add "$PWD/../inner" \
		prompts
	git commit -q -m inner
	echo "prompt: Two." >prompts/a.yaml
	for command in status "commit -m more"; do
		expect_failure 128 git pv $command 2>../err
		is_error ../err "\"prompts\" is a repository of its own"
	done
	same "fail \"prompts\" is a repository of its own" \
		"$(diagnosis prompts)"
	same "prompt: Two." "$(cat prompts/a.yaml)"
'

it 'does not blame pv.yaml for a tree that cannot be read' '
	new_repo no-tree
	cd no-tree
	mkdir prompts
	echo "prompt: One." >prompts/a.yaml
	git pv commit -q -m one
	tree=$(git rev-parse "HEAD^{tree}")
	rm -f ".git/objects/$(echo "$tree" | sed "s|^..|&/|")"
	expect_failure 1 git-pv doctor >../out 2>&1
	has ../out "git fsck"
	lacks ../out "mend pv.yaml"
'

it 'changes nothing' '
	snapshot . >../before
	git pv doctor >../out
	snapshot . >../after
	cmp_files ../before ../after
'

it 'config: tells values and where they come from' '
	git pv config default_branch >../out
	same main "$(cat ../out)"
	git pv config --show-origin >../out
	has ../out "$(printf "default\tprompts=prompts")"
	has ../out "$(printf "%.10s:pv.yaml\tdefault_branch=main" \
		"$(git rev-parse HEAD)")"
	git config pv.defaultBranch other
	git pv config default_branch --show-origin >../out
	same "$(printf "file:.git/config\tother")" "$(cat ../out)"
	git config --unset pv.defaultBranch
	PV_INDEX=x git pv config index --json >../out
	json ../out . "{\"key\":\"index\",\"value\":\"x\",\"origin\":\"environment:PV_INDEX\"}"
'

it 'config: reads pv.yaml from the default branch, not from the file' '
	echo "versioning: {auto_tag: false}" >>pv.yaml
	same true "$(git pv config versioning.auto_tag)"
	git commit -q -a -m settings
	same false "$(git pv config versioning.auto_tag)"
	git switch -q -c elsewhere
	sed -i s/false/true/ pv.yaml
	git commit -q -a -m otherwise
	same false "$(git pv config versioning.auto_tag)"
	git switch -q main
'

it 'config: knows what is not set' '
	expect_failure 128 git pv config versioning.auto_tg 2>../err
	is_error ../err "did you mean \"versioning.auto_tag\""
	expect_failure 128 git pv config nothing --json >../out
	is_json_error ../out invalid
'

it 'config: says what it has trusted, until that changes' '
	new_repo ../trusting
	cd ../trusting
	echo "providers: {ollama: {base_url: \"http://127.0.0.1:1\"}}" >pv.yaml
	git add pv.yaml
	git commit -q -m one
	git pv config trust 2>../err
	has ../err "providers of pv.yaml: trusted"
	git config pv.trusted >../was
	echo "index: postgresql://u:hidden@127.0.0.1/none" >>pv.yaml
	git commit -q -a -m two
	git pv config trust 2>../err
	has ../err "index and providers of pv.yaml: trusted"
	lacks ../err hidden
	git config pv.trusted >../is
	expect_failure 1 cmp -s ../was ../is
	echo "{}" >pv.yaml
	git commit -q -a -m three
	git pv config trust 2>../err
	has ../err "neither index nor providers"
'

it 'looks at executions: whether they are whole, and what waits' '
	same "" "$(diagnosis executions)"
	seq 2000 | sed "s/.*/{\"template\":\"t\",\"output\":\"text &\"}/" |
		git pv record --stdin >../out
	same "ok the index is whole" "$(diagnosis executions)"
	mkdir -p .git/pv/index.db.spool
	printf "{\"template\":\"t\"}\n{\"template\":\"t\"}\n" \
		>.git/pv/index.db.spool/0000000000000001-a.jsonl
	echo nonsense >.git/pv/index.db.spool/0000000000000002-b.jsonl.bad
	diagnosis executions >../out
	has ../out "ok the index is whole"
	has ../out "warn 2 executions wait beside the index"
	has ../out "warn 1 files beside the index cannot be read"
	git pv index info --json >../out
	json ../out "[.spooled, .unreadable]" "[2,1]"
	git pv index drain >../out
	rm .git/pv/index.db.spool/*.bad
	same "ok the index is whole" "$(diagnosis executions)"
	# Pages in the middle of the file.
	cp .git/pv/index.db ../good.db
	dd if=/dev/urandom of=.git/pv/index.db bs=8192 seek=30 count=12 \
		conv=notrunc 2>/dev/null
	rm -f .git/pv/index.db-wal .git/pv/index.db-shm
	diagnosis executions >../out
	has ../out "fail the index"
	has ../out "damaged"
	jq -r ".checks[] | select(.name == \"executions\") | .fix" \
		"$SCRATCH/doctor" >../out
	has ../out "move"
	echo "no database, only some words" >.git/pv/index.db
	diagnosis executions >../out
	has ../out "fail"
	has ../out "is no database"
	mv ../good.db .git/pv/index.db
'

it 'mends the wiring when it is asked to, and nothing else' '
	new_repo ../mend
	cd ../mend
	text_prompt prompts/a.yaml
	git pv commit -q -m one
	git config --remove-section merge.pv || :
	git config merge.pv.name "Somebody else"
	: >.git/index.lock
	cp .git/config ../before
	git pv doctor --json >../out
	cmp_files ../before .git/config
	json ../out .fixed "[]"
	git pv doctor --fix --json >../out || test $? = 1
	json ../out "[.checks[] | select(.fix == \"git pv install\")]" "[]"
	json ../out "(.fixed | length) > 2" true
	jq -r ".fixed[]" ../out >../fixed
	has ../fixed "set merge.pv.driver"
	git config merge.pv.driver >../out
	test -e .git/index.lock
	cp .git/config ../before
	git pv doctor --fix >../out || test $? = 1
	lacks ../out "fixed "
	cmp_files ../before .git/config
	cd ..
	mkdir nowhere
	cd nowhere
	git pv doctor --fix >../out || test $? = 1
	lacks ../out "fixed "
'

it 'finds hooks that do not run' '
	new_repo ../hooks
	cd ../hooks
	text_prompt prompts/a.yaml
	git pv commit -q -m one
	git pv doctor >../out
	has ../out "hooks are in "
	git config core.hooksPath nowhere
	diagnosis hooks >../out
	has ../out "warn"
	has ../out "nowhere\", which is no folder: no hook runs"
	git config core.hooksPath /dev/null
	diagnosis hooks >../out
	has ../out "ok"
	has ../out "turns hooks off"
	mkdir nowhere
	git config core.hooksPath nowhere
	printf "#!/bin/sh\n" >nowhere/pre-commit
	diagnosis hooks >../out
	has ../out "ok"
	has ../out "/hooks/nowhere"
	git config --unset core.hooksPath
	mkdir -p .git/hooks
	mv nowhere/pre-commit .git/hooks/commit-msg
	chmod a-x .git/hooks/commit-msg
	diagnosis hooks >../out
	has ../out "warn"
	has ../out "commit-msg\" is not executable"
'

it 'says which libgit2 there is, and what extensions there are' '
	new_repo ../extended
	cd ../extended
	diagnosis libgit2 >../out
	has ../out "ok"
	grep -q "libgit2 version [1-9][0-9]*\.[0-9][0-9]*\.[0-9]" ../out
	diagnosis extensions >../out
	empty ../out
	git config core.repositoryFormatVersion 1
	git config extensions.worktreeConfig true
	diagnosis extensions >../out
	has ../out "ok"
	has ../out "extensions.worktreeconfig"
	git config extensions.odd yes
	expect_failure 1 git pv doctor --json >../out
	json ../out ".ok" false
	json ../out ".checks[-1] | [.name, .status, .message]" \
		"[\"repository\",\"fail\",\"unknown repository extension \\\"odd\\\"\"]"
	json ../out ".checks[-1].fix | length > 10" true
	expect_failure 128 git pv list 2>../err
	is_error ../err odd
'

finish
