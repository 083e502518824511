#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv check'

new_repo repo
cd repo || exit 1
text_prompt prompts/good.yaml
printf 'checks: {style: off}\n' >pv.yaml
git add .
git commit -q -m good

it 'finds nothing in good prompts' '
	git pv check >../out 2>../err
	empty ../out
	has ../err "0 errors, 0 warnings"
	git pv check --json >../out
	json ../out . "{\"ok\":true,\"findings\":[]}"
'

it 'names file, line and column of what is wrong' '
	printf "name: a\nname: b\nprompt: hi\n" >prompts/dup.yaml
	expect_failure 1 git pv check >../out
	has ../out "prompts/dup.yaml:2:1: error: duplicate key \"name\""
	expect_failure 1 git pv check --json >../out
	json ../out .ok false
	json ../out ".findings[0] | [.file, .line, .column, .severity]" \
		"[\"prompts/dup.yaml\",2,1,\"error\"]"
'

it 'succeeds with warnings only' '
	printf "nmae: a\nprompt: hi\n" >prompts/dup.yaml
	git pv check >../out
	has ../out "warning: unknown key \"nmae\""
	rm prompts/dup.yaml
'

it 'checks the ids, specs and paths it is given' '
	printf "name: [\n" >prompts/bad.yaml
	git pv check good
	git pv check prompts/good.yaml good@HEAD
	expect_failure 1 git pv check bad >../out
	expect_failure 1 git pv check good bad >../out
	cd prompts
	expect_failure 1 git pv check bad.yaml >../../out
	git pv check good.yaml
	expect_failure 128 git pv check lost 2>../../err
	is_error ../../err lost
	expect_failure 128 git pv check lost.yaml 2>../../err
	is_error ../../err lost.yaml
	expect_failure 128 git pv check ../../outside.yaml 2>../../err
	is_error ../../err outside
'

it 'checks what is staged rather than the files' '
	git add prompts/bad.yaml
	printf "prompt: mended\n" >prompts/bad.yaml
	git pv check
	expect_failure 1 git pv check --staged >../out
	has ../out prompts/bad.yaml
	expect_failure 1 git pv check --staged bad >../out
	git pv check --staged good
	git rm -q -f --cached prompts/bad.yaml
	rm prompts/bad.yaml
'

it 'checks a commit, also without a working tree' '
	printf "name: [\n" >prompts/bad.yaml
	git add .
	git commit -q -m bad
	git rm -q prompts/bad.yaml
	git commit -q -m gone
	git pv check --at HEAD
	expect_failure 1 git pv check --at HEAD~1 >../out
	expect_failure 1 git pv check --at HEAD~1 bad >../out
	git clone -q --bare . ../bare.git
	git -C ../bare.git pv check
	expect_failure 1 git -C ../bare.git pv check --at main~1 >../out
	expect_failure 129 git pv check --at HEAD --staged 2>../err
	is_error ../err --staged
'

it 'reports files whose names are no ids, and folders too large' '
	text_prompt prompts/Upper.yaml
	text_prompt prompts/x.yml
	expect_failure 1 git pv check --json >../out
	json ../out ".findings | map(.file + \" \" + .rule)" \
		"[\"prompts/Upper.yaml bad-id\",\"prompts/x.yml bad-id\"]"
	rm prompts/Upper.yaml prompts/x.yml
	for i in $(seq 301); do
		text_prompt "prompts/many/p$i.yaml"
	done
	git pv check --json >../out
	json ../out ".findings | map(.rule)" "[\"large-folder\"]"
	printf "checks: {style: off, paths: {\"prompts/many/**\": {large-folder: off}}}\n" \
		>pv.yaml
	git pv check --json >../out
	json ../out ".findings" "[]"
	git checkout -q pv.yaml
	rm -r prompts/many
'

it 'warns of symbolic links among the prompts' '
	ln -s good.yaml prompts/alias.yaml
	ln -s ../schemas prompts/folder
	ln -s ../README.md prompts/README.md
	git pv check --json >../out
	json ../out ".findings | map(.file + \" \" + .rule)" \
		"[\"prompts/alias.yaml symbolic-link\",\"prompts/folder symbolic-link\"]"
	git add prompts
	git pv check --staged --json >../out
	json ../out ".findings | length" 2
	git commit -q -m links
	git pv check --rev HEAD~1..HEAD --json >../out
	json ../out ".findings | length" 2
	git pv check --rev HEAD..HEAD --json >../out
	json ../out ".findings | length" 0
	git -C ../bare.git fetch -q "$PWD" HEAD
	git -C ../bare.git pv check --at FETCH_HEAD --json >../out
	json ../out ".findings | length" 2
	git reset -q --hard HEAD~1
'

it 'holds experiments and sets of cases against their schemas' '
	write experiments/team/tone.yaml <<-\EOF
		prompt: good
		variants: {control: main}
	EOF
	write datasets/cases.yaml <<-\EOF
		# a list of cases
		- vars: {ticket: a}
		- vars: {ticket: b}
		  assert: [{value: 3}]
	EOF
	printf "%s\n" "{\"vars\": {}}" "" "{\"vars\": 3}" "{" >datasets/rows.jsonl
	echo "cases: [" >datasets/broken.yml
	printf "a,b\n1,2\n\n\"x\n, \"\"y\"\"\",3\r\n" >datasets/table.csv
	expect_failure 1 git pv check --json >../out
	json ../out ".findings | map(\"\(.file):\(.line):\(.column) \(.rule)\")" \
		"[\"experiments/team/tone.yaml:2:11 file-schema\",\"datasets/broken.yml:2:1 yaml-syntax\",\"datasets/cases.yaml:4:12 file-schema\",\"datasets/rows.jsonl:3:1 file-schema\",\"datasets/rows.jsonl:4:2 file-schema\"]"
	expect_failure 1 git pv check experiments/ >../out
	has ../out "\`variants\` must have at least 2 members"
	same 1 "$(grep -c error: ../out)"
	expect_failure 1 git pv check datasets/rows.jsonl >../out
	same 2 "$(grep -c error: ../out)"
	git add datasets/broken.yml
	expect_failure 1 git pv check --staged >../out
	same 1 "$(grep -c error: ../out)"
	git rm -q -f datasets/broken.yml
	cp pv.yaml ../kept
	echo "checks: {style: off, paths: {\"datasets/**\": {file-schema: off}}}" >pv.yaml
	expect_failure 1 git pv check --json >../out
	json ../out ".findings | map(.file)" "[\"experiments/team/tone.yaml\"]"
	cp ../kept pv.yaml
	rm -r experiments datasets
'

it 'says what is wrong with cases in CSV' '
	mkdir datasets
	printf "\357\273\277name,,name\n1,2\n\n\"a\nb\",2,3\n\"ü\"x,2,3\n1,2,\"3\n" \
		>datasets/wrong.csv
	: >datasets/empty.csv
	printf "a\n\377\n" >datasets/latin.csv
	printf "a,\"b\n" >datasets/open.csv
	expect_failure 1 git pv check --json datasets/ >../out
	json ../out ".findings | map(\"\(.file):\(.line):\(.column) \(.message)\")" \
		"[\"datasets/empty.csv:1:1 the first line has to name the variables\",\"datasets/latin.csv:2:1 the text is not UTF-8\",\"datasets/open.csv:1:3 the quotation mark is not closed\",\"datasets/wrong.csv:1:6 a column has no name\",\"datasets/wrong.csv:1:7 the column \\\"name\\\" stands twice\",\"datasets/wrong.csv:2:1 2 values, where the first line names 3 variables\",\"datasets/wrong.csv:6:4 a comma has to follow the quotation mark\",\"datasets/wrong.csv:7:5 the quotation mark is not closed\"]"
	seq 1000 | sed "1s/^/a,b\n/" >datasets/wrong.csv
	expect_failure 1 git pv check --json datasets/wrong.csv >../out
	json ../out ".findings | length" 100
	rm -r datasets
'

it 'warns of a folder that is a link, at every point' '
	ln -s ../elsewhere experiments
	mkdir datasets
	ln -s ../x.csv datasets/x.csv
	git pv check --json >../out
	json ../out ".findings | map(.file + \" \" + .rule)" \
		"[\"experiments symbolic-link\",\"datasets/x.csv symbolic-link\"]"
	git add experiments datasets
	git pv check --staged --json >../out
	json ../out ".findings | length" 2
	git commit -q -m linked
	git pv check --at HEAD --json >../out
	json ../out ".findings | length" 2
	git pv check --rev HEAD~1..HEAD --json >../out
	json ../out ".findings | length" 2
	git pv check --rev HEAD..HEAD --json >../out
	json ../out ".findings | length" 0
	git reset -q --hard HEAD~1
'

it 'fails for a prompt beyond a limit and says where' '
	{
		echo "prompt: |"
		seq -f "  {{ v%.0f }}" 10001
	} >prompts/big.yaml
	expect_failure 1 git pv check --json big >../out
	json ../out ".findings | map(\"\(.rule) \(.line) \(.column)\")" \
		"[\"limit 10002 3\"]"
	expect_failure 1 git pv check >../out
	has ../out "more than 10000 names"
	rm prompts/big.yaml
'

it 'compares a stated version with the tags' '
	printf "version: 1.0.0\nprompt: hi\n" >prompts/stated.yaml
	git pv check --json >../out
	json ../out .findings "[]"
	printf "version: 3.0.0\nprompt: hi\n" >prompts/stated.yaml
	git pv check --json >../out
	json ../out ".findings | map(.rule)" "[\"stated-version\"]"
	rm prompts/stated.yaml
'

it 'takes severities from pv.yaml of what is checked' '
	printf "nmae: a\nprompt: hi\n" >prompts/odd.yaml
	printf "checks: {style: off, unknown-key: error}\n" >pv.yaml
	expect_failure 1 git pv check --json odd >../out
	json ../out ".findings | map(.rule + \" \" + .severity)" \
		"[\"unknown-key error\"]"
	printf "checks: {style: off, unknown-key: off}\n" >pv.yaml
	git pv check --json odd >../out
	json ../out .findings "[]"
	printf "checks: {style: off, paths: {prompts/o*: {unknown-key: note}}}\n" >pv.yaml
	git pv check --json odd >../out
	json ../out ".findings | map(.severity)" "[\"note\"]"
	git add prompts/odd.yaml
	git pv check --json --staged odd >../out
	json ../out ".findings | map(.severity)" "[\"warning\"]"
	git rm -q -f --cached prompts/odd.yaml
	rm prompts/odd.yaml
'

it 'refuses settings of checks that cannot be' '
	printf "checks: {unknown-kez: off}\n" >pv.yaml
	expect_failure 128 git pv check 2>../err
	is_error ../err "no check is called \"unknown-kez\""
	has ../err "did you mean \"unknown-key\"?"
	has ../err pv.yaml:1:10
	printf "checks: {unknown-key: warnings}\n" >pv.yaml
	expect_failure 128 git pv check 2>../err
	has ../err "did you mean \"warning\"?"
	printf "checks: {yaml-syntax: off}\n" >pv.yaml
	expect_failure 128 git pv check 2>../err
	is_error ../err "\"yaml-syntax\" cannot be set"
	printf "checks: [off]\n" >pv.yaml
	expect_failure 128 git pv check 2>../err
	is_error ../err "\"checks\" must be a mapping"
	git checkout -q pv.yaml
'

it 'finds includes that lead nowhere or in a circle' '
	text_prompt prompts/a.yaml "{% include \"b\" %}"
	text_prompt prompts/b.yaml "Hi {% include \"a\" %}"
	text_prompt prompts/c.yaml "{% include \"lost\" %}"
	text_prompt prompts/d.yaml "{% include \"good\" %}"
	expect_failure 1 git pv check --json >../out
	json ../out ".findings | map(\"\(.file) \(.line) \(.column) \(.rule)\")" \
		"[\"prompts/a.yaml 3 15 include-cycle\",\"prompts/b.yaml 3 18 include-cycle\",\"prompts/c.yaml 3 15 missing-include\"]"
	git pv check d
	expect_failure 1 git pv check c >../out
	rm prompts/[abcd].yaml
'

it 'mends what needs no judgement' '
	printf "checks: {style: off, trailing-space: note}\n" >pv.yaml
	printf "prompt: | # c\n  a \n  b\n" >prompts/fix.yaml
	cp prompts/fix.yaml ../before
	git pv check --fix --dry-run fix >../out 2>../err
	has ../err "would mend 1 value in 1 file"
	has ../out fix
	cmp ../before prompts/fix.yaml
	git pv check --fix fix 2>../err
	has ../err "mended 1 value in 1 file"
	printf "prompt: | # c\n  a\n  b\n" >../wanted
	cmp ../wanted prompts/fix.yaml
	git pv check --fix 2>../err
	has ../err "mended 0 values"
	expect_failure 129 git pv check --fix --staged 2>../err
	expect_failure 129 git pv check --dry-run 2>../err
	echo "prompts/** text eol=lf" >.gitattributes
	printf "prompt: |\r\n  a \r\n  b\r\n" >prompts/fix.yaml
	printf "prompt: |\r\n  a\r\n  b\r\n" >../wanted
	git pv check --fix fix 2>../err
	cmp ../wanted prompts/fix.yaml
	rm prompts/fix.yaml .gitattributes
	git checkout -q pv.yaml
'

it 'finds the markers of a conflict in whatever git-pv looks after' '
	git init -q ../left
	cd ../left
	mkdir prompts datasets schemas docs
	files="prompts/n.prompty datasets/a.jsonl datasets/b.csv \
		datasets/c.yaml schemas/s.json docs/n.md docs/other.txt"
	text_prompt prompts/a.yaml Hello
	echo "docs/*.md merge=pv" >.gitattributes
	git add -A
	git commit -qm base
	for file in $files; do
		printf "%s\n" "<<<<<<< HEAD" a ======= b ">>>>>>> x" >"$file"
	done
	git add -A
	# Quoted text may go on at the start of a line.
	printf "%s\n" "prompt: \"a" "<<<<<<< x" b ======= c ">>>>>>> y\"" \
		>prompts/a.yaml
	expect_failure 1 git pv check --json >../out
	json ../out "[.findings[] | select(.rule == \"conflict-marker\") | \"\(.file) \(.line)\"] | sort" \
		"[\"datasets/a.jsonl 1\",\"datasets/b.csv 1\",\"datasets/c.yaml 1\",\"docs/n.md 1\",\"prompts/a.yaml 2\",\"prompts/n.prompty 1\",\"schemas/s.json 1\"]"
	expect_failure 1 git pv check --staged --json >../out
	json ../out "[.findings[] | select(.severity == \"error\")] | length" 6
	git commit -qm left
	expect_failure 1 git pv check --at HEAD --json >../out
	json ../out "[.findings[] | select(.severity == \"error\")] | length" 5
	expect_failure 1 git pv check --rev HEAD~1..HEAD --json >../out
	json ../out "[.findings[] | select(.severity == \"error\")] | length" 5
	expect_failure 1 git pv check datasets/a.jsonl >../out
	expect_failure 1 git pv check schemas/ >../out
	has ../out "schemas/s.json:1:1"
	git checkout -q prompts
	git commit -q --allow-empty -m none
	git pv check --rev HEAD~1..HEAD
	printf "%s\n" "<<<<<<< HEAD" "a: 1" ======= "a: 2" ">>>>>>> x" >pv.yaml
	expect_failure 128 git pv check 2>../err
	is_error ../err "pv.yaml:1:1: a conflict is left here"
'

it 'counts notes, and shows them of what is named' '
	git init -q ../notes
	cd ../notes
	mkdir prompts
	echo "prompt: \"Hi {{ a }}\"" >prompts/bare.yaml
	git pv check >../out 2>../err
	lacks ../out "missing-goal"
	has ../err "which --notes shows"
	git pv check --notes >../out 2>../err
	has ../out "missing-goal"
	git pv check bare >../out 2>../err
	has ../out "missing-goal"
	lacks ../err "which --notes shows"
'

finish
