# SPDX-License-Identifier: MIT
#
# git pv conflicts: the fields a merge could not decide.

. "$(dirname "$0")/lib.sh"
begin 'conflicts'

# prompt TEMPERATURE TEXT
prompt() {
	write prompts/a.yaml <<-EOF
		name: A
		model:
		  name: m
		  temperature: $1
		description: stays

		tags: [x]

		prompt: |
		  $2
	EOF
}

new_repo repo
cd repo || exit 1
prompt 0.2 'Say hello to {{ name }}.'
write notes.txt <<-EOF
	one
EOF
printf '%s\n' 'out*' err want tmp >.git/info/exclude
git add .
git commit -qm base
git switch -q -c topic
prompt 0.3 'Greet {{ name }}.'
git commit -qam topic
git switch -q main
prompt 0.1 'Say hello to {{ name }}.'
git commit -qam main

it 'has nothing to list without a merge' '
	git pv conflicts >out 2>err
	empty out
	has err "no conflicts"
	expect_success git pv conflicts --exit-code 2>err
	git pv conflicts --json >out
	json out . "[]"
'

it 'names the contested field and its three values' '
	expect_failure 1 git merge topic >/dev/null 2>&1
	git pv conflicts --json >out
	json out . "[{\"id\":\"a\",\"path\":\"prompts/a.yaml\",\"field\":\"model.temperature\",\"base\":0.2,\"ours\":0.1,\"theirs\":0.3,\"taken\":null,\"words\":{\"ours\":[],\"theirs\":[]}}]"
	git pv conflicts >out
	has out "a  prompts/a.yaml"
	has out "model.temperature"
	has out "base    0.2"
	has out "ours    0.1"
	has out "theirs  0.3"
	lacks out "Greet"
	expect_failure 1 git pv conflicts --exit-code >/dev/null
	expect_failure 1 git pv conflicts --exit-code --json >out
	json out length 1
'

it 'lists until the file is added' '
	prompt 0.15 "Greet {{ name }}."
	git pv conflicts --json >out
	json out "[.[] | [.id, .field]]" "[[\"a\",\"\"]]"
	git pv conflicts >out
	has out "no markers are left in the file: \"git add prompts/a.yaml\""
	git add prompts/a.yaml
	git pv conflicts --json >out
	json out . "[]"
	git commit -qm merged
	is_clean
'

it 'lists the fields that are left, as resolve counts them' '
	printf "x: 1\n\n\ny: 1\n\n\nz: 1\n" >prompts/l.yaml
	git add prompts
	git commit -qm l
	git switch -q -c fields
	sed -i s/1/2/ prompts/l.yaml
	git commit -qam 2
	git switch -q main
	sed -i s/1/3/ prompts/l.yaml
	git commit -qam 3
	expect_failure 1 git merge fields >/dev/null 2>&1
	for field in y x; do
		git pv conflicts --json >out
		has out "\"field\":\"$field\""
		git pv resolve l --field $field --ours --json >tmp
		git pv conflicts --json >out
		same "$(jq -c .left tmp)" "$(jq -c "[.[].field]" out)"
	done
	git pv conflicts >out
	has out "  z"
	lacks out "  y"
	git pv resolve l --remerge 2>/dev/null
	git pv conflicts --json >out
	json out "[.[].field]" "[\"x\",\"y\",\"z\"]"
	# A place that has other markers is not settled.
	sed -i "s/^x: .*/x: 9/" prompts/l.yaml
	git pv conflicts --json >out
	json out length 3
	git merge --abort
	is_clean
'

it 'lists files that one side removed, and files that are no prompts' '
	git switch -q -c gone
	git rm -q prompts/a.yaml
	echo gone >notes.txt
	git commit -qam gone
	git switch -q main
	prompt 0.7 "Greet {{ name }}."
	echo kept >notes.txt
	git commit -qam kept
	expect_failure 1 git merge gone >/dev/null 2>&1
	git pv conflicts --json >out
	json out "[.[] | [.id, .path, .field, .theirs == null]]" \
		"[[null,\"notes.txt\",\"\",false],[\"a\",\"prompts/a.yaml\",\"\",true]]"
	git pv conflicts >out
	has out "changed on our side, removed on theirs"
	has out "notes.txt"
	git merge --abort
'

it 'shows a text by its words' '
	printf "name: A\nprompt: |\n  Say {{ x }} twice, please.\n" \
		>prompts/w.yaml
	git add prompts
	git commit -qm w
	git switch -q -c words
	printf "name: A\nprompt: |\n  Say {{ x }} once, please.\n" \
		>prompts/w.yaml
	git commit -qam once
	git switch -q main
	printf "name: A\nprompt: |\n  Say {{ x }} often, please.\n" \
		>prompts/w.yaml
	git commit -qam often
	expect_failure 1 git merge words >/dev/null 2>&1
	git pv conflicts >out
	has out "ours    Say {{ x }} [-twice-]{+often+}, please.\\n"
	has out "theirs  Say {{ x }} [-twice-]{+once+}, please.\\n"
	git pv conflicts --color >out
	esc=$(printf "\033")
	has out "Say {{ x }} $esc[31mtwice$esc[m$esc[32moften$esc[m, please."
	git pv conflicts --json >out
	json out ".[0].words.ours | map(select(.[0] != \"-\")[1]) | join(\"\") |
		. == \"Say {{ x }} often, please.\n\"" true
	json out ".[0].words.theirs | map(.[0]) | add" "=-+="
	git merge --abort
'

it 'says of a binary file that it has no lines to merge' '
	new_repo ../binary
	cd ../binary
	printf "x\000y\n" >image
	git add image
	git commit -qm base
	git switch -q -c topic
	printf "x\000theirs\n" >image
	git commit -qam theirs
	git switch -q main
	printf "x\000ours\n" >image
	git commit -qam ours
	expect_failure 1 git pv merge topic >../out 2>&1
	has ../out "conflict: image a binary file"
	lacks ../out "markers"
	git pv conflicts >../out
	has ../out "--ours or --theirs"
	git pv resolve image --theirs
	git show topic:image >../want
	cmp ../want image
'

it 'names a line that is left of the markers' '
	printf "x: 1\n" >prompts/l.yaml
	git add prompts
	git commit -qm l
	git switch -q -c stray
	printf "x: 2\n" >prompts/l.yaml
	git commit -qam left
	git switch -q main
	printf "x: 3\n" >prompts/l.yaml
	git commit -qam right
	expect_failure 1 git merge stray >/dev/null 2>&1
	printf "x: 3\n=======\r\n" >prompts/l.yaml
	git pv conflicts >out
	has out "line 2 is left of the markers: take it out, then"
	printf "<<<<<<< ours\nx: 3\n" >prompts/l.yaml
	git pv conflicts >out
	has out "line 1 is left of the markers"
	expect_failure 1 git pv resolve l --theirs 2>err
	has err "line 1 is left of the markers"
	expect_failure 1 git pv commit -m no 2>err
	printf "x: 3\n<<<<<<\n======= x\n" >prompts/l.yaml
	git pv conflicts >out
	has out "no markers are left in the file"
	git merge --abort
'

# mixed DESCRIPTION OWNER: a file with line ends of both kinds
mixed() {
	printf "description: %s\r\nname: N\na: 1\nb: 2\nc: 3\nowner: %s\nprompt: hi\r\n" \
		"$1" "$2" >prompts/mix.yaml
}

it 'sees markers that end in CR LF between lines that do not' '
	mixed d ann
	git add prompts
	git commit -qm mix
	git switch -q -c mix
	mixed dx amy
	git commit -qam left
	git switch -q main
	mixed dy bob
	git commit -qam right
	expect_failure 1 git -c merge.pv.driver="git merge-file %A %B %B" \
		merge mix >/dev/null 2>&1
	git show :1:prompts/mix.yaml >tmp
	git show :2:prompts/mix.yaml >prompts/mix.yaml
	git show :3:prompts/mix.yaml >want
	expect_failure 2 git merge-file prompts/mix.yaml tmp want
	has prompts/mix.yaml "$(printf "=======\r")"
	printf "note: by hand\n" >>prompts/mix.yaml
	git pv resolve mix --theirs
	mixed dx amy
	printf "note: by hand\n" >>prompts/mix.yaml
	git show :prompts/mix.yaml | cmp - prompts/mix.yaml
	git commit -qm mixed
	lacks prompts/mix.yaml "======="
	rm tmp want
'

it 'says when only lines clash' '
	printf "x: 1\ny: 1\n" >prompts/n.yaml
	git add prompts
	git commit -qm n
	git switch -q -c left
	printf "x: 2\ny: 1\n" >prompts/n.yaml
	git commit -qam left
	git switch -q main
	printf "x: 1\ny: 2\n" >prompts/n.yaml
	git commit -qam right
	expect_failure 1 git merge left >/dev/null 2>&1
	git pv conflicts >out
	has out "the lines clash, no field does"
	git pv conflicts --json >out
	json out "[.[] | [.field, .base, .taken]]" \
		"[[\"\",\"x: 1\\ny: 1\\n\",\"both\"]]"
	git merge --abort
	is_clean
'

it 'tells what is only beside a clash' '
	printf "a: [x]\n# Target\n# b:\n#   - y\nend: 1\n" >prompts/c.yaml
	git add prompts
	git commit -qm c
	git switch -q -c key
	printf "a: [x]\n# Target\nb:\n  - y\nend: 1\n" >prompts/c.yaml
	git commit -qam key
	git switch -q main
	printf "a: [x]\n# Other\n# b:\n#   - y\nend: 1\n" >prompts/c.yaml
	git commit -qam comment
	expect_failure 1 git merge key >/dev/null 2>&1
	git pv conflicts >out
	has out "  b  (no clash: theirs would stand)"
	has out "  end"
	git pv conflicts --json >out
	json out "[.[] | [.field, .taken]]" \
		"[[\"b\",\"theirs\"],[\"end\",null]]"
	git merge --abort
	is_clean
'

it 'fails outside of a repository' '
	cd "$SCRATCH"
	expect_failure 128 git pv conflicts 2>err
	is_error err
	expect_failure 128 git pv conflicts --json >out 2>err
	is_json_error out not-a-repository
'

finish
