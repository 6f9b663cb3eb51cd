# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the small PyTorch files of tests/checkpoint/data, and values.txt: what PyTorch itself reads from them.

Usage: make-pickles.py FOLDER (needs torch and safetensors)
"""
import collections
import os
import pickle
import sys

import torch
from safetensors.torch import save_file

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)


class Foreign:
    def __reduce__(self):
        return os.mkdir, ("/nonexistent/should-never-be-made",)


class Config:
    pass


def path(name):
    return os.path.join(folder, name)


def save(name, value, legacy=False, **keywords):
    torch.save(value, path(name), _use_new_zipfile_serialization=not legacy, **keywords)


def plain():
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
    with torch.no_grad():
        for i, p in enumerate(model.parameters()):
            p.copy_(torch.arange(p.numel()).reshape(p.shape) * 0.5 - i)
    return model.state_dict()          # an OrderedDict with _metadata


def views():
    base = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    return {"base": base, "transposed": base.t(), "row": base[1], "column": base[:, 2], "part": base[1:, 1:3],
            "permuted": torch.arange(24, dtype=torch.float32).reshape(2, 3, 4).permute(2, 0, 1),
            "expanded": torch.tensor([1.5, 2.5]).expand(3, 2), "scalar": torch.tensor(7.25), "empty": torch.zeros(0, 4),
            "parameter": torch.nn.Parameter(base[2:].clone())}


def dtypes():
    values = [0, 1, -2, 100]
    kinds = {"float": torch.float32, "half": torch.float16, "bfloat16": torch.bfloat16, "double": torch.float64, "long": torch.int64,
             "int": torch.int32, "short": torch.int16, "char": torch.int8}
    state = {name: torch.tensor(values, dtype=kind) for name, kind in kinds.items()}
    state["byte"] = torch.tensor([0, 1, 255], dtype=torch.uint8)
    state["bool"] = torch.tensor([True, False, True])
    return state


good = {"plain": plain(), "views": views(), "dtypes": dtypes()}
for name, value in good.items():
    save(name + ".bin", value)
    save(name + "-legacy.bin", value, legacy=True)
for protocol in (3, 4, 5):
    save("protocol%d.bin" % protocol, good["views"], pickle_protocol=protocol)
save("protocol4-legacy.bin", good["views"], legacy=True, pickle_protocol=4)
save("extras.bin", {"w": torch.tensor([1.0, 2.0]), "epoch": 3, "name": "x", "lr": 0.5, "none": None, "list": [1, (2, 3)], "dtype": torch.float32,
                    "big": 1 << 80, "size": torch.Size([1, 2]), 5: torch.zeros(1)})
save("nested.bin", {"state_dict": good["plain"], "epoch": 3})

save("foreign.bin", {"w": torch.zeros(1), "x": Foreign()})
save("foreign-legacy.bin", {"w": torch.zeros(1), "x": Foreign()}, legacy=True)
save("object.bin", {"w": torch.zeros(1), "config": Config()})
save("complex.bin", {"w": torch.zeros(1, dtype=torch.complex64)})
save("no-tensors.bin", {"a": 1})
save("list.bin", [torch.zeros(1)])
with open(path("no-torch.bin"), "wb") as f:
    pickle.dump({"w": [1.0, 2.0]}, f, protocol=2)

torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), path("script.bin"))
save_file({"b": torch.arange(3, dtype=torch.int64), "a": torch.tensor([[0.5, -1]]), "c": torch.tensor([1.5], dtype=torch.bfloat16),
           "h": torch.tensor([2.5, 3.5], dtype=torch.float16), "é\"\n": torch.tensor([True]), "d": torch.zeros(0, 3, dtype=torch.float64),
           "i": torch.tensor([-1], dtype=torch.int8), "aa": torch.tensor(4, dtype=torch.int32)},
          path("reference.safetensors"), metadata={"format": "pt"})

with open(path("values.txt"), "w") as out:
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".bin") or name.split(".")[0] in ("foreign", "foreign-legacy", "object", "complex", "no-tensors", "list", "no-torch",
                                                               "script"):
            continue
        state = torch.load(path(name))
        if name == "nested.bin":
            state = state["state_dict"]
        for key, value in state.items():
            if isinstance(key, str) and isinstance(value, torch.Tensor):
                shape = "(" + ", ".join(map(str, value.shape)) + ")"
                numbers = " ".join("%.9g" % v for v in value.detach().double().reshape(-1).tolist())
                out.write("\t".join([name, key, str(value.dtype)[6:] + " " + shape, numbers]) + "\n")
