#compdef git-pv
# SPDX-License-Identifier: MIT
# zsh completion for git-pv: put it as _git-pv into a folder of $fpath. git's
# completion finds it for `git pv`, too.

local -a names
local command='' verb=''
local i

for ((i = 2; i < CURRENT; i++)); do
	case $words[i] in
	-* | pv) ;;
	*)
		[[ -z $command ]] || { verb=$words[i]; break }
		command=$words[i]
		;;
	esac
done

if [[ -z $command ]]; then
	names=(${(f)"$(git-pv completion --list commands 2>/dev/null)"})
elif [[ $words[CURRENT] == -* ]]; then
	names=(${(f)"$(git-pv completion --list options $command $verb 2>/dev/null)"})
elif [[ $words[CURRENT-1] == --(set|unset|append|field) && -n $verb ]]; then
	names=(${(f)"$(git-pv completion --list fields $verb 2>/dev/null)"})
elif [[ $words[CURRENT] == ?*@* ]]; then
	names=(${(f)"$(git-pv completion --list refs ${words[CURRENT]%%@*} 2>/dev/null)"})
else
	names=(${(f)"$(git-pv completion --list operands $command 2>/dev/null)"})
fi
compadd -a names
(( ${#names} )) || _files
