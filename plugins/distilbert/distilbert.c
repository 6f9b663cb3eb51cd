/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DistilBERT (Sanh et al., arXiv:1910.01108); transformers: models/distilbert/modeling_distilbert.py */
#include "sdk/auto-sdk.h"

struct _DistilBertConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, max_position_embeddings, n_layers, n_heads, dim, hidden_dim;
  AutoActivation activation;
};

AUTO_DEFINE_CONFIG (DistilBertConfig, distilbert_config, "distilbert",
  AUTO_INT (vocab_size, 30522, .min = 1, .max = G_MAXINT),
  AUTO_INT (max_position_embeddings, 512, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("sinusoidal_pos_embds", "false"),
  AUTO_INT (n_layers, 6, .min = 0, .max = G_MAXINT),
  AUTO_INT (n_heads, 12, .min = 1, .max = G_MAXINT),
  AUTO_INT (dim, 768, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_dim, 3072, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("dropout", "0.1"),
  AUTO_EXTRA ("attention_dropout", "0.1"),
  AUTO_ENUM (activation, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("qa_dropout", "0.1"),
  AUTO_EXTRA ("seq_classif_dropout", "0.2"),
  AUTO_DEFAULT ("pad_token_id", "0"),
  AUTO_ALIAS ("hidden_size", "dim"),
  AUTO_ALIAS ("num_attention_heads", "n_heads"),
  AUTO_ALIAS ("num_hidden_layers", "n_layers"))

#define EPSILON 1e-12

static AutoTensor *
distilbert_embeddings (AutoContext *cx, const DistilBertConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "embeddings");
  AutoTensor *x = auto_input_embeddings (cx, in, "word_embeddings", c->vocab_size, c->dim);
  AutoTensor *positions = auto_unsqueeze (cx, auto_arange (cx, 0, auto_dim (x, 1), 1), 0);

  x = auto_add (cx, x, auto_embedding (cx, "position_embeddings", positions, c->max_position_embeddings, c->dim));
  auto_ignore_weight (cx, "position_ids");
  return auto_layer_norm (cx, "LayerNorm", x, EPSILON);
}

static AutoTensor *
distilbert_layer (AutoContext *cx, const DistilBertConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *head_mask)
{
  AutoTensor *a = auto_attention (cx, x, mask, &(AutoAttention) {
    .q = "attention.q_lin", .k = "attention.k_lin", .v = "attention.v_lin", .out = "attention.out_lin", .heads = c->n_heads,
    .head_mask = head_mask, .residual = x });

  x = auto_layer_norm (cx, "sa_layer_norm", a, EPSILON);
  a = auto_linear_act (cx, "ffn.lin1", x, c->hidden_dim, c->activation);
  return auto_layer_norm (cx, "output_layer_norm", auto_linear_add (cx, "ffn.lin2", a, c->dim, x), EPSILON);
}

static AutoTensor *
distilbert_encoder (AutoContext *cx, const DistilBertConfig *c, AutoInputs *in)
{
  AutoTensor *x = distilbert_embeddings (cx, c, in);
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), FALSE);

  for (int i = 0; i < c->n_layers; i++)
    {
      AUTO_LAYER (cx, &x, "transformer.layer.%d", i);
      auto_context_hidden_state (cx, x);
      x = distilbert_layer (cx, c, x, &mask, auto_head_mask (cx, in, i, c->n_layers, c->n_heads));
    }
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead distilbert_lm = { .kind = AUTO_HEAD_LM, .dense = "vocab_transform", .act = "activation", .norm = "vocab_layer_norm",
                                        .out = "vocab_projector", .tied = "embeddings.word_embeddings.weight" };
static const AutoHead distilbert_sequence = { .kind = AUTO_HEAD_SEQUENCE, .dense = "pre_classifier", .activation = AUTO_ACTIVATION_RELU,
                                              .out = "classifier" };
static const AutoHead distilbert_choice = { .kind = AUTO_HEAD_CHOICES, .dense = "pre_classifier", .activation = AUTO_ACTIVATION_RELU,
                                            .out = "classifier", .choices = TRUE };

AUTO_DEFINE_BASE (DistilBertModel, distilbert_model, distilbert_encoder)
AUTO_DEFINE_HEAD (DistilBertForMaskedLM, distilbert_for_masked_lm, &distilbert_lm, distilbert_encoder)
AUTO_DEFINE_HEAD (DistilBertForSequenceClassification, distilbert_for_sequence, &distilbert_sequence, distilbert_encoder)
AUTO_DEFINE_HEAD (DistilBertForMultipleChoice, distilbert_for_choice, &distilbert_choice, distilbert_encoder)
AUTO_DEFINE_HEAD (DistilBertForTokenClassification, distilbert_for_tokens, &auto_head_token_classification, distilbert_encoder)
AUTO_DEFINE_HEAD (DistilBertForQuestionAnswering, distilbert_for_answers, &auto_head_question_answering, distilbert_encoder)

static const AutoTokenizerSpec distilbert_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("DistilBertTokenizer"), .model_input_names = auto_tokenizer_plain_inputs };

#define ALL .tf = TRUE, .flax = TRUE

AUTO_PLUGIN (distilbert, "DistilBERT",
  AUTO_ARCHITECTURE ("distilbert", distilbert_config, .prefix = "distilbert"),
  AUTO_TASK ("AutoModel", distilbert_model, ALL),
  AUTO_TASK ("AutoModelForPreTraining", distilbert_for_masked_lm, .tf = TRUE),
  AUTO_TASK ("AutoModelForMaskedLM", distilbert_for_masked_lm, ALL),
  AUTO_TASK ("AutoModelForSequenceClassification", distilbert_for_sequence, ALL),
  AUTO_TASK ("AutoModelForMultipleChoice", distilbert_for_choice, ALL),
  AUTO_TASK ("AutoModelForTokenClassification", distilbert_for_tokens, ALL),
  AUTO_TASK ("AutoModelForQuestionAnswering", distilbert_for_answers, ALL),
  AUTO_TASK ("AutoModelForTextEncoding", distilbert_model, .tf = TRUE),
  AUTO_TOKENIZER ("DistilBertTokenizer", "DistilBertTokenizerFast", &distilbert_tokenizer));
