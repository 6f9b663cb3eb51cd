/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-seq2seq.h"

AutoTensor *
auto_encoder_states (AutoContext *cx, AutoInputs *in, AutoBase encoder, gconstpointer config)
{
  AutoTensor *given = auto_inputs_get (in, "encoder_outputs");

  if (!given)
    return encoder (cx, config, in);
  if (auto_tensor_get_n_dims (given) == 3)
    return given;
  g_autofree char *text = auto_tensor_describe (given);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "encoder_outputs: needs the shape (batch, source, width), not %s", text);
  return NULL;
}

gboolean
auto_encoder_only (AutoInputs *in)
{
  return auto_inputs_get_flag (in, "encoder_only", FALSE);
}
