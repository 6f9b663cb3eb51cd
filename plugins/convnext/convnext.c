/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ConvNeXT (Liu et al., arXiv:2201.03545); transformers: models/convnext/modeling_convnext.py */
#include "sdk/auto-sdk.h"

typedef struct _ConvNextConfig
{
  AutoPretrainedConfig parent;
  int num_channels, num_stages;
  AutoInts patch_size, hidden_sizes, depths, out_indices;
  char **out_features;
  AutoActivation hidden_act;
  double layer_norm_eps, layer_scale_init_value;
} ConvNextConfig;

/* What the reference takes for an empty list or null. */
static gboolean
convnext_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  ConvNextConfig *c = (ConvNextConfig *) config;
  AutoConfig *self = AUTO_CONFIG (config);

  return (c->hidden_sizes.n || auto_config_set_text (self, "hidden_sizes", "[96, 192, 384, 768]", error)) &&
         (c->depths.n || auto_config_set_text (self, "depths", "[3, 3, 9, 3]", error)) && auto_backbone_loaded (config, c->depths.n, error);
}

AUTO_DEFINE_CONFIG_WITH (ConvNextConfig, convnext_config, "convnext", (.base_first = TRUE, .loaded = convnext_config_loaded),
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),
  AUTO_INTS (patch_size, "4"),
  AUTO_INT (num_stages, 4, .min = 1, .max = G_MAXINT),
  AUTO_INTS (hidden_sizes, "null"),
  AUTO_INTS (depths, "null"),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_DOUBLE (layer_norm_eps, 1e-12),
  AUTO_DOUBLE (layer_scale_init_value, 1e-6),
  AUTO_EXTRA ("drop_path_rate", "0.0"),
  AUTO_EXTRA ("image_size", "224"),
  AUTO_BACKBONE_FIELDS)

static AutoTensor *
convnext_layer (AutoContext *cx, const ConvNextConfig *c, AutoTensor *x)
{
  gint64 width = auto_dim (x, 1);
  AutoTensor *y = auto_conv2d (cx, "dwconv", x, width, &(AutoConv) { .kernel = { 7 }, .padding = { 3 }, .groups = width });

  y = auto_layer_norm (cx, "layernorm", auto_permute (cx, y, AUTO_ORDER (0, 2, 3, 1)), 1e-6);
  y = auto_linear_act (cx, "pwconv1", y, 4 * width, c->hidden_act);
  y = auto_linear (cx, "pwconv2", y, width);
  if (c->layer_scale_init_value > 0)
    y = auto_mul (cx, y, auto_parameter (cx, "layer_scale_parameter", AUTO_DIMS (width)));
  return auto_add (cx, x, auto_permute (cx, y, AUTO_ORDER (0, 3, 1, 2)));
}

static AutoTensor *
convnext_stage (AutoContext *cx, const ConvNextConfig *c, AutoTensor *x, guint stage)
{
  gint64 width = auto_list_int (cx, "hidden_sizes", &c->hidden_sizes, stage, 1), depth = auto_list_int (cx, "depths", &c->depths, stage, 0);
  AUTO_LAYER (cx, &x, "encoder.stages.%u", stage);

  if (stage > 0)
    {
      x = auto_layer_norm_channels (cx, "downsampling_layer.0", x, 1e-6);
      x = auto_conv2d (cx, "downsampling_layer.1", x, width, &(AutoConv) { .kernel = { 2 }, .stride = { 2 } });
    }
  for (int i = 0; i < depth; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      x = convnext_layer (cx, c, x);
    }
  return x;
}

static AutoTensor *
convnext_encoder (AutoContext *cx, const ConvNextConfig *c, AutoInputs *in)
{
  gint64 width = auto_list_int (cx, "hidden_sizes", &c->hidden_sizes, 0, 1), rows = auto_side (&c->patch_size, 0);
  AutoTensor *x = auto_conv2d (cx, "embeddings.patch_embeddings", auto_pixel_values (cx, in, c->num_channels, NULL), width, &(AutoConv) {
    .kernel = { rows, auto_side (&c->patch_size, 1) }, .stride = { rows, auto_side (&c->patch_size, 1) } });

  x = auto_layer_norm_channels (cx, "embeddings.layernorm", x, 1e-6);
  for (int i = 0; i < c->num_stages && !auto_context_has_failed (cx); i++)
    {
      auto_context_hidden_state (cx, x);
      x = convnext_stage (cx, c, x, i);
    }
  auto_context_hidden_state (cx, x);
  return x;
}

static AutoTensor *
convnext_pooler (AutoContext *cx, const ConvNextConfig *c, AutoTensor *x)
{
  return auto_layer_norm (cx, "layernorm", auto_mean (cx, auto_flatten (cx, x, 2, 3), 2, FALSE), c->layer_norm_eps);
}

static void
convnext_model_forward (AutoContext *cx, const ConvNextConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = convnext_encoder (cx, c, in);

  auto_model_output_set (out, "last_hidden_state", x);
  auto_model_output_set (out, "pooler_output", convnext_pooler (cx, c, x));
}

static void
convnext_classification_forward (AutoContext *cx, const ConvNextConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "convnext");
    x = convnext_pooler (cx, c, convnext_encoder (cx, c, in));
  }
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", x, c->parent.num_labels));
}

/* As small as the strides allow. */
static void
convnext_example (const ConvNextConfig *c, AutoInputs *in)
{
  int side = CLAMP ((int) auto_side (&c->patch_size, 0), 1, 1024) << CLAMP (c->num_stages, 1, 16);

  auto_image_example (in, c->num_channels, &(AutoInts) { 1, &side });
}

AUTO_DEFINE_MODEL (ConvNextModel, convnext_model, convnext_model_forward, .example = (AutoExample) convnext_example)
AUTO_DEFINE_MODEL (ConvNextForImageClassification, convnext_for_image_classification, convnext_classification_forward,
                   .example = (AutoExample) convnext_example)

AUTO_PLUGIN (convnext, "ConvNeXT",
  AUTO_ARCHITECTURE ("convnext", convnext_config, .prefix = "convnext"),
  AUTO_TASK ("AutoModel", convnext_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForImageClassification", convnext_for_image_classification, .tf = TRUE));
