/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GPT-NeoX-Japanese (ABEJA, 2022); transformers: models/gpt_neox_japanese/modeling_gpt_neox_japanese.py */
#include <string.h>

#include "core/text/auto-python-text.h"
#include "core/text/auto-slow-japanese.h"
#include "sdk/auto-sdk.h"

typedef struct _GPTNeoXJapaneseConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, max_position_embeddings, hidden_size, num_hidden_layers, num_attention_heads;
  AutoActivation hidden_act;
  double intermediate_multiple_size, rotary_pct, rotary_emb_base, layer_norm_eps;
} GPTNeoXJapaneseConfig;

AUTO_DEFINE_CONFIG (GPTNeoXJapaneseConfig, gpt_neox_japanese_config, "gpt_neox_japanese",
  AUTO_INT (vocab_size, 32000, .min = 1, .max = G_MAXINT),
  AUTO_INT (max_position_embeddings, 2048, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 2560, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 32, .min = 0, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 32, .min = 1, .max = G_MAXINT),
  AUTO_DOUBLE (intermediate_multiple_size, 4, .min = 1e-6, .max = 1e6),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_DOUBLE (rotary_pct, 1.0),
  AUTO_DOUBLE (rotary_emb_base, 10000),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_DOUBLE (layer_norm_eps, 1e-5),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_EXTRA ("attention_dropout", "0.1"),
  AUTO_EXTRA ("hidden_dropout", "0.0"),
  AUTO_DEFAULT ("bos_token_id", "31996"),
  AUTO_DEFAULT ("eos_token_id", "31999"))

/* Only the last layer's attention has a bias, of its result. */
static AutoTensor *
gpt_neox_japanese_layer (AutoContext *cx, const GPTNeoXJapaneseConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *rotary,
                         AutoTensor *head_mask, gboolean last)
{
  AutoTensor *a = auto_layer_norm (cx, "input_layernorm", x, c->layer_norm_eps);
  AutoTensor *y = auto_attention (cx, a, mask, &(AutoAttention) {
    .qkv = "attention.query_key_value", .fused = AUTO_FUSED_BY_HEAD, .heads = c->num_attention_heads, .no_bias = TRUE, .rotary = rotary,
    .head_mask = head_mask });

  x = auto_linear_full (cx, "attention.dense", y, c->hidden_size, &(AutoLinear) {
    .no_bias = !last, .bias = last ? "attention.dense_bias" : NULL, .activation = AUTO_ACTIVATION_LINEAR, .residual = x });
  a = auto_layer_norm (cx, "post_attention_layernorm", x, c->layer_norm_eps);
  a = auto_linear_no_bias (cx, "mlp.dense_h_to_4h", a, (gint64) (c->hidden_size * c->intermediate_multiple_size));
  a = auto_activation (cx, a, c->hidden_act);
  return auto_linear_full (cx, "mlp.dense_4h_to_h", a, c->hidden_size,
                           &(AutoLinear) { .no_bias = TRUE, .activation = AUTO_ACTIVATION_LINEAR, .residual = x });
}

static AutoTensor *
gpt_neox_japanese_base (AutoContext *cx, const GPTNeoXJapaneseConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "embed_in", c->vocab_size, c->hidden_size);
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE);
  gint64 dims = (gint64) (c->hidden_size / c->num_attention_heads * c->rotary_pct), past = auto_context_get_past (cx), end = past + auto_dim (x, 1);
  AutoTensor *rotary = auto_rotary_table (cx, auto_unsqueeze (cx, auto_arange (cx, past, end, 1), 0), dims, c->rotary_emb_base, 1);

  auto_check_length (cx, auto_dim (x, 1), c->max_position_embeddings, "max_position_embeddings");
  mask.causal_first = TRUE;
  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      auto_context_hidden_state (cx, x);
      AutoTensor *head_mask = auto_head_mask (cx, in, i, c->num_hidden_layers, c->num_attention_heads);
      x = gpt_neox_japanese_layer (cx, c, x, &mask, rotary, head_mask, i == c->num_hidden_layers - 1);
    }
  x = auto_layer_norm (cx, "final_layer_norm", x, c->layer_norm_eps);
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead gpt_neox_japanese_lm = { .kind = AUTO_HEAD_LM, .out = "embed_out", .no_bias = TRUE, .tied = "embed_in.weight" };

AUTO_DEFINE_BASE (GPTNeoXJapaneseModel, gpt_neox_japanese_model, gpt_neox_japanese_base)
AUTO_DEFINE_HEAD (GPTNeoXJapaneseForCausalLM, gpt_neox_japanese_for_causal_lm, &gpt_neox_japanese_lm, gpt_neox_japanese_base)

static gboolean
gpt_neox_japanese_load (AutoSlow *self, const char *folder, GError **error)
{
  return auto_japanese_load (self, folder, FALSE, error);
}

/* Ids stand for texts, each by itself: a byte that isn't a character is one that is no text. */
static const char *
gpt_neox_japanese_token (const AutoSlow *self, gint64 id, gsize *length)
{
  const char *token = auto_japanese_token (self, id, length);
  const char *face = token ? auto_japanese_face (self, token) : NULL;
  guchar byte;

  if (face)
    token = face;
  else if (token && auto_japanese_is_byte (token, &byte))
    token = byte > 0 && byte < 128 ? g_intern_string ((char[]){ (char) byte, '\0' }) : "\xef\xbf\xbd";
  *length = token ? strlen (token) : 0;
  return token;
}

static gboolean
gpt_neox_japanese_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  for (guint i = 0; i < tokens->len; i++)
    g_string_append (text, tokens->pdata[i]);
  auto_python_strip (text);
  return TRUE;
}

static const AutoSlowEngine gpt_neox_japanese_engine = {
  .load = gpt_neox_japanese_load, .tokenize = auto_japanese_tokenize, .find = auto_japanese_find, .token = gpt_neox_japanese_token,
  .join = gpt_neox_japanese_join, .clear = auto_japanese_clear };

static const char *const gpt_neox_japanese_files[] = { AUTO_JAPANESE_EMOJI, NULL };

static const AutoTokenizerSpec gpt_neox_japanese_tokenizer = {
  .class_name = "GPTNeoXJapaneseTokenizer", .files = gpt_neox_japanese_files, .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"unk_token\": \"<|endoftext|>\", \"pad_token\": \"<|endoftext|>\", \"bos_token\": \"<|startoftext|>\","
              " \"eos_token\": \"<|endoftext|>\", \"do_clean_text\": false}",
  .chat_template = "{% for turn in messages %}{{ bos_token }}{{ eos_token }}{{ turn['content'] }}{{ eos_token }}{% endfor %}"
                   "{% if add_generation_prompt %} {{ bos_token }}{{ eos_token }} {% endif %}",
  .slow = &(const AutoSlowTokenizer) { .engine = &gpt_neox_japanese_engine, .single = "$A:0", .pair = "$A:0 $B:1" } };

AUTO_PLUGIN (gpt_neox_japanese, "GPT-NeoX-Japanese",
  AUTO_ARCHITECTURE ("gpt_neox_japanese", gpt_neox_japanese_config, .prefix = "gpt_neox_japanese"),
  AUTO_TASK ("AutoModel", gpt_neox_japanese_model),
  AUTO_TASK ("AutoModelForCausalLM", gpt_neox_japanese_for_causal_lm),
  AUTO_TOKENIZER ("GPTNeoXJapaneseTokenizer", NULL, &gpt_neox_japanese_tokenizer));
