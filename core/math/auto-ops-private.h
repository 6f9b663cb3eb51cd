/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context-private.h"
#include "auto-walk.h"

G_BEGIN_DECLS

/* What every operation asks first: FALSE in a failed context, and when an operand is NULL, which then fails it. */
AUTO_INTERNAL gboolean auto_op_begin (AutoContext *cx, const char *op, AutoTensor *a);
/* The operand as contiguous 32-bit floats, in the context's care; itself where it is so already. Fails on integers. */
AUTO_INTERNAL AutoTensor *auto_op_floats (AutoContext *cx, const char *op, AutoTensor *x);
/* The operand as contiguous 64-bit integers (from any integer or boolean type). */
AUTO_INTERNAL AutoTensor *auto_op_ints (AutoContext *cx, const char *op, AutoTensor *x);
/* The operand with its own type, contiguous. */
AUTO_INTERNAL AutoTensor *auto_op_contiguous (AutoContext *cx, AutoTensor *x);
/* The operand as @dtype, with any strides. NULL when the context fails. */
AUTO_INTERNAL AutoTensor *auto_op_as (AutoContext *cx, AutoTensor *x, AutoDType dtype);
/* The type that arithmetic with the operands has: integers of 64 bits when all are integers or booleans, or floats of 32 bits. */
AUTO_INTERNAL AutoDType auto_op_common_dtype (AutoTensor *a, AutoTensor *b);

/* Fails the context because the shapes of @a and @b don't fit together. */
AUTO_INTERNAL void auto_op_fail_shapes (AutoContext *cx, const char *op, AutoTensor *a, AutoTensor *b);
/* Fails the context because of @x's shape or type; the rest is printf's and says what is wrong. */
AUTO_INTERNAL void auto_op_fail (AutoContext *cx, const char *op, AutoTensor *x, int code, const char *format, ...) G_GNUC_PRINTF (5, 6);
/* The dimension that @dim names, negative from the last; FALSE, with an error, when @x has no such one. */
AUTO_INTERNAL gboolean auto_op_dim (AutoContext *cx, const char *op, AutoTensor *x, int dim, guint *out);
/* Enlarges @shape, the broadcast of the operands before, by @x's; FALSE when they don't fit. */
AUTO_INTERNAL gboolean auto_op_broadcast (gint64 *shape, guint *n_dims, AutoTensor *x);
/* A view of @x's memory in the context's care. */
AUTO_INTERNAL AutoTensor *auto_op_view (AutoContext *cx, AutoTensor *x, const gint64 *shape, const gint64 *strides, guint n_dims, gint64 offset);
/* A view with @n dimensions of @shape and @strides in place of the dimension @dim; more than a tensor can have fail the context. */
AUTO_INTERNAL AutoTensor *auto_op_replace_dim (AutoContext *cx, const char *op, AutoTensor *x, guint dim, const gint64 *shape, const gint64 *strides,
                                               guint n, gint64 offset);
/* A view with the dimension @dim moved to the end; itself when it is there. */
AUTO_INTERNAL AutoTensor *auto_op_dim_last (AutoContext *cx, AutoTensor *x, guint dim);
/* The way back: the last dimension moved to the place @dim. */
AUTO_INTERNAL AutoTensor *auto_op_last_to_dim (AutoContext *cx, AutoTensor *x, guint dim);
/* A contiguous weight as 32-bit floats, in the context's care; shape only when declaring. NULL for NULL. */
AUTO_INTERNAL AutoTensor *auto_op_weight (AutoContext *cx, AutoWeight *weight);

static inline float *
auto_floats (AutoTensor *x)
{
  return (float *) x->data;
}

static inline gint64 *
auto_ints (AutoTensor *x)
{
  return (gint64 *) x->data;
}

G_END_DECLS
