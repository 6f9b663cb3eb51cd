# SPDX-License-Identifier: LGPL-2.1-or-later
"""Values of Python and of the library: JSON, tensors, and the keywords of from_pretrained."""
import json

from gi.module import get_introspection_module
from gi.repository import GLib, Json

Auto = get_introspection_module("Auto")


def to_node(value):
    """A JSON node of a Python value."""
    return Json.from_string(json.dumps(value))


def from_node(node):
    return json.loads(Json.to_string(node, False)) if node is not None else None


# Tensors and numpy

_DTYPES = {"float32": "F32", "float16": "F16", "float64": "F64", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8",
           "bool": "BOOL"}


def to_numpy(tensor):
    import numpy
    if tensor.get_dtype() == Auto.DType.BF16:
        tensor = tensor.convert(Auto.DType.F32)
    name = next(name for name, member in _DTYPES.items() if getattr(Auto.DType, member) == tensor.get_dtype())
    shape = tensor.get_shape()
    return numpy.frombuffer(tensor.get_bytes().get_data() or b"", dtype=name).reshape(shape)


def to_tensor(value):
    import numpy
    if isinstance(value, Auto.Tensor):
        return value
    array = numpy.ascontiguousarray(value) if numpy.ndim(value) else numpy.asarray(value)
    if not hasattr(value, "dtype") and array.dtype == numpy.float64:
        array = array.astype(numpy.float32)
    if array.dtype.name not in _DTYPES:
        raise TypeError(f"a tensor can't hold {array.dtype}; rows of different lengths need padding")
    return Auto.Tensor.new_from_bytes(getattr(Auto.DType, _DTYPES[array.dtype.name]), list(array.shape), GLib.Bytes.new(array.tobytes()))


Auto.Tensor.numpy = to_numpy
Auto.Tensor.from_numpy = staticmethod(to_tensor)
Auto.Tensor.__array__ = lambda self, dtype=None: to_numpy(self) if dtype is None else to_numpy(self).astype(dtype)
Auto.Tensor.shape = property(lambda self: tuple(self.get_shape()))
Auto.Tensor.__repr__ = lambda self: f"<Auto.Tensor {self.describe()}>"


# Loading

OPTIONS = {"config", "cache_dir", "from_tf", "from_flax", "force_download", "resume_download", "proxies", "output_loading_info", "local_files_only",
            "revision", "subfolder", "token", "trust_remote_code", "code_revision", "use_fast", "tokenizer_type", "ignore_mismatched_sizes",
            "return_unused_kwargs"}


def load_options(keywords):
    options = Auto.LoadOptions.new()
    for name, value in keywords.items():
        if name in ("torch_dtype", "dtype") and value is not None:
            options.set_property("dtype", str(value).replace("torch.", ""))
        elif name in OPTIONS:
            if value is not None:
                options.set_property(name, value)
        else:
            options.set_json(name, to_node(value))
    return options
