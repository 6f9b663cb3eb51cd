#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes a golden of a model class: what transformers computes on a tiny model, in one small file.

  make-golden.py --class BertForMaskedLM --auto-class AutoModelForMaskedLM --config '{"hidden_size": 32, …}' --out tests/goldens
                 [--inputs '{"input_ids": [[5, 6, 7]], "pixel_values": {"shape": [1, 3, 8, 8]}}'] [--call '{"interpolate_pos_encoding": true}'] [--generate '[{"max_new_tokens": 5}]']
                 [--seed N] [--variant N] [--tolerance 1e-4]

The weights are not stored: each is a function of its name and shape (weights_of below, and tests/support/auto-formula.c), so a
golden is the configuration, the inputs, the outputs and the list of tensor names and shapes. An input of which only the shape is said
holds numbers from -1 to 1; lists of true and false are booleans. Hidden states and attentions are asked for unless --call says otherwise.
Needs transformers 4.37.2 and PyTorch.
"""
import argparse
import inspect
import json
import math
import os

import numpy as np
import torch
import transformers
from safetensors.torch import save_file

KEEP = 512  # of a larger output every n-th value is kept
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def name_hash(name, seed):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return np.uint64(h ^ (seed * int(GOLDEN) % 2**64))


def weights_of(name, shape, seed=0):
    """shift + scale * u, with u in [-1, 1) from a hash of the name and the element's place."""
    count = math.prod(shape)
    with np.errstate(over="ignore"):
        x = name_hash(name, seed) + np.arange(1, count + 1, dtype=np.uint64) * GOLDEN
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    u = ((x >> np.uint64(40)).astype(np.int64) - 2**23) / 2**23
    shift, scale = 0.0, 0.1
    if len(shape) >= 2:
        scale = min(0.5, 1.7 / math.sqrt(max(1, math.prod(shape[1:]))))
    elif name.endswith("running_var"):
        shift, scale = 1.0, 0.5
    elif name.endswith(("weight", "gamma", "weight_g", "scale")):
        shift = 1.0
    return torch.from_numpy((shift + scale * u).astype(np.float32).reshape(tuple(shape)))


def fill(model, seed):
    """Gives the model its weights; returns names and shapes, and which name a tied tensor follows."""
    shapes, tied, first = {}, {}, {}
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            shapes[name] = list(tensor.shape)
            place = (tensor.data_ptr(), tuple(tensor.shape))
            if not tensor.is_floating_point():
                continue
            if tensor.numel() and place in first:
                tied[name] = first[place]
                continue
            first[place] = name
            tensor.copy_(weights_of(name, tensor.shape, seed))
    return shapes, tied


def flatten(value, name=""):
    """Tensors of a nested output under dotted names; caches are left out."""
    if torch.is_tensor(value):
        return {name: value}
    if value is None or "past_key_values" in name:
        return {}
    pairs = value.items() if hasattr(value, "items") else enumerate(value)
    out = {}
    for key, item in pairs:
        out.update(flatten(item, f"{name}.{key}" if name else str(key)))
    return out


def tensors_of(inputs):
    out, random = {}, np.random.default_rng(0)
    for name, value in inputs.items():
        array = random.uniform(-1, 1, value["shape"]) if isinstance(value, dict) else np.array(value)
        out[name] = torch.from_numpy(array.astype({"b": np.bool_, "i": np.int64, "u": np.int64}.get(array.dtype.kind, np.float32)))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--class", dest="cls", required=True)
    parser.add_argument("--auto-class", required=True)
    parser.add_argument("--config", required=True)
    parser.add_argument("--inputs", default='{"input_ids": [[5, 6, 7, 8, 9], [9, 8, 7, 6, 5]]}')
    parser.add_argument("--call", default="{}")
    parser.add_argument("--generate", default="[]")
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--variant", type=int, default=0)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    args = parser.parse_args()

    model_class = getattr(transformers, args.cls)
    model = model_class(model_class.config_class(**json.loads(args.config))).eval()
    shapes, tied = fill(model, args.seed)
    inputs, call = tensors_of(json.loads(args.inputs)), json.loads(args.call)
    with torch.no_grad():
        known = inspect.signature(model.forward).parameters
        lists = {name: True for name in ("output_hidden_states", "output_attentions") if name in known and name not in call}
        outputs = flatten(model(**inputs, **call, **lists, return_dict=True))
        generated = [{"inputs": ["input_ids"], "kwargs": kwargs, "sequences": model.generate(inputs["input_ids"], **kwargs).tolist()}
                     for kwargs in json.loads(args.generate)]

    data, sampled = {f"in.{name}": tensor for name, tensor in inputs.items()}, {}
    for name, tensor in outputs.items():
        if tensor.numel() > KEEP:
            step = -(-tensor.numel() // KEEP) | 1
            sampled[name] = {"shape": list(tensor.shape), "step": step}
            tensor = tensor.reshape(-1)[::step]
        data[f"out.{name}"] = tensor.detach().clone().contiguous()
    model_type = model.config.model_type
    metadata = {
        "case": {"model_type": model_type, "auto_class": args.auto_class, "class": args.cls, "variant": args.variant,
                 "seed": args.seed, "call": call, "tolerance": args.tolerance},
        "config": model.config.to_diff_dict() | {"model_type": model_type, "architectures": [args.cls]},
        "tensors": shapes, "tied": tied, "kept": [], "sampled": sampled, "generate": generated,
    }
    path = os.path.join(args.out, model_type, f"{args.cls}-v{args.variant}.safetensors")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    save_file(data, path, metadata={key: json.dumps(value) for key, value in metadata.items()})
    print(path)


if __name__ == "__main__":
    main()
