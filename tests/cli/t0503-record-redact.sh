#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv record: what must not be kept is not written anywhere'

# absent TEXT: in no file below .git/pv.
absent() {
	! grep -rqa -e "$1" .git/pv || {
		log "$1 is in $(grep -rla -e "$1" .git/pv)"
		return 1
	}
}

it 'takes out what the rules of pv.yaml say' '
	new_repo r1
	cd r1
	cat >pv.yaml <<-EOF
		tracking:
		  redact:
		    - "[0-9]{16}"
		    - {pattern: "[a-z.]+@[a-z.]+", replace: "<mail>", fields: [input, feedback, tags]}
		    - {fields: session}
	EOF
	git add pv.yaml
	git commit -q -m Rules
	git pv check
	git pv record --template t --output "card 4111111111111111 end" \
		--input "{\"who\":\"ada@example.org\",\"card\":4111111111111111}" \
		--session secret-session --metadata "{\"k\":\"4111111111111111\"}" \
		--tag "ada@example.org" --tag plain >../id
	git pv history show "$(cat ../id)" --json >../row
	json ../row "[.output, .output_chars, .input, .session, .metadata, .tags]" \
		"[\"card [redacted] end\",25,{\"who\":\"<mail>\",\"card\":\"[redacted]\"},\"[redacted]\",{\"k\":\"[redacted]\"},[\"<mail>\",\"plain\"]]"
	git pv history rate "$(cat ../id)" --feedback "ask ada@example.org" --json >../row
	json ../row .feedback "ask <mail>"
	git pv history tag "$(cat ../id)" "bob@example.org" --json >../row
	json ../row .tags "[\"<mail>\",\"plain\"]"
	git pv history search "4111111111111111" --json >../hits
	json ../hits ".hits" "[]"
	absent 4111111111111111
	absent example.org
	absent secret-session
'

it 'nor can it be guessed from the id of what it was in' '
	for name in g1 g2; do
		new_repo "$name"
		cd "$name"
		for again in 1 2; do
			printf "%s\n" "{\"template\":\"t\",\"output\":\"yes\",\"ts\":\"2026-01-01T00:00:00Z\"}" \
				"{\"template\":\"t\",\"output\":\"no!\",\"ts\":\"2026-01-01T00:00:00Z\"}" |
				git -c pv.tracking.captureContent=false \
					pv record --stdin >>../"$name.out"
		done
		git pv history export | jq -r .id | sort >../"$name.ids"
		same 2 "$(wc -l <../"$name.ids")"
		same 32 "$(wc -c <.git/pv/salt)"
		cd ..
	done
	same "" "$(comm -12 g1.ids g2.ids)"
	cd g1
	: >.git/pv/salt
	expect_failure 128 git -c pv.tracking.captureContent=false pv record \
		--template t --ts 2026-01-01T00:00:00Z 2>../err
	is_error ../err "is damaged"
	same ".git/pv/salt" "$(echo .git/pv/salt*)"
	git pv record --template t --ts 2026-01-01T00:00:00Z >../out
	cd ../g2
	git pv record --template t --ts 2026-01-01T00:00:00Z >../again
	cmp_files ../out ../again
'

it_sqlite 'and not beside the index either' '
	cd r1
	mv .git/pv/index.db ../kept.db
	echo "this is no database" >.git/pv/index.db
	git pv record --best-effort --template t --output "4111111111111111 ada@example.org" \
		--input "{\"x\":\"ada@example.org\"}" --json >../out
	json ../out .spooled true
	absent 4111111111111111
	git -c pv.tracking.captureContent=false pv record --best-effort \
		--template t --output "hidden words" --input "{\"x\":\"hidden words\"}" \
		--error-message "hidden words" >../out
	absent "hidden words"
	mv ../kept.db .git/pv/index.db
	git pv index drain >../out
	git pv history list -n 1 --json >../rows
	json ../rows ".[0].output_chars" 12
	absent "hidden words"
'

it 'lines of a stream as well, with ids that follow from what was sent' '
	cd r1
	echo "{\"template\":\"s\",\"ts\":\"2026-01-01T00:00:00Z\",\"output\":\"4111111111111111\"}" >../lines
	echo "{\"template\":\"s\",\"ts\":\"2026-01-01T00:00:00Z\",\"output\":\"4222222222222222\"}" >>../lines
	git pv record --stdin --json <../lines >../said
	json ../said .recorded 2
	git pv record --stdin --json <../lines >../said
	json ../said .present 2
	absent 4111111111111111
'

it 'records nothing while a rule cannot be read' '
	cd r1
	for rule in "(" "{pattern: 1}" "{patern: x}" "{}" "[x]" "{pattern: x, fields: [model]}" "{pattern: x, fields: []}"; do
		printf "tracking:\n  redact: [%s]\n" "$rule" >pv.yaml
		git add pv.yaml
		git commit -q -m Broken
		expect_failure 128 git pv record --template broken 2>err
		is_error err "rule 1"
		git pv record --best-effort --template broken --json >../out 2>../err
		json ../out .id null
		has ../err "not recorded"
	done
	printf "tracking:\n  redact: yes please\n" >pv.yaml
	git add pv.yaml
	git commit -q -m Broken
	expect_failure 128 git pv record --template broken 2>err
	is_error err "must be a list"
	printf "tracking:\n  redact: []\n" >pv.yaml
	git add pv.yaml
	git commit -q -m Empty
	git pv record --template broken >../id
	same 1 "$(git pv history list --template broken --json | jq length)"
'

finish
