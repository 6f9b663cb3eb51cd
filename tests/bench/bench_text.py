# SPDX-License-Identifier: LGPL-2.1-or-later
"""Speed of tokenizers beside PyPI's in one run: bench_text.py BENCH-TEXT MEGABYTES FOLDER...

Each folder holds a tokenizer.json. Seconds are processor time of one thread; ids are compared. English and code are what the machine
has in its documentation and its headers, each file once; Chinese and Japanese are drawn at random, the first characters of each block
more often."""
import array
import glob
import os
import random
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import Tokenizer  # noqa: E402

PIECE = 10000


def gather(patterns, size):
    text = ""
    for path in sorted(path for pattern in patterns for path in glob.glob(pattern, recursive=True)):
        if os.path.isfile(path) and len(text) < size:
            with open(path, encoding="utf-8", errors="ignore") as f:
                text += f.read(size // 8).replace("\0", "")
    return [text[at:at + PIECE] for at in range(0, min(size, len(text)), PIECE)]


def han_and_kana(size):
    draw = random.Random(1)
    blocks = ((0x4E00, 5000, 6), (0x3041, 83, 3), (0x30A1, 86, 1))
    text = ""
    while len(text) * 3 < size:
        base, count, _ = draw.choices(blocks, [weight for _, _, weight in blocks])[0]
        text += "".join(chr(base + int(count * draw.random() ** 3)) for _ in range(draw.randrange(1, 5)))
        text += draw.choices(("", "、", "。", "\n"), (20, 3, 2, 1))[0]
    return [text[at:at + PIECE // 3] for at in range(0, len(text), PIECE // 3)]


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


def measure_ours(program, folder, texts):
    with tempfile.TemporaryDirectory() as work:
        names = os.path.join(work, "texts"), os.path.join(work, "ids")
        with open(names[0], "wb") as f:
            f.write(b"".join(text.encode() + b"\0" for text in texts))
        output = subprocess.run([program, folder, *names], check=True, capture_output=True, text=True).stdout
        with open(names[1], "rb") as f:
            return tuple(map(float, output.split())), array.array("q", f.read())


def main(program, megabytes, *folders):
    size = int(float(megabytes) * 1e6)
    kinds = {"English": gather(["/usr/share/doc/**/*", "/usr/share/common-licenses/*", "/usr/share/perl/**/*.pod"], size),
             "code": gather(["/usr/include/**/*.h", "/usr/lib/python3*/**/*.py"], size),
             "Chinese, Japanese": han_and_kana(size), "one word of a": ["a" * size]}
    print("| tokenizer | text | MB | load ms, ours (theirs) | cold MB/s | theirs | x | warm MB/s | theirs | x | ids |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for folder in folders:
        for kind, texts in kinds.items():
            mb = sum(len(text.encode()) for text in texts) / 1e6
            (theirs, their_ids), (ours, our_ids) = measure_reference(folder, texts), measure_ours(program, folder, texts)
            print(f"| {os.path.basename(folder)} | {kind} | {mb:.1f} | {ours[0] * 1e3:.0f} ({theirs[0] * 1e3:.0f})", end="")
            for mine, other in zip(ours[1:], theirs[1:]):
                print(f" | {mb / mine:.1f} | {mb / other:.2f} | {other / mine:.1f}", end="")
            print(" | equal |" if our_ids == their_ids else " | **differ** |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
