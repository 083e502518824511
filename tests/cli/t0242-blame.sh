#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv blame: who wrote which sentence'

# chat SYSTEM...: a prompt whose system message has these lines.
chat() {
	{
		printf 'name: chat\nmessages:\n  - role: system\n    content: |\n'
		printf '      %s\n' "$@"
		printf '  - role: user\n    content: "{{ ticket }}"\n'
	} >prompts/a.yaml
}

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	mkdir prompts
	chat "You sort tickets." "Be kind." "Never lie."
	git pv commit -q -m one >/dev/null
	git tag one
	tick
}

# blamed TEXT: the commit a sentence is blamed on in ../out.
blamed() {
	jq -r --arg text "$1" ".[] | select(.text == \$text) | .commit" <../out
}

it 'blames sentences, not lines' '
	fresh r1
	chat "You sort tickets." "Be very kind. Never lie."
	git pv commit -q -m two >/dev/null
	git pv blame a --json >../out
	same "$(git rev-parse one)" "$(blamed "You sort tickets.")"
	same "$(git rev-parse HEAD)" "$(blamed "Be very kind.")"
	same "$(git rev-parse one)" "$(blamed "Never lie.")"
	same "$(git rev-parse one)" "$(blamed "{{ ticket }}")"
	json ../out "[.[] | select(.text == \"Be very kind.\")][0] |
		[.field, .message, .sentence, .version, .id, .subject]" \
		"[\"messages[0].content\",0,2,\"1.1.0\",\"a\",\"two\"]"
	json ../out ".[0] | [.field, .message, .sentence, .text]" \
		"[\"name\",null,1,\"chat\"]"
'

it 'passes over revisions that do not load' '
	fresh broken
	chat "You sort tickets." "Be kind." "Never ever lie."
	git pv commit -q -m two >/dev/null
	git tag two
	tick
	for name in three four; do
		sed -i "s/^name: chat/name: [chat/" prompts/a.yaml
		echo "# $name" >>prompts/a.yaml
		git commit -qam "$name, broken"
		git tag "$name"
		tick
	done
	chat "You sort tickets." "Be very kind." "Never ever lie."
	git commit -qam five
	git pv blame a --json >../out
	same "$(git rev-parse one)" "$(blamed "You sort tickets.")"
	same "$(git rev-parse two)" "$(blamed "Never ever lie.")"
	same "$(git rev-parse HEAD)" "$(blamed "Be very kind.")"
	same "$(git rev-parse one)" "$(blamed "{{ ticket }}")"
	json ../out "[.[] | select(.field == \"name\").subject]" "[\"one\"]"
	# Over both parents of a merge, and to a start that does not load.
	git switch -q -c side three
	chat "You sort tickets." "Be kind." "Never ever lie, please."
	git commit -qam side
	git switch -q main
	expect_failure 1 git merge -q side
	chat "You sort tickets." "Be very kind." "Never ever lie, please."
	git commit -qam merged
	git pv blame a --json >../out
	same "$(git rev-parse side)" "$(blamed "Never ever lie, please.")"
	same "$(git rev-parse one)" "$(blamed "You sort tickets.")"
	git checkout -q --orphan lone three
	git commit -qm lone
	chat "You sort tickets."
	git commit -qam mended
	git pv blame a --json >../out
	json ../out "[.[].subject] | unique" "[\"mended\"]"
'

it 'is not deceived by wrapping, indenting, quoting and moving' '
	fresh r2
	write prompts/a.yaml <<-FILE
		messages:
		- role: system
		  content: "You
		    sort tickets. Be
		    kind. Never lie."
		- {role: user, content: "{{ ticket }}"}
		name: "chat"
	FILE
	git pv commit -q -m two >/dev/null
	tick
	write prompts/a.yaml <<-FILE
		name: chat
		messages:
		- {role: user, content: "{{ ticket }}"}
		- {content: "You sort tickets. Be kind. Never lie.", role: system}
	FILE
	git pv commit -q -m two >/dev/null
	git pv blame a --json >../out
	json ../out "[.[].commit] | unique" "[\"$(git rev-parse one)\"]"
'

it 'follows messages that were exchanged and said by others' '
	fresh exchanged
	said() {
		printf "messages:\n" >prompts/a.yaml
		printf "  - {role: %s, content: \"%s\"}\n" "$@" >>prompts/a.yaml
	}
	said user "One two three." assistant "Four five six." \
		user "Seven eight nine."
	git pv commit -q -m two >/dev/null
	two=$(git rev-parse HEAD)
	tick
	said user "Seven eight nine." developer "Four five six." \
		user "One two THREE."
	git pv commit -q -m three >/dev/null
	git pv blame a --json >../out
	same "$two" "$(blamed "Seven eight nine.")"
	same "$two" "$(blamed "Four five six.")"
	same "$(git rev-parse HEAD)" "$(blamed "One two THREE.")"
	same "$(git rev-parse HEAD)" "$(blamed developer)"
'

it 'shows other values as they are spelled' '
	fresh r10
	echo "model: {temperature: 0.70, top_k: 0x10, stop: [], seed: null}" \
		>>prompts/a.yaml
	git pv blame a --field model --json >../out
	json ../out "[.[].text]" "[\"0.70\",\"0x10\",\"[]\",\"null\"]"
	json ../out "[.[].sentence] | unique" "[null]"
'

it 'shows what is not committed' '
	fresh r3
	chat "You sort tickets." "Be kind to all." "Never lie."
	git pv blame a --json >../out
	json ../out "[.[] | select(.commit == null)] |
		map([.text, .version, .author, .date])" \
		"[[\"Be kind to all.\",null,null,null]]"
	git pv blame a --field messages >../out
	has ../out "not committed yet"
	lacks ../out "name"
	git pv blame a@HEAD --json >../out
	json ../out "[.[].commit] | unique" "[\"$(git rev-parse one)\"]"
	text_prompt prompts/new.yaml
	git pv blame new --json >../out
	json ../out "[.[].commit] | unique" "[null]"
'

it 'prints a line for each sentence' '
	fresh r4
	git pv blame a --field messages[0].content >../out
	hash=$(git rev-parse --short=7 HEAD)
	cat >../want <<-OUT
		messages[0].content
		  $hash 1.0.0    Ada Author         2026-01-01  You sort tickets.
		  $hash 1.0.0    Ada Author         2026-01-01  Be kind.
		  $hash 1.0.0    Ada Author         2026-01-01  Never lie.
	OUT
	cmp_files ../want ../out
'

it 'cuts no hash in two where there is no version' '
	fresh r90
	git switch -q -c topic
	sed "s/Be kind/Be brief/" prompts/a.yaml >../edited
	cp ../edited prompts/a.yaml
	git commit -qam brief
	git pv blame a >../out
	has ../out " 1.1.0-topic.1 Ada Author"
	lacks ../out "+g"
'

it 'follows renames, recorded and detected' '
	fresh r5
	git pv mv a b >/dev/null
	tick
	git mv prompts/b.yaml prompts/c.yaml
	sed -i "s/Never lie/Do not lie/" prompts/c.yaml
	git commit -qam "move with an edit"
	git pv blame c --json >../out
	json ../out "[.[] | select(.text == \"Be kind.\")][0] |
		[.commit, .id, .version]" \
		"[\"$(git rev-parse one)\",\"a\",\"1.0.0\"]"
	same "$(git rev-parse HEAD)" "$(blamed "Do not lie.")"
'

it 'goes on to either parent of a merge' '
	fresh r6
	git switch -q -c side
	chat "You sort tickets." "Be kind." "Never lie." "Be brief."
	git pv commit -q -m side >/dev/null
	tick
	git switch -q main
	chat "You route tickets." "Be kind." "Never lie."
	git pv commit -q -m main >/dev/null
	tick
	git pv merge side >/dev/null 2>&1
	git pv blame a --json >../out
	same "$(git rev-parse side)" "$(blamed "Be brief.")"
	same "$(git rev-parse HEAD^1)" "$(blamed "You route tickets.")"
	same "$(git rev-parse one)" "$(blamed "Be kind.")"
'

it 'blames work on a merge on both of its sides' '
	fresh r7
	git switch -q -c side
	chat "You sort tickets." "Be kind." "Never lie." "Be brief."
	git pv commit -q -m side >/dev/null
	tick
	git switch -q main
	chat "You route tickets." "Be kind." "Never lie."
	git pv commit -q -m main >/dev/null
	git merge -q --no-commit side
	git pv blame a --json >../out
	same "$(git rev-parse side)" "$(blamed "Be brief.")"
	same "$(git rev-parse main)" "$(blamed "You route tickets.")"
'

it 'passes over revisions that are no YAML' '
	fresh r8
	cp prompts/a.yaml ../good
	printf "messages: [\n" >>prompts/a.yaml
	git commit -qam broken
	tick
	cp ../good prompts/a.yaml
	git commit -qam mended
	git pv blame a --json >../out
	same "$(git rev-parse one)" "$(blamed "Be kind.")"
'

it 'refuses what is not there' '
	fresh r9
	expect_failure 128 git pv blame none --json >../out
	is_json_error ../out prompt-not-found
	expect_failure 128 git pv blame a --field nope 2>../err
	has ../err "has no field \"nope\""
	has ../err "hint: did you mean \"name\"? \"git pv blame a\" lists all"
	expect_failure 129 git pv blame 2>../err
'

# Histories of random edits and merges; each sentence on a line of its own.
write "$SCRATCH/random.py" <<'PYTHON'
import random, sys
rnd = random.Random(int(sys.argv[1]))
out = sys.stdout
serial = 0
states = []  # (mark, lines)


def fresh():
	global serial
	serial += 1
	return "Sentence %d says %d things." % (serial, rnd.randrange(9))


def edit(lines):
	lines = list(lines)
	for _ in range(rnd.randrange(1, 4)):
		at = rnd.randrange(len(lines) + 1)
		what = rnd.randrange(3)
		if what == 0 or len(lines) < 4:
			lines.insert(at, fresh())
		elif at < len(lines) and what == 1:
			lines[at] = fresh()
		elif at < len(lines):
			del lines[at]
	return lines


def commit(lines, parents):
	mark = len(states) + 1
	text = "name: a\nprompt: |\n" + "".join("  %s\n" % l for l in lines)
	out.write("commit refs/heads/main\nmark :%d\n" % mark)
	out.write("committer C <c@x> %d +0000\n" % (1700000000 + 60 * mark))
	out.write("data 1\nx\n")
	for i, parent in enumerate(parents):
		out.write("%s :%d\n" % ("merge" if i else "from", parent))
	out.write("M 644 inline prompts/a.yaml\ndata %d\n%s\n"
		  % (len(text.encode()), text))
	states.append((mark, lines))


commit([fresh() for _ in range(12)], [])
for _ in range(50):
	mark, lines = states[-1 - rnd.randrange(min(4, len(states)))]
	if rnd.random() < 0.3 and len(states) > 3:
		other, theirs = states[-1 - rnd.randrange(3)]
		if other != mark:
			both = [l for l in lines if l in theirs or rnd.random() < 0.7]
			# In the order of theirs: a moved line has two answers.
			at = 0
			for l in theirs:
				if l in both:
					at = both.index(l) + 1
				elif rnd.random() < 0.5:
					both.insert(at, l)
					at += 1
			if rnd.random() < 0.3:
				both = edit(both)
			commit(both, [mark, other])
			continue
	commit(edit(lines), [mark])
PYTHON

# Both as "commit sentence", a line for each.
agrees() {
	git blame --line-porcelain main -- prompts/a.yaml >../porcelain
	awk "/^[0-9a-f]+ [0-9]+ [0-9]+/{c=\$1} /^\t  Sentence/{sub(/^\t  /,\"\"); print c, \$0}" \
		<../porcelain >../want
	git pv blame a@main --field prompt --json |
		jq -r ".[] | .commit + \" \" + .text" >../got
	cmp_files ../want ../got
}

if command -v python3 >/dev/null; then
	it 'agrees with git blame where a line is a sentence' '
		for seed in 1 2 3 4 5 6 7 8 9 10 11 12; do
			new_repo random$seed
			cd random$seed
			python3 "$SCRATCH/random.py" $seed |
				git fast-import --quiet
			agrees
			cd ..
		done
	'
else
	skip 'agrees with git blame where a line is a sentence' 'no python3'
fi

finish
