#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The examples of the manual pages do what they are said to: every block is
# run, line by line, in a repository that has what the pages speak of.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/trials.sh"
begin 'the examples of the manual pages'

MAN=$PROJECT/cmd/git-pv/man

# blocks PAGE: its examples as blocks-1, blocks-2, ...; text between blocks
# parts them.
blocks() {
	rm -f "$SCRATCH"/block-*
	awk -v to="$SCRATCH/block-" '
		/^# / { on = $0 == "# EXAMPLES"; next }
		!on { next }
		/^```/ { quoted = !quoted; n += quoted; next }
		quoted { print > (to n); next }
		/^\t/ { n++; inside = 1 }
		inside && NF { sub(/^\t/, ""); print > (to n); next }
		{ inside = 0 }' "$MAN/$1"
	# As scdoc prints it.
	for block in "$SCRATCH"/block-*; do
		[ -e "$block" ] || continue
		sed -i -e 's/++$//' -e 's/\\\(.\)/\1/g' \
			-e "s,/tmp/calls,$SCRATCH/calls," "$block"
	done
}

triage() { # TEMPERATURE SYSTEM-TEXT
	write prompts/support/triage.yaml <<-FILE
		name: Support triage
		tags: [support, production]
		model:
		  name: llama3.1:8b
		  temperature: $1
		messages:
		  - role: system
		    content: |
		      $2
		  - role: user
		    content: "{{ ticket }}"
	FILE
}

fixture() {
	new_repo "$SCRATCH/fixture"
	cd "$SCRATCH/fixture" || exit 1
	git pv install
	text_prompt prompts/support/reply.yaml "Answer {{ question }}."
	text_prompt prompts/sales/faq.yaml "Answer {{ question }}."
	for text in One Two Three Four; do
		triage 0.2 "$text"
		git pv commit -q -m "$text"
	done
	git switch -q -c exp/concise HEAD~1
	triage 0.5 Three
	text_prompt prompts/support/reply.yaml "Answer {{ question }} briefly."
	git pv commit -q -m Concise
	git switch -q main
	echo "Be brief." >system.txt
	printf "{\"id\": \"more/%s\", \"prompt\": \"Hi.\"}\n" one two >prompts.jsonl
	git add system.txt prompts.jsonl
	git commit -q -m "Files beside the prompts"
	text_prompt prompts/sales/faq.yaml "Please answer {{ question }}."
	git pv commit -q -m "The last commit"
	git tag v2
}

# prepare PAGE: what is special about the place its examples are run in.
prepare() {
	case $1 in
	git-pv.1.* | git-pv-init.*)
		mkdir "$SCRATCH/empty"
		cd "$SCRATCH/empty"
		;;
	git-pv-schema.*)
		mkdir schemas
		echo "{\"type\": \"object\"}" >schemas/order.json
		echo "type: object" >schemas/answer.yaml
		git add schemas
		git commit -q -m Schemas
		echo "{}" >order.json
		echo "{\"a\": 1}" >rows.jsonl
		echo "{\"output\": {}}" >run.json
		;;
	git-pv-check-output.*)
		mkdir schemas
		echo "type: object" >schemas/answer.yaml
		echo "{}" >answer.json
		echo "Here: {}" >answer.md
		cp answer.json "$SCRATCH/answer.json"
		git pv edit support/triage --set "output={format: json}"
		git pv commit -q -m "JSON comes back"
		;;
	git-pv-experiment.*)
		trial_file >tone.yaml
		mkdir experiments
		cp tone.yaml experiments
		trial_rows 6000 0.3 >rows.jsonl
		git pv record --stdin --loose <rows.jsonl
		;;
	git-pv-bisect.*)
		fallen 1.0.0 8 100
		fallen 1.1.0 8 100
		fallen 1.2.0 7 400
		;;
	git-pv-branch.* | git-pv-switch.*)
		git branch -q -D exp/concise
		;;
	git-pv-commit.*)
		triage 0.3 Five
		text_prompt prompts/support/reply.yaml "Calm {{ question }}."
		;;
	git-pv-conflicts.* | git-pv-resolve.*)
		triage 0.1 Four
		git pv commit -q -m "In the way"
		;;
	git-pv-sync.*)
		rm -rf "$SCRATCH/there.git"
		git init -q --bare "$SCRATCH/there.git"
		git remote add origin "$SCRATCH/there.git"
		;;
	git-pv-new.*)
		git rm -q prompts/support/triage.yaml
		git pv commit -q -m "No triage"
		;;
	git-pv-index.*)
		git pv record --template t
		;;
	git-pv-record.*)
		echo "{\"prompt_id\": \"support/triage\"}" >executions.jsonl
		;;
	git-pv-render.*)
		printf "{\"ticket\": \"%s\"}\n" one two >tickets.jsonl
		echo "ticket: one" >ticket.yaml
		;;
	esac
}

# fallen VERSION QUALITY LATENCY: executions of it.
fallen() {
	triage_blob=$(git rev-parse \
		"support/triage/v$1:prompts/support/triage.yaml") || return
	awk -v blob="$triage_blob" -v quality="$2" -v latency="$3" 'BEGIN {
		for (i = 0; i < 60; i++)
			printf "{\"prompt_id\":\"support/triage\",\"blob\":" \
				"\"%s\",\"commit\":null,\"parent\":\"%d\"," \
				"\"quality\":%.1f,\"latency_ms\":%d}\n",
				blob, i, quality + (i % 5 - 2) / 4,
				latency + i % 50
	}' | git pv record --stdin
}

# run PAGE BLOCK: each line must succeed.
run() {
	shell=sh
	[ "$1" != git-pv-completion.1.scd ] || shell=bash
	{
		while read -r line; do
			printf '%s || fail=$?\n' "$line"
			case $1:$line in
			git-pv-conflicts*merge\ exp/concise | \
				git-pv-resolve*merge\ exp/concise)
				echo '[ "$fail" = 1 ] && fail=' ;;
			esac
			printf '[ -z "$fail" ] || exit "$fail"\n'
		done <"$2"
	} >"$2.sh"
	"$shell" "$2.sh" <"$SCRATCH/fixture/prompts.jsonl"
}

(fixture) >"$SCRATCH/fixture.log" 2>&1 || {
	cat "$SCRATCH/fixture.log"
	die 'no fixture'
}

for page in "$MAN"/git-pv*.1.scd; do
	page=${page##*/}
	it "$page" '
		blocks "$page"
		[ -e "$SCRATCH/block-1" ]
		rm -rf "$SCRATCH/empty"
		for block in "$SCRATCH"/block-*[0-9]; do
			# What git-pv(1) begins in its first block goes on.
			if [ "$page" = git-pv.1.scd ]; then
				cat "$SCRATCH"/block-*[0-9] >"$SCRATCH/all"
				block=$SCRATCH/all
			fi
			rm -rf "$SCRATCH/work"
			cp -R "$SCRATCH/fixture" "$SCRATCH/work"
			cd "$SCRATCH/work"
			prepare "$page"
			run "$page" "$block"
			[ "$page" != git-pv.1.scd ] || break
		done
	'
done

finish
