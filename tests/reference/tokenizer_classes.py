# SPDX-License-Identifier: LGPL-2.1-or-later
"""Asks AutoTokenizer of transformers 4.37.2 which class it takes, over combinations of what a folder and a call may say, and writes the
answers to tests/text/classes/tokenizer-classes.json for tests/text/test-tokenizer-classes.c: "contents", and cases with the files that
stand in the folder, what is asked for, and the class or the error. Also writes marks.json there, how each fast class matches
special tokens, and merges.json, which lines are merges."""
import itertools
import json
import os
import pathlib
import tempfile
import warnings

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
warnings.filterwarnings("ignore")

import transformers  # noqa: E402
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers  # noqa: E402
from transformers import AutoTokenizer, logging  # noqa: E402

logging.set_verbosity(logging.CRITICAL)
HERE = pathlib.Path(__file__).parent
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<unk>", "<s>", "</s>", "<pad>", "<mask>", "<|endoftext|>", "a", "b", "##b"]
IDS = {word: i for i, word in enumerate(WORDS)}
BACKEND = Tokenizer(models.WordPiece(IDS, unk_token="[UNK]"))
BACKEND.normalizer, BACKEND.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
CONTENTS = {
    "vocab.txt": "\n".join(WORDS) + "\n",
    "vocab.json": json.dumps(IDS),
    "merges.txt": "#version: 0.2\n",
    "tokenizer.json": BACKEND.to_str(),
}
FILES = {
    "words": ["vocab.txt"],
    "merges": ["vocab.json", "merges.txt"],
    "json": ["tokenizer.json"],
    "all": ["vocab.txt", "vocab.json", "merges.txt", "tokenizer.json"],
    "none": [],
}
CLASSES = [None, "BertTokenizer", "BertTokenizerFast", "GPT2Tokenizer", "GPT2TokenizerFast", "PreTrainedTokenizerFast", "CTRLTokenizer",
           "NoSuchTokenizer", "NoSuchTokenizerFast", "RobertaTokenizer", "PreTrainedTokenizer", "MPNetTokenizerFast", "bert", "", 3]
TYPES = [None, "bert", "gpt2", "roberta", "ctrl", "distilbert", "gpt_neox", "electra", "nosuch", "vit", "encoder-decoder", ""]


def combinations():
    """What stands in tokenizer_config.json and config.json (None: no such file), the other files, and what is asked for."""
    for name, files, fast in itertools.product(CLASSES, ("words", "merges", "all"), (True, False)):
        yield {} if name is None else {"tokenizer_class": name}, {"model_type": "bert"}, files, fast, None
    for kind, files, fast in itertools.product(TYPES, ("words", "all", "json"), (True, False)):
        yield None, {} if kind is None else {"model_type": kind}, files, fast, None
    for name, kind in itertools.product(CLASSES[1:8], ("bert", "gpt2", "nosuch", None)):
        config = {"tokenizer_class": name, **({"model_type": kind} if kind else {})}
        yield None, config, "all", True, None
        yield {"tokenizer_class": "GPT2Tokenizer"}, config, "all", False, None
        yield {"tokenizer_class": name}, None, "all", True, None
    for kind, files, fast in itertools.product(("bert", "gpt2", "ctrl", "gpt_neox", "nosuch", "vit"), ("words", "all"), (True, False)):
        yield {"tokenizer_class": "RobertaTokenizer"}, {"model_type": "bert"}, files, fast, kind
    for config, files, fast in itertools.product((None, {}, {"auto_map": {"AutoTokenizer": ["code.A", "code.B"]}},
                                                  {"auto_map": {"AutoTokenizer": ["code.A", None]}, "tokenizer_class": "BertTokenizer"}),
                                                 ("none", "json", "words"), (True, False)):
        yield config, None, files, fast, None
        yield config, {"model_type": "bert"}, files, fast, None
    yield {}, {"model_type": "encoder-decoder", "encoder": {"model_type": "bert"}, "decoder": {"model_type": "gpt2"}}, "all", True, None
    yield {}, {"model_type": "vision-encoder-decoder", "encoder": {"model_type": "vit"}, "decoder": {"model_type": "gpt2"}}, "all", True, None


def answer(folder, fast, kind):
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, use_fast=fast, trust_remote_code=False, **({"tokenizer_type": kind} if kind else {}))
        return {"class": type(tokenizer).__name__, "fast": tokenizer.is_fast}
    except Exception as error:
        return {"error": type(error).__name__}


MARKS = ["<s>", "</s>", "<unk>", "<pad>", "<mask>", "[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]", "<|endoftext|>", "<sep>", "<cls>", "<special0>", "__start__"]
FLAGS = ("lstrip", "rstrip", "single_word", "normalized", "special")


def marks():
    """How every fast class matches its special tokens, when a tokenizer.json has them already, and matches them in an unusual way."""
    ids = {mark: i for i, mark in enumerate(MARKS + ["a", "b"])}
    odd = {"lstrip": False, "rstrip": True, "single_word": True, "normalized": True, "special": True}
    listed = {str(ids[mark]): {"content": mark, **{**odd, "lstrip": True, "special": False}} for mark in ("<s>", "[CLS]", "<mask>", "[MASK]", "<unk>")}
    data = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [{"id": ids[mark], "content": mark, **odd} for mark in MARKS], "normalizer": {"type": "Lowercase"},
            "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": None, "decoder": None, "model": {"type": "WordLevel", "vocab": ids, "unk_token": "a"}}
    cases = []
    # PEGASUS takes no list where a tokenizer.json is; Blenderbot small is always its Python class
    for name in sorted(n for n in dir(transformers) if n.endswith("TokenizerFast") and n not in ("PreTrainedTokenizerFast", "PegasusTokenizerFast", "BlenderbotSmallTokenizerFast")):
        for more in ({}, {"added_tokens_decoder": listed}):
            config = {"tokenizer_class": name, **more}
            with tempfile.TemporaryDirectory() as folder:
                pathlib.Path(folder, "tokenizer.json").write_text(json.dumps(data))
                pathlib.Path(folder, "tokenizer_config.json").write_text(json.dumps(config))
                try:
                    tokenizer = AutoTokenizer.from_pretrained(folder)
                except Exception:   # noqa: BLE001: a class that wants other parts
                    continue
            added = {token.content: "".join(str(int(getattr(token, flag))) for flag in FLAGS) for token in tokenizer.added_tokens_decoder.values() if token.content in MARKS}
            cases.append({"class": name, "listed": bool(more), "added": {content: flags for content, flags in added.items() if flags != "01111"},
                          "specials": {key: str(value) for key, value in tokenizer.special_tokens_map.items() if key != "additional_special_tokens"}})
    path = HERE.parent / "text" / "classes" / "marks.json"
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path.write_text('{"tokenizer": %s, "listed": %s, "cases": [\n%s\n]}\n' % (json.dumps(data), json.dumps(listed), lines))
    print(path, len(cases), "cases")


def merges():
    """Which lines of merges.txt classes take for merges: with and without a version before them, and with no end of the last line."""
    words = ["<s>", "</s>", "<unk>", "<pad>", "<mask>", "<|endoftext|>", "<|startoftext|>", "a", "b", "c", "#", "a</w>", "b</w>", "c</w>", "#</w>"]
    pairs = [("a", "b"), ("#", "#"), ("ab", "c"), ("a", "b</w>"), ("a", "a"), ("ab", "c</w>"), ("b", "c")]
    words += list(dict.fromkeys(a + b for a, b in pairs))
    vocab, lines = {word: i for i, word in enumerate(words)}, [" ".join(pair) for pair in pairs]
    files = ["\n".join(head + lines) + end for head in ([], ["#version: 0.2"]) for end in ("", "\n", "\n\n")] + ["\n".join(["#version: 0.2"] + [line + " 7" for line in lines]) + "\n"]
    cases = []
    for name in ("GPT2Tokenizer", "Qwen2Tokenizer", "CLIPTokenizer", "HerbertTokenizer"):
        for text in files:
            with tempfile.TemporaryDirectory() as folder:
                pathlib.Path(folder, "vocab.json").write_text(json.dumps(vocab))
                pathlib.Path(folder, "merges.txt").write_text(text)
                pathlib.Path(folder, "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": name}))
                try:
                    cases.append({"class": name, "merges": text, "ids": AutoTokenizer.from_pretrained(folder)("ab##abcaaabcbc", add_special_tokens=False).input_ids})
                except Exception:   # noqa: BLE001: lines that are no merges
                    continue
    path = HERE.parent / "text" / "classes" / "merges.json"
    path.write_text('{"vocab": %s, "cases": [\n%s\n]}\n' % (json.dumps(vocab), ",\n".join(json.dumps(case) for case in cases)))
    print(path, len(cases), "cases")


def main():
    marks()
    merges()
    cases, seen = [], set()
    for tokenizer_config, config, files, fast, kind in combinations():
        case = {"tokenizer_config": tokenizer_config, "config": config, "files": FILES[files], "use_fast": fast, "tokenizer_type": kind}
        key = json.dumps(case, sort_keys=True)
        if key in seen:
            continue
        seen.add(key)
        with tempfile.TemporaryDirectory() as folder:
            for name in case["files"]:
                pathlib.Path(folder, name).write_text(CONTENTS[name])
            for name in ("tokenizer_config", "config"):
                if case[name] is not None:
                    pathlib.Path(folder, name + ".json").write_text(json.dumps(case[name]))
            cases.append({**case, "answer": answer(folder, fast, kind)})
    path = HERE.parent / "text" / "classes" / "tokenizer-classes.json"
    lines = ",\n".join(json.dumps(case) for case in cases)
    path.write_text('{"contents": %s, "cases": [\n%s\n]}\n' % (json.dumps(CONTENTS), lines))
    print(path, len(cases), "cases", sum("class" in case["answer"] for case in cases), "with a class")


if __name__ == "__main__":
    main()
