#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv sync: deployments made in two clones become one line of commits'

# world: a bare repository, with clones ann and ben that have prompts a to d.
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
	git -C ann pv deploy a@1.0.0 -e staging
	git -C ann pv sync -q
	git -C ben pv sync -q
}

# one_line COUNT: what the hub has is that many commits, none of them a merge.
one_line() {
	same "$1" "$(git -C hub.git rev-list --count pv/deployments)"
	same 0 "$(git -C hub.git rev-list --count --merges pv/deployments)"
}

same_everywhere() {
	for clone in ann ben; do
		same "$(git -C hub.git rev-parse pv/deployments)" \
			"$(git -C $clone rev-parse pv/deployments)"
		same "" "$(git -C $clone for-each-ref refs/pv/push)"
	done
}

live() { # CLONE ENVIRONMENT
	git -C "$1" pv env show "$2" --json |
		jq -c '[.prompts[] | .id + " " + .version]'
}

# all_of CLONE: whatever a run could have changed but objects.
all_of() {
	git -C "$1" for-each-ref
	cat "$1/.git/config" "$1/.git/HEAD"
	(cd "$1/.git" && find pv logs -type f -exec cksum {} + | sort)
	[ ! -f "$1/.git/FETCH_HEAD" ] || cksum "$1/.git/FETCH_HEAD"
}

it 'puts what is only here on top of theirs, and counts it' '
	world w1
	git -C ann pv deploy c -e staging -m "by ann"
	git -C ann pv deploy d -e production
	git -C ben pv deploy b@1.0.0 -e staging
	git -C ben pv deploy a@1.1.0 -e staging
	git -C ben pv deploy d -e staging
	git -C ben pv sync -q
	all_of ann >before
	git -C ann pv sync --dry-run --json >dry.json 2>err
	all_of ann >after
	cmp_files before after
	git -C ann pv sync --json >out.json
	json out.json "[.fetched.deployments, .pushed.deployments]" "[3,2]"
	json out.json "[.reapplied, .diverged, .attempts]" "[2,false,1]"
	same "$(jq -c "[.fetched, .pushed, .reapplied]" out.json)" \
		"$(jq -c "[.fetched, .pushed, .reapplied]" dry.json)"
	one_line 6
	git -C ben pv sync --json >out.json
	json out.json "[.fetched.deployments, .pushed.deployments]" "[2,0]"
	same_everywhere
	same "[\"a 1.1.0\",\"b 1.0.0\",\"c 1.1.0\",\"d 1.1.0\"]" \
		"$(live ann staging)"
	same "[\"d 1.1.0\"]" "$(live ben production)"
	git -C ben pv env history staging c --json >out.json
	json out.json "[.[] | .reason]" "[\"by ann\"]"
	check_repo ann
'

it 'changes the same prompt in the order of the remote' '
	cd w1
	git -C ben pv deploy a@1.0.0 -e staging
	git -C ben pv sync -q
	git -C ann pv deploy a@1.0.0 b@1.1.0 -e staging -m both
	git -C ann pv sync -q
	git -C ben pv sync -q
	same_everywhere
	same "[\"a 1.0.0\",\"b 1.1.0\",\"c 1.1.0\",\"d 1.1.0\"]" \
		"$(live ben staging)"
'

it 'works in a bare repository, and while a tree has the branch' '
	world w2
	git clone -q --bare hub.git bare.git
	git -C bare.git config pv.defaultBranch main
	git -C bare.git pv deploy b -e staging
	git -C ann pv deploy c -e staging
	git -C ann worktree add -q ../tree pv/deployments
	git -C ben pv deploy d -e staging
	git -C ben pv sync -q
	git -C bare.git pv sync --json >out.json
	json out.json "[.reapplied, .pushed.deployments]" "[1,1]"
	git -C ann pv sync --json >out.json 2>err
	json out.json "[.reapplied, .pushed.deployments]" "[1,1]"
	has err "a working tree has pv/deployments"
	git -C tree restore --source=HEAD --staged --worktree .
	is_clean tree
	git -C ben pv sync -q
	same_everywhere
	one_line 4
'

it 'leaves alone what is more than entries, and says so' '
	world w3
	git -C ann pv deploy c -e staging
	git -C ann worktree add -q ../tree pv/deployments
	echo "# mine" >>tree/staging.yaml
	git -C tree commit -q -a -m Words
	git -C ann worktree remove tree
	was=$(git -C ann rev-parse pv/deployments)
	git -C ben pv deploy d -e staging
	git -C ben pv sync -q
	expect_failure 1 git -C ann pv sync --json >out.json 2>err
	json out.json "[.diverged, .reapplied, .pushed.deployments]" \
		"[true,0,0]"
	has err "changes more than entries"
	has err "have diverged"
	same "$was" "$(git -C ann rev-parse pv/deployments)"
	same "" "$(git -C ann for-each-ref refs/pv/push)"
	git -C ann pv deploy a@1.1.0 -e production >out 2>err && exit 1
	has err "run git pv sync"
'

# many CLONE ID: ten deployments of its own prompt, each exchanged.
many() {
	i=0
	while [ $i -lt 10 ]; do
		git -C "$1" pv deploy "$2@1.$((i % 2)).0" -e staging \
			-m "$2 $i" || return 1
		git -C "$1" pv sync -q || return 1
		i=$((i + 1))
	done
}

it 'loses nothing when two clones push at once' '
	world w4
	many ann b >ann.out 2>&1 &
	one=$!
	many ben c >ben.out 2>&1 &
	wait $one || { cat ann.out; exit 1; }
	wait $! || { cat ben.out; exit 1; }
	one_line 21
	git -C ann pv sync -q
	git -C ben pv sync -q
	same_everywhere
	for id in b c; do
		git -C ann pv env history staging $id --json >out.json
		json out.json "[length, .[0].version, .[0].reason, .[9].reason]" \
			"[10,\"1.1.0\",\"$id 9\",\"$id 0\"]"
	done
'

it 'counts what it takes over several attempts, each once' '
	world w5
	git -C ann pv deploy b -e staging
	git -C ben pv deploy c -e staging
	git -C ben pv sync -q
	git -C ben pv deploy d -e staging
	write ann/.git/hooks/pre-push <<-"FILE"
		#!/bin/sh
		[ -f ../raced ] && exit 0
		touch ../raced
		(unset GIT_DIR; cd ../ben && git pv sync -q)
		exit 0
	FILE
	chmod +x ann/.git/hooks/pre-push
	git -C ann pv sync --json >out.json
	json out.json "[.attempts, .reapplied]" "[2,1]"
	json out.json "[.fetched.deployments, .pushed.deployments]" "[2,1]"
	one_line 4
'

it 'takes up what a command that was killed has left' '
	world w6
	write ann/.git/hooks/pre-push <<-"FILE"
		#!/bin/sh
		kill -9 "$(cat ../pid)"
		exit 1
	FILE
	chmod +x ann/.git/hooks/pre-push
	cd ann
	sh -c "echo \$\$ >../pid; exec git-pv deploy b -e staging --push" || :
	rm .git/hooks/pre-push
	same 1 "$(git for-each-ref refs/pv/push | wc -l)"
	git update-ref "refs/pv/push/9999999999999999-0-1-0" HEAD
	git pv deploy c -e staging --push
	same "refs/pv/push/9999999999999999-0-1-0" \
		"$(git for-each-ref --format="%(refname)" refs/pv/push)"
	cd ..
	one_line 2
'

it 'exchanges with the remote that deployments are read from' '
	world w7
	git -C ann remote rename origin upstream
	git -C ann pv deploy b -e staging
	git -C ann pv sync --json >out.json
	json out.json "[.remote, .pushed.deployments]" "[\"upstream\",1]"
	git -C ann pv deploy c -e staging --push --json >out.json
	json out.json .pushed_to upstream
	git init -q --bare other.git
	git -C ann remote add origin ../other.git
	git -C ann config pv.remote upstream
	git -C ann pv sync --json >out.json
	json out.json .remote upstream
	git -C ann config --unset pv.remote
	git -C ann remote rename origin second
	expect_failure 128 git -C ann pv sync 2>err
	is_error err "there are several remotes"
'

# at SECOND COMMAND...: at that second of a day.
at() {
	second=$1
	shift
	GIT_AUTHOR_DATE="2026-01-01T00:00:$second Z" \
		GIT_COMMITTER_DATE="2026-01-01T00:00:$second Z" "$@"
}

it 'knows a deployment that was made anew from one that came back' '
	world w8
	at 10 git -C ann pv deploy a@1.1.0 -e staging -m "Ann likes it"
	at 20 git -C ben pv deploy a@1.1.0 -e staging --canary 10
	at 30 git -C ben pv sync -q
	at 40 git -C ann pv sync -q
	same "deploy Ann likes it" "$(git -C ann pv env history staging a \
		--json | jq -r ".[0] | .action + \" \" + .reason")"
	same "deploy deploy deploy" "$(git -C ann pv env history staging a \
		--json | jq -r "map(.action) | join(\" \")")"
	at 50 git -C ann pv rollback a -e staging --json >out.json
	json out.json .version 1.0.0
'

finish
