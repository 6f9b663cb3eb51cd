#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes core/text/auto-moses-tables.h: what sacremoses counts as letters, digits and currency signs, and the abbreviations that keep their dot."""
import sys

from sacremoses.corpus import NonbreakingPrefixes, Perluniprops
from sacremoses.indic import NUKTAS, VIRAMAS
from sacremoses.util import _CJKChars_ranges

LANGUAGES = ("de", "en", "fr", "ru")


def spans(chars):
    out = []
    for code in sorted({ord(c) for c in chars} - {10}):
        if out and out[-1][1] == code - 1:
            out[-1][1] = code
        else:
            out.append([code, code])
    return out


def table(name, ranges):
    print(f"static const Span {name}[] = {{")
    line = " "
    for a, b in ranges:
        item = f" {{ 0x{a:X}, 0x{b:X} }},"
        if len(line) + len(item) > 138:
            print(line)
            line = " "
        line += item
    print(line)
    print("};\n")


def prefixes(language):
    words = [w.strip() for w in NonbreakingPrefixes().words(language)]
    plain = sorted({w for w in words if "#NUMERIC_ONLY#" not in w})
    number = sorted({w.rpartition(" ")[0] for w in words if "#NUMERIC_ONLY#" in w})
    for name, texts in ((f"{language}_words", [w for w in plain if w not in number]), (f"{language}_numbers", number)):
        print(f"static const char *const {name}[] = {{")
        line = " "
        for text in texts:
            item = ' "' + text.replace("\\", "\\\\").replace('"', '\\"') + '",'
            if len(line) + len(item) > 138:
                print(line)
                line = " "
            line += item
        print(line + " NULL")
        print("};\n")


def main():
    props = Perluniprops()
    print("/* SPDX-License-Identifier: LGPL-2.1-or-later */")
    print("/* Written by tests/reference/moses_tables.py. */\n#pragma once\n")
    print("typedef struct\n{\n  gunichar from, to;\n} Span;\n")
    for name, category in (("letters", "IsAlpha"), ("alphanumeric", "IsAlnum"), ("lower", "IsLower"), ("numbers", "IsN"), ("currency", "IsSc")):
        table(name, spans(props.chars(category)))
    table("indic_signs", spans(VIRAMAS + NUKTAS))
    table("cjk", _CJKChars_ranges)
    for language in LANGUAGES:
        prefixes(language)
    others = sorted(set(NonbreakingPrefixes().available_langs.values()) - set(LANGUAGES))
    print("/* Languages with abbreviations that are not here. */")
    print("static const char *const unlisted[] = { " + ", ".join(f'"{o}"' for o in others[:18]) + ",")
    print("                                        " + ", ".join(f'"{o}"' for o in others[18:]) + ", NULL };")


if __name__ == "__main__":
    sys.exit(main())
