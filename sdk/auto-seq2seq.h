/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-model-macros.h"

G_BEGIN_DECLS

/* The states that a decoder looks at: the input encoder_outputs when it was given, otherwise what @encoder computes. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_encoder_states (AutoContext *cx, AutoInputs *in, AutoBase encoder, gconstpointer config);
/* Whether the call wants the encoder's states alone, as `encoder_last_hidden_state`. */
AUTO_AVAILABLE_IN_1_0 gboolean auto_encoder_only (AutoInputs *in);

G_END_DECLS
