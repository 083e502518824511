#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv schema'

mkdir work work/sub
cd work || exit 1
cat >order.json <<'EOF'
{"$schema": "https://json-schema.org/draft/2020-12/schema",
 "type": "object", "required": ["queue"], "additionalProperties": false,
 "properties": {"queue": {"$ref": "queue.yaml"}, "day": {"format": "date"},
  "n": {"type": "integer"}, "who": {"$ref": "urn:example:who"}}}
EOF
echo 'enum: [billing, tech]' >queue.yaml
echo '{"$id": "urn:example:who", "type": "string"}' >who.json
echo '{"queue": "tech", "day": "2026-11-22", "who": "me"}' >good.json
printf 'queue: sales\nn: 1.5\nx: 1\n' >bad.yaml

it 'says whether data are valid, and why not' '
	git pv schema validate --schema order.json --data good.json 2>../err
	has ../err valid
	expect_failure 1 git pv schema validate --schema order.json \
		--data bad.yaml >../out
	same "\`queue\` must be one of billing, tech  (queue.yaml#/enum)" \
		"$(sed -n 1p ../out)"
	has ../out "must be an integer, not a number"
	has ../out "(#/additionalProperties)"
'

it 'reads standard input' '
	git pv schema validate --schema order.json <good.json
	expect_failure 1 git pv schema validate --schema order.json --data - \
		<../work/who.json >../out
	has ../out "is missing"
'

it 'prints JSON by its schema' '
	expect_failure 1 git pv schema validate --schema order.json \
		--data bad.yaml --json >../out
	git pv schema validate --schema "$PROJECT/schemas/schema-validate.schema.json" \
		--data ../out
	same false "$(jq .valid ../out)"
	same /n "$(jq -r ".findings[1].instance_path" ../out)"
	expect_failure 1 git pv schema validate --schema order.json \
		--data bad.yaml --json --output basic >../out
	git pv schema validate --schema "$PROJECT/schemas/schema-validate.schema.json" \
		--data ../out
	same /queue "$(jq -r ".errors[0].instanceLocation" ../out)"
	git pv schema validate --schema order.json --data good.json --json >../out
	same "{\"valid\":true,\"findings\":[]}" "$(cat ../out)"
'

it 'checks formats unless they are notes' '
	echo "{\"queue\": \"tech\", \"day\": \"soon\"}" >day.json
	expect_failure 1 git pv schema validate --schema order.json \
		--data day.json >../out
	has ../out "the format \"date\""
	git pv schema validate --schema order.json --data day.json --format-notes
'

it 'says where what is wrong with a schema stands, and once as a finding' '
	echo "{\"items\": {\"\$ref\": \"https://a.example/b\"}}" >far.json
	expect_failure 1 git pv schema validate --schema far.json \
		--data good.json 2>../err
	is_error ../err "far.json: #/items/\$ref: nothing is at \"https:"
	has ../err "nothing is fetched"
	expect_failure 1 git pv schema validate --schema far.json \
		--data good.json --json >../out
	has ../out "\"findings\":[{\"file\":\"far.json\",\"line\":null"
	has ../out "\"rule\":\"invalid-schema\""
'

it 'reads references from one folder only' '
	echo "{\"\$ref\": \"../order.json\"}" >sub/up.json
	ln -s ../order.json sub/link.json
	echo "{\"\$ref\": \"link.json\"}" >sub/via.json
	for name in up via; do
		expect_failure 1 git pv schema validate --schema sub/$name.json \
			--data good.json 2>../err
		is_error ../err "nothing is at"
	done
	git pv schema validate --schema sub/via.json --ref-dir . --data good.json \
		2>../err && exit 1
	mkfifo sub/pipe.json
	echo "{\"\$ref\": \"pipe.json\", \"\$schema\": \"urn:x\"}" >sub/pipes.json
	expect_failure 128 git pv schema validate --schema sub/pipes.json \
		--data good.json 2>../err
	is_error ../err "urn:x"
	cp sub/via.json via.json
	ln -s order.json link.json
	git pv schema validate --schema via.json --data good.json
'

it 'names the place of what it cannot use' '
	echo "{\"type\": \"strin\"}" >wrong.json
	expect_failure 1 git pv schema validate --schema wrong.json \
		--data good.json 2>../err
	is_error ../err "wrong.json: #/type: has to be array, boolean"
	printf "{\"a\": 1,\n \"a\": 2}\n" >twice.json
	expect_failure 128 git pv schema validate --schema order.json \
		--data twice.json 2>../err
	is_error ../err "twice.json:2:9: the key"
	expect_failure 128 git pv schema validate --schema none.json 2>../err
	is_error ../err none.json
	expect_failure 129 git pv schema validate 2>../err
	is_error ../err "--schema is missing"
	expect_failure 129 git pv schema guess --schema order.json 2>../err
	is_error ../err "no \"schema guess\""
	expect_failure 1 git pv schema validate --schema wrong.json --json \
		--data good.json >../out
	same schema "$(jq -r .error.code ../out)"
'

it 'says why a pattern is none, and whom to ask' '
	echo "{\"pattern\": \"(\"}" >pattern.json
	expect_failure 1 git pv schema validate --schema pattern.json \
		--data good.json 2>../err
	is_error ../err "a regular expression: missing closing parenthesis"
	has ../err "hint: mend the schema at that place"
'

finish
