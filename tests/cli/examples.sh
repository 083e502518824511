# SPDX-License-Identifier: MIT
#
# The repository that the examples of manual pages and of -h speak of.

# triage TEMPERATURE SYSTEM-TEXT
triage() {
	write prompts/support/triage.yaml <<-FILE
		name: Support triage
		tags: [support, production]
		model:
		  name: llama3.1:8b
		  temperature: $1
		messages:
		  - role: system
		    content: |
		      $2
		  - role: user
		    content: "{{ ticket }}"
		output: {format: json}
	FILE
}

# fixture: makes it in $SCRATCH/fixture: support/triage has four versions,
# exp/concise leaves main before the last.
fixture() {
	new_repo "$SCRATCH/fixture"
	cd "$SCRATCH/fixture" || exit 1
	git pv install
	text_prompt prompts/support/reply.yaml "Answer {{ question }}."
	text_prompt prompts/sales/faq.yaml "Answer {{ question }}."
	for text in One Two Three Four; do
		triage 0.2 "$text"
		git pv commit -q -m "$text"
	done
	git switch -q -c exp/concise HEAD~1
	triage 0.5 Three
	text_prompt prompts/support/reply.yaml "Answer {{ question }} briefly."
	git pv commit -q -m Concise
	git switch -q main
	echo "Be brief." >system.txt
	printf "{\"id\": \"more/%s\", \"prompt\": \"Hi.\"}\n" one two >prompts.jsonl
	git add system.txt prompts.jsonl
	git commit -q -m "Files beside the prompts"
	text_prompt prompts/sales/faq.yaml "Please answer {{ question }}."
	git pv commit -q -m "The last commit"
	git tag v2
}

# fallen VERSION QUALITY LATENCY: executions of it.
fallen() {
	triage_blob=$(git rev-parse \
		"support/triage/v$1:prompts/support/triage.yaml") || return
	awk -v blob="$triage_blob" -v quality="$2" -v latency="$3" 'BEGIN {
		for (i = 0; i < 60; i++)
			printf "{\"prompt_id\":\"support/triage\",\"blob\":" \
				"\"%s\",\"commit\":null,\"parent\":\"%d\"," \
				"\"quality\":%.1f,\"latency_ms\":%d}\n",
				blob, i, quality + (i % 5 - 2) / 4,
				latency + i % 50
	}' | git pv record --stdin
}
