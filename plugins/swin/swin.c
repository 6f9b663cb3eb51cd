/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Swin Transformer (Liu et al., arXiv:2103.14030), also as Donut's encoder (Kim et al., arXiv:2111.15664); transformers:
 * models/swin/modeling_swin.py, models/maskformer/modeling_maskformer_swin.py, models/donut/modeling_donut_swin.py */
#include "sdk/auto-sdk.h"

#define SWIN_MEMBERS                                                                \
  AutoPretrainedConfig parent;                                                      \
  int num_channels, embed_dim, window_size, encoder_stride, hidden_size;            \
  AutoInts image_size, patch_size, depths, num_heads, out_indices;                  \
  char **out_features;                                                              \
  double mlp_ratio, layer_norm_eps;                                                 \
  gboolean qkv_bias, use_absolute_embeddings;                                       \
  AutoActivation hidden_act;

/* One layout: the code below takes any. */
typedef struct _SwinConfig { SWIN_MEMBERS } SwinConfig;
struct _MaskFormerSwinConfig { SWIN_MEMBERS };
struct _DonutSwinConfig { SWIN_MEMBERS };

static gboolean
donut_swin_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  const SwinConfig *c = (const SwinConfig *) config;
  double width = ldexp (c->embed_dim, (int) MIN (c->depths.n, 64) - 1);

  return auto_config_set_int (AUTO_CONFIG (config), "num_layers", c->depths.n, error) &&
         auto_config_set_int (AUTO_CONFIG (config), "hidden_size", (gint64) CLAMP (width, 0, G_MAXINT), error);
}

static gboolean
swin_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  return donut_swin_config_loaded (config, error) && auto_backbone_loaded (config, ((const SwinConfig *) config)->depths.n, error);
}

#define SWIN_FIELDS                                                                 \
  AUTO_INTS (image_size, "224"),                                                    \
  AUTO_INTS (patch_size, "4"),                                                      \
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),                            \
  AUTO_INT (embed_dim, 96, .min = 1, .max = G_MAXINT),                              \
  AUTO_INTS (depths, "[2, 2, 6, 2]"),                                               \
  AUTO_EXTRA ("num_layers", "4", .derived = TRUE),                                  \
  AUTO_INTS (num_heads, "[3, 6, 12, 24]"),                                          \
  AUTO_INT (window_size, 7, .min = 1, .max = 4096),                                 \
  AUTO_DOUBLE (mlp_ratio, 4.0, .min = 0, .max = 65536),                             \
  AUTO_BOOL (qkv_bias, TRUE),                                                       \
  AUTO_EXTRA ("hidden_dropout_prob", "0.0"),                                        \
  AUTO_EXTRA ("attention_probs_dropout_prob", "0.0"),                               \
  AUTO_EXTRA ("drop_path_rate", "0.1"),                                             \
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),               \
  AUTO_BOOL (use_absolute_embeddings, FALSE),                                       \
  AUTO_DOUBLE (layer_norm_eps, 1e-05),                                              \
  AUTO_EXTRA ("initializer_range", "0.02"),                                         \
  AUTO_INT (hidden_size, 768, .min = 1, .max = G_MAXINT - 1, .derived = TRUE),      \
  AUTO_ALIAS ("num_attention_heads", "num_heads"),                                  \
  AUTO_ALIAS ("num_hidden_layers", "num_layers")

AUTO_DEFINE_CONFIG_WITH (SwinConfig, swin_config, "swin", (.base_first = TRUE, .loaded = swin_config_loaded), SWIN_FIELDS, AUTO_BACKBONE_FIELDS,
  AUTO_INT (encoder_stride, 32, .min = 1, .max = 4096))
AUTO_DEFINE_CONFIG_WITH (MaskFormerSwinConfig, maskformer_swin_config, "maskformer-swin", (.base_first = TRUE, .loaded = swin_config_loaded), SWIN_FIELDS,
  AUTO_BACKBONE_FIELDS)
AUTO_DEFINE_CONFIG_WITH (DonutSwinConfig, donut_swin_config, "donut-swin", (.base_first = TRUE, .loaded = donut_swin_config_loaded), SWIN_FIELDS)

/* Tokens (batch, rows · columns, width) and the sides of their grid. */
typedef struct
{
  AutoTensor *x;
  gint64 rows, columns;
} SwinStates;

/* What a class wants besides the last states. */
typedef struct
{
  gboolean masked;           /* the call's bool_masked_pos counts */
  gboolean whole_windows;    /* images smaller than a window are padded, rather than windows cut */
  gboolean by_block;         /* the lists of states are those around each block, and attentions are states as well */
  AutoModelOutput *features; /* takes every stage's image */
} SwinUse;

static SwinStates
swin_embeddings (AutoContext *cx, const SwinConfig *c, AutoInputs *in, const SwinUse *use)
{
  AUTO_SCOPE (cx, "embeddings");
  gint64 n = auto_count_patches (cx, &c->image_size, &c->patch_size), p = MAX (auto_side (&c->patch_size, 0), 1), q = MAX (auto_side (&c->patch_size, 1), 1);
  AutoTensor *x = auto_pixel_values (cx, in, c->num_channels, NULL);

  x = auto_pad (cx, x, (const gint64[]) { 0, (q - auto_dim (x, 3) % q) % q, 0, (p - auto_dim (x, 2) % p) % p }, 4, AUTO_PAD_CONSTANT, 0);
  SwinStates states = { NULL, auto_dim (x, 2) / p, auto_dim (x, 3) / q };
  x = auto_layer_norm (cx, "norm", auto_embed_patches (cx, "patch_embeddings.projection", x, c->embed_dim, &c->patch_size, FALSE), 1e-5);
  if (use->masked)
    x = auto_mask_patches (cx, in, "mask_token", x);
  if (c->use_absolute_embeddings)
    {
      /* The reference has a row for a class token that there isn't: only images with one patch more than image_size fit. */
      AutoTensor *positions = auto_parameter (cx, "position_embeddings", AUTO_DIMS (1, n + 1, c->embed_dim));
      x = auto_context_is_declaring (cx) ? x : auto_add (cx, x, positions);
    }
  states.x = x;
  return states;
}

static AutoTensor *
swin_window_bias (AutoContext *cx, const SwinConfig *c, gint64 heads, gint64 window)
{
  gint64 n = window * window, side = 2 * c->window_size - 1;
  AutoTensor *table = auto_parameter (cx, "attention.self.relative_position_bias_table", AUTO_DIMS (side * side, heads));

  auto_ignore_weight (cx, "attention.self.relative_position_index");
  if (window != c->window_size)
    {
      if (!auto_context_is_declaring (cx))
        auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                           "pixel_values: a stage with %" G_GINT64_FORMAT " patches on a side can't be cut into windows of %d; use a larger image", window,
                           c->window_size);
      return NULL;
    }
  AutoTensor *bias = auto_reshape (cx, auto_take_rows (cx, table, auto_window_distances (cx, window)), AUTO_DIMS (n, n, heads));
  return auto_relative_bias (cx, bias);
}

static AutoTensor *
swin_attention (AutoContext *cx, const SwinConfig *c, AutoTensor *x, gint64 heads, gint64 shift, const SwinUse *use)
{
  gint64 height = auto_dim (x, 1), width = auto_dim (x, 2), window = use->whole_windows ? c->window_size : MIN (c->window_size, MIN (height, width));
  AutoMask mask = { .bias = swin_window_bias (cx, c, heads, window) };

  shift = MIN (height, width) <= c->window_size && !use->whole_windows ? 0 : shift;
  x = auto_window_pad (cx, x, window);
  gint64 rows = auto_dim (x, 1), columns = auto_dim (x, 2);
  if (shift)
    {
      gint64 batch = auto_dim (x, 0);
      mask = auto_mask_with_bias (cx, mask, auto_window_mask (cx, rows, columns, window, shift));
      mask.bias = auto_repeat (cx, mask.bias, AUTO_DIMS (batch, 1, 1, 1));
      x = auto_roll (cx, auto_roll (cx, x, -shift, 1), -shift, 2);
    }
  x = auto_attention (cx, auto_window_partition (cx, x, window), &mask, &(AutoAttention) {
    .q = "attention.self.query", .k = "attention.self.key", .v = "attention.self.value", .heads = heads, .no_bias = !c->qkv_bias,
    .out = "attention.output.dense" });
  x = auto_window_reverse (cx, x, window, rows, columns);
  if (shift)
    x = auto_roll (cx, auto_roll (cx, x, shift, 1), shift, 2);
  return auto_narrow (cx, auto_narrow (cx, x, 1, 0, height), 2, 0, width);
}

static AutoTensor *
swin_block (AutoContext *cx, const SwinConfig *c, const SwinStates *states, gint64 heads, gint64 shift, const SwinUse *use)
{
  gint64 batch = auto_dim (states->x, 0), width = auto_dim (states->x, 2);
  AutoTensor *y = auto_layer_norm (cx, "layernorm_before", states->x, c->layer_norm_eps);

  y = swin_attention (cx, c, auto_reshape (cx, y, AUTO_DIMS (batch, states->rows, states->columns, width)), heads, shift, use);
  AutoTensor *x = auto_add (cx, states->x, auto_reshape (cx, y, AUTO_DIMS (batch, states->rows * states->columns, width)));
  y = auto_layer_norm (cx, "layernorm_after", x, c->layer_norm_eps);
  y = auto_linear_act (cx, "intermediate.dense", y, (gint64) (c->mlp_ratio * (double) width), c->hidden_act);
  return auto_linear_add (cx, "output.dense", y, width, x);
}

/* Four neighbours become one with twice the width. */
static void
swin_merge (AutoContext *cx, SwinStates *states)
{
  AUTO_SCOPE (cx, "downsample");
  gint64 batch = auto_dim (states->x, 0), width = auto_dim (states->x, 2);
  AutoTensor *x = auto_window_pad (cx, auto_reshape (cx, states->x, AUTO_DIMS (batch, states->rows, states->columns, width)), 2), *parts[4];

  for (int i = 0; i < 4; i++)
    parts[i] = auto_slice (cx, auto_slice (cx, x, 1, i % 2, AUTO_END, 2), 2, i / 2, AUTO_END, 2);
  x = auto_reshape (cx, auto_concat (cx, parts, 4, 3), AUTO_DIMS (batch, -1, 4 * width));
  states->x = auto_linear_no_bias (cx, "reduction", auto_layer_norm (cx, "norm", x, 1e-5), 2 * width);
  states->rows = (states->rows + 1) / 2;
  states->columns = (states->columns + 1) / 2;
}

/* The states around block @i as element @stage + 1 of the list of states, which is a list then; those after the first block
 * as attentions. */
static void
swin_collect_block (AutoContext *cx, guint stage, int i, AutoTensor *before, AutoTensor *after)
{
  g_autofree char *list = g_strdup_printf ("hidden_states.%u", stage + 1);

  if (auto_context_wants_hidden_states (cx))
    {
      auto_context_collect (cx, list, before);
      auto_context_collect (cx, list, after);
    }
  if (auto_context_wants_attentions (cx) && i == 0)
    auto_context_collect (cx, "attentions", after);
}

static void
swin_blocks (AutoContext *cx, const SwinConfig *c, SwinStates *states, guint stage, const SwinUse *use)
{
  gint64 heads = auto_list_int (cx, "num_heads", &c->num_heads, stage, 1), depth = auto_list_int (cx, "depths", &c->depths, stage, 1);
  const char *collection = auto_context_set_collection (cx, NULL);

  for (int i = 0; i < depth; i++)
    {
      AUTO_LAYER (cx, &states->x, "blocks.%d", i);
      AutoTensor *before = states->x;
      if (i == depth - 1 && !use->by_block) /* only the last block's attention is handed out */
        auto_context_set_collection (cx, collection);
      states->x = swin_block (cx, c, states, heads, i % 2 ? c->window_size / 2 : 0, use);
      if (!use->by_block)
        continue;
      auto_context_set_collection (cx, collection);
      swin_collect_block (cx, stage, i, before, states->x);
      auto_context_set_collection (cx, NULL);
    }
  auto_context_set_collection (cx, collection);
}

static void
swin_hand_out (AutoContext *cx, const SwinStates *states, const SwinUse *use)
{
  if (use->features)
    auto_backbone_feature (use->features, auto_tokens_to_image (cx, states->x, states->rows, states->columns));
}

static void
swin_stage (AutoContext *cx, const SwinConfig *c, SwinStates *states, guint stage, const SwinUse *use)
{
  AUTO_LAYER (cx, &states->x, "encoder.layers.%u", stage);

  swin_blocks (cx, c, states, stage, use);
  swin_hand_out (cx, states, use);
  if (stage + 1 < c->depths.n)
    swin_merge (cx, states);
}

static void
swin_collect (AutoContext *cx, const SwinStates *states)
{
  if (!auto_context_wants_hidden_states (cx))
    return;
  auto_context_hidden_state (cx, states->x);
  auto_context_collect (cx, "reshaped_hidden_states", auto_tokens_to_image (cx, states->x, states->rows, states->columns));
}

static AutoTensor *
swin_stages (AutoContext *cx, const SwinConfig *c, AutoInputs *in, const SwinUse *use)
{
  SwinStates states = swin_embeddings (cx, c, in, use);

  swin_hand_out (cx, &states, use);
  if (use->by_block)
    auto_context_hidden_state (cx, states.x);
  else
    swin_collect (cx, &states);
  for (guint i = 0; i < c->depths.n && !auto_context_has_failed (cx); i++)
    {
      swin_stage (cx, c, &states, i, use);
      if (!use->by_block)
        swin_collect (cx, &states);
    }
  return states.x;
}

static AutoTensor *
swin_encoder (AutoContext *cx, const SwinConfig *c, AutoInputs *in, const SwinUse *use)
{
  return auto_layer_norm (cx, "layernorm", swin_stages (cx, c, in, use), c->layer_norm_eps);
}

static void
swin_backbone_forward (AutoContext *cx, const SwinConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  g_autoptr(AutoModelOutput) stages = auto_model_output_new ();
  char **name = c->out_features;

  swin_stages (cx, c, in, &(SwinUse) { .whole_windows = TRUE, .features = stages });
  AUTO_SCOPE (cx, "hidden_states_norms");
  for (guint i = 0; i <= c->depths.n; i++)
    if (auto_backbone_wants (c->out_features, i))
      auto_backbone_feature (out, auto_layer_norm_channels (cx, *name++, auto_model_output_get_element (stages, "feature_maps", i), 1e-5));
}

/* The reference's second form of the same network. */
static void
maskformer_swin_backbone_forward (AutoContext *cx, const SwinConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  g_autoptr(AutoModelOutput) stages = auto_model_output_new ();

  if (auto_backbone_wants (c->out_features, 0))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "out_features: the stem can't be handed out");
  {
    AUTO_SCOPE (cx, "model");
    swin_encoder (cx, c, in, &(SwinUse) { .whole_windows = TRUE, .features = stages });
  }
  for (guint i = 1; i <= c->depths.n; i++)
    {
      g_autofree char *name = g_strdup_printf ("hidden_states_norms.%u", i - 1);
      AutoTensor *map = auto_layer_norm_channels (cx, name, auto_model_output_get_element (stages, "feature_maps", i), 1e-5);
      if (auto_backbone_wants (c->out_features, i))
        auto_backbone_feature (out, map);
    }
}

static void
swin_set_output (AutoContext *cx, AutoTensor *x, AutoModelOutput *out)
{
  auto_model_output_set (out, "last_hidden_state", x);
  auto_model_output_set (out, "pooler_output", auto_mean (cx, x, 1, FALSE));
}

static void
swin_model_forward (AutoContext *cx, const SwinConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  swin_set_output (cx, swin_encoder (cx, c, in, &(SwinUse) { 0 }), out);
}

static void
maskformer_swin_model_forward (AutoContext *cx, const SwinConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  swin_set_output (cx, swin_encoder (cx, c, in, &(SwinUse) { .whole_windows = TRUE, .by_block = TRUE }), out);
}

/* Without a norm at the end. */
static void
donut_swin_model_forward (AutoContext *cx, const SwinConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  swin_set_output (cx, swin_stages (cx, c, in, &(SwinUse) { 0 }), out);
}

static AutoTensor *
swin_below_head (AutoContext *cx, const SwinConfig *c, AutoInputs *in, gboolean masked)
{
  AUTO_SCOPE (cx, "swin");
  return swin_encoder (cx, c, in, &(SwinUse) { .masked = masked });
}

static void
swin_classification_forward (AutoContext *cx, const SwinConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *pooled = auto_mean (cx, swin_below_head (cx, c, in, FALSE), 1, FALSE);

  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", pooled, c->parent.num_labels));
}

static void
swin_masked_image_forward (AutoContext *cx, const SwinConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  auto_reconstruct_image (cx, in, "decoder.0", swin_below_head (cx, c, in, TRUE), c->num_channels, c->encoder_stride,
                          MAX (auto_side (&c->patch_size, 0), 1), out);
}

static void
swin_example (const SwinConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &c->image_size);
}

/* The decoder of masked images wants as many rows of patches as columns. */
static void
swin_square_example (const SwinConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &(AutoInts) { .values = c->image_size.values, .n = MIN (c->image_size.n, 1) });
}

#define EXAMPLE .example = (AutoExample) swin_example

AUTO_DEFINE_MODEL (SwinModel, swin_model, swin_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (SwinBackbone, swin_backbone, swin_backbone_forward, EXAMPLE)
AUTO_DEFINE_MODEL (SwinForImageClassification, swin_for_image_classification, swin_classification_forward, EXAMPLE)
AUTO_DEFINE_MODEL (SwinForMaskedImageModeling, swin_for_masked_image_modeling, swin_masked_image_forward, .example = (AutoExample) swin_square_example)
AUTO_DEFINE_MODEL (MaskFormerSwinModel, maskformer_swin_model, maskformer_swin_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (MaskFormerSwinBackbone, maskformer_swin_backbone, maskformer_swin_backbone_forward, EXAMPLE)
AUTO_DEFINE_MODEL (DonutSwinModel, donut_swin_model, donut_swin_model_forward, EXAMPLE)

AUTO_PLUGIN (swin, "Swin Transformer",
  AUTO_ARCHITECTURE ("swin", swin_config, .prefix = "swin"),
  AUTO_TASK ("AutoModel", swin_model, .tf = TRUE),
  AUTO_TASK ("AutoBackbone", swin_backbone),
  AUTO_TASK ("AutoModelForImageClassification", swin_for_image_classification, .tf = TRUE),
  AUTO_TASK ("AutoModelForMaskedImageModeling", swin_for_masked_image_modeling, .tf = TRUE),
  AUTO_ARCHITECTURE ("maskformer-swin", maskformer_swin_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", maskformer_swin_model),
  AUTO_TASK ("AutoBackbone", maskformer_swin_backbone),
  AUTO_ARCHITECTURE ("donut-swin", donut_swin_config, .prefix = "swin"),
  AUTO_TASK ("AutoModel", donut_swin_model));
