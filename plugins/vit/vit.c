/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ViT (Dosovitskiy et al., arXiv:2010.11929), MSN (Assran et al., arXiv:2204.07141), DeiT (Touvron et al., arXiv:2012.12877); transformers:
 * models/vit/modeling_vit.py, models/deit/modeling_deit.py */
#include "sdk/auto-sdk.h"

/* All begin alike, so that the encoder reads any as a ViTConfig; MSN has no decoder. */
#define VIT_MEMBERS                                                                                             \
  AutoPretrainedConfig parent;                                                                                  \
  AUTO_ENCODER_MEMBERS                                                                                          \
  AutoInts image_size, patch_size;                                                                              \
  int num_channels;                                                                                             \
  gboolean qkv_bias;

struct _ViTConfig { VIT_MEMBERS int encoder_stride; };
struct _DeiTConfig { VIT_MEMBERS int encoder_stride; };
struct _ViTMSNConfig { VIT_MEMBERS };

#define VIT_FIELDS(epsilon)                                                                                     \
  AUTO_ENCODER_FIELDS ("0.0", epsilon),                                                                         \
  AUTO_INTS (image_size, "224"),                                                                                \
  AUTO_INTS (patch_size, "16"),                                                                                 \
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),                                                        \
  AUTO_BOOL (qkv_bias, TRUE)

#define VIT_STRIDE AUTO_INT (encoder_stride, 16, .min = 1, .max = 4096)

AUTO_DEFINE_CONFIG_WITH (ViTConfig, vit_config, "vit", (.base_first = TRUE), VIT_FIELDS (1e-12), VIT_STRIDE)
AUTO_DEFINE_CONFIG_WITH (DeiTConfig, deit_config, "deit", (.base_first = TRUE), VIT_FIELDS (1e-12), VIT_STRIDE)
AUTO_DEFINE_CONFIG_WITH (ViTMSNConfig, vit_msn_config, "vit_msn", (.base_first = TRUE), VIT_FIELDS (1e-06))

static AutoTensor *
vit_embeddings (AutoContext *cx, const ViTConfig *c, AutoInputs *in, gboolean masked)
{
  AUTO_SCOPE (cx, "embeddings");
  gboolean stretch = auto_inputs_get_flag (in, "interpolate_pos_encoding", FALSE);
  AutoTensor *pixels = auto_pixel_values (cx, in, c->num_channels, stretch ? NULL : &c->image_size);
  AutoTensor *positions = auto_parameter (cx, "position_embeddings",
                                          AUTO_DIMS (1, auto_count_patches (cx, &c->image_size, &c->patch_size) + 1, c->hidden_size));
  AutoTensor *x = auto_embed_patches (cx, "patch_embeddings.projection", pixels, c->hidden_size, &c->patch_size, FALSE);

  if (masked)
    x = auto_mask_patches (cx, in, "mask_token", x);
  if (stretch && x)
    positions = auto_stretch_positions (cx, positions, pixels, &c->patch_size);
  return auto_add (cx, auto_prepend_token (cx, "cls_token", x), positions);
}

/* The same with a second token in front, which learns from a teacher. */
static AutoTensor *
deit_embeddings (AutoContext *cx, const ViTConfig *c, AutoInputs *in, gboolean masked)
{
  AUTO_SCOPE (cx, "embeddings");
  gint64 n = auto_count_patches (cx, &c->image_size, &c->patch_size);
  AutoTensor *pixels = auto_pixel_values (cx, in, c->num_channels, &c->image_size);
  AutoTensor *x = auto_embed_patches (cx, "patch_embeddings.projection", pixels, c->hidden_size, &c->patch_size, FALSE);

  if (masked)
    x = auto_mask_patches (cx, in, "mask_token", x);
  x = auto_prepend_token (cx, "cls_token", auto_prepend_token (cx, "distillation_token", x));
  return auto_add (cx, x, auto_parameter (cx, "position_embeddings", AUTO_DIMS (1, n + 2, c->hidden_size)));
}

static AutoTensor *
vit_layers (AutoContext *cx, const ViTConfig *c, AutoInputs *in, AutoTensor *x)
{
  x = auto_image_encoder (cx, x, &(AutoImageEncoder) {
    .layers = c->num_hidden_layers, .heads = c->num_attention_heads, .intermediate_size = c->intermediate_size, .activation = c->hidden_act,
    .epsilon = c->layer_norm_eps, .no_bias = !c->qkv_bias, .in = in });

  return auto_layer_norm (cx, "layernorm", x, c->layer_norm_eps);
}

static AutoTensor *
vit_encoder (AutoContext *cx, const ViTConfig *c, AutoInputs *in)
{
  return vit_layers (cx, c, in, vit_embeddings (cx, c, in, FALSE));
}

static AutoTensor *
deit_encoder (AutoContext *cx, const ViTConfig *c, AutoInputs *in)
{
  return vit_layers (cx, c, in, deit_embeddings (cx, c, in, FALSE));
}

static void
vit_outputs (AutoContext *cx, const ViTConfig *c, AutoTensor *x, AutoModelOutput *out)
{
  auto_model_output_set (out, "last_hidden_state", x);
  auto_model_output_set (out, "pooler_output", auto_linear_act (cx, "pooler.dense", auto_select (cx, x, 1, 0), c->hidden_size, AUTO_ACTIVATION_TANH));
}

static void
vit_model_forward (AutoContext *cx, const ViTConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  vit_outputs (cx, c, vit_encoder (cx, c, in), out);
}

static void
deit_model_forward (AutoContext *cx, const ViTConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  vit_outputs (cx, c, deit_encoder (cx, c, in), out);
}

/* @x: the states of the patches. */
static void
vit_reconstruct (AutoContext *cx, const ViTConfig *c, AutoInputs *in, AutoTensor *x, AutoModelOutput *out)
{
  if (auto_inputs_get (in, "bool_masked_pos") && auto_side (&c->patch_size, 0) != c->encoder_stride)
    auto_context_fail_literal (cx, "bool_masked_pos: needs a configuration whose encoder_stride is its patch_size");
  auto_reconstruct_image (cx, in, "decoder.0", x, c->num_channels, c->encoder_stride, auto_side (&c->patch_size, 0), out);
}

static void
vit_masked_image_forward (AutoContext *cx, const ViTConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "vit");
    x = vit_layers (cx, c, in, vit_embeddings (cx, c, in, TRUE));
  }
  vit_reconstruct (cx, c, in, auto_slice (cx, x, 1, 1, AUTO_END, 1), out);
}

/* The reference drops the last patch where the second token is meant. */
static void
deit_masked_image_forward (AutoContext *cx, const ViTConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "deit");
    x = vit_layers (cx, c, in, deit_embeddings (cx, c, in, TRUE));
  }
  vit_reconstruct (cx, c, in, auto_slice (cx, x, 1, 1, -1, 1), out);
}

/* What the image shows by the class's token and by the teacher's, and the mean of both. */
static void
deit_teacher_forward (AutoContext *cx, const ViTConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "deit");
    x = deit_encoder (cx, c, in);
  }
  AutoTensor *own = auto_linear (cx, "cls_classifier", auto_select (cx, x, 1, 0), c->parent.num_labels);
  AutoTensor *taught = auto_linear (cx, "distillation_classifier", auto_select (cx, x, 1, 1), c->parent.num_labels);
  auto_model_output_set (out, "logits", auto_scale (cx, auto_add (cx, own, taught), 0.5));
  auto_model_output_set (out, "cls_logits", own);
  auto_model_output_set (out, "distillation_logits", taught);
}

static void
vit_example (const ViTConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &c->image_size);
}

static const AutoHead vit_classification = { .kind = AUTO_HEAD_SEQUENCE, .out = "classifier" };

#define EXAMPLE .example = (AutoExample) vit_example

AUTO_DEFINE_MODEL (ViTModel, vit_model, vit_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (ViTForMaskedImageModeling, vit_for_masked_image_modeling, vit_masked_image_forward, EXAMPLE)
AUTO_DEFINE_HEAD (ViTForImageClassification, vit_for_image_classification, &vit_classification, vit_encoder, EXAMPLE)
AUTO_DEFINE_MODEL (DeiTModel, deit_model, deit_model_forward, EXAMPLE)
AUTO_DEFINE_MODEL (DeiTForMaskedImageModeling, deit_for_masked_image_modeling, deit_masked_image_forward, EXAMPLE)
AUTO_DEFINE_HEAD (DeiTForImageClassification, deit_for_image_classification, &vit_classification, deit_encoder, EXAMPLE)
AUTO_DEFINE_MODEL (DeiTForImageClassificationWithTeacher, deit_with_teacher, deit_teacher_forward, EXAMPLE)
AUTO_DEFINE_BASE (ViTMSNModel, vit_msn_model, vit_encoder, EXAMPLE)
AUTO_DEFINE_HEAD (ViTMSNForImageClassification, vit_msn_for_image_classification, &vit_classification, vit_encoder, EXAMPLE)

AUTO_PLUGIN (vit, "ViT",
  AUTO_ARCHITECTURE ("vit", vit_config, .prefix = "vit"),
  AUTO_TASK ("AutoModel", vit_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForImageClassification", vit_for_image_classification, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForMaskedImageModeling", vit_for_masked_image_modeling),
  AUTO_ARCHITECTURE ("deit", deit_config, .prefix = "deit"),
  AUTO_TASK ("AutoModel", deit_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForImageClassification", deit_for_image_classification, .tf = TRUE),
  AUTO_TASK ("AutoModelForImageClassification", deit_with_teacher, .tf = TRUE),
  AUTO_TASK ("AutoModelForMaskedImageModeling", deit_for_masked_image_modeling, .tf = TRUE),
  AUTO_ARCHITECTURE ("vit_msn", vit_msn_config, .prefix = "vit"),
  AUTO_TASK ("AutoModel", vit_msn_model),
  AUTO_TASK ("AutoModelForImageClassification", vit_msn_for_image_classification));
