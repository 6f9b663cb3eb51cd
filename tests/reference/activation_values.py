# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tests/math/activation-values.h: every activation of the reference at a few places."""
import torch
from transformers.activations import ACT2FN

X = [-50.0, -12.5, -8.0, -6.5, -5.0, -4.0, -3.1, -2.2, -1.5, -1.0, -0.6, -0.3, -0.1, -1e-3, -1e-6, 0.0,
     1e-6, 1e-3, 0.1, 0.3, 0.6, 0.707107, 1.0, 1.5, 2.2, 3.1, 4.0, 5.0, 6.5, 9.0, 12.5, 21.0, 50.0]


def numbers(values):
    return ", ".join(f"{v:.9g}" + ("" if any(c in f"{v:.9g}" for c in ".en") else ".0") + "f" for v in values)


x = torch.tensor(X)
print("/* SPDX-License-Identifier: LGPL-2.1-or-later */")
print("/* Written by tests/reference/activation_values.py. */")
print(f"static const float reference_x[] = {{ {numbers(X)} }};")
print(f"static const struct {{ const char *name; float y[{len(X)}]; }} reference[] = {{")
for name in ACT2FN:
    print(f'  {{ "{name}", {{ {numbers(ACT2FN[name](x).tolist())} }} }},')
print("};")
