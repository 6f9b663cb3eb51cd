/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XGLM (Lin et al., arXiv:2112.10668); transformers: models/xglm/modeling_xglm.py */
#include "sdk/auto-sdk.h"

#define POSITION_OFFSET 2

typedef struct _XGLMConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, d_model, ffn_dim, num_layers, attention_heads;
  AutoActivation activation_function;
  gboolean scale_embedding;
} XGLMConfig;

AUTO_DEFINE_CONFIG (XGLMConfig, xglm_config, "xglm",
  AUTO_INT (vocab_size, 256008, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("max_position_embeddings", "2048"), /* positions are computed: there may be more */
  AUTO_INT (d_model, 1024, .min = 4, .max = G_MAXINT),
  AUTO_INT (ffn_dim, 4096, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_layers, 24, .min = 0, .max = G_MAXINT),
  AUTO_INT (attention_heads, 16, .min = 1, .max = G_MAXINT),
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_EXTRA ("dropout", "0.1"),
  AUTO_EXTRA ("attention_dropout", "0.1"),
  AUTO_EXTRA ("activation_dropout", "0.0"),
  AUTO_EXTRA ("layerdrop", "0.0"),
  AUTO_EXTRA ("init_std", "0.02"),
  AUTO_BOOL (scale_embedding, TRUE),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_DEFAULT ("decoder_start_token_id", "2"),
  AUTO_DEFAULT ("pad_token_id", "1"),
  AUTO_DEFAULT ("bos_token_id", "0"),
  AUTO_DEFAULT ("eos_token_id", "2"),
  AUTO_ALIAS ("num_attention_heads", "attention_heads"),
  AUTO_ALIAS ("hidden_size", "d_model"),
  AUTO_ALIAS ("num_hidden_layers", "num_layers"))

/* Everything that the layers share. */
typedef struct
{
  AutoMask mask, source_mask;
  AutoTensor *source;
} XGLMPass;

static AutoTensor *
xglm_layer (AutoContext *cx, const XGLMConfig *c, AutoTensor *x, const XGLMPass *pass, AutoTensor *head_mask, AutoTensor *cross_head_mask)
{
  AutoTensor *a = auto_layer_norm (cx, "self_attn_layer_norm", x, 1e-5);

  x = auto_attention (cx, a, &pass->mask, &(AutoAttention) {
    .q = "self_attn.q_proj", .k = "self_attn.k_proj", .v = "self_attn.v_proj", .out = "self_attn.out_proj", .heads = c->attention_heads,
    .head_mask = head_mask, .residual = x });
  if (pass->source)
    {
      a = auto_layer_norm (cx, "encoder_attn_layer_norm", x, 1e-5);
      x = auto_attention (cx, a, &pass->source_mask, &(AutoAttention) {
        .q = "encoder_attn.q_proj", .k = "encoder_attn.k_proj", .v = "encoder_attn.v_proj", .out = "encoder_attn.out_proj",
        .heads = c->attention_heads, .source = pass->source, .head_mask = cross_head_mask, .residual = x });
    }
  a = auto_layer_norm (cx, "final_layer_norm", x, 1e-5);
  a = auto_linear_act (cx, "fc1", a, c->ffn_dim, c->activation_function);
  return auto_linear_add (cx, "fc2", a, c->d_model, x);
}

static AutoTensor *
xglm_base (AutoContext *cx, const XGLMConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "embed_tokens", c->vocab_size, c->d_model);
  XGLMPass pass = { .mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE),
                    .source_mask = auto_cross_mask (cx, auto_inputs_get (in, "encoder_attention_mask")),
                    .source = c->parent.add_cross_attention ? auto_source_states (cx, in, x) : NULL };

  if (c->scale_embedding && auto_inputs_get (in, "input_ids"))
    x = auto_scale (cx, x, sqrt (c->d_model));
  AutoTensor *rows = auto_add_scalar (cx, auto_decoder_positions (cx, in, auto_dim (x, 1)), POSITION_OFFSET);
  x = auto_add (cx, x, auto_padded_sinusoids (cx, rows, c->d_model, c->parent.pad_token_id));
  for (int i = 0; i < c->num_layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      auto_context_hidden_state (cx, x);
      AutoTensor *heads = auto_head_mask (cx, in, i, c->num_layers, c->attention_heads);
      AutoTensor *cross_heads = auto_named_head_mask (cx, in, "cross_attn_head_mask", i, c->num_layers, c->attention_heads);
      x = xglm_layer (cx, c, x, &pass, heads, cross_heads);
    }
  x = auto_layer_norm (cx, "layer_norm", x, 1e-5);
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead xglm_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "embed_tokens.weight" };

AUTO_DEFINE_BASE (XGLMModel, xglm_model, xglm_base)
AUTO_DEFINE_HEAD (XGLMForCausalLM, xglm_for_causal_lm, &xglm_lm, xglm_base)

static char **
xglm_made_up_words (const AutoTokenizerSpec *self, JsonObject *settings)
{
  g_autoptr(GStrvBuilder) words = g_strv_builder_new ();

  for (int i = 0; i < 7; i++)
    {
      g_autofree char *word = g_strdup_printf ("<madeupword%d>", i);
      g_strv_builder_add (words, word);
    }
  return g_strv_builder_end (words);
}

static const AutoSlowPieces xglm_pieces = { .skip = 3, .head = AUTO_FAIRSEQ_HEAD, .more = TRUE, .join = AUTO_JOIN_REPLACED };

static const AutoTokenizerSpec xglm_tokenizer = {
  AUTO_FAIRSEQ_PARTS ("XGLMTokenizer"), .more_tokens = xglm_made_up_words, .defaults = "{" AUTO_FAIRSEQ_MARKS "}",
  .single = "</s>:0 $A:0", .pair = "</s>:0 $A:0 </s>:0 </s>:0 $B:0",
  .slow = AUTO_SLOW_SENTENCEPIECE (&xglm_pieces, .single = "${sep_token}:0 $A:0", .pair = "${sep_token}:0 $A:0 ${sep_token}:0 ${sep_token}:0 $B:0") };

AUTO_PLUGIN (xglm, "XGLM",
  AUTO_ARCHITECTURE ("xglm", xglm_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", xglm_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForCausalLM", xglm_for_causal_lm, .tf = TRUE, .flax = TRUE),
  AUTO_TOKENIZER ("XGLMTokenizer", "XGLMTokenizerFast", &xglm_tokenizer));
