#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv rollback --env and env history: what was live, and is again'

at() { # SECONDS: the time of all commits from here on
	GIT_COMMITTER_DATE="$((1700000000 + $1)) +0000"
	export GIT_COMMITTER_DATE
}

fresh() { # a and b in three versions, the first ones live
	new_repo "$1"
	cd "$1" || exit 1
	at 0
	for v in One Two Three; do
		text_prompt prompts/a.yaml "$v a."
		text_prompt prompts/b.yaml "$v b."
		git pv commit -q -m "$v" >/dev/null
	done
	at 100
	git pv deploy -q a@1.0.0 b@1.0.0 -e production >/dev/null
}

go() { # SECONDS SPEC
	at "$1"
	git pv deploy "$2" -e production >/dev/null
}

is_live() { # ID VERSION
	git pv env show production --json >../live
	json ../live "[.prompts[] | select(.id == \"$1\") | .version]" "[$2]"
}

it 'goes back to what was live, and not to what it came back from' '
	fresh r1
	go 200 a@1.1.0
	go 300 a@1.2.0
	at 400
	git pv rollback a --env production -m bad --json >../out
	json ../out "[.id, .version, .previous, .rolled_back_to, .changed]" \
		"[\"a\",\"1.1.0\",\"1.2.0\",\"1.1.0\",true]"
	json ../out .deployment_id "$(git rev-parse pv/deployments)"
	git log -1 --format=%B pv/deployments >../message
	has ../message "Roll back a to 1.1.0 in production"
	has ../message "Pv-Action: rollback"
	has ../message "Pv-Rolled-Back-From: 1.2.0"
	at 500
	git pv rollback a --env production
	is_live a "\"1.0.0\""
	at 600
	id=$(git rev-parse pv/deployments)
	expect_failure 128 git pv rollback a --env production 2>../err
	is_error ../err "nothing else was live of \"a\""
	same "$id" "$(git rev-parse pv/deployments)"
	go 700 a@1.2.0
	go 800 a@1.1.0
	at 900
	git pv rollback a --env production
	is_live a "\"1.2.0\""
	is_live b "\"1.0.0\""
	is_clean
	check_repo
'

it 'says what became of each deployment' '
	cd r1
	git pv env history production a --json >../out
	json ../out "[.[] | .action + \" \" + .version + \" \" + .status]" "[\"rollback 1.2.0 live\",\"deploy 1.1.0 rolled-back\",\"deploy 1.2.0 superseded\",\"rollback 1.0.0 superseded\",\"rollback 1.1.0 rolled-back\",\"deploy 1.2.0 rolled-back\",\"deploy 1.1.0 superseded\",\"deploy 1.0.0 superseded\"]"
	json ../out ".[4].reason" bad
	git pv env history production --json >../all
	json ../all "[.[] | select(.id == \"b\") | .status]" "[\"live\"]"
	json ../all "map(select(.id == \"a\")) == $(cat ../out)" true
	git pv env history production -n 2 >../text
	same 2 "$(wc -l <../text | tr -d " ")"
'

it 'takes a version that was never live, and only says so on request' '
	fresh r2
	at 200
	git pv rollback a --env production --to 1.2.0 -n >../out
	has ../out "would be back"
	is_live a "\"1.0.0\""
	git pv rollback a --env production --to 1.2.0
	is_live a "\"1.2.0\""
	git pv rollback a --env production --to 1.2.0 >../out
	has ../out "is live already"
	same 2 "$(git rev-list --count pv/deployments)"
'

it 'takes git revert for a rollback' '
	fresh r3
	go 200 a@1.1.0
	at 300
	git worktree add -q ../w3 pv/deployments
	git -C ../w3 revert --no-edit HEAD >/dev/null
	git worktree remove ../w3
	git pv env history production a --json >../out
	json ../out "[.[] | .action + \" \" + .version + \" \" + .status]" "[\"rollback 1.0.0 live\",\"deploy 1.1.0 rolled-back\",\"deploy 1.0.0 superseded\"]"
	at 400
	expect_failure 128 git pv rollback a --env production 2>../err
	git pv deploy a@1.2.0 -e production
	git pv rollback a --env production
	is_live a "\"1.0.0\""
'

it 'is not misled by trailers that are not true' '
	fresh r4
	go 200 a@1.1.0
	at 300
	git show pv/deployments:production.yaml |
		sed "s/^  version: 1.1.0/  version: 9.9.9/" >../forged
	tree=$(printf "100644 blob %s\tproduction.yaml\n" \
		"$(git hash-object -w ../forged)" | git mktree)
	commit=$(printf "x\n\nPv-Environment: production\nPv-Prompt: b\n" |
		git commit-tree -p pv/deployments "$tree")
	git update-ref refs/heads/pv/deployments "$commit"
	go 400 b@1.1.0
	git pv env history production a --json >../out
	json ../out "[.[] | .version]" "[\"9.9.9\",\"1.1.0\",\"1.0.0\"]"
	json ../out ".[0].deployment_id" "$commit"
	go 500 a@1.2.0
	git pv env history production a --json >../out
	json ../out "[.[] | .version]" \
		"[\"1.2.0\",\"9.9.9\",\"1.1.0\",\"1.0.0\"]"
'

it 'tells what was live at a time, whatever the clocks said' '
	fresh r5
	go 300 a@1.1.0
	go 200 a@1.2.0
	go 400 b@1.1.0
	for row in 100:1.0.0 250:1.0.0 300:1.2.0 399:1.2.0 500:1.2.0; do
		time=$(date -u -d "@$((1700000000 + ${row%:*}))" +%FT%TZ)
		git pv env at "$time" a -e production --json >../out
		json ../out "[.prompts[] | .version]" "[\"${row#*:}\"]"
	done
	expect_failure 128 git pv env at 2020-01-01 a -e production 2>../err
	git pv env at 1s -e production >../out
	same 2 "$(wc -l <../out | tr -d " ")"
	expect_failure 129 git pv env at soon -e production 2>../err
'

it 'answers the same with what it remembers, and when that is damaged' '
	new_repo r6
	cd r6
	blob=$(git hash-object -w -t blob /dev/null)
	tree=$(printf "100644 blob %s\tqa.yaml\n" "$blob" | git mktree)
	tip=
	for i in $(seq 1 150); do
		at $((i * 10))
		tip=$(git commit-tree ${tip:+-p $tip} -m x "$tree")
		echo "$tip" >>../tips
	done
	git update-ref refs/heads/pv/deployments "$tip"
	time=$(date -u -d "@1700000705" +%FT%TZ)
	ask() { git pv env at "$time" -e qa --json | jq -r .deployment_id; }
	moment=$(sed -n 70p ../tips)
	same "$moment" "$(ask)"
	test -s .git/pv/deployments.times
	same "$moment" "$(ask)"
	at 2000
	next=$(git commit-tree -p "$tip" -m x "$tree")
	git update-ref refs/heads/pv/deployments "$next"
	same "$moment" "$(ask)"
	printf x | dd of=.git/pv/deployments.times bs=1 seek=99 conv=notrunc \
		2>/dev/null
	same "$moment" "$(ask)"
	other=$(git commit-tree -m x "$tree")
	git update-ref refs/heads/pv/deployments "$other"
	expect_failure 128 git pv env at "$time" -e qa 2>../err
	git update-ref refs/heads/pv/deployments "$(sed -n 100p ../tips)"
	same "$moment" "$(ask)"
'

it 'brings a whole environment back' '
	fresh r7
	go 200 a@1.1.0
	text_prompt prompts/c.yaml "Later."
	git pv commit -q -m Later >/dev/null
	go 300 c
	at 400
	time=$(date -u -d "@1700000150" +%FT%TZ)
	git pv rollback --env production --at "$time" --json >../out
	json ../out "[.prompts[] | [.id, .version, .changed]]" \
		"[[\"a\",\"1.0.0\",true],[\"b\",\"1.0.0\",false],[\"c\",null,true]]"
	git pv env show production --json >../out
	json ../out "[.prompts[] | [.id, .version]]" \
		"[[\"a\",\"1.0.0\"],[\"b\",\"1.0.0\"]]"
	git pv env history production c --json >../out
	json ../out "[.[] | [.action, .status]]" \
		"[[\"rollback\",\"superseded\"],[\"deploy\",\"rolled-back\"]]"
	git pv rollback --env production --at "$time" 2>../err
	has ../err "as it was then already"
	expect_failure 128 git pv rollback c --env production 2>../err
	git pv rollback c --env production --to 1.0.0
	is_live c "\"1.0.0\""
'

it 'makes environments, drops and compares them' '
	fresh r8
	expect_failure 128 git pv deploy a@1.0.0 -e qa 2>../err
	git pv env create qa -m "For tests"
	git pv env create qa >../out
	has ../out "already"
	git pv deploy a@1.1.0 -e qa
	git pv env diff production qa --json >../out
	json ../out "[.prompts[] | [.id, .status, .from, .to]]" \
		"[[\"a\",\"changed\",\"1.0.0\",\"1.1.0\"],[\"b\",\"removed\",\"1.0.0\",null]]"
	expect_failure 1 git pv env delete qa 2>../err
	is_error ../err "1 prompt is live in \"qa\""
	git pv env delete qa --force
	git pv env list --json >../out
	json ../out "[.[] | .environment]" "[\"production\"]"
	expect_failure 128 git pv env delete qa 2>../err
	expect_failure 128 git pv env create default 2>../err
	expect_failure 128 git pv env create ../x 2>../err
'

it 'goes back in a bare repository, where files cannot' '
	fresh r9
	go 200 a@1.1.0
	git clone -q --bare . ../bare9.git
	cd ../bare9.git
	git pv rollback a -e production >../out
	has ../out "a 1.0.0 is back in production"
	expect_failure 128 git pv rollback a --to 1.0.0 2>../err
	is_error ../err "needs a working tree"
	expect_failure 129 git pv rollback -e production 2>../err
	expect_failure 129 git pv rollback a -e production --at 1h --to 1 2>../err
'
finish
