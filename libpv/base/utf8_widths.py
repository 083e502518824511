#!/usr/bin/env python3
"""Writes utf8_widths.inc: the code points that do not take one column.

Run with the Python whose Unicode is wanted (3.11: Unicode 14) from this
folder: python3 utf8_widths.py >utf8_widths.inc
East Asian wide and full-width ones take two; marks, what only formats, and
the vowels and finals that join a Hangul syllable take none, as for wcwidth(3).
"""
import unicodedata

# Formatting by their category, and yet signs: these are drawn.
DRAWN = [0xad, *range(0x600, 0x606), 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd,
         0x110cd]


def is_ideographic(code_point):
    """Blocks in which what is not assigned yet is as wide as the rest."""
    return (0x3400 <= code_point <= 0x4dbf or 0x4e00 <= code_point <= 0x9fff or
            0xf900 <= code_point <= 0xfaff or code_point >> 16 in (2, 3))


def width(code_point):
    c = chr(code_point)
    if 0x1160 <= code_point <= 0x11ff or 0xd7b0 <= code_point <= 0xd7fb:
        return 0
    if unicodedata.category(c) in ("Mn", "Me", "Cf") and code_point not in DRAWN:
        return 0
    if unicodedata.category(c) == "Cn" and not is_ideographic(code_point):
        return 1
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def main():
    rows = []
    for code_point in range(0x300, 0x110000):
        this = width(code_point)
        if rows and rows[-1][2] == this and rows[-1][1] == code_point - 1:
            rows[-1][1] = code_point
        elif this != 1:
            rows.append([code_point, code_point, this])
    line = ""
    for item in ("{0x%x,0x%x,%d}," % tuple(row) for row in rows):
        if len(line) + len(item) > 78:
            print(line)
            line = ""
        line += item
    print(line)


main()
