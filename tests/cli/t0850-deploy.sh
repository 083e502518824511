#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv deploy and env: what is live is a file on pv/deployments'

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	text_prompt prompts/a.yaml "One {{ x }}."
	text_prompt prompts/m.yaml "Middle."
	text_prompt prompts/z.yaml "Last."
	git pv commit -q -m first >/dev/null
	text_prompt prompts/a.yaml "Two {{ x }}."
	git pv commit -q -m second >/dev/null
}

live() { # ENVIRONMENT: its file
	git show "refs/heads/pv/deployments:$1.yaml"
}

it 'makes a version live by a commit that touches nothing else' '
	fresh r1
	head=$(git rev-parse HEAD)
	git pv deploy a@1.0.0 --env production -m "Calmer" --json >../out
	id=$(git rev-parse refs/heads/pv/deployments)
	json ../out "[.success, .deployment_id, .version, .previous, .changed]" \
		"[true,\"$id\",\"1.0.0\",null,true]"
	json ../out "[.commit, .blob]" "[\"$(git rev-parse HEAD~1)\",\"$(
		git rev-parse HEAD~1:prompts/a.yaml)\"]"
	same "$head" "$(git rev-parse HEAD)"
	is_clean
	same production.yaml "$(git ls-tree --name-only refs/heads/pv/deployments)"
	same "" "$(git log -1 --format=%P refs/heads/pv/deployments)"
	git pv show a@env:production --raw >../raw
	has ../raw "One"
	check_repo
'

it 'says in trailers what it did, and nobody can forge them' '
	cd r1
	git pv deploy a --env staging -m "Why
Pv-Actor: Mallory"
	git log -1 --format=%B refs/heads/pv/deployments >../message
	git interpret-trailers --parse <../message >../trailers
	same "Pv-Actor: Carl Committer <carl@example.com>" \
		"$(grep "^Pv-Actor" ../trailers)"
	has ../trailers "Pv-Action: deploy"
	has ../trailers "Pv-Environment: staging"
	has ../trailers "Pv-Prompt: a"
	has ../trailers "Pv-Version: 1.1.0"
	has ../trailers "Pv-Commit: $(git rev-parse HEAD)"
	has ../trailers "Pv-Blob: $(git rev-parse HEAD:prompts/a.yaml)"
	has ../trailers "Pv-Reason: Why Pv-Actor: Mallory"
	has ../trailers "Pv-Checks: syntax=ok"
'

it 'keeps entries sorted, and all other bytes' '
	fresh r2
	git pv deploy m -e staging
	git pv deploy z -e staging
	live staging >../before
	git pv deploy a -e staging
	live staging >../after
	same "a: m: z:" "$(grep "^[a-z]" ../after | tr "\n" " " | sed "s/ $//")"
	lines=$(wc -l <../before)
	tail -n "$lines" ../after >../tail
	cmp_files ../before ../tail
	git pv deploy a@1.0.0 -e staging
	live staging | tail -n "$lines" >../tail
	cmp_files ../before ../tail
	has ../after "version: 1.1.0"
	live staging >../after
	same 3 "$(grep -c "version: 1.0.0" ../after)"
	same 3 "$(grep -c "^[a-z]" ../after)"
'

it 'keeps what people wrote into the file' '
	fresh r3
	git pv deploy m -e staging
	live staging >../staging.yaml
	{ echo "# ours"; cat ../staging.yaml; echo "# the end"; } >../edited
	blob=$(git hash-object -w ../edited)
	tree=$(printf "100644 blob %s\tstaging.yaml\n" "$blob" | git mktree)
	commit=$(git commit-tree -p pv/deployments -m edited "$tree")
	git update-ref refs/heads/pv/deployments "$commit"
	git pv deploy a z -e staging
	live staging >../now
	same "# ours" "$(head -n 1 ../now)"
	has ../now "# the end"
	same "a: m: z:" "$(grep "^[a-z]" ../now | tr "\n" " " | sed "s/ $//")"
	same 0 "$(git diff --numstat pv/deployments~1 pv/deployments | cut -f 2)"
'

it 'refuses a file that it could not edit without loss' '
	fresh r4
	for text in "[1]" "{m: {commit: x}}" "a: [" "- a"; do
		tree=$(printf "100644 blob %s\tstaging.yaml\n" \
			"$(echo "$text" | git hash-object -w --stdin)" |
			git mktree)
		commit=$(git commit-tree -m odd "$tree")
		git update-ref refs/heads/pv/deployments "$commit"
		expect_failure 128 git pv deploy a -e staging 2>../err
		same "$commit" "$(git rev-parse refs/heads/pv/deployments)"
	done
'

it 'does nothing for what is live already' '
	fresh r5
	git pv deploy a m -e staging
	id=$(git rev-parse pv/deployments)
	git pv deploy a m -e staging >../out
	has ../out "is live already"
	same "$id" "$(git rev-parse pv/deployments)"
	git pv deploy a m z -e staging --json >../out
	json ../out "[.prompts[] | .changed]" "[false,false,true]"
	same z "$(git log -1 --format="%(trailers:key=Pv-Prompt,valueonly)" \
		pv/deployments | head -n 1)"
	git pv deploy z -e staging --canary 10 --json >../out
	json ../out .changed true
'

it 'refuses at a gate, with the checks and without a commit' '
	fresh r6
	text_prompt prompts/bad.yaml "Say {{ oops"
	text_prompt prompts/off.yaml "Off."
	echo "active: false" >>prompts/off.yaml
	git add .
	git commit -q -m Bad
	expect_failure 1 git pv deploy a bad -e staging --json >../out
	json ../out "[.success, .deployment_id]" "[false,null]"
	json ../out "[.checks[] | select(.ok | not) | .name] | contains([\"syntax\"])" \
		true
	expect_failure 1 git pv deploy off -e staging >../out 2>../err
	has ../out "[untagged]"
	has ../out "[inactive]"
	has ../err "\"staging\" stays as it was"
	expect_failure 1 git pv deploy off -e staging --inactive-ok >../out 2>&1
	lacks ../out "[inactive]"
	expect_failure 1 git rev-parse -q --verify pv/deployments
	git pv deploy off -e staging --inactive-ok --allow-untagged --dry-run
	expect_failure 1 git rev-parse -q --verify pv/deployments
	git pv deploy off -e staging --inactive-ok --allow-untagged
	same "  version: null" "$(live staging | grep "version:")"
'

it 'asks what the default branch requires, not the one that is deployed' '
	fresh r7
	echo "environments: {production: {required_checks: [review]}, qa: {}}" \
		>pv.yaml
	git add pv.yaml
	git commit -q -m Settings
	expect_failure 1 git pv deploy a -e production >../out 2>&1
	has ../out "[not-approved]"
	git switch -q -c side
	echo "environments: {production: {required_checks: []}}" >pv.yaml
	git commit -q -a -m "Let me in"
	expect_failure 1 git pv deploy a -e production >../out 2>&1
	git pv deploy a -e qa
	echo "environments: {production: {required_checks: [], approvals: 1}}" \
		>pv.yaml
	git commit -q -a -m Approvals
	git branch -q -f main
	expect_failure 1 git pv deploy a -e production >../out 2>&1
	has ../out "[not-approved]"
'

it 'says which environment it takes, and knows no other' '
	fresh r8
	expect_failure 129 git pv deploy a 2>../err
	has ../err "which environment?"
	expect_failure 128 git pv deploy a -e prodution 2>../err
	is_error ../err "no environment \"prodution\""
	expect_failure 128 git pv deploy a -e ../x 2>../err
	is_error ../err "bad environment name"
	PV_ENVIRONMENT=staging git pv deploy a --json >../out 2>../err
	json ../out "[.environment, .environment_from]" \
		"[\"staging\",\"PV_ENVIRONMENT\"]"
	has ../err "from PV_ENVIRONMENT"
	git config pv.environments.default production
	git pv env show --json >../out
	json ../out "[.environment, .environment_from]" \
		"[\"production\",\"git config\"]"
	expect_failure 128 git pv deploy a a@1.0.0 -e staging 2>../err
	is_error ../err "twice"
	expect_failure 128 git pv deploy a@:worktree -e staging 2>../err
	expect_failure 129 git pv deploy a -e staging --canary 101 2>../err
'

it 'deploys a version as its tag has it, whatever is asked' '
	fresh r9
	write other.txt <<-FILE
		other
	FILE
	git add other.txt
	git commit -q -m Other
	git pv deploy a -e staging --json >../out
	json ../out .commit "$(git rev-parse HEAD~1)"
	git pv deploy a@main -e staging --json >../out
	json ../out .changed false
'

it 'lists and shows what is live' '
	cd r5
	git pv env list --json >../out
	json ../out "[.[] | [.environment, .prompts]]" "[[\"staging\",3]]"
	git pv env show staging --json >../out
	json ../out "[.prompts[] | [.id, .canary]]" \
		"[[\"a\",null],[\"m\",null],[\"z\",10]]"
	json ../out .deployment_id "$(git rev-parse pv/deployments)"
	git pv env show staging >../out
	has ../out "10 %"
	expect_failure 128 git pv env show nope 2>../err
	expect_failure 129 git pv env frob 2>../err
'

it 'works in a bare repository and in a linked worktree' '
	fresh r10
	git clone -q --bare . ../bare.git
	git -C ../bare.git pv deploy a -e staging
	git -C ../bare.git pv env show staging >../out
	has ../out "a  1."
	git worktree add -q ../linked
	cd ../linked
	git pv deploy a -e staging
	git -C ../r10 pv env show staging >../out
	has ../out "a  1."
'

it 'moves the branch also while a working tree has it' '
	fresh r11
	git pv deploy a -e staging
	git worktree add -q ../deployments pv/deployments
	git pv deploy m -e staging 2>../err
	has ../err "a working tree has pv/deployments"
	has ../err "git restore"
	git -C ../deployments restore --source=HEAD --staged --worktree .
	same "" "$(git -C ../deployments status --porcelain)"
	has ../deployments/staging.yaml "m:"
'

it 'goes on from origin, and stops where the two have diverged' '
	fresh r12
	git clone -q --bare . ../origin12.git
	git clone -q ../origin12.git ../c12
	git -C ../origin12.git pv deploy a -e staging
	cd ../c12
	git fetch -q
	git pv env show staging >../out
	has ../out "a  1."
	git pv deploy m -e staging
	same "$(git rev-parse origin/pv/deployments)" \
		"$(git rev-parse pv/deployments~1)"
	git -C ../origin12.git pv deploy z -e staging
	git fetch -q
	id=$(git rev-parse pv/deployments)
	expect_failure 1 git pv deploy a@1.0.0 -e staging 2>../err
	is_error ../err "diverged"
	same "$id" "$(git rev-parse pv/deployments)"
'

it 'loses nothing when many deploy at once' '
	new_repo r13
	cd r13
	for i in 1 2 3 4 5 6 7 8; do
		text_prompt prompts/p$i.yaml "Prompt $i."
	done
	git pv commit -q -m first >/dev/null
	for i in 1 2 3 4 5 6 7 8; do
		(
			git pv deploy p$i -e staging
			git pv deploy p$i -e production
		) >../out.$i 2>&1 &
	done
	wait
	same 16 "$(git rev-list --count pv/deployments)"
	same 16 "$(git rev-list --count --first-parent pv/deployments)"
	git pv env list --json >../out
	json ../out "[.[] | [.environment, .prompts]]" \
		"[[\"production\",8],[\"staging\",8]]"
	check_repo
'
finish
