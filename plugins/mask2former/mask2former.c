/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mask2Former (Cheng et al., arXiv:2112.01527); transformers: models/mask2former/modeling_mask2former.py */
#include "sdk/auto-sdk.h"

#define LEVELS 3      /* the backbone's last maps, which the transformers look at, the smallest first */
#define POINTS 4
#define MAX_MAPS 32

typedef struct _Mask2FormerConfig
{
  AutoPretrainedConfig parent;
  AutoPretrainedConfig *backbone_config;
  int feature_size, mask_feature_size, hidden_dim, encoder_feedforward_dim, encoder_layers, decoder_layers, num_attention_heads;
  int dim_feedforward, common_stride, num_queries;
  AutoInts feature_strides;
  AutoActivation activation_function;
  gboolean pre_norm, enforce_input_projection, output_auxiliary_logits;
} Mask2FormerConfig;

static gboolean
mask2former_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  return auto_config_set_int (AUTO_CONFIG (config), "num_hidden_layers", ((const Mask2FormerConfig *) config)->decoder_layers, error);
}

#define MASK2FORMER_SWIN                                                                                                       \
  "{\"model_type\": \"swin\", \"image_size\": 224, \"in_channels\": 3, \"patch_size\": 4, \"embed_dim\": 96, "                 \
  "\"depths\": [2, 2, 18, 2], \"num_heads\": [3, 6, 12, 24], \"window_size\": 7, \"drop_path_rate\": 0.3, "                    \
  "\"use_absolute_embeddings\": false, \"out_features\": [\"stage1\", \"stage2\", \"stage3\", \"stage4\"]}"

AUTO_DEFINE_CONFIG_WITH (Mask2FormerConfig, mask2former_config, "mask2former", (.loaded = mask2former_config_loaded),
  AUTO_NESTED_OR (backbone_config, MASK2FORMER_SWIN),
  AUTO_INT (feature_size, 256, .min = 1, .max = G_MAXINT),
  AUTO_INT (mask_feature_size, 256, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_dim, 256, .min = 1, .max = G_MAXINT),
  AUTO_INT (encoder_feedforward_dim, 1024, .min = 1, .max = G_MAXINT),
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_RELU),
  AUTO_INT (encoder_layers, 6, .min = 0, .max = 65536),
  AUTO_INT (decoder_layers, 10, .min = 1, .max = 65536),
  AUTO_INT (num_attention_heads, 8, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("dropout", "0.0"),
  AUTO_INT (dim_feedforward, 2048, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (pre_norm, FALSE),
  AUTO_BOOL (enforce_input_projection, FALSE),
  AUTO_INT (common_stride, 4, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("ignore_value", "255"),
  AUTO_INT (num_queries, 100, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("no_object_weight", "0.1"),
  AUTO_EXTRA ("class_weight", "2.0"),
  AUTO_EXTRA ("mask_weight", "5.0"),
  AUTO_EXTRA ("dice_weight", "5.0"),
  AUTO_EXTRA ("train_num_points", "12544"),
  AUTO_EXTRA ("oversample_ratio", "3.0"),
  AUTO_EXTRA ("importance_sample_ratio", "0.75"),
  AUTO_EXTRA ("init_std", "0.02"),
  AUTO_EXTRA ("init_xavier_std", "1.0"),
  AUTO_EXTRA ("use_auxiliary_loss", "true"),
  AUTO_INTS (feature_strides, "[4, 8, 16, 32]"),
  AUTO_BOOL_NULL (output_auxiliary_logits),
  AUTO_EXTRA ("num_hidden_layers", "10", .derived = TRUE),
  AUTO_ALIAS ("hidden_size", "hidden_dim"))

/* What the decoder looks at. */
typedef struct
{
  AutoTensor *maps[LEVELS];   /* (batch, feature_size, rows, columns), and the same as sequences: */
  AutoTensor *states[LEVELS]; /* (batch, places, hidden_dim) */
  AutoTensor *placed[LEVELS]; /* with positions */
  AutoTensor *pixels;         /* (batch, mask_feature_size, rows, columns), which masks are made of */
} Mask2FormerMemory;

static AutoTensor *
mask2former_positions (AutoContext *cx, AutoTensor *map, int width)
{
  return auto_sine_positions (cx, auto_ones (cx, AUTO_DIMS (1, auto_dim (map, 2), auto_dim (map, 3))), width / 2, 0);
}

static AutoTensor *
mask2former_conv (AutoContext *cx, const Mask2FormerConfig *c, AutoTensor *x, const AutoConv *how)
{
  return auto_group_norm (cx, "1", auto_conv2d (cx, "0", x, c->feature_size, how), 32, 1e-5);
}

/* How many of the backbone's maps refine the result: those between the transformer's strides and the masks' stride. A coarser stride
 * for the masks counts from the last map, as the reference's slices do. */
static guint
mask2former_count_refinements (AutoContext *cx, const Mask2FormerConfig *c, guint n_maps)
{
  gint64 stride = G_MAXINT;

  for (guint i = c->feature_strides.n > LEVELS ? c->feature_strides.n - LEVELS : 0; i < MAX (c->feature_strides.n, 1); i++)
    stride = MIN (stride, auto_list_int (cx, "feature_strides", &c->feature_strides, i, 1));
  int n = (int) (log2 ((double) stride) - log2 (c->common_stride));
  return (guint) CLAMP (n < 0 ? n + (int) n_maps : n, 0, (int) n_maps);
}

static AutoTensor *
mask2former_refine (AutoContext *cx, const Mask2FormerConfig *c, AutoTensor *x, AutoTensor *map, guint i)
{
  AutoTensor *y;

  {
    AUTO_SCOPE (cx, "adapter_%u", i);
    y = mask2former_conv (cx, c, map, &(AutoConv) { .kernel = { 1 }, .no_bias = TRUE });
  }
  x = auto_interpolate (cx, x, AUTO_DIMS (auto_dim (y, 2), auto_dim (y, 3)), AUTO_INTERPOLATION_LINEAR, FALSE);
  AUTO_SCOPE (cx, "layer_%u", i);
  x = mask2former_conv (cx, c, auto_add (cx, y, x), &(AutoConv) { .kernel = { 3 }, .padding = { 1 }, .no_bias = TRUE });
  return auto_activation (cx, x, AUTO_ACTIVATION_RELU);
}

static void
mask2former_pixel_decoder (AutoContext *cx, const Mask2FormerConfig *c, AutoTensor **features, guint n, Mask2FormerMemory *memory)
{
  AUTO_SCOPE (cx, "decoder");
  AutoTensor *maps[LEVELS], *positions[LEVELS], *x;
  AutoScales scales;

  for (guint i = 0; i < LEVELS; i++)
    {
      AUTO_SCOPE (cx, "input_projections.%u", i);
      maps[i] = mask2former_conv (cx, c, features[n - 1 - i], &(AutoConv) { .kernel = { 1 } });
      positions[i] = mask2former_positions (cx, maps[i], c->feature_size);
    }
  auto_scales_init (cx, &scales, "level_embed", maps, positions, NULL, LEVELS);
  {
    AUTO_SCOPE (cx, "encoder");
    x = auto_deformable_encoder (cx, &scales, POINTS, &(AutoTransformer) {
      .layers = c->encoder_layers, .heads = c->num_attention_heads, .intermediate_size = c->encoder_feedforward_dim,
      .activation = AUTO_ACTIVATION_RELU });
  }
  for (guint i = 0; i < LEVELS; i++)
    memory->maps[i] = auto_scales_map (cx, &scales, x, i);
  x = memory->maps[LEVELS - 1];
  for (guint i = mask2former_count_refinements (cx, c, n); i > 0; i--)
    x = mask2former_refine (cx, c, x, features[i - 1], i);
  memory->pixels = auto_conv2d (cx, "mask_projection", x, c->mask_feature_size, &(AutoConv) { .kernel = { 1 } });
}

static void
mask2former_pixel_level (AutoContext *cx, const Mask2FormerConfig *c, AutoInputs *in, Mask2FormerMemory *memory, AutoModelOutput *out)
{
  AUTO_SCOPE (cx, "pixel_level_module");
  AutoTensor *features[MAX_MAPS];
  guint n;

  {
    AUTO_SCOPE (cx, "encoder");
    n = auto_backbone_forward (cx, c->backbone_config, in, features, MAX_MAPS);
  }
  if (n < LEVELS || n == MAX_MAPS)
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                         "backbone_config: out_features must name %d to %d stages, not %u", LEVELS, MAX_MAPS - 1, n);
      return;
    }
  const char *collection = auto_context_set_collection (cx, NULL);
  mask2former_pixel_decoder (cx, c, features, n, memory);
  auto_context_set_collection (cx, collection);
  for (guint i = 0; i < n && auto_context_wants_hidden_states (cx); i++)
    auto_context_collect (cx, "encoder_hidden_states", features[i]);
  for (guint i = 0; i < LEVELS && auto_context_wants_hidden_states (cx); i++)
    auto_context_collect (cx, "pixel_decoder_hidden_states", memory->maps[i]);
  auto_model_output_set (out, "encoder_last_hidden_state", features[n - 1]);
  auto_model_output_set (out, "pixel_decoder_last_hidden_state", memory->pixels);
}

/* The masks that the states @x (batch, queries, width) stand for, and as a bias what a query sees of map @level: where its mask is
 * likely, or everything when that is nowhere. */
static AutoTensor *
mask2former_predict (AutoContext *cx, const Mask2FormerConfig *c, AutoTensor *x, const Mask2FormerMemory *memory, int level,
                     AutoModelOutput *steps)
{
  AutoTensor *bias = NULL;
  AUTO_LAYER (cx, &bias, "mask_predictor");

  AutoTensor *masks = auto_query_masks (cx, x, memory->pixels), *map = memory->maps[level];
  auto_model_output_append (steps, "masks", masks);
  AutoTensor *likely = auto_interpolate (cx, masks, AUTO_DIMS (auto_dim (map, 2), auto_dim (map, 3)), AUTO_INTERPOLATION_LINEAR, FALSE);
  likely = auto_flatten (cx, auto_ge_scalar (cx, auto_sigmoid (cx, likely), 0.5), 2, 3);
  likely = auto_logical_or (cx, likely, auto_logical_not (cx, auto_any (cx, likely, 2, TRUE)));
  bias = auto_attention_bias (cx, likely);
  return bias;
}

static AutoTensor *
mask2former_cross_attention (AutoContext *cx, const Mask2FormerConfig *c, AutoTensor *x, const AutoTransformer *how,
                             const Mask2FormerMemory *memory, int level)
{
  AUTO_SCOPE (cx, "cross_attn");
  const char *collection = auto_context_set_collection (cx, NULL);

  x = auto_attention (cx, x, &how->source_mask, &(AutoAttention) {
    .packed = TRUE, .out = "out_proj", .heads = how->heads, .source = memory->placed[level], .values = memory->states[level] });
  auto_context_set_collection (cx, collection);
  return x;
}

static AutoTensor *
mask2former_layer (AutoContext *cx, const Mask2FormerConfig *c, AutoTensor *x, const AutoTransformer *how,
                   const Mask2FormerMemory *memory, int i)
{
  AUTO_LAYER (cx, &x, "layers.%d", i);
  AutoTensor *a = how->pre_norm ? auto_layer_norm (cx, "cross_attn_layer_norm", x, 1e-5) : x;

  a = mask2former_cross_attention (cx, c, auto_add (cx, a, how->positions), how, memory, i % LEVELS);
  x = auto_add (cx, x, a);
  x = how->pre_norm ? x : auto_layer_norm (cx, "cross_attn_layer_norm", x, 1e-5);
  x = auto_transformer_feed_forward (cx, auto_transformer_self (cx, x, how), how);
  return x;
}

/* The list `states` of @steps has the normed states (batch, queries, width) before, between and after the layers, `masks` their masks. */
static AutoTensor *
mask2former_decoder (AutoContext *cx, const Mask2FormerConfig *c, AutoTensor *x, AutoTensor *positions, const Mask2FormerMemory *memory,
                     AutoModelOutput *steps)
{
  AUTO_SCOPE (cx, "decoder");
  AutoTransformer how = { .heads = c->num_attention_heads, .intermediate_size = c->dim_feedforward, .activation = c->activation_function,
    .pre_norm = c->pre_norm, .positions = positions };

  for (int i = 0; i < c->decoder_layers; i++)
    {
      AutoTensor *y = auto_layer_norm (cx, "layernorm", x, 1e-5);
      auto_model_output_append (steps, "states", y);
      if (auto_context_wants_hidden_states (cx))
        auto_context_collect (cx, "transformer_decoder_hidden_states", auto_transpose (cx, x, 0, 1));
      how.source_mask.bias = mask2former_predict (cx, c, y, memory, i % LEVELS, steps);
      if (i + 1 < c->decoder_layers)
        x = mask2former_layer (cx, c, x, &how, memory, i);
    }
  return x;
}

static void
mask2former_transformer (AutoContext *cx, const Mask2FormerConfig *c, Mask2FormerMemory *memory, AutoModelOutput *steps,
                         AutoModelOutput *out)
{
  AUTO_SCOPE (cx, "transformer_module");
  gint64 batch = auto_dim (memory->pixels, 0), n = c->num_queries, width = c->hidden_dim;
  AutoTensor *levels = auto_parameter (cx, "level_embed.weight", AUTO_DIMS (LEVELS, width));
  AutoTensor *positions = auto_parameter (cx, "queries_embedder.weight", AUTO_DIMS (n, width));
  AutoTensor *x = auto_parameter (cx, "queries_features.weight", AUTO_DIMS (n, width));

  if (c->feature_size != c->hidden_dim || c->enforce_input_projection)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                       "feature_size (%d) must be hidden_dim (%d), without enforce_input_projection: "
                       "checkpoints have no projection between them",
                       c->feature_size, c->hidden_dim);
  for (int i = 0; i < LEVELS; i++)
    {
      memory->states[i] = auto_add (cx, auto_image_to_tokens (cx, memory->maps[i]), auto_select (cx, levels, 0, i));
      memory->placed[i] = auto_add (cx, memory->states[i], mask2former_positions (cx, memory->maps[i], c->hidden_dim));
    }
  x = auto_expand (cx, auto_unsqueeze (cx, x, 0), AUTO_DIMS (batch, n, width));
  auto_model_output_set (out, "transformer_decoder_last_hidden_state", mask2former_decoder (cx, c, x, positions, memory, steps));
}

static void
mask2former_network (AutoContext *cx, const Mask2FormerConfig *c, AutoInputs *in, AutoModelOutput *steps, AutoModelOutput *out)
{
  Mask2FormerMemory memory = { 0 };

  auto_inputs_get (in, "pixel_mask"); /* taken, and of no effect, in the reference */
  mask2former_pixel_level (cx, c, in, &memory, out);
  if (!auto_context_has_failed (cx))
    mask2former_transformer (cx, c, &memory, steps, out);
}

static void
mask2former_model_forward (AutoContext *cx, const Mask2FormerConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  g_autoptr(AutoModelOutput) steps = auto_model_output_new ();

  mask2former_network (cx, c, in, steps, out);
  for (guint i = 0; i < (guint) c->decoder_layers; i++)
    {
      AutoTensor *states = auto_model_output_get_element (steps, "states", i);
      auto_model_output_append (out, "masks_queries_logits", auto_model_output_get_element (steps, "masks", i));
      if (auto_context_wants_hidden_states (cx))
        auto_context_collect (cx, "transformer_decoder_intermediate_states", auto_transpose (cx, states, 0, 1));
    }
}

static void
mask2former_set_logits (AutoContext *cx, const Mask2FormerConfig *c, AutoModelOutput *steps, guint i, const char *prefix,
                        AutoModelOutput *out)
{
  g_autofree char *classes = g_strconcat (prefix, "class_queries_logits", NULL);
  g_autofree char *masks = g_strconcat (prefix, "masks_queries_logits", NULL);
  AutoTensor *states = auto_model_output_get_element (steps, "states", i);

  auto_model_output_set (out, classes, auto_linear (cx, "class_predictor", states, c->parent.num_labels + 1));
  auto_model_output_set (out, masks, auto_model_output_get_element (steps, "masks", i));
}

static void
mask2former_segmentation_forward (AutoContext *cx, const Mask2FormerConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  g_autoptr(AutoModelOutput) steps = auto_model_output_new ();
  guint last = (guint) c->decoder_layers - 1;
  gboolean auxiliary = auto_inputs_get_flag (in, "output_auxiliary_logits", c->output_auxiliary_logits);

  {
    AUTO_SCOPE (cx, "model");
    mask2former_network (cx, c, in, steps, out);
  }
  if (auto_context_has_failed (cx))
    return;
  auto_ignore_weight (cx, "criterion.empty_weight"); /* of the loss */
  mask2former_set_logits (cx, c, steps, last, "", out);
  for (guint i = 0; auxiliary && i < last; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("auxiliary_logits.%u.", i);
      mask2former_set_logits (cx, c, steps, i, prefix, out);
    }
}

static void
mask2former_example (const Mask2FormerConfig *c, AutoInputs *in)
{
  auto_part_example ("AutoBackbone", c->backbone_config, in);
}

#define EXAMPLE .example = (AutoExample) mask2former_example

AUTO_DEFINE_MODEL (Mask2FormerModel, mask2former_model, mask2former_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (Mask2FormerForUniversalSegmentation, mask2former_for_universal_segmentation, mask2former_segmentation_forward, EXAMPLE)

AUTO_PLUGIN (mask2former, "Mask2Former",
  AUTO_ARCHITECTURE ("mask2former", mask2former_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", mask2former_model),
  AUTO_TASK ("AutoModelForUniversalSegmentation", mask2former_for_universal_segmentation));
