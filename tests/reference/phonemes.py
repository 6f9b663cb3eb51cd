# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tests/text/tokenizers/fastspeech2_conformer-tiny: what FastSpeech2ConformerTokenizer answers with the small data of tests/text/g2p_en
and networks that are a formula, and trains that data's tagger (NLTK's) on a few sentences. Needs transformers, g2p_en and nltk.

    phonemes.py"""
import json
import pathlib
import sys
import tempfile
import types

import nltk
import nltk.corpus
from nltk.tag.perceptron import PerceptronTagger

TEXT = pathlib.Path(__file__).parent.parent / "text"
DATA, FOLDER = TEXT / "g2p_en", TEXT / "tokenizers" / "fastspeech2_conformer-tiny"
sys.path.insert(0, str(TEXT))
import g2p_networks
SENTENCES = """the/DT farm/NN will/MD produce/VB good/JJ produce/NN ./.
i/PRP refuse/VBP to/TO collect/VB the/DT refuse/NN around/IN here/RB ./.
he/PRP read/VBD the/DT book/NN and/CC she/PRP will/MD read/VB it/PRP ./.
a/DT well-known/JJ insult/NN can/MD insult/VB people/NNS !/.
small/JJ things/NNS live/VB or/CC live/JJ ./."""
TEXTS = [
    "", " ", "Hello", "hello, hello...", "The dollars & the (hundred) [that] \"two\"", "I refuse to read that refuse.", "They produce and produce: produce!",
    "Small live things live; a well-known read", "$5", "$2.50 and $0 and $1.01 and $.07", "£250 in 1984, 1905, 2005, 2000 and 1900", "1,234,567.5",
    "0 1 7 10 13 21 100 105 999 1000 1005 1020 1100 123456789012345678901234567890", "3rd 21ST", "i.e. that, e.g. this", "www.example.com a.b x-y.net foo.",
    "don't 'tis rock'n'roll o' --", "Zyxgrlp blorf", "naïve café straße ﬁne ŉ İ K ſ", "北京", "???? !!!! .... . . .", "a\tb\nc  d", "hello<sos/eos>hello", "<unk>",
    "2.5.6 $1.2.3", "-5 - 5", "a;b:c-d", "supercalifragilisticexpialidocious",
]


def tagger():
    sentences = [[tuple(word.rsplit("/", 1)) for word in line.split()] for line in SENTENCES.splitlines()]
    made = PerceptronTagger(load=False)
    made.train(sentences, nr_iter=5)
    weights, _, classes = made.encode_json_obj()
    parts = {"weights": weights, "tagdict": {"the": "DT", "that": "IN"}, "classes": sorted(classes)}
    for name, value in parts.items():
        (DATA / f"averaged_perceptron_tagger_eng.{name}.json").write_text(json.dumps(value) + "\n")
    made.decode_json_params([parts["weights"], parts["tagdict"], parts["classes"]])
    return made


def pronunciations():
    said = {}
    for line in (DATA / "cmudict.dict").read_text().splitlines():
        word, *phonemes = line.split("#")[0].split()
        said.setdefault(word.split("(")[0], []).append(phonemes)
    return said


def give_data(made, data):
    """Makes g2p_en work with our data."""
    g2p_networks.main(str(DATA), data)
    nltk.data.find = lambda *_, **__: None
    nltk.corpus.cmudict = types.SimpleNamespace(dict=pronunciations)
    nltk.pos_tag = made.tag
    import g2p_en.g2p

    g2p_en.g2p.dirname = data
    return g2p_en.g2p.G2p()


def answers(tokenizer, text):
    ids = tokenizer(text)["input_ids"]
    return {"input_ids": ids, "decoded": tokenizer.decode(ids)} if len(text) < 20 else {"input_ids": ids}


def main():
    from transformers import FastSpeech2ConformerTokenizer

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        known = give_data(tagger(), data).phonemes[4:]
        tokens = ["<blank>", "<unk>", *known, " ", ",", ".", "?", "!", "...", "<sos/eos>"]
        (FOLDER / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}) + "\n")
        (FOLDER / "config.json").write_text('{"model_type": "fastspeech2_conformer"}\n')
        tokenizer = FastSpeech2ConformerTokenizer.from_pretrained(FOLDER)
    cases = [{"id": i, "op": "call", "text": text, "pair": None, "kwargs": {}, "slow": answers(tokenizer, text)} for i, text in enumerate(TEXTS)]
    root = {"type": "fastspeech2_conformer", "variant": "tiny", "class_slow": "FastSpeech2ConformerTokenizer", "class_fast": None, "cases": cases}
    (FOLDER / "cases.json").write_text(json.dumps(root, ensure_ascii=False) + "\n")


main()
