# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains tiny sentencepiece models and writes them with what the sentencepiece package makes of many texts.

    sentencepiece_models.py            -> tests/goldens/text/sentencepiece.json (small models, a small character map)
    sentencepiece_models.py FOLDER     -> FOLDER/cases.json: more models, with sentencepiece's own maps, and more texts;
                                          run the test with AUTO_SENTENCEPIECE_DIR=FOLDER"""
import base64
import io
import itertools
import json
import pathlib
import random
import sys
import tempfile

import sentencepiece

HERE = pathlib.Path(__file__).parent
WORDS = """the quick brown fox jumps over a lazy dog and then some hello world tokenizers split text into pieces
naïve façade Zürich straße Ærøskøbing привет мир доброе утро これは 日本語 の 文章 です 東京 都 hello123 4567 3.14 don't it's
in on at to of for with from by as is was were be been being has have had do does did will would can could""".split()
RULES = "41\t61\nFF21\t41\n3042 3099\t304C\nAD\t\nA0\t20\n3000\t20\n2026\t2E 2E 2E\nDF\t73 73\n9\t20\n"
TEXTS = [
    "", " ", "   ", "hello", " hello", "hello ", "  hello   world  ", "Hello World", "the quick brown fox", "naïve façade", "straße…", "AＡあ\u3099",
    "привет мир", "これは日本語の文章です。", "東京都", "🦙 llama 🦙🦙", "unknown ☃☃ chars ☃", "tab\tand\nnewline\r\n", "a\u00a0b\u3000c\u00add",
    "<s>", "</s>", "<unk>", "<sep>", "x<sep>y <sep> z", "<sep><sep>", "<ctl>", "a<ctl>b", "▁", "▁▁hello▁world", " ▁ ", "<0x41>", "hello<0x0A>",
    "aaaaaaaaaaaaaaaa", "thethethe", "123 4567 890", "é e\u0301", "ﬁne ½ ①", "zzz qqq", "\u200b\u200d", "…", "don't", "it's  a   dog",
    "word" * 20, "\ufffd", "\U0010ffff", "𝔘𝔫𝔦", "한국어 텍스트", "ﾊﾟ", "İstanbul", "user user_word", "  <sep>  ",
]


def corpus(seed):
    rng = random.Random(seed)
    return [" ".join(rng.choice(WORDS) for _ in range(rng.randint(3, 12))) for _ in range(400)]


def variants(large):
    base = {"vocab_size": 220, "character_coverage": 1.0, "hard_vocab_limit": False, "num_threads": 1, "normalization_rule_name": "identity"}
    for kind in ("unigram", "bpe", "char", "word"):
        yield kind, {**base, "model_type": kind}
        yield kind + "-symbols", {**base, "model_type": kind, "user_defined_symbols": ["<sep>", "user", "▁dog", "é"], "control_symbols": ["<ctl>"], "pad_id": 3}
        yield kind + "-suffix", {**base, "model_type": kind, "treat_whitespace_as_suffix": True}
    for kind in ("unigram", "bpe"):
        yield kind + "-bytes", {**base, "model_type": kind, "vocab_size": 420, "byte_fallback": True, "split_digits": True, "character_coverage": 0.98}
        yield kind + "-spaces", {**base, "model_type": kind, "remove_extra_whitespaces": False, "add_dummy_prefix": False}
        yield kind + "-kept", {**base, "model_type": kind, "remove_extra_whitespaces": False, "allow_whitespace_only_pieces": True}
        yield kind + "-rules", {**base, "model_type": kind, "rules": RULES, "unk_surface": "[?]", "unk_id": 2, "bos_id": 0, "eos_id": 1}
        yield kind + "-rules-spaces", {**base, "model_type": kind, "rules": RULES, "remove_extra_whitespaces": False}
    if large:
        for kind in ("unigram", "bpe", "char", "word"):
            for rule in ("nmt_nfkc", "nfkc", "nmt_nfkc_cf", "nfkc_cf"):
                yield f"{kind}-{rule}", {**base, "model_type": kind, "normalization_rule_name": rule, "vocab_size": 300}
                yield f"{kind}-{rule}-b", {**base, "model_type": kind, "normalization_rule_name": rule, "byte_fallback": kind in ("unigram", "bpe"),
                                           "vocab_size": 500, "user_defined_symbols": ["<sep>", "user"], "character_coverage": 0.98}


def train(options):
    options = dict(options)
    model = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        if "rules" in options:
            rules.write(options.pop("rules"))
            rules.flush()
            options["normalization_rule_tsv"] = rules.name
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(corpus(1)), model_writer=model, minloglevel=2, **options)
    return model.getvalue()


def mark_unused(data, every):
    from sentencepiece import sentencepiece_model_pb2

    model = sentencepiece_model_pb2.ModelProto.FromString(data)
    for i, piece in enumerate(model.pieces):
        if piece.type == 1 and len(piece.piece) > 1 and i % every == 0:
            piece.type = 5
    return model.SerializeToString()


def with_ties(data):
    """Short pieces over two letters: most texts have many best ways, which rounding alone tells apart."""
    from sentencepiece import sentencepiece_model_pb2

    rng = random.Random(4)
    model = sentencepiece_model_pb2.ModelProto.FromString(data)
    del model.pieces[3:]
    for length in (1, 2, 3):
        for letters in itertools.product("▁ab", repeat=length):
            model.pieces.add(piece="".join(letters), score=-rng.uniform(1, 3) * length**0.5, type=1)
    return model.SerializeToString()


def random_texts(rng, n):
    alphabet = list("abcdehlost  <>▁012é日本の" ) + ["<sep>", " the", "hello", "🦙", "\u3099", "か", "ﾊ", "ﾞ", "\t", "ß", "①", "A", "Ω", "\u0301"]
    for _ in range(n):
        yield "".join(rng.choice(alphabet) for _ in range(rng.randint(1, 40)))


def answers(data, texts):
    processor = sentencepiece.SentencePieceProcessor(model_proto=data)
    for text in texts:
        pieces = processor.encode(text, out_type=str)
        yield {"text": text, "ids": processor.encode(text), "pieces": pieces, "decoded": processor.decode(pieces)}


def main():
    large = len(sys.argv) > 1
    output = pathlib.Path(sys.argv[1]) / "cases.json" if large else HERE.parent / "goldens" / "text" / "sentencepiece.json"
    texts = TEXTS + list(random_texts(random.Random(7), 600 if large else 15))
    models = {name: train(options) for name, options in variants(large)}
    models.update({name + "-unused": mark_unused(models[name], 3) for name in ("unigram", "bpe", "bpe-symbols")})
    result = []
    models["unigram-ties"] = with_ties(models["unigram"])
    rng = random.Random(5)
    ties = ["".join(rng.choice("ab ") for _ in range(rng.randint(3, 30))) for _ in range(60)]
    for name, data in models.items():
        processor = sentencepiece.SentencePieceProcessor(model_proto=data)
        result.append(
            {
                "name": name,
                "model": base64.b64encode(data).decode(),
                **({} if large or len(result) % 6 else {"pieces": [[processor.id_to_piece(i), processor.get_score(i)] for i in range(processor.get_piece_size())]}),
                "special": [processor.unk_id(), processor.bos_id(), processor.eos_id(), processor.pad_id()],
                "cases": list(answers(data, ties if name == "unigram-ties" else texts)),
            }
        )
    output.write_text(json.dumps(result, ensure_ascii=False) + "\n")
    print(output, len(result), "models", len(texts), "texts", output.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
