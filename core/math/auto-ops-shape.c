/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-shape.h"

#include "auto-ops-private.h"

/* The part of @x along @dim, as a view that nobody owns yet. */
static AutoTensor *
part (AutoTensor *x, guint dim, gint64 start, gint64 length)
{
  AutoTensor *y = auto_tensor_new_view (x, x->shape, x->strides, x->n_dims, start * x->strides[dim]);

  y->shape[dim] = length;
  return y;
}

/* Copies @length places of @src from @from on to those of @dst from @to on. */
static void
copy_part (AutoTensor *dst, AutoTensor *src, guint dim, gint64 to, gint64 from, gint64 length)
{
  if (length <= 0)
    return;
  g_autoptr(AutoTensor) a = part (dst, dim, to, length), b = part (src, dim, from, length);
  auto_walk_copy (a, b);
}

/**
 * auto_contiguous:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): @x itself when its elements lie in C order, otherwise a copy
 */
AutoTensor *
auto_contiguous (AutoContext *cx, AutoTensor *x)
{
  return auto_op_begin (cx, "contiguous", x) ? auto_op_contiguous (cx, x) : NULL;
}

static AutoDType
common_dtype (AutoTensor **tensors, gsize n)
{
  AutoDType dtype = tensors[0]->dtype;

  for (gsize i = 1; i < n; i++)
    if (tensors[i]->dtype != dtype)
      dtype = auto_dtype_is_float (dtype) || auto_dtype_is_float (tensors[i]->dtype) ? AUTO_DTYPE_F32 : AUTO_DTYPE_I64;
  return dtype;
}

static gboolean
fits_beside (AutoTensor *a, AutoTensor *b, guint dim)
{
  for (guint d = 0; d < a->n_dims; d++)
    if (d != dim && d < b->n_dims && a->shape[d] != b->shape[d])
      return FALSE;
  return a->n_dims == b->n_dims;
}

static gboolean
check_list (AutoContext *cx, const char *op, AutoTensor **tensors, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!auto_op_begin (cx, op, tensors[i]))
      return FALSE;
  if (n == 0)
    auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "%s: there are no tensors", op);
  return n > 0 && !cx->error;
}

/**
 * auto_concat:
 * @cx: a context
 * @tensors: (array length=n_tensors): tensors that have the same size in all dimensions but @dim
 * @n_tensors: how many there are
 * @dim: a dimension, negative from the last
 *
 * Tensors of different types become 64-bit integers, or 32-bit floats when one is of a floating-point type.
 *
 * Returns: (transfer none) (nullable): the tensors one after the other along @dim; others than these fail the context
 */
AutoTensor *
auto_concat (AutoContext *cx, AutoTensor **tensors, gsize n_tensors, int dim)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS], at = 0;
  guint d;

  if (!check_list (cx, "concat", tensors, n_tensors) || !auto_op_dim (cx, "concat", tensors[0], dim, &d))
    return NULL;
  memcpy (shape, tensors[0]->shape, sizeof shape);
  for (gsize i = 1; i < n_tensors; i++)
    {
      gboolean fits = fits_beside (tensors[0], tensors[i], d);
      if (!fits || __builtin_add_overflow (shape[d], tensors[i]->shape[d], &shape[d]))
        {
          auto_op_fail_shapes (cx, "concat", tensors[0], tensors[i]);
          return NULL;
        }
    }
  AutoDType dtype = common_dtype (tensors, n_tensors);
  AutoTensor *out = auto_context_tensor (cx, dtype, shape, tensors[0]->n_dims);
  if (!out || cx->declaring)
    return out;
  for (gsize i = 0; i < n_tensors; i++)
    {
      AutoTensor *piece = auto_op_as (cx, tensors[i], dtype);
      if (!piece)
        return NULL;
      copy_part (out, piece, d, at, 0, piece->shape[d]);
      at += piece->shape[d];
    }
  return out;
}

/**
 * auto_stack:
 * @cx: a context
 * @tensors: (array length=n_tensors): tensors of one shape
 * @n_tensors: how many there are
 * @dim: the new dimension's place, negative from the last of the result
 *
 * Returns: (transfer none) (nullable): the tensors one after the other along a new dimension
 */
AutoTensor *
auto_stack (AutoContext *cx, AutoTensor **tensors, gsize n_tensors, int dim)
{
  if (!check_list (cx, "stack", tensors, n_tensors))
    return NULL;
  g_autofree AutoTensor **layers = g_new (AutoTensor *, n_tensors);
  for (gsize i = 0; i < n_tensors; i++)
    {
      if (!fits_beside (tensors[0], tensors[i], AUTO_TENSOR_MAX_DIMS))
        {
          auto_op_fail_shapes (cx, "stack", tensors[0], tensors[i]);
          return NULL;
        }
      if (!(layers[i] = auto_unsqueeze (cx, tensors[i], dim)))
        return NULL;
    }
  return auto_concat (cx, layers, n_tensors, dim);
}

/**
 * auto_repeat:
 * @cx: a context
 * @x: (nullable): a tensor
 * @repeats: (array length=n_dims): how often @x is repeated along each dimension, aligned with the last of @x
 * @n_dims: how many there are, at least as many as @x has
 *
 * Returns: (transfer none) (nullable): @x laid out like tiles
 */
AutoTensor *
auto_repeat (AutoContext *cx, AutoTensor *x, const gint64 *repeats, gsize n_dims)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS], split[2 * AUTO_TENSOR_MAX_DIMS];

  if (!auto_op_begin (cx, "repeat", x))
    return NULL;
  gsize lead = n_dims - x->n_dims;
  gboolean fits = n_dims >= x->n_dims && n_dims <= AUTO_TENSOR_MAX_DIMS;
  for (gsize d = 0; fits && d < n_dims; d++)
    {
      split[d] = d < lead ? 1 : x->shape[d - lead];
      fits = repeats[d] >= 0 && !__builtin_mul_overflow (split[d], repeats[d], &shape[d]);
    }
  if (!fits)
    {
      g_autofree char *text = auto_shape_to_string (repeats, MIN (n_dims, AUTO_TENSOR_MAX_DIMS));
      auto_op_fail (cx, "repeat", x, AUTO_TENSOR_ERROR_SHAPE, "it can't be repeated %s times", text);
      return NULL;
    }
  AutoTensor *out = auto_context_tensor (cx, x->dtype, shape, n_dims);
  if (!out || cx->declaring || auto_tensor_get_n_elements (out) == 0)
    return out;

  /* the first tile, then dimension by dimension what is there once more */
  g_autoptr(AutoTensor) tile = auto_tensor_new_view (out, split, out->strides, n_dims, 0);
  auto_walk_copy (tile, x);
  for (int d = (int) n_dims - 1; d >= 0; d--)
    for (gint64 i = 1; i < repeats[d]; i++)
      {
        g_autoptr(AutoTensor) source = auto_tensor_new_view (out, tile->shape, out->strides, n_dims, 0);
        g_autoptr(AutoTensor) target = auto_tensor_new_view (out, tile->shape, out->strides, n_dims, i * split[d] * out->strides[d]);
        auto_walk_copy (target, source);
        if (i + 1 == repeats[d])
          tile->shape[d] = shape[d];
      }
  return out;
}

/**
 * auto_repeat_interleave:
 * @cx: a context
 * @x: (nullable): a tensor
 * @repeats: how often each place is repeated
 * @dim: a dimension, negative from the last
 *
 * Returns: (transfer none) (nullable): @x with every place along @dim @repeats times
 */
AutoTensor *
auto_repeat_interleave (AutoContext *cx, AutoTensor *x, gint64 repeats, int dim)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  guint d;

  if (!auto_op_begin (cx, "repeat_interleave", x) || !auto_op_dim (cx, "repeat_interleave", x, dim, &d))
    return NULL;
  memcpy (shape, x->shape, sizeof shape);
  if (repeats < 0 || __builtin_mul_overflow (shape[d], repeats, &shape[d]))
    {
      auto_op_fail (cx, "repeat_interleave", x, AUTO_TENSOR_ERROR_SHAPE, "it can't be repeated %" G_GINT64_FORMAT " times", repeats);
      return NULL;
    }
  AutoTensor *out = auto_context_tensor (cx, x->dtype, shape, x->n_dims);
  if (!out || cx->declaring)
    return out;
  for (gint64 i = 0; i < repeats; i++)
    {
      g_autoptr(AutoTensor) places = part (out, d, i, x->shape[d]);
      places->strides[d] *= repeats;
      auto_walk_copy (places, x);
    }
  return out;
}

/**
 * auto_roll:
 * @cx: a context
 * @x: (nullable): a tensor
 * @shift: how many places everything moves, backwards when negative
 * @dim: a dimension, negative from the last
 *
 * Returns: (transfer none) (nullable): @x moved along @dim, with what falls out coming in at the other end
 */
AutoTensor *
auto_roll (AutoContext *cx, AutoTensor *x, gint64 shift, int dim)
{
  guint d;

  if (!auto_op_begin (cx, "roll", x) || !auto_op_dim (cx, "roll", x, dim, &d))
    return NULL;
  AutoTensor *out = auto_context_tensor (cx, x->dtype, x->shape, x->n_dims);
  gint64 size = x->shape[d];
  if (!out || cx->declaring || size == 0)
    return out;
  shift = (shift % size + size) % size;
  copy_part (out, x, d, shift, 0, size - shift);
  copy_part (out, x, d, 0, size - shift, shift);
  return out;
}

/* One element of @dtype with the value; FALSE when the type can't hold it. */
static AutoTensor *
single (AutoContext *cx, const char *op, AutoTensor *x, double value)
{
  AutoTensor *one = auto_context_tensor (cx, x->dtype, NULL, 0);

  if (!auto_dtype_is_float (x->dtype) && !(value > -0x1p63 && value < 0x1p63 && value == (double) (gint64) value))
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_DTYPE, "%g is no integer", value);
      return NULL;
    }
  if (one && one->data)
    auto_convert_elements (x->dtype, one->data, AUTO_DTYPE_F64, &value, 1);
  return one;
}

/* Where the value at the padded place @i comes from, in a dimension of @size; -1 for none. */
static gint64
pad_source (gint64 i, gint64 size, AutoPadMode mode)
{
  if (i >= 0 && i < size)
    return i;
  switch (mode)
    {
    case AUTO_PAD_REFLECT: return i < 0 ? -i : 2 * size - 2 - i;
    case AUTO_PAD_SYMMETRIC: return i < 0 ? -1 - i : 2 * size - 1 - i;
    case AUTO_PAD_REPLICATE: return i < 0 ? 0 : size - 1;
    case AUTO_PAD_CIRCULAR: return i < 0 ? i + size : i - size;
    default: return -1;
    }
}

static AutoTensor *
pad_dim (AutoContext *cx, AutoTensor *x, guint d, gint64 before, gint64 after, AutoPadMode mode, double value)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS], size = x->shape[d];
  gint64 most = mode == AUTO_PAD_REFLECT ? size - 1 : mode == AUTO_PAD_REPLICATE && size > 0 ? G_MAXINT64 : size;

  memcpy (shape, x->shape, sizeof shape);
  if (__builtin_add_overflow (before, after, &shape[d]) || __builtin_add_overflow (shape[d], size, &shape[d]) || shape[d] < 0 || MIN (before, after) < -size ||
      (mode != AUTO_PAD_CONSTANT && MAX (before, after) > most))
    {
      auto_op_fail (cx, "pad", x, AUTO_TENSOR_ERROR_SHAPE, "dimension %u can't be padded by %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, d, before, after);
      return NULL;
    }
  AutoTensor *out = auto_context_tensor (cx, x->dtype, shape, x->n_dims), *fill = single (cx, "pad", x, value);
  if (!out || !fill || cx->declaring)
    return cx->error ? NULL : out;
  gint64 cut = MAX (-before, 0);
  copy_part (out, x, d, MAX (before, 0), cut, size - cut + MIN (after, 0));
  for (gint64 i = 0; i < shape[d]; i++)
    {
      gint64 place = i - before;
      if (place >= 0 && place < size)
        i = size + before - 1; /* the middle is there */
      else if (mode != AUTO_PAD_CONSTANT)
        copy_part (out, x, d, i, pad_source (place, size, mode), 1);
      else
        {
          gint64 end = place < 0 ? MIN (before, shape[d]) : shape[d];
          g_autoptr(AutoTensor) places = part (out, d, i, end - i);
          auto_walk_copy (places, fill);
          i = end - 1;
        }
    }
  return out;
}

/**
 * auto_pad:
 * @cx: a context
 * @x: (nullable): a tensor
 * @pads: (array length=n_pads): places before and behind the last dimension, then of the one before it, and so on;
 *   negative ones cut, which only constant padding can
 * @n_pads: twice the number of dimensions that are padded
 * @mode: what the new places hold
 * @value: what they hold with #AUTO_PAD_CONSTANT
 *
 * Returns: (transfer none) (nullable): @x with wider dimensions; mirrors that are wider than the tensor fail the context
 */
AutoTensor *
auto_pad (AutoContext *cx, AutoTensor *x, const gint64 *pads, gsize n_pads, AutoPadMode mode, double value)
{
  if (!auto_op_begin (cx, "pad", x))
    return NULL;
  if (n_pads % 2 != 0 || n_pads / 2 > x->n_dims)
    {
      auto_op_fail (cx, "pad", x, AUTO_TENSOR_ERROR_SHAPE, "%" G_GSIZE_FORMAT " sizes are no pairs for its dimensions", n_pads);
      return NULL;
    }
  for (gsize i = 0; i < n_pads / 2 && x; i++)
    {
      gint64 before = pads[2 * i], after = pads[2 * i + 1];
      guint d = x->n_dims - 1 - i;
      if (mode != AUTO_PAD_CONSTANT && MIN (before, after) < 0)
        auto_op_fail (cx, "pad", x, AUTO_TENSOR_ERROR_SHAPE, "only constant padding can be negative");
      if (cx->error)
        return NULL;
      if (before || after)
        x = pad_dim (cx, x, d, before, after, mode, value);
    }
  return x;
}


static AutoTensor *
triangle (AutoContext *cx, const char *op, AutoTensor *x, gint64 diagonal, gboolean lower)
{
  if (!auto_op_begin (cx, op, x))
    return NULL;
  if (x->n_dims < 2)
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "it needs two dimensions");
      return NULL;
    }
  AutoTensor *out = auto_context_tensor (cx, x->dtype, x->shape, x->n_dims);
  if (!out || cx->declaring)
    return out;
  auto_walk_copy (out, x);
  gint64 rows = auto_tensor_get_dim (x, -2), columns = auto_tensor_get_dim (x, -1), n = auto_tensor_get_n_elements (x);
  gsize size = auto_dtype_get_size (x->dtype);
  diagonal = CLAMP (diagonal, -rows - 1, columns + 1);
  for (gint64 i = 0; n > 0 && i < n / columns; i++)
    {
      gint64 edge = CLAMP (i % rows + diagonal + lower, 0, columns);
      char *row = out->data + i * columns * size;
      memset (lower ? row + edge * size : row, 0, (lower ? columns - edge : edge) * size);
    }
  return out;
}

/**
 * auto_tril:
 * @cx: a context
 * @x: (nullable): a tensor (…, rows, columns)
 * @diagonal: the last diagonal that is kept; 0 is the main one, above it when positive
 *
 * Returns: (transfer none) (nullable): @x with zeros above the diagonal
 */
AutoTensor *
auto_tril (AutoContext *cx, AutoTensor *x, gint64 diagonal)
{
  return triangle (cx, "tril", x, diagonal, TRUE);
}

/**
 * auto_triu:
 * @cx: a context
 * @x: (nullable): a tensor (…, rows, columns)
 * @diagonal: the first diagonal that is kept; 0 is the main one, above it when positive
 *
 * Returns: (transfer none) (nullable): @x with zeros below the diagonal
 */
AutoTensor *
auto_triu (AutoContext *cx, AutoTensor *x, gint64 diagonal)
{
  return triangle (cx, "triu", x, diagonal, FALSE);
}
