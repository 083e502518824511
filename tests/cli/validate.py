# SPDX-License-Identifier: MIT
#
# validate.py SCHEMA DOCUMENT [--lines]: checks a JSON document, or each line
# of it, against a schema; prints what does not fit and exits with 1.

import json
import sys

from jsonschema import Draft202012Validator


def pairs(items):
    """An object whose keys come once; jq and Python would hide a repeat."""
    keys = [key for key, _ in items]
    if len(keys) != len(set(keys)):
        raise ValueError("duplicate key in " + ", ".join(keys))
    return dict(items)


def main(schema_path, document_path, *flags):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    with open(document_path, encoding="utf-8") as file:
        text = file.read()
    texts = text.splitlines() if "--lines" in flags else [text]
    failed = not texts
    for one in texts:
        document = json.loads(one, object_pairs_hook=pairs)
        for error in Draft202012Validator(schema).iter_errors(document):
            place = "/".join(str(step) for step in error.absolute_path)
            print(f"{schema_path}: at /{place}: {error.message[:300]}")
            failed = True
    return 1 if failed else 0


sys.exit(main(*sys.argv[1:]))
