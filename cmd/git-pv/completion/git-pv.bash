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

# The word before the cursor, whole: bash cuts words at "@" and "=".
__git_pv_current() {
	local line
	__git_pv_word=${COMP_WORDS[COMP_CWORD]}
	[ -n "${COMP_LINE:-}" ] || return 0
	line=${COMP_LINE:0:COMP_POINT}
	__git_pv_word=${line##*[[:space:]]}
}

# What is left of the candidates once the part is gone that bash keeps. They are
# never expanded: a branch may be called $(...). What the shell would take for
# more than a name goes to the line quoted.
__git_pv_reply() {
	local kept=${__git_pv_word%"${COMP_WORDS[COMP_CWORD]}"} name
	local IFS=$'\n' -
	[[ ${COMP_WORDS[COMP_CWORD]} != = ]] || kept=$__git_pv_word
	# Readline replaces an "@" that it cuts at, too: it may begin a host.
	kept=${kept%@}
	[ -n "${COMP_LINE:-}" ] || kept=
	COMPREPLY=()
	set -f
	for name in $1; do
		[[ $name != *[\ \"\'\\\`\$\&\(\)\<\>\|\;\!\*\?\{\}\#\~]* ]] ||
			printf -v name %q "$name"
		[[ $name != "$__git_pv_word"* ]] ||
			COMPREPLY+=("${name#"$kept"}")
	done
	# A value follows; outside of a completion there is nothing to set.
	[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null || :
}

__git_pv_complete() {
	local cur words before=${COMP_WORDS[COMP_CWORD - 1]}
	__git_pv_current
	cur=$__git_pv_word
	__git_pv_position
	if [ -z "$__git_pv_command" ]; then
		words=$(__git_pv_list commands)
	elif [[ $cur == -* ]]; then
		words=$(__git_pv_list options "$__git_pv_command" \
			${__git_pv_verb:+"$__git_pv_verb"})
	elif [[ $before == --set || $before == --unset || $before == --append ||
		$before == --field ]] && [ -n "$__git_pv_verb" ]; then
		words=$(__git_pv_list fields "$__git_pv_verb")
	elif [[ $cur == ?*@* ]]; then
		words=$(__git_pv_list refs "${cur%%@*}")
	else
		words=$(__git_pv_list operands "$__git_pv_command")
	fi
	__git_pv_reply "$words"
}

_git_pv() {
	__git_pv_complete
}

complete -o bashdefault -o default -F __git_pv_complete git-pv
