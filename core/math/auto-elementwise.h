/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-ops-private.h"

G_BEGIN_DECLS

/* Loops over two operands of TYPE, one of which may repeat a value. */
#define AUTO_BINARY(NAME, TYPE, OUT, EXPRESSION)                                                                                                          \
  static void NAME (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)                                                           \
  {                                                                                                                                                  \
    OUT *restrict y = (OUT *) data[0];                                                                                                               \
    const TYPE *p = (const TYPE *) data[1], *q = (const TYPE *) data[2];                                                                             \
    gint64 s = strides[1], t = strides[2];                                                                                                           \
    if (s == 1 && t == 1)                                                                                                                            \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        {                                                                                                                                            \
          TYPE a = p[i], b = q[i];                                                                                                                   \
          y[i] = EXPRESSION;                                                                                                                         \
        }                                                                                                                                            \
    else if (s == 1 && t == 0)                                                                                                                       \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        {                                                                                                                                            \
          TYPE a = p[i], b = *q;                                                                                                                     \
          y[i] = EXPRESSION;                                                                                                                         \
        }                                                                                                                                            \
    else if (s == 0 && t == 1)                                                                                                                       \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        {                                                                                                                                            \
          TYPE a = *p, b = q[i];                                                                                                                     \
          y[i] = EXPRESSION;                                                                                                                         \
        }                                                                                                                                            \
    else                                                                                                                                             \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        {                                                                                                                                            \
          TYPE a = p[i * s], b = q[i * t];                                                                                                           \
          y[i] = EXPRESSION;                                                                                                                         \
        }                                                                                                                                            \
  }

/* Loops over one operand. */
#define AUTO_UNARY(NAME, TYPE, OUT, EXPRESSION)                                                                                                      \
  static void NAME (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)                                                           \
  {                                                                                                                                                  \
    OUT *restrict y = (OUT *) data[0];                                                                                                               \
    const TYPE *p = (const TYPE *) data[1];                                                                                                          \
    if (strides[1] == 1)                                                                                                                             \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        {                                                                                                                                            \
          TYPE a = p[i];                                                                                                                             \
          y[i] = EXPRESSION;                                                                                                                         \
        }                                                                                                                                            \
    else                                                                                                                                             \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        {                                                                                                                                            \
          TYPE a = p[i * strides[1]];                                                                                                                \
          y[i] = EXPRESSION;                                                                                                                         \
        }                                                                                                                                            \
  }

/* Integers wrap around, as PyTorch's do. */
#define AUTO_WRAP(a, operator, b) (gint64) ((guint64) (a) operator (guint64) (b))

typedef struct
{
  const char *name;
  AutoWalkFunc floats, ints; /* without one for integers, they are converted */
  gboolean compares;         /* the result is boolean */
} AutoElementwise;

AUTO_INTERNAL AutoTensor *auto_op_unary (AutoContext *cx, const AutoElementwise *op, AutoTensor *x);
AUTO_INTERNAL AutoTensor *auto_op_binary (AutoContext *cx, const AutoElementwise *op, AutoTensor *a, AutoTensor *b);
/* The number has the type of the other operand, but makes integers floats when it is not whole. */
AUTO_INTERNAL AutoTensor *auto_op_with_scalar (AutoContext *cx, const AutoElementwise *op, AutoTensor *x, double value);
/* Operands that have already the types that @func reads. @arg goes to @func. */
AUTO_INTERNAL AutoTensor *auto_op_walk (AutoContext *cx, const char *op, AutoDType out, AutoWalkFunc func, gconstpointer arg, guint n, AutoTensor **operands);

G_END_DECLS
