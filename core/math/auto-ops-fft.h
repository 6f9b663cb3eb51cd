/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/* Complex numbers are a last dimension of two. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_rfft (AutoContext *cx, AutoTensor *x, gint64 n);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_irfft (AutoContext *cx, AutoTensor *x, gint64 n);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_fft2_real (AutoContext *cx, AutoTensor *x);

G_END_DECLS
