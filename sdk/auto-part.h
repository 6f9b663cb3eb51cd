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

/* What the caller's attention_mask says of the @length states that this model made, for a decoder; an error when it doesn't tell. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_part_source_mask (AutoContext *cx, const char *door, AutoPretrainedConfig *config, AutoTensor *attention_mask,
                                                         gint64 length);
/* The reference's tie_encoder_decoder, for a declaring context after both forwards: layers of the base model below the scope "decoder" share
 * weight and bias with those of the same name below the scope "encoder". */
AUTO_AVAILABLE_IN_1_0 void auto_part_tie (AutoContext *cx, AutoPretrainedConfig *encoder, AutoPretrainedConfig *decoder);

G_END_DECLS
