/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-pretrained-config.h"
#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* The checks that the reference makes of rope_scaling: null, or {"type": "linear" or "dynamic", "factor": a float > 1}. For a
 * configuration's `loaded`. */
AUTO_AVAILABLE_IN_1_0 gboolean auto_rope_check (AutoPretrainedConfig *config, GError **error);

/* The table of auto_rotary for positions (batch or 1, length) as rope_scaling has it: "linear" divides positions, "dynamic" raises the
 * base when the sequence is longer than @max_positions. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_rope_table (AutoContext *cx, AutoTensor *positions, gint64 dims, double base, JsonNode *rope_scaling,
                                                   gint64 max_positions);

G_END_DECLS
