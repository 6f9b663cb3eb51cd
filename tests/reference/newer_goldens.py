#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tests/text/goldens/newer.json: what tokenizers 0.19.1 makes of settings that version 0.15 doesn't know.

  newer_goldens.py FILE

The goldens are as tokenizer_goldens.py has them.
"""
import json
import sys

import tokenizers
from tokenizers import Tokenizer

TEXTS = ["", " ", "a b", "  ab  ba ", "<s>ab<s> b", "a\u2581b \u2581a", "b <s>  a", "aab bba a", "c a\nb"]
WORDS = ["<unk>", "\u2581", "a", "b", "\u2581a", "\u2581\u2581", "ab", "\u2581ab", "b\u2581", "b\u2581a", "\u2581b", "ba", "<s>"]
MERGES = [("\u2581", "a"), ("b", "\u2581a"), ("a", "b"), ("\u2581", "\u2581"), ("b", "\u2581"), ("\u2581a", "b"), ("\u2581", "b"), ("b", "a")]


def clean(text):
    for old, new in ((" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")):
        text = text.replace(old, new)
    return text


def answer(tok, text):
    e = tok.encode(text)
    decoded = [tok.decode(e.ids, skip_special_tokens=skip) for skip in (False, True)]
    return {"text": text, "ids": [e.ids], "types": [e.type_ids], "attention": [e.attention_mask], "special": [e.special_tokens_mask], "offsets": [[list(o) for o in e.offsets]],
            "tokens": [e.tokens], "words_of": [[-1 if w is None else w for w in e.word_ids]], "sequences": [[0] * len(e.ids)], "sample": [0], "decoded": [decoded], "cleaned": [clean(decoded[0])]}


def goldens():
    bpe = {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": False, "ignore_merges": False,
           "vocab": {word: i for i, word in enumerate(WORDS)}, "merges": [" ".join(pair) for pair in MERGES]}
    unigram = {"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": [[word, -1.5 * (i % 5) - 1] for i, word in enumerate(WORDS)]}
    added = {"id": 12, "content": "<s>", "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    for scheme in ("always", "first", "never"):
        for split in (True, False):
            for model in (bpe, unigram):
                part = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": scheme, "split": split}
                data = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [added], "normalizer": None, "pre_tokenizer": part, "post_processor": None, "decoder": part, "model": model}
                yield f"newer-{scheme}-{'split' if split else 'whole'}-{model['type'].lower()}", data


def main():
    assert tokenizers.__version__ == "0.19.1", tokenizers.__version__
    lines = []
    for name, data in goldens():
        tok = Tokenizer.from_str(json.dumps(data))
        golden = {"tokenizer": data, "config": {}, "cases": [answer(tok, text) for text in TEXTS]}
        lines.append(f"{json.dumps(name)}: {json.dumps(golden, separators=(',', ':'))}")
    with open(sys.argv[1], "w", encoding="utf-8") as f:
        f.write("{\n" + ",\n".join(lines) + "\n}\n")


main()
