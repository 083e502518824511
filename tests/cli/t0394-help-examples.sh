#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
#
# What -h of each command and verb begins with: two examples at least, which
# do what they are said to in a repository that has what they speak of.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/trials.sh"
. "$(dirname "$0")/examples.sh"
begin 'the examples of -h'

# more: what no manual page needs in its repository, but some -h.
more() {
	cd "$SCRATCH/fixture" || exit 1
	git rm -q system.txt
	mkdir -p schemas experiments bin
	echo "{\"type\": \"object\"}" >schemas/order.json
	echo "type: object" >schemas/answer.yaml
	echo "environments: {staging: {}, production: {}}" >pv.yaml
	git add .
	git commit -q -m "Schemas and environments"
	git pv release -q
	for version in 1.2.0 1.3.0; do
		GIT_COMMITTER_DATE=2026-01-01T00:00:00Z git pv deploy -q \
			"support/triage@$version" --env production -m Calmer
	done
	fallen 1.0.0 8 100
	fallen 1.1.0 8 100
	fallen 1.2.0 7 400
	echo "{\"a\": 1}" >rows.jsonl
	git pv record --prompt support/triage --output "{}" >/dev/null
	git init -q --bare "$SCRATCH/there.git"
	git remote add origin "$SCRATCH/there.git"
	# What comes from elsewhere.
	echo "{\"prompt_id\": \"support/triage\"}" >executions.jsonl
	echo "Hi {{ name }}." >t.j2
	echo "{\"name\": \"Ann\"}" >context.json
	echo "New." >new.txt
	echo "Sort." >prompt.txt
	printf "u1\nu2\n" >users.txt
	echo "{}" | tee answer.json o.json order.json old.json new.json >/dev/null
	echo "{\"output\": {}}" | tee run.json runs.json >/dev/null
	echo "{\"control\": [1, 2, 3], \"treatment\": [2, 3, 5]}" >samples.json
	echo "prompt: A." | tee base.yaml ours.yaml theirs.yaml >x.yaml
	printf "#!/bin/sh\necho {}\n" | tee bin/jq >bin/ollama
	chmod +x bin/jq bin/ollama
	mkdir -p "$HOME/.config/fish/conf.d" backups
}

# open_review COMMAND: a review of exp/concise with a comment, their ids in
# $review and $comment, and what the command takes for granted.
open_review() {
	review=$(git pv review open exp/concise --json -m Shorter |
		sed "s/.*\"id\":\"\([0-9a-f]*\)\".*/\1/")
	[ "$1" != review\ withdraw ] || git pv review approve -q "$review"
	comment=$(git pv review comment "$review" -m Why --json |
		sed "s/.*\"event\":\"\([0-9a-f]*\)\".*/\1/")
	[ "$1" = review\ revise ] || return 0
	git switch -q exp/concise
	triage 0.6 Briefer
	git pv commit -q -m Briefer
}

# on_trial STATUS: the experiment "tone" as it has to be for a verb.
on_trial() {
	trial_file | sed "s,side,exp/concise,; s,prompt: a,prompt: support/triage,;
		s/, guardrails[^]]*]//" >experiments/tone.yaml
	cp experiments/tone.yaml tone.yaml
	git add experiments
	git commit -q -m Tone
	trial_rows 2000 0.5 |
		sed "s,\"prompt_id\":\"a\",\"prompt_id\":\"support/triage\"," \
			>rows.jsonl
	git pv record -q --stdin --loose <rows.jsonl >/dev/null
	[ "$1" = draft ] || git pv experiment start -q tone
	[ "$1" != paused ] || git pv experiment pause -q tone
}

# prepare COMMAND EXAMPLE: what is special about the place an example is run in.
prepare() {
	case $1 in
	new)
		git rm -q prompts/support/triage.yaml
		git pv commit -q -m "No triage"
		;;
	branch | switch)
		case $2 in
		*branch\ exp/concise | *-c\ exp/concise) git branch -q -D exp/concise ;;
		esac
		;;
	commit)
		triage 0.3 Five
		text_prompt prompts/support/reply.yaml "Calm {{ question }}."
		;;
	conflicts | resolve | mergetool)
		triage 0.1 Four
		git pv commit -q -m "In the way"
		git pv merge exp/concise || :
		;;
	"env delete" | "env diff") git pv env create -q qa ;;
	promote) git pv deploy -q support/triage@1.1.0 --env staging ;;
	snapshot) git pv snapshot -q production -o prompts.json ;;
	experiment | "experiment "*)
		case $2 in
		*create*) ;;
		*start*) on_trial draft ;;
		*resume*) on_trial paused ;;
		*) on_trial running ;;
		esac
		;;
	"review import")
		review= comment=
		git notes --ref=refs/notes/devtools/reviews add exp/concise -m \
			"{\"targetRef\":\"refs/heads/main\"}"
		;;
	review | "review "*) open_review "$1" ;;
	esac
}

# lines COMMAND [VERB]: its examples.
lines() {
	git pv "$@" -h | sed -n '/^examples:/,/^$/s/^  //p'
}

# run COMMAND EXAMPLE: must succeed, but for what says no by its status.
run() {
	line=$2
	case $1 in
	review*) line=$(printf '%s\n' "$2" |
		sed "s/1a2b3c4/$review/; s/5d6e7f8/$comment/") ;;
	esac
	case $1 in
	hook) printf "%s %s refs/heads/main\n" "$(git rev-parse HEAD~1)" \
		"$(git rev-parse HEAD)" ;;
	import) cat prompts.jsonl ;;
	record) cat executions.jsonl ;;
	esac >../input
	case $1 in
	verify) # nothing here is signed
		expect_failure 1 bash -e -c "$line" <../input ;;
	*) PATH=$PWD/bin:$PATH bash -e -c "$line" <../input ;;
	esac
}

(fixture && more) >"$SCRATCH/fixture.log" 2>&1 || {
	cat "$SCRATCH/fixture.log"
	die 'no fixture'
}

try() {
	name=$*
	it "$name" '
		lines $name >../lines
		[ "$(wc -l <../lines)" -ge 2 ]
		while read -r line; do
			rm -rf "$SCRATCH/work"
			cp -R "$SCRATCH/fixture" "$SCRATCH/work"
			cd "$SCRATCH/work"
			prepare "$name" "$line"
			log "$line"
			run "$name" "$line"
		done <../lines
	'
}

cd "$SCRATCH/fixture" || exit 1
for command in $(git pv completion --list commands) merge-driver textconv; do
	try "$command"
	case $command in
	env | experiment | review | schema)
		for verb in $(git pv completion --list operands "$command"); do
			try "$command" "$verb"
		done
		;;
	esac
done

finish
