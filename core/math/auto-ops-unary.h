/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/* Of integers too: these keep them integers. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_neg (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_abs (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_square (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sign (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_floor (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_ceil (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_round (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_trunc (AutoContext *cx, AutoTensor *x);

/* These give 32-bit floats. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_exp (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_expm1 (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_log (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_log1p (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_log2 (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sqrt (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_rsqrt (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_reciprocal (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sin (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_cos (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_acos (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_atan (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_erf (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_frexp (AutoContext *cx, AutoTensor *x, AutoTensor **exponents);

/* These give booleans. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_isnan (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_isinf (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_isfinite (AutoContext *cx, AutoTensor *x);

G_END_DECLS
