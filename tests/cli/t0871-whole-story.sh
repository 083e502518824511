#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'from a branch to an incident and back: by a remote, and by bundles only'

HERE=$PWD

# as WHO COMMAND...: as somebody, in the clone of that name.
as() {
	who=$1
	shift
	(
		cd "$HERE/$way/$who" || exit 1
		GIT_COMMITTER_NAME=$who GIT_COMMITTER_EMAIL=$who@example.com \
			GIT_AUTHOR_NAME=$who GIT_AUTHOR_EMAIL=$who@example.com \
			"$@"
	)
}

ann() { as ann "$@"; }
ben() { as ben "$@"; }

# to WHO: what the other one has gets there, whichever way this is.
to() {
	case $way:$1 in
	remote:ann) by_remote ben ann ;;
	remote:ben) by_remote ann ben ;;
	bundles:ann) by_bundle ben ann ;;
	bundles:ben) by_bundle ann ben ;;
	esac
}

by_remote() { # FROM TO
	as "$1" git push -q origin --all
	as "$1" git pv sync
	as "$2" git pv sync
	as "$2" git merge -q --ff-only origin/main
}

# One file goes over: no repository can be reached.
by_bundle() { # FROM TO
	as "$1" git bundle create -q "$HERE/$way/$2/.git/in.bundle" --all
	as "$2" git fetch -q in
	as "$2" git pv sync --remote in --no-push
	as "$2" git merge -q --ff-only in/main
}

# The text with this line in front, in Ann's folder.
triage() {
	write "$HERE/$way/ann/prompts/triage.yaml" <<-FILE
		prompt: |
		  $1
		  {% include "tone" %}
		  Ticket: {{ ticket }}
	FILE
}

begin_remote() {
	git init -q --bare hub.git
	ann git remote add origin ../hub.git
	ann git push -q -u origin main
	ann git pv sync
	git clone -q hub.git ben
}

begin_bundles() {
	ann git bundle create -q ../first.bundle --all
	git clone -q first.bundle ben
	rm first.bundle
	ben git remote remove origin
	for who in ann ben; do
		as $who git remote add in "$HERE/$way/$who/.git/in.bundle"
	done
}

story() { # WAY
	way=$1
	it "$way: Ann begins, and Ben has it all" '
		mkdir "$way"
		cd "$way"
		new_repo ann
		text_prompt ann/prompts/tone.yaml "Be kind."
		triage "You sort tickets."
		write ann/pv.yaml <<-FILE
			environments:
			  staging: {}
			  production: {approvals: 1, required_checks: [syntax, variables]}
			policy: {approvals: 1, branches: [main, "exp/*"]}
		FILE
		ann git pv commit -q -m Begin
		ann git pv deploy -q triage -e staging -m first
		"begin_$way"
		ben git config pv.defaultBranch main
		ben git pv install
		to ben
		same "$(ann git for-each-ref refs/heads/pv)" \
			"$(ben git for-each-ref refs/heads/pv)"
	'
	it "$way: Ann works on a branch; what is wrong is found" '
		ann git pv branch exp/queues
		ann git switch -q exp/queues
		triage "You sort tickets into {{ queues }."
		expect_failure 1 ann git pv check
		triage "You sort tickets into queues."
		ann git pv check
		ann git pv commit -q -m "Name the queues"
		ann git switch -q main
		ann git pv review open exp/queues -m Queues \
			--reviewer ben@example.com --json >"$way/open.json"
		jq -r .id "$way/open.json" >"$way/id"
		expect_failure 1 ann git pv review merge "$(cat "$way/id")" 2>err
		has err "approval"
		to ben
	'
	it "$way: Ben comments, and asks for changes" '
		id=$(cat "$way/id")
		ben git pv review list --needs-me >list
		has list Queues
		ben git pv review show "$id" >show
		has show "+You sort tickets into queues."
		ben git pv review comment "$id" --prompt triage --field prompt \
			--line 1 -m "Which queues?"
		ben git pv review reject "$id" -m "Name them"
		to ann
	'
	it "$way: Ann answers with a revision" '
		id=$(cat "$way/id")
		ann git pv review show "$id" --json >show.json
		json show.json "[.state, .comments[0].text]" \
			"[\"changes-requested\",\"Which queues?\"]"
		jq -r ".comments[0].id" show.json >"$way/comment"
		ann git switch -q exp/queues
		triage "You sort tickets into queues: billing, tech."
		ann git pv commit -q -m "Name them"
		ann git switch -q main
		ann git pv review revise "$id" -m Named
		ann git pv review comment "$id" --reply-to "$(cat "$way/comment")" \
			-m Two.
		to ben
	'
	it "$way: Ben approves of it" '
		id=$(cat "$way/id")
		ben git pv review show "$id" --json >show.json
		json show.json "[.state, (.comments[] | .outdated)]" \
			"[\"open\",false,false]"
		ben git pv review resolve "$id" "$(cat "$way/comment")"
		ben git pv review approve "$id" -m Good
		to ann
	'
	it "$way: Ann merges, which is released and known to Ben" '
		id=$(cat "$way/id")
		ann git pv review merge "$id" >merged
		has merged "triage 1.1.0"
		ann git log -1 --format=%B >message
		has message "Reviewed-by: ben <ben@example.com>"
		has message "Pv-Review: $id"
		to ben
		ben git pv versions triage >versions
		has versions 1.1.0
		same "" "$(ben git pv review list)"
	'
	it "$way: it goes to staging, then into production" '
		expect_failure 1 ann git pv deploy triage@1.0.0 -e production >out
		has out not-approved
		ann git pv deploy -q triage@1.1.0 -e staging -m "Try it"
		tick
		ann git pv promote --from staging --to production -m Queues
		ann git log -1 --format=%cI pv/deployments >"$way/live-at"
		to ben
		ben git pv env show production --json >env.json
		json env.json ".prompts | map([.id, .version])" \
			"[[\"triage\",\"1.1.0\"]]"
	'
	it "$way: a second change follows it there" '
		ann git switch -q exp/queues
		ann git merge -q --ff-only main
		triage "You sort tickets into queues: billing."
		ann git pv commit -q -m "Drop a queue"
		ann git switch -q main
		ann git pv review open exp/queues -m Fewer --json >open.json
		to ben
		id=$(jq -r .id open.json)
		ben git pv review approve "$id"
		to ann
		ann git pv review merge "$id" >merged
		has merged "triage 1.2.0"
		tick
		ann git pv deploy -q triage@1.2.0 -e production -m Fewer
		to ben
	'
	it "$way: an incident: Ben finds what was live, and whose it was" '
		tick
		ben git pv env at -e production "$(cat "$way/live-at")" triage \
			--json >at.json
		json at.json "[.prompts[] | .version, .by]" \
			"[\"1.1.0\",\"ann <ann@example.com>\"]"
		ben git pv env history production triage --json >history.json
		json history.json "[.[] | .status]" "[\"live\",\"superseded\"]"
		ben git pv blame triage >blame
		has blame "queues: billing."
		has blame ann
	'
	it "$way: Ben rolls back, and asks nobody for it" '
		[ "$way" = bundles ] || mv "$way/hub.git" "$way/away.git"
		ben git pv rollback triage -e production -m "Tech tickets are lost"
		ben git pv env show production --json >env.json
		json env.json ".prompts | map([.id, .version])" \
			"[[\"triage\",\"1.1.0\"]]"
		[ "$way" = bundles ] || mv "$way/away.git" "$way/hub.git"
		to ann
		ann git pv env history production triage --json >history.json
		json history.json "[.[] | .action, .status]" \
			"[\"rollback\",\"live\",\"deploy\",\"rolled-back\",\"deploy\",\"superseded\"]"
	'
	it "$way: both tell the same of what was done" '
		ann git pv audit --json >ann.json
		ben git pv audit --json >ben.json
		cmp_files ann.json ben.json
		json ann.json "[.[] | .action] | group_by(.) | map([.[0], length])" \
			"[[\"approve\",2],[\"deploy\",4],[\"reject\",1],[\"release\",4],[\"rollback\",1]]"
		ann git pv audit --env production >out
		has out "Tech tickets are lost"
		same "$(ann git for-each-ref refs/pv/reviews refs/tags \
			refs/heads/main refs/heads/pv)" \
			"$(ben git for-each-ref refs/pv/reviews refs/tags \
				refs/heads/main refs/heads/pv)"
	'
	it "$way: plain git reads it, and its revert is understood" '
		ben git log --format=%s pv/deployments >log
		same 5 "$(wc -l <log)"
		tick
		ben git worktree add -q ../wt pv/deployments
		as wt git revert --no-edit HEAD
		ben git worktree remove ../wt
		to ann
		ann git pv env history production triage -n 1 --json >history.json
		json history.json "[.[0].action]" "[\"rollback\"]"
		ann git pv env show production --json >env.json
		json env.json "[.prompts[].commit]" "[\"$(ann git rev-parse main)\"]"
		is_clean "$way/ann"
		is_clean "$way/ben"
	'
}

story remote
story bundles

finish
