#!/usr/bin/env python3
"""Compares plain_texts (tests/tools) with str.format and mustache.js.

usage: plain_texts.py PROGRAM [COUNT [SEED]]
Makes random templates and variables, renders them with both, and prints what
differs. The seed is printed; the same seed makes the same templates.
"""
import json
import random
import shutil
import subprocess
import sys

SHOWN = 10

TEXTS = ["", "a", "Hello", "it's", 'say "hi"', "tab\t.", "é😀", "<b>&", "12", "a\nb"]
NUMBERS = [0, 1, -1, 7, 42, -12345, 10**6, 2**63, -10**20, 0.0, -0.0, 0.5, 3.14159,
           -2.5, 1e16, 1e-7, 123456.789, 1e300, True, False]


def value(r, depth=0):
    kind = r.random()
    if kind < 0.4:
        return r.choice(TEXTS)
    if kind < 0.75:
        return r.choice(NUMBERS)
    if kind < 0.8 or depth > 2:
        return None
    if kind < 0.9:
        return [value(r, depth + 1) for _ in range(r.randrange(4))]
    return {r.choice("abcxyz"): value(r, depth + 1) for _ in range(r.randrange(4))}


def values(r):
    return {name: value(r) for name in "abcdxyz" if r.random() < 0.9}


# --- str.format ---------------------------------------------------------------

def spec(r, depth):
    if depth and r.random() < 0.2:
        return field(r, depth - 1)
    out = ""
    if r.random() < 0.4:
        out += r.choice(["", "*", "0", "é", "<"]) + r.choice("<>^=")
    if r.random() < 0.3:
        out += r.choice("+- ")
    if r.random() < 0.1:
        out += "z" if sys.version_info >= (3, 11) else ""
    if r.random() < 0.15:
        out += "#"
    if r.random() < 0.2:
        out += "0"
    if r.random() < 0.5:
        out += str(r.randrange(15)) if not depth or r.random() < 0.8 else field(r, 0)
    if r.random() < 0.2:
        out += r.choice(",_")
    if r.random() < 0.3:
        out += "." + str(r.randrange(8))
    if r.random() < 0.6:
        out += r.choice("sdfgeGEFxXobcn%rq")
    return out


def field(r, depth):
    out = "{" + r.choice("abcdxyz")
    for _ in range(r.choice([0, 0, 0, 1, 1, 2])):
        out += r.choice(["[0]", "[1]", "[a]", "[x]", ".real", ".imag", ".nope", "[-1]"])
    if r.random() < 0.3:
        out += "!" + r.choice("rsaz")
    if r.random() < 0.6:
        out += ":" + spec(r, depth)
    return out + "}"


def fstring(r):
    out = ""
    for _ in range(r.randrange(1, 5)):
        out += r.choice(["text ", "é", "{{", "}}", "\n"] + [""] * 3)
        out += field(r, 1)
    if r.random() < 0.1:
        at = r.randrange(len(out))
        out = out[:at] + r.choice("{}![]:.x") + out[at:]
    return out


def python(text, data):
    try:
        return {"output": text.format(**data)}
    except (ValueError, KeyError, IndexError, AttributeError, TypeError,
            OverflowError) as e:
        return {"error": type(e).__name__, "message": str(e)}
    except MemoryError:
        return {"error": "MemoryError", "message": ""}


def is_limited(text, want, got):
    """A width that values make may be one that neither has the memory for; and
    which of two faults is told, one of them of a field in a field's format."""
    if want.get("error") == "MemoryError":
        return True
    if "recursion" in want.get("message", ""):
        return "error" in got
    return got.get("error") == "LimitError" and ":" in text and \
        ("error" in want or len(want["output"]) > 1 << 20)


def is_ours(text, data, want, got):
    """Differences that are meant: items as attributes, methods, no locale."""
    if want.get("error") == "AttributeError" and "'dict' object" in want["message"]:
        return True
    if is_limited(text, want, got):
        return True
    # Our messages end at a NUL.
    if "\0" in want.get("message", "") and got.get("error") == want["error"]:
        return True
    return "<built-in" in want.get("output", "") or "int_max" in str(got)


# --- mustache -----------------------------------------------------------------

MUSTACHE = r"""
const mustache = require('mustache');
const html = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'};
mustache.escape = s => String(s).replace(/[&<>"]/g, c => html[c]);
require('readline').createInterface({input: process.stdin}).on('line', line => {
    const o = JSON.parse(line);
    mustache.clearCache();
    mustache.tags = ['{{', '}}'];
    try {
        console.log(JSON.stringify({output: mustache.render(o.text, o.values, o.partials)}));
    } catch (e) {
        console.log(JSON.stringify({error: 'Error', message: e.message}));
    }
});
"""


# What both print alike: names of texts and numbers, of lists, of mappings.
# mustache.js takes away blanks of lines with several tags on them, which the
# specification does not, so a tag here is alone on its line or beside a text.
def scalar(r):
    return r.choice(TEXTS + [0, 1, 7, -42, True, False, None, 1.5])


def item(r):
    """No null: mustache.js looks for names in it, which is an error."""
    if r.random() < 0.3:
        return r.choice(TEXTS + [1, 0, True])
    return {name: scalar(r) for name in "ab" if r.random() < 0.7}


def mustache_values(r):
    return {"a": scalar(r), "b": scalar(r), "c": scalar(r),
            "l": [item(r) for _ in range(r.randrange(4))],
            "m": [[r.choice(TEXTS)], []],
            "o": {"a": scalar(r), "d": {"b": scalar(r), "l": [1, "<"]}}}


def inline(r, depth=0):
    kind = r.random()
    if kind < 0.5:
        return r.choice(["{{%s}}", "{{ %s }}", "{{{%s}}}", "{{& %s}}", "{{{ %s }}}"]) % \
            r.choice(["a", "b", "c", "o.a", "o.d.b", "o.x.b", "none"])
    if kind < 0.7 and depth < 2:
        name = r.choice(["a", "l", "o", "o.d", "o.d.l", "m", "none"])
        return "{{%s%s}}t%s{{/%s}}" % (r.choice("##^"), name, inline(r, depth + 1), name)
    if kind < 0.8:
        return "{{! c }}"
    if kind < 0.9:
        return "{{>r}}"
    return r.choice(["text", " ", "é", "}", "{ {", "a}}"])


def mustache(r, depth=0):
    out = ""
    for _ in range(r.randrange(1, 5)):
        blank = r.choice(["", "", " ", "\t "])
        end = r.choice(["\n", "\n", "\r\n", " \n"])
        kind = r.random()
        if kind < 0.5:
            out += blank + "x" + "".join(inline(r) for _ in range(r.randrange(4))) + "y" + end
        elif kind < 0.8 and depth < 3:
            name = r.choice(["a", "b", "l", "o", "o.d", "o.d.l", "m", "none"])
            out += "%s{{%s%s}}%s%s%s{{/%s}}%s" % (
                blank, r.choice("##^"), name, end, mustache(r, depth + 1), blank, name, end)
        elif kind < 0.85:
            out += blank + "{{! c\n c }}" + end
        elif kind < 0.95:
            out += blank + "{{>%s}}" % r.choice(["p", "q", "none"]) + end
        else:
            out += "{{=| |=}}" + end + "z|a|" + end + "|={{ }}=|" + end
    return out


# --- comparing ----------------------------------------------------------------

def run(command, cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run(command, input=lines, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"error: {command[0]}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def report(what, bad, count):
    for case, want, got in bad[:SHOWN]:
        print(f"{json.dumps(case)}\n  want {want}\n  got  {got}")
    print(f"{what}: {count - len(bad)} same, {len(bad)} differ")
    return bool(bad)


def compare_fstrings(program, r, count):
    cases = [{"syntax": "fstring", "text": fstring(r), "values": values(r)}
             for _ in range(count)]
    # Both start from the same JSON.
    wants = [python(case["text"], json.loads(json.dumps(case["values"])))
             for case in cases]
    gots = run([program], cases)
    bad = [(case, want, got) for case, want, got in zip(cases, wants, gots)
           if want != got and not is_ours(case["text"], case["values"], want, got)]
    return report("str.format", bad, count)


def compare_mustache(program, r, count):
    node = shutil.which("node")
    if not node or subprocess.run([node, "-e", "require('mustache')"],
                                  capture_output=True).returncode:
        print("mustache: skipped: node has no package mustache")
        return False
    cases = [{"syntax": "mustache", "text": mustache(r), "values": mustache_values(r),
              "partials": {"p": mustache(r, 2).replace(">p", ">q"),
                           "q": "<{{a}}>\n{{#b}}\n  {{c}}\n{{/b}}\n",
                           "r": "[{{a}}]"}}
             for _ in range(count)]
    wants = run([node, "-e", MUSTACHE], cases)
    gots = run([program], cases)
    bad = []
    for case, want, got in zip(cases, wants, gots):
        if want != got and not ("error" in want and "error" in got):
            bad.append((case, want, got))
    return report("mustache.js", bad, count)


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20260101
    print(f"seed {seed}")
    r = random.Random(seed)
    failed = compare_fstrings(program, r, count)
    failed |= compare_mustache(program, r, count)
    return failed


if __name__ == "__main__":
    sys.exit(main())
