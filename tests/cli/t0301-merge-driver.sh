# SPDX-License-Identifier: MIT
#
# git pv merge-driver: by hand, and under git merge, rebase and friends.

. "$(dirname "$0")/lib.sh"
begin 'merge-driver'

# sides BASE OURS THEIRS: one line each, between lines that stay.
sides() {
	for side in "base $1" "ours $2" "theirs $3"; do
		printf 'top\n%s\nend\n' "${side#* }" >"${side%% *}"
	done
}

it 'merges like git merge-file without a repository' '
	printf "a\nb\nc\nd\n" >base
	printf "A\nb\nc\nd\n" >ours
	printf "a\nb\nc\nD\n" >theirs
	git merge-file -p ours base theirs >want
	expect_success git-pv merge-driver base ours theirs 7 p.yaml >out 2>err
	cmp_files want ours
	empty out
	empty err
'

it 'marks conflicts and exits with 1' '
	sides a b c
	git merge-file -p -L ours -L base -L theirs --marker-size=9 \
		ours base theirs >want || :
	expect_failure 1 git-pv merge-driver base ours theirs 9 p.yaml \
		>out 2>err
	cmp_files want ours
	empty out
'

it 'honours merge.conflictStyle' '
	for style in diff3 zdiff3; do
		git config --global merge.conflictStyle $style
		sides a b c
		git merge-file -p -L ours -L base -L theirs --$style \
			ours base theirs >want || :
		expect_failure 1 git-pv merge-driver base ours theirs 7 p.yaml
		cmp_files want ours
	done
	git config --global --unset merge.conflictStyle
'

it 'takes an empty base, CRLF and a missing final newline' '
	: >base
	printf "a\r\nb\r\nx" >ours
	printf "a\r\nc\r\nx" >theirs
	git merge-file -p -L ours -L base -L theirs ours base theirs \
		>want || :
	expect_failure 1 git-pv merge-driver base ours theirs 7 p.yaml
	cmp_files want ours
'

# tools EDITED NAME...: a list of tools, one with other words.
tools() {
	edited=$1
	shift
	echo "tools:"
	for name in "$@"; do
		case $name in
		"$edited") words="new text of $name" ;;
		*) words="text of $name" ;;
		esac
		printf -- "- name: %s\n  what: %s\n  more: of %s\n" "$name" \
			"$words" "$name"
	done
}

it 'asks what becomes of a tool deleted here, moved and edited there' '
	tools - a b c x d e f >base
	for way in "ours theirs" "theirs ours"; do
		set -- $way
		tools - a b c d e f >"$1"
		tools x x a b c d e f >"$2"
		git merge-file -p ours base theirs >/dev/null
		expect_failure 1 git-pv merge-driver base ours theirs 7 p.yaml
		same 1 "$(grep -c "^<<<<<<< " ours)"
		has ours "new text of x"
		tools - a b c d e f >"$1"
		tools - x a b c d e f >"$2"
		git-pv merge-driver base ours theirs 7 p.yaml
		tools - a b c d e f >want
		cmp_files want ours
	done
'

it 'says which version stands when both have raised it' '
	printf "version: 1.0.0\nname: A\n" >base
	printf "version: 1.1.0\nname: A\n" >ours
	printf "version: 1.2.0\nname: A\n" >theirs
	expect_success git-pv merge-driver base ours theirs 7 p.yaml 2>err
	cmp_files theirs ours
	has err "p.yaml: version: \"1.2.0\" is higher than \"1.1.0\" and stands"
	printf "version: 1.1.0\nname: A\n" >ours
	git-pv merge-driver -q base ours theirs 7 p.yaml 2>err
	empty err
'

it 'leaves binary files as ours' '
	sides a b c
	printf "x\0y" >theirs
	cp ours want
	expect_failure 1 git-pv merge-driver base ours theirs 7 p.yaml 2>err
	has err "binary"
	cmp_files want ours
'

it 'touches nothing when it fails' '
	sides a b c
	cp ours want
	expect_failure 129 git-pv merge-driver base ours nowhere 7 p.yaml 2>err
	has err nowhere
	cmp_files want ours
	expect_failure 129 git-pv merge-driver base ours theirs x p.yaml 2>err
	cmp_files want ours
	expect_failure 129 git-pv merge-driver base ours 2>err
	cmp_files want ours
	if [ "$(id -u)" -ne 0 ]; then
		mkdir locked
		cp ours locked
		chmod a-w locked
		expect_failure 129 git-pv merge-driver base locked/ours theirs \
			7 p.yaml 2>err
		cmp_files want locked/ours
	fi
'

it 'takes paths that begin with a dash' '
	sides a b a
	expect_success git-pv merge-driver base ours theirs 7 -p.yaml
	expect_success git-pv merge-driver base ours theirs 7 --json
'

it 'can be switched off' '
	sides a b c
	git merge-file -p -L ours -L base -L theirs ours base theirs \
		>want || :
	GIT_PV_DISABLE=1 expect_failure 1 \
		git-pv merge-driver base ours theirs 7 p.yaml
	cmp_files want ours
'

it 'traces its calls' '
	sides a b a
	PV_TRACE=$PWD/trace git-pv merge-driver base ours theirs 7 "a b.yaml"
	sides a b c
	PV_TRACE=$PWD/trace git-pv merge-driver base ours theirs 7 c.yaml ||
		:
	PV_TRACE=$PWD/trace git-pv merge-driver base ours none 7 d.yaml \
		2>/dev/null || :
	PV_TRACE=trace2 git-pv merge-driver base ours ours 7 c.yaml
	printf "merge-driver\t%s\t%s\n" clean "a b.yaml" conflict c.yaml \
		failed d.yaml >want
	cmp_files want trace
	test ! -e trace2
'

# --- under git ---------------------------------------------------------------

# lines NAME FIRST LAST: ten lines, the first and the last as given.
lines() {
	{
		echo "a: $2"
		for key in b c d e f g h i; do echo "$key: 0"; done
		echo "j: $3"
	} | write "$1"
}

it 'serves merge, rebase, cherry-pick, revert and stash' '
	new_repo repo
	cd repo
	git config merge.pv.driver "git-pv merge-driver %O %A %B %L %P"
	echo "*.yaml merge=pv" >.gitattributes
	lines x.yaml 0 0
	git add .
	git commit -qm base
	git switch -q -c topic
	lines x.yaml 0 1
	git commit -qam topic
	git switch -q main
	lines x.yaml 1 0
	git commit -qam main
	lines ../want 1 1
	PV_TRACE=$PWD/../calls
	export PV_TRACE
	rm -f "$PV_TRACE"
	git merge -q -m merged topic
	cmp_files ../want x.yaml
	git reset -q --hard HEAD^
	git switch -q -c rebased topic
	git rebase -q main
	cmp_files ../want x.yaml
	git switch -q main
	git cherry-pick topic >/dev/null
	cmp_files ../want x.yaml
	git revert --no-edit HEAD^ >/dev/null
	lines ../want 0 1
	cmp_files ../want x.yaml
	lines x.yaml 0 2
	git stash -q
	lines x.yaml 3 1
	git commit -qam more
	git stash pop -q
	lines ../want 3 2
	cmp_files ../want x.yaml
	same 5 "$(wc -l <"$PV_TRACE" | tr -d " ")"
	check_repo
'

it 'leaves a conflict that git can go on with' '
	cd repo
	git reset -q --hard
	git switch -q -c left
	lines x.yaml left 0
	git commit -qam left
	git switch -q -c right HEAD^
	lines x.yaml right 0
	git commit -qam right
	expect_failure 1 git merge left >/dev/null 2>&1
	has x.yaml "<<<<<<< "
	same 3 "$(git ls-files -u | wc -l | tr -d " ")"
	lines x.yaml both 0
	git add x.yaml
	git commit -qm merged
	is_clean
'

finish
