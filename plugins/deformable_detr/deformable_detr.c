/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deformable DETR (Zhu et al., arXiv:2010.04159); transformers: models/deformable_detr/modeling_deformable_detr.py */
#include "../detr/detector.h"

struct _DeformableDetrConfig
{
  DETECTOR_MEMBERS
  int num_feature_levels, encoder_n_points, decoder_n_points, two_stage_num_proposals;
  gboolean two_stage, with_box_refine;
};

static gboolean
deformable_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  const struct _DeformableDetrConfig *c = (const struct _DeformableDetrConfig *) config;

  if (c->two_stage && !c->with_box_refine)
    {
      g_set_error_literal (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "two_stage needs with_box_refine, which is false");
      return FALSE;
    }
  return detector_network_loaded (config, error);
}

AUTO_DEFINE_CONFIG_WITH (DeformableDetrConfig, deformable_detr_config, "deformable_detr", (.loaded = deformable_config_loaded),
  DETECTOR_COMMON_FIELDS (300, 1),
  AUTO_EXTRA ("max_position_embeddings", "1024"),
  AUTO_INT (num_feature_levels, 4, .min = 1, .max = AUTO_MAX_SCALES),
  AUTO_INT (encoder_n_points, 4, .min = 1, .max = 1024),
  AUTO_INT (decoder_n_points, 4, .min = 1, .max = 1024),
  AUTO_BOOL (two_stage, FALSE),
  AUTO_INT (two_stage_num_proposals, 300, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (with_box_refine, FALSE),
  AUTO_EXTRA ("eos_coefficient", "0.1"),
  AUTO_EXTRA ("focal_alpha", "0.25"),
  AUTO_EXTRA ("disable_custom_kernels", "false"),
  AUTO_DEFAULT ("encoder_ffn_dim", "1024"),
  AUTO_DEFAULT ("decoder_ffn_dim", "1024"))

/* What the decoder begins with, and what it hands on. */
typedef struct
{
  AutoTensor *x, *positions;         /* queries (batch or 1, queries, width) */
  AutoTensor *references;            /* places or boxes (batch, queries, 2 or 4), from 0 to 1 */
  AutoTensor *states, *seen;         /* (batch, layers, queries, …): after each layer, and its references */
} DeformableQueries;

/* The maps of the network that count, and where they start. */
static AutoTensor **
deformable_features (AutoContext *cx, const DeformableDetrConfig *c, DetectorPass *maps, guint *n)
{
  guint wanted = c->num_feature_levels > 1 ? 3 : 1; /* of a network of timm's: the last of them */

  *n = c->use_timm_backbone ? MIN (maps->n_maps, wanted) : maps->n_maps;
  if (*n < 1 || *n > (guint) c->num_feature_levels)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                       "num_feature_levels is %d, and the network hands out %u maps: it must be as many or more",
                       c->num_feature_levels, *n);
  return maps->maps + maps->n_maps - *n;
}

/* Map @i in the transformer's width; coarser ones than the network's come from the one before. */
static AutoTensor *
deformable_level (AutoContext *cx, const DeformableDetrConfig *c, AutoTensor *x, guint i, gboolean coarser)
{
  AUTO_SCOPE (cx, "input_proj.%u", i);
  const AutoConv same = { .kernel = { 1 } }, half = { .kernel = { 3 }, .stride = { 2 }, .padding = { 1 } };

  return auto_group_norm (cx, "1", auto_conv2d (cx, "0", x, c->d_model, coarser ? &half : &same), 32, 1e-5);
}

static void
deformable_scales (AutoContext *cx, const DeformableDetrConfig *c, AutoInputs *in, AutoScales *scales)
{
  AutoTensor *given = detector_pixel_mask (cx, in), *maps[AUTO_MAX_SCALES], *masks[AUTO_MAX_SCALES], *positions[AUTO_MAX_SCALES];
  const DetectorConfig *detector = (const DetectorConfig *) c;
  DetectorPass found = { .n_maps = 0 };
  guint n, n_levels = (guint) c->num_feature_levels;

  detector_maps (cx, detector, in, &found);
  AutoTensor **features = deformable_features (cx, c, &found, &n);
  for (guint i = 0; i < n_levels && !auto_context_has_failed (cx); i++)
    {
      maps[i] = deformable_level (cx, c, i < n ? features[i] : i == n ? features[n - 1] : maps[i - 1], i, i >= n);
      masks[i] = auto_downsample_mask (cx, given, maps[i]);
      positions[i] = detector_positions (cx, detector, masks[i], -0.5);
    }
  if (!auto_context_has_failed (cx))
    auto_scales_init (cx, scales, "level_embed", maps, positions, given ? masks : NULL, n_levels);
}

static AutoTensor *
deformable_encoder (AutoContext *cx, const DeformableDetrConfig *c, AutoInputs *in, const AutoScales *scales)
{
  AutoTensor *x = detector_given_memory (cx, in, scales->states);
  const char *collection = auto_context_set_collection (cx, "encoder_");
  AUTO_SCOPE (cx, "encoder");

  if (!x)
    x = auto_deformable_encoder (cx, scales, c->encoder_n_points, &(AutoTransformer) {
      .layers = c->encoder_layers, .heads = c->encoder_attention_heads, .intermediate_size = c->encoder_ffn_dim,
      .activation = c->activation_function });
  auto_context_set_collection (cx, collection);
  return x;
}

/* Head @i of a list, one a layer of the decoder and, last, the first stage's. */
static AutoTensor *
deformable_classes (AutoContext *cx, const DeformableDetrConfig *c, AutoTensor *x, int i)
{
  AUTO_SCOPE (cx, "class_embed.%d", i);
  return auto_linear (cx, "", x, c->parent.num_labels);
}

static AutoTensor *
deformable_boxes (AutoContext *cx, AutoTensor *x, int i)
{
  g_autofree char *name = g_strdup_printf ("bbox_embed.%d", i);

  return auto_mlp (cx, name, x, 3, 4);
}

/* The inverse of the logistic function. */
static AutoTensor *
logit (AutoContext *cx, AutoTensor *x, double epsilon)
{
  AutoTensor *rest = auto_clamp (cx, auto_affine (cx, x, -1, 1), epsilon, 1);

  return auto_log (cx, auto_div (cx, auto_clamp (cx, x, epsilon, 1), rest));
}

/* @change (…, 4) added to the logits of places or boxes: boxes from 0 to 1. */
static AutoTensor *
deformable_move (AutoContext *cx, AutoTensor *references, AutoTensor *change)
{
  AutoTensor *base = logit (cx, references, 1e-5);

  if (auto_dim (base, -1) == 2)
    base = auto_pad (cx, base, AUTO_DIMS (0, 2), AUTO_PAD_CONSTANT, 0);
  return auto_sigmoid (cx, auto_add (cx, change, base));
}

/* Boxes around all places, as logits; @valid: those that lie well inside of the image. */
static AutoTensor *
deformable_proposals (AutoContext *cx, const AutoScales *scales, AutoTensor **valid)
{
  AutoTensor *sizes[AUTO_MAX_SCALES], *places = auto_scales_places (cx, scales);

  for (guint i = 0; i < scales->n; i++)
    sizes[i] = auto_full (cx, AUTO_DIMS (1, scales->sizes[2 * i] * scales->sizes[2 * i + 1], 2), ldexp (0.05, (int) i), AUTO_DTYPE_F32);
  AutoTensor *size = auto_expand (cx, auto_concat (cx, sizes, scales->n, 1), AUTO_DIMS (auto_dim (places, 0), auto_dim (places, 1), 2));
  AutoTensor *boxes = auto_concat (cx, AUTO_TENSORS (places, size), 2);
  AutoTensor *inside = auto_logical_and (cx, auto_gt_scalar (cx, boxes, 0.01), auto_lt_scalar (cx, boxes, 0.99));

  *valid = auto_all (cx, inside, 2, TRUE);
  if (scales->padding)
    *valid = auto_logical_and (cx, *valid, auto_logical_not (cx, scales->padding));
  return auto_masked_fill (cx, logit (cx, boxes, 0), auto_logical_not (cx, *valid), INFINITY);
}

/* Queries from the places that most likely show something: the first stage. */
static DeformableQueries
deformable_first_stage (AutoContext *cx, const DeformableDetrConfig *c, const AutoScales *scales, AutoTensor *memory, AutoModelOutput *out)
{
  int last = c->decoder_layers;
  AutoTensor *valid, *proposals = deformable_proposals (cx, scales, &valid), *classes = NULL, *boxes, *best;
  AutoTensor *x = auto_masked_fill (cx, memory, auto_logical_not (cx, valid), 0);

  if (c->two_stage_num_proposals > auto_dim (memory, 1) && !auto_context_is_declaring (cx))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                       "pixel_values: the image has %" G_GINT64_FORMAT " places for two_stage_num_proposals (%d); use a larger one",
                       auto_dim (memory, 1), c->two_stage_num_proposals);
  x = auto_layer_norm (cx, "enc_output_norm", auto_linear (cx, "enc_output", x, c->d_model), 1e-5);
  {
    AUTO_SCOPE (cx, "decoder");
    for (int i = auto_context_is_declaring (cx) ? 0 : last; i <= last; i++)
      classes = deformable_classes (cx, c, x, i);
    boxes = auto_add (cx, deformable_boxes (cx, x, last), proposals);
  }
  auto_topk (cx, auto_select (cx, classes, 2, 0), MIN (c->two_stage_num_proposals, auto_dim (memory, 1)), 1, &best);
  AutoTensor *references = auto_sigmoid (cx, auto_pick_tokens (cx, boxes, best));
  AutoTensor *waves = auto_flatten (cx, auto_sine_waves (cx, auto_scale (cx, references, 2 * G_PI), c->d_model / 2), 2, 3);
  AutoTensor *both = auto_layer_norm (cx, "pos_trans_norm", auto_linear (cx, "pos_trans", waves, 2 * (gint64) c->d_model), 1e-5);
  auto_model_output_set (out, "enc_outputs_class", classes);
  auto_model_output_set (out, "enc_outputs_coord_logits", boxes);
  return (DeformableQueries) { .references = references, .positions = auto_narrow (cx, both, 2, 0, c->d_model),
    .x = auto_narrow (cx, both, 2, c->d_model, c->d_model) };
}

static DeformableQueries
deformable_learned_queries (AutoContext *cx, const DeformableDetrConfig *c, gint64 batch)
{
  gint64 n = c->num_queries, width = c->d_model;
  AutoTensor *both = auto_unsqueeze (cx, auto_parameter (cx, "query_position_embeddings.weight", AUTO_DIMS (n, 2 * width)), 0);

  both = auto_expand (cx, both, AUTO_DIMS (batch, n, 2 * width));
  AutoTensor *positions = auto_narrow (cx, both, 2, 0, width);
  return (DeformableQueries) { .positions = positions, .x = auto_narrow (cx, both, 2, width, width),
    .references = auto_sigmoid (cx, auto_linear (cx, "reference_points", positions, 2)) };
}

static AutoTensor *
deformable_layer (AutoContext *cx, const DeformableDetrConfig *c, const AutoScales *scales, AutoTensor *memory,
                  const DeformableQueries *queries)
{
  AutoTransformer how = { .heads = c->decoder_attention_heads, .intermediate_size = c->decoder_ffn_dim,
    .activation = c->activation_function, .positions = queries->positions };
  AutoTensor *x = auto_transformer_self (cx, queries->x, &how);

  {
    AUTO_SCOPE (cx, "encoder_attn");
    x = auto_deformable (cx, auto_add (cx, x, queries->positions), &(AutoDeformable) {
      .scales = scales, .heads = how.heads, .points = c->decoder_n_points, .values = memory, .list = "cross_attentions", .residual = x,
      .references = auto_scales_references (cx, scales, queries->references) });
  }
  x = auto_layer_norm (cx, "encoder_attn_layer_norm", x, 1e-5);
  return auto_transformer_feed_forward (cx, x, &how);
}

static void
deformable_decoder (AutoContext *cx, const DeformableDetrConfig *c, const AutoScales *scales, AutoTensor *memory, gboolean refine,
                    DeformableQueries *queries)
{
  const char *collection = auto_context_set_collection (cx, "decoder_");
  AUTO_SCOPE (cx, "decoder");
  gsize n = (gsize) c->decoder_layers;
  g_autofree AutoTensor **states = g_new0 (AutoTensor *, n), **seen = g_new0 (AutoTensor *, n);

  for (gsize i = 0; i < n; i++)
    {
      auto_context_hidden_state (cx, queries->x);
      {
        AUTO_LAYER (cx, &queries->x, "layers.%d", (int) i);
        queries->x = deformable_layer (cx, c, scales, memory, queries);
      }
      if (refine)
        queries->references = deformable_move (cx, queries->references, deformable_boxes (cx, queries->x, (int) i));
      states[i] = queries->x;
      seen[i] = queries->references;
    }
  auto_context_hidden_state (cx, queries->x);
  auto_context_set_collection (cx, collection);
  queries->states = auto_stack (cx, states, n, 1);
  queries->seen = auto_stack (cx, seen, n, 1);
}

/* The network below the heads, some of which it uses itself: @heads says whether there are any. */
static DeformableQueries
deformable_pass (AutoContext *cx, const DeformableDetrConfig *c, AutoInputs *in, gboolean heads, AutoModelOutput *out)
{
  DeformableQueries queries = { NULL };
  AutoScales scales = { 0 };

  if (c->two_stage && !heads)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s",
                       "two_stage: the first stage needs the heads of a model for object detection");
  if (c->decoder_layers < 1)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "decoder_layers must be 1 or more, and it is %d", c->decoder_layers);
  deformable_scales (cx, c, in, &scales);
  AutoTensor *memory = deformable_encoder (cx, c, in, &scales);
  if (auto_context_has_failed (cx))
    return queries;
  queries = c->two_stage ? deformable_first_stage (cx, c, &scales, memory, out) : deformable_learned_queries (cx, c, auto_dim (memory, 0));
  auto_model_output_set (out, "init_reference_points", queries.references);
  deformable_decoder (cx, c, &scales, memory, heads && c->with_box_refine, &queries);
  auto_model_output_set (out, "last_hidden_state", queries.x);
  auto_model_output_set (out, "intermediate_hidden_states", queries.states);
  auto_model_output_set (out, "intermediate_reference_points", queries.seen);
  auto_model_output_set (out, "encoder_last_hidden_state", memory);
  return queries;
}

static void
deformable_model_forward (AutoContext *cx, const DeformableDetrConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  deformable_pass (cx, c, in, FALSE, out);
}

static void
tie_head (AutoContext *cx, const char *list, int i, const char *layer, const char *prefix, int source)
{
  static const char *const suffixes[] = { "weight", "bias" };

  for (guint j = 0; j < G_N_ELEMENTS (suffixes); j++)
    {
      g_autofree char *name = g_strdup_printf ("%s.%d.%s%s", list, i, layer, suffixes[j]);
      g_autofree char *other = g_strdup_printf ("%s%s.%d.%s%s", prefix, list, source, layer, suffixes[j]);
      auto_tie (cx, name, other);
    }
}

/* The decoder has the heads that it uses under names of its own; without refinement all are one. */
static void
deformable_tie_heads (AutoContext *cx, const DeformableDetrConfig *c, int n)
{
  static const char *const layers[] = { "layers.0.", "layers.1.", "layers.2." };
  const char *prefix = c->with_box_refine ? "model.decoder." : "";

  for (int i = c->with_box_refine ? 0 : 1; i < n && auto_context_is_declaring (cx); i++)
    {
      int source = c->with_box_refine ? i : 0;
      if (c->two_stage || !c->with_box_refine)
        tie_head (cx, "class_embed", i, "", prefix, source);
      for (guint j = 0; j < G_N_ELEMENTS (layers); j++)
        tie_head (cx, "bbox_embed", i, layers[j], prefix, source);
    }
}

static void
deformable_detection_forward (AutoContext *cx, const DeformableDetrConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  int n = c->decoder_layers + (c->two_stage ? 1 : 0), last = c->decoder_layers - 1;
  gboolean declaring = auto_context_is_declaring (cx);
  AutoTensor *classes = NULL, *change = NULL;
  DeformableQueries queries;

  deformable_tie_heads (cx, c, n);
  {
    AUTO_SCOPE (cx, "model");
    queries = deformable_pass (cx, c, in, TRUE, out);
  }
  if (auto_context_has_failed (cx))
    return;
  for (int i = declaring ? 0 : last; i < (declaring ? n : last + 1); i++)
    {
      classes = deformable_classes (cx, c, queries.x, i);
      change = deformable_boxes (cx, queries.x, i);
    }
  AutoTensor *before = last ? auto_select (cx, queries.seen, 1, last - 1) : auto_model_output_get (out, "init_reference_points");
  auto_model_output_set (out, "logits", classes);
  auto_model_output_set (out, "pred_boxes", deformable_move (cx, before, change));
}

#define EXAMPLE .example = (AutoExample) detector_example

AUTO_DEFINE_MODEL (DeformableDetrModel, deformable_detr_model, deformable_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (DeformableDetrForObjectDetection, deformable_detr_for_object_detection, deformable_detection_forward, EXAMPLE)

AUTO_PLUGIN (deformable_detr, "Deformable DETR",
  AUTO_ARCHITECTURE ("deformable_detr", deformable_detr_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", deformable_detr_model),
  AUTO_TASK ("AutoModelForObjectDetection", deformable_detr_for_object_detection));
