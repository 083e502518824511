#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv commit: what goes in, what is refused, what is released'

new_repo repo
cd repo || exit 1

it 'makes the first commit and the first version' '
	text_prompt prompts/support/triage.yaml "Sort {{ ticket }}."
	git pv commit -m "Add triage" >../out
	has ../out "[main (root-commit) "
	has ../out "] Add triage"
	has ../out "support/triage 1.0.0"
	same "support/triage/v1.0.0" "$(git tag)"
	same tag "$(git cat-file -t support/triage/v1.0.0)"
	is_clean
'

it 'says what it did as JSON' '
	text_prompt prompts/support/triage.yaml "Sort {{ ticket }} now."
	git pv commit -m "Hurry" --json >../out
	json ../out .subject Hurry
	json ../out .branch main
	json ../out .files "[\"prompts/support/triage.yaml\"]"
	json ../out ".released[] | [.id, .version, .bump]" \
		"[\"support/triage\",\"1.1.0\",\"minor\"]"
	json ../out .commit "$(git rev-parse HEAD)"
	same "$(git rev-parse HEAD)" \
		"$(git rev-parse "support/triage/v1.1.0^{commit}")"
	is_clean
'

it 'takes every file status lists, and nothing else' '
	text_prompt prompts/a.yaml
	echo "{}" | write datasets/d.yaml
	echo note | write notes.txt
	echo staged | write other.txt
	git add other.txt
	git pv commit -m "Two files" --json >../out
	json ../out .files "[\"datasets/d.yaml\",\"prompts/a.yaml\"]"
	git status --porcelain >../status
	has ../status "A  other.txt"
	has ../status "?? notes.txt"
	check_repo
	git rm -qf --cached other.txt
	rm -f other.txt notes.txt
'

it 'commits the prompts that are named and leaves the others' '
	text_prompt prompts/a.yaml "A two."
	text_prompt prompts/b.yaml "B one."
	git pv commit -q -m "Only b" b >/dev/null
	same "prompts/b.yaml" "$(git show --format= --name-only HEAD)"
	same " M prompts/a.yaml" "$(git status --porcelain)"
	git pv commit -q -m "Then a" a >/dev/null
	is_clean
'

it 'records a removal, without a tag' '
	tags=$(git tag | wc -l)
	rm prompts/b.yaml
	git pv commit -m "Drop b" --json >../out
	json ../out .files "[\"prompts/b.yaml\"]"
	json ../out .released "[]"
	same "$tags" "$(git tag | wc -l)"
	is_clean
'

it 'does not release on another branch' '
	git switch -q -c exp/x
	text_prompt prompts/a.yaml "A on a branch."
	git pv commit -m "Try" --json >../out
	json ../out .branch exp/x
	json ../out .released "[]"
	git switch -q main
	is_clean
'

it 'does not release when auto_tag is off' '
	git -c pv.versioning.autoTag=false pv switch main 2>/dev/null
	text_prompt prompts/c.yaml "C."
	git -c pv.versioning.autoTag=false pv commit -m "No tag" --json >../out
	json ../out .released "[]"
	git pv release c >/dev/null
	git rev-parse -q --verify refs/tags/c/v1.0.0 >/dev/null
'

it 'takes a message from several -m, a file, standard input, the editor' '
	text_prompt prompts/m.yaml "One."
	git pv commit -q -m Subject -m "A body." >/dev/null
	same "Subject

A body." "$(git log -1 --format=%B)"
	text_prompt prompts/m.yaml "Two."
	printf "From a file\n\n# kept\n" >../message
	git pv commit -q -F ../message >/dev/null
	same "From a file

# kept" "$(git log -1 --format=%B)"
	text_prompt prompts/m.yaml "Three."
	echo "From input" | git pv commit -q -F - >/dev/null
	same "From input" "$(git log -1 --format=%s)"
	text_prompt prompts/m.yaml "Four."
	cat >../editor <<-"SCRIPT"
		#!/bin/sh
		cp "$2" "$1.seen"
		{ echo "$1 edited it"; cat "$2"; } >"$2.new"
		mv "$2.new" "$2"
	SCRIPT
	chmod +x ../editor
	GIT_EDITOR="$TRASH/editor $TRASH/by" git pv commit -q >/dev/null
	same "$TRASH/by edited it m 1.2.0 → 1.3.0: text" \
		"$(git log -1 --format=%s)"
	has ../by.seen "prompts/m.yaml"
	is_clean
'

it 'knows -a, which is what no id means, beside neither ids nor --staged' '
	text_prompt prompts/m.yaml "By habit."
	expect_failure 128 git pv commit -am Habit m 2>../err
	is_error ../err "--all is every changed prompt, not single ones"
	expect_failure 128 git pv commit -a --staged -m Habit 2>../err
	is_error ../err "--all is every changed prompt, not what is staged"
	git pv commit -q -am Habit >/dev/null
	same Habit "$(git log -1 --format=%s)"
	is_clean
'

it 'says which setting an editor that fails comes from' '
	text_prompt prompts/m.yaml "Unsaid."
	snapshot . >../before
	GIT_EDITOR=false expect_failure 128 git pv commit 2>../err
	is_error ../err "the editor \"false\" did not succeed"
	has ../err "set core.editor or GIT_EDITOR"
	snapshot . >../after
	cmp_files ../before ../after
	git checkout -q prompts/m.yaml
'

it 'stops on an empty message and leaves everything as it was' '
	text_prompt prompts/m.yaml "Five."
	snapshot . >../before
	GIT_EDITOR="sed -i 1d" expect_failure 128 git pv commit 2>../err
	is_error ../err "the commit message is empty"
	expect_failure 128 git pv commit -m "  " 2>../err
	is_error ../err "the commit message is empty"
	GIT_EDITOR=false expect_failure 128 git pv commit 2>../err
	is_error ../err false
	snapshot . >../after
	cmp_files ../before ../after
	git checkout -q prompts
'

it 'uses the template of commit.template, which is no message yet' '
	text_prompt prompts/m.yaml "Six."
	echo "From the template" >../template
	git config commit.template "$TRASH/template"
	snapshot . >../before
	expect_failure 128 git pv commit 2>../err
	is_error ../err "you did not edit the message"
	snapshot . >../after
	cmp_files ../before ../after
	GIT_EDITOR="sed -i 1s/From/Of/" git pv commit -q >/dev/null
	git config --unset commit.template
	same "Of the template" "$(git log -1 --format=%B)"
'

it 'tells prepare-commit-msg what git tells it, before the editor opens' '
	mkdir -p .git/hooks
	printf "#!/bin/sh\nshift\necho \"hook \$*\" >>\"$TRASH/calls\"\n" \
		>.git/hooks/prepare-commit-msg
	chmod +x .git/hooks/prepare-commit-msg
	printf "#!/bin/sh\necho editor >>\"$TRASH/calls\"\n%s\n" \
		"echo Said | cat - \"\$1\" >\"\$1.new\"; mv \"\$1.new\" \"\$1\"" \
		>../say
	chmod +x ../say
	GIT_EDITOR=$TRASH/say
	export GIT_EDITOR
	for with in git "git pv"; do
		rm -f ../calls
		$with commit -q --allow-empty -m given >/dev/null
		echo given | $with commit -q --allow-empty -F - >/dev/null
		$with commit -q --allow-empty >/dev/null
		git -c commit.template="$TRASH/template" ${with#git} commit \
			-q --allow-empty >/dev/null
		echo squashed >.git/SQUASH_MSG
		$with commit -q --allow-empty >/dev/null
		echo merged >.git/MERGE_MSG
		$with commit -q --allow-empty >/dev/null
		echo squashed >.git/SQUASH_MSG
		echo merged >.git/MERGE_MSG
		$with commit -q --allow-empty >/dev/null
		test ! -e .git/SQUASH_MSG
		mv ../calls "../calls.${with#git}"
		git log -5 --format=%B >"../messages.${with#git}"
	done
	rm .git/hooks/prepare-commit-msg
	cmp_files ../calls. "../calls. pv"
	cmp_files ../messages. "../messages. pv"
	same 12 "$(wc -l <../calls.)"
'

it 'cleans an edited message up as commit.cleanup says' '
	GIT_EDITOR="$TRASH/say"
	export GIT_EDITOR
	git -c commit.cleanup=scissors pv commit -q --allow-empty >/dev/null
	same Said "$(git log -1 --format=%B)"
	git -c commit.cleanup=strip pv commit -q --allow-empty >/dev/null
	same Said "$(git log -1 --format=%B)"
'

it 'stores the bytes of a message that git stores' '
	for clean in verbatim whitespace strip; do
		for text in "a
" "a

" "a" " a
b "; do
			git -c commit.cleanup=$clean commit -q --allow-empty \
				-m "$text" -m "$text" -m ""
			git cat-file commit HEAD | sed 1,/^$/d >../want
			git -c commit.cleanup=$clean pv commit -q --allow-empty \
				-m "$text" -m "$text" -m "" >/dev/null
			git cat-file commit HEAD | sed 1,/^$/d >../got
			cmp_files ../want ../got
		done
	done
	printf "a\\0b" >../nul
	before=$(git rev-parse HEAD)
	expect_failure 128 git pv commit --allow-empty -F ../nul 2>../err
	is_error ../err NUL
	same "$before" "$(git rev-parse HEAD)"
'

it 'leaves no comments in the message, whatever commit.cleanup is' '
	for mode in strip scissors whitespace verbatim default; do
		echo "description: $mode" >>prompts/a.yaml
		sed -i "/^description/{\$!d}" prompts/a.yaml
		git config commit.cleanup "$mode"
		EDITOR="sed -i 1s/.*/Edited/" git pv commit >/dev/null
		same Edited "$(git log -1 --format=%B | sed "/^\$/d")"
	done
	git config --unset commit.cleanup
	printf "#!/bin/sh\ncat \"\$1\" >\"$TRASH/seen\"\n" >"$TRASH/see"
	chmod +x "$TRASH/see"
	EDITOR="$TRASH/see" expect_failure 128 git -c commit.status=false \
		pv commit --allow-empty
	same "" "$(cat "$TRASH/seen")"
'

it 'honours --author and --date' '
	text_prompt prompts/m.yaml "Seven."
	git pv commit -q -m dated --author "Eve <eve@example.com>" \
		--date "2020-02-02T02:02:02+0200" >/dev/null
	same "Eve <eve@example.com> 2020-02-02T02:02:02+02:00" \
		"$(git log -1 --format="%an <%ae> %aI")"
	same "Carl Committer" "$(git log -1 --format=%cn)"
'

it 'refuses a prompt that does not load, with its place' '
	cp prompts/a.yaml ../a.yaml
	printf "name: x\nprompt: [\n" >prompts/a.yaml
	printf "name: x\n" >prompts/m.yaml
	snapshot . >../before
	expect_failure 1 git pv commit -m broken 2>../err
	is_error ../err prompts/a.yaml:
	has ../err prompts/m.yaml
	expect_failure 1 git pv commit -n -m broken --json >../out 2>/dev/null
	is_json_error ../out validation
	json ../out "[.error.findings[].file] | sort" \
		"[\"prompts/a.yaml\",\"prompts/m.yaml\"]"
	snapshot . >../after
	cmp_files ../before ../after
	git checkout -q prompts
'

it 'refuses the markers of a conflict, even inside a text' '
	printf "%s\n" "name: x" "prompt: |" "  a" >prompts/k.yaml
	printf "%s\n" "<<<<<<< HEAD" "=======" ">>>>>>> x" >>prompts/k.yaml
	expect_failure 1 git pv commit -m markers k --json >../out
	is_json_error ../out validation
	json ../out ".error.findings[0] | [.rule, .line]" \
		"[\"conflict-marker\",4]"
	rm prompts/k.yaml
'

it 'refuses them in every file that it looks after, and names all' '
	git init -q ../left
	cd ../left
	mkdir prompts datasets schemas docs
	files="prompts/n.prompty datasets/a.jsonl datasets/b.csv \
		datasets/c.yaml schemas/s.json docs/n.md"
	for file in $files; do
		printf "%s\n" "<<<<<<< HEAD" a ======= b ">>>>>>> x" >"$file"
	done
	printf "*.md merge=pv\n" >.gitattributes
	expect_failure 1 git pv commit -m markers --json >../out
	is_json_error ../out validation
	json ../out ".error.findings | map(select(.rule == \"conflict-marker\") | \"\(.file) \(.line)\") | sort" \
		"[\"datasets/a.jsonl 1\",\"datasets/b.csv 1\",\"datasets/c.yaml 1\",\"prompts/n.prompty 1\",\"schemas/s.json 1\"]"
	git add -A
	expect_failure 1 git pv commit --staged -m markers --json >../out
	json ../out ".error.findings | map(.file) | sort | .[3]" docs/n.md
'

it 'refuses half of them, too, and lets titles and quotations be' '
	cd ../left
	for lines in "1 <<<<<<< a|x|=======|y" "3 a|x|=======|y|>>>>>>> b" \
		"1 <<<<<<< a|x|=======|<<<<<<< c|=======|>>>>>>> d" \
		"2 ====|<<<< a|====|>>>> d" \
		"0 Title|=======|>>>> quoted|>>>>>> again" \
		"0 Title|====|>>>> quoted" "0 <<<<<<< a|>>>>>>> b"; do
		printf "%s\n" "${lines#* }" | tr "|" "\n" >datasets/b.csv
		line=${lines%% *}
		git pv check --json >../out || :
		json ../out "[.findings[] | select(.file == \"datasets/b.csv\" and .rule == \"conflict-marker\").line] | add // 0" \
			"$line"
	done
	git checkout -q datasets/b.csv
'

it 'leaves markers alone in what it does not look after' '
	cd ../left
	git rm -qr --cached .
	printf "%s\n" "<<<<<<< HEAD" a ======= b ">>>>>>> x" >docs/markers.txt
	git add docs/markers.txt
	git pv commit -q --staged -m "how conflicts look"
	same docs/markers.txt "$(git ls-tree -r --name-only HEAD)"
'

it 'commits no markers that pre-commit staged in a data file' '
	cd ../left
	git clean -qfdx
	mkdir -p datasets .git/hooks
	echo "{\"vars\":{}}" >datasets/a.jsonl
	cat >.git/hooks/pre-commit <<-EOF
		#!/bin/sh
		printf "%s\n" "<<<<<<< a" ======= ">>>>>>> b" >>datasets/a.jsonl
		git add datasets/a.jsonl
	EOF
	chmod +x .git/hooks/pre-commit
	expect_failure 1 git pv commit -q -m data 2>../err
	is_error ../err "datasets/a.jsonl:2:1"
'

it 'refuses what is not UTF-8' '
	printf "name: \377\nprompt: x\n" >prompts/u.yaml
	expect_failure 1 git pv commit -m bytes 2>../err
	is_error ../err prompts/u.yaml
	rm prompts/u.yaml
	is_clean
'

it 'refuses a file that is staged in part; --staged commits the index' '
	text_prompt prompts/p.yaml "Staged."
	git add prompts/p.yaml
	text_prompt prompts/p.yaml "Later."
	snapshot . >../before
	expect_failure 128 git pv commit -m part 2>../err
	is_error ../err prompts/p.yaml
	snapshot . >../after
	cmp_files ../before ../after
	git pv commit -q --staged -m "The staged state" >/dev/null
	same "  Staged." "$(git show HEAD:prompts/p.yaml | tail -n 1)"
	same " M prompts/p.yaml" "$(git status --porcelain)"
	git checkout -q prompts
	is_clean
'

it 'stores a link as git does, and reads no prompt through it' '
	ln -s a.yaml prompts/link.yaml
	for id in "" link; do
		expect_failure 128 git pv commit -m link $id 2>../err
		is_error ../err "\"prompts/link.yaml\" is a symbolic link"
		has ../err "git add"
	done
	git add prompts/link.yaml
	git pv commit -m link --json link >../out
	json ../out "[.files, .released]" "[[\"prompts/link.yaml\"],[]]"
	same 120000 "$(git ls-files -s prompts/link.yaml | cut -d " " -f 1)"
	git rm -q prompts/link.yaml
	git pv commit -q -m unlink >/dev/null
	is_clean
'

it 'puts no link in the place of a prompt' '
	mv prompts/a.yaml ../a.yaml
	ln -s m.yaml prompts/a.yaml
	expect_failure 128 git pv commit -m typechange 2>../err
	is_error ../err "became a symbolic link"
	git add prompts/a.yaml
	expect_failure 128 git pv commit --staged -m typechange 2>../err
	is_error ../err "became a symbolic link"
	git restore --staged --worktree prompts/a.yaml
	is_clean
'

it 'takes what is behind a link for deleted' '
	new_repo ../replaced
	cd ../replaced
	text_prompt prompts/sup/a.yaml
	text_prompt prompts/sup/b.yaml
	git pv commit -q -m base >/dev/null
	mv prompts/sup ../sup
	ln -s ../../sup prompts/sup
	git pv commit -m "b alone" --json sup/b >../out
	json ../out .files "[\"prompts/sup/b.yaml\"]"
	git status --porcelain >../status
	printf " D prompts/sup/a.yaml\n?? prompts/sup\n" >../want
	cmp_files ../want ../status
	git pv commit -m "the rest" --json >../out
	json ../out .files "[\"prompts/sup\",\"prompts/sup/a.yaml\"]"
	json ../out .released "[]"
	same 120000 "$(git ls-files -s | cut -d " " -f 1)"
	is_clean
'

it 'commits that the folder of prompts became a link' '
	new_repo ../through
	cd ../through
	text_prompt prompts/a.yaml
	git pv commit -q -m base >/dev/null
	mv prompts ../outside
	ln -s ../outside prompts
	git pv status --json >../out
	json ../out ".changes | map([.path, .status])" \
		"[[\"prompts\",\"new\"],[\"prompts/a.yaml\",\"deleted\"]]"
	expect_failure 128 git pv list 2>../err
	is_error ../err "\"prompts\" is, or leads through, a symbolic link"
	has ../err "put the file or folder itself in its place"
	git pv commit -m gone --json >../out
	json ../out .files "[\"prompts\",\"prompts/a.yaml\"]"
	is_clean
	expect_failure 128 git pv status 2>../err
	is_error ../err "\"prompts\" is, or leads through, a symbolic link"
'

it 'commits that git no longer tracks a prompt, and keeps its file' '
	new_repo ../untracked
	cd ../untracked
	text_prompt prompts/a.yaml
	text_prompt prompts/b.yaml
	git pv commit -q -m base >/dev/null
	for name in a b; do
		git rm -q --cached prompts/$name.yaml
		text_prompt prompts/$name.yaml "Mine."
		git pv status --json >../out
		json ../out ".changes | map(select(.id == \"$name\") | .status)" \
			"[\"deleted\",\"new\"]"
		git pv commit -m "drop $name" --json >../out
		json ../out .files "[\"prompts/$name.yaml\"]"
		json ../out .released "[]"
		same "?? prompts/$name.yaml" "$(git status --porcelain -uall)"
		has prompts/$name.yaml Mine
		rm prompts/$name.yaml
	done
	is_clean
'

it 'commits a prompt that is named as it is, though the index dropped it' '
	new_repo ../renamed-in-place
	cd ../renamed-in-place
	text_prompt prompts/a.yaml
	text_prompt prompts/b.yaml
	git pv commit -q -m base >/dev/null
	git rm -q --cached prompts/a.yaml
	text_prompt prompts/a.yaml "Mine."
	git pv commit -m named --json a >../out
	json ../out .files "[\"prompts/a.yaml\"]"
	json ../out ".released | map(.version)" "[\"1.1.0\"]"
	git show HEAD:prompts/a.yaml >../out
	has ../out Mine
	is_clean
'

it 'takes an index that is not there for that of the last commit' '
	new_repo ../lost
	cd ../lost
	echo x >README
	git add README
	text_prompt prompts/a.yaml
	text_prompt prompts/b.yaml
	git commit -q -m readme
	git pv commit -q -m base >/dev/null
	rm .git/index
	expect_failure 128 git pv commit -m none 2>../err
	is_error ../err "nothing to commit"
	text_prompt prompts/a.yaml "Mine."
	rm prompts/b.yaml
	git pv status --json >../out
	json ../out ".changes | map([.id, .status])" \
		"[[\"a\",\"modified\"],[\"b\",\"deleted\"]]"
	expect_failure 128 git pv commit --staged --allow-empty -m x 2>../err
	is_error ../err "no index"
	git pv commit -q -m lost >/dev/null
	same "M	prompts/a.yaml
D	prompts/b.yaml" "$(git show --format= --name-status)"
	is_clean
	text_prompt prompts/a.yaml "Elsewhere."
	GIT_INDEX_FILE=$PWD/.git/other git pv commit -q -m other >/dev/null
	same "M	prompts/a.yaml" "$(git show --format= --name-status)"
	GIT_INDEX_FILE=$PWD/.git/other is_clean
	same 0 "$(ls .git | grep -c next-index)"
'

it 'takes files whatever they are called' '
	echo x | write "datasets/a\\b.csv"
	echo x | write "datasets/$(printf "n\nl").csv"
	echo x | write "prompts/x\\y.yaml"
	echo x | write prompts/UPPER.yaml
	git pv commit -q -m odd >/dev/null
	same 4 "$(git show --format= --name-only | wc -l)"
	is_clean
	git rm -q -r datasets prompts/UPPER.yaml "prompts/x*"
	git pv commit -q -m even >/dev/null
	is_clean
'

it 'says when there is nothing to commit' '
	expect_failure 128 git pv commit -m nothing 2>../err
	is_error ../err "nothing to commit"
	expect_failure 128 git pv commit -m nothing a 2>../err
	is_error ../err "nothing to commit"
	expect_failure 128 git pv commit -m nothing --json >../out
	is_json_error ../out invalid
	before=$(git rev-parse HEAD)
	git pv commit -q --allow-empty -m "On purpose" >/dev/null
	same "$before" "$(git rev-parse HEAD~1)"
	same "$(git rev-parse "$before^{tree}")" "$(git rev-parse "HEAD^{tree}")"
'

it 'names similar prompts for an unknown one' '
	expect_failure 128 git pv commit -m x support/triag --json >../out
	is_json_error ../out prompt-not-found
	expect_failure 128 git pv commit -m x ../../etc/passwd --json >../out
	is_json_error ../out invalid
'

it 'runs the hooks, and -n skips them' '
	hooks=$(git rev-parse --git-path hooks)
	mkdir -p "$hooks"
	cat >"$hooks/pre-commit" <<-"HOOK"
		#!/bin/sh
		echo "no, says the hook" >&2
		exit 1
	HOOK
	cat >"$hooks/commit-msg" <<-"HOOK"
		#!/bin/sh
		echo "Checked-by: hook" >>"$1"
	HOOK
	chmod +x "$hooks/pre-commit" "$hooks/commit-msg"
	text_prompt prompts/a.yaml "Hooked."
	snapshot . >../before
	expect_failure 1 git pv commit -m hooked 2>../err
	is_error ../err
	has ../err "no, says the hook"
	snapshot . >../after
	cmp_files ../before ../after
	rm "$hooks/pre-commit"
	git pv commit -q -m hooked >/dev/null
	has "$(git log -1 --format=%B >../message; echo ../message)" \
		"Checked-by: hook"
	text_prompt prompts/a.yaml "Unhooked."
	git pv commit -q -n -m unhooked >/dev/null
	same unhooked "$(git log -1 --format=%B)"
	rm "$hooks/commit-msg"
	is_clean
'

it 'checks and lists what a hook stages' '
	new_repo ../hooked
	cd ../hooked
	for id in a b c; do
		text_prompt prompts/$id.yaml "$id."
	done
	git pv commit -q -m base >/dev/null
	mkdir -p .git/hooks
	cat >.git/hooks/pre-commit <<-"HOOK"
		#!/bin/sh
		sed -i "s/Two/Two, said the hook/" prompts/b.yaml
		rm -f prompts/c.yaml
		git add -A prompts
	HOOK
	chmod +x .git/hooks/pre-commit
	text_prompt prompts/a.yaml "a Two."
	text_prompt prompts/b.yaml "b Two."
	git pv commit -m more --json a >../out
	json ../out .files "[\"prompts/a.yaml\",\"prompts/b.yaml\",\"prompts/c.yaml\"]"
	json ../out "[.released[].id]" "[\"a\",\"b\"]"
	same "$(git show --format= --name-only)" "$(jq -r ".files[]" ../out)"
	git reset -q --hard
	text_prompt prompts/a.yaml "a Three."
	printf "#!/bin/sh\ngit reset -q -- prompts/b.yaml\n" \
		>.git/hooks/pre-commit
	text_prompt prompts/b.yaml "b Three."
	git pv commit -m less >../out
	has ../out " 1 file changed"
	has ../out "a 1.2.0"
	lacks ../out "b 1."
	git reset -q --hard
'

it 'refuses what a hook broke' '
	cd ../hooked
	for mode in "" --staged; do
		text_prompt prompts/a.yaml "a$mode."
		git add prompts/a.yaml
		cat >.git/hooks/pre-commit <<-"HOOK"
			#!/bin/sh
			echo "name: [" >prompts/b.yaml
			git add prompts/b.yaml
		HOOK
		before=$(git rev-parse HEAD)
		refs=$(git for-each-ref)
		expect_failure 1 git pv commit $mode -m x --json >../out
		is_json_error ../out validation
		json ../out ".error.message | test(\"hook .*pre-commit\")" true
		json ../out ".error.findings[0].file" prompts/b.yaml
		git checkout -q HEAD -- prompts/b.yaml
		expect_failure 1 git pv commit $mode -m x 2>../err
		is_error ../err "prompts/b.yaml:"
		is_error ../err "pre-commit"
		same "$before" "$(git rev-parse HEAD)"
		same "$refs" "$(git for-each-ref)"
		check_repo
		git checkout -q HEAD -- prompts/b.yaml
	done
	cat >.git/hooks/pre-commit <<-"HOOK"
		#!/bin/sh
		ln -sf a.yaml prompts/b.yaml
		git add prompts/b.yaml
	HOOK
	expect_failure 128 git pv commit -m x --json >../out
	json ../out ".error.message | test(\"pre-commit.*prompts/b.yaml.*link\")" true
	git reset -q --hard
	printf "#!/bin/sh\necho [ >pv.yaml\ngit add pv.yaml\n" \
		>.git/hooks/pre-commit
	text_prompt prompts/a.yaml "a settings."
	expect_failure 128 git pv commit -m x --json >../out
	json ../out ".error.message | test(\"pre-commit\")" true
	rm pv.yaml
	git reset -q --hard
	is_clean
'

it 'lets no hook break what a rollback or an import commits' '
	cd ../hooked
	cat >.git/hooks/pre-commit <<-"HOOK"
		#!/bin/sh
		echo "name: [" >prompts/b.yaml
		git add prompts/b.yaml
	HOOK
	before=$(git rev-parse HEAD)
	expect_failure 1 git pv rollback a --to 1.0.0 --json >../out
	is_json_error ../out validation
	git checkout -q HEAD -- prompts/b.yaml
	is_clean
	echo "{\"id\":\"n\",\"prompt\":\"new\"}" >../one.jsonl
	for how in --commit --each; do
		expect_failure 1 git pv import jsonl $how ../one.jsonl --json \
			>../out
		is_json_error ../out validation
		json ../out ".error.message | test(\"pre-commit\")" true
		git checkout -q HEAD -- prompts/b.yaml
		is_clean
	done
	same "$before" "$(git rev-parse HEAD)"
'

it 'makes the versions a crash left out' '
	text_prompt prompts/a.yaml "Crash."
	git pv commit -q -m "Before the crash" >/dev/null
	tag=$(git tag --points-at HEAD)
	test -n "$tag"
	git tag -d "$tag" >/dev/null
	# What is there when the process dies between the commit and the tag.
	mkdir -p .git/pv
	echo a >.git/pv/releasing
	text_prompt prompts/c.yaml "After."
	git pv commit -m "After the crash" --json >../out
	json ../out "[.released[].id]" "[\"a\",\"c\"]"
	same "$(git rev-parse HEAD~1)" "$(git rev-parse "$tag^{commit}")"
	test ! -e .git/pv/releasing
	is_clean
'

it 'makes the versions that a merge left out' '
	before=$(git rev-parse HEAD)
	text_prompt prompts/a.yaml "Merged."
	git commit -q -a -m "As if merged"
	mkdir -p .git/pv
	echo "move $before" >.git/pv/releasing.of-a-dead-one
	text_prompt prompts/c.yaml "After the merge."
	git pv commit -m "After the merge" --json >../out
	json ../out "[.released[].id]" "[\"a\",\"c\"]"
	test ! -e .git/pv/releasing.of-a-dead-one
	is_clean
'

# As after a kill right behind the move of the branch.
killed_commit() {
	printf "#!/bin/sh\nkill -9 \$(ps -o ppid= \$PPID)\n" \
		>.git/hooks/post-commit
	chmod +x .git/hooks/post-commit
	text_prompt "prompts/$1.yaml" "$2"
	# The shell tells of the killed one, too.
	{ git-pv commit -m "killed $2" "$1" || true; } >../out 2>&1
	rm .git/hooks/post-commit
	same "killed $2" "$(git log -1 --format=%s)"
	same "" "$(git tag --points-at HEAD)"
}

# tagged ID SUBJECT: the commit has a version of that prompt.
tagged() {
	git tag --list "$1/*" --points-at "$(git log -1 --format=%H \
		--grep="^$2\$")" | grep -q .
}

it 'makes them before the branch moves on' '
	new_repo ../killed
	cd ../killed
	text_prompt prompts/p.yaml
	text_prompt prompts/q.yaml
	git pv commit -q -m base >/dev/null
	killed_commit p A
	text_prompt prompts/p.yaml B
	git pv commit -m B --json >../out
	json ../out "[.released[].version]" "[\"1.1.0\",\"1.2.0\"]"
	same "killed A" "$(git log -1 --format=%s p/v1.1.0)"
	same B "$(git log -1 --format=%s p/v1.2.0)"

	killed_commit p C
	git pv rollback p --to 1.0.0 >/dev/null
	tagged p "killed C"
	git tag --points-at HEAD >../out
	has ../out p/v

	git switch -q -c side
	text_prompt prompts/p.yaml D
	git pv commit -q -m D >/dev/null
	git switch -q main
	killed_commit q E
	git pv merge side >/dev/null
	tagged q "killed E"

	killed_commit q F
	git pv mv q moved/q >/dev/null
	tagged q "killed F"

	killed_commit p G
	text_prompt prompts/p.yaml H
	git pv export jsonl p >../p.jsonl
	git restore prompts/p.yaml
	git pv import jsonl --force --commit ../p.jsonl >/dev/null
	tagged p "killed G"
	git pv release >/dev/null

	killed_commit p I
	rm prompts/p.yaml
	git pv commit -q -m gone >/dev/null
	tagged p "killed I"
	same 0 "$(ls .git/pv | grep -c releasing)"
	is_clean
'

it 'works from a subdirectory and from a linked worktree' '
	cd prompts
	text_prompt a.yaml "From below."
	git pv commit -q -m below >/dev/null
	cd ..
	is_clean
	git worktree add -q ../linked -b side
	cd ../linked
	text_prompt prompts/a.yaml "Linked."
	git pv commit -q -m linked >/dev/null
	is_clean
	cd ../repo
	is_clean
	same linked "$(git log -1 --format=%s side)"
'

it 'commits on a detached HEAD without releasing' '
	git checkout -q --detach
	text_prompt prompts/a.yaml "Detached."
	git pv commit -m detached --json >../out
	json ../out "[.branch, .released]" "[null,[]]"
	git switch -q main
	is_clean
'

it 'refuses to mix up with a revert or rebase under way' '
	text_prompt prompts/a.yaml "Base."
	git pv commit -q -m base >/dev/null
	text_prompt prompts/a.yaml "Next."
	git pv commit -q -m next >/dev/null
	text_prompt prompts/a.yaml "Last."
	git pv commit -q -m last >/dev/null
	git revert HEAD~1 >/dev/null 2>&1 || :
	expect_failure 128 git pv commit -m no 2>../err
	is_error ../err
	git revert --abort
	is_clean
'

it 'wants -m or -F, not both' '
	expect_failure 129 git pv commit -m a -F b 2>/dev/null
'

it 'commits and rolls back during a bisection, as git does' '
	git bisect start >/dev/null
	git pv status >../out
	lacks ../out "under way"
	git pv status --json >../out
	json ../out .state none
	text_prompt prompts/a.yaml "While bisecting."
	git pv commit -q -m bisecting >/dev/null
	git pv rollback a --to HEAD~1 >/dev/null
	git bisect reset >/dev/null 2>&1
	is_clean
'

it 'says so when git ignores the prompt that is named' '
	echo "/prompts/ig*" >>.git/info/exclude
	echo "Ignored." | git pv new ig >/dev/null 2>../err
	has ../err "git ignores"
	expect_failure 128 git pv commit -m ignored ig 2>../err
	is_error ../err "git ignores"
	git add -f prompts/ig.yaml
	git pv commit -q -m forced ig >/dev/null
	expect_failure 128 git pv commit -m again ig 2>../err
	is_error ../err "nothing to commit"
	printf "{\"id\":\"ig2\",\"prompt\":\"Ignored.\"}\n" >../ig.jsonl
	snapshot . >../before
	for how in --commit --each; do
		expect_failure 128 git pv import jsonl ../ig.jsonl $how 2>../err
		is_error ../err "git ignores"
	done
	snapshot . >../after
	cmp_files ../before ../after
	git pv import jsonl ../ig.jsonl >/dev/null 2>../err
	has ../err "git ignores 1"
	: >.git/info/exclude
	rm prompts/ig2.yaml
	is_clean
'

it 'is not stopped by a repository within the repository' '
	git init -q datasets/own
	git -C datasets/own commit -q --allow-empty -m own
	text_prompt prompts/a.yaml "Beside a repository."
	git pv commit -q -m beside >/dev/null
	same "prompts/a.yaml" "$(git show --format= --name-only)"
	git -c advice.addEmbeddedRepo=false add datasets/own
	git pv commit -q --staged -m submodule >/dev/null
	git -C datasets/own commit -q --allow-empty -m more
	git pv status --json >../out
	json ../out .changes "[]"
	text_prompt prompts/a.yaml "Beside a submodule."
	git pv commit -q -m beside >/dev/null
	same "prompts/a.yaml" "$(git show --format= --name-only)"
	git rm -q -f --cached datasets/own
	rm -rf datasets
	git pv commit -q --staged -m gone >/dev/null
	is_clean
'

it 'refuses settings that nothing could read, and mends those that are there' '
	new_repo settings
	cd settings
	text_prompt prompts/a.yaml
	git pv commit -q -m one >/dev/null
	printf "prompts: [\n" >pv.yaml
	snapshot . >../before
	expect_failure 128 git pv commit -m bad 2>../err
	is_error ../err pv.yaml
	snapshot . >../after
	cmp_files ../before ../after
	git add pv.yaml
	git commit -q -m broken
	expect_failure 128 git pv list 2>../err
	is_error ../err pv.yaml:
	printf "prompts: prompts\n" >pv.yaml
	git pv status >../out
	has ../out pv.yaml
	git pv commit -q -m mend >/dev/null
	git pv list >../out
	has ../out "a  1.0.0"
	is_clean
'

it 'says that the commit is made where it cannot say more' '
	test -w /dev/full || exit 0
	new_repo full
	cd full
	text_prompt prompts/a.yaml
	expect_failure 128 git pv commit -m one 2>../err >/dev/full
	is_error ../err "write error"
	has ../err "the commit $(git rev-parse --short=7 HEAD) is made"
	text_prompt prompts/b.yaml
	expect_failure 128 git pv commit --json -m two 2>../err >/dev/full
	has ../err "the commit $(git rev-parse --short=7 HEAD) is made"
	expect_failure 128 git pv commit --json -m none 2>../err >/dev/full
	lacks ../err "is made"
	is_clean
'

it 'says so, too, when something fails behind the move of the branch' '
	new_repo behind
	cd behind
	text_prompt prompts/a.yaml
	printf "#!/bin/sh\nrm -r .git/objects/[0-9a-f]*\n" \
		>.git/hooks/post-commit
	chmod +x .git/hooks/post-commit
	expect_failure 128 git pv commit -m one 2>../err
	has ../err "the commit $(cut -c 1-7 .git/refs/heads/main) is made"
'

it 'tells an object that cannot be read from a damaged one' '
	test -r /proc/self/mem || exit 0
	new_repo unreadable
	cd unreadable
	text_prompt prompts/a.yaml
	git pv commit -q -m one >/dev/null
	blob=$(git rev-parse HEAD:prompts/a.yaml)
	file=.git/objects/$(echo $blob | sed "s,^..,&/,")
	mv "$file" ../kept
	# A file whose first byte cannot be read: EIO.
	ln -s /proc/self/mem "$file"
	expect_failure 128 git pv show a@1.0.0 2>../err
	is_error ../err "Input/output error"
	lacks ../err damaged
	rm "$file"
	mv ../kept "$file"
	is_clean
'

it 'names the branch that moved, tells of the index, and keeps a link to it' '
	new_repo odd-hooks
	cd odd-hooks
	text_prompt prompts/a.yaml
	git pv commit -q -m one >/dev/null
	printf "#!/bin/sh\ngit switch -q -c other\n" >.git/hooks/post-commit
	printf "#!/bin/sh\necho \"\$*\" >>../told\n" \
		>.git/hooks/post-index-change
	chmod +x .git/hooks/post-commit .git/hooks/post-index-change
	mv .git/index .git/real-index
	ln -s real-index .git/index
	text_prompt prompts/a.yaml "Two."
	git pv commit -m two --json >../out
	json ../out .branch main
	same "$(git rev-parse HEAD)" "$(git rev-parse main)"
	has ../told "0 0"
	test -L .git/index
	is_clean
'

finish
