/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-inputs.h"
#include "core/auto/auto-model-output.h"
#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* Texts against images (Radford et al., arXiv:2103.00020), both (rows, width): their products, once they have the length 1, times e to
 * the parameter `logit_scale`. Sets logits_per_image, logits_per_text, text_embeds, image_embeds, and loss when the call says return_loss. */
AUTO_AVAILABLE_IN_1_0 void auto_contrast (AutoContext *cx, AutoInputs *in, AutoTensor *texts, AutoTensor *images, AutoModelOutput *out);

G_END_DECLS
