/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/* The end of a slice that goes to the end. */
#define AUTO_END G_MAXINT64

/* Views of a part of a tensor. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_slice (AutoContext *cx, AutoTensor *x, int dim, gint64 start, gint64 end, gint64 step);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_narrow (AutoContext *cx, AutoTensor *x, int dim, gint64 start, gint64 length);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_select (AutoContext *cx, AutoTensor *x, int dim, gint64 index);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_chunk (AutoContext *cx, AutoTensor *x, gint64 n_chunks, int dim, gint64 which);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_unfold (AutoContext *cx, AutoTensor *x, int dim, gint64 size, gint64 step);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_flip (AutoContext *cx, AutoTensor *x, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_diagonal (AutoContext *cx, AutoTensor *x, int offset, int dim0, int dim1);

G_END_DECLS
