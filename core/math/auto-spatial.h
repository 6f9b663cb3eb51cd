/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-conv.h"
#include "auto-ops-private.h"

G_BEGIN_DECLS

/* What operations over dimensions of space share. */

/* The last @n of three sizes: a 0 behind the first takes the first one's value, and what is then 0 is @otherwise. */
AUTO_INTERNAL void auto_op_spread (const gint64 *sizes, guint n, gint64 otherwise, gint64 *out);
/* Batch, channels and input sizes of @x (batch, channels, one to three dimensions); the rest as auto_conv_init() has it. */
AUTO_INTERNAL gboolean auto_op_spatial (AutoContext *cx, const char *op, AutoTensor *x, AutoConvShape *shape);
/* A tensor of @shape's output sizes with as many dimensions as @x. */
AUTO_INTERNAL AutoTensor *auto_op_spatial_result (AutoContext *cx, AutoTensor *x, const AutoConvShape *shape);

G_END_DECLS
