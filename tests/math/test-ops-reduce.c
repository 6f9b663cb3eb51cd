/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ops-cases.h"

static AutoTensor *
topk_indices (AutoContext *cx, AutoTensor *x, gint64 k, int dim)
{
  AutoTensor *indices;

  auto_topk (cx, x, k, dim, &indices);
  return indices;
}

static AutoTensor *
sort_indices (AutoContext *cx, AutoTensor *x, int dim, gboolean descending)
{
  AutoTensor *indices;

  auto_sort (cx, x, dim, descending, &indices);
  return indices;
}

#define CASES(C) \
  C (sum, auto_sum (cx, x[0], 1, FALSE)) \
  C (sum_last, auto_sum (cx, x[0], -1, TRUE)) \
  C (sum_all, auto_sum (cx, x[0], AUTO_ALL_DIMS, FALSE)) \
  C (mean, auto_mean (cx, x[0], 1, FALSE)) \
  C (mean_last, auto_mean (cx, x[0], -1, TRUE)) \
  C (mean_all, auto_mean (cx, x[0], AUTO_ALL_DIMS, FALSE)) \
  C (prod, auto_prod (cx, x[0], 1, FALSE)) \
  C (prod_last, auto_prod (cx, x[0], -1, TRUE)) \
  C (prod_all, auto_prod (cx, x[0], AUTO_ALL_DIMS, FALSE)) \
  C (sum_ints, auto_sum (cx, x[0], 1, FALSE)) \
  C (sum_bool, auto_sum (cx, x[0], 1, FALSE)) \
  C (sum_empty, auto_sum (cx, x[0], 1, FALSE)) \
  C (sum_wide, auto_sum (cx, x[0], 0, FALSE)) \
  C (prod_ints, auto_prod (cx, x[0], 1, FALSE)) \
  C (max, auto_max (cx, x[0], 1, FALSE)) \
  C (max_last, auto_max (cx, x[0], -1, TRUE)) \
  C (max_all, auto_max (cx, x[0], AUTO_ALL_DIMS, FALSE)) \
  C (max_ints, auto_max (cx, x[0], -1, FALSE)) \
  C (max_nan, auto_max (cx, x[0], -1, FALSE)) \
  C (min, auto_min (cx, x[0], 1, FALSE)) \
  C (min_ints, auto_min (cx, x[0], -1, FALSE)) \
  C (argmax, auto_argmax (cx, x[0], 1, FALSE)) \
  C (argmax_last, auto_argmax (cx, x[0], -1, TRUE)) \
  C (argmax_all, auto_argmax (cx, x[0], AUTO_ALL_DIMS, FALSE)) \
  C (argmax_equal, auto_argmax (cx, x[0], -1, FALSE)) \
  C (argmin, auto_argmin (cx, x[0], -1, FALSE)) \
  C (argmin_ints, auto_argmin (cx, x[0], 0, FALSE)) \
  C (any, auto_any (cx, x[0], 1, FALSE)) \
  C (all, auto_all (cx, x[0], 1, FALSE)) \
  C (any_all, auto_any (cx, x[0], AUTO_ALL_DIMS, FALSE)) \
  C (var, auto_var (cx, x[0], 1, FALSE, FALSE)) \
  C (var_unbiased, auto_var (cx, x[0], -1, TRUE, TRUE)) \
  C (std, auto_std (cx, x[0], -1, FALSE, FALSE)) \
  C (std_unbiased, auto_std (cx, x[0], 0, TRUE, FALSE)) \
  C (norm, auto_norm (cx, x[0], -1, FALSE)) \
  C (norm_middle, auto_norm (cx, x[0], 1, TRUE)) \
  C (logsumexp, auto_logsumexp (cx, x[0], -1, FALSE)) \
  C (logsumexp_masked, auto_logsumexp (cx, x[0], -1, FALSE)) \
  C (softmax, auto_softmax (cx, x[0], -1)) \
  C (softmax_middle, auto_softmax (cx, x[0], 1)) \
  C (log_softmax, auto_log_softmax (cx, x[0], -1)) \
  C (log_softmax_first, auto_log_softmax (cx, x[0], 0)) \
  C (l2_normalize, auto_l2_normalize (cx, x[0], -1, 1e-12)) \
  C (l2_normalize_middle, auto_l2_normalize (cx, x[0], 1, 1e-12)) \
  C (cumsum, auto_cumsum (cx, x[0], 1)) \
  C (cumsum_last, auto_cumsum (cx, x[0], -1)) \
  C (cumprod, auto_cumprod (cx, x[0], -1)) \
  C (topk, auto_topk (cx, x[0], 3, -1, NULL)) \
  C (topk_indices, topk_indices (cx, x[0], 3, -1)) \
  C (topk_middle, topk_indices (cx, x[0], 2, 1)) \
  C (topk_all, auto_topk (cx, x[0], 5, -1, NULL)) \
  C (topk_ints, auto_topk (cx, x[0], 4, -1, NULL)) \
  C (sort, auto_sort (cx, x[0], -1, FALSE, NULL)) \
  C (sort_indices, sort_indices (cx, x[0], 1, TRUE)) \
  C (sort_nan, auto_sort (cx, x[0], 0, FALSE, NULL)) \
  C (argsort, auto_argsort (cx, x[0], -1, FALSE)) \
  C (argsort_floats, auto_argsort (cx, x[0], 0, TRUE)) \

CASES (OPS_FUNCTION)
static const OpsCase cases[] = { CASES (OPS_ENTRY) };

static void
test_errors (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  AutoTensor *a = auto_zeros (cx, AUTO_DIMS (2, 3)), *none = auto_zeros (cx, AUTO_DIMS (2, 0)), *i = auto_arange (cx, 0, 3, 1), *places = a;

  OPS_ASSERT_FAILS (cx, auto_sum (cx, a, 2, FALSE), RANGE, "sum of float32 (2, 3): there is no dimension 2");
  OPS_ASSERT_FAILS (cx, auto_var (cx, a, -3, FALSE, FALSE), RANGE, "var");
  OPS_ASSERT_FAILS (cx, auto_max (cx, none, 1, FALSE), SHAPE, "max");
  OPS_ASSERT_FAILS (cx, auto_argmin (cx, none, AUTO_ALL_DIMS, FALSE), SHAPE, "argmin");
  OPS_ASSERT_FAILS (cx, auto_softmax (cx, i, 0), DTYPE, "softmax");
  OPS_ASSERT_FAILS (cx, auto_softmax (cx, a, 2), RANGE, "softmax");
  OPS_ASSERT_FAILS (cx, auto_cumsum (cx, a, 2), RANGE, "cumsum");
  OPS_ASSERT_FAILS (cx, auto_topk (cx, a, 4, -1, &places), RANGE, "topk");
  g_assert_null (places);
  OPS_ASSERT_FAILS (cx, auto_topk (cx, a, -1, -1, NULL), RANGE, "topk");
  OPS_ASSERT_FAILS (cx, auto_sort (cx, a, 5, FALSE, NULL), RANGE, "sort");
  auto_weights_free (weights);
}

/* Many rows and long rows go to several tasks. */
static void
test_large (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  AutoTensor *x = auto_reshape (cx, auto_arange (cx, 0, 3 * 50000, 1), AUTO_DIMS (3, 50000));
  AutoTensor *rows = auto_sum (cx, x, 1, FALSE), *columns = auto_sum (cx, auto_cast (cx, x, AUTO_DTYPE_F32), 0, FALSE);

  for (gint64 i = 0; i < 3; i++)
    g_assert_cmpint (auto_ints (rows)[i], ==, i * 50000 * (gint64) 50000 + (gint64) 50000 * 49999 / 2);
  for (gint64 i = 0; i < 50000; i++)
    g_assert_cmpfloat (auto_floats (columns)[i], ==, (float) (3 * i + 150000));
  g_assert_cmpint (*auto_ints (auto_argmax (cx, x, AUTO_ALL_DIMS, FALSE)), ==, 149999);
  auto_weights_free (weights);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ops_add_cases ("reduce", cases, G_N_ELEMENTS (cases));
  g_test_add_func ("/ops/reduce/errors", test_errors);
  g_test_add_func ("/ops/reduce/large", test_large);
  return g_test_run ();
}
