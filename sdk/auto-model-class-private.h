/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-model-macros.h"

G_BEGIN_DECLS

/* What a model's class is made of; NULL for a class that was not made of a spec. */
const AutoModelSpec *auto_model_find_spec (AutoPretrainedModel *self);

G_END_DECLS
