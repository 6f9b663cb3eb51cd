/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-private.h"

#include <stdarg.h>

gboolean
auto_op_begin (AutoContext *cx, const char *op, AutoTensor *a)
{
  if (cx->error)
    return FALSE;
  if (!a)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: a tensor that it needs is absent", op);
  return a != NULL;
}

AutoTensor *
auto_op_contiguous (AutoContext *cx, AutoTensor *x)
{
  if (cx->declaring || auto_tensor_is_contiguous (x))
    return x;
  AutoTensor *out = auto_context_tensor (cx, x->dtype, x->shape, x->n_dims);
  if (out)
    auto_walk_copy (out, x);
  return out;
}

typedef struct
{
  AutoDType to, from;
} Conversion;

static void
convert_run (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)
{
  const Conversion *conversion = arg;

  auto_convert_elements (conversion->to, data[0], conversion->from, data[1], n);
}

AutoTensor *
auto_op_as (AutoContext *cx, AutoTensor *x, AutoDType dtype)
{
  AutoWalk walk;

  if (x->dtype == dtype)
    return x;
  AutoTensor *whole = auto_op_contiguous (cx, x), *out = auto_context_tensor (cx, dtype, x->shape, x->n_dims);
  if (!whole || !out || cx->declaring)
    return out;
  auto_walk_init (&walk, out->shape, out->n_dims);
  auto_walk_add (&walk, out);
  auto_walk_add (&walk, whole);
  auto_walk_run (&walk, convert_run, &(Conversion) { dtype, x->dtype });
  return out;
}

static AutoTensor *
converted (AutoContext *cx, AutoTensor *x, AutoDType dtype)
{
  AutoTensor *y = auto_op_as (cx, x, dtype);

  return y ? auto_op_contiguous (cx, y) : NULL;
}

AutoTensor *
auto_op_floats (AutoContext *cx, const char *op, AutoTensor *x)
{
  if (!auto_op_begin (cx, op, x))
    return NULL;
  if (!auto_dtype_is_float (x->dtype))
    {
      g_autofree char *text = auto_tensor_describe (x);
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_DTYPE, "%s: needs floating-point numbers, not %s", op, text);
      return NULL;
    }
  return converted (cx, x, AUTO_DTYPE_F32);
}

AutoTensor *
auto_op_ints (AutoContext *cx, const char *op, AutoTensor *x)
{
  if (!auto_op_begin (cx, op, x))
    return NULL;
  if (auto_dtype_is_float (x->dtype))
    {
      g_autofree char *text = auto_tensor_describe (x);
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_DTYPE, "%s: needs integers, not %s", op, text);
      return NULL;
    }
  return converted (cx, x, AUTO_DTYPE_I64);
}

AutoDType
auto_op_common_dtype (AutoTensor *a, AutoTensor *b)
{
  return auto_dtype_is_float (a->dtype) || auto_dtype_is_float (b->dtype) ? AUTO_DTYPE_F32 : AUTO_DTYPE_I64;
}

void
auto_op_fail_shapes (AutoContext *cx, const char *op, AutoTensor *a, AutoTensor *b)
{
  g_autofree char *first = auto_tensor_describe (a), *second = auto_tensor_describe (b);
  const char *of_a = auto_context_find_name (cx, a), *argument = of_a ? of_a : auto_context_find_name (cx, b);

  auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "%s%s%s: %s and %s don't fit together", argument ? argument : "",
                     argument ? ": " : "", op, first, second);
}

void
auto_op_fail (AutoContext *cx, const char *op, AutoTensor *x, int code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args), *text = auto_tensor_describe (x);
  va_end (args);
  auto_context_fail (cx, AUTO_TENSOR_ERROR, code, "%s of %s: %s", op, text, reason);
}

gboolean
auto_op_dim (AutoContext *cx, const char *op, AutoTensor *x, int dim, guint *out)
{
  gint64 n = dim < 0 ? (gint64) dim + x->n_dims : dim;

  if (n < 0 || n >= x->n_dims)
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_RANGE, "there is no dimension %d", dim);
      return FALSE;
    }
  *out = (guint) n;
  return TRUE;
}

gboolean
auto_op_broadcast (gint64 *shape, guint *n_dims, AutoTensor *x)
{
  if (x->n_dims > *n_dims)
    {
      guint more = x->n_dims - *n_dims;
      memmove (shape + more, shape, *n_dims * sizeof *shape);
      memcpy (shape, x->shape, more * sizeof *shape);
      *n_dims = x->n_dims;
    }
  guint lead = *n_dims - x->n_dims;
  for (guint d = 0; d < x->n_dims; d++)
    {
      gint64 *n = &shape[lead + d];
      if (*n != x->shape[d] && *n != 1 && x->shape[d] != 1)
        return FALSE;
      if (*n == 1)
        *n = x->shape[d];
    }
  return TRUE;
}

AutoTensor *
auto_op_view (AutoContext *cx, AutoTensor *x, const gint64 *shape, const gint64 *strides, guint n_dims, gint64 offset)
{
  return auto_context_adopt (cx, auto_tensor_new_view (x, shape, strides, n_dims, offset));
}

AutoTensor *
auto_op_replace_dim (AutoContext *cx, const char *op, AutoTensor *x, guint dim, const gint64 *shape, const gint64 *strides, guint n, gint64 offset)
{
  gint64 new_shape[AUTO_TENSOR_MAX_DIMS], new_strides[AUTO_TENSOR_MAX_DIMS];
  guint n_dims = x->n_dims - 1 + n, behind = x->n_dims - dim - 1;

  if (n_dims > AUTO_TENSOR_MAX_DIMS)
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "there would be more than %d dimensions", AUTO_TENSOR_MAX_DIMS);
      return NULL;
    }
  for (guint d = 0; d < dim; d++)
    new_shape[d] = x->shape[d], new_strides[d] = x->strides[d];
  for (guint d = 0; d < n; d++)
    new_shape[dim + d] = shape[d], new_strides[dim + d] = strides[d];
  for (guint d = 0; d < behind; d++)
    new_shape[dim + n + d] = x->shape[dim + 1 + d], new_strides[dim + n + d] = x->strides[dim + 1 + d];
  return auto_op_view (cx, x, new_shape, new_strides, n_dims, offset);
}

static AutoTensor *
move_dim (AutoContext *cx, AutoTensor *x, guint from, guint to)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS], strides[AUTO_TENSOR_MAX_DIMS];

  if (from == to)
    return x;
  for (guint d = 0; d < x->n_dims; d++)
    {
      guint source = d == to ? from : d + (d >= from && d < to) - (d > to && d <= from);
      shape[d] = x->shape[source];
      strides[d] = x->strides[source];
    }
  return auto_context_adopt (cx, auto_tensor_new_view (x, shape, strides, x->n_dims, 0));
}

AutoTensor *
auto_op_dim_last (AutoContext *cx, AutoTensor *x, guint dim)
{
  return move_dim (cx, x, dim, x->n_dims - 1);
}

AutoTensor *
auto_op_last_to_dim (AutoContext *cx, AutoTensor *x, guint dim)
{
  return move_dim (cx, x, x->n_dims - 1, dim);
}

AutoTensor *
auto_op_weight (AutoContext *cx, AutoWeight *weight)
{
  if (!weight)
    return NULL;
  if (cx->declaring)
    return auto_context_tensor (cx, AUTO_DTYPE_F32, weight->shape, weight->n_dims);
  return auto_context_adopt (cx, auto_tensor_ref (auto_weights_get_single (cx->weights, weight)));
}
