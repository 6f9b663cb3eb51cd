/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-config-fields.h"
#include "core/auto/auto-model.h"
#include "core/math/auto-context.h"

G_BEGIN_DECLS

/* Keys of networks whose stages others build on: stage_names, and which of the stages they hand out; in the struct AUTO_BACKBONE_MEMBERS. */
#define AUTO_BACKBONE_MEMBERS                                                                                       \
  char **out_features;                                                                                              \
  AutoInts out_indices;
#define AUTO_BACKBONE_FIELDS                                                                                        \
  AUTO_EXTRA ("stage_names", "null", .derived = TRUE), AUTO_STRINGS (out_features, "null"), AUTO_INTS (out_indices, "null")

/* For `loaded` functions: names a stem and @n_stages stages, and fits out_features and out_indices together; the last stage when
 * neither is given. */
AUTO_AVAILABLE_IN_1_0 gboolean auto_backbone_loaded (AutoPretrainedConfig *self, guint n_stages, GError **error);

/* A network's own part: it has a class under the door "AutoBackbone", whose output is the list `feature_maps`
 * (batch, channels, height, width) of the stages that out_features names. */

/* Whether @out_features names stage @i of the network; stage 0 is the stem. */
AUTO_AVAILABLE_IN_1_0 gboolean auto_backbone_wants (char **out_features, guint i);
/* Hands out a stage's feature map. */
AUTO_AVAILABLE_IN_1_0 void auto_backbone_feature (AutoModelOutput *out, AutoTensor *map);

/* The part of those that build on a network. */

/* The feature maps that the backbone of a nested configuration makes of the call's pixel_values, at most @n_maps of them in @maps;
 * how many there are. Its weights are below the scopes in force; what it would collect isn't collected. */
AUTO_AVAILABLE_IN_1_0 guint auto_backbone_forward (AutoContext *cx, AutoPretrainedConfig *config, AutoInputs *in, AutoTensor **maps, guint n_maps);

G_END_DECLS
