# SPDX-License-Identifier: LGPL-2.1-or-later
"""A tiny classifier in a folder: fresh weights, a vocabulary of a few words."""
import json
import os

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "one", "two", "words", "hello", "i", "love", "this", ".", "un", "##aff", "##able"]
CONFIG = {"model_type": "bert", "vocab_size": len(WORDS), "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
          "intermediate_size": 24, "max_position_embeddings": 32, "id2label": {"0": "bad", "1": "good", "2": "so so"},
          "label2id": {"bad": 0, "good": 1, "so so": 2}}


def write(Auto, folder):
    with open(os.path.join(folder, "vocab.txt"), "w") as f:
        f.write("\n".join(WORDS) + "\n")
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump(CONFIG, f)
    config = Auto.Config.from_pretrained(folder)
    Auto.ModelForSequenceClassification.from_config(config).save_pretrained(folder)
    return folder
