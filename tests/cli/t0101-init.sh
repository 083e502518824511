#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
begin 'git pv init'

it 'makes a repository in an empty folder' '
	mkdir empty
	cd empty
	git pv init >out 2>err
	has out "made a repository in $PWD"
	has out "created pv.yaml"
	has err "git pv commit"
	rm out err
	same main "$(git symbolic-ref --short HEAD)"
	has pv.yaml "default_branch: \"main\""
	has .gitattributes "prompts/**/*.yaml merge=pv diff=pv text eol=lf"
	[ -f prompts/example/greeting.yaml ]
	[ -f schemas/prompt.schema.json ]
	cmp schemas/pv.schema.json "$PROJECT/schemas/pv.schema.json"
	same "# yaml-language-server: \$schema=schemas/pv.schema.json" \
		"$(sed -n 1p pv.yaml)"
	git pv check
	expect_failure 1 git rev-parse -q --verify HEAD
	check_repo
'

it 'names three environments, of which production asks for an approval' '
	git pv init envs -q
	cd envs
	git pv commit -q -m first
	git pv deploy example/greeting -e development --json >../out
	json ../out "[.success, ([.checks[].name] | contains([\"review\"]))]" \
		"[true,false]"
	git pv deploy example/greeting -e staging
	expect_failure 1 git pv deploy example/greeting -e production --json \
		>../out
	json ../out "[.checks[] | select(.ok | not) | .name]" "[\"review\"]"
	expect_failure 129 git pv deploy example/greeting 2>../err
	PV_ENVIRONMENT=staging git pv deploy example/greeting --json >../out
	json ../out "[.environment, .environment_from, .changed]" \
		"[\"staging\",\"PV_ENVIRONMENT\",false]"
	git config pv.environments.default development
	git pv env show --json >../out
	json ../out "[.environment, .environment_from]" \
		"[\"development\",\"git config\"]"
'

it 'makes the folder it is given' '
	git pv init a/b --json >out
	json out .new true
	json out .default_branch main
	json out ".created | length" 5
	json out .repository "$PWD/a/b"
	[ -f a/b/pv.yaml ]
'

it 'makes a repository of its own for a folder inside another' '
	new_repo outer
	git pv init outer/inner >out
	[ -d outer/inner/.git ]
	[ ! -e outer/pv.yaml ]
'

it 'changes nothing when run again' '
	snapshot a/b >before
	cksum a/b/.git/config >>before
	git -C a/b pv init >out 2>err
	snapshot a/b >after
	cksum a/b/.git/config >>after
	cmp_files before after
	has err "in place already"
	git pv init a/b --json >out
	json out ".created + .changed | length" 0
'

it 'leaves nothing behind when a file cannot be written' '
	new_repo blocked
	cd blocked
	mkdir .gitattributes
	expect_failure 128 git pv init --yes 2>../err
	same .gitattributes "$(ls -A | grep -v "^.git$")"
	rmdir .gitattributes
	ln -s elsewhere schemas
	expect_failure 128 git pv init --yes 2>../err
	is_error ../err schemas
	same schemas "$(ls -A | grep -v "^.git$")"
	git config --get merge.pv.driver && exit 1
	:
'

it 'never overwrites what is there' '
	new_repo kept
	cd kept
	echo "prompts: texts" >pv.yaml
	echo "*.txt text" >.gitattributes
	text_prompt texts/mine.yaml
	cp texts/mine.yaml mine
	git pv init >out
	same "prompts: texts" "$(cat pv.yaml)"
	cmp_files mine texts/mine.yaml
	[ ! -e prompts ]
	write want <<-EOF
		*.txt text
		texts/**/*.yaml merge=pv diff=pv text eol=lf
		datasets/**/*.yaml merge=pv diff=pv
		experiments/**/*.yaml merge=pv diff=pv
		/pv.yaml merge=pv diff=pv
	EOF
	cmp_files want .gitattributes
	git pv init >out
	cmp_files want .gitattributes
	printf "texts/**/*.yaml merge=pv diff=pv\npv.yaml -merge\n" >.gitattributes
	git pv init >out
	has out "added what is merged as prompts are"
	write want <<-EOF
		texts/**/*.yaml merge=pv diff=pv
		pv.yaml -merge
		datasets/**/*.yaml merge=pv diff=pv
		experiments/**/*.yaml merge=pv diff=pv
	EOF
	cmp_files want .gitattributes
'

it 'adds its line behind one without a newline' '
	new_repo line
	printf "*.txt text" >line/.gitattributes
	git -C line pv init >out
	same "*.txt text" "$(head -n 1 line/.gitattributes)"
'

it 'prepares the whole repository from a subfolder' '
	new_repo sub
	mkdir sub/deep
	git -C sub/deep pv init >out
	[ -f sub/pv.yaml ]
	[ ! -e sub/deep/pv.yaml ]
'

it 'prepares the repository that PV_REPO names' '
	git init -q named
	mkdir elsewhere
	(cd elsewhere && PV_REPO=$TRASH/named git pv init --yes)
	test -f named/pv.yaml
	same "" "$(ls -A elsewhere)"
	PV_REPO=$TRASH/absent expect_failure 128 git pv init 2>err
	is_error err absent
'

it 'takes the default branch of the remote' '
	git init -q --bare -b trunk up.git
	new_repo down
	text_prompt down/prompts/a.yaml
	git -C down add .
	git -C down commit -q -m one
	git -C down push -q ../up.git main:trunk
	git clone -q up.git clone
	git -C clone switch -q -c topic
	git -C clone pv init >out
	has clone/pv.yaml "default_branch: \"trunk\""
	[ ! -e clone/prompts/example ]
'

it 'makes no example on demand' '
	git pv init bare-minimum --no-example >out
	[ ! -e bare-minimum/prompts ]
'

it 'gives each project an id of its own' '
	git pv init p1 >out
	git pv init p2 >out
	id=$(sed -n "s/^project: //p" p1/pv.yaml)
	expect_success expr "$id" : \
		"[0-9a-f]\{8\}-[0-9a-f]\{4\}-4[0-9a-f]\{3\}-[89ab][0-9a-f]\{3\}-[0-9a-f]\{12\}$"
	[ "$id" != "$(sed -n "s/^project: //p" p2/pv.yaml)" ]
'

it_tty 'asks at a terminal only, and takes no for an answer' '
	mkdir asked
	unset GIT_TERMINAL_PROMPT
	echo n | script -qec "git pv init asked" /dev/null >tty
	has tty "Make an example prompt?"
	[ -f asked/pv.yaml ]
	[ ! -e asked/prompts ]
	echo n | script -qec "git pv init yes --yes" /dev/null >tty
	lacks tty "Make an example prompt?"
	[ -f yes/prompts/example/greeting.yaml ]
'

it 'makes six prompts to start from, which pass every check' '
	git pv init start --starter >out
	cd start
	ls prompts/starter | paste -sd" " >../out
	same "chat-assistant.yaml documentation.yaml feedback-to-issue.yaml \
issue-generator.yaml readme-update.yaml sub-issues.yaml" "$(cat ../out)"
	test ! -e prompts/example
	git pv check --notes --json >../out
	json ../out "[.ok, .findings]" "[true,[]]"
	git pv render --examples >../out 2>../err
	has ../err " 0 failed, 0 skipped"
	for file in prompts/starter/*; do
		id=${file#prompts/}
		id=${id%.yaml}
		git pv show "$id" --json >../out
		json ../out "[(.prompt.tests | length > 0), ([.prompt.variables[] | select(.example)] | length > 0), (.prompt.goal | length > 0)]" \
			"[true,true,true]"
		head -n 1 "$file" >../out
		has ../out "\$schema=../../schemas/prompt.schema.json"
	done
	git pv commit -q -m start
	git pv list --format "%(version)" -q | uniq >../out
	same 1.0.0 "$(cat ../out)"
'

it 'adds them where prompts are, and replaces none' '
	git pv init start2 >out
	cd start2
	text_prompt prompts/starter/documentation.yaml "Mine."
	git pv init --starter >../out
	has prompts/starter/documentation.yaml Mine
	test -f prompts/starter/sub-issues.yaml
	git pv init --starter 2>../err
	has ../err "in place already"
	expect_failure 129 git pv init --starter --no-example 2>../err
	is_error ../err exclude
'

it 'makes what it can open, whatever the default formats are' '
	GIT_DEFAULT_HASH=sha256 git pv init defaults >out 2>err
	has err "only sha1 is supported"
	cd defaults
	same sha1 "$(git rev-parse --show-object-format)"
	git pv commit -q -m start >../out
	check_repo .
'

it 'refuses a bare repository and a file, leaving both alone' '
	git init -q --bare bare.git
	expect_failure 128 git -C bare.git pv init 2>err
	is_error err bare
	echo x >file
	expect_failure 128 git pv init file 2>err
	is_error err file
	expect_failure 128 git pv init file --json >out
	is_json_error out io
	same x "$(cat file)"
'

finish
