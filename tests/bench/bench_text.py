# SPDX-License-Identifier: LGPL-2.1-or-later
"""Speed of tokenizers beside PyPI's in one run: bench_text.py [--words FILE] BENCH-TEXT MEGABYTES FOLDER...

Each folder holds a tokenizer.json. Seconds are processor time of one thread, the least of two runs, cold and warm apart; of ours each is the
least of some in a row, since a virtual machine may take as long as a pass over the texts to give memory back that it took away in a pause. Ids are
compared. English and code are what the machine has in its documentation and its headers, each file once; Chinese and Japanese are drawn
at random, the first characters of each block more often; with FILE, lines of "word count" such as a dictionary of a word segmenter, there
is also a text of its words, drawn as often as they are used. The others are single texts: one letter again and again, letters without spaces,
random bytes of which malformed ones are U+FFFD."""
import argparse
import array
import glob
import gzip
import json
import os
import random
import subprocess
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import Tokenizer  # noqa: E402

PIECE = 10000
ROUNDS = 2
IN_A_ROW = 4


def read_text(path, size):
    try:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
            return f.read(size).replace("\0", "")
    except (OSError, EOFError, UnicodeDecodeError):
        return ""


def cut(text, piece):
    return [text[at:at + piece] for at in range(0, len(text), piece)]


def gather(patterns, size):
    parts, length = [], 0
    for path in sorted(path for pattern in patterns for path in glob.glob(pattern, recursive=True)):
        if os.path.isfile(path) and length < size:
            parts.append(read_text(path, size // 8))
            length += len(parts[-1])
    return cut("".join(parts)[:size], PIECE)


def han_and_kana(size):
    draw = random.Random(1)
    blocks = ((0x4E00, 5000, 6), (0x3041, 83, 3), (0x30A1, 86, 1))
    parts, length = [], 0
    while length * 3 < size:
        base, count, _ = draw.choices(blocks, [weight for _, _, weight in blocks])[0]
        parts.append("".join(chr(base + int(count * draw.random() ** 3)) for _ in range(draw.randrange(1, 5))))
        parts.append(draw.choices(("", "、", "。", "\n"), (20, 3, 2, 1))[0])
        length += len(parts[-2]) + len(parts[-1])
    return cut("".join(parts), PIECE // 3)


def words_of(path, size):
    rows = [line.split() for line in open(path, encoding="utf-8")]
    draw = random.Random(4)
    words = draw.choices([row[0] for row in rows], [float(row[1]) for row in rows], k=size // 4)
    marks = draw.choices(("", "，", "。", "\n"), (20, 3, 2, 1), k=len(words))
    text = "".join(word + mark for word, mark in zip(words, marks))
    return cut(text.encode()[:size].decode("utf-8", "ignore"), PIECE // 3)


def letters(size):
    weights = [8, 2, 3, 4, 12, 2, 2, 6, 7, 1, 1, 4, 3, 7, 8, 2, 1, 6, 6, 9, 3, 1, 2, 1, 2, 1]
    return "".join(random.Random(3).choices("abcdefghijklmnopqrstuvwxyz", weights, k=size))


def noise(size):
    return random.Random(2).randbytes(size // 2).decode("utf-8", "replace").replace("\0", "")  # U+FFFD takes three bytes


def as_once_written(text):
    """Without what tokenizers 0.15.2 doesn't know: a setting that we obey, and merges as lists of two."""
    model = json.loads(text)["model"]
    if not isinstance((model.get("merges") or [""])[0], list):
        return text.replace('"ignore_merges": true', '"ignore_merges": false')
    parts = json.loads(text)
    parts["model"].update(ignore_merges=False, merges=[" ".join(merge) for merge in model["merges"]])
    return json.dumps(parts, ensure_ascii=False)


def measure_reference(folder, texts):
    start = time.process_time()
    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    loaded = time.process_time()
    ids = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    cold = time.process_time()
    tokenizer.encode_batch(texts)
    return (loaded - start, cold - loaded, time.process_time() - cold), array.array("q", (i for row in ids for i in row))


def measure_ours(program, folder, names):
    output = subprocess.run([program, folder, *names], check=True, capture_output=True, text=True).stdout
    with open(names[1], "rb") as f:
        return tuple(map(float, output.split())), array.array("q", f.read())


def measure(program, folder, texts):
    theirs, ours = [], []
    with tempfile.TemporaryDirectory() as work:
        names = os.path.join(work, "texts"), os.path.join(work, "ids")
        with open(names[0], "wb") as f:
            f.write(b"".join(text.encode() + b"\0" for text in texts))
        with open(os.path.join(folder, "tokenizer.json"), encoding="utf-8") as f, open(os.path.join(work, "tokenizer.json"), "w", encoding="utf-8") as g:
            g.write(as_once_written(f.read()))
        for _ in range(ROUNDS):
            seconds, their_ids = measure_reference(work, texts)
            theirs.append(seconds)
            for _ in range(IN_A_ROW):
                seconds, our_ids = measure_ours(program, work, names)
                ours.append(seconds)
    return tuple(map(min, zip(*ours))), tuple(map(min, zip(*theirs))), our_ids == their_ids


def main(arguments):
    size = int(float(arguments.megabytes) * 1e6)
    kinds = {"English": gather(["/usr/share/doc/**/*", "/usr/share/common-licenses/*", "/usr/share/perl/**/*.pod"], size),
             "code": gather(["/usr/include/**/*.h", "/usr/lib/python3*/**/*.py"], size), "Chinese, Japanese": han_and_kana(size),
             "one word of a": ["a" * size], "no spaces": [letters(size)], "random bytes": [noise(size)]}
    if arguments.words:
        kinds["words of a dictionary"] = words_of(arguments.words, size)
    print("| tokenizer | text | MB | load ms, ours (theirs) | cold MB/s | theirs | x | warm MB/s | theirs | x | ids |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for folder in arguments.folders:
        for kind, texts in kinds.items():
            mb = sum(len(text.encode()) for text in texts) / 1e6
            ours, theirs, equal = measure(arguments.program, folder, texts)
            print(f"| {os.path.basename(folder)} | {kind} | {mb:.1f} | {ours[0] * 1e3:.0f} ({theirs[0] * 1e3:.0f})", end="")
            for mine, other in zip(ours[1:], theirs[1:]):
                print(f" | {mb / mine:.1f} | {mb / other:.2f} | {other / mine:.1f}", end="")
            print(" | equal |" if equal else " | **differ** |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--words")
    parser.add_argument("program")
    parser.add_argument("megabytes")
    parser.add_argument("folders", nargs="+")
    main(parser.parse_args())
