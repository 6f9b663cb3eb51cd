/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context-private.h"

G_BEGIN_DECLS

/* What every operation asks first: FALSE in a failed context, and when an operand is NULL, which then fails it. */
AUTO_INTERNAL gboolean auto_op_begin (AutoContext *cx, const char *op, AutoTensor *a);
/* The operand as contiguous 32-bit floats, in the context's care; itself where it is so already. Fails on integers. */
AUTO_INTERNAL AutoTensor *auto_op_floats (AutoContext *cx, const char *op, AutoTensor *x);
/* The operand as contiguous 64-bit integers (from any integer or boolean type). */
AUTO_INTERNAL AutoTensor *auto_op_ints (AutoContext *cx, const char *op, AutoTensor *x);
/* The operand with its own type, contiguous. */
AUTO_INTERNAL AutoTensor *auto_op_contiguous (AutoContext *cx, AutoTensor *x);

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
