#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Jinja2 and its sandbox on the templates of the render benchmark.

    peer.py contexts FOLDER             writes a JSON context for each template
    peer.py VERB KIND TEMPLATE CONTEXT [PASSES]

KIND is jinja2 or sandbox. VERB is print; time or compile, for the median
microseconds of CPU; or run, for PASSES renders.
"""
import json
import os
import statistics
import sys
import time

from jinja2 import Environment
from jinja2.sandbox import ImmutableSandboxedEnvironment

ROUNDS = 15
ROUND_SECONDS = 0.02


def few_shot():
    queues = ["billing", "tech", "sales", "later"]
    examples = [
        {
            "customer": {
                "name": "customer number %d" % i,
                "mail": "Customer-%d@Example.COM" % i,
            },
            "text": " I cannot log in since update %d.\nIt says: no. " % i,
            "tags": ["Login", "Update"] if i % 3 else [],
            "urgent": i % 4 == 1,
            "score": i % 5,
            "queue": queues[i % 4],
            "note": "seen %d times" % i if i % 2 else "",
        }
        for i in range(12)
    ]
    return {
        "product": "Acme Desk",
        "rules": ["  read the ticket twice ", "take one queue", " never guess "],
        "queues": queues,
        "examples": examples,
        "ticket": "  The invoice of May is there twice.  ",
    }


def tool(name, required, /, **properties):
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": "Looks up %s for the customer." % name,
            "parameters": {
                "type": "object",
                "properties": properties,
                "required": required,
            },
        },
    }


def call(name, i, arguments):
    function = {"name": name, "arguments": arguments}
    return {"id": "call_%d" % i, "type": "function", "function": function}


def chat():
    tools = [
        tool(
            "get_invoice",
            ["month"],
            month={"type": "string", "description": "Which month, as 2026-05."},
            copy={"type": "boolean", "default": False},
        ),
        tool(
            "find_customer",
            ["mail"],
            mail={"type": "string"},
            kind={"type": "string", "enum": ["new", "old", "any"]},
        ),
        tool("get_queue", [], name={"type": "string", "default": "billing"}),
    ]
    messages = [{"role": "system", "content": "  You help customers of Acme.\n"}]
    for i in range(5):
        arguments = {"month": "2026-%02d" % (i + 1), "copy": i % 2 == 0}
        messages += [
            {"role": "user", "content": "Where is invoice %d? It is late." % i},
            {
                "role": "assistant",
                "content": "<think>\nInvoice %d, by month.\n</think>\n\nI look." % i,
                "tool_calls": [call("get_invoice", i, arguments)],
            },
            {"role": "tool", "content": '{"sent": true, "number": %d}' % i},
            {"role": "assistant", "content": "Invoice %d was sent: “yes”." % i},
        ]
    return {
        "bos_token": "<|begin|>",
        "messages": messages[:19] + [{"role": "user", "content": "Thanks!"}],
        "tools": tools,
        "add_generation_prompt": True,
    }


def rows():
    topics = ["billing", "tech", "sales"]
    return {
        "rows": [
            {
                "question": "What is %d and %d together?" % (i, i + 1),
                "topic": topics[i % 3],
                "answer": "It is %d." % (2 * i + 1) if i % 4 else "",
            }
            for i in range(1000)
        ]
    }


def write_contexts(folder):
    contexts = {
        "one-variable": {"customer": "Ada Lovelace"},
        "few-shot": few_shot(),
        "chat": chat(),
        "rows": rows(),
    }
    for name, context in contexts.items():
        with open(os.path.join(folder, name + ".json"), "w") as file:
            json.dump(context, file)


def raise_exception(message):
    raise ValueError(message)


def make_environment(kind):
    maker = Environment if kind == "jinja2" else ImmutableSandboxedEnvironment
    env = maker(trim_blocks=True, lstrip_blocks=True)
    env.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    env.globals["raise_exception"] = raise_exception
    return env


def measure(what):
    """Median microseconds of CPU."""
    passes = 1
    while True:
        start = time.process_time()
        for _ in range(passes):
            what()
        took = time.process_time() - start
        if took > ROUND_SECONDS / 2:
            break
        passes *= 2
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(passes):
            what()
        rounds.append((time.process_time() - start) / passes)
    return statistics.median(rounds) * 1e6


def main(verb, kind, template_path, context_path, passes="1"):
    env = make_environment(kind)
    with open(template_path) as file:
        source = file.read()
    with open(context_path) as file:
        context = json.load(file)
    if verb == "compile":
        print("%.3f" % measure(lambda: env.from_string(source)))
        return
    template = env.from_string(source)
    if verb == "time":
        print("%.3f" % measure(lambda: template.render(context)))
    elif verb == "print":
        sys.stdout.write(template.render(context))
    else:
        for _ in range(int(passes)):
            template.render(context)


if sys.argv[1] == "contexts":
    write_contexts(sys.argv[2])
else:
    main(*sys.argv[1:])
