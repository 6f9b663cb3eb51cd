# SPDX-License-Identifier: LGPL-2.1-or-later
"""Appends to the cases.json of a folder with a tokenizer of pages what the reference's Python class answers when it cuts pages and their
questions on either side: page_cuts.py FOLDER."""
import json
import os
import random
import sys

from transformers import AutoTokenizer

WORDS = ["hello", "a", "capital", "12345", "caf\u00e9", "\u5317\u4eac", "total:", "unhappiness"]
QUESTIONS = [None, "What is it?", "What is the total? What is the total?", "x"]
FIELDS = ("input_ids", "token_type_ids", "attention_mask", "bbox", "labels", "overflowing_tokens", "num_truncated_tokens")


def draw(rng, number):
    words = [rng.choice(WORDS) for _ in range(rng.randint(4, 7))]
    question = rng.choice(QUESTIONS)
    kwargs = {"boxes": [[i + 1, i + 2, i + 3, i + 4] for i in range(len(words))], "truncation": rng.choice([True, "only_first", "only_second"]),
              "max_length": rng.choice([7, 9, 10, 12, 16])}
    if rng.random() < 0.5:
        kwargs["stride"] = rng.choice([1, 2, 5])
    if rng.random() < 0.5 and kwargs["truncation"] is not True:
        kwargs["return_overflowing_tokens"] = True
    if question is None and kwargs["truncation"] is True:
        kwargs.update(return_overflowing_tokens=True, word_labels=list(range(len(words))))
    text, pair = (words, None) if question is None else (question, words)
    return {"op": "call", "text": text, "pair": pair, "kwargs": kwargs, "set": {"truncation_side": "left" if number % 2 else "right"}}


def main(folder):
    path = os.path.join(folder, "cases.json")
    rng, text = random.Random(3), "{\"cases\": [\n]}\n"
    if os.path.exists(path):
        with open(path) as file:
            text = file.read()
    known = json.loads(text)["cases"]
    tokenizer = AutoTokenizer.from_pretrained(folder, use_fast=False)
    lines = []
    for number in range(12):
        case = draw(rng, number)
        tokenizer.truncation_side = case["set"]["truncation_side"]
        made = tokenizer(*[part for part in (case["text"], case["pair"]) if part is not None], **case["kwargs"])
        case.update(id=len(known) + 900 + number, slow={name: made[name] for name in FIELDS if name in made}, fast=None)
        lines.append(json.dumps(case, separators=(",", ":")))
    kept = text.rstrip().removesuffix("]}").rstrip()
    with open(path, "w") as file:
        file.write(kept + (",\n" if known else "\n") + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main(sys.argv[1])
