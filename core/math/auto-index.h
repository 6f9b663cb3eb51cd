/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-ops-private.h"

G_BEGIN_DECLS

/* What operations on places share. */

/* @ids as contiguous 64-bit integers, each of them from 0, or from -@size when @from_end, to @size - 1. */
AUTO_INTERNAL AutoTensor *auto_op_ids (AutoContext *cx, const char *op, AutoTensor *ids, gint64 size, gboolean from_end);
/* Whether @ids have as many dimensions as @x and none but @dim larger. */
AUTO_INTERNAL gboolean auto_op_check_lines (AutoContext *cx, const char *op, AutoTensor *x, AutoTensor *ids, guint dim);
/* Where the line number @line along @dim starts in @x, in elements; lines are numbered within @shape. */
AUTO_INTERNAL gint64 auto_line_start (const AutoTensor *x, const gint64 *shape, guint dim, gint64 line);

G_END_DECLS
