#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv release and versions'

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	text_prompt prompts/a.yaml "A."
	text_prompt prompts/b.yaml "B."
	git add .
	git commit -q -m "With plain git"
}

it 'releases what plain git committed' '
	fresh r1
	git pv release --json >../out
	json ../out "[.released[] | [.id, .version, .previous, .tag]]" \
		"[[\"a\",\"1.0.0\",null,\"a/v1.0.0\"],[\"b\",\"1.0.0\",null,\"b/v1.0.0\"]]"
	json ../out .dry_run false
	git pv release --json >../out
	json ../out .released "[]"
	is_clean
'

it 'only says what it would do with -n' '
	fresh r2
	git pv release -n --json >../out
	json ../out "[.dry_run, (.released | length)]" "[true,2]"
	same "" "$(git tag)"
	git pv release -n a >../out
	has ../out "a 1.0.0"
	lacks ../out b
'

it 'releases the prompts that are named' '
	fresh r3
	git pv release b >../out
	same "b/v1.0.0" "$(git tag)"
	expect_failure 128 git pv release nope --json >../out
	is_json_error ../out prompt-not-found
	expect_failure 129 git pv release --all b 2>/dev/null
'

it 'derives the step, takes a bigger one, and a smaller only by force' '
	fresh r4
	git pv release >/dev/null
	text_prompt prompts/a.yaml "A with {{ name }}."
	git commit -q -a -m "A needs a name"
	git pv release -n a --json >../out
	json ../out ".released[] | [.version, .bump]" "[\"2.0.0\",\"major\"]"
	expect_failure 1 git pv release a --bump patch --json >../out
	is_json_error ../out policy
	git pv release a --bump patch --force --json >../out
	json ../out ".released[].version" 1.0.1
	text_prompt prompts/b.yaml "B, reworded."
	git commit -q -a -m "B reworded"
	git pv release b --bump major --json >../out
	json ../out ".released[] | [.version, .bump]" "[\"2.0.0\",\"major\"]"
	expect_failure 129 git pv release --bump huge 2>/dev/null
	expect_failure 129 git pv release --force 2>/dev/null
	is_clean
'

it 'gives what was removed and made again the next major' '
	fresh r20
	git pv release >/dev/null
	git rm -q prompts/a.yaml
	git commit -q -m gone
	git revert --no-edit HEAD >/dev/null
	git pv release -n --json >../out
	json ../out ".released[] | [.id, .version, .previous, .bump, .commit]" \
		"[\"a\",\"2.0.0\",\"1.0.0\",\"major\",\"$(git rev-parse HEAD)\"]"
	text_prompt prompts/b.yaml "Later."
	git commit -q -a -m later
	git pv release a --json >../out
	json ../out ".released[] | [.id, .version, .commit]" \
		"[\"a\",\"2.0.0\",\"$(git rev-parse HEAD~1)\"]"
	git pv release --json >../out
	json ../out "[.released[].id]" "[\"b\"]"
'

it 'makes pre-releases' '
	fresh r5
	git pv release >/dev/null
	text_prompt prompts/a.yaml "A, soon."
	git commit -q -a -m soon
	git pv release a --pre rc --json >../out
	json ../out ".released[].version" 1.1.0-rc.1
	text_prompt prompts/a.yaml "A, sooner."
	git commit -q -a -m sooner
	git pv release a --pre rc --json >../out
	json ../out ".released[].version" 1.1.0-rc.2
	git pv release a --json >../out
	json ../out ".released[].version" 1.1.0
'

it 'never makes a version below one there is' '
	fresh r22
	git pv release >/dev/null
	text_prompt prompts/a.yaml "A, soon."
	git commit -q -a -m soon
	git pv release --pre rc --bump major --json >../out
	json ../out ".released[].version" 2.0.0-rc.1
	text_prompt prompts/a.yaml "A, sooner."
	git commit -q -a -m sooner
	for ids in "" a; do
		expect_failure 1 git pv release $ids --pre beta --json >../out
		is_json_error ../out policy
		json ../out .error.hint "--pre rc goes on from there, without --pre it is 2.0.0"
		git pv release $ids -n --json >../out
		json ../out ".released[] | [.version, .bump]" "[\"2.0.0\",\"major\"]"
		git pv release $ids -n --bump patch --force --json >../out
		json ../out ".released[].version" 2.0.0
		git pv release $ids -n --pre rc --json >../out
		json ../out ".released[].version" 2.0.0-rc.2
	done
	git pv list --json >../out
	json ../out ".[0].version" "2.0.0-main.2+g$(git rev-parse --short=7 HEAD)"
	git pv release a --json >../out
	json ../out ".released[].version" 2.0.0
'

it 'tags the commit that brought the state, with its committer' '
	fresh r6
	brought=$(git rev-parse HEAD)
	tick
	echo other >other.txt
	git add other.txt
	git commit -q -m "Something else"
	tick
	git pv release a >/dev/null
	same "$brought" "$(git rev-parse "a/v1.0.0^{commit}")"
	same "$(git log -1 --format="%cn <%ce> %ct" "$brought")" \
		"$(git for-each-ref --format="%(taggername) %(taggeremail) %(taggerdate:unix)" \
			refs/tags/a/v1.0.0)"
	git for-each-ref --format="%(contents)" refs/tags/a/v1.0.0 >../message
	has ../message "Pv-Prompt: a"
	has ../message "Pv-Version: 1.0.0"
	has ../message "Pv-Blob: $(git rev-parse HEAD:prompts/a.yaml)"
	has ../message "Pv-Closure: "
	has ../message "Pv-Bump: "
'

it 'makes the same tags in two clones' '
	fresh r7
	git clone -q . ../r7-clone
	git -C ../r7-clone config pv.defaultBranch main
	git pv release >/dev/null
	tick
	git -C ../r7-clone pv release >/dev/null
	same "$(git rev-parse a/v1.0.0 b/v1.0.0)" \
		"$(git -C ../r7-clone rev-parse a/v1.0.0 b/v1.0.0)"
'

# pair NAME: a remote and two clones of it with a released prompt.
pair() {
	fresh "$1"
	git pv release -q >/dev/null
	git clone -q --bare . "../$1.git"
	for clone in a b; do
		git clone -q "../$1.git" "../$1$clone"
		git -C "../$1$clone" pv install >/dev/null
	done
	cd "../$1a" || exit 1
	text_prompt prompts/a.yaml "A of one."
	git commit -q -a -m "by one"
	git pv release -q >/dev/null
	git push -q --follow-tags origin main
	cd "../$1b" || exit 1
	text_prompt prompts/a.yaml "A of another."
	git commit -q -a -m "by another"
}

it 'passes over a number that a remote has for another commit' '
	pair p1
	git for-each-ref refs/tags refs/heads refs/remotes >../before
	git pv release -n >/dev/null 2>../err
	lacks ../err warning
	git for-each-ref refs/tags refs/heads refs/remotes >../after
	cmp_files ../before ../after
	[ ! -e .git/FETCH_HEAD ]
	git rev-parse -q --verify refs/pv/remote/origin/tags/a/v1.1.0
	git pv release --json >../out
	json ../out ".released[].version" 1.2.0
	git pv release --pre rc b -n >/dev/null
'

it 'releases without a remote, and doctor finds what clashes' '
	pair p2
	git pv release --no-fetch --json >../out 2>../err
	json ../out ".released[].version" 1.1.0
	empty ../err
	git fetch -q
	expect_failure 1 git pv doctor >../out
	has ../out "at a remote, e.g. \"a/v1.1.0\""
	lacks ../out "not known to a remote"
	git pv versions a --json >../out
	json ../out ".[0] | [.version, .published]" "[\"1.1.0\",false]"
	git remote set-url origin ../gone.git
	git tag -d a/v1.1.0
	git pv release --json >../out 2>../err
	json ../out ".released[].version" 1.2.0
	has ../err "warning: cannot ask \"origin\""
'

it 'takes the number a remote has for the same commit' '
	pair p3
	git reset -q --hard HEAD~1
	git pull -q --no-tags
	git pv release a --json >../out
	json ../out ".released[].version" 1.1.0
	same "$(git rev-parse refs/pv/remote/origin/tags/a/v1.1.0)" \
		"$(git rev-parse a/v1.1.0)"
'

it 'makes the tag git tag makes' '
	fresh r8
	git pv release a >/dev/null
	tag=$(git rev-parse a/v1.0.0)
	git cat-file tag "$tag" >../object
	same "$tag" "$(git mktag <../object)"
	git for-each-ref --format="%(contents)" refs/tags/a/v1.0.0 >../message
	GIT_COMMITTER_DATE=$(git log -1 --format=%cI) \
		git tag -f -a -F ../message a/v1.0.0 HEAD >/dev/null
	same "$tag" "$(git rev-parse a/v1.0.0)"
'

it 'refuses to release what does not load, before any tag' '
	fresh r9
	printf "name: x\n" >prompts/b.yaml
	git commit -q -a -m broken
	expect_failure 1 git pv release --json >../out
	same "" "$(git tag)"
	json ../out ".error | has(\"message\")" true
	git pv release a >/dev/null
	same a/v1.0.0 "$(git tag)"
'

it 'works in a bare repository and from another branch' '
	fresh r10
	git switch -q -c other
	git pv release a --json >../out
	json ../out ".released[].version" 1.0.0
	git clone -q --bare . ../bare.git
	git -C ../bare.git config pv.defaultBranch main
	git -C ../bare.git pv release b --json >../out
	json ../out ".released[].version" 1.0.0
	check_repo ../bare.git
'

it 'names the tag that leaves no room for a version' '
	fresh r21
	git tag b
	expect_failure 128 git pv release --json >../out
	is_json_error ../out exists
	jq -r .error.hint ../out >../hint
	has ../hint "the tag \"b\" is in the way"
	git tag -d b
	mkdir prompts/c
	text_prompt prompts/c/d.yaml
	git tag c
	expect_failure 1 git pv commit -m c --json >../out
	jq -r .release_error.hint ../out >../hint
	has ../hint "the tag \"c\" is in the way"
'

it 'releases the others where tags leave no room for some' '
	git init -q -b main r24
	cd r24
	git config pv.defaultBranch main
	git commit -q --allow-empty -m none
	git tag x
	git tag grp
	git update-ref refs/tags/y/v1.0.0/z HEAD
	text_prompt prompts/x.yaml
	text_prompt prompts/y.yaml
	text_prompt prompts/z.yaml
	text_prompt prompts/grp/a.yaml
	text_prompt prompts/grp/b.yaml
	expect_failure 1 git pv commit -m one >../out 2>../err
	has ../out "z 1.0.0 (first)"
	for what in "x" "y" grp/a grp/b "grp" y/v1.0.0/z; do
		has ../err "$what"
	done
	expect_failure 128 git pv release 2>../err
	is_error ../err "grp/b"
	git tag -d x grp >/dev/null
	git update-ref -d refs/tags/y/v1.0.0/z
	git pv release >../out
	has ../out "grp/b 1.0.0"
	same 5 "$(git tag | wc -l)"
'

it 'lists versions, highest first' '
	fresh r11
	git pv release >/dev/null
	for text in 2 3 4 5 6 7 8 9 10 11; do
		tick
		text_prompt prompts/a.yaml "A $text."
		git pv commit -q -m "A $text" >/dev/null
	done
	git pv versions a --json >../out
	json ../out length 11
	json ../out "[.[0,1,10].version]" "[\"1.10.0\",\"1.9.0\",\"1.0.0\"]"
	json ../out ".[0] | [.tag, .commit, .blob, .bump, .subject, .published]" \
		"[\"a/v1.10.0\",\"$(git rev-parse HEAD)\",\"$(git rev-parse \
			HEAD:prompts/a.yaml)\",\"minor\",\"A 11\",false]"
	git pv versions a >../out
	head -n 1 ../out >../first
	has ../first "1.10.0"
	has ../first "A 11"
	same "minor first" "$(tail -n 2 ../out | awk "{ print \$3 }" | paste -sd" ")"
'

it 'keeps the versions of a removed prompt' '
	cd r11
	git rm -q prompts/b.yaml
	git pv commit -q -m "Drop b" >/dev/null
	git pv versions b --json >../out
	json ../out "[.[] | [.version, .removed]]" "[[\"1.0.0\",true]]"
	text_prompt prompts/b.yaml "B again."
	git pv commit -m "B again" --json >../out
	json ../out ".released[].version" 2.0.0
'

it 'tells an unknown prompt from one without versions' '
	cd r11
	expect_failure 128 git pv versions nope --json >../out
	is_json_error ../out prompt-not-found
	text_prompt prompts/new.yaml
	git pv versions new --json >../out 2>../err
	json ../out . "[]"
	has ../err "git pv release new"
	expect_failure 128 git pv versions "../a" --json >../out
	is_json_error ../out invalid
'

it 'does not take a feature branch for the default one' '
	git init -q r12
	cd r12
	mkdir prompts
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m "One" >/dev/null
	git switch -q -c feature
	text_prompt prompts/a.yaml "Two."
	git pv commit -m "Two" --json >../out
	json ../out ".released" "[]"
	git worktree add -q ../r12-tree -b other
	cd ../r12-tree
	text_prompt prompts/a.yaml "Three."
	git pv commit -m "Three" --json >../out
	json ../out ".released" "[]"
	same "a/v1.0.0" "$(git tag)"
'

# git itself exits 0 there, and makes the tag without a signature.
it 'publishes nothing unsigned when a signature was asked for' '
	fresh unsigned
	git config gpg.format ssh
	git config user.signingKey /none
	git config tag.gpgSign true
	expect_failure 128 git pv release a --json >../out 2>../err
	is_json_error ../out git
	has ../out user.signingKey
	same "" "$(git tag)"
	git config --unset tag.gpgSign
	git pv release a >/dev/null
	same a/v1.0.0 "$(git tag)"
'

it 'takes what an included prompt newly asks for as breaking' '
	new_repo asking
	cd asking
	mkdir prompts
	echo "prompt: \"{{ a }}{% include \\\"inner\\\" %}\"" >prompts/outer.yaml
	echo "prompt: calm" >prompts/inner.yaml
	git pv commit -q -m one
	echo "prompt: \"calm {{ mood }}\"" >prompts/inner.yaml
	git pv commit -q -m two
	git pv release outer >../out
	has ../out "outer 2.0.0 (major)"
	echo "prompt: \"{{ mood }}\"" >prompts/inner.yaml
	git pv commit -q -m three
	git pv release outer >../out
	has ../out "outer 2.1.0 (minor)"
	echo "prompt: \"{{ a }} {{ mood }}{% include \\\"inner\\\" %}\"" \
		>prompts/outer.yaml
	git pv commit -m four >../out
	has ../out "outer 2.2.0 (minor)"
	git pv diff HEAD~1 HEAD --json -- outer >../out
	json ../out ".prompts[0].bump" minor
	echo "prompt: \"{% if a %}{{ mood }}{% endif %}\"" >prompts/inner.yaml
	echo "prompt: \"{{ a }}{% include \\\"inner\\\" %}\"" \
		>prompts/outer.yaml
	git pv commit -q -m five
	echo "prompt: \"{{ a }} {{ mood }}{% include \\\"inner\\\" %}\"" \
		>prompts/outer.yaml
	git pv commit -q -m six
	git pv diff HEAD~1 HEAD --json -- outer >../out
	json ../out ".prompts[0].breaking[0].message" \
		"variable \"mood\" is needed in any case now"
'

it 'gives a version that is asked for when it is higher than all' '
	new_repo ../exact
	cd ../exact
	git config pv.versioning.autoTag false
	text_prompt prompts/a.yaml "One."
	text_prompt prompts/b.yaml "One."
	git pv commit -q -m one
	expect_failure 129 git pv release --version 2.0.0 2>../err
	expect_failure 129 git pv release --version 2.0.0 a b 2>../err
	expect_failure 129 git pv release --version 2.0.0 --pre rc a 2>../err
	is_error ../err "--version takes one ID"
	expect_failure 128 git pv release --version 2.x a 2>../err
	is_error ../err "2.x"
	git pv release --version 3.1.4 a >../out
	has ../out "a 3.1.4"
	same a/v3.1.4 "$(git tag)"
	text_prompt prompts/a.yaml "Two."
	git commit -q -a -m two
	for low in 3.1.4 3.1.3 1.0.0 3.1.4-rc.1; do
		expect_failure 1 git pv release --version $low a 2>../err
		is_error ../err "$low is not higher than 3.1.4, which it has"
	done
	git pv release --version 4.0.0-beta.2 -n --json a >../out
	json ../out ".released[] | [.version, .previous, .bump]" \
		"[\"4.0.0-beta.2\",\"3.1.4\",\"major\"]"
	same a/v3.1.4 "$(git tag)"
	git pv release --version 4.0.0-beta.2 a >../out
	git pv release --version v4.0.0 a >../out
	has ../out "a 4.0.0"
	for how in "" -n --json; do
		# shellcheck disable=SC2086
		expect_failure 1 git pv release $how --version 5.0.0 a \
			>../out 2>../err
		case $how in
		--json) json ../out .error.code policy ;;
		*) is_error ../err "released as 4.0.0 already" ;;
		esac
	done
	git pv release --version 4.0.0 a >../out 2>../err
	empty ../out
	has ../err "released as 4.0.0 already"
	git pv release --version 4.0.0 --json a >../out
	json ../out .released "[]"
	expect_failure 128 git pv release --version 5.x a 2>../err
	is_error ../err "5.x"
	text_prompt prompts/a.yaml "Three."
	git commit -q -a -m three
	git pv release a >../out
	has ../out "a 4.1.0"
	check_repo .
'

it 'numbers versions, and names the one before, the author and the label' '
	new_repo ../numbers
	cd ../numbers
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m one
	text_prompt prompts/a.yaml "Two."
	echo "version: \"2.7\"" >>prompts/a.yaml
	git pv commit -q -m two --author "Bea <b@example.com>"
	git pv mv a b -q
	git pv versions b --json >../out
	json ../out ".[] | [.version, .number, .parent, .label, .created_by, .id]" \
		"[\"2.0.0\",3,\"1.1.0\",\"2.7\",\"Ada Author\",\"b\"]
[\"1.1.0\",2,\"1.0.0\",\"2.7\",\"Bea\",\"a\"]
[\"1.0.0\",1,null,null,\"Ada Author\",\"a\"]"
'

it 'names the versions that a merged line brought as parents, too' '
	new_repo ../forked
	cd ../forked
	for text in one two three; do
		text_prompt prompts/a.yaml "$text"
		git pv commit -q -m "$text"
	done
	git switch -qc other HEAD~2
	text_prompt prompts/a.yaml "three"
	echo "metadata: {label: [v, 2]}" >>prompts/a.yaml
	git add . && git commit -q -m side
	git branch -f main
	git switch -q main
	git pv release a --version 1.5.0 >/dev/null
	git merge -q -s ours -m both "$(git rev-list -n 1 a/v1.2.0)"
	echo "goal: g" >>prompts/a.yaml
	git pv commit -q -m merged
	git pv versions a --json >../out
	json ../out "map([.version, .parents, .parent])[]" \
		"[\"1.5.1\",[\"1.5.0\",\"1.2.0\"],\"1.5.0\"]
[\"1.5.0\",[\"1.0.0\"],\"1.0.0\"]
[\"1.2.0\",[\"1.1.0\"],\"1.1.0\"]
[\"1.1.0\",[\"1.0.0\"],\"1.0.0\"]
[\"1.0.0\",[],null]"
	json ../out ".[1].label" "[\"v\",2]"
	json ../out ".[2].label" null
'

finish
