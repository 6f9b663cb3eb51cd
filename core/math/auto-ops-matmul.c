/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-matmul.h"

#include "auto-gemm.h"
#include "auto-ops-arith.h"
#include "auto-ops-private.h"
#include "auto-ops-view.h"

/* Batches of matrices as the kernels want them: one stride from one to the next, in a loop over the rest. */
typedef struct
{
  guint n_dims; /* of the batch */
  gint64 shape[AUTO_TENSOR_MAX_DIMS], a[AUTO_TENSOR_MAX_DIMS], b[AUTO_TENSOR_MAX_DIMS], c[AUTO_TENSOR_MAX_DIMS];
  gint64 m, n, k;
  gint64 a_rs, a_cs, b_rs, b_cs;
} Product;

static void
push_dim (Product *self, gint64 size, gint64 a, gint64 b, gint64 c)
{
  guint last = self->n_dims;

  if (size == 1)
    return;
  if (last > 0 && self->a[last - 1] == a * size && self->b[last - 1] == b * size && self->c[last - 1] == c * size)
    {
      self->shape[last - 1] *= size;
      self->a[last - 1] = a, self->b[last - 1] = b, self->c[last - 1] = c;
      return;
    }
  self->shape[last] = size;
  self->a[last] = a, self->b[last] = b, self->c[last] = c;
  self->n_dims++;
}

/* Matrices that lie in one run and meet the same right one are a single taller matrix. */
static void
fold_batch (Product *self)
{
  guint last = self->n_dims - 1;

  if (self->n_dims == 0 || self->b[last] != 0 || self->a[last] != self->m * self->a_rs || self->c[last] != self->m * self->n)
    return;
  self->m *= self->shape[last];
  self->n_dims--;
}

static void
multiply (const Product *self, guint dim, const float *a, const float *b, float *c)
{
  guint last = MAX (self->n_dims, 1) - 1;

  if (dim < last)
    {
      for (gint64 i = 0; i < self->shape[dim]; i++)
        multiply (self, dim + 1, a + i * self->a[dim], b + i * self->b[dim], c + i * self->c[dim]);
      return;
    }
  gboolean one = self->n_dims == 0;
  auto_gemm_batch (one ? 1 : self->shape[last], self->m, self->n, self->k, 1, a, one ? 0 : self->a[last], self->a_rs, self->a_cs, b,
                   one ? 0 : self->b[last], self->b_rs, self->b_cs, 0, c, one ? 0 : self->c[last], self->n, 1);
}

static gint64
batch_stride (AutoTensor *x, guint n_dims, guint dim)
{
  guint lead = n_dims - x->n_dims;

  return dim < lead || x->shape[dim - lead] == 1 ? 0 : x->strides[dim - lead];
}

/* The kernels want no matrix that runs backwards. */
static AutoTensor *
forward (AutoContext *cx, AutoTensor *x)
{
  if (x->strides[x->n_dims - 1] < 0 || x->strides[x->n_dims - 2] < 0)
    return auto_op_contiguous (cx, x);
  return x;
}

/* Two operands with at least two dimensions. */
static AutoTensor *
product (AutoContext *cx, const char *op, AutoTensor *a, AutoTensor *b)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  guint n_batch = a->n_dims - 2;
  Product self = { .m = auto_dim (a, -2), .k = auto_dim (a, -1), .n = auto_dim (b, -1) };
  AutoTensor b_batch = *b;

  memcpy (shape, a->shape, sizeof shape);
  b_batch.n_dims -= 2;
  if (auto_dim (b, -2) != self.k || !auto_op_broadcast (shape, &n_batch, &b_batch))
    {
      auto_op_fail_shapes (cx, op, a, b);
      return NULL;
    }
  shape[n_batch] = self.m;
  shape[n_batch + 1] = self.n;
  AutoTensor *c = auto_context_tensor (cx, AUTO_DTYPE_F32, shape, n_batch + 2);
  if (!c || cx->declaring || auto_tensor_get_n_elements (c) == 0)
    return c;
  if (self.k == 0)
    {
      memset (c->data, 0, auto_tensor_get_n_elements (c) * sizeof (float));
      return c;
    }
  if (!(a = forward (cx, a)) || !(b = forward (cx, b)))
    return NULL;
  self.a_rs = a->strides[a->n_dims - 2], self.a_cs = a->strides[a->n_dims - 1];
  self.b_rs = b->strides[b->n_dims - 2], self.b_cs = b->strides[b->n_dims - 1];
  for (guint d = 0; d < n_batch; d++)
    push_dim (&self, shape[d], batch_stride (a, n_batch + 2, d), batch_stride (b, n_batch + 2, d), c->strides[d]);
  fold_batch (&self);
  multiply (&self, 0, auto_floats (a), auto_floats (b), auto_floats (c));
  return c;
}

static AutoTensor *
operand (AutoContext *cx, const char *op, AutoTensor *x)
{
  if (!auto_op_begin (cx, op, x))
    return NULL;
  if (!auto_dtype_is_float (x->dtype) || x->n_dims == 0)
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_DTYPE, "it needs floating-point numbers in at least one dimension");
      return NULL;
    }
  return auto_op_as (cx, x, AUTO_DTYPE_F32);
}

static AutoTensor *
matmul (AutoContext *cx, const char *op, AutoTensor *a, AutoTensor *b, gboolean transpose_a, gboolean transpose_b)
{
  gboolean row, column;

  if (!(a = operand (cx, op, a)) || !(b = operand (cx, op, b)))
    return NULL;
  row = a->n_dims == 1;
  column = b->n_dims == 1;
  a = row ? auto_unsqueeze (cx, a, 0) : transpose_a ? auto_transpose (cx, a, -1, -2) : a;
  b = column ? auto_unsqueeze (cx, b, 1) : transpose_b ? auto_transpose (cx, b, -1, -2) : b;
  AutoTensor *c = product (cx, op, a, b);
  if (c && column)
    c = auto_squeeze (cx, c, -1);
  return c && row ? auto_squeeze (cx, c, column ? -1 : -2) : c;
}

/**
 * auto_matmul:
 * @cx: a context
 * @a: (nullable): a tensor (…, m, k), or (k) for one row
 * @b: (nullable): a tensor (…, k, n), or (k) for one column
 *
 * Products of matrices. The dimensions before the last two broadcast as in [func@add].
 *
 * Returns: (transfer none) (nullable): 32-bit floats (…, m, n), without m or n for an operand of one dimension; shapes that
 *   don't fit together fail the context
 */
AutoTensor *
auto_matmul (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return matmul (cx, "matmul", a, b, FALSE, FALSE);
}

/**
 * auto_matmul_nt:
 * @cx: a context
 * @a: (nullable): a tensor (…, m, k), or (k) for one row
 * @b: (nullable): a tensor (…, n, k), or (k) for one column
 *
 * Returns: (transfer none) (nullable): a · bᵀ, as [func@matmul] has it
 */
AutoTensor *
auto_matmul_nt (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return matmul (cx, "matmul_nt", a, b, FALSE, TRUE);
}

/**
 * auto_matmul_tn:
 * @cx: a context
 * @a: (nullable): a tensor (…, k, m), or (k) for one row
 * @b: (nullable): a tensor (…, k, n), or (k) for one column
 *
 * Returns: (transfer none) (nullable): aᵀ · b, as [func@matmul] has it
 */
AutoTensor *
auto_matmul_tn (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return matmul (cx, "matmul_tn", a, b, TRUE, FALSE);
}

/**
 * auto_outer:
 * @cx: a context
 * @a: (nullable): a tensor (…, m)
 * @b: (nullable): a tensor (…, n)
 *
 * Returns: (transfer none) (nullable): a tensor (…, m, n) of the products of each element of @a with each of @b
 */
AutoTensor *
auto_outer (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  if (!auto_op_begin (cx, "outer", a) || !auto_op_begin (cx, "outer", b))
    return NULL;
  return auto_mul (cx, auto_unsqueeze (cx, a, -1), auto_unsqueeze (cx, b, -2));
}
