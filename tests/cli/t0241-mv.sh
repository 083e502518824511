#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv mv: a prompt gets another id and goes on'

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	text_prompt prompts/a.yaml
	text_prompt prompts/other.yaml
	git pv commit -q -m first >/dev/null
}

it 'moves the file in a commit of its own, with a major version' '
	fresh r1
	old=$(git rev-parse HEAD:prompts/a.yaml)
	echo "name: work" >>prompts/other.yaml
	git pv mv a sub/b --json >../out
	json ../out "[.id, .renamed_from, .commit, .included_by]" \
		"[\"sub/b\",\"a\",\"$(git rev-parse HEAD)\",[]]"
	json ../out ".released[] | [.id, .version]" "[\"sub/b\",\"2.0.0\"]"
	same "$old" "$(git rev-parse HEAD:prompts/sub/b.yaml)"
	same "$(printf "Rename a to sub/b\n\nPv-Renamed-From: a")" \
		"$(git log -1 --format=%B)"
	same " M prompts/other.yaml" "$(git status --porcelain)"
	git show --format= --name-status -M HEAD >../names
	same "$(printf "R100\tprompts/a.yaml\tprompts/sub/b.yaml")" \
		"$(cat ../names)"
	test ! -e prompts/a.yaml
'

it 'keeps who made a prompt, and when, through renames and merges' '
	fresh r12
	git pv show a --json | jq -c "[.created_at, .created_by]" >../want
	git switch -qc side
	tick
	git pv mv a sub/b >/dev/null
	git switch -q main
	tick
	echo "goal: g" >>prompts/a.yaml
	git commit -q -a -m edit --author "Dee <d@example.com>"
	git merge -q --no-edit side
	tick
	git pv mv sub/b c >/dev/null
	for at in . ../bare.git; do
		[ -e $at ] || git clone -q --bare . $at
		git -C $at pv show c --json | jq -c "[.created_at, .created_by]" \
			>../got
		cmp_files ../want ../got
		git -C $at pv list --history --json | jq -c \
			".[] | select(.id == \"c\") | [.created_at, .created_by]" \
			>../got
		cmp_files ../want ../got
	done
	git switch -q --detach
	git pv reindex -q
	git pv list c --json | jq -c ".[0] | [.created_at, .created_by]" >../got
	cmp_files ../want ../got
	git pv show a@HEAD~2 --json >../out
	json ../out .updated_by Dee
	text_prompt prompts/new.yaml
	git pv show new --json >../out
	json ../out "[.created_at, .updated_by]" "[null,null]"
	git pv show new >../out
	lacks ../out created
'

it 'takes a message' '
	fresh r2
	git pv mv -m "Call it b" a b >../out
	has ../out "] a is now b"
	has ../out "b 2.0.0"
	same "$(printf "Call it b\n\nPv-Renamed-From: a")" \
		"$(git log -1 --format=%B)"
'

it 'lists who includes the old id' '
	fresh r3
	write prompts/user.yaml <<-FILE
		name: user
		prompt: "{% include \"a\" %} and more"
	FILE
	git pv commit -q -m user >/dev/null
	git pv mv a b --json >../out 2>../err
	json ../out .included_by "[\"user\"]"
	has ../err "1 prompt includes still the old id"
	grep -qF "include \\\"a\\\"" prompts/user.yaml
'

it 'lists the experiments and data sets that name the old id' '
	fresh r9
	mkdir -p experiments datasets
	printf "prompt: a\nvariants: {x: main}\n" >experiments/tone.yaml
	printf "cases:\n- {id: a@1.0.0}\n" >datasets/d.yml
	printf "prompt: ab\n" >experiments/other.yaml
	printf "{ no yaml: a\n" >experiments/broken.yaml
	echo "a" >datasets/a.txt
	git add . && git commit -qm more
	git pv mv a b --json >../out 2>../err
	json ../out .mentioned_in \
		"[\"datasets/d.yml\",\"experiments/tone.yaml\"]"
	has ../err "2 files name still the old id \"a\""
	has ../err experiments/tone.yaml
	is_clean
	git pv mv b c --json >../out 2>../err
	json ../out .mentioned_in "[]"
	test ! -s ../err
'

it 'lets experiments go on that have begun' '
	fresh r10
	git branch side
	git switch -q side
	git pv edit a --set description=other 2>../err
	git pv commit -q -m other >/dev/null
	git switch -q main
	for id in begun draft; do
		git pv experiment create $id --prompt a --variant x=main \
			--variant y=side -q >../out 2>../err
	done
	git pv experiment start begun -q >../out 2>../err
	git pv mv a b --json >../out 2>../err
	has ../err "experiment \"begun\" goes on with the commits it is pinned to"
	has ../err "experiment \"draft\" can start when its file and the branches"
	is_clean
	git pv experiment route begun --unit u1 --json >../out
	json ../out .prompt a
	git pv experiment conclude begun --winner y --merge >../out 2>../err
	git show HEAD:prompts/b.yaml >../merged
	has ../merged "description: other"
	! git cat-file -e HEAD:prompts/a.yaml
'

it 'refuses what git mv refuses, and changes nothing' '
	fresh r4
	head=$(git rev-parse HEAD)
	expect_failure 128 git pv mv a other 2>../err
	has ../err "prompts/other.yaml\" exists already"
	expect_failure 128 git pv mv a a 2>../err
	expect_failure 128 git pv mv none b 2>../err
	has ../err none
	expect_failure 128 git pv mv a ../b 2>../err
	expect_failure 129 git pv mv a 2>../err
	echo "*.yaml" >.git/info/exclude
	echo "kept" >prompts/ignored.yaml
	expect_failure 128 git pv mv a ignored 2>../err
	same kept "$(cat prompts/ignored.yaml)"
	rm prompts/ignored.yaml
	: >.git/info/exclude
	text_prompt prompts/new.yaml
	expect_failure 1 git pv mv new b 2>../err
	has ../err "not under version control"
	rm prompts/new.yaml
	echo "name: x" >>prompts/a.yaml
	expect_failure 1 git pv mv a b 2>../err
	has ../err "changes that are not committed"
	git add prompts/a.yaml
	expect_failure 1 git pv mv a b 2>../err
	same "$head" "$(git rev-parse HEAD)"
	test ! -e prompts/b.yaml
'

it 'goes on with the versions of the old id' '
	fresh r6
	echo "description: more" >>prompts/a.yaml
	git pv commit -q -m more >/dev/null
	git pv mv a b >/dev/null
	echo "goal: g" >>prompts/b.yaml
	git pv commit -q -m goal >/dev/null
	git pv mv b sub/c >/dev/null
	git pv versions sub/c --json >../out
	json ../out "[.[] | [.id, .version]]" \
		"[[\"sub/c\",\"3.0.0\"],[\"b\",\"2.0.1\"],[\"b\",\"2.0.0\"],[\"a\",\"1.0.1\"],[\"a\",\"1.0.0\"]]"
	git pv versions sub/c >../out
	has ../out "2.0.1 "
	same 2 "$(grep -c "\[as b\]$" ../out)"
	same 2 "$(grep -c "\[as a\]$" ../out)"
	expect_failure 128 git pv show sub/c@2.0.1 2>../err
	has ../err "it was called \"b\" then: b@2.0.1"
	expect_failure 128 git pv show b@1.0 2>../err
	has ../err "it was called \"a\" then: a@1.0"
	expect_failure 128 git pv show sub/c@9.0 2>../err
	has ../err "there is 3.0.0"
	git pv show a@1.0.1 --raw >../out
	has ../out "description: more"
	git pv versions other --json >../out
	json ../out "[.[] | [.id, .version]]" "[[\"other\",\"1.0.0\"]]"
'

# edit ID OLD NEW: a commit that is named after the new words.
edit() {
	sed -i "s/$2/$3/" "prompts/$1.yaml"
	git commit -q -a -m "$3"
}

# subjects_are SPEC [SUBJECT...]: the log of a prompt, in both modes.
subjects_are() {
	spec=$1
	shift
	for flag in "" --full-history; do
		git pv log $flag --json "$spec" | jq -r ".[].subject" >../out
		printf "%s\n" "$@" >../want
		cmp_files ../want ../out
	done
}

it 'has a log with both sides of a merge, one of which knew no move' '
	fresh r6b
	printf "  %s words\n\n\n\n" Alpha Beta Gamma >>prompts/a.yaml
	git commit -q -a -m start
	git switch -q -c topic
	git switch -q -c late
	git switch -q topic
	git pv mv a b >/dev/null
	git switch -q main
	edit a Alpha ALPHA
	git merge -q -m merged topic
	git pv log b --json >../out
	json ../out "[.[] | [.subject, .id, .change]]" \
		"[[\"merged\",\"b\",\"modified\"],[\"ALPHA\",\"a\",\"modified\"],[\"Rename a to b\",\"b\",\"added\"],[\"start\",\"a\",\"modified\"],[\"first\",\"a\",\"added\"]]"
	subjects_are b "$(git log --format=%s)"
	git pv mv b sub/c >/dev/null
	git switch -q late
	edit a Gamma GAMMA
	git switch -q main
	edit sub/c Beta BETA
	git merge -q -m late late
	has prompts/sub/c.yaml "GAMMA words"
	subjects_are sub/c "$(git log --format=%s)"
	git pv log -n 2 --oneline sub/c >../out
	same 2 "$(wc -l <../out)"
	git pv mv sub/c a >/dev/null
	subjects_are a "$(git log --format=%s)"
	git rm -q prompts/a.yaml
	git commit -q -m gone
	subjects_are a "$(git log --format=%s)"
'

it 'goes on where the old id was never released, or the move is not' '
	new_repo r7
	cd r7
	text_prompt prompts/a.yaml
	git add . && git commit -qm a
	git pv release -q a >/dev/null
	git switch -q -c topic
	git pv mv a b >/dev/null
	git switch -q main
	text_prompt prompts/x.yaml
	git add . && git commit -qm x
	git merge -q --no-edit topic
	git pv versions b --json >../out
	json ../out "[.[] | [.id, .version, .removed]]" "[[\"a\",\"1.0.0\",true]]"
	git pv release b >/dev/null
	git pv versions b --json >../out
	json ../out "[.[] | [.id, .version]]" \
		"[[\"b\",\"2.0.0\"],[\"a\",\"1.0.0\"]]"
'

it 'keeps the executable bit' '
	fresh r8
	chmod +x prompts/a.yaml
	git commit -qam exec
	git pv mv a b >/dev/null
	same 100755 "$(git ls-tree HEAD prompts/b.yaml | cut -c1-6)"
	test -x prompts/b.yaml
	is_clean
'

it 'puts the file back when a hook refuses' '
	fresh r5
	write .git/hooks/pre-commit <<-FILE
		#!/bin/sh
		exit 1
	FILE
	chmod +x .git/hooks/pre-commit
	expect_failure 1 git pv mv a b 2>../err
	is_clean
	test -e prompts/a.yaml
	test ! -e prompts/b.yaml
	git pv mv --no-verify a b >/dev/null
	is_clean
'

it 'moves all prompts below a folder in one commit' '
	new_repo f1
	cd f1
	text_prompt prompts/s/a.yaml
	text_prompt prompts/s/deep/b.yaml
	text_prompt prompts/s.yaml
	text_prompt prompts/sx.yaml
	printf "notes\n" >prompts/s/README.md
	git add . && git pv commit -q -m first >/dev/null
	chmod +x prompts/s/a.yaml && git commit -qam exec
	git pv mv --dry-run s/ t --json >../dry
	json ../dry "[.dry_run, .commit, (.moved | length)]" "[true,null,2]"
	git pv mv -n s/ t >../dry 2>../err
	same "$(printf "s/a -> t/a\ns/deep/b -> t/deep/b")" "$(cat ../dry)"
	is_clean
	git pv mv s/ t/ --json >../out
	json ../out "[.id, .renamed_from, .commit, .dry_run]" \
		"[\"t\",\"s\",\"$(git rev-parse HEAD)\",false]"
	json ../out "[.moved[] | [.id, .renamed_from]]" \
		"[[\"t/a\",\"s/a\"],[\"t/deep/b\",\"s/deep/b\"]]"
	json ../out "[.released[] | [.id, .version]]" \
		"[[\"t/a\",\"2.0.0\"],[\"t/deep/b\",\"2.0.0\"]]"
	same "$(printf "Rename s/ to t/\n\nPv-Renamed-From: s/\nPv-Renamed-To: t/")" \
		"$(git log -1 --format=%B)"
	same 100755 "$(git ls-tree HEAD prompts/t/a.yaml | cut -c1-6)"
	is_clean
	test -e prompts/s.yaml
	test -e prompts/s/README.md
	test ! -e prompts/s/a.yaml
	git pv versions t/a --json >../out
	json ../out "[.[] | [.id, .version]]" \
		"[[\"t/a\",\"2.0.0\"],[\"s/a\",\"1.0.0\"]]"
	git pv log t/deep/b --json >../out
	json ../out "[.[] | .id]" "[\"t/deep/b\",\"s/deep/b\"]"
	git pv blame t/a --json >../out
	json ../out "[.[].commit] | unique | length" 1
	expect_failure 128 git pv show t/a@1.0.0 2>../err
	has ../err "it was called \"s/a\" then: s/a@1.0.0"
'

it 'tells prompts of the same bytes apart, and those it did not move' '
	new_repo f2
	cd f2
	text_prompt prompts/s/a.yaml
	cp prompts/s/a.yaml prompts/s/b.yaml
	git pv commit -q -m first >/dev/null
	git pv mv s t -m "Call them t" >../out
	has ../out "s/ is now t/"
	same "Call them t" "$(git log -1 --format=%s)"
	for name in a b; do
		git pv versions t/$name --json >../out
		json ../out "[.[] | .id]" "[\"t/$name\",\"s/$name\"]"
	done
	git pv mv t/a t2/a >/dev/null
	git pv versions t2/a --json >../out
	json ../out "[.[] | .id]" "[\"t2/a\",\"t/a\",\"s/a\"]"
'

it 'moves a folder altogether or not at all' '
	new_repo f3
	cd f3
	text_prompt prompts/s/a.yaml
	text_prompt prompts/s/b.yaml
	text_prompt prompts/t/b.yaml
	git pv commit -q -m first >/dev/null
	head=$(git rev-parse HEAD)
	expect_failure 128 git pv mv s t 2>../err
	has ../err "prompts/t/b.yaml\" exists already"
	expect_failure 128 git pv mv s s/deep 2>../err
	has ../err "in one another"
	expect_failure 128 git pv mv s/ s 2>../err
	has ../err "called that already"
	expect_failure 128 git pv mv none/ x 2>../err
	has ../err "no prompts below \"none/\""
	expect_failure 128 git pv mv s ../x 2>../err
	expect_failure 128 git pv mv s/a x/ 2>../err
	echo "name: x" >>prompts/s/b.yaml
	expect_failure 1 git pv mv s x 2>../err
	has ../err "prompts/s/b.yaml\" has changes that are not committed"
	git checkout -q prompts/s/b.yaml
	text_prompt prompts/s/new.yaml
	expect_failure 1 git pv mv s x 2>../err
	has ../err "not under version control"
	rm prompts/s/new.yaml
	git update-index --assume-unchanged prompts/s/b.yaml
	expect_failure 1 git pv mv s x 2>../err
	has ../err "git was told not to look at \"prompts/s/b.yaml\""
	git update-index --no-assume-unchanged prompts/s/b.yaml
	write .git/hooks/pre-commit <<-FILE
		#!/bin/sh
		exit 1
	FILE
	chmod +x .git/hooks/pre-commit
	expect_failure 1 git pv mv s x 2>../err
	same "$head" "$(git rev-parse HEAD)"
	is_clean
	test ! -e prompts/x
'

it 'lists who names a prompt of the folder, under its new id' '
	new_repo f4
	cd f4
	text_prompt prompts/s/a.yaml
	write prompts/s/user.yaml <<-FILE
		name: user
		prompt: "{% include \"s/a\" %} and more"
	FILE
	mkdir experiments
	printf "prompt: s/a@1.0.0\nother: s/none\n" >experiments/e.yaml
	printf "prompt: s/none\n" >experiments/f.yaml
	git add . && git commit -qm first
	git pv mv s t --json >../out 2>../err
	json ../out "[.included_by, .mentioned_in]" \
		"[[\"t/user\"],[\"experiments/e.yaml\"]]"
	has ../err "1 prompt includes still old ids below \"s/\""
	has ../err "1 file names still old ids below \"s/\""
'

finish
