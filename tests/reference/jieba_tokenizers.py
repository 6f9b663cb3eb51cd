# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes small folders of the tokenizers that work with Jieba's words, with what the reference answers when its dictionary is the made-up one
of tests/text/jieba: jieba_tokenizers.py JIEBA OUT [SEED]."""
import json
import os
import random
import sys

import jieba
import jieba.finalseg
import rjieba
import sentencepiece
from transformers import AutoTokenizer, XLNetTokenizer
from transformers.convert_slow_tokenizer import XLNetConverter

import jieba_goldens

FIELDS = ("input_ids", "token_type_ids", "special_tokens_mask", "attention_mask")


def install(folder):
    tables = {}
    for name in ("prob_start", "prob_trans", "prob_emit"):
        with open(os.path.join(folder, "finalseg", name + ".py")) as file:
            exec(file.read(), tables)
        tables[name] = tables["P"]
    jieba.finalseg.start_P, jieba.finalseg.trans_P, jieba.finalseg.emit_P = (tables[n] for n in ("prob_start", "prob_trans", "prob_emit"))
    python, rust = jieba.Tokenizer(os.path.join(folder, "dict.txt")), rjieba.Jieba.empty()
    python.cache_file = f"/tmp/jieba-{os.getpid()}.cache"
    with open(os.path.join(folder, "dict.txt")) as file:
        rows = [line.split() for line in file]
    for word, count, tag in rows:
        if int(count):
            rust.add_word(word, int(count), tag)
    jieba.cut, rjieba.cut, rjieba.tokenize = python.cut, rust.cut, rust.tokenize
    return [row[0] for row in rows]


def write(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


def make_folders(out, words, texts, rng):
    some, letters = rng.sample(words, 60), jieba_goldens.LETTERS[:30] + list("abcxyz0123456789.-+，。é")
    write(f"{out}/roformer-small", "config.json", '{"model_type": "roformer"}\n')
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    write(f"{out}/roformer-small", "vocab.txt", "\n".join(dict.fromkeys(marks + some + letters + ["##" + c for c in letters[::2]])) + "\n")
    write(f"{out}/cpmant-small", "config.json", '{"model_type": "cpmant"}\n')
    marks = ["<pad>", "<unk>", "<s>", "</s>", "<d>", "</d>", "</n>", "</_>"]
    write(f"{out}/cpmant-small", "vocab.txt", "\n".join(dict.fromkeys(marks + some + letters)) + "\n")
    folder = f"{out}/cpm-small"
    write(folder, "config.json", '{"model_type": "gpt2", "tokenizer_class": "CpmTokenizer"}\n')
    jieba_words = [w for text in texts for w in jieba.cut(text)] + some
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(w for w in jieba_words if w.strip()).replace("\r", "")] * 2 + ["▂ ▃ ▂ ▃"]), model_prefix=f"{folder}/spiece", vocab_size=160,
        normalization_rule_name="identity", user_defined_symbols=["<cls>", "<sep>", "<pad>", "<mask>", "<eod>", "<eop>", "▂", "▃"],
        hard_vocab_limit=False, character_coverage=1.0, minloglevel=2, num_threads=1)
    os.remove(f"{folder}/spiece.vocab")
    XLNetConverter(XLNetTokenizer(f"{folder}/spiece.model")).converted().save(f"{folder}/tokenizer.json", pretty=False)


def answer(tok, text, pair, kwargs):
    try:
        encoded = tok(text, pair, return_special_tokens_mask=True, **(dict(kwargs, return_offsets_mapping=True) if tok.is_fast else kwargs))
    except Exception as error:  # noqa: BLE001: what the reference refuses is an answer
        return {"error": type(error).__name__}
    out = {name: encoded[name] for name in FIELDS if name in encoded}
    ids = encoded["input_ids"]
    out["tokens"] = tok.convert_ids_to_tokens(ids)
    if tok.is_fast:
        out.update(offsets=encoded["offset_mapping"], word_ids=encoded.word_ids())
    out["decoded"] = tok.decode(ids)
    out["decoded_skip_special"] = tok.decode(ids, skip_special_tokens=True)
    out["decoded_clean"] = {str(c).lower(): tok.decode(ids, clean_up_tokenization_spaces=c) for c in (True, False)}
    return out


def make_cases(folder, texts, calls):
    toks = {side: AutoTokenizer.from_pretrained(folder, use_fast=side == "fast") for side in ("slow", "fast")}
    if not toks["fast"].is_fast:
        toks["fast"] = None
    cases = [{"op": "call", "text": text, "pair": None, "kwargs": {}} for text in texts]
    cases += [{"op": "call", "text": a, "pair": b, "kwargs": kwargs} for a, b, kwargs in calls]
    for i, case in enumerate(cases):
        case["id"] = i
        for side, tok in toks.items():
            case[side] = tok and answer(tok, case["text"], case["pair"], case["kwargs"])
    head = {"type": os.path.basename(folder), "class_slow": type(toks["slow"]).__name__, "class_fast": toks["fast"] and type(toks["fast"]).__name__}
    rows = ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases)
    write(folder, "cases.json", json.dumps(head)[:-1] + ', "cases": [\n' + rows + "\n]}\n")


def main():
    source, out, seed = sys.argv[1], sys.argv[2], int((sys.argv + ["0"])[3])
    rng = random.Random(seed)
    words = install(source)
    texts = ["", " ", "\n \r\n\t", "[MASK]a<mask>一 <s>丁</s>"] + [jieba_goldens.make_text(rng, words, jieba_goldens.LETTERS) for _ in range(8)]
    calls = [(texts[i], texts[i + 5], kwargs) for i in (5,) for kwargs in ({}, {"truncation": True, "max_length": 12}, {"add_special_tokens": False})]
    calls += [(texts[i], None, {"padding": "max_length", "max_length": 30, "truncation": True}) for i in (7, 8)]
    make_folders(out, words, texts, rng)
    for name in ("roformer-small", "cpmant-small", "cpm-small"):
        folder = os.path.join(out, name)
        make_cases(folder, texts, calls)


if __name__ == "__main__":
    main()
