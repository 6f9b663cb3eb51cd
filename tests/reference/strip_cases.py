# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tokenizer_config.json and cases.json of tests/text/tokenizers/gpt2-strips: added tokens that take the spaces around them, or must stand
alone, with what both of the reference's classes answer: strip_cases.py FOLDER."""
import json
import os
import sys

from transformers import AutoTokenizer

TEXTS = ["a  <l>  b", "a  <r>  b", "a  <b>  b", "a <w> b", "a<w> b", "a ing b", "aing b", "ing", "singing ing", "<l><r> <b> <l>\n<r>\tx", " <b> "]


def token(content, **flags):
    return {"content": content, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": False, **flags}


def main(folder):
    added = {"606": token("<|endoftext|>", special=True), "607": token("<l>", lstrip=True), "608": token("<r>", rstrip=True),
             "609": token("<b>", lstrip=True, rstrip=True), "610": token("<w>", single_word=True), "291": token("ing", single_word=True)}
    with open(os.path.join(folder, "tokenizer_config.json"), "w") as file:
        json.dump({"added_tokens_decoder": added, "tokenizer_class": "GPT2Tokenizer", "unk_token": "<|endoftext|>"}, file, indent=1)
    cases = [{"op": "call", "text": text, "pair": None, "kwargs": {}, "id": i} for i, text in enumerate(TEXTS)]
    for side in ("slow", "fast"):
        tokenizer = AutoTokenizer.from_pretrained(folder, use_fast=side == "fast")
        for case in cases:
            made = tokenizer(case["text"], return_offsets_mapping=side == "fast")
            case[side] = {"input_ids": made.input_ids, "tokens": tokenizer.convert_ids_to_tokens(made.input_ids),
                          "decoded": tokenizer.decode(made.input_ids)}
            if side == "fast":
                case[side]["offsets"] = made.offset_mapping
    with open(os.path.join(folder, "cases.json"), "w") as file:
        file.write("{\"cases\": [\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]}\n")


if __name__ == "__main__":
    main(sys.argv[1])
