/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ops-cases.h"

#define CASES(C) \
  C (index_select, auto_index_select (cx, x[0], 1, x[1])) \
  C (index_select_first, auto_index_select (cx, x[0], 0, x[1])) \
  C (take_rows, auto_take_rows (cx, x[0], x[1])) \
  C (take_rows_single, auto_take_rows (cx, x[0], x[1])) \
  C (take_rows_half, auto_take_rows (cx, x[0], x[1])) \
  C (take_rows_none, auto_take_rows (cx, x[0], x[1])) \
  C (gather, auto_gather (cx, x[0], -1, x[1])) \
  C (gather_middle, auto_gather (cx, x[0], 1, x[1])) \
  C (gather_ints, auto_gather (cx, x[0], 0, x[1])) \
  C (gather_bool, auto_gather (cx, x[0], 0, x[1])) \
  C (one_hot, auto_one_hot (cx, x[0], 5)) \
  C (nonzero, auto_nonzero (cx, x[0])) \
  C (bucketize, auto_bucketize (cx, x[0], x[1], FALSE)) \
  C (bucketize_right, auto_bucketize (cx, x[0], x[1], TRUE)) \
  C (scatter, auto_scatter (cx, x[0], 1, x[1], x[2])) \
  C (scatter_first, auto_scatter (cx, x[0], 0, x[1], x[2])) \
  C (scatter_value, auto_scatter (cx, x[0], 1, x[1], x[2])) \
  C (scatter_add, auto_scatter_add (cx, x[0], 1, x[1], x[2])) \
  C (scatter_add_ints, auto_scatter_add (cx, x[0], 0, x[1], x[2])) \
  C (scatter_max, auto_scatter_max (cx, x[0], 1, x[1], x[2])) \
  C (scatter_min, auto_scatter_min (cx, x[0], 1, x[1], x[2])) \
  C (index_copy, auto_index_copy (cx, x[0], 1, x[1], x[2])) \
  C (index_add, auto_index_add (cx, x[0], 0, x[1], x[2])) \
  C (put, auto_put (cx, x[0], 1, 1, x[1])) \
  C (masked_scatter, auto_masked_scatter (cx, x[0], x[1], x[2])) \
  C (matmul, auto_matmul (cx, x[0], x[1])) \
  C (matmul_batch, auto_matmul (cx, x[0], x[1])) \
  C (matmul_broadcast, auto_matmul (cx, x[0], x[1])) \
  C (matmul_shared, auto_matmul (cx, x[0], x[1])) \
  C (matmul_row, auto_matmul (cx, x[0], x[1])) \
  C (matmul_column, auto_matmul (cx, x[0], x[1])) \
  C (matmul_dot, auto_matmul (cx, x[0], x[1])) \
  C (matmul_heads, auto_matmul (cx, auto_split_heads (cx, x[0], 2), auto_transpose (cx, auto_split_heads (cx, x[1], 2), 2, 3))) \
  C (matmul_no_depth, auto_matmul (cx, x[0], x[1])) \
  C (matmul_nt, auto_matmul_nt (cx, x[0], x[1])) \
  C (matmul_tn, auto_matmul_tn (cx, x[0], x[1])) \
  C (matmul_large, auto_matmul (cx, x[0], x[1])) \
  C (einsum_scores, auto_einsum (cx, "bhid,bhjd->bhij", x[0], x[1])) \
  C (einsum_heads, auto_einsum (cx, "bind, bjnd -> bnij", x[0], x[1])) \
  C (einsum_order, auto_einsum (cx, "abc,cd->dba", x[0], x[1])) \
  C (einsum_sum, auto_einsum (cx, "ab,cb->c", x[0], x[1])) \
  C (einsum_two, auto_einsum (cx, "axyb,xby->a", x[0], x[1])) \
  C (einsum_outer, auto_einsum (cx, "i,jk->kij", x[0], x[1])) \
  C (einsum_dot, auto_einsum (cx, "i,i->", x[0], x[1])) \
  C (einsum_elements, auto_einsum (cx, "ab,ab->ba", x[0], x[1])) \
  C (repeat_indices, auto_repeat_indices (cx, x[0])) \
  C (outer, auto_outer (cx, x[0], x[1])) \

CASES (OPS_FUNCTION)
static const OpsCase cases[] = { CASES (OPS_ENTRY) };

static void
test_errors (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  AutoTensor *a = auto_zeros (cx, AUTO_DIMS (2, 3)), *b = auto_zeros (cx, AUTO_DIMS (2, 4)), *i = auto_arange (cx, 0, 3, 1);
  AutoTensor *square = auto_reshape (cx, auto_arange (cx, 0, 4, 1), AUTO_DIMS (2, 2));

  OPS_ASSERT_FAILS (cx, auto_index_select (cx, a, 0, i), RANGE, "index_select of int64 (3): the index 2 at place 2 is not in 0 to 1");
  OPS_ASSERT_FAILS (cx, auto_index_select (cx, a, 1, square), SHAPE, "index_select");
  OPS_ASSERT_FAILS (cx, auto_index_select (cx, a, 1, a), SHAPE, "index_select");
  OPS_ASSERT_FAILS (cx, auto_index_select (cx, i, 0, auto_neg (cx, i)), RANGE, "the index -1");
  OPS_ASSERT_FAILS (cx, auto_take_rows (cx, a, i), RANGE, "take_rows");
  OPS_ASSERT_FAILS (cx, auto_take_rows (cx, a, auto_add_scalar (cx, auto_neg (cx, i), -1)), RANGE, "the index -3");
  OPS_ASSERT_FAILS (cx, auto_take_rows (cx, a, b), DTYPE, "take_rows");
  OPS_ASSERT_FAILS (cx, auto_take_rows (cx, auto_select (cx, i, 0, 0), i), RANGE, "take_rows");
  OPS_ASSERT_FAILS (cx, auto_gather (cx, a, 1, square), RANGE, "gather");
  OPS_ASSERT_FAILS (cx, auto_gather (cx, a, 1, i), SHAPE, "gather: float32 (2, 3) and int64 (3)");
  OPS_ASSERT_FAILS (cx, auto_one_hot (cx, i, 2), RANGE, "one_hot");
  OPS_ASSERT_FAILS (cx, auto_one_hot (cx, i, -2), RANGE, "one_hot");
  OPS_ASSERT_FAILS (cx, auto_bucketize (cx, a, b, FALSE), SHAPE, "bucketize");
  OPS_ASSERT_FAILS (cx, auto_scatter (cx, a, 1, square, b), RANGE, "scatter");
  OPS_ASSERT_FAILS (cx, auto_scatter (cx, b, 1, square, auto_zeros (cx, AUTO_DIMS (1, 2))), SHAPE, "scatter");
  OPS_ASSERT_FAILS (cx, auto_scatter_add (cx, auto_cast (cx, b, AUTO_DTYPE_F16), 1, square, auto_cast (cx, b, AUTO_DTYPE_F16)), DTYPE, "scatter_add");
  OPS_ASSERT_FAILS (cx, auto_index_add (cx, a, 1, i, b), SHAPE, "index_add");
  OPS_ASSERT_FAILS (cx, auto_index_copy (cx, a, 0, i, a), RANGE, "index_copy");
  OPS_ASSERT_FAILS (cx, auto_put (cx, a, 1, 1, a), SHAPE, "put");
  OPS_ASSERT_FAILS (cx, auto_put (cx, a, 0, 0, i), SHAPE, "put");
  OPS_ASSERT_FAILS (cx, auto_masked_scatter (cx, a, auto_ones (cx, AUTO_DIMS (3)), i), SHAPE, "masked_scatter");
  OPS_ASSERT_FAILS (cx, auto_masked_scatter (cx, a, b, i), SHAPE, "expand");
  OPS_ASSERT_FAILS (cx, auto_matmul (cx, a, b), SHAPE, "matmul: float32 (2, 3) and float32 (2, 4)");
  OPS_ASSERT_FAILS (cx, auto_matmul (cx, a, i), DTYPE, "matmul");
  OPS_ASSERT_FAILS (cx, auto_matmul (cx, auto_zeros (cx, NULL, 0), a), DTYPE, "matmul");
  OPS_ASSERT_FAILS (cx, auto_matmul_nt (cx, a, b), SHAPE, "matmul_nt");
  OPS_ASSERT_FAILS (cx, auto_einsum (cx, "ab,cb->ac", a, b), SHAPE, "\"ab,cb->ac\" does not describe float32 (2, 3) and float32 (2, 4)");
  OPS_ASSERT_FAILS (cx, auto_einsum (cx, "aa,ab->ab", a, b), SHAPE, "einsum");
  OPS_ASSERT_FAILS (cx, auto_einsum (cx, "ab,ac->abd", a, b), SHAPE, "einsum");
  OPS_ASSERT_FAILS (cx, auto_einsum (cx, "ab,ac->aa", a, b), SHAPE, "einsum");
  OPS_ASSERT_FAILS (cx, auto_einsum (cx, "ab,ac", a, b), SHAPE, "einsum");
  OPS_ASSERT_FAILS (cx, auto_einsum (cx, "ab", a, b), SHAPE, "einsum");
  OPS_ASSERT_FAILS (cx, auto_einsum (cx, "a.,ac->ac", a, b), SHAPE, "einsum");
  OPS_ASSERT_FAILS (cx, auto_einsum (cx, "abcdefghijk,ac->ac", a, b), SHAPE, "einsum");
  OPS_ASSERT_FAILS (cx, auto_einsum (cx, NULL, a, b), SHAPE, "einsum");
  OPS_ASSERT_FAILS (cx, auto_repeat_indices (cx, auto_neg (cx, i)), RANGE, "repeat_indices");
  OPS_ASSERT_FAILS (cx, auto_repeat_indices (cx, square), RANGE, "repeat_indices");
  auto_weights_free (weights);
}

static void
test_read (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE), shapes = auto_context_new (weights, TRUE);
  AutoTensor *x = auto_transpose (cx, auto_reshape (cx, auto_arange (cx, 0, 6, 1), AUTO_DIMS (2, 3)), 0, 1);
  gint64 n = 7;
  double f = 7;

  g_assert_true (auto_read_int (cx, x, 3, &n));
  g_assert_cmpint (n, ==, 4);
  g_assert_true (auto_read_float (cx, auto_scale (cx, x, 0.5), 4, &f));
  g_assert_cmpfloat (f, ==, 1);
  g_assert_false (auto_read_int (shapes, auto_arange (shapes, 0, 6, 1), 3, &n));
  g_assert_cmpint (n, ==, 0);
  g_assert_false (auto_read_int (cx, x, 6, &n));
  g_assert_error (cx->error, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_RANGE);
  g_assert_false (auto_read_float (cx, x, 0, &f));
  g_assert_cmpfloat (f, ==, 0);
  auto_weights_free (weights);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ops_add_cases ("index", cases, G_N_ELEMENTS (cases));
  g_test_add_func ("/ops/index/errors", test_errors);
  g_test_add_func ("/ops/index/read", test_read);
  return g_test_run ();
}
