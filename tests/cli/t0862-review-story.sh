#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'a review from its branch to production, by two people'

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

ann() { in_clone ann "$@"; }
ben() { in_clone ben "$@"; }
id() { cat "$HERE/id"; }

it 'Ann begins a repository that asks for one approval' '
	git init -q --bare hub.git
	new_repo ann
	cd ann
	git remote add origin ../hub.git
	text_prompt prompts/tone.yaml "Be kind."
	write prompts/triage.yaml <<-FILE
		prompt: |
		  You sort tickets.
		  {% include "tone" %}
		  Ticket: {{ ticket }}
	FILE
	ann git pv commit -q -m "Begin" >/dev/null
	printf "policy: {approvals: 1}\nenvironments: {production: {approvals: 1}}\n" \
		>>pv.yaml
	git add pv.yaml
	ann git commit -q -m "One approval"
	ann git push -q -u origin main
	ann git pv sync
	cd ..
	git clone -q hub.git ben
	git -C ben config pv.defaultBranch main
	ben git pv install
	ben git pv sync
'

it 'Ann works on a branch, checks, and asks Ben' '
	cd ann
	git switch -q -c exp
	write prompts/triage.yaml <<-FILE
		prompt: |
		  You sort tickets into queues.
		  {% include "tone" %}
		  Ticket: {{ ticket }}
	FILE
	git pv check
	ann git pv commit -q -m "Name the queues" >/dev/null
	ann git push -q origin exp
	git switch -q main
	ann git pv review open exp -m "Queues" --reviewer ben@example.com \
		--json >../open.json
	jq -r .id ../open.json >../id
	expect_failure 1 ann git pv review merge "$(id)" 2>../err
	ann git pv sync
'

it 'Ben comments from his clone, and asks for changes' '
	ben git pv sync
	ben git pv review list --needs-me >list
	has list Queues
	ben git pv review show "$(id)" >show
	has show "+You sort tickets into queues."
	ben git pv review comment "$(id)" --prompt triage --field prompt --line 1 \
		-m "Which queues?"
	ben git pv review reject "$(id)" -m "Name them"
	ben git pv sync
'

it 'Ann answers with a revision, by a bundle: the network is gone' '
	mv hub.git away.git
	(cd ben && git bundle create -q ../ben.bundle --all)
	cd ann
	git remote add bundle ../ben.bundle
	ann git pv sync --remote bundle --no-push
	ann git pv review show "$(id)" --json >../show.json
	json ../show.json "[.state, .comments[0].text]" \
		"[\"changes-requested\",\"Which queues?\"]"
	git switch -q exp
	write prompts/triage.yaml <<-FILE
		prompt: |
		  You sort tickets
		  into queues: billing, tech.
		  {% include "tone" %}
		  Ticket: {{ ticket }}
	FILE
	ann git pv commit -q -m "Name them" >/dev/null
	git switch -q main
	ann git pv review revise "$(id)" -m "Named"
	comment=$(jq -r ".comments[0].id" ../show.json)
	ann git pv review comment "$(id)" --reply-to "$comment" -m "Two."
	git bundle create -q ../ann.bundle --all
	cd ../ben
	git remote add bundle ../ann.bundle
	ben git pv sync --remote bundle --no-push
	ben git pv review show "$(id)" --json >../show.json
	json ../show.json "[.state, .comments[0].line, .comments[0].outdated]" \
		"[\"open\",1,false]"
	ben git pv review resolve "$(id)" "$comment"
	ben git pv review approve "$(id)" -m "Good"
	mv ../away.git ../hub.git
	ben git pv sync
'

it 'Ann merges, which is written down and released' '
	ann git pv sync
	ann git push -q origin exp
	ann git pv review merge "$(id)" >merged
	has merged "triage 1.1.0"
	cd ann
	git log -1 --format=%B >../message
	has ../message "Reviewed-by: ben <ben@example.com>"
	has ../message "Pv-Review: $(id)"
	ann git push -q origin main
	ann git pv sync
	same "" "$(ann git pv review list)"
	is_clean
	check_repo
'

it 'the approval lets it into production, and nothing else' '
	ann git pv deploy triage@1.1.0 --env production -m "Queues"
	expect_failure 1 ann git pv deploy tone@1.0.0 --env production
	ann git pv sync
	cd ben
	git pull -q
	cd ..
	ben git pv sync
	ben git pv env show production --json >env.json
	json env.json ".prompts | map([.id, .version])" "[[\"triage\",\"1.1.0\"]]"
	same "$(git -C ann for-each-ref refs/pv/reviews)" \
		"$(git -C ben for-each-ref refs/pv/reviews)"
'

finish
