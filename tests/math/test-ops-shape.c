/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ops-cases.h"

#include <math.h>

#define CASES(C) \
  C (reshape, auto_reshape (cx, x[0], AUTO_DIMS (4, 6))) \
  C (reshape_open, auto_reshape (cx, x[0], AUTO_DIMS (3, -1, 2))) \
  C (reshape_scalar, auto_reshape (cx, x[0], NULL, 0)) \
  C (reshape_permuted, auto_reshape (cx, auto_permute (cx, x[0], AUTO_ORDER (2, 0, 1)), AUTO_DIMS (4, 6))) \
  C (reshape_permuted_split, auto_reshape (cx, auto_permute (cx, x[0], AUTO_ORDER (1, 0, 2)), AUTO_DIMS (3, 2, 2, 2))) \
  C (reshape_empty, auto_reshape (cx, x[0], AUTO_DIMS (0, 7))) \
  C (flatten, auto_flatten (cx, x[0], 1, 2)) \
  C (flatten_all, auto_flatten (cx, x[0], 0, -1)) \
  C (unflatten, auto_unflatten (cx, x[0], -1, AUTO_DIMS (2, 3))) \
  C (unsqueeze, auto_unsqueeze (cx, x[0], 1)) \
  C (unsqueeze_last, auto_unsqueeze (cx, x[0], -1)) \
  C (squeeze, auto_squeeze (cx, x[0], 1)) \
  C (squeeze_not, auto_squeeze (cx, x[0], 0)) \
  C (permute, auto_permute (cx, x[0], AUTO_ORDER (2, 0, -1, 1))) \
  C (transpose, auto_transpose (cx, x[0], 0, -1)) \
  C (split_heads, auto_split_heads (cx, x[0], 4)) \
  C (merge_heads, auto_merge_heads (cx, x[0])) \
  C (expand, auto_expand (cx, x[0], AUTO_DIMS (2, 3, 4))) \
  C (expand_keep, auto_expand (cx, x[0], AUTO_DIMS (2, -1, 4))) \
  C (slice, auto_slice (cx, x[0], 1, 1, 4, 1)) \
  C (slice_step, auto_slice (cx, x[0], -1, 0, 7, 3)) \
  C (slice_negative, auto_slice (cx, x[0], 0, -3, -1, 1)) \
  C (slice_beyond, auto_slice (cx, x[0], 0, 2, AUTO_END, 1)) \
  C (slice_none, auto_slice (cx, x[0], 0, 4, 2, 1)) \
  C (narrow, auto_narrow (cx, x[0], 1, -4, 3)) \
  C (select, auto_select (cx, x[0], 1, -1)) \
  C (chunk, auto_chunk (cx, x[0], 3, -1, 1)) \
  C (unfold, auto_unfold (cx, x[0], 1, 3, 2)) \
  C (flip, auto_flip (cx, x[0], 1)) \
  C (diagonal, auto_diagonal (cx, x[0], 1, 0, 1)) \
  C (diagonal_below, auto_diagonal (cx, x[0], -2, -2, -1)) \
  C (contiguous, auto_contiguous (cx, auto_transpose (cx, x[0], 0, 1))) \
  C (concat, auto_concat (cx, AUTO_TENSORS (x[0], x[1], x[2]), 1)) \
  C (concat_last, auto_concat (cx, AUTO_TENSORS (x[0], x[1]), -1)) \
  C (concat_mixed, auto_concat (cx, AUTO_TENSORS (x[0], x[1]), 0)) \
  C (stack, auto_stack (cx, AUTO_TENSORS (x[0], x[1]), 1)) \
  C (stack_last, auto_stack (cx, AUTO_TENSORS (x[0], x[1]), -1)) \
  C (repeat, auto_repeat (cx, x[0], AUTO_DIMS (2, 3, 2))) \
  C (repeat_once, auto_repeat (cx, x[0], AUTO_DIMS (1, 4))) \
  C (repeat_interleave, auto_repeat_interleave (cx, x[0], 3, 1)) \
  C (roll, auto_roll (cx, x[0], 2, 1)) \
  C (roll_back, auto_roll (cx, x[0], -7, 0)) \
  C (pad, auto_pad (cx, x[0], AUTO_DIMS (1, 2), AUTO_PAD_CONSTANT, 0)) \
  C (pad_two, auto_pad (cx, x[0], AUTO_DIMS (1, 2, 3, 0), AUTO_PAD_CONSTANT, 1.5)) \
  C (pad_cut, auto_pad (cx, x[0], AUTO_DIMS (-1, 2, 1, -2), AUTO_PAD_CONSTANT, 0)) \
  C (pad_ints, auto_pad (cx, x[0], AUTO_DIMS (2, 0), AUTO_PAD_CONSTANT, -1)) \
  C (pad_reflect, auto_pad (cx, x[0], AUTO_DIMS (2, 1, 1, 2), AUTO_PAD_REFLECT, 0)) \
  C (pad_replicate, auto_pad (cx, x[0], AUTO_DIMS (4, 1, 1, 2), AUTO_PAD_REPLICATE, 0)) \
  C (pad_circular, auto_pad (cx, x[0], AUTO_DIMS (2, 1), AUTO_PAD_CIRCULAR, 0)) \
  C (pad_symmetric, auto_pad (cx, x[0], AUTO_DIMS (2, 3), AUTO_PAD_SYMMETRIC, 0)) \
  C (tril, auto_tril (cx, x[0], 0)) \
  C (tril_above, auto_tril (cx, x[0], 2)) \
  C (triu, auto_triu (cx, x[0], 1)) \
  C (triu_ints, auto_triu (cx, x[0], -1)) \
  C (full, auto_full (cx, AUTO_DIMS (2, 3), 2.5, AUTO_DTYPE_F32)) \
  C (full_ints, auto_full (cx, AUTO_DIMS (2, 3), 7, AUTO_DTYPE_I64)) \
  C (full_like, auto_full_like (cx, x[0], 3)) \
  C (zeros, auto_zeros (cx, AUTO_DIMS (2, 3))) \
  C (ones, auto_ones (cx, AUTO_DIMS (4))) \
  C (arange, auto_arange (cx, 2, 11, 3)) \
  C (arange_down, auto_arange (cx, 5, -3, -2)) \
  C (arange_float, auto_arange_float (cx, 0.5, 3.1, 0.25)) \
  C (linspace, auto_linspace (cx, -1, 1, 7)) \
  C (linspace_one, auto_linspace (cx, 3, 5, 1)) \
  C (eye, auto_eye (cx, 3)) \
  C (constant, auto_constant (cx, AUTO_VALUES (1.5, -2.0, 0.25))) \
  C (constant_ints, auto_constant_ints (cx, AUTO_DIMS (3, -4, 5))) \

CASES (OPS_FUNCTION)
static const OpsCase cases[] = { CASES (OPS_ENTRY) };

#define MANY (G_MAXINT64 / 2)

static void
test_view_errors (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  AutoTensor *a = auto_zeros (cx, AUTO_DIMS (2, 3)), *deep = auto_zeros (cx, AUTO_DIMS (1, 1, 1, 1, 1, 1, 1, 2));

  OPS_ASSERT_FAILS (cx, auto_reshape (cx, a, AUTO_DIMS (4, -1)), SHAPE, "reshape of float32 (2, 3): it can't take the shape (4, -1)");
  OPS_ASSERT_FAILS (cx, auto_reshape (cx, a, AUTO_DIMS (-1, -1)), SHAPE, "reshape");
  OPS_ASSERT_FAILS (cx, auto_reshape (cx, a, AUTO_DIMS (-2, -3)), SHAPE, "reshape");
  OPS_ASSERT_FAILS (cx, auto_reshape (cx, a, AUTO_DIMS (MANY, MANY, 6)), SHAPE, "reshape");
  OPS_ASSERT_FAILS (cx, auto_reshape (cx, a, AUTO_DIMS (1, 1, 1, 1, 1, 1, 1, 2, 3)), SHAPE, "reshape");
  OPS_ASSERT_FAILS (cx, auto_flatten (cx, a, 1, 0), RANGE, "flatten");
  OPS_ASSERT_FAILS (cx, auto_flatten (cx, a, 0, 2), RANGE, "dimension 2");
  OPS_ASSERT_FAILS (cx, auto_unflatten (cx, a, 1, AUTO_DIMS (2, -1)), SHAPE, "unflatten");
  OPS_ASSERT_FAILS (cx, auto_unflatten (cx, deep, -1, AUTO_DIMS (1, 2)), SHAPE, "more than 8");
  OPS_ASSERT_FAILS (cx, auto_unsqueeze (cx, a, 4), RANGE, "unsqueeze");
  OPS_ASSERT_FAILS (cx, auto_unsqueeze (cx, a, G_MININT), RANGE, "unsqueeze");
  OPS_ASSERT_FAILS (cx, auto_unsqueeze (cx, deep, 0), RANGE, "unsqueeze");
  OPS_ASSERT_FAILS (cx, auto_squeeze (cx, a, -3), RANGE, "squeeze");
  OPS_ASSERT_FAILS (cx, auto_permute (cx, a, AUTO_ORDER (0, 0)), SHAPE, "permute");
  OPS_ASSERT_FAILS (cx, auto_permute (cx, a, AUTO_ORDER (0)), SHAPE, "permute");
  OPS_ASSERT_FAILS (cx, auto_permute (cx, a, AUTO_ORDER (0, 1, 2)), SHAPE, "permute");
  OPS_ASSERT_FAILS (cx, auto_transpose (cx, a, 0, 2), RANGE, "transpose");
  OPS_ASSERT_FAILS (cx, auto_split_heads (cx, a, 2), SHAPE, "split_heads");
  OPS_ASSERT_FAILS (cx, auto_merge_heads (cx, a), SHAPE, "merge_heads");
  OPS_ASSERT_FAILS (cx, auto_expand (cx, a, AUTO_DIMS (3)), SHAPE, "expand");
  OPS_ASSERT_FAILS (cx, auto_expand (cx, a, AUTO_DIMS (2, 4)), SHAPE, "it can't be repeated to (2, 4)");
  OPS_ASSERT_FAILS (cx, auto_expand (cx, a, AUTO_DIMS (MANY, 2, 3)), SHAPE, "expand");
  OPS_ASSERT_FAILS (cx, auto_slice (cx, a, 0, 0, 1, 0), RANGE, "slice");
  OPS_ASSERT_FAILS (cx, auto_slice (cx, a, 2, 0, 1, 1), RANGE, "slice");
  OPS_ASSERT_FAILS (cx, auto_narrow (cx, a, 1, 1, 3), RANGE, "narrow");
  OPS_ASSERT_FAILS (cx, auto_narrow (cx, a, 1, G_MININT64, 1), RANGE, "narrow");
  OPS_ASSERT_FAILS (cx, auto_select (cx, a, 1, 3), RANGE, "select");
  OPS_ASSERT_FAILS (cx, auto_select (cx, a, 1, G_MININT64), RANGE, "select");
  OPS_ASSERT_FAILS (cx, auto_chunk (cx, a, 2, 1, 0), SHAPE, "chunk");
  OPS_ASSERT_FAILS (cx, auto_chunk (cx, a, 2, 0, 2), SHAPE, "chunk");
  OPS_ASSERT_FAILS (cx, auto_unfold (cx, a, 1, 4, 1), SHAPE, "unfold");
  OPS_ASSERT_FAILS (cx, auto_unfold (cx, a, 1, 1, 0), SHAPE, "unfold");
  OPS_ASSERT_FAILS (cx, auto_flip (cx, a, 2), RANGE, "flip");
  OPS_ASSERT_FAILS (cx, auto_diagonal (cx, a, 0, 1, 1), RANGE, "diagonal");
  auto_weights_free (weights);
}

static void
test_copy_errors (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  AutoTensor *a = auto_zeros (cx, AUTO_DIMS (2, 3)), *b = auto_zeros (cx, AUTO_DIMS (2, 4)), *i = auto_arange (cx, 0, 3, 1);

  OPS_ASSERT_FAILS (cx, auto_concat (cx, AUTO_TENSORS (a, b), 0), SHAPE, "concat: float32 (2, 3) and float32 (2, 4)");
  OPS_ASSERT_FAILS (cx, auto_concat (cx, AUTO_TENSORS (a, i), 0), SHAPE, "concat");
  OPS_ASSERT_FAILS (cx, auto_concat (cx, NULL, 0, 0), SHAPE, "there are no tensors");
  OPS_ASSERT_FAILS (cx, auto_stack (cx, AUTO_TENSORS (a, b), 0), SHAPE, "stack");
  OPS_ASSERT_FAILS (cx, auto_stack (cx, AUTO_TENSORS (a, a), 4), RANGE, "unsqueeze");
  OPS_ASSERT_FAILS (cx, auto_repeat (cx, a, AUTO_DIMS (2)), SHAPE, "repeat");
  OPS_ASSERT_FAILS (cx, auto_repeat (cx, a, AUTO_DIMS (2, -1)), SHAPE, "repeat");
  OPS_ASSERT_FAILS (cx, auto_repeat (cx, a, AUTO_DIMS (MANY, 4)), SHAPE, "shape");
  OPS_ASSERT_FAILS (cx, auto_repeat_interleave (cx, a, MANY, 0), SHAPE, "shape");
  OPS_ASSERT_FAILS (cx, auto_repeat_interleave (cx, a, G_MAXINT64, 1), SHAPE, "repeat_interleave");
  OPS_ASSERT_FAILS (cx, auto_roll (cx, a, 1, 2), RANGE, "roll");
  OPS_ASSERT_FAILS (cx, auto_pad (cx, a, AUTO_DIMS (1), AUTO_PAD_CONSTANT, 0), SHAPE, "pad");
  OPS_ASSERT_FAILS (cx, auto_pad (cx, a, AUTO_DIMS (1, 1, 1, 1, 1, 1), AUTO_PAD_CONSTANT, 0), SHAPE, "pad");
  OPS_ASSERT_FAILS (cx, auto_pad (cx, a, AUTO_DIMS (3, 0), AUTO_PAD_REFLECT, 0), SHAPE, "pad");
  OPS_ASSERT_FAILS (cx, auto_pad (cx, a, AUTO_DIMS (-1, 0), AUTO_PAD_REFLECT, 0), SHAPE, "negative");
  OPS_ASSERT_FAILS (cx, auto_pad (cx, a, AUTO_DIMS (-2, -2), AUTO_PAD_CONSTANT, 0), SHAPE, "pad");
  OPS_ASSERT_FAILS (cx, auto_pad (cx, a, AUTO_DIMS (G_MAXINT64, G_MAXINT64), AUTO_PAD_CONSTANT, 0), SHAPE, "pad");
  OPS_ASSERT_FAILS (cx, auto_pad (cx, a, AUTO_DIMS (G_MININT64, G_MAXINT64), AUTO_PAD_CONSTANT, 0), SHAPE, "pad");
  OPS_ASSERT_FAILS (cx, auto_pad (cx, i, AUTO_DIMS (1, 1), AUTO_PAD_CONSTANT, 0.5), DTYPE, "0.5");
  OPS_ASSERT_FAILS (cx, auto_tril (cx, i, 0), SHAPE, "tril");
  OPS_ASSERT_FAILS (cx, auto_full (cx, AUTO_DIMS (2, -3), 0, AUTO_DTYPE_F32), SHAPE, "(2, -3)");
  OPS_ASSERT_FAILS (cx, auto_contiguous (cx, auto_zeros (cx, AUTO_DIMS (1 << 21, 1 << 21, 1 << 21))), SHAPE, "expand");
  OPS_ASSERT_FAILS (cx, auto_contiguous (cx, auto_zeros (cx, AUTO_DIMS (1 << 20, 1 << 20, 1 << 10))), MEMORY, "no memory");
  OPS_ASSERT_FAILS (cx, auto_arange (cx, 0, 3, 0), RANGE, "arange");
  OPS_ASSERT_FAILS (cx, auto_arange (cx, G_MININT64, G_MAXINT64, 1), RANGE, "arange");
  OPS_ASSERT_FAILS (cx, auto_arange_float (cx, 0, 1, 0), RANGE, "arange");
  OPS_ASSERT_FAILS (cx, auto_arange_float (cx, 0, NAN, 1), RANGE, "arange");
  OPS_ASSERT_FAILS (cx, auto_linspace (cx, 0, 1, -1), SHAPE, "(-1)");
  OPS_ASSERT_FAILS (cx, auto_eye (cx, -1), SHAPE, "-1");
  auto_weights_free (weights);
}

/* Views share their base's memory, and a reshape does where strides allow it. */
static void
test_views (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  AutoTensor *x = auto_reshape (cx, auto_arange (cx, 0, 24, 1), AUTO_DIMS (2, 3, 4));

  g_assert_true (auto_transpose (cx, x, 0, 1)->storage == x->storage);
  g_assert_true (auto_reshape (cx, x, AUTO_DIMS (6, 2, 2))->storage == x->storage);
  g_assert_true (auto_reshape (cx, auto_transpose (cx, x, 0, 1), AUTO_DIMS (3, 2, 2, 2))->storage == x->storage);
  g_assert_false (auto_reshape (cx, auto_transpose (cx, x, 0, 1), AUTO_DIMS (6, 4))->storage == x->storage);
  g_assert_true (auto_flatten (cx, auto_slice (cx, x, 0, 0, 2, 2), 1, 2)->storage == x->storage);
  g_assert_true (auto_contiguous (cx, x) == x);
  g_assert_cmpint (auto_dim (NULL, 3), ==, 1);
  g_assert_cmpint (auto_dim (x, -1), ==, 4);
  auto_weights_free (weights);
}

/* Larger transposes are copied in tiles. */
static void
test_transposed_copy (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  AutoTensor *x = auto_reshape (cx, auto_arange_float (cx, 0, 3 * 37 * 50, 1), AUTO_DIMS (3, 37, 50));
  AutoTensor *y = auto_contiguous (cx, auto_transpose (cx, x, 1, 2)), *z = auto_contiguous (cx, auto_permute (cx, x, AUTO_ORDER (2, 0, 1)));

  for (gint64 i = 0; i < 3; i++)
    for (gint64 j = 0; j < 37; j++)
      for (gint64 k = 0; k < 50; k++)
        {
          float want = (float) ((i * 37 + j) * 50 + k);
          g_assert_cmpfloat (auto_floats (y)[(i * 50 + k) * 37 + j], ==, want);
          g_assert_cmpfloat (auto_floats (z)[(k * 3 + i) * 37 + j], ==, want);
        }
  auto_weights_free (weights);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ops_add_cases ("shape", cases, G_N_ELEMENTS (cases));
  g_test_add_func ("/ops/shape/view-errors", test_view_errors);
  g_test_add_func ("/ops/shape/copy-errors", test_copy_errors);
  g_test_add_func ("/ops/shape/views", test_views);
  g_test_add_func ("/ops/shape/transposed-copy", test_transposed_copy);
  return g_test_run ();
}
