#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The examples of the manual pages do what they are said to: every block is
# run, line by line, in a repository that has what the pages speak of.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/trials.sh"
. "$(dirname "$0")/examples.sh"
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
		;;
	git-pv-experiment.*)
		trial_file >tone.yaml
		mkdir experiments
		cp tone.yaml experiments
		trial_rows 6000 0.3 >rows.jsonl
		git pv record --stdin --loose <rows.jsonl
		;;
	git-pv-promote.*)
		git pv deploy support/triage --env staging
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
	git-pv-snapshot.*)
		git pv deploy support/triage -e staging
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
			git-pv-verify*) # nothing here is signed
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
