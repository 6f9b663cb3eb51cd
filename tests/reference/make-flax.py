# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the Flax files of tests/checkpoint/data and flax-values.txt: the names and values that the rules of the
reference's modeling_flax_pytorch_utils make of them.

Usage: make-flax.py FOLDER (needs flax and safetensors)
"""
import os
import sys

import flax.serialization
import numpy as np
from flax.traverse_util import flatten_dict
from safetensors.numpy import save_file

folder = sys.argv[1]


def ramp(*shape, dtype=np.float32):
    return (np.arange(int(np.prod(shape))).reshape(shape) * 0.5 - 1).astype(dtype)


def plain():
    import jax.numpy as jnp
    return {"bert": {"dense": {"kernel": ramp(2, 3), "bias": ramp(3)}, "norm": {"scale": ramp(3), "bias": ramp(3)},
                     "word": {"embedding": ramp(3, 2)}, "conv": {"kernel": ramp(2, 1, 3, 2)}, "conv1d": {"kernel": ramp(3, 2, 1)},
                     "half": {"kernel": ramp(2, 2, dtype=np.float16)}, "brain": {"kernel": jnp.asarray(ramp(2, 2), dtype=jnp.bfloat16)},
                     "ids": ramp(4, dtype=np.int64), "scalar": np.float32(2.5), "nothing": ramp(0, 3)}}


def batch_norm():
    return {"params": {"stem": {"kernel": ramp(1, 1, 2, 2)}, "norm": {"scale": ramp(2), "bias": ramp(2)}},
            "batch_stats": {"norm": {"mean": ramp(2), "var": ramp(2)}}}


def chunked():
    flax.serialization.MAX_CHUNK_SIZE = 16      # bytes; a gigabyte normally
    return {"dense": {"kernel": ramp(3, 5), "bias": ramp(2)}}


def convert(key, value, two_trees):
    if key[-1] == "kernel":
        value = value.transpose(3, 2, 0, 1) if value.ndim == 4 else value.T
        key = key[:-1] + ("weight",)
    elif key[-1] in ("scale", "embedding"):
        key = key[:-1] + ("weight",)
    elif "mean" in key[-1]:
        key = key[:-1] + ("running_mean",)
    elif "var" in key[-1]:
        key = key[:-1] + ("running_var",)
    return ".".join(key[1:] if two_trees else key), value


with open(os.path.join(folder, "flax-values.txt"), "w") as out:
    for name, tree in (("flax.msgpack", plain()), ("flax-batch-norm.msgpack", batch_norm()), ("flax-chunked.msgpack", chunked())):
        flat = flatten_dict(tree)
        with open(os.path.join(folder, name), "wb") as f:
            f.write(flax.serialization.to_bytes(tree))
        files = [name]
        if name == "flax-batch-norm.msgpack":
            files.append("flax.safetensors")
            save_file({".".join(k): np.ascontiguousarray(v) for k, v in flat.items()}, os.path.join(folder, files[1]), metadata={"format": "flax"})
        for file in files:
            for key, value in flat.items():
                key, value = convert(key, np.asarray(value), "batch_stats" in tree)
                shape = "(" + ", ".join(map(str, value.shape)) + ")"
                numbers = " ".join("%.9g" % v for v in value.astype(np.float64).reshape(-1).tolist())
                out.write("\t".join([file, key, str(value.dtype) + " " + shape, numbers]) + "\n")
