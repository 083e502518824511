# SPDX-License-Identifier: MIT
# bash completion for git-pv, as `git pv` (through git's own completion, which
# calls _git_pv) and as `git-pv`. Names come from git-pv itself.

# What is being completed: the words behind "pv" that are no options.
__git_pv_position() {
	local i word
	__git_pv_command='' __git_pv_verb='' __git_pv_operands=0
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		pv | git-pv) [ -n "$__git_pv_command" ] || continue ;;
		-*) continue ;;
		esac
		if [ -z "$__git_pv_command" ]; then
			__git_pv_command=$word
		else
			__git_pv_verb=${__git_pv_verb:-$word}
			__git_pv_operands=$((__git_pv_operands + 1))
		fi
	done
}

__git_pv_list() {
	git-pv completion --list "$@" 2>/dev/null
}

__git_pv_complete() {
	local cur=${COMP_WORDS[COMP_CWORD]} words
	__git_pv_position
	if [ -z "$__git_pv_command" ]; then
		words=$(__git_pv_list commands)
	elif [[ $cur == -* ]]; then
		words=$(__git_pv_list options "$__git_pv_command" \
			${__git_pv_verb:+"$__git_pv_verb"})
	else
		words=$(__git_pv_list operands "$__git_pv_command")
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

_git_pv() {
	__git_pv_complete
}

complete -o bashdefault -o default -F __git_pv_complete git-pv
