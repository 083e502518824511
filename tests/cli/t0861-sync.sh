#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv sync: reviews, versions and deployments meet at a remote'

HERE=$PWD

# in_clone NAME COMMAND...: as somebody, in the clone of that name.
in_clone() {
	who=$1
	shift
	(
		cd "$HERE/$who" || exit 1
		GIT_COMMITTER_NAME=$who GIT_COMMITTER_EMAIL=$who@example.com \
			GIT_AUTHOR_NAME=$who GIT_AUTHOR_EMAIL=$who@example.com \
			"$@"
	)
}

counts() { # FILE KEY
	jq -c ".$2 | [.reviews, .tags, .deployments]" "$1"
}

state() { # CLONE
	in_clone "$1" git pv review show "$(cat "$HERE/id")" --json |
		jq -c '[.state, .tip, [.events[].id]]'
}

it 'brings what one clone has to the other, with exact counts' '
	git init -q --bare hub.git
	new_repo ann
	cd ann
	git remote add origin ../hub.git
	git pv install
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m one >/dev/null
	git push -q -u origin main
	git switch -q -c exp
	text_prompt prompts/a.yaml "One, calmer."
	git pv commit -q -m calmer >/dev/null
	git push -q origin exp
	git switch -q main
	git pv deploy a@1.0.0 --env staging
	in_clone ann git pv review open exp -m "Calmer" \
		--reviewer ben@example.com --json >../open.json
	jq -r .id ../open.json >../id
	git pv sync --dry-run --json >../out.json
	same "[1,0,1]" "$(counts ../out.json pushed)"
	same "" "$(git ls-remote origin "refs/pv/*")"
	git pv sync --json >../out.json
	same "[0,0,0]" "$(counts ../out.json fetched)"
	same "[1,0,1]" "$(counts ../out.json pushed)"
	git pv sync --json >../out.json
	same "[0,0,0]" "$(counts ../out.json pushed)"
	cd ..
	git clone -q hub.git ben
	cd ben
	git pv install
	git config pv.defaultBranch main
	git pv sync -n --json >../out.json
	same "[1,0,1]" "$(counts ../out.json fetched)"
	expect_failure 1 git rev-parse -q --verify refs/heads/pv/deployments
	git pv sync --json >../out.json
	same "[1,0,1]" "$(counts ../out.json fetched)"
	git rev-parse -q --verify refs/heads/pv/deployments
	in_clone ben git pv review list --needs-me >../list
	has ../list Calmer
'

it 'joins what was said in both, and loses nothing' '
	id=$(cat id)
	in_clone ann git pv review comment "$id" -m "From Ann"
	in_clone ben git pv review comment "$id" -m "From Ben"
	in_clone ben git pv review approve "$id"
	in_clone ann git pv sync --json >out.json
	same "[1,0,0]" "$(counts out.json pushed)"
	in_clone ben git pv sync --json >out.json
	same 1 "$(jq .joined out.json)"
	same "[1,0,0]" "$(counts out.json pushed)"
	in_clone ann git pv sync --json >out.json
	same 0 "$(jq .joined out.json)"
	same "$(state ann)" "$(state ben)"
	in_clone ann git pv review show "$id" --json >show.json
	json show.json "[.state, (.comments | length)]" "[\"approved\",2]"
	same "$(git -C ann for-each-ref refs/pv/reviews)" \
		"$(git -C ben for-each-ref refs/pv/reviews)"
'

it 'lets a plain fetch overwrite nothing' '
	id=$(cat id)
	in_clone ann git pv review comment "$id" -m "Not pushed"
	before=$(git -C ann for-each-ref refs/pv/reviews)
	in_clone ben git pv review comment "$id" -m "Pushed"
	in_clone ben git pv sync
	in_clone ann git fetch -q
	same "$before" "$(git -C ann for-each-ref refs/pv/reviews)"
	in_clone ann git pv sync --no-push --json >out.json
	same 1 "$(jq .joined out.json)"
	same "[0,0,0]" "$(counts out.json pushed)"
	in_clone ann git pv sync
'

it 'pushes again when others are faster' '
	id=$(cat id)
	in_clone ben git pv review comment "$id" -m "In between"
	in_clone ann git pv review comment "$id" -m "At the same time"
	write ann/.git/hooks/pre-push <<-"FILE"
		#!/bin/sh
		[ -f .git/raced ] && exit 0
		touch .git/raced
		(unset GIT_DIR; cd ../ben && git pv sync >/dev/null 2>&1)
		exit 0
	FILE
	chmod +x ann/.git/hooks/pre-push
	in_clone ann git pv sync --json >out.json
	same 2 "$(jq .attempts out.json)"
	in_clone ben git pv sync
	same "$(state ann)" "$(state ben)"
	in_clone ben git pv review show "$id" --json >show.json
	json show.json "[.comments[].text] | sort | .[0:2]" \
		"[\"At the same time\",\"From Ann\"]"
	rm ann/.git/hooks/pre-push
'

it 'sees that a branch was merged elsewhere' '
	id=$(cat id)
	git clone -q hub.git forge
	git -C forge merge -q --no-ff -m "Merge pull request" origin/exp
	git -C forge push -q origin main
	in_clone ben git pv sync --json >out.json
	json out.json .merged "[\"$id\"]"
	in_clone ben git pv review show "$id" --json >show.json
	json show.json "[.state, .merged_commit]" \
		"[\"merged\",\"$(git -C forge rev-parse main)\"]"
	in_clone ann git pv sync --json >out.json
	json out.json .merged "[]"
	in_clone ann git pv review list >list
	same "" "$(cat list)"
'

it 'gives way to versions and deployments that were there first' '
	cd ben
	git pull -q
	text_prompt prompts/b.yaml "Of Ben."
	in_clone ben git pv commit -q -m "b of Ben" >/dev/null
	in_clone ben git pv deploy b@1.0.0 --env staging
	in_clone ben git push -q origin main
	in_clone ben git pv sync
	cd ../ann
	text_prompt prompts/b.yaml "Of Ann."
	git pv commit -q -m "b of Ann" >/dev/null
	git pv deploy a@1.0.0 --env production
	tag=$(git rev-parse b/v1.0.0)
	git pv sync --json >../out.json 2>../err
	json ../out.json "[.clashes, .reapplied]" "[[],1]"
	json ../out.json ".reminted[0].now" "1.1.0"
	same "$(git rev-parse "$tag^{commit}")" "$(git rev-parse "b/v1.1.0^{commit}")"
	has ../err "which was first"
'

it 'takes a bundle for a remote' '
	cd ben
	git bundle create -q ../all.bundle --all
	cd ..
	new_repo alone
	cd alone
	git remote add there ../all.bundle
	git pv sync --remote there --no-push --json >../out.json
	same 1 "$(jq .fetched.reviews ../out.json)"
	git pv review show "$(cat ../id)" >../show
	has ../show "From Ben"
'

it 'says what is in the way' '
	new_repo none
	cd none
	expect_failure 128 git pv sync 2>../err
	is_error ../err "there is no remote"
	git remote add origin ../nowhere.git
	expect_failure 128 git pv sync 2>../err
	expect_failure 128 git pv sync --remote other 2>../err
	is_error ../err "no remote \"other\""
	git init -q --bare ../closed.git
	printf "#!/bin/sh\nexit 1\n" >../closed.git/hooks/pre-receive
	chmod +x ../closed.git/hooks/pre-receive
	git remote set-url origin ../closed.git
	text_prompt prompts/a.yaml "One."
	git pv commit -q -m one >/dev/null
	expect_failure 1 git pv sync 2>../err
	is_error ../err "refused the push"
'

finish
