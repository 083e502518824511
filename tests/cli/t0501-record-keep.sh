#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv record keeps alive what executions name'
month=$(date -u +%Y%m)

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	text_prompt prompts/support/triage.yaml "Sort {{ ticket }}."
	git pv commit -q -m First
}

# collect: what a gc that waits for nothing leaves.
collect() {
	git reflog expire --expire=now --all
	git gc -q --prune=now
	git fsck --strict >../fsck 2>&1
	! grep -v "^dangling" ../fsck
}

it 'a commit whose branch is gone' '
	fresh k1
	git switch -q -c try
	text_prompt prompts/support/triage.yaml "Sort {{ ticket }} now."
	git pv commit -q -m Try
	commit=$(git rev-parse HEAD)
	git pv record --prompt support/triage@try --output a >../id
	git switch -q -
	git branch -q -D try
	collect
	git cat-file -e "$commit^{tree}"
	git show "$commit:prompts/support/triage.yaml" >../text
	has ../text "now."
	git pv history show "$(cat ../id)" --json >../row
	json ../row .commit "$commit"
	same "refs/pv/keep/$month" "$(git for-each-ref --format="%(refname)" refs/pv/keep)"
'

it 'a text that was never committed' '
	cd k1
	text_prompt prompts/support/triage.yaml "Never committed {{ ticket }}."
	git pv record --prompt support/triage >../id
	git checkout -q prompts
	collect
	git pv history show "$(cat ../id)" --json >../row
	json ../row "[.commit, .dirty]" "[null,true]"
	git cat-file blob "$(jq -r .blob ../row)" >../text
	has ../text "Never committed"
'

it 'once, and what is not here not at all' '
	cd k1
	tip=$(git rev-parse refs/pv/keep/$month)
	git pv record --prompt support/triage@HEAD >../id
	next=$(git rev-parse refs/pv/keep/$month)
	[ "$tip" != "$next" ]
	git pv record --prompt support/triage@HEAD >../id
	git pv record --template t --commit \
		0123456789012345678901234567890123456789 >../id
	same "$next" "$(git rev-parse refs/pv/keep/$month)"
	same 2 "$(git rev-list --max-count=1 --parents refs/pv/keep/$month |
		wc -w | xargs -I{} expr {} - 1)"
'

it 'in the month of the execution, from lines as well' '
	fresh k2
	head=$(git rev-parse HEAD)
	for month in 01 02 02; do
		echo "{\"prompt_id\":\"support/triage\",\"ts\":\"2026-$month-01T00:00:00Z\"}"
	done >../lines
	git pv record --stdin <../lines >../out
	same "refs/pv/keep/202601 refs/pv/keep/202602" "$(git for-each-ref \
		--format="%(refname)" refs/pv/keep | paste -sd" ")"
	same "$head" "$(git rev-parse refs/pv/keep/202602^)"
'

it 'of many who record at once' '
	fresh k3
	for n in 1 2 3 4 5 6; do
		text_prompt prompts/support/triage.yaml "Sort $n {{ ticket }}."
		git pv commit -q -m "Commit $n"
	done
	for n in 0 1 2 3 4 5; do
		git pv record --prompt support/triage@HEAD~$n >/dev/null &
	done
	wait
	same "$(git rev-list -6 HEAD | sort)" "$(git rev-list --max-count=1 \
		--parents refs/pv/keep/$month | tr " " "\n" | sed 1d | sort)"
'

it 'of many commits, in commits that stay small' '
	fresh k5
	awk "BEGIN { for (i = 1; i <= 300; i++) printf \
		\"commit refs/heads/many\\ncommitter A <a@b> %d +0000\\ndata 1\\nx\\n\", i }" |
		git fast-import --quiet
	git rev-list many >../many
	git branch -q -D many
	for first in 1 101 201; do
		sed -n "$first,$((first + 99))p" ../many | while read -r commit; do
			echo "{\"template\":\"t\",\"commit\":\"$commit\"}"
		done | git pv record --stdin >../out
	done
	sed -n 5p ../many | xargs git pv record --template t --commit >../id
	collect
	while read -r commit; do
		git cat-file -e "$commit"
	done <../many
	git rev-list --max-count=1 --parents refs/pv/keep/$month >../tip
	[ "$(wc -w <../tip)" -lt 150 ]
	same 300 "$(git ls-tree -r refs/pv/keep/$month | grep -c " commit ")"
'

it 'without a name that git knows' '
	fresh k4
	env HOME=/nonexistent GIT_CONFIG_GLOBAL=/dev/null \
		GIT_AUTHOR_NAME= GIT_COMMITTER_NAME= GIT_COMMITTER_EMAIL= \
		git pv record --prompt support/triage >../id
	git rev-parse -q --verify refs/pv/keep/$month
'

finish
