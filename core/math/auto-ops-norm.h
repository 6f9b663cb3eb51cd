/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/* Normalisations over channels, which are the dimension 1. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_batch_norm (AutoContext *cx, const char *name, AutoTensor *x, double epsilon);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_group_norm (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_groups, double epsilon);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_layer_norm_channels (AutoContext *cx, const char *name, AutoTensor *x, double epsilon);
/* Without weights. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_instance_norm (AutoContext *cx, AutoTensor *x, double epsilon);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_normalize_last (AutoContext *cx, AutoTensor *x, double epsilon);

G_END_DECLS
