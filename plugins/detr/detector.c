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
detector_network_loaded (AutoPretrainedConfig *config, GError **error)
{
  const DetectorConfig *c = (const DetectorConfig *) config;

  if (c->backbone_config && c->use_timm_backbone)
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE,
                   "backbone_config and use_timm_backbone exclude each other; leave one of them out");
      return FALSE;
    }
  return c->use_timm_backbone || c->backbone_config ||
         auto_config_set_text (AUTO_CONFIG (config), "backbone_config",
                               "{\"model_type\": \"resnet\", \"out_features\": [\"stage4\"]}", error);
}

gboolean
detector_parts_loaded (AutoPretrainedConfig *config, GError **error)
{
  return detector_network_loaded (config, error) &&
         auto_config_set_int (AUTO_CONFIG (config), "num_hidden_layers", ((const DetectorConfig *) config)->encoder_layers, error);
}

gboolean
detector_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  gboolean timm = ((const DetectorConfig *) config)->use_timm_backbone;

  return detector_parts_loaded (config, error) && (timm || drop_timm (AUTO_CONFIG (config), error));
}

void
detector_example (const DetectorConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &(AutoInts) { 1, (int[]) { 64 } });
}

static void
run_network (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, DetectorPass *found)
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

AutoTensor *
detector_pixel_mask (AutoContext *cx, AutoInputs *in)
{
  AutoTensor *mask = auto_inputs_get (in, "pixel_mask"), *x = auto_inputs_get (in, "pixel_values");

  if (!mask || !x)
    return NULL;
  if (auto_tensor_get_n_dims (mask) == 3 && auto_dim (mask, 0) == auto_dim (x, 0) && auto_dim (mask, 1) == auto_dim (x, 2) &&
      auto_dim (mask, 2) == auto_dim (x, 3))
    return mask;
  g_autofree char *text = auto_tensor_describe (mask), *image = auto_tensor_describe (x);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                     "pixel_mask: needs the shape (batch, height, width) of pixel_values (%s), not %s", image, text);
  return NULL;
}

AutoTensor *
detector_positions (AutoContext *cx, const DetectorConfig *c, AutoTensor *mask, double offset)
{
  AUTO_SCOPE (cx, "backbone");
  AUTO_SCOPE (cx, "position_embedding");

  if (g_strcmp0 (c->position_embedding_type, "sine") == 0)
    return auto_sine_positions (cx, mask, c->d_model / 2, offset);
  if (g_strcmp0 (c->position_embedding_type, "learned") == 0)
    return auto_learned_positions (cx, auto_dim (mask, 0), auto_dim (mask, 1), auto_dim (mask, 2), c->d_model / 2);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "position_embedding_type must be sine or learned, and it is %s",
                     c->position_embedding_type ? c->position_embedding_type : "null");
  return NULL;
}

void
detector_maps (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, DetectorPass *found)
{
  AUTO_SCOPE (cx, "backbone");

  run_network (cx, c, in, found);
  if (!found->n_maps && !auto_context_has_failed (cx))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "backbone_config: out_features must name a stage");
}

static AutoTensor *
encoder (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, AutoTensor *x, const DetectorPass *pass, gboolean pre_norm)
{
  AUTO_SCOPE (cx, "encoder");

  x = auto_transformer (cx, in, x, &(AutoTransformer) {
    .layers = c->encoder_layers, .heads = c->encoder_attention_heads, .intermediate_size = c->encoder_ffn_dim,
    .activation = c->activation_function, .mask = auto_self_mask (cx, pass->mask, FALSE), .positions = pass->positions,
    .pre_norm = pre_norm, .last_norm = "", .no_head_masks = TRUE });
  return pre_norm ? auto_layer_norm (cx, "layernorm", x, 1e-5) : x; /* the list of states has those before it */
}

AutoTensor *
detector_given_memory (AutoContext *cx, AutoInputs *in, AutoTensor *x)
{
  AutoTensor *given = auto_inputs_get (in, "encoder_outputs");

  if (given && x &&
      (auto_tensor_get_n_dims (given) != 3 || auto_dim (given, 0) != auto_dim (x, 0) || auto_dim (given, 1) != auto_dim (x, 1) ||
       auto_dim (given, 2) != auto_dim (x, 2)))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s",
                       "encoder_outputs: needs the shape (batch, places, width) of the image's states");
  return given;
}

DetectorPass
detector_encode (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, gboolean pre_norm, AutoModelOutput *out)
{
  DetectorPass pass = { .n_maps = 0 };

  if (c->d_model % 2)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "d_model: must be even, and it is %d", c->d_model);
  detector_maps (cx, c, in, &pass);
  if (auto_context_has_failed (cx))
    return pass;
  AutoTensor *given = detector_pixel_mask (cx, in), *mask = auto_downsample_mask (cx, given, pass.maps[pass.n_maps - 1]);
  pass.positions = detector_positions (cx, c, mask, 0);
  pass.mask = given ? auto_flatten (cx, mask, 1, 2) : NULL;
  pass.projected = auto_conv2d (cx, "input_projection", pass.maps[pass.n_maps - 1], c->d_model, &(AutoConv) { .kernel = { 1 } });
  const char *collection = auto_context_set_collection (cx, "encoder_");
  AutoTensor *x = auto_image_to_tokens (cx, pass.projected);
  pass.memory = detector_given_memory (cx, in, x);
  if (!pass.memory)
    pass.memory = encoder (cx, c, in, x, &pass, pre_norm);
  auto_context_set_collection (cx, collection);
  auto_model_output_set (out, "encoder_last_hidden_state", pass.memory);
  return pass;
}

AutoTensor *
detector_queries (AutoContext *cx, const DetectorConfig *c)
{
  return auto_unsqueeze (cx, auto_parameter (cx, "query_position_embeddings.weight", AUTO_DIMS (c->num_queries, c->d_model)), 0);
}
