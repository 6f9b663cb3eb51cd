/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_nms (AutoContext *cx, AutoTensor *boxes, AutoTensor *scores, AutoTensor *classes, double threshold);

G_END_DECLS
