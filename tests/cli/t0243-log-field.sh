#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv log follows fields, phrases and renames'

new_repo repo
cd repo || exit 1
tick

# save NAME: commit the prompt on standard input as a.yaml, tagged NAME.
save() {
	write prompts/a.yaml
	git add prompts
	git commit -qm "$1"
	git tag "$1"
	tick
}

save one <<-'FILE'
	name: a
	messages:
	  - {role: system, content: Be kind. Sort tickets well.}
	  - {role: user, content: "{{ t }}"}
FILE
save two <<-'FILE'
	name: b
	messages:
	  - {role: system, content: Be kind. Sort tickets well.}
	  - {role: user, content: "{{ t }}"}
FILE
save three <<-'FILE'
	name: b
	messages:
	  - {role: developer, content: Something else entirely.}
	  - {role: system, content: Be kind. Sort tickets well.}
	  - {role: user, content: "{{ t }}"}
FILE
save four <<-'FILE'
	name: b
	messages:
	  - {role: developer, content: Something else entirely.}
	  - role: system
	    content: |
	      Be very
	      kind. Sort tickets
	      well.
	  - {role: user, content: "{{ t }}"}
FILE

# shows WANT ARGUMENT...: the subjects and kinds of change that log prints.
shows() {
	want=$1
	shift
	git pv log "$@" --json >../out
	same "$want" "$(jq -r ".[] | .subject + \":\" + .change" <../out |
		paste -sd" ")"
}

it 'follows a message by what it is, not by its number' '
	shows "four:modified one:added" --field messages[1] a
	shows "three:added" --field messages[0] a
	shows "four:modified one:added" --field messages[1].content a
	shows "one:added" --field messages[0] a@two
	shows "two:modified one:added" --field name a
	shows "two:modified" --field name -n 1 a
'

it 'finds when a phrase came and went, however it is wrapped' '
	shows "four:removed one:added" -S"Be kind" a
	shows "four:added" -S "Be very kind" a
	shows "one:added" -S "Sort   tickets well" a
	shows "" -S "nothing of it" a
	shows "three:added" -S else a
	shows "" -S else --field messages[1] a
	git pv log -S"Be very kind" --oneline a >../out
	has ../out "four"
	lacks ../out "three"
'

it 'follows a prompt that was removed' '
	git switch -q -c gone
	git rm -q prompts/a.yaml
	git commit -qm gone
	shows "gone:removed four:added" -S "Be very kind" a
	shows "four:removed one:added" -S "Be kind" a
	shows "gone:removed four:modified one:added" --field messages[1] a
	shows "gone:removed" -n 1 --field messages[1] a
	shows "" -n 0 --field messages[1] a
	git switch -q main
'

it 'refuses what makes no sense' '
	expect_failure 129 git pv log -S x 2>../err
	expect_failure 129 git pv log --field name @HEAD 2>../err
	expect_failure 129 git pv log --field name --full-history a 2>../err
	expect_failure 128 git pv log --field nope a 2>../err
	has ../err "has no field \"nope\""
	has ../err "hint: did you mean \"name\"? \"git pv blame a\" lists all"
	expect_failure 128 git pv log --field messages[9] a 2>../err
	expect_failure 128 git pv log -S " " a 2>../err
	expect_failure 128 git pv log -S x none 2>../err
'

it 'shows a merge only where it is unlike all parents' '
	git switch -q -c side one
	sed -i "s/Sort/Route/" prompts/a.yaml
	git commit -qam side
	tick
	git switch -q main
	git merge -q -s ours --no-commit side
	git show four:prompts/a.yaml | sed "s/Sort/Route/" >prompts/a.yaml
	git commit -qam merge
	shows "merge:modified side:modified four:modified one:added" \
		--field messages[1].content a
	shows "side:added" -S Route a
'

it 'follows what git pv mv has recorded' '
	git pv mv -m five a b >/dev/null
	tick
	sed -i "s/name: b/name: c/" prompts/b.yaml
	git commit -qam six
	git pv log b --json >../out
	same "b:six b:five a:merge a:side a:four a:three a:two a:one" \
		"$(jq -r ".[] | .id + \":\" + .subject" <../out | paste -sd" ")"
	git pv log b -n 3 --oneline >../out
	same 3 "$(wc -l <../out)"
	has ../out "a "
	shows "six:modified two:modified one:added" --field name b
	tick
	git mv prompts/b.yaml prompts/c.yaml
	git commit -qm seven
	shows "six:modified two:modified one:added" --field name c
	git pv log c --json >../out
	same "c:seven b:six b:five a:merge a:side a:four a:three a:two a:one" \
		"$(jq -r ".[] | .id + \":\" + .subject" <../out | paste -sd" ")"
	git pv log c --full-history --oneline >../out
	grep -q " a .*one" ../out
'

it 'passes over states that do not load' '
	cp prompts/c.yaml ../whole
	sed -i "s/^name: c/name: [c/" prompts/c.yaml
	git commit -qam broken
	tick
	echo "# more" >>prompts/c.yaml
	git commit -qam broken-again
	tick
	cp ../whole prompts/c.yaml
	echo "# mended" >>prompts/c.yaml
	git commit -qam mended
	tick
	shows "six:modified two:modified one:added" --field name c
	shows "side:removed one:added" -S "Sort tickets" c
'

it 'does not call a prompt new in which a text never was' '
	git pv log c -S "never there" >../out 2>../err
	test ! -s ../out
	has ../err "no commit of \"c\" changes that"
	git pv log c -S "never there" --json >../out
	json ../out . "[]"
'

finish
