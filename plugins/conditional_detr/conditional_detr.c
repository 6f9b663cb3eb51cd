/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conditional DETR (Meng et al., arXiv:2108.06152); transformers: models/conditional_detr/modeling_conditional_detr.py */
#include "../detr/detector.h"

typedef struct _ConditionalDetrConfig { DETECTOR_MEMBERS } ConditionalDetrConfig;

AUTO_DEFINE_CONFIG_WITH (ConditionalDetrConfig, conditional_detr_config, "conditional_detr", (.loaded = detector_parts_loaded),
  DETECTOR_FIELDS (300, 2),
  AUTO_EXTRA ("cls_loss_coefficient", "2"),
  AUTO_EXTRA ("focal_alpha", "0.25"))

/* What the decoder's layers share. */
typedef struct
{
  const DetectorPass *encoded;
  AutoTensor *queries; /* positions (1, queries, width) */
  AutoTensor *places;  /* sines of the queries' reference points (batch, queries, width) */
} ConditionalQueries;

static AutoTensor *
sum_of (AutoContext *cx, const char *content, AutoTensor *x, const char *position, AutoTensor *p)
{
  return auto_add (cx, auto_linear (cx, content, x, auto_dim (x, 2)), auto_linear (cx, position, p, auto_dim (x, 2)));
}

static AutoTensor *
conditional_self (AutoContext *cx, const DetectorConfig *c, AutoTensor *x, const ConditionalQueries *queries)
{
  int heads = c->decoder_attention_heads;
  AutoTensor *parts[3] = { auto_split_heads (cx, sum_of (cx, "sa_qcontent_proj", x, "sa_qpos_proj", queries->queries), heads),
                           auto_split_heads (cx, sum_of (cx, "sa_kcontent_proj", x, "sa_kpos_proj", queries->queries), heads),
                           auto_split_heads (cx, auto_linear (cx, "sa_v_proj", x, c->d_model), heads) };

  x = auto_attention (cx, x, NULL, &(AutoAttention) { .parts = parts, .heads = heads, .out = "self_attn.out_proj", .residual = x });
  return auto_layer_norm (cx, "self_attn_layer_norm", x, 1e-5);
}

/* Content and place count beside each other in every head; the first layer's content has positions added as well. */
static AutoTensor *
conditional_cross (AutoContext *cx, const DetectorConfig *c, AutoTensor *x, const ConditionalQueries *queries, AutoTensor *places,
                   gboolean first)
{
  const DetectorPass *encoded = queries->encoded;
  int heads = c->decoder_attention_heads;
  AutoTensor *q = auto_linear (cx, "ca_qcontent_proj", x, c->d_model);
  AutoTensor *k = auto_linear (cx, "ca_kcontent_proj", encoded->memory, c->d_model);
  AutoTensor *v = auto_linear (cx, "ca_v_proj", encoded->memory, c->d_model);
  AutoTensor *k_place = auto_linear (cx, "ca_kpos_proj", encoded->positions, c->d_model);
  AutoMask mask = auto_cross_mask (cx, encoded->mask);

  if (first)
    {
      q = auto_add (cx, q, auto_linear (cx, "ca_qpos_proj", queries->queries, c->d_model));
      k = auto_add (cx, k, k_place);
    }
  places = auto_linear (cx, "ca_qpos_sine_proj", places, c->d_model);
  q = auto_concat (cx, AUTO_TENSORS (auto_split_heads (cx, q, heads), auto_split_heads (cx, places, heads)), 3);
  k = auto_concat (cx, AUTO_TENSORS (auto_split_heads (cx, k, heads), auto_split_heads (cx, k_place, heads)), 3);
  AutoTensor *parts[3] = { q, k, auto_split_heads (cx, v, heads) };
  x = auto_attention (cx, x, &mask, &(AutoAttention) {
    .parts = parts, .heads = heads, .scale = 1 / sqrt ((double) MAX (auto_dim (q, 3), 1)), .out = "encoder_attn.out_proj", .residual = x,
    .list = "cross_attentions" });
  return auto_layer_norm (cx, "encoder_attn_layer_norm", x, 1e-5);
}

static AutoTensor *
conditional_layer (AutoContext *cx, const DetectorConfig *c, AutoTensor *x, const ConditionalQueries *queries, int i)
{
  AutoTensor *places = i ? auto_mul (cx, queries->places, auto_mlp (cx, "query_scale", x, 2, c->d_model)) : queries->places;
  AUTO_LAYER (cx, &x, "layers.%d", i);

  x = conditional_self (cx, c, x, queries);
  x = conditional_cross (cx, c, x, queries, places, i == 0);
  x = auto_transformer_feed_forward (cx, x, &(AutoTransformer) {
    .intermediate_size = c->decoder_ffn_dim, .activation = c->activation_function });
  return x;
}

/* → the states after the last layer; *reference takes the queries' reference points (1, queries, 2), @states what follows each layer. */
static AutoTensor *
conditional_decoder (AutoContext *cx, const DetectorConfig *c, const DetectorPass *encoded, AutoTensor **reference, AutoTensor **states)
{
  ConditionalQueries queries = { encoded, detector_queries (cx, c), NULL };
  AutoTensor *x = auto_zeros (cx, AUTO_DIMS (auto_dim (encoded->memory, 0), c->num_queries, c->d_model));
  const char *collection = auto_context_set_collection (cx, "decoder_");
  AUTO_SCOPE (cx, "decoder");

  *reference = auto_sigmoid (cx, auto_mlp (cx, "ref_point_head", queries.queries, 2, 2));
  queries.places = auto_add (cx, x, auto_sine_points (cx, *reference, c->d_model / 2));
  for (int i = 0; i < c->decoder_layers; i++)
    {
      auto_context_hidden_state (cx, x);
      x = conditional_layer (cx, c, x, &queries, i);
      x = c->auxiliary_loss ? auto_layer_norm (cx, "layernorm", x, 1e-5) : x;
      if (states)
        states[i] = x;
    }
  if (c->decoder_layers < 2) /* without a second layer it is there and has no use */
    auto_mlp (cx, "query_scale", x, 2, c->d_model);
  x = auto_layer_norm (cx, "layernorm", x, 1e-5);
  auto_context_hidden_state (cx, x);
  auto_context_set_collection (cx, collection);
  return x;
}

static AutoTensor *
conditional_pass (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, AutoTensor **reference, AutoTensor **states,
                  AutoModelOutput *out)
{
  DetectorPass encoded = detector_encode (cx, c, in, FALSE, out);
  AutoTensor *x = encoded.memory ? conditional_decoder (cx, c, &encoded, reference, states) : NULL;

  if (x)
    auto_model_output_set (out, "last_hidden_state", x);
  return x;
}

static void
conditional_model_forward (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  g_autofree AutoTensor **states = g_new0 (AutoTensor *, (gsize) c->decoder_layers + 1);
  AutoTensor *reference = NULL, *x = conditional_pass (cx, c, in, &reference, states, out);

  if (!x)
    return;
  reference = auto_repeat (cx, auto_transpose (cx, reference, 0, 1), AUTO_DIMS (1, auto_dim (x, 0), 1));
  auto_model_output_set (out, "reference_points", reference);
  if (c->auxiliary_loss && c->decoder_layers > 0)
    auto_model_output_set (out, "intermediate_hidden_states", auto_stack (cx, states, (gsize) c->decoder_layers, 0));
}

/* Boxes around the reference points: what is predicted is added before the sigmoid. */
static void
conditional_detection_forward (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *reference = NULL, *x;

  {
    AUTO_SCOPE (cx, "model");
    x = conditional_pass (cx, c, in, &reference, NULL, out);
  }
  if (!x)
    return;
  AutoTensor *rest = auto_affine (cx, reference, -1, 1);
  reference = auto_log (cx, auto_div (cx, auto_clamp (cx, reference, 1e-5, 1), auto_clamp (cx, rest, 1e-5, 1)));
  reference = auto_pad (cx, reference, (const gint64[]) { 0, 2 }, 2, AUTO_PAD_CONSTANT, 0);
  auto_model_output_set (out, "logits", auto_linear (cx, "class_labels_classifier", x, c->parent.num_labels));
  auto_model_output_set (out, "pred_boxes", auto_sigmoid (cx, auto_add (cx, auto_mlp (cx, "bbox_predictor", x, 3, 4), reference)));
}

#define EXAMPLE .example = (AutoExample) detector_example

AUTO_DEFINE_MODEL (ConditionalDetrModel, conditional_detr_model, conditional_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (ConditionalDetrForObjectDetection, conditional_detr_for_object_detection, conditional_detection_forward, EXAMPLE)

AUTO_PLUGIN (conditional_detr, "Conditional DETR",
  AUTO_ARCHITECTURE ("conditional_detr", conditional_detr_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", conditional_detr_model),
  AUTO_TASK ("AutoModelForObjectDetection", conditional_detr_for_object_detection));
