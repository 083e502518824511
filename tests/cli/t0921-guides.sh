#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'the guides of git pv help do what they say'

# The commands of a guide are its lines that are set in by four blanks, and
# those of the README those behind "$ "; they are run in order. Only a merge may
# stop, with status 1.
replay() {
	while IFS= read -r command; do
		tick
		printf '$ %s\n' "$command"
		status=0
		sh -c "$command" </dev/null || status=$?
		case $command:$status in
		*:0 | 'git pv merge loud:1') ;;
		*)
			log "status $status: $command"
			return 1
			;;
		esac
	done
}

# play GUIDE: in a repository of its own.
play() {
	git init -q "$1"
	git pv help "$1" | sed -n 's/^    \([^ ]\)/\1/p' >"$1.sh"
	[ "$(wc -l <"$1.sh")" -ge 8 ]
	cd "$1"
	replay <"../$1.sh" >../out 2>&1 || { cat ../out && return 1; }
}

it 'finds a guide by other words for it' '
	for row in "getting started=getting-started" "versions=versioning" \
		"conflicts=resolving" "with plain git=with-git" \
		"plain git=with-git" "with git=with-git" "merging=merging"; do
		git pv help ${row#*=} >want
		git pv help ${row%%=*} >got
		head -n "$(wc -l <want)" got | cmp - want
	done
	git pv help "getting started" >got
	git pv help getting-started >want
	cmp_files want got
	git pv help versions >got
	has got "\"git pv versions -h\" is a short help"
	has got "man git-pv-versions"
	expect_failure 129 git pv help nothing like that 2>err
	is_error err
'

it 'getting started' '
	play getting-started
	has ../out "support/triage 1.1.0 (minor)"
	has ../out "Sort this ticket: It is lost"
'

it 'versioning' '
	play versioning
	has ../out "support/triage  1.0.0 -> 2.0.0 (major)"
	has ../out "support/triage 2.1.0 (minor)"
'

it 'merging' '
	play merging
	git pv show support/triage --json >../shown
	json ../shown ".prompt | [.description, .model.temperature]" \
		"[\"Sorts tickets\",0.1]"
'

it 'resolving' '
	play resolving
	git pv render support/tone >../out
	same "Be clear." "$(cat ../out)"
	is_clean
'

it 'with plain git' '
	play with-git
	has ../out "support/triage/v1.0.0"
'

it 'lists them, and completes commands all the same' '
	git pv help >out
	for guide in getting-started versioning merging resolving with-git; do
		has out "   $guide "
		git pv help $guide | awk "length > 80" >long
		empty long
	done
	expect_failure 129 git pv help getting 2>err
	is_error err getting
'

it 'and so does the session of the README' '
	git init -q readme
	git -C readme commit -q --allow-empty -m start
	awk "/^\`\`\`/ { block++; next }
		block > 1 { exit }
		block == 1 && /^\\\$ / { sub(/^\\\$ /, \"\"); text = \$0; more = /\\|\$/
			if (!more) print text; next }
		block == 1 && more { sub(/^ +/, \"\"); print text \" \" \$0; more = 0 }" \
		"$PROJECT/README.md" >readme.sh
	[ "$(wc -l <readme.sh)" -ge 10 ]
	cd readme
	replay <../readme.sh >../out 2>&1 || { cat ../out && return 1; }
	# What the README shows is printed, but for ids of commits.
	awk "/^\`\`\`/ { block++; next } block == 1 && !/^\\\$ / && !/^ +git pv/" \
		"$PROJECT/README.md" | sed "s/ [0-9a-f]\{7\}\]/]/" >../shown
	sed "s/ [0-9a-f]\{7\}\]/]/" ../out >../printed
	[ "$(wc -l <../shown)" -ge 8 ]
	while IFS= read -r line; do
		has ../printed "$line"
	done <../shown
'

finish
