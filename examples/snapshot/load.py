#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads what `git pv snapshot` wrote, with Python's standard library alone.

    python3 load.py prompts.json                     lists the prompts
    python3 load.py prompts.json ID name=value...    prints one, filled in

A program takes `load` and `Snapshot` from here. Prompts that only print
variables, as {{ name }}, are filled in; those with statements or filters need
an engine, for which `sources` has all the texts: jinja2.DictLoader takes them.
"""

import hashlib
import json
import re
import sys

PLAIN = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}")


class SnapshotError(ValueError):
    """The file is no snapshot, or not what it was when it was made."""


def blob_id(data):
    """The id that git gives to a file with these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def load(path):
    """Reads a snapshot, and refuses one that was changed."""
    with open(path, "rb") as file:
        data = file.read()
    body, line, last = data.rstrip(b"\n").rpartition(b"\n")
    wanted = hashlib.sha256(body + line).hexdigest().encode()
    if last != b'"hash":"sha256:' + wanted + b'"}':
        raise SnapshotError("%s: the hash does not fit the bytes" % path)
    document = json.loads(data)
    if document["format"] != "git-pv-snapshot":
        raise SnapshotError("%s is no snapshot" % path)
    if document["format_version"] != 1:
        raise SnapshotError("%s is of a later format" % path)
    return Snapshot(document)


class Snapshot:
    """The prompts that were live in an environment."""

    def __init__(self, document):
        self.environment = document["environment"]
        self.deployment = document["deployment"]
        self.prompts = {item["id"]: item for item in document["prompts"]}
        self.files = {}
        for item in document["files"]:
            if blob_id(item["text"].encode()) != item["blob"]:
                raise SnapshotError("the file %s was changed" % item["blob"])
            self.files[item["blob"]] = item["text"]

    def sources(self, prompt_id):
        """The texts of a prompt and of what it refers to, by path."""
        members = self.prompts[prompt_id]["members"]
        return {item["path"]: self.files[item["blob"]] for item in members}

    def messages(self, prompt_id, **given):
        """The messages, with {{ name }} filled in."""
        item = self.prompts[prompt_id]
        if item["rendered"] is not None and not given:
            texts = item["rendered"]
        else:
            texts = item["prompt"]
        plain = texts.get("messages")
        if plain is None:
            text = texts.get("text", texts.get("prompt"))
            plain = [{"role": "user", "content": text}]
        if texts is item["rendered"]:
            return plain
        if item["prompt"].get("template", "jinja2") != "jinja2":
            raise SnapshotError("%s needs another engine" % prompt_id)
        values = self.values(item, given)
        return [
            dict(message, content=fill(message["content"], values))
            for message in plain
        ]

    @staticmethod
    def values(item, given):
        """The variables, defaults filled in; KeyError for a missing one."""
        values = dict(given)
        for variable in item["variables"]:
            name = variable["name"]
            if name in values:
                continue
            if variable["required"]:
                raise KeyError(name)
            values[name] = variable["default"]
        return values


def fill(text, values):
    """Fills in what is only printed; ValueError for anything more."""
    if "{%" in text or "{#" in text or "{{" in PLAIN.sub("", text):
        raise SnapshotError("this needs a template engine")
    # A text block ends in a line end, which rendering leaves out.
    text = text[:-1] if text.endswith("\n") else text
    return PLAIN.sub(lambda found: str(values[found.group(1)]), text)


def main(argv):
    if len(argv) < 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        snapshot = load(argv[1])
        if len(argv) == 2:
            for name, item in snapshot.prompts.items():
                print(name, item["version"] or item["commit"][:7])
            return 0
        given = dict(word.split("=", 1) for word in argv[3:])
        for message in snapshot.messages(argv[2], **given):
            print("%s: %s" % (message["role"], message["content"]))
    except (SnapshotError, OSError, json.JSONDecodeError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyError as error:
        print("missing: %s" % error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
