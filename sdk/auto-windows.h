/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* Attention inside of square windows (Liu et al., arXiv:2103.14030). Images are (batch, height, width, channels). */

/* An image with zeros behind its last row and column, so that windows fit in. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_window_pad (AutoContext *cx, AutoTensor *x, gint64 window);
/* (batch · windows, window · window, channels), and back to images of @height × @width. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_window_partition (AutoContext *cx, AutoTensor *x, gint64 window);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_window_reverse (AutoContext *cx, AutoTensor *windows, gint64 window, gint64 height, gint64 width);
/* Which places of a window were neighbours before images of @height × @width were shifted: 0, or -100 where they were not;
 * (windows, 1, window · window, window · window). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_window_mask (AutoContext *cx, gint64 height, gint64 width, gint64 window, gint64 shift);
/* For each two places of a window, the row of a table of (2 · window - 1)² distances: (window⁴). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_window_distances (AutoContext *cx, gint64 window);

G_END_DECLS
