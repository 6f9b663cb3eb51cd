#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes plugins/clip/newer-characters.h: letters and numbers that the module regex knows, and Unicode 14 and so PCRE2 10.42 doesn't."""
import unicodedata

import regex

assert unicodedata.unidata_version == "14.0.0"


def print_class(name, category):
    known, ranges = regex.compile(rf"\p{{{category}}}"), []
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000 or not known.match(chr(code)) or unicodedata.category(chr(code))[0] == category:
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    line = f"#define {name} \\\n  \""
    for first, last in ranges:
        item = rf"\\x{{{first:X}}}" + (rf"-\\x{{{last:X}}}" if last > first else "")
        if len(line.rsplit("\n", 1)[-1]) + len(item) > 135:
            line += "\" \\\n  \""
        line += item
    print(line + '"')


print("/* SPDX-License-Identifier: LGPL-2.1-or-later */")
print(f"/* Written by tests/reference/newer_characters.py from regex {regex.__version__}: parts of classes of a regular expression. */")
print("#pragma once\n")
print_class("NEWER_LETTERS", "L")
print_class("NEWER_NUMBERS", "N")
