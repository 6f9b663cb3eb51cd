/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ALBERT (Lan et al., arXiv:1909.11942); transformers: models/albert/modeling_albert.py */
#include "sdk/auto-sdk.h"

struct _AlbertConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, embedding_size, hidden_size, num_hidden_layers, num_hidden_groups, inner_group_num, num_attention_heads, intermediate_size;
  int max_position_embeddings, type_vocab_size;
  AutoActivation hidden_act;
  double layer_norm_eps;
  const char *position_embedding_type;
};

AUTO_DEFINE_CONFIG (AlbertConfig, albert_config, "albert",
  AUTO_INT (vocab_size, 30000, .min = 1, .max = G_MAXINT),
  AUTO_INT (embedding_size, 128, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 4096, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 12, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_groups, 1, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 64, .min = 1, .max = G_MAXINT),
  AUTO_INT (intermediate_size, 16384, .min = 1, .max = G_MAXINT),
  AUTO_INT (inner_group_num, 1, .min = 0, .max = G_MAXINT),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU_NEW),
  AUTO_EXTRA ("hidden_dropout_prob", "0"),
  AUTO_EXTRA ("attention_probs_dropout_prob", "0"),
  AUTO_INT (max_position_embeddings, 512, .min = 1, .max = G_MAXINT),
  AUTO_INT (type_vocab_size, 2, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_DOUBLE (layer_norm_eps, 1e-12),
  AUTO_EXTRA ("classifier_dropout_prob", "0.1"),
  AUTO_STRING (position_embedding_type, "absolute"),
  AUTO_DEFAULT ("pad_token_id", "0"),
  AUTO_DEFAULT ("bos_token_id", "2"),
  AUTO_DEFAULT ("eos_token_id", "3"))

static AutoTensor *
albert_embeddings (AutoContext *cx, const AlbertConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "embeddings");
  return auto_post_norm_embeddings (cx, in, &(AutoPostNormEncoder) {
    .vocab_size = c->vocab_size, .width = c->embedding_size, .token_types = c->type_vocab_size, .max_positions = c->max_position_embeddings,
    .epsilon = c->layer_norm_eps, .position_embedding_type = c->position_embedding_type });
}

static AutoTensor *
albert_layer (AutoContext *cx, const AlbertConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *head_mask)
{
  const char *type = c->position_embedding_type;
  gboolean of_keys = g_strcmp0 (type, "relative_key_query") == 0, distances = of_keys || g_strcmp0 (type, "relative_key") == 0;

  AutoTensor *a = auto_attention (cx, x, mask, &(AutoAttention) {
    .q = "attention.query", .k = "attention.key", .v = "attention.value", .out = "attention.dense", .heads = c->num_attention_heads,
    .head_mask = head_mask, .residual = x, .distances = distances ? "attention.distance_embedding" : NULL,
    .max_positions = c->max_position_embeddings, .distances_of_keys = of_keys,
    .distances_unscaled = TRUE });
  x = auto_layer_norm (cx, "attention.LayerNorm", a, c->layer_norm_eps);
  a = auto_linear_act (cx, "ffn", x, c->intermediate_size, c->hidden_act);
  return auto_layer_norm (cx, "full_layer_layer_norm", auto_linear_add (cx, "ffn_output", a, c->hidden_size, x), c->layer_norm_eps);
}

/* Groups of layers that are used again and again: the model's depth counts uses. */
static AutoTensor *
albert_encoder (AutoContext *cx, const AlbertConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_linear (cx, "encoder.embedding_hidden_mapping_in", albert_embeddings (cx, c, in), c->hidden_size);
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), FALSE);
  int per_group = c->num_hidden_layers / c->num_hidden_groups;

  if (c->inner_group_num > per_group)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "inner_group_num: at most %d layers fit in a group", per_group);
  auto_context_hidden_state (cx, x);
  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      int group = (int) (i / ((double) c->num_hidden_layers / c->num_hidden_groups));
      AUTO_LAYER (cx, &x, "encoder.albert_layer_groups.%d", group);
      for (int j = 0; j < c->inner_group_num && !auto_context_has_failed (cx); j++)
        {
          AUTO_SCOPE (cx, "albert_layers.%d", j);
          x = albert_layer (cx, c, x, &mask, auto_head_mask (cx, in, group * per_group + j, c->num_hidden_layers, c->num_attention_heads));
        }
      auto_context_hidden_state (cx, x);
    }
  return x;
}

static AutoTensor *
albert_pooler (AutoContext *cx, const AlbertConfig *c, AutoTensor *x)
{
  return auto_linear_act (cx, "pooler", auto_select (cx, x, 1, 0), c->hidden_size, AUTO_ACTIVATION_TANH);
}

static void
albert_model_forward (AutoContext *cx, const AlbertConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = albert_encoder (cx, c, in);

  auto_model_output_set (out, "last_hidden_state", x);
  auto_model_output_set (out, "pooler_output", albert_pooler (cx, c, x));
}

#define ALBERT_LM(name)                                                                                                        \
  { .kind = AUTO_HEAD_LM, .dense = "predictions.dense", .width = "embedding_size", .norm = "predictions.LayerNorm",            \
    .out = "predictions.decoder", .bias = "predictions.bias", .tied = "embeddings.word_embeddings.weight", .logits = name }

static const AutoHead albert_lm = ALBERT_LM (NULL), albert_prediction = ALBERT_LM ("prediction_logits");
static const AutoHead albert_sequence = { .kind = AUTO_HEAD_SEQUENCE, .pooler = "pooler", .out = "classifier" };
static const AutoHead albert_choice = { .kind = AUTO_HEAD_CHOICES, .pooler = "pooler", .out = "classifier", .choices = TRUE };

/* ALBERT's first task: masked words and the order of two sentences. */
static void
albert_pretraining_forward (AutoContext *cx, const AlbertConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x, *pooled;

  {
    AUTO_SCOPE (cx, "albert");
    x = albert_encoder (cx, c, in);
    pooled = albert_pooler (cx, c, x);
  }
  auto_head_compute (cx, AUTO_CONFIG ((gpointer) c), "albert", &albert_prediction, x, in, out);
  gint64 labels = auto_config_get_int (AUTO_CONFIG ((gpointer) c), "num_labels", 2);
  auto_model_output_set (out, "sop_logits", auto_linear (cx, "sop_classifier.classifier", pooled, labels));
}

AUTO_DEFINE_MODEL (AlbertModel, albert_model, albert_model_forward)
AUTO_DEFINE_MODEL (AlbertForPreTraining, albert_for_pre_training, albert_pretraining_forward)
AUTO_DEFINE_HEAD (AlbertForMaskedLM, albert_for_masked_lm, &albert_lm, albert_encoder)
AUTO_DEFINE_HEAD (AlbertForSequenceClassification, albert_for_sequence, &albert_sequence, albert_encoder)
AUTO_DEFINE_HEAD (AlbertForMultipleChoice, albert_for_choice, &albert_choice, albert_encoder)
AUTO_DEFINE_HEAD (AlbertForTokenClassification, albert_for_tokens, &auto_head_token_classification, albert_encoder)
AUTO_DEFINE_HEAD (AlbertForQuestionAnswering, albert_for_answers, &auto_head_question_answering, albert_encoder)

#define ALL .tf = TRUE, .flax = TRUE

static const AutoSlowPieces albert_pieces = { .clean = TRUE, .commas = TRUE };

static const AutoTokenizerSpec albert_tokenizer = {
  AUTO_ALBERT_PARTS ("AlbertTokenizer"),
  .defaults = "{\"do_lower_case\": true, \"remove_space\": true, \"keep_accents\": false, \"bos_token\": \"[CLS]\", \"eos_token\": \"[SEP]\","
              " \"unk_token\": \"<unk>\", \"sep_token\": \"[SEP]\", \"pad_token\": \"<pad>\", \"cls_token\": \"[CLS]\","
              " \"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": true, \"normalized\": false}}",
  .single = "[CLS]:0 $A:0 [SEP]:0", .pair = "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
  .slow = AUTO_SLOW_SENTENCEPIECE (&albert_pieces, .lower = "do_lower_case", .single = "${cls_token}:0 $A:0 ${sep_token}:0",
                                   .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1") };

AUTO_PLUGIN (albert, "ALBERT",
  AUTO_ARCHITECTURE ("albert", albert_config, .prefix = "albert"),
  AUTO_TASK ("AutoModel", albert_model, ALL),
  AUTO_TASK ("AutoModelForPreTraining", albert_for_pre_training, ALL),
  AUTO_TASK ("AutoModelForMaskedLM", albert_for_masked_lm, ALL),
  AUTO_TASK ("AutoModelForSequenceClassification", albert_for_sequence, ALL),
  AUTO_TASK ("AutoModelForMultipleChoice", albert_for_choice, ALL),
  AUTO_TASK ("AutoModelForTokenClassification", albert_for_tokens, ALL),
  AUTO_TASK ("AutoModelForQuestionAnswering", albert_for_answers, ALL),
  AUTO_TASK ("AutoModelForTextEncoding", albert_model, .tf = TRUE),
  AUTO_TOKENIZER ("AlbertTokenizer", "AlbertTokenizerFast", &albert_tokenizer));
