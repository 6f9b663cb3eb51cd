/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SegFormer (Xie et al., arXiv:2105.15203); transformers: models/segformer/modeling_segformer.py */
#include "sdk/auto-sdk.h"

#define SEGFORMER_BLOCKS 64

typedef struct _SegformerConfig
{
  AutoPretrainedConfig parent;
  int num_channels, num_encoder_blocks, decoder_hidden_size;
  AutoInts depths, sr_ratios, hidden_sizes, patch_sizes, strides, num_attention_heads;
  AutoDoubles mlp_ratios;
  AutoActivation hidden_act;
  gboolean reshape_last_stage;
} SegformerConfig;

AUTO_DEFINE_CONFIG_WITH (SegformerConfig, segformer_config, "segformer", (.base_first = TRUE),
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_encoder_blocks, 4, .min = 1, .max = SEGFORMER_BLOCKS),
  AUTO_INTS (depths, "[2, 2, 2, 2]"),
  AUTO_INTS (sr_ratios, "[8, 4, 2, 1]"),
  AUTO_INTS (hidden_sizes, "[32, 64, 160, 256]"),
  AUTO_INTS (patch_sizes, "[7, 3, 3, 3]"),
  AUTO_INTS (strides, "[4, 2, 2, 2]"),
  AUTO_DOUBLES (mlp_ratios, "[4, 4, 4, 4]"),
  AUTO_INTS (num_attention_heads, "[1, 2, 5, 8]"),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_EXTRA ("hidden_dropout_prob", "0.0"),
  AUTO_EXTRA ("attention_probs_dropout_prob", "0.0"),
  AUTO_EXTRA ("classifier_dropout_prob", "0.1"),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("drop_path_rate", "0.1"),
  AUTO_EXTRA ("layer_norm_eps", "1e-06"),
  AUTO_INT (decoder_hidden_size, 256, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (reshape_last_stage, TRUE),
  AUTO_EXTRA ("semantic_loss_ignore_index", "255"))

/* One stage's numbers, and the grid that its tokens lie on. */
typedef struct
{
  gint64 width, heads, reduction, intermediate, rows, columns;
} SegformerStage;

static SegformerStage
segformer_stage (AutoContext *cx, const SegformerConfig *c, guint i)
{
  gint64 width = auto_list_int (cx, "hidden_sizes", &c->hidden_sizes, i, 1);
  double ratio = i < c->mlp_ratios.n ? c->mlp_ratios.values[i] : 0;

  if (!(ratio > 0 && ratio <= 65536))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "mlp_ratios: number %u must be there, and more than 0", i);
  return (SegformerStage) { .width = width, .heads = auto_list_int (cx, "num_attention_heads", &c->num_attention_heads, i, 1),
                            .reduction = auto_list_int (cx, "sr_ratios", &c->sr_ratios, i, 1), .intermediate = (gint64) ((double) width * ratio) };
}

/* Attention whose keys and values are fewer: a convolution joins squares of reduction × reduction tokens. */
static AutoTensor *
segformer_attention (AutoContext *cx, const SegformerStage *s, AutoTensor *x, AutoTensor *residual)
{
  AutoTensor *source = x;

  if (s->reduction > 1)
    {
      source = auto_conv2d (cx, "attention.self.sr", auto_tokens_to_image (cx, x, s->rows, s->columns), s->width, &(AutoConv) {
        .kernel = { s->reduction }, .stride = { s->reduction } });
      source = auto_layer_norm (cx, "attention.self.layer_norm", auto_image_to_tokens (cx, source), 1e-5);
    }
  return auto_attention (cx, x, NULL, &(AutoAttention) {
    .q = "attention.self.query", .k = "attention.self.key", .v = "attention.self.value", .heads = s->heads, .source = source, .list = "attentions",
    .out = "attention.output.dense", .residual = residual });
}

static AutoTensor *
segformer_layer (AutoContext *cx, const SegformerConfig *c, const SegformerStage *s, AutoTensor *x)
{
  x = segformer_attention (cx, s, auto_layer_norm (cx, "layer_norm_1", x, 1e-5), x);
  AutoTensor *y = auto_linear (cx, "mlp.dense1", auto_layer_norm (cx, "layer_norm_2", x, 1e-5), s->intermediate);
  y = auto_conv2d (cx, "mlp.dwconv.dwconv", auto_tokens_to_image (cx, y, s->rows, s->columns), s->intermediate, &(AutoConv) {
    .kernel = { 3 }, .padding = { 1 }, .groups = s->intermediate });
  return auto_linear_add (cx, "mlp.dense2", auto_activation (cx, auto_image_to_tokens (cx, y), c->hidden_act), s->width, x);
}

static AutoTensor *
segformer_block (AutoContext *cx, const SegformerConfig *c, AutoTensor *x, int i)
{
  SegformerStage s = segformer_stage (cx, c, i);
  gint64 patch = auto_list_int (cx, "patch_sizes", &c->patch_sizes, i, 1), depth = auto_list_int (cx, "depths", &c->depths, i, 0);
  gint64 stride = auto_list_int (cx, "strides", &c->strides, i, 1);

  {
    AUTO_SCOPE (cx, "patch_embeddings.%d", i);
    x = auto_conv2d (cx, "proj", x, s.width, &(AutoConv) { .kernel = { patch }, .stride = { stride }, .padding = { patch > 1 ? patch / 2 : -1 } });
    s.rows = auto_dim (x, 2);
    s.columns = auto_dim (x, 3);
    x = auto_layer_norm (cx, "layer_norm", auto_image_to_tokens (cx, x), 1e-5);
  }
  for (int j = 0; j < depth; j++)
    {
      AUTO_LAYER (cx, &x, "block.%d.%d", i, j);
      x = segformer_layer (cx, c, &s, x);
    }
  AUTO_SCOPE (cx, "layer_norm.%d", i);
  x = auto_layer_norm (cx, "", x, 1e-5);
  return i + 1 < c->num_encoder_blocks || c->reshape_last_stage ? auto_tokens_to_image (cx, x, s.rows, s.columns) : x;
}

/* The states behind each block. */
static void
segformer_encoder (AutoContext *cx, const SegformerConfig *c, AutoInputs *in, AutoTensor **states)
{
  AUTO_SCOPE (cx, "encoder");
  AutoTensor *x = auto_pixel_values (cx, in, c->num_channels, NULL);

  for (int i = 0; i < c->num_encoder_blocks; i++)
    {
      states[i] = x = segformer_block (cx, c, x, i);
      auto_context_hidden_state (cx, x);
    }
}

static void
segformer_model_forward (AutoContext *cx, const SegformerConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *states[SEGFORMER_BLOCKS];

  segformer_encoder (cx, c, in, states);
  auto_model_output_set (out, "last_hidden_state", states[c->num_encoder_blocks - 1]);
}

static void
segformer_below_head (AutoContext *cx, const SegformerConfig *c, AutoInputs *in, AutoTensor **states)
{
  AUTO_SCOPE (cx, "segformer");
  segformer_encoder (cx, c, in, states);
}

static void
segformer_classification_forward (AutoContext *cx, const SegformerConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *states[SEGFORMER_BLOCKS];

  segformer_below_head (cx, c, in, states);
  AutoTensor *x = states[c->num_encoder_blocks - 1];
  x = auto_mean (cx, c->reshape_last_stage ? auto_image_to_tokens (cx, x) : x, 1, FALSE);
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", x, c->parent.num_labels));
}

/* A block's states as an image. Without reshape_last_stage the reference takes the root of the last one's width for its sides. */
static AutoTensor *
segformer_as_image (AutoContext *cx, AutoTensor *x)
{
  gint64 side = (gint64) sqrt ((double) auto_dim (x, -1));

  if (!x || auto_tensor_get_n_dims (x) == 4)
    return x;
  return auto_permute (cx, auto_reshape (cx, x, AUTO_DIMS (auto_dim (x, 0), side, side, -1)), AUTO_ORDER (0, 3, 1, 2));
}

static void
segformer_segmentation_forward (AutoContext *cx, const SegformerConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *states[SEGFORMER_BLOCKS], *wide[SEGFORMER_BLOCKS];
  int n = c->num_encoder_blocks;

  segformer_below_head (cx, c, in, states);
  AUTO_SCOPE (cx, "decode_head");
  gint64 rows = auto_dim (states[0], 2), columns = auto_dim (states[0], 3);
  for (int i = 0; i < n; i++)
    {
      AUTO_SCOPE (cx, "linear_c.%d", i);
      AutoTensor *x = segformer_as_image (cx, states[i]);
      AutoTensor *y = auto_linear (cx, "proj", auto_image_to_tokens (cx, x), c->decoder_hidden_size);
      y = auto_tokens_to_image (cx, y, auto_dim (x, 2), auto_dim (x, 3));
      wide[n - 1 - i] = auto_interpolate (cx, y, AUTO_DIMS (rows, columns), AUTO_INTERPOLATION_LINEAR, FALSE);
    }
  AutoTensor *x = auto_conv2d (cx, "linear_fuse", auto_concat (cx, wide, n, 1), c->decoder_hidden_size, &(AutoConv) { .kernel = { 1 }, .no_bias = TRUE });
  x = auto_activation (cx, auto_batch_norm (cx, "batch_norm", x, 1e-5), AUTO_ACTIVATION_RELU);
  auto_model_output_set (out, "logits", auto_conv2d (cx, "classifier", x, c->parent.num_labels, &(AutoConv) { .kernel = { 1 } }));
}

/* Large enough for the first block's reduction; without reshape_last_stage, of the sides that the decoder takes. */
static void
segformer_example (const SegformerConfig *c, AutoInputs *in)
{
  gint64 side = 1, reduction = c->sr_ratios.n ? CLAMP (c->sr_ratios.values[0], 1, 64) : 1;

  for (int i = 0; i < c->num_encoder_blocks && i < (int) c->strides.n; i++)
    side = MIN (side * CLAMP (c->strides.values[i], 1, 64), 1 << 16);
  if (c->reshape_last_stage || !c->hidden_sizes.n)
    side *= reduction;
  else
    side *= (gint64) sqrt (CLAMP ((double) c->hidden_sizes.values[c->hidden_sizes.n - 1], 1, 1 << 20));
  auto_image_example (in, c->num_channels, &(AutoInts) { 1, (int[]) { (int) side } });
}

#define EXAMPLE .example = (AutoExample) segformer_example

AUTO_DEFINE_MODEL (SegformerModel, segformer_model, segformer_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (SegformerForImageClassification, segformer_for_image_classification, segformer_classification_forward, EXAMPLE)
AUTO_DEFINE_MODEL (SegformerForSemanticSegmentation, segformer_for_semantic_segmentation, segformer_segmentation_forward, EXAMPLE)

AUTO_PLUGIN (segformer, "SegFormer",
  AUTO_ARCHITECTURE ("segformer", segformer_config, .prefix = "segformer"),
  AUTO_TASK ("AutoModel", segformer_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForImageClassification", segformer_for_image_classification, .tf = TRUE),
  AUTO_TASK ("AutoModelForSemanticSegmentation", segformer_for_semantic_segmentation, .tf = TRUE));
