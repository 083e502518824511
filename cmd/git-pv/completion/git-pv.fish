# SPDX-License-Identifier: MIT
# fish completion for git-pv, as `git pv` and as `git-pv`. It belongs into
# conf.d: fish looks for completions of `git pv` under no name of ours.

function __git_pv_words
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if not string match -q -- '-*' $word; and test $word != pv
            echo $word
        end
    end
end

function __git_pv_complete
    set -l words (__git_pv_words)
    if test (count $words) -eq 0
        git-pv completion --list commands 2>/dev/null
    else if string match -q -- '-*' (commandline -ct)
        git-pv completion --list options $words[1..2] 2>/dev/null
    else if string match -qr -- '^--(set|unset|append|field)$' (commandline -opc)[-1]; and test (count $words) -gt 1
        git-pv completion --list fields $words[2] 2>/dev/null
    else if string match -q -- '?*@*' (commandline -ct)
        git-pv completion --list refs (string split -m1 @ (commandline -ct))[1] 2>/dev/null
    else
        git-pv completion --list operands $words[1] 2>/dev/null
    end
end

function __git_pv_is_used
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = pv
end

complete -c git-pv -f -a '(__git_pv_complete)'
complete -c git -n __git_pv_is_used -f -a '(__git_pv_complete)'
