/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GPTBigCode: SantaCoder and StarCoder (Li et al., arXiv:2305.06161); transformers: models/gpt_bigcode/modeling_gpt_bigcode.py */
#include "sdk/auto-sdk.h"

typedef struct _GPTBigCodeConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, n_positions, n_embd, n_layer, n_head, n_inner;
  AutoActivation activation_function;
  double layer_norm_epsilon;
  gboolean scale_attn_weights, multi_query;
} GPTBigCodeConfig;

AUTO_DEFINE_CONFIG (GPTBigCodeConfig, gpt_bigcode_config, "gpt_bigcode",
  AUTO_INT (vocab_size, 50257, .min = 1, .max = G_MAXINT),
  AUTO_INT (n_positions, 1024, .min = 1, .max = G_MAXINT),
  AUTO_INT (n_embd, 768, .min = 1, .max = G_MAXINT / 4),
  AUTO_INT (n_layer, 12, .min = 0, .max = G_MAXINT),
  AUTO_INT (n_head, 12, .min = 1, .max = G_MAXINT),
  AUTO_INT_NULL (n_inner),
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU_PYTORCH_TANH),
  AUTO_EXTRA ("resid_pdrop", "0.1"),
  AUTO_EXTRA ("embd_pdrop", "0.1"),
  AUTO_EXTRA ("attn_pdrop", "0.1"),
  AUTO_DOUBLE (layer_norm_epsilon, 1e-5),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_BOOL (scale_attn_weights, TRUE),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_EXTRA ("attention_softmax_in_fp32", "true"),
  AUTO_EXTRA ("scale_attention_softmax_in_fp32", "true"),
  AUTO_BOOL (multi_query, TRUE),
  AUTO_DEFAULT ("bos_token_id", "50256"),
  AUTO_DEFAULT ("eos_token_id", "50256"),
  AUTO_ALIAS ("hidden_size", "n_embd"),
  AUTO_ALIAS ("max_position_embeddings", "n_positions"),
  AUTO_ALIAS ("num_attention_heads", "n_head"),
  AUTO_ALIAS ("num_hidden_layers", "n_layer"))

static AutoTensor *
gpt_bigcode_layer (AutoContext *cx, const GPTBigCodeConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *head_mask)
{
  AutoTensor *a = auto_layer_norm (cx, "ln_1", x, c->layer_norm_epsilon);

  x = auto_attention (cx, a, mask, &(AutoAttention) {
    .qkv = "attn.c_attn", .fused = AUTO_FUSED_BY_HEAD, .out = "attn.c_proj", .heads = c->n_head, .kv_heads = c->multi_query ? 1 : c->n_head,
    .scale = c->scale_attn_weights ? 0 : 1, .head_mask = head_mask, .residual = x });
  a = auto_layer_norm (cx, "ln_2", x, c->layer_norm_epsilon);
  a = auto_linear_act (cx, "mlp.c_fc", a, c->n_inner ? c->n_inner : 4 * c->n_embd, c->activation_function);
  return auto_linear_add (cx, "mlp.c_proj", a, c->n_embd, x);
}

static AutoTensor *
gpt_bigcode_base (AutoContext *cx, const GPTBigCodeConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "wte", c->vocab_size, c->n_embd), *types = auto_inputs_get (in, "token_type_ids");
  AutoTensor *positions = auto_masked_positions (cx, in, auto_dim (x, 1));
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE);

  if (c->parent.add_cross_attention)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "add_cross_attention: this architecture has no cross-attention that works");
  x = auto_add (cx, x, auto_embedding (cx, "wpe", positions, c->n_positions, c->n_embd));
  if (types)
    x = auto_add (cx, x, auto_embedding (cx, "wte", types, c->vocab_size, c->n_embd));
  for (int i = 0; i < c->n_layer; i++)
    {
      AUTO_LAYER (cx, &x, "h.%d", i);
      auto_context_hidden_state (cx, x);
      x = gpt_bigcode_layer (cx, c, x, &mask, auto_head_mask (cx, in, i, c->n_layer, c->n_head));
    }
  x = auto_layer_norm (cx, "ln_f", x, c->layer_norm_epsilon);
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead gpt_bigcode_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "wte.weight" };

AUTO_DEFINE_BASE (GPTBigCodeModel, gpt_bigcode_model, gpt_bigcode_base)
AUTO_DEFINE_HEAD (GPTBigCodeForCausalLM, gpt_bigcode_for_causal_lm, &gpt_bigcode_lm, gpt_bigcode_base)
AUTO_DEFINE_HEAD (GPTBigCodeForSequenceClassification, gpt_bigcode_for_sequence_classification, &auto_head_decoder_sequence, gpt_bigcode_base)
AUTO_DEFINE_HEAD (GPTBigCodeForTokenClassification, gpt_bigcode_for_token_classification, &auto_head_token_classification, gpt_bigcode_base)

static const AutoTokenizerSpec gpt_bigcode_tokenizer = { AUTO_BYTE_BPE_TOKENIZER ("GPT2Tokenizer", "<|endoftext|>") };

AUTO_PLUGIN (gpt_bigcode, "GPTBigCode",
  AUTO_ARCHITECTURE ("gpt_bigcode", gpt_bigcode_config, .prefix = "transformer"),
  AUTO_TASK ("AutoModel", gpt_bigcode_model),
  AUTO_TASK ("AutoModelForPreTraining", gpt_bigcode_for_causal_lm),
  AUTO_TASK ("AutoModelForCausalLM", gpt_bigcode_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", gpt_bigcode_for_sequence_classification),
  AUTO_TASK ("AutoModelForTokenClassification", gpt_bigcode_for_token_classification),
  AUTO_TOKENIZER ("GPT2Tokenizer", "GPT2TokenizerFast", &gpt_bigcode_tokenizer));
