#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv promote: from one environment to another'

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	for id in a b c; do
		text_prompt "prompts/$id.yaml" "One of $id."
	done
	git pv commit -q -m first >/dev/null
	for id in a b; do
		text_prompt "prompts/$id.yaml" "Two of $id."
	done
	git pv commit -q -m second >/dev/null
}

tip() {
	git rev-parse -q --verify refs/heads/pv/deployments || :
}

# versions E: "a 1.0.0 ..." of what is live there.
versions() {
	git pv env show "$1" --json |
		jq -r "[.prompts[] | .id, .version] | join(\" \")"
}

it 'takes all that is live, and leaves what is live there alone' '
	fresh r1
	git pv deploy a@1.0 b c -e staging
	git pv deploy c -e production
	was=$(tip)
	git pv promote --from staging --to production -n >../out 2>../err
	has ../out "a 1.0.0 would go to production"
	lacks ../out "c 1.0.0"
	has ../err "1 of 3 are live already"
	same "$was" "$(tip)"
	git pv promote --from staging --to production -m "the week" --json >../out
	json ../out "[.success, .promoted_from, (.prompts[] | .changed)]" \
		"[true,\"staging\",true,true,false]"
	same "a 1.0.0 b 1.1.0 c 1.0.0" "$(versions production)"
	git log -1 --format=%B pv/deployments | git interpret-trailers --parse >../trailers
	has ../trailers "Pv-Promoted-From: staging"
	has ../trailers "Pv-Environment: production"
	same 2 "$(grep -c "^Pv-Prompt" ../trailers)"
	same 3 "$(git rev-list --count pv/deployments)"
'

it 'says so when there is nothing to do' '
	cd r1
	was=$(tip)
	git pv promote --from staging --to production >../out 2>../err
	same "" "$(cat ../out)"
	has ../err "3 of 3 are live already in \"production\""
	git pv promote --from staging --to production a --json >../out
	json ../out "[.id, .changed, .deployment_id]" "[\"a\",false,null]"
	same "$was" "$(tip)"
'

it 'takes those that are named, and refuses what is not there' '
	cd r1
	git pv deploy a b@1.0 -e staging
	expect_failure 128 git pv promote --from staging --to production a zz 2>../err
	has ../err "\"zz\" is not live in \"staging\""
	git pv promote --from staging --to production a
	same "a 1.1.0 b 1.1.0 c 1.0.0" "$(versions production)"
	expect_failure 129 git pv promote --from staging a 2>../err
	expect_failure 129 git pv promote --from staging --to staging 2>../err
	expect_failure 128 git pv promote --from nowhere --to production 2>../err
	git pv env create empty
	expect_failure 128 git pv promote --from empty --to production 2>../err
	has ../err "nothing is live in \"empty\""
	expect_failure 128 git pv promote --from staging --to prodution 2>../err
'

it 'asks the gates of where it goes, about what is new there' '
	fresh r2
	echo "environments: {production: {approvals: 1}}" >pv.yaml
	git add pv.yaml
	git commit -q -m Settings
	git pv deploy a@1.0 b c -e staging
	expect_failure 1 git pv promote --from staging --to production >../out 2>../err
	has ../out "[not-approved]"
	has ../err "\"production\" stays as it was"
	same "" "$(git ls-tree --name-only pv/deployments | grep production || :)"
	printf "environments: {production: {}}\n" >pv.yaml
	git commit -q -a -m Open
	git pv promote --from staging --to production b
	printf "environments: {production: {approvals: 1}}\n" >pv.yaml
	git commit -q -a -m Shut
	git pv promote --from staging --to production b
	expect_failure 1 git pv promote --from staging --to production a b >../out 2>&1
	lacks ../out "prompts/b.yaml"
'

it 'takes the state that is live, not what a tag says by now' '
	fresh r3
	git pv deploy a@1.0 -e staging
	text_prompt prompts/c.yaml "Untagged."
	git add .
	git commit -q -m third
	git pv deploy c -e staging --allow-untagged
	git tag -f -a -m moved a/v1.0.0 main >/dev/null
	expect_failure 1 git pv promote --from staging --to production >../out 2>&1
	same 2 "$(grep -c "\[untagged\]" ../out)"
	git pv promote --from staging --to production --allow-untagged
	git show pv/deployments:production.yaml >../now
	same "  version: null" "$(grep "version:" ../now | sort -u)"
	same "$(git show pv/deployments:staging.yaml | grep -c "commit:")" \
		"$(grep -c "commit:" ../now)"
	for key in commit blob; do
		same "$(git show pv/deployments:staging.yaml | grep " $key:")" \
			"$(grep " $key:" ../now)"
	done
'

it 'pushes, too' '
	cd r1
	git init -q --bare ../hub.git
	git remote add origin ../hub.git
	git pv deploy a@1.0 b c -e staging
	git pv promote --from staging --to production --push 2>../err
	has ../err "pushed to \"origin\""
	same "$(tip)" "$(git -C ../hub.git rev-parse pv/deployments)"
'
finish
