/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GPT-NeoX (Black et al., arXiv:2204.06745); transformers: models/gpt_neox/modeling_gpt_neox.py */
#include "sdk/auto-sdk.h"

typedef struct _GPTNeoXConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, max_position_embeddings, hidden_size, num_hidden_layers, num_attention_heads, intermediate_size;
  AutoActivation hidden_act;
  double rotary_pct, rotary_emb_base, layer_norm_eps;
  gboolean use_parallel_residual, attention_bias;
  JsonNode *rope_scaling;
} GPTNeoXConfig;

static gboolean
gpt_neox_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  GPTNeoXConfig *c = (GPTNeoXConfig *) config;

  if (c->num_attention_heads > 0 && c->hidden_size % c->num_attention_heads == 0)
    return auto_rope_check (config, error);
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "hidden_size (%d) must be a multiple of num_attention_heads (%d)", c->hidden_size,
               c->num_attention_heads);
  return FALSE;
}

AUTO_DEFINE_CONFIG_WITH (GPTNeoXConfig, gpt_neox_config, "gpt_neox", (.loaded = gpt_neox_config_loaded),
  AUTO_INT (vocab_size, 50432, .min = 1, .max = G_MAXINT),
  AUTO_INT (max_position_embeddings, 2048, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 6144, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 44, .min = 0, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 64, .min = 1, .max = G_MAXINT),
  AUTO_INT (intermediate_size, 24576, .min = 1, .max = G_MAXINT),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_DOUBLE (rotary_pct, 0.25),
  AUTO_DOUBLE (rotary_emb_base, 10000),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_EXTRA ("hidden_dropout", "0.0"),
  AUTO_EXTRA ("classifier_dropout", "0.1"),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_DOUBLE (layer_norm_eps, 1e-5),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_BOOL (use_parallel_residual, TRUE),
  AUTO_OBJECT (rope_scaling, "null"),
  AUTO_BOOL (attention_bias, TRUE),
  AUTO_DEFAULT ("tie_word_embeddings", "false"),
  AUTO_DEFAULT ("bos_token_id", "0"),
  AUTO_DEFAULT ("eos_token_id", "2"))

static AutoTensor *
gpt_neox_layer (AutoContext *cx, const GPTNeoXConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *rotary, AutoTensor *head_mask)
{
  AutoTensor *a = auto_layer_norm (cx, "input_layernorm", x, c->layer_norm_eps);
  AutoTensor *y = auto_attention (cx, a, mask, &(AutoAttention) {
    .qkv = "attention.query_key_value", .fused = AUTO_FUSED_BY_HEAD, .out = "attention.dense", .heads = c->num_attention_heads,
    .no_bias = !c->attention_bias, .out_no_bias = !c->attention_bias, .rotary = rotary, .head_mask = head_mask, .residual = x });

  a = auto_layer_norm (cx, "post_attention_layernorm", c->use_parallel_residual ? x : y, c->layer_norm_eps);
  a = auto_linear_act (cx, "mlp.dense_h_to_4h", a, c->intermediate_size, c->hidden_act);
  return auto_linear_add (cx, "mlp.dense_4h_to_h", a, c->hidden_size, y);
}

static AutoTensor *
gpt_neox_base (AutoContext *cx, const GPTNeoXConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "embed_in", c->vocab_size, c->hidden_size);
  AutoTensor *positions = auto_decoder_positions (cx, in, auto_dim (x, 1));
  gint64 dims = (gint64) (c->hidden_size / c->num_attention_heads * c->rotary_pct);
  AutoTensor *rotary = dims ? auto_rope_table (cx, positions, dims, c->rotary_emb_base, c->rope_scaling, c->max_position_embeddings) : NULL;
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE);

  mask.causal_first = TRUE;
  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      auto_ignore_weight (cx, "attention.bias");
      auto_ignore_weight (cx, "attention.masked_bias");
      auto_ignore_weight (cx, "attention.rotary_emb.inv_freq");
      auto_context_hidden_state (cx, x);
      x = gpt_neox_layer (cx, c, x, &mask, rotary, auto_head_mask (cx, in, i, c->num_hidden_layers, c->num_attention_heads));
    }
  x = auto_layer_norm (cx, "final_layer_norm", x, c->layer_norm_eps);
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead gpt_neox_lm = { .kind = AUTO_HEAD_LM, .out = "embed_out", .no_bias = TRUE, .tied = "embed_in.weight" };

AUTO_DEFINE_BASE (GPTNeoXModel, gpt_neox_model, gpt_neox_base)
AUTO_DEFINE_HEAD (GPTNeoXForCausalLM, gpt_neox_for_causal_lm, &gpt_neox_lm, gpt_neox_base)
AUTO_DEFINE_HEAD (GPTNeoXForSequenceClassification, gpt_neox_for_sequence_classification, &auto_head_decoder_sequence, gpt_neox_base)
AUTO_DEFINE_HEAD (GPTNeoXForTokenClassification, gpt_neox_for_token_classification, &auto_head_token_classification, gpt_neox_base)
AUTO_DEFINE_HEAD (GPTNeoXForQuestionAnswering, gpt_neox_for_question_answering, &auto_head_question_answering, gpt_neox_base)

static const AutoTokenizerSpec gpt_neox_tokenizer = { AUTO_BYTE_BPE_PARTS ("GPTNeoXTokenizer", "<|endoftext|>"), .chat_template = AUTO_PLAIN_CHAT };

AUTO_PLUGIN (gpt_neox, "GPT-NeoX",
  AUTO_ARCHITECTURE ("gpt_neox", gpt_neox_config, .prefix = "gpt_neox"),
  AUTO_TASK ("AutoModel", gpt_neox_model),
  AUTO_TASK ("AutoModelForCausalLM", gpt_neox_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", gpt_neox_for_sequence_classification),
  AUTO_TASK ("AutoModelForTokenClassification", gpt_neox_for_token_classification),
  AUTO_TASK ("AutoModelForQuestionAnswering", gpt_neox_for_question_answering),
  AUTO_TOKENIZER (NULL, "GPTNeoXTokenizerFast", &gpt_neox_tokenizer));
