#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv deploy and rollback --push: two clones, and one line of commits'

# hub: a bare repository, with clones ann and ben that have prompts a to d.
world() {
	mkdir "$1"
	cd "$1" || exit 1
	git init -q --bare hub.git
	new_repo ann
	cd ann || exit 1
	git remote add origin ../hub.git
	for id in a b c d; do
		text_prompt "prompts/$id.yaml" "One of $id."
	done
	git pv commit -q -m first >/dev/null
	for id in a b c d; do
		text_prompt "prompts/$id.yaml" "Two of $id."
	done
	git pv commit -q -m second >/dev/null
	git push -q -u origin main
	git push -q origin --tags
	cd ..
	git clone -q hub.git ben
	git -C ben config pv.defaultBranch main
}

hub() {
	git -C hub.git "$@"
}

# one_line COUNT: what the hub has is that many commits, none of them a merge.
one_line() {
	same "$1" "$(hub rev-list --count pv/deployments)"
	same 0 "$(hub rev-list --count --merges pv/deployments)"
}

no_refs_left() {
	same "" "$(git -C "$1" for-each-ref refs/pv/push)"
}

same_everywhere() {
	for clone in "$@"; do
		same "$(hub rev-parse pv/deployments)" \
			"$(git -C "$clone" rev-parse pv/deployments)"
		no_refs_left "$clone"
	done
}

it 'pushes what it deploys, with the versions' '
	world w1
	hub tag -d a/v1.0.0 >/dev/null
	git -C ann pv deploy a@1.0.0 b -e staging --push --json >out
	json out "[.success, .pushed_to]" "[true,\"origin\"]"
	one_line 1
	same_everywhere ann
	same "$(git -C ann rev-parse a/v1.0.0)" "$(hub rev-parse a/v1.0.0)"
	git -C ann pv deploy b -e staging --push >out 2>err
	has out "is live already"
	lacks err pushed
	git -C ben pv rollback b -e staging --to 1.0.0 --push 2>err
	has err "pushed to \"origin\""
	one_line 2
	same_everywhere ben
'

it 'puts what was deployed here meanwhile on top of theirs' '
	cd w1
	git -C ann pv sync -q
	git -C ann pv deploy c -e staging -m "by ann"
	git -C ann pv deploy d -e production
	git -C ben pv deploy d -e staging --push
	git -C ben pv deploy a@1.1.0 -e staging --push
	git -C ann pv deploy b -e staging --push 2>err || { cat err; exit 1; }
	has err "put on top"
	one_line 7
	same_everywhere ann
	git -C ann pv env show staging --json >out
	json out "[.prompts[] | .id, .version]" \
		"[\"a\",\"1.1.0\",\"b\",\"1.1.0\",\"c\",\"1.1.0\",\"d\",\"1.1.0\"]"
	json out ".prompts[2].reason" "by ann"
	git -C ann pv env history staging c --json >out
	json out "[.[] | .reason]" "[\"by ann\"]"
	same "Deploy c 1.1.0 to staging" \
		"$(hub log --format=%s --grep="Deploy c" pv/deployments)"
	git -C ann fsck --strict 2>&1 | grep -v "^dangling\|^notice" && exit 1
	git -C ben pv sync -q
	same_everywhere ann ben
'

it 'has what is here pushed when there is nothing to deploy' '
	cd w1
	git -C ben pv deploy d@1.0.0 -e staging
	git -C ben pv deploy d@1.0.0 -e staging --push 2>err
	has err "pushed to"
	one_line 8
	same_everywhere ben
'

it 'only says what it would do' '
	cd w1
	git -C ben pv deploy d@1.1.0 -e staging --push
	was=$(git -C ann rev-parse pv/deployments)
	git -C ann pv deploy d@1.0.0 -e staging --push -n >out
	has out "would go to staging, before: 1.1.0"
	same "$was" "$(git -C ann rev-parse pv/deployments)"
	no_refs_left ann
	one_line 9
'

it 'leaves nothing behind when the remote refuses' '
	cd w1
	git -C ann pv sync -q
	was=$(hub rev-parse pv/deployments)
	printf "#!/bin/sh\necho no, not today >&2\nexit 1\n" >hub.git/hooks/pre-receive
	chmod +x hub.git/hooks/pre-receive
	expect_failure 1 git -C ann pv deploy d@1.0.0 -e staging --push 2>err
	has err "refused the push"
	has err "not today"
	has err "nothing is deployed"
	expect_failure 1 git -C ann pv rollback d -e staging --push --json >out 2>err
	json out .error.code policy
	same "$was" "$(hub rev-parse pv/deployments)"
	same_everywhere ann
	rm hub.git/hooks/pre-receive
'

it 'is let in by the hook of a server' '
	cd w1
	printf "#!/bin/sh\nexec git-pv hook pre-receive\n" >hub.git/hooks/pre-receive
	chmod +x hub.git/hooks/pre-receive
	git -C ann pv deploy d@1.0.0 -e staging --push
	git -C ben pv deploy d@1.0.0 -e production
	git -C ben pv deploy a@1.0.0 -e production --push
	git -C ben pv rollback a -e staging --push
	same_everywhere ben
	rm hub.git/hooks/pre-receive
'

it 'does nothing without the remote, and finds the one that is configured' '
	cd w1
	was=$(git -C ann rev-parse pv/deployments)
	git -C ann config pv.remote upstream
	expect_failure 128 git -C ann pv deploy d@1.1.0 -e staging --push 2>err
	has err "no remote \"upstream\""
	git -C ann remote add upstream ../nowhere.git
	expect_failure 128 git -C ann pv deploy d@1.1.0 -e staging --push 2>err
	same "$was" "$(git -C ann rev-parse pv/deployments)"
	no_refs_left ann
	git -C ann remote set-url upstream ../hub.git
	git -C ann pv deploy d@1.1.0 -e staging --push --json >out
	json out .pushed_to upstream
	same_everywhere ann
	git -C ann config --unset pv.remote
	git -C ann config branch.pv/deployments.remote upstream
	git -C ann pv deploy d@1.0.0 -e staging --push --json >out
	json out .pushed_to upstream
'

it 'says that a version is another one there' '
	world w2
	hub tag -d a/v1.1.0 >/dev/null
	hub tag -a -m other a/v1.1.0 main~1
	expect_failure 1 git -C ann pv deploy a@1.1.0 -e staging --push 2>err
	has err "is of another commit"
	expect_failure 1 git -C ann rev-parse -q --verify pv/deployments
	expect_failure 1 hub rev-parse -q --verify pv/deployments
'

it 'leaves alone what is more than entries' '
	world w4
	git -C ann pv deploy b -e staging --push
	git -C ben pv sync -q
	git -C ann pv deploy c -e staging
	git -C ann worktree add -q ../wt pv/deployments
	echo "# mine" >>wt/staging.yaml
	git -C wt commit -q -a -m Words
	git -C ann worktree remove wt
	was=$(git -C ann rev-parse pv/deployments)
	git -C ben pv deploy d -e staging --push
	expect_failure 1 git -C ann pv deploy b@1.0.0 -e staging --push 2>err
	has err "changes more than entries"
	same "$was" "$(git -C ann rev-parse pv/deployments)"
	no_refs_left ann
'

# many CLONE ID: ten deployments of its own prompt, by turns of two versions.
many() {
	i=0
	while [ $i -lt 10 ]; do
		git -C "$1" pv deploy "$2@1.$((i % 2)).0" -e staging --push ||
			return 1
		i=$((i + 1))
	done
}

it 'loses nothing when two clones push at once' '
	world w3
	many ann a >ann.out 2>&1 &
	one=$!
	many ben b >ben.out 2>&1 &
	wait $one
	wait $!
	one_line 20
	git -C ann pv sync -q
	git -C ann pv env history staging a --json >out
	json out "[length, .[0].version]" "[10,\"1.1.0\"]"
	git -C ann pv env history staging b --json >out
	json out "[length, .[0].version]" "[10,\"1.1.0\"]"
	no_refs_left ann
	no_refs_left ben
'
finish
