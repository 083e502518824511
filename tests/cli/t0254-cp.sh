#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv cp: a prompt that begins as a copy of another'

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	text_prompt prompts/a.yaml 'One {{ x }}.'
	text_prompt prompts/other.yaml
	git pv commit -q -m first >/dev/null
	text_prompt prompts/a.yaml 'Two {{ x }}.'
	git pv commit -q -m second >/dev/null
}

it 'copies the bytes in a commit of its own, whose versions begin anew' '
	fresh r1
	old=$(git rev-parse HEAD:prompts/a.yaml)
	echo "name: work" >>prompts/other.yaml
	git pv cp a sub/b --json >../out
	json ../out "[.id, .path, .copied_from, .blob, .commit]" \
		"[\"sub/b\",\"prompts/sub/b.yaml\",\"a@1.1.0\",\"$old\",\"$(git \
			rev-parse HEAD)\"]"
	json ../out ".released[] | [.id, .version]" "[\"sub/b\",\"1.0.0\"]"
	same "$old" "$(git rev-parse HEAD:prompts/a.yaml)"
	same "$old" "$(git rev-parse HEAD:prompts/sub/b.yaml)"
	same "$(printf "Copy a to sub/b\n\nPv-Copied-From: a@1.1.0")" \
		"$(git log -1 --format=%B)"
	same " M prompts/other.yaml" "$(git status --porcelain)"
	same prompts/sub/b.yaml "$(git show --format= --name-only HEAD)"
	same a/v1.1.0 "$(git tag --list "a/v1.1*")"
'

it 'copies an older state, and names its commit where it has no version' '
	fresh r2
	git pv cp -m "Keep the old one" a@1.0 old >../out
	has ../out "old is a copy of a@1.0.0"
	same "$(printf "Keep the old one\n\nPv-Copied-From: a@1.0.0")" \
		"$(git log -1 --format=%B)"
	same "$(git rev-parse a/v1.0.0:prompts/a.yaml)" \
		"$(git rev-parse HEAD:prompts/old.yaml)"
	git switch -q -c side
	text_prompt prompts/a.yaml "Side {{ x }}."
	git commit -q -a -m side
	side=$(git rev-parse HEAD)
	git switch -q main
	git pv cp a@side fresh/one >../out
	has ../out "fresh/one 1.0.0"
	same "Pv-Copied-From: a@$side" "$(git log -1 --format=%B | grep .- | tail -n 1)"
	same "$(git rev-parse side:prompts/a.yaml)" \
		"$(git rev-parse HEAD:prompts/fresh/one.yaml)"
'

it 'keeps bytes that a loader would not' '
	fresh r3
	printf "# é \"odd\"\r\nname:   x\r\nprompt: |2\r\n   Hi {{ x }}.\r\n" \
		>prompts/odd.yaml
	git add . && git commit -q -m odd
	git pv cp odd odd2 >../out
	cmp_files prompts/odd.yaml prompts/odd2.yaml
	is_clean
'

it 'refuses, and changes nothing' '
	fresh r4
	head=$(git rev-parse HEAD)
	expect_failure 128 git pv cp a other 2>../err
	has ../err "prompts/other.yaml\" exists already"
	expect_failure 128 git pv cp a a 2>../err
	has ../err "exists already"
	expect_failure 128 git pv cp nothing b 2>../err
	is_error ../err "nothing"
	expect_failure 128 git pv cp a ../b 2>../err
	is_error ../err "../b"
	expect_failure 128 git pv cp a@9.9 b 2>../err
	is_error ../err "9.9"
	echo "goal: more" >>prompts/a.yaml
	expect_failure 1 git pv cp a b 2>../err
	is_error ../err "has changes that are not committed"
	git restore prompts/a.yaml
	text_prompt prompts/new.yaml
	expect_failure 1 git pv cp new b 2>../err
	is_error ../err "not under version control"
	rm prompts/new.yaml
	printf "#!/bin/sh\nexit 1\n" >.git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit
	expect_failure 1 git pv cp a b 2>../err
	test ! -e prompts/b.yaml
	git pv cp --no-verify a b >../out
	git reset -q --hard "$head"
	is_clean
'

finish
