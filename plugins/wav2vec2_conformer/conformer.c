/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layers of a Conformer in place of a Transformer's. */
#include "../speech/speech.h"

/* What isn't known tells no positions, as in the reference. */
static AutoConformerPositions
conformer_positions (const SpeechConfig *c)
{
  if (g_strcmp0 (c->position_embeddings_type, "rotary") == 0)
    return AUTO_CONFORMER_ROTARY;
  if (g_strcmp0 (c->position_embeddings_type, "relative") == 0)
    return AUTO_CONFORMER_RELATIVE;
  return c->traits->causal && g_strcmp0 (c->position_embeddings_type, "relative_key") == 0 ? AUTO_CONFORMER_RELATIVE_KEY : AUTO_CONFORMER_PLAIN;
}

/* The table of auto_rotary, from frequencies that the checkpoint may hold. */
static AutoTensor *
conformer_rotary (AutoContext *cx, const SpeechConfig *c, gint64 frames)
{
  gint64 dims = auto_head_dim (cx, c->hidden_size, c->num_attention_heads);

  if (c->traits->causal || dims % 2)
    return auto_rotary_table (cx, auto_unsqueeze (cx, auto_arange (cx, 0, frames, 1), 0), dims, c->rotary_embedding_base, 1);
  AutoTensor *frequencies = auto_frequencies_buffer (cx, "embed_positions.inv_freq", dims / 2, c->rotary_embedding_base);
  AutoTensor *angles = auto_mul (cx, auto_unsqueeze (cx, auto_arange_float (cx, 0, (double) frames, 1), 1), frequencies);
  return auto_unsqueeze (cx, auto_concat (cx, AUTO_TENSORS (auto_cos (cx, angles), auto_sin (cx, angles)), -1), 0);
}

static AutoTensor *
conformer_table (AutoContext *cx, const SpeechConfig *c, AutoConformerPositions positions, gint64 frames)
{
  if (positions == AUTO_CONFORMER_RELATIVE)
    return auto_conformer_distances (cx, frames, c->hidden_size);
  return positions == AUTO_CONFORMER_ROTARY ? conformer_rotary (cx, c, frames) : NULL;
}

AutoTensor *
speech_conformer (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoTensor *seen, SpeechPass *pass)
{
  AutoMask mask = seen ? auto_self_mask (cx, auto_cast (cx, seen, AUTO_DTYPE_I64), FALSE) : (AutoMask) { 0 };
  AutoConformer how = { .heads = c->num_attention_heads, .inner = c->intermediate_size, .activation = c->hidden_act,
    .epsilon = c->traits->causal ? c->layer_norm_eps : 1e-5, .kernel = c->conv_depthwise_kernel_size, .causal = c->traits->causal,
    .positions = conformer_positions (c), .before = c->left_max_position_embeddings, .after = c->right_max_position_embeddings,
    .seen = c->traits->causal ? seen : NULL };

  how.table = conformer_table (cx, c, how.positions, auto_dim (x, 1));
  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      speech_collect (cx, x, pass);
      x = auto_conformer_layer (cx, x, &mask, &how);
    }
  if (!c->traits->causal)
    {
      /* The reference makes the layer that would tell positions here too, and passes it by. */
      if (auto_context_is_declaring (cx))
        speech_positions (cx, c, auto_transpose (cx, x, 1, 2));
      x = auto_layer_norm (cx, "layer_norm", x, c->layer_norm_eps);
    }
  speech_collect (cx, x, pass);
  return x;
}
