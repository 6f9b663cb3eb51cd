# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what the reference answers to calls with pages' boxes and words' labels, over folders of tests/text/tokenizers:
page_calls.py FOLDERS OUT."""
import json
import os
import random
import sys

from transformers import AutoTokenizer

FOLDERS = ("layoutlmv2-raw", "layoutlmv3-raw", "layoutxlm-cuts")
WORDS = ["hello", "a", "capital", "12345", "caf\u00e9", "\u5317\u4eac", "total:", "unhappiness", ""]
QUESTIONS = ["What is it?", "What is the total? What is the total?", "x"]
FIELDS = ("input_ids", "bbox", "labels", "overflowing_tokens", "overflowing_token_boxes", "overflowing_labels", "num_truncated_tokens",
          "overflow_to_sample_mapping")


def draw(rng, number, fast):
    pages = [[WORDS[0]] + [rng.choice(WORDS) for _ in range(rng.randint(2, 5))] for _ in range(rng.randint(1, 2))]
    questions = None if rng.random() < 0.4 else [rng.choice(QUESTIONS) for _ in pages]
    kwargs = {"boxes": [[[rng.randint(0, 99) for _ in range(4)] for _ in page] for page in pages], "max_length": rng.choice([16, 20, 24] if questions else [9, 11, 14]),
              "word_labels": [[rng.randint(0, 9) for _ in page] for page in pages],
              "truncation": rng.choice(["only_first", "only_second", "longest_first"] if questions else ["only_first", "longest_first"])}
    if fast and questions:
        del kwargs["word_labels"]  # the words of questions would need some
    kwargs.update(return_overflowing_tokens=True) if rng.random() < 0.8 else None
    kwargs.update(padding="max_length") if rng.random() < 0.3 else None
    kwargs.update(stride=1) if rng.random() < 0.3 else None
    settings = {"only_label_first_subword": number % 3 > 0, "padding_side": "left" if number % 4 == 3 else "right"}
    return pages, questions, kwargs, settings


def main(folders, out):
    rng, lines = random.Random(5), []
    for folder in FOLDERS:
        for fast in (True, False):
            tokenizer = AutoTokenizer.from_pretrained(os.path.join(folders, folder), use_fast=fast)
            made = 0
            while made < 6:
                pages, questions, kwargs, settings = draw(rng, made, fast)
                for name, value in settings.items():
                    setattr(tokenizer, name, value)
                try:
                    answer = tokenizer(pages, **kwargs) if questions is None else tokenizer(questions, pages, **kwargs)
                except Exception:  # there is too little to cut
                    continue
                words = questions and [question.split() if fast else [question] for question in questions]
                lines.append(json.dumps({"folder": folder, "fast": fast, "set": settings, "text": words or pages, "pair": words and pages, "kwargs": kwargs,
                                         "answer": {name: answer[name] for name in FIELDS if name in answer}}, separators=(",", ":")))
                made += 1
    with open(out, "w") as file:
        file.write("{\"cases\": [\n" + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
