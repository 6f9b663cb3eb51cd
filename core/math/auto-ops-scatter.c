/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-scatter.h"

#include "auto-index.h"
#include "auto-ops-view.h"

/* A contiguous copy of @x that may be written to, with the type that it has together with @src. */
static AutoTensor *
copy_of (AutoContext *cx, AutoTensor *x, AutoTensor **src)
{
  AutoDType dtype = x->dtype == (*src)->dtype ? x->dtype : auto_op_common_dtype (x, *src);

  x = auto_op_as (cx, x, dtype);
  *src = auto_op_as (cx, *src, dtype);
  AutoTensor *y = x ? auto_context_tensor (cx, dtype, x->shape, x->n_dims) : NULL;
  if (y && *src && !cx->declaring)
    auto_walk_copy (y, x);
  return *src ? y : NULL;
}

/* What becomes of an element that is there. */
typedef enum {
  REPLACE,
  ADD,
  MAXIMUM,
  MINIMUM,
} Meeting;

/* Only 32-bit floats and 64-bit integers are reckoned with. */
static void
meet (Meeting meeting, AutoDType dtype, char *to, const char *from)
{
  if (dtype == AUTO_DTYPE_F32)
    {
      float a = *(float *) to, b = *(const float *) from;
      gboolean keep = a != a || (meeting == MAXIMUM ? a > b : a < b);
      *(float *) to = meeting == ADD ? a + b : keep ? a : b;
    }
  else
    {
      gint64 a = *(gint64 *) to, b = *(const gint64 *) from;
      *(gint64 *) to = meeting == ADD ? (gint64) ((guint64) a + (guint64) b) : meeting == MAXIMUM ? MAX (a, b) : MIN (a, b);
    }
}

static gboolean
check_sum_type (AutoContext *cx, const char *op, AutoTensor *y)
{
  if (y->dtype != AUTO_DTYPE_F32 && y->dtype != AUTO_DTYPE_I64)
    auto_op_fail (cx, op, y, AUTO_TENSOR_ERROR_DTYPE, "only float32 and int64 can be reckoned with");
  return !cx->error;
}

static AutoTensor *
scatter (AutoContext *cx, const char *op, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src, Meeting meeting)
{
  guint d;

  if (!auto_op_begin (cx, op, x) || !auto_op_begin (cx, op, ids) || !auto_op_begin (cx, op, src) || !auto_op_dim (cx, op, x, dim, &d) ||
      !auto_op_check_lines (cx, op, x, ids, d) || !(ids = auto_op_ids (cx, op, ids, x->shape[d], FALSE)))
    return NULL;
  if (src->n_dims == 0)
    src = auto_expand (cx, src, ids->shape, ids->n_dims);
  if (!src || !auto_op_check_lines (cx, op, src, ids, AUTO_TENSOR_MAX_DIMS))
    return NULL;
  AutoTensor *y = copy_of (cx, x, &src);
  if (!y || (meeting != REPLACE && !check_sum_type (cx, op, y)))
    return NULL;
  gint64 count = auto_tensor_get_n_elements (ids), n = ids->shape[d], step = ids->strides[d];
  gsize size = auto_dtype_get_size (y->dtype);
  for (gint64 line = 0; !cx->declaring && count > 0 && line < count / n; line++)
    {
      gint64 at = auto_line_start (ids, ids->shape, d, line);
      char *to = y->data + auto_line_start (y, ids->shape, d, line) * (gint64) size;
      const char *from = src->data + auto_line_start (src, ids->shape, d, line) * (gint64) size;
      for (gint64 i = 0; i < n; i++)
        {
          char *element = to + auto_ints (ids)[at + i * step] * y->strides[d] * (gint64) size;
          if (meeting == REPLACE)
            memcpy (element, from + i * src->strides[d] * (gint64) size, size);
          else
            meet (meeting, y->dtype, element, from + i * src->strides[d] * (gint64) size);
        }
    }
  return y;
}

/**
 * auto_scatter:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @ids: (nullable): integers from 0, with as many dimensions as @x and none but @dim larger
 * @src: (nullable): a tensor that is nowhere smaller than @ids, or one without dimensions for the same value everywhere
 *
 * The inverse of [func@gather]: writes each element of @src to its place in a copy of @x, but along @dim to the one that
 * @ids hold. The last of several for one place stays.
 *
 * Returns: (transfer none) (nullable): the copy
 */
AutoTensor *
auto_scatter (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src)
{
  return scatter (cx, "scatter", x, dim, ids, src, REPLACE);
}

/**
 * auto_scatter_add:
 * @cx: a context
 * @x: (nullable): a tensor of 32-bit floats or 64-bit integers
 * @dim: a dimension, negative from the last
 * @ids: (nullable): integers from 0, with as many dimensions as @x and none but @dim larger
 * @src: (nullable): a tensor that is nowhere smaller than @ids, or one without dimensions
 *
 * The same as [func@scatter], but adds.
 *
 * Returns: (transfer none) (nullable): @x with what was added
 */
AutoTensor *
auto_scatter_add (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src)
{
  return scatter (cx, "scatter_add", x, dim, ids, src, ADD);
}

/**
 * auto_scatter_max:
 * @cx: a context
 * @x: (nullable): a tensor of 32-bit floats or 64-bit integers
 * @dim: a dimension, negative from the last
 * @ids: (nullable): integers from 0, with as many dimensions as @x and none but @dim larger
 * @src: (nullable): a tensor that is nowhere smaller than @ids, or one without dimensions
 *
 * The same as [func@scatter], but the greater of the two elements stays.
 *
 * Returns: (transfer none) (nullable): @x with what was greater
 */
AutoTensor *
auto_scatter_max (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src)
{
  return scatter (cx, "scatter_max", x, dim, ids, src, MAXIMUM);
}

/**
 * auto_scatter_min:
 * @cx: a context
 * @x: (nullable): a tensor of 32-bit floats or 64-bit integers
 * @dim: a dimension, negative from the last
 * @ids: (nullable): integers from 0, with as many dimensions as @x and none but @dim larger
 * @src: (nullable): a tensor that is nowhere smaller than @ids, or one without dimensions
 *
 * The same as [func@scatter], but the lesser of the two elements stays.
 *
 * Returns: (transfer none) (nullable): @x with what was lesser
 */
AutoTensor *
auto_scatter_min (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src)
{
  return scatter (cx, "scatter_min", x, dim, ids, src, MINIMUM);
}

static void
add_run_floats (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)
{
  float *y = (float *) data[0];
  const float *x = (const float *) data[1];

  for (gint64 i = 0; i < n; i++)
    y[i * strides[0]] += x[i * strides[1]];
}

static void
add_run_ints (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)
{
  guint64 *y = (guint64 *) data[0];
  const guint64 *x = (const guint64 *) data[1];

  for (gint64 i = 0; i < n; i++)
    y[i * strides[0]] += x[i * strides[1]];
}

static void
add_to (AutoTensor *dst, AutoTensor *src)
{
  AutoWalk walk;

  auto_walk_init (&walk, dst->shape, dst->n_dims);
  auto_walk_add (&walk, dst);
  auto_walk_add (&walk, src);
  auto_walk_run (&walk, dst->dtype == AUTO_DTYPE_F32 ? add_run_floats : add_run_ints, NULL);
}

/* The place @i of @x along @dim. */
static AutoTensor *
place (AutoTensor *x, guint dim, gint64 i)
{
  AutoTensor *y = auto_tensor_new_view (x, x->shape, x->strides, x->n_dims, i * x->strides[dim]);

  y->shape[dim] = 1;
  return y;
}

static AutoTensor *
index_put (AutoContext *cx, const char *op, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src, gboolean adds)
{
  guint d;

  if (!auto_op_begin (cx, op, x) || !auto_op_begin (cx, op, ids) || !auto_op_begin (cx, op, src) || !auto_op_dim (cx, op, x, dim, &d) ||
      !(ids = auto_op_ids (cx, op, ids, x->shape[d], FALSE)))
    return NULL;
  gboolean fits = ids->n_dims == 1 && src->n_dims == x->n_dims && src->shape[d] == ids->shape[0];
  for (guint i = 0; fits && i < x->n_dims; i++)
    fits = i == d || src->shape[i] == x->shape[i];
  if (!fits)
    {
      auto_op_fail_shapes (cx, op, x, src);
      return NULL;
    }
  AutoTensor *y = copy_of (cx, x, &src);
  if (!y || (adds && !check_sum_type (cx, op, y)))
    return NULL;
  for (gint64 i = 0; !cx->declaring && i < ids->shape[0]; i++)
    {
      g_autoptr(AutoTensor) to = place (y, d, auto_ints (ids)[i]), from = place (src, d, i);
      if (adds)
        add_to (to, from);
      else
        auto_walk_copy (to, from);
    }
  return y;
}

/**
 * auto_index_copy:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @ids: (nullable): integers in one dimension, from 0
 * @src: (nullable): a tensor of @x's shape, but along @dim as large as @ids
 *
 * Returns: (transfer none) (nullable): a copy of @x with @src at the places along @dim that @ids name
 */
AutoTensor *
auto_index_copy (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src)
{
  return index_put (cx, "index_copy", x, dim, ids, src, FALSE);
}

/**
 * auto_index_add:
 * @cx: a context
 * @x: (nullable): a tensor of 32-bit floats or 64-bit integers
 * @dim: a dimension, negative from the last
 * @ids: (nullable): integers in one dimension, from 0
 * @src: (nullable): a tensor of @x's shape, but along @dim as large as @ids
 *
 * Returns: (transfer none) (nullable): a copy of @x with @src added at the places along @dim that @ids name
 */
AutoTensor *
auto_index_add (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src)
{
  return index_put (cx, "index_add", x, dim, ids, src, TRUE);
}

/**
 * auto_put:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @start: a place, negative from the end
 * @src: (nullable): a tensor that has @x's sizes in all dimensions but @dim
 *
 * Returns: (transfer none) (nullable): a copy of @x with @src from the place @start along @dim on
 */
AutoTensor *
auto_put (AutoContext *cx, AutoTensor *x, int dim, gint64 start, AutoTensor *src)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  guint d;

  if (!auto_op_begin (cx, "put", x) || !auto_op_begin (cx, "put", src) || !auto_op_dim (cx, "put", x, dim, &d))
    return NULL;
  gint64 at = start < 0 ? start + x->shape[d] : start;
  memcpy (shape, x->shape, sizeof shape);
  shape[d] = src->n_dims == x->n_dims ? src->shape[d] : -1;
  if (shape[d] < 0 || memcmp (shape, src->shape, x->n_dims * sizeof *shape) != 0 || at < 0 || at > x->shape[d] || shape[d] > x->shape[d] - at)
    {
      auto_op_fail_shapes (cx, "put", x, src);
      return NULL;
    }
  AutoTensor *y = copy_of (cx, x, &src);
  if (!y || cx->declaring || shape[d] == 0)
    return y;
  g_autoptr(AutoTensor) part = auto_tensor_new_view (y, shape, y->strides, y->n_dims, at * y->strides[d]);
  auto_walk_copy (part, src);
  return y;
}

/**
 * auto_masked_scatter:
 * @cx: a context
 * @x: (nullable): a tensor
 * @mask: (nullable): a tensor whose shape broadcasts to @x's
 * @src: (nullable): a tensor with at least as many elements as the mask has true ones
 *
 * Returns: (transfer none) (nullable): a copy of @x in which the elements where @mask is not zero are those of @src, in
 *   their order; too few of them fail the context
 */
AutoTensor *
auto_masked_scatter (AutoContext *cx, AutoTensor *x, AutoTensor *mask, AutoTensor *src)
{
  gint64 used = 0;

  if (!auto_op_begin (cx, "masked_scatter", x) || !auto_op_begin (cx, "masked_scatter", mask) || !auto_op_begin (cx, "masked_scatter", src))
    return NULL;
  AutoTensor *y = copy_of (cx, x, &src);
  mask = auto_op_as (cx, mask, AUTO_DTYPE_BOOL);
  mask = mask ? auto_expand (cx, mask, x->shape, x->n_dims) : NULL;
  if (!y || !mask || cx->declaring || !(mask = auto_op_contiguous (cx, mask)) || !(src = auto_op_contiguous (cx, src)))
    return cx->error ? NULL : y;
  gint64 n = auto_tensor_get_n_elements (y), n_src = auto_tensor_get_n_elements (src);
  gsize size = auto_dtype_get_size (y->dtype);
  for (gint64 i = 0; i < n; i++)
    {
      if (!mask->data[i])
        continue;
      if (used == n_src)
        {
          auto_op_fail (cx, "masked_scatter", src, AUTO_TENSOR_ERROR_SHAPE, "the mask has more true elements than it");
          return NULL;
        }
      memcpy (y->data + i * size, src->data + used++ * size, size);
    }
  return y;
}
