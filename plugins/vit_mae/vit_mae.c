/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ViT-MAE (He et al., arXiv:2111.06377); transformers: models/vit_mae/modeling_vit_mae.py */
#include "sdk/auto-sdk.h"

struct _ViTMAEConfig
{
  AutoPretrainedConfig parent;
  AUTO_ENCODER_MEMBERS
  int image_size, patch_size, num_channels;
  int decoder_num_attention_heads, decoder_hidden_size, decoder_num_hidden_layers, decoder_intermediate_size;
  double mask_ratio;
  gboolean qkv_bias, norm_pix_loss;
};

AUTO_DEFINE_CONFIG_WITH (ViTMAEConfig, vit_mae_config, "vit_mae", (.base_first = TRUE),
  AUTO_ENCODER_FIELDS ("0.0", 1e-12),
  AUTO_INT (image_size, 224, .min = 1, .max = G_MAXINT),
  AUTO_INT (patch_size, 16, .min = 1, .max = 4096),
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (qkv_bias, TRUE),
  AUTO_INT (decoder_num_attention_heads, 16, .min = 1, .max = G_MAXINT),
  AUTO_INT (decoder_hidden_size, 512, .min = 1, .max = G_MAXINT),
  AUTO_INT (decoder_num_hidden_layers, 8, .min = 0, .max = G_MAXINT),
  AUTO_INT (decoder_intermediate_size, 2048, .min = 1, .max = G_MAXINT),
  AUTO_DOUBLE (mask_ratio, 0.75, .min = 0, .max = 1),
  AUTO_BOOL (norm_pix_loss, FALSE))

/* The call's noise (batch, patches), whose least values say which patches are kept; random when there is none. */
static AutoTensor *
vit_mae_noise (AutoContext *cx, AutoInputs *in, gint64 batch, gint64 n)
{
  AutoTensor *given = auto_inputs_get (in, "noise");

  if (given && (auto_tensor_get_n_dims (given) != 2 || auto_dim (given, 0) != batch || auto_dim (given, 1) != n))
    {
      g_autofree char *text = auto_tensor_describe (given);
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "noise: needs the shape (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "), not %s",
                         batch, n, text);
    }
  if (given || auto_context_is_declaring (cx))
    return given ? given : auto_zeros (cx, AUTO_DIMS (batch, n));
  g_autofree double *values = g_new (double, batch * n);
  for (gint64 i = 0; i < batch * n; i++)
    values[i] = g_random_double ();
  return auto_reshape (cx, auto_constant (cx, values, batch * n), AUTO_DIMS (batch, n));
}

static AutoTensor *
vit_mae_embeddings (AutoContext *cx, const ViTMAEConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AUTO_SCOPE (cx, "embeddings");
  AutoInts size = { 1, (int *) &c->image_size }, patch = { 1, (int *) &c->patch_size };
  gint64 n = auto_count_patches (cx, &size, &patch), kept = (gint64) ((double) n * (1 - c->mask_ratio));
  AutoTensor *positions = auto_parameter (cx, "position_embeddings", AUTO_DIMS (1, n + 1, c->hidden_size));
  AutoTensor *x = auto_embed_patches (cx, "patch_embeddings.projection", auto_pixel_values (cx, in, c->num_channels, &size), c->hidden_size, &patch, FALSE);

  x = auto_add (cx, x, auto_slice (cx, positions, 1, 1, AUTO_END, 1));
  AutoTensor *order = auto_argsort (cx, vit_mae_noise (cx, in, auto_dim (x, 0), n), 1, FALSE), *back = auto_argsort (cx, order, 1, FALSE);
  auto_model_output_set (out, "mask", auto_cast (cx, auto_ge_scalar (cx, back, (double) kept), AUTO_DTYPE_F32));
  auto_model_output_set (out, "ids_restore", back);
  x = auto_pick_tokens (cx, x, auto_narrow (cx, order, 1, 0, kept));
  AutoTensor *first = auto_add (cx, auto_parameter (cx, "cls_token", AUTO_DIMS (1, 1, c->hidden_size)), auto_narrow (cx, positions, 1, 0, 1));
  return auto_concat (cx, AUTO_TENSORS (auto_expand (cx, first, AUTO_DIMS (auto_dim (x, 0), 1, c->hidden_size)), x), 1);
}

static AutoTensor *
vit_mae_encoder (AutoContext *cx, const ViTMAEConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = auto_image_encoder (cx, vit_mae_embeddings (cx, c, in, out), &(AutoImageEncoder) {
    .layers = c->num_hidden_layers, .heads = c->num_attention_heads, .intermediate_size = c->intermediate_size, .activation = c->hidden_act,
    .epsilon = c->layer_norm_eps, .no_bias = !c->qkv_bias, .in = in });

  return auto_layer_norm (cx, "layernorm", x, c->layer_norm_eps);
}

static void
vit_mae_model_forward (AutoContext *cx, const ViTMAEConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  auto_model_output_set (out, "last_hidden_state", vit_mae_encoder (cx, c, in, out));
}

/* The pixels of all patches (batch, patches, patch² · channels) from the states of those that were kept. */
static AutoTensor *
vit_mae_decoder (AutoContext *cx, const ViTMAEConfig *c, AutoTensor *x, AutoTensor *back)
{
  AUTO_SCOPE (cx, "decoder");
  gint64 n = auto_dim (back, 1), width = c->decoder_hidden_size;
  const char *before = auto_context_set_collection (cx, NULL);

  x = auto_linear (cx, "decoder_embed", x, width);
  AutoTensor *masked = auto_expand (cx, auto_parameter (cx, "mask_token", AUTO_DIMS (1, 1, width)),
                                    AUTO_DIMS (auto_dim (x, 0), n + 1 - auto_dim (x, 1), width));
  AutoTensor *all = auto_pick_tokens (cx, auto_concat (cx, AUTO_TENSORS (auto_slice (cx, x, 1, 1, AUTO_END, 1), masked), 1), back);
  x = auto_concat (cx, AUTO_TENSORS (auto_narrow (cx, x, 1, 0, 1), all), 1);
  x = auto_add (cx, x, auto_parameter (cx, "decoder_pos_embed", AUTO_DIMS (1, n + 1, width)));
  x = auto_image_encoder (cx, x, &(AutoImageEncoder) {
    .name = "decoder_layers", .layers = c->decoder_num_hidden_layers, .heads = c->decoder_num_attention_heads,
    .intermediate_size = c->decoder_intermediate_size, .activation = c->hidden_act, .epsilon = c->layer_norm_eps, .no_bias = !c->qkv_bias });
  auto_context_set_collection (cx, before);
  x = auto_linear (cx, "decoder_pred", auto_layer_norm (cx, "decoder_norm", x, c->layer_norm_eps), (gint64) c->patch_size * c->patch_size * c->num_channels);
  return auto_slice (cx, x, 1, 1, AUTO_END, 1);
}

/* The image's patches as the decoder tells them. */
static AutoTensor *
vit_mae_patches (AutoContext *cx, const ViTMAEConfig *c, AutoTensor *pixels)
{
  gint64 batch = auto_dim (pixels, 0), rows = c->image_size / c->patch_size, p = c->patch_size;
  AutoTensor *x = auto_reshape (cx, pixels, AUTO_DIMS (batch, c->num_channels, rows, p, rows, p));

  x = auto_permute (cx, x, AUTO_ORDER (0, 2, 4, 3, 5, 1));
  x = auto_reshape (cx, x, AUTO_DIMS (batch, rows * rows, p * p * c->num_channels));
  if (!c->norm_pix_loss)
    return x;
  AutoTensor *deviation = auto_sqrt (cx, auto_add_scalar (cx, auto_var (cx, x, -1, TRUE, TRUE), 1e-6));
  return auto_div (cx, auto_sub (cx, x, auto_mean (cx, x, -1, TRUE)), deviation);
}

static void
vit_mae_pretraining_forward (AutoContext *cx, const ViTMAEConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  if (c->image_size % c->patch_size)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "image_size must be a multiple of patch_size");
  {
    AUTO_SCOPE (cx, "vit");
    x = vit_mae_encoder (cx, c, in, out);
  }
  AutoTensor *logits = vit_mae_decoder (cx, c, x, auto_model_output_get (out, "ids_restore")), *mask = auto_model_output_get (out, "mask");
  AutoTensor *wrong = auto_square (cx, auto_sub (cx, logits, vit_mae_patches (cx, c, auto_inputs_get (in, "pixel_values"))));
  wrong = auto_sum (cx, auto_mul (cx, auto_mean (cx, wrong, -1, FALSE), mask), AUTO_ALL_DIMS, FALSE);
  auto_model_output_set (out, "loss", auto_div (cx, wrong, auto_sum (cx, mask, AUTO_ALL_DIMS, FALSE)));
  auto_model_output_set (out, "logits", logits);
}

static void
vit_mae_example (const ViTMAEConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &(AutoInts) { 1, (int *) &c->image_size });
}

AUTO_DEFINE_MODEL (ViTMAEModel, vit_mae_model, vit_mae_model_forward, .example = (AutoExample) vit_mae_example)
AUTO_DEFINE_MODEL (ViTMAEForPreTraining, vit_mae_for_pre_training, vit_mae_pretraining_forward, .example = (AutoExample) vit_mae_example)

AUTO_PLUGIN (vit_mae, "ViT-MAE",
  AUTO_ARCHITECTURE ("vit_mae", vit_mae_config, .prefix = "vit"),
  AUTO_TASK ("AutoModel", vit_mae_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForPreTraining", vit_mae_for_pre_training, .tf = TRUE));
