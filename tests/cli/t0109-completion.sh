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
	for command in versions log commit release deploy blame; do
		git pv completion --list operands $command >../out
		same "support/reply support/triage" "$(paste -sd" " ../out)"
	done
	git pv completion --list operands import >../out
	same "jsonl json csv" "$(paste -sd" " ../out)"
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

it 'lists versions and branches of a prompt, and its fields' '
	git pv release -q >../out
	git pv completion --list refs support/triage | paste -sd" " >../out
	same "support/triage@1.0.0 support/triage@latest support/triage@main support/triage@topic" \
		"$(cat ../out)"
	write prompts/deep.yaml <<-FILE
		name: deep
		model: {name: m, "odd key": 1}
		messages:
		  - {role: user, content: Hi.}
	FILE
	git pv completion --list fields deep | paste -sd" " >../out
	same "name model model.name messages messages[0] messages[0].role messages[0].content" \
		"$(cat ../out)"
	rm prompts/deep.yaml
	expect_failure 129 git pv completion --list refs 2>../err
	is_error ../err "needs an ID"
	expect_failure 128 git pv completion --list fields nothing 2>../err
'

# words WORD...: what the last of the words behind "git pv" can become.
words() {
	git pv completion --list words -- "$@" | paste -sd" "
}

it 'knows what each word of a command line can become' '
	write prompts/deep.yaml <<-FILE
		name: deep
		goal: g
		prompt: Hi.
		metadata: {team: t}
	FILE
	same "stats status" "$(words stat)"
	same "metadata= metadata.team=" "$(words edit deep --set meta)"
	same "metadata metadata.team" "$(words edit deep --unset meta)"
	same "--set=metadata= --set=metadata.team=" \
		"$(words edit deep -m "a b" --set=meta)"
	same "goal" "$(words log deep --field go)"
	same "metadata=" "$(words edit --set meta)"
	same "name" "$(words search --field na)"
	same "--field=id --field=name --field=description --field=goal --field=tags --field=text" \
		"$(words search --field=)"
	same "1.0.0 latest" "$(words show support/triage --version "")"
	same "" "$(words release support/triage --version "")"
	same "development production staging" "$(words deploy deep --env "")"
	for command in revert cherry-pick; do
		same "support/reply support/triage" "$(words $command supp)"
		same "support/triage@1.0.0" "$(words $command support/triage@1)"
		same "topic" "$(words $command to)"
	done
	same "topic" "$(words cherry-pick support/triage to)"
	same "staging" "$(words env show st)"
	same "--env=staging" "$(words deploy --env=st)"
	same "deep@env:production" "$(words show deep@env:p)"
	same "support/reply support/triage" "$(words deploy --env staging supp)"
	same "jsonl json" "$(words import js)"
	same "" "$(words import jsonl prom)"
	same "" "$(words check-output deep "")"
	same "topic" "$(words list --at to)"
	same "topic" "$(words merge --into main to)"
	same "name updated" "$(words list --sort "")"
	same "--sort=updated" "$(words list --sort=u)"
	same "1.0.0 latest main topic" "$(words changelog support/triage "")"
	same "deep" "$(words history list --prompt dee)"
	same "create" "$(words experiment cre)"
	same "bash" "$(words completion b)"
	same "switch" "$(words help swi)"
	rm prompts/deep.yaml
	cd /
	same "jsonl json" "$(words import js)"
	same "--json" "$(words list --js)"
'

# typed LINE: what bash inserts when it completes the end of a line.
typed() {
	bash --norc -c "
		eval \"\$(git-pv completion bash)\"
		COMP_LINE=\$1
		COMP_POINT=\${#COMP_LINE}
		# As readline cuts it, at the characters of COMP_WORDBREAKS.
		mapfile -t COMP_WORDS < <(printf %s \"\$1\" |
			sed \"s/[@=]/ & /g\" | tr -s \" \" \"\n\")
		[[ \$1 != *[[:space:]] ]] || COMP_WORDS+=(\"\")
		COMP_CWORD=\$((\${#COMP_WORDS[@]} - 1))
		_git_pv
		printf \"%s\n\" \"\${COMPREPLY[@]}\" | sort | paste -sd\" \"
	" bash "$1"
}

it 'completes versions behind an @, and fields, in bash' '
	command -v bash || exit 0
	same "@1.0.0 @latest @main @topic" "$(typed "git pv show support/triage@")"
	same "@1.0.0" "$(typed "git pv show support/triage@1")"
	same "support/reply support/triage" "$(typed "git pv show supp")"
	same "name prompt" "$(typed "git pv edit support/triage --unset ")"
	same "prompt" "$(typed "git pv log support/triage --field pro")"
	same "prompt=" "$(typed "git pv edit support/triage --set=prom")"
	same "name" "$(typed "git pv search --field na")"
	same "1.0.0" "$(typed "git pv show support/triage --version 1")"
	same "staging" "$(typed "git pv deploy support/triage --env=sta")"
	same "support/triage" "$(typed "git pv deploy --env staging support/t")"
'

# pressed LINE: runs a line with TABs in an interactive bash, as `git-pv`, and
# as `git pv` where git's own completion is there.
pressed() {
	real=/usr/share/bash-completion/completions/git
	[ -e $real ] || real=/dev/null
	{
		printf 'source %s; eval "$(git-pv completion bash)"\n' $real
		printf "$1 >%s/bash.out\nexit\n" "$TRASH"
	} >../keys
	TERM=dumb INPUTRC=/dev/null script -qec "bash --norc -i" /dev/null \
		<../keys >../tty
}

it_tty 'completes at the prompt of bash' '
	command -v bash || exit 0
	pressed "git-pv sho\\t support/triage@1.\\t --jso\\t"
	json ../bash.out .version 1.0.0
	pressed "git-pv show support/triage@la\\t --json"
	json ../bash.out .version 1.0.0
	pressed "git-pv list --typ\\tchat --json"
	same "[]" "$(cat ../bash.out)"
	pressed "git-pv edit support/triage --set=nam\\tNew --json"
	has prompts/support/triage.yaml "name: New"
	git checkout -q prompts
	echo "{\"id\": \"from-file\", \"prompt\": \"x\"}" >rows.jsonl
	pressed "git-pv import jsonl row\\t --json"
	json ../bash.out .created "[\"from-file\"]"
	rm prompts/from-file.yaml rows.jsonl
	[ -e /usr/share/bash-completion/completions/git ] || exit 0
	pressed "git pv show support/tri\\t@1.\\t --json"
	json ../bash.out .version 1.0.0
'

# Names that branches can have, and what bash makes of them once they are in
# the line.
cat >../hostile.names <<'NAMES'
x"q
x$(echo>ran)
x$HOME
x&b
x'q
x(ui)
x;echo>ran
x`echo>ran`
x{a,b}
x|b
NAMES
cat >../hostile.bash <<'BASH'
eval "$(git-pv completion bash)"
COMP_LINE='git pv switch x' COMP_POINT=15
COMP_WORDS=(git pv switch x) COMP_CWORD=3
_git_pv
[[ $- != *f* ]] || echo noglob
for word in "${COMPREPLY[@]}"; do
	eval "printf '%s\n' $word"
done
BASH

it 'runs nothing that a name says, in bash' '
	command -v bash || exit 0
	mkdir ../hostile
	cd ../hostile
	new_repo .
	git commit -q --allow-empty -m one
	while read -r name; do
		git update-ref "refs/heads/$name" HEAD
	done <../hostile.names
	bash --norc ../hostile.bash | LC_ALL=C sort >../got
	cmp_files ../hostile.names ../got
	[ ! -e ran ]
	same "x\(ui\)" "$(typed "git pv switch x\\(")"
'

it 'completes in fish' '
	command -v fish || exit 0
	mkdir -p "$HOME/.config/fish/conf.d"
	git pv completion fish >"$HOME/.config/fish/conf.d/git-pv.fish"
	fish -c "complete -C \"git-pv show supp\"" >../out
	same "support/reply support/triage" "$(paste -sd" " ../out)"
	fish -c "complete -C \"git-pv show support/triage@1\"" >../out
	same support/triage@1.0.0 "$(cat ../out)"
	fish -c "complete -C \"git-pv edit support/triage --set na\"" >../out
	same name= "$(cat ../out)"
	fish -c "complete -C \"git pv show support/triage@1\"" >../out
	same support/triage@1.0.0 "$(cat ../out)"
	fish -c "complete -C \"git-pv edit support/triage --set=na\"" >../out
	same "--set=name=" "$(cat ../out)"
	fish -c "complete -C \"git pv search --field na\"" >../out
	same name "$(cat ../out)"
	fish -c "complete -C \"git-pv deploy --env st\"" >../out
	same staging "$(cat ../out)"
	echo "{}" >rows.jsonl
	fish -c "complete -C \"git-pv import jsonl row\"" >../out
	same rows.jsonl "$(cat ../out)"
	fish -c "complete -C \"git pv render support/triage --vars=row\"" >../out
	same "--vars=rows.jsonl" "$(cat ../out)"
	rm rows.jsonl
'

it_tty 'completes in zsh' '
	command -v zsh || exit 0
	mkdir -p ../zsh
	git pv completion zsh >../zsh/_git-pv
	printf "%s\n" "fpath=($TRASH/zsh \$fpath)" "autoload -U compinit" \
		"compinit -u -D" "PS1=" >../zsh/.zshrc
	printf "git-pv show support/triage@1\t --json > %s/zsh.out\nexit\n" \
		"$TRASH" |
		ZDOTDIR=$TRASH/zsh TERM=xterm script -qec "zsh -i" /dev/null >../tty
	json ../zsh.out .version 1.0.0
	printf "git pv show support/triage@1\t --json > %s/zsh.out\nexit\n" \
		"$TRASH" |
		ZDOTDIR=$TRASH/zsh TERM=xterm script -qec "zsh -i" /dev/null >../tty
	json ../zsh.out .version 1.0.0
	echo "{\"id\": \"from-file\", \"prompt\": \"x\"}" >rows.jsonl
	printf "git-pv edit support/triage --set=nam\tNew\n%s\nexit\n" \
		"git-pv import jsonl row	 --json > $TRASH/zsh.out" |
		ZDOTDIR=$TRASH/zsh TERM=xterm script -qec "zsh -i" /dev/null >../tty
	has prompts/support/triage.yaml "name: New"
	json ../zsh.out .created "[\"from-file\"]"
	git checkout -q prompts
	rm prompts/from-file.yaml rows.jsonl
'

it 'completes among 2,000 prompts in bash, fish and zsh' '
	mkdir ../many
	cd ../many
	new_repo .
	mkdir -p prompts/team
	for i in $(seq 2000); do
		echo "prompt: Hello" >prompts/team/p$i.yaml
	done
	git add prompts
	git commit -q -m many
	git pv release -q >../out
	if command -v bash; then
		same 2000 "$(typed "git pv show team/" | wc -w)"
		same "team/p1999" "$(typed "git pv show team/p1999")"
		same "@1.0.0" "$(typed "git pv show team/p1999@1")"
	fi
	if command -v fish; then
		same 2000 "$(fish -c "complete -C \"git-pv show team/\"" | wc -l)"
		same "team/p1999@1.0.0" \
			"$(fish -c "complete -C \"git-pv show team/p1999@1\"")"
	fi
	command -v zsh || exit 0
	printf "git-pv show team/p1999@1\t --json > %s/zsh.out\nexit\n" \
		"$TRASH" |
		ZDOTDIR=$TRASH/zsh TERM=xterm script -qec "zsh -i" /dev/null >../tty
	json ../zsh.out "[.id, .version] | join(\" \")" "team/p1999 1.0.0"
'

it 'has scripts that the shells can read' '
	for shell in bash zsh fish; do
		command -v $shell || continue
		git pv completion $shell >../script
		$shell -n ../script
	done
'

finish
