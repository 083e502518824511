#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'what people call a prompt instead of its id, and names that are near'

new_repo repo
cd repo || exit 1
named() {
	write "prompts/$1.yaml" <<-FILE
		name: $2
		prompt: "Hi {{ x }}."
	FILE
}
named ops/sre 'SRE Analysis'
named ops/two 'The same'
named other/two 'The same'
named plain triage
git pv commit -q -m first >/dev/null
git branch concise

it 'takes a name that one prompt has wherever it takes an id' '
	git pv show "SRE Analysis" --json >../out
	json ../out .id ops/sre
	git pv show "SRE Analysis@1.0" --json >../out
	json ../out ".id, .version" "ops/sre
1.0.0"
	git pv render "SRE Analysis" --var x=1 >../out
	same "Hi 1." "$(cat ../out)"
	git pv vars triage --json >../out
	json ../out ".[0].name" x
	git pv versions "SRE Analysis" --json >../out
	json ../out ".[].tag" ops/sre/v1.0.0
	git pv log "SRE Analysis" --json >../out
	json ../out ".[].id" ops/sre
	git pv blame "SRE Analysis" >../out
	git pv check "SRE Analysis" triage >../out || test $? = 1
	git pv export jsonl "SRE Analysis" >../out
	json ../out .id ops/sre
	git pv edit "SRE Analysis" --set goal=calm >../out
	has prompts/ops/sre.yaml "goal: calm"
	git pv deactivate "SRE Analysis" >../out
	same "ops/sre is now inactive" "$(cat ../out)"
	git pv commit -m two "SRE Analysis" >../out
	has ../out "ops/sre 1.0.1"
	git pv rollback "SRE Analysis" --to 1.0.0 >../out
	has ../out "ops/sre"
	git pv cp "SRE Analysis" ops/copy >../out
	has ../out "ops/copy is a copy of ops/sre@"
	git pv mv ops/copy ops/third -q
	git -C "$(git rev-parse --git-dir)" pv show triage --json >../out
	json ../out .id plain
'

it 'says which prompts there are of a name that several have' '
	expect_failure 128 git pv show "The same" 2>../err
	is_error ../err "2 prompts are called \"The same\""
	has ../err "give an id: ops/two, other/two"
	expect_failure 128 git pv show "The same" --json >../out
	json ../out .error.code ambiguous
'

it 'takes an id for an id first' '
	named triage "SRE Analysis"
	git pv show triage --json >../out
	json ../out .id triage
	rm prompts/triage.yaml
	expect_failure 128 git pv show "No such name" 2>../err
	is_error ../err "No such name"
	expect_failure 128 git pv mv triage/ x/ 2>../err
	git pv mv plain taken -q
	expect_failure 128 git pv show plain 2>../err
	git pv show plain@1.0.0 --json >../out
	json ../out .id plain
	git pv mv taken plain -q
'

it 'names what is near, and the command that lists all' '
	expect_failure 128 git pv show ops/sra 2>../err
	has ../err "did you mean \"ops/sre\" or"
	has ../err "? git pv list shows all"
	expect_failure 128 git pv show ops/sre@consice 2>../err
	has ../err "did you mean \"concise\"? git pv branch lists the branches"
	expect_failure 128 git pv switch consice 2>../err
	has ../err "did you mean \"concise\"?"
	expect_failure 128 git pv branch -d consice 2>../err
	has ../err "did you mean \"concise\"?"
	expect_failure 128 git pv env show prodction 2>../err
	has ../err "did you mean \"production\"?"
	expect_failure 128 git pv show ops/sre@1.7 2>../err
	has ../err "there is 1.0.2"
	has ../err "; git pv versions lists all"
	for ask in "blame ops/sre" "log ops/sre"; do
		expect_failure 128 git pv $ask --field promt 2>../err
		has ../err "did you mean \"prompt\"? \"git pv blame ops/sre\""
	done
	expect_failure 128 git pv edit ops/sre --unset nam 2>../err
	has ../err "did you mean \"name\"? \"git pv blame ops/sre\" lists all"
	expect_failure 129 git pv help mergin 2>../err
	has ../err "did you mean \"merging\""
	expect_failure 128 git pv show "SRE analyis" 2>../err
	is_error ../err "no prompt \"SRE analyis\""
	has ../err "did you mean \"SRE Analysis\"? \"git pv list\" lists all"
	expect_failure 128 git pv show "Nothing like it at all" 2>../err
	is_error ../err "bad id"
	expect_failure 129 git pv list --format "%(nam)" 2>../err
	has ../err "did you mean \"name\""
'

it 'names what is near once, also what is known twice over' '
	git pv deploy plain --env staging >/dev/null
	expect_failure 128 git pv deploy plain --env stagin 2>../err
	is_error ../err "no environment \"stagin\""
	has ../err "did you mean \"staging\"? "
	expect_failure 128 git pv show plain@env:production 2>../err
	is_error ../err "no environment \"production\""
	has ../err "git pv env list shows where"
'

it 'takes a name where an id is no operand, and where a file is in conflict' '
	new_repo ../named
	cd ../named
	printf "name: Its name\nprompt: One.\n" | write prompts/ops/named.yaml
	git pv commit -q -m one >/dev/null
	git switch -q -c side
	printf "name: Its name\nprompt: Two.\n" >prompts/ops/named.yaml
	git pv commit -q -m two >/dev/null
	git switch -q main
	printf "name: Its name\nprompt: Three.\n" >prompts/ops/named.yaml
	git pv diff --json -- "Its name" >../out
	json ../out ".prompts[0].id" ops/named
	git pv diff --json "Its name@1.0" >../out
	json ../out ".prompts[0].id" ops/named
	git pv commit -q -m three >/dev/null
	git pv record --prompt "Its name@1.0" --output x >/dev/null
	git pv history list --json >../out
	json ../out ".[0] | [.prompt_id, .version]" "[\"ops/named\",\"1.0.0\"]"
	expect_failure 1 git pv merge side >/dev/null 2>&1
	git pv resolve "Its name" --theirs >/dev/null
	has prompts/ops/named.yaml "prompt: Two."
	git pv merge --continue >/dev/null
	git pv new other --from "Its name@1.0" >/dev/null
	has prompts/other.yaml "prompt: One."
	expect_failure 128 git pv new third --from "Its name" 2>../err
	is_error ../err "2 prompts are called \"Its name\""
'

# near COMMAND ID...: that a command that fails names these, in any order.
near() {
	ask=$1
	shift
	expect_failure 128 git pv $ask 2>../err
	has ../err "did you mean"
	for id in "$@"; do
		has ../err "\"$id\""
	done
}

it 'knows paths, folders, capitals, slips and what was removed' '
	new_repo ../slips
	cd ../slips
	for id in support/triage support/reply sales/faq old; do
		text_prompt prompts/$id.yaml
	done
	git pv commit -q -m one >/dev/null
	git rm -q prompts/old.yaml
	git commit -q -m gone
	git branch concise
	for command in show log vars versions render blame; do
		near "$command prompts/support/triage.yaml" support/triage
		near "$command support/triage.yaml" support/triage
		near "$command ./prompts/support/triage.yaml" support/triage
		near "$command support" support/triage support/reply
		near "$command support/" support/triage support/reply
		near "$command Support/Triage" support/triage
		near "$command SALES/faq" sales/faq
		near "$command tirage" support/triage
		near "$command suport/triage" support/triage
	done
	expect_failure 128 git pv show old 2>../err
	is_error ../err "no prompt \"old\""
	has ../err "it was removed: old@1.0.0 is its last version"
	near "diff mian" main
	near "diff consice" concise
	near "diff sales/fag" sales/faq
	near "log mian" main
	expect_failure 128 git pv log concise 2>../err
	has ../err "git pv log @concise is the log of that commit or branch"
	near "search triage --field nam" name
	near "search triage --field descritpion" description
'

it 'takes a name in options, with its commits, and behind verbs' '
	new_repo ../more
	cd ../more
	printf "name: Ask @ home\nprompt: One.\n" | write prompts/ops/ask.yaml
	text_prompt prompts/gone.yaml
	git pv commit -q -m one >/dev/null
	printf "name: Ask @ home\nprompt: Two.\n" >prompts/ops/ask.yaml
	git pv commit -q -m two >/dev/null
	git pv show "Ask @ home@1.0" --json >../out
	json ../out ".id, .version" "ops/ask
1.0.0"
	git pv show "Ask @ home" --json >../out
	json ../out .version 1.1.0
	git pv record --prompt gone --output x >/dev/null
	git pv record --prompt "Ask @ home" --output x --cost-usd 1 >/dev/null
	git pv deploy "Ask @ home" --env staging >/dev/null
	git pv env history staging "Ask @ home" --json >../out
	json ../out ".[0].id" ops/ask
	git pv history list --prompt "Ask @ home" --json >../out
	json ../out ".[0].prompt_id" ops/ask
	git pv cost --prompt "Ask @ home" --json >../out
	json ../out .executions 1
	git pv policy explain release "Ask @ home" >../out
	has ../out "release ops/ask"
	git pv policy explain deploy "Ask @ home@1.1" --env staging >../out ||
		test $? = 1
	has ../out "deploy ops/ask@1.1"
	git pv schema infer --from-history "Ask @ home" --output --json >../out \
		2>../err || lacks ../err "bad id"
	git pv experiment create tone --prompt "Ask @ home" --variant a=1.0.0 \
		--variant b=1.1.0 --metric quality >/dev/null
	has experiments/tone.yaml "prompt: ops/ask"
	rm experiments/tone.yaml
	git pv revert "Ask @ home@1.1" >/dev/null
	has prompts/ops/ask.yaml "prompt: One."
	git pv cherry-pick "Ask @ home@1.1.0" >/dev/null
	has prompts/ops/ask.yaml "prompt: Two."
	git pv revert HEAD >/dev/null
	git pv cherry-pick --field prompt "Ask @ home@1.1.0" "Ask @ home" >../out
	has prompts/ops/ask.yaml "prompt: Two."
	git rm -q prompts/gone.yaml
	git commit -q -m gone
	git tag -d gone/v1.0.0 >/dev/null
	for ask in "history list --prompt" "cost --prompt" "performance"; do
		git pv $ask gone >../out 2>../err
		expect_failure 128 git pv $ask ops/aks 2>../err
		is_error ../err "no prompt \"ops/aks\""
		has ../err "did you mean \"ops/ask\"? git pv list shows all"
	done
	expect_failure 128 git pv env history staging ops/aks 2>../err
	has ../err "did you mean \"ops/ask\"? git pv list shows all"
	expect_failure 128 git pv env history --all-envs ops/aks 2>../err
	has ../err "did you mean \"ops/ask\"? git pv list shows all"
	for what in release deploy rollback; do
		expect_failure 128 git pv policy explain $what ops/aks \
			--env staging 2>../err
		has ../err "did you mean \"ops/ask\"? git pv list shows all"
	done
'

it 'says how to make the first prompt' '
	new_repo ../empty
	cd ../empty
	git pv list >../out 2>../err
	has ../err "\"git pv new\" with an id makes the first"
	expect_failure 128 git pv show x 2>../err
	has ../err "\"git pv new\" with an id makes the first"
	text_prompt prompts/a.yaml
	git pv list b 2>../err
	same "no prompts" "$(cat ../err)"
'

it 'takes a name where a review is opened of a version' '
	new_repo "$TRASH/reviewed"
	cd "$TRASH/reviewed"
	text_prompt prompts/example/greeting.yaml "Hi {{ x }}."
	sed -i "s/^name:.*/name: Warm Greeting/" prompts/example/greeting.yaml
	grep -q "^name: Warm" prompts/example/greeting.yaml ||
		echo "name: Warm Greeting" >>prompts/example/greeting.yaml
	git pv commit -q -m one
	git pv review open "Warm Greeting" --for staging
	git pv review open "Warm Greeting@1.0.0" --for production
	git pv review list >../reviews
	has ../reviews "example/greeting"
	expect_failure 128 git pv review open "Warm Greetin" --for staging 2>../err
	has ../err "did you mean \"Warm Greeting\"?"
'

finish
