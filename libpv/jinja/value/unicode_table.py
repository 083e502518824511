#!/usr/bin/env python3
"""Writes unicode_table.inc: what Python knows of each code point.

Run with the Python whose answers are wanted (3.11: Unicode 14) from this
folder: python3 unicode_table.py >unicode_table.inc
Code points of equal properties that follow each other are one row.
"""
import sys
import unicodedata

FLAGS = ["ALPHA", "DECIMAL", "DIGIT", "NUMERIC", "LOWER", "UPPER", "TITLE",
         "SPACE", "PRINTABLE", "ID_START", "ID_CONTINUE", "LINE_BREAK",
         "CASED", "IGNORABLE"]
SIGMA = "\u03a3"
FINAL = "\u03c2"

specials = []


def mapping(c, text):
    """The distance to a single code point, or a row of the long mappings."""
    if len(text) == 1:
        return ord(text) - ord(c)
    if text not in specials:
        specials.append(text)
    return 0x200000 + specials.index(text)


def row(c):
    ends_word = (c + SIGMA).lower()[-1] == FINAL
    answers = [c.isalpha(), c.isdecimal(), c.isdigit(), c.isnumeric(),
               c.islower(), c.isupper(), c.istitle() and not c.isupper(),
               c.isspace(), c.isprintable(), c.isidentifier(),
               ("a" + c).isidentifier(), len(("a" + c + "a").splitlines()) > 1,
               (c + "a").title()[-1] == "a",
               not ends_word and ("A" + c + SIGMA).lower()[-1] == FINAL]
    bits = sum(1 << i for i, yes in enumerate(answers) if yes)
    return (bits, mapping(c, c.upper()), mapping(c, c.lower()),
            mapping(c, c.title()), mapping(c, c.casefold()),
            unicodedata.decimal(c, 0))


def lines(items):
    line = ""
    for item in items:
        if len(line) + len(item) > 78:
            print(line)
            line = ""
        line += item
    if line:
        print(line)


def main():
    rows, starts, last = [], [], None
    index = {}
    for code_point in range(0x110000):
        this = row(chr(code_point))
        if this not in index:
            index[this] = len(rows)
            rows.append(this)
        if this != last:
            starts.append((code_point, index[this]))
            last = this
    print("/* Written by unicode_table.py with Python %s, Unicode %s. */" %
          (sys.version.split()[0], unicodedata.unidata_version))
    print("static const struct unicode_row rows[] = {")
    for this in rows:
        print("\t{ 0x%x, { %d, %d, %d, %d }, %d }," % this)
    print("};\n\n/* first code point << 11 | row */")
    print("static const uint32_t starts[] = {")
    lines("0x%x," % (start << 11 | number) for start, number in starts)
    print("};\n\n/* the rows of ASCII, which need no search */")
    print("static const uint8_t ascii_rows[128] = {")
    lines("%d," % index[row(chr(code_point))] for code_point in range(128))
    print("};\n\nstatic const uint32_t longer[][3] = {")
    for text in specials:
        print("\t{ %s }," % ", ".join("0x%x" % ord(c) for c in
                                     text.ljust(3, "\0")))
    print("};")
    assert len(rows) < 2048, len(rows)
    assert max(index[row(chr(code_point))] for code_point in range(128)) < 256


main()
