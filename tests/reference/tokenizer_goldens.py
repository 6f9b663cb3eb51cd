#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tests/text/goldens/*.json: small tokenizers and what the reference's fast tokenizer makes of texts.

  tokenizer_goldens.py FOLDER

A golden: {"tokenizer": tokenizer.json, "config": tokenizer_config.json, "cases": [case], "once": it isn't to answer so when it was saved};
a case: {"text", "pair", "words", "options"} and
the rows of "ids", "types", "attention", "special", "offsets", "tokens", "words_of", "sequences", "sample", "decoded"; or "error".
"""
import base64
import json
import os
import random
import struct
import sys
import tempfile

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

TEXTS = ["", " ", "\n", "Hello world", "  Hello   world  ", "I'm you're DON'T it's", "tab\tnew\nline\r\nend \u00a0nbsp\u3000wide",
         "caf\u00e9 nai\u0308ve \u00e0 \u1e9b\u0323 \ufb01 \u00c5\u212b", "\u5317\u4eac is \u4e2d\u56fd in 2008\u5e74", "\u30ab\u30bf\u30ab\u30ca \uff76\uff9e\uff71 \uff21\uff22\uff11",
         "\uc548\ub155 \u1112\u1161\u11ab \u3131", "\u0627\u0644\u0644\u064f\u0651\u063a\u064e\u0629\u064f \u0661\u0662", "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd", "\u0928\u092e\u0938\u094d\u0924\u0947",
         "\U0001f600 \U0001f469\u200d\U0001f469\u200d\U0001f466 \U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7 \u2764\ufe0f", "\U0001d573 \U00020000\U000e0001", "zero\u200bwidth\u200d\ufeff \u00ad \ufffd",
         "a,b;c -- (d) [e] <f> \u201cg\u201d \u00bfh? $3.50 100% x_y", "123 4567 1a2b \u00bd \u2167 \u0663", "\u0130I\u0131 STRASSE \u1e9e \u01c5 \u03a3\u03b1\u03c2",
         "def f(x):\n    return x ** 2  # sq\n\n\tpass", "\uff1f\u2026\u2026", "e\u0301\u0301\u0323 q\u0307\u0323 \u0915\u093c", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "\u2581under \u2581 x\u2581y", "\x01\x07 ctrl \x7f \x85 \u2028 ls"]


def show(tokenizer, cases, config=None, text=None):
    data = json.loads(text or tokenizer.to_str())
    config = config or {}
    tok = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **config)
    return {"tokenizer": data, "config": config, "cases": [answer(tok, dict(case)) for case in cases]}


def show_folder(tokenizer, config, cases):
    """The same, with settings as files give them."""
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save(os.path.join(folder, "tokenizer.json"))
        with open(os.path.join(folder, "tokenizer_config.json"), "w", encoding="utf-8") as f:
            json.dump(config, f)
        tok = PreTrainedTokenizerFast.from_pretrained(folder)
        return {"tokenizer": json.loads(tokenizer.to_str()), "config": config, "cases": [answer(tok, dict(case)) for case in cases]}


def answer(tok, case):
    options = dict(case.get("options") or {})
    words = case.get("words", False)
    text, pair = case["text"], case.get("pair")
    batch = isinstance(text, list) and (not words or (text and isinstance(text[0], list)))
    if not batch:
        text, pair = [text], None if pair is None else [pair]
    try:
        enc = tok(text, pair, is_split_into_words=words, **options)
    except BaseException:   # noqa: BLE001: Rust panics
        return {**case, "error": True}
    rows = enc.encodings
    case["ids"] = [e.ids for e in rows]
    case["types"] = [e.type_ids for e in rows]
    case["attention"] = [e.attention_mask for e in rows]
    case["special"] = [e.special_tokens_mask for e in rows]
    case["offsets"] = [[list(o) for o in e.offsets] for e in rows]
    case["tokens"] = [e.tokens for e in rows]
    case["words_of"] = [[-1 if w is None else w for w in e.word_ids] for e in rows]
    case["sequences"] = [[-1 if s is None else s for s in e.sequence_ids] for e in rows]
    case["sample"] = enc.get("overflow_to_sample_mapping", list(range(len(rows))))
    case["decoded"] = [[tok.decode(i, skip_special_tokens=s, clean_up_tokenization_spaces=False) for s in (False, True)] for i in case["ids"]]
    case["cleaned"] = [tok.decode(i, clean_up_tokenization_spaces=True) for i in case["ids"]]
    return case


def texts(*more):
    return [{"text": t} for t in list(TEXTS) + list(more)]


def echo():
    """A model whose tokens are the texts that it is given."""
    return Tokenizer(models.Unigram([("<unk>", 0.0)], 0))


def charsmap():
    """A small precompiled map in sentencepiece's format: a double array by first fit, then the replacements."""
    rules = {"\uff21": "A", "\u2026": "...", "\ufb01": "fi", "\u0928\u092e": "n", "\uff76\uff9e": "\u30ac", "\u00ad": "", "\u1e9b\u0323": "\u1e69", "\u3000": " ", "\x01": ""}
    blob, index = b"", {}
    for key, value in rules.items():
        index[key.encode()] = len(blob)
        blob += value.encode() + b"\0"
    units, used = {0: 0}, {0}

    def place(node, keys, depth):
        labels = sorted({k[depth] if depth < len(k) else 0 for k in keys})
        offset = 1
        while any((node ^ offset ^ c) in used or (node ^ offset ^ c) == 0 for c in labels):
            offset += 1
        base = node ^ offset
        units[node] = units[node] | offset << 10 | (1 << 8 if 0 in labels else 0)
        for c in labels:
            used.add(base ^ c)
            units[base ^ c] = c if c else 1 << 31 | index[next(k for k in keys if len(k) == depth)]
        for c in labels:
            if c:
                place(base ^ c, [k for k in keys if depth < len(k) and k[depth] == c], depth + 1)

    place(0, list(index), 0)
    size = (max(units) | 255) + 1
    trie = b"".join(struct.pack("<I", units.get(i, 0)) for i in range(size))
    return struct.pack("<I", len(trie)) + trie + blob


def normalizer_goldens():
    parts = {
        "bert": normalizers.BertNormalizer(), "bert-cased": normalizers.BertNormalizer(lowercase=False),
        "bert-plain": normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False),
        "nfd": normalizers.NFD(), "nfc": normalizers.NFC(), "nfkd": normalizers.NFKD(), "nfkc": normalizers.NFKC(),
        "lowercase": normalizers.Lowercase(), "strip": normalizers.Strip(), "strip-left": normalizers.Strip(True, False), "strip-right": normalizers.Strip(False, True),
        "accents": normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents()]), "nmt": normalizers.Nmt(), "prepend": normalizers.Prepend("\u2581"),
        "replace": normalizers.Replace(" ", "\u2581"), "replace-regex": normalizers.Replace(Regex("[aeiou]+ ?"), "<V>"), "replace-away": normalizers.Replace("l", ""),
        "precompiled": normalizers.Precompiled(charsmap()),
        "sequence": normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Prepend("__"), normalizers.Replace("_", "-"), normalizers.Strip()]),
    }
    for name, part in parts.items():
        tok = echo()
        tok.normalizer = part
        yield "normalizer-" + name, show(tok, texts("\u2026\u3000\uff21\ufb01 \uff76\uff9ex\u00ad\u1e9b\u0323 \u0928\u092e\u0938\x01g \u0928\u094d\u092e"))


def pre_tokenizer_goldens():
    P = pre_tokenizers
    gpt2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    fold = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    llama3 = fold + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    upper, lower = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
    o200k = (r"[^\r\n\p{L}\p{N}]?" + upper + "*" + lower + "+" + fold + r"?|[^\r\n\p{L}\p{N}]?" + upper + "+" + lower + "*" + fold
             + r"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    clip = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    parts = {
        "bert": P.BertPreTokenizer(), "byte-level": P.ByteLevel(add_prefix_space=False), "byte-level-prefix": P.ByteLevel(add_prefix_space=True),
        "byte-level-whole": P.ByteLevel(add_prefix_space=False, use_regex=False), "whitespace": P.Whitespace(), "whitespace-split": P.WhitespaceSplit(),
        "delimiter": P.CharDelimiterSplit("l"), "digits": P.Digits(False), "digits-individual": P.Digits(True), "scripts": P.UnicodeScripts(),
        "metaspace": P.Metaspace(), "metaspace-first": P.Metaspace(prepend_scheme="first"), "metaspace-never": P.Metaspace(prepend_scheme="never"),
        "metaspace-bare": P.Metaspace(add_prefix_space=False),
        "gpt2": P.Split(Regex(gpt2), "isolated"), "llama3": P.Split(Regex(llama3), "isolated"), "qwen2": P.Split(Regex(llama3.replace("{1,3}", "")), "isolated"),
        "o200k": P.Split(Regex(o200k), "isolated"), "clip": P.Split(Regex(clip), "removed", invert=True),
        "regex": P.Split(Regex(r"\w+|[^\w\s]+"), "removed", invert=True),
        "sequence": P.Sequence([P.WhitespaceSplit(), P.Punctuation(), P.Digits(True), P.Metaspace()]),
        "sequence-bytes": P.Sequence([P.Split(Regex(llama3), "isolated"), P.ByteLevel(add_prefix_space=False, use_regex=False)]),
    }
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        parts["split-" + behavior] = P.Split("l", behavior)
        parts["split-inverted-" + behavior] = P.Split("l", behavior, invert=True)
        parts["punctuation-" + behavior] = P.Punctuation(behavior)
    for name, part in parts.items():
        tok = echo()
        tok.pre_tokenizer = part
        yield "pre-tokenizer-" + name, show(tok, texts("camelCaseWORDSAndMore'LL x's \u0301ABC \u0301abc \u0301 1234567 ... \n\n  x \r\n /usr//bin\n\n", "'\u017f don'\u017f"))


WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "wor", "##ld", "the", "qu", "##ick", "##i", "##c", "##k", "fox", "##es", "un", "##want", "##ed", "runn", "##ing",
         ",", ".", "'", "!", "a", "##a", "b", "##b", "caf", "##e", "\u4eac", "\u5317", "1", "##2", "##\u00e9", "caf\u00e9"]


def wordpiece(**normalizer):
    tok = Tokenizer(models.WordPiece({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    tok.normalizer = normalizers.BertNormalizer(**normalizer)
    tok.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tok.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tok.decoder = decoders.WordPiece()
    tok.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    return tok


BERT = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]", "model_max_length": 20}
LONG = "The unwanted quick foxes, running! hello world. caf\u00e9 \u5317\u4eac 12 a b ab ba"


def option_cases():
    pair = "Hello world, the fox."
    for options in ({}, {"add_special_tokens": False}, {"truncation": True, "max_length": 8}, {"truncation": "longest_first", "max_length": 13},
                    {"truncation": "only_first", "max_length": 15}, {"truncation": "only_second", "max_length": 33}, {"truncation": "only_second", "max_length": 12},
                    {"truncation": True}, {"max_length": 6}, {"max_length": 40, "padding": "max_length"}, {"padding": "max_length", "truncation": True}, {"padding": "max_length"},
                    {"truncation": True, "max_length": 10, "stride": 3, "return_overflowing_tokens": True},
                    {"truncation": True, "max_length": 10, "stride": 3, "return_overflowing_tokens": True, "padding": "max_length"},
                    {"truncation": "only_second", "max_length": 32, "stride": 2, "return_overflowing_tokens": True},
                    {"truncation": "longest_first", "max_length": 9, "stride": 1, "return_overflowing_tokens": True},
                    {"truncation": True, "max_length": 2}, {"truncation": True, "max_length": 3}, {"truncation": True, "max_length": 1},
                    {"padding": True, "pad_to_multiple_of": 8}, {"truncation": True, "padding": True, "max_length": 9, "pad_to_multiple_of": 8}):
        yield {"text": LONG, "options": options}
        yield {"text": LONG, "pair": pair, "options": options}
        yield {"text": [LONG, "hello", "", "the fox"], "options": options}
        yield {"text": [LONG, "hello"], "pair": [pair, "world"], "options": options}
        yield {"text": ["Hello", "wor ld", "", "\u5317\u4eac", "it's"], "words": True, "options": options}
    yield {"text": [["hello", "world"], ["one"], []], "words": True, "options": {"padding": True}}
    yield {"text": ["hello", "world"], "pair": ["the", "fox"], "words": True, "options": {}}


def wordpiece_goldens():
    yield "wordpiece", show(wordpiece(), texts("Hello [MASK] world[MASK]. [mask] [CLS] x", "unwanted running foxes"), BERT)
    yield "wordpiece-cased", show(wordpiece(lowercase=False), texts("hello caf\u00e9 Hello"), BERT)
    yield "options", show(wordpiece(), option_cases(), BERT)
    yield "options-left", show(wordpiece(), list(option_cases())[::3], {**BERT, "padding_side": "left", "truncation_side": "left"})
    tok = wordpiece()
    tok.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    yield "options-bert", show(tok, list(option_cases())[1::3], BERT)
    tok = wordpiece()
    tok.post_processor = processors.RobertaProcessing(("[SEP]", 3), ("[CLS]", 2), trim_offsets=True, add_prefix_space=False)
    yield "options-roberta", show(tok, list(option_cases())[2::3], BERT)
    tok = Tokenizer(models.WordPiece({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]", max_input_chars_per_word=10))
    tok.pre_tokenizer = pre_tokenizers.Whitespace()
    tok.add_special_tokens(["[PAD]"])
    # rows of pairs that overflow have no sequence ids there: left out
    yield "options-bare", show(tok, [c for c in list(option_cases())[::4] if not ("pair" in c and "stride" in c["options"])], {"pad_token": "[PAD]", "unk_token": "[UNK]"})


def byte_level(merges=(), **kwargs):
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {c: i for i, c in enumerate(alphabet)}
    for a, b in merges:
        vocab[a + b] = len(vocab)
    return Tokenizer(models.BPE(vocab, list(merges), **kwargs))


MERGES = [("h", "e"), ("l", "l"), ("he", "ll"), ("\u0120", "w"), ("o", "r"), ("\u0120w", "or"), ("\u0120", "\u0120"), ("hell", "o"), ("a", "a"), ("aa", "aa"), ("\u00c3", "\u00a9"), ("'", "t"), ("1", "2"),
          ("l", "d"), ("\u0120wor", "ld"), ("\u0120", "f"), ("o", "x"), ("\u0120f", "ox"), ("e", "r"), ("\u010a", "\u010a")]


def bpe_goldens():
    tok = byte_level(MERGES)
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tok.decoder = decoders.ByteLevel()
    tok.post_processor = processors.ByteLevel(trim_offsets=False)
    tok.add_special_tokens(["<|end|>"])
    more = ["hello world hello  fox\n\nother<|end|> x", "hellohellohello wor ld aaaaaaaaaa a\u00e9\u00e9"]
    yield "bpe-byte-level", show(tok, texts(*more), {"eos_token": "<|end|>"})
    tok.post_processor = processors.ByteLevel(trim_offsets=True)
    yield "bpe-byte-level-trim", show(tok, texts(*more), {"eos_token": "<|end|>"})
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tok.post_processor = processors.RobertaProcessing(("<s>", 300), ("</s>", 301))
    yield "bpe-roberta", show(tok, texts(*more) + [{"text": "hello world", "pair": " fox  hello"}, {"text": ["hello", " world", "fox"], "words": True}], {"eos_token": "<|end|>"})
    chars = {c: i for i, c in enumerate(["<unk>", "a", "b", "c", "\u2581", "ab", "abc", "\u2581a", "x</w>", "b</w>", "ab</w>"] + [f"<0x{b:02X}>" for b in range(256)])}
    merges = [("a", "b"), ("ab", "c"), ("\u2581", "a")]
    sample = ["ab??ab", "abcab a abc", "axbc", "abcx", "b", "ab\u00e9c \U0001f363"]
    for name, kwargs in {"unk": {"unk_token": "<unk>"}, "fuse": {"unk_token": "<unk>", "fuse_unk": True}, "none": {}, "bytes": {"unk_token": "<unk>", "byte_fallback": True}}.items():
        tok = Tokenizer(models.BPE(chars, merges, **kwargs))
        tok.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
        tok.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
        yield "bpe-" + name, show(tok, texts(*sample))
    tok = Tokenizer(models.BPE(chars, [("a", "b</w>")], end_of_word_suffix="</w>", unk_token="<unk>"))
    tok.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tok.decoder = decoders.BPEDecoder("</w>")
    yield "bpe-suffix", show(tok, [{"text": t} for t in sample])
    sub = {c: i for i, c in enumerate(["<unk>", "a", "##a", "##b", "##ab", "aab", "b"])}
    tok = Tokenizer(models.BPE(sub, [("##a", "##b"), ("a", "##ab")], continuing_subword_prefix="##", unk_token="<unk>"))
    tok.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    yield "bpe-prefix", show(tok, [{"text": t} for t in ["aab", "ab ba aaab", "b?b"]])
    random.seed(3)
    alphabet = "abcdefgh"
    vocab = {c: i for i, c in enumerate(alphabet)}
    merges, pieces = [], list(alphabet)
    while len(merges) < 400:
        a, b = random.choice(pieces), random.choice(pieces)
        if a + b not in vocab and len(a + b) < 12:
            vocab[a + b] = len(vocab)
            merges.append((a, b))
            pieces.append(a + b)
    tok = Tokenizer(models.BPE(vocab, merges))
    yield "bpe-random", show(tok, [{"text": "".join(random.choices(alphabet, k=n))} for n in (5, 20, 31, 32, 33, 34, 60, 100, 300)])


def unigram_goldens():
    pieces = [("<unk>", 0.0), ("\u2581", -2.0), ("\u2581hello", -3.0), ("hell", -3.5), ("o", -4.0), ("\u2581wor", -4.5), ("ld", -4.2), ("\u2581world", -9.0), ("a", -5.0), ("b", -5.0), ("ab", -6.0),
              ("aa", -6.5), ("\u4eac", -7.0), ("e", -5.5), ("l", -5.1), ("h", -5.2), ("r", -5.3), ("d", -5.4), ("<s>", 0.0)]
    more = ["hello world hello", "abba aab \u5317\u4eac", "helloworld<s> hello"]
    tok = Tokenizer(models.Unigram(pieces, 0))
    tok.pre_tokenizer = pre_tokenizers.Metaspace()
    tok.decoder = decoders.Metaspace()
    tok.add_special_tokens(["<s>"])
    yield "unigram", show(tok, texts(*more))
    tok = Tokenizer(models.Unigram(pieces, 0))
    yield "unigram-whole", show(tok, texts(*more))
    tok = Tokenizer(models.Unigram(pieces + [(f"<0x{b:02X}>", -20.0) for b in range(256)], 0, True))
    tok.normalizer = normalizers.Replace(" ", "\u2581")
    tok.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    yield "unigram-bytes", show(tok, texts(*more))
    again = pieces + [("hell", -1.0), ("a", -2.0), ("o", -9.0)]
    random.seed(4)
    random.shuffle(again)
    tok = Tokenizer(models.Unigram(again, [piece for piece, _ in again].index("<unk>")))
    tok.pre_tokenizer = pre_tokenizers.Metaspace()
    tok.decoder = decoders.Metaspace()
    tok.add_tokens(["new"])
    golden = show(tok, texts(*more, "new hello")[20:])
    ids = list(range(len(again) + 1))
    golden["cases"].append({"decode": ids, "decoded": [tok.decode(ids, skip_special_tokens=False)]})
    yield "unigram-again", golden
    tok = Tokenizer(models.Unigram(pieces + [(f"<0x{b:02X}>", -20.0) for b in range(256)], 0, True))
    yield "unigram-unk-text", show(tok, [{"text": t} for t in ("a<unk>b", "<unk>", "<unk><unk>", "<unk>?")])
    tok = Tokenizer(models.Unigram([("<unk>", 0.0), ("ab", -1.0), ("\u00e9b", -1.0), ("a\u00e9", -1.0)], None))
    yield "unigram-unknown", show(tok, [{"text": t} for t in ("abab", "a\u00e9b", "\u00e9bab", "a", "abc")])
    yield "unigram-last-bits", last_bits()


def last_bits():
    """Runs of one character whose ways through differ in nothing but rounding, of the sums and of the scores as they are read from a file."""
    random.seed(7)
    cases = ["-" * n for n in range(2, 80)]
    while True:
        step, start = random.random(), random.random() * 5
        tok = Tokenizer(models.Unigram([("<unk>", 0.0)] + [("-" * k, -start - step * k) for k in range(1, 17)], 0))
        text = tok.to_str()
        read = Tokenizer.from_str(text)
        ids = [[t.encode(case).ids for case in cases] for t in (tok, read, Tokenizer.from_str(read.to_str()))]
        if ids[0] != ids[1] == ids[2]:
            return show(read, [{"text": case} for case in cases], text=text)


def added_goldens():
    base = {"<unk>": 0, "a": 1, "b": 2, "ing": 3}
    for name, flags in {"none": {}, "lstrip": {"lstrip": True}, "rstrip": {"rstrip": True}, "both": {"lstrip": True, "rstrip": True}}.items():
        tok = Tokenizer(models.WordLevel(base, unk_token="<unk>"))
        tok.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        tok.add_tokens([AddedToken("<m>", normalized=False, **flags)])
        yield "B28-" + name, show(tok, [{"text": t} for t in ("a  <m>  b", "<m>", " <m> ", "a<m><m> <m>b", "\u00a0<m>\u3000<m> a")])
    tok = Tokenizer(models.WordLevel(base, unk_token="<unk>"))
    tok.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tok.add_tokens([AddedToken("ing", single_word=True, normalized=False)])
    yield "B28-single-word", show(tok, [{"text": t} for t in ("a ing b", "aing b", "ing", "a-ing-b ing\u00e9 ing. ing_", "inging")])
    tok = wordpiece()
    tok.add_tokens(["NewTok", AddedToken("RawTok", normalized=False), AddedToken("<Strip>", lstrip=True, rstrip=True), AddedToken("abc"), AddedToken("abcd"), AddedToken("bcde"), "caf\u00c9"])
    yield "added", show(tok, [{"text": t} for t in ("a newtok NewTok RawTok rawtok x <strip> y", "xabcdey abc bcd ab abcd", "CAF\u00c9 cafe caf\u00e9 CAFE\u0301", "NewTokNewTok[MASK]newtok hello")]
                        + [{"text": "NewTok hello", "pair": "RawTok", "options": {"padding": "max_length", "max_length": 12}}], BERT)


def again_goldens():
    """Tokens that are there, added again in other words."""
    base = {"<unk>": 0, "a": 1, "b": 2, "x": 3}
    texts_of = [{"text": t} for t in ("a <m> b <M>b", "<m>", "x <s>  a<s>b", "ax x xb", "  <m>  <s> \n<m>")]
    listed = {"<m>": {"lstrip": True}, "<s>": {"rstrip": True, "special": True}, "x": {"single_word": True, "normalized": False}}
    for name, first, more in (("decoder", {"<m>": {}, "<s>": {}, "x": {}}, {}), ("special", {"<m>": {"normalized": False}, "<s>": {}}, {"mask_token": "<m>"}),
                              ("back", {"<m>": {"rstrip": True, "special": True}, "x": {}}, {}), ("none", {"<s>": {"lstrip": True}}, {"unk_token": "<unk>", "bos_token": "<s>"})):
        tok = Tokenizer(models.WordLevel(base, unk_token="<unk>"))
        tok.normalizer = normalizers.Lowercase()
        tok.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        for content, flags in first.items():
            (tok.add_special_tokens if flags.get("special") else tok.add_tokens)([AddedToken(content, **{k: v for k, v in flags.items() if k != "special"})])
        decoder = {} if name == "none" else {str(tok.token_to_id(c)): {"content": c, "lstrip": False, "rstrip": False, "normalized": True, "single_word": False, "special": False, **flags}
                                             for c, flags in listed.items() if tok.token_to_id(c) is not None}
        config = {**more, **({"added_tokens_decoder": decoder} if decoder else {})}
        yield "again-" + name, {**show_folder(tok, config, texts_of), "once": True}
    tok = Tokenizer(models.Unigram([("<unk>", 0.0), ("\u2581", -2.0), ("\u2581a", -1.0), ("x", -3.0), ("y", -3.0), ("z", -3.0), ("b", -3.0)], 0))
    tok.normalizer = normalizers.NFC()
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tok.add_tokens([AddedToken("\n\n", lstrip=True), AddedToken("x\ty"), AddedToken("\u3000z")])
    yield "again-spaces-normalized", show(tok, [{"text": t} for t in ("\n\n", "a \n\n b", "x\ty x y", "ax\tyb \u3000z z")])
    gaps = {"<unk>": 0, "a": 4, "b": 3, "c": 9}
    tok = Tokenizer(models.WordLevel(gaps, unk_token="<unk>"))
    tok.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tok.post_processor = processors.ByteLevel()
    tok.add_tokens(["x", "y", AddedToken("z", lstrip=True)])
    yield "again-gaps", show(tok, [{"text": t} for t in ("a b c x y z", "a  z b", "q a")])
    tok = Tokenizer(models.WordLevel(base, unk_token="<unk>"))
    tok.add_tokens([AddedToken("b", rstrip=True, normalized=False), AddedToken("\n\n", lstrip=True, rstrip=True, normalized=False), AddedToken("  ", normalized=False)])
    yield "again-spaces", show(tok, [{"text": t} for t in ("ab \n\n  a", "b\n\n\n\n  b", "\n\n  \n\n a", "b    a")])


EXPRESSIONS = [r"\s+", r"\w+", r"\W", r"[\w]", r"[^\W]", r"x*", r"a*", r"a|", r"\b", r"\B", r"(?m)a.", r"[[:alpha:]]+", r"[[:punct:]]", r"[[:upper:]]", r"[[:^alpha:]]", r"\p{Han}+", r"\p{Hiragana}", r"\p{^L}+",
               r"\h+", r"\H", r"\p{L}{1,2}+", r"(ab){1}?", r"a{,2}b", r"[a-z&&[^aeiou]]+", r"[\p{L}&&[^\p{Han}]]+", r"[^a-z&&[aeiou]]", r"[a[^b\s]]", r"\u4e2d", r"[\u4e00-\u9fff]+", r"\x{4e2d}", r"[^\S\n]+", r"[\S\n]",
               r"a(?i)b|c", r"(?x) a b # c", r"\O", r"\p{Alnum}+", r"\p{Letter}+", r"\v", r"(?<=a)b", r"(?<!a|bc)b", r"\s+(?!\S)|\s+", r"^", r"$", r"\A.|.\z", r"(?=b)", r"(a)(b)\1?", r"\{a|\i", r"[]a]", r"[a-c-e]", r"[+-]?\d+",
               r"[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+", r" ?[^(\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+"]


def expression_goldens():
    sample = ["aab abB c-_e 12 \u00bd\u24d0 \u180e{a} i\n\nxa+]\x0b$", "\u4e2d\u6587\u3002\u304b\u3099 e\u0301\u0661 \u2167\u00c9 \u203fbcb\ta\u2028 \ud55c"]
    for number, expression in enumerate(EXPRESSIONS):
        tok = echo()
        tok.normalizer = normalizers.Replace(Regex(expression), "|")
        yield f"expression-{number}", show(tok, [{"text": t} for t in sample])
    for number, behavior in enumerate(("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous")):
        tok = echo()
        tok.pre_tokenizer = pre_tokenizers.Split(Regex("a*"), behavior, invert=number % 2 == 0)
        yield "expression-" + behavior, show(tok, [{"text": t} for t in sample])


def merge_goldens():
    """How rows that overflow follow each other, and the types of their tokens."""
    windows = {"truncation": True, "stride": 1, "return_overflowing_tokens": True}
    cases = [{"text": "a b a b a b", "pair": "ing a ing b a", "options": {**windows, "max_length": m, **o}} for m in (7, 9) for o in ({}, {"add_special_tokens": False})]
    bare = Tokenizer(models.BPE({c: i for i, c in enumerate(sorted(set(pre_tokenizers.ByteLevel.alphabet()) - {"\u0120"}))}, []))
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    yield "merge-no-space", show(bare, [{"text": t} for t in ("a", "\u2581", "a b", " a")])
    for name, post in (("swapped", processors.TemplateProcessing(single="<s> $A", pair="$B:1 <s>:2 $A:0", special_tokens=[("<s>", 4)])), ("roberta", processors.RobertaProcessing(("<s>", 4), ("<s>", 4))),
                       ("trims", processors.Sequence([processors.RobertaProcessing(("<s>", 4), ("<s>", 4), trim_offsets=False), processors.ByteLevel(trim_offsets=True)]))):
        tok = Tokenizer(models.WordLevel({"<unk>": 0, "a": 1, "b": 2, "ing": 3, "<s>": 4}, unk_token="<unk>"))
        tok.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        tok.add_tokens([AddedToken("ing", lstrip=True)])
        tok.post_processor = post
        golden = show(tok, cases + [{"text": " ing a", "pair": " ing b"}])
        for case in golden["cases"] if name == "trims" else ():
            case.pop("sequences", None)   # special tokens are part of them there
        yield "merge-" + name, golden
    tok = Tokenizer(models.WordLevel({"<unk>": 0, "a": 1}, unk_token="<unk>"))
    tok.normalizer = normalizers.Replace(Regex("\ufeff|x"), "")
    tok.add_special_tokens(["<s>"])
    yield "merge-words-gone", show(tok, [{"text": t} for t in ("\ufeff<s>a", "x<s>x<s>a", "a<s>")])


def bug_goldens():
    pieces = [("<unk>", 0.0), ("\u2581", -1.0), ("\u2581uns", -1.5), ("uns", -2.0)]
    for scheme in ("first", "always", "never"):
        tok = Tokenizer(models.Unigram(pieces, 0))
        tok.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme)
        tok.decoder = decoders.Metaspace()
        tok.add_special_tokens(["<s>"])
        yield "B29-" + scheme, show(tok, [{"text": t} for t in ("uns", "<s>uns", "<s> uns", " uns", "uns<s>uns<s> uns", "<s>")])
    for name, prefix, trim in (("plain", False, False), ("trim", False, True), ("prefix", True, False), ("prefix-trim", True, True)):
        tok = byte_level()
        tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
        tok.post_processor = processors.ByteLevel(add_prefix_space=prefix, trim_offsets=trim)
        yield "B31-" + name, show(tok, [{"text": t} for t in ("i \u2b62", " i  \u2b62 ", "i", " ")])
    tok = Tokenizer(models.Unigram([("<unk>", 0.0), ("......", -1.0), ("?", -1.0), ("fi", -1.0), ("\uac01", -1.0)], 0))
    tok.normalizer = normalizers.NFKC()
    yield "B32", show(tok, [{"text": t} for t in ("\uff1f\u2026\u2026", "\ufb01", "\u1100\u1161\u11a8", "x\ufb01x")])
    tok = Tokenizer(models.Unigram([("<unk>", 0.0), ("a", -1.0), ("b", -1.0), ("<0x0A>", -1.0)], 0, True))
    yield "B34", show(tok, [{"text": t} for t in ("a\nb", "a\n\nb", "a\U0001f363b")])
    tok = Tokenizer(models.Unigram([("<unk>", 0.0), ("a", -1.0), ("b", -1.0), ("<0x0A>", -1.0)], 0, False))
    yield "B34-off", show(tok, [{"text": t} for t in ("a\nb", "a\n\nb", "a\U0001f363b")])
    vocab = {"<unk>": 0, "a": 1, "b": 2, "ab": 3}
    for name, kwargs in (("fuse", {"unk_token": "<unk>", "fuse_unk": True}), ("apart", {"unk_token": "<unk>"})):
        yield "B35-" + name, show(Tokenizer(models.BPE(vocab, [("a", "b")], **kwargs)), [{"text": "ab??ab"}])
    yield "B35-null", show(Tokenizer(models.BPE({"a": 0, "b": 1}, [])), [{"text": "axb"}])
    words = {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, **{f"w{i}": i + 3 for i in range(50)}}
    tok = Tokenizer(models.WordLevel(words, unk_token="[PAD]"))
    tok.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    text = " ".join(f"w{i}" for i in range(50))
    windows = {"truncation": True, "max_length": 10, "stride": 2, "return_overflowing_tokens": True}
    yield "B38", show(tok, [{"text": text, "options": windows}, {"text": text, "options": {**windows, "max_length": 50}}, {"text": text, "options": {**windows, "stride": 0}}], {"pad_token": "[PAD]"})
    yield "B40", show(wordpiece(), [{"text": t, "options": o} for t in ("", " ", "\n", ["", "a"], ["", ""]) for o in ({}, {"padding": True}, {"add_special_tokens": False, "padding": True})], BERT)


def decoder_goldens():
    vocab = {w: i for i, w in enumerate(["<pad>", "|", "h", "e", "l", "o", "##x", "\u2581", "\u2581he", "x</w>", "<0x41>", "<0xE2>", "<0x82>", "<0xAC>", "\u0120", "\u00c3", "\u00a9", "n't", "do not", ".", ",", "'", "'s", "\u20ac"])}
    random.seed(5)
    rows = [[random.randrange(len(vocab)) for _ in range(n)] for n in (1, 2, 3, 5, 8, 13, 21, 34)] + [[2, 3, 4, 4, 0, 4, 5, 1, 1, 2], [11, 12, 13, 11, 12], [11, 12, 13]]
    D = decoders
    for name, part in {"none": None, "byte-level": D.ByteLevel(), "wordpiece": D.WordPiece(), "wordpiece-raw": D.WordPiece(cleanup=False), "metaspace": D.Metaspace(),
                       "metaspace-bare": D.Metaspace(add_prefix_space=False), "bpe": D.BPEDecoder(), "ctc": D.CTC(), "ctc-raw": D.CTC(cleanup=False), "bytes": D.ByteFallback(),
                       "fuse": D.Fuse(), "strip": D.Strip("h", 1, 0), "replace": D.Replace("e", "EE"), "replace-regex": D.Replace(Regex("[hl]+"), "-"),
                       "sequence": D.Sequence([D.Replace("\u2581", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)])}.items():
        tok = Tokenizer(models.WordLevel(vocab, unk_token="<pad>"))
        if part:
            tok.decoder = part
        yield "decoder-" + name, {"tokenizer": json.loads(tok.to_str()), "config": {}, "cases": [{"decode": r, "decoded": [tok.decode(r, skip_special_tokens=False)]} for r in rows]}


def main():
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    for maker in (normalizer_goldens, pre_tokenizer_goldens, wordpiece_goldens, bpe_goldens, unigram_goldens, added_goldens, again_goldens, expression_goldens, merge_goldens, bug_goldens, decoder_goldens):
        golden = dict(maker())
        with open(os.path.join(out, maker.__name__.replace("_goldens", "").replace("_", "-") + ".json"), "w", encoding="utf-8") as f:
            f.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in golden.items()) + "\n}\n")


main()
