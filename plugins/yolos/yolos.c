/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* YOLOS (Fang et al., arXiv:2106.00666); transformers: models/yolos/modeling_yolos.py */
#include "sdk/auto-sdk.h"

typedef struct _YolosConfig
{
  AutoPretrainedConfig parent;
  AUTO_ENCODER_MEMBERS
  AutoInts image_size, patch_size;
  int num_channels, num_detection_tokens;
  gboolean qkv_bias, use_mid_position_embeddings;
} YolosConfig;

AUTO_DEFINE_CONFIG_WITH (YolosConfig, yolos_config, "yolos", (.base_first = TRUE),
  AUTO_ENCODER_FIELDS ("0.0", 1e-12),
  AUTO_INTS (image_size, "[512, 864]"),
  AUTO_INTS (patch_size, "16"),
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (qkv_bias, TRUE),
  AUTO_INT (num_detection_tokens, 100, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (use_mid_position_embeddings, TRUE),
  AUTO_EXTRA ("auxiliary_loss", "false"),
  AUTO_EXTRA ("class_cost", "1"),
  AUTO_EXTRA ("bbox_cost", "5"),
  AUTO_EXTRA ("giou_cost", "2"),
  AUTO_EXTRA ("bbox_loss_coefficient", "5"),
  AUTO_EXTRA ("giou_loss_coefficient", "2"),
  AUTO_EXTRA ("eos_coefficient", "0.1"))

/* Position embeddings (n, tokens, width), of which those of the patches are stretched to @rows × @columns; the class's token is before
 * them, those of detections behind. */
static AutoTensor *
yolos_stretch (AutoContext *cx, const YolosConfig *c, AutoTensor *positions, gint64 rows, gint64 columns)
{
  gint64 height = auto_side (&c->image_size, 0) / MAX (auto_side (&c->patch_size, 0), 1), n = auto_dim (positions, 1);
  gint64 width = auto_side (&c->image_size, 1) / MAX (auto_side (&c->patch_size, 1), 1);

  if (auto_context_has_failed (cx) || (rows == height && columns == width))
    return positions;
  AutoTensor *patches = auto_tokens_to_image (cx, auto_narrow (cx, positions, 1, 1, height * width), height, width);
  patches = auto_interpolate (cx, patches, AUTO_DIMS (rows, columns), AUTO_INTERPOLATION_BICUBIC, FALSE);
  AutoTensor *parts[] = { auto_narrow (cx, positions, 1, 0, 1), auto_image_to_tokens (cx, patches),
                          auto_narrow (cx, positions, 1, n - c->num_detection_tokens, c->num_detection_tokens) };
  return auto_concat (cx, parts, 3, 1);
}

static AutoTensor *
yolos_embeddings (AutoContext *cx, const YolosConfig *c, AutoTensor *pixels, gint64 n, gint64 rows, gint64 columns)
{
  AUTO_SCOPE (cx, "embeddings");
  AutoTensor *x = auto_embed_patches (cx, "patch_embeddings.projection", pixels, c->hidden_size, &c->patch_size, FALSE);
  AutoTensor *found = auto_parameter (cx, "detection_tokens", AUTO_DIMS (1, c->num_detection_tokens, c->hidden_size));
  AutoTensor *positions = auto_parameter (cx, "position_embeddings", AUTO_DIMS (1, n, c->hidden_size));

  found = auto_expand (cx, found, AUTO_DIMS (auto_dim (x, 0), c->num_detection_tokens, c->hidden_size));
  x = auto_prepend_token (cx, "cls_token", auto_concat (cx, AUTO_TENSORS (x, found), 1));
  return auto_add (cx, x, yolos_stretch (cx, c, positions, rows, columns));
}

/* Positions that are added between layers (layers - 1, 1, tokens, width), or NULL. */
static AutoTensor *
yolos_between (AutoContext *cx, const YolosConfig *c, gint64 n, gint64 rows, gint64 columns)
{
  gint64 layers = c->num_hidden_layers;

  if (!c->use_mid_position_embeddings || layers < 2)
    {
      auto_ignore_weight (cx, "encoder.mid_position_embeddings");
      return NULL;
    }
  AutoTensor *positions = auto_parameter (cx, "encoder.mid_position_embeddings", AUTO_DIMS (layers - 1, 1, n, c->hidden_size));
  return auto_unsqueeze (cx, yolos_stretch (cx, c, auto_squeeze (cx, positions, 1), rows, columns), 1);
}

static AutoTensor *
yolos_encoder (AutoContext *cx, const YolosConfig *c, AutoInputs *in)
{
  gint64 n = auto_count_patches (cx, &c->image_size, &c->patch_size) + 1 + c->num_detection_tokens;
  AutoTensor *pixels = auto_pixel_values (cx, in, c->num_channels, NULL);
  gint64 rows = auto_dim (pixels, 2) / MAX (auto_side (&c->patch_size, 0), 1);
  gint64 columns = auto_dim (pixels, 3) / MAX (auto_side (&c->patch_size, 1), 1);

  if ((rows < 1 || columns < 1) && !auto_context_has_failed (cx))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s",
                       "pixel_values: the image is smaller than a patch; use a larger one");
  AutoTensor *x = yolos_embeddings (cx, c, pixels, n, rows, columns);
  x = auto_image_encoder (cx, x, &(AutoImageEncoder) {
    .layers = c->num_hidden_layers, .heads = c->num_attention_heads, .intermediate_size = c->intermediate_size, .activation = c->hidden_act,
    .epsilon = c->layer_norm_eps, .no_bias = !c->qkv_bias, .in = in, .between = yolos_between (cx, c, n, rows, columns) });
  return auto_layer_norm (cx, "layernorm", x, c->layer_norm_eps);
}

static void
yolos_model_forward (AutoContext *cx, const YolosConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = yolos_encoder (cx, c, in), *first = auto_select (cx, x, 1, 0);

  auto_model_output_set (out, "last_hidden_state", x);
  auto_model_output_set (out, "pooler_output", auto_linear_act (cx, "pooler.dense", first, c->hidden_size, AUTO_ACTIVATION_TANH));
}

static void
yolos_detection_forward (AutoContext *cx, const YolosConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "vit");
    x = yolos_encoder (cx, c, in);
  }
  auto_model_output_set (out, "last_hidden_state", x);
  x = auto_slice (cx, x, 1, -c->num_detection_tokens, AUTO_END, 1);
  auto_model_output_set (out, "logits", auto_mlp (cx, "class_labels_classifier", x, 3, c->parent.num_labels + 1));
  auto_model_output_set (out, "pred_boxes", auto_sigmoid (cx, auto_mlp (cx, "bbox_predictor", x, 3, 4)));
}

static void
yolos_example (const YolosConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &c->image_size);
}

#define EXAMPLE .example = (AutoExample) yolos_example

AUTO_DEFINE_MODEL (YolosModel, yolos_model, yolos_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (YolosForObjectDetection, yolos_for_object_detection, yolos_detection_forward, EXAMPLE)

AUTO_PLUGIN (yolos, "YOLOS",
  AUTO_ARCHITECTURE ("yolos", yolos_config, .prefix = "vit"),
  AUTO_TASK ("AutoModel", yolos_model),
  AUTO_TASK ("AutoModelForObjectDetection", yolos_for_object_detection));
