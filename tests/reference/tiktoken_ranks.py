# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains a byte-level BPE with the tokenizers package and writes its vocabulary as a file of tiktoken ranks, with the
merges that the trainer made: tests/goldens/text/tiktoken.json."""
import base64
import json
import pathlib
import random

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from sentencepiece_models import corpus

HERE = pathlib.Path(__file__).parent


def byte_of_character():
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    table = {chr(byte): byte for byte in plain}
    others = [byte for byte in range(256) if byte not in plain]
    table.update({chr(256 + i): byte for i, byte in enumerate(others)})
    return table


def main():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=700, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(corpus(2), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    table = byte_of_character()
    ranks = {token: rank for token, rank in model["vocab"].items()}
    lines = [f"{base64.b64encode(bytes(table[c] for c in token)).decode()} {rank}" for token, rank in ranks.items()]
    random.Random(3).shuffle(lines)
    merges = []
    for merge in model["merges"]:
        left, right = merge.split(" ")
        merges.append([ranks[left], ranks[right], ranks[left + right]])
    output = HERE.parent / "goldens" / "text" / "tiktoken.json"
    output.write_text(json.dumps({"ranks": "\n".join(lines) + "\n", "merges": merges}) + "\n")
    print(output, len(lines), "tokens", len(merges), "merges")


if __name__ == "__main__":
    main()
