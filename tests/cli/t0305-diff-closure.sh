# SPDX-License-Identifier: MIT
#
# git pv diff shows prompts that are the same but for what they refer to.

. "$(dirname "$0")/lib.sh"
begin 'diff of closures'

new_repo repo
cd repo || exit 1
printf '%s\n' 'out*' err want tmp >.git/info/exclude
mkdir -p schemas
echo '{"type": "object", "properties": {"q": {"enum": ["a", "b"]}}}' \
	>schemas/ticket.json
write prompts/shared/tone.yaml <<-\EOF
	prompt: Be kind.
EOF
write prompts/triage.yaml <<-\EOF
	prompt: Sort. {% include "shared/tone" %}
	output: {format: json, schema: {$ref: schemas/ticket.json}}
EOF
text_prompt prompts/other.yaml
git add .
git commit -qm first

it 'names a schema that changed, and what that breaks' '
	sed -i "s/, .b.//" schemas/ticket.json
	git pv diff >out
	grep -x "  closure changed: schemas/ticket.json" out
	grep "^triage .* closure only, minor$" out
	[ "$(grep -c "^[a-z]" out)" = 1 ]
	sed -i "s/\"a\"/&, \"b\", \"c\"/" schemas/ticket.json
	git pv diff >out
	grep "^triage .* closure only, major$" out
	grep "breaking: .*schemas/ticket.json.*allows more" out
	git checkout -q schemas
'

it 'names an included prompt that changed' '
	echo "prompt: Be brief." >prompts/shared/tone.yaml
	git commit -qam second
	git pv diff --name-only HEAD~ HEAD >out
	printf "%s\n" shared/tone triage >want
	cmp_files want out
	git pv diff HEAD~ HEAD -- triage >out
	grep -x "  closure changed: prompts/shared/tone.yaml" out
	expect_failure 1 git pv diff --exit-code HEAD~ HEAD -- triage
	expect_failure 1 git pv diff --exit-code --ignore-formatting HEAD~ HEAD \
		-- triage
	expect_success git pv diff --exit-code HEAD~ HEAD -- other
'

it 'tells it in every format' '
	git pv diff --json HEAD~ HEAD -- triage >out
	json out ".prompts[0] | [.id, .status, .bump, .closure, .changes]" \
		"[\"triage\",\"unchanged\",\"minor\",[{\"path\":\"prompts/shared/tone.yaml\",\"kind\":\"modified\"}],[]]"
	git pv diff --format markdown HEAD~ HEAD >out
	grep "^| <code>triage</code> | closure only, minor |" out
	grep "^- closure changed: <code>prompts/shared/tone.yaml</code>" out
	git pv diff --format html HEAD~ HEAD -- triage >out
	grep "<li>closure changed: .*prompts/shared/tone.yaml" out
	git pv diff --stat HEAD~ HEAD -- triage >out
	grep "0 fields, +0 -0, closure only, minor" out
'

it 'tells it beside changes of the prompt itself' '
	echo "name: Triage" >>prompts/triage.yaml
	git rm -q --cached prompts/shared/tone.yaml
	git add prompts/triage.yaml
	git pv diff --staged -- triage >out
	grep "^triage .* minor$" out
	grep -x "  closure removed: prompts/shared/tone.yaml" out
	grep -F "+name: Triage" out
	git reset -q --hard
'

finish
