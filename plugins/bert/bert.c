/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BERT (Devlin et al., arXiv:1810.04805); transformers: models/bert/modeling_bert.py */
#include "sdk/auto-sdk.h"

struct _BertConfig
{
  AutoPretrainedConfig parent;
  AUTO_POST_NORM_MEMBERS
};

AUTO_DEFINE_CONFIG (BertConfig, bert_config, "bert", AUTO_POST_NORM_FIELDS (30522), AUTO_DEFAULT ("pad_token_id", "0"))

static AutoTensor *
bert_encoder (AutoContext *cx, const BertConfig *c, AutoInputs *in)
{
  return auto_post_norm_encoder (cx, in, &(AutoPostNormEncoder) { AUTO_POST_NORM_SPEC (c) });
}

static AutoTensor *
bert_pooler (AutoContext *cx, const BertConfig *c, AutoTensor *x)
{
  return auto_linear_act (cx, "pooler.dense", auto_select (cx, x, 1, 0), c->hidden_size, AUTO_ACTIVATION_TANH);
}

static void
bert_model_forward (AutoContext *cx, const BertConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = bert_encoder (cx, c, in);

  auto_model_output_set (out, "last_hidden_state", x);
  auto_model_output_set (out, "pooler_output", bert_pooler (cx, c, x));
}

#define BERT_LM(name)                                                                                                          \
  { .kind = AUTO_HEAD_LM, .dense = "cls.predictions.transform.dense", .norm = "cls.predictions.transform.LayerNorm",           \
    .out = "cls.predictions.decoder", .bias = "cls.predictions.bias", .tied = "embeddings.word_embeddings.weight", .logits = name }

static const AutoHead bert_lm = BERT_LM (NULL), bert_prediction = BERT_LM ("prediction_logits");
static const AutoHead bert_sequence = { .kind = AUTO_HEAD_SEQUENCE, .pooler = "pooler.dense", .out = "classifier" };
static const AutoHead bert_choice = { .kind = AUTO_HEAD_CHOICES, .pooler = "pooler.dense", .out = "classifier", .choices = TRUE };

/* BERT's first task: masked words and whether one sentence follows the other. */
static void
bert_relationship (AutoContext *cx, const BertConfig *c, AutoTensor *x, const char *name, AutoModelOutput *out)
{
  {
    AUTO_SCOPE (cx, "bert");
    x = bert_pooler (cx, c, x);
  }
  auto_model_output_set (out, name, auto_linear (cx, "cls.seq_relationship", x, 2));
}

static AutoTensor *
bert_below_head (AutoContext *cx, const BertConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "bert");
  return bert_encoder (cx, c, in);
}

static void
bert_pretraining_forward (AutoContext *cx, const BertConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = bert_below_head (cx, c, in);

  auto_head_compute (cx, AUTO_CONFIG ((gpointer) c), "bert", &bert_prediction, x, in, out);
  bert_relationship (cx, c, x, "seq_relationship_logits", out);
}

static void
bert_next_sentence_forward (AutoContext *cx, const BertConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  bert_relationship (cx, c, bert_below_head (cx, c, in), "logits", out);
}

AUTO_DEFINE_MODEL (BertModel, bert_model, bert_model_forward)
AUTO_DEFINE_MODEL (BertForPreTraining, bert_for_pre_training, bert_pretraining_forward)
AUTO_DEFINE_MODEL (BertForNextSentencePrediction, bert_for_next_sentence_prediction, bert_next_sentence_forward)
AUTO_DEFINE_HEAD (BertLMHeadModel, bert_lm_head_model, &bert_lm, bert_encoder)
AUTO_DEFINE_HEAD (BertForMaskedLM, bert_for_masked_lm, &bert_lm, bert_encoder)
AUTO_DEFINE_HEAD (BertForSequenceClassification, bert_for_sequence_classification, &bert_sequence, bert_encoder)
AUTO_DEFINE_HEAD (BertForMultipleChoice, bert_for_multiple_choice, &bert_choice, bert_encoder)
AUTO_DEFINE_HEAD (BertForTokenClassification, bert_for_token_classification, &auto_head_token_classification, bert_encoder)
AUTO_DEFINE_HEAD (BertForQuestionAnswering, bert_for_question_answering, &auto_head_question_answering, bert_encoder)

static const AutoTokenizerSpec bert_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("BertTokenizer") };

#define ALL .tf = TRUE, .flax = TRUE

AUTO_PLUGIN (bert, "BERT",
  AUTO_ARCHITECTURE ("bert", bert_config, .prefix = "bert"),
  AUTO_TASK ("AutoModel", bert_model, ALL),
  AUTO_TASK ("AutoModelForPreTraining", bert_for_pre_training, ALL),
  AUTO_TASK ("AutoModelForCausalLM", bert_lm_head_model, ALL),
  AUTO_TASK ("AutoModelForMaskedLM", bert_for_masked_lm, ALL),
  AUTO_TASK ("AutoModelForSequenceClassification", bert_for_sequence_classification, ALL),
  AUTO_TASK ("AutoModelForMultipleChoice", bert_for_multiple_choice, ALL),
  AUTO_TASK ("AutoModelForNextSentencePrediction", bert_for_next_sentence_prediction, ALL),
  AUTO_TASK ("AutoModelForTokenClassification", bert_for_token_classification, ALL),
  AUTO_TASK ("AutoModelForQuestionAnswering", bert_for_question_answering, ALL),
  AUTO_TASK ("AutoModelForTextEncoding", bert_model, .tf = TRUE),
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", &bert_tokenizer));
