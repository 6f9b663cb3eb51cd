/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TrOCR's decoder (Li et al., arXiv:2109.10282); transformers: models/trocr/modeling_trocr.py */
#include "sdk/auto-sdk.h"

struct _TrOCRConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, d_model, decoder_layers, decoder_attention_heads, decoder_ffn_dim, max_position_embeddings;
  AutoActivation activation_function;
  gboolean scale_embedding, use_learned_position_embeddings, layernorm_embedding;
};

AUTO_DEFINE_CONFIG (TrOCRConfig, trocr_config, "trocr",
  AUTO_INT (vocab_size, 50265, .min = 1, .max = G_MAXINT),
  AUTO_INT (d_model, 1024, .min = 1, .max = G_MAXINT),
  AUTO_INT (decoder_layers, 12, .min = 0, .max = G_MAXINT),
  AUTO_INT (decoder_attention_heads, 16, .min = 1, .max = G_MAXINT),
  AUTO_INT (decoder_ffn_dim, 4096, .min = 1, .max = G_MAXINT),
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_INT (max_position_embeddings, 512, .min = 1, .max = G_MAXINT / 2),
  AUTO_EXTRA ("dropout", "0.1"),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_EXTRA ("activation_dropout", "0.0"),
  AUTO_EXTRA ("init_std", "0.02"),
  AUTO_EXTRA ("decoder_layerdrop", "0.0"),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_BOOL (scale_embedding, FALSE),
  AUTO_BOOL (use_learned_position_embeddings, TRUE),
  AUTO_BOOL (layernorm_embedding, TRUE),
  AUTO_DEFAULT ("bos_token_id", "0"),
  AUTO_DEFAULT ("pad_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"),
  AUTO_DEFAULT ("decoder_start_token_id", "2"),
  AUTO_ALIAS ("num_attention_heads", "decoder_attention_heads"),
  AUTO_ALIAS ("hidden_size", "d_model"),
  AUTO_ALIAS ("num_hidden_layers", "decoder_layers"))

static AutoTensor *
trocr_sinusoids (AutoContext *cx, const TrOCRConfig *c, AutoInputs *in)
{
  gint64 pad = c->parent.pad_token_id;

  if (pad < 0)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "pad_token_id is needed where use_learned_position_embeddings is false");
  auto_buffer (cx, "embed_positions._float_tensor", AUTO_DIMS (1));
  return auto_padded_sinusoids (cx, auto_positions_after_padding (cx, in, pad), c->d_model, pad);
}

static AutoTensor *
trocr_positions (AutoContext *cx, const TrOCRConfig *c, AutoInputs *in, gint64 length)
{
  gint64 past = auto_context_get_past (cx);

  if (!c->use_learned_position_embeddings)
    return trocr_sinusoids (cx, c, in);
  auto_check_length (cx, length, c->max_position_embeddings, "max_position_embeddings");
  /* The table begins with two rows that nothing uses. */
  return auto_embedding (cx, "embed_positions", auto_arange (cx, past + 2, past + 2 + length, 1), c->max_position_embeddings + 2, c->d_model);
}

/* What cross-attention looks at; always there while weights are declared, for the reference has them with or without an encoder. */
static AutoTensor *
trocr_source (AutoContext *cx, const TrOCRConfig *c, AutoInputs *in)
{
  gint64 width = auto_config_get_int (AUTO_CONFIG ((gpointer) c), "cross_attention_hidden_size", c->d_model);
  AutoTensor *source = auto_inputs_get (in, "encoder_hidden_states");

  if (!source && auto_context_is_declaring (cx))
    source = auto_full (cx, AUTO_DIMS (1, 1, width), 0, AUTO_DTYPE_F32);
  if (source && (auto_tensor_get_n_dims (source) != 3 || auto_dim (source, 2) != width))
    {
      g_autofree char *text = auto_tensor_describe (source);
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "encoder_hidden_states: needs the shape (batch, source, %" G_GINT64_FORMAT "), not %s",
                         width, text);
    }
  return source;
}

static AutoTensor *
trocr_decoder (AutoContext *cx, const TrOCRConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "decoder");
  AutoTensor *x = auto_input_embeddings (cx, in, "embed_tokens", c->vocab_size, c->d_model);

  if (c->scale_embedding && auto_inputs_get (in, "input_ids"))
    x = auto_scale (cx, x, sqrt (c->d_model));
  x = auto_add (cx, x, trocr_positions (cx, c, in, auto_dim (x, 1)));
  if (c->layernorm_embedding)
    x = auto_layer_norm (cx, "layernorm_embedding", x, 1e-5);
  return auto_transformer (cx, in, x, &(AutoTransformer) {
    .layers = c->decoder_layers, .heads = c->decoder_attention_heads, .intermediate_size = c->decoder_ffn_dim, .activation = c->activation_function,
    .mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE), .source = trocr_source (cx, c, in),
    .source_mask = auto_cross_mask (cx, auto_inputs_get (in, "encoder_attention_mask")) });
}

static const AutoHead trocr_lm = { .kind = AUTO_HEAD_LM, .out = "output_projection", .no_bias = TRUE, .tied = "decoder.embed_tokens.weight" };

AUTO_DEFINE_HEAD (TrOCRForCausalLM, trocr_for_causal_lm, &trocr_lm, trocr_decoder)

AUTO_PLUGIN (trocr, "TrOCR",
  AUTO_ARCHITECTURE ("trocr", trocr_config, .prefix = "model"),
  AUTO_TASK ("AutoModelForCausalLM", trocr_for_causal_lm));
