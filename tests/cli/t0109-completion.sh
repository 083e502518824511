#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv completion'

new_repo repo
cd repo || exit 1
text_prompt prompts/support/triage.yaml
text_prompt prompts/support/reply.yaml
git add .
git commit -q -m one
git branch topic

it 'prints the script of each shell' '
	for shell in bash zsh fish; do
		git pv completion $shell >../out
		cmp_files "$PROJECT/cmd/git-pv/completion/git-pv.$shell" ../out
	done
	expect_failure 129 git pv completion tcsh 2>../err
	is_error ../err tcsh
	expect_failure 129 git pv completion 2>../err
	is_error ../err
'

it 'lists commands, options and operands' '
	git pv completion --list commands >../out
	has ../out commit
	lacks ../out merge-driver
	git pv completion --list options list >../out
	has ../out --tag=
	has ../out --json
	has ../out --no-pager
	git pv completion --list options completion >../out
	lacks ../out --json
	git pv completion --list operands show | paste -sd" " >../out
	same "support/reply support/triage" "$(cat ../out)"
	git pv completion --list operands switch | paste -sd" " >../out
	same "main topic" "$(cat ../out)"
	git pv completion --list operands schema | paste -sd" " >../out
	same "validate compare infer" "$(cat ../out)"
	git pv completion --list options schema compare >../out
	grep -qx -- --output ../out
	lacks ../out --data
	git pv completion --list options schema validate >../out
	grep -qx -- --output= ../out
	git pv completion --list options list some/id >../out
	has ../out --tag=
	expect_failure 129 git pv completion --list options 2>../err
	is_error ../err
'

it 'lists operands in a bare repository and where PV_REPO says' '
	git clone -q --bare . ../bare.git
	git -C ../bare.git pv completion --list operands show >../out
	same "support/reply support/triage" "$(paste -sd" " ../out)"
	cd /
	PV_REPO=$TRASH/repo git pv completion --list operands switch \
		>"$TRASH/out"
	same "main topic" "$(paste -sd" " "$TRASH/out")"
'

# offers FUNCTION WORDS...: what bash completes the last word to.
offers() {
	bash --norc -c "
		eval \"\$(git-pv completion bash)\"
		function=\$1
		shift
		COMP_WORDS=(\"\$@\")
		COMP_CWORD=\$((\$# - 1))
		\$function
		printf \"%s\\n\" \"\${COMPREPLY[@]}\" | sort | paste -sd\" \"
	" bash "$@"
}

it 'completes in bash, as git pv and as git-pv' '
	command -v bash || exit 0
	same "show" "$(offers _git_pv git pv sho)"
	same "show" "$(offers __git_pv_complete git-pv sho)"
	same "--tag=" "$(offers _git_pv git pv list --ta)"
	same "support/reply support/triage" \
		"$(offers _git_pv git pv show supp)"
	same "support/triage" "$(offers _git_pv git pv show --raw support/t)"
	same "topic" "$(offers _git_pv git pv switch to)"
	same "" "$(cd / && offers _git_pv git pv show supp)"
'

it 'has scripts that the shells can read' '
	for shell in bash zsh fish; do
		command -v $shell || continue
		git pv completion $shell >../script
		$shell -n ../script
	done
'

finish
