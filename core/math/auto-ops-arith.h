/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/* Two operands: shapes broadcast as NumPy's. Two integers (or booleans) give integers, anything else 32-bit floats. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_add (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sub (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_mul (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_div (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_floor_divide (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_remainder (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_maximum (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_minimum (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_pow (AutoContext *cx, AutoTensor *a, AutoTensor *b);

/* With a number: integers stay integers when the number is whole. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_add_scalar (AutoContext *cx, AutoTensor *x, double value);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_scale (AutoContext *cx, AutoTensor *x, double factor);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_affine (AutoContext *cx, AutoTensor *x, double factor, double offset);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_pow_scalar (AutoContext *cx, AutoTensor *x, double exponent);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_floor_divide_scalar (AutoContext *cx, AutoTensor *x, double divisor);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_remainder_scalar (AutoContext *cx, AutoTensor *x, double divisor);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_clamp (AutoContext *cx, AutoTensor *x, double min, double max);

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_cast (AutoContext *cx, AutoTensor *x, AutoDType dtype);

G_END_DECLS
