/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-pretrained-config.h"
#include "sdk/auto-model-macros.h"

G_BEGIN_DECLS

/* The forward of the model that a door (such as "AutoModel") has for a configuration inside another configuration. Its weights are
 * below the scopes in force; @out is the part's own. An error when no plugin offers such a model. */
AUTO_AVAILABLE_IN_1_0 void auto_part_forward (AutoContext *cx, const char *door, AutoPretrainedConfig *config, AutoInputs *in, AutoModelOutput *out);
/* Example inputs of that model. */
AUTO_AVAILABLE_IN_1_0 void auto_part_example (const char *door, AutoPretrainedConfig *config, AutoInputs *in);

G_END_DECLS
