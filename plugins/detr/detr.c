/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DETR (Carion et al., arXiv:2005.12872); transformers: models/detr/modeling_detr.py,
 * models/table_transformer/modeling_table_transformer.py */
#include "detector.h"
#include "segmentation.h"

/* One layout: the code below takes either. */
struct _DetrConfig { DETECTOR_MEMBERS };
struct _TableTransformerConfig { DETECTOR_MEMBERS };

AUTO_DEFINE_CONFIG_WITH (DetrConfig, detr_config, "detr", (.loaded = detector_config_loaded), DETECTOR_FIELDS, AUTO_EXTRA ("eos_coefficient", "0.1"))
AUTO_DEFINE_CONFIG_WITH (TableTransformerConfig, table_transformer_config, "table-transformer", (.loaded = detector_config_loaded), DETECTOR_FIELDS,
  AUTO_EXTRA ("eos_coefficient", "0.1"))

/* What both classes hand out, and what the mask head takes. */
typedef struct
{
  DetectorMaps maps;
  AutoTensor *projected; /* the last map (batch, width, rows, columns) */
  AutoTensor *memory;    /* the encoder's states (batch, places, width) */
  AutoTensor *x;         /* the decoder's (batch, queries, width) */
} DetrPass;

static gboolean
is_pre_norm (const DetectorConfig *c)
{
  return g_str_equal (auto_config_get_model_type (AUTO_CONFIG ((gpointer) c)), "table-transformer");
}

static AutoTensor *
detr_encoder (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, const DetrPass *pass)
{
  AutoTensor *given = auto_inputs_get (in, "encoder_outputs"), *x = auto_image_to_tokens (cx, pass->projected);
  const char *collection = auto_context_set_collection (cx, "encoder_");
  AUTO_SCOPE (cx, "encoder");

  if (given && x &&
      (auto_tensor_get_n_dims (given) != 3 || auto_dim (given, 0) != auto_dim (x, 0) || auto_dim (given, 1) != auto_dim (x, 1) ||
       auto_dim (given, 2) != auto_dim (x, 2)))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s", "encoder_outputs: needs the shape (batch, places, width) of the image's states");
  if (!given)
    x = auto_transformer (cx, in, x, &(AutoTransformer) {
      .layers = c->encoder_layers, .heads = c->encoder_attention_heads, .intermediate_size = c->encoder_ffn_dim, .activation = c->activation_function,
      .mask = auto_self_mask (cx, pass->maps.mask, FALSE), .positions = pass->maps.positions, .pre_norm = is_pre_norm (c),
      .last_norm = "", .no_head_masks = TRUE });
  auto_context_set_collection (cx, collection);
  if (given)
    return given;
  return is_pre_norm (c) ? auto_layer_norm (cx, "layernorm", x, 1e-5) : x; /* the list of states has those before it */
}

/* @states takes what follows each layer. */
static AutoTensor *
detr_decoder (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, const DetrPass *pass, AutoTensor **states)
{
  AutoTensor *queries = auto_parameter (cx, "query_position_embeddings.weight", AUTO_DIMS (c->num_queries, c->d_model));
  AutoTensor *x = auto_zeros (cx, AUTO_DIMS (auto_dim (pass->memory, 0), c->num_queries, c->d_model));
  const char *collection = auto_context_set_collection (cx, "decoder_");
  AUTO_SCOPE (cx, "decoder");

  x = auto_transformer (cx, in, x, &(AutoTransformer) {
    .layers = c->decoder_layers, .heads = c->decoder_attention_heads, .intermediate_size = c->decoder_ffn_dim, .activation = c->activation_function,
    .source = pass->memory, .source_mask = auto_cross_mask (cx, pass->maps.mask), .positions = auto_unsqueeze (cx, queries, 0),
    .source_positions = pass->maps.positions, .pre_norm = is_pre_norm (c), .last_norm = "layernorm", .norm_each = c->auxiliary_loss,
    .states = states, .no_head_masks = TRUE });
  auto_context_set_collection (cx, collection);
  return x;
}

static DetrPass
detr_pass (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, AutoTensor **states, AutoModelOutput *out)
{
  DetrPass pass = { .maps = detector_maps (cx, c, in) };

  if (!pass.maps.n_maps)
    return pass;
  pass.projected = auto_conv2d (cx, "input_projection", pass.maps.maps[pass.maps.n_maps - 1], c->d_model, &(AutoConv) { .kernel = { 1 } });
  pass.memory = detr_encoder (cx, c, in, &pass);
  pass.x = detr_decoder (cx, c, in, &pass, states);
  auto_model_output_set (out, "encoder_last_hidden_state", pass.memory);
  auto_model_output_set (out, "last_hidden_state", pass.x);
  return pass;
}

static void
detr_model_forward (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  g_autofree AutoTensor **states = g_new0 (AutoTensor *, (gsize) c->decoder_layers + 1);

  detr_pass (cx, c, in, states, out);
  if (c->auxiliary_loss && c->decoder_layers > 0)
    auto_model_output_set (out, "intermediate_hidden_states", auto_stack (cx, states, (gsize) c->decoder_layers, 0));
}

static DetrPass
detr_detect (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  DetrPass pass;

  {
    AUTO_SCOPE (cx, "model");
    pass = detr_pass (cx, c, in, NULL, out);
  }
  auto_model_output_set (out, "logits", auto_linear (cx, "class_labels_classifier", pass.x, c->parent.num_labels + 1));
  auto_model_output_set (out, "pred_boxes", detector_boxes (cx, "bbox_predictor", pass.x));
  return pass;
}

static void
detr_detection_forward (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  detr_detect (cx, c, in, out);
}

static void
detr_segmentation_forward (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  DetrPass pass;

  {
    AUTO_SCOPE (cx, "detr");
    pass = detr_detect (cx, c, in, out);
  }
  auto_model_output_set (out, "pred_masks", detr_masks (cx, &(DetrMasks) {
    .x = pass.x, .memory = pass.memory, .mask = pass.maps.mask, .map = pass.projected, .finer = pass.maps.maps, .n_finer = pass.maps.n_maps,
    .heads = c->encoder_attention_heads }));
}

#define EXAMPLE .example = (AutoExample) detector_example

AUTO_DEFINE_MODEL (DetrModel, detr_model, detr_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (DetrForObjectDetection, detr_for_object_detection, detr_detection_forward, EXAMPLE)
AUTO_DEFINE_MODEL (DetrForSegmentation, detr_for_segmentation, detr_segmentation_forward, EXAMPLE)
AUTO_DEFINE_MODEL (TableTransformerModel, table_transformer_model, detr_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (TableTransformerForObjectDetection, table_transformer_for_object_detection, detr_detection_forward, EXAMPLE)

AUTO_PLUGIN (detr, "DETR",
  AUTO_ARCHITECTURE ("detr", detr_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", detr_model),
  AUTO_TASK ("AutoModelForObjectDetection", detr_for_object_detection),
  AUTO_TASK ("AutoModelForImageSegmentation", detr_for_segmentation),
  AUTO_TASK ("AutoModelForUniversalSegmentation", detr_for_segmentation),
  AUTO_ARCHITECTURE ("table-transformer", table_transformer_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", table_transformer_model),
  AUTO_TASK ("AutoModelForObjectDetection", table_transformer_for_object_detection));
