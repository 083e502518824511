#!/usr/bin/env python3
"""Compares what "\\N{NAME}" is in a template with what Python makes of it.

usage: char_names.py PROGRAM [SEED]
Asks corpus_jinja (tests/tools) for the character of each name that Python's
table of Unicode 14 has, some of them in small letters, and for names that were
made from them by damage, of which most are nobody's. Jinja2 has a codec of
Python read its escapes, which is asked here directly.
"""
import json
import random
import subprocess
import sys
import tempfile
import unicodedata

TOGETHER = 200  # names in one template


def decode(name):
    """The character, or the message of Jinja2's error."""
    text = "\\N{%s}" % name
    try:
        return text.encode("ascii", "backslashreplace").decode("unicode-escape"), None
    except UnicodeDecodeError as e:
        return None, str(e).split(":")[-1].strip()


def damaged(r, name):
    words = name.split(" ")
    kind = r.randrange(6)
    if kind == 0:
        words.pop(r.randrange(len(words)))
    elif kind == 1:
        words.append(r.choice(["WITH", "A", "-", "", "é", "\0", "x" * 120]))
    elif kind == 2:
        r.shuffle(words)
    elif kind == 3:
        return name.replace(" ", r.choice(["  ", "-", "_"]), 1)
    elif kind == 4:
        return name.title()
    else:
        at = r.randrange(len(name))
        return name[:at] + name[at + 1:]
    return " ".join(words)


def questions(r):
    names = [unicodedata.name(chr(c), "") for c in range(0x110000)]
    names = [name for name in names if name]
    names += [name.lower() for name in r.sample(names, 5000)]
    names += [damaged(r, name) for name in r.sample(names, 5000)]
    return names


def cases(names):
    """Templates of many names, and one for each that is refused."""
    found = [name for name in names if decode(name)[0] is not None]
    for i in range(0, len(found), TOGETHER):
        yield found[i:i + TOGETHER]
    for name in names:
        if decode(name)[0] is None:
            yield [name]


def expected(names):
    if len(names) == 1 and decode(names[0])[1]:
        return {"error": "TemplateSyntaxError", "line": 1, "message": decode(names[0])[1]}
    return {"output": "".join(decode(name)[0] for name in names)}


def main():
    if unicodedata.unidata_version != "14.0.0":
        print("skipped: this Python knows Unicode " + unicodedata.unidata_version)
        return 77
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20260101
    print("seed %d" % seed, flush=True)
    asked = list(cases(questions(random.Random(seed))))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as f:
        for i, names in enumerate(asked):
            source = "{{ '%s' }}" % "".join("\\N{%s}" % name for name in names)
            f.write(json.dumps({"id": str(i), "env": {}, "templates": {}, "main": None,
                                "source": source, "context": {}, "expect": {}}) + "\n")
        f.flush()
        done = subprocess.run([sys.argv[1], f.name, "--print"], capture_output=True)
    gots = [json.loads(line)["got"] for line in done.stdout.decode().split("\n")[:-1]]
    bad = [i for i in range(len(asked)) if i >= len(gots) or gots[i] != expected(asked[i])]
    for i in bad[:20]:
        print(asked[i][:3], "want", expected(asked[i]), "got", gots[i] if i < len(gots) else "nothing")
    print("%d templates, %d differ" % (len(asked), len(bad)))
    return bool(bad) or done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
