#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv sync: what the button of a forge made of a reviewed branch'

# triage LINE...: the prompt, a line of it each.
triage() {
	mkdir -p prompts
	{
		echo 'prompt: |'
		printf '  %s\n' "$@"
	} >prompts/triage.yaml
}

# A hub and a clone of it whose branch topic has two commits under review; the
# review is in ../id. Afterwards it is the clone of whoever presses the button.
fresh() {
	rm -rf hub.git ours forge id
	git init -q --bare hub.git
	new_repo ours
	cd ours
	git remote add origin ../hub.git
	triage one two three four five six seven eight nine ten
	git pv commit -q -m first >/dev/null
	git push -q -u origin main
	git switch -q -c topic
	triage one TWO three four five six seven eight nine ten
	git pv commit -q -m "Two" >/dev/null
	triage one TWO three four five six seven eight NINE ten
	git pv commit -q -m "Nine" >/dev/null
	git push -q origin topic
	git switch -q main
	git pv review open topic --json >../open.json
	jq -r .id ../open.json >../id
	git pv sync
	git clone -q ../hub.git ../forge
	cd ../forge
	git branch -q topic origin/topic
}

# synced HOW COMMIT: what sync finds, tells, and show says of it.
synced() {
	id=$(cat ../id)
	cd ../ours
	git pv sync --json --dry-run >../dry.json
	git pv sync --json >../out.json
	json ../dry.json .merges "[{\"id\":\"$id\",\"commit\":\"$2\",\"how\":\"$1\"}]"
	json ../out.json "[.merged, .merges, .pushed.reviews]" \
		"[[\"$id\"],[{\"id\":\"$id\",\"commit\":\"$2\",\"how\":\"$1\"}],1]"
	git pv review show "$id" --json >../show.json
	json ../show.json "[.state, .merged_commit, .merged_how]" \
		"[\"merged\",\"$2\",\"$1\"]"
	git pv review show "$id" >../show
	has ../show "merged as $(echo "$2" | cut -c1-7) ($1) by"
	git pv review list >../list
	same "" "$(cat ../list)"
	git pv sync --json >../out.json
	json ../out.json .merged "[]"
}

# not_synced: it stays open, however often one looks.
not_synced() {
	cd ../ours
	for round in 1 2; do
		git pv sync --json >../out.json 2>../err
		json ../out.json .merged "[]"
		same "" "$(cat ../err)"
	done
	git pv review show "$(cat ../id)" --json >../show.json
	json ../show.json "[.state, .merged_commit, .merged_how]" \
		"[\"open\",null,null]"
}

moved_on() {
	echo other >README
	git add README
	git commit -q -m "Something else"
}

it 'knows a merge commit, also behind others' '
	fresh
	moved_on
	git merge -q --no-ff -m "Merge pull request" topic
	commit=$(git rev-parse HEAD)
	git commit -q --allow-empty -m later
	git push -q origin main
	synced merge "$commit"
'

it 'knows a branch that was moved forward' '
	fresh
	git merge -q --ff-only topic
	git push -q origin main
	synced fast-forward "$(git rev-parse topic)"
'

it 'knows a squash' '
	fresh
	moved_on
	git merge -q --squash topic >/dev/null
	git commit -q -m "Both (#1)"
	commit=$(git rev-parse HEAD)
	moved_again=$(git commit-tree -m later -p HEAD "HEAD^{tree}")
	git push -q origin "$moved_again:main"
	synced squash "$commit"
'

# described: main has a line more at the top of the prompt.
described() {
	{
		echo "description: Sorts tickets."
		cat prompts/triage.yaml
	} >new
	mv new prompts/triage.yaml
	git commit -q -a -m Described
}

it 'knows a squash at another line of the file' '
	fresh
	cd ../ours
	git switch -q -c nine main
	triage one two three four five six seven eight NINE ten
	git pv commit -q -m "Nine" >/dev/null
	git push -q origin nine
	git switch -q main
	git pv review close "$(cat ../id)"
	git pv review open nine --json >../open.json
	jq -r .id ../open.json >../id
	git pv sync
	cd ../forge
	git fetch -q
	described
	git merge -q --squash origin/nine >/dev/null
	git commit -q -m "Nine (#1)"
	commit=$(git rev-parse HEAD)
	git push -q origin main
	synced rebase "$commit"
'

it 'does not take a squash among other lines' '
	fresh
	described
	git merge -q --squash topic >/dev/null
	git commit -q -m "Both (#1)"
	git push -q origin main
	not_synced
'

it 'knows a rebase, whatever came between' '
	fresh
	moved_on
	git rebase -q main topic
	git switch -q main
	git merge -q --ff-only topic
	commit=$(git rev-parse HEAD)
	echo more >>README
	git commit -q -a -m "Something more"
	git push -q origin main
	synced rebase "$commit"
'

it 'knows commits that were picked one by one' '
	fresh
	moved_on
	git cherry-pick topic~1 >/dev/null
	echo more >>README
	git commit -q -a -m "Something more"
	git cherry-pick topic >/dev/null
	commit=$(git rev-parse HEAD)
	git push -q origin main
	synced rebase "$commit"
'

it 'does not take a part for the whole' '
	fresh
	moved_on
	git cherry-pick topic~1 >/dev/null
	git push -q origin main
	not_synced
	cd ../forge
	git cherry-pick topic >/dev/null
	commit=$(git rev-parse HEAD)
	git push -q origin main
	synced rebase "$commit"
'

it 'does not take a squash that brings something else' '
	fresh
	git merge -q --squash topic >/dev/null
	echo smuggled >more
	git add more
	git commit -q -m "Both (#1)"
	git push -q origin main
	not_synced
'

it 'does not take a squash that was changed on the way' '
	fresh
	git merge -q --squash topic >/dev/null
	sed "s/NINE/Nine/" prompts/triage.yaml >new
	mv new prompts/triage.yaml
	git commit -q -a -m "Both (#1)"
	git push -q origin main
	not_synced
'

it 'does not take one that differs in blanks, which git patch-id would' '
	fresh
	git merge -q --squash topic >/dev/null
	sed "s/NINE/NINE /" prompts/triage.yaml >new
	mv new prompts/triage.yaml
	git commit -q -a -m "Both (#1)"
	git push -q origin main
	same "$(git diff topic~2 topic | git patch-id --stable | cut -c1-40)" \
		"$(git diff HEAD~1 HEAD | git patch-id --stable | cut -c1-40)"
	not_synced
'

it 'does not take an older revision' '
	fresh
	git merge -q --squash topic >/dev/null
	git commit -q -m "Both (#1)"
	git switch -q topic
	echo later >README
	git add README
	git commit -q -m Later
	git push -q origin main topic
	cd ../ours
	git fetch -q
	git branch -q -f topic origin/topic
	git pv review revise "$(cat ../id)"
	not_synced
'

it 'does not take what was merged and undone before the review' '
	fresh
	git merge -q --squash topic >/dev/null
	git commit -q -m "Both (#1)"
	git revert --no-edit HEAD >/dev/null
	git push -q origin main
	cd ../ours
	git pv review close "$(cat ../id)"
	tick
	git pv review open topic -m "Once more" --json >../open.json
	jq -r .id ../open.json >../id
	not_synced
'

it 'does not take a branch with a merge for its commits' '
	fresh
	git switch -q topic
	git switch -q -c side
	echo side >SIDE
	git add SIDE
	git commit -q -m Side
	git switch -q topic
	git merge -q --no-ff -m "With side" side
	git push -q origin topic
	cd ../ours
	git fetch -q
	git branch -q -f topic origin/topic
	git pv review revise "$(cat ../id)"
	git pv sync
	cd ../forge
	git switch -q main
	moved_on
	git cherry-pick topic~2 >/dev/null
	git cherry-pick topic~1 >/dev/null
	git cherry-pick side >/dev/null
	git push -q origin main
	not_synced
'

it 'is not swayed by what git is told to show' '
	fresh
	git merge -q --squash topic >/dev/null
	git commit -q -m "Both (#1)"
	commit=$(git rev-parse HEAD)
	git push -q origin main
	cd ../ours
	git config color.ui always
	git config diff.noprefix true
	git config diff.relative true
	git config log.follow true
	git config diff.external /bin/false
	git config log.showSignature true
	git config format.pretty raw
	mkdir -p deep
	cd ../forge
	synced squash "$commit"
'

it 'looks again at nothing that has not changed' '
	fresh
	moved_on
	git push -q origin main
	cd ../ours
	git pv sync
	same 1 "$(wc -l <.git/pv/landed)"
	PV_TRACE=1 GIT_TRACE="$PWD/../trace" git pv sync
	same "" "$(grep -e "full-diff" ../trace)"
	echo garbage >.git/pv/landed
	git pv sync
	same 1 "$(wc -l <.git/pv/landed)"
	git pv review close "$(cat ../id)"
	git pv sync
	same 0 "$(wc -l <.git/pv/landed)"
'

it 'passes over what a shallow clone cannot tell' '
	fresh
	moved_on
	git merge -q --squash topic >/dev/null
	git commit -q -m "Both (#1)"
	git push -q origin main
	git clone -q --depth 1 "file://$(cd ../hub.git && pwd)" ../thin
	cd ../thin
	git pv sync --no-push --json >../out.json 2>../err
	json ../out.json .fetched.reviews 1
'

finish
