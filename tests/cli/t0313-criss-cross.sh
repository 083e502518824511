# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
#
# Two branches that have merged each other, each in its own way: git makes one
# base of two, with the conflicts of that merge in it when there are any.

. "$(dirname "$0")/lib.sh"
begin 'criss-cross merges'

# prompt TEMPERATURE TAGS LINE
prompt() {
	write a.yaml <<-EOF
		name: A
		model: {name: m, temperature: $1}
		tags: [$2]
		prompt: |
		  One two three.
		  $3
		  Four five six.
		end: 1
	EOF
	git add a.yaml
}

# cross NAME MAIN OTHER MAIN2 OTHER2: what each branch says, and then the merge
# of each with the other; the arguments of prompt, with "/" between them.
cross() {
	new_repo "$1"
	cd "$1"
	step "0.1/a/Middle line here." base
	git branch other
	step "$2" main
	git switch -q other
	step "$3" other
	git merge -q --no-commit main >../log 2>&1 || :
	step "$5" "main in other"
	git switch -q main
	git merge -q --no-commit other~1 >../log 2>&1 || :
	step "$4" "other in main"
	git config merge.pv.driver "git-pv merge-driver %O %A %B %L %P"
	git config merge.pv.recursive text
}

step() {
	IFS=/ read -r temperature tags line <<-EOF
		$1
	EOF
	prompt "$temperature" "$tags" "$line"
	git commit -q --allow-empty -m "$2"
}

# merge_both: once by git alone, once with the driver
merge_both() {
	git merge other >../log 2>&1 || :
	sed "s/^<<<<<<< .*/<<<<<<< ours/; s/^>>>>>>> .*/>>>>>>> theirs/" \
		a.yaml >../plain
	git merge --abort 2>../log || git reset -q --hard ORIG_HEAD
	echo "*.yaml merge=pv" >.git/info/attributes
	git merge other >../log 2>&1 || :
}

it 'merges by fields where the bases come together by lines' '
	cross r1 "0.2/a/Middle line here." "0.1/a/Our middle line here." \
		"0.2/a, x/Our middle line here." "0.2/a, y/Our middle line here."
	merge_both
	has ../plain "<<<<<<<"
	prompt 0.2 "a, x, y" "Our middle line here."
	git diff --exit-code HEAD
	cd ..
'

it 'is git where the bases are in conflict, and settles that' '
	cross r2 "0.2/a, x/Our middle line." "0.3/a, y/Their middle line." \
		"0.2/a, x, y/Our line, by main." "0.3/a, y, x/Their line, by other."
	merge_both
	same 3 "$(git ls-files -u | wc -l | tr -d " ")"
	git show :1:a.yaml >../base
	has ../base "<<<<<<<<< Temporary merge branch 1"
	cmp_files ../plain a.yaml
	git pv resolve a.yaml --theirs
	git show other:a.yaml >../want
	cmp_files ../want a.yaml
	same "" "$(git ls-files -u)"
	cd ..
'

it 'keeps the markers of the base apart from its own' '
	cd r2
	git merge --abort
	git config merge.conflictStyle diff3
	expect_failure 1 git merge other >../log 2>&1
	same 2 "$(grep -c "^<<<<<<< " a.yaml)"
	same 2 "$(grep -c "^<<<<<<<<< " a.yaml)"
	git pv resolve a.yaml --ours
	git show main:a.yaml >../want
	cmp_files ../want a.yaml
	cd ..
'

finish
