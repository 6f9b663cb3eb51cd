/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BioGPT (Luo et al., arXiv:2210.10341); transformers: models/biogpt/modeling_biogpt.py */
#include "sdk/auto-sdk.h"

/* The first rows of the table of positions are no positions. */
#define POSITION_OFFSET 2

typedef struct _BioGptConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, hidden_size, num_hidden_layers, num_attention_heads, intermediate_size, max_position_embeddings;
  AutoActivation hidden_act;
  gboolean scale_embedding;
} BioGptConfig;

AUTO_DEFINE_CONFIG (BioGptConfig, biogpt_config, "biogpt",
  AUTO_INT (vocab_size, 42384, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 1024, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 24, .min = 0, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 16, .min = 1, .max = G_MAXINT),
  AUTO_INT (intermediate_size, 4096, .min = 1, .max = G_MAXINT),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_EXTRA ("hidden_dropout_prob", "0.1"),
  AUTO_EXTRA ("attention_probs_dropout_prob", "0.1"),
  AUTO_INT (max_position_embeddings, 1024, .min = 1, .max = G_MAXINT - POSITION_OFFSET),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("layer_norm_eps", "1e-12"), /* the norms have 1e-5 */
  AUTO_BOOL (scale_embedding, TRUE),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_EXTRA ("layerdrop", "0.0"),
  AUTO_EXTRA ("activation_dropout", "0.0"),
  AUTO_DEFAULT ("pad_token_id", "1"),
  AUTO_DEFAULT ("bos_token_id", "0"),
  AUTO_DEFAULT ("eos_token_id", "2"))

static AutoTensor *
biogpt_layer (AutoContext *cx, const BioGptConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *head_mask)
{
  AutoTensor *a = auto_layer_norm (cx, "self_attn_layer_norm", x, 1e-5);

  x = auto_attention (cx, a, mask, &(AutoAttention) {
    .q = "self_attn.q_proj", .k = "self_attn.k_proj", .v = "self_attn.v_proj", .out = "self_attn.out_proj", .heads = c->num_attention_heads,
    .head_mask = head_mask, .residual = x });
  a = auto_layer_norm (cx, "final_layer_norm", x, 1e-5);
  a = auto_linear_act (cx, "fc1", a, c->intermediate_size, c->hidden_act);
  return auto_linear_add (cx, "fc2", a, c->hidden_size, x);
}

static AutoTensor *
biogpt_base (AutoContext *cx, const BioGptConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "embed_tokens", c->vocab_size, c->hidden_size);
  AutoTensor *positions = auto_counted_positions (cx, in, auto_dim (x, 1), POSITION_OFFSET);
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE);

  if (c->scale_embedding && auto_inputs_get (in, "input_ids"))
    x = auto_scale (cx, x, sqrt (c->hidden_size));
  x = auto_add (cx, x, auto_embedding (cx, "embed_positions", positions, c->max_position_embeddings + POSITION_OFFSET, c->hidden_size));
  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      auto_context_hidden_state (cx, x);
      x = biogpt_layer (cx, c, x, &mask, auto_head_mask (cx, in, i, c->num_hidden_layers, c->num_attention_heads));
    }
  auto_context_hidden_state (cx, x);
  return auto_layer_norm (cx, "layer_norm", x, 1e-5);
}

static const AutoHead biogpt_lm = { .kind = AUTO_HEAD_LM, .out = "output_projection", .no_bias = TRUE, .tied = "embed_tokens.weight" };
static const AutoHead biogpt_sequence = { .kind = AUTO_HEAD_SEQUENCE, .pool = AUTO_POOL_COUNTED, .out = "score", .no_bias = TRUE };

AUTO_DEFINE_BASE (BioGptModel, biogpt_model, biogpt_base)
AUTO_DEFINE_HEAD (BioGptForCausalLM, biogpt_for_causal_lm, &biogpt_lm, biogpt_base)
AUTO_DEFINE_HEAD (BioGptForSequenceClassification, biogpt_for_sequence_classification, &biogpt_sequence, biogpt_base)
AUTO_DEFINE_HEAD (BioGptForTokenClassification, biogpt_for_token_classification, &auto_head_token_classification, biogpt_base)

/* Moses' words and their pieces. */
static const AutoSlowWords biogpt_words = { .cut = AUTO_WORDS_MOSES, .lines = AUTO_MERGES_COUNTED, .language = "en", .escape = TRUE };

static const AutoTokenizerSpec biogpt_tokenizer = {
  .class_name = "BioGptTokenizer", .kind = AUTO_TOKENIZER_BPE,
  .defaults = "{\"unk_token\": \"<unk>\", \"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"sep_token\": \"</s>\", \"pad_token\": \"<pad>\"}",
  .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_WORDS (&biogpt_words, .single = "${sep_token}:0 $A:0", .pair = "${sep_token}:0 $A:0 ${sep_token}:1 $B:1") };

AUTO_PLUGIN (biogpt, "BioGPT",
  AUTO_ARCHITECTURE ("biogpt", biogpt_config, .prefix = "biogpt"),
  AUTO_TASK ("AutoModel", biogpt_model),
  AUTO_TASK ("AutoModelForCausalLM", biogpt_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", biogpt_for_sequence_classification),
  AUTO_TASK ("AutoModelForTokenClassification", biogpt_for_token_classification),
  AUTO_TOKENIZER ("BioGptTokenizer", NULL, &biogpt_tokenizer));
