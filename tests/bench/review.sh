#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Listing 2,000 reviews of four events each (aim: 50 ms), beside git's own
# list of their refs with the subjects of their last events: again, after one
# of them changed, and where nothing is remembered. Half of the refs are packed.
set -eu

runs=${PV_BENCH_RUNS:-31}
pair=$PV_BUILD/tests/bench_pair
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PATH=$PV_BUILD/cmd/git-pv:$PATH
HOME=$work GIT_CONFIG_NOSYSTEM=1
export PATH HOME GIT_CONFIG_NOSYSTEM
git config --global init.defaultBranch main
git config --global gc.auto 0
git config --global user.name Bench
git config --global user.email bench@example.com

git init -q "$work/repo"
cd "$work/repo"
git commit -q --allow-empty -m x
head=$(git rev-parse HEAD)

# events FIRST LAST: the first or the other events of each review, on the
# branches bench/NUMBER.
events() {
	awk -v from="$1" -v to="$2" -v head="$head" '
	function put(number, event, text) {
		printf "commit refs/heads/bench/%04d\n", number
		printf "committer P%d <p%d@example.com> %d +0000\n", \
			event, event, 1700000000 + number * 60 + event
		print "data 8\nan event"
		if (event == 1)
			printf "from %s\ndeleteall\nM 100644 inline format\n" \
				"data 16\ngit-pv review 1\n\n", head
		else if (event == 2)
			printf "from refs/heads/bench/%04d^0\n", number
		printf "M 100644 inline event.json\ndata %d\n%s\n", \
			length(text), text
	}
	function member(key, value) { return sprintf(",\"%s\":\"%s\"", key, value) }
	BEGIN {
		for (i = 0; i < 2000; i++)
			for (k = from; k <= to; k++) {
				text = member("head", head)
				if (k == 1)
					text = text member("title", "Change " i) \
						member("source", "exp/" i) \
						member("target", "main") \
						member("base", head)
				else if (k == 4)
					text = text ",\"prompts\":[]"
				else
					text = text member("text", "Why " k "?") \
						member("prompt", "g/p" i)
				type = k == 1 ? "opened" : k == 4 ? "approved" \
						: "commented"
				put(i, k, sprintf("{\"type\":\"%s\"," \
					"\"lamport\":%d%s}", type, k, text))
			}
		print "done"
	}' | git fast-import --quiet --done
}

# shown FORMAT: one line for each of the branches, by number.
shown() {
	git for-each-ref --format="$1" refs/heads/bench
}

events 1 1
shown '%(objectname)' >"$work/ids"
events 2 4
shown '%(objectname)' | paste -d ' ' "$work/ids" - |
	awk '{ printf "create refs/pv/reviews/%.2s/%s %s\n", $1, $1, $2 }' \
		>"$work/refs"
head -n 1000 "$work/refs" | git update-ref --stdin
shown 'delete %(refname)' | git update-ref --stdin
git pack-refs --all
tail -n 1000 "$work/refs" | git update-ref --stdin

changed=$(tail -n 1 "$work/ids")
[ "$(git-pv review list | wc -l)" -eq 2000 ]

peer="git for-each-ref --format=%(refname)%(subject) refs/pv/reviews"
# measure METRIC [OPTION VALUE]...
measure() {
	metric=$1
	shift
	"$pair" -b review -m "$metric" -p 'git for-each-ref' -n "$runs" "$@" \
		'git-pv review list' "$peer"
}

measure 'list of 2,000 reviews'
measure 'list after one of them changed' \
	-s "git-pv review comment $changed -m again >/dev/null"
measure 'list with nothing remembered' -s 'rm .git/pv/reviews'
