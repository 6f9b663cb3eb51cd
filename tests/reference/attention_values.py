# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tests/math/attention-values.h: attention as the reference's decoders compute it, with padding on the left.

The combined mask comes from the reference; the rows of padding see no key at all, and every score there is the lowest
float. A second case adds the mask of padding to scores that causality has set to the lowest float, as GPT-2 does."""
import torch
from transformers.modeling_attn_mask_utils import AttentionMaskConverter

torch.manual_seed(7)
BATCH, HEADS, LENGTH, DIM = 2, 2, 5, 4
LOWEST = torch.finfo(torch.float32).min


def numbers(values):
    text = [f"{v:.9g}" for v in values]
    return ", ".join((t if any(c in t for c in ".e") else t + ".0") + "f" for t in text)


def line(name, tensor):
    print(f"static const float {name}[] = {{ {numbers(tensor.flatten().tolist())} }};")


q, k, v = (torch.randn(BATCH, HEADS, LENGTH, DIM) for _ in range(3))
seen = torch.tensor([[0, 0, 1, 1, 1], [1, 1, 1, 1, 1]])
scores = q @ k.transpose(-1, -2) / DIM**0.5

combined = AttentionMaskConverter(is_causal=True).to_4d(seen, LENGTH, dtype=torch.float32, key_value_length=LENGTH)
padding = (1.0 - seen[:, None, None, :].float()) * LOWEST
causal = torch.tril(torch.ones(LENGTH, LENGTH, dtype=torch.bool))

print("/* SPDX-License-Identifier: LGPL-2.1-or-later */")
print("/* Written by tests/reference/attention_values.py. */")
line("attention_q", q)
line("attention_k", k)
line("attention_v", v)
line("attention_padding", padding)
for name, weights in (("combined", scores + combined), ("twice", torch.where(causal, scores, LOWEST) + padding)):
    probs = torch.softmax(weights, dim=-1)
    line(f"attention_probs_{name}", probs)
    line(f"attention_out_{name}", probs @ v)
