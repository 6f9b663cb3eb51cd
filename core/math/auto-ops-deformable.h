/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_deformable_attention (AutoContext *cx, AutoTensor *values, const gint64 *sizes, gsize n_sizes,
                                                             AutoTensor *locations, AutoTensor *weights);

G_END_DECLS
