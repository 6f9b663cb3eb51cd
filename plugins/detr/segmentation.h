/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-sdk.h"

/* What DETR's masks are made of. */
typedef struct
{
  AutoTensor *x;            /* the queries' states (batch, queries, width) */
  AutoTensor *memory;       /* the encoder's (batch, places, width) */
  AutoTensor *mask;         /* (batch, places) that are no padding, or NULL */
  AutoTensor *map;          /* the projected map (batch, width, rows, columns) */
  AutoTensor *const *finer; /* the network's maps, the finest first */
  guint n_finer;
  int heads;
} DetrMasks;

/* A mask for each query, of the finest map's size: (batch, queries, rows, columns). */
AutoTensor *detr_masks (AutoContext *cx, const DetrMasks *from);
