/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MPT (MosaicML, 2023); transformers: models/mpt/modeling_mpt.py */
#include "sdk/auto-sdk.h"

typedef struct _MptAttentionConfig
{
  AutoPretrainedConfig parent;
  const char *attn_type;
  double softmax_scale;
} MptAttentionConfig;

typedef struct _MptConfig
{
  AutoPretrainedConfig parent;
  int d_model, n_heads, n_layers, max_seq_len, vocab_size;
  double layer_norm_epsilon;
  MptAttentionConfig *attn_config;
} MptConfig;

static gboolean
mpt_attention_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  const char *type = ((MptAttentionConfig *) config)->attn_type;

  if (g_strcmp0 (type, "multihead_attention") == 0 || g_strcmp0 (type, "multiquery_attention") == 0)
    return TRUE;
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "attn_type must be multihead_attention or multiquery_attention, not %s",
               type ? type : "null");
  return FALSE;
}

AUTO_DEFINE_CONFIG_WITH (MptAttentionConfig, mpt_attention_config, "", (.loaded = mpt_attention_config_loaded),
  AUTO_STRING (attn_type, "multihead_attention"),
  AUTO_EXTRA ("attn_pdrop", "0"),
  AUTO_EXTRA ("attn_impl", "\"torch\""),
  AUTO_EXTRA ("clip_qkv", "null"),
  AUTO_DOUBLE_NULL (softmax_scale),
  AUTO_EXTRA ("prefix_lm", "false"),
  AUTO_EXTRA ("attn_uses_sequence_id", "false"),
  AUTO_EXTRA ("alibi", "true"),
  AUTO_EXTRA ("qk_ln", "false"),
  AUTO_EXTRA ("alibi_bias_max", "8"))

AUTO_DEFINE_CONFIG (MptConfig, mpt_config, "mpt",
  AUTO_NESTED (attn_config, mpt_attention_config_get_type),
  AUTO_INT (d_model, 2048, .min = 1, .max = G_MAXINT / 4),
  AUTO_INT (n_heads, 16, .min = 1, .max = 1 << 20),
  AUTO_INT (n_layers, 24, .min = 0, .max = G_MAXINT),
  AUTO_EXTRA ("expansion_ratio", "4"),
  AUTO_INT (max_seq_len, 2048, .min = 1, .max = G_MAXINT),
  AUTO_INT (vocab_size, 50368, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("resid_pdrop", "0.0"),
  AUTO_EXTRA ("emb_pdrop", "0.0"),
  AUTO_EXTRA ("learned_pos_emb", "true"),
  AUTO_EXTRA ("init_device", "\"cpu\""),
  AUTO_EXTRA ("logit_scale", "null"),
  AUTO_EXTRA ("no_bias", "true"),
  AUTO_EXTRA ("verbose", "0"),
  AUTO_EXTRA ("embedding_fraction", "1.0"),
  AUTO_EXTRA ("norm_type", "\"low_precision_layernorm\""),
  AUTO_DOUBLE (layer_norm_epsilon, 1e-5),
  AUTO_EXTRA ("use_cache", "false"),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_ALIAS ("num_attention_heads", "n_heads"),
  AUTO_ALIAS ("hidden_size", "d_model"),
  AUTO_ALIAS ("num_hidden_layers", "n_layers"))

/* The greatest exponent of a slope. */
#define ALIBI_MAX 8

/* Slopes of a power of two of heads; when there are fewer heads, every second one from the second, then those between. */
static AutoTensor *
mpt_slopes (AutoContext *cx, int heads)
{
  g_autofree double *slopes = g_new (double, heads);
  int whole = 1;

  while (whole < heads)
    whole *= 2;
  for (int i = 0; i < heads; i++)
    {
      int place = whole == heads ? i : i < whole / 2 ? 2 * i + 1 : 2 * (i - whole / 2);
      slopes[i] = pow (2, -(place + 1) * (double) ALIBI_MAX / whole);
    }
  return auto_constant (cx, slopes, heads);
}

/* Slopes times the distance to the last key: (heads, 1, keys). */
static AutoTensor *
mpt_alibi (AutoContext *cx, const MptConfig *c, gint64 n_keys)
{
  AutoTensor *places = auto_cast (cx, auto_arange (cx, 1 - n_keys, 1, 1), AUTO_DTYPE_F32);

  return auto_mul (cx, auto_reshape (cx, mpt_slopes (cx, c->n_heads), AUTO_DIMS (c->n_heads, 1, 1)), places);
}

static AutoTensor *
mpt_norm (AutoContext *cx, const MptConfig *c, const char *weight, AutoTensor *x)
{
  return auto_mul (cx, auto_normalize_last (cx, x, c->layer_norm_epsilon), auto_ones_parameter (cx, weight, AUTO_DIMS (c->d_model)));
}

static AutoTensor *
mpt_layer (AutoContext *cx, const MptConfig *c, AutoTensor *x, const AutoMask *mask)
{
  double scale = c->attn_config->softmax_scale;
  AutoTensor *a = mpt_norm (cx, c, "norm_1.weight", x);

  x = auto_attention (cx, a, mask, &(AutoAttention) {
    .qkv = "attn.Wqkv", .out = "attn.out_proj", .heads = c->n_heads, .no_bias = TRUE, .out_no_bias = TRUE, .scale = isnan (scale) ? 0 : scale,
    .residual = x });
  a = auto_activation (cx, auto_linear_no_bias (cx, "ffn.up_proj", mpt_norm (cx, c, "norm_2.weight", x), 4 * c->d_model), AUTO_ACTIVATION_GELU);
  return auto_add (cx, x, auto_linear_no_bias (cx, "ffn.down_proj", a, c->d_model));
}

static AutoTensor *
mpt_base (AutoContext *cx, const MptConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "wte", c->vocab_size, c->d_model);
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE);

  auto_check_length (cx, auto_dim (x, 1), c->max_seq_len, "max_seq_len");
  mask = auto_mask_with_bias (cx, mask, mpt_alibi (cx, c, auto_context_get_past (cx) + auto_dim (x, 1)));
  for (int i = 0; i < c->n_layers; i++)
    {
      AUTO_LAYER (cx, &x, "blocks.%d", i);
      auto_context_hidden_state (cx, x);
      x = mpt_layer (cx, c, x, &mask);
    }
  x = mpt_norm (cx, c, "norm_f.weight", x);
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead mpt_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "wte.weight" };

AUTO_DEFINE_BASE (MptModel, mpt_model, mpt_base)
AUTO_DEFINE_HEAD (MptForCausalLM, mpt_for_causal_lm, &mpt_lm, mpt_base)
AUTO_DEFINE_HEAD (MptForSequenceClassification, mpt_for_sequence_classification, &auto_head_decoder_sequence, mpt_base)
AUTO_DEFINE_HEAD (MptForTokenClassification, mpt_for_token_classification, &auto_head_token_classification, mpt_base)
AUTO_DEFINE_HEAD (MptForQuestionAnswering, mpt_for_question_answering, &auto_head_question_answering, mpt_base)

static const AutoTokenizerSpec mpt_tokenizer = { AUTO_BYTE_BPE_PARTS ("GPTNeoXTokenizer", "<|endoftext|>"), .chat_template = AUTO_PLAIN_CHAT };

AUTO_PLUGIN (mpt, "MPT",
  AUTO_ARCHITECTURE ("mpt", mpt_config, .prefix = "transformer"),
  AUTO_TASK ("AutoModel", mpt_model),
  AUTO_TASK ("AutoModelForPreTraining", mpt_for_causal_lm),
  AUTO_TASK ("AutoModelForCausalLM", mpt_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", mpt_for_sequence_classification),
  AUTO_TASK ("AutoModelForTokenClassification", mpt_for_token_classification),
  AUTO_TASK ("AutoModelForQuestionAnswering", mpt_for_question_answering),
  AUTO_TOKENIZER (NULL, "GPTNeoXTokenizerFast", &mpt_tokenizer));
