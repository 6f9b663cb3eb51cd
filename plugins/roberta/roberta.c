/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RoBERTa (Liu et al., arXiv:1907.11692), CamemBERT (Martin et al., arXiv:1911.03894), XLM-RoBERTa (Conneau et al.,
 * arXiv:1911.02116), Data2Vec's text model (Baevski et al., arXiv:2202.03555); transformers: models/roberta/modeling_roberta.py */
#include "sdk/auto-sdk.h"

struct _RobertaConfig
{
  AutoPretrainedConfig parent;
  AUTO_POST_NORM_MEMBERS
};

AUTO_DEFINE_CONFIG (RobertaConfig, roberta_config, "roberta",
  AUTO_POST_NORM_FIELDS (50265),
  AUTO_DEFAULT ("bos_token_id", "0"),
  AUTO_DEFAULT ("pad_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"))

struct _CamembertConfig { RobertaConfig parent; };
struct _XLMRobertaConfig { RobertaConfig parent; };
struct _Data2VecTextConfig { RobertaConfig parent; };

AUTO_DEFINE_CONFIG_WITH (CamembertConfig, camembert_config, "camembert", (.parent = roberta_config_get_type ()), AUTO_DEFAULT ("vocab_size", "30522"))
AUTO_DEFINE_CONFIG_WITH (XLMRobertaConfig, xlm_roberta_config, "xlm-roberta", (.parent = roberta_config_get_type ()),
  AUTO_DEFAULT ("vocab_size", "30522"))
AUTO_DEFINE_CONFIG_WITH (Data2VecTextConfig, data2vec_text_config, "data2vec-text", (.parent = roberta_config_get_type ()),
  AUTO_DEFAULT ("vocab_size", "30522"))

static AutoTensor *
roberta_encoder (AutoContext *cx, const RobertaConfig *c, AutoInputs *in)
{
  return auto_post_norm_encoder (cx, in, &(AutoPostNormEncoder) {
    AUTO_POST_NORM_SPEC (c), .positions = auto_positions_after_padding (cx, in, c->parent.pad_token_id) });
}

static void
roberta_model_forward (AutoContext *cx, const RobertaConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = roberta_encoder (cx, c, in);

  auto_model_output_set (out, "last_hidden_state", x);
  x = auto_linear_act (cx, "pooler.dense", auto_select (cx, x, 1, 0), c->hidden_size, AUTO_ACTIVATION_TANH);
  auto_model_output_set (out, "pooler_output", x);
}

static const AutoHead roberta_lm = { .kind = AUTO_HEAD_LM, .dense = "lm_head.dense", .activation = AUTO_ACTIVATION_GELU,
                                     .norm = "lm_head.layer_norm", .out = "lm_head.decoder", .bias = "lm_head.bias",
                                     .tied = "embeddings.word_embeddings.weight" };
static const AutoHead roberta_sequence = { .kind = AUTO_HEAD_SEQUENCE, .dense = "classifier.dense", .activation = AUTO_ACTIVATION_TANH,
                                           .out = "classifier.out_proj" };
static const AutoHead roberta_choice = { .kind = AUTO_HEAD_CHOICES, .pooler = "pooler.dense", .out = "classifier", .choices = TRUE };

#define ROBERTA_CLASSES(Prefix, prefix)                                                                                        \
  AUTO_DEFINE_MODEL (Prefix##Model, prefix##_model, roberta_model_forward)                                                     \
  AUTO_DEFINE_HEAD (Prefix##ForCausalLM, prefix##_for_causal_lm, &roberta_lm, roberta_encoder)                                 \
  AUTO_DEFINE_HEAD (Prefix##ForMaskedLM, prefix##_for_masked_lm, &roberta_lm, roberta_encoder)                                 \
  AUTO_DEFINE_HEAD (Prefix##ForSequenceClassification, prefix##_for_sequence, &roberta_sequence, roberta_encoder)              \
  AUTO_DEFINE_HEAD (Prefix##ForMultipleChoice, prefix##_for_choice, &roberta_choice, roberta_encoder)                          \
  AUTO_DEFINE_HEAD (Prefix##ForTokenClassification, prefix##_for_tokens, &auto_head_token_classification, roberta_encoder)     \
  AUTO_DEFINE_HEAD (Prefix##ForQuestionAnswering, prefix##_for_answers, &auto_head_question_answering, roberta_encoder)

ROBERTA_CLASSES (Roberta, roberta)
ROBERTA_CLASSES (Camembert, camembert)
ROBERTA_CLASSES (XLMRoberta, xlm_roberta)
ROBERTA_CLASSES (Data2VecText, data2vec_text)

#define ROBERTA_ROWS(type, low, scope, has_tf, has_flax)                                                                       \
  AUTO_ARCHITECTURE (type, low##_config, .prefix = scope),                                                                     \
  AUTO_TASK ("AutoModel", low##_model, .tf = has_tf, .flax = has_flax),                                                        \
  AUTO_TASK ("AutoModelForPreTraining", low##_for_masked_lm, .tf = has_tf, .flax = has_flax),                                  \
  AUTO_TASK ("AutoModelForCausalLM", low##_for_causal_lm, .tf = has_tf, .flax = has_flax),                                     \
  AUTO_TASK ("AutoModelForMaskedLM", low##_for_masked_lm, .tf = has_tf, .flax = has_flax),                                     \
  AUTO_TASK ("AutoModelForSequenceClassification", low##_for_sequence, .tf = has_tf, .flax = has_flax),                        \
  AUTO_TASK ("AutoModelForMultipleChoice", low##_for_choice, .tf = has_tf, .flax = has_flax),                                  \
  AUTO_TASK ("AutoModelForTokenClassification", low##_for_tokens, .tf = has_tf, .flax = has_flax),                             \
  AUTO_TASK ("AutoModelForQuestionAnswering", low##_for_answers, .tf = has_tf, .flax = has_flax)

static const AutoTokenizerSpec roberta_tokenizer = { AUTO_BYTE_BPE_PAIR_TOKENIZER ("RobertaTokenizer", "false") };

static const AutoTokenizerSpec xlm_roberta_tokenizer = { AUTO_FAIRSEQ_TOKENIZER ("XLMRobertaTokenizer") };

static const AutoSlowPieces camembert_pieces = {
  .skip = 1, .file_size = TRUE, .head = "[\"<s>NOTUSED\", \"<pad>\", \"</s>NOTUSED\", \"<unk>\", \"<unk>NOTUSED\"]" };

/* The unused marks get a score by which text is never made of them. */
static const AutoTokenizerSpec camembert_tokenizer = {
  .class_name = "CamembertTokenizer", .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "sentencepiece.bpe.model", .skip = 1,
  .head = "[\"<s>NOTUSED\", \"<pad>\", \"</s>NOTUSED\", \"<unk>\", [\"<unk>NOTUSED\", -100]]", .tail = "[\"<mask>\"]",
  .defaults = "{" AUTO_FAIRSEQ_MARKS ", " AUTO_FAIRSEQ_MASK ", \"additional_special_tokens\": [\"<s>NOTUSED\", \"</s>NOTUSED\", \"<unk>NOTUSED\"]}",
  AUTO_FAIRSEQ_TEMPLATES, .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_FAIRSEQ (&camembert_pieces, .listed = "[\"<s>NOTUSED\", $pad_token, \"</s>NOTUSED\", $unk_token, \"<unk>NOTUSED\"]") };

AUTO_PLUGIN (roberta, "RoBERTa",
  ROBERTA_ROWS ("roberta", roberta, "roberta", TRUE, TRUE),
  AUTO_TASK ("AutoModelForTextEncoding", roberta_model, .tf = TRUE),
  AUTO_TOKENIZER ("RobertaTokenizer", "RobertaTokenizerFast", &roberta_tokenizer),
  ROBERTA_ROWS ("camembert", camembert, "roberta", TRUE, FALSE),
  AUTO_TOKENIZER ("CamembertTokenizer", "CamembertTokenizerFast", &camembert_tokenizer),
  ROBERTA_ROWS ("xlm-roberta", xlm_roberta, "roberta", TRUE, TRUE),
  AUTO_TASK ("AutoModelForTextEncoding", xlm_roberta_model, .tf = TRUE),
  AUTO_TOKENIZER ("XLMRobertaTokenizer", "XLMRobertaTokenizerFast", &xlm_roberta_tokenizer),
  ROBERTA_ROWS ("data2vec-text", data2vec_text, "data2vec_text", FALSE, FALSE),
  AUTO_TASK ("AutoModelForTextEncoding", data2vec_text_model),
  AUTO_TOKENIZER ("RobertaTokenizer", "RobertaTokenizerFast", &roberta_tokenizer));
