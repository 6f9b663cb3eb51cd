# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what the reference makes of rows that are put together (pad) and of ids (prepare_for_model), for the classes that have more in a row
than ids, types and a mask: token_rows.py TOKENIZERS > token-rows.json, where TOKENIZERS is tests/text/tokenizers."""
import copy
import json
import math
import os
import sys

import pandas
from transformers import AutoTokenizer

SENTENCES = ["Paris is the capital of France.", "  New York is big."]
SPANS = [[(0, 5), (24, 30)], [(2, 10)]]
TABLE = {"name": ["Ann", "Bob"], "age": ["5", "7"]}
QUESTIONS = ["How old is Ann?", "Who is it that is 7 years old?"]
WORDS = ["中", "国", "hello", "a", "[UNK]", "是"]
PADS = [{}, {"padding": "max_length", "max_length": 32}, {"pad_to_multiple_of": 8}]


def plain(value):
    if hasattr(value, "items"):
        return {name: plain(item) for name, item in dict(value).items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def padded(tokenizer, calls, keywords):
    rows = []
    for call in calls:
        call = dict(call)
        text = call.pop("text")
        if "table" in call:
            call["table"] = pandas.DataFrame(call["table"])
            rows.append(dict(tokenizer(queries=text, **call)))
        else:
            rows.append(dict(tokenizer(text, **call)))
    return plain(tokenizer.pad(copy.deepcopy(rows), **keywords))


def main(folders):
    cases = []

    def load(folder, options):
        return AutoTokenizer.from_pretrained(os.path.join(folders, folder), use_fast=False, **options)

    def add_pad(folder, options, calls, keywords):
        cases.append({"folder": folder, "load": options, "calls": calls, "pad": keywords, "expected": padded(load(folder, options), calls, keywords)})

    def add_ids(folder, options, given, keywords):
        made = load(folder, options).prepare_for_model(**given, **keywords)
        cases.append({"folder": folder, "load": options, "ids": given, "keywords": keywords, "expected": plain(made)})

    luke, span = {"max_mention_length": 3}, {"max_mention_length": 3, "task": "entity_span_classification", "padding_side": "left"}
    for folder, options, more in (("luke-raw", luke, {}), ("luke-raw", span, {"return_token_type_ids": True}), ("mluke-raw", span, {})):
        calls = [{"text": text, "entity_spans": spans, **more} for text, spans in zip(SENTENCES, SPANS)]
        for keywords in [*PADS, {**PADS[1], "max_entity_length": 3}]:
            add_pad(folder, options, calls, keywords)
        add_pad(folder, options, calls[:1], {})
    answers = [{"answer_coordinates": [(0, 1)], "answer_text": ["5"]}, {"answer_coordinates": [(1, 0)], "answer_text": ["Bob"]}]
    for options in ({}, {"padding_side": "left"}):
        calls = [{"text": text, "table": TABLE, **answer} for text, answer in zip(QUESTIONS, answers)]
        for keywords in PADS[:2]:
            add_pad("tapas-raw", options, calls, keywords)
    add_pad("tapas-raw", {}, [{"text": text, "table": TABLE} for text in QUESTIONS], {})
    for keywords in PADS:
        add_pad("roc_bert-raw", {}, [{"text": text} for text in ("hello", "中国 is")], keywords)

    tokenizer = load("roc_bert-raw", {})
    ids, shapes, sounds = (convert(WORDS) for convert in (tokenizer.convert_tokens_to_ids, tokenizer.convert_tokens_to_shape_ids,
                                                         tokenizer.convert_tokens_to_pronunciation_ids))
    cases.append({"folder": "roc_bert-raw", "tokens": WORDS, "expected": {"input_shape_ids": shapes, "input_pronunciation_ids": sounds}})
    one = {"ids": ids, "shape_ids": shapes, "pronunciation_ids": sounds}
    two = {**one, "pair_ids": ids[:3], "pair_shape_ids": [5, 6, 7], "pair_pronunciation_ids": [9, 8, 7]}
    for given in (one, two):
        for keywords in ({}, {"truncation": True, "max_length": 6}, {"padding": "max_length", "max_length": 15}, {"add_special_tokens": False}):
            add_ids("roc_bert-raw", {}, given, keywords)
    ids = load("luke-raw", luke).convert_tokens_to_ids(load("luke-raw", luke).tokenize(SENTENCES[0]))
    one = {"ids": ids, "entity_ids": [1, 2, 0], "entity_token_spans": [(0, 2), (4, 9), (9, 10)]}
    two = {**one, "pair_ids": ids[:4], "pair_entity_ids": [1, 3], "pair_entity_token_spans": [(1, 2), (2, 9)]}
    for options in (luke, span):
        for given in (one, two):
            for keywords in ({}, {"truncation": "only_first", "max_length": 11}, {"padding": "max_length", "max_length": 24, "max_entity_length": 5},
                             {"add_special_tokens": False}):
                add_ids("luke-raw", options, given, keywords)
    print("[" + ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases) + "]")


if __name__ == "__main__":
    main(sys.argv[1])
