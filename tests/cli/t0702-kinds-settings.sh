#!/bin/sh
# SPDX-License-Identifier: MIT
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kinds.sh"
begin 'every command whatever git is told to do'
make_base

# unfinished: what was written before a commit fails is left to git gc.
unfinished() {
	fetched='*/objects/*'
}

# hook NAME: standard input becomes a hook.
hook() {
	mkdir -p "$top/.git/hooks"
	{ echo '#!/bin/sh' && cat; } >"$top/.git/hooks/$1"
	chmod +x "$top/.git/hooks/$1"
}

kind_hooks() {
	copy_base
	for name in pre-commit prepare-commit-msg commit-msg post-commit \
		pre-merge-commit post-merge post-checkout; do
		echo "echo $name >>\"$SCRATCH/hooks.ran\"" | hook $name
	done
	also() {
		cat "$SCRATCH/hooks.ran" >"$SCRATCH/ran" 2>/dev/null || :
		: >"$SCRATCH/hooks.ran"
		case $1 in
		commit* | mv | cp | cherry-pick:field | rollback | import | experiment:create | experiment:life | experiment:conclude)
			want='pre-commit prepare-commit-msg commit-msg post-commit' ;;
		revert | cherry-pick) want='prepare-commit-msg post-commit' ;;
		merge) want='pre-merge-commit prepare-commit-msg commit-msg post-merge' ;;
		switch) want=post-checkout ;;
		*) want= ;;
		esac
		same "$want" "$(paste -sd' ' "$SCRATCH/ran")"
	}
}
kind hooks 'runs the hooks that git runs'

kind_failing_hooks() {
	copy_base
	for name in pre-commit pre-merge-commit; do
		echo 'echo "never on Fridays" >&2; exit 3' | hook $name
	done
	unfinished
}
kind failing_hooks 'stops where a hook says no' '
	commit,commit:staged,mv,cp,cherry-pick:field,rollback,import,experiment:create,experiment:life,experiment:conclude 1 refused (exit status
	merge 1! git refused the commit
'

kind_no_verify() {
	kind_failing_hooks
	no_verify=--no-verify
	do_commit() { pv commit -n -m Three; }
	do_commit_staged() { pv commit --staged --no-verify -m Three; }
	do_rollback() { pv rollback a --to 1.0.0 --no-verify; }
	do_mv() { pv mv a moved/a --no-verify; }
	do_cp() { pv cp a copied/a --no-verify; }
	do_cherry_pick_field() {
		pv cherry-pick --no-verify --field description side
	}
	do_import() {
		pv import jsonl "$SCRATCH/one.jsonl" --commit --no-verify
	}
	do_merge() { pv merge --no-verify side; }
}
kind no_verify 'passes hooks by with --no-verify'

kind_hooks_path() {
	copy_base
	mkdir "$top/.git/own"
	echo 'printf "\nSeen-By: hook\n" >>"$1"' | hook prepare-commit-msg
	mv "$top/.git/hooks/prepare-commit-msg" "$top/.git/own"
	g config core.hooksPath .git/own
	echo 'exit 1' >"$top/.git/own/pre-commit"
	where=$top/prompts
	also() {
		case $1 in
		commit* | mv | cp | cherry-pick:field | rollback | import | experiment:create | experiment:life | experiment:conclude)
			same hook "$(g log -1 --format='%(trailers:key=Seen-By,valueonly,separator=)')"
			;;
		esac
	}
}
kind hooks_path 'finds hooks with core.hooksPath, only those to run'

kind_changing_hook() {
	copy_base
	hook pre-commit <<-'END'
		echo "$GIT_INDEX_FILE" >/dev/null
		echo "checked" >>README
		git add README
	END
	# As git commit --only: the index keeps what it had.
	came_commit() {
		moved && left 'MM README' &&
			same checked "$(g show HEAD:README | tail -n 1)"
	}
	came_commit_staged() { moved && left; }
	came_rollback() { came_commit; }
	came_mv() { came_commit; }
	came_cp() { came_commit; }
	came_cherry_pick_field() { came_commit; }
	came_import() { came_commit; }
	came_experiment_create() { came_commit; }
	came_experiment_life() {
		left 'MM README' && same 7 "$(g show HEAD:README | grep -c checked)"
	}
	came_experiment_conclude() { left 'MM README'; }
}
kind changing_hook 'commits what a hook stages'

kind_ssh() {
	copy_base
	ssh-keygen -q -t ed25519 -N '' -f "$PWD/key"
	echo "carl@example.com $(cat key.pub)" >signers
	g config gpg.format ssh
	g config user.signingKey "$PWD/key"
	g config gpg.ssh.allowedSignersFile "$PWD/signers"
	g config commit.gpgSign true
	g config tag.gpgSign true
	also() { signed "$1"; }
}
# signed COMMAND: the commit it made has a good signature.
signed() {
	case $1 in
	commit* | mv | cp | rollback | import | revert | cherry-pick* | merge | experiment:create | experiment:life | experiment:conclude)
		g verify-commit HEAD >"$SCRATCH/verified" 2>&1 || {
			cat "$SCRATCH/verified" >&3
			return 1
		}
		;;
	deploy | promote) g verify-commit pv/deployments >&3 2>&1 || return 1 ;;
	esac
}
if command -v ssh-keygen >/dev/null; then
	kind ssh 'signs with SSH'
else
	skip 'signs with SSH' 'there is no ssh-keygen'
fi

kind_gpg() {
	copy_base
	export GNUPGHOME="$SCRATCH/gnupg"
	g config user.signingKey carl@example.com
	g config commit.gpgSign true
	also() { signed "$1"; }
}
make_gpg_key() {
	mkdir -m 700 "$SCRATCH/gnupg"
	GNUPGHOME=$SCRATCH/gnupg gpg --batch --quiet --passphrase '' \
		--quick-generate-key 'Carl <carl@example.com>' ed25519 sign \
		never >"$SCRATCH/gpg.log" 2>&1
}
if make_gpg_key; then
	kind gpg 'signs with GPG'
	GNUPGHOME=$SCRATCH/gnupg gpgconf --kill all >/dev/null 2>&1
else
	skip 'signs with GPG' "no key: $(tail -n 1 "$SCRATCH/gpg.log")"
fi

kind_bad_signer() {
	copy_base
	g config commit.gpgSign true
	g config gpg.program /bin/false
	unfinished
}
kind bad_signer 'changes nothing where a signature fails' '
	commit,commit:staged,mv,cp,cherry-pick:field,rollback,import,experiment:create,experiment:life,experiment:conclude,deploy,promote,env:create,review:open,review:import,merge:into 128 git could not sign the commit
	merge 128! git merge exits with status
	revert 128! git revert exits with status
	cherry-pick 128! git cherry-pick exits with status
'

# The message as git writes it, whatever the command line gave.
message_is() {
	same "$1" "$(g log -1 --format=%B)"
}

kind_template() {
	copy_base
	printf '# Why?\n\nTicket: 7\n' >"$PWD/template"
	g config commit.template "$PWD/template"
	g config commit.verbose true
	g config commit.status false
	g config commit.cleanup scissors
	export GIT_EDITOR='f() { sed -i "1s/.*/Edited/" "$1"; }; f'
	do_commit() { pv commit; }
	also() {
		[ "$1" != commit ] || message_is "$(printf 'Edited\n\nTicket: 7')"
	}
}
kind template 'starts the message with commit.template'

kind_empty_template() {
	copy_base
	printf '# Only\n# comments\n' >"$PWD/template"
	g config commit.template "$PWD/template"
	do_commit() { pv commit; }
	unfinished
}
kind empty_template 'wants more than the comments of a template' '
	commit 128 the commit message is empty
'

kind_comment_char() {
	copy_base
	g config core.commentChar ';'
	g config commit.cleanup strip
	do_commit() {
		printf '; no\n\n\n# Yes  \n\n\n\nbody\n' | pv commit -F -
	}
	also() {
		[ "$1" != commit ] || message_is "$(printf '# Yes\n\nbody')"
	}
}
kind comment_char 'obeys core.commentChar and commit.cleanup'

kind_encoding() {
	copy_base
	g config i18n.commitEncoding ISO-8859-1
	g config i18n.logOutputEncoding UTF-8
	do_commit() { printf 'Gr\374\337e\n' | pv commit -F -; }
	also() {
		[ "$1" != commit ] && return
		g cat-file commit HEAD >"$SCRATCH/raw"
		has "$SCRATCH/raw" 'encoding ISO-8859-1' && message_is Grüße
	}
}
kind encoding 'writes messages in i18n.commitEncoding'

kind_identity() {
	copy_base
	unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME \
		GIT_COMMITTER_EMAIL GIT_COMMITTER_DATE
	export GIT_AUTHOR_EMAIL=env@example.com
	g config user.useConfigOnly true
	g config user.name User
	g config user.email user@example.com
	g config author.name Author
	g config committer.email committer@example.com
	also() {
		case $1 in
		commit* | mv | cp | rollback | import | experiment:create | experiment:life | experiment:conclude)
			same 'Author <env@example.com> User <committer@example.com>' \
				"$(g log -1 --format='%an <%ae> %cn <%ce>')"
			;;
		deploy | promote)
			same 'Author <env@example.com> User <committer@example.com>' \
				"$(g log -1 --format='%an <%ae> %cn <%ce>' pv/deployments)"
			;;
		esac
	}
}
kind identity 'takes names from variables, author.*, committer.*, user.*'

kind_nobody() {
	copy_base
	unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME \
		GIT_COMMITTER_EMAIL
	g config user.useConfigOnly true
	unfinished
}
kind nobody 'says that it does not know who commits' '
	commit,commit:staged,mv,cp,cherry-pick:field,rollback,import,release,experiment:create,experiment:life,experiment:conclude,deploy,promote,env:create,review:open,review:import,merge:into 128 identity unknown
	merge 128! git merge exits with status
	revert 128! git revert exits with status
	cherry-pick 128! git cherry-pick exits with status
'

kind_command_line() {
	copy_base
	g config --unset pv.defaultBranch
	g config pv.defaultBranch nowhere
	g config commit.gpgSign true
	g config gpg.program /bin/false
	export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=commit.gpgSign
	export GIT_CONFIG_VALUE_0=false
	pv() { git -c pv.defaultBranch=main pv "$@"; }
}
kind command_line 'obeys git -c and GIT_CONFIG_COUNT'

kind_includes() {
	copy_base
	g config --unset pv.defaultBranch
	git config --file "$PWD/more" pv.defaultBranch main
	g config includeIf.onbranch:main.path "$PWD/nothing"
	g config "includeIf.gitdir:$PWD/.path" "$PWD/more"
}
kind includes 'reads included configuration'

kind_autocrlf() {
	copy_base
	g config core.autocrlf true
	g config core.safecrlf false
	rm -r "$top/prompts" "$top/README" "$top/.git/index"
	g reset -q --hard
	grep -q "$(printf '\r')" "$top/prompts/a.yaml"
	change_a() { printf 'description: three\r\n' >>"$top/prompts/a.yaml"; }
	also() { [ "$1" != commit ] || no_cr; }
}
no_cr() {
	! g cat-file blob HEAD:prompts/a.yaml | grep -q "$(printf '\r')"
}
kind autocrlf 'keeps CRLF out of the repository with core.autocrlf'

kind_safecrlf() {
	copy_base
	g config core.autocrlf input
	g config core.safecrlf true
	change_a() { printf 'description: three\r\n' >>"$top/prompts/a.yaml"; }
	stage_a() { g -c core.safecrlf=false add -- prompts/a.yaml; }
}
kind safecrlf 'stops where core.safecrlf says so' '
	commit 128 CRLF would be replaced by LF
'

kind_eol_attribute() {
	copy_base
	echo '*.yaml text eol=crlf' >"$top/.gitattributes"
	g add .gitattributes
	g commit -q --amend -C HEAD
	g tag -d a/v1.1.0 >/dev/null
	g pv release -q a >/dev/null
	rm -r "$top/prompts" "$top/.git/index"
	g reset -q --hard
	change_a() { printf 'description: three\r\n' >>"$top/prompts/a.yaml"; }
	also() { [ "$1" != commit ] || no_cr; }
	came_init() {
		left ' M .gitattributes' '?? pv.yaml' \
			'?? schemas/prompt.schema.json' \
			'?? schemas/pv.schema.json'
	}
}
kind eol_attribute 'obeys eol=crlf in .gitattributes'

kind_filter() {
	copy_base
	mkdir -p "$top/.git/info"
	echo '*.yaml ident filter=upper' >"$top/.git/info/attributes"
	g config filter.upper.clean "sed 's/^# Local: .*//; /^\$/d'"
	g config filter.upper.smudge "sed '\$s/\$/\\n# Local: yes/'"
	g config filter.upper.required true
	rm -r "$top/prompts" "$top/.git/index"
	g reset -q --hard
	grep -q '# Local' "$top/prompts/a.yaml"
	also() {
		[ "$1" != commit ] ||
			! g cat-file blob HEAD:prompts/a.yaml | grep -q Local
	}
}
kind filter 'runs clean and smudge filters, expands ident'

kind_utf16() {
	copy_base
	mkdir -p "$top/.git/info"
	echo '*.yaml working-tree-encoding=UTF-16LE-BOM' \
		>"$top/.git/info/attributes"
	rm -r "$top/prompts" "$top/.git/index"
	g reset -q --hard
	change_a() {
		g cat-file blob HEAD:prompts/a.yaml >"$SCRATCH/a"
		echo 'description: three' >>"$SCRATCH/a"
		{ printf '\377\376' && iconv -f UTF-8 -t UTF-16LE "$SCRATCH/a"; } \
			>"$top/prompts/a.yaml"
	}
	# has_line LINE: the file is changed, to that.
	has_line() {
		iconv -f UTF-16 -t UTF-8 "$top/prompts/a.yaml" >"$SCRATCH/a" &&
			edited && has "$SCRATCH/a" "$1"
	}
	came_edit() { has_line 'temperature: 0.5'; }
	came_activate() { left; }
	came_deactivate() { has_line 'active: false'; }
}
kind utf16 'keeps files in their working-tree-encoding'

# Settings of what git prints must not reach what git-pv reads.
kind_display() {
	copy_base
	for setting in color.ui=always column.ui=always core.quotePath=false \
		core.abbrev=4 diff.noprefix=true diff.mnemonicPrefix=true \
		diff.external=/bin/false diff.renames=copies \
		diff.ignoreSubmodules=all log.showSignature=true \
		log.decorate=full log.follow=true log.date=relative \
		status.short=true status.branch=true \
		status.relativePaths=true status.showUntrackedFiles=no \
		status.displayCommentPrefix=true branch.sort=-committerdate \
		tag.sort=-version:refname versionsort.suffix=-rc \
		format.pretty=oneline merge.log=true merge.stat=false \
		merge.conflictStyle=diff3 rerere.enabled=true \
		core.pager=/bin/false advice.statusHints=false \
		push.followTags=true fetch.prune=true pull.rebase=true; do
		g config "${setting%%=*}" "${setting#*=}"
	done
	came_new() { same '' "$(g status --porcelain)"; }
	came_init() { came_new; }
	pv() { git-pv --color=never "$@"; }
	where=$top/prompts/support
	export GIT_TRACE2=0 GIT_FLUSH=1 GIT_OPTIONAL_LOCKS=0 GIT_PAGER=/bin/false
}
kind display 'is not swayed by settings of what git prints'

# Variables that change what git takes names for, or where it writes.
kind_variables() {
	copy_base
	export GIT_GLOB_PATHSPECS=1 GIT_ICASE_PATHSPECS=1
	export GIT_REFLOG_ACTION=mine GIT_MERGE_AUTOEDIT=yes
	export LC_ALL=C LANGUAGE=de GREP_OPTIONS=
	export GIT_EDITOR=false EDITOR=false VISUAL=false
	pv() { GIT_TRACE=1 git-pv "$@"; }
	also() {
		case $1 in
		commit*) same 'mine: Three' "$(g log -g -1 --format=%gs)" ;;
		esac
	}
}
kind variables 'obeys the variables of git'

kind_excluded() {
	copy_base
	echo '*.yaml' >"$PWD/ignore"
	g config core.excludesFile "$PWD/ignore"
	came_new() { [ -s "$top/prompts/extra/c.yaml" ] && left; }
	came_init() {
		[ -s "$top/pv.yaml" ] &&
			left '?? .gitattributes' '?? schemas/prompt.schema.json' \
				'?? schemas/pv.schema.json'
	}
}
kind excluded 'works on prompts that are ignored but tracked' '
	import 128 git ignores
'

kind_merge_settings() {
	copy_base
	g config merge.ff only
	unfinished
}
kind merge_settings 'obeys merge.ff' '
	merge 128 git merge exits with status
	merge:dry 128 is not ahead of this branch
	merge:into 128 is not ahead of
'

# Everything that a path of git may be, besides the prompts.
kind_other_names() {
	copy_base
	mkdir -p "$top/datasets/ö ü" "$top/prompts/Not an id"
	for name in 'datasets/ö ü/a b.jsonl' 'datasets/tab	x' 'datasets/"q"' \
		'datasets/-dash' 'datasets/*?[x]' 'datasets/:(top)'; do
		echo "$name" >"$top/$name"
	done
	echo x >"$top/datasets/$(printf 'new\nline')"
	echo x >"$top/datasets/$(printf 'latin\344')"
	text_prompt "$top/prompts/Not an id/x.yaml"
	g add .
	g commit -q --amend -C HEAD
	g tag -d a/v1.1.0 >/dev/null
	git -C "$top" pv release -q a >/dev/null
	g config core.quotePath false
	change_a() {
		for name in "$top"/datasets/* "$top"/datasets/*/*; do
			[ -d "$name" ] || echo more >>"$name"
		done
		printf 'description: three\n' >>"$top/prompts/a.yaml"
	}
	stage_a() { g add -A; }
	also() {
		[ "$1" != commit ] || same 9 \
			"$(g diff-tree -r -z --name-only HEAD~1 HEAD | tr -cd '\0' | wc -c)"
	}
}
kind other_names 'commits files whatever their names are' '
	check 1 "rule":
'

finish
