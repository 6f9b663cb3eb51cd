/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-config-fields.h"

G_BEGIN_DECLS

/* Keys of networks whose stages others build on: stage_names, and which of the stages they hand out. */
#define AUTO_BACKBONE_FIELDS                                                                                        \
  AUTO_EXTRA ("stage_names", "null", .derived = TRUE), AUTO_STRINGS (out_features, "null"), AUTO_INTS (out_indices, "null")

/* For `loaded` functions: names a stem and @n_stages stages, and fits out_features and out_indices together; the last stage when
 * neither is given. */
AUTO_AVAILABLE_IN_1_0 gboolean auto_backbone_loaded (AutoPretrainedConfig *self, guint n_stages, GError **error);

G_END_DECLS
