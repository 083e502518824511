# SPDX-License-Identifier: MIT
#
# git pv textconv: by hand and under git diff.

. "$(dirname "$0")/lib.sh"
begin 'textconv'

it 'prints values as plain lines' '
	printf "%s\n" "# comment" "name: '\''It'\'''\''s'\''" "tags: [a, b]" \
		"prompt: \"one\\ntwo\\e[0m\"" >a.yaml
	git-pv textconv a.yaml >out 2>err
	printf "%s\n" "# comment" "name: It'\''s" "tags:" "  - a" "  - b" "prompt: |-" \
		"  one" "  two\\x1b[0m" >want
	cmp_files want out
	empty err
'

it 'prints what is no YAML as it is' '
	printf "a: [\n\377\n" >bad.yaml
	git-pv textconv bad.yaml >out 2>err
	cmp_files bad.yaml out
	empty err
	: >empty.yaml
	expect_success git-pv textconv empty.yaml >out
'

it 'fails when there is no file' '
	expect_failure 128 git-pv textconv nowhere >out 2>err
	has err nowhere
	empty out
	expect_failure 129 git-pv textconv 2>err
'

it 'makes git diff blind to formatting' '
	new_repo repo
	cd repo
	git config diff.pv.textconv "git-pv textconv"
	echo "*.yaml diff=pv" >.gitattributes
	printf "name: \"A\"\nt: \"x\\\\ny\"\n" >a.yaml
	git add .
	git commit -qm base
	printf "# new\nname: A\nt: |-\n  x\n  y\n" >a.yaml
	git diff >out
	lacks out "+name"
	printf "name: A\nt: |-\n  x\n  z\n" >a.yaml
	git diff >out
	has out "-  y"
	has out "+  z"
	printf "a: [" >a.yaml
	git diff >out
	has out "+a: ["
'

it 'names the message a hunk of git diff and git log -p is in' '
	new_repo ../chat
	cd ../chat
	git pv install >/dev/null 2>&1
	mkdir -p prompts
	printf "%s\n" "name: A" "messages:" "- role: system" "  content: |" \
		"    one" "    two" "    three" "    four" "    five" \
		"- {role: user, content: \"{{ t }}\"}" >prompts/a.yaml
	git add .
	git commit -qm base
	sed "s/five/six/" prompts/a.yaml >tmp
	mv tmp prompts/a.yaml
	git diff >out
	has out "@@   - role: system"
	has out "-      five"
	git commit -qam six
	git log -p -1 >out
	has out "@@   - role: system"
	has out "+      six"
'

it 'keeps comments where they stand' '
	printf "%s\n" "# head" "" "name: \"A\" # a name" "model: # which" \
		"    # provider" "    p: x#y" "tags: [a, b] # tags" "list:" \
		"    - role: user # asks" "      content: | # text" \
		"        # no comment" "    # the last" "# end" >c.yaml
	git-pv textconv c.yaml >out 2>err
	printf "%s\n" "# head" "name: A # a name" "model: # which" \
		"  # provider" "  p: x#y" "tags:" "  - a" "  - b # tags" "list:" \
		"  - role: user # asks" "    content: | # text" \
		"      # no comment" "# the last" "# end" >want
	cmp_files want out
	empty err
'

it 'shows a change of a comment in git diff and git log -p' '
	new_repo ../notes
	cd ../notes
	git pv install >/dev/null 2>&1
	text_prompt prompts/s.yaml
	git add .
	git commit -qm base
	sed -i "1i # do not ship yet" prompts/s.yaml
	git diff >out
	has out "+# do not ship yet"
	git pv diff >out
	has out "comments changed, patch"
	has out "  +  # do not ship yet"
	lacks out "formatting only"
	git pv diff --format markdown >out
	has out "+# do not ship yet"
	git pv diff --format html >out
	has out "# do not ship yet"
	git pv diff --json >out
	json out "[.prompts[0].comments, .prompts[0].formatting]" \
		"[[[\"+\",\"# do not ship yet\\n\"]],true]"
	git commit -qam noted
	git log -p -1 >out
	has out "+# do not ship yet"
'

it 'shows nothing unchanged as added in a conflicted file' '
	new_repo ../clash
	cd ../clash
	git pv install >/dev/null 2>&1
	mkdir -p prompts
	printf "%s\n" "# head" "name: \"A\"" "tags: [a, b]" \
		"prompt: Be kind." >prompts/a.yaml
	git add .
	git commit -qm base
	git switch -q -c side
	sed -i "s/kind/nice/" prompts/a.yaml
	git commit -qam nice
	git switch -q main
	sed -i "s/kind/good/" prompts/a.yaml
	git commit -qam good
	expect_failure 1 git merge -q side >out 2>err
	git diff >out
	grep "^++" out | grep -v "^+++ " | cut -c1-9 >added
	printf "%s\n" "++<<<<<<<" "++=======" "++>>>>>>>" >want
	cmp_files want added
	has out " +prompt: Be good."
	has out "+ prompt: Be nice."
	has out "    - b"
'

it 'leaves files with front matter as they are' '
	printf "%s\n" "---" "name: A" "model: x" "---" "Sort {{ t }}." >a.prompt
	git-pv textconv a.prompt >out 2>err
	cmp_files a.prompt out
	empty err
'

finish
