/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ELECTRA (Clark et al., arXiv:2003.10555); transformers: models/electra/modeling_electra.py */
#include "sdk/auto-sdk.h"

struct _ElectraConfig
{
  AutoPretrainedConfig parent;
  AUTO_POST_NORM_MEMBERS
  int embedding_size;
};

AUTO_DEFINE_CONFIG (ElectraConfig, electra_config, "electra",
  AUTO_POST_NORM_FIELDS (30522),
  AUTO_INT (embedding_size, 128, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("summary_type", "\"first\""),
  AUTO_EXTRA ("summary_use_proj", "true"),
  AUTO_EXTRA ("summary_activation", "\"gelu\""),
  AUTO_EXTRA ("summary_last_dropout", "0.1"),
  AUTO_DEFAULT ("hidden_size", "256"),
  AUTO_DEFAULT ("num_attention_heads", "4"),
  AUTO_DEFAULT ("intermediate_size", "1024"),
  AUTO_DEFAULT ("pad_token_id", "0"))

static AutoTensor *
electra_encoder (AutoContext *cx, const ElectraConfig *c, AutoInputs *in)
{
  AutoPostNormEncoder how = { AUTO_POST_NORM_SPEC (c) };
  AutoTensor *x;

  how.width = c->embedding_size;
  {
    AUTO_SCOPE (cx, "embeddings");
    x = auto_post_norm_embeddings (cx, in, &how);
  }
  if (c->embedding_size != c->hidden_size)
    x = auto_linear (cx, "embeddings_project", x, c->hidden_size);
  return auto_post_norm_layers (cx, in, x, &how);
}

/* Which tokens a generator replaced. */
static void
electra_pretraining_forward (AutoContext *cx, const ElectraConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "electra");
    x = electra_encoder (cx, c, in);
  }
  x = auto_linear_act (cx, "discriminator_predictions.dense", x, c->hidden_size, c->hidden_act);
  auto_model_output_set (out, "logits", auto_squeeze (cx, auto_linear (cx, "discriminator_predictions.dense_prediction", x, 1), -1));
}

static const AutoHead electra_lm = { .kind = AUTO_HEAD_LM, .dense = "generator_predictions.dense", .activation = AUTO_ACTIVATION_GELU,
                                     .width = "embedding_size", .norm = "generator_predictions.LayerNorm", .out = "generator_lm_head",
                                     .tied = "embeddings.word_embeddings.weight" };
static const AutoHead electra_sequence = { .kind = AUTO_HEAD_SEQUENCE, .dense = "classifier.dense", .activation = AUTO_ACTIVATION_GELU,
                                           .out = "classifier.out_proj" };
static const AutoHead electra_choice = { .kind = AUTO_HEAD_CHOICES, .pool = AUTO_POOL_SUMMARY, .out = "classifier", .choices = TRUE };

AUTO_DEFINE_BASE (ElectraModel, electra_model, electra_encoder)
AUTO_DEFINE_MODEL (ElectraForPreTraining, electra_for_pre_training, electra_pretraining_forward)
AUTO_DEFINE_HEAD (ElectraForCausalLM, electra_for_causal_lm, &electra_lm, electra_encoder)
AUTO_DEFINE_HEAD (ElectraForMaskedLM, electra_for_masked_lm, &electra_lm, electra_encoder)
AUTO_DEFINE_HEAD (ElectraForSequenceClassification, electra_for_sequence, &electra_sequence, electra_encoder)
AUTO_DEFINE_HEAD (ElectraForMultipleChoice, electra_for_choice, &electra_choice, electra_encoder)
AUTO_DEFINE_HEAD (ElectraForTokenClassification, electra_for_tokens, &auto_head_token_classification, electra_encoder)
AUTO_DEFINE_HEAD (ElectraForQuestionAnswering, electra_for_answers, &auto_head_question_answering, electra_encoder)

static const AutoTokenizerSpec electra_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("ElectraTokenizer") };

#define ALL .tf = TRUE, .flax = TRUE

AUTO_PLUGIN (electra, "ELECTRA",
  AUTO_ARCHITECTURE ("electra", electra_config, .prefix = "electra"),
  AUTO_TASK ("AutoModel", electra_model, ALL),
  AUTO_TASK ("AutoModelForPreTraining", electra_for_pre_training, ALL),
  AUTO_TASK ("AutoModelForCausalLM", electra_for_causal_lm, .flax = TRUE),
  AUTO_TASK ("AutoModelForMaskedLM", electra_for_masked_lm, ALL),
  AUTO_TASK ("AutoModelForSequenceClassification", electra_for_sequence, ALL),
  AUTO_TASK ("AutoModelForMultipleChoice", electra_for_choice, ALL),
  AUTO_TASK ("AutoModelForTokenClassification", electra_for_tokens, ALL),
  AUTO_TASK ("AutoModelForQuestionAnswering", electra_for_answers, ALL),
  AUTO_TASK ("AutoModelForTextEncoding", electra_model, .tf = TRUE),
  AUTO_TOKENIZER ("ElectraTokenizer", "ElectraTokenizerFast", &electra_tokenizer));
