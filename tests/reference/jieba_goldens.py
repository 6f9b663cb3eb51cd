# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes a small made-up dictionary of Chinese words with a model of unknown ones, and how jieba and rjieba cut random texts with them.
With --dictionary FOLDER the words and the model are those of that folder (jieba's own), and only the cases are written."""
import argparse
import json
import os
import random
import shutil

import jieba
import jieba.finalseg
import rjieba

LETTERS = [chr(c) for c in range(0x4E00, 0x4E40)]
STRANGE = list("㐀鿖鿿豈𠀀 \t\r\n，。！?！…éñЖ한あアー０①½²'\"()[]<>/\\@$^*=~|;:\u00a0\u3000\u200b\u0301😀👍🏽")
LATIN = list("abcXYZ0123456789+#&._%-")
STATES = "BMES"


def make_words(rng):
    words = {}
    for _ in range(160):
        words["".join(rng.choice(LETTERS[:40]) for _ in range(rng.choice([1, 1, 2, 2, 2, 3, 4, 6])))] = rng.choice([1, 2, 3, 3, 10, 100, 5000])
    words.update({"T丁": 20, "c++": 3, "AT&T": 3, "丈丈丈": 0, "A1": 7, "%": 4, "㐀丁": 5, "丁鿖": 5, "𠀀𠀀": 9})
    lines = [f"{word} {count} n" for word, count in words.items()]
    return lines + [f"{word} {words[word] + 1} n" for word in rng.sample(sorted(words), 4) if words[word]]


def make_model(rng):
    start = {"B": -0.25, "E": -3.14e100, "M": -3.14e100, "S": -1.5}
    trans = {"B": {"E": -0.5, "M": -0.9}, "E": {"B": -0.6, "S": -0.8}, "M": {"E": -0.3, "M": -1.2}, "S": {"B": -0.7, "S": -0.65}}
    emit = {s: {c: -rng.choice([2.5, 4.0, 4.0, rng.uniform(3, 12)]) for c in rng.sample(LETTERS, 50)} for s in STATES}
    return start, trans, emit


def write_python(folder, start, trans, emit):
    os.makedirs(os.path.join(folder, "finalseg"), exist_ok=True)
    for name, value in (("prob_start", start), ("prob_trans", trans), ("prob_emit", emit)):
        with open(os.path.join(folder, "finalseg", name + ".py"), "w") as file:
            file.write("# SPDX-License-Identifier: LGPL-2.1-or-later\nfrom __future__ import unicode_literals\n\nP=" + ascii(value) + "\n")


def write_lines(folder, start, trans, emit):
    order = "BEMS"
    rows = [" ".join(repr(start[s]) for s in order)]
    rows += [" ".join(repr(trans[a].get(b, -3.14e100)) for b in order) for a in order]
    rows += ["#" + s + "\n" + ",".join(f"{c}:{v!r}" for c, v in emit[s].items()) for s in order]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "hmm_model.utf8"), "w") as file:
        file.write("#start, steps, characters\n" + "\n".join(rows) + "\n")


def make_text(rng, words, letters):
    parts = []
    for _ in range(rng.randrange(1, 24)):
        kind = rng.random()
        if kind < 0.4:
            parts.append(rng.choice(words))
        elif kind < 0.75:
            parts += rng.choices(letters, k=rng.randrange(1, 5))
        elif kind < 0.9:
            parts += rng.choices(LATIN, k=rng.randrange(1, 6))
        else:
            parts += rng.choices(STRANGE, k=rng.randrange(1, 3))
    return "".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    parser.add_argument("--dictionary")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--number", type=int, default=40)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    os.makedirs(args.out, exist_ok=True)
    path = os.path.join(args.dictionary or args.out, "dict.txt")
    if not args.dictionary:
        with open(path, "w") as file:
            file.write("\n".join(make_words(rng)) + "\n")
        model = make_model(rng)
        write_python(args.out, *model)
        write_lines(os.path.join(args.out, "lines"), *model)
        shutil.copy(path, os.path.join(args.out, "lines", "jieba.dict.utf8"))
        jieba.finalseg.start_P, jieba.finalseg.trans_P, jieba.finalseg.emit_P = model
    python, rust = jieba.Tokenizer(path), rjieba.Jieba() if args.dictionary else rjieba.Jieba.empty()
    python.cache_file = os.path.join("/tmp", f"jieba-{os.getpid()}.cache")
    with open(path) as file:
        rows = [line.split(" ") for line in file]
    for row in rows if not args.dictionary else []:
        if int(row[1]):
            rust.add_word(row[0], int(row[1]), row[2].strip())
    words = [row[0] for row in rows]
    letters = LETTERS if not args.dictionary else sorted({c for word in words for c in word})
    texts = ["", " ", "\r\n\r\r\n", "一" * 40, "丁丂" * 20] + [make_text(rng, words, letters) for _ in range(args.number)]
    cases = [{"text": text, "model": list(python.cut(text)), "python": list(python.cut(text, HMM=False)), "rust": rust.cut(text, False)}
             for text in texts]
    with open(os.path.join(args.out, "cases.json"), "w") as file:
        json.dump(cases, file, ensure_ascii=False, indent=None, separators=(",", ":"))
        file.write("\n")
    os.remove(python.cache_file)


if __name__ == "__main__":
    main()
