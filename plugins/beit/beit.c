/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BEiT (Bao et al., arXiv:2106.08254); transformers: models/beit/modeling_beit.py */
#include "sdk/auto-sdk.h"

typedef struct _BeitConfig
{
  AutoPretrainedConfig parent;
  int hidden_size, num_hidden_layers, num_attention_heads, intermediate_size, num_channels, auxiliary_channels, auxiliary_num_convs;
  AutoInts image_size, patch_size, out_indices, pool_scales;
  char **out_features;
  AutoActivation hidden_act;
  double layer_norm_eps, layer_scale_init_value;
  gboolean use_mask_token, use_absolute_position_embeddings, use_relative_position_bias, use_shared_relative_position_bias, use_mean_pooling;
  gboolean use_auxiliary_head, auxiliary_concat_input;
} BeitConfig;

static gboolean
beit_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  AutoConfig *self = AUTO_CONFIG (config);
  g_autoptr(JsonNode) old = auto_config_get_value (self, "segmentation_indices");

  if (old && !auto_config_set_value (self, "out_indices", old, error))
    return FALSE;
  return auto_backbone_loaded (config, ((const BeitConfig *) config)->num_hidden_layers, error);
}

AUTO_DEFINE_CONFIG_WITH (BeitConfig, beit_config, "beit", (.base_first = TRUE, .loaded = beit_config_loaded),
  AUTO_EXTRA ("vocab_size", "8192"),
  AUTO_INT (hidden_size, 768, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 12, .min = 0, .max = 65536),
  AUTO_INT (num_attention_heads, 12, .min = 1, .max = G_MAXINT),
  AUTO_INT (intermediate_size, 3072, .min = 1, .max = G_MAXINT),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_EXTRA ("hidden_dropout_prob", "0.0"),
  AUTO_EXTRA ("attention_probs_dropout_prob", "0.0"),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_DOUBLE (layer_norm_eps, 1e-12),
  AUTO_INTS (image_size, "224"),
  AUTO_INTS (patch_size, "16"),
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (use_mask_token, FALSE),
  AUTO_BOOL (use_absolute_position_embeddings, FALSE),
  AUTO_BOOL (use_relative_position_bias, FALSE),
  AUTO_BOOL (use_shared_relative_position_bias, FALSE),
  AUTO_DOUBLE (layer_scale_init_value, 0.1),
  AUTO_EXTRA ("drop_path_rate", "0.1"),
  AUTO_BOOL (use_mean_pooling, TRUE),
  AUTO_INTS (pool_scales, "[1, 2, 3, 6]"),
  AUTO_BOOL (use_auxiliary_head, TRUE),
  AUTO_EXTRA ("auxiliary_loss_weight", "0.4"),
  AUTO_INT (auxiliary_channels, 256, .min = 1, .max = G_MAXINT),
  AUTO_INT (auxiliary_num_convs, 1, .min = 0, .max = 65536),
  AUTO_BOOL (auxiliary_concat_input, FALSE),
  AUTO_EXTRA ("semantic_loss_ignore_index", "255"),
  AUTO_BACKBONE_FIELDS,
  AUTO_EXTRA ("add_fpn", "false"),
  AUTO_EXTRA ("reshape_hidden_states", "true"))

/* How many patches the configuration's images have in a column, or in a row. */
static gint64
beit_side (const BeitConfig *c, int dim)
{
  return auto_side (&c->image_size, dim) / MAX (auto_side (&c->patch_size, dim), 1);
}

static AutoTensor *
beit_embeddings (AutoContext *cx, const BeitConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "embeddings");
  gboolean bound = c->use_relative_position_bias || c->use_shared_relative_position_bias; /* to the configuration's size */
  gint64 n = auto_count_patches (cx, &c->image_size, &c->patch_size), p = MAX (auto_side (&c->patch_size, 0), 1), q = MAX (auto_side (&c->patch_size, 1), 1);
  AutoTensor *pixels = auto_pixel_values (cx, in, c->num_channels, bound ? &c->image_size : NULL), *positions = NULL;
  AutoTensor *x = auto_embed_patches (cx, "patch_embeddings.projection", pixels, c->hidden_size, &c->patch_size, FALSE);

  if (c->use_absolute_position_embeddings)
    {
      positions = auto_parameter (cx, "position_embeddings", AUTO_DIMS (1, n + 1, c->hidden_size));
      AutoTensor *grid = auto_tokens_to_image (cx, auto_slice (cx, positions, 1, 1, AUTO_END, 1), beit_side (c, 0), beit_side (c, 1));
      grid = auto_interpolate (cx, grid, AUTO_DIMS (auto_dim (pixels, 2) / p, auto_dim (pixels, 3) / q), AUTO_INTERPOLATION_BICUBIC, FALSE);
      x = auto_add (cx, x, auto_image_to_tokens (cx, grid));
    }
  if (c->use_mask_token)
    x = auto_mask_patches (cx, in, "mask_token", x);
  else if (auto_inputs_get (in, "bool_masked_pos"))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s", "bool_masked_pos: needs a configuration whose use_mask_token is true");
  AutoTensor *first = auto_parameter (cx, "cls_token", AUTO_DIMS (1, 1, c->hidden_size));
  if (positions)
    first = auto_add (cx, first, auto_narrow (cx, positions, 1, 0, 1));
  return auto_concat (cx, AUTO_TENSORS (auto_expand (cx, first, AUTO_DIMS (auto_dim (x, 0), 1, c->hidden_size)), x), 1);
}

/* The table's row for each two tokens: their distance in rows and columns, and three rows for distances from the first token, to it, and
 * its own. */
static AutoTensor *
beit_places (AutoContext *cx, gint64 rows, gint64 columns)
{
  gint64 n = rows * columns, last = (2 * rows - 1) * (2 * columns - 1) + 2;
  g_autofree gint64 *places = n < 65536 ? g_try_new (gint64, (n + 1) * (n + 1)) : NULL;

  if (!places)
    {
      auto_context_fail_literal (cx, "image_size: there is no memory for the distances of so many patches");
      return NULL;
    }
  for (gint64 i = 0; i <= n; i++)
    for (gint64 j = 0; j <= n; j++)
      {
        gint64 *place = &places[i * (n + 1) + j];
        if (i && j)
          *place = ((i - 1) / columns - (j - 1) / columns + rows - 1) * (2 * columns - 1) + (i - 1) % columns - (j - 1) % columns + columns - 1;
        else
          *place = i ? last - 1 : j ? last - 2 : last;
      }
  return auto_constant_ints (cx, places, (gsize) ((n + 1) * (n + 1)));
}

static AutoTensor *
beit_bias (AutoContext *cx, const BeitConfig *c, const char *name)
{
  gint64 rows = beit_side (c, 0), columns = beit_side (c, 1), n = rows * columns + 1;

  if (auto_context_has_failed (cx))
    return NULL;
  AutoTensor *table = auto_parameter (cx, name, AUTO_DIMS ((2 * rows - 1) * (2 * columns - 1) + 3, c->num_attention_heads));
  AutoTensor *bias = auto_take_rows (cx, table, beit_places (cx, rows, columns));

  return auto_relative_bias (cx, auto_reshape (cx, bias, AUTO_DIMS (n, n, c->num_attention_heads)));
}

/* What a part of a layer adds, each feature by a factor of its own. */
static AutoTensor *
beit_join (AutoContext *cx, const BeitConfig *c, const char *name, AutoTensor *y, AutoTensor *x)
{
  return auto_add (cx, c->layer_scale_init_value > 0 ? auto_mul (cx, y, auto_parameter (cx, name, AUTO_DIMS (c->hidden_size))) : y, x);
}

static AutoTensor *
beit_layer (AutoContext *cx, const BeitConfig *c, AutoTensor *x, AutoTensor *shared, AutoTensor *head_mask)
{
  AutoMask mask = { .bias = shared };

  if (c->use_relative_position_bias)
    mask = auto_mask_with_bias (cx, mask, beit_bias (cx, c, "attention.attention.relative_position_bias.relative_position_bias_table"));
  AutoTensor *y = auto_attention (cx, auto_layer_norm (cx, "layernorm_before", x, c->layer_norm_eps), &mask, &(AutoAttention) {
    .q = "attention.attention.query", .k = "attention.attention.key", .v = "attention.attention.value", .k_no_bias = TRUE,
    .heads = c->num_attention_heads, .out = "attention.output.dense", .head_mask = head_mask });
  x = beit_join (cx, c, "lambda_1", y, x);
  y = auto_linear_act (cx, "intermediate.dense", auto_layer_norm (cx, "layernorm_after", x, c->layer_norm_eps), c->intermediate_size, c->hidden_act);
  return beit_join (cx, c, "lambda_2", auto_linear (cx, "output.dense", y, c->hidden_size), x);
}

static gboolean
beit_wants (const BeitConfig *c, int stage)
{
  for (guint i = 0; i < c->out_indices.n; i++)
    if (c->out_indices.values[i] == stage)
      return TRUE;
  return FALSE;
}

/* @stages, or NULL: takes the states in front of the layers that out_indices counts from 1 on. */
static AutoTensor *
beit_encoder (AutoContext *cx, const BeitConfig *c, AutoInputs *in, AutoModelOutput *stages)
{
  AutoTensor *x = beit_embeddings (cx, c, in);
  AutoTensor *shared = c->use_shared_relative_position_bias ? beit_bias (cx, c, "encoder.relative_position_bias.relative_position_bias_table") : NULL;

  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "encoder.layer.%d", i);
      auto_context_hidden_state (cx, x);
      if (stages && x && beit_wants (c, i + 1))
        auto_model_output_append (stages, "stages", x);
      x = beit_layer (cx, c, x, shared, auto_head_mask (cx, in, i, c->num_hidden_layers, c->num_attention_heads));
    }
  auto_context_hidden_state (cx, x);
  return c->use_mean_pooling ? x : auto_layer_norm (cx, "layernorm", x, c->layer_norm_eps);
}

static AutoTensor *
beit_pooler (AutoContext *cx, const BeitConfig *c, AutoTensor *x)
{
  if (!c->use_mean_pooling)
    return auto_select (cx, x, 1, 0);
  return auto_layer_norm (cx, "pooler.layernorm", auto_mean (cx, auto_slice (cx, x, 1, 1, AUTO_END, 1), 1, FALSE), c->layer_norm_eps);
}

static void
beit_model_forward (AutoContext *cx, const BeitConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = beit_encoder (cx, c, in, NULL);

  auto_model_output_set (out, "last_hidden_state", x);
  auto_model_output_set (out, "pooler_output", beit_pooler (cx, c, x));
}

static void
beit_classification_forward (AutoContext *cx, const BeitConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *pooled;

  {
    AUTO_SCOPE (cx, "beit");
    pooled = beit_pooler (cx, c, beit_encoder (cx, c, in, NULL));
  }
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", pooled, c->parent.num_labels));
}

static AutoTensor *
beit_convolution (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, gint64 kernel)
{
  AUTO_SCOPE (cx, "%s", name);
  x = auto_conv2d (cx, "conv", x, n_out, &(AutoConv) { .kernel = { kernel, kernel }, .padding = { kernel / 2, kernel / 2 }, .no_bias = TRUE });
  return auto_activation (cx, auto_batch_norm (cx, "bn", x, 1e-5), AUTO_ACTIVATION_RELU);
}

static AutoTensor *
beit_upsample (AutoContext *cx, AutoTensor *x, AutoTensor *like)
{
  return auto_interpolate (cx, x, AUTO_DIMS (auto_dim (like, 2), auto_dim (like, 3)), AUTO_INTERPOLATION_LINEAR, FALSE);
}

/* What is seen of an image at several scales (Zhao et al., arXiv:1612.01105). */
static AutoTensor *
beit_pyramid (AutoContext *cx, const BeitConfig *c, AutoTensor *x)
{
  g_autofree AutoTensor **parts = g_new0 (AutoTensor *, c->pool_scales.n + 1);

  parts[0] = x;
  for (guint i = 0; i < c->pool_scales.n; i++)
    {
      g_autofree char *name = g_strdup_printf ("psp_modules.%u.1", i);
      gint64 side = auto_list_int (cx, "pool_scales", &c->pool_scales, i, 1);
      parts[i + 1] = beit_upsample (cx, beit_convolution (cx, name, auto_adaptive_avg_pool2d (cx, x, side, side), c->hidden_size, 1), x);
    }
  return beit_convolution (cx, "bottleneck", auto_concat (cx, parts, c->pool_scales.n + 1, 1), c->hidden_size, 3);
}

/* UPerNet's head (Xiao et al., arXiv:1807.10221) over maps of falling size. */
static AutoTensor *
beit_decode (AutoContext *cx, const BeitConfig *c, AutoTensor *const *maps)
{
  AUTO_SCOPE (cx, "decode_head");
  AutoTensor *x[4];

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("lateral_convs.%d", i);
      x[i] = beit_convolution (cx, name, maps[i], c->hidden_size, 1);
    }
  x[3] = beit_pyramid (cx, c, maps[3]);
  for (int i = 3; i > 0; i--)
    x[i - 1] = auto_add (cx, x[i - 1], beit_upsample (cx, x[i], x[i - 1]));
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("fpn_convs.%d", i);
      x[i] = beit_convolution (cx, name, x[i], c->hidden_size, 3);
    }
  for (int i = 1; i < 4; i++)
    x[i] = beit_upsample (cx, x[i], x[0]);
  AutoTensor *y = beit_convolution (cx, "fpn_bottleneck", auto_concat (cx, x, 4, 1), c->hidden_size, 3);
  return auto_conv2d (cx, "classifier", y, c->parent.num_labels, &(AutoConv) { .kernel = { 1, 1 } });
}

/* A second head, which only the training computes. */
static void
beit_declare_auxiliary (AutoContext *cx, const BeitConfig *c, AutoTensor *x)
{
  AUTO_SCOPE (cx, "auxiliary_head");
  AutoTensor *y = x;

  for (int i = 0; i < c->auxiliary_num_convs; i++)
    {
      g_autofree char *name = g_strdup_printf ("convs.%d", i);
      y = beit_convolution (cx, name, y, c->auxiliary_channels, 3);
    }
  if (c->auxiliary_concat_input)
    y = beit_convolution (cx, "conv_cat", auto_concat (cx, AUTO_TENSORS (x, y), 1), c->auxiliary_channels, 3);
  auto_conv2d (cx, "classifier", y, c->parent.num_labels, &(AutoConv) { .kernel = { 1, 1 } });
}

static AutoTensor *
beit_double (AutoContext *cx, const char *name, const BeitConfig *c, AutoTensor *x)
{
  return auto_conv_transpose2d (cx, name, x, c->hidden_size, &(AutoConv) { .kernel = { 2, 2 }, .stride = { 2, 2 } });
}

static void
beit_segmentation_forward (AutoContext *cx, const BeitConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  g_autoptr(AutoModelOutput) stages = auto_model_output_new ();
  AutoTensor *maps[4];

  auto_pixel_values (cx, in, c->num_channels, &c->image_size); /* of no other size, though the network takes any */
  {
    AUTO_SCOPE (cx, "beit");
    beit_encoder (cx, c, in, stages);
  }
  for (guint i = 0; i < 4 && !auto_context_has_failed (cx); i++)
    {
      AutoTensor *states = auto_model_output_get_element (stages, "stages", i);
      if (!states || c->out_indices.n != 4)
        auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "out_indices: must be 4 different stages from 1 to num_hidden_layers");
      maps[i] = states ? auto_tokens_to_image (cx, auto_slice (cx, states, 1, 1, AUTO_END, 1), beit_side (c, 0), beit_side (c, 1)) : NULL;
    }
  if (auto_context_has_failed (cx))
    return;
  maps[0] = auto_activation (cx, auto_batch_norm (cx, "fpn1.1", beit_double (cx, "fpn1.0", c, maps[0]), 1e-5), AUTO_ACTIVATION_GELU);
  maps[0] = beit_double (cx, "fpn1.3", c, maps[0]);
  maps[1] = beit_double (cx, "fpn2.0", c, maps[1]);
  maps[3] = auto_max_pool2d (cx, maps[3], &(AutoPool) { .kernel = { 2, 2 }, .stride = { 2, 2 } });
  if (c->use_auxiliary_head && auto_context_is_declaring (cx))
    beit_declare_auxiliary (cx, c, maps[2]);
  auto_model_output_set (out, "logits", beit_decode (cx, c, maps));
}

static void
beit_example (const BeitConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &c->image_size);
}

AUTO_DEFINE_MODEL (BeitModel, beit_model, beit_model_forward, .example = (AutoExample) beit_example)
AUTO_DEFINE_MODEL (BeitForImageClassification, beit_for_image_classification, beit_classification_forward, .example = (AutoExample) beit_example)
AUTO_DEFINE_MODEL (BeitForSemanticSegmentation, beit_for_semantic_segmentation, beit_segmentation_forward, .example = (AutoExample) beit_example)

AUTO_PLUGIN (beit, "BEiT",
  AUTO_ARCHITECTURE ("beit", beit_config, .prefix = "beit"),
  AUTO_TASK ("AutoModel", beit_model, .flax = TRUE),
  AUTO_TASK ("AutoModelForImageClassification", beit_for_image_classification, .flax = TRUE),
  AUTO_TASK ("AutoModelForSemanticSegmentation", beit_for_semantic_segmentation));
