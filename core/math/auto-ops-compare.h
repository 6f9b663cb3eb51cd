/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/* Comparisons give booleans. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_eq (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_ne (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_lt (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_le (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_gt (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_ge (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_eq_scalar (AutoContext *cx, AutoTensor *x, double value);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_ne_scalar (AutoContext *cx, AutoTensor *x, double value);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_lt_scalar (AutoContext *cx, AutoTensor *x, double value);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_le_scalar (AutoContext *cx, AutoTensor *x, double value);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_gt_scalar (AutoContext *cx, AutoTensor *x, double value);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_ge_scalar (AutoContext *cx, AutoTensor *x, double value);

/* Any type is a truth value: what is not zero is true. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_logical_and (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_logical_or (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_logical_xor (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_logical_not (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_where (AutoContext *cx, AutoTensor *condition, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_masked_fill (AutoContext *cx, AutoTensor *x, AutoTensor *mask, double value);

G_END_DECLS
