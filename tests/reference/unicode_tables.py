#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes core/text/auto-unicode-tables.h: what the reference's tokenizers library answers for every code point.

The library's parts read Unicode tables of several ages (Rust's, two crates', Oniguruma's), so each property is asked for
through a part that uses it, and stored as runs of code points with equal properties. Grapheme break properties come from
the regex module, which is newer: characters that Unicode 15.1 doesn't know extend nothing. Case and decomposition are compared with GLib's, and only the differences are stored.

  unicode_tables.py OUT.h
"""
import ctypes
import sys

import regex
import unicodedata2
from tokenizers import Regex, normalizers, pre_tokenizers

GLIB = ctypes.CDLL("libglib-2.0.so.0")
GLIB.g_utf8_normalize.restype = ctypes.c_void_p
GLIB.g_utf8_normalize.argtypes = [ctypes.c_char_p, ctypes.c_ssize_t, ctypes.c_int]
GLIB.g_unichar_tolower.restype = ctypes.c_uint32
GLIB.g_unichar_tolower.argtypes = [ctypes.c_uint32]
GLIB.g_free.argtypes = [ctypes.c_void_p]
CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn".split()
BREAKS = "Other CR LF Control Extend ZWJ Regional_Indicator Prepend SpacingMark L V T LV LVT".split()
POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def chosen(split):
    """Code points that a pre-tokenizer with behaviour "removed" takes out."""
    text = "".join(map(chr, POINTS))
    kept = bytearray(len(text))
    for _, (start, end) in split.pre_tokenize_str(text):
        kept[start:end] = b"\1" * (end - start)
    return {POINTS[i] for i, k in enumerate(kept) if not k}


def dropped(normalizer):
    return {c for c in POINTS if normalizer.normalize_str("a" + chr(c) + "b") == "ab"}


def categories():
    found = {}
    for name in CATEGORIES:
        for c in chosen(pre_tokenizers.Split(Regex(r"\p{%s}" % name), "removed")):
            found[c] = name
    return found


def word():
    part = pre_tokenizers.Whitespace()
    return {c for c in POINTS if len(part.pre_tokenize_str("a" + chr(c) + "b")) == 1}


def scripts():
    """Numbers of the classes that the UnicodeScripts part tells apart; 0 separates from nothing."""
    part = pre_tokenizers.UnicodeScripts()
    split = lambda a, b: len(part.pre_tokenize_str(a + b)) == 2   # noqa: E731
    found, first, last = {}, ["a"], 1
    for c in POINTS:
        if not split("a", chr(c)) and not split("\u4e00", chr(c)):
            found[c] = 0
            continue
        order = [last] + [n for n in range(1, len(first) + 1) if n != last]
        for n in order:
            if not split(first[n - 1], chr(c)):
                break
        else:
            first.append(chr(c))
            n = len(first)
        found[c] = last = n
    return found


def breaks():
    found = {}
    for n, name in enumerate(BREAKS):
        pattern = regex.compile(r"\p{GCB=%s}" % name)
        newer = name in ("Extend", "Prepend", "SpacingMark")
        for c in POINTS:
            if pattern.match(chr(c)) and not (newer and unicodedata2.category(chr(c)) == "Cn"):
                found[c] = n
    pictures = regex.compile(r"\p{Extended_Pictographic}")
    for c in POINTS:
        if pictures.match(chr(c)) and found.get(c, 0) == 0:
            found[c] = len(BREAKS)
    return found


def glib_normalize(text, mode):
    pointer = GLIB.g_utf8_normalize(text.encode(), -1, mode)
    result = ctypes.string_at(pointer).decode()
    GLIB.g_free(pointer)
    return result


def glib_lower(c):
    return chr(GLIB.g_unichar_tolower(c))


def differences(normalizer, glib):
    return {c: normalizer.normalize_str(chr(c)) for c in POINTS if c and normalizer.normalize_str(chr(c)) != glib(c)}


def uncombining():
    """Marks that GLib puts in order and the reference, whose table is older, does not."""
    GLIB.g_unichar_combining_class.argtypes = [ctypes.c_uint32]
    nfd = normalizers.NFD()
    return [c for c in POINTS if GLIB.g_unichar_combining_class(c) not in (0, 240) and nfd.normalize_str("a\u0345" + chr(c)) == "a\u0345" + chr(c)]


def c_string(text):
    return '"' + "".join("\\x%02x" % b for b in text.encode()) + '"'


def mapping(out, name, comment, table):
    out.write(f"/* {comment} */\nstatic const AutoUnicodeMapping {name}[] = {{\n")
    for c, text in sorted(table.items()):
        out.write(f"  {{ {c:#x}, {c_string(text)} }},\n")
    out.write("  { G_MAXUINT32, NULL },\n};\n\n")


def main():
    space = chosen(pre_tokenizers.WhitespaceSplit())
    punct = chosen(pre_tokenizers.Punctuation("removed"))
    bert = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    control = dropped(bert)
    accents = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
    nonspacing = dropped(accents)
    marks = dropped(normalizers.StripAccents())
    digits = pre_tokenizers.Digits(individual_digits=True)
    numeric = {c for c in POINTS if len(digits.pre_tokenize_str("a" + chr(c) + "b")) == 3}
    words, gc, script, gcb = word(), categories(), scripts(), breaks()
    onig_space = chosen(pre_tokenizers.Split(Regex(r"\s"), "removed"))
    onig_word = chosen(pre_tokenizers.Split(Regex(r"\w"), "removed"))

    def flags(c):
        bits = [c in space, c in punct, c in control, c in nonspacing, c in marks, c in numeric, c in words, c in onig_space, c in onig_word]
        value = sum(1 << i for i, bit in enumerate(bits) if bit)
        return value | CATEGORIES.index(gc.get(c, "Cn")) << 9 | gcb.get(c, 0) << 14 | script[c] << 18

    runs, before = [], None
    for c in POINTS:
        now = flags(c)
        if now != before:
            runs.append((c, now))
            before = now
    modes = {"nfd": (normalizers.NFD(), 0), "nfc": (normalizers.NFC(), 1), "nfkd": (normalizers.NFKD(), 2), "nfkc": (normalizers.NFKC(), 3)}
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write("/* SPDX-License-Identifier: LGPL-2.1-or-later */\n/* Written by tests/reference/unicode_tables.py. */\n#pragma once\n\n#include <glib.h>\n\n")
        out.write("typedef struct { guint32 code_point; const char *text; } AutoUnicodeMapping;\n\n")
        out.write("/* First code point of a run, properties of all its code points. */\nstatic const guint32 unicode_runs[][2] = {\n")
        line = " "
        for first, value in runs:
            item = f" {{ {first:#x}, {value:#x} }},"
            if len(line) + len(item) > 138:
                out.write(line + "\n")
                line = " "
            line += item
        out.write(line + "\n};\n\n")
        out.write("/* Marks that are left where they stand, though GLib's combining class isn't 0. */\nstatic const guint32 uncombining[] = {\n")
        marks_left = uncombining()
        for i in range(0, len(marks_left), 14):
            out.write("  " + " ".join(f"{c:#x}," for c in marks_left[i:i + 14]) + "\n")
        out.write("};\n\n")
        mapping(out, "lower_differences", "Lower case where it isn't GLib's simple mapping", differences(normalizers.Lowercase(), glib_lower))
        for name, (normalizer, mode) in modes.items():
            mapping(out, name + "_differences", f"{name.upper()} of single code points where it isn't GLib's",
                    differences(normalizer, lambda c, m=mode: glib_normalize(chr(c), m)))


main()
