/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GPT-J (Wang and Komatsuzaki, 2021) and CodeGen (Nijkamp et al., arXiv:2203.13474), which differ in how they project and mask;
 * transformers: models/gptj/modeling_gptj.py, models/codegen/modeling_codegen.py */
#include "sdk/auto-sdk.h"

#include <float.h>

typedef struct _GPTJConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, n_positions, n_embd, n_layer, n_head, rotary_dim, n_inner;
  AutoActivation activation_function;
  double layer_norm_epsilon;
} GPTJConfig;

#define GPTJ_FIELDS                                                                                                                                 \
  AUTO_INT (vocab_size, 50400, .min = 1, .max = G_MAXINT),                                                                                          \
  AUTO_INT (n_positions, 2048, .min = 1, .max = G_MAXINT),                                                                                          \
  AUTO_INT (n_embd, 4096, .min = 1, .max = G_MAXINT / 4),                                                                                           \
  AUTO_INT (n_layer, 28, .min = 0, .max = G_MAXINT),                                                                                                \
  AUTO_INT (n_head, 16, .min = 1, .max = G_MAXINT),                                                                                                 \
  AUTO_INT_NULL (n_inner),                                                                                                                          \
  AUTO_INT (rotary_dim, 64),                                                                                                                        \
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU_NEW),                                                                  \
  AUTO_EXTRA ("resid_pdrop", "0.0"),                                                                                                                \
  AUTO_EXTRA ("embd_pdrop", "0.0"),                                                                                                                 \
  AUTO_EXTRA ("attn_pdrop", "0.0"),                                                                                                                 \
  AUTO_DOUBLE (layer_norm_epsilon, 1e-5),                                                                                                           \
  AUTO_EXTRA ("initializer_range", "0.02"),                                                                                                         \
  AUTO_EXTRA ("use_cache", "true"),                                                                                                                 \
  AUTO_DEFAULT ("bos_token_id", "50256"),                                                                                                           \
  AUTO_DEFAULT ("eos_token_id", "50256"),                                                                                                           \
  AUTO_DEFAULT ("tie_word_embeddings", "false"),                                                                                                    \
  AUTO_ALIAS ("max_position_embeddings", "n_positions"),                                                                                            \
  AUTO_ALIAS ("hidden_size", "n_embd"),                                                                                                             \
  AUTO_ALIAS ("num_attention_heads", "n_head"),                                                                                                     \
  AUTO_ALIAS ("num_hidden_layers", "n_layer")

AUTO_DEFINE_CONFIG (GPTJConfig, gptj_config, "gptj", GPTJ_FIELDS)

typedef struct _GPTJConfig CodeGenConfig;
#define _CodeGenConfig _GPTJConfig
AUTO_DEFINE_CONFIG (CodeGenConfig, codegen_config, "codegen", GPTJ_FIELDS, AUTO_EXTRA ("n_ctx", "2048"))

/* CodeGen's weights are laid out for so many devices, each of which has queries, values and keys of its heads. */
#define CODEGEN_DEVICES 4

typedef AutoTensor *(*Attention) (AutoContext *cx, const GPTJConfig *c, AutoTensor *x, const AutoAttention *how, const AutoMask *mask);

static AutoTensor *
gptj_attention (AutoContext *cx, const GPTJConfig *c, AutoTensor *x, const AutoAttention *how, const AutoMask *mask)
{
  AutoAttention full = *how;

  full.q = "attn.q_proj";
  full.k = "attn.k_proj";
  full.v = "attn.v_proj";
  return auto_attention (cx, x, mask, &full);
}

static AutoTensor *
codegen_attention (AutoContext *cx, const GPTJConfig *c, AutoTensor *x, const AutoAttention *how, const AutoMask *mask)
{
  static const int places[] = { 0, 2, 1 };
  gint64 batch = auto_dim (x, 0), length = auto_dim (x, 1);
  AutoTensor *parts[3];
  AutoAttention full = *how;

  if (c->n_head % CODEGEN_DEVICES)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "n_head (%d) must be a multiple of %d", c->n_head, CODEGEN_DEVICES);
  AutoTensor *all = auto_reshape (cx, auto_linear_no_bias (cx, "attn.qkv_proj", x, 3 * c->n_embd),
                                  AUTO_DIMS (batch, length, CODEGEN_DEVICES, 3, c->n_embd / CODEGEN_DEVICES));
  for (int i = 0; i < 3; i++)
    parts[i] = auto_split_heads (cx, auto_flatten (cx, auto_select (cx, all, 3, places[i]), 2, 3), c->n_head);
  full.parts = parts;
  return auto_attention (cx, x, mask, &full);
}

static AutoTensor *
gptj_layer (AutoContext *cx, const GPTJConfig *c, Attention attention, AutoTensor *x, const AutoAttention *how, const AutoMask *mask)
{
  AutoTensor *a = auto_layer_norm (cx, "ln_1", x, c->layer_norm_epsilon);
  AutoAttention added = *how;

  added.residual = x;
  AutoTensor *y = attention (cx, c, a, &added, mask);
  a = auto_linear_act (cx, "mlp.fc_in", a, c->n_inner ? c->n_inner : 4 * c->n_embd, c->activation_function);
  return auto_linear_add (cx, "mlp.fc_out", a, c->n_embd, y);
}

static AutoTensor *
gptj_embeddings (AutoContext *cx, const GPTJConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "wte", c->vocab_size, c->n_embd), *types = auto_inputs_get (in, "token_type_ids");

  auto_check_length (cx, auto_dim (x, 1), c->n_positions, "n_positions");
  return types ? auto_add (cx, x, auto_embedding (cx, "wte", types, c->vocab_size, c->n_embd)) : x;
}

static AutoTensor *
gptj_stack (AutoContext *cx, const GPTJConfig *c, AutoInputs *in, Attention attention, const AutoMask *mask)
{
  AutoTensor *x = gptj_embeddings (cx, c, in);
  AutoTensor *positions = auto_decoder_positions (cx, in, auto_dim (x, 1));
  AutoTensor *rotary = auto_rotary_table (cx, positions, c->rotary_dim ? c->rotary_dim : c->n_embd, 10000, 1);

  for (int i = 0; i < c->n_layer; i++)
    {
      AUTO_LAYER (cx, &x, "h.%d", i);
      auto_context_hidden_state (cx, x);
      auto_ignore_weight (cx, "attn.bias");
      auto_ignore_weight (cx, "attn.masked_bias");
      auto_ignore_weight (cx, "attn.causal_mask");
      x = gptj_layer (cx, c, attention, x, &(AutoAttention) {
        .out = "attn.out_proj", .heads = c->n_head, .no_bias = TRUE, .out_no_bias = TRUE, .rotary = rotary, .rotary_interleaved = TRUE, .cached = TRUE,
        .head_mask = auto_head_mask (cx, in, i, c->n_layer, c->n_head) }, mask);
    }
  x = auto_layer_norm (cx, "ln_f", x, c->layer_norm_epsilon);
  auto_context_hidden_state (cx, x);
  return x;
}

/* Scores of later keys are divided like all others after they were hidden, and so are not as low as those of padding. */
static AutoTensor *
gptj_base (AutoContext *cx, const GPTJConfig *c, AutoInputs *in)
{
  AutoTensor *given = auto_inputs_get (in, "attention_mask");
  AutoMask mask = auto_self_mask (cx, given, TRUE);

  if (given)
    {
      AutoTensor *lead = auto_inputs_get (in, "input_ids");
      gint64 length = auto_dim (lead ? lead : auto_inputs_get (in, "inputs_embeds"), 1);
      AutoTensor *later = auto_later_bias (cx, length, -FLT_MAX / sqrt ((double) c->n_embd / c->n_head));
      mask = auto_mask_with_bias (cx, (AutoMask) { .bias = mask.bias }, later);
    }
  return gptj_stack (cx, c, in, gptj_attention, &mask);
}

static AutoTensor *
codegen_base (AutoContext *cx, const GPTJConfig *c, AutoInputs *in)
{
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE);

  mask.causal_first = TRUE;
  return gptj_stack (cx, c, in, codegen_attention, &mask);
}

static const AutoHead gptj_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .tied = "wte.weight" };

AUTO_DEFINE_BASE (GPTJModel, gptj_model, gptj_base)
AUTO_DEFINE_HEAD (GPTJForCausalLM, gptj_for_causal_lm, &gptj_lm, gptj_base)
AUTO_DEFINE_HEAD (GPTJForSequenceClassification, gptj_for_sequence_classification, &auto_head_decoder_sequence, gptj_base)
AUTO_DEFINE_HEAD (GPTJForQuestionAnswering, gptj_for_question_answering, &auto_head_question_answering, gptj_base)
AUTO_DEFINE_BASE (CodeGenModel, codegen_model, codegen_base)
AUTO_DEFINE_HEAD (CodeGenForCausalLM, codegen_for_causal_lm, &gptj_lm, codegen_base)

static const AutoTokenizerSpec gptj_tokenizer = { AUTO_BYTE_BPE_TOKENIZER ("GPT2Tokenizer", "<|endoftext|>") };

static const AutoTokenizerSpec codegen_tokenizer = {
  AUTO_BYTE_BPE_PARTS ("CodeGenTokenizer", "<|endoftext|>"), .words_need = "add_prefix_space",
  .slow = AUTO_SLOW_BYTE_BPE (SPACE, .pair = "?add_bos_token${bos_token}:0 $A:0 ?add_bos_token${bos_token}:1 $B:1", .unmasked = TRUE) };

AUTO_PLUGIN (gptj, "GPT-J and CodeGen",
  AUTO_ARCHITECTURE ("gptj", gptj_config, .prefix = "transformer"),
  AUTO_TASK ("AutoModel", gptj_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForCausalLM", gptj_for_causal_lm, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", gptj_for_sequence_classification, .tf = TRUE),
  AUTO_TASK ("AutoModelForQuestionAnswering", gptj_for_question_answering, .tf = TRUE),
  AUTO_TOKENIZER ("GPT2Tokenizer", "GPT2TokenizerFast", &gptj_tokenizer),
  AUTO_ARCHITECTURE ("codegen", codegen_config, .prefix = "transformer"),
  AUTO_TASK ("AutoModel", codegen_model),
  AUTO_TASK ("AutoModelForCausalLM", codegen_for_causal_lm),
  AUTO_TOKENIZER ("CodeGenTokenizer", "CodeGenTokenizerFast", &codegen_tokenizer));
