/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-reduce.h"

#include <math.h>

#include "auto-ops-private.h"
#include "auto-pool.h"

#define COLUMNS 64
#define ELEMENTS_A_TASK 16384

/* Reduces @n rows of @columns numbers, at most COLUMNS, that are @stride apart. */
typedef void (*ReduceFunc) (gint64 n, gint64 stride, gint64 columns, gconstpointer x, gpointer y);

/* The accumulator `a` takes in the value `v`; two accumulators are joined as `a` and `b`. Long rows are folded in eight lanes. */
#define FOLD(NAME, TYPE, ACCUMULATOR, OUT, START, STEP, JOIN, FINISH)                                                                                \
  static void NAME (gint64 n, gint64 stride, gint64 columns, gconstpointer data, gpointer out)                                                       \
  {                                                                                                                                                  \
    const TYPE *x = data;                                                                                                                            \
    OUT *y = out;                                                                                                                                    \
    ACCUMULATOR lanes[COLUMNS];                                                                                                                      \
    gint64 width = stride == 1 ? 8 : columns, height = n * columns / width;                                                                          \
    for (gint64 c = 0; c < width; c++)                                                                                                               \
      lanes[c] = START;                                                                                                                              \
    if (stride == 1)                                                                                                                                 \
      {                                                                                                                                              \
        for (gint64 i = 0; i < height; i++)                                                                                                          \
          for (gint64 c = 0; c < 8; c++)                                                                                                             \
            {                                                                                                                                        \
              ACCUMULATOR a = lanes[c];                                                                                                              \
              TYPE v = x[i * 8 + c];                                                                                                                 \
              lanes[c] = STEP;                                                                                                                       \
            }                                                                                                                                        \
        for (gint64 i = height * 8; i < n; i++)                                                                                                      \
          {                                                                                                                                          \
            ACCUMULATOR a = lanes[0];                                                                                                                \
            TYPE v = x[i];                                                                                                                           \
            lanes[0] = STEP;                                                                                                                         \
          }                                                                                                                                          \
        for (gint64 c = 1; c < 8; c++)                                                                                                               \
          {                                                                                                                                          \
            ACCUMULATOR a = lanes[0], b = lanes[c];                                                                                                  \
            lanes[0] = JOIN;                                                                                                                         \
          }                                                                                                                                          \
      }                                                                                                                                              \
    else                                                                                                                                             \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        for (gint64 c = 0; c < columns; c++)                                                                                                         \
          {                                                                                                                                          \
            ACCUMULATOR a = lanes[c];                                                                                                                \
            TYPE v = x[i * stride + c];                                                                                                              \
            lanes[c] = STEP;                                                                                                                         \
          }                                                                                                                                          \
    for (gint64 c = 0; c < columns; c++)                                                                                                             \
      {                                                                                                                                              \
        ACCUMULATOR a = lanes[c];                                                                                                                    \
        y[c] = FINISH;                                                                                                                               \
      }                                                                                                                                              \
  }

FOLD (sum_floats, float, double, float, 0, a + v, a + b, (float) a)
FOLD (sum_ints, gint64, guint64, gint64, 0, a + (guint64) v, a + b, (gint64) a)
FOLD (mean_floats, float, double, float, 0, a + v, a + b, (float) (a / (double) n))
FOLD (prod_floats, float, double, float, 1, a * v, a * b, (float) a)
FOLD (prod_ints, gint64, guint64, gint64, 1, a * (guint64) v, a * b, (gint64) a)
FOLD (max_floats, float, float, float, -INFINITY, v > a || v != v ? v : a, b > a || b != b ? b : a, a)
FOLD (max_ints, gint64, gint64, gint64, G_MININT64, MAX (a, v), MAX (a, b), a)
FOLD (min_floats, float, float, float, INFINITY, v < a || v != v ? v : a, b < a || b != b ? b : a, a)
FOLD (min_ints, gint64, gint64, gint64, G_MAXINT64, MIN (a, v), MIN (a, b), a)
FOLD (norm_floats, float, double, float, 0, a + (double) v *v, a + b, (float) sqrt (a))
FOLD (any_bools, guint8, guint8, guint8, 0, a | (v != 0), a | b, a)
FOLD (all_bools, guint8, guint8, guint8, 1, a & (v != 0), a &b, a)

/* Sums of squared distances from the means, in double precision; a long row is folded in eight lanes. */
static void
deviations (gint64 n, gint64 stride, gint64 columns, const float *x, double divisor, gboolean root, float *y)
{
  double means[COLUMNS] = { 0 }, sums[COLUMNS] = { 0 };
  gint64 width = stride == 1 ? 8 : columns, step = stride == 1 ? 8 : stride, height = stride == 1 ? n / 8 : n, rest = stride == 1 ? height * 8 : n;

  for (gint64 i = 0; i < height; i++)
    for (gint64 c = 0; c < width; c++)
      means[c] += x[i * step + c];
  for (gint64 i = rest; i < n; i++)
    means[0] += x[i];
  if (stride == 1)
    {
      double total = 0;
      for (gint64 c = 0; c < 8; c++)
        total += means[c];
      for (gint64 c = 0; c < 8; c++)
        means[c] = total;
    }
  for (gint64 c = 0; c < width; c++)
    means[c] /= (double) n;
  for (gint64 i = 0; i < height; i++)
    for (gint64 c = 0; c < width; c++)
      sums[c] += (x[i * step + c] - means[c]) * (x[i * step + c] - means[c]);
  for (gint64 i = rest; i < n; i++)
    sums[0] += (x[i] - means[0]) * (x[i] - means[0]);
  for (gint64 c = 1; stride == 1 && c < 8; c++)
    sums[0] += sums[c];
  for (gint64 c = 0; c < columns; c++)
    y[c] = (float) (root ? sqrt (sums[c] / divisor) : sums[c] / divisor);
}

static void
var_floats (gint64 n, gint64 stride, gint64 columns, gconstpointer x, gpointer y)
{
  deviations (n, stride, columns, x, (double) n, FALSE, y);
}

static void
var_unbiased_floats (gint64 n, gint64 stride, gint64 columns, gconstpointer x, gpointer y)
{
  deviations (n, stride, columns, x, (double) MAX (n - 1, 0), FALSE, y);
}

static void
std_floats (gint64 n, gint64 stride, gint64 columns, gconstpointer x, gpointer y)
{
  deviations (n, stride, columns, x, (double) n, TRUE, y);
}

static void
std_unbiased_floats (gint64 n, gint64 stride, gint64 columns, gconstpointer x, gpointer y)
{
  deviations (n, stride, columns, x, (double) MAX (n - 1, 0), TRUE, y);
}

static void
logsumexp_floats (gint64 n, gint64 stride, gint64 columns, gconstpointer data, gpointer out)
{
  const float *x = data;
  float *y = out;

  max_floats (n, stride, columns, x, y);
  for (gint64 c = 0; c < columns; c++)
    {
      float top = isinf (y[c]) ? 0 : y[c];
      double sum = 0;
      for (gint64 i = 0; i < n; i++)
        sum += expf (x[i * stride + c] - top);
      y[c] = (float) log (sum) + top;
    }
}

#define FIND(NAME, TYPE, BETTER)                                                                                                                     \
  static void NAME (gint64 n, gint64 stride, gint64 columns, gconstpointer data, gpointer out)                                                       \
  {                                                                                                                                                  \
    const TYPE *x = data;                                                                                                                            \
    gint64 *y = out;                                                                                                                                 \
    TYPE best[COLUMNS];                                                                                                                              \
    for (gint64 c = 0; c < columns; c++)                                                                                                             \
      best[c] = x[c], y[c] = 0;                                                                                                                      \
    for (gint64 i = 1; i < n; i++)                                                                                                                   \
      for (gint64 c = 0; c < columns; c++)                                                                                                           \
        {                                                                                                                                            \
          TYPE v = x[i * stride + c], b = best[c];                                                                                                   \
          if (BETTER)                                                                                                                                \
            best[c] = v, y[c] = i;                                                                                                                   \
        }                                                                                                                                            \
  }

FIND (argmax_floats, float, v > b || (v != v && b == b))
FIND (argmax_ints, gint64, v > b)
FIND (argmin_floats, float, v < b || (v != v && b == b))
FIND (argmin_ints, gint64, v < b)

typedef struct
{
  const char *name;
  ReduceFunc floats, ints, bools;
  gboolean needs_one; /* there is no result for no elements */
  gboolean finds;     /* the result is a place */
} Reduction;

typedef struct
{
  ReduceFunc func;
  const char *x;
  char *y;
  gint64 n, inner, blocks, n_units, units_a_task;
  gsize x_size, y_size;
} Job;

static void
run_units (gsize task, gpointer data)
{
  const Job *job = data;
  gint64 first = (gint64) task * job->units_a_task, end = MIN (first + job->units_a_task, job->n_units);

  for (gint64 unit = first; unit < end; unit++)
    {
      gint64 outer = unit / job->blocks, column = unit % job->blocks * COLUMNS, columns = MIN (COLUMNS, job->inner - column);
      job->func (job->n, job->inner, columns, job->x + (outer * job->n * job->inner + column) * job->x_size,
                 job->y + (outer * job->inner + column) * job->y_size);
    }
}

static void
run (ReduceFunc func, AutoTensor *x, AutoTensor *y, gint64 outer, gint64 n, gint64 inner)
{
  Job job = { func, x->data, y->data, n, inner, (inner + COLUMNS - 1) / COLUMNS };

  job.x_size = auto_dtype_get_size (x->dtype);
  job.y_size = auto_dtype_get_size (y->dtype);
  job.n_units = outer * job.blocks;
  job.units_a_task = MAX (ELEMENTS_A_TASK / MAX (n * MIN (inner, COLUMNS), 1), 1);
  auto_pool_run ((job.n_units + job.units_a_task - 1) / job.units_a_task, run_units, &job);
}

/* The result's shape, and @x as @outer blocks of @n rows of @inner elements. */
static gboolean
plan (AutoContext *cx, const char *op, AutoTensor *x, int dim, gboolean keep, gint64 *shape, guint *n_dims, gint64 *sizes)
{
  gboolean all = dim == AUTO_ALL_DIMS;
  guint d = 0;

  if (!all && !auto_op_dim (cx, op, x, dim, &d))
    return FALSE;
  *n_dims = 0;
  sizes[0] = sizes[1] = sizes[2] = 1;
  for (guint i = 0; i < x->n_dims; i++)
    {
      gboolean gone = all || i == d;
      sizes[gone ? 1 : i < d ? 0 : 2] *= x->shape[i];
      if (!gone || keep)
        shape[(*n_dims)++] = gone ? 1 : x->shape[i];
    }
  return TRUE;
}

static AutoTensor *
reduce (AutoContext *cx, const Reduction *op, AutoTensor *x, int dim, gboolean keep)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS], sizes[3];
  guint n_dims;

  if (!auto_op_begin (cx, op->name, x) || !plan (cx, op->name, x, dim, keep, shape, &n_dims, sizes))
    return NULL;
  if (sizes[1] == 0 && op->needs_one)
    {
      auto_op_fail (cx, op->name, x, AUTO_TENSOR_ERROR_SHAPE, "there are no elements");
      return NULL;
    }
  AutoDType dtype = op->bools ? AUTO_DTYPE_BOOL : op->ints && !auto_dtype_is_float (x->dtype) ? AUTO_DTYPE_I64 : AUTO_DTYPE_F32;
  AutoTensor *y = auto_context_tensor (cx, op->finds ? AUTO_DTYPE_I64 : dtype, shape, n_dims);
  x = auto_op_as (cx, x, dtype);
  if (!x || !y || cx->declaring || !(x = auto_op_contiguous (cx, x)))
    return cx->error ? NULL : y;
  run (op->bools ? op->bools : dtype == AUTO_DTYPE_F32 ? op->floats : op->ints, x, y, sizes[0], sizes[1], sizes[2]);
  return y;
}

/**
 * auto_sum:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): the sums; of integers and booleans as 64-bit integers
 */
AutoTensor *
auto_sum (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim)
{
  static const Reduction op = { "sum", sum_floats, sum_ints };

  return reduce (cx, &op, x, dim, keep_dim);
}

/**
 * auto_mean:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): the means as 32-bit floats
 */
AutoTensor *
auto_mean (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim)
{
  static const Reduction op = { "mean", mean_floats };

  return reduce (cx, &op, x, dim, keep_dim);
}

/**
 * auto_prod:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): the products; of integers as 64-bit integers
 */
AutoTensor *
auto_prod (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim)
{
  static const Reduction op = { "prod", prod_floats, prod_ints };

  return reduce (cx, &op, x, dim, keep_dim);
}

/**
 * auto_max:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): the greatest elements, NaN where there is one
 */
AutoTensor *
auto_max (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim)
{
  static const Reduction op = { "max", max_floats, max_ints, .needs_one = TRUE };

  return reduce (cx, &op, x, dim, keep_dim);
}

/**
 * auto_min:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): the least elements, NaN where there is one
 */
AutoTensor *
auto_min (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim)
{
  static const Reduction op = { "min", min_floats, min_ints, .needs_one = TRUE };

  return reduce (cx, &op, x, dim, keep_dim);
}

/**
 * auto_argmax:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): the places of the greatest elements as 64-bit integers, the first of equal ones
 */
AutoTensor *
auto_argmax (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim)
{
  static const Reduction op = { "argmax", argmax_floats, argmax_ints, .needs_one = TRUE, .finds = TRUE };

  return reduce (cx, &op, x, dim, keep_dim);
}

/**
 * auto_argmin:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): the places of the least elements as 64-bit integers, the first of equal ones
 */
AutoTensor *
auto_argmin (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim)
{
  static const Reduction op = { "argmin", argmin_floats, argmin_ints, .needs_one = TRUE, .finds = TRUE };

  return reduce (cx, &op, x, dim, keep_dim);
}

/**
 * auto_any:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): booleans, true where an element is not zero
 */
AutoTensor *
auto_any (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim)
{
  static const Reduction op = { "any", .bools = any_bools };

  return reduce (cx, &op, x, dim, keep_dim);
}

/**
 * auto_all:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): booleans, true where no element is zero
 */
AutoTensor *
auto_all (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim)
{
  static const Reduction op = { "all", .bools = all_bools };

  return reduce (cx, &op, x, dim, keep_dim);
}

/**
 * auto_norm:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): the Euclidean norms as 32-bit floats
 */
AutoTensor *
auto_norm (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim)
{
  static const Reduction op = { "norm", norm_floats };

  return reduce (cx, &op, x, dim, keep_dim);
}

/**
 * auto_logsumexp:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): log (Σ eˣ) as 32-bit floats
 */
AutoTensor *
auto_logsumexp (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim)
{
  static const Reduction op = { "logsumexp", logsumexp_floats, .needs_one = TRUE };

  return reduce (cx, &op, x, dim, keep_dim);
}

/**
 * auto_var:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @unbiased: whether to divide by one less than the number of elements
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): the variances as 32-bit floats
 */
AutoTensor *
auto_var (AutoContext *cx, AutoTensor *x, int dim, gboolean unbiased, gboolean keep_dim)
{
  static const Reduction op = { "var", var_floats }, unbiased_op = { "var", var_unbiased_floats };

  return reduce (cx, unbiased ? &unbiased_op : &op, x, dim, keep_dim);
}

/**
 * auto_std:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the dimension that goes away, negative from the last; `AUTO_ALL_DIMS` (the least integer) for all
 * @unbiased: whether to divide by one less than the number of elements
 * @keep_dim: whether it stays with the size 1
 *
 * Returns: (transfer none) (nullable): the standard deviations as 32-bit floats
 */
AutoTensor *
auto_std (AutoContext *cx, AutoTensor *x, int dim, gboolean unbiased, gboolean keep_dim)
{
  static const Reduction op = { "std", std_floats }, unbiased_op = { "std", std_unbiased_floats };

  return reduce (cx, unbiased ? &unbiased_op : &op, x, dim, keep_dim);
}
