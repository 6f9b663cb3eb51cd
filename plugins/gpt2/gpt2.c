/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GPT-2 (Radford et al., 2019); transformers: models/gpt2/modeling_gpt2.py */
#include "sdk/auto-sdk.h"

struct _GPT2Config
{
  AutoPretrainedConfig parent;
  int vocab_size, n_positions, n_embd, n_layer, n_head, n_inner;
  AutoActivation activation_function;
  double layer_norm_epsilon;
  gboolean scale_attn_weights, scale_attn_by_inverse_layer_idx;
};

AUTO_DEFINE_CONFIG (GPT2Config, gpt2_config, "gpt2",
  AUTO_INT (vocab_size, 50257, .min = 1, .max = G_MAXINT),
  AUTO_INT (n_positions, 1024, .min = 1, .max = G_MAXINT),
  AUTO_INT (n_embd, 768, .min = 1, .max = G_MAXINT),
  AUTO_INT (n_layer, 12, .min = 0, .max = G_MAXINT),
  AUTO_INT (n_head, 12, .min = 1, .max = G_MAXINT),
  AUTO_INT_NULL (n_inner),
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU_NEW),
  AUTO_EXTRA ("resid_pdrop", "0.1"),
  AUTO_EXTRA ("embd_pdrop", "0.1"),
  AUTO_EXTRA ("attn_pdrop", "0.1"),
  AUTO_DOUBLE (layer_norm_epsilon, 1e-5),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("summary_type", "\"cls_index\""),
  AUTO_EXTRA ("summary_use_proj", "true"),
  AUTO_EXTRA ("summary_activation", "null"),
  AUTO_EXTRA ("summary_first_dropout", "0.1"),
  AUTO_EXTRA ("summary_proj_to_labels", "true"),
  AUTO_BOOL (scale_attn_weights, TRUE),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_BOOL (scale_attn_by_inverse_layer_idx, FALSE),
  AUTO_EXTRA ("reorder_and_upcast_attn", "false"),
  AUTO_DEFAULT ("bos_token_id", "50256"),
  AUTO_DEFAULT ("eos_token_id", "50256"),
  AUTO_ALIAS ("hidden_size", "n_embd"),
  AUTO_ALIAS ("max_position_embeddings", "n_positions"),
  AUTO_ALIAS ("num_attention_heads", "n_head"),
  AUTO_ALIAS ("num_hidden_layers", "n_layer"))

/* Everything that the layers share. */
typedef struct
{
  AutoMask mask, source_mask;
  AutoTensor *source;
} GPT2Pass;

static double
gpt2_scale (const GPT2Config *c, int i)
{
  double scale = c->scale_attn_weights ? 1 / sqrt ((double) c->n_embd / c->n_head) : 1;

  return c->scale_attn_by_inverse_layer_idx ? scale / (i + 1) : scale;
}

static AutoTensor *
gpt2_layer (AutoContext *cx, const GPT2Config *c, AutoTensor *x, const GPT2Pass *pass, AutoTensor *head_mask, int i)
{
  AutoTensor *a = auto_layer_norm (cx, "ln_1", x, c->layer_norm_epsilon);
  x = auto_attention (cx, a, &pass->mask, &(AutoAttention) {
    .qkv = "attn.c_attn", .out = "attn.c_proj", .heads = c->n_head, .transposed = TRUE, .scale = gpt2_scale (c, i), .head_mask = head_mask, .residual = x });
  if (pass->source)
    {
      a = auto_layer_norm (cx, "ln_cross_attn", x, c->layer_norm_epsilon);
      x = auto_attention (cx, a, &pass->source_mask, &(AutoAttention) {
        .q = "crossattention.q_attn", .kv = "crossattention.c_attn", .out = "crossattention.c_proj", .heads = c->n_head, .transposed = TRUE,
        .scale = gpt2_scale (c, i), .source = pass->source, .head_mask = head_mask, .residual = x });
    }
  a = auto_layer_norm (cx, "ln_2", x, c->layer_norm_epsilon);
  a = auto_linear_transposed (cx, "mlp.c_fc", a, c->n_inner ? c->n_inner : 4 * c->n_embd, c->activation_function);
  return auto_linear_full (cx, "mlp.c_proj", a, c->n_embd, &(AutoLinear) { .transposed = TRUE, .residual = x, .activation = AUTO_ACTIVATION_LINEAR });
}

static AutoTensor *
gpt2_base (AutoContext *cx, const GPT2Config *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "wte", c->vocab_size, c->n_embd), *types = auto_inputs_get (in, "token_type_ids");
  GPT2Pass pass = { .mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE),
                    .source_mask = auto_cross_mask (cx, auto_inputs_get (in, "encoder_attention_mask")),
                    .source = c->parent.add_cross_attention ? auto_source_states (cx, in, x) : NULL };

  pass.mask.causal_first = TRUE;
  x = auto_add (cx, x, auto_embedding (cx, "wpe", auto_decoder_positions (cx, in, auto_dim (x, 1)), c->n_positions, c->n_embd));
  if (types)
    x = auto_add (cx, x, auto_embedding (cx, "wte", types, c->vocab_size, c->n_embd));
  for (int i = 0; i < c->n_layer; i++)
    {
      AUTO_LAYER (cx, &x, "h.%d", i);
      auto_ignore_weight (cx, "attn.bias");
      auto_ignore_weight (cx, "attn.masked_bias");
      auto_context_hidden_state (cx, x);
      x = gpt2_layer (cx, c, x, &pass, auto_head_mask (cx, in, i, c->n_layer, c->n_head), i);
    }
  x = auto_layer_norm (cx, "ln_f", x, c->layer_norm_epsilon);
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead gpt2_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "wte.weight" };
static const AutoHead gpt2_sequence = { .kind = AUTO_HEAD_SEQUENCE, .pool = AUTO_POOL_LAST, .out = "score", .no_bias = TRUE };

AUTO_DEFINE_BASE (GPT2Model, gpt2_model, gpt2_base)
AUTO_DEFINE_HEAD (GPT2LMHeadModel, gpt2_lm_head_model, &gpt2_lm, gpt2_base)
AUTO_DEFINE_HEAD (GPT2ForSequenceClassification, gpt2_for_sequence_classification, &gpt2_sequence, gpt2_base)
AUTO_DEFINE_HEAD (GPT2ForTokenClassification, gpt2_for_token_classification, &auto_head_token_classification, gpt2_base)
AUTO_DEFINE_HEAD (GPT2ForQuestionAnswering, gpt2_for_question_answering, &auto_head_question_answering, gpt2_base)

static const AutoTokenizerSpec gpt2_tokenizer = { AUTO_BYTE_BPE_TOKENIZER ("GPT2Tokenizer", "<|endoftext|>") };

/* GPT-SW3 takes out what isn't printed, makes every kind of space a plain one, and composes the rest. */
static char *
gpt_sw3_clean (const char *text, gsize length, GPtrArray *tokens)
{
  g_autoptr(GString) out = g_string_sized_new (length);

  for (const char *p = text; p < text + length; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (c < 9 || (c >= 11 && c < 32) || (c >= 127 && c <= 160) || c == 0xAD || c == 0x200B)
        continue;
      gboolean space = c == 0x2002 || c == 0x2003 || c == 0x2005 || (c >= 0x2008 && c <= 0x200A) || c == 0x202F || c == 0x3000 || c == 0xFFFC;
      g_string_append_unichar (out, space ? ' ' : c);
    }
  return g_utf8_normalize (out->str, out->len, G_NORMALIZE_NFC);
}

static const AutoSlowPieces gpt_sw3_pieces = { .change = gpt_sw3_clean, .keep_ends = TRUE };

static const AutoTokenizerSpec gpt_sw3_tokenizer = {
  .class_name = "GPTSw3Tokenizer", .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "spiece.model",
  .defaults = "{\"do_lower_case\": false, \"remove_space\": false, \"keep_accents\": false, \"pad_token\": \"<pad>\", \"unk_token\": \"<unk>\","
              " \"eos_token\": \"<|endoftext|>\", \"bos_token\": \"<s>\"}",
  .slow = AUTO_SLOW_SENTENCEPIECE (&gpt_sw3_pieces, .lower = "do_lower_case", .keeps_spaces = TRUE),
  .model_input_names = auto_tokenizer_plain_inputs,
  .chat_template = "{{ eos_token }}{{ bos_token }}{% for message in messages %}{{ ('User: ' if message['role'] == 'user' else 'Bot: ') +"
                   " message['content'] }}{{ message['text'] }}{{ bos_token }}{% endfor %}Bot:" };

AUTO_PLUGIN (gpt2, "GPT-2",
  AUTO_ARCHITECTURE ("gpt2", gpt2_config, .prefix = "transformer"),
  AUTO_TASK ("AutoModel", gpt2_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForPreTraining", gpt2_lm_head_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForCausalLM", gpt2_lm_head_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", gpt2_for_sequence_classification, .tf = TRUE),
  AUTO_TASK ("AutoModelForTokenClassification", gpt2_for_token_classification),
  AUTO_TASK ("AutoModelForQuestionAnswering", gpt2_for_question_answering),
  AUTO_TOKENIZER ("GPT2Tokenizer", "GPT2TokenizerFast", &gpt2_tokenizer),
  AUTO_ARCHITECTURE ("gpt-sw3", gpt2_config, .prefix = "transformer"),
  AUTO_TASK ("AutoModel", gpt2_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForPreTraining", gpt2_lm_head_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForCausalLM", gpt2_lm_head_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", gpt2_for_sequence_classification, .tf = TRUE),
  AUTO_TASK ("AutoModelForTokenClassification", gpt2_for_token_classification),
  AUTO_TOKENIZER ("GPTSw3Tokenizer", NULL, &gpt_sw3_tokenizer));
