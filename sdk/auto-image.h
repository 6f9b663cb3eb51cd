/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-config-fields.h"
#include "core/auto/auto-inputs.h"
#include "core/auto/auto-model.h"
#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* A size of the configuration: one number for height and width, or both. 0 when there is none. */
static inline gint64
auto_side (const AutoInts *size, int dim)
{
  return size->n == 0 ? 0 : size->values[MIN ((guint) dim, size->n - 1)];
}

/* Number @i of a list of the configuration, at least @min; a list that is too short or a number that is too small fails. */
AUTO_AVAILABLE_IN_1_0 gint64 auto_list_int (AutoContext *cx, const char *key, const AutoInts *list, guint i, gint64 min);

/* For AutoModelSpec.example: pixel_values (1, channels, height, width). */
AUTO_AVAILABLE_IN_1_0 void auto_image_example (AutoInputs *in, gint64 channels, const AutoInts *size);
/* The call's pixel_values (batch, channels, height, width); of @size when that is not NULL. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_pixel_values (AutoContext *cx, AutoInputs *in, gint64 channels, const AutoInts *size);
/* How many patches fit into an image of the configuration's size. */
AUTO_AVAILABLE_IN_1_0 gint64 auto_count_patches (AutoContext *cx, const AutoInts *size, const AutoInts *patch);
/* A convolution over patches that don't overlap: (batch, rows, columns → patches, width). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_embed_patches (AutoContext *cx, const char *name, AutoTensor *x, gint64 width, const AutoInts *patch, gboolean no_bias);
/* States (batch, rows · columns, width) as an image (batch, width, rows, columns), and back. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_tokens_to_image (AutoContext *cx, AutoTensor *x, gint64 rows, gint64 columns);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_image_to_tokens (AutoContext *cx, AutoTensor *x);

/* A token before the others: the parameter @name (1, 1, width) in front of each row. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_prepend_token (AutoContext *cx, const char *name, AutoTensor *x);
/* Position embeddings (1, 1 + n · n, width) for the patches of @pixels: the first is kept, and the others are stretched unless they are
 * those of a square image of as many patches. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_stretch_positions (AutoContext *cx, AutoTensor *positions, AutoTensor *pixels, const AutoInts *patch);

/* Masked image modelling: the input bool_masked_pos (batch, patches). */

/* The states with the parameter @name (1, 1, width) in the place of those that the call masks. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_mask_patches (AutoContext *cx, AutoInputs *in, const char *name, AutoTensor *x);
/* Pixels of every patch from the states of patches: `reconstruction`, and `loss` when the call masks some. @decoder: a convolution. */
AUTO_AVAILABLE_IN_1_0 void auto_reconstruct_image (AutoContext *cx, AutoInputs *in, const char *decoder, AutoTensor *x, gint64 channels, gint64 stride,
                                                   gint64 patch, AutoModelOutput *out);

G_END_DECLS
