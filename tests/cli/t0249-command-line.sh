#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Configuration that comes by `git -c` and GIT_CONFIG_*: what it includes
# counts as it does for git.
#
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'what the command line includes is followed'

new_repo repo
cd repo || exit 1
text_prompt prompts/a.yaml
git pv commit -q -m one >/dev/null
unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
mkdir ../hooks
printf '#!/bin/sh\necho hooked >>../ran\n' >../hooks/pre-commit
chmod +x ../hooks/pre-commit
git config -f ../more user.name Included
git config -f ../more user.email in@example.com
git config -f ../more core.hooksPath "$PWD/../hooks"
git config -f ../chain include.path more
git config -f ../self include.path self

# committed NAME: one more commit by that name, for which the hook ran.
committed() {
	same "$1 $1" "$(git log -1 --format='%an %cn')"
	same hooked "$(cat ../ran)"
	rm ../ran
}

it 'follows includes of -c' '
	for file in more chain; do
		text_prompt prompts/a.yaml "By -c $file."
		git -c include.path="$PWD/../$file" pv commit -q -m c >/dev/null
		committed Included
	done
	text_prompt prompts/a.yaml "By -c with a condition."
	git -c "includeIf.onbranch:main.path=$PWD/../more" pv commit -q -m c \
		>/dev/null
	committed Included
	text_prompt prompts/a.yaml "A later setting wins."
	git -c include.path="$PWD/../more" -c user.name=Later pv commit -q \
		-m c >/dev/null
	committed Later
'

it 'follows those of GIT_CONFIG_COUNT and GIT_CONFIG_PARAMETERS' '
	text_prompt prompts/a.yaml "By count."
	GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=Include.Path \
		GIT_CONFIG_VALUE_0=$PWD/../more git-pv commit -q -m n >/dev/null
	committed Included
	text_prompt prompts/a.yaml "By parameters."
	GIT_CONFIG_PARAMETERS="'\''include.path'\''='\''$PWD/../more'\''" \
		git-pv commit -q -m n >/dev/null
	committed Included
'

it 'refuses what git refuses, and passes over what it does' '
	export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=include.path
	export GIT_CONFIG_VALUE_0=more
	expect_failure 128 git-pv list 2>../err
	is_error ../err "relative config include"
	export GIT_CONFIG_VALUE_0="$PWD/../self"
	expect_failure 128 git-pv list 2>../err
	is_error ../err "include depth"
	unset GIT_CONFIG_COUNT
	git -c include.path="$PWD/../nothing" pv list >../out
	has ../out "a  "
	git -c "includeIf.onbranch:other.path=$PWD/../self" pv list >../out
	has ../out "a  "
'

finish
