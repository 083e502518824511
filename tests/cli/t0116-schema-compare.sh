#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv schema compare'

new_repo work
cd work || exit 1
mkdir schemas
cat >schemas/order.json <<'EOF'
{"type": "object", "required": ["queue"],
 "properties": {"queue": {"$ref": "queue.yaml"}, "n": {"type": "integer"}}}
EOF
echo 'enum: [billing, tech]' >schemas/queue.yaml
git add .
git commit -q -m one

it 'says whether callers or readers are broken, and by what' '
	cp schemas/order.json ../same.json
	cp schemas/queue.yaml ..
	git pv schema compare schemas/order.json ../same.json >../out
	same compatible "$(cat ../out)"
	echo "enum: [billing, tech, sales]" >../queue.yaml
	git pv schema compare schemas/order.json ../same.json
	expect_failure 1 git pv schema compare schemas/order.json ../same.json \
		--output >../out
	same "breaking: \`queue\` must be one of billing, tech  (queue.yaml#/enum)" \
		"$(sed -n 1p ../out)"
	same "only NEW allows: {\"queue\": \"sales\"}" "$(sed -n 2p ../out)"
	expect_failure 1 git pv schema compare ../same.json schemas/order.json >../out
	has ../out "only OLD allows: "
'

it 'shows how the verb is called, not another one' '
	expect_failure 129 git pv schema compare one 2>../err
	has ../err "usage: git pv schema compare OLD NEW"
	expect_failure 129 git pv schema compare --bogus 2>../err
	has ../err "usage: git pv schema compare OLD NEW"
	expect_failure 129 git pv schema infer 2>../err
	has ../err "usage: git pv schema infer FILE"
	expect_failure 129 git pv schema infer x --write 2>../err
	has ../err "usage: git pv schema infer FILE"
'

it 'has a witness that validates' '
	expect_failure 1 git pv schema compare ../same.json schemas/order.json \
		--json >../out
	git pv schema validate --data ../out \
		--schema "$PROJECT/schemas/schema-compare.schema.json"
	jq .witness ../out >../witness.json
	git pv schema validate --schema ../same.json --data ../witness.json
	expect_failure 1 git pv schema validate --schema schemas/order.json \
		--data ../witness.json >../found
	has ../found "$(jq -r .reason ../out)"
'

it 'does not say what it does not know' '
	echo "{\"type\": \"string\", \"pattern\": \"^a{2}\$\"}" >../a.json
	echo "{\"type\": \"string\", \"pattern\": \"^a{2,3}\$\"}" >../b.json
	expect_failure 1 git pv schema compare ../a.json ../b.json >../out
	has ../out "unknown: it is not known whether this always holds  (#/pattern)"
	expect_failure 1 git pv schema compare ../a.json ../b.json --json >../out
	same unknown "$(jq -r .answer ../out)"
	git pv schema compare ../b.json ../b.json
'

it 'reads commits and the index, with what they refer to' '
	echo "enum: [billing]" >schemas/queue.yaml
	expect_failure 1 git pv schema compare HEAD:schemas/order.json \
		schemas/order.json >../out
	has ../out "must be billing"
	git pv schema compare :schemas/order.json HEAD:schemas/order.json
	git add .
	expect_failure 1 git pv schema compare HEAD:schemas/order.json \
		:schemas/order.json >../out
	git pv schema compare HEAD:schemas/order.json :schemas/order.json --output
	expect_failure 128 git pv schema compare HEAD:schemas/none.json \
		schemas/order.json 2>../err
	is_error ../err "schemas/none.json"
	expect_failure 128 git pv schema compare nowhere:a.json \
		schemas/order.json 2>../err
	is_error ../err "nowhere"
'

it 'takes formats as asked' '
	echo "{\"type\": \"string\"}" >../a.json
	echo "{\"type\": \"string\", \"format\": \"date\"}" >../b.json
	expect_failure 1 git pv schema compare ../a.json ../b.json >../out
	has ../out "the format \"date\""
	git pv schema compare ../a.json ../b.json --format-notes
'

it 'refuses what it cannot read' '
	expect_failure 128 git pv schema compare ../a.json ../none.json 2>../err
	is_error ../err none.json
	echo "{\"type\": 1}" >../bad.json
	expect_failure 1 git pv schema compare ../a.json ../bad.json 2>../err
	is_error ../err "bad.json"
	expect_failure 129 git pv schema compare ../a.json 2>../err
	is_error ../err
	expect_failure 129 git pv schema frob ../a.json 2>../err
	is_error ../err "frob"
	git pv schema compare -h >../out
	has ../out "compare OLD NEW"
'

finish
