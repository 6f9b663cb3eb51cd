/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MaskFormer (Cheng et al., arXiv:2107.06278); transformers: models/maskformer/modeling_maskformer.py */
#include "sdk/auto-sdk.h"

#define MAX_MAPS 32

typedef struct _MaskFormerConfig
{
  AutoPretrainedConfig parent;
  AutoPretrainedConfig *backbone_config, *decoder_config;
  int fpn_feature_size, mask_feature_size;
  gboolean use_auxiliary_loss, output_auxiliary_logits;
} MaskFormerConfig;

#define DEFAULT_BACKBONE                                                                                                       \
  "{\"model_type\": \"swin\", \"image_size\": 384, \"in_channels\": 3, \"patch_size\": 4, \"embed_dim\": 128, "                \
  "\"depths\": [2, 2, 18, 2], \"num_heads\": [4, 8, 16, 32], \"window_size\": 12, \"drop_path_rate\": 0.3, "                  \
  "\"out_features\": [\"stage1\", \"stage2\", \"stage3\", \"stage4\"]}"

static gboolean
maskformer_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  const MaskFormerConfig *c = (const MaskFormerConfig *) config;
  AutoConfig *self = AUTO_CONFIG (config), *decoder = AUTO_CONFIG (c->decoder_config);
  const char *type = auto_config_get_model_type (decoder);

  if (g_strcmp0 (type, "detr") != 0)
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "decoder_config: the model_type must be detr, and it is %s", type);
      return FALSE;
    }
  return auto_config_set_int (self, "num_attention_heads", auto_config_get_int (decoder, "encoder_attention_heads", 8), error) &&
         auto_config_set_int (self, "num_hidden_layers", auto_config_get_int (decoder, "num_hidden_layers", 6), error);
}

AUTO_DEFINE_CONFIG_WITH (MaskFormerConfig, maskformer_config, "maskformer", (.loaded = maskformer_config_loaded),
  AUTO_NESTED_OR (backbone_config, DEFAULT_BACKBONE),
  AUTO_NESTED_OR (decoder_config, "{\"model_type\": \"detr\"}"),
  AUTO_INT (fpn_feature_size, 256, .min = 1, .max = G_MAXINT),
  AUTO_INT (mask_feature_size, 256, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("init_std", "0.02"),
  AUTO_EXTRA ("init_xavier_std", "1.0"),
  AUTO_EXTRA ("cross_entropy_weight", "1.0"),
  AUTO_EXTRA ("dice_weight", "1.0"),
  AUTO_EXTRA ("mask_weight", "20.0"),
  AUTO_BOOL (use_auxiliary_loss, FALSE),
  AUTO_EXTRA ("no_object_weight", "0.1"),
  AUTO_BOOL_NULL (output_auxiliary_logits),
  AUTO_EXTRA ("num_attention_heads", "8", .derived = TRUE),
  AUTO_EXTRA ("num_hidden_layers", "6", .derived = TRUE),
  AUTO_ALIAS ("hidden_size", "mask_feature_size"))

/* What the heads take. */
typedef struct
{
  AutoTensor *pixels;  /* (batch, mask_feature_size, rows, columns) */
  AutoTensor **states; /* of the queries: before, between and after the decoder's layers */
  int n_states;
} MaskFormerPass;

/* The reference runs Swin in a second form, whatever stages the configuration names. */
static AutoPretrainedConfig *
maskformer_backbone (AutoContext *cx, const MaskFormerConfig *c)
{
  AutoConfig *given = AUTO_CONFIG (c->backbone_config);
  g_autoptr(GError) error = NULL;

  if (!g_str_equal (auto_config_get_model_type (given), "swin"))
    return g_object_ref (c->backbone_config);
  g_autoptr(JsonObject) dict = auto_config_to_dict (given);
  json_object_set_string_member (dict, "model_type", "maskformer-swin");
  json_object_remove_member (dict, "out_features");
  json_object_set_array_member (dict, "out_indices", json_array_new ());
  for (int i = 1; i <= 4; i++)
    json_array_add_int_element (json_object_get_array_member (dict, "out_indices"), i);
  AutoConfig *config = auto_config_from_dict (dict, NULL, &error);
  if (!config)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "backbone_config: %s", error->message);
  return config ? AUTO_PRETRAINED_CONFIG (config) : NULL;
}

static guint
maskformer_maps (AutoContext *cx, const MaskFormerConfig *c, AutoInputs *in, AutoTensor *maps[MAX_MAPS])
{
  g_autoptr(AutoPretrainedConfig) backbone = maskformer_backbone (cx, c);
  AUTO_SCOPE (cx, "encoder");
  guint n = backbone ? auto_backbone_forward (cx, backbone, in, maps, MAX_MAPS) : 0;

  if (n < 2 && !auto_context_has_failed (cx))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                       "backbone_config: out_features must name two stages or more, and it names %u", n);
  return n;
}

static AutoTensor *
norm_conv (AutoContext *cx, const char *conv, const char *norm, AutoTensor *x, gint64 n_out, gint64 kernel)
{
  x = auto_conv2d (cx, conv, x, n_out, &(AutoConv) { .kernel = { kernel }, .padding = { kernel > 1 ? kernel / 2 : -1 }, .no_bias = TRUE });
  return auto_group_norm (cx, norm, x, 32, 1e-5);
}

/* A feature pyramid: the coarsest map, step by step stretched to a finer one and added to it; @finer takes each step's. */
static void
maskformer_pyramid (AutoContext *cx, const MaskFormerConfig *c, AutoTensor **maps, guint n, AutoTensor **finer)
{
  AUTO_SCOPE (cx, "fpn");
  gint64 width = c->fpn_feature_size;
  AutoTensor *x = auto_activation (cx, norm_conv (cx, "stem.0", "stem.1", maps[n - 1], width, 3), AUTO_ACTIVATION_RELU);

  for (guint i = 0; i + 1 < n; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%u", i);
      AutoTensor *left = norm_conv (cx, "proj.0", "proj.1", maps[n - 2 - i], width, 1);
      x = auto_interpolate (cx, x, AUTO_DIMS (auto_dim (left, 2), auto_dim (left, 3)), AUTO_INTERPOLATION_NEAREST, FALSE);
      x = auto_activation (cx, norm_conv (cx, "block.0", "block.1", auto_add (cx, x, left), width, 3), AUTO_ACTIVATION_RELU);
      finer[i] = x;
    }
}

static void
collect_maps (AutoContext *cx, const char *prefix, AutoTensor **maps, guint n)
{
  g_autofree char *list = g_strconcat (prefix, "hidden_states", NULL);

  for (guint i = 0; i < n && auto_context_wants_hidden_states (cx); i++)
    {
      auto_context_collect (cx, list, maps[i]);
      auto_context_hidden_state (cx, maps[i]);
    }
}

/* → the coarsest map; pass->pixels. */
static AutoTensor *
maskformer_pixels (AutoContext *cx, const MaskFormerConfig *c, AutoInputs *in, MaskFormerPass *pass)
{
  AutoTensor *maps[MAX_MAPS] = { NULL }, *finer[MAX_MAPS] = { NULL };
  AUTO_SCOPE (cx, "pixel_level_module");
  guint n = maskformer_maps (cx, c, in, maps);

  if (c->fpn_feature_size % 32 && !auto_context_has_failed (cx))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "fpn_feature_size: must be a multiple of 32, and it is %d",
                       c->fpn_feature_size);
  if (auto_context_has_failed (cx))
    return NULL;
  {
    AUTO_SCOPE (cx, "decoder");
    maskformer_pyramid (cx, c, maps, n, finer);
    pass->pixels = auto_conv2d (cx, "mask_projection", finer[n - 2], c->mask_feature_size, &(AutoConv) {
      .kernel = { 3 }, .padding = { 1 } });
  }
  collect_maps (cx, "encoder_", maps, n);
  collect_maps (cx, "pixel_decoder_", finer, n - 1);
  return maps[n - 1];
}

static AutoActivation
maskformer_activation (AutoContext *cx, AutoConfig *decoder)
{
  const char *name = auto_config_get_string (decoder, "activation_function");
  AutoActivation activation = AUTO_ACTIVATION_RELU;

  if (!name || !auto_activation_from_name (name, &activation))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "decoder_config: there is no activation_function %s",
                       name ? name : "null");
  return activation;
}

/* DETR's decoder over the coarsest map. */
static void
maskformer_decoder (AutoContext *cx, const MaskFormerConfig *c, AutoInputs *in, AutoTensor *map, MaskFormerPass *pass)
{
  AUTO_SCOPE (cx, "transformer_module");
  AutoConfig *decoder = AUTO_CONFIG (c->decoder_config);
  gint64 width = auto_config_get_int (decoder, "d_model", 256), n_queries = auto_config_get_int (decoder, "num_queries", 100);
  gint64 batch = auto_dim (map, 0);

  if (auto_dim (map, 1) != width)
    map = auto_conv2d (cx, "input_projection", map, width, &(AutoConv) { .kernel = { 1 } });
  AutoTensor *queries = auto_unsqueeze (cx, auto_parameter (cx, "queries_embedder.weight", AUTO_DIMS (n_queries, width)), 0);
  pass->states[0] = auto_zeros (cx, AUTO_DIMS (batch, n_queries, width));
  AUTO_SCOPE (cx, "decoder");
  pass->states[pass->n_states - 1] = auto_transformer (cx, in, pass->states[0], &(AutoTransformer) {
    .layers = pass->n_states - 1, .heads = (int) auto_config_get_int (decoder, "decoder_attention_heads", 8),
    .intermediate_size = (int) auto_config_get_int (decoder, "decoder_ffn_dim", 2048), .activation = maskformer_activation (cx, decoder),
    .source = auto_image_to_tokens (cx, map),
    .source_positions = auto_sine_positions (cx, auto_downsample_mask (cx, NULL, map), width / 2, 0),
    .positions = queries, .last_norm = "layernorm", .norm_each = auto_config_get_bool (decoder, "auxiliary_loss", FALSE),
    .states = pass->states + 1, .no_head_masks = TRUE, .cross_unlisted = TRUE });
  for (int i = 0; i < pass->n_states && auto_context_wants_hidden_states (cx); i++)
    auto_context_collect (cx, "transformer_decoder_hidden_states", pass->states[i]);
}

static void
maskformer_pass (AutoContext *cx, const MaskFormerConfig *c, AutoInputs *in, MaskFormerPass *pass, AutoModelOutput *out)
{
  AutoTensor *map = maskformer_pixels (cx, c, in, pass);

  auto_inputs_get (in, "pixel_mask"); /* the reference takes it and makes no use of it */
  if (!map)
    return;
  maskformer_decoder (cx, c, in, map, pass);
  auto_model_output_set (out, "encoder_last_hidden_state", map);
  auto_model_output_set (out, "pixel_decoder_last_hidden_state", pass->pixels);
  auto_model_output_set (out, "transformer_decoder_last_hidden_state", pass->states[pass->n_states - 1]);
}

static int
count_states (const MaskFormerConfig *c)
{
  return (int) auto_config_get_int (AUTO_CONFIG (c->decoder_config), "decoder_layers", 6) + 1;
}

static void
maskformer_model_forward (AutoContext *cx, const MaskFormerConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  int n = count_states (c);
  g_autofree AutoTensor **states = g_new0 (AutoTensor *, (gsize) n + 1);

  maskformer_pass (cx, c, in, &(MaskFormerPass) { NULL, states, n }, out);
}

/* Classes of the queries, and a mask of each: how much it is like every pixel. */
static void
maskformer_logits (AutoContext *cx, const MaskFormerConfig *c, AutoTensor *pixels, AutoTensor *x, const char *prefix, AutoModelOutput *out)
{
  g_autofree char *classes = g_strconcat (prefix, "class_queries_logits", NULL);
  g_autofree char *masks = g_strconcat (prefix, "masks_queries_logits", NULL);

  auto_model_output_set (out, masks, auto_query_masks (cx, x, pixels));
  auto_model_output_set (out, classes, auto_linear (cx, "class_predictor", x, c->parent.num_labels + 1));
}

static void
maskformer_segmentation_forward (AutoContext *cx, const MaskFormerConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  int n = count_states (c);
  g_autofree AutoTensor **states = g_new0 (AutoTensor *, (gsize) n + 1);
  MaskFormerPass pass = { NULL, states, n };
  gboolean auxiliary = auto_inputs_get_flag (in, "output_auxiliary_logits", c->output_auxiliary_logits > 0) && c->use_auxiliary_loss;

  {
    AUTO_SCOPE (cx, "model");
    maskformer_pass (cx, c, in, &pass, out);
  }
  auto_ones_parameter (cx, "criterion.empty_weight", AUTO_DIMS (c->parent.num_labels + 1)); /* weighs classes in training */
  if (!pass.pixels)
    return;
  maskformer_logits (cx, c, pass.pixels, states[n - 1], "", out);
  for (int i = 0; i < n - 1 && auxiliary; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("auxiliary_logits.%d.", i);
      maskformer_logits (cx, c, pass.pixels, states[i], prefix, out);
    }
}

static void
maskformer_example (const MaskFormerConfig *c, AutoInputs *in)
{
  auto_part_example ("AutoBackbone", c->backbone_config, in);
}

#define EXAMPLE .example = (AutoExample) maskformer_example

AUTO_DEFINE_MODEL (MaskFormerModel, maskformer_model, maskformer_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (MaskFormerForInstanceSegmentation, maskformer_for_instance_segmentation, maskformer_segmentation_forward, EXAMPLE)

AUTO_PLUGIN (maskformer, "MaskFormer",
  AUTO_ARCHITECTURE ("maskformer", maskformer_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", maskformer_model),
  AUTO_TASK ("AutoModelForInstanceSegmentation", maskformer_for_instance_segmentation),
  AUTO_TASK ("AutoModelForUniversalSegmentation", maskformer_for_instance_segmentation));
