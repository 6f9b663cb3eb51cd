/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DETR (Carion et al., arXiv:2005.12872); transformers: models/detr/modeling_detr.py,
 * models/table_transformer/modeling_table_transformer.py */
#include "detector.h"
#include "segmentation.h"

/* One layout: the code below takes either. */
struct _DetrConfig { DETECTOR_MEMBERS };
struct _TableTransformerConfig { DETECTOR_MEMBERS };

AUTO_DEFINE_CONFIG_WITH (DetrConfig, detr_config, "detr", (.loaded = detector_config_loaded), DETECTOR_FIELDS (100, 1),
  AUTO_EXTRA ("eos_coefficient", "0.1"))
AUTO_DEFINE_CONFIG_WITH (TableTransformerConfig, table_transformer_config, "table-transformer", (.loaded = detector_config_loaded),
  DETECTOR_FIELDS (100, 1), AUTO_EXTRA ("eos_coefficient", "0.1"))

/* What both classes hand out, and what the mask head takes. */
typedef struct
{
  DetectorPass encoded;
  AutoTensor *x; /* the decoder's states (batch, queries, width) */
} DetrPass;

static gboolean
is_pre_norm (const DetectorConfig *c)
{
  return g_str_equal (auto_config_get_model_type (AUTO_CONFIG ((gpointer) c)), "table-transformer");
}

/* @states takes what follows each layer. */
static AutoTensor *
detr_decoder (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, const DetectorPass *encoded, AutoTensor **states)
{
  AutoTensor *x = auto_zeros (cx, AUTO_DIMS (auto_dim (encoded->memory, 0), c->num_queries, c->d_model));
  AutoTensor *queries = detector_queries (cx, c);
  const char *collection = auto_context_set_collection (cx, "decoder_");
  AUTO_SCOPE (cx, "decoder");

  x = auto_transformer (cx, in, x, &(AutoTransformer) {
    .layers = c->decoder_layers, .heads = c->decoder_attention_heads, .intermediate_size = c->decoder_ffn_dim,
    .activation = c->activation_function, .source = encoded->memory, .source_mask = auto_cross_mask (cx, encoded->mask),
    .positions = queries, .source_positions = encoded->positions, .pre_norm = is_pre_norm (c), .last_norm = "layernorm",
    .norm_each = c->auxiliary_loss, .states = states, .no_head_masks = TRUE });
  auto_context_set_collection (cx, collection);
  return x;
}

static DetrPass
detr_pass (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, AutoTensor **states, AutoModelOutput *out)
{
  DetrPass pass = { .encoded = detector_encode (cx, c, in, is_pre_norm (c), out) };

  if (!pass.encoded.memory)
    return pass;
  pass.x = detr_decoder (cx, c, in, &pass.encoded, states);
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
  auto_model_output_set (out, "pred_boxes", auto_sigmoid (cx, auto_mlp (cx, "bbox_predictor", pass.x, 3, 4)));
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
    .x = pass.x, .memory = pass.encoded.memory, .mask = pass.encoded.mask, .map = pass.encoded.projected, .finer = pass.encoded.maps,
    .n_finer = pass.encoded.n_maps, .heads = c->encoder_attention_heads }));
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
