# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tiny vocabularies as GGUF files and as files of tiktoken ranks, each in a folder of tests/text/tokenizers with what the same
vocabulary answers as a tokenizer of the reference (tiktoken's, with that package).

    foreign_vocabularies.py"""
import base64
import json
import pathlib
import struct

import sentencepiece
import tiktoken
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertTokenizerFast, LlamaTokenizerFast, PreTrainedTokenizerFast, T5TokenizerFast

from sentencepiece_models import TEXTS, corpus
from tiktoken_ranks import byte_of_character

HERE = pathlib.Path(__file__).parent
FOLDERS = HERE.parent / "text" / "tokenizers"
MORE = ["It's 12345 o'clock\r\n\n  and I'LL go", "[MASK] or <|end|>now", "Ünï ça va? e\u0301", "a<|user|>b</s>c", "CAPS and caps"]
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def value(item):
    if isinstance(item, bool):
        return struct.pack("<I?", 7, item)
    if isinstance(item, int):
        return struct.pack("<II", 4, item)
    if isinstance(item, str):
        return struct.pack("<I", 8) + text(item)
    if isinstance(item, bytes):
        return struct.pack("<IIQ", 9, 1, len(item)) + item
    kinds = {str: (8, text), int: (5, lambda x: struct.pack("<i", x)), float: (6, lambda x: struct.pack("<f", x))}
    number, pack = kinds[type(item[0])]
    return struct.pack("<IIQ", 9, number, len(item)) + b"".join(pack(x) for x in item)


def write_gguf(folder, values):
    values = {"general.architecture": "test", **{f"tokenizer.ggml.{key}": item for key, item in values.items()}}
    if "tokenizer.ggml.chat_template" in values:
        values["tokenizer.chat_template"] = values.pop("tokenizer.ggml.chat_template")
    data = struct.pack("<4sIQQ", b"GGUF", 3, 0, len(values)) + b"".join(text(key) + value(item) for key, item in values.items())
    (folder / "vocabulary.gguf").write_bytes(data)


def make_folder(name):
    folder = FOLDERS / name
    folder.mkdir(exist_ok=True)
    return folder


def write_cases(folder, answer):
    cases = []
    for item in dict.fromkeys(TEXTS + MORE):
        cases.append({"op": "call", "text": item, "pair": None, "kwargs": {}, "id": len(cases), "fast": answer(item, None)})
    for first, second in (("hello world", "the fox"), ("", "x")):
        cases.append({"op": "call", "text": first, "pair": second, "kwargs": {}, "id": len(cases), "fast": answer(first, second)})
    lines = ",\n".join(json.dumps(case) for case in cases)
    (folder / "cases.json").write_text('{"cases": [\n' + lines + "\n]}\n")
    print(folder.name, len(cases), "cases,", sum(path.stat().st_size for path in folder.iterdir()), "bytes")


def answers_of(tokenizer, type_ids=False):
    def answer(first, second):
        out = tokenizer(first, second, return_offsets_mapping=True, return_special_tokens_mask=True)
        kept = {key: out[key] for key in ("input_ids", "attention_mask", "special_tokens_mask")}
        if type_ids:
            kept["token_type_ids"] = out["token_type_ids"]
        kept["offsets"] = out["offset_mapping"]
        kept["tokens"] = tokenizer.convert_ids_to_tokens(out["input_ids"])
        kept["decoded"] = tokenizer.decode(out["input_ids"])
        kept["decoded_skip_special"] = tokenizer.decode(out["input_ids"], skip_special_tokens=True)
        return kept
    return answer


def trained_bytes(size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(corpus(2), trainer)
    return json.loads(tokenizer.to_str())["model"]


def byte_bpe():
    model = trained_bytes(600)
    tokens = list(model["vocab"]) + ["<|begin|>", "<|end|>", "<|user|>"]
    n = len(model["vocab"])
    folder = make_folder("gguf-byte-bpe")
    write_gguf(folder, {"model": "gpt2", "pre": "llama-bpe", "tokens": tokens, "token_type": [NORMAL] * n + [CONTROL, CONTROL, USER_DEFINED],
                        "merges": model["merges"], "bos_token_id": n, "eos_token_id": n + 1})
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, [tuple(m.split(" ")) for m in model["merges"]]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(CL100K), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(single="<|begin|> $A", pair="<|begin|> $A <|begin|>:1 $B:1", special_tokens=[("<|begin|>", n)])
    tokenizer.add_special_tokens(["<|begin|>", "<|end|>"])
    tokenizer.add_tokens([AddedToken("<|user|>", normalized=False)])
    write_cases(folder, answers_of(PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<|begin|>", eos_token="<|end|>",
                                                           clean_up_tokenization_spaces=False)))


def scored_bpe():
    fast = LlamaTokenizerFast.from_pretrained(FOLDERS / "llama-slow-new")
    pieces = read_pieces(FOLDERS / "llama-slow-new" / "tokenizer.model")
    folder = make_folder("gguf-scored-bpe")
    write_gguf(folder, {"model": "llama", "pre": "default", "tokens": [p[0] for p in pieces], "scores": [p[1] for p in pieces],
                        "token_type": [p[2] for p in pieces], "bos_token_id": 1, "eos_token_id": 2, "unknown_token_id": 0, "add_bos_token": True,
                        "add_eos_token": True})
    fast.add_eos_token = True
    write_cases(folder, answers_of(fast))


def read_pieces(path):
    file = sentencepiece.SentencePieceProcessor(model_file=str(path))

    def kind(i):
        return UNKNOWN if file.is_unknown(i) else CONTROL if file.is_control(i) else BYTE if file.is_byte(i) else NORMAL
    return [(file.id_to_piece(i), file.get_score(i), kind(i)) for i in range(len(file))]


def merged_bpe():
    fast = LlamaTokenizerFast.from_pretrained(FOLDERS / "llama-slow-new")
    state = json.loads(fast.backend_tokenizer.to_str())
    tokens = list(state["model"]["vocab"])
    types = [UNKNOWN, CONTROL, CONTROL] + [BYTE if token.startswith("<0x") else NORMAL for token in tokens[3:]]
    folder = make_folder("gguf-merged-bpe")
    write_gguf(folder, {"model": "gemma4", "tokens": tokens, "scores": [-1000.0] * len(tokens), "token_type": types, "merges": state["model"]["merges"],
                        "bos_token_id": 1, "eos_token_id": 2, "unknown_token_id": 0, "add_bos_token": True, "add_space_prefix": False})
    tokenizer = fast.backend_tokenizer
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    write_cases(folder, answers_of(PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>",
                                                           clean_up_tokenization_spaces=False)))


def unigram():
    fast = T5TokenizerFast(str(FOLDERS / "t5-raw" / "spiece.model"), extra_ids=0)
    pieces = read_pieces(FOLDERS / "t5-raw" / "spiece.model")
    charsmap = json.loads(fast.backend_tokenizer.to_str())["normalizer"]["normalizers"][0].get("precompiled_charsmap")
    folder = make_folder("gguf-unigram")
    names = [piece[0] for piece in pieces]
    write_gguf(folder, {"model": "t5", "pre": "default", "tokens": names, "scores": [piece[1] for piece in pieces], "token_type": [piece[2] for piece in pieces],
                        "eos_token_id": names.index("</s>"), "unknown_token_id": names.index("<unk>"), "padding_token_id": 0,
                        **({"precompiled_charsmap": base64.b64decode(charsmap)} if charsmap else {}),
                        "add_space_prefix": True, "remove_extra_whitespaces": True, "add_bos_token": False, "add_eos_token": True})
    fast.clean_up_tokenization_spaces = False
    write_cases(folder, answers_of(fast))


def wordpiece():
    source = [line.rstrip("\n") for line in open(FOLDERS / "mpnet-raw" / "vocab.txt", encoding="utf-8")]
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokens = marks + [token for token in source if token not in ("<s>", "</s>", "<pad>", "<mask>", "[UNK]")]
    folder = make_folder("gguf-wordpiece")
    write_gguf(folder, {"model": "bert", "pre": "jina-v2-en", "token_type": [CONTROL] * 5 + [NORMAL] * (len(tokens) - 5),
                        "tokens": marks + [token[2:] if token.startswith("##") else "▁" + token for token in tokens[5:]],
                        "padding_token_id": 0, "unknown_token_id": 1, "cls_token_id": 2, "seperator_token_id": 3, "mask_token_id": 4})
    vocabulary = folder / "vocab.tmp"
    vocabulary.write_text("\n".join(tokens) + "\n")
    fast = BertTokenizerFast(str(vocabulary))
    vocabulary.unlink()
    write_cases(folder, answers_of(fast, True))


def tiktoken_ranks():
    table = byte_of_character()
    ranks = {bytes(table[c] for c in token): rank for token, rank in trained_bytes(600)["vocab"].items()}
    # a token that no two lower ones make, but two of which one is higher: found in words all the same
    ranks.update({b"zqxj": 600, b"qxj": 601, b"xj": 602})
    folder = make_folder("tiktoken-cl100k")
    (folder / "cl100k_base.tiktoken").write_text("".join(f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks.items()))
    specials = {"<|endoftext|>": 100257, "<|fim_prefix|>": 100258, "<|fim_middle|>": 100259, "<|fim_suffix|>": 100260, "<|endofprompt|>": 100276}
    encoding = tiktoken.Encoding("cl100k_base", pat_str=CL100K, mergeable_ranks=ranks, special_tokens=specials)

    def answer(first, second):
        ids = encoding.encode(first, allowed_special="all") + (encoding.encode(second, allowed_special="all") if second else [])
        return {"input_ids": ids, "decoded": encoding.decode(ids)}
    TEXTS.extend(["azqxj zqxja zqxjzqxj", "a<|endoftext|>b <|fim_middle|>", "zqxj"])
    write_cases(folder, answer)


if __name__ == "__main__":
    for make in (byte_bpe, scored_bpe, merged_bpe, unigram, wordpiece, tiktoken_ranks):
        make()
