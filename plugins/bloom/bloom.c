/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BLOOM (BigScience, arXiv:2211.05100); transformers: models/bloom/modeling_bloom.py */
#include "sdk/auto-sdk.h"

typedef struct _BloomConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, hidden_size, n_layer, n_head, pretraining_tp;
  double layer_norm_epsilon;
  gboolean apply_residual_connection_post_layernorm, slow_but_exact;
} BloomConfig;

/* Old files say n_embed for hidden_size. */
static gboolean
bloom_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  return auto_config_renamed (config, "n_embed", "hidden_size", error);
}

AUTO_DEFINE_CONFIG_WITH (BloomConfig, bloom_config, "bloom", (.loaded = bloom_config_loaded),
  AUTO_INT (vocab_size, 250880, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 64, .min = 1, .max = G_MAXINT / 4),
  AUTO_INT (n_layer, 2, .min = 0, .max = G_MAXINT),
  AUTO_INT (n_head, 8, .min = 1, .max = G_MAXINT),
  AUTO_DOUBLE (layer_norm_epsilon, 1e-5),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_INT (pretraining_tp, 1),
  AUTO_BOOL (apply_residual_connection_post_layernorm, FALSE),
  AUTO_EXTRA ("hidden_dropout", "0.0"),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_BOOL (slow_but_exact, FALSE),
  AUTO_DEFAULT ("bos_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"),
  AUTO_ALIAS ("num_hidden_layers", "n_layer"),
  AUTO_ALIAS ("num_attention_heads", "n_head"))

/* The second of two layers. The reference leaves its bias out when it adds the slices of several trainers up. */
static AutoTensor *
bloom_dense (AutoContext *cx, const BloomConfig *c, const char *name, const char *bias, AutoTensor *x, AutoTensor *residual)
{
  gboolean sliced = c->pretraining_tp > 1 && c->slow_but_exact;

  if (sliced)
    auto_zeros_parameter (cx, bias, AUTO_DIMS (c->hidden_size));
  return auto_linear_full (cx, name, x, c->hidden_size, &(AutoLinear) { .no_bias = sliced, .residual = residual, .activation = AUTO_ACTIVATION_LINEAR });
}

static AutoTensor *
bloom_layer (AutoContext *cx, const BloomConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *head_mask)
{
  gboolean after = c->apply_residual_connection_post_layernorm;
  AutoTensor *a = auto_layer_norm (cx, "input_layernorm", x, c->layer_norm_epsilon);
  AutoTensor *y = auto_attention (cx, a, mask, &(AutoAttention) {
    .qkv = "self_attention.query_key_value", .fused = AUTO_FUSED_BY_HEAD, .heads = c->n_head, .head_mask = head_mask });
  x = bloom_dense (cx, c, "self_attention.dense", "self_attention.dense.bias", y, after ? a : x);

  a = auto_layer_norm (cx, "post_attention_layernorm", x, c->layer_norm_epsilon);
  y = auto_linear_act (cx, "mlp.dense_h_to_4h", a, 4 * c->hidden_size, AUTO_ACTIVATION_GELU_NEW);
  return bloom_dense (cx, c, "mlp.dense_4h_to_h", "mlp.dense_4h_to_h.bias", y, after ? a : x);
}

static AutoTensor *
bloom_base (AutoContext *cx, const BloomConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "word_embeddings", c->vocab_size, c->hidden_size);
  AutoTensor *attention_mask = auto_inputs_get (in, "attention_mask");
  AutoMask mask = auto_self_mask (cx, attention_mask, TRUE);

  mask = auto_mask_with_bias (cx, mask, auto_alibi (cx, attention_mask, auto_dim (x, 1), c->n_head));
  x = auto_layer_norm (cx, "word_embeddings_layernorm", x, c->layer_norm_epsilon);
  for (int i = 0; i < c->n_layer; i++)
    {
      AUTO_LAYER (cx, &x, "h.%d", i);
      auto_context_hidden_state (cx, x);
      x = bloom_layer (cx, c, x, &mask, auto_head_mask (cx, in, i, c->n_layer, c->n_head));
    }
  x = auto_layer_norm (cx, "ln_f", x, c->layer_norm_epsilon);
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead bloom_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "word_embeddings.weight" };

static AutoTensor *
bloom_answers_base (AutoContext *cx, const BloomConfig *c, AutoInputs *in)
{
  auto_inputs_get (in, "position_ids"); /* the reference takes it and makes no use of it */
  return bloom_base (cx, c, in);
}

AUTO_DEFINE_BASE (BloomModel, bloom_model, bloom_base)
AUTO_DEFINE_HEAD (BloomForCausalLM, bloom_for_causal_lm, &bloom_lm, bloom_base)
AUTO_DEFINE_HEAD (BloomForSequenceClassification, bloom_for_sequence_classification, &auto_head_decoder_sequence, bloom_base)
AUTO_DEFINE_HEAD (BloomForTokenClassification, bloom_for_token_classification, &auto_head_token_classification, bloom_base)
AUTO_DEFINE_HEAD (BloomForQuestionAnswering, bloom_for_question_answering, &auto_head_question_answering, bloom_answers_base)

static void
bloom_set_prefix_space (JsonArray *array, guint index, JsonNode *node, gpointer data)
{
  JsonObject *part = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (part && json_object_has_member (part, "add_prefix_space"))
    json_object_set_boolean_member (part, "add_prefix_space", TRUE);
}

/* The setting reaches the parts of a sequence, and only when it is true. */
static gboolean
bloom_prefix_space (const AutoTokenizerSpec *self, JsonObject *settings, JsonObject *parts, gboolean from_json, GError **error)
{
  JsonNode *wanted = json_object_get_member (settings, "add_prefix_space"), *node = json_object_get_member (parts, "pre_tokenizer");

  if (!wanted || json_node_get_value_type (wanted) != G_TYPE_BOOLEAN || !json_node_get_boolean (wanted) || !JSON_NODE_HOLDS_OBJECT (node))
    return TRUE;
  JsonNode *list = json_object_get_member (json_node_get_object (node), "pretokenizers");
  bloom_set_prefix_space (NULL, 0, node, NULL);
  if (list && JSON_NODE_HOLDS_ARRAY (list))
    json_array_foreach_element (json_node_get_array (list), bloom_set_prefix_space, NULL);
  return TRUE;
}

/* Only tokenizer.json holds what this class needs, and its parts are left as they are but for spaces in front. */
static const AutoTokenizerSpec bloom_tokenizer = {
  .class_name = "BloomTokenizer",
  .defaults = "{\"add_prefix_space\": false, \"clean_up_tokenization_spaces\": false, \"unk_token\": \"<unk>\", \"bos_token\": \"<s>\","
              " \"eos_token\": \"</s>\", \"pad_token\": \"<pad>\"}",
  .prepare = bloom_prefix_space, .words_need = "add_prefix_space", .model_input_names = auto_tokenizer_plain_inputs, .chat_template = AUTO_PLAIN_CHAT };

AUTO_PLUGIN (bloom, "BLOOM",
  AUTO_ARCHITECTURE ("bloom", bloom_config, .prefix = "transformer"),
  AUTO_TASK ("AutoModel", bloom_model, .flax = TRUE),
  AUTO_TASK ("AutoModelForPreTraining", bloom_for_causal_lm),
  AUTO_TASK ("AutoModelForCausalLM", bloom_for_causal_lm, .flax = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", bloom_for_sequence_classification),
  AUTO_TASK ("AutoModelForTokenClassification", bloom_for_token_classification),
  AUTO_TASK ("AutoModelForQuestionAnswering", bloom_for_question_answering),
  AUTO_TOKENIZER (NULL, "BloomTokenizerFast", &bloom_tokenizer));
