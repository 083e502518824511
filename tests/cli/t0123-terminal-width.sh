#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv list and show fit the terminal'

# terminal COLUMNS COMMAND: its output on a terminal of that width, in tty.
terminal() {
	TERM=xterm script -qec "stty cols $1 rows 24; $2" /dev/null </dev/null |
		tr -d '\r' >tty
}

# fits COLUMNS FILE: no line is wider than that.
fits() {
	python3 - "$1" "$2" <<-'PY'
		import sys, unicodedata

		def columns(line):
		    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf")
		               else 2 if unicodedata.east_asian_width(c) in "WF"
		               else 1 for c in line)

		wide = [line for line in open(sys.argv[2], encoding="utf-8")
		        if columns(line.rstrip("\n")) > int(sys.argv[1])]
		sys.stdout.writelines(wide)
		sys.exit(bool(wide))
	PY
}

new_repo repo
cd repo || exit 1
git config core.pager cat
write prompts/support/triage.yaml <<'EOF'
name: Sorts the tickets of customers by how urgent they are
description: |
  Looks at each ticket, and at the customer.
  Then sorts it into one of four classes.
tags: [support, production, customers, tickets, urgency, classes]
prompt: "{{ größe }} of {{ ticket }}"
variables:
  größe: {type: integer, default: 12, description: How many words there may be in all}
  ticket: {type: string, description: The ticket}
EOF
write prompts/support/ja.yaml <<'EOF'
name: 顧客からの問い合わせを緊急度の高い順に四つの分類へ振り分けるためのプロンプト
prompt: hi
EOF
printf 'name: "%s"\nprompt: hi\n' "$(printf 'e\314\201te\314\201 %.0s' $(seq 12))" \
	>prompts/summer.yaml
write prompts/long.yaml <<EOF
name: https://example.com/$(printf '%0150d' 0)
prompt: hi
EOF
git pv commit -q -m one >../out 2>&1

it_tty 'folds names below themselves' '
	terminal 40 "git pv list --color=never"
	sed "s/e$(printf "\314\201")/é/g" tty >composed
	cmp_files composed - <<-"TEXT"
		long            1.0.0  https://example.c
		                       om/00000000000000
		                       00000000000000000
		                       00000000000000000
		                       00000000000000000
		                       00000000000000000
		                       00000000000000000
		                       00000000000000000
		                       00000000000000000
		                       00000000000000000
		summer          1.0.0  été été été été
		                       été été été été
		                       été été été été
		support/ja      1.0.0  顧客からの問い合
		                       わせを緊急度の高
		                       い順に四つの分類
		                       へ振り分けるため
		                       のプロンプト
		support/triage  1.0.0  Sorts the tickets
		                       of customers by
		                       how urgent they
		                       are
	TEXT
'

it_tty 'fits 40, 80 and 200 columns, with and without colours' '
	for width in 40 80 200; do
		for command in "list" "list --history" "list --usage" "list --tree" \
			"show support/triage" "show support/ja" "vars support/triage" \
			"show long"; do
			terminal $width "git pv $command --color=never"
			log "$width: $command"
			fits $width tty
			[ -s tty ]
			mv tty plain
			terminal $width "git pv $command --color"
			sed "s/$(printf "\033")\[[0-9;]*m//g" tty >bare
			cmp_files plain bare
		done
	done
	terminal 200 "git pv list --color=never"
	has tty "Sorts the tickets of customers by how urgent they are"
	has tty "順に四つの分類へ振り分けるためのプロンプト"
'

it_tty 'folds and aligns what show tells of a prompt, and leaves its text alone' '
	terminal 40 "git pv show support/triage --color=never"
	grep -v -e ^commit -e "^             [0-9a-f]*\$" tty |
		sed "s/20[0-9-]* by/DATE by/" >rest
	cmp_files rest - <<-"TEXT"
		id           support/triage
		version      1.0.0
		name         Sorts the tickets of
		             customers by how urgent
		             they are
		description  Looks at each ticket, and
		             at the customer. Then sorts
		             it into one of four
		             classes.
		tags         support, production,
		             customers, tickets,
		             urgency, classes
		created      DATE by Ada Author
		updated      DATE by Ada Author

		variables
		größe   integer  optional  default: 12
		    How many words there may be in all
		ticket  string   required  The ticket

		prompt
		{{ größe }} of {{ ticket }}
	TEXT
	write prompts/wide.yaml <<-EOF
		prompt: |
		  $(printf "word %.0s" $(seq 60))
	EOF
	git pv show wide --raw | sed 1d | sed "s/^  //" >want
	terminal 40 "git pv show wide --color=never"
	tail -n 1 tty >text
	cmp_files want text
	rm prompts/wide.yaml
'

it 'cuts and folds nothing when it is not on a terminal' '
	COLUMNS=20 git pv list >out
	same 4 "$(wc -l <out)"
	has out "Sorts the tickets of customers by how urgent they are"
	has out "$(printf %0150d 0)"
	COLUMNS=20 git pv show support/triage >out
	has out "tags         support, production, customers, tickets, urgency, classes"
	has out "größe   integer  optional  default: 12  How many words there may be in all"
'

it_tty 'pages as git is told to' '
	git config --unset core.pager
	page="sed s/^/paged:/"
	for command in "list" "list --tree" "show support/triage" \
		"show support/triage --rendered"; do
		GIT_PAGER=$page terminal 80 "git pv $command"
		has tty paged:
		terminal 80 "git -c core.pager=\"$page\" pv $command"
		has tty paged:
		terminal 80 "git -c pager.${command%% *}=\"$page\" pv $command"
		has tty paged:
		GIT_PAGER=$page \
			terminal 80 "git -c pager.${command%% *}=False pv $command"
		lacks tty paged:
	done
	terminal 80 "git -c pager.list=\"$page\" -c pager.pv.list=cat pv list"
	lacks tty paged:
	GIT_PAGER=$page terminal 80 "git -p pv list --color=never"
	has tty paged:long
	lacks tty paged:paged:
	GIT_PAGER=$page terminal 40 "git -p pv list --color=never"
	sed s/^paged:// tty >bare
	fits 40 bare
'

it_tty 'colours what is paged unless color.pager says not to' '
	color=$(printf "\033")
	for how in "" -p; do
		GIT_PAGER="sed s/^/paged:/" terminal 80 "git $how pv list"
		has tty "$color"
		GIT_PAGER="sed s/^/paged:/" \
			terminal 80 "git $how -c color.pager=false pv list"
		lacks tty "$color"
		GIT_PAGER="sed s/^/paged:/" \
			terminal 80 "git $how -c color.pager=false pv list --color"
		has tty "$color"
	done
	terminal 80 "git -c color.pager=false --no-pager pv list --no-pager"
	has tty "$color"
	terminal 80 "git -c color.ui=NEVER pv list --no-pager"
	lacks tty "$color"
	NO_COLOR=1 terminal 80 "git pv list --no-pager"
	lacks tty "$color"
'

it_tty 'pages what is longer than the terminal, in less' '
	for i in $(seq 40); do
		text_prompt "prompts/many/p$i.yaml"
	done
	export LESS=FRX
	printf "q" | TERM=xterm script -qec \
		"stty cols 80 rows 10; git pv list many" /dev/null | tr -d "\r" >tty
	has tty many/p1
	lacks tty many/p9
	rm -r prompts/many
'

finish
