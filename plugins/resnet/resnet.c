/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ResNet (He et al., arXiv:1512.03385); transformers: models/resnet/modeling_resnet.py */
#include "sdk/auto-sdk.h"

typedef struct _ResNetConfig
{
  AutoPretrainedConfig parent;
  int num_channels, embedding_size;
  AutoInts hidden_sizes, depths, out_indices;
  char **out_features;
  const char *layer_type;
  AutoActivation hidden_act;
  gboolean downsample_in_first_stage, downsample_in_bottleneck;
} ResNetConfig;

static gboolean
resnet_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  const char *type = ((ResNetConfig *) config)->layer_type;

  if (g_strcmp0 (type, "basic") != 0 && g_strcmp0 (type, "bottleneck") != 0)
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "layer_type must be basic or bottleneck, and it is %s", type ? type : "null");
      return FALSE;
    }
  return auto_backbone_loaded (config, ((ResNetConfig *) config)->depths.n, error);
}

AUTO_DEFINE_CONFIG_WITH (ResNetConfig, resnet_config, "resnet", (.base_first = TRUE, .loaded = resnet_config_loaded),
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),
  AUTO_INT (embedding_size, 64, .min = 1, .max = G_MAXINT),
  AUTO_INTS (hidden_sizes, "[256, 512, 1024, 2048]"),
  AUTO_INTS (depths, "[3, 4, 6, 3]"),
  AUTO_STRING (layer_type, "bottleneck"),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_RELU),
  AUTO_BOOL (downsample_in_first_stage, FALSE),
  AUTO_BOOL (downsample_in_bottleneck, FALSE),
  AUTO_BACKBONE_FIELDS)

static AutoTensor *
resnet_conv (AutoContext *cx, AutoTensor *x, gint64 n_out, gint64 kernel, gint64 stride, AutoActivation activation)
{
  x = auto_conv2d (cx, "convolution", x, n_out, &(AutoConv) {
    .kernel = { kernel }, .stride = { stride }, .padding = { kernel > 1 ? kernel / 2 : -1 }, .no_bias = TRUE });
  return auto_activation (cx, auto_batch_norm (cx, "normalization", x, 1e-5), activation);
}

static AutoTensor *
resnet_scoped_conv (AutoContext *cx, const char *scope, AutoTensor *x, gint64 n_out, gint64 kernel, gint64 stride, AutoActivation activation)
{
  AUTO_SCOPE (cx, "%s", scope);
  return resnet_conv (cx, x, n_out, kernel, stride, activation);
}

/* Two 3×3 convolutions, or 1×1, 3×3, 1×1 with a quarter of the channels between, beside a way past them. The convolutions inside are
 * always followed by ReLU, whatever hidden_act says. */
static AutoTensor *
resnet_layer (AutoContext *cx, const ResNetConfig *c, AutoTensor *x, gint64 n_out, gint64 stride)
{
  AutoTensor *y = x, *past = x;

  if (auto_dim (x, 1) != n_out || stride != 1)
    past = resnet_scoped_conv (cx, "shortcut", x, n_out, 1, stride, AUTO_ACTIVATION_NONE);
  if (g_str_equal (c->layer_type, "basic"))
    {
      y = resnet_scoped_conv (cx, "layer.0", y, n_out, 3, stride, AUTO_ACTIVATION_RELU);
      y = resnet_scoped_conv (cx, "layer.1", y, n_out, 3, 1, AUTO_ACTIVATION_NONE);
    }
  else
    {
      gint64 early = c->downsample_in_bottleneck ? stride : 1;
      y = resnet_scoped_conv (cx, "layer.0", y, n_out / 4, 1, early, AUTO_ACTIVATION_RELU);
      y = resnet_scoped_conv (cx, "layer.1", y, n_out / 4, 3, stride / early, AUTO_ACTIVATION_RELU);
      y = resnet_scoped_conv (cx, "layer.2", y, n_out, 1, 1, AUTO_ACTIVATION_NONE);
    }
  return auto_activation (cx, auto_add (cx, y, past), c->hidden_act);
}

static AutoTensor *
resnet_stem (AutoContext *cx, const ResNetConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_pixel_values (cx, in, c->num_channels, NULL);

  x = resnet_scoped_conv (cx, "embedder.embedder", x, c->embedding_size, 7, 2, c->hidden_act);
  return auto_max_pool2d (cx, x, &(AutoPool) { .kernel = { 3 }, .stride = { 2 }, .padding = { 1 } });
}

/* The states after stage @i: asked for by the caller, or by whoever builds on the network. */
static void
resnet_hand_out (AutoContext *cx, const ResNetConfig *c, guint i, AutoTensor *x, AutoModelOutput *features)
{
  auto_context_hidden_state (cx, x);
  if (features && auto_backbone_wants (c->out_features, i))
    auto_backbone_feature (features, x);
}

static AutoTensor *
resnet_encoder (AutoContext *cx, const ResNetConfig *c, AutoInputs *in, AutoModelOutput *features)
{
  AutoTensor *x = resnet_stem (cx, c, in);

  /* As many stages as both lists have; the first must be there. */
  guint n = MAX (MIN (c->hidden_sizes.n, c->depths.n), 1);

  for (guint i = 0; i < n; i++)
    {
      gint64 n_out = auto_list_int (cx, "hidden_sizes", &c->hidden_sizes, i, 1), depth = auto_list_int (cx, "depths", &c->depths, i, 0);
      resnet_hand_out (cx, c, i, x, features);
      for (int j = 0; j < MAX (depth, 1); j++)
        {
          AUTO_LAYER (cx, &x, "encoder.stages.%u.layers.%d", i, j);
          x = resnet_layer (cx, c, x, n_out, j == 0 && (i > 0 || c->downsample_in_first_stage) ? 2 : 1);
        }
    }
  resnet_hand_out (cx, c, n, x, features);
  return x;
}

static void
resnet_backbone_forward (AutoContext *cx, const ResNetConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  resnet_encoder (cx, c, in, out);
}

static void
resnet_model_forward (AutoContext *cx, const ResNetConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = resnet_encoder (cx, c, in, NULL);

  auto_model_output_set (out, "last_hidden_state", x);
  auto_model_output_set (out, "pooler_output", auto_adaptive_avg_pool2d (cx, x, 1, 1));
}

static void
resnet_classification_forward (AutoContext *cx, const ResNetConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "resnet");
    x = resnet_encoder (cx, c, in, NULL);
  }
  x = auto_flatten (cx, auto_adaptive_avg_pool2d (cx, x, 1, 1), 1, 3);
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier.1", x, c->parent.num_labels));
}

static void
resnet_example (const ResNetConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &(AutoInts) { 1, (int[]) { 64 } });
}

AUTO_DEFINE_MODEL (ResNetModel, resnet_model, resnet_model_forward, .example = (AutoExample) resnet_example)
AUTO_DEFINE_MODEL (ResNetBackbone, resnet_backbone, resnet_backbone_forward, .example = (AutoExample) resnet_example)
AUTO_DEFINE_MODEL (ResNetForImageClassification, resnet_for_image_classification, resnet_classification_forward,
                   .example = (AutoExample) resnet_example)

AUTO_PLUGIN (resnet, "ResNet",
  AUTO_ARCHITECTURE ("resnet", resnet_config, .prefix = "resnet"),
  AUTO_TASK ("AutoModel", resnet_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoBackbone", resnet_backbone),
  AUTO_TASK ("AutoModelForImageClassification", resnet_for_image_classification, .tf = TRUE, .flax = TRUE));
