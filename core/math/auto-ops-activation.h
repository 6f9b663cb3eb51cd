/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-activation.h"
#include "auto-context.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_activation (AutoContext *cx, AutoTensor *x, AutoActivation activation);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_tanh (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sigmoid (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_softplus (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_glu (AutoContext *cx, AutoTensor *x, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_mul_act (AutoContext *cx, AutoTensor *gate, AutoTensor *up, AutoActivation activation);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_leaky_relu (AutoContext *cx, AutoTensor *x, double slope);

G_END_DECLS
