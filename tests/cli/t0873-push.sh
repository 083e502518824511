#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv hook judges pushes: a table of them, over real git push'

# Who is who: by address, as the policy knows them.
as() { # NAME
	GIT_COMMITTER_NAME=$1 GIT_COMMITTER_EMAIL=$1@example.com
	GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$1@example.com
	export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_AUTHOR_NAME \
		GIT_AUTHOR_EMAIL
}

policy() {
	write pv.yaml <<-FILE
		environments:
		  production: {required_checks: [syntax, security]}
		  reviewed: {approvals: 1}
		  frozen: {freeze: true}
		  since: {freeze: {from: 2001-01-01}}
		  fenced: {protected: true}
		policy:
		  branches: [main, "exp/*", "feature/*", "release/*"]
		  protected_branches: [main, "release/*"]
		  protected_tags: ["keep-*"]
		  required_checks: [syntax, security_validation]
		  teams: {ops: [olga@example.com]}
		  deploy: {production: ["@ops"], "*": ["*"]}
		  release: [carl@example.com, olga@example.com]
		  override: [boss@example.com]
		  max_file_size: 20000
		  paths:
		    - {path: "prompts/legal/**", approvals: 1}
	FILE
}

set_up() {
	as carl
	git init -q --bare server.git
	for hook in pre-receive update; do
		printf '#!/bin/sh\nexec git pv hook %s "$@"\n' "$hook" \
			>server.git/hooks/$hook
		chmod +x server.git/hooks/$hook
	done
	rm server.git/hooks/update
	new_repo work
	cd work || exit 1
	policy
	text_prompt prompts/a.yaml 'One {{ x }}.'
	text_prompt prompts/b.yaml 'Other.'
	text_prompt prompts/legal/terms.yaml 'The law.'
	echo text >README.md
	git add .
	git commit -q -m First
	git pv release -q --all
	tick
	text_prompt prompts/a.yaml 'Two {{ x }}.'
	git commit -q -a -m Second
	git pv release -q a
	git tag keep-me
	git tag -a -m free free-tag
	git branch exp/side
	git branch release/1
	as boss
	git pv deploy a@1.0.0 -e frozen --freeze -m once >/dev/null
	git pv deploy a -e frozen --freeze -m twice >/dev/null
	as carl
	git pv deploy a -e fenced >/dev/null
	git pv deploy a@1.0.0 -e staging -m first >/dev/null
	git pv deploy a -e staging -m second >/dev/null
	git remote add origin ../server.git
	# The first push of all: there is no policy yet.
	git push -q origin main
	git push -q origin 'refs/tags/*' exp/side release/1 pv/deployments
	git update-ref refs/pv/archive/old main~1
	git update-ref refs/pv/keep/202601 main
	git push -q origin 'refs/pv/*:refs/pv/*'
	# Few files, as both are copied for each row.
	git gc -q
	git -C ../server.git gc -q
	cd ..
	rm -rf server.git/hooks/*.sample work/.git/hooks/*.sample
	mv server.git base.git
	mv work base
}

it 'takes what there is to begin with' '
	set_up
	git -C base.git for-each-ref >refs
	has refs refs/heads/pv/deployments
	has refs refs/tags/legal/terms/v1.0.0
'

# Commits what is there.
done_with() { # SUBJECT [TRAILERS]
	git add -A
	git commit -q -m "$1" ${2:+-m "$2"}
}

# A commit on pv/deployments with this file and this message.
put() { # ENVIRONMENT MESSAGE <FILE
	blob=$(git hash-object -w --stdin)
	{
		git ls-tree pv/deployments | grep -v "	$1.yaml\$" || :
		printf '100644 blob %s\t%s.yaml\n' "$blob" "$1"
	} | git mktree >../tree
	git update-ref refs/heads/pv/deployments "$(git commit-tree \
		-p pv/deployments -m "$2" "$(cat ../tree)")"
}

# The last deployment once more, its message or file edited by sed.
redo() { # WHAT(message|file) SED
	git show pv/deployments:staging.yaml >../file
	git log -1 --format=%B pv/deployments >../message
	sed -e "$2" "../$1" >../edited
	mv ../edited "../$1"
	git update-ref refs/heads/pv/deployments pv/deployments~1
	put staging "$(cat ../message)" <../file
}

tag_with() { # TAG COMMIT SED: a version, its message edited
	git cat-file tag a/v1.1.0 | sed -n '/^$/,$p' | sed -e 1d -e "$3" >../message
	git tag -f -a --cleanup=verbatim -F ../message "$1" "$2"
}

fresh() {
	cd "$TRASH"
	rm -rf server.git work
	cp -R base.git server.git
	cp -R base work
	cd work
}

# row NAME REFS EXPECTED BODY: what BODY makes is pushed. Taken when EXPECTED
# is "taken", else refused, by words of the message, and nothing moves.
row() {
	count=$(($(cat "$SCRATCH/rows" 2>/dev/null || echo 0) + 1))
	echo "$count" >"$SCRATCH/rows"
	it "$1" "fresh
$4
judge '$3' $2"
}

judge() { # EXPECTED REFS...
	expected=$1
	shift
	git -C ../server.git for-each-ref >../before
	rc=0
	git push origin "$@" >../out 2>&1 || rc=$?
	git -C ../server.git for-each-ref >../after
	case $expected in
	taken)
		[ $rc -eq 0 ] || cat ../out
		same 0 $rc
		! cmp -s ../before ../after
		git -C ../server.git fsck --no-dangling >/dev/null
		;;
	*)
		has ../out "$expected"
		same 1 $rc
		cmp_files ../before ../after
		;;
	esac
}

# --- branches ------------------------------------------------------------------

row 'a change of main' main taken '
	text_prompt prompts/b.yaml "Another."; done_with Change'
row 'a prompt more' main taken '
	text_prompt prompts/c.yaml "Third."; done_with Add'
row 'a prompt less' main taken '
	git rm -q prompts/b.yaml; done_with Remove'
row 'a file that is no prompt' main taken '
	echo more >README.md; done_with Docs'
row 'a merge of what is known' main taken '
	git switch -q exp/side; text_prompt prompts/b.yaml "Side."
	done_with Side; git push -q origin exp/side; git switch -q main
	text_prompt prompts/a.yaml "Main {{ x }}."; done_with Main
	git merge -q -m Merge exp/side'
row 'a new branch of an allowed name' exp/new taken '
	git switch -q -c exp/new; text_prompt prompts/b.yaml "New."; done_with New'
row 'a new branch without commits' feature/x taken '
	git branch feature/x'
row 'a forced push to a free branch' +exp/side taken '
	git branch -f exp/side main~1'
row 'the end of a free branch' :exp/side taken :
row 'a branch of another name' fix-it "may not be called" '
	git branch fix-it'
row 'a branch that is too deep' exp/a/b "may not be called" '
	git branch exp/a/b'
row 'a branch that differs in case' HEAD:refs/heads/EXP/side "in case only" :
row 'a branch with a blank of another kind' \
	"HEAD:refs/heads/exp/a$(printf '\342\200\213')b" "[branch-name]" :
row 'a branch called as an id' \
	HEAD:refs/heads/0123456789012345678901234567890123456789 \
	"[branch-name]" :
row 'a branch that the new policy would allow' main\ fix-it \
	"may not be called" '
	sed -i "s/release\/\*\"\]/release\/*\", fix-it]/" pv.yaml
	done_with Policy; git branch fix-it'
row 'a forced push to main' +main "loses no commits" '
	git commit -q --amend -m Other'
row 'main set back' +main~1:main "loses no commits" :
row 'a forced push to a protected pattern' +main~1:release/1 \
	"loses no commits" :
row 'the end of main' :main "is not deleted" '
	git -C ../server.git symbolic-ref HEAD refs/heads/exp/side
	git -C ../server.git config pv.defaultBranch main'
row 'the end of a protected pattern' :release/1 "is not deleted" :
row 'another history as main' +main "loses no commits" '
	git switch -q --orphan other; policy; git add pv.yaml
	git commit -q -m Other; git branch -f main'

# --- files ---------------------------------------------------------------------

row 'a prompt that does not load' main "[yaml-syntax]" '
	echo "prompt: [" >prompts/bad.yaml; done_with Bad'
row 'a template that does not compile' main "prompts/bad.yaml:" '
	text_prompt prompts/bad.yaml "{{ x"; done_with Bad'
row 'a prompt without a text' main "prompts/bad.yaml:" '
	echo "name: x" >prompts/bad.yaml; done_with Bad'
row 'a broken prompt on a free branch' exp/new "prompts/bad.yaml:" '
	git switch -q -c exp/new; echo "prompt: [" >prompts/bad.yaml; done_with Bad'
row 'a broken prompt that was mended' main taken '
	echo "prompt: [" >prompts/bad.yaml; done_with Bad
	text_prompt prompts/bad.yaml "Good."; done_with Good'
row 'conflict markers' main "prompts/b.yaml:" '
	printf "<<<<<<< a\nprompt: a\n=======\nprompt: b\n>>>>>>> b\n" \
		>prompts/b.yaml; done_with Bad'
row 'a link among the prompts' main "is a symbolic link" '
	ln -s ../README.md prompts/link.yaml; done_with Link'
row 'a link that leads out' main "is a symbolic link" '
	ln -s /etc/passwd prompts/link.yaml; done_with Link'
row 'a link instead of the folder' main "is a symbolic link" '
	git rm -q -r prompts; ln -s /etc prompts; done_with Link'
row 'a link as pv.yaml' main "is a symbolic link" '
	rm pv.yaml; ln -s README.md pv.yaml; done_with Link'
row 'a link that was there for one commit' main "is a symbolic link" '
	ln -s /etc/passwd prompts/link.yaml; done_with Link
	git rm -q prompts/link.yaml; done_with Gone'
row 'a link on the side of a merge' main "is a symbolic link" '
	git switch -q -c side; ln -s /etc/passwd prompts/link.yaml; done_with Link
	git rm -q prompts/link.yaml; done_with Gone
	git switch -q main; text_prompt prompts/b.yaml "B."; done_with B
	git merge -q -m Merge side'
row 'a link elsewhere' main taken '
	ln -s README.md link; done_with Link'
row 'a submodule among the prompts' main "is a submodule" '
	git update-index --add --cacheinfo \
		160000,"$(git rev-parse HEAD)",prompts/sub
	git commit -q -m Sub'
row 'a submodule elsewhere' main taken '
	git update-index --add --cacheinfo 160000,"$(git rev-parse HEAD)",sub
	git commit -q -m Sub'
row 'a file that is too large' main "20000 are allowed" '
	head -c 20001 /dev/zero >big; done_with Big'
row 'a large file that is gone again' main "20000 are allowed" '
	head -c 20001 /dev/zero >big; done_with Big
	git rm -q big; done_with Gone'
row 'a file that is just small enough' main taken '
	head -c 20000 /dev/zero >big; done_with Big'
row 'a large file with a larger limit beside it' main "20000 are allowed" '
	sed -i s/20000/99999/ pv.yaml; head -c 20001 /dev/zero >big; done_with Big'
row 'names that differ in case' main "differ in case only" '
	echo x >readme.md; done_with Case'
row 'prompts that differ in case' main "differ in case only" '
	cp prompts/a.yaml prompts/A.yaml; done_with Case'
row 'a prompt whose name is no id' main "cannot be a prompt" '
	cp prompts/a.yaml "prompts/Not good.yaml"; done_with Name'
row 'a prompt called as a version' main "cannot be a prompt" '
	mkdir prompts/v1.0.0; cp prompts/a.yaml prompts/v1.0.0/x.yaml; done_with Name'
row 'a secret in a prompt' main "security" '
	text_prompt prompts/b.yaml "key AKIAIOSFODNN7EXAMPLQ"; done_with Secret'
row 'settings that do not parse' main "pv.yaml:" '
	echo "a: [" >pv.yaml; done_with Settings'
row 'a policy that cannot be' main "pv.yaml:" '
	sed -i "s/protected_tags/guarded_tags/" pv.yaml; done_with Policy'

# --- who agreed ----------------------------------------------------------------

row 'what needs an approval' main "has 0 of 1 approval" '
	text_prompt prompts/legal/terms.yaml "New law."; done_with Law'
row 'the removal of what needs one' main "has 0 of 1 approval" '
	git rm -q prompts/legal/terms.yaml; done_with Law'
row 'what needs one, hidden in a merge' main "has 0 of 1 approval" '
	git switch -q -c side; text_prompt prompts/legal/terms.yaml "New law."
	done_with Law; git switch -q main
	text_prompt prompts/b.yaml "Harmless."; done_with Harmless
	git merge -q -m Merge side'
row 'what needs one, changed by the merge itself' main \
	"has 0 of 1 approval" '
	git switch -q -c side; text_prompt prompts/b.yaml "Side."; done_with Side
	git switch -q main; echo x >README.md; done_with Docs
	git merge -q --no-commit side; text_prompt prompts/legal/terms.yaml "Evil."
	git add -A; git commit -q -m Merge'
row 'what needs one, by way of a free branch' main "has 0 of 1 approval" '
	git switch -q exp/side; text_prompt prompts/legal/terms.yaml "New law."
	done_with Law; git push -q origin exp/side; git switch -q main
	git merge -q --ff-only exp/side'
row 'what needs one, and a policy that asks for none' main \
	"has 0 of 1 approval" '
	sed -i "s/approvals: 1}/approvals: 0}/" pv.yaml
	text_prompt prompts/legal/terms.yaml "New law."; done_with Law'
row 'what needs one, changed and changed back' main taken '
	text_prompt prompts/legal/terms.yaml "New law."; done_with Law
	git revert --no-edit HEAD'
row 'what needs one, on a free branch' exp/new taken '
	git switch -q -c exp/new
	text_prompt prompts/legal/terms.yaml "New law."; done_with Law'
row 'an override by who may' main taken '
	as boss; text_prompt prompts/legal/terms.yaml "New law."
	done_with Law "Pv-Override: the court said so"'
row 'an override by who may not' main "may not override" '
	text_prompt prompts/legal/terms.yaml "New law."
	done_with Law "Pv-Override: the court said so"'
row 'an override that nothing needs, by who may not' main \
	"[forged-trailer]" '
	text_prompt prompts/b.yaml "B."; done_with B "Pv-Override: just so"'
row 'an override of what is lost' +main "loses no commits" '
	as boss; git commit -q --amend -m Other -m "Pv-Override: I may"'
row 'an override of a broken prompt' main "prompts/bad.yaml:" '
	as boss; echo "prompt: [" >prompts/bad.yaml
	done_with Bad "Pv-Override: I may"'
row 'a review that nobody held' main "no such review" '
	text_prompt prompts/b.yaml "B."
	done_with B "Pv-Review: 0123456789012345678901234567890123456789"'
row 'a deployment that is none' main "as if it were a deployment" '
	text_prompt prompts/b.yaml "B."; done_with B "Pv-Action: deploy"'
row 'an actor on a branch' exp/side "as if it were a deployment" '
	git switch -q exp/side; text_prompt prompts/b.yaml "B."
	done_with B "Pv-Actor: carl <carl@example.com>"'

# --- versions and tags -----------------------------------------------------------

row 'a version with its branch' "main refs/tags/b/v1.1.0" taken '
	text_prompt prompts/b.yaml "B."; done_with B; git pv release -q b'
row 'a version before its branch' refs/tags/b/v1.1.0 "is not on the branch" '
	text_prompt prompts/b.yaml "B."; done_with B; git pv release -q b'
row 'a version that moves' +refs/tags/a/v1.1.0 "is published" '
	git tag -f -a -m x a/v1.1.0 main~1'
row 'a version that goes' :refs/tags/a/v1.1.0 "is not deleted" :
row 'a version that is no object' refs/tags/a/v1.2.0 "annotated tag" '
	git tag a/v1.2.0'
row 'a version without a word' refs/tags/a/v1.2.0 "name another version" '
	git tag -a -m x a/v1.2.0'
row 'a version called another' refs/tags/a/v1.2.0 "name another version" '
	tag_with a/v1.2.0 main ""'
row 'a version of another state' refs/tags/a/v1.2.0 "Pv-Blob" '
	tag_with a/v1.2.0 main~1 s/1.1.0/1.2.0/'
row 'a version of another closure' refs/tags/a/v1.2.0 "Pv-Closure" '
	tag_with a/v1.2.0 main "s/1.1.0/1.2.0/; s/^Pv-Closure: ./Pv-Closure: x/"'
row 'a version of no prompt' refs/tags/nope/v1.1.0 "no such prompt" '
	tag_with nope/v1.1.0 main "s/Pv-Prompt: a/Pv-Prompt: nope/"'
row 'a version by another' refs/tags/a/v1.2.0 "its tagger" '
	as olga; tag_with a/v1.2.0 main s/1.1.0/1.2.0/'
row 'a version by who may not release' "main refs/tags/b/v1.1.0" \
	"may not make versions" '
	as eve; text_prompt prompts/b.yaml "B."; done_with B; git pv release -q b'
row 'a free tag' refs/tags/mine taken '
	git tag mine'
row 'a free tag that moves' +refs/tags/free-tag taken '
	git tag -f free-tag main~1'
row 'a protected tag that moves' +refs/tags/keep-me "is not moved" '
	git tag -f keep-me main~1'
row 'a protected tag that goes' :refs/tags/keep-me "is not deleted" :

# --- deployments ------------------------------------------------------------------

row 'a deployment' pv/deployments taken '
	git pv deploy b -e staging -m why'
row 'several at once' pv/deployments taken '
	git pv deploy b -e staging; git pv deploy a b -e qa || :
	git pv deploy a@1.0.0 -e staging'
row 'a deployment by who may' pv/deployments taken '
	as olga; git pv deploy a -e production'
row 'a deployment by who may not' pv/deployments "may not deploy there" '
	git config commit.gpgSign false; as olga
	git pv deploy a -e production
	git log -1 --format=%B pv/deployments | sed s/olga/carl/g >../message
	git show pv/deployments:production.yaml | sed s/olga/carl/g >../file
	git update-ref refs/heads/pv/deployments pv/deployments~1
	as carl; put production "$(cat ../message)" <../file'
row 'a version that is not there yet' pv/deployments \
	"has no version \"1.1.0\" here" '
	text_prompt prompts/b.yaml "B."; done_with B; git pv release -q b
	git pv deploy b -e staging'
row 'a commit that is not there yet' pv/deployments "is on no branch" '
	text_prompt prompts/b.yaml "B."; done_with B
	git pv deploy b -e staging --allow-untagged'
row 'all that belongs to it' "main pv/deployments refs/tags/b/v1.1.0" taken '
	text_prompt prompts/b.yaml "B."; done_with B; git pv release -q b
	git pv deploy b -e staging'
row 'a revert by plain git' pv/deployments taken '
	git worktree add -q ../wt pv/deployments
	git -C ../wt revert --no-edit HEAD
	git worktree remove ../wt'
row 'a revert that brings something else' pv/deployments \
	"brings something else" '
	git show pv/deployments~1:staging.yaml | sed s/first/fast/ >../file
	put staging "Revert

This reverts commit $(git rev-parse pv/deployments)." <../file'
row 'a deployment without trailers' pv/deployments "has no trailers" '
	git show pv/deployments:staging.yaml | sed s/second/third/ >../file
	put staging Edited <../file'
row 'another version than the trailers say' pv/deployments \
	"is another than its trailers say" '
	git pv deploy b -e staging
	redo message "s/Pv-Version: 1.0.0/Pv-Version: 1.1.0/"'
row 'another version than the file has' pv/deployments \
	"is another than its trailers say" '
	git pv deploy b -e staging; redo file "/^b:/,/commit/s/1.0.0/1.1.0/"'
row 'an actor who is not who commits' pv/deployments \
	"is by another than its Pv-Actor" '
	git pv deploy b -e staging
	redo message "s/Pv-Actor: Carl/Pv-Actor: Olga/"'
row 'another environment than the trailers say' pv/deployments \
	"another environment than it says" '
	git pv deploy b -e staging
	redo message "s/Pv-Environment: staging/Pv-Environment: qa/"'
row 'another blob than the commit has' pv/deployments \
	"is not what its commit has" '
	git pv deploy b -e staging
	blob=$(git rev-parse main:prompts/b.yaml)
	other=$(git rev-parse main:README.md)
	git show pv/deployments:staging.yaml | sed "s/$blob/$other/" >../file
	git log -1 --format=%B pv/deployments | sed "s/$blob/$other/" >../message
	git update-ref refs/heads/pv/deployments pv/deployments~1
	put staging "$(cat ../message)" <../file'
row 'one more prompt than the trailers say' pv/deployments \
	"is not named in its trailers" '
	git pv deploy b -e staging; redo file "s/second/third/"'
row 'one prompt less than the trailers say' pv/deployments \
	"that it does not change" '
	git pv deploy b -e staging
	redo message "s/^Pv-Prompt: b/Pv-Prompt: z\nPv-Prompt: b/"'
row 'a file that is large by its comments' pv/deployments "beside its entries" '
	git pv deploy b -e staging
	redo file "1s/^/# $(printf %20200s x)\n/"'
row 'a file that is large by members of others' pv/deployments \
	"beside its entries" '
	git pv deploy b -e staging
	redo file "/^b:/,/commit/s/^  commit/  note: $(printf %20200s x)\n&/"'
row 'a file that is large by a word of its entry' pv/deployments \
	"beside its entries" '
	git pv deploy b -e staging -m "$(printf "y%21200sx" | tr " " x)"'
row 'a file with comments' pv/deployments taken '
	git pv deploy b -e staging
	redo file "1s/^/# $(printf %10000s x)\n/"'
row 'another canary than the trailers say' pv/deployments \
	"is another than its trailers say" '
	git pv deploy b -e staging --canary 10; redo file "s/canary: 10/canary: 90/"'
row 'a canary that the trailers do not say' pv/deployments \
	"is another than its trailers say" '
	git pv deploy b -e staging --canary 10; redo message "/Pv-Canary/d"'
row 'a canary' pv/deployments taken '
	git pv deploy b -e staging --canary 10
	git pv deploy a@1.0.0 -e staging --canary 0
	git pv rollback a -e staging'
row 'another reason than the trailers say' pv/deployments \
	"is another than its trailers say" '
	git pv deploy b -e staging -m "For good"
	redo file "/^b:/,\$s/For good/For bad/"'
row 'reasons of many lines' pv/deployments taken '
	git pv deploy b -e staging -m "  One
 two	\"three\": x

Pv-Actor: nobody  "
	git pv deploy a@1.0.0 -e staging -m " "
	git pv rollback a -e staging -m "back
to it "'
row 'another version that it comes from' pv/deployments \
	"is another than its trailers say" '
	git pv rollback a -e staging
	redo file "/^a:/,\$s/rolled_back_from: .*/rolled_back_from: 9.9.9/"'
row 'a version that it comes from, and nothing else' pv/deployments \
	"is not named in its trailers" '
	git pv rollback a -e staging; git push -q origin pv/deployments
	git pv deploy b -e staging
	redo file "/^a:/,/rolled/s/rolled_back_from: .*/rolled_back_from: 9.9.9/"'
row 'a prompt that is taken away' pv/deployments "is taken away" '
	git pv deploy b -e staging; redo file "/^a:/,/^  reason/d"'
row 'a file that is no environment' pv/deployments "staging.yaml:" '
	put staging "$(git log -1 --format=%B pv/deployments)" <README.md'
row 'a file that is none by its name' pv/deployments "is no environment" '
	put staging.yaml/x Folder </dev/null || :
	blob=$(git rev-parse main:README.md)
	tree=$(printf "100644 blob %s\tREADME.md\n" "$blob" | git mktree)
	git update-ref refs/heads/pv/deployments "$(git commit-tree \
		-p pv/deployments -m Odd "$tree")"'
row 'a merge of deployments' pv/deployments "is a merge" '
	git update-ref refs/heads/pv/deployments "$(git commit-tree \
		-p pv/deployments -p pv/deployments~1 -m Merge \
		"pv/deployments^{tree}")"'
row 'a commit that deploys nothing' pv/deployments "changes nothing" '
	git update-ref refs/heads/pv/deployments "$(git commit-tree \
		-p pv/deployments -m Nothing "pv/deployments^{tree}")"'
row 'a deployment that is taken back' +pv/deployments~1:pv/deployments \
	"loses no commits" :
row 'the end of all deployments' :pv/deployments "is not deleted" :
row 'a prompt that the gates refuse' pv/deployments "[secret]" '
	git switch -q -c exp/leak
	text_prompt prompts/b.yaml "key AKIAIOSFODNN7EXAMPLQ"; done_with Secret
	git push -q origin exp/leak
	commit=$(git rev-parse HEAD) blob=$(git rev-parse HEAD:prompts/b.yaml)
	git pv deploy b@main -e staging
	old=$(git rev-parse main) was=$(git rev-parse main:prompts/b.yaml)
	for what in message file; do
		git show pv/deployments:staging.yaml >../file
		git log -1 --format=%B pv/deployments >../message
	done
	edit="s/$was/$blob/; /b.yaml/!s/^Pv-Commit: .*/Pv-Commit: $commit/"
	sed -e "$edit" -e /^Pv-Version/d ../message >../message2
	awk -v c="$commit" -v b="$blob" "/^b:/ { on = 1 } /^[ac-z]/ { on = 0 }
		on && /version:/ { \$0 = \"  version: null\" }
		on && /commit:/ { \$0 = \"  commit: \" c }
		on && /blob:/ { \$0 = \"  blob: \" b } 1" ../file >../file2
	git update-ref refs/heads/pv/deployments pv/deployments~1
	put staging "$(cat ../message2)" <../file2'

# --- freezes and protected environments -----------------------------------------------

# The policy here, and only here: without what shuts environments.
loosen() {
	sed -i "s/freeze: true//; s/freeze: {from: 2001-01-01}//
		s/protected: true//" pv.yaml
	done_with Loose
}

row 'a deployment into a freeze' pv/deployments "[frozen]" '
	loosen; git pv deploy b -e frozen'
row 'one that is dated before the freeze' pv/deployments "[frozen]" '
	GIT_COMMITTER_DATE=2000-01-01T00:00:00Z git pv deploy b -e since'
row 'a deployment into a freeze by who may' pv/deployments taken '
	as boss; git pv deploy b -e frozen --freeze -m "it burns"'
row 'one by who may not, and says he may' pv/deployments \
	"may not override" '
	sed -i "s/\[boss/[carl/" pv.yaml; done_with Mine
	git pv deploy b -e frozen --freeze -m "it burns"'
row 'the way back in a freeze' pv/deployments taken '
	git pv rollback a -e frozen -m "it burns"'
row 'a policy that ends a freeze, pushed with what it lets in' \
	"main pv/deployments" "[frozen]" '
	loosen; git pv deploy b -e frozen'
row 'what has no version into a protected environment' pv/deployments \
	"[protected]" '
	git switch -q -c exp/early; text_prompt prompts/b.yaml "Early."
	done_with Early; git push -q origin exp/early; git switch -q main
	loosen; git pv deploy b@exp/early -e fenced --allow-untagged'
row 'a version into a protected environment' pv/deployments taken '
	git pv deploy b -e fenced'
row 'the end of a protected environment' pv/deployments \
	"a protected environment is not deleted" '
	loosen; git pv env delete fenced --force'
row 'the end of a frozen one' pv/deployments "[frozen]" '
	loosen; git pv env delete frozen --force'
row 'the end of any other' pv/deployments taken '
	git pv env delete staging --force'
row 'a new environment' pv/deployments taken '
	git pv env create qa'
row 'an environment that differs in case' pv/deployments "in case only" '
	git pv env create Staging'
row 'a link as an environment' pv/deployments "is no environment" '
	blob=$(printf /etc/passwd | git hash-object -w --stdin)
	tree=$({
		git ls-tree pv/deployments | grep -v staging.yaml
		printf "120000 blob %s\tstaging.yaml\n" "$blob"
	} | git mktree)
	git update-ref refs/heads/pv/deployments "$(git commit-tree \
		-p pv/deployments -m Link "$tree")"'

# --- git-pv's own refs ---------------------------------------------------------------

row 'an archive' refs/pv/archive/new taken '
	git update-ref refs/pv/archive/new main'
row 'an archive that moves' +refs/pv/archive/old "does not lose" '
	git update-ref refs/pv/archive/old main'
row 'an archive that goes' :refs/pv/archive/old "is not deleted" :
row 'what executions name, set back' +refs/pv/keep/202601 "does not lose" '
	git update-ref refs/pv/keep/202601 main~1'
row 'what a clone keeps for itself' refs/pv/remote/origin/tags/x \
	"is not shared" '
	git update-ref refs/pv/remote/origin/tags/x main'
row 'a ref of no kind' refs/pv/other "is not shared" '
	git update-ref refs/pv/other main'
row 'a review of no name' refs/pv/reviews/xy/1 "no review" '
	git update-ref refs/pv/reviews/xy/1 main'
big() { # A commit with a large file and a link among the prompts.
	git switch -q -c big
	printf %30000s x >big.txt
	ln -s /etc/passwd prompts/link.yaml
	done_with Big
	git switch -q main
}

said_of_review() { # WHO: a commit that names a review which carl opened
	git switch -q -c exp/said
	text_prompt prompts/b.yaml "Said."
	done_with Said
	id=$(git pv review open exp/said --into main --json | jq -r .id)
	(
		as olga
		git pv review approve "$id"
	)
	git switch -q main
	git merge -q --no-ff -m Merge -m "Reviewed-by: $1
Pv-Review: $id" exp/said
}

row 'a reviewer who has reviewed' "main refs/pv/reviews/*" taken '
	said_of_review "Olga <OLGA@example.com>"'
row 'a reviewer who has not' "main refs/pv/reviews/*" \
	"who has not approved in the review" '
	said_of_review "Eve <eve@example.com>"'
row 'a reviewer without a review' main taken '
	text_prompt prompts/b.yaml "Seen."
	done_with Seen "Reviewed-by: Eve <eve@example.com>"'
row 'a large file that comes by a tag' refs/tags/big-tag "[file-size]" '
	big; git tag big-tag big'
row 'a link that comes by an annotated tag' refs/tags/big-tag "[symlink]" '
	big; git tag -a -m x big-tag big'
row 'a large file that comes by an archive' refs/pv/archive/big \
	"[file-size]" 'big; git update-ref refs/pv/archive/big big'
row 'a large file that comes by a review' "refs/pv/reviews/*" "[file-size]" '
	big; git branch exp/big big; git pv review open exp/big --into main'
row 'a tag of a file' refs/tags/file-tag taken '
	git tag file-tag HEAD:README.md'
row 'a tag of a commit that no branch has' refs/tags/far taken '
	git switch -q -c far; echo far >README.md; done_with Far; git tag far'
row 'a branch that a tag brought before' exp/late "as if it were a deployment" '
	git switch -q -c exp/late; echo x >README.md
	done_with Late "Pv-Action: deploy"; git tag late
	git push -q origin refs/tags/late'
row 'all deployments anew, brought by a tag before' pv/deployments \
	"has no trailers" '
	git push -q --no-verify origin pv/deployments
	git -C ../server.git update-ref -d refs/heads/pv/deployments
	git show pv/deployments:staging.yaml | sed s/second/third/ >../file
	put staging Edited <../file
	git tag odd pv/deployments; git push -q origin refs/tags/odd'
row 'an object in place of another' \
	refs/replace/0123456789012345678901234567890123456789 "[other-ref]" '
	git update-ref refs/replace/0123456789012345678901234567890123456789 main'
row 'what a remote is to have' \
	pv/deployments:refs/remotes/origin/pv/deployments "[other-ref]" '
	git pv deploy b -e staging'
row 'notes, which are none of ours' refs/notes/commits taken '
	git notes add -m x'

# --- reviews ---------------------------------------------------------------------------

reviews='refs/pv/reviews/*:refs/pv/reviews/*'

# A review of a change, its id in ../id, pushed with "pushed".
opened() {
	git switch -q -c exp/reviewed
	text_prompt prompts/a.yaml 'Three {{ x }}.'
	git commit -q -a -m Third
	git pv review open exp/reviewed -m Three --json | jq -r .id >../id
	id=$(cat ../id)
	ref=refs/pv/reviews/$(printf %.2s "$id")/$id
	[ "${1:-}" != pushed ] || git push -q origin exp/reviewed "$reviews"
	tick
}

# The last event once more, made by another than its author.
remake() { # AUTHOR
	made=$(GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$1@example.com \
		git commit-tree -p "$ref~1" -m Approve "$ref^{tree}")
	git update-ref "$ref" "$made"
}

row 'a review' "$reviews" taken opened
row 'an approval by its author' "$reviews" taken '
	opened pushed
	as olga
	git pv review approve -q "$id"'
row 'an approval that another made' "$reviews" "was made by another" '
	opened pushed
	git pv review approve -q "$id"
	remake olga'
row 'one that another made, behind one that is right' "$reviews" \
	"was made by another" '
	opened pushed
	git pv review approve -q "$id"
	remake olga
	as dora
	git pv review comment -q "$id" -m "Well."'
row 'one that came in by another ref first' "$reviews" \
	"was made by another" '
	opened pushed
	git pv review approve -q "$id"
	remake olga
	git -C ../server.git fetch -q ../work "$ref:refs/other/hidden"'
row 'one that was joined from elsewhere' "$reviews" "was made by another" '
	opened pushed
	git pv review approve -q "$id"
	remake olga
	git update-ref "$ref" "$(git commit-tree -p "$id" -p "$ref" \
		-m Join "$(printf "100644 blob %s\tformat\n" \
			"$(git rev-parse "$ref:format")" | git mktree)")"'
row 'what two clones said, joined' "$reviews" taken '
	opened pushed
	git pv review comment -q "$id" -m Mine
	git clone -q ../server.git ../other
	git -C ../other fetch -q origin "refs/pv/*:refs/pv/*"
	GIT_COMMITTER_EMAIL=olga@example.com GIT_AUTHOR_EMAIL=olga@example.com \
		git -C ../other pv review comment -q "$id" -m Theirs
	git -C ../other push -q origin "$reviews"
	git pv sync -q --no-push
	same 3 "$(git pv review show "$id" --json | jq ".events | length")"
	rm -rf ../other'
row 'an approval that is pushed by its author' "$reviews" taken '
	opened pushed
	as olga
	git pv review approve -q "$id"
	PV_PUSHER=Olga@example.com
	export PV_PUSHER'
row 'an approval that is pushed by another' "$reviews" \
	"is pushed by another" '
	opened pushed
	as olga
	git pv review approve -q "$id"
	PV_PUSHER=carl@example.com
	export PV_PUSHER'
row 'a review that loses what was said' "+$reviews" "does not lose" '
	opened pushed
	git pv review comment -q "$id" -m One
	git push -q origin "$reviews"
	git update-ref "$ref" "$ref~1"'
row 'a commit that is called a review' "$reviews" "no review of that id" '
	id=$(git rev-parse main)
	git update-ref "refs/pv/reviews/$(printf %.2s "$id")/$id" main'
row 'a review by the name of another' "$reviews" "no review of that id" '
	opened
	other=$(printf %.2s "$id")$(printf %s "$id" |
		cut -c3- | tr 0-9a-f 1-9a-f0)
	git update-ref "refs/pv/reviews/$(printf %.2s "$id")/$other" "$ref"'
row 'an event that is not known' "$reviews" "not known here" '
	opened pushed
	blob=$(echo "{\"type\": \"blessed\", \"lamport\": 2}" |
		git hash-object -w --stdin)
	tree=$(printf "100644 blob %s\t%s\n" "$blob" event.json \
		"$(git rev-parse "$ref:format")" format | git mktree)
	git update-ref "$ref" "$(git commit-tree -p "$ref" -m x "$tree")"'

# --- the hooks themselves --------------------------------------------------------------

it 'has at least 80 scenarios' '
	[ "$(cat "$SCRATCH/rows")" -ge 80 ]
'

it 'knows the pusher when the server does' '
	fresh
	git pv deploy b -e staging
	PV_PUSHER=mallory@example.com
	export PV_PUSHER
	judge "is pushed by another" pv/deployments
	PV_PUSHER=Carl@Example.com
	git push -q origin pv/deployments
'

it 'tells of all that is wrong at once, and shouts an override' '
	fresh
	echo "prompt: [" >prompts/bad.yaml
	ln -s x prompts/link.yaml
	done_with Bad
	git tag -f a/v1.1.0 main~1
	judge "is a symbolic link" main +refs/tags/a/v1.1.0
	has ../out "prompts/bad.yaml:"
	has ../out "is published"
	has ../out "error: the push is refused"
	fresh
	as boss
	text_prompt prompts/legal/terms.yaml "New law."
	done_with Law "Pv-Override: the court said so"
	git push origin main 2>../out
	has ../out "OVERRIDE by boss@example.com: the court said so"
'

it 'judges ref by ref as the hook update' '
	fresh
	mv ../server.git/hooks/pre-receive ../server.git/hooks/update
	sed -i s/pre-receive/update/ ../server.git/hooks/update
	text_prompt prompts/b.yaml "Fine."
	done_with Fine
	git tag -f a/v1.1.0 main~1
	expect_failure 1 git push origin main +refs/tags/a/v1.1.0 2>../out
	has ../out "is published"
	same "$(git rev-parse main)" "$(git -C ../server.git rev-parse main)"
'

it 'finds objects that only an alternate has' '
	fresh
	git clone -q --bare --shared ../server.git ../fork.git
	cp ../server.git/hooks/pre-receive ../fork.git/hooks/
	text_prompt prompts/b.yaml "Fine."
	done_with Fine
	git push -q ../fork.git main
	ln -s x prompts/link.yaml
	done_with Link
	expect_failure 1 git push ../fork.git main 2>../out
	has ../out "is a symbolic link"
'

it 'takes nothing while the policy cannot be read' '
	fresh
	mv ../server.git/hooks/pre-receive ../hook
	echo "policy: {aprovals: 1}" >pv.yaml
	done_with Broken
	git push -q origin main
	mv ../hook ../server.git/hooks/pre-receive
	policy
	done_with Mended
	judge "knows no \"aprovals\"" main
	has ../out "is mended in the repository itself"
'

it 'refuses what is no update' '
	fresh
	echo x | expect_failure 129 git pv hook pre-receive 2>../err
	expect_failure 129 git pv hook update main x y 2>../err
	expect_failure 129 git pv hook post-receive 2>../err
	git pv hook pre-receive </dev/null
'
finish
