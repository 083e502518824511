# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
#
# git pv resolve: fields in braces and brackets, which share a line.

. "$(dirname "$0")/lib.sh"
begin 'resolve within lines'

# prompt NAME TEMPERATURE TOP_P
prompt() {
	write prompts/a.yaml <<-EOF
		name: A
		model: {name: $1, temperature: $2, top_p: $3} # which
		prompt: Hi.
	EOF
}

# record T P LIST
record() {
	write data.json <<-EOF
		{
		  "t": $1,
		  "m": {"p": $2, "l": $3},
		  "end": 1
		}
	EOF
}

new_repo base
cd base || exit 1
prompt m 0.2 1
record 1 1 '["a", "a"]'
git add .
git commit -qm base
git switch -q -c topic
prompt m 0.3 0.8
record 2 2 '["a", "a", "x"]'
git commit -qam topic
git switch -q main
prompt n 0.1 0.9
record 3 3 '["a", "a", "y"]'
git commit -qam main
cd ..

# fresh NAME: a copy of the repository with the driver, entered.
fresh() {
	cp -R base "$1"
	cd "$1"
	git config merge.pv.driver "git-pv merge-driver %O %A %B %L %P"
	git config merge.pv.recursive text
	printf "%s merge=pv\n" "prompts/*.yaml" "*.json" >.git/info/attributes
}

# model: the line of the model
model() {
	sed -n "/^model/p" prompts/a.yaml
}

it 'marks the line and names the fields in it' '
	fresh r1
	expect_failure 1 git merge topic >../log 2>&1
	write ../want <<-EOF
		name: A
		<<<<<<< ours
		model: {name: n, temperature: 0.1, top_p: 0.9} # which
		=======
		model: {name: n, temperature: 0.3, top_p: 0.8} # which
		>>>>>>> theirs
		prompt: Hi.
	EOF
	sed "s/^<<<<<<< .*/<<<<<<< ours/; s/^>>>>>>> .*/>>>>>>> theirs/" \
		prompts/a.yaml >../got
	cmp_files ../want ../got
	git pv conflicts --json >../out
	json ../out "[.[] | select(.path == \"prompts/a.yaml\") |
		[.field, .base, .ours, .theirs]]" \
		"[[\"model.temperature\",0.2,0.1,0.3],[\"model.top_p\",1,0.9,0.8]]"
	cp prompts/a.yaml ../plain
	cd ..
	fresh r2
	expect_failure 1 git pv merge topic --json >../out 2>../err
	json ../out "[.conflicts[] | select(.path == \"prompts/a.yaml\") | .field]" \
		"[\"model.temperature\",\"model.top_p\"]"
	cmp_files ../plain prompts/a.yaml
	cd ..
'

it 'settles one of them and keeps the others, run by run' '
	cd r1
	git pv resolve a --field model.temperature --theirs --json >../out
	json ../out "[.settled, .left, .markers, .staged]" \
		"[[\"model.temperature\"],[\"model.top_p\"],1,false]"
	model >../got
	write ../want <<-EOF
		model: {name: n, temperature: 0.3, top_p: 0.9} # which
		model: {name: n, temperature: 0.3, top_p: 0.8} # which
	EOF
	cmp_files ../want ../got
	expect_failure 1 git pv resolve a --field model.temperature --ours \
		2>../err
	has ../err "model.temperature"
	git pv resolve a --field model.top_p --ours --json >../out
	json ../out "[.settled, .left, .staged]" \
		"[[\"model.top_p\"],[],true]"
	same "model: {name: n, temperature: 0.3, top_p: 0.9} # which" "$(model)"
	cd ..
'

it 'sets one of them to a value' '
	cd r2
	git pv resolve a --field model.top_p --value 0.75
	git pv resolve a --field model.temperature --value 0.7
	same "model: {name: n, temperature: 0.7, top_p: 0.75} # which" "$(model)"
	git pv resolve data.json --field m.p --value "[1, \", \\\"l\\\": \"]"
	git pv resolve data.json --field m.l --theirs
	git pv resolve data.json --field t --ours
	record 3 "[1, \", \\\"l\\\": \"]" "[\"a\", \"a\", \"x\"]"
	git show :data.json >../got
	cmp_files data.json ../got
	cd ..
'

it 'settles all of them with what is between its markers' '
	fresh r3
	expect_failure 1 git merge topic >../log 2>&1
	git pv resolve a --field model.top_p --ours 2>../err
	git pv resolve a --theirs
	same "model: {name: n, temperature: 0.3, top_p: 0.9} # which" "$(model)"
	cd ..
'

it 'takes what the editor leaves of the line for all fields in it' '
	fresh r4
	expect_failure 1 git merge topic >../log 2>&1
	write ../editor <<-\EOF
		#!/bin/sh
		printf "model: {name: z, temperature: 5, top_p: 6}\n" >"$1"
	EOF
	chmod +x ../editor
	GIT_EDITOR=../editor git pv resolve a --field model.top_p --edit
	same "model: {name: z, temperature: 5, top_p: 6}" "$(model)"
	same "" "$(git ls-files -u prompts)"
	cd ..
'

it 'settles fields of JSON' '
	fresh r5
	expect_failure 1 git merge topic >../log 2>&1
	git pv conflicts --json >../out
	json ../out "[.[] | select(.path == \"data.json\") | .field]" \
		"[\"t\",\"m.p\",\"m.l\"]"
	git pv resolve data.json --field m.p --theirs
	git pv resolve data.json --field t --value 9
	git pv resolve data.json --field m.l --union
	record 9 2 "[\"a\", \"a\", \"y\", \"x\"]"
	cp data.json ../want
	git show :data.json >../got
	cmp_files ../want ../got
	cd ..
'

it 'does so in each style of markers' '
	for style in diff3 zdiff3; do
		fresh "r6$style"
		git config merge.conflictStyle $style
		expect_failure 1 git merge topic >../log 2>&1
		has prompts/a.yaml "temperature: 0.2"
		git pv resolve data.json --field m.p --theirs
		git pv resolve data.json --field m.l --ours
		git pv resolve data.json --field t --value 9
		git show :data.json >../got
		record 9 2 "[\"a\", \"a\", \"y\"]"
		cmp_files data.json ../got
		cd ..
	done
'

it 'knows what a rebase and a cherry-pick leave' '
	fresh r7
	expect_failure 1 git rebase topic >../log 2>&1
	git pv resolve a --field model.top_p --theirs
	git pv resolve a --field model.temperature --ours
	same "model: {name: n, temperature: 0.3, top_p: 0.9} # which" "$(model)"
	git rebase --abort
	expect_failure 1 git cherry-pick topic >../log 2>&1
	git pv resolve a --field model.temperature --theirs
	git pv resolve a --field model.top_p --ours
	same "model: {name: n, temperature: 0.3, top_p: 0.9} # which" "$(model)"
	cd ..
'

finish
