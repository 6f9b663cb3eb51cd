/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "../base/auto-version-macros.h"

G_BEGIN_DECLS

/* Numbers drawn by xoshiro256++ (Blackman and Vigna, arXiv:1805.01407), whose state a seed fills by splitmix64. */
typedef struct
{
  guint64 state[4];
} AutoRandom;

AUTO_INTERNAL void auto_random_init (AutoRandom *self, guint64 seed);
AUTO_INTERNAL guint64 auto_random_next (AutoRandom *self);
/* From 0 up to, but without, 1, with 53 bits. */
AUTO_INTERNAL double auto_random_uniform (AutoRandom *self);
/* Draws a place with the probabilities @p, which need not sum to 1; -1 when they are not numbers or all 0. */
AUTO_INTERNAL gint64 auto_random_choose (AutoRandom *self, const float *p, gsize n);

G_END_DECLS
