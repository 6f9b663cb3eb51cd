/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-post-norm-encoder.h"

#include "auto-attention.h"
#include "auto-masks.h"
#include "auto-model-macros.h"
#include "core/math/auto-cache.h"

static gboolean
has_positions (const AutoPostNormEncoder *how)
{
  return g_strcmp0 (how->position_embedding_type, "absolute") == 0;
}

/* The call's @ids of the tokens of @x, or of one row for all. */
static AutoTensor *
check_ids (AutoContext *cx, const char *name, AutoTensor *ids, AutoTensor *x)
{
  gint64 batch = auto_dim (x, 0), length = auto_dim (x, 1);

  if (!ids || !x || (auto_tensor_get_n_dims (ids) == 2 && (auto_dim (ids, 0) == 1 || auto_dim (ids, 0) == batch) && auto_dim (ids, 1) == length))
    return ids;
  g_autofree char *text = auto_tensor_describe (ids);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: needs the shape (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "), not %s", name, batch,
                     length, text);
  return NULL;
}

static AutoTensor *
add_types (AutoContext *cx, AutoInputs *in, AutoTensor *x, const AutoPostNormEncoder *how)
{
  AutoTensor *types = check_ids (cx, "token_type_ids", auto_input_unless_generating (cx, in, "token_type_ids"), x);

  types = types ? types : auto_full (cx, AUTO_DIMS (auto_dim (x, 0), auto_dim (x, 1)), 0, AUTO_DTYPE_I64);
  return auto_add (cx, x, auto_embedding (cx, "token_type_embeddings", types, how->token_types, how->width));
}

AutoTensor *
auto_post_norm_embeddings (AutoContext *cx, AutoInputs *in, const AutoPostNormEncoder *how)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "word_embeddings", how->vocab_size, how->width);

  if (how->token_types)
    x = add_types (cx, in, x, how);
  if (auto_context_is_declaring (cx) || has_positions (how))
    {
      AutoTensor *positions = how->positions ? how->positions : auto_positions (cx, in, auto_dim (x, 1));
      AutoTensor *rows = auto_embedding (cx, "position_embeddings", check_ids (cx, "position_ids", positions, x), how->max_positions, how->width);
      x = has_positions (how) ? auto_add (cx, x, rows) : x;
    }
  auto_ignore_weight (cx, "position_ids");
  auto_ignore_weight (cx, "token_type_ids");
  return auto_layer_norm (cx, "LayerNorm", x, how->epsilon);
}

static AutoTensor *
attend (AutoContext *cx, const AutoPostNormEncoder *how, AutoTensor *x, AutoTensor *source, const AutoMask *mask, AutoTensor *head_mask)
{
  const char *type = how->position_embedding_type;
  gboolean distances = type && g_str_has_prefix (type, "relative_key") && !source;

  AutoTensor *a = auto_attention (cx, x, mask, &(AutoAttention) {
    .q = "self.query", .k = "self.key", .v = "self.value", .heads = how->heads, .source = source, .head_mask = head_mask,
    .out = "output.dense", .residual = x, .distances = distances ? "self.distance_embedding" : NULL,
    .max_positions = how->max_positions, .distances_of_keys = g_strcmp0 (type, "relative_key_query") == 0 });
  return auto_layer_norm (cx, "output.LayerNorm", a, how->epsilon);
}

static AutoTensor *
attend_otherwise (AutoContext *cx, const AutoPostNormEncoder *how, AutoTensor *x, int layer, AutoTensor *head_mask)
{
  AutoTensor *a;

  {
    AUTO_SCOPE (cx, "self");
    a = how->attend (cx, x, layer, head_mask, how->data);
  }
  a = auto_linear_add (cx, "output.dense", a, auto_dim (x, -1), x);
  return auto_layer_norm (cx, "output.LayerNorm", a, how->epsilon);
}

static AutoTensor *
encoder_layer (AutoContext *cx, const AutoPostNormEncoder *how, int layer, AutoTensor *x, const AutoMask *mask, AutoTensor *head_mask,
               AutoTensor *source, const AutoMask *source_mask)
{
  {
    AUTO_SCOPE (cx, "attention");
    x = how->attend ? attend_otherwise (cx, how, x, layer, head_mask) : attend (cx, how, x, NULL, mask, head_mask);
  }
  if (source)
    {
      AUTO_SCOPE (cx, "crossattention");
      x = attend (cx, how, x, source, source_mask, head_mask);
    }
  AutoTensor *a = auto_linear_act (cx, "intermediate.dense", x, how->intermediate_size, how->activation);
  return auto_layer_norm (cx, "output.LayerNorm", auto_linear_add (cx, "output.dense", a, auto_dim (x, -1), x), how->epsilon);
}

/* The states that a decoder's cross-attention looks at. */
static AutoTensor *
source_states (AutoContext *cx, AutoInputs *in, AutoTensor *x, const AutoPostNormEncoder *how)
{
  AutoTensor *caller = auto_inputs_get (in, "encoder_hidden_states"), *given = auto_source_states (cx, in, x);

  if (caller && how->decoder && !how->cross_attention)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s",
                       "add_cross_attention is false, so that encoder_hidden_states can't be looked at; set it to true");
  if (!how->cross_attention)
    return NULL;
  if (!how->decoder)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "add_cross_attention needs is_decoder");
  return given;
}

AutoTensor *
auto_post_norm_layers (AutoContext *cx, AutoInputs *in, AutoTensor *x, const AutoPostNormEncoder *how)
{
  AutoTensor *source = source_states (cx, in, x, how);
  AutoMask mask = auto_self_mask (cx, how->attend ? NULL : auto_inputs_get (in, "attention_mask"), how->decoder);
  AutoMask source_mask = auto_cross_mask (cx, auto_inputs_get (in, "encoder_attention_mask"));

  for (int i = 0; i < how->layers; i++)
    {
      AUTO_LAYER (cx, &x, "encoder.layer.%d", i);
      auto_context_hidden_state (cx, x);
      x = encoder_layer (cx, how, i, x, &mask, auto_head_mask (cx, in, i, how->layers, how->heads), source, &source_mask);
    }
  auto_context_hidden_state (cx, x);
  return x;
}

AutoTensor *
auto_post_norm_encoder (AutoContext *cx, AutoInputs *in, const AutoPostNormEncoder *how)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "embeddings");
    x = auto_post_norm_embeddings (cx, in, how);
  }
  return auto_post_norm_layers (cx, in, x, how);
}

AutoTensor *
auto_positions_after_padding (AutoContext *cx, AutoInputs *in, gint64 pad)
{
  AutoTensor *ids = auto_inputs_get (in, "input_ids"), *embeds = auto_inputs_get (in, "inputs_embeds");
  gint64 past = auto_context_get_past (cx);

  if (auto_inputs_get (in, "position_ids") || (!ids && !embeds) || (ids && auto_tensor_get_n_dims (ids) != 2))
    return auto_inputs_get (in, "position_ids");
  if (!ids)
    return auto_unsqueeze (cx, auto_arange (cx, pad + 1, pad + 1 + auto_dim (embeds, 1), 1), 0);
  AutoTensor *shown = auto_cast (cx, auto_ne_scalar (cx, ids, (double) pad), AUTO_DTYPE_I64);
  AutoTensor *places = auto_mul (cx, auto_add_scalar (cx, auto_cumsum (cx, shown, 1), (double) past), shown);
  return auto_add_scalar (cx, places, (double) pad);
}
