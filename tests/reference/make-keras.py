# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the HDF5 files of tests/checkpoint/data, laid out as Keras saves weights, and keras-values.txt: the names and
values that the reference's conversion to PyTorch makes of them.

Usage: make-keras.py FOLDER (needs h5py, safetensors and transformers)
"""
import ctypes
import glob
import os
import sys

import h5py
import numpy as np
from safetensors.numpy import save_file
from transformers.modeling_tf_pytorch_utils import TransposeType, apply_transpose, convert_tf_weight_name_to_pt_weight_name

folder = sys.argv[1]


def ramp(*shape, dtype=np.float32):
    return (np.arange(int(np.prod(shape))).reshape(shape) * 0.5 - 1).astype(dtype)


scope = "tf_bert_for_x/"
layers = {
    "bert": {scope + "bert/embeddings/word_embeddings/weight:0": ramp(3, 2), scope + "bert/embeddings/LayerNorm/gamma:0": ramp(2),
             scope + "bert/embeddings/LayerNorm/beta:0": ramp(2), scope + "bert/encoder/layer_._0/attention/self/query/kernel:0": ramp(2, 3),
             scope + "bert/encoder/layer_._0/attention/self/query/bias:0": ramp(3), scope + "bert/encoder/layer_._11/output/dense/kernel:0": ramp(3, 1),
             scope + "bert/mlm___cls/predictions/bias:0": ramp(2), scope + "bert/a___b/c___d/e___f/embeddings:0": ramp(2, 1),
             scope + "bert//double//level/kernel:0": ramp(1, 2)},
    "conv": {scope + "conv/image/kernel:0": ramp(2, 1, 3, 2), scope + "conv/sound/kernel:0": ramp(3, 2, 1),
             scope + "conv/separable/pointwise_kernel:0": ramp(1, 2, 2), scope + "conv/separable/depthwise_kernel:0": ramp(2, 2, 1),
             scope + "crit/out_projs/0": ramp(2, 3)},
    "dropout_37": {},
    "top_level_model_weights": {"final_logits_bias:0": ramp(1, 3)},
    "types": {scope + "types/half:0": ramp(3, dtype=np.float16), scope + "types/double:0": ramp(3, dtype=np.float64),
              scope + "types/int:0": ramp(3, dtype=np.int32), scope + "types/long:0": ramp(3, dtype=np.int64), scope + "types/scalar:0": np.float32(2.5),
              scope + "types/flags:0": np.array([True, False]), scope + "types/byte:0": np.array([0, 255], dtype=np.uint8),
              scope + "types/empty:0": ramp(0, 2)},
    "many": {scope + "many/layer_._%d/bias:0" % i: ramp(1) + i for i in range(20)},
}


def write(f, content):
    f.attrs["layer_names"] = [n.encode() for n in content]
    f.attrs["backend"] = b"tensorflow"
    for layer, weights in content.items():
        group = f.create_group(layer)
        group.attrs["weight_names"] = [n.encode() for n in weights]
        for key, value in weights.items():
            group.create_dataset(key, data=value)
    f.close()


# small nodes: a small file, and directories of several levels
small = h5py.h5p.create(h5py.h5p.FILE_CREATE)
library = glob.glob(os.path.join(os.path.dirname(h5py.__file__), "..", "h5py.libs", "libhdf5-*"))[0]
assert ctypes.CDLL(library).H5Pset_sym_k(ctypes.c_int64(small.id), 2, 1) >= 0
access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
access.set_libver_bounds(h5py.h5f.LIBVER_EARLIEST, h5py.h5f.LIBVER_LATEST)      # as h5py.File does
write(h5py.File(h5py.h5f.create(os.path.join(folder, "keras.h5").encode(), fcpl=small, fapl=access)), layers)
default = {"conv": layers["conv"]}
write(h5py.File(os.path.join(folder, "keras-default.h5"), "w"), default)
with h5py.File(os.path.join(folder, "keras-chunked.h5"), "w") as f:
    f.create_dataset("a/a/kernel:0", data=ramp(2, 2), chunks=(1, 2), compression="gzip")
with h5py.File(os.path.join(folder, "keras-latest.h5"), "w", libver="latest") as f:
    f.create_dataset("a/a/kernel:0", data=ramp(2, 2))
with h5py.File(os.path.join(folder, "keras-complex.h5"), "w") as f:
    f.create_dataset("a/a/unsigned:0", data=np.zeros(2, dtype=np.uint32))

safe = {"bert/encoder/layer_._0/dense/kernel:0": ramp(2, 3), "bert/LayerNorm/gamma:0": ramp(2), "tf_t5/model.shared/embeddings:0": ramp(2, 2)}
save_file(safe, os.path.join(folder, "keras.safetensors"), metadata={"format": "tf"})

with open(os.path.join(folder, "keras-values.txt"), "w") as out:
    def line(file, key, value, first):
        name, transpose = convert_tf_weight_name_to_pt_weight_name(first + key, tf_weight_shape=value.shape)
        value = np.asarray(apply_transpose(transpose, value, pt_to_tf=False))
        shape = "(" + ", ".join(map(str, value.shape)) + ")"
        numbers = " ".join("%.9g" % v for v in value.astype(np.float64).reshape(-1).tolist())
        out.write("\t".join([file, name, str(value.dtype) + " " + shape, numbers]) + "\n")

    for weights in layers.values():
        for key, value in weights.items():
            line("keras.h5", key, np.asarray(value), "")
    for key, value in default["conv"].items():
        line("keras-default.h5", key, value, "")
    for key, value in safe.items():
        line("keras.safetensors", key, value, "" if "model." in key else "tf_model/")
