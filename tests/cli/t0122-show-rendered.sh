#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv show --rendered: Markdown in the terminal'

new_repo repo
cd repo || exit 1
write prompts/md.yaml <<'EOF'
prompt: |
  # Title

  You are a **strict** judge with `code`, and this is long enough to be folded.
  - one thing that is long enough to be folded
  - two
    1. deep

  > quoted

  ```json
  {"a":   1}
  ```
  See [the docs](https://example.com) <b>now</b>.
EOF

it 'lays Markdown out in lines of the width there is' '
	COLUMNS=40 git pv show md --rendered | sed "1,/^prompt/d" >../out
	cmp_files ../out - <<-"TEXT"
		# Title

		You are a strict judge with `code`, and
		this is long enough to be folded.

		- one thing that is long enough to be
		  folded
		- two
		  1. deep

		| quoted

		    {"a":   1}

		See the docs <https://example.com>
		<b>now</b>.
	TEXT
	COLUMNS=400 git pv show md --rendered >../out
	has ../out "code\`, and this is long enough to be folded."
'

it 'uses the styles of the terminal with --color' '
	git pv show md --rendered --color >../out
	has ../out "$(printf "\033[1;4mTitle\033[m")"
	has ../out "$(printf "\033[1mstrict\033[m")"
'

it 'lets no text act on the terminal' '
	printf "prompt: \"a \\\\e[31mred \\\\u202e `\\\\x07` b\"\n" >prompts/bad.yaml
	git pv show bad --rendered >../out
	has ../out "\\x1b[31mred"
	lacks ../out "$(printf "\033")"
	lacks ../out "$(printf "\007")"
'

it 'takes no other form beside it' '
	for other in --raw --json; do
		expect_failure 129 git pv show md --rendered $other 2>../err >../out
	done
'

finish
