/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-index.h"

#include "auto-index.h"
#include "auto-ops-view.h"
#include "auto-pool.h"

AutoTensor *
auto_op_ids (AutoContext *cx, const char *op, AutoTensor *ids, gint64 size, gboolean from_end)
{
  AutoTensor *whole = auto_op_ints (cx, op, ids);
  gint64 least = from_end ? -size : 0;

  if (!whole || cx->declaring)
    return whole;
  for (gint64 i = 0, n = auto_tensor_get_n_elements (whole); i < n; i++)
    {
      gint64 id = auto_ints (whole)[i];
      if (id >= least && id < size)
        continue;
      auto_op_fail (cx, op, ids, AUTO_TENSOR_ERROR_RANGE,
                    "the index %" G_GINT64_FORMAT " at place %" G_GINT64_FORMAT " is not in %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, id, i, least, size - 1);
      return NULL;
    }
  return whole;
}

typedef struct
{
  const gint64 *ids;
  const char *x;
  char *y;
  gint64 n_ids, size; /* indices, and places of x that they choose from */
  gsize bytes;        /* of what lies at one place */
} Copies;

#define ROWS_A_TASK 16

static void
copy_rows (gsize task, gpointer data)
{
  const Copies *self = data;
  gint64 per_outer = (self->n_ids + ROWS_A_TASK - 1) / ROWS_A_TASK, outer = (gint64) task / per_outer;
  gint64 first = (gint64) task % per_outer * ROWS_A_TASK, end = MIN (first + ROWS_A_TASK, self->n_ids);

  for (gint64 i = first; i < end; i++)
    {
      gint64 id = self->ids[i] < 0 ? self->ids[i] + self->size : self->ids[i];
      memcpy (self->y + (outer * self->n_ids + i) * self->bytes, self->x + (outer * self->size + id) * self->bytes, self->bytes);
    }
}

/* @ids in place of the dimension @d. */
static AutoTensor *
take (AutoContext *cx, const char *op, AutoTensor *x, guint d, AutoTensor *ids, gboolean from_end)
{
  gint64 shape[2 * AUTO_TENSOR_MAX_DIMS], outer = 1;
  guint n = 0;

  ids = auto_op_ids (cx, op, ids, x->shape[d], from_end);
  if (!ids)
    return NULL;
  for (guint i = 0; i < d; i++)
    outer *= shape[n++] = x->shape[i];
  for (guint i = 0; i < ids->n_dims; i++)
    shape[n++] = ids->shape[i];
  for (guint i = d + 1; i < x->n_dims; i++)
    shape[n++] = x->shape[i];
  AutoTensor *y = auto_context_tensor (cx, x->dtype, shape, n), *whole = auto_op_contiguous (cx, x);
  if (!y || !whole || cx->declaring || auto_tensor_get_n_elements (y) == 0)
    return y;
  Copies copies = { auto_ints (ids), whole->data, y->data, auto_tensor_get_n_elements (ids), x->shape[d], auto_dtype_get_size (x->dtype) };
  for (guint i = d + 1; i < x->n_dims; i++)
    copies.bytes *= x->shape[i];
  auto_pool_run (outer * ((copies.n_ids + ROWS_A_TASK - 1) / ROWS_A_TASK), copy_rows, &copies);
  return y;
}

/**
 * auto_index_select:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @ids: (nullable): integers in one dimension, from 0
 *
 * Returns: (transfer none) (nullable): the places along @dim that @ids name; one that is out of range fails the context
 */
AutoTensor *
auto_index_select (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids)
{
  guint d;

  if (!auto_op_begin (cx, "index_select", x) || !auto_op_begin (cx, "index_select", ids) || !auto_op_dim (cx, "index_select", x, dim, &d))
    return NULL;
  if (ids->n_dims != 1)
    {
      auto_op_fail (cx, "index_select", ids, AUTO_TENSOR_ERROR_SHAPE, "the indices need one dimension");
      return NULL;
    }
  return take (cx, "index_select", x, d, ids, FALSE);
}

/**
 * auto_take_rows:
 * @cx: a context
 * @table: (nullable): a tensor (n, …)
 * @ids: (nullable): integers of any shape; negative ones count from the end, as in Python
 *
 * Returns: (transfer none) (nullable): a tensor of @ids' shape and then @table's but for the first dimension; an index that
 *   is out of range fails the context
 */
AutoTensor *
auto_take_rows (AutoContext *cx, AutoTensor *table, AutoTensor *ids)
{
  guint d;

  if (!auto_op_begin (cx, "take_rows", table) || !auto_op_begin (cx, "take_rows", ids) || !auto_op_dim (cx, "take_rows", table, 0, &d))
    return NULL;
  return take (cx, "take_rows", table, d, ids, TRUE);
}

gint64
auto_line_start (const AutoTensor *x, const gint64 *shape, guint dim, gint64 line)
{
  gint64 offset = 0;

  for (int d = (int) x->n_dims - 1; d >= 0; d--)
    {
      if (d == (int) dim)
        continue;
      offset += line % shape[d] * x->strides[d];
      line /= shape[d];
    }
  return offset;
}

typedef struct
{
  AutoTensor *x, *ids, *y;
  guint dim;
} Gathering;

#define PICK(TYPE)                                                                                                                                   \
  for (gint64 i = 0; i < n; i++)                                                                                                                     \
    ((TYPE *) self->y->data)[to + i * step] = ((const TYPE *) self->x->data)[from + auto_ints (self->ids)[to + i * step] * stride];                  \
  break

/* One line along the dimension; the result and the indices lie alike. */
static void
gather_line (gsize line, gpointer data)
{
  const Gathering *self = data;
  gint64 n = self->ids->shape[self->dim], step = self->ids->strides[self->dim], stride = self->x->strides[self->dim];
  gint64 to = auto_line_start (self->ids, self->ids->shape, self->dim, (gint64) line);
  gint64 from = auto_line_start (self->x, self->ids->shape, self->dim, (gint64) line);

  switch (auto_dtype_get_size (self->x->dtype))
    {
    case 1: PICK (guint8);
    case 2: PICK (guint16);
    case 4: PICK (guint32);
    default: PICK (guint64);
    }
}

gboolean
auto_op_check_lines (AutoContext *cx, const char *op, AutoTensor *x, AutoTensor *ids, guint dim)
{
  gboolean fits = x->n_dims == ids->n_dims;

  for (guint d = 0; fits && d < x->n_dims; d++)
    fits = d == dim || ids->shape[d] <= x->shape[d];
  if (!fits)
    auto_op_fail_shapes (cx, op, x, ids);
  return fits;
}

/**
 * auto_gather:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @ids: (nullable): integers from 0, with as many dimensions as @x and none but @dim larger
 *
 * Returns: (transfer none) (nullable): a tensor of @ids' shape with the element of @x that has @ids' place, but for the
 *   place along @dim, which @ids hold; one that is out of range fails the context
 */
AutoTensor *
auto_gather (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids)
{
  guint d;

  if (!auto_op_begin (cx, "gather", x) || !auto_op_begin (cx, "gather", ids) || !auto_op_dim (cx, "gather", x, dim, &d) ||
      !auto_op_check_lines (cx, "gather", x, ids, d) || !(ids = auto_op_ids (cx, "gather", ids, x->shape[d], FALSE)))
    return NULL;
  AutoTensor *y = auto_context_tensor (cx, x->dtype, ids->shape, ids->n_dims);
  gint64 n = y ? auto_tensor_get_n_elements (y) : 0;
  if (n > 0 && !cx->declaring)
    auto_pool_run (n / ids->shape[d], gather_line, &(Gathering) { x, ids, y, d });
  return y;
}

/**
 * auto_one_hot:
 * @cx: a context
 * @ids: (nullable): integers of any shape, from 0
 * @n_classes: how many classes there are
 *
 * Returns: (transfer none) (nullable): 64-bit integers with a dimension of @n_classes more, 1 at the place that an index
 *   names and 0 elsewhere
 */
AutoTensor *
auto_one_hot (AutoContext *cx, AutoTensor *ids, gint64 n_classes)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS + 1];

  if (!(ids = auto_op_ids (cx, "one_hot", ids, n_classes, FALSE)))
    return NULL;
  memcpy (shape, ids->shape, sizeof ids->shape);
  shape[ids->n_dims] = n_classes;
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_I64, shape, ids->n_dims + 1);
  if (!y || cx->declaring)
    return y;
  gint64 n = auto_tensor_get_n_elements (ids);
  memset (y->data, 0, n * n_classes * sizeof (gint64));
  for (gint64 i = 0; i < n; i++)
    auto_ints (y)[i * n_classes + auto_ints (ids)[i]] = 1;
  return y;
}

/**
 * auto_nonzero:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * The number of rows depends on the data; in a declaring context it is 1.
 *
 * Returns: (transfer none) (nullable): 64-bit integers (n, dimensions of @x): the places of elements that are not zero
 */
AutoTensor *
auto_nonzero (AutoContext *cx, AutoTensor *x)
{
  gint64 shape[2] = { 1, 0 }, row = 0;

  if (!auto_op_begin (cx, "nonzero", x))
    return NULL;
  shape[1] = x->n_dims;
  if (cx->declaring)
    return auto_context_tensor (cx, AUTO_DTYPE_I64, shape, 2);
  x = auto_op_as (cx, x, AUTO_DTYPE_BOOL);
  if (!x || !(x = auto_op_contiguous (cx, x)))
    return NULL;
  gint64 n = auto_tensor_get_n_elements (x);
  shape[0] = 0;
  for (gint64 i = 0; i < n; i++)
    shape[0] += x->data[i] != 0;
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_I64, shape, 2);
  for (gint64 i = 0; y && i < n; i++)
    {
      if (!x->data[i])
        continue;
      gint64 rest = i, *to = auto_ints (y) + row++ * x->n_dims;
      for (int d = (int) x->n_dims - 1; d >= 0; d--)
        {
          to[d] = rest % x->shape[d];
          rest /= x->shape[d];
        }
    }
  return y;
}

/**
 * auto_repeat_indices:
 * @cx: a context
 * @counts: (nullable): integers in one dimension, not negative
 *
 * Each index as often as @counts says: 0, 0, 1, 3 for 2, 1, 0, 1. With [func@index_select] this stretches a dimension by
 * durations. In a declaring context every count is taken as 1.
 *
 * Returns: (transfer none) (nullable): 64-bit integers in one dimension
 */
AutoTensor *
auto_repeat_indices (AutoContext *cx, AutoTensor *counts)
{
  gint64 total = 0, at = 0;

  if (!(counts = auto_op_ints (cx, "repeat_indices", counts)))
    return NULL;
  gboolean fits = counts->n_dims == 1;
  for (gint64 i = 0; fits && !cx->declaring && i < counts->shape[0]; i++)
    fits = auto_ints (counts)[i] >= 0 && !__builtin_add_overflow (total, auto_ints (counts)[i], &total);
  if (!fits)
    {
      auto_op_fail (cx, "repeat_indices", counts, AUTO_TENSOR_ERROR_RANGE, "these are no counts");
      return NULL;
    }
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_I64, cx->declaring ? counts->shape : &total, 1);
  for (gint64 i = 0; y && !cx->declaring && i < counts->shape[0]; i++)
    for (gint64 j = 0; j < auto_ints (counts)[i]; j++)
      auto_ints (y)[at++] = i;
  return y;
}

/**
 * auto_bucketize:
 * @cx: a context
 * @x: (nullable): a tensor
 * @boundaries: (nullable): numbers in one dimension, ascending
 * @right: whether a value that equals a boundary belongs above it
 *
 * Returns: (transfer none) (nullable): for each element how many boundaries are below it (or, with @right, not above it), as
 *   64-bit integers
 */
AutoTensor *
auto_bucketize (AutoContext *cx, AutoTensor *x, AutoTensor *boundaries, gboolean right)
{
  if (!auto_op_begin (cx, "bucketize", x) || !auto_op_begin (cx, "bucketize", boundaries))
    return NULL;
  if (boundaries->n_dims != 1)
    {
      auto_op_fail (cx, "bucketize", boundaries, AUTO_TENSOR_ERROR_SHAPE, "boundaries need one dimension");
      return NULL;
    }
  x = auto_op_as (cx, x, AUTO_DTYPE_F64);
  boundaries = auto_op_as (cx, boundaries, AUTO_DTYPE_F64);
  if (!x || !boundaries || !(x = auto_op_contiguous (cx, x)) || !(boundaries = auto_op_contiguous (cx, boundaries)))
    return NULL;
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_I64, x->shape, x->n_dims);
  if (!y || cx->declaring)
    return y;
  const double *edges = (const double *) boundaries->data, *values = (const double *) x->data;
  for (gint64 i = 0, n = auto_tensor_get_n_elements (x); i < n; i++)
    {
      gint64 low = 0, high = boundaries->shape[0];
      while (low < high)
        {
          gint64 middle = low + (high - low) / 2;
          gboolean above = right ? values[i] >= edges[middle] || values[i] != values[i] : !(values[i] <= edges[middle]);
          if (above)
            low = middle + 1;
          else
            high = middle;
        }
      auto_ints (y)[i] = low;
    }
  return y;
}

/* The element at the place @index in C order; NULL when there is none. */
static const char *
find_element (AutoContext *cx, const char *op, AutoTensor *x, gint64 index)
{
  gint64 offset = 0;

  if (index < 0 || index >= auto_tensor_get_n_elements (x))
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_RANGE, "there is no element %" G_GINT64_FORMAT, index);
      return NULL;
    }
  for (int d = (int) x->n_dims - 1; d >= 0; d--)
    {
      offset += index % x->shape[d] * x->strides[d];
      index /= x->shape[d];
    }
  return x->data + offset * (gint64) auto_dtype_get_size (x->dtype);
}

/**
 * auto_read_int:
 * @cx: a context
 * @x: (nullable): a tensor
 * @index: an element's place in C order
 * @value: (out): the element, converted as C does; 0 in a declaring or failed context
 *
 * For code that branches on data.
 *
 * Returns: whether there was a value: %FALSE in a declaring or failed context
 */
gboolean
auto_read_int (AutoContext *cx, AutoTensor *x, gint64 index, gint64 *value)
{
  *value = 0;
  if (!auto_op_begin (cx, "read_int", x) || cx->declaring)
    return FALSE;
  const char *element = find_element (cx, "read_int", x, index);
  if (element)
    auto_convert_elements (AUTO_DTYPE_I64, value, x->dtype, element, 1);
  return element != NULL;
}

/**
 * auto_read_float:
 * @cx: a context
 * @x: (nullable): a tensor
 * @index: an element's place in C order
 * @value: (out): the element; 0 in a declaring or failed context
 *
 * For code that branches on data.
 *
 * Returns: whether there was a value: %FALSE in a declaring or failed context
 */
gboolean
auto_read_float (AutoContext *cx, AutoTensor *x, gint64 index, double *value)
{
  *value = 0;
  if (!auto_op_begin (cx, "read_float", x) || cx->declaring)
    return FALSE;
  const char *element = find_element (cx, "read_float", x, index);
  if (element)
    auto_convert_elements (AUTO_DTYPE_F64, value, x->dtype, element, 1);
  return element != NULL;
}
