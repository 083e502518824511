#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What an editor says of a prompt while it is written: yaml-language-server,
# asked over its own protocol, finds the schema by the line that git pv new and
# init write, and names the places that git pv check names.
#
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/validators.sh"

begin 'editors report the errors of prompts'
find_npm yaml-language-server 1.18.0 ||
	skip_all 'yaml-language-server cannot be had: set PV_NODE_MODULES'
git pv init --yes repo
cd repo || exit 1

# A prompt that new wrote, with other lines behind the first.
written() {
	printf 'Sort: {{ ticket }}\n' | git pv new "$1"
	sed 1q "prompts/$1.yaml" >../first
	cat ../first - >"prompts/$1.yaml"
}

# places FILE: the lines of the errors that the server named.
places() {
	grep -F "$1:" ../said | cut -d: -f2 | sort -nu | tr '\n' ' '
}

it 'says nothing of what init and new write' '
	printf "Sort: {{ ticket }}\n" | git pv new support/good
	node "$TEST_SOURCE/lsp.js" prompts/example/greeting.yaml \
		prompts/support/good.yaml >../said
	empty ../said
'

it 'names the lines that check names' '
	written support/types <<-EOF
		name: 12
		prompt: "Sort {{ ticket }}"
		model:
		  temperature: hot
		  max_tokens: 1.5
		tags: urgent
		active: "no"
	EOF
	written support/words <<-EOF
		prompt: "Sort {{ ticket }}"
		syntax: jinja
		variables:
		  ticket: {type: string}
		  count:
		    type: strin
		tests:
		  - assert:
		      - value: x
	EOF
	written support/messages <<-EOF
		messages:
		  - role: system
		    content: Sort.
		  - role: sytem
		    content: "{{ ticket }}"
		  - content: none
		output:
		  format: json
		  schema: 12
	EOF
	set -- prompts/support/types.yaml prompts/support/words.yaml \
		prompts/support/messages.yaml
	node "$TEST_SOURCE/lsp.js" "$@" >../said
	[ "$(wc -l <../said)" -ge 10 ]
	git pv check "$@" --json >../out || :
	for file; do
		json ../out "[.findings[] | select(.file == \"$file\"
			and .severity == \"error\") | .line] | unique | map(tostring + \" \") | add" \
			"$(places "$file")"
	done
'

it 'says what may stand there' '
	has ../said "prompts/support/types.yaml:2:7: Incorrect type"
	has ../said "\"jinja2\", \"fstring\", \"mustache\", \"literal\""
	has ../said "prompts/support/words.yaml:3:9: "
'

it 'reads pv.yaml by the schema of pv.yaml' '
	cp "$PROJECT/schemas/pv.schema.json" schemas/
	printf "%s\ntracking:\n  batch_size: many\n" \
		"# yaml-language-server: \$schema=schemas/pv.schema.json" >pv.yaml
	node "$TEST_SOURCE/lsp.js" pv.yaml >../said
	has ../said "pv.yaml:3:15: "
	git pv check >../out 2>&1 || :
	has ../out "pv.yaml:3:15: error"
'

finish
