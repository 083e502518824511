#!/bin/sh
# SPDX-License-Identifier: MIT
#
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kinds.sh"
begin 'every command whatever a repository stores, and how'
make_base

kind_loose() {
	copy_base
	mv "$top"/.git/objects/pack/*.pack .
	rm -f "$top"/.git/objects/pack/*
	g unpack-objects -q <"$(echo ./*.pack)"
	rm -f ./*.pack
	g for-each-ref --format='update %(refname) %(objectname)' >all
	rm "$top/.git/packed-refs"
	g update-ref --stdin <all
	rm all
	g config core.logAllRefUpdates false
	rm -rf "$top/.git/logs" "$top/.git/info"
}
kind loose 'works with loose objects and refs, without reflogs'

kind_alternates() {
	cp -a "$BASE" lender
	git clone -q -s --template= lender r
	top=$PWD/r
	g branch -q side origin/side
}
kind alternates 'works with the objects of another repository'

kind_maintained() {
	copy_base
	g commit-graph write --reachable --changed-paths
	g repack -q -a -d -b --write-midx
}
kind maintained 'works with commit-graph, multi-pack-index and bitmaps'

kind_shallow() {
	git clone -q --template= --depth 2 --no-single-branch "file://$BASE" r
	top=$PWD/r
	g branch -q side origin/side
	released() { :; }
}
kind shallow 'works in a shallow clone with the commits it has' '
	commit,commit:staged,merge,mv,cp,revert,cherry-pick,cherry-pick:field,rollback 1+ committed, but not released
	release,release:dry 128 a shallow clone cannot release
	reindex 128 is not indexed
	sync 1 refused the push
'

kind_very_shallow() {
	git clone -q --template= --depth 1 --no-single-branch "file://$BASE" r
	top=$PWD/r
	g branch -q side origin/side
	released() { :; }
	came_versions() { out '[{"version":"1.1.0",'; }
	came_changelog() { out '"versions":[{"version":"1.1.0",'; }
	came_revert() { moved && left; }
}
kind very_shallow 'says what a clone of depth 1 lacks' '
	commit,commit:staged,mv,cp,cherry-pick:field 1+ committed, but not released
	release,release:dry 128 a shallow clone cannot release
	reindex 128 is not indexed
	sync 1 refused the push
	show:1.0,rollback 128 no version "1.0.0" of
	deploy,promote 128 no version
	merge 128 git merge exits with status
	merge:dry,merge:into 128 no common ancestor
	cherry-pick 1! could not apply
'

kind_partial() {
	git -C "$BASE" config uploadpack.allowFilter true
	git -C "$BASE" config uploadpack.allowAnySHA1InWant true
	git clone -q --template= --filter=blob:none "file://$BASE" r
	top=$PWD/r fetched='*/objects/*'
	g branch -q side origin/side
}
kind partial 'fetches the blobs that a partial clone left out'

it 'says what a partial clone lacks when the remote is gone' '
	git clone -q --template= --no-checkout --filter=blob:none \
		"file://$BASE" gone
	cd gone
	git remote set-url origin "file://$PWD/nowhere"
	expect_failure 128 git pv show a@1.0 2>../err
	is_error ../err "cannot fetch"
	has ../err "which this partial clone lacks: "
	has ../err "nowhere"
	has ../err "the remote \"origin\" has it"
'

kind_treeless() {
	git clone -q --template= --filter=tree:0 "file://$BASE" r
	top=$PWD/r fetched='*/objects/*'
	g branch -q side origin/side
}
kind treeless 'fetches the trees that a partial clone left out'

kind_sparse() {
	copy_base
	g sparse-checkout set --no-cone /README /prompts/a.yaml
}
kind sparse 'works in a sparse checkout'

kind_cone() {
	copy_base
	g sparse-checkout set --cone prompts
}
kind cone 'works in a sparse checkout in cone mode'

kind_sparse_index() {
	copy_base
	mkdir -p "$top/docs/deep"
	echo doc >"$top/docs/deep/x"
	g add docs
	g commit -q --amend -C HEAD
	g tag -d a/v1.1.0 >/dev/null
	git -C "$top" pv release -q a >/dev/null
	g sparse-checkout set --cone --sparse-index prompts
	g ls-files --sparse | grep -qx docs/
	# Without the whole index git writes trees to look at.
	fetched='*/objects/*'
}
kind sparse_index 'works with a sparse index except for commits' '
	commit,commit:staged,mv,cp,cherry-pick:field,rollback,import,experiment:create,experiment:life,experiment:conclude 128 the index is a sparse one
'

kind_without_prompts() {
	copy_base
	g status >/dev/null
	mkdir "$top/docs"
	g sparse-checkout set --cone docs
	change_a() {
		mkdir -p "$top/prompts"
		g show :prompts/a.yaml >"$top/prompts/a.yaml"
		echo 'description: three' >>"$top/prompts/a.yaml"
	}
	stage_a() { g add --sparse -- prompts/a.yaml; }
}
kind without_prompts 'works in a sparse checkout without the prompts' '
	mv 1 the sparse checkout leaves
'

kind_sha256() {
	git init -q --template= --object-format=sha256 r
	git -C "$BASE" archive main | tar -x -C r
	top=$PWD/r
	g add .
	g commit -q -m one
	is_bare=yes
}
kind sha256 'refuses sha256 objects' '
	* 128 only sha1 is supported
	doctor 0 "name":"repository","status":"fail"
'

kind_reftable() {
	copy_base
	g config core.repositoryFormatVersion 1
	g config extensions.refStorage reftable
	g() { :; }
	is_bare=yes
}
kind reftable 'refuses refs in reftables' '
	* 128 only files are supported
	doctor 0 "name":"repository","status":"fail"
'

kind_extension() {
	copy_base
	g config core.repositoryFormatVersion 1
	g config extensions.nextThing true
	is_bare=yes
	g() { :; }
}
kind extension 'refuses extensions it does not know' '
	* 128 unknown repository extension
	doctor 0 "name":"repository","status":"fail"
'

kind_version2() {
	copy_base
	g config core.repositoryFormatVersion 2
	is_bare=yes
	g() { :; }
}
kind version2 'refuses a repository format of the future' '
	* 128 repository format version 2 is unknown
	doctor 0 "name":"repository","status":"fail"
'

kind_worktree_config() {
	copy_base main
	g config core.repositoryFormatVersion 1
	g config extensions.worktreeConfig true
	g config extensions.objectFormat sha1
	g config --unset pv.defaultBranch
	g worktree add -q ../linked -b wt
	top=$PWD/linked
	g config --worktree pv.defaultBranch main
}
kind worktree_config 'works with a configuration for each worktree'

kind_split_index() {
	copy_base
	g update-index --split-index
	echo more >>"$top/README"
	g update-index README
	g checkout -q HEAD README
}
kind split_index 'works with a split index except for commits' '
	commit,commit:staged,mv,cp,cherry-pick:field,rollback,import,experiment:create,experiment:life,experiment:conclude 128 the index is a split one
'

kind_many_files() {
	copy_base
	g config feature.manyFiles true
	g config index.version 4
	g config core.untrackedCache true
	g config core.preloadIndex true
	g config index.threads 4
	g update-index --index-version 4 --force-untracked-cache
	{
		printf '%s\n' '#!/bin/sh' 'printf "token\0/\0"'
	} >"$top/.git/monitor"
	chmod +x "$top/.git/monitor"
	g config core.fsmonitor "$top/.git/monitor"
	g config core.fsmonitorHookVersion 2
	g update-index --fsmonitor
	g status >/dev/null
}
kind many_files 'works with an index of version 4, caches, a monitor'

# A root commit gets a parent that has the prompts already.
kind_replace() {
	copy_base
	g replace --graft HEAD~2 \
		"$(g commit-tree -m extra "HEAD~1^{tree}" </dev/null)"
	g replace "$(g rev-parse HEAD:README)" \
		"$(echo other | g hash-object -w --stdin)"
	rm "$top/.git/objects/info/commit-graph"
	same 4 "$(g rev-list --count HEAD)"
}
kind replace 'follows objects that are replaced' '
	reindex 128 is not indexed
'

kind_grafts() {
	copy_base
	mkdir -p "$top/.git/info"
	echo "$(g rev-parse HEAD~2)" \
		"$(g commit-tree -m extra "HEAD~1^{tree}" </dev/null)" \
		>"$top/.git/info/grafts"
	rm "$top/.git/objects/info/commit-graph"
	g config advice.graftFileDeprecated false
	same 4 "$(g rev-list --count HEAD)"
}
kind grafts 'follows grafts' '
	reindex 128 is not indexed
'

kind_head_link() {
	copy_base
	g update-ref refs/heads/main HEAD
	ln -sf refs/heads/main "$top/.git/HEAD"
}
kind head_link 'refuses a HEAD that is a symbolic link' '
	* 128 HEAD is a symbolic link
	doctor 0 "name":"repository","status":"fail"
'

kind_twin_names() {
	copy_base
	g tag side HEAD~1
	g tag main HEAD~1
	g branch -q a/v1.0.0 HEAD
}
kind twin_names 'works when branches and tags have the same names'

kind_other_system() {
	copy_base
	g config core.ignoreCase true
	g config core.fileMode false
	g config core.symlinks false
	g config core.sharedRepository group
	g config core.checkStat minimal
	g config core.trustctime false
	echo 'Ada Lovelace <ada@example.org> <ada@example.com>' >mailmap
	g config mailmap.file "$PWD/mailmap"
	g config log.mailmap true
}
kind other_system 'works with settings of other file systems, a mailmap'

kind_safe_bare() {
	git clone -q --bare --template= "$BASE" r.git
	top=$PWD/r.git
	is_bare=yes
	export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.bareRepository
	export GIT_CONFIG_VALUE_0=explicit
	g() { GIT_DIR=$top git "$@"; }
}
kind safe_bare 'refuses a bare repository where git is told to' '
	* 128 cannot use the bare repository
'

kind_safe_bare_named() {
	kind_safe_bare
	export GIT_DIR="$top"
}
kind safe_bare_named 'works in a bare repository that GIT_DIR names' '
	files 128 needs a working tree
	diff:files,init 128 is a bare repository
'

# Another user: git has to be able to reach the scratch folder and git-pv.
OTHER=12345
if [ "$(id -u)" -ne 0 ]; then
	skip 'repositories of other users' 'only root can give files away'
elif ! command -v setpriv >/dev/null; then
	skip 'repositories of other users' 'there is no setpriv'
else
	chmod 755 "$SCRATCH" "$TRASH"
	as_other="setpriv --reuid=$OTHER --regid=$OTHER --clear-groups"

	kind_foreign() {
		copy_base
		chown -R $OTHER:$OTHER "$top"
		is_bare=yes
	}
	kind foreign 'refuses the repository of another user' '
		* 128 detected dubious ownership
	'

	kind_foreign_safe() {
		copy_base
		git config --file "$SCRATCH/safe" safe.directory "$top"
		chown -R $OTHER:$OTHER "$top"
		export GIT_CONFIG_GLOBAL="$SCRATCH/safe"
	}
	kind foreign_safe 'works where safe.directory names it'

	if $as_other git-pv version >"$SCRATCH/who" 2>&1; then
		kind_read_only() {
			copy_base
			git config --file "$SCRATCH/safe" safe.directory "*"
			chmod 644 "$SCRATCH/safe"
			export GIT_CONFIG_GLOBAL="$SCRATCH/safe"
			as=$as_other
		}
		kind read_only 'reads what it may not write' '
			writes 128 Permission denied
			merge-driver 129 Permission denied
			mergetool 128 Permission denied
		'
	else
		skip 'reads what it may not write' \
			"user $OTHER cannot run git-pv"
	fi
fi

finish
