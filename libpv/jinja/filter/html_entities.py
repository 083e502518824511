#!/usr/bin/env python3
"""Writes html_entities.inc: the named character references of HTML 5.

Run from this folder: python3 html_entities.py >html_entities.inc
Names are sorted by their bytes; those without ';' are the old ones that HTML
accepts like that. Replacements are one or two code points.
"""
from html.entities import html5

print("/* Written by html_entities.py from Python's html.entities.html5. */")
print("static const struct entity entities[] = {")
for name in sorted(html5, key=lambda name: name.encode()):
    points = [ord(c) for c in html5[name]] + [0]
    print('\t{ "%s", 0x%x, 0x%x },' % (name, points[0], points[1]))
print("};")
