#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv sync: one number for two states, and the remote was first'

# world: clones ann and ben of one commit that has no prompt b.
world() {
	mkdir "$1"
	cd "$1" || exit 1
	git init -q --bare hub.git
	new_repo ann
	cd ann || exit 1
	git remote add origin ../hub.git
	text_prompt prompts/a.yaml One.
	git pv commit -q -m a >/dev/null
	git push -q -u origin main
	cd ..
	git clone -q hub.git ben
	git -C ben config pv.defaultBranch main
	git -C ann pv sync -q
	git -C ben pv sync -q
}

# add CLONE TEXT: another state of b, released.
add() {
	text_prompt "$1/prompts/b.yaml" "$2"
	git -C "$1" pv commit -q -m "$2" >/dev/null
}

# what CLONE VERSION: the subject of the commit that it names.
what() {
	git -C "$1" log -1 --format=%s "b/v$2"
}

it 'gives the one that comes second the next number, and says so' '
	world w1
	add ben "Ben 1"
	add ann "Ann 1"
	was=$(git -C ann rev-parse "b/v1.0.0^{commit}")
	git -C ann pv deploy b@1.0.0 a -e staging -m "mine"
	git -C ben pv sync -q
	git -C ann for-each-ref >before
	git -C ann pv sync -n --json >dry.json 2>err
	has err "yours would be 1.1.0"
	git -C ann for-each-ref >after
	cmp_files before after
	git -C ann pv sync --json >out.json 2>err
	has err "yours is now 1.1.0"
	json out.json "[.reminted[] | .id, .was, .now]" \
		"[\"b\",\"1.0.0\",\"1.1.0\"]"
	json out.json "[.clashes, .fetched.tags, .pushed.tags]" "[[],1,1]"
	same "$(jq -c "[.reminted, .fetched, .pushed]" out.json)" \
		"$(jq -c "[.reminted, .fetched, .pushed]" dry.json)"
	same "$was" "$(git -C ann rev-parse "b/v1.1.0^{commit}")"
	same "$(git -C ben rev-parse b/v1.0.0)" "$(git -C ann rev-parse b/v1.0.0)"
	same "$(git -C hub.git rev-parse b/v1.1.0)" \
		"$(git -C ann rev-parse b/v1.1.0)"
	git -C ann cat-file tag b/v1.1.0 >tag
	has tag "Pv-Version: 1.1.0"
	git -C ann pv sync --json >out.json 2>err
	json out.json "[.reminted, .fetched.tags, .pushed.tags]" "[[],0,0]"
	check_repo ann
'

it 'has what was deployed go by the new number' '
	cd w1
	git -C ben pv sync -q
	git -C ben pv env show staging --json >out.json
	json out.json "[.prompts[] | .id, .version]" "[\"a\",\"1.0.0\",\"b\",\"1.1.0\"]"
	json out.json ".prompts[1].commit" "$(git -C ann rev-parse "b/v1.1.0^{commit}")"
	git -C ben log -1 --format=%B pv/deployments >message
	has message "Pv-Version: 1.1.0"
	has message "Pv-Version: 1.0.0"
	has message "mine"
	git -C ann pv env history staging b --json >out.json
	json out.json "[.[] | .version]" "[\"1.1.0\"]"
'

it 'has what was rolled back from go by the new number, too' '
	world w5
	add ben "Ben 1"
	add ann "Ann 1"
	add ann "Ann 2"
	git -C ann pv deploy b@1.0.0 a -e staging
	git -C ann pv deploy b@1.1.0 -e staging
	git -C ann pv rollback b -e staging -m "worse"
	git -C ben pv sync -q
	git -C ann pv sync -q 2>err
	has err "yours is now 1.1.0"
	has err "yours is now 1.2.0"
	git -C ann show pv/deployments:staging.yaml >file
	has file "rolled_back_from: 1.2.0"
	has file "version: 1.1.0"
	git -C ann log --grep "Roll back" --format=%B pv/deployments -- \
		staging.yaml >message
	has message "Roll back b to 1.1.0 in staging"
	has message "Pv-Version: 1.1.0"
	has message "Pv-Rolled-Back-From: 1.2.0"
	git -C ann pv env history staging b --json >out.json
	json out.json "[.[] | [.version, .status]]" \
		"[[\"1.1.0\",\"live\"],[\"1.2.0\",\"rolled-back\"],[\"1.1.0\",\"superseded\"]]"
'

it 'has what went by a rollback go by the new number' '
	world w6
	add ben "Ben 1"
	add ann "Ann 1"
	git -C ann pv env create staging
	made=$(git -C ann log -1 --format=%ct pv/deployments)
	GIT_COMMITTER_DATE="@$((made + 60)) +0000" \
		GIT_AUTHOR_DATE="@$((made + 60)) +0000" \
		git -C ann pv deploy b@1.0.0 -e staging
	git -C ann pv rollback -e staging --at "$(date -u -d "@$made" +%FT%TZ)"
	git -C ben pv sync -q
	git -C ann pv sync -q 2>err
	git -C ann log -1 --format=%B pv/deployments >message
	has message "Pv-Removed: yes"
	has message "Pv-Rolled-Back-From: 1.1.0"
	lacks message "1.0.0"
'

it 'keeps the order of several, and what no remote has seen' '
	world w2
	add ben "Ben 1"
	add ben "Ben 2"
	add ann "Ann 1"
	add ann "Ann 2"
	add ann "Ann 3"
	git -C ann pv deploy b@1.1.0 -e staging
	git -C ben pv sync -q
	git -C ann pv sync -q 2>err
	same 3 "$(grep -c "yours is now" err)"
	for i in 1 2 3; do
		same "Ann $i" "$(what ann 1.$((i + 1)).0)"
	done
	same "Ben 1" "$(what ann 1.0.0)"
	same "Ben 2" "$(what ann 1.1.0)"
	git -C ann log -1 --format=%s pv/deployments >message
	has message "Deploy b 1.3.0 to staging"
	git -C ben pv sync -q
	same "$(git -C ann tag -l)" "$(git -C ben tag -l)"
'

it 'goes on where it was cut short' '
	world w3
	add ben "Ben 1"
	add ann "Ann 1"
	add ann "Ann 2"
	git -C ben pv sync -q
	cp -R ann cut
	# The highest has its new tag, and no old name was let go of.
	git -C ann pv sync -q --no-push
	git -C cut fetch -q ../ann "refs/tags/b/v1.2.0:refs/tags/b/v1.2.0"
	git -C cut pv sync -q
	same "a/v1.0.0 b/v1.0.0 b/v1.1.0 b/v1.2.0" \
		"$(git -C cut tag -l | tr "\n" " " | sed "s/ \$//")"
	same "$(git -C ann for-each-ref refs/tags)" \
		"$(git -C cut for-each-ref refs/tags)"
'

it 'leaves alone what is not its own, or final elsewhere' '
	world w4
	add ben "Ben 1"
	add ann "Ann 1"
	git init -q --bare other.git
	git -C ann remote add other ../other.git
	git -C ann pv sync -q --remote other
	git -C ben pv sync -q
	tag=$(git -C ann rev-parse b/v1.0.0)
	expect_failure 1 git -C ann pv sync --json >out.json 2>err
	json out.json "[.clashes, .reminted]" "[[\"b/v1.0.0\"],[]]"
	has err "is at another remote"
	same "$tag" "$(git -C ann rev-parse b/v1.0.0)"
	git -C ann remote remove other
	git -C ann update-ref -d refs/pv/remote/other/tags/b/v1.0.0
	git -C ann tag -d b/v1.0.0 >/dev/null
	git -C ann tag b/v1.0.0
	expect_failure 1 git -C ann pv sync --json >out.json 2>err
	json out.json "[.clashes, .reminted]" "[[\"b/v1.0.0\"],[]]"
	has err "is no tag of git-pv"
'

finish
