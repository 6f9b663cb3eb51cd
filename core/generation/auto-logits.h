/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "../base/auto-version-macros.h"

G_BEGIN_DECLS

/* A score and where it stands. */
typedef struct
{
  float score;
  guint32 place;
} AutoRanked;

/* Work space for rows of so many scores. */
typedef struct
{
  gsize n;
  float *a, *b;
  AutoRanked *ranked, *spare;
} AutoLogitsSpace;

AUTO_INTERNAL void auto_logits_space_init (AutoLogitsSpace *self, gsize n);
AUTO_INTERNAL void auto_logits_space_clear (AutoLogitsSpace *self);

/* The place of the largest score, the first of equals; -1 when one is not a number. */
AUTO_INTERNAL gint64 auto_logits_best (const float *scores, gsize n);
/* The @k largest scores, largest first, equals in the order that the reference gives them. */
AUTO_INTERNAL void auto_logits_top (const float *scores, gsize n, gsize k, AutoRanked *top);
/* Sorts, smallest first, keeping the order of equals; @spare is as large. */
AUTO_INTERNAL void auto_logits_sort (AutoRanked *ranked, gsize n, AutoRanked *spare);

G_END_DECLS
