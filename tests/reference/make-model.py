# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tests/checkpoint/data/model: a tiny GPT-2 in forms that need care when they are bound to a model, and what the
reference computes with it.

  strided.bin     every matrix a transposed view
  tf.safetensors  TensorFlow's names; vectors with a dimension more

Usage: make-model.py FOLDER (needs torch, transformers and safetensors)
"""
import os
import re
import sys

import torch
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
torch.manual_seed(0)
model = GPT2LMHeadModel(GPT2Config(vocab_size=12, n_positions=8, n_embd=4, n_layer=1, n_head=2)).eval()
for p in model.parameters():
    torch.nn.init.normal_(p, std=0.5)
model.config.save_pretrained(folder)
state = {name: p.detach() for name, p in model.named_parameters()}

torch.save({n: p.t().contiguous().t() if p.dim() == 2 else p for n, p in state.items()}, os.path.join(folder, "strided.bin"))

tf = {}
for name, p in state.items():
    levels = re.sub(r"\.h\.(\d+)\.", r".h_._\1.", name).replace("_._", "~").split(".")
    if "ln_" in name:
        levels[-1] = "gamma" if levels[-1] == "weight" else "beta"
    elif p.dim() == 1:
        p = p.reshape(1, -1)
    tf["/".join(levels).replace("~", "_._") + ":0"] = p.contiguous()
save_file(tf, os.path.join(folder, "tf.safetensors"), metadata={"format": "tf"})

ids = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6]])
with torch.no_grad():
    save_file({"input_ids": ids, "logits": model(ids).logits.contiguous()}, os.path.join(folder, "call.safetensors"))
