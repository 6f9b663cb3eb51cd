/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-generation.h"
#include "auto-generation-settings.h"

G_BEGIN_DECLS

/* When each token was said, by where the decoder looked in the encoder's states: attentions of chosen heads over both, smoothed, and the
 * cheapest way through them (dynamic time warping). */
typedef struct
{
  AutoIdLists heads;     /* pairs of a layer and a head */
  gint64 median_width;   /* odd: positions that a median smooths over */
  double precision;      /* seconds of a position */
  const AutoIds *frames; /* two of them a position: how many each row has, or all rows; NULL for as many as there are */
} AutoAlignment;

/* The times (rows, length) of the tokens of a generation that has kept its attentions; 0 for the first. NULL with an error. */
AUTO_INTERNAL AutoTensor *auto_alignment_find_times (const AutoAlignment *self, AutoGeneration *generation, GError **error);

/* Exported for tests: the cheapest way through @cost (rows, columns): for each row the column at which it begins. */
AUTO_INTERNAL void auto_alignment_warp (const double *cost, gsize rows, gsize columns, gint64 *begins);

G_END_DECLS
