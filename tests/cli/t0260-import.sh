#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv import and export: JSON lines in, the same data out'

cat >three.jsonl <<'EOF_LINES'
{"id": "a/one", "name": "One", "prompt": "Say {{ x }}.", "tags": ["t"]}

{"id": "a/two", "prompt": "line\nline\n", "metadata": {"n": 1.5, "deep": {"k": [null, true]}}, "odd": "kept"}
{"id": "b", "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "{{ q }}"}], "model": {"name": "m"}}
EOF_LINES

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
}

it 'writes files, and commits nothing unasked' '
	fresh r1
	git pv import jsonl ../three.jsonl --json >../out
	json ../out "[.created, .updated, .unchanged, .commit, .findings]" \
		"[[\"a/one\",\"a/two\",\"b\"],[],[],null,[]]"
	expect_failure 128 git rev-parse -q --verify HEAD 2>/dev/null ||
		expect_failure 1 git rev-parse -q --verify HEAD
	same 3 "$(git status --porcelain -uall | grep -c "^?? prompts/")"
	git pv check
	check_repo
'

it 'makes one commit of all with --commit, and no version' '
	fresh r2
	git pv import jsonl ../three.jsonl --commit --json >../out
	json ../out "[.commit, .commits]" "[\"$(git rev-parse HEAD)\",1]"
	same 1 "$(git rev-list --count HEAD)"
	same "Import 3 prompts from three.jsonl" "$(git log -1 --format=%s)"
	same "" "$(git tag)"
	is_clean
'

it 'makes one commit each with --each, in the order of the input' '
	fresh r3
	git pv import jsonl ../three.jsonl --each --json >../out
	json ../out .commits 3
	git log --format=%s --reverse >../subjects
	printf "Import %s\n" a/one a/two b >../want
	cmp_files ../want ../subjects
	is_clean
'

it 'reads standard input, takes a message and a folder' '
	fresh r4
	git pv import jsonl --commit -m "From elsewhere" --prefix vendor - \
		<../three.jsonl >../out
	has ../out "3 new, 0 changed, 0 unchanged, commit "
	same "From elsewhere" "$(git log -1 --format=%s)"
	git cat-file -e HEAD:prompts/vendor/a/one.yaml
	is_clean
'

it 'leaves what is the same, refuses what differs, replaces by force' '
	cd r2
	git pv import jsonl ../three.jsonl --commit --json >../out
	json ../out "[(.unchanged | length), .commit]" "[3,null]"
	printf "%s\n" "{\"id\": \"b\", \"prompt\": \"New.\"}" \
		"{\"id\": \"c\", \"prompt\": \"C.\"}" >../newer.jsonl
	snapshot . >../before
	expect_failure 1 git pv import jsonl ../newer.jsonl --strict --json \
		>../out
	is_json_error ../out validation
	json ../out "[.error.findings[] | [.line, .rule]]" "[[1,\"exists\"]]"
	snapshot . >../after
	cmp_files ../before ../after
	git pv import jsonl ../newer.jsonl --force --commit --json >../out
	json ../out "[.created, .updated]" "[[\"c\"],[\"b\"]]"
	is_clean
'

it 'names every bad line and with --strict writes nothing' '
	fresh r5
	cat >../bad.jsonl <<-"LINES"
		{"id": "good", "prompt": "Good."}
		{"id": "no text"
		{"id": "Bad Id", "prompt": "x"}
		{"name": "no id", "prompt": "x"}
		{"id": "neither"}
		[1, 2]
		{"id": "good", "prompt": "again"}
	LINES
	snapshot . >../before
	expect_failure 1 git pv import jsonl ../bad.jsonl --strict --commit \
		--json >../out
	is_json_error ../out validation
	json ../out "[.error.findings[].line]" "[2,3,4,5,6,7]"
	json ../out "[.error.findings[].file] | unique" "[\"../bad.jsonl\"]"
	json ../out ".error.findings[3] | [.column, .message, .hint]" \
		"[null,\"the record has neither \\\"prompt\\\" nor \\\"messages\\\"\",\"give its text as \\\"prompt\\\"\"]"
	expect_failure 1 git pv import jsonl ../bad.jsonl --strict 2>../err
	is_error ../err
	has ../err "bad.jsonl:2"
	snapshot . >../after
	cmp_files ../before ../after
	check_repo
'

it 'imports the good lines, and names the bad ones' '
	cd r5
	expect_failure 129 git pv import jsonl ../bad.jsonl -k --strict \
		2>/dev/null
	expect_failure 1 git pv import jsonl ../bad.jsonl --commit --json >../out
	json ../out "[.created, (.findings | length)]" "[[\"good\"],6]"
	is_clean
'

it 'refuses what is no UTF-8, no file, no format' '
	fresh r6
	printf "{\"id\": \"u\", \"prompt\": \"\377\"}\n" >../latin.jsonl
	expect_failure 1 git pv import jsonl ../latin.jsonl --strict --json >../out
	is_json_error ../out validation
	expect_failure 128 git pv import jsonl ../nowhere --json >../out
	is_json_error ../out io
	expect_failure 129 git pv import xml ../three.jsonl 2>/dev/null
	expect_failure 129 git pv import jsonl 2>/dev/null
	expect_failure 129 git pv import jsonl ../three.jsonl --commit --each \
		2>/dev/null
	same "" "$(git status --porcelain)"
'

it 'puts the files back when a hook refuses the commit' '
	fresh r7
	git pv import jsonl ../three.jsonl --commit >/dev/null
	mkdir -p .git/hooks
	printf "#!/bin/sh\nexit 1\n" >.git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit
	snapshot . >../before
	expect_failure 1 git pv import jsonl ../newer.jsonl --force --commit \
		2>../err
	is_error ../err
	snapshot . >../after
	cmp_files ../before ../after
	git pv import jsonl ../newer.jsonl --force --commit --no-verify >/dev/null
	is_clean
'

it 'refuses a prompt where another needs its folder' '
	for id in x x/y x.yaml/z x.yaml; do
		printf "{\"id\": \"%s\", \"prompt\": \"A\"}\n" "$id"
	done >nested.jsonl
	fresh r11
	for how in "" --commit --each; do
		expect_failure 1 git pv import jsonl ../nested.jsonl $how \
			--strict --json >../out
		json ../out "[.error.findings[] | [.line, .rule]]" \
			"[[3,\"path-conflict\"]]"
		same "" "$(git status --porcelain)"
		test ! -e prompts
	done
	expect_failure 1 git pv import jsonl ../nested.jsonl -k --each --json \
		>../out
	json ../out .created "[\"x\",\"x/y\",\"x.yaml\"]"
	is_clean
	mkdir ../aside
	ln -s "$TRASH/aside" prompts/link
	printf "{\"id\": \"%s\", \"prompt\": \"A\"}\n" first link/second >../two
	git rev-parse HEAD >../before
	expect_failure 128 git pv import jsonl ../two --each 2>../err
	git rev-parse HEAD >../after
	cmp_files ../before ../after
	test ! -e prompts/first.yaml
'

it 'does not write through a link to elsewhere' '
	fresh r10
	mkdir prompts ../elsewhere
	ln -s "$TRASH/elsewhere" prompts/a
	expect_failure 128 git pv import jsonl ../three.jsonl --commit 2>../err
	is_error ../err
	lacks ../err warning
	same "" "$(ls ../elsewhere)"
	test ! -e prompts/b.yaml
	check_repo
'

it 'does not commit into a merge under way' '
	fresh r8
	git pv import jsonl ../three.jsonl --commit >/dev/null
	git switch -q -c other
	text_prompt prompts/b.yaml "Theirs."
	git commit -q -a -m theirs
	git switch -q main
	text_prompt prompts/b.yaml "Ours."
	git commit -q -a -m ours
	git merge other >/dev/null 2>&1 || :
	expect_failure 1 git pv import jsonl ../newer.jsonl -f --commit --json \
		>../out
	is_json_error ../out conflict
	git merge --abort
	is_clean
'

it 'leaves out what commit would refuse, unless it is told not to' '
	new_repo ../syntax
	cd ../syntax
	git pv init -q
	write ../in.jsonl <<-EOF
	{"id": "low", "prompt": "x", "token_limit": -1}
	{"id": "open", "prompt": "{% if %}"}
	{"id": "good", "prompt": "{{ x }}"}
	{"id": "odd", "prompt": "{{ x | odd }}"}
	EOF
	expect_failure 1 git pv import jsonl ../in.jsonl --json >../out
	json ../out .created "[\"open\",\"good\",\"odd\"]"
	json ../out "[.findings[] | [.line, .rule, .severity]]" \
		"[[1,\"parameter-range\",\"error\"],[2,\"template-syntax\",\"warning\"],[4,\"unknown-filter\",\"warning\"]]"
	expect_failure 1 git pv import jsonl ../in.jsonl 2>../err
	has ../err "in.jsonl:1: error: max_tokens is -1"
	expect_failure 1 git pv import jsonl --strict ../in.jsonl 2>../err
	git pv import jsonl --no-verify ../in.jsonl --json >../out
	json ../out .created "[\"low\"]"
'

it 'exports what import reads back to the same data' '
	cd r2
	git pv export jsonl -o ../all.jsonl 2>../err
	has ../err "4 prompts in ../all.jsonl"
	same 4 "$(wc -l <../all.jsonl)"
	fresh ../r9
	git pv import jsonl ../all.jsonl --commit >/dev/null
	git pv export jsonl >../again.jsonl
	cmp_files ../all.jsonl ../again.jsonl
	for id in a/one a/two b c; do
		git pv show "$id" --json | jq -S .prompt >../there
		git -C ../r2 pv show "$id" --json | jq -S .prompt >../here
		cmp_files ../here ../there
	done
'

it 'exports single prompts and other states' '
	cd r2
	git pv export jsonl b >../out
	same "{\"id\":\"b\"}" "$(jq -c "{id}" ../out)"
	git pv export jsonl --at HEAD~1 b | jq -r ".messages[0].role" >../out
	same system "$(cat ../out)"
	git pv export jsonl b@HEAD~1 | jq -r ".messages[0].role" >../out
	same system "$(cat ../out)"
	git pv export jsonl --json >../out
	json ../out "[.[].id]" "[\"a/one\",\"a/two\",\"b\",\"c\"]"
	git pv export jsonl --json -o ../file.jsonl b >../out
	json ../out "[.file, .count]" "[\"../file.jsonl\",1]"
	git clone -q --bare . ../bare.git
	git -C ../bare.git pv export jsonl >../bare.jsonl
	git pv export jsonl >../here.jsonl
	cmp_files ../here.jsonl ../bare.jsonl
'

it 'exports nothing when a prompt does not load or is not there' '
	cd r2
	printf "name: x\n" >prompts/broken.yaml
	echo before >../kept
	expect_failure 1 git pv export jsonl -o ../kept --json >../out
	is_json_error ../out validation
	same before "$(cat ../kept)"
	rm prompts/broken.yaml
	expect_failure 128 git pv export jsonl nope --json >../out
	is_json_error ../out prompt-not-found
	expect_failure 128 git pv export jsonl --at nowhere --json >../out
	is_json_error ../out version-not-found
	expect_failure 128 git pv export jsonl -o ../kept/x --json >../out
	is_json_error ../out io
'

it 'exports no number that JSON does not have' '
	fresh r21
	text_prompt prompts/a.yaml
	printf "prompt: hi\nmodel:\n  temperature: .inf\n" | write prompts/b.yaml
	expect_failure 128 git pv export jsonl -o ../lost.jsonl 2>../err
	is_error ../err "prompts/b.yaml:3:16: model.temperature is \".inf\""
	test ! -e ../lost.jsonl
	git pv export jsonl a >../out
	json ../out .id a
	printf "prompt: hi\nmetadata:\n  top: \".inf\"\n" >prompts/b.yaml
	git pv export jsonl b >../out
	json ../out .metadata.top .inf
'

it 'writes an export through links and pipes, and makes no folders' '
	cd r2
	git pv export jsonl >../want
	echo keep >../target
	ln -s target ../link
	git pv export jsonl -o ../link
	[ -L ../link ]
	cmp_files ../want ../target
	mkfifo ../pipe
	cat ../pipe >../got &
	git pv export jsonl -o ../pipe
	wait
	[ -p ../pipe ]
	cmp_files ../want ../got
	expect_failure 128 git pv export jsonl -o ../none/x --json >../out
	is_json_error ../out io
	[ ! -e ../none ]
'

it 'says how far --each came when a hook stops it, and goes on' '
	fresh r20
	text_prompt prompts/old.yaml
	git pv commit -q -m base >/dev/null
	mkdir -p .git/hooks
	cat >.git/hooks/pre-commit <<-"HOOK"
		#!/bin/sh
		git diff --cached --name-only | grep -q i3 || exit 0
		echo "no i3" >&2
		exit 1
	HOOK
	chmod +x .git/hooks/pre-commit
	for i in 1 2 3 4; do
		printf "{\"id\": \"i%s\", \"prompt\": \"A\"}\n" $i
	done >../four
	expect_failure 1 git pv import jsonl ../four --each --json >../out
	is_json_error ../out policy
	json ../out ".error.message | test(\"^\\\"i3\\\": hook .*refused\")" true
	json ../out ".error.hint | test(\"^2 of 4 prompts are committed, the last as $(git rev-parse --short=7 HEAD)\")" true
	same 3 "$(git rev-list --count HEAD)"
	is_clean
	expect_failure 1 git pv import jsonl ../four --each 2>../err
	is_error ../err refused
	lacks ../err "are committed"
	rm .git/hooks/pre-commit
	git pv import jsonl ../four --each --json >../out
	json ../out "[.created, .unchanged, .commits]" \
		"[[\"i3\",\"i4\"],[\"i1\",\"i2\"],2]"
	is_clean
'

it 'says that the folder is a link, and imports nothing' '
	new_repo linked
	cd linked
	git commit -q --allow-empty -m none
	mkdir real
	ln -s real prompts
	printf "%s\n" "{\"id\": \"a\", \"prompt\": \"Hi\"}" >../one.jsonl
	expect_failure 128 git pv import jsonl ../one.jsonl 2>../err
	is_error ../err "\"prompts\" is a symbolic link"
	lacks ../err check-ignore
	same "" "$(ls real)"
'

it 'takes null for a missing text or list of messages' '
	new_repo nulls
	cd nulls
	git commit -q --allow-empty -m none
	cat >../nulls.jsonl <<-EOF
	{"id": "a", "prompt": "Hi", "messages": null}
	{"id": "b", "messages": [{"role": "user", "content": "Hi"}], "prompt": null}
	{"id": "c", "messages": null, "prompt": "Hi"}
	EOF
	git pv import jsonl ../nulls.jsonl
	lacks prompts/a.yaml messages
	lacks prompts/b.yaml prompt:
	git pv check
	printf "name: d\nmessages:\nprompt: Hi\n" >prompts/d.yaml
	printf "name: e\nprompt: ~\nmessages:\n- {role: user, content: Hi}\n" \
		>prompts/e.yaml
	git pv check >../out
	has ../out "null-text"
	git pv show e >../out
	has ../out Hi
	printf "name: f\nprompt: ~\nmessages:\n" >prompts/f.yaml
	expect_failure 1 git pv check f
	echo "{\"id\": \"g\", \"prompt\": null, \"messages\": null}" >../one.jsonl
	expect_failure 1 git pv import jsonl ../one.jsonl
'

it 'has no folder for packs, or one elsewhere' '
	for i in $(seq 100); do
		echo "{\"id\": \"n$i\", \"prompt\": \"x $i\"}"
	done >many.jsonl
	new_repo unpacked
	cd unpacked
	git commit -q --allow-empty -m one
	rmdir .git/objects/pack
	git pv import jsonl --commit ../many.jsonl >/dev/null
	git fsck --strict
	is_clean
	same 100 "$(git ls-tree -r --name-only HEAD prompts | wc -l)"
	cd ..
	new_repo apart
	cd apart
	git commit -q --allow-empty -m one
	mkdir ../quarantine
	GIT_ALTERNATE_OBJECT_DIRECTORIES=$PWD/.git/objects
	GIT_OBJECT_DIRECTORY=$(cd ../quarantine && pwd)
	export GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
	git pv import jsonl --commit ../many.jsonl >/dev/null
	git fsck --strict
	unset GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_OBJECT_DIRECTORY
	same 103 "$(find ../quarantine -type f | wc -l)"
'

it 'commits with --commit what is there already and was not committed' '
	for how in --commit --each; do
		new_repo "$TRASH/twice$how"
		cd "$TRASH/twice$how"
		printf "{\"id\":\"m/%s\",\"text\":\"one\"}\n" a b c >m.jsonl
		git pv import jsonl m.jsonl
		# The same in other words is committed as it stands.
		echo "# mine" >>prompts/m/b.yaml
		git add prompts/m/c.yaml
		git pv import jsonl m.jsonl $how --json >../out
		json ../out "[(.unchanged | length), (.commit | length)]" "[3,40]"
		same "" "$(git status --short prompts)"
		same "# mine" "$(git show HEAD:prompts/m/b.yaml | tail -n 1)"
		head=$(git rev-parse HEAD)
		git pv import jsonl m.jsonl $how >../out
		has ../out "0 new, 0 changed, 3 unchanged"
		lacks ../out "commit"
		same "$head" "$(git rev-parse HEAD)"
	done
'

finish
