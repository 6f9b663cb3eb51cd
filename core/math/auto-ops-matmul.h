/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_matmul (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_matmul_nt (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_matmul_tn (AutoContext *cx, AutoTensor *a, AutoTensor *b);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_outer (AutoContext *cx, AutoTensor *a, AutoTensor *b);

G_END_DECLS
