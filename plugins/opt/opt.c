/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OPT (Zhang et al., arXiv:2205.01068); transformers: models/opt/modeling_opt.py */
#include "sdk/auto-sdk.h"

/* The first rows of the table of positions are no positions. */
#define POSITION_OFFSET 2

typedef struct _OPTConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, hidden_size, num_hidden_layers, ffn_dim, max_position_embeddings, num_attention_heads, word_embed_proj_dim;
  AutoActivation activation_function;
  gboolean do_layer_norm_before, enable_bias, layer_norm_elementwise_affine, _remove_final_layer_norm;
} OPTConfig;

static gboolean
opt_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  return auto_config_default_to (config, "word_embed_proj_dim", "hidden_size", error);
}

AUTO_DEFINE_CONFIG_WITH (OPTConfig, opt_config, "opt", (.loaded = opt_config_loaded),
  AUTO_INT (vocab_size, 50272, .min = 1, .max = G_MAXINT),
  AUTO_INT (max_position_embeddings, 2048, .min = 1, .max = G_MAXINT - POSITION_OFFSET),
  AUTO_INT (num_attention_heads, 12, .min = 1, .max = G_MAXINT),
  AUTO_INT_NULL (word_embed_proj_dim, .min = 1, .max = G_MAXINT),
  AUTO_INT (ffn_dim, 3072, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 768, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 12, .min = 0, .max = G_MAXINT),
  AUTO_EXTRA ("dropout", "0.1"),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_RELU),
  AUTO_EXTRA ("init_std", "0.02"),
  AUTO_EXTRA ("layerdrop", "0.0"),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_BOOL (do_layer_norm_before, TRUE),
  AUTO_BOOL (enable_bias, TRUE),
  AUTO_BOOL (layer_norm_elementwise_affine, TRUE),
  AUTO_BOOL (_remove_final_layer_norm, FALSE),
  AUTO_DEFAULT ("bos_token_id", "2"),
  AUTO_DEFAULT ("pad_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"))

static AutoTensor *
opt_norm (AutoContext *cx, const OPTConfig *c, const char *name, AutoTensor *x)
{
  return c->layer_norm_elementwise_affine ? auto_layer_norm (cx, name, x, 1e-5) : auto_normalize_last (cx, x, 1e-5);
}

static AutoTensor *
opt_dense (AutoContext *cx, const OPTConfig *c, const char *name, AutoTensor *x, gint64 width, AutoActivation activation, AutoTensor *residual)
{
  return auto_linear_full (cx, name, x, width, &(AutoLinear) { .no_bias = !c->enable_bias, .activation = activation, .residual = residual });
}

static AutoTensor *
opt_layer (AutoContext *cx, const OPTConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *head_mask)
{
  gboolean before = c->do_layer_norm_before;
  AutoTensor *a = before ? opt_norm (cx, c, "self_attn_layer_norm", x) : x;

  x = auto_attention (cx, a, mask, &(AutoAttention) {
    .q = "self_attn.q_proj", .k = "self_attn.k_proj", .v = "self_attn.v_proj", .out = "self_attn.out_proj", .heads = c->num_attention_heads,
    .no_bias = !c->enable_bias, .out_no_bias = !c->enable_bias, .head_mask = head_mask, .residual = x });
  x = before ? x : opt_norm (cx, c, "self_attn_layer_norm", x);
  a = before ? opt_norm (cx, c, "final_layer_norm", x) : x;
  a = opt_dense (cx, c, "fc1", a, c->ffn_dim, c->activation_function, NULL);
  x = opt_dense (cx, c, "fc2", a, c->hidden_size, AUTO_ACTIVATION_LINEAR, x);
  return before ? x : opt_norm (cx, c, "final_layer_norm", x);
}

static AutoTensor *
opt_base (AutoContext *cx, const OPTConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "decoder");
  AutoTensor *x = auto_input_embeddings (cx, in, "embed_tokens", c->vocab_size, c->word_embed_proj_dim);
  AutoTensor *positions = auto_counted_positions (cx, in, auto_dim (x, 1), POSITION_OFFSET);
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE);
  gboolean projects = c->word_embed_proj_dim != c->hidden_size;

  if (projects)
    x = auto_linear_no_bias (cx, "project_in", x, c->hidden_size);
  x = auto_add (cx, x, auto_embedding (cx, "embed_positions", positions, c->max_position_embeddings + POSITION_OFFSET, c->hidden_size));
  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      auto_context_hidden_state (cx, x);
      x = opt_layer (cx, c, x, &mask, auto_head_mask (cx, in, i, c->num_hidden_layers, c->num_attention_heads));
    }
  if (c->do_layer_norm_before && !c->_remove_final_layer_norm)
    x = opt_norm (cx, c, "final_layer_norm", x);
  if (projects)
    x = auto_linear_no_bias (cx, "project_out", x, c->word_embed_proj_dim);
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead opt_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "decoder.embed_tokens.weight" };

AUTO_DEFINE_BASE (OPTModel, opt_model, opt_base)
AUTO_DEFINE_HEAD (OPTForCausalLM, opt_for_causal_lm, &opt_lm, opt_base)
AUTO_DEFINE_HEAD (OPTForSequenceClassification, opt_for_sequence_classification, &auto_head_decoder_sequence, opt_base)
AUTO_DEFINE_HEAD (OPTForQuestionAnswering, opt_for_question_answering, &auto_head_question_answering, opt_base)

static const AutoTokenizerSpec opt_tokenizer = { AUTO_BYTE_BPE_TOKENIZER ("GPT2Tokenizer", "<|endoftext|>") };

AUTO_PLUGIN (opt, "OPT",
  AUTO_ARCHITECTURE ("opt", opt_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", opt_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForCausalLM", opt_for_causal_lm, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", opt_for_sequence_classification),
  AUTO_TASK ("AutoModelForQuestionAnswering", opt_for_question_answering),
  AUTO_TOKENIZER ("GPT2Tokenizer", "GPT2TokenizerFast", &opt_tokenizer));
