/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-kernels.h"

G_BEGIN_DECLS

/* Gives a piece of a panel of the right matrix: columns [width panel, …), depth [first, first + depth). Either it exists
 * and is returned, or it is written to @room, which holds width x (depth + 1) elements. Called from several threads. */
typedef const void *(*AutoPanelFunc) (gconstpointer data, gint64 panel, gint64 first, gint64 depth, float *room);

/* The blocked product that everything here is built on: C [m, n] = end (A [m, k] · B [k, n]). */
typedef struct
{
  gint64 m, n, k;
  const float *a;
  gint64 a_rs, a_cs;
  AutoDType b_dtype;
  AutoPanelFunc panel;
  gconstpointer panel_data;
  gboolean makes_panels; /* the function writes to @room */
  float *c;
  gint64 c_rs; /* the columns of C are contiguous */
  gboolean accumulate; /* onto what C holds, before @end */
  AutoTileEnd end;     /* its pointers are those of the whole C */
} AutoProduct;

AUTO_INTERNAL void auto_product_run (const AutoProduct *product);

G_END_DECLS
