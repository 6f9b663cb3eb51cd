/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-sort.h"

#include <math.h>
#include <stdlib.h>

#include "auto-ops-private.h"
#include "auto-pool.h"

/* A value as an integer of the same order, and where it was. */
typedef struct
{
  gint64 key, place;
} Item;

typedef struct
{
  AutoTensor *x, *values, *places; /* rows along the last dimension; values may be NULL */
  gint64 n, k;
  gboolean descending;
  Item *items; /* k for every row */
} Sorting;

/* NaN is the greatest; the zeros are equal. */
static gint64
float_key (float v)
{
  gint32 bits;

  if (v != v)
    return G_MAXINT64;
  if (v == 0)
    return 0;
  memcpy (&bits, &v, sizeof bits);
  return bits < 0 ? -(gint64) (bits & 0x7fffffff) : bits;
}

/* Descending keys are complemented, which turns their order round. */
static gint64
key_at (const Sorting *self, gint64 i)
{
  gint64 key = self->x->dtype == AUTO_DTYPE_F32 ? float_key (auto_floats (self->x)[i]) : auto_ints (self->x)[i];

  return self->descending ? ~key : key;
}

static int
compare_items (const void *a, const void *b)
{
  const Item *x = a, *y = b;

  return x->key != y->key ? (x->key < y->key ? -1 : 1) : (x->place > y->place) - (x->place < y->place);
}

/* A heap whose root is the last of its items in order. */
static void
sift_down (Item *heap, gint64 n, gint64 at)
{
  for (gint64 child; (child = 2 * at + 1) < n; at = child)
    {
      child += child + 1 < n && compare_items (&heap[child + 1], &heap[child]) > 0;
      if (compare_items (&heap[at], &heap[child]) >= 0)
        return;
      Item item = heap[at];
      heap[at] = heap[child];
      heap[child] = item;
    }
}

static void
sort_row (gsize row, gpointer data)
{
  const Sorting *self = data;
  gint64 start = (gint64) row * self->n, k = self->k;
  Item *items = self->items + (gint64) row * k;

  for (gint64 i = 0; i < k; i++)
    items[i] = (Item) { key_at (self, start + i), i };
  if (k < self->n)
    {
      for (gint64 i = k / 2 - 1; i >= 0; i--)
        sift_down (items, k, i);
      for (gint64 i = k; i < self->n && k > 0; i++)
        {
          Item item = { key_at (self, start + i), i };
          if (compare_items (&item, &items[0]) >= 0)
            continue;
          items[0] = item;
          sift_down (items, k, 0);
        }
    }
  qsort (items, k, sizeof *items, compare_items);
  for (gint64 i = 0; i < k; i++)
    {
      gint64 to = (gint64) row * k + i, from = start + items[i].place;
      auto_ints (self->places)[to] = items[i].place;
      if (self->values && self->x->dtype == AUTO_DTYPE_F32)
        auto_floats (self->values)[to] = auto_floats (self->x)[from];
      else if (self->values)
        auto_ints (self->values)[to] = auto_ints (self->x)[from];
    }
}

/* The first @k (or all, when negative) along @dim in order: values (NULL when not wanted) and places. */
static gboolean
sort (AutoContext *cx, const char *op, AutoTensor *x, gint64 k, int dim, gboolean descending, AutoTensor **values, AutoTensor **places)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS], n_rows;
  Sorting self = { .descending = descending };
  guint d;

  if (!auto_op_begin (cx, op, x) || !auto_op_dim (cx, op, x, dim, &d))
    return FALSE;
  self.n = x->shape[d];
  self.k = k < 0 ? self.n : k;
  if (self.k > self.n)
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_RANGE, "dimension %d has no %" G_GINT64_FORMAT " elements", dim, k);
      return FALSE;
    }
  x = auto_op_as (cx, auto_op_dim_last (cx, x, d), auto_op_common_dtype (x, x));
  if (!x || !(x = auto_op_contiguous (cx, x)))
    return FALSE;
  memcpy (shape, x->shape, sizeof shape);
  shape[x->n_dims - 1] = self.k;
  self.x = x;
  self.places = auto_context_tensor (cx, AUTO_DTYPE_I64, shape, x->n_dims);
  self.values = values ? auto_context_tensor (cx, x->dtype, shape, x->n_dims) : NULL;
  if (!self.places || (values && !self.values))
    return FALSE;
  n_rows = auto_tensor_get_n_elements (self.places) / MAX (self.k, 1);
  if (!cx->declaring && n_rows > 0 && self.k > 0)
    {
      g_autofree Item *items = self.items = g_try_new (Item, n_rows * self.k);
      if (items)
        auto_pool_run (n_rows, sort_row, &self);
      else
        auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_MEMORY, "there is not enough memory");
    }
  if (values)
    *values = auto_op_last_to_dim (cx, self.values, d);
  *places = auto_op_last_to_dim (cx, self.places, d);
  return !cx->error;
}

/**
 * auto_topk:
 * @cx: a context
 * @x: (nullable): a tensor
 * @k: how many elements are wanted
 * @dim: a dimension, negative from the last
 * @indices: (out) (optional) (transfer none) (nullable): their places as 64-bit integers
 *
 * Of equal elements the one that comes first is taken first.
 *
 * Returns: (transfer none) (nullable): the @k greatest elements along @dim, the greatest first
 */
AutoTensor *
auto_topk (AutoContext *cx, AutoTensor *x, gint64 k, int dim, AutoTensor **indices)
{
  AutoTensor *values = NULL, *places = NULL;

  if (k < 0 && auto_op_begin (cx, "topk", x))
    auto_op_fail (cx, "topk", x, AUTO_TENSOR_ERROR_RANGE, "%" G_GINT64_FORMAT " elements were asked for", k);
  gboolean done = sort (cx, "topk", x, k, dim, TRUE, &values, &places);
  if (indices)
    *indices = done ? places : NULL;
  return done ? values : NULL;
}

/**
 * auto_sort:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @descending: whether the greatest comes first
 * @indices: (out) (optional) (transfer none) (nullable): where the elements were, as 64-bit integers
 *
 * Equal elements keep their order.
 *
 * Returns: (transfer none) (nullable): the elements in order along @dim
 */
AutoTensor *
auto_sort (AutoContext *cx, AutoTensor *x, int dim, gboolean descending, AutoTensor **indices)
{
  AutoTensor *values = NULL, *places = NULL;
  gboolean done = sort (cx, "sort", x, -1, dim, descending, &values, &places);

  if (indices)
    *indices = done ? places : NULL;
  return done ? values : NULL;
}

/**
 * auto_argsort:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @descending: whether the greatest comes first
 *
 * Returns: (transfer none) (nullable): the places of the elements in order along @dim, as 64-bit integers
 */
AutoTensor *
auto_argsort (AutoContext *cx, AutoTensor *x, int dim, gboolean descending)
{
  AutoTensor *places = NULL;

  return sort (cx, "argsort", x, -1, dim, descending, NULL, &places) ? places : NULL;
}
