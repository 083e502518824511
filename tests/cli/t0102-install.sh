#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
begin 'git pv install and uninstall'

# attribute PATH NAME: its value as git sees it.
attribute() {
	git check-attr "$2" -- "$1" | sed 's/.*: //'
}

new_repo repo
text_prompt repo/prompts/a/b.yaml
(cd repo && git add . && git commit -q -m one)

it 'routes prompts to the drivers' '
	cd repo
	git pv install >out
	has out "set merge.pv.driver"
	has out "set mergetool.pv.cmd"
	same pv "$(attribute prompts/a/b.yaml merge)"
	same pv "$(attribute prompts/a/b.yaml diff)"
	same lf "$(attribute prompts/a/b.yaml eol)"
	same unspecified "$(attribute other.yaml merge)"
	for path in datasets/d.yaml experiments/a/e.yaml pv.yaml; do
		same pv "$(attribute $path merge)"
		same unspecified "$(attribute $path eol)"
		same unspecified "$(attribute sub/$path merge)"
	done
	[ ! -e .gitattributes ]
	same true "$(git config push.followTags)"
'

it 'does nothing the second time' '
	cd repo
	cksum .git/config .git/info/attributes >before
	git pv install >out 2>err
	empty out
	has err "nothing to do"
	cksum .git/config .git/info/attributes >after
	cmp_files before after
	git pv install --json >out
	json out .changed "[]"
'

it 'adds patterns, once each, without touching line ends' '
	cd repo
	git pv install --pattern "*.yaml" --pattern "my files/*.yml" >out
	git pv install --pattern "*.yaml" >out 2>err
	empty out
	same pv "$(attribute other.yaml merge)"
	same unspecified "$(attribute other.yaml eol)"
	same pv "$(attribute "my files/x.yml" diff)"
	same lf "$(attribute prompts/a/b.yaml eol)"
	cp .git/info/attributes before
	expect_failure 129 git pv install --pattern "*.yml" --pattern "!x" 2>err
	is_error err "!x"
	expect_failure 129 git pv install --pattern "[attr]foo" 2>err
	is_error err "[attr]foo"
	cmp_files before .git/info/attributes
'

it 'leaves no trace when uninstalled' '
	new_repo plain
	cd plain
	git remote add origin ../repo
	cp .git/config ../config
	git pv install --pattern "*.yaml" >out
	git pv uninstall >out
	has out "removed merge.pv"
	cmp_files ../config .git/config
	[ ! -e .git/info/attributes ]
	git pv uninstall >out 2>err
	empty out
	lacks err .gitattributes
	echo "*.x merge=pv" >.gitattributes
	git pv uninstall 2>err
	has err "lines in .gitattributes stay"
'

it 'keeps the lines and settings of others' '
	new_repo others
	cd others
	git config push.followTags false
	mkdir -p .git/info
	printf "*.txt text\n*.bin -text" >.git/info/attributes
	git pv install --pattern "*.yaml" >out
	same false "$(git config push.followTags)"
	lacks out push.followTags
	git pv uninstall >out
	same false "$(git config push.followTags)"
	printf "*.txt text\n*.bin -text" >want
	cmp_files want .git/info/attributes
	cp .git/config ../config
	git pv install >out
	printf "*.png binary\n" >>.git/info/attributes
	git pv uninstall >out
	printf "*.txt text\n*.bin -text\n*.png binary\n" >want
	cmp_files want .git/info/attributes
	cmp_files ../config .git/config
	: >.git/info/attributes
	git pv install >out
	git pv uninstall >out
	cmp_files /dev/null .git/info/attributes
	cmp_files ../config .git/config
'

it 'takes back its own keys, lines and refspecs alone' '
	new_repo mixed
	cd mixed
	git remote add origin ../repo
	mkdir -p .git/info
	echo "*.mine merge=pv diff=pv" >.git/info/attributes
	git config --add remote.origin.fetch \
		"+refs/tags/*:refs/pv/remote/origin/tags/*"
	git config merge.pv.custom "my own"
	git config diff.pv.binary false
	cp .git/config ../config
	git pv install --pattern "*.mine" --pattern "*.yaml" >out
	git config mergetool.pv.path /opt/mine
	git pv uninstall >out
	has out "removed merge.pv.driver"
	same /opt/mine "$(git config mergetool.pv.path)"
	git config --unset mergetool.pv.path
	cmp_files ../config .git/config
	same "*.mine merge=pv diff=pv" "$(cat .git/info/attributes)"
	git pv install >out
	git config diff.pv.textconv cat
	git pv uninstall >out
	lacks out diff.pv.textconv
	same cat "$(git config diff.pv.textconv)"
	same "" "$(git config --get-all pv.installed)"
	git config merge.pv.driver "git-pv merge-driver mine"
	git pv uninstall --global >out 2>err
	same "git-pv merge-driver mine" "$(git config merge.pv.driver)"
	git config --global merge.pv.custom mine
	git pv install --global
	git pv uninstall --global
	same mine "$(git config --global merge.pv.custom)"
	git config --global --remove-section merge.pv
'

it 'keeps the values of the user in keys of its own' '
	new_repo own
	cd own
	git config merge.pv.name "my own"
	git config merge.pv.driver "mine %A"
	git config diff.pv.textconv mine
	git config diff.pv.xfuncname "^x"
	cp .git/config ../config
	git pv install >out 2>err
	for key in merge.pv.name merge.pv.driver diff.pv.textconv \
		diff.pv.xfuncname; do
		lacks out "set $key"
		has err "$key is your own"
	done
	has out "set mergetool.pv.cmd"
	same "mine %A" "$(git config merge.pv.driver)"
	git pv doctor >out || test $? = 1
	has out "diff.pv.textconv is your own"
	has out "git config --unset-all diff.pv.textconv && git pv install"
	git pv doctor --fix >out 2>err || test $? = 1
	same "my own" "$(git config merge.pv.name)"
	same mine "$(git config diff.pv.textconv)"
	git pv uninstall >out
	cmp_files ../config .git/config
	rm .git/config
	git init -q
	# What an earlier git-pv has set is brought up to date.
	git config merge.pv.driver "git-pv merge-driver %O %A %B"
	git pv install >out
	has out "set merge.pv.driver"
	git config --global merge.pv.name "my own"
	git pv install --global >out
	same "my own" "$(git config --global merge.pv.name)"
	git pv uninstall --global
	same "my own" "$(git config --global merge.pv.name)"
	git config --global --remove-section merge.pv
'

it 'keeps push.followTags that the user had set to true' '
	new_repo follow
	cd follow
	git config push.followTags true
	git pv install >out
	git pv uninstall >out
	same true "$(git config push.followTags)"
'

it 'renews a driver of an older version' '
	cd repo
	git config merge.pv.driver "git-pv old %A"
	git pv install >out
	same "set merge.pv.driver" "$(cat out)"
'

it 'works in bare repositories and linked worktrees' '
	git init -q --bare bare.git
	git -C bare.git pv install >out
	has bare.git/info/attributes "prompts/**/*.yaml merge=pv"
	git -C repo worktree add -q ../linked -b linked
	git -C linked pv install --pattern "*.yml" >out
	has repo/.git/info/attributes "*.yml merge=pv"
'

it 'tells which tags a remote has, and fetch still works' '
	new_repo up
	text_prompt up/prompts/a.yaml
	(cd up && git add . && git commit -q -m one && git tag -a -m x a/v1.0.0)
	git clone -q up down
	cd down
	git pv install >out
	has out "refs/pv/remote/origin/tags/"
	git fetch -q
	git rev-parse -q --verify refs/pv/remote/origin/tags/a/v1.0.0
	same "refs/heads/main" "$(git symbolic-ref HEAD)"
	(cd ../up && echo >>prompts/a.yaml && git commit -qam two &&
		git tag -a -m x a/v1.0.1)
	git pull -q
	git rev-parse -q --verify refs/tags/a/v1.0.1
	git rev-parse -q --verify refs/pv/remote/origin/tags/a/v1.0.1
	git fetch -q origin main
	git clone -q . ../again
	check_repo
'

it 'lets a plain fetch bring what others said, and overwrite nothing' '
	git init -q --bare hub.git
	new_repo one
	cd one
	git remote add origin ../hub.git
	git config --add remote.origin.fetch "+refs/notes/*:refs/notes/*"
	text_prompt prompts/a.yaml
	git pv commit -q -m one >/dev/null
	git push -q origin main
	git switch -q -c exp
	text_prompt prompts/a.yaml Other.
	git pv commit -q -m two >/dev/null
	git push -q origin exp
	git switch -q main
	git pv review open exp -m Why --json >../open.json
	id=$(jq -r .id ../open.json)
	git pv sync -q
	cp .git/config ../before
	git pv install
	git clone -q ../hub.git ../two
	git -C ../two config pv.defaultBranch main
	git -C ../two pv sync -q
	git -C ../two pv review comment "$id" -m "From two"
	git -C ../two pv sync -q
	git pv review comment "$id" -m "Not pushed"
	git for-each-ref refs/pv/reviews refs/heads refs/tags >../ours
	for how in "" --prune --force --all; do
		# shellcheck disable=SC2086
		git fetch -q $how origin 2>/dev/null || git fetch -q $how
		git for-each-ref refs/pv/reviews refs/heads refs/tags >../now
		cmp_files ../ours ../now
	done
	same "$(git -C ../hub.git for-each-ref --format="%(objectname)" refs/pv)" \
		"$(git for-each-ref --format="%(objectname)" refs/remotes-pv)"
	git pv sync --no-push --json >../out.json
	json ../out.json .joined 1
	git pv review show "$id" --json >../show.json
	json ../show.json "[.comments[].text] | sort" \
		"[\"From two\",\"Not pushed\"]"
	git pv uninstall
	git config --local --list >../now
	git config --file ../before --list >../want
	cmp_files ../want ../now
'

it 'installs the drivers alone for all repositories of the user' '
	mkdir nowhere
	cd nowhere
	git pv install --global >out
	has ~/.gitconfig merge-driver
	lacks ~/.gitconfig followTags
	expect_failure 129 git pv install --global --pattern "*.yaml" 2>err
	is_error err --pattern
	git pv uninstall --global >out
	lacks ~/.gitconfig merge-driver
	expect_failure 128 git pv install 2>err
	is_error err "not a git repository"
'

# Both sides change other lines of one file.
prepare_merge() {
	new_repo "$1"
	cd "$1" || return
	printf "name: a\n\n\nprompt: |\n  x\n" | write prompts/a.yaml
	git add .
	git commit -q -m base
	git switch -q -c side
	printf "name: b\n\n\nprompt: |\n  x\n" >prompts/a.yaml
	git commit -q -a -m side
	git switch -q main
	printf "name: a\n\n\nprompt: |\n  y\n" >prompts/a.yaml
	git commit -q -a -m main
}

it 'merges by lines where git-pv is missing, with markers' '
	prepare_merge without
	git pv install >out
	path=$(dirname "$(command -v git)"):/usr/bin:/bin
	[ -z "$(PATH=$path command -v git-pv)" ]
	PATH=$path git merge -q -m join side
	printf "name: b\n\n\nprompt: |\n  y\n" >want
	cmp_files want prompts/a.yaml
	PATH=$path git diff HEAD^2 >diff
	has diff "+  y"
	git switch -q -c clash side
	printf "name: c\n" >prompts/a.yaml
	git commit -q -a -m clash
	PATH=$path expect_failure 1 git merge -q -m join main
	has prompts/a.yaml "<<<<<<<"
	has prompts/a.yaml ">>>>>>>"
'

finish
