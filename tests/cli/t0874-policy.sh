#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv policy: who may do what, and approvals that hold'

as() { # NAME
	GIT_COMMITTER_NAME=$1 GIT_COMMITTER_EMAIL=$1@example.com
	GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$1@example.com
	export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_AUTHOR_NAME \
		GIT_AUTHOR_EMAIL
}

policy() { # WHAT
	write pv.yaml <<-FILE
		environments: {production: {approvals: 1}}
		policy: $1
	FILE
	git add pv.yaml
	git commit -q -m Policy
}

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	text_prompt prompts/a.yaml "One {% include \"tone\" %}"
	text_prompt prompts/tone.yaml "Kindly."
	git add .
	git commit -q -m First
}

side() { # TEXT
	git switch -q -c exp/side
	text_prompt prompts/a.yaml "$1 {% include \"tone\" %}"
	git commit -q -a -m "$1"
	git switch -q main
}

it 'shows the policy with its defaults' '
	fresh r1
	git pv policy show --json >../out
	json ../out "[.protected_branches, .approvals, .approvers]" \
		"[[\"main\"],0,null]"
	policy "{approvals: 2, teams: {leads: [Ada@Example.com]}}"
	git pv policy show >../out
	has ../out "approvals: 2"
	has ../out "ada@example.com"
	git switch -q -c other
	policy "{approvals: 0}"
	git pv policy show >../out
	has ../out "approvals: 2"
'

it 'names no branch as the policy does not' '
	fresh r2
	policy "{branches: [main, \"exp/*\"]}"
	git pv branch exp/one
	expect_failure 1 git pv branch fix 2>../err
	is_error ../err "a branch may not be called"
	has ../err "exp/*"
	expect_failure 1 git pv switch -c fix 2>../err
	expect_failure 1 git rev-parse -q --verify fix
	git pv policy explain branch exp/two
	expect_failure 1 git pv policy explain branch fix >../out
	has ../out "refused: branch fix"
'

it 'counts approvals of what is there, and of nothing else' '
	fresh r3
	policy "{approvals: 1}"
	side Two
	expect_failure 1 git pv policy explain merge exp/side --json >../out
	json ../out "[.allowed, .reasons[0].rule, .reasons[0].message]" \
		"[false,\"approvals\",\"\\\"a\\\" has 0 of 1 approval\"]"
	id=$(git pv review open exp/side --into main -m Two --json | jq -r .id)
	(
		as bert
		git pv review approve "$id"
	)
	git pv policy explain merge exp/side >../out
	has ../out "1 of 1 approval"
	git switch -q exp/side
	text_prompt prompts/tone.yaml "Rudely."
	git commit -q -a -m Rude
	git switch -q main
	expect_failure 1 git pv policy explain merge exp/side >../out
	has ../out "\"a\" has 0 of 1 approval"
	has ../out "1 approved it before it changed"
'

it 'does not count who wrote it' '
	fresh r4
	policy "{approvals: 1}"
	(
		as bert
		side Two
	)
	id=$(git pv review open exp/side --into main -m Two --json | jq -r .id)
	(
		as bert
		git pv review approve "$id" || :
	)
	expect_failure 1 git pv policy explain merge exp/side >../out
	expect_failure 1 git pv policy explain approve exp/side \
		--as bert@example.com >../out
	has ../out "[self-approval]"
	git pv policy explain approve exp/side --as dora@example.com
'

it 'knows who wrote it by the mailmap of the branch, too' '
	fresh r10
	policy "{approvals: 2}"
	echo "Bert <bert@example.com> <bert@home.example>" >.mailmap
	echo "Dora <dora@example.com> <dora@home.example>" >>.mailmap
	git add .mailmap
	git commit -q -m map
	(
		as bert
		side Two
		# Whose branch it is does not say who people are.
		git switch -q exp/side
		git rm -q .mailmap
		git commit -q -m "No map"
		git switch -q main
	)
	id=$(git pv review open exp/side --into main -m Two --json | jq -r .id)
	(
		as bert
		GIT_COMMITTER_EMAIL=bert@home.example \
			GIT_AUTHOR_EMAIL=bert@home.example \
			git pv review approve "$id" 2>../err || :
		has ../err "your approval does not count"
	)
	expect_failure 1 git pv policy explain approve exp/side \
		--as BERT@home.example >../out
	has ../out "[self-approval]"
	for mail in dora@example.com dora@home.example; do
		(
			as dora
			GIT_COMMITTER_EMAIL=$mail GIT_AUTHOR_EMAIL=$mail \
				git pv review approve "$id"
		)
	done
	expect_failure 1 git pv policy explain merge exp/side >../out
	has ../out "\"a\" has 1 of 2 approvals"
	expect_failure 1 git pv review merge "$id"
'

it 'takes a push with the review that approves it' '
	fresh r5
	policy "{approvals: 1}"
	git init -q --bare ../server.git
	printf "#!/bin/sh\nexec git pv hook pre-receive\n" \
		>../server.git/hooks/pre-receive
	chmod +x ../server.git/hooks/pre-receive
	git remote add origin ../server.git
	git push -q origin main
	side Two
	git push -q origin exp/side
	id=$(git pv review open exp/side --into main -m Two --json | jq -r .id)
	git merge -q --no-ff -m Merge exp/side
	expect_failure 1 git push origin main 2>../out
	has ../out "has 0 of 1 approval"
	git push -q origin "refs/pv/reviews/*:refs/pv/reviews/*"
	expect_failure 1 git push origin main 2>../out
	(
		as bert
		git pv review approve "$id"
	)
	git push -q origin "refs/pv/reviews/*:refs/pv/reviews/*"
	git push -q origin main
	git push -q origin "refs/pv/reviews/*:refs/pv/reviews/*"
'

it 'says who may deploy, and deploys no more' '
	fresh r6
	policy "{deploy: {staging: [olga@example.com], \"*\": []}, release: [olga@example.com]}"
	git pv release -q --all
	expect_failure 1 git pv policy explain deploy a --env staging >../out
	has ../out "may not deploy there"
	has ../out "olga@example.com"
	git pv policy explain deploy a --env staging --as Olga@example.com
	expect_failure 1 git pv policy explain release a
	expect_failure 1 git pv deploy a -e staging --json >../out
	json ../out "[.checks[] | select(.ok | not) | .name]" "[\"policy\"]"
	expect_failure 1 git rev-parse -q --verify pv/deployments
	(
		as olga
		git pv deploy a -e staging
	)
	git rev-parse -q --verify pv/deployments
'

it 'refuses to guess' '
	fresh r7
	expect_failure 129 git pv policy explain dance a 2>../err
	expect_failure 129 git pv policy explain merge 2>../err
	expect_failure 129 git pv policy 2>../err
	expect_failure 128 git pv policy explain merge nowhere 2>../err
	policy "{aprovals: 1}"
	expect_failure 128 git pv policy show 2>../err
	is_error ../err "aprovals"
	expect_failure 128 git pv branch x 2>../err
'
finish
