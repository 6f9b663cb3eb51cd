#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes tests/math/data/ops.safetensors: what PyTorch computes for every operation on small inputs.

A case GROUP/NAME has its inputs as GROUP/NAME/0, /1, …, the weights of layers as GROUP/NAME/w.WEIGHT and the result as
GROUP/NAME/y. tests/math/test-ops-GROUP.c has the same cases.

Usage: ops.py FILE (needs torch, torchvision and safetensors)
"""
import math
import sys

import torch
import torch.nn.functional as F
import torchvision.ops
from safetensors.torch import save_file

torch.manual_seed(7)
tensors = {}
group = ""


def r(*shape, low=-2.0, high=2.0):
    return torch.rand(*shape) * (high - low) + low


def ints(*shape, low=-9, high=10):
    return torch.randint(low, high, shape)


def case(name, compute, *inputs, **weights):
    where = f"{group}/{name}"
    assert f"{where}/y" not in tensors, where
    for i, x in enumerate(inputs):
        tensors[f"{where}/{i}"] = x.clone().contiguous()
    for key, w in weights.items():
        tensors[f"{where}/w.{key.replace('__', '.')}"] = w.clone().contiguous()
    tensors[f"{where}/y"] = compute(*inputs, **weights).detach().clone().contiguous()


group = "elementwise"
for name, op in dict(add=torch.add, sub=torch.sub, mul=torch.mul, div=torch.div, maximum=torch.maximum, minimum=torch.minimum).items():
    case(f"{name}_same", op, r(3, 4, 5), r(3, 4, 5))
    case(f"{name}_vector", op, r(3, 4, 5), r(5))
    case(f"{name}_single", op, r(3, 4), torch.tensor(1.25))
    case(f"{name}_leading", op, r(4, 1), r(3, 1, 5))
    case(f"{name}_ints", op, ints(3, 4), ints(4, low=1))
    case(f"{name}_mixed", op, ints(3, 4), r(4))
case("add_half", lambda a, b: a.float() + b.float(), r(3, 5).half(), r(3, 5).bfloat16())
case("add_bool", lambda a, b: a.long() + b.long(), torch.tensor([True, False, True]), torch.tensor([True, True, False]))
case("add_empty", torch.add, r(0, 4), r(4))
case("add_large", lambda x: (x + x.unsqueeze(1))[::97, ::89], r(150))
case("maximum_nan", torch.maximum, torch.tensor([1.0, math.nan, 2.0, math.nan]), torch.tensor([math.nan, 1.0, 3.0, math.nan]))
case("minimum_nan", torch.minimum, torch.tensor([1.0, math.nan, 2.0, math.nan]), torch.tensor([math.nan, 1.0, 3.0, math.nan]))
case("pow", torch.pow, r(3, 4, low=0.1), r(4))
case("pow_ints", torch.pow, ints(3, 4), ints(4, low=0, high=5))
case("floor_divide", lambda a, b: torch.div(a, b, rounding_mode="floor"), r(4, 5, low=-9, high=9), torch.tensor([1.5, -2.0, 0.7, -0.3, 4.0]))
case("floor_divide_ints", lambda a, b: torch.div(a, b, rounding_mode="floor"), ints(6, 4), torch.tensor([3, -4, 1, -1]))
case("remainder", torch.remainder, r(4, 5, low=-9, high=9), torch.tensor([1.5, -2.0, 0.7, -0.3, 4.0]))
case("remainder_ints", torch.remainder, ints(6, 4), torch.tensor([3, -4, 1, -1]))
case("add_scalar", lambda x: x + 1.5, r(3, 4))
case("add_scalar_ints", lambda x: x + 3, ints(3, 4))
case("add_scalar_ints_half", lambda x: x + 0.5, ints(3, 4))
case("scale", lambda x: x * -0.25, r(3, 4))
case("scale_ints", lambda x: x * 4, ints(3, 4))
case("affine", lambda x: x * 2.5 - 1.25, r(3, 4))
case("pow_scalar", lambda x: x ** 3, r(3, 4))
case("pow_scalar_square", lambda x: x ** 2, r(3, 4))
case("pow_scalar_ints", lambda x: x ** 2, ints(3, 4))
case("floor_divide_scalar", lambda x: torch.div(x, 4, rounding_mode="floor"), ints(3, 4))
case("remainder_scalar", lambda x: torch.remainder(x, 4), ints(3, 4))
case("clamp", lambda x: x.clamp(-0.5, 0.75), torch.cat([r(9), torch.tensor([math.nan, math.inf, -math.inf])]))
case("clamp_low", lambda x: x.clamp(min=0.1), r(3, 4))
case("clamp_ints", lambda x: x.clamp(-3, 4), ints(3, 4))
case("cast_ints", lambda x: x.long(), r(3, 4, low=-9, high=9))
case("cast_bool", lambda x: x.bool(), ints(3, 4, low=-1, high=2))
case("cast_float", lambda x: x.float(), ints(3, 4))
case("cast_half", lambda x: x.half(), r(3, 4))
for name, op in dict(eq=torch.eq, ne=torch.ne, lt=torch.lt, le=torch.le, gt=torch.gt, ge=torch.ge).items():
    case(name, op, ints(3, 4, low=0, high=3).float(), ints(4, low=0, high=3).float())
    case(f"{name}_ints", op, ints(3, 1, low=0, high=3), ints(4, low=0, high=3))
    case(f"{name}_scalar", lambda x, op=op: op(x, 1), ints(3, 4, low=0, high=3))
    case(f"{name}_nan", op, torch.tensor([math.nan, 1.0, math.nan]), torch.tensor([1.0, math.nan, math.nan]))
for name, op in dict(logical_and=torch.logical_and, logical_or=torch.logical_or, logical_xor=torch.logical_xor).items():
    case(name, op, ints(3, 4, low=-1, high=2), ints(4, low=-1, high=2).float())
case("logical_not", torch.logical_not, ints(3, 4, low=-1, high=2))
case("where", torch.where, ints(3, 1, low=0, high=2).bool(), r(4), r(2, 3, 4))
case("where_ints", torch.where, ints(3, 4, low=0, high=2).bool(), ints(4), ints(3, 4))
case("where_bool", torch.where, ints(3, 4, low=0, high=2).bool(), ints(3, 4, low=0, high=2).bool(), ints(3, 4, low=0, high=2).bool())
case("masked_fill", lambda x, m: x.masked_fill(m, -1e9), r(2, 3, 4), ints(3, 1, low=0, high=2).bool())
case("masked_fill_ints", lambda x, m: x.masked_fill(m, -100), ints(3, 4), ints(4, low=0, high=2).bool())
case("masked_fill_inf", lambda x, m: x.masked_fill(m, -math.inf), r(3, 4), ints(3, 4, low=0, high=2).bool())
for name in "neg abs square sign floor ceil round trunc".split():
    case(name, getattr(torch, name), torch.cat([r(20, low=-4, high=4), torch.tensor([0.5, 1.5, 2.5, -0.5, -1.5, 0.0])]))
for name in "neg abs square sign".split():
    case(f"{name}_ints", getattr(torch, name), ints(4, 5))
for name in "exp expm1 sin cos atan tanh sigmoid erf".split():
    case(name, getattr(torch, name), torch.cat([r(30, low=-6, high=6), torch.tensor([0.0, 1e-4, -1e-4, 20.0, -20.0])]))
case("softplus", F.softplus, r(30, low=-30, high=30))
for name in "log log1p log2 sqrt rsqrt reciprocal".split():
    case(name, getattr(torch, name), torch.cat([r(30, low=1e-3, high=9), torch.tensor([1e-6, 1e6])]))
case("acos", torch.acos, r(20, low=-1, high=1))
case("sqrt_ints", torch.sqrt, ints(5, low=0))
special = torch.tensor([1.0, math.nan, math.inf, -math.inf, 0.0])
for name in "isnan isinf isfinite".split():
    case(name, getattr(torch, name), special)
case("activation_gelu", F.gelu, r(3, 300))
case("activation_silu", F.silu, r(3, 5))
case("frexp", lambda x: x.frexp().mantissa, torch.cat([r(9, low=-70, high=70), torch.tensor([0.0, 1.0, 1e-40])]))
case("frexp_exponents", lambda x: x.frexp().exponent.long(), torch.cat([r(9, low=-70, high=70), torch.tensor([0.0, 1.0, 1e-40])]))
case("leaky_relu", lambda x: F.leaky_relu(x, 0.2), r(3, 5))
case("glu", lambda x: F.glu(x, 1), r(2, 6, 5))
case("glu_last", lambda x: F.glu(x, -1), r(2, 3, 8))
case("mul_act", lambda g, u: F.silu(g) * u, r(2, 3, 5), r(2, 3, 5))
case("mul_act_vector", lambda g, u: F.relu(g) * u, r(2, 3, 5), r(5))

group = "shape"
case("reshape", lambda x: x.reshape(4, 6), r(2, 3, 4))
case("reshape_open", lambda x: x.reshape(3, -1, 2), r(2, 3, 4))
case("reshape_scalar", lambda x: x.reshape(()), r(1, 1))
case("reshape_permuted", lambda x: x.permute(2, 0, 1).reshape(4, 6), r(2, 3, 4))
case("reshape_permuted_split", lambda x: x.permute(1, 0, 2).reshape(3, 2, 2, 2), r(2, 3, 4))
case("reshape_empty", lambda x: x.reshape(0, 7), r(3, 0))
case("flatten", lambda x: x.flatten(1, 2), r(2, 3, 4, 5))
case("flatten_all", lambda x: x.flatten(), r(2, 3, 4))
case("unflatten", lambda x: x.unflatten(-1, (2, 3)), r(4, 6))
case("unsqueeze", lambda x: x.unsqueeze(1), r(2, 3))
case("unsqueeze_last", lambda x: x.unsqueeze(-1), r(2, 3))
case("squeeze", lambda x: x.squeeze(1), r(2, 1, 3))
case("squeeze_not", lambda x: x.squeeze(0), r(2, 1, 3))
case("permute", lambda x: x.permute(2, 0, 3, 1), r(2, 3, 4, 5))
case("transpose", lambda x: x.transpose(0, -1), r(2, 3, 4))
case("split_heads", lambda x: x.view(2, 3, 4, 2).transpose(1, 2), r(2, 3, 8))
case("merge_heads", lambda x: x.transpose(1, 2).reshape(2, 3, 8), r(2, 4, 3, 2))
case("expand", lambda x: x.expand(2, 3, 4), r(3, 1))
case("expand_keep", lambda x: x.expand(2, -1, 4), r(3, 1))
case("slice", lambda x: x[:, 1:4], r(2, 5))
case("slice_step", lambda x: x[:, 0:7:3], r(2, 7))
case("slice_negative", lambda x: x[-3:-1], r(5, 2))
case("slice_beyond", lambda x: x[2:100], r(5, 2))
case("slice_none", lambda x: x[4:2], r(5, 2))
case("narrow", lambda x: x.narrow(1, 2, 3), r(2, 6))
case("select", lambda x: x.select(1, -1), r(2, 3, 4))
case("chunk", lambda x: x.chunk(3, -1)[1], r(2, 6))
case("unfold", lambda x: x.unfold(1, 3, 2), r(2, 8, 3))
case("flip", lambda x: x.flip(1), r(2, 3, 4))
case("diagonal", lambda x: x.diagonal(1, 0, 1), r(4, 5, 2))
case("diagonal_below", lambda x: x.diagonal(-2, -2, -1), r(2, 4, 5))
case("contiguous", lambda x: x.transpose(0, 1).contiguous(), r(3, 4))
case("concat", lambda a, b, c: torch.cat([a, b, c], 1), r(2, 3, 2), r(2, 1, 2), r(2, 4, 2))
case("concat_last", lambda a, b: torch.cat([a, b], -1), r(2, 3), r(2, 2))
case("concat_mixed", lambda a, b: torch.cat([a.float(), b]), ints(3), r(2))
case("stack", lambda a, b: torch.stack([a, b], 1), r(2, 3), r(2, 3))
case("stack_last", lambda a, b: torch.stack([a, b], -1), r(2, 3), r(2, 3))
case("repeat", lambda x: x.repeat(2, 3, 2), r(2, 3))
case("repeat_once", lambda x: x.repeat(1, 4), r(2, 3))
case("repeat_interleave", lambda x: x.repeat_interleave(3, 1), r(2, 3, 2))
case("roll", lambda x: x.roll(2, 1), r(2, 5, 2))
case("roll_back", lambda x: x.roll(-7, 0), r(5, 2))
case("pad", lambda x: F.pad(x, (1, 2)), r(2, 3))
case("pad_two", lambda x: F.pad(x, (1, 2, 3, 0), value=1.5), r(2, 3, 4))
case("pad_cut", lambda x: F.pad(x, (-1, 2, 1, -2)), r(4, 5))
case("pad_ints", lambda x: F.pad(x, (2, 0), value=-1), ints(2, 3))
case("pad_reflect", lambda x: F.pad(x, (2, 1, 1, 2), mode="reflect"), r(1, 2, 4, 5))
case("pad_replicate", lambda x: F.pad(x, (4, 1, 1, 2), mode="replicate"), r(1, 2, 3, 3))
case("pad_circular", lambda x: F.pad(x, (2, 1), mode="circular"), r(1, 2, 4))
case("pad_symmetric", lambda x: torch.cat([x[:, :2].flip(1), x, x[:, -3:].flip(1)], 1), r(2, 4))
case("tril", lambda x: x.tril(), r(2, 4, 5))
case("tril_above", lambda x: x.tril(2), r(4, 5))
case("triu", lambda x: x.triu(1), r(2, 4, 5))
case("triu_ints", lambda x: x.triu(-1), ints(4, 3))
case("full", lambda: torch.full((2, 3), 2.5))
case("full_ints", lambda: torch.full((2, 3), 7))
case("full_like", lambda x: torch.full_like(x, 3), ints(2, 3))
case("zeros", lambda: torch.zeros(2, 3))
case("ones", lambda: torch.ones(4))
case("arange", lambda: torch.arange(2, 11, 3))
case("arange_down", lambda: torch.arange(5, -3, -2))
case("arange_float", lambda: torch.arange(0.5, 3.1, 0.25))
case("linspace", lambda: torch.linspace(-1, 1, 7))
case("linspace_one", lambda: torch.linspace(3, 5, 1))
case("eye", lambda: torch.eye(3))
case("constant", lambda: torch.tensor([1.5, -2.0, 0.25]))
case("constant_ints", lambda: torch.tensor([3, -4, 5]))

group = "reduce"
for name, op in dict(sum=torch.sum, mean=torch.mean, prod=torch.prod).items():
    case(name, lambda x, op=op: op(x, 1), r(3, 4, 5))
    case(f"{name}_last", lambda x, op=op: op(x, -1, keepdim=True), r(3, 21))
    case(f"{name}_all", lambda x, op=op: op(x), r(3, 5))
case("sum_wide", lambda x: x.sum(0), r(3, 150))
case("sum_ints", lambda x: x.sum(1), ints(3, 4))
case("sum_bool", lambda x: x.sum(1), ints(3, 11, low=0, high=2).bool())
case("sum_empty", lambda x: x.sum(1), r(3, 0))
case("prod_ints", lambda x: x.prod(1), ints(3, 4))
case("max", lambda x: x.max(1).values, r(3, 4, 5))
case("max_last", lambda x: x.max(-1, keepdim=True).values, r(3, 19))
case("max_all", lambda x: x.max(), r(3, 5))
case("max_ints", lambda x: x.max(-1).values, ints(3, 9))
case("max_nan", lambda x: x.max(-1).values, torch.tensor([[1.0, math.nan, 3.0, 0.0], [4.0, 1.0, -math.inf, 2.0]]))
case("min", lambda x: x.min(1).values, r(3, 4, 5))
case("min_ints", lambda x: x.min(-1).values, ints(3, 9))
case("argmax", lambda x: x.argmax(1), r(3, 4, 5))
case("argmax_last", lambda x: x.argmax(-1, keepdim=True), r(3, 19))
case("argmax_all", lambda x: x.argmax(), r(3, 5))
case("argmax_equal", lambda x: torch.tensor([1, 0, 2]), torch.tensor([[1, 5, 5], [2, 2, 2], [0, 1, 2]]))
case("argmin", lambda x: x.argmin(-1), r(3, 9))
case("argmin_ints", lambda x: x.argmin(0), torch.tensor([[3, -1], [-4, 7], [8, 8]]))
case("any", lambda x: x.bool().any(1), ints(4, 3, low=-1, high=2))
case("all", lambda x: x.bool().all(1), ints(6, 2, low=0, high=3))
case("any_all", lambda x: x.any(), torch.tensor([[False, False], [False, True]]))
case("var", lambda x: x.var(1, unbiased=False), r(3, 4, 5))
case("var_unbiased", lambda x: x.var(-1, keepdim=True), r(3, 9))
case("std", lambda x: x.std(-1, unbiased=False), r(3, 9))
case("std_unbiased", lambda x: x.std(0), r(4, 3))
case("norm", lambda x: x.norm(dim=-1), r(3, 19))
case("norm_middle", lambda x: x.norm(dim=1, keepdim=True), r(2, 4, 5))
case("logsumexp", lambda x: x.logsumexp(-1), r(3, 9, low=-30, high=30))
case("logsumexp_masked", lambda x: x.logsumexp(-1), torch.tensor([[-math.inf, -math.inf], [-math.inf, 2.0]]))
case("softmax", lambda x: x.softmax(-1), r(3, 19, low=-9, high=9))
case("softmax_middle", lambda x: x.softmax(1), r(2, 4, 5))
case("log_softmax", lambda x: x.log_softmax(-1), r(3, 9, low=-9, high=9))
case("log_softmax_first", lambda x: x.log_softmax(0), r(3, 9))
case("l2_normalize", lambda x: F.normalize(x, dim=-1), r(3, 9))
case("l2_normalize_middle", lambda x: F.normalize(x, dim=1), r(2, 4, 3))
case("cumsum", lambda x: x.cumsum(1), r(2, 4, 3))
case("cumsum_last", lambda x: x.cumsum(-1), ints(3, 6))
case("cumprod", lambda x: x.cumprod(-1), r(3, 6))
case("topk", lambda x: x.topk(3).values, r(4, 40))
case("topk_indices", lambda x: x.topk(3).indices, r(4, 40))
case("topk_middle", lambda x: x.topk(2, 1).indices, r(2, 5, 3))
case("topk_all", lambda x: x.topk(5).values, r(2, 5))
case("topk_ints", lambda x: x.topk(4).values, ints(2, 9))
case("sort", lambda x: x.sort(-1).values, r(3, 9))
case("sort_indices", lambda x: x.sort(dim=1, descending=True, stable=True).indices, ints(2, 7, 3, low=0, high=3))
case("sort_nan", lambda x: x.sort().values, torch.tensor([2.0, math.nan, -math.inf, 1.0, -0.5, math.inf]))
case("argsort", lambda x: x.sort(dim=-1, stable=True).indices, ints(3, 12, low=0, high=4))
case("argsort_floats", lambda x: x.argsort(0, descending=True), r(6, 2))

group = "index"
case("index_select", lambda x, i: x.index_select(1, i), r(2, 5, 3), torch.tensor([4, 0, 0, 2]))
case("index_select_first", lambda x, i: x.index_select(0, i.long()), ints(4, 3), torch.tensor([3, 1], dtype=torch.int32))
case("take_rows", lambda x, i: x[i], r(5, 3), torch.tensor([[4, 0], [-1, 2], [-5, 3]]))
case("take_rows_single", lambda x, i: x[i], r(5), torch.tensor([4, 0, 1]))
case("take_rows_half", lambda x, i: x[i], r(5, 3).half(), torch.tensor([4, 0, 1]))
case("take_rows_none", lambda x, i: x[i], r(5, 3), torch.zeros(0, dtype=torch.long))
case("gather", lambda x, i: x.gather(-1, i), r(3, 6), ints(3, 4, low=0, high=6))
case("gather_middle", lambda x, i: x.gather(1, i), r(3, 6, 4), ints(2, 3, 4, low=0, high=6))
case("gather_ints", lambda x, i: x.gather(0, i), ints(4, 3), ints(2, 3, low=0, high=4))
case("gather_bool", lambda x, i: x.gather(0, i), ints(4, 3, low=0, high=2).bool(), ints(2, 3, low=0, high=4))
case("one_hot", lambda i: F.one_hot(i, 5), ints(2, 3, low=0, high=5))
case("nonzero", lambda x: x.nonzero(), ints(3, 4, low=0, high=2))
case("bucketize", lambda x, b: torch.bucketize(x, b), ints(12, low=-2, high=7).float(), torch.tensor([0.0, 2.0, 4.0]))
case("bucketize_right", lambda x, b: torch.bucketize(x, b, right=True), ints(12, low=-2, high=7), torch.tensor([0, 2, 4]))
case("scatter", lambda x, i, s: x.scatter(1, i, s), r(2, 6), torch.tensor([[5, 0, 3], [1, 2, 4]]), r(2, 3))
case("scatter_first", lambda x, i, s: x.scatter(0, i, s), r(4, 2, 3), torch.tensor([[[3, 1, 0], [2, 2, 1]]]), r(2, 3, 3))
case("scatter_value", lambda x, i, s: x.scatter(1, i, float(s)), r(2, 6), torch.tensor([[5, 0, 3], [1, 2, 4]]), torch.tensor(1.5))
case("scatter_add", lambda x, i, s: x.scatter_add(1, i, s), r(2, 4), torch.tensor([[1, 1, 3], [0, 0, 0]]), r(2, 3))
case("scatter_add_ints", lambda x, i, s: x.scatter_add(0, i, s), ints(4), torch.tensor([1, 1, 3]), ints(3))
case("scatter_max", lambda x, i, s: x.scatter_reduce(1, i, s, "amax"), r(2, 4), torch.tensor([[1, 1, 3], [0, 0, 0]]), r(2, 3))
case("scatter_min", lambda x, i, s: x.scatter_reduce(1, i, s, "amin"), ints(2, 4), torch.tensor([[1, 1, 3], [0, 0, 0]]), ints(2, 3))
case("index_copy", lambda x, i, s: x.index_copy(1, i, s), r(2, 5, 3), torch.tensor([4, 0]), r(2, 2, 3))
case("index_add", lambda x, i, s: x.index_add(0, i, s), r(4, 3), torch.tensor([2, 0, 2]), r(3, 3))


def put(x, s):
    x = x.clone()
    x[:, 1:3] = s
    return x


case("put", put, r(2, 5, 3), r(2, 2, 3))
case("masked_scatter", lambda x, m, s: x.masked_scatter(m, s), r(3, 4), torch.tensor([[True, False, True, False]]), r(3, 4))
case("matmul", torch.matmul, r(5, 7), r(7, 3))
case("matmul_batch", torch.matmul, r(2, 3, 5, 7), r(2, 3, 7, 4))
case("matmul_broadcast", torch.matmul, r(2, 1, 5, 7), r(3, 7, 4))
case("matmul_shared", torch.matmul, r(2, 3, 5, 7), r(7, 4))
case("matmul_row", torch.matmul, r(7), r(2, 7, 4))
case("matmul_column", torch.matmul, r(2, 5, 7), r(7))
case("matmul_dot", torch.matmul, r(7), r(7))
case("matmul_heads", lambda a, b: a.view(2, 3, 2, 4).transpose(1, 2) @ b.view(2, 5, 2, 4).permute(0, 2, 3, 1), r(2, 3, 8), r(2, 5, 8))
case("matmul_no_depth", torch.matmul, r(3, 0), r(0, 2))
case("matmul_nt", lambda a, b: a @ b.transpose(-1, -2), r(2, 5, 7), r(2, 3, 7))
case("matmul_tn", lambda a, b: a.transpose(-1, -2) @ b, r(2, 7, 5), r(2, 7, 3))
case("matmul_large", lambda a, b: a @ b, r(20, 33), r(33, 18))
case("einsum_scores", lambda a, b: torch.einsum("bhid,bhjd->bhij", a, b), r(2, 3, 4, 5), r(2, 3, 6, 5))
case("einsum_heads", lambda a, b: torch.einsum("bind,bjnd->bnij", a, b), r(2, 3, 4, 5), r(2, 6, 4, 5))
case("einsum_order", lambda a, b: torch.einsum("abc,cd->dba", a, b), r(2, 3, 4), r(4, 5))
case("einsum_sum", lambda a, b: torch.einsum("ab,cb->c", a, b), r(2, 3), r(4, 3))
case("einsum_two", lambda a, b: torch.einsum("axyb,xby->a", a, b), r(2, 3, 4, 5), r(3, 5, 4))
case("einsum_outer", lambda a, b: torch.einsum("i,jk->kij", a, b), r(2), r(3, 4))
case("einsum_dot", lambda a, b: torch.einsum("i,i->", a, b), r(7), r(7))
case("einsum_elements", lambda a, b: torch.einsum("ab,ab->ba", a, b), r(3, 4), r(3, 4))
case("repeat_indices", lambda c: torch.arange(5).repeat_interleave(c), torch.tensor([1, 1, 0, 2, 1]))
case("outer", torch.outer, r(3), r(4))

group = "spatial"


def conv_case(name, f, x, weight, bias, **how):
    w = {"c__weight": weight} | ({"c__bias": bias} if bias is not None else {})
    case(name, lambda x, c__weight=None, c__bias=None: f(x, c__weight, c__bias, **how), x, **w)


conv_case("conv1d", F.conv1d, r(2, 3, 11), r(4, 3, 3), r(4), stride=2, padding=1)
conv_case("conv1d_dilated", F.conv1d, r(2, 4, 13), r(6, 2, 3), r(6), dilation=2, groups=2)
conv_case("conv2d", F.conv2d, r(2, 3, 8, 7), r(4, 3, 3, 2), r(4), stride=(2, 1), padding=(1, 0))
conv_case("conv2d_no_bias", F.conv2d, r(1, 3, 5, 5), r(2, 3, 3, 3), None)
conv_case("conv2d_depthwise", F.conv2d, r(2, 4, 6, 6), r(4, 1, 3, 3), r(4), padding=1, groups=4)
conv_case("conv2d_patch", F.conv2d, r(2, 3, 8, 8), r(5, 3, 4, 4), r(5), stride=4)
conv_case("conv2d_relu", lambda *a, **k: F.conv2d(*a, **k).relu(), r(1, 3, 5, 5), r(2, 3, 3, 3), r(2), padding=1)
conv_case("conv2d_reflect", lambda x, w, b: F.conv2d(F.pad(x, (2, 2, 1, 1), mode="reflect"), w, b), r(1, 2, 5, 5), r(2, 2, 3, 5), r(2))
conv_case("conv2d_asymmetric", lambda x, w, b: F.conv2d(F.pad(x, (0, 1, 1, 2)), w, b, stride=2), r(1, 2, 6, 6), r(2, 2, 3, 3), r(2))
conv_case("conv2d_same", lambda x, w, b: F.conv2d(F.pad(x, (0, 1, 0, 1)), w, b, stride=2), r(1, 2, 6, 6), r(2, 2, 3, 3), r(2))
conv_case("conv3d", F.conv3d, r(1, 2, 5, 6, 4), r(3, 2, 2, 3, 3), r(3), stride=(2, 1, 1), padding=(0, 1, 1))
conv_case("conv_transpose1d", F.conv_transpose1d, r(2, 4, 5), r(4, 3, 4), r(3), stride=2, padding=1)
conv_case("conv_transpose1d_groups", F.conv_transpose1d, r(2, 4, 5), r(4, 2, 3), r(4), stride=2, groups=2, output_padding=1)
conv_case("conv_transpose2d", F.conv_transpose2d, r(1, 3, 4, 5), r(3, 2, 2, 3), r(2), stride=(2, 1), padding=(0, 1))
case("conv_with", F.conv2d, r(1, 3, 5, 5), r(2, 3, 3, 3), r(2))
case("convolution", lambda x, c__weight=None, c__bias=None: F.conv1d(x, c__weight, c__bias, 2, 1, 2), r(2, 3, 11), c__weight=r(4, 3, 3), c__bias=r(4))
case("convolution_transposed", lambda x, c__weight=None: F.conv_transpose2d(x, c__weight, None, 2, 1), r(1, 3, 4, 4), c__weight=r(3, 2, 4, 4))


def normed(v, g, dim):
    return torch._weight_norm(v, g, dim)


case("weight_norm", lambda x, c__weight_g=None, c__weight_v=None, c__bias=None: F.conv1d(x, normed(c__weight_v, c__weight_g, 0), c__bias, padding=1),
     r(2, 3, 7), c__weight_g=r(4, 1, 1), c__weight_v=r(4, 3, 3), c__bias=r(4))
case("weight_norm_last", lambda x, c__weight_g=None, c__weight_v=None, c__bias=None:
     F.conv1d(x, normed(c__weight_v, c__weight_g, 2), c__bias, padding=2, groups=2),
     r(2, 4, 7), c__weight_g=r(1, 1, 4), c__weight_v=r(4, 2, 4), c__bias=r(4))


def batch_norm(x, c__weight=None, c__bias=None, c__running_mean=None, c__running_var=None):
    return F.batch_norm(x, c__running_mean, c__running_var, c__weight, c__bias, eps=1e-5)


def statistics(n):
    return dict(c__weight=r(n), c__bias=r(n), c__running_mean=r(n), c__running_var=r(n, low=0.1, high=3))


case("batch_norm", batch_norm, r(2, 3, 4, 5), **statistics(3))
case("batch_norm_rows", batch_norm, r(4, 6), **statistics(6))
case("group_norm", lambda x, c__weight=None, c__bias=None: F.group_norm(x, 2, c__weight, c__bias), r(2, 6, 3, 4), c__weight=r(6), c__bias=r(6))
case("group_norm_each", lambda x, c__weight=None, c__bias=None: F.group_norm(x, 4, c__weight, c__bias), r(2, 4, 9), c__weight=r(4), c__bias=r(4))
case("instance_norm", lambda x: F.instance_norm(x), r(2, 3, 4, 5))
case("layer_norm_channels", lambda x, c__weight=None, c__bias=None: F.layer_norm(x.permute(0, 2, 3, 1), (6,), c__weight, c__bias, 1e-6).permute(0, 3, 1, 2),
     r(2, 6, 3, 4), c__weight=r(6), c__bias=r(6))
case("normalize_last", lambda x: F.layer_norm(x, (9,)), r(3, 9))
case("max_pool1d", lambda x: F.max_pool1d(x, 3, 2, 1), r(2, 3, 9))
case("max_pool1d_ceil", lambda x: F.max_pool1d(x, 2, 2, ceil_mode=True), r(2, 3, 9))
case("max_pool2d", lambda x: F.max_pool2d(x, 3, 2, 1), r(2, 3, 8, 7))
case("max_pool2d_dilated", lambda x: F.max_pool2d(x, (2, 3), (1, 2), dilation=2), r(1, 2, 7, 8))
case("avg_pool1d", lambda x: F.avg_pool1d(x, 3, 1, 1), r(2, 3, 9))
case("avg_pool2d", lambda x: F.avg_pool2d(x, 2), r(2, 3, 8, 7))
case("avg_pool2d_exclude", lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False), r(1, 2, 5, 6))
case("avg_pool2d_ceil", lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True), r(1, 2, 6, 6))
case("avg_pool2d_ceil_exclude", lambda x: F.avg_pool2d(x, 2, 2, 0, ceil_mode=True, count_include_pad=False), r(1, 2, 5, 7))
case("max_pool", lambda x: F.max_pool2d(x, 2), r(1, 2, 5, 6))
case("avg_pool", lambda x: F.avg_pool1d(x, 4, 3, 2), r(1, 2, 11))
case("adaptive_avg_pool1d", lambda x: F.adaptive_avg_pool1d(x, 4), r(2, 3, 10))
case("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, (3, 2)), r(2, 3, 7, 5))
case("adaptive_avg_pool2d_grow", lambda x: F.adaptive_avg_pool2d(x, (6, 6)), r(1, 2, 4, 5))
case("interpolate_nearest", lambda x: F.interpolate(x, size=(7, 5)), r(1, 2, 4, 6))
case("interpolate_nearest1d", lambda x: F.interpolate(x, size=13), r(1, 2, 5))
case("interpolate_linear", lambda x: F.interpolate(x, size=7, mode="linear", align_corners=False), r(1, 2, 5))
case("interpolate_bilinear", lambda x: F.interpolate(x, size=(7, 5), mode="bilinear", align_corners=False), r(1, 2, 4, 8))
case("interpolate_bilinear_corners", lambda x: F.interpolate(x, size=(7, 5), mode="bilinear", align_corners=True), r(1, 2, 4, 8))
case("interpolate_bilinear_one", lambda x: F.interpolate(x, size=(1, 5), mode="bilinear", align_corners=True), r(1, 2, 4, 8))
case("interpolate_bicubic", lambda x: F.interpolate(x, size=(7, 5), mode="bicubic", align_corners=False), r(1, 2, 4, 8))
case("interpolate_bicubic_corners", lambda x: F.interpolate(x, size=(6, 9), mode="bicubic", align_corners=True), r(1, 2, 4, 8))
case("interpolate_trilinear", lambda x: F.interpolate(x, size=(3, 4, 5), mode="trilinear", align_corners=False), r(1, 1, 2, 3, 4))
case("interpolate_scale", lambda x: F.interpolate(x, scale_factor=(1.7, 2.3), mode="bicubic", align_corners=False), r(1, 2, 4, 5))
case("interpolate_scale_nearest", lambda x: F.interpolate(x, scale_factor=(2.0, 0.6), mode="nearest"), r(1, 2, 4, 7))
case("interpolate_scale_bilinear", lambda x: F.interpolate(x, scale_factor=(1.5, 1.3), mode="bilinear"), r(1, 2, 4, 5))
case("grid_sample", lambda x, g: F.grid_sample(x, g, align_corners=False), r(2, 3, 4, 5), r(2, 3, 6, 2, low=-1.4, high=1.4))
case("grid_sample_corners", lambda x, g: F.grid_sample(x, g, align_corners=True), r(2, 3, 4, 5), r(2, 3, 6, 2, low=-1.4, high=1.4))
case("pixel_shuffle", lambda x: F.pixel_shuffle(x, 2), r(1, 8, 3, 2))
case("im2col", lambda x: F.unfold(x, 3, dilation=2, padding=1, stride=2), r(2, 2, 6, 7))
case("im2col_plain", lambda x: F.unfold(x, 2, stride=2), r(1, 3, 4, 6))
case("col2im", lambda x: F.fold(x, (5, 6), 3, padding=1, stride=2), r(2, 18, 9))

for n in (1, 2, 3, 8, 12, 17):
    case(f"rfft_{n}", lambda x: torch.view_as_real(torch.fft.rfft(x)), r(2, n))
    case(f"irfft_{n}", lambda x, n=n: torch.fft.irfft(torch.view_as_complex(x), n), r(2, n // 2 + 1, 2))
case("rfft_cut", lambda x: torch.view_as_real(torch.fft.rfft(x, 6)), r(2, 9))
case("rfft_fill", lambda x: torch.view_as_real(torch.fft.rfft(x, 15)), r(2, 9))
case("irfft_fill", lambda x: torch.fft.irfft(torch.view_as_complex(x), 16), r(5, 2))
corners = r(30, 2, low=0, high=8)
boxes = torch.cat([corners, corners + r(30, 2, low=1, high=5)], 1)
scores = r(30, low=0, high=1)
case("nms", lambda b, s: torchvision.ops.nms(b, s, 0.3), boxes, scores)
case("nms_classes", lambda b, s, c: torchvision.ops.batched_nms(b, s, c, 0.2), boxes, scores, ints(30, low=0, high=3))
case("fft2_real", lambda x: torch.fft.fftn(x, dim=(-2, -1)).real, r(2, 6, 10))
case("fft2_real_powers", lambda x: torch.fft.fftn(x, dim=(-2, -1)).real, r(4, 8))


def deformable(values, locations, weights, sizes):
    """Each image sampled on its own."""
    batch, _, heads, width = values.shape
    queries = locations.shape[1]
    parts = values.split([h * w for h, w in sizes], 1)
    y = torch.zeros(batch * heads, width, queries)
    for i, (h, w) in enumerate(sizes):
        image = parts[i].permute(0, 2, 3, 1).reshape(batch * heads, width, h, w)
        grid = 2 * locations[:, :, :, i].transpose(1, 2).flatten(0, 1) - 1
        counts = weights[:, :, :, i].transpose(1, 2).flatten(0, 1).unsqueeze(1)
        y += (F.grid_sample(image, grid, align_corners=False) * counts).sum(-1)
    return y.view(batch, heads * width, queries).transpose(1, 2)


for name, heads, width, points, queries, sizes in (("deformable", 2, 5, 3, 7, [(4, 3), (2, 5), (1, 1)]), ("deformable_wide", 3, 70, 2, 40, [(6, 7), (3, 4)])):
    places = sum(h * w for h, w in sizes)
    case(name, lambda v, l, w, sizes=sizes: deformable(v, l, w, sizes), r(2, places, heads, width), r(2, queries, heads, len(sizes), points, 2, low=-0.4, high=1.4),
         torch.softmax(r(2, queries, heads, len(sizes) * points), -1).unflatten(-1, (len(sizes), points)))

save_file(tensors, sys.argv[1])
print(len([n for n in tensors if n.endswith("/y")]), "cases")
