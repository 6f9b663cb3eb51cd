/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-generation.h"

G_BEGIN_DECLS

/* When each token was said, by where the decoder looked in the encoder's states: attentions of chosen heads over both, smoothed, and the
 * cheapest way through them (dynamic time warping). */
typedef struct
{
  JsonNode *heads;      /* [[layer, head], …] */
  gint64 median_width;  /* odd: positions that a median smooths over */
  double precision;     /* seconds of a position */
  JsonNode *frames;     /* two of them a position: how many each row has, or all rows; NULL or null for as many as there are */
} AutoAlignment;

/* Finds the times of the tokens of a generation that has kept its attentions (and, with beams, its scores), 0 for the first, and gives them to
 * it as its token timestamps. */
AUTO_AVAILABLE_IN_1_0 gboolean auto_generation_align (AutoGeneration *self, const AutoAlignment *alignment, GError **error);

/* Exported for tests: the cheapest way through @cost (rows, columns): for each row the column at which it begins. */
AUTO_INTERNAL void auto_alignment_warp (const double *cost, gsize rows, gsize columns, gint64 *begins);

G_END_DECLS
