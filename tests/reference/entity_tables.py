#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes plugins/clip/entity-table.h: the entities of HTML 5 (html.entities), of which ftfy also knows some in upper case."""
import html

from ftfy.chardata import HTML_ENTITIES

LONGEST = 24  # longer names are never looked for
names = {name[:-1]: text for name, text in html.entities.html5.items() if name.endswith(";") and len(name) <= LONGEST + 1}
short = sorted(name for name in html.entities.html5 if name.isupper() and ";" not in name)


def find(name):
    """What plugins/clip/entities.c does."""
    if name in names:
        return names[name]
    lower = name.lower()
    if name == name.upper() and lower in names and not any(name.startswith(prefix) for prefix in short):
        return names[lower].upper()
    return None


every = {name[1:-1] for name in HTML_ENTITIES} | {name.upper() for name in names} | {name.lower() for name in names} | {name.title() for name in names}
for name in every:
    assert len(name) > LONGEST or find(name) == HTML_ENTITIES.get(f"&{name};"), name

print("/* SPDX-License-Identifier: LGPL-2.1-or-later */")
print("/* Written by tests/reference/entity_tables.py from Python's html.entities. */")
print("#pragma once\n")
print("/* Names in upper case that mean something without a semicolon. */")
print("static const char *const short_entities[] = { " + ", ".join(f'"{name}"' for name in short) + " };\n")
print("/* By name: the name, then the codes of what it stands for. */")
print("static const char entities[] =")
line = ""
for name, text in sorted(names.items()):
    item = f"{name} {','.join(f'{ord(c):X}' for c in text)};"
    if len(line) + len(item) > 134:
        print(f'  "{line}"')
        line = ""
    line += item
print(f'  "{line}";')
