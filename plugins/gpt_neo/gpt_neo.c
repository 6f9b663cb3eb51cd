/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GPT-Neo (Black et al., 2021); transformers: models/gpt_neo/modeling_gpt_neo.py */
#include "sdk/auto-sdk.h"

#include <float.h>

#include "core/base/auto-json.h"

typedef struct _GPTNeoConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, max_position_embeddings, hidden_size, num_layers, num_heads, intermediate_size, window_size;
  JsonNode *attention_types;
  char **attention_layers;
  AutoActivation activation_function;
  double layer_norm_epsilon;
} GPTNeoConfig;

/* Adds the kinds of [["global", "local"], 12], so many times; FALSE when it is no such thing or there are more than @most. */
static gboolean
add_kinds (JsonArray *layers, JsonNode *node, guint most)
{
  JsonArray *pair = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  JsonNode *kinds = pair && json_array_get_length (pair) == 2 ? json_array_get_element (pair, 0) : NULL;

  if (!kinds || !JSON_NODE_HOLDS_ARRAY (kinds) || !auto_json_is_int (json_array_get_element (pair, 1)))
    return FALSE;
  JsonArray *names = json_node_get_array (kinds);
  for (gint64 n = json_array_get_length (names) ? json_array_get_int_element (pair, 1) : 0; n > 0; n--)
    for (guint i = 0; i < json_array_get_length (names); i++)
      {
        JsonNode *name = json_array_get_element (names, i);
        if (!JSON_NODE_HOLDS_VALUE (name) || json_node_get_value_type (name) != G_TYPE_STRING || json_array_get_length (layers) == most)
          return FALSE;
        json_array_add_string_element (layers, json_node_get_string (name));
      }
  return TRUE;
}

static gboolean
gpt_neo_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  GPTNeoConfig *c = (GPTNeoConfig *) config;
  g_autoptr(JsonNode) layers = json_node_init_array (json_node_alloc (), NULL);
  JsonArray *types = c->attention_types && JSON_NODE_HOLDS_ARRAY (c->attention_types) ? json_node_get_array (c->attention_types) : NULL;
  gboolean good = types != NULL;
  guint most = (guint) MAX (c->num_layers, 0);

  json_node_take_array (layers, json_array_new ());
  for (guint i = 0; good && i < json_array_get_length (types); i++)
    good = add_kinds (json_node_get_array (layers), json_array_get_element (types, i), most);
  if (good && json_array_get_length (json_node_get_array (layers)) == most)
    return auto_config_set_value (AUTO_CONFIG (config), "attention_layers", layers, error);
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "attention_types must list [[kinds], times] for %d layers (num_layers)", c->num_layers);
  return FALSE;
}

AUTO_DEFINE_CONFIG_WITH (GPTNeoConfig, gpt_neo_config, "gpt_neo", (.loaded = gpt_neo_config_loaded),
  AUTO_INT (vocab_size, 50257, .min = 1, .max = G_MAXINT),
  AUTO_INT (max_position_embeddings, 2048, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 2048, .min = 1, .max = G_MAXINT / 4),
  AUTO_INT (num_layers, 24, .min = 0, .max = G_MAXINT),
  AUTO_INT (num_heads, 16, .min = 1, .max = G_MAXINT),
  AUTO_INT_NULL (intermediate_size),
  AUTO_INT (window_size, 256, .min = 1, .max = G_MAXINT),
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU_NEW),
  AUTO_EXTRA ("resid_dropout", "0.0"),
  AUTO_EXTRA ("embed_dropout", "0.0"),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_EXTRA ("classifier_dropout", "0.1"),
  AUTO_DOUBLE (layer_norm_epsilon, 1e-5),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_OBJECT (attention_types, "[[[\"global\", \"local\"], 12]]"),
  AUTO_STRINGS (attention_layers, "null", .derived = TRUE),
  AUTO_DEFAULT ("bos_token_id", "50256"),
  AUTO_DEFAULT ("eos_token_id", "50256"),
  AUTO_ALIAS ("num_attention_heads", "num_heads"),
  AUTO_ALIAS ("num_hidden_layers", "num_layers"))

/* Masks of global and of local layers. With padding a key may be hidden for two reasons: later keys always are, and get minus
 * infinity; keys that left the window or are padding get the lowest number, and minus infinity when both. */
typedef struct
{
  AutoMask global, local;
} GPTNeoMasks;

static GPTNeoMasks
gpt_neo_masks (AutoContext *cx, const GPTNeoConfig *c, AutoTensor *given, gint64 length)
{
  AutoMask mask = auto_self_mask (cx, given, TRUE);

  if (!given)
    return (GPTNeoMasks) { mask, mask };
  mask = auto_mask_with_bias (cx, (AutoMask) { .bias = mask.bias }, auto_later_bias (cx, length, -INFINITY));
  return (GPTNeoMasks) { mask, auto_mask_with_bias (cx, mask, auto_earlier_bias (cx, length, c->window_size, -FLT_MAX)) };
}

static AutoTensor *
gpt_neo_layer (AutoContext *cx, const GPTNeoConfig *c, AutoTensor *x, const GPTNeoMasks *masks, AutoTensor *head_mask, int i)
{
  gboolean local = c->attention_layers && i < (int) g_strv_length (c->attention_layers) && g_str_equal (c->attention_layers[i], "local");
  AutoTensor *a = auto_layer_norm (cx, "ln_1", x, c->layer_norm_epsilon);

  x = auto_attention (cx, a, local ? &masks->local : &masks->global, &(AutoAttention) {
    .q = "attn.attention.q_proj", .k = "attn.attention.k_proj", .v = "attn.attention.v_proj", .out = "attn.attention.out_proj",
    .heads = c->num_heads, .no_bias = TRUE, .scale = 1, .window = local ? c->window_size : 0, .cached = TRUE, .head_mask = head_mask, .residual = x });
  a = auto_layer_norm (cx, "ln_2", x, c->layer_norm_epsilon);
  a = auto_linear_act (cx, "mlp.c_fc", a, c->intermediate_size ? c->intermediate_size : 4 * c->hidden_size, c->activation_function);
  return auto_linear_add (cx, "mlp.c_proj", a, c->hidden_size, x);
}

static AutoTensor *
gpt_neo_base (AutoContext *cx, const GPTNeoConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "wte", c->vocab_size, c->hidden_size), *types = auto_inputs_get (in, "token_type_ids");
  AutoTensor *positions = auto_decoder_positions (cx, in, auto_dim (x, 1));
  GPTNeoMasks masks = gpt_neo_masks (cx, c, auto_inputs_get (in, "attention_mask"), auto_dim (x, 1));

  x = auto_add (cx, x, auto_embedding (cx, "wpe", positions, c->max_position_embeddings, c->hidden_size));
  if (types)
    x = auto_add (cx, x, auto_embedding (cx, "wte", types, c->vocab_size, c->hidden_size));
  for (int i = 0; i < c->num_layers; i++)
    {
      AUTO_LAYER (cx, &x, "h.%d", i);
      auto_ignore_weight (cx, "attn.attention.bias");
      auto_ignore_weight (cx, "attn.attention.masked_bias");
      auto_context_hidden_state (cx, x);
      x = gpt_neo_layer (cx, c, x, &masks, auto_head_mask (cx, in, i, c->num_layers, c->num_heads), i);
    }
  x = auto_layer_norm (cx, "ln_f", x, c->layer_norm_epsilon);
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead gpt_neo_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "wte.weight" };

AUTO_DEFINE_BASE (GPTNeoModel, gpt_neo_model, gpt_neo_base)
AUTO_DEFINE_HEAD (GPTNeoForCausalLM, gpt_neo_for_causal_lm, &gpt_neo_lm, gpt_neo_base)
AUTO_DEFINE_HEAD (GPTNeoForSequenceClassification, gpt_neo_for_sequence_classification, &auto_head_decoder_sequence, gpt_neo_base)
AUTO_DEFINE_HEAD (GPTNeoForTokenClassification, gpt_neo_for_token_classification, &auto_head_token_classification, gpt_neo_base)
AUTO_DEFINE_HEAD (GPTNeoForQuestionAnswering, gpt_neo_for_question_answering, &auto_head_question_answering, gpt_neo_base)

static const AutoTokenizerSpec gpt_neo_tokenizer = { AUTO_BYTE_BPE_TOKENIZER ("GPT2Tokenizer", "<|endoftext|>") };

AUTO_PLUGIN (gpt_neo, "GPT-Neo",
  AUTO_ARCHITECTURE ("gpt_neo", gpt_neo_config, .prefix = "transformer"),
  AUTO_TASK ("AutoModel", gpt_neo_model, .flax = TRUE),
  AUTO_TASK ("AutoModelForCausalLM", gpt_neo_for_causal_lm, .flax = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", gpt_neo_for_sequence_classification),
  AUTO_TASK ("AutoModelForTokenClassification", gpt_neo_for_token_classification),
  AUTO_TASK ("AutoModelForQuestionAnswering", gpt_neo_for_question_answering),
  AUTO_TOKENIZER ("GPT2Tokenizer", "GPT2TokenizerFast", &gpt_neo_tokenizer));
