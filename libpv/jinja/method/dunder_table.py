#!/usr/bin/env python3
"""Writes dunder_table.inc: which of Python's types have which attributes that
begin with an underscore, as bits of enum pv_jinja_type. Run by hand, with
CPython 3.11 and Jinja2 3.1: dunder_table.py >dunder_table.inc"""
import jinja2

TYPES = {
    "UNDEFINED": jinja2.Undefined, "NONE": type(None), "BOOL": bool,
    "INT": int, "BIG": int, "FLOAT": float, "STR": str, "LIST": list,
    "TUPLE": tuple, "DICT": dict, "VIEW": type({}.items()), "RANGE": range,
    "ITER": type(x for x in ()), "FUNC": type("".join),
}

print("/* Made by dunder_table.py: names in order, bits of enum pv_jinja_type. */")
names = {}
for bit, kind in TYPES.items():
    for name in dir(kind):
        if name.startswith("_"):
            names.setdefault(name, []).append(bit)
common = [name for name in names if len(names[name]) == len(TYPES)]
for name in sorted(names):
    if name in common:
        print(f'{{ "{name}", ~0u }},')
    else:
        bits = " | ".join(f"1u << PV_JINJA_{bit}" for bit in names[name])
        print(f'{{ "{name}", {bits} }},')
