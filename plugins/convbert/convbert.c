/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ConvBERT (Jiang et al., arXiv:2008.02496); transformers: models/convbert/modeling_convbert.py. Its tokenizer is BERT's by another name. */
#include "sdk/auto-sdk.h"

struct _ConvBertConfig
{
  AutoPretrainedConfig parent;
  AUTO_ENCODER_MEMBERS
  int vocab_size, max_position_embeddings, type_vocab_size, embedding_size, head_ratio, conv_kernel_size, num_groups;
};

AUTO_DEFINE_CONFIG (ConvBertConfig, convbert_config, "convbert",
  AUTO_INT (vocab_size, 30522, .min = 1, .max = G_MAXINT),
  AUTO_ENCODER_FIELDS ("0.1", 1e-12),
  AUTO_INT (max_position_embeddings, 512, .min = 1, .max = G_MAXINT),
  AUTO_INT (type_vocab_size, 2, .min = 1, .max = G_MAXINT),
  AUTO_INT (embedding_size, 768, .min = 1, .max = G_MAXINT),
  AUTO_INT (head_ratio, 2, .min = 1, .max = G_MAXINT),
  AUTO_INT (conv_kernel_size, 9, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_groups, 1, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("classifier_dropout", "null"),
  AUTO_DEFAULT ("pad_token_id", "1"),
  AUTO_DEFAULT ("bos_token_id", "0"),
  AUTO_DEFAULT ("eos_token_id", "2"))

/* A depthwise convolution over the tokens of @x (batch, length, width) and a pointwise one, with one bias: (batch, length, n_out). */
static AutoTensor *
convbert_separable (AutoContext *cx, const ConvBertConfig *c, AutoTensor *x, gint64 n_out)
{
  AUTO_SCOPE (cx, "key_conv_attn_layer");
  gint64 size = c->conv_kernel_size, width = auto_dim (x, -1);

  x = auto_conv1d (cx, "depthwise", auto_transpose (cx, x, 1, 2), width, &(AutoConv) {
    .kernel = { size }, .padding = { size / 2 }, .groups = width, .no_bias = TRUE });
  x = auto_conv1d (cx, "pointwise", x, n_out, &(AutoConv) { .kernel = { 1 }, .no_bias = TRUE });
  return auto_transpose (cx, auto_add (cx, x, auto_zeros_parameter (cx, "bias", AUTO_DIMS (n_out, 1))), 1, 2);
}

/* The other half of the heads: each sums the tokens around one with weights made of that token's query and its neighbours. */
static AutoTensor *
convbert_convolve (AutoContext *cx, const ConvBertConfig *c, AutoTensor *x, AutoTensor *query, gint64 heads)
{
  gint64 batch = auto_dim (x, 0), length = auto_dim (x, 1), width = auto_dim (query, -1), size = c->conv_kernel_size, reach = (size - 1) / 2;
  AutoTensor *kernels = auto_linear (cx, "conv_kernel_layer", auto_mul (cx, convbert_separable (cx, c, x, width), query), heads * size);
  AutoTensor *tokens = auto_pad (cx, auto_linear (cx, "conv_out_layer", x, width), AUTO_DIMS (0, 0, reach, reach), AUTO_PAD_CONSTANT, 0);

  kernels = auto_softmax (cx, auto_reshape (cx, kernels, AUTO_DIMS (batch * length * heads, size, 1)), 1);
  tokens = auto_reshape (cx, auto_unfold (cx, tokens, 1, size, 1), AUTO_DIMS (batch * length * heads, width / heads, size));
  return auto_reshape (cx, auto_matmul (cx, tokens, kernels), AUTO_DIMS (batch, length, width));
}

/* Heads of attention and of convolution, side by side: (batch, length, hidden_size). */
static AutoTensor *
convbert_mixed (AutoContext *cx, const ConvBertConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *head_mask, gint64 heads)
{
  AUTO_SCOPE (cx, "self");
  gint64 width = auto_head_dim (cx, c->hidden_size, (int) heads) / 2 * heads;
  AutoTensor *query = auto_linear (cx, "query", x, width);
  AutoTensor *parts[] = { auto_split_heads (cx, query, heads), auto_split_heads (cx, auto_linear (cx, "key", x, width), heads),
    auto_split_heads (cx, auto_linear (cx, "value", x, width), heads) };
  AutoTensor *both[] = {
    auto_attention (cx, x, mask, &(AutoAttention) { .parts = parts, .heads = (int) heads, .head_dim = (int) (width / heads), .head_mask = head_mask }),
    convbert_convolve (cx, c, x, query, heads) };

  return auto_concat (cx, both, G_N_ELEMENTS (both), -1);
}

static AutoTensor *
convbert_attention (AutoContext *cx, const ConvBertConfig *c, const char *name, AutoTensor *x, const AutoMask *mask, AutoTensor *head_mask, gint64 heads)
{
  AUTO_SCOPE (cx, "%s", name);
  AutoTensor *a = convbert_mixed (cx, c, x, mask, head_mask, heads);

  return auto_layer_norm (cx, "output.LayerNorm", auto_linear_add (cx, "output.dense", a, c->hidden_size, x), c->layer_norm_eps);
}

/* A linear layer whose groups of features don't mix. */
static AutoTensor *
convbert_linear (AutoContext *cx, const ConvBertConfig *c, const char *name, AutoTensor *x, gint64 n_out)
{
  gint64 groups = c->num_groups, n_in = auto_dim (x, -1), batch = auto_dim (x, 0), length = auto_dim (x, 1);

  if (groups == 1)
    return auto_linear (cx, name, x, n_out);
  AUTO_SCOPE (cx, "%s", name);
  AutoTensor *weight = auto_parameter (cx, "weight", AUTO_DIMS (groups, n_in / groups, n_out / groups));
  x = auto_transpose (cx, auto_reshape (cx, x, AUTO_DIMS (batch * length, groups, n_in / groups)), 0, 1);
  x = auto_transpose (cx, auto_matmul (cx, x, weight), 0, 1);
  return auto_add (cx, auto_reshape (cx, x, AUTO_DIMS (batch, length, n_out)), auto_zeros_parameter (cx, "bias", AUTO_DIMS (n_out)));
}

static AutoTensor *
convbert_layer (AutoContext *cx, const ConvBertConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *head_mask, gint64 heads)
{
  x = convbert_attention (cx, c, "attention", x, mask, head_mask, heads);
  if (c->parent.add_cross_attention && auto_context_is_declaring (cx)) /* weights that the reference has and never uses */
    convbert_attention (cx, c, "crossattention", x, mask, head_mask, heads);

  AutoTensor *a = auto_activation (cx, convbert_linear (cx, c, "intermediate.dense", x, c->intermediate_size), c->hidden_act);
  a = convbert_linear (cx, c, "output.dense", a, c->hidden_size);
  return auto_layer_norm (cx, "output.LayerNorm", auto_add (cx, a, x), c->layer_norm_eps);
}

static AutoTensor *
convbert_embeddings (AutoContext *cx, const ConvBertConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "embeddings");

  return auto_post_norm_embeddings (cx, in, &(AutoPostNormEncoder) {
    .vocab_size = c->vocab_size, .width = c->embedding_size, .token_types = c->type_vocab_size, .max_positions = c->max_position_embeddings,
    .epsilon = c->layer_norm_eps, .position_embedding_type = "absolute" });
}

static AutoTensor *
convbert_base (AutoContext *cx, const ConvBertConfig *c, AutoInputs *in)
{
  int heads = MAX (c->num_attention_heads / c->head_ratio, 1);
  AutoTensor *x = convbert_embeddings (cx, c, in);
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), c->parent.is_decoder);

  if (c->embedding_size != c->hidden_size)
    x = auto_linear (cx, "embeddings_project", x, c->hidden_size);
  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "encoder.layer.%d", i);
      auto_context_hidden_state (cx, x);
      x = convbert_layer (cx, c, x, &mask, auto_head_mask (cx, in, i, c->num_hidden_layers, heads), heads);
    }
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead convbert_lm_head = { .kind = AUTO_HEAD_LM, .dense = "generator_predictions.dense", .width = "embedding_size",
  .activation = AUTO_ACTIVATION_GELU, .norm = "generator_predictions.LayerNorm", .out = "generator_lm_head", .tied = "embeddings.word_embeddings" };
static const AutoHead convbert_sequence_head = { .kind = AUTO_HEAD_SEQUENCE, .pool = AUTO_POOL_FIRST, .dense = "classifier.dense", .act = "hidden_act",
  .out = "classifier.out_proj" };
static const AutoHead convbert_choice_head = { .kind = AUTO_HEAD_CHOICES, .pool = AUTO_POOL_SUMMARY, .out = "classifier" };

AUTO_DEFINE_BASE (ConvBertModel, convbert_model, convbert_base)
AUTO_DEFINE_HEAD (ConvBertForMaskedLM, convbert_for_masked_lm, &convbert_lm_head, convbert_base)
AUTO_DEFINE_HEAD (ConvBertForSequenceClassification, convbert_for_sequence_classification, &convbert_sequence_head, convbert_base)
AUTO_DEFINE_HEAD (ConvBertForMultipleChoice, convbert_for_multiple_choice, &convbert_choice_head, convbert_base)
AUTO_DEFINE_HEAD (ConvBertForTokenClassification, convbert_for_token_classification, &auto_head_token_classification, convbert_base)
AUTO_DEFINE_HEAD (ConvBertForQuestionAnswering, convbert_for_question_answering, &auto_head_question_answering, convbert_base)

static const AutoTokenizerSpec convbert_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("ConvBertTokenizer") };

AUTO_PLUGIN (convbert, "ConvBERT",
  AUTO_ARCHITECTURE ("convbert", convbert_config, .prefix = "convbert"),
  AUTO_TASK ("AutoModel", convbert_model, .tf = TRUE),
  AUTO_TASK ("TFAutoModelForTextEncoding", convbert_model),
  AUTO_TASK ("AutoModelForMaskedLM", convbert_for_masked_lm, .tf = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", convbert_for_sequence_classification, .tf = TRUE),
  AUTO_TASK ("AutoModelForMultipleChoice", convbert_for_multiple_choice, .tf = TRUE),
  AUTO_TASK ("AutoModelForTokenClassification", convbert_for_token_classification, .tf = TRUE),
  AUTO_TASK ("AutoModelForQuestionAnswering", convbert_for_question_answering, .tf = TRUE),
  AUTO_TOKENIZER ("ConvBertTokenizer", "ConvBertTokenizerFast", &convbert_tokenizer));
