#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes plugins/bertweet/tweet-tables.h: the names of characters that are emoji (emoji.demojize) and of HTML's entities (html.entities)."""
import html.entities
import unicodedata

import emoji


def table(kind, name, items):
    print(f"static const {kind} {name}[] = {{")
    line = " "
    for item in items:
        if len(line) + len(item) > 138:
            print(line)
            line = " "
        line += item
    print(line)
    print("};\n")


def named():
    for code in range(0x110000):
        if not 0xD800 <= code < 0xE000 and (name := emoji.demojize(chr(code))) != chr(code):
            assert unicodedata.is_normalized("NFC", name) and '"' not in name and "\\" not in name
            yield code, name


print("/* SPDX-License-Identifier: LGPL-2.1-or-later */")
print(f"/* Written by tests/reference/tweet_tables.py from emoji {emoji.__version__} and Python's html.entities. */")
print("#pragma once\n")
print("#include <glib.h>\n")
print("typedef struct\n{\n  gunichar c;\n  const char *name;\n} NamedCharacter;\n")
print("/* By code. */")
table("NamedCharacter", "emoji_names", (f' {{ 0x{code:X}, "{name}" }},' for code, name in named()))
print("/* By name. */")
table("NamedCharacter", "entities", (f' {{ 0x{code:X}, "{name}" }},' for name, code in sorted(html.entities.name2codepoint.items())))
