# SPDX-License-Identifier: MIT
#
# validate.py SCHEMAS LIST [--all]: checks documents against JSON Schemas in
# one run.
# Each line of LIST is SCHEMA TAB DOCUMENT TAB COMMAND: the schema's name in
# the folder SCHEMAS, a file, and what to call it when it does not fit; a
# fourth column "reject" says that it must not fit. A file whose name ends in
# .jsonl holds a document in each line. Prints what is otherwise and, with
# --all, which schemas no document was checked against; then exits with 1.

import json
import pathlib
import sys

from jsonschema import Draft202012Validator


def pairs(items):
    """An object, unless a key comes twice, which dict() would hide."""
    keys = [key for key, _ in items]
    if len(keys) != len(set(keys)):
        raise ValueError("duplicate key among " + ", ".join(keys))
    return dict(items)


def complaints(validator, path):
    text = path.read_text(encoding="utf-8")
    texts = text.splitlines() if path.suffix == ".jsonl" else [text]
    if not texts:
        yield "no document"
    for one in texts:
        try:
            document = json.loads(one, object_pairs_hook=pairs)
        except ValueError as error:
            yield f"{error}: {one[:300]}"
            continue
        for error in validator.iter_errors(document):
            place = "/".join(str(step) for step in error.absolute_path)
            yield f"at /{place}: {error.message[:300]}"


def main(folder, listing, option=""):
    validators = {}
    for path in sorted(pathlib.Path(folder).glob("*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        validators[path.name[: -len(".schema.json")]] = Draft202012Validator(schema)
    unused = set(validators) if option == "--all" else set()
    failed = False
    for line in pathlib.Path(listing).read_text(encoding="utf-8").splitlines():
        name, document, command, *want = line.split("\t")
        unused.discard(name)
        found = list(complaints(validators[name], pathlib.Path(document)))
        if want == ["reject"]:
            found = [] if found else ["it fits, and should not"]
        for complaint in found:
            print(f"{command}\n  {name}.schema.json: {complaint}")
            failed = True
    for name in sorted(unused):
        print(f"{name}.schema.json: nothing was checked against it")
    return 1 if failed or unused else 0


sys.exit(main(*sys.argv[1:]))
