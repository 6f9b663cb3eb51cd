/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-contrast.h"

/* Cross entropy of rows whose right column is the one of their own number. */
static AutoTensor *
own_loss (AutoContext *cx, AutoTensor *logits)
{
  return auto_scale (cx, auto_mean (cx, auto_diagonal (cx, auto_log_softmax (cx, logits, 1), 0, 0, 1), AUTO_ALL_DIMS, FALSE), -1);
}

void
auto_contrast (AutoContext *cx, AutoInputs *in, AutoTensor *texts, AutoTensor *images, AutoModelOutput *out)
{
  AutoTensor *scale = auto_exp (cx, auto_parameter (cx, "logit_scale", NULL, 0));

  texts = auto_l2_normalize (cx, texts, -1, 0);
  images = auto_l2_normalize (cx, images, -1, 0);
  AutoTensor *logits = auto_mul (cx, auto_matmul_nt (cx, texts, images), scale), *across = auto_contiguous (cx, auto_transpose (cx, logits, 0, 1));

  if (auto_inputs_get_flag (in, "return_loss", FALSE))
    auto_model_output_set (out, "loss", auto_scale (cx, auto_add (cx, own_loss (cx, logits), own_loss (cx, across)), 0.5));
  auto_model_output_set (out, "logits_per_image", across);
  auto_model_output_set (out, "logits_per_text", logits);
  auto_model_output_set (out, "text_embeds", texts);
  auto_model_output_set (out, "image_embeds", images);
}
