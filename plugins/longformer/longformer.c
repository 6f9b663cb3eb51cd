/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Longformer (Beltagy et al., arXiv:2004.05150); transformers: models/longformer/modeling_longformer.py */
#include "sdk/auto-sdk.h"

struct _LongformerConfig
{
  AutoPretrainedConfig parent;
  AutoInts attention_window;
  AUTO_ENCODER_MEMBERS
  int vocab_size, max_position_embeddings, type_vocab_size;
};

AUTO_DEFINE_CONFIG (LongformerConfig, longformer_config, "longformer",
  AUTO_INTS (attention_window, "512"),
  AUTO_INT (vocab_size, 30522, .min = 1, .max = G_MAXINT),
  AUTO_ENCODER_FIELDS ("0.1", 1e-12),
  AUTO_INT (max_position_embeddings, 512, .min = 1, .max = G_MAXINT),
  AUTO_INT (type_vocab_size, 2, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("onnx_export", "false"),
  AUTO_DEFAULT ("sep_token_id", "2"),
  AUTO_DEFAULT ("pad_token_id", "1"),
  AUTO_DEFAULT ("bos_token_id", "0"),
  AUTO_DEFAULT ("eos_token_id", "2"))

/* One pass: the mask, and the length that the windows divide. */
typedef struct
{
  const LongformerConfig *c;
  AutoGlobalMask mask;
  gint64 padded;
} Longformer;

/* One window for all layers, or one for each. */
static gint64
longformer_window (const LongformerConfig *c, int layer)
{
  return c->attention_window.values[c->attention_window.n > 1 ? layer : 0];
}

static void
longformer_check (AutoContext *cx, const LongformerConfig *c)
{
  g_autoptr(JsonNode) given = auto_config_get_value (AUTO_CONFIG ((gpointer) c), "attention_window");
  gboolean each = given && JSON_NODE_HOLDS_ARRAY (given);
  gboolean fits = each ? (int) c->attention_window.n == c->num_hidden_layers : c->attention_window.n == 1;

  for (guint i = 0; fits && i < c->attention_window.n; i++)
    fits = c->attention_window.values[i] > 0 && c->attention_window.values[i] % 2 == 0;
  if (!fits)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "attention_window: needs an even positive number, or one for each of the %d layers",
                       c->num_hidden_layers);
  if (c->parent.is_decoder)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "is_decoder: the windows look both ways, this can't be a decoder");
}

static AutoTensor *
longformer_attend (AutoContext *cx, AutoTensor *x, int layer, AutoTensor *head_mask, gconstpointer data)
{
  const Longformer *self = data;

  return auto_global_attention (cx, x, &self->mask, &(AutoGlobalAttention) {
    .heads = self->c->num_attention_heads, .window = longformer_window (self->c, layer), .head_mask = head_mask, .padded = self->padded });
}

static AutoTensor *
longformer_layers (AutoContext *cx, const LongformerConfig *c, AutoInputs *in, AutoTensor *global)
{
  Longformer self = { .c = c };
  AutoPostNormEncoder how = {
    .vocab_size = c->vocab_size, .width = c->hidden_size, .token_types = c->type_vocab_size, .layers = c->num_hidden_layers,
    .heads = c->num_attention_heads, .intermediate_size = c->intermediate_size, .max_positions = c->max_position_embeddings,
    .activation = c->hidden_act, .epsilon = c->layer_norm_eps, .position_embedding_type = "absolute",
    .positions = auto_positions_after_padding (cx, in, c->parent.pad_token_id), .attend = longformer_attend, .data = &self };
  AutoTensor *x;
  gint64 widest = 1;

  longformer_check (cx, c);
  if (auto_context_has_failed (cx))
    return NULL;
  {
    AUTO_SCOPE (cx, "embeddings");
    x = auto_post_norm_embeddings (cx, in, &how);
  }
  AutoTensor *given = auto_token_input (cx, in, "global_attention_mask", x);
  self.mask = auto_global_mask (cx, x, auto_token_input (cx, in, "attention_mask", x), given ? given : global);
  for (guint i = 0; i < c->attention_window.n; i++)
    widest = MAX (widest, c->attention_window.values[i]);
  self.padded = (auto_dim (x, 1) + widest - 1) / widest * widest;
  return auto_post_norm_layers (cx, in, x, &how);
}

static AutoTensor *
longformer_encoder (AutoContext *cx, const LongformerConfig *c, AutoInputs *in)
{
  return longformer_layers (cx, c, in, NULL);
}

static AutoTensor *
longformer_places (AutoContext *cx, AutoInputs *in)
{
  AutoTensor *ids = auto_inputs_get (in, "input_ids"), *x = ids ? ids : auto_inputs_get (in, "inputs_embeds");

  return x ? auto_expand (cx, auto_unsqueeze (cx, auto_arange (cx, 0, auto_dim (x, 1), 1), 0), AUTO_DIMS (auto_dim (x, 0), auto_dim (x, 1))) : NULL;
}

/* Classification: the first token is global unless the call says which are. */
static AutoTensor *
longformer_encoder_of_class (AutoContext *cx, const LongformerConfig *c, AutoInputs *in)
{
  AutoTensor *places = auto_inputs_get (in, "global_attention_mask") ? NULL : longformer_places (cx, in);

  return longformer_layers (cx, c, in, places ? auto_eq_scalar (cx, places, 0) : NULL);
}

/* The place of the first of three separators in each row: (batch, 1). NULL where they don't matter. */
static AutoTensor *
longformer_question_end (AutoContext *cx, const LongformerConfig *c, AutoInputs *in)
{
  AutoTensor *ids = auto_inputs_get (in, "input_ids");
  gint64 three;

  if (!ids || auto_inputs_get (in, "global_attention_mask") || auto_tensor_get_n_dims (ids) != 2)
    return NULL;
  AutoTensor *marks = auto_cast (cx, auto_eq_scalar (cx, ids, c->parent.sep_token_id), AUTO_DTYPE_I64);
  AutoTensor *counts = auto_eq_scalar (cx, auto_sum (cx, marks, 1, FALSE), 3);
  if (auto_read_int (cx, auto_all (cx, counts, 0, FALSE), 0, &three) && !three)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "input_ids: each row needs exactly three separators (%d), which say what the "
                       "question is; or give global_attention_mask", c->parent.sep_token_id);
  return auto_argmax (cx, marks, 1, TRUE);
}

/* Answers: the question is global. */
static AutoTensor *
longformer_encoder_of_answer (AutoContext *cx, const LongformerConfig *c, AutoInputs *in)
{
  AutoTensor *end = longformer_question_end (cx, c, in);

  return longformer_layers (cx, c, in, end ? auto_lt (cx, longformer_places (cx, in), end) : NULL);
}

/* Choices: what follows the two separators behind the question is global. */
static AutoTensor *
longformer_encoder_of_choice (AutoContext *cx, const LongformerConfig *c, AutoInputs *in)
{
  AutoTensor *end = longformer_question_end (cx, c, in);

  return longformer_layers (cx, c, in, end ? auto_gt (cx, longformer_places (cx, in), auto_add_scalar (cx, end, 1)) : NULL);
}

static void
longformer_model_forward (AutoContext *cx, const LongformerConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = longformer_encoder (cx, c, in);

  auto_model_output_set (out, "last_hidden_state", x);
  x = auto_linear_act (cx, "pooler.dense", auto_select (cx, x, 1, 0), c->hidden_size, AUTO_ACTIVATION_TANH);
  auto_model_output_set (out, "pooler_output", x);
}

static const AutoHead longformer_lm = { .kind = AUTO_HEAD_LM, .dense = "lm_head.dense", .activation = AUTO_ACTIVATION_GELU,
                                        .norm = "lm_head.layer_norm", .out = "lm_head.decoder", .bias = "lm_head.bias",
                                        .tied = "embeddings.word_embeddings.weight" };
static const AutoHead longformer_sequence = { .kind = AUTO_HEAD_SEQUENCE, .dense = "classifier.dense", .activation = AUTO_ACTIVATION_TANH,
                                              .out = "classifier.out_proj" };
static const AutoHead longformer_choice = { .kind = AUTO_HEAD_CHOICES, .pooler = "pooler.dense", .out = "classifier", .choices = TRUE };

AUTO_DEFINE_MODEL (LongformerModel, longformer_model, longformer_model_forward)
AUTO_DEFINE_HEAD (LongformerForMaskedLM, longformer_for_masked_lm, &longformer_lm, longformer_encoder)
AUTO_DEFINE_HEAD (LongformerForSequenceClassification, longformer_for_sequence, &longformer_sequence, longformer_encoder_of_class)
AUTO_DEFINE_HEAD (LongformerForMultipleChoice, longformer_for_choice, &longformer_choice, longformer_encoder_of_choice)
AUTO_DEFINE_HEAD (LongformerForTokenClassification, longformer_for_tokens, &auto_head_token_classification, longformer_encoder)
AUTO_DEFINE_HEAD (LongformerForQuestionAnswering, longformer_for_answers, &auto_head_question_answering, longformer_encoder_of_answer)

static const AutoTokenizerSpec longformer_tokenizer = { AUTO_BYTE_BPE_PAIR_TOKENIZER ("LongformerTokenizer", "false") };

AUTO_PLUGIN (longformer, "Longformer",
  AUTO_ARCHITECTURE ("longformer", longformer_config, .prefix = "longformer"),
  AUTO_TASK ("AutoModel", longformer_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForPreTraining", longformer_for_masked_lm),
  AUTO_TASK ("AutoModelForMaskedLM", longformer_for_masked_lm, .tf = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", longformer_for_sequence, .tf = TRUE),
  AUTO_TASK ("AutoModelForMultipleChoice", longformer_for_choice, .tf = TRUE),
  AUTO_TASK ("AutoModelForTokenClassification", longformer_for_tokens, .tf = TRUE),
  AUTO_TASK ("AutoModelForQuestionAnswering", longformer_for_answers, .tf = TRUE),
  AUTO_TASK ("AutoModelForTextEncoding", longformer_model, .tf = TRUE),
  AUTO_TOKENIZER ("LongformerTokenizer", "LongformerTokenizerFast", &longformer_tokenizer));
