#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes plugins/clip/mojibake-characters.c, what characters tell in texts that were read in the wrong encoding: the categories of ftfy's
heuristic, and Python's codecs."""
import re

import ftfy
from ftfy.badness import MOJIBAKE_CATEGORIES as categories
from ftfy.chardata import CHARMAP_ENCODINGS, ENCODING_REGEXES, UTF8_CLUES as clues

# in the order of mojibake-characters.h
sets = [categories[name] for name in ("c1", "bad", "law", "currency", "start_punctuation", "end_punctuation", "numeric", "kaomoji", "upper_accented",
                                      "lower_accented", "upper_common", "lower_common", "box", "common")]
sets += ["A-Z", "a-z"]
sets += [clues[name] for name in ("utf8_first_of_2", "utf8_first_of_3", "utf8_first_of_4", "utf8_continuation", "utf8_continuation_strict")]
tests = [re.compile(f"[{characters}]") for characters in sets] + [ENCODING_REGEXES[encoding] for encoding in CHARMAP_ENCODINGS]
assert len(CHARMAP_ENCODINGS) == 10 and len(tests) == 31


def class_of(code):
    c = chr(code)
    return 0 if 0xD800 <= code < 0xE000 else sum(1 << bit for bit, test in enumerate(tests) if test.match(c))


def print_numbers(numbers):
    line = " "
    for number in numbers:
        if len(line) + len(number) > 138:
            print(line)
            line = " "
        line += f" {number},"
    print(line)


classes = [class_of(code) for code in range(0x110000)]
assert not any(classes[0x10000:])
assert not any((c >> 16 & 7) not in (0, 1, 2, 4) for c in classes), "a character begins sequences of different lengths"
pages, distinct = {}, [[0] * 32]
for page in range(2048):
    content = classes[page * 32:page * 32 + 32]
    if any(content):
        pages[page] = len(distinct)
        distinct.append(content)
assert len(distinct) <= 256

print("/* SPDX-License-Identifier: LGPL-2.1-or-later */")
print(f"/* Written by tests/reference/mojibake_tables.py from ftfy {ftfy.__version__} and Python's codecs. */")
print('#include "mojibake-characters.h"\n')
print("const guint8 mojibake_pages[MOJIBAKE_N_PAGES] = {")
print_numbers(f"[0x{page:X}] = {number}" for page, number in pages.items())
print("};\n\nconst guint32 mojibake_classes[] = {")
print_numbers(f"0x{c:X}" if c else "0" for content in distinct for c in content)
print("};\n\nconst gsize mojibake_n_slots = G_N_ELEMENTS (mojibake_classes);\n")
print("const guint16 mojibake_decoded[MOJIBAKE_N_ENCODINGS][128] = {")
for encoding in CHARMAP_ENCODINGS:
    print(f"  /* {encoding} */\n  {{")
    print_numbers(f"0x{ord(c):X}" for c in bytes(range(0x80, 0x100)).decode(encoding))
    print("  },")
print("};")
