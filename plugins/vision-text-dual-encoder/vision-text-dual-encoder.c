/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any encoder of images beside any of texts (Zhai et al., arXiv:2111.07991); transformers:
 * models/vision_text_dual_encoder/modeling_vision_text_dual_encoder.py */
#include "sdk/auto-sdk.h"

typedef struct _VisionTextDualEncoderConfig
{
  AutoPretrainedConfig parent;
  AutoPretrainedConfig *vision_config, *text_config;
  int projection_dim;
} DualConfig;

/* Of a CLIP there is the half that sees. */
static gboolean
dual_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  DualConfig *c = (DualConfig *) config;

  if (!c->vision_config || !c->text_config)
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE,
                   "%s is absent; a pair needs the configurations of both encoders, each with its model_type",
                   c->vision_config ? "text_config" : "vision_config");
      return FALSE;
    }
  if (g_strcmp0 (auto_config_get_model_type (AUTO_CONFIG (c->vision_config)), "clip") != 0)
    return TRUE;
  AutoConfig *half = auto_config_get_nested (AUTO_CONFIG (c->vision_config), "vision_config");
  return auto_config_set_nested (AUTO_CONFIG (config), "vision_config", half, error);
}

AUTO_DEFINE_CONFIG_WITH (VisionTextDualEncoderConfig, vision_text_dual_encoder_config, "vision-text-dual-encoder",
  (.loaded = dual_config_loaded, .is_composition = TRUE),
  AUTO_NESTED_ANY (vision_config), AUTO_NESTED_ANY (text_config),
  AUTO_INT (projection_dim, 512, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("logit_scale_init_value", "2.6592"))

/* What a half tells goes to the output below @list; the result is its pooled state. @key: of its configuration. */
static AutoTensor *
dual_half (AutoContext *cx, AutoPretrainedConfig *config, const char *key, const char *scope, const char *list, AutoInputs *in, AutoModelOutput *out)
{
  g_autoptr(AutoModelOutput) half = auto_model_output_new ();
  const char *before = auto_context_set_collection (cx, list);
  gint64 width = auto_config_get_int (AUTO_CONFIG (config), "hidden_size", 0);

  {
    AUTO_SCOPE (cx, "%s", scope);
    auto_part_forward (cx, "AutoModel", config, in, half);
  }
  auto_context_set_collection (cx, before);
  g_auto(GStrv) names = auto_model_output_list (half);
  for (char **name = names; *name; name++)
    {
      g_autofree char *full = g_strconcat (list, *name, NULL);
      auto_model_output_set (out, full, auto_model_output_get (half, *name));
    }
  AutoTensor *pooled = auto_model_output_get (half, "pooler_output");
  if (!auto_context_has_failed (cx) && (!pooled || auto_tensor_get_n_dims (pooled) != 2 || auto_dim (pooled, 1) != width))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s: %s makes no pooler_output as wide as its hidden_size; choose another model_type", key,
                       G_OBJECT_TYPE_NAME (config));
  return pooled;
}

static void
dual_forward (AutoContext *cx, const DualConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  static const char *const seen[] = { "pixel_values", NULL };
  g_autoptr(AutoInputs) image = auto_inputs_new (), text = auto_inputs_part (in, "", seen);
  AutoTensor *pixels = auto_required_input (cx, in, "pixel_values");

  auto_inputs_set (image, "pixel_values", pixels);
  AutoTensor *images = dual_half (cx, c->vision_config, "vision_config", "vision_model", "vision_model_output.", image, out);
  AutoTensor *texts = dual_half (cx, c->text_config, "text_config", "text_model", "text_model_output.", text, out);
  images = auto_linear_no_bias (cx, "visual_projection", images, c->projection_dim);
  texts = auto_linear_no_bias (cx, "text_projection", texts, c->projection_dim);
  auto_contrast (cx, in, texts, images, out);
}

static void
dual_example (const DualConfig *c, AutoInputs *in)
{
  auto_part_example ("AutoModel", c->vision_config, in);
  auto_part_example ("AutoModel", c->text_config, in);
}

AUTO_DEFINE_MODEL (VisionTextDualEncoderModel, vision_text_dual_encoder_model, dual_forward, .example = (AutoExample) dual_example)

AUTO_PLUGIN (vision-text-dual-encoder, "Pairs of an image and a text encoder",
  AUTO_ARCHITECTURE ("vision-text-dual-encoder", vision_text_dual_encoder_config, .prefix = "vision_text_dual_encoder"),
  AUTO_TASK ("AutoModel", vision_text_dual_encoder_model, .tf = TRUE, .flax = TRUE));
