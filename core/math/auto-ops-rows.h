/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_softmax (AutoContext *cx, AutoTensor *x, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_log_softmax (AutoContext *cx, AutoTensor *x, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_l2_normalize (AutoContext *cx, AutoTensor *x, int dim, double epsilon);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_cumsum (AutoContext *cx, AutoTensor *x, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_cumprod (AutoContext *cx, AutoTensor *x, int dim);

G_END_DECLS
