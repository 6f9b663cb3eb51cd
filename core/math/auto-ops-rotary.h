/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_rotary_table (AutoContext *cx, AutoTensor *positions, gint64 dims, double base, double factor);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_rotary (AutoContext *cx, AutoTensor *x, AutoTensor *table, gboolean interleaved);

G_END_DECLS
