# SPDX-License-Identifier: MIT
# fish completion for git-pv, as `git pv` and as `git-pv`. It belongs into
# conf.d: fish looks for completions of `git pv` under no name of ours. What the
# words mean git-pv itself knows; where it has nothing to say files are offered.

function __git_pv_complete
    set -l words (commandline -opc)
    if test $words[1] = git
        set -l at (contains -i -- pv $words)
        set -e words[1..$at]
    else
        set -e words[1]
    end
    set -l current (commandline -ct)
    set -l names (git-pv completion --list words -- $words $current 2>/dev/null)
    if test (count $names) -gt 0
        printf '%s\n' $names
    else
        set -l option (string match -r -- '^--[^=]*=' $current)
        set -l path (string sub -s (math 1 + (string length -- "$option")) -- $current)
        for name in (__fish_complete_path $path)
            printf '%s%s\n' "$option" $name
        end
    end
end

function __git_pv_is_used
    set -l words (commandline -opc)
    contains -- pv $words[2..-1]
end

complete -c git-pv -f -a '(__git_pv_complete)'
complete -c git -n __git_pv_is_used -f -a '(__git_pv_complete)'
