#!/bin/sh
# SPDX-License-Identifier: MIT
#
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kinds.sh"
begin 'every command wherever a repository and its files lie'
make_base

# Run by git, which sets GIT_PREFIX and more.
by_git() {
	pv() {
		$as git pv "$@"
	}
}

it 'knows every command' '
	: >names
	for name in $nowhere $reads $writes; do
		echo "${name%:*}" >>names
	done
	sort -u names >want
	{
		git pv completion --list commands
		git pv help --json | jq -r ".[].name"
		ls "$PROJECT/cmd/git-pv/man" | sed -n "s/^git-pv-\(.*\)\.1\.scd/\1/p"
	} | sort -u >got
	cmp_files want got
'

kind_plain() { copy_base && by_git; }
kind plain 'works at the top of a repository'

kind_subfolder() {
	by_git
	copy_base
	mkdir -p "$top/other folder/ünï"
	where="$top/other folder/ünï"
}
kind subfolder 'works from a subfolder, whatever its name'

kind_prompts() { copy_base && by_git && where=$top/prompts/support; }
kind prompts 'works from inside prompts/'

kind_odd_names() {
	copy_base "$(printf '%% -a "b"\n\$c'\''d é\t%%s')"
}
kind odd_names 'works below a path with quotes, blanks, a newline'

kind_alias() {
	copy_base real
	ln -s real link
	where=$PWD/link/prompts
}
kind alias 'works through a link to the repository'

kind_linked() {
	by_git
	copy_base main
	git -C main worktree add -q -b wt ../linked
	top=$PWD/linked
	mkdir "$top/sub"
	where=$top/sub
}
kind linked 'works in a linked worktree'

kind_linked_bare() {
	git clone -q --bare --template= "$BASE" r.git
	git -C r.git worktree add -q ../linked main
	top=$PWD/linked
}
kind linked_bare 'works in a linked worktree of a bare repository'

kind_bare() {
	git clone -q --bare --template= "$BASE" r.git
	top=$PWD/r.git
}
kind bare 'works in a bare repository as far as it needs no files' '
	files 128 needs a working tree
	diff:files,init 128 is a bare repository
'

kind_inside() {
	copy_base
	is_bare=yes
	where=$top/.git/refs
}
kind inside 'takes the git folder for a bare repository, as git does' '
	files 128 needs a working tree
	diff:files,init 128 is a bare repository
	merge,experiment:create,experiment:life,experiment:conclude 1 is checked out
'

kind_separate() {
	git clone -q --template= --separate-git-dir apart "$BASE" r
	git -C r branch -q side origin/side
	top=$PWD/r
}
kind separate 'works when .git is a file'

kind_submodule() {
	by_git
	git init -q --template= super
	git -C super -c protocol.file.allow=always submodule --quiet add \
		"$BASE" 'the module'
	git -C super commit -q -m super
	top="$PWD/super/the module"
	g branch -q side origin/side
	where=$top/prompts
}
kind submodule 'works inside a submodule'

kind_super() {
	copy_base
	git init -q --template= lib
	git -C lib commit -q --allow-empty -m lib
	g -c protocol.file.allow=always submodule --quiet add "$PWD/lib" \
		prompts/lib
	g commit -q --amend -C HEAD
	g tag -d a/v1.1.0 >/dev/null
	git -C "$top" pv release -q a >/dev/null
}
kind super 'works around a submodule' '
	switch,revert 0 unable to rmdir
'

kind_nested() {
	copy_base
	git init -q --template= "$top/prompts/inner"
	text_prompt "$top/prompts/inner/prompts/x.yaml"
	git -C "$top/prompts/inner" add .
	git -C "$top/prompts/inner" commit -q -m inner
	printf 'prompts/inner\n' >"$top/.git/info-exclude"
	g config core.excludesFile "$top/.git/info-exclude"
}
kind nested 'leaves a repository inside the repository alone'

kind_git_dir() {
	copy_base
	export GIT_DIR="$top/.git"
	mv "$top" files
	mkdir "$top"
	mv files/.git "$top"
	top=$PWD/files
	export GIT_WORK_TREE="$top"
	where=$top/prompts
}
kind git_dir 'works with GIT_DIR and GIT_WORK_TREE'

kind_relative_git_dir() {
	copy_base
	mv "$top/.git" apart
	export GIT_DIR=../apart
}
kind relative_git_dir 'works with a relative GIT_DIR alone'

kind_elsewhere() {
	copy_base
	export GIT_DIR="$top/.git" GIT_WORK_TREE="$top"
	mkdir far
	where=$PWD/far
}
kind elsewhere 'works from outside of the working tree'

kind_index_file() {
	copy_base
	mv "$top/.git/index" "$PWD/other index"
	export GIT_INDEX_FILE="$PWD/other index"
}
kind index_file 'works with GIT_INDEX_FILE'

kind_core_worktree() {
	copy_base
	mkdir files
	mv "$top"/[!.]* files
	g config core.worktree ../../files
	where=$top
	top=$PWD/files
	g() { git -C "$where" -c safe.directory=* "$@"; }
}
kind core_worktree 'works with core.worktree'

kind_pv_repo() {
	copy_base
	export PV_REPO="$top/prompts"
	mkdir far
	where=$PWD/far
}
kind pv_repo 'works with PV_REPO'

kind_detached() { copy_base && g checkout -q --detach; }
kind detached 'works on a detached HEAD'

kind_unborn() {
	git init -q --template= r
	top=$PWD/r
	g config pv.defaultBranch main
	git -C "$BASE" archive main | tar -x -C r
	edited() { left; }
	came_commit() { moved && holds_a && released a/v1.0.0; }
}
kind unborn 'works before the first commit' '
	branch:list,log,log:a,versions,search:versions 0 []
	changelog 0 "versions":[]
	list:head,branch,revert,release,release:dry 128 has no commit yet
	branch:delete,merge:into 128 there is no branch
	diff 128 neither a revision nor a prompt
	diff:files 0 "from":null
	status 0 "commit":null
	show:1.0 128 no version "1.0.0" of
	deploy,promote 128 no version
	sync 0 "tags":0
	review:import 128 git-appraise has noted nothing here
	switch 128 git switch exits with status
	merge,merge:dry,cherry-pick,cherry-pick:field,review:open 128 there is no branch, tag or commit
	blame,bisect 128 has no commit yet
	experiment:create,experiment:life,experiment:conclude 128 there is no branch, tag or commit
	mv,cp,rollback 1 is not under version control
'

kind_nothing() {
	mkdir r
	top=$PWD/r
	is_bare=yes
	g() { :; }
}
kind nothing 'says that there is no repository' '
	* 128 is not in a git repository
	init 0 made a repository
	config 128 "default_branch" is not set
	install,uninstall 128 this is not a git repository
	doctor 0 "name":"repository"
'

finish
