/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detector.h"

#include "../timm_backbone/networks.h"

/* Keys of the network that the configuration does without. */
static gboolean
drop_timm (AutoConfig *config, GError **error)
{
  static const char *const keys[] = { "dilation", "backbone", "use_pretrained_backbone" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!auto_config_set_text (config, keys[i], "null", error))
      return FALSE;
  return TRUE;
}

gboolean
detector_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  const DetectorConfig *c = (const DetectorConfig *) config;

  if (c->backbone_config && c->use_timm_backbone)
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "backbone_config and use_timm_backbone exclude each other; leave one of them out");
      return FALSE;
    }
  if (!c->use_timm_backbone && !c->backbone_config &&
      !auto_config_set_text (AUTO_CONFIG (config), "backbone_config", "{\"model_type\": \"resnet\", \"out_features\": [\"stage4\"]}", error))
    return FALSE;
  return (c->use_timm_backbone || drop_timm (AUTO_CONFIG (config), error)) &&
         auto_config_set_int (AUTO_CONFIG (config), "num_hidden_layers", c->encoder_layers, error);
}

void
detector_example (const DetectorConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &(AutoInts) { 1, (int[]) { 64 } });
}

static void
run_network (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, DetectorMaps *found)
{
  AUTO_SCOPE (cx, "conv_encoder.model");
  const TimmNetwork network = { c->backbone, c->num_channels, c->dilation ? 16 : 32 };
  AutoTensor *all[TIMM_FEATURES] = { NULL };

  if (!c->use_timm_backbone)
    {
      found->n_maps = auto_backbone_forward (cx, c->backbone_config, in, found->maps, DETECTOR_MAPS);
      return;
    }
  timm_features (cx, in, &network, TIMM_FEATURES - 1, all);
  found->n_maps = TIMM_FEATURES - 1;
  for (guint i = 0; i < found->n_maps; i++)
    found->maps[i] = all[i + 1];
}

/* The call's pixel_mask (batch, height, width), or NULL. */
static AutoTensor *
pixel_mask (AutoContext *cx, AutoInputs *in)
{
  AutoTensor *mask = auto_inputs_get (in, "pixel_mask"), *x = auto_inputs_get (in, "pixel_values");

  if (!mask || !x)
    return NULL;
  if (auto_tensor_get_n_dims (mask) == 3 && auto_dim (mask, 0) == auto_dim (x, 0) && auto_dim (mask, 1) == auto_dim (x, 2) &&
      auto_dim (mask, 2) == auto_dim (x, 3))
    return mask;
  g_autofree char *text = auto_tensor_describe (mask), *image = auto_tensor_describe (x);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "pixel_mask: needs the shape (batch, height, width) of pixel_values (%s), not %s", image, text);
  return NULL;
}

static AutoTensor *
positions_of (AutoContext *cx, const DetectorConfig *c, AutoTensor *mask)
{
  AUTO_SCOPE (cx, "position_embedding");

  if (g_strcmp0 (c->position_embedding_type, "sine") == 0)
    return auto_sine_positions (cx, mask, c->d_model / 2, 0);
  if (g_strcmp0 (c->position_embedding_type, "learned") == 0)
    return auto_learned_positions (cx, auto_dim (mask, 0), auto_dim (mask, 1), auto_dim (mask, 2), c->d_model / 2);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "position_embedding_type must be sine or learned, and it is %s",
                     c->position_embedding_type ? c->position_embedding_type : "null");
  return NULL;
}

DetectorMaps
detector_maps (AutoContext *cx, const DetectorConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "backbone");
  DetectorMaps found = { { NULL }, 0, NULL, NULL };

  if (c->d_model % 2)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "d_model: must be even, and it is %d", c->d_model);
  run_network (cx, c, in, &found);
  if (!found.n_maps)
    return found;
  AutoTensor *given = pixel_mask (cx, in), *mask = auto_downsample_mask (cx, given, found.maps[found.n_maps - 1]);
  found.positions = positions_of (cx, c, mask);
  found.mask = given ? auto_flatten (cx, mask, 1, 2) : NULL;
  return found;
}

AutoTensor *
detector_boxes (AutoContext *cx, const char *name, AutoTensor *x)
{
  AUTO_SCOPE (cx, "%s", name);
  gint64 width = auto_dim (x, -1);

  x = auto_linear_act (cx, "layers.0", x, width, AUTO_ACTIVATION_RELU);
  x = auto_linear_act (cx, "layers.1", x, width, AUTO_ACTIVATION_RELU);
  return auto_sigmoid (cx, auto_linear (cx, "layers.2", x, 4));
}
