#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
begin 'what all commands share: options, errors, exit statuses, output'

# terminal COMMAND: run it on a terminal; what the terminal got is in `tty`.
terminal() {
	TERM=xterm script -qec "$1" /dev/null >tty </dev/null
}

new_repo repo
text_prompt repo/prompts/support/triage.yaml
cd repo || exit 1

it 'answers -h on standard output with status 0' '
	git pv list -h >out 2>err
	empty err
	has out "usage: git pv list"
	has out "examples:"
	git pv list --help >out2
	cmp_files out out2
'

it 'shows the help of a command outside a repository' '
	cd ..
	git pv status -h >out
	has out "usage: git pv status"
'

it 'fails with 129 and the usage line on bad options' '
	expect_failure 129 git pv list --nope >out 2>err
	empty out
	is_error err "--nope"
	has err "usage: git pv list"
	expect_failure 129 git pv list -Z 2>err
	is_error err "-Z"
'

it 'shows the lines of the usage that begin as what was typed' '
	expect_failure 129 git pv policy explain merge 2>err
	same "usage: git pv policy explain merge BRANCH [--into BRANCH]" \
		"$(grep "git pv policy" err)"
	expect_failure 129 git pv policy explain 2>err
	same 6 "$(grep -c "git pv policy explain" err)"
	same 0 "$(grep -c "git pv policy show" err)"
	expect_failure 129 git pv new 2>err </dev/null
	same 1 "$(grep -c "git pv new ID" err)"
	expect_failure 129 git pv policy --json >out 2>err
	lacks err usage
	json out .error.code usage
'

it 'suggests the option and the command that were meant' '
	expect_failure 129 git pv list --catgory x 2>err
	has err "did you mean \"--category\""
	expect_failure 129 git pv shwo 2>err
	has err "did you mean \"show\""
	expect_failure 129 git pv help shwo 2>err
	has err "did you mean \"show\""
'

it 'names the three that are nearest, and the command that lists all' '
	expect_failure 129 git pv versiom 2>err
	has err "did you mean \"version\", \"versions\" or "
	has err "? \"git pv help\" lists all"
	expect_failure 129 git pv --verson 2>err
	has err "did you mean \"--version\""
	expect_failure 129 git pv experiment resune 2>err
	has err "did you mean \"resume\""
	has err "? \"git pv experiment -h\" lists all"
	expect_failure 129 git pv history lst 2>err
	has err "\"list\", \"rate\" or \"tag\"? \"git pv history -h\" lists"
	expect_failure 129 git pv stats welhc 2>err
	has err "\"git pv stats -h\" lists all"
	expect_failure 129 git pv help check unknown-ky 2>err
	has err "did you mean \"unknown-key\""
	expect_failure 129 git pv nothing-like-it 2>err
	has err "hint: \"git pv help\" lists all"
'

it 'does not take abbreviated long options' '
	expect_failure 129 git pv list --categ x 2>err
	has err "unknown option \"--categ\""
'

it 'reports missing values, values too many, and bad ones' '
	expect_failure 129 git pv list --at 2>err
	has err "--at needs a value"
	expect_failure 129 git pv list --inactive=yes 2>err
	has err "--inactive takes no value"
	expect_failure 129 git pv list --color=sometimes 2>err
	has err "\"always\", \"never\", \"auto\""
	expect_failure 129 git pv show 2>err
	has err "ID[@REV]"
	expect_failure 129 git pv show a b 2>err
	has err "\"b\""
'

it 'takes options behind operands, = or a blank, and -- as their end' '
	git pv list support/ --format "%(id)" >a
	git pv list --format="%(id)" support/ >b
	git pv list --format="%(id)" -- support/ >c
	same support/triage "$(cat a)"
	cmp_files a b
	cmp_files a c
	git pv list --format "%(id)" -- --json >d 2>err
	empty d
'

it 'undoes a flag by its --no- form' '
	git pv list --json --no-json >out
	has out "support/triage "
'

it 'prints one JSON document also on error, wherever --json stands' '
	expect_failure 129 git pv list --nope --json >out 2>err
	empty err
	is_json_error out usage
	expect_failure 129 git pv lost --json >out
	is_json_error out usage
	expect_failure 128 git-pv --json show nope >out
	is_json_error out prompt-not-found
	expect_failure 128 git pv --json show nope >out
	is_json_error out prompt-not-found
	expect_failure 128 git pv show nope --json >out
	is_json_error out prompt-not-found
	mkdir ../outside
	cd ../outside
	expect_failure 128 git pv list --json >out
	is_json_error out not-a-repository
'

it 'gives every error a hint, unless advice.pv is false' '
	expect_failure 128 git pv show nope 2>err
	is_error err nope
	expect_failure 128 git -c advice.pv=false pv show nope 2>err
	has err "error: "
	lacks err "hint: "
'

it 'keeps data and talk apart' '
	git pv list >out 2>err
	empty err
	git pv list none/ >out 2>err
	empty out
	has err "no prompts"
	git pv list -q none/ 2>err
	empty err
'

it 'fails when standard output cannot be written' '
	[ -c /dev/full ]
	expect_failure 128 git pv list >/dev/full 2>err
	is_error err "write error"
	expect_failure 128 git pv list --json >/dev/full 2>err
	is_error err "write error"
	expect_failure 128 git pv version >/dev/full 2>err
	is_error err "write error"
'

it 'dies quietly when nobody reads on' '
	for i in $(seq 400); do
		text_prompt "prompts/many/p$i.yaml"
	done
	{ git pv list --format "$(printf %0500d 0)%(id)" || echo $? >status; } \
		2>err | head -n 1 >out
	empty err
	[ -s out ]
	rm -r prompts/many
'

it 'survives closed standard files' '
	git pv list >&- 2>&- <&- || :
	git pv version >&- || :
	check_repo
'

it_tty 'colours by --color, configuration, environment, terminal, in this order' '
	plain=$(git pv list)
	case $(git pv list --color) in
	"$plain") log "--color does nothing"; false ;;
	esac
	colored=$(git pv list --color=always)
	same "$plain" "$(git -c color.ui=always pv list --color=never)"
	same "$colored" "$(git -c color.ui=always pv list)"
	same "$plain" "$(git -c pv.color=never -c color.ui=always pv list)"
	same "$colored" "$(CLICOLOR_FORCE=1 git pv list)"
	same "$plain" "$(CLICOLOR_FORCE=1 git -c pv.color=never pv list)"
	CLICOLOR_FORCE=1 git pv list --json >out
	json out .[0].id support/triage
	terminal "git --no-pager pv list"
	expect_success grep -q "$(printf "\033")" tty
	NO_COLOR=1 terminal "git --no-pager pv list"
	expect_failure 1 grep -q "$(printf "\033")" tty
	TERM=dumb script -qec "git --no-pager pv list" /dev/null >tty </dev/null
	expect_failure 1 grep -q "$(printf "\033")" tty
'

it_tty 'pages long output on a terminal only, with the pager git would take' '
	terminal "GIT_PAGER=\"sed s/^/paged:/\" git pv list --color=never"
	has tty "paged:support/triage"
	terminal "PAGER=\"sed s/^/paged:/\" git pv list --color=never"
	has tty "paged:support/triage"
	terminal "PAGER=false git -c core.pager=\"sed s/^/core:/\" pv list --color=never"
	has tty "core:support/triage"
	terminal "git -c core.pager=false -c pager.pv.list=\"sed s/^/own:/\" pv list --color=never"
	has tty "own:support/triage"
	terminal "git -c core.pager=\"sed s/^/paged:/\" -c pager.pv.list=false pv list"
	lacks tty paged:
	terminal "GIT_PAGER=\"sed s/^/paged:/\" git pv list --no-pager"
	lacks tty paged:
	terminal "GIT_PAGER=\"sed s/^/paged:/\" git pv list --json"
	lacks tty paged:
	GIT_PAGER="sed s/^/paged:/" git pv list >out
	lacks out paged:
'

it_tty 'disarms control characters on a terminal, and only there' '
	printf "name: \"a\\\\e[31mb\\\\x9bc\\\\rd\"\\nprompt: hi\\n" \
		>prompts/support/esc.yaml
	terminal "git --no-pager pv list --color=never support/esc"
	expect_failure 1 grep -q "$(printf "\033")" tty
	has tty "a^[[31mb\\xc2\\x9bc^Md"
	git pv list support/esc >out
	has out "$(printf "a\033[31mb")"
	expect_failure 128 git pv show "$(printf "x\033[31my")" 2>err
	expect_failure 1 grep -q "$(printf "\033")" err
	rm prompts/support/esc.yaml
'

it_tty 'shows what turns the direction of writing on a terminal' '
	printf "prompt: \"a\\u202Eb\\u2066c\\u2069 \\u05D0\"\n" \
		>prompts/support/turn.yaml
	terminal "git --no-pager pv render --color=never support/turn"
	has tty "a\xe2\x80\xaeb\xe2\x81\xa6c\xe2\x81\xa9 $(printf "\327\220")"
	git pv render support/turn >out
	has out "$(printf "a\342\200\256b")"
	rm prompts/support/turn.yaml
'

it 'honours -C, --git-dir, --work-tree and -c when run as git-pv' '
	cd ..
	git-pv -C repo list --format "%(id)" >out
	same support/triage "$(cat out)"
	git-pv -C . -C repo list >/dev/null
	git-pv --git-dir=repo/.git --work-tree=repo list --format "%(id)" >out
	same support/triage "$(cat out)"
	git-pv --git-dir repo/.git --work-tree repo list >/dev/null
	git-pv -C repo -c pv.prompts=none list >out 2>err
	empty out
	git -C repo -c pv.prompts=none pv list >out 2>err
	empty out
	expect_failure 128 git-pv -C nowhere list 2>err
	is_error err nowhere
	expect_failure 129 git-pv -c nonsense list 2>err
	is_error err section.key=value
	expect_failure 129 git-pv --nope list 2>err
	is_error err --nope
	expect_failure 129 git-pv --json >out
	is_json_error out usage
	git-pv -C repo >out
	has out "branch      "
'

it 'keeps -c values with quotes, and those set before' '
	git -c user.name=outer -c pv.prompts="it'\''s" pv config prompts >out
	same "it'\''s" "$(cat out)"
	GIT_CONFIG_PARAMETERS="'\''user.name=x'\''" \
		git-pv -c "pv.prompts=it'\''s!" config prompts >out
	same "it'\''s!" "$(cat out)"
'

it 'finds the repository by PV_REPO and from subfolders' '
	here=$PWD
	(cd / && PV_REPO=$here git-pv list --format "%(id)") >out
	same support/triage "$(cat out)"
	(cd prompts/support && git pv list --format "%(id)") >out
	same support/triage "$(cat out)"
'

it 'says which version it is, in words and as JSON' '
	git pv version >out
	expect_success grep -qx "git-pv version [0-9.]*" out
	git pv --version >out2 2>&1 || git-pv --version >out2
	git-pv -v >out3
	cmp_files out out3
	git pv version --json >out
	json out .name git-pv
'

it 'lists commands by purpose, hiding those that git calls' '
	git pv help >out
	has out "work on prompts"
	has out "   commit "
	lacks out merge-driver
	git pv help --json >out
	json out "map(.name) | index(\"commit\") != null" true
	git pv help commit >out
	has out "usage: git pv commit"
'

it 'lists when a command that lists is given no verb' '
	for command in env experiment history review; do
		git pv $command list >list 2>&1
		git pv $command >out 2>&1
		cmp_files list out
		git pv $command list --json >list 2>&1
		git pv $command --json >out 2>&1
		cmp_files list out
	done
	expect_failure 129 git pv schema 2>err
	is_error err "schema needs a verb"
'

finish
