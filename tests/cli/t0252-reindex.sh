#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv reindex remembers the history, and nothing depends on it'

new_repo repo
cd repo || exit 1
text_prompt prompts/a.yaml 'One.'
text_prompt prompts/b.yaml 'Other.'
git pv commit -q -m 'Start' >/dev/null
git switch -qc side
text_prompt prompts/a.yaml 'Two.'
git pv commit -q -m 'Two' >/dev/null
git switch -q main
text_prompt prompts/b.yaml 'More.'
git pv commit -q -m 'More' >/dev/null
git merge -q --no-edit side

# logs_as_git: git pv log tells of each prompt what git log does.
logs_as_git() {
	for id in a b; do
		git log --format=%H -- prompts/$id.yaml >../want
		git pv log "$id" --json >../out
		jq -r ".[].commit" <../out >../got
		cmp_files ../want ../got
	done
}

it 'counts what it has' '
	git pv reindex --json >../out
	same "{\"added\":4,\"commits\":4,\"paths\":2,\"changes\":6,\"texts\":3}" "$(cat ../out)"
	git pv reindex 2>../err
	has ../err "4 commits, 2 files, 6 changes, 3 texts of versions"
	git pv reindex -q 2>../err
	same "" "$(cat ../err)"
'

it 'is used, and taken along by those who read' '
	logs_as_git
	text_prompt prompts/a.yaml "Three."
	git pv commit -q -m Three >/dev/null
	logs_as_git
	git pv reindex --only-new --json >../out
	has ../out "\"added\":0,\"commits\":5"
'

# updated_as_git: git pv list tells when git log last saw each prompt.
updated_as_git() {
	git pv list "$@" --json | jq -r ".[] | .path + \" \" + .updated_at" >../got
	git pv list --format "%(path) %(updated_at)" >../formatted
	for path in prompts/a.yaml prompts/b.yaml; do
		echo "$path $(TZ=UTC git log -1 --date=format-local:%FT%T.000Z \
			--format=%cd -- $path)"
	done >../want
	cmp_files ../want ../got
	cmp_files ../want ../formatted
}

it 'lets list say when each prompt was changed last' '
	updated_as_git
	rm .git/pv/git.db
	updated_as_git --history
	git pv list --json >../out
	same null "$(jq -c ".[0].updated_at" ../out)"
	git pv list --history >../out
	has ../out "a  $(TZ=UTC git log -1 --date=format-local:%F --format=%cd \
		-- prompts/a.yaml)  "
	git pv list --history --at HEAD~2 >../out
	has ../out "b  $(TZ=UTC git log -1 --date=format-local:%F --format=%cd \
		HEAD~2 -- prompts/b.yaml)  "
	git pv reindex -q
'

# born PATH: time and author of the oldest commit that git log shows for it.
born() {
	TZ=UTC git log --reverse --date=format-local:%FT%T.000Z \
		--format="%cd %an" "$@" | head -1
}

it 'lets list and show say when each prompt was made, by whom' '
	git pv list --json | jq -r ".[] | .created_at + \" \" + .created_by" >../got
	{ born -- prompts/a.yaml; born -- prompts/b.yaml; } >../want
	cmp_files ../want ../got
	git pv list --format "%(created_at) %(created_by)" >../got
	cmp_files ../want ../got
	for id in a b; do
		git pv show $id --json | jq -r ".created_at + \" \" + .created_by"
	done >../got
	cmp_files ../want ../got
	git pv list --json | jq -c "map([.updated_at, .updated_by])" >../want
	mv .git/pv/git.db ../git.db
	git pv list --json --history | jq -c "map([.updated_at, .updated_by])" \
		>../got
	cmp_files ../want ../got
	for id in a b; do
		git pv show $id --json
	done | jq -sc "map([.updated_at, .updated_by])" >../got
	cmp_files ../want ../got
	git pv list --json >../out
	json ../out "map([.created_at, .created_by, .updated_by]) | unique" \
		"[[null,null,null]]"
	mv ../git.db .git/pv/
	git pv show a >../out
	has ../out "created      $(born -- prompts/a.yaml | cut -c1-10) by $(
		git log -1 --format=%an)"
'

it 'after a forced push, an amend and a removal' '
	git reset -q --hard HEAD~2
	text_prompt prompts/b.yaml "Elsewhere."
	git pv commit -q -m Elsewhere >/dev/null
	logs_as_git
	git rm -q prompts/a.yaml
	git commit -qm "Remove a"
	text_prompt prompts/a.yaml "Again."
	git pv commit -q -m Again >/dev/null
	git reflog expire --expire=now --all
	git gc -q --prune=now
	logs_as_git
'

it 'says what a merge, a mode and a folder in its place did' '
	chmod +x prompts/b.yaml
	git commit -qam "Mode"
	logs_as_git
	git pv reindex -q
	logs_as_git
	git pv log b >../want
	git pv blame b >>../want
	rm .git/pv/git.db
	git pv log b >../got
	git pv blame b >>../got
	cmp_files ../want ../got
'

# ruin HOW: does something to the database; the answers stay the same.
ruin() {
	git pv reindex -q
	(cd .git/pv && eval "$1")
	logs_as_git
	git pv reindex --json >../out
	has ../out "\"paths\":2"
}

it 'does without a database that is damaged, and makes it anew' '
	ruin ": >git.db"
	ruin "echo this is no database at all, and long >git.db"
	ruin "printf garbage | dd of=git.db bs=1 seek=4200 conv=notrunc 2>/dev/null"
	ruin "truncate -s 5000 git.db"
	ruin "truncate -s 60 git.db"
	ruin "rm git.db; mkdir git.db; rmdir git.db"
'

it 'does without one that is about other folders' '
	git pv reindex -q
	git mv prompts texts
	git commit -qm Moved
	git config pv.prompts texts
	git log --format=%s -- texts/a.yaml >../want
	git pv log a --json >../out
	has ../out "\"subject\":\"Moved\""
	git pv reindex --json >../out
	has ../out "\"paths\":2"
	git reset -q --hard HEAD~1
	git config --unset pv.prompts
	logs_as_git
'

it 'says why a shallow history is not indexed, and answers all the same' '
	git clone -q --depth 2 "file://$PWD" ../shallow
	cd ../shallow
	expect_failure 128 git pv reindex 2>../err
	is_error ../err "shallow"
	logs_as_git
	expect_failure 128 git pv reindex --json >../out
	has ../out "\"code\":\"unsupported\""
	git pv list --json --history >../out 2>../err
	has ../err "this clone is shallow"
	json ../out "map([.created_at, .created_by])" "[[null,null],[null,null]]"
	git pv show b --json >../out 2>../err
	json ../out "[.created_at, .created_by]" "[null,null]"
	git pv list --json --history --at HEAD~1 2>../err >../out
	json ../out "map(.updated_at) | unique" "[null]"
	git fetch -q --unshallow
	git pv reindex -q
	logs_as_git
'

it 'in a bare repository, from elsewhere, and before the first commit' '
	git clone -q --bare . ../bare
	git -C ../bare pv reindex --json >../out
	has ../out "\"paths\":2"
	git init -q ../empty
	git -C ../empty pv reindex --json >../out
	has ../out "\"commits\":0"
'

finish
