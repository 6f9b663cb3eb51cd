#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what the reference computes with real checkpoints of PyPI packages (rxnfp 0.1.0, rxnmapper 0.4.3; BERT and ALBERT in old pickles).

  real-weights.py FOLDER tests/pipeline/data/real-weights.safetensors

FOLDER holds the unpacked packages' model folders (tests/pipeline/get-real-weights.sh).
"""
import os
import sys

import torch
from safetensors.torch import save_file
from transformers import AutoModel, AutoModelForMaskedLM

MODELS = {"bert_ft": (AutoModel, "pooler_output"), "bert_ft_10k_25s": (AutoModel, "pooler_output"), "bert_pretrained": (AutoModel, "pooler_output"),
          "albert_heads_8_uspto_all_1310k": (AutoModelForMaskedLM, "logits")}


def main():
    folder, path = sys.argv[1:]
    torch.manual_seed(0)
    data = {}
    for name, (model_class, output) in MODELS.items():
        model = model_class.from_pretrained(os.path.join(folder, name)).eval()
        ids = torch.randint(5, model.config.vocab_size, (2, 12))
        mask = torch.ones_like(ids)
        mask[1, 9:] = 0
        with torch.no_grad():
            values = model(ids, attention_mask=mask)[output]
        data |= {f"{name}.input_ids": ids, f"{name}.attention_mask": mask, f"{name}.{output}": values.reshape(-1)[:4096].clone()}
    save_file(data, path)


main()
