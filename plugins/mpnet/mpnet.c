/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MPNet (Song et al., arXiv:2004.09297); transformers: models/mpnet/modeling_mpnet.py */
#include "sdk/auto-sdk.h"

struct _MPNetConfig
{
  AutoPretrainedConfig parent;
  AUTO_ENCODER_MEMBERS
  int vocab_size, max_position_embeddings, relative_attention_num_buckets;
};

AUTO_DEFINE_CONFIG (MPNetConfig, mpnet_config, "mpnet",
  AUTO_INT (vocab_size, 30527, .min = 2, .max = G_MAXINT),
  AUTO_ENCODER_FIELDS ("0.1", 1e-12),
  AUTO_INT (max_position_embeddings, 512, .min = 2, .max = G_MAXINT),
  AUTO_INT (relative_attention_num_buckets, 32, .min = 1, .max = G_MAXINT),
  AUTO_DEFAULT ("bos_token_id", "0"),
  AUTO_DEFAULT ("pad_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"))

/* Of the reference's code, whatever the configuration says. */
#define PAD 1
#define BUCKETS 32
#define MAX_DISTANCE 128

static AutoTensor *
mpnet_embeddings (AutoContext *cx, const MPNetConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "embeddings");
  return auto_post_norm_embeddings (cx, in, &(AutoPostNormEncoder) {
    .vocab_size = c->vocab_size, .width = c->hidden_size, .max_positions = c->max_position_embeddings, .epsilon = c->layer_norm_eps,
    .position_embedding_type = "absolute", .positions = auto_positions_after_padding (cx, in, PAD) });
}

static AutoTensor *
mpnet_position_bias (AutoContext *cx, const MPNetConfig *c, gint64 length)
{
  AutoTensor *buckets = auto_relative_buckets (cx, auto_relative_positions (cx, 0, length, length), TRUE, BUCKETS, MAX_DISTANCE);
  AutoTensor *bias = auto_embedding (cx, "encoder.relative_attention_bias", buckets, c->relative_attention_num_buckets, c->num_attention_heads);

  return auto_relative_bias (cx, bias);
}

static AutoTensor *
mpnet_layer (AutoContext *cx, const MPNetConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *head_mask)
{
  AutoTensor *a = auto_attention (cx, x, mask, &(AutoAttention) {
    .q = "attention.attn.q", .k = "attention.attn.k", .v = "attention.attn.v", .out = "attention.attn.o", .heads = c->num_attention_heads,
    .head_mask = head_mask, .residual = x });

  x = auto_layer_norm (cx, "attention.LayerNorm", a, c->layer_norm_eps);
  a = auto_linear_act (cx, "intermediate.dense", x, c->intermediate_size, c->hidden_act);
  return auto_layer_norm (cx, "output.LayerNorm", auto_linear_add (cx, "output.dense", a, c->hidden_size, x), c->layer_norm_eps);
}

static AutoTensor *
mpnet_encoder (AutoContext *cx, const MPNetConfig *c, AutoInputs *in)
{
  AutoTensor *x = mpnet_embeddings (cx, c, in);
  AutoMask mask = auto_mask_with_bias (cx, auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), c->parent.is_decoder),
                                       mpnet_position_bias (cx, c, auto_dim (x, 1)));

  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "encoder.layer.%d", i);
      auto_context_hidden_state (cx, x);
      x = mpnet_layer (cx, c, x, &mask, auto_head_mask (cx, in, i, c->num_hidden_layers, c->num_attention_heads));
    }
  auto_context_hidden_state (cx, x);
  return x;
}

static void
mpnet_model_forward (AutoContext *cx, const MPNetConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = mpnet_encoder (cx, c, in);

  auto_model_output_set (out, "last_hidden_state", x);
  x = auto_linear_act (cx, "pooler.dense", auto_select (cx, x, 1, 0), c->hidden_size, AUTO_ACTIVATION_TANH);
  auto_model_output_set (out, "pooler_output", x);
}

static const AutoHead mpnet_lm = { .kind = AUTO_HEAD_LM, .dense = "lm_head.dense", .activation = AUTO_ACTIVATION_GELU, .norm = "lm_head.layer_norm",
                                   .out = "lm_head.decoder", .bias = "lm_head.bias", .tied = "embeddings.word_embeddings.weight" };
static const AutoHead mpnet_sequence = { .kind = AUTO_HEAD_SEQUENCE, .dense = "classifier.dense", .activation = AUTO_ACTIVATION_TANH,
                                         .out = "classifier.out_proj" };
static const AutoHead mpnet_choice = { .kind = AUTO_HEAD_CHOICES, .pooler = "pooler.dense", .out = "classifier", .choices = TRUE };

AUTO_DEFINE_MODEL (MPNetModel, mpnet_model, mpnet_model_forward)
AUTO_DEFINE_HEAD (MPNetForMaskedLM, mpnet_for_masked_lm, &mpnet_lm, mpnet_encoder)
AUTO_DEFINE_HEAD (MPNetForSequenceClassification, mpnet_for_sequence, &mpnet_sequence, mpnet_encoder)
AUTO_DEFINE_HEAD (MPNetForMultipleChoice, mpnet_for_choice, &mpnet_choice, mpnet_encoder)
AUTO_DEFINE_HEAD (MPNetForTokenClassification, mpnet_for_tokens, &auto_head_token_classification, mpnet_encoder)
AUTO_DEFINE_HEAD (MPNetForQuestionAnswering, mpnet_for_answers, &auto_head_question_answering, mpnet_encoder)

/* The fast class types texts, but not ids. */
#define MPNET_PAIR "${cls_token}:0 $A:0 ${sep_token}:0 ${sep_token}:0 $B:0 ${sep_token}:0"

static const AutoTokenizerSpec mpnet_tokenizer = {
  AUTO_WORDPIECE_PARTS ("MPNetTokenizer", .pair = MPNET_PAIR),
  .defaults = "{" AUTO_WORDPIECE_SETTINGS ", \"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"sep_token\": \"</s>\", \"cls_token\": \"<s>\","
              " \"unk_token\": \"[UNK]\", \"pad_token\": \"<pad>\", \"mask_token\": {\"content\": \"<mask>\", \"lstrip\": true}}",
  .json_defaults = "{\"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": {\"content\": \"</s>\"}, \"sep_token\": {\"content\": \"</s>\"},"
                   " \"cls_token\": {\"content\": \"<s>\"}, \"unk_token\": {\"content\": \"[UNK]\"}, \"pad_token\": {\"content\": \"<pad>\"}}",
  .single = "${cls_token}:0 $A:0 ${sep_token}:0",
  .pair = "${cls_token}:0 $A:0 ${sep_token}:0 ${sep_token}:0 $B:1 ${sep_token}:1",
  .ids_single = "${cls_token}:0 $A:0 ${sep_token}:0", .ids_pair = MPNET_PAIR,
  .model_input_names = auto_tokenizer_plain_inputs };

AUTO_PLUGIN (mpnet, "MPNet",
  AUTO_ARCHITECTURE ("mpnet", mpnet_config, .prefix = "mpnet"),
  AUTO_TASK ("AutoModel", mpnet_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForPreTraining", mpnet_for_masked_lm, .tf = TRUE),
  AUTO_TASK ("AutoModelForMaskedLM", mpnet_for_masked_lm, .tf = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", mpnet_for_sequence, .tf = TRUE),
  AUTO_TASK ("AutoModelForMultipleChoice", mpnet_for_choice, .tf = TRUE),
  AUTO_TASK ("AutoModelForTokenClassification", mpnet_for_tokens, .tf = TRUE),
  AUTO_TASK ("AutoModelForQuestionAnswering", mpnet_for_answers, .tf = TRUE),
  AUTO_TOKENIZER ("MPNetTokenizer", "MPNetTokenizerFast", &mpnet_tokenizer));
