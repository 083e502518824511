# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
#
# git pv resolve: conflicts settled field by field, whatever git command left
# them.

. "$(dirname "$0")/lib.sh"
begin 'resolve'

# prompt TEMPERATURE TAGS TEXT
prompt() {
	write prompts/a.yaml <<-EOF
		# A prompt.
		name: A
		model:
		  name: m
		  temperature: $1 # low
		tags: $2
		prompt: |
		  One.
		  $3 {{ name }}.
		  Three.
	EOF
}

# driver: git merges with git-pv.
driver() {
	git config merge.pv.driver "git-pv merge-driver %O %A %B %L %P"
	git config merge.pv.recursive text
	echo 'prompts/**/*.yaml merge=pv' >.git/info/attributes
}

new_repo base
cd base || exit 1
prompt 0.2 '[a, a]' Two
write prompts/b.yaml <<-EOF
	name: B
	prompt: bee
EOF
git add .
git commit -qm base
git switch -q -c topic
prompt 0.3 '[a, a, t]' Deux
git commit -qam topic
git switch -q main
prompt 0.1 '[a, a, m]' Zwei
git commit -qam main
cd ..

# fresh NAME: a copy of the repository with the driver, entered.
fresh() {
	cp -R base "$1"
	cd "$1"
	driver
}

it 'settles one field after the other and stages the file' '
	fresh r1
	expect_failure 1 git merge topic >../log 2>&1
	git pv resolve prompts/a.yaml --field model.temperature --theirs \
		--json >../out
	json ../out "[.id, .settled, .left, .markers, .staged, .unmerged, .next]" \
		"[\"a\",[\"model.temperature\"],[\"tags\",\"prompt\"],2,false,1,null]"
	same 3 "$(git ls-files -u | wc -l | tr -d " ")"
	sed -i "1s/.*/# Edited./" prompts/a.yaml
	git pv resolve a --field tags --union 2>../err
	has ../err "settled tags"
	has ../err "left: prompt"
	git pv resolve a --field prompt --value-file - --json >../out <<-EOF
		Un.
		Trois.
	EOF
	json ../out "[.settled, .left, .staged, .unmerged, .next]" \
		"[[\"prompt\"],[],true,0,\"git pv merge --continue\"]"
	write ../want <<-EOF
		# Edited.
		name: A
		model:
		  name: m
		  temperature: 0.3 # low
		tags: [a, a, m, t]
		prompt: |
		  Un.
		  Trois.
	EOF
	cmp_files ../want prompts/a.yaml
	test -e .git/MERGE_HEAD
	git pv merge --continue >../out 2>&1
	is_clean
	same 2 "$(git log -1 --format=%P | wc -w | tr -d " ")"
'

it 'takes a side for all that is left' '
	fresh r2
	expect_failure 1 git merge topic >../log 2>&1
	git pv resolve a --field tags --value "[z]" 2>../err
	git pv resolve a --ours 2>../err
	has ../err "prompts/a.yaml: settled and staged"
	has ../err "git pv merge --continue"
	has prompts/a.yaml "tags: [z]"
	has prompts/a.yaml "Zwei {{ name }}."
	git -c core.editor=: merge --continue >../log
	is_clean
'

it 'opens the editor on the lines of the field' '
	fresh r3
	expect_failure 1 git merge topic >../log 2>&1
	cp prompts/a.yaml ../before
	GIT_EDITOR="cp \"\$1\" ../../seen; :" expect_failure 128 \
		git pv resolve a --field tags --edit 2>../err
	is_error ../err "markers"
	has ../err "PV_RESOLVE.yaml"
	cmp_files ../before prompts/a.yaml
	GIT_EDITOR="sed -i -e /^[\<=\>]/d -e /t]/d" \
		git pv resolve a --field tags --edit 2>../err
	has prompts/a.yaml "tags: [a, a, m]"
	test ! -e .git/PV_RESOLVE.yaml
'

it 'refuses lines without the field' '
	fresh r3b
	expect_failure 1 git merge topic >../log 2>&1
	cp prompts/a.yaml ../before
	for lines in "" "    0.5" "tags: [a"; do
		GIT_EDITOR="printf \"%s\\n\" \"$lines\" >" expect_failure 128 \
			git pv resolve a --field tags --edit 2>../err
		is_error ../err "leave no field \"tags\" that reads"
		cmp_files ../before prompts/a.yaml
	done
'

it 'names what it settles, and what it cannot' '
	fresh r4b
	printf "one\n" >t.md
	echo "*.md merge=pv" >>.git/info/attributes
	git add t.md
	git commit -qm text
	git switch -q -c text
	printf "deux\n" >t.md
	git commit -qam theirs
	git switch -q main
	printf "zwei\n" >t.md
	git commit -qam ours
	expect_failure 1 git merge text >../log 2>&1
	git pv resolve t.md --ours 2>../err
	has ../err "settled the text as a whole"
	git reset -q --hard
	expect_failure 1 git merge topic >../log 2>&1
	expect_failure 128 git pv resolve a --field nothing --ours 2>../err
	has ../err "in conflict: \"model.temperature\", \"tags\", \"prompt\""
	expect_failure 128 git pv resolve a --union 2>../err
	has ../err "both sides of \"model.temperature\" in it"
'

it 'takes a side that is another type of file' '
	fresh types
	git switch -q -c link
	ln -sf b.yaml prompts/a.yaml
	git commit -qam link
	git switch -q main
	prompt 0.4 "[a]" Zwei
	git commit -qam here
	expect_failure 1 git merge link >../log 2>&1
	git pv conflicts >../out
	has ../out "a link or folder on one side, a file on the other"
	git pv resolve prompts/a.yaml --ours
	empty_diff=$(git diff HEAD --name-only)
	same "" "$empty_diff"
	test ! -e "prompts/a.yaml~HEAD"
	git merge --abort
	expect_failure 1 git merge link >../log 2>&1
	git pv resolve prompts/a.yaml --theirs 2>../err
	has ../err "removed prompts/a.yaml~HEAD"
	same "" "$(git diff link --name-only)"
	same "" "$(git ls-files -u)"
	test -L prompts/a.yaml
	test ! -e "prompts/a.yaml~HEAD"
	ln -sf other.yaml prompts/a.yaml
	git add prompts/a.yaml
	expect_failure 128 git pv merge --continue 2>../err
	is_error ../err "became a symbolic link"
	ln -sf b.yaml prompts/a.yaml
	git add prompts/a.yaml
	git pv merge --continue >../out
	same "" "$(git diff link HEAD --name-only)"
	same 3 "$(git rev-list --parents -1 HEAD | wc -w | tr -d " ")"
'

it 'names the prompt that it removes, which the other side never had' '
	fresh folder
	mkdir prompts/f
	for id in x y; do
		printf "prompt: text of %s\n" $id >prompts/f/$id.yaml
	done
	git add prompts
	git commit -qm folder
	git switch -q -c moved
	git mv prompts/f prompts/g
	git commit -qm moved
	git switch -q main
	echo "prompt: new" >prompts/f/new.yaml
	git add prompts
	git commit -qm new
	expect_failure 1 git -c merge.directoryRenames=conflict merge moved \
		>../log 2>&1
	git pv resolve g/new --theirs --json >../out 2>../err
	json ../out .removed "[\"prompts/g/new.yaml\"]"
	git reset -q --merge
	expect_failure 1 git -c merge.directoryRenames=conflict merge moved \
		>../log 2>&1
	git pv resolve g/new --theirs 2>../err
	has ../err "removed prompts/g/new.yaml"
	test ! -e prompts/g/new.yaml
'

it 'says what is renamed to two names' '
	fresh names
	git switch -q -c name2
	git mv prompts/b.yaml prompts/b2.yaml
	git commit -qm two
	git switch -q main
	git mv prompts/b.yaml prompts/b1.yaml
	git commit -qm one
	expect_failure 1 git merge name2 >../log 2>&1
	git pv conflicts >../out
	has ../out "renamed on both sides, to different names"
	lacks ../out "see the markers"
'

it 'refuses what it cannot do and changes nothing' '
	fresh r4
	expect_failure 128 git pv resolve a --ours --json >../out
	is_json_error ../out invalid
	expect_failure 1 git merge topic >../log 2>&1
	snapshot . >../before
	expect_failure 128 git pv resolve a --field model.temprature --ours \
		2>../err
	is_error ../err "no field \"model.temprature\" is in conflict"
	has ../err "in conflict: \"model.temperature\", "
	expect_failure 128 git pv resolve b --ours 2>../err
	is_error ../err "\"b\" is not in conflict"
	has ../err "prompts/a.yaml"
	expect_failure 128 git pv resolve a --field model.temperature --union \
		2>../err
	is_error ../err "cannot be both"
	expect_failure 129 git pv resolve a 2>../err
	expect_failure 129 git pv resolve a --value 1 2>../err
	expect_failure 129 git pv resolve a --ours --value 1 2>../err
	expect_failure 129 git pv resolve a --ours --theirs 2>../err
	expect_failure 128 git pv resolve a --field tags --value-file ../none \
		2>../err
	snapshot . >../after
	cmp_files ../before ../after
'

it 'leaves lines alone that were edited, until --remerge' '
	fresh r5
	expect_failure 1 git merge topic >../log 2>&1
	cp prompts/a.yaml ../merged
	sed -i "s/\[a, a, m\]/[a, edited]/" prompts/a.yaml
	cp prompts/a.yaml ../before
	expect_failure 1 git pv resolve a --field tags --ours 2>../err
	is_error ../err "not there any more"
	has ../err "--remerge"
	cmp_files ../before prompts/a.yaml
	git pv resolve a --field prompt --ours 2>../err
	has prompts/a.yaml "[a, edited]"
	git pv resolve a --remerge 2>../err
	cmp_files ../merged prompts/a.yaml
	same 3 "$(git ls-files -u | wc -l | tr -d " ")"
'

it 'does not stage what does not load' '
	fresh r6
	expect_failure 1 git merge topic >../log 2>&1
	sed -i "s/^name: A/nome: A/" prompts/a.yaml
	printf "prompt: twice\n" >>prompts/a.yaml
	expect_failure 1 git pv resolve a --ours --json >../out
	is_json_error ../out validation
	same 3 "$(git ls-files -u | wc -l | tr -d " ")"
	lacks prompts/a.yaml "<<<<<<<"
'

it 'merges by fields what git merged by lines' '
	cp -R base r7
	cd r7
	expect_failure 1 git merge topic >../log 2>&1
	has prompts/a.yaml "<<<<<<< HEAD"
	git pv resolve a --field model.temperature --value 0.5 --json >../out
	json ../out .left "[\"tags\",\"prompt\"]"
	has prompts/a.yaml "  temperature: 0.5 # low"
	git pv resolve a --theirs 2>../err
	lacks prompts/a.yaml "<<<<"
	has prompts/a.yaml "Deux {{ name }}."
	git commit -qm merged
	is_clean
	git reset -q --hard HEAD^
	expect_failure 1 git merge topic >../log 2>&1
	echo "extra: 1" >>prompts/a.yaml
	expect_failure 1 git pv resolve a --field tags --ours 2>../err
	git pv resolve a --ours 2>../err
	has prompts/a.yaml "[a, a, m]"
	has prompts/a.yaml "extra: 1"
'

it 'takes the file or its deletion where a side has deleted it' '
	fresh r8
	git switch -q topic
	git rm -q prompts/b.yaml
	git commit -qm gone
	git switch -q main
	printf "name: B\nprompt: buzz\n" >prompts/b.yaml
	git commit -qam buzz
	for side in ours theirs; do
		git merge topic >../log 2>&1 || :
		expect_failure 128 git pv resolve b --field prompt --$side \
			2>../err
		is_error ../err "has no fields"
		git pv resolve b --$side --json >../out
		json ../out "[.staged, .unmerged, .next]" "[true,1,null]"
		git ls-files -s prompts/b.yaml >../staged
		if [ $side = ours ]; then
			has prompts/b.yaml buzz
			same 1 "$(wc -l <../staged | tr -d " ")"
		else
			test ! -e prompts/b.yaml
			empty ../staged
		fi
		git merge --abort
	done
'

it 'works from a folder and in a linked worktree' '
	fresh r9
	git worktree add -q ../linked main~0 2>/dev/null
	cd ../linked
	expect_failure 1 git merge topic >../log 2>&1
	cd prompts
	git pv resolve a.yaml --field tags --ours 2>../../err
	git pv resolve a --theirs 2>../../err
	has ../../err "settled and staged"
	git -c core.editor=: merge --continue >../../log
	is_clean
'

# settled COMMAND...: a conflict in prompts/a.yaml, settled field by field.
settled() {
	expect_failure 1 "$@" >../log 2>&1
	has prompts/a.yaml "<<<<<<< ours"
	git pv resolve a --field tags --theirs 2>../err
	git pv resolve a --ours --json >../out
	json ../out "[.staged, .unmerged]" "[true,0]"
	lacks prompts/a.yaml "<<<<"
}

it 'goes on a rebase, a cherry-pick, a revert and a stash pop' '
	fresh r10
	git config core.editor :
	git branch kept topic
	git switch -q topic
	settled git rebase main
	json ../out .next "git rebase --continue"
	has prompts/a.yaml "[a, a, t]"
	has prompts/a.yaml "Zwei"
	git rebase --continue >../log 2>&1
	is_clean
	git switch -q main
	settled git cherry-pick kept
	json ../out .next "git pv cherry-pick --continue"
	git cherry-pick --continue >../log 2>&1
	is_clean
	prompt 0.9 "[a, a, x]" Neuf
	git commit -qam nine
	expect_failure 1 git revert --no-edit HEAD~1 >../log 2>&1
	git pv resolve a --field tags --theirs --json >../out
	json ../out .next "git pv revert --continue"
	git revert --continue >../log 2>&1
	is_clean
	prompt 0.8 "[a, a, y]" Huit
	git stash -q
	prompt 0.7 "[a, a, z]" Sept
	git commit -qam seven
	expect_failure 1 git stash pop >../log 2>&1
	git pv resolve a --field tags --theirs 2>../err
	git pv resolve a --ours 2>../err
	has ../err "git stash drop"
	has prompts/a.yaml "tags: [a, a, y]"
	has prompts/a.yaml "Sept"
	git stash drop -q
	git commit -qm popped
	is_clean
'

it 'settles files with CRLF and front matter' '
	fresh r11
	printf "*.prompt merge=pv\n" >>.git/info/attributes
	for side in base:1 ours:2 theirs:3; do
		printf -- "---\r\nn: %s\r\nkept: 1\r\n---\r\nText.\r\n" \
			"${side#*:}" >x.prompt
		git switch -q -c "front-${side%:*}" 2>/dev/null
		git add x.prompt
		git commit -qm "$side"
		[ "${side%:*}" = base ] || git switch -q front-base
	done
	git switch -q front-ours
	expect_failure 1 git merge front-theirs >../log 2>&1
	git pv resolve x.prompt --field n --value 9 2>../err
	printf -- "---\r\nn: 9\r\nkept: 1\r\n---\r\nText.\r\n" >../want
	cmp_files ../want x.prompt
	git commit -qm merged
	is_clean
'

it 'settles the text behind front matter, the field body' '
	fresh r14
	printf "*.prompt merge=pv\n" >>.git/info/attributes
	for side in base:1 ours:2 theirs:3; do
		printf -- "---\nn: 1\n---\nSay %s.\n" "${side#*:}" >x.prompt
		git switch -q -c "body-${side%:*}" 2>/dev/null
		git add x.prompt
		git commit -qm "$side"
		[ "${side%:*}" = base ] || git switch -q body-base
	done
	git switch -q body-ours
	expect_failure 1 git merge body-theirs >../log 2>&1
	git pv conflicts --json >../out
	json ../out "[.[] | [.field, .base, .ours, .theirs, (.words.ours | length)]]" \
		"[[\"body\",\"Say 1.\\n\",\"Say 2.\\n\",\"Say 3.\\n\",4]]"
	cp x.prompt ../marked
	git pv resolve x.prompt --field body --theirs --json >../out
	json ../out "[.settled, .staged]" "[[\"body\"],true]"
	has x.prompt "Say 3."
	git checkout -q -m -- x.prompt
	cmp_files ../marked x.prompt
	git pv resolve x.prompt --field body --value "Say four." 2>../err
	printf -- "---\nn: 1\n---\nSay four.\n" >../want
	cmp_files ../want x.prompt
	git commit -qm merged
	is_clean
'

it 'settles a file that both sides added, field by field' '
	fresh r15
	git switch -q topic
	printf "name: N\nmodel:\n  name: m\n  temperature: 0.3\nprompt: Hi.\n" \
		>prompts/n.yaml
	git add prompts
	git commit -qm "n of topic"
	git switch -q kept 2>/dev/null || git switch -q -c kept main
	git checkout -q topic -- prompts/a.yaml
	git commit -qm same
	printf "name: N\nmodel:\n  name: m\n  temperature: 0.1\ngoal: g\nprompt: Hi.\n" \
		>prompts/n.yaml
	git add prompts
	git commit -qm "n of kept"
	expect_failure 1 git merge topic >../log 2>&1
	has ../log "add/add"
	git pv conflicts --json >../out
	json ../out "[.[] | [.id, .field, .base, .ours, .theirs]]" \
		"[[\"n\",\"model.temperature\",null,0.1,0.3],[\"n\",\"goal\",null,\"g\",null]]"
	git pv resolve n --field model.temperature --theirs --json >../out
	json ../out "[.settled, .left]" "[[\"model.temperature\"],[\"goal\"]]"
	git pv resolve n --field goal --ours 2>../err
	has ../err "settled and staged"
	printf "name: N\nmodel:\n  name: m\n  temperature: 0.3\ngoal: g\nprompt: Hi.\n" \
		>../want
	cmp_files ../want prompts/n.yaml
	git commit -qm merged
	is_clean
'

it 'keeps once what both sides begin a new file with' '
	for how in "ours theirs" "theirs ours" "ours ours" "union union"; do
		set -- $how
		fresh "r16-$1-$2"
		git switch -q topic
		printf "# c: head\nowner: o\nprompt: Hi.\n" >prompts/n.yaml
		git add prompts
		git commit -qm "n of topic"
		git switch -q -c kept main
		git checkout -q topic -- prompts/a.yaml
		git commit -qm same
		printf "# c: head\ntags:\n- x\nprompt: Hi.\n" >prompts/n.yaml
		git add prompts
		git commit -qm "n of kept"
		expect_failure 1 git merge topic >../log 2>&1
		git pv resolve n --field tags --$1 2>../err
		git pv resolve n --field owner --$2 2>../err
		same "1:# c: head" "$(grep -n "# c: head" prompts/n.yaml)"
		cd ..
	done
'

it 'is what check and commit ask for' '
	fresh r12
	expect_failure 1 git merge topic >../log 2>&1
	line=$(grep -n "^<<<<<<<" prompts/a.yaml | head -1 | cut -d: -f1)
	for where in "" --staged; do
		expect_failure 1 git pv check $where --json >../out
		json ../out ".findings[] | select(.severity == \"error\") | [.file, .line, .rule, .hint]" \
			"[\"prompts/a.yaml\",${line},\"conflict-marker\",\"settle it with git pv resolve prompts/a.yaml\"]"
	done
	expect_failure 1 git pv commit -m no --json >../out
	is_json_error ../out conflict
	json ../out ".error | [.source, .line]" "[\"prompts/a.yaml\",${line}]"
	json ../out ".error.hint | test(\"git pv resolve prompts/a.yaml\")" true
	git show :2:prompts/a.yaml >prompts/a.yaml
	expect_failure 1 git pv check --json >../out
	json ../out ".findings[] | select(.severity == \"error\") | [.file, .line, .rule]" \
		"[\"prompts/a.yaml\",null,\"conflict-marker\"]"
	git checkout -m -- prompts/a.yaml
	git add prompts/a.yaml
	expect_failure 1 git pv check --json >../out
	json ../out ".findings | map(select(.rule == \"conflict-marker\").line)" \
		"[${line}]"
	expect_failure 1 git pv commit -m no 2>../err
	is_error ../err "a conflict is left here"
	has ../err "git checkout -m -- prompts/a.yaml"
'

it 'takes the underline of a title for text' '
	fresh titles
	echo "*.md merge=pv" >>.git/info/attributes
	printf "Old title\nold intro\n" >t.md
	git add t.md
	git commit -qm title
	git switch -q -c title
	printf "Their title\ntheir intro\n" >t.md
	git commit -qam theirs
	git switch -q main
	printf "Our title\n=======\nour intro\n" >t.md
	git commit -qam ours
	expect_failure 1 git merge title >../log 2>&1
	git pv resolve t.md --ours
	git show HEAD:t.md >../want
	cmp ../want t.md
	git merge --abort
	expect_failure 1 git merge title >../log 2>&1
	git pv resolve t.md --theirs
	git show title:t.md >../want
	cmp ../want t.md
'

it 'lets a text show markers as an example' '
	fresh r13
	write prompts/c.yaml <<-EOF
		name: C
		prompt: |
		  Settle this:
		  <<<<<<< ours
		  a
		  =======
		  b
		  >>>>>>> theirs
	EOF
	git pv check prompts/c.yaml
	git pv commit -q -m example c
	is_clean
'

it 'leaves the conflict when the file cannot be staged' '
	fresh locked
	expect_failure 1 git merge topic >../log 2>&1
	cp prompts/a.yaml ../conflict
	: >.git/index.lock
	for side in --ours --theirs --union; do
		expect_failure 128 git pv resolve a "$side"
		cmp ../conflict prompts/a.yaml
	done
	rm .git/index.lock
	git pv resolve a --theirs
	git pv merge --continue
	is_clean
'

it 'refuses a value with which the prompt would not load' '
	fresh r90
	expect_failure 1 git merge topic >../log 2>&1
	cp prompts/a.yaml ../before
	expect_failure 1 git pv resolve a --field tags --value 3 \
		>../out 2>../err
	is_error ../err "tags"
	has ../err "nothing is changed"
	lacks ../err "settled"
	cmp_files ../before prompts/a.yaml
	git pv resolve a --field tags --value "[x]" 2>../err
	has ../err "settled tags"
'

# plain NAME: git alone has merged two changed lines, and one clash further on.
plain() {
	new_repo "$1"
	cd "$1"
	write prompts/t.yaml <<-EOF
		description: d
		owner: ann
		name: N
		category: c
		tags: [a]
		prompt: |
		  $2
	EOF
	git add .
	git commit -qm base
	git switch -q -c topic
	sed -i "s/: d\$/: ${3:-d}/;s/Hello/Hi/" prompts/t.yaml
	git commit -qam topic
	git switch -q main
	sed -i "s/: d\$/: ${4:-d}/;s/ann/bob/;s/Hello/Hey/" prompts/t.yaml
	git commit -qam main
}

it 'drops no change of one side where git merged by lines' '
	plain r93 Hello dx dy
	expect_failure 1 git merge -q topic >../log 2>&1
	git pv resolve t --theirs --json >../out
	json ../out "[.settled, .staged]" "[[\"description\",\"prompt\"],true]"
	has prompts/t.yaml "description: dx"
	has prompts/t.yaml "owner: bob"
	has prompts/t.yaml "  Hi"
	git reset -q --hard
	expect_failure 1 git rebase -q topic >../log 2>&1
	git pv resolve t --ours 2>../err
	has prompts/t.yaml "description: dx"
	has prompts/t.yaml "owner: bob"
	git rebase --abort
	git switch -q topic
	expect_failure 1 git cherry-pick main >../log 2>&1
	git pv resolve t --field description --ours 2>../err
	has ../err "left: prompt"
	has prompts/t.yaml "owner: bob"
'

it 'keeps both sides where only lines are in conflict' '
	plain r94 same dx
	expect_failure 1 git merge -q topic >../log 2>&1
	git pv conflicts >../out
	has ../out "git pv resolve --remerge"
	cp prompts/t.yaml ../marked
	expect_failure 128 git pv resolve t --field owner --theirs 2>../err
	has ../err "git pv resolve --remerge prompts/t.yaml"
	cmp_files ../marked prompts/t.yaml
	for side in ours theirs union remerge; do
		git checkout -q -m prompts/t.yaml
		git pv resolve t --$side 2>../err
		has ../err "both sides are kept"
		has prompts/t.yaml "description: dx"
		has prompts/t.yaml "owner: bob"
		same "" "$(git ls-files -u)"
	done
'

it 'takes no side in place of what rerere or a person has settled' '
	fresh r91
	git config rerere.enabled true
	expect_failure 1 git merge topic >../log 2>&1
	git pv resolve a --ours 2>../err
	git commit -q --no-edit
	git reset -q --hard HEAD~1
	expect_failure 1 git merge topic >../log 2>&1
	lacks prompts/a.yaml "<<<<<<<"
	cp prompts/a.yaml ../settled
	expect_failure 1 git pv resolve a --theirs 2>../err
	is_error ../err "no conflict markers are left"
	has ../err "git checkout --ours"
	cmp_files ../settled prompts/a.yaml
	git checkout -q --theirs prompts/a.yaml
	git add prompts/a.yaml
	git pv merge --continue >../out
	is_clean
'

it 'settles fields that are settled at once' '
	new_repo r92
	cd r92
	mkdir prompts
	driver
	for k in 0 1 2 3 4 5 6; do echo "k$k: 0"; done >prompts/a.yaml
	sed -i "s/k0: 0/prompt: hi/" prompts/a.yaml
	git add -A
	git commit -q -m base
	git switch -q -c topic
	sed -i "s/: 0/: theirs/" prompts/a.yaml
	git commit -q -a -m theirs
	git switch -q main
	sed -i "s/: 0/: ours/" prompts/a.yaml
	git commit -q -a -m ours
	expect_failure 1 git pv merge topic >../out 2>&1
	for k in 1 2 3 4 5 6; do
		git pv resolve a --field "k$k" --theirs >"../out.$k" 2>&1 &
	done
	wait
	same 6 "$(grep -c "k[1-6]: theirs" prompts/a.yaml)"
	lacks prompts/a.yaml "<<<<<<<"
'

finish
