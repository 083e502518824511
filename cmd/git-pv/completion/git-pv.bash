# SPDX-License-Identifier: MIT
# bash completion for git-pv, as `git pv` (through git's own completion, which
# calls _git_pv) and as `git-pv`. What the words mean git-pv itself knows; where
# it has nothing to say bash offers files.

# The words up to the cursor, whole: bash cuts them at "@" and "=".
__git_pv_words() {
	local i gap piece rest=${COMP_LINE:0:${COMP_POINT:-0}}
	__git_pv_line=("${COMP_WORDS[0]}")
	rest=${rest#*"${COMP_WORDS[0]}"}
	for ((i = 1; i <= COMP_CWORD; i++)); do
		piece=${COMP_WORDS[i]}
		gap=${rest%%[![:space:]]*}
		rest=${rest#"$gap"}
		if ((i == COMP_CWORD)) && [ -n "${COMP_LINE:-}" ]; then
			piece=$rest
		fi
		rest=${rest#"$piece"}
		if [ -n "$gap" ] || [ -z "${COMP_LINE:-}" ]; then
			__git_pv_line+=("$piece")
		else
			__git_pv_line[-1]+=$piece
		fi
	done
}

# Those behind "git pv", as the shell would hand them over.
__git_pv_own_words() {
	local i
	for i in "${!__git_pv_line[@]}"; do
		[[ ${__git_pv_line[i]} != pv && ${__git_pv_line[i]} != *git-pv ]] ||
			break
	done
	__git_pv_line=("${__git_pv_line[@]:i + 1}")
	for i in "${!__git_pv_line[@]}"; do
		case ${__git_pv_line[i]} in
		\"*\" | \'*\') __git_pv_line[i]=${__git_pv_line[i]:1:-1} ;;
		*) __git_pv_line[i]=${__git_pv_line[i]//\\/} ;;
		esac
	done
}

# What is left of the candidates once the part is gone that bash keeps. They are
# never expanded: a branch may be called $(...). What the shell would take for
# more than a name goes to the line quoted.
__git_pv_reply() {
	local kept=${__git_pv_word%"${COMP_WORDS[COMP_CWORD]}"} name
	local names
	[[ ${COMP_WORDS[COMP_CWORD]} != = ]] || kept=$__git_pv_word
	# Readline replaces an "@" that it cuts at, too: it may begin a host.
	kept=${kept%@}
	[ -n "${COMP_LINE:-}" ] || kept=
	COMPREPLY=()
	[ -n "$1" ] || return 0
	mapfile -t names <<<"$1"
	if [[ $1 == *[\ \"\'\\\`\$\&\(\)\<\>\|\;\!\*\?\{\}\#\~]* ]]; then
		for name in "${names[@]}"; do
			[[ $name != *[\ \"\'\\\`\$\&\(\)\<\>\|\;\!\*\?\{\}\#\~]* ]] ||
				printf -v name %q "$name"
			[[ $name != "$__git_pv_word"* ]] ||
				COMPREPLY+=("${name#"$kept"}")
		done
	else
		COMPREPLY=("${names[@]#"$kept"}")
	fi
	# A value follows; outside of a completion there is nothing to set.
	[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null || :
}

__git_pv_complete() {
	local __git_pv_word
	local -a __git_pv_line
	__git_pv_words
	__git_pv_word=${__git_pv_line[-1]}
	__git_pv_own_words
	((${#__git_pv_line[@]})) || __git_pv_line=("")
	__git_pv_reply "$(git-pv completion --list words -- \
		"${__git_pv_line[@]}" 2>/dev/null)"
}

_git_pv() {
	__git_pv_complete
}

complete -o bashdefault -o default -F __git_pv_complete git-pv
