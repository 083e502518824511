#compdef git-pv
# SPDX-License-Identifier: MIT
# zsh completion for git-pv: put it as _git-pv into a folder of $fpath. git's
# completion finds it for `git pv`, too. What the words mean git-pv itself
# knows; where it has nothing to say files are offered.

local -a names valued before
local current=${(Q)${words[CURRENT]}}

before=("${(@Q)words[2,CURRENT-1]}")
[[ ${before[1]-} != pv ]] || shift before
names=(${(f)"$(git-pv completion --list words -- "${before[@]}" "$current" 2>/dev/null)"})
if (( ${#names} == 0 )); then
	compset -P '--[^=]#='
	_files
else
	# A value follows behind "=".
	valued=(${(M)names:#*=})
	names=(${names:#*=})
	compadd -S '' -a valued
	compadd -a names
fi
