/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-rows.h"

#include "auto-ops-private.h"
#include "auto-rows.h"

typedef void (*RowsFunc) (gint64 rows, gint64 n, const float *x, float *y, double epsilon);

static void
softmax_rows (gint64 rows, gint64 n, const float *x, float *y, double epsilon)
{
  auto_softmax_rows (rows, n, x, y);
}

static void
log_softmax_rows (gint64 rows, gint64 n, const float *x, float *y, double epsilon)
{
  auto_log_softmax_rows (rows, n, x, y);
}

static void
l2_normalize_rows (gint64 rows, gint64 n, const float *x, float *y, double epsilon)
{
  auto_l2_normalize_rows (rows, n, x, (float) epsilon, y);
}

/* The dimension becomes the last one, its rows contiguous. */
static AutoTensor *
along (AutoContext *cx, const char *op, AutoTensor *x, int dim, double epsilon, RowsFunc func)
{
  guint d;

  if (!auto_op_begin (cx, op, x) || !auto_op_dim (cx, op, x, dim, &d))
    return NULL;
  AutoTensor *rows = auto_op_floats (cx, op, auto_op_dim_last (cx, x, d));
  AutoTensor *y = rows ? auto_context_tensor (cx, AUTO_DTYPE_F32, rows->shape, rows->n_dims) : NULL;
  if (!y)
    return NULL;
  gint64 n = x->shape[d], count = auto_tensor_get_n_elements (rows);
  if (!cx->declaring && count > 0)
    func (count / n, n, auto_floats (rows), auto_floats (y), epsilon);
  return auto_op_last_to_dim (cx, y, d);
}

/**
 * auto_softmax:
 * @cx: a context
 * @x: (nullable): a tensor of a floating-point type
 * @dim: a dimension, negative from the last
 *
 * Returns: (transfer none) (nullable): eˣ divided by its sum along @dim
 */
AutoTensor *
auto_softmax (AutoContext *cx, AutoTensor *x, int dim)
{
  return along (cx, "softmax", x, dim, 0, softmax_rows);
}

/**
 * auto_log_softmax:
 * @cx: a context
 * @x: (nullable): a tensor of a floating-point type
 * @dim: a dimension, negative from the last
 *
 * Returns: (transfer none) (nullable): the logarithm of [func@softmax]
 */
AutoTensor *
auto_log_softmax (AutoContext *cx, AutoTensor *x, int dim)
{
  return along (cx, "log_softmax", x, dim, 0, log_softmax_rows);
}

/**
 * auto_l2_normalize:
 * @cx: a context
 * @x: (nullable): a tensor of a floating-point type
 * @dim: a dimension, negative from the last
 * @epsilon: the least norm that is divided by
 *
 * Returns: (transfer none) (nullable): @x divided by its Euclidean norm along @dim
 */
AutoTensor *
auto_l2_normalize (AutoContext *cx, AutoTensor *x, int dim, double epsilon)
{
  return along (cx, "l2_normalize", x, dim, epsilon, l2_normalize_rows);
}

#define COLUMNS 64

/* Rows of at most COLUMNS numbers that are @stride apart. */
#define SCAN(NAME, TYPE, ACCUMULATOR, START, STEP)                                                                                                   \
  static void NAME (gint64 n, gint64 stride, gint64 columns, const TYPE *x, TYPE *y)                                                                 \
  {                                                                                                                                                  \
    ACCUMULATOR totals[COLUMNS], a = START;                                                                                                          \
    if (columns == 1)                                                                                                                                \
      {                                                                                                                                              \
        const gint64 c = 0;                                                                                                                          \
        for (gint64 i = 0; i < n; i++)                                                                                                               \
          {                                                                                                                                          \
            a = STEP;                                                                                                                                \
            y[i * stride] = (TYPE) a;                                                                                                                \
          }                                                                                                                                          \
        return;                                                                                                                                      \
      }                                                                                                                                              \
    for (gint64 c = 0; c < columns; c++)                                                                                                             \
      totals[c] = START;                                                                                                                             \
    for (gint64 i = 0; i < n; i++)                                                                                                                   \
      for (gint64 c = 0; c < columns; c++)                                                                                                           \
        {                                                                                                                                            \
          a = totals[c];                                                                                                                             \
          totals[c] = STEP;                                                                                                                          \
          y[i * stride + c] = (TYPE) totals[c];                                                                                                      \
        }                                                                                                                                            \
  }
SCAN (sum_floats, float, double, 0, a + x[i * stride + c])
SCAN (sum_ints, gint64, guint64, 0, a + (guint64) x[i * stride + c])
SCAN (product_floats, float, double, 1, a *x[i * stride + c])
SCAN (product_ints, gint64, guint64, 1, a *(guint64) x[i * stride + c])

static AutoTensor *
scan (AutoContext *cx, const char *op, AutoTensor *x, int dim, gboolean product)
{
  gint64 outer = 1, inner = 1;
  guint d;

  if (!auto_op_begin (cx, op, x) || !auto_op_dim (cx, op, x, dim, &d))
    return NULL;
  AutoDType dtype = auto_op_common_dtype (x, x);
  AutoTensor *y = auto_context_tensor (cx, dtype, x->shape, x->n_dims);
  x = auto_op_as (cx, x, dtype);
  if (!x || !y || cx->declaring || !(x = auto_op_contiguous (cx, x)))
    return cx->error ? NULL : y;
  for (guint i = 0; i < x->n_dims; i++)
    *(i < d ? &outer : &inner) *= i == d ? 1 : x->shape[i];
  gint64 n = x->shape[d];
  for (gint64 at = 0; at < outer * inner; at += MIN (COLUMNS, inner - at % inner))
    {
      gint64 start = at / inner * n * inner + at % inner, columns = MIN (COLUMNS, inner - at % inner);
      if (dtype == AUTO_DTYPE_F32)
        (product ? product_floats : sum_floats) (n, inner, columns, auto_floats (x) + start, auto_floats (y) + start);
      else
        (product ? product_ints : sum_ints) (n, inner, columns, auto_ints (x) + start, auto_ints (y) + start);
    }
  return y;
}

/**
 * auto_cumsum:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 *
 * Returns: (transfer none) (nullable): the sums up to each place along @dim; of integers as 64-bit integers
 */
AutoTensor *
auto_cumsum (AutoContext *cx, AutoTensor *x, int dim)
{
  return scan (cx, "cumsum", x, dim, FALSE);
}

/**
 * auto_cumprod:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 *
 * Returns: (transfer none) (nullable): the products up to each place along @dim; of integers as 64-bit integers
 */
AutoTensor *
auto_cumprod (AutoContext *cx, AutoTensor *x, int dim)
{
  return scan (cx, "cumprod", x, dim, TRUE);
}
