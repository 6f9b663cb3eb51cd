/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-transformer.h"

G_BEGIN_DECLS

/* Attention to few places of feature maps of several scales (Zhu et al., arXiv:2010.04159). */

#define AUTO_MAX_SCALES 16

/* The places of all maps, one map after the other, by rows. */
typedef struct
{
  guint n;                           /* maps */
  gint64 sizes[2 * AUTO_MAX_SCALES]; /* height and width of each */
  AutoTensor *states, *positions;    /* (batch, places, width) */
  AutoTensor *padding;               /* (batch, places, 1): true where a place is none of the image's; NULL: there are no such places */
  AutoTensor *valid;                 /* (batch, maps, 2): the part of each map's width and height that is the image's, or NULL */
} AutoScales;

/* Lines up @n maps (batch, width, rows, columns), with positions (batch, rows · columns, width), to which the rows of the parameter
 * @embedding (n, width) are added, and masks (batch, rows, columns) of 1 where the image is; @masks: NULL when it is everywhere. */
AUTO_AVAILABLE_IN_1_0 void auto_scales_init (AutoContext *cx, AutoScales *self, const char *embedding, AutoTensor **maps,
                                             AutoTensor **positions, AutoTensor **masks, guint n);
/* Where the places of map @i begin, and the states of that map in @x (batch, places, width): (batch, width, rows, columns). */
AUTO_AVAILABLE_IN_1_0 gint64 auto_scales_start (const AutoScales *self, guint i);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_scales_map (AutoContext *cx, const AutoScales *self, AutoTensor *x, guint i);
/* Where each place lies, as (across, down) in parts of the image: (batch or 1, places, 2). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_scales_places (AutoContext *cx, const AutoScales *self);
/* References (batch, queries, 2 or 4) in parts of the image as such in parts of each map: (batch, queries, maps, 2 or 4). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_scales_references (AutoContext *cx, const AutoScales *self, AutoTensor *references);

/* Deformable attention as data; names: sampling_offsets, attention_weights, value_proj, output_proj. */
typedef struct
{
  const AutoScales *scales;
  int heads, points;      /* points: how many places of one map one head looks at */
  AutoTensor *values;     /* the states (batch, places, width) that are looked at */
  AutoTensor *references; /* the place (across, down) of each map around which a query looks, or the box (its middle, width, height), as
                             parts of the map's sides: (batch, queries, maps, 2 or 4); dimensions of one element are repeated */
  AutoTensor *residual;
  const char *list;       /* where the weights go; NULL: `attentions` */
} AutoDeformable;

/* What queries of the states @x (batch, queries, width) see. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_deformable (AutoContext *cx, AutoTensor *x, const AutoDeformable *how);

/* The states of the scales' places after layers in which each place looks around itself. Layers as in AutoTransformer, with deformable
 * attention self_attn. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_deformable_encoder (AutoContext *cx, const AutoScales *scales, int points,
                                                           const AutoTransformer *how);

G_END_DECLS
