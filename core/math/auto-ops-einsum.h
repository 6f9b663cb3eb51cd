/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_einsum (AutoContext *cx, const char *equation, AutoTensor *a, AutoTensor *b);

G_END_DECLS
