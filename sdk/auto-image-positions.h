/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* Position embeddings of the places of an image, as models that detect objects have them: (batch, rows · columns, 2 · width), the
 * first half of a sine position says the row, the second the column. */

/* Which places of an image (batch, rows, columns) are no padding, from the call's mask of its pixels (batch, height, width): the pixel
 * nearest to each, as 0 and 1. All of them without a mask. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_downsample_mask (AutoContext *cx, AutoTensor *pixel_mask, AutoTensor *map);

/* Sines and cosines of the places that are no padding, counted from @offset + 1 and scaled to a whole turn; @mask (batch, rows, columns)
 * of 0 and 1. @width must be even. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sine_positions (AutoContext *cx, AutoTensor *mask, gint64 width, double offset);

/* The same of points (batch, n, 2) from 0 to 1, x before y: (batch, n, 2 · width). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sine_points (AutoContext *cx, AutoTensor *points, gint64 width);

/* Sine and cosine of each @angle by turns, at falling frequencies: one more dimension of @width, which must be even. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sine_waves (AutoContext *cx, AutoTensor *angle, gint64 width);

/* Learned ones: the tables row_embeddings and column_embeddings, of 50 rows, the columns' first. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_learned_positions (AutoContext *cx, gint64 batch, gint64 rows, gint64 columns, gint64 width);

G_END_DECLS
