#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tests/text/text-fixer.json: damaged texts, and what ftfy.fix_text makes of them. Usage: text_fixer_goldens.py [N SEED] > FILE; without
arguments, those that are kept."""
import html
import json
import random
import sys

from ftfy import fix_text
from ftfy.chardata import CHARMAP_ENCODINGS, HTML_ENTITIES, LIGATURES

KNOWN = [
    "âœ” No problems", "&macr;\\_(ã\x83\x84)_/&macr;", "Broken text&hellip; it&#x2019;s ﬂubberiﬁc!", "ＬＯＵＤ　ＮＯＩＳＥＳ", "Ã perturber la rÃ©flexion",
    "voilÃ le travail", "l’humanitÃ©", "schÃ¶n", "â€œmismatched quotes\x85â€�", "Ã la mode", "àquele: Ã quele, Ã s vezes, fÃ cil", "&ntilde; &Ntilde; &NTILDE; &nTILDE;",
    "BUNDESSTRA&SZLIG;E P&EACUTE;REZ &FRAC12; &FFILIG; &LTCC; &AMPX;", "&lt;tag&gt; &#59; &#0; &#x80; &#1; &#65534; &#x110000; &#99999999999999999999; &#x; &#12a; &#13;x",
    "<b>&amp;</b>\n&amp;", "&amp;\n<b>\n&amp;", "&amp;amp;amp;amp;lt;", "&am&#112;;", "&amp&semi;", "&CounterClockwiseContourIntegral;", "\x1b[36;44mI'm blue\x1b[0m",
    "\x1b[１m\x1b[;m\x1b[12\x1b[1", "a\r\nb\rc\u2028d\u2029e\x85f", "\ufeffone\u206atwo\ufff9three\ufffc\x7f\x0b\x0c", "À\x80", "À\n", "xÀ\ny",
    "í\xa0½í¸\x8d", "í\xa0½í¸\n", "í\xa0½í¸", "í\xa0½x", "Ã\x83\x83\x83\x83", "Ãƒƒƒƒƒƒ", "Î²Î»", "Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "РїСЂРёРІРµС‚", "вЂњx вЂќ", "ГўВЂВњ x", "ГўВЂВњx", "ГўВЂВ\n ",
    "Γ©Β°Ο�", "ΓΒ£Β", "ā€œx", "√†", "√© ≈°", "‚Äì ‚Äôs ‚óè", "×² ×", "Ø§Ù„Ø³", "à²¨à²®", "œA œ1", "É°", "a Ã  b", "Â Â ", ". Â “x", "3 Â°", "├⌐ ┬ó ╨ƒ", "Å Å¡", "a¶", "ªb ºc",
    "ŉ Ǆ ﬅ ﬃ", "￣ ﾞ ｶﾞ ﾡ ￦", "e\u0301 \u1100\u1161 \u0958 \u2126 \U0001d15e", "ʼ ‘’‚‛ “”„‟", "RUF MICH ZURÃœCK", "Ãœber", "Ã¼ber „Ã¤“", "├í├®", "Â¡Â¿", "CÃ´te dâ€™Ivoire",
    "Ã¢â‚¬Å“loaÃ¢â‚¬Â\x9d", "Ã°Å¸Ëœâ€š", "ðŸ˜", "ðŸ˜‚ ðŸ", "â€ ", "â€?x", "â‚¬ Â£ Ä€", "ä½\xa0å¥½", "ä½ å¥½", "å…ˆ", "\x1a Ã©", "Ã©\x1a", "ï»¿text", "Ã\x8dÂ\x9e", "\x81\x8d", "\x91x\x92 \x81",
]
WORDS = ["naïve", "Zürich", "“quoted”", "it’s", "—", "…", "привет", "Київ", "γειά", "日本語", "한글", "😂", "👍🏽", "نعم", "שלום", "हिन्दी", "ĂÂŢ", "Łódź", "Žižek", "ąęķ", "İıĞş", "ÀÈÌ", "50 €", "100 °C",
         "3½", "ﬁn", "ŉ", "Ǆ", "ＡＢ", "ｶﾞ", "　", "à", " à la ", "\xa0", "\u200d", "ÿ", "©®™", "\ufffd", "Ã", "Â ", "ƒ", "plain", "words", "a", " ", "x < y", "AT&T", "1;2"]
MORE = ["\n", "\r\n", "\r", "\u2028", "\x85", "\x1b[31m", "\x1b[", "\x00", "\x07", "\x1a", "?", "\x80", "\x9d", "\xad", "\ufeff", "\u206a", "\ufffc", "&amp;", "&lt;", "&#", ";", "e\u0301", "\u0323\u0301", " ", " "]


def fits(text):
    return "\0" not in text and not any(0xD800 <= ord(c) < 0xE000 for c in text)


def piece(rand):
    how = rand.random()
    if how < 0.55:
        return rand.choice(WORDS)
    if how < 0.65:
        return rand.choice(MORE)
    if how < 0.7:
        return rand.choice(list(HTML_ENTITIES))[:rand.choice([30, 30, 30, 4])]
    if how < 0.73:
        return f"&#{rand.choice(['', 'x', 'X'])}{rand.choice(['%d', '%x'])};" % rand.choice([rand.randrange(300), rand.randrange(0x3000), rand.randrange(0x120000)])
    if how < 0.75:
        return chr(rand.choice(list(LIGATURES)))
    if how < 0.78:
        return chr(rand.choice([rand.randrange(0xFF00, 0xFFF0), rand.randrange(0x2010, 0x2030), rand.randrange(0x300, 0x370)]))
    if how < 0.9:
        return chr(rand.choice([rand.randrange(0x80, 0x250), rand.randrange(0x370, 0x500), rand.randrange(0x2000, 0x2600), rand.randrange(0x20, 0x80)]))
    return chr(rand.choice([rand.randrange(1, 0xD800), rand.randrange(0xE000, 0x110000)]))


def misread(rand, text):
    """The text's bytes in UTF-8, some perhaps lost or changed, read as another encoding's."""
    data = text.encode("utf-8")
    if rand.random() < 0.1:
        data = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass").encode("utf-8")
        data = b"".join(c.encode("utf-16-be").decode("utf-16-be").encode() if ord(c) < 0x10000 else
                        b"".join(chr(int.from_bytes(half, "big")).encode("utf-8", "surrogatepass") for half in (c.encode("utf-16-be")[:2], c.encode("utf-16-be")[2:]))
                        for c in text)
    if rand.random() < 0.3:
        at = rand.randrange(len(data) + 1)
        data = data[:at] + rand.choice([b"", b"\x1a", b"?", b" ", b"\xc3", b"\xed", b"\xc0\x80"]) + data[at + rand.randrange(2):]
    if rand.random() < 0.2:
        data = data.replace(b"\xa0", b" ")
    encoding = rand.choice(CHARMAP_ENCODINGS)
    if rand.random() < 0.15 and encoding.startswith("sloppy-"):
        return data.decode(encoding[7:], "replace")
    return data.decode(encoding)


def damaged(rand):
    texts = ["".join(rand.choice(["", "", " "]) + piece(rand) for _ in range(rand.randrange(1, 8))) for _ in range(rand.choice([1, 1, 2]))]
    for _ in range(rand.choice([0, 1, 1, 1, 2, 2, 3])):
        texts = [misread(rand, text) if rand.random() < 0.8 else text for text in texts]
        if rand.random() < 0.1:
            texts = [html.escape(text) for text in texts]
    text = rand.choice(["", " ", "\n"]).join(texts)
    if rand.random() < 0.15:
        characters = list(text)
        rand.shuffle(characters)
        text = "".join(characters)
    return text if rand.random() < 0.9 else text[:rand.randrange(len(text) + 1)]


def pairs(texts):
    for text in texts:
        if fits(text):
            yield text, fix_text(text)


def main():
    n, seed = (int(argument) for argument in sys.argv[1:3]) if len(sys.argv) > 2 else (600, 0)
    rand = random.Random(seed)
    texts = KNOWN + [text for text in (damaged(rand) for _ in range(n)) if len(sys.argv) > 2 or len(text) < 40]
    print("[" + ",\n".join(json.dumps(pair, ensure_ascii=False) for pair in pairs(texts)) + "]")


main()
