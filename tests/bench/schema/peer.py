"""peer.py validate|whole SCHEMA DATA: what bench_schema prints, of jsonschema."""
import json
import sys
import time

import jsonschema

verb, schema, data = sys.argv[1:]
schema = json.load(open(schema))
validator = jsonschema.validators.validator_for(schema)(schema)
text = open(data).read()
parsed = json.loads(text)
count, start = 0, time.process_time()
while time.process_time() - start < 0.3:
    if not validator.is_valid(json.loads(text) if verb == "whole" else parsed):
        sys.exit("not valid")
    count += 1
print("%.1f" % ((time.process_time() - start) * 1e9 / count))
