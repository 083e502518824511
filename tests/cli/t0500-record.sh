#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv record: what is acknowledged is kept, once'

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	text_prompt prompts/support/triage.yaml "Sort {{ ticket }}."
	git pv commit -q -m First
}

# row ID: the execution as JSON in ../row.
row() {
	git pv history show "$1" --json >../row
}

it 'prints an id and keeps what it was given' '
	fresh r1
	git pv record --prompt support/triage --output "caf\303\251" \
		--latency-ms 12.5 --cost-usd 0.00012 --tokens-in 3 \
		--tokens-out 4 --model m --tag b --tag a --score x=0.5 \
		--quality 8.5 --input "{\"ticket\": \"t\"}" \
		--metadata "{\"k\": 1.10}" --json >../out
	json ../out "keys" "[\"id\"]"
	row "$(jq -r .id ../out)"
	json ../row "[.prompt_id, .version, .commit, .dirty]" \
		"[\"support/triage\",\"1.0.0\",\"$(git rev-parse HEAD)\",null]"
	json ../row .blob "$(git rev-parse HEAD:prompts/support/triage.yaml)"
	json ../row "[.latency_ms, .tokens, .tags, .scores, .quality, .input]" \
		"[12.5,7,[\"a\",\"b\"],{\"x\":0.5},8.5,{\"ticket\":\"t\"}]"
	has ../row "\"cost_usd\":0.00012,"
	has ../row "\"metadata\":{\"k\":1.10}"
	is_clean
'

it_sqlite 'keeps the index beside git, and a worktree shares it' '
	cd r1
	[ -f .git/pv/index.db ]
	git worktree add -q ../r1w -b other
	cd ../r1w
	git pv record --rendered hello >../id
	cd ../r1
	row "$(cat ../id)"
	json ../row .rendered hello
'

it 'ties a version to its commit, and what is not committed to none' '
	fresh r2
	first=$(git rev-parse HEAD)
	text_prompt prompts/support/triage.yaml "Sort {{ ticket }} now."
	git pv record --prompt support/triage@1.0 >../id
	row "$(cat ../id)"
	json ../row "[.version, .commit]" "[\"1.0.0\",\"$first\"]"
	git pv record --prompt support/triage >../id
	row "$(cat ../id)"
	json ../row "[.commit, .dirty, .blob]" "[null,true,\"$(
		git hash-object prompts/support/triage.yaml)\"]"
	git pv commit -q -m Second
	git pv record --prompt support/triage >../id
	row "$(cat ../id)"
	json ../row "[.commit, .dirty]" "[\"$(git rev-parse HEAD)\",null]"
'

it 'wants a prompt that is there, unless it is not to look' '
	cd r2
	expect_failure 128 git pv record --prompt nowhere 2>err
	is_error err nowhere
	git pv record --prompt nowhere --loose --commit \
		0123456789012345678901234567890123456789 >../id
	row "$(cat ../id)"
	json ../row "[.prompt_id, .version]" "[\"nowhere\",null]"
	expect_failure 128 git pv record --output x 2>err
	is_error err "nothing of what was run"
	expect_failure 128 git pv record --template t --quality 11 2>err
	is_error err "from 1 to 10"
	expect_failure 129 git pv record --stdin --template t 2>err
	expect_failure 129 git pv record --template t --strict 2>err
'

it 'takes the output from a file and from standard input' '
	cd r2
	printf "one\ntwo\n" >../text
	git pv record --template t --output-file ../text >../id
	row "$(cat ../id)"
	json ../row "[.output, .output_chars]" "[\"one\\ntwo\\n\",8]"
	git pv record --template t --output-file - <../text >../id
	row "$(cat ../id)"
	json ../row "[.output]" "[\"one\\ntwo\\n\"]"
	expect_failure 128 git pv record --template t --output-file none 2>err
'

it 'reads lines, and refuses bad ones by their number' '
	fresh r3
	cat >../rows <<-ROWS
		{"prompt_id": "support/triage", "ts": "2026-01-01T00:00:00Z"}
		{"prompt_id": "nowhere"}

		{"template": "t", "quality": 0}
		not JSON
		{"template": "t", "ts": "2026-01-02T00:00:00Z", "odd": 1, "odder": 2}
		{"template": "t", "ts": "2026-01-03T00:00:00Z", "odd": 3}
	ROWS
	expect_failure 1 git pv record --stdin --json <../rows >../out 2>../err
	json ../out "[.recorded, .present, .refused]" "[3,0,3]"
	json ../out "[.findings[].line]" "[2,4,5]"
	json ../out .unknown "[\"odd\",\"odder\"]"
	same 1 "$(grep -c "odd" ../err)"
	git pv history list --json >../list
	json ../list "[.[].metadata]" "[{\"odd\":3},{\"odd\":1,\"odder\":2},null]"
	json ../list ".[2].commit" "$(git rev-parse HEAD)"
'

it 'changes nothing the second time' '
	cd r3
	git pv history export >../before
	expect_failure 1 git pv record --stdin --json <../rows >../out 2>../err
	json ../out "[.recorded, .present, .refused]" "[0,3,3]"
	text_prompt prompts/support/triage.yaml "Another text."
	git pv commit -q -m Later
	expect_failure 1 git pv record --stdin --json <../rows >../out 2>../err
	json ../out "[.recorded, .present]" "[0,3]"
	git pv history export >../after
	cmp_files ../before ../after
'

it_sqlite 'leaves no text of a row that is there behind' '
	fresh r3b
	id=01900000-0002-7000-8000-000000000000
	git pv record --id $id --template t --output first >../out
	git pv record --id $id --template t --output first --input 1 >../out
	git pv record --id $id --template t --output second >../out
	python3 -c "import sqlite3; print(sqlite3.connect(\".git/pv/index.db\"
		).execute(\"SELECT count(*) FROM body\").fetchone()[0])" >../out
	same 1 "$(cat ../out)"
'

it 'records every line or none with --strict' '
	fresh r4
	expect_failure 1 git pv record --stdin --strict --json <../rows >../out
	json ../out "[.recorded, .refused]" "[0,3]"
	same "" "$(git pv history export)"
	sed -n 1p ../rows | git pv record --stdin --strict >../out
	has ../out "1 recorded, 0 already there, 0 refused"
'

it 'finds what a commit has of a prompt' '
	fresh commits
	first=$(git rev-parse HEAD)
	git pv edit support/triage --set goal=Sort >/dev/null 2>&1
	git pv commit -q -m Goal
	for oid in $first $(git rev-parse HEAD) \
		0123456789012345678901234567890123456789; do
		printf "{\"prompt_id\":\"%s\",\"commit\":\"%s\"}\n" \
			support/triage "$oid"
	done >../tied
	printf "{\"prompt_id\":\"no/such\",\"commit\":\"%s\"}\n" \
		"$first" >>../tied
	printf "{\"prompt_id\":\"%s\",\"commit\":\"%s\",%s}\n" \
		support/triage "$first" "\"version\":\"9.0.0\"" >>../tied
	git pv record --stdin <../tied >/dev/null
	git pv history export --format jsonl |
		jq -r "[.prompt_id, .version, .blob] | join(\" \")" |
		sort >../out
	one=$(git rev-parse "$first:prompts/support/triage.yaml")
	two=$(git rev-parse HEAD:prompts/support/triage.yaml)
	same "no/such  
support/triage  
support/triage 1.0.0 $one
support/triage $(git pv versions support/triage --json | jq -r .[0].version) $two
support/triage 9.0.0 $one" "$(cat ../out)"
'

it 'gives back what was exported, byte for byte' '
	fresh r5
	cat >>../rows <<-ROWS
		{"template": "t", "output": "a\u0000\u00e9", "rendered": [1.10, {}]}
		{"prompt_id": "elsewhere/x", "commit": null, "cost_usd": 1e-12}
	ROWS
	git pv record --stdin <../rows >../out 2>&1 || :
	git pv history export >../first
	same 5 "$(wc -l <../first)"
	cd ..
	fresh r6
	PV_ENVIRONMENT=prod git pv record --stdin <../first
	git pv history export >../second
	cmp_files ../first ../second
'

it 'records nothing when tracking is off' '
	fresh r7
	PV_TRACKING=0 git pv record --template t --json >../out
	json ../out . "{\"id\":null}"
	git -c pv.tracking.enabled=false pv record --template t >../out
	same "" "$(cat ../out)"
	printf "tracking: {enabled: false}\n" >pv.yaml
	git pv commit -q -m Off
	git pv record --prompt nowhere
	[ ! -e .git/pv/index.db ]
	expect_failure 128 git -c pv.tracking.enabled=perhaps pv record \
		--template t 2>err
	is_error err "must be true or false"
	expect_failure 128 env PV_TRACKING=1 PV_INDEX=mysql://u:secret@h/d \
		git pv record --template t 2>err
	is_error err "neither \"sqlite\" nor \"postgresql"
	! grep secret err
'

it 'keeps texts out when it is not to capture them' '
	fresh r8
	printf "tracking: {capture_content: false}\n" >pv.yaml
	git pv commit -q -m Private
	PV_ENVIRONMENT=prod git pv record --prompt support/triage \
		--output secret --rendered secret --input "{\"a\": \"secret\"}" \
		--error-message secret --latency-ms 5 >../id
	row "$(cat ../id)"
	json ../row "[.output, .rendered, .input, .error_message]" \
		"[null,null,null,null]"
	json ../row "[.output_chars, .latency_ms, .environment, .status]" \
		"[6,5,\"prod\",\"error\"]"
	! grep -q secret .git/pv/index.db*
'

it_sqlite 'keeps what went to the provider and came back as it was' '
	fresh r8b
	body="{\"model\":\"m\",\"n\":1.50,\"list\":[1,null,\"a\\u0000\"]}"
	git pv record --template t --request "$body" --response "\"raw text\"" >../id
	row "$(cat ../id)"
	json ../row .request.n 1.5
	json ../row ".request.list | length" 3
	json ../row .response "raw text"
	echo "{\"template\":\"t\",\"request\":[1],\"response\":{\"a\":[]}}" |
		git pv record --stdin >../out
	git pv history export >../rows
	grep -q "\"request\":\[1\],\"response\":{\"a\":\[\]}" ../rows
	grep -q "\"n\":1.50" ../rows
	mv .git/pv/index.db ../before.db
	git pv record --stdin <../rows >../out
	git pv history export >../again
	cmp ../rows ../again
	expect_failure 128 git pv record --template t --request "{" 2>err
'

it 'keeps neither them nor keys that are no fields without texts' '
	cd r8
	git pv record --stdin --json <<-EOF >../out 2>err
		{"template":"t","request":"secret","response":{"x":"secret"},"prompt_text":"secret"}
		{"template":"t","extra":"secret","metadata":{"own":"kept"}}
	EOF
	has err "not kept by tracking.capture_content: prompt_text, extra"
	json ../out .unknown "[\"prompt_text\",\"extra\"]"
	git pv history list -n 2 --json >../rows
	json ../rows "map(.metadata) | sort" "[null,{\"own\":\"kept\"}]"
	! grep -q secret .git/pv/index.db*
'

it_sqlite 'writes as many rows at once as pv.yaml says' '
	fresh r8c
	git pv record --template t >../id
	python3 -c "import sqlite3; sqlite3.connect(\".git/pv/index.db\"
		).execute(\"CREATE TRIGGER stop BEFORE INSERT ON execution WHEN \"
			\"NEW.tokens = 666 BEGIN SELECT RAISE(ABORT, \"
			\"\x27stop\x27); END\")"
	for n in 1 2 3 4 5; do
		echo "{\"template\":\"t\",\"tokens\":$n}"
	done >../lines
	echo "{\"template\":\"t\",\"tokens\":666}" >>../lines
	expect_failure 128 git pv record --stdin <../lines 2>err
	same 1 "$(git pv history export | wc -l)"
	expect_failure 128 git -c pv.tracking.batchSize=2 pv record --stdin \
		<../lines 2>err
	same 5 "$(git pv history export | wc -l)"
	for size in 0 100001 1.5 many; do
		expect_failure 128 git -c pv.tracking.batchSize=$size pv record \
			--template t 2>err
		is_error err "from 1 to 100000"
	done
'

it 'waits for nobody to see what a slow stream has brought' '
	fresh r9
	mkfifo ../pipe
	git pv record --stdin <../pipe >../out &
	exec 9>../pipe
	echo "{\"template\": \"t\"}" >&9
	tries=0
	until [ -n "$(git pv history export)" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 500 ]
	done
	exec 9>&-
	wait
	has ../out "1 recorded"
'

it 'keeps every line of many groups, in their order' '
	fresh r9b
	seq 3500 | sed "s/.*/{\"template\":\"t\",\"ts\":\"2026-01-01T00:00:00Z\",\"output\":\"&\"}/" >../lines
	sed "1700s/.*/nonsense/" ../lines >../bad
	expect_failure 1 git pv record --stdin --json <../bad >../out
	json ../out "[.recorded, .refused]" "[3499,1]"
	json ../out "[.findings[].line]" "[1700]"
	git pv record --stdin --json <../lines >../out
	json ../out "[.recorded, .present]" "[1,3499]"
	seq 3500 | sort >../numbers
	git pv history export | jq -r .output | sort >../outputs
	cmp_files ../numbers ../outputs
'

it_sqlite 'says what is wrong with the database' '
	fresh r10
	mkdir -p .git/pv
	echo "no database at all, this is only some text in a file" \
		>.git/pv/index.db
	expect_failure 128 git pv record --template t --json >../out
	json ../out .error.code db
	has ../out "is no database"
	rm .git/pv/index.db
	git pv record --template t >../id
	for size in 9000 40000; do
		cp .git/pv/index.db ../whole.db
		dd if=/dev/urandom of=.git/pv/index.db bs=1 seek=100 \
			count="$size" conv=notrunc 2>/dev/null
		expect_failure 128 git pv record --template t --json >../out
		json ../out .error.code db
		cp ../whole.db .git/pv/index.db
	done
	row "$(cat ../id)"
'

it 'holds metadata against metadata_schema of pv.yaml' '
	new_repo metadata
	cd metadata
	mkdir -p schemas
	echo "{\"properties\": {\"team\": {\"enum\": [\"a\", \"b\"]}}}" >schemas/meta.json
	echo "metadata_schema: {executions: schemas/meta.json, prompts: {required: [x]}}" \
		>pv.yaml
	git add . && git commit -qm meta
	git pv record --rendered R --metadata "{\"team\": \"a\"}" 2>../err
	empty ../err
	git pv record --rendered R 2>../err
	empty ../err
	git pv record --rendered R --metadata "{\"team\": \"c\"}" >../id 2>../err
	has ../err "warning: metadata/team: \`team\` must be one of a, b"
	git pv history show "$(cat ../id)" --json >../out
	json ../out ".metadata.team" c
	printf "%s\n" "{\"rendered\":\"R\",\"team\":\"b\"}" \
		"{\"rendered\":\"R\",\"team\":\"x\"}" \
		"{\"rendered\":\"R\",\"team\":\"y\"}" >../lines
	git pv record --stdin --json <../lines >../out 2>../err
	json ../out "[.recorded, .refused]" "[3,0]"
	has ../err "line 2: metadata/team: "
	! grep "line 3" ../err
	expect_failure 1 git pv record --stdin --strict --json <../lines >../out
	json ../out "[.recorded, .refused, .findings[0].line, .findings[0].message]" \
		"[0,2,2,\"metadata/team: \`team\` must be one of a, b\"]"
	echo "metadata_schema: {type: strin}" >pv.yaml
	git commit -qam meta
	git pv record --rendered R --metadata "{\"team\": \"c\"}" 2>../err
	has ../err "metadata_schema of pv.yaml is no schema"
'

finish
