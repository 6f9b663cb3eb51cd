/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DINOv2 (Oquab et al., arXiv:2304.07193); transformers: models/dinov2/modeling_dinov2.py */
#include "sdk/auto-sdk.h"

typedef struct _Dinov2Config
{
  AutoPretrainedConfig parent;
  int hidden_size, num_hidden_layers, num_attention_heads, num_channels;
  double mlp_ratio, layer_norm_eps;
  AutoActivation hidden_act;
  AutoInts image_size, patch_size;
  gboolean qkv_bias, use_swiglu_ffn, apply_layernorm, reshape_hidden_states;
  AUTO_BACKBONE_MEMBERS
} Dinov2Config;

static gboolean
dinov2_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  return auto_backbone_loaded (config, (guint) MAX (((Dinov2Config *) config)->num_hidden_layers, 0), error);
}

AUTO_DEFINE_CONFIG_WITH (Dinov2Config, dinov2_config, "dinov2", (.loaded = dinov2_config_loaded, .base_first = TRUE),
  AUTO_INT (hidden_size, 768, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 12, .min = 0, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 12, .min = 1, .max = G_MAXINT),
  AUTO_DOUBLE (mlp_ratio, 4),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_EXTRA ("hidden_dropout_prob", "0.0"),
  AUTO_EXTRA ("attention_probs_dropout_prob", "0.0"),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_DOUBLE (layer_norm_eps, 1e-6),
  AUTO_INTS (image_size, "224"),
  AUTO_INTS (patch_size, "16"),
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (qkv_bias, TRUE),
  AUTO_EXTRA ("layerscale_value", "1.0"),
  AUTO_EXTRA ("drop_path_rate", "0.0"),
  AUTO_BOOL (use_swiglu_ffn, FALSE),
  AUTO_BOOL (apply_layernorm, TRUE),
  AUTO_BOOL (reshape_hidden_states, TRUE),
  AUTO_BACKBONE_FIELDS)

static void
dinov2_example (const Dinov2Config *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &c->image_size);
}

/* Patches with the mask token in the places that the call masks. */
static AutoTensor *
dinov2_mask (AutoContext *cx, const Dinov2Config *c, AutoInputs *in, AutoTensor *x)
{
  AutoTensor *token = auto_zeros_parameter (cx, "mask_token", AUTO_DIMS (1, c->hidden_size));
  AutoTensor *mask = auto_token_input (cx, in, "bool_masked_pos", x);

  return mask ? auto_where (cx, auto_unsqueeze (cx, mask, 2), token, x) : x;
}

static AutoTensor *
dinov2_embeddings (AutoContext *cx, const Dinov2Config *c, AutoInputs *in, AutoTensor *pixels, gboolean masked)
{
  AUTO_SCOPE (cx, "embeddings");
  gint64 n = auto_count_patches (cx, &c->image_size, &c->patch_size);
  AutoTensor *x = auto_embed_patches (cx, "patch_embeddings.projection", pixels, c->hidden_size, &c->patch_size, FALSE);

  if (masked || auto_context_is_declaring (cx))
    x = dinov2_mask (cx, c, in, x);
  x = auto_prepend_token (cx, "cls_token", x);
  AutoTensor *positions = auto_parameter (cx, "position_embeddings", AUTO_DIMS (1, n + 1, c->hidden_size));
  return auto_add (cx, x, auto_stretch_positions (cx, positions, pixels, &c->patch_size));
}

static AutoTensor *
dinov2_feed_forward (AutoContext *cx, const Dinov2Config *c, AutoTensor *x)
{
  AUTO_SCOPE (cx, "mlp");
  gint64 width = (gint64) (c->hidden_size * c->mlp_ratio);

  if (!c->use_swiglu_ffn)
    return auto_linear (cx, "fc2", auto_linear_act (cx, "fc1", x, width, c->hidden_act), c->hidden_size);
  width = (width * 2 / 3 + 7) / 8 * 8;
  x = auto_linear (cx, "weights_in", x, 2 * width);
  x = auto_mul_act (cx, auto_chunk (cx, x, 2, -1, 0), auto_chunk (cx, x, 2, -1, 1), AUTO_ACTIVATION_SILU);
  return auto_linear (cx, "weights_out", x, c->hidden_size);
}

static AutoTensor *
dinov2_layer (AutoContext *cx, const Dinov2Config *c, AutoTensor *x, AutoTensor *head_mask)
{
  AutoTensor *a = auto_attention (cx, auto_layer_norm (cx, "norm1", x, c->layer_norm_eps), NULL, &(AutoAttention) {
    .q = "attention.attention.query", .k = "attention.attention.key", .v = "attention.attention.value", .out = "attention.output.dense",
    .heads = c->num_attention_heads, .no_bias = !c->qkv_bias, .head_mask = head_mask });

  x = auto_add (cx, auto_mul (cx, a, auto_ones_parameter (cx, "layer_scale1.lambda1", AUTO_DIMS (c->hidden_size))), x);
  a = dinov2_feed_forward (cx, c, auto_layer_norm (cx, "norm2", x, c->layer_norm_eps));
  return auto_add (cx, auto_mul (cx, a, auto_ones_parameter (cx, "layer_scale2.lambda1", AUTO_DIMS (c->hidden_size))), x);
}

/* A stage's states as the backbone hands them out: those of patches as an image. */
static AutoTensor *
dinov2_map (AutoContext *cx, const Dinov2Config *c, AutoTensor *pixels, AutoTensor *x)
{
  if (c->apply_layernorm)
    x = auto_layer_norm (cx, "layernorm", x, c->layer_norm_eps);
  if (!c->reshape_hidden_states)
    return x;
  return auto_tokens_to_image (cx, auto_slice (cx, x, 1, 1, AUTO_END, 1), auto_dim (pixels, 2) / auto_side (&c->patch_size, 0),
                               auto_dim (pixels, 3) / auto_side (&c->patch_size, 1));
}

/* The last layer's states; to @maps, when it isn't NULL, those of the stages that the configuration names. */
static AutoTensor *
dinov2_encoder (AutoContext *cx, const Dinov2Config *c, AutoInputs *in, AutoModelOutput *maps)
{
  AutoTensor *pixels = auto_pixel_values (cx, in, c->num_channels, NULL);
  AutoTensor *x = dinov2_embeddings (cx, c, in, pixels, !maps);

  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      if (maps && auto_backbone_wants (c->out_features, (guint) i))
        auto_backbone_feature (maps, dinov2_map (cx, c, pixels, x));
      AUTO_LAYER (cx, &x, "encoder.layer.%d", i);
      auto_context_hidden_state (cx, x);
      x = dinov2_layer (cx, c, x, maps ? NULL : auto_head_mask (cx, in, i, c->num_hidden_layers, c->num_attention_heads));
    }
  if (maps && auto_backbone_wants (c->out_features, (guint) c->num_hidden_layers))
    auto_backbone_feature (maps, dinov2_map (cx, c, pixels, x));
  auto_context_hidden_state (cx, x);
  return x;
}

static AutoTensor *
dinov2_base (AutoContext *cx, const Dinov2Config *c, AutoInputs *in)
{
  return auto_layer_norm (cx, "layernorm", dinov2_encoder (cx, c, in, NULL), c->layer_norm_eps);
}

static void
dinov2_forward (AutoContext *cx, const Dinov2Config *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = dinov2_base (cx, c, in);

  auto_model_output_set (out, "last_hidden_state", x);
  auto_model_output_set (out, "pooler_output", auto_select (cx, x, 1, 0));
}

static void
dinov2_classify (AutoContext *cx, const Dinov2Config *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "dinov2");
    x = dinov2_base (cx, c, in);
  }
  AutoTensor *both[] = { auto_select (cx, x, 1, 0), auto_mean (cx, auto_slice (cx, x, 1, 1, AUTO_END, 1), 1, FALSE) };
  x = auto_concat (cx, both, G_N_ELEMENTS (both), 1);
  auto_model_output_set (out, "logits", c->parent.num_labels > 0 ? auto_linear (cx, "classifier", x, c->parent.num_labels) : x);
}

static void
dinov2_backbone_forward (AutoContext *cx, const Dinov2Config *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = dinov2_encoder (cx, c, in, out);

  if (auto_context_is_declaring (cx))
    auto_layer_norm (cx, "layernorm", x, c->layer_norm_eps);
}

AUTO_DEFINE_MODEL (Dinov2Model, dinov2_model, dinov2_forward, .example = (AutoExample) dinov2_example)
AUTO_DEFINE_MODEL (Dinov2ForImageClassification, dinov2_for_image_classification, dinov2_classify, .example = (AutoExample) dinov2_example)
AUTO_DEFINE_MODEL (Dinov2Backbone, dinov2_backbone, dinov2_backbone_forward, .example = (AutoExample) dinov2_example)

AUTO_PLUGIN (dinov2, "DINOv2",
  AUTO_ARCHITECTURE ("dinov2", dinov2_config, .prefix = "dinov2"),
  AUTO_TASK ("AutoModel", dinov2_model),
  AUTO_TASK ("AutoModelForImageClassification", dinov2_for_image_classification),
  AUTO_TASK ("AutoBackbone", dinov2_backbone));
