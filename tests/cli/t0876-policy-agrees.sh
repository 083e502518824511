#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'explain, review merge, deploy, branch and the push hook agree'

# A table of policies, each with what is done under it and whether it may be.
# Every way to ask and to do it has to give the verdict of the table.

# as WHO COMMAND...
as() {
	who=$1
	shift
	GIT_AUTHOR_NAME=$who GIT_AUTHOR_EMAIL=$who@example.com \
		GIT_COMMITTER_NAME=$who GIT_COMMITTER_EMAIL=$who@example.com "$@"
}

set_up() {
	git init -q --bare server.git
	rm -f server.git/hooks/*
	printf '#!/bin/sh\nexec git pv hook pre-receive\n' \
		>server.git/hooks/pre-receive
	chmod +x server.git/hooks/pre-receive
	new_repo work
	rm -f work/.git/hooks/*
	cd work || exit 1
	text_prompt prompts/a.yaml 'One {% include "tone" %}'
	text_prompt prompts/b.yaml 'Other.'
	text_prompt prompts/tone.yaml 'Be kind.'
	text_prompt prompts/legal/terms.yaml 'The law.'
	text_prompt prompts/legal/free/faq.yaml 'Questions.'
	echo text >README.md
	git add .
	as amy git commit -q -m First
	git pv env create production -q
	git remote add origin ../server.git
	cd .. || exit 1
	mv work base
	mv server.git base.git
}

it 'sets up what each row begins with' set_up

count_row() {
	count=$(($(cat "$SCRATCH/rows" 2>/dev/null || echo 0) + 1))
	echo "$count" >"$SCRATCH/rows"
}

# fresh POLICY: the repository, and a server that has this policy, too.
fresh() {
	cd "$TRASH" || return 1
	rm -rf server.git work
	cp -R base.git server.git
	cp -R base work
	cd work || return 1
	printf '%b\n' "$1" >pv.yaml
	git add pv.yaml
	as amy git commit -q -m Policy
	given main
}

# given REF...: the server has it, whatever its hook would say.
given() {
	for ref; do
		git -C ../server.git fetch -q ../work "+$ref:$ref"
	done
}

# agrees NAME EXPECTED STATUS: one of those that were asked.
agrees() {
	case $2:$3 in
	yes:0 | no:1) return 0 ;;
	esac
	log "$1: expected $2, got status $3"
	cat ../said >&3
	return 1
}

# ask COMMAND...: its status, in $status.
ask() {
	status=0
	"$@" >../said 2>&1 || status=$?
}

# change FILE...: each is another one.
change() {
	for file; do
		case $file in
		-*) git rm -q "${file#-}" ;;
		prompts/a.yaml) text_prompt "$file" "Two {% include \"tone\" %}" ;;
		prompts/*) text_prompt "$file" "Changed here." ;;
		*) echo changed >"$file" ;;
		esac
	done
	git add -A
}

# merge NAME EXPECTED POLICY FILES AUTHOR APPROVERS [THEN]: a review of a branch;
# THEN runs between the votes and the question.
merge() {
	count_row
	it "merge: $1" "merge_row '$2' '$3' '$4' '$5' '$6' '${7:-:}'"
}

merge_row() {
	fresh "$2"
	git switch -q -c exp/x
	# shellcheck disable=SC2086
	change $3
	as "$4" git commit -q -m Change
	git switch -q main
	id=$(as carl git pv review open exp/x -m Change --json | jq -r .id)
	for voter in $5; do
		tick
		case $voter in
		no:*) as "${voter#no:}" git pv review reject -q "$id" -m No ;;
		*) as "$voter" git pv review approve -q "$id" 2>/dev/null ;;
		esac
	done
	tick
	eval "$6"
	given exp/x
	git -C ../server.git fetch -q ../work '+refs/pv/*:refs/pv/*'
	before=$(git rev-parse main)
	ask as carl git pv policy explain merge exp/x
	agrees explain "$1" "$status"
	as carl git merge -q --no-ff -m Merge exp/x
	ask as carl git push -q origin main
	agrees push "$1" "$status"
	git reset -q --hard "$before"
	git -C ../server.git update-ref refs/heads/main "$before"
	ask as carl git pv review merge "$id"
	agrees "review merge" "$1" "$status"
	# What git-pv itself merged is what the server takes.
	[ "$1" = no ] || {
		ask as carl git push -q origin main
		agrees "push of review merge" yes "$status"
	}
}

one='policy: {approvals: 1}'
two='policy: {approvals: 2}'
leads='policy: {approvals: 1, approvers: ["@leads"], teams: {leads: [lea@example.com, LEO@example.com]}}'
owners='policy:
  teams: {law: [lea@example.com]}
  paths:
    - {path: "prompts/**", approvals: 1}
    - {path: "prompts/legal/**", approvals: 1, approvers: ["@law"]}
    - {path: "prompts/legal/free/**", approvals: 0}'

merge 'nothing is asked for' yes 'policy: {}' prompts/b.yaml amy ''
merge 'no policy at all' yes '{}' prompts/b.yaml amy ''
merge 'nobody agreed' no "$one" prompts/b.yaml amy ''
merge 'somebody agreed' yes "$one" prompts/b.yaml amy ben
merge 'its author agreed' no "$one" prompts/b.yaml amy amy
merge 'its author in other letters agreed' no "$one" prompts/b.yaml amy AMY
merge 'who put it up agreed' no "$one" prompts/b.yaml amy carl
merge 'its author agreed, as he may' yes \
	'policy: {approvals: 1, self_approval: true}' prompts/b.yaml amy amy
merge 'one of two agreed' no "$two" prompts/b.yaml amy ben
merge 'two agreed' yes "$two" prompts/b.yaml amy 'ben dan'
merge 'one agreed twice' no "$two" prompts/b.yaml amy 'ben ben'
merge 'one agreed twice, in other letters' no "$two" prompts/b.yaml amy 'ben BEN'
merge 'an author and another agreed' no "$two" prompts/b.yaml amy 'amy ben'
merge 'somebody asks for changes' no "$one" prompts/b.yaml amy 'ben no:dan'
merge 'somebody does not any more' yes "$one" prompts/b.yaml amy 'no:ben ben'
merge 'somebody took it back' no "$one" prompts/b.yaml amy ben \
	'as ben git pv review withdraw -q "$id"'
merge 'one who may not' no "$leads" prompts/b.yaml amy ben
merge 'one of a team' yes "$leads" prompts/b.yaml amy lea
merge 'one of a team, in other letters' yes "$leads" prompts/b.yaml amy leo
merge 'one of a pattern of people' yes \
	'policy: {approvals: 1, approvers: ["*@example.com"]}' prompts/b.yaml amy ben
merge 'none of a pattern of people' no \
	'policy: {approvals: 1, approvers: ["*@example.org"]}' prompts/b.yaml amy ben
merge 'nobody may' no 'policy: {approvals: 1, approvers: []}' prompts/b.yaml amy ben
merge 'a file that is no prompt' no "$one" README.md amy ''
merge 'a file that is no prompt, agreed to' yes "$one" README.md amy ben
merge 'a prompt that goes' no "$one" -prompts/b.yaml amy ''
merge 'a prompt that goes, agreed to' yes "$one" -prompts/b.yaml amy ben
merge 'a prompt that comes' no "$one" prompts/new.yaml amy ''
merge 'a prompt that comes, agreed to' yes "$one" prompts/new.yaml amy ben
merge 'what another includes' yes "$one" prompts/tone.yaml amy ben
merge 'a prompt whose include is as it was' yes "$one" prompts/a.yaml amy ben
merge 'a prompt whose include has changed since' no "$one" prompts/a.yaml amy ben '
	text_prompt prompts/tone.yaml "Be curt."
	as amy git commit -q -a -m Curt
	given main'
merge 'a prompt that has changed since' no "$one" prompts/b.yaml amy ben '
	git switch -q exp/x
	text_prompt prompts/b.yaml "Again."
	as amy git commit -q -a -m Again
	git switch -q main
	as carl git pv review revise -q "$id"'
merge 'a prompt that has not, beside one that has' no "$one" \
	'prompts/a.yaml prompts/b.yaml' amy ben '
	git switch -q exp/x
	text_prompt prompts/b.yaml "Again."
	as amy git commit -q -a -m Again
	git switch -q main
	as carl git pv review revise -q "$id"'
merge 'owners: any path' no "$owners" prompts/b.yaml amy ''
merge 'owners: any path, agreed to by anybody' yes "$owners" prompts/b.yaml amy ben
merge 'owners: the last that fits, by another' no "$owners" \
	prompts/legal/terms.yaml amy ben
merge 'owners: the last that fits, by its team' yes "$owners" \
	prompts/legal/terms.yaml amy lea
merge 'owners: the last that fits asks for none' yes "$owners" \
	prompts/legal/free/faq.yaml amy ''
merge 'owners: two files, one of them agreed to by the right one' no "$owners" \
	'prompts/b.yaml prompts/legal/terms.yaml' amy ben
merge 'owners: two files, both agreed to' yes "$owners" \
	'prompts/b.yaml prompts/legal/terms.yaml' amy 'ben lea'
merge 'owners: no path fits' yes "$owners" README.md amy ''
merge 'a required check fails' no \
	'policy: {required_checks: [security]}' prompts/b.yaml amy '' '
	git switch -q exp/x
	text_prompt prompts/b.yaml "key AKIAIOSFODNN7EXAMPLQ"
	as amy git commit -q -a -m Key
	git switch -q main
	as carl git pv review revise -q "$id"'
merge 'a required check passes' yes \
	'policy: {required_checks: [syntax, security]}' prompts/b.yaml amy ''
merge 'a policy that lets itself in' no "$one" 'pv.yaml prompts/b.yaml' amy ''
merge 'a branch that is not protected' yes \
	'policy: {approvals: 1, protected_branches: ["release/*"]}' \
	prompts/b.yaml amy ''

# deploy NAME EXPECTED SETTINGS ACTOR APPROVERS [OPTIONS] [THEN]: b 1.1.0, which
# amy wrote, into production, by way of a review for there.
deploy() {
	count_row
	it "deploy: $1" "deploy_row '$2' '$3' '$4' '$5' '${6:-:}'"
}

deploy_row() {
	fresh "$2"
	git pv release -q --all
	text_prompt prompts/b.yaml 'Better.'
	as amy git commit -q -a -m Better
	git pv release -q b
	eval "$5"
	given main pv/deployments 'refs/tags/*'
	id=$(as carl git pv review open b@1.1.0 --for production --json |
		jq -r .id)
	for voter in $4; do
		tick
		as "$voter" git pv review approve -q "$id" 2>/dev/null
	done
	tick
	git -C ../server.git fetch -q ../work '+refs/pv/*:refs/pv/*'
	was=$(git rev-parse pv/deployments)
	ask as "$3" git pv policy explain deploy b@1.1.0 --env production
	agrees explain "$1" "$status"
	ask as "$3" git pv deploy b@1.1.0 --env production
	agrees deploy "$1" "$status"
	# The same with a policy that lets it through, which only this clone has.
	git update-ref refs/heads/pv/deployments "$was"
	echo 'environments: {production: {required_checks: [syntax]}}' >pv.yaml
	git commit -q -a -m Loose
	as "$3" git pv deploy -q b@1.1.0 --env production
	ask as "$3" git push -q origin pv/deployments
	agrees push "$1" "$status"
}

deploy 'nothing is asked for' yes '{}' eve ''
deploy 'one approval, and none there' no \
	'environments: {production: {approvals: 1}}' eve ''
deploy 'one approval' yes 'environments: {production: {approvals: 1}}' eve ben
deploy 'one approval by who wrote it' no \
	'environments: {production: {approvals: 1}}' eve amy
deploy 'one approval by who put it up' no \
	'environments: {production: {approvals: 1}}' eve carl
deploy 'two approvals, and one there' no \
	'environments: {production: {approvals: 2}}' eve ben
deploy 'two approvals' yes \
	'environments: {production: {approvals: 2}}' eve 'ben dan'
deploy 'the check "review", and none there' no \
	'environments: {production: {required_checks: [review]}}' eve ''
deploy 'the check "review"' yes \
	'environments: {production: {required_checks: [review]}}' eve ben
deploy 'by who may' yes \
	'policy: {deploy: {production: [eve@example.com]}}' eve ''
deploy 'by who may not' no \
	'policy: {deploy: {production: [olga@example.com]}}' eve ''
deploy 'by a team' yes \
	'policy: {teams: {ops: [eve@example.com]}, deploy: {production: ["@ops"]}}' \
	eve ''
deploy 'by who may elsewhere' no \
	'policy: {deploy: {staging: [eve@example.com], "*": []}}' eve ''
deploy 'by all others' yes \
	'policy: {deploy: {staging: [], "*": ["*"]}}' eve ''
deploy 'by who may, approved by who may not' no \
	'policy: {approvers: [lea@example.com]}\nenvironments: {production: {approvals: 1}}' \
	eve ben
deploy 'approved by who may' yes \
	'policy: {approvers: [lea@example.com]}\nenvironments: {production: {approvals: 1}}' \
	eve lea
deploy 'in a freeze' no 'environments: {production: {freeze: true}}' eve ''
deploy 'a check that fails' no \
	'environments: {production: {required_checks: [security]}}' eve '' '
	text_prompt prompts/b.yaml "key AKIAIOSFODNN7EXAMPLQ"
	as amy git commit -q -a --amend -m Better
	git tag -d b/v1.1.0
	git pv release -q b'

# branch NAME EXPECTED POLICY BRANCH
branch() {
	count_row
	it "branch: $1" "branch_row '$2' '$3' '$4'"
}

branch_row() {
	fresh "$2"
	ask git pv policy explain branch "$3"
	agrees explain "$1" "$status"
	ask git pv branch "$3"
	agrees branch "$1" "$status"
	git branch -f "$3" main
	ask git push -q origin "$3"
	agrees push "$1" "$status"
	ask git pv switch -q -c "$3-2"
	agrees switch "$1" "$status"
}

named='policy: {branches: [main, "exp/*", "feature/*"]}'
branch 'any name, without a rule' yes '{}' whatever
branch 'a name of the first pattern' yes "$named" exp/one
branch 'a name of the second pattern' yes "$named" feature/one
branch 'a name of no pattern' no "$named" fix-it
branch 'a name that is too deep' no "$named" exp/one/two
branch 'a name that only begins so' no "$named" experiment/one
branch 'a deep name, where that is allowed' yes \
	'policy: {branches: ["exp/**"]}' exp/one/two
branch 'nothing is allowed' no 'policy: {branches: []}' one

it 'has at least 60 rows' '
	[ "$(cat "$SCRATCH/rows")" -ge 60 ]
'
finish
