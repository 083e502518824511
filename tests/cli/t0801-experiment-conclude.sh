#!/bin/sh
# SPDX-License-Identifier: MIT
#
# git pv experiment stop and conclude: what is committed, what is merged, and
# that the trailers come out of the index again.
#
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/trials.sh"
begin 'the ends of experiments'

git init -q -b main repo
cd repo || exit 1
text_prompt prompts/a.yaml 'Sort: {{ ticket }}'
git add -A
git commit -q -m One
git pv release -q >/dev/null
git switch -q -c side
text_prompt prompts/a.yaml 'Briefly sort: {{ ticket }}'
git commit -q -a -m Concise
side=$(git rev-parse HEAD)
git switch -q main
text_prompt prompts/other.yaml 'Other'
git add -A
git commit -q -m Other

# trailer KEY: of HEAD, the first.
trailer() {
	git log -1 --format="%(trailers:key=$1,valueonly)" | head -n 1
}

# fill DIFFERENCE: executions of the experiment that are recorded now.
fill() {
	now=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)
	trial_rows 1000 "$1" "${2:-1}" |
		sed "s/\"ts\":\"[^\"]*\"/\"ts\":\"$now\",\"epoch\":1/" \
			>rows.jsonl
	git pv record --stdin --loose -q <rows.jsonl
	rm rows.jsonl
}

it 'stops, with what it says by then' '
	git pv experiment create early --prompt a --variant control=main \
		--variant concise=side -q >out
	expect_failure 1 git pv experiment stop early 2>err
	is_error err "is draft"
	git pv experiment start early -q >out
	git pv experiment stop early --json >out
	same stopped "$(jq -r .status out)"
	same "experiments/early.results.json experiments/early.yaml" \
		"$(git show --format= --name-only HEAD | paste -sd" " -)"
	same early "$(jq -r .id experiments/early.results.json)"
	same "stopped null" "$(jq -r "[.status, .winner] | map(tostring) |
		join(\" \")" experiments/early.results.json)"
	same stop "$(trailer Pv-Step)"
	expect_failure 1 git pv experiment stop early 2>err
'

it 'begins once more with another salt' '
	git pv experiment start early --json >out
	same early/2 "$(jq -r .salt out)"
	same restart "$(jq -r ".epochs[1].reason" out)"
	git pv experiment stop early -q >out
'

it 'pins what the specs name when it begins once more' '
	git branch other side
	git pv experiment create again --prompt a --variant control=main \
		--variant concise=other -q >out
	git pv experiment start again --json >out
	same "$side" "$(jq -r ".variants[1].commit" out)"
	git pv experiment stop again -q >out
	git switch -q other
	git commit -q --allow-empty -m More
	git switch -q main
	git pv experiment start again --json >out
	same "$(git rev-parse other)" "$(jq -r ".variants[1].commit" out)"
	git pv experiment stop again -q >out
'

it 'has no winner without one, and changes nothing' '
	before=$(git rev-parse HEAD)
	expect_failure 1 git pv experiment conclude early 2>err
	is_error err "experiment \"early\" has no winner"
	expect_failure 128 git pv experiment conclude early --winner consise 2>err
	is_error err "\"consise\" is no variant"
	has err "concise"
	expect_failure 129 git pv experiment results early --until xx 2>err
	has err "error: --until: \"xx\""
	expect_failure 129 git pv experiment conclude early --tip 2>err
	same "$before" "$(git rev-parse HEAD)"
	same "" "$(git status --porcelain experiments)"
'

# stays MESSAGE ARGUMENT...: conclude --merge of held is refused and does nothing.
stays() {
	says=$1
	shift
	git rev-parse HEAD >../before
	git status --porcelain >>../before
	git for-each-ref >>../before
	expect_failure 1 git pv experiment conclude held --winner concise \
		--merge "$@" 2>../err
	is_error ../err "$says"
	git rev-parse HEAD >../after
	git status --porcelain >>../after
	git for-each-ref >>../after
	cmp_files ../before ../after
}

it 'does nothing where git would not merge' '
	git pv experiment create held --prompt a --variant control=main \
		--variant concise=side -q >/dev/null
	git pv experiment start held -q >/dev/null
	rm -f out err
	echo "# mine" >>prompts/a.yaml
	stays "\"prompts/a.yaml\" has changes that are not committed"
	git restore prompts/a.yaml
	echo "# mine" >>prompts/other.yaml
	git add prompts/other.yaml
	stays "\"prompts/other.yaml\" has changes"
	git restore --staged --worktree prompts/other.yaml
	git switch -q -c more side
	echo more >more.txt
	git add more.txt
	git commit -q -m More -- more.txt
	git switch -q main
	git branch -f side more
	echo mine >more.txt
	stays "\"more.txt\" is not under version control" --tip
	rm more.txt
	mkdir more.txt
	echo mine >more.txt/file
	stays "\"more.txt/file\" is not under version control" --tip
	rm -r more.txt
	git branch -f side more~1
	git branch -q -D more
	git pv experiment conclude held --winner control -q >out
'

it 'merges the winner as it was pinned, with figures' '
	git pv experiment create tone --prompt a --variant control=main \
		--variant concise=side -q >out
	git pv experiment start tone -q >out
	fill 0.8
	git switch -q side
	text_prompt prompts/a.yaml "Later: {{ ticket }}"
	git commit -q -a -m Later
	git switch -q main
	git pv experiment results tone --json >results
	git pv experiment conclude tone --merge --json >out
	same merged "$(jq -r .result out)"
	same concise "$(jq -r .winner out)"
	same "$(git rev-parse HEAD)" "$(jq -r .commit out)"
	same "$side" "$(git rev-parse HEAD^2)"
	has prompts/a.yaml "Briefly sort"
	same concise "$(trailer Pv-Winner)"
	same tone "$(trailer Pv-Experiment)"
	same "" "$(git status --porcelain --untracked-files=no)"
	same concluded "$(git pv experiment show tone --json |
		jq -r .status)"
	same "concluded concise" "$(jq -r "[.status, .winner] | join(\" \")" \
		experiments/tone.results.json)"
'

it 'keeps what lost' '
	same "$(git pv experiment show tone --json |
		jq -r ".variants[0].commit")" \
		"$(git rev-parse refs/pv/archive/tone/control)"
'

it 'tells in trailers what the index says again' '
	fill 3 7
	git pv experiment results tone --json \
		--rows-until "$(trailer Pv-Rows-Until)" >again
	first=".tests[] | select(.role == \"primary\")"
	same "quality concise $(jq "$first | .difference" again)" \
		"$(trailer Pv-Estimate)"
	same "quality concise $(jq -r "$first | .interval |
		map(tostring) | join(\" \")" again)" "$(trailer Pv-Interval)"
	same "quality concise $(jq "$first | .p_corrected" again)" \
		"$(trailer Pv-P)"
	same "quality concise $(jq -r "$first | .method" again)" \
		"$(trailer Pv-Method)"
	same "control $(jq ".variants[0].n" again)" "$(trailer Pv-N)"
	git pv experiment results tone --json >all
	expect_failure 1 cmp -s again all
'

it 'is not decided twice' '
	expect_failure 1 git pv experiment conclude tone --winner control 2>err
	is_error err "experiment \"tone\" is concluded already"
	has err "conclude tone --merge"
'

it 'shows what was decided, whatever is recorded later' '
	kept=$(jq -c "del(.warnings)" experiments/tone.results.json)
	same "$kept" "$(jq -c "del(.warnings, .later)" all)"
	same 1000 "$(jq .later all)"
	trial_rows 500 -5 3 |
		sed "s/\"ts\":\"[^\"]*\"/\"ts\":\"2026-01-01T00:00:00Z\",\"epoch\":1/" |
		git pv record --stdin --loose -q
	git pv experiment results tone --json >all
	same "$kept" "$(jq -c "del(.warnings, .later)" all)"
	same 1500 "$(jq .later all)"
	git pv experiment results tone >text
	has text "concise is better"
	has text "note: 1500 executions came later, and do not count"
	git pv experiment results tone --markdown >text
	has text "Winner: concise"
	git pv experiment results tone --fixed --json >fixed 2>err || [ $? -eq 1 ]
	has err "500 executions of before the end were recorded behind it"
	same fixed "$(jq -r .method fixed)"
	mv .git/pv/index.db ../index.db
	git pv experiment results tone --json >all
	same "$kept 0" "$(jq -c "del(.warnings, .later)" all) $(jq .later all)"
	mv ../index.db .git/pv/index.db
	echo {} >experiments/tone.results.json
	git pv experiment results tone --json >all 2>err || [ $? -eq 1 ]
	has err "is not as it was kept"
	same null "$(jq .later all)"
	git restore experiments/tone.results.json
'

it 'refuses what could not be archived' '
	git pv experiment create deep --prompt a --variant control=main \
		--variant x=side -q >out
	for id in deep/x deep/x/y; do
		expect_failure 128 git pv experiment create $id --prompt a \
			--variant control=main --variant y=side 2>err
		is_error err "cannot both be archived"
	done
	git pv experiment create deep/z --prompt a --variant control=main \
		--variant y=side -q >out
	git pv experiment create top/control --prompt a --variant control=main \
		--variant y=side -q >out
	expect_failure 128 git pv experiment create top --prompt a \
		--variant control=main --variant y=side 2>err
	has err "the variant \"control\" of \"top\" and the experiment"
	expect_failure 128 git pv experiment create odd --prompt a \
		--variant control=main --variant y.lock=side 2>err
	is_error err "ends in \".lock\""
'

it 'refuses steps behind the planned end' '
	git pv experiment create over --prompt a --variant control=main \
		--variant concise=side -q >out
	git pv experiment start over -q >out
	echo "end: 2026-01-01T00:00:00Z" >>experiments/over.yaml
	git pv commit -q -m "Over" experiments/over.yaml >out 2>&1 || git commit -q -a -m Over
	for step in "ramp over --coverage 5" "reweight over --split 1,2" \
		"pause over" "start over"; do
		expect_failure 1 git pv experiment $step 2>err
		has err "ended at 2026-01-01T00:00:00.000Z, as it was planned"
		has err "set \"end\" in experiments/over.yaml"
	done
	sed -i "s/^end: .*/end: 2999-01-01/" experiments/over.yaml
	git commit -q -a -m "Go on"
	git pv experiment ramp over --coverage 5 -q >out
	git pv experiment stop over -q >out
'

# An execution has its own id, which need not rise with its time.
it 'ends the rows with the greatest id' '
	git pv experiment create ids --prompt a --variant control=main \
		--variant concise=side -q >out
	git pv experiment start ids -q >out
	now=$(date -u +%Y-%m-%dT%H:%M)
	for i in 1 2 3 4 5 6 7 8; do
		printf "{\"prompt_id\":\"a\",\"experiment\":\"ids\",\"variant\":\"%s\",\"epoch\":1,\"unit\":\"%s\",\"ts\":\"%s:0%sZ\",\"quality\":%s,\"id\":\"01a13810-1320-7cb9-b0fc-f932b06753f%s\"}\n" \
			$([ $((i % 2)) = 0 ] && echo control || echo concise) \
			u$i "$now" $i $i $((9 - i))
	done | git pv record --stdin -q
	git pv experiment conclude ids --winner control -q >out
	same 01a13810-1320-7cb9-b0fc-f932b06753f8 "$(trailer Pv-Rows-Until)"
	git pv experiment results ids --json \
		--rows-until "$(trailer Pv-Rows-Until)" >again || [ $? -eq 1 ]
	same 8 "$(jq .executions again)"
'

it 'merges what the branch has by now with --tip' '
	git switch -q -c late
	text_prompt prompts/b.yaml "Early: {{ ticket }}"
	git add -A prompts
	git commit -q -m Early
	git switch -q main
	git pv experiment create late --prompt a --variant control=main \
		--variant new=late -q >out
	git pv experiment start late -q >out
	git switch -q late
	text_prompt prompts/b.yaml "Late: {{ ticket }}"
	git commit -q -a -m Late
	git switch -q main
	echo "# mine" >>prompts/other.yaml
	git pv experiment conclude late --winner new --merge --tip --json >out
	same merged "$(jq -r .result out)"
	same "$(git rev-parse late)" "$(git rev-parse HEAD^2)"
	has prompts/b.yaml Late
	has prompts/other.yaml mine
	git restore prompts/other.yaml
	same "concluded new" "$(jq -r "[.status, .winner] | join(\" \")" \
		experiments/late.results.json)"
'

it 'goes on with conflicts as any merge' '
	git switch -q -c clash "$side"
	text_prompt prompts/a.yaml "Shortly: {{ ticket }}"
	git commit -q -a -m Shortly
	git switch -q main
	git pv experiment create clash --prompt a --variant control=main \
		--variant new=clash -q >out
	git pv experiment start clash -q >out
	text_prompt prompts/a.yaml "Quickly, please: {{ ticket }}"
	git commit -q -a -m Quickly
	expect_failure 1 git pv experiment conclude clash --winner new \
		--merge --json >out
	same conflict "$(jq -r .result out)"
	same prompts/a.yaml "$(jq -r ".conflicts[0].path" out)"
	git checkout -q --theirs prompts/a.yaml
	git add prompts/a.yaml
	git pv merge --continue -q >out
	same new "$(trailer Pv-Winner)"
'

it 'commits the fields that a variant has otherwise' '
	git pv experiment create warm --prompt a --variant control=main \
		--variant "warm=main,model.temperature=0.9" -q >out
	git pv experiment start warm -q >out
	git pv experiment conclude warm --winner warm --merge --json >out
	same up-to-date "$(jq -r .result out)"
	has prompts/a.yaml "temperature: 0.9"
	same "" "$(git status --porcelain --untracked-files=no)"
	same warm "$(trailer Pv-Winner)"
	same a "$(jq -r ".released[0].id" out)"
'

it 'commits them behind a merge that others ended, once' '
	git switch -q -c hot "$side"
	text_prompt prompts/a.yaml "Hotly: {{ ticket }}"
	git commit -q -a -m Hotly
	git switch -q main
	git pv experiment create hot --prompt a --variant control=main \
		--variant "hot=hot,model.temperature=0.7" -q >out
	git pv experiment start hot -q >out
	text_prompt prompts/a.yaml "Coldly: {{ ticket }}"
	git commit -q -a -m Coldly
	expect_failure 1 git pv experiment conclude hot --winner hot --merge -q >out
	git checkout -q --theirs prompts/a.yaml
	git add prompts/a.yaml
	git pv merge --continue -q >out
	lacks prompts/a.yaml "temperature: 0.7"
	git pv experiment conclude hot --merge --json >out
	same "merged a" "$(jq -r ".result + \" \" + .released[0].id" out)"
	has prompts/a.yaml "temperature: 0.7"
	same "hot merge" "$(trailer Pv-Winner) $(trailer Pv-Step)"
	same "" "$(git status --porcelain --untracked-files=no)"
	head=$(git rev-parse HEAD)
	git pv experiment conclude hot --merge --json >out
	same up-to-date "$(jq -r .result out)"
	same "$head" "$(git rev-parse HEAD)"
	git pv edit a --set model.temperature=0.1 -q >out
	git pv commit -q -m Cooler >out
	git pv experiment conclude hot --merge -q >out
	has prompts/a.yaml "temperature: 0.1"
'

# steps ARGUMENT...: every verb that commits, in turn.
steps() {
	git pv experiment create "$id" --prompt a --variant control=main \
		--variant concise=side "$@" &&
		git pv experiment start "$id" "$@" &&
		git pv experiment ramp "$id" --coverage 50 "$@" &&
		git pv experiment reweight "$id" --split 1,3 "$@" &&
		git pv experiment pause "$id" "$@" &&
		git pv experiment resume "$id" "$@" &&
		git pv experiment stop "$id" "$@" &&
		git pv experiment conclude "$id" --winner concise "$@"
}

it 'commits with the message it is given' '
	id=said
	start=$(git rev-parse HEAD)
	steps -m "As agreed" >../out 2>&1
	same 8 "$(git rev-list "$start..HEAD" | wc -l)"
	same "As agreed" "$(git log --format=%s "$start..HEAD" | sort -u)"
	same "conclude said" "$(trailer Pv-Step) $(trailer Pv-Experiment)"
	expect_failure 128 git pv experiment create more --prompt a -m " " \
		--variant control=main --variant b=side 2>../err
	is_error ../err "the commit message is empty"
'

it 'has hooks refuse, and passes them by with --no-verify' '
	git pv experiment create kept --prompt a --variant control=main \
		--variant concise=side -q >../out
	git pv experiment start kept -q >../out
	mkdir -p .git/hooks
	printf "#!/bin/sh\nexit 3\n" >.git/hooks/pre-commit
	cp .git/hooks/pre-commit .git/hooks/pre-merge-commit
	chmod +x .git/hooks/pre*commit
	git rev-parse HEAD >../before
	git status --porcelain >>../before
	for verb in "ramp kept --coverage 30" "reweight kept --split 1,4" \
		"pause kept" "stop kept" "conclude kept --winner concise" \
		"create new --prompt a --variant control=main --variant b=side"
	do
		expect_failure 1 git pv experiment $verb 2>../err
		is_error ../err "refused (exit status"
	done
	git rev-parse HEAD >../after
	git status --porcelain >>../after
	cmp_files ../before ../after
	id=passed
	steps --no-verify >../out 2>&1
	git pv experiment conclude kept --winner concise --no-verify -q >../out
'

it 'commits what a hook stages' '
	printf "#!/bin/sh\necho seen >>seen && git add seen\n" \
		>.git/hooks/pre-commit
	git pv experiment create hooked --prompt a --variant control=main \
		--variant concise=side -q >../out
	same seen "$(git show HEAD:seen)"
	printf "#!/bin/sh\necho : >prompts/bad.yaml && git add prompts/bad.yaml\n" \
		>.git/hooks/pre-commit
	before=$(git rev-parse HEAD)
	status=0
	git pv experiment start hooked 2>../err >../out || status=$?
	[ "$status" -ne 0 ]
	same "$before" "$(git rev-parse HEAD)"
	same draft "$(git pv experiment show hooked --json | jq -r .status)"
	rm .git/hooks/pre*commit
'

finish
