/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* PatchTST (Nie et al., arXiv:2211.14730); transformers: models/patchtst/modeling_patchtst.py */
#include <string.h>

#include "sdk/auto-sdk.h"

typedef struct _PatchTSTConfig
{
  AutoPretrainedConfig parent;
  int context_length, num_input_channels, d_model, num_attention_heads, ffn_dim, num_hidden_layers, patch_length, patch_stride;
  AutoActivation activation_function;
  double norm_eps, random_mask_ratio, mask_value;
  gboolean share_embedding, channel_attention, bias, pre_norm, use_cls_token, do_mask_input, channel_consistent_masking;
  const char *norm_type, *mask_type;
  JsonNode *scaling;
  AutoInts num_forecast_mask_patches, unmasked_channel_indices;
} PatchTSTConfig;

AUTO_DEFINE_CONFIG (PatchTSTConfig, patchtst_config, "patchtst",
  AUTO_INT (context_length, 32, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_input_channels, 1, .min = 1, .max = 1 << 20),
  AUTO_EXTRA ("loss", "\"mse\""),
  AUTO_EXTRA ("distribution_output", "\"student_t\""),
  AUTO_EXTRA ("num_parallel_samples", "100"),
  AUTO_INT (d_model, 128, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 4, .min = 1, .max = G_MAXINT),
  AUTO_INT (ffn_dim, 512, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 3, .min = 0, .max = G_MAXINT),
  AUTO_EXTRA ("dropout", "0.0"),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_BOOL (share_embedding, TRUE),
  AUTO_BOOL (channel_attention, FALSE),
  AUTO_STRING (norm_type, "batchnorm"),
  AUTO_DOUBLE (norm_eps, 1e-05),
  AUTO_EXTRA ("positional_dropout", "0.0"),
  AUTO_EXTRA ("path_dropout", "0.0"),
  AUTO_EXTRA ("ff_dropout", "0.0"),
  AUTO_BOOL (bias, TRUE),
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_BOOL (pre_norm, TRUE),
  AUTO_EXTRA ("positional_encoding_type", "\"sincos\""),
  AUTO_BOOL (use_cls_token, FALSE),
  AUTO_EXTRA ("init_std", "0.02"),
  AUTO_OBJECT (scaling, "\"std\""),
  AUTO_INT (patch_length, 1, .min = 1, .max = G_MAXINT),
  AUTO_INT (patch_stride, 1, .min = 1, .max = G_MAXINT),
  AUTO_BOOL_NULL (do_mask_input),
  AUTO_STRING (mask_type, "random"),
  AUTO_DOUBLE (random_mask_ratio, 0.5, .min = 0, .max = 1),
  AUTO_INTS (num_forecast_mask_patches, "[2]"),
  AUTO_BOOL (channel_consistent_masking, FALSE),
  AUTO_INTS (unmasked_channel_indices, "null"),
  AUTO_DOUBLE (mask_value, 0),
  AUTO_EXTRA ("pooling_type", "\"mean\""),
  AUTO_EXTRA ("head_dropout", "0.0"),
  AUTO_EXTRA ("share_projection", "true"),
  AUTO_EXTRA ("prediction_length", "24"),
  AUTO_EXTRA ("num_targets", "1"),
  AUTO_EXTRA ("output_range", "null"),
  AUTO_ALIAS ("hidden_size", "d_model"))

/* An input (batch, context_length, channels). */
static AutoTensor *
patchtst_series (AutoContext *cx, const PatchTSTConfig *c, AutoInputs *in, const char *name)
{
  AutoTensor *x = auto_inputs_get (in, name);

  if (x && auto_tensor_get_n_dims (x) == 3 && auto_dim (x, 0) > 0 && auto_dim (x, 1) == c->context_length && auto_dim (x, 2) == c->num_input_channels)
    return auto_cast (cx, x, AUTO_DTYPE_F32);
  g_autofree char *text = x ? auto_tensor_describe (x) : NULL;
  if (x)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: needs the shape (batch, %d, %d), not %s", name, c->context_length,
                       c->num_input_channels, text);
  return NULL;
}

/* By the mean of what was observed and, with "std", its deviation; *loc and *scale are (batch, 1, channels). */
static AutoTensor *
patchtst_scale (AutoContext *cx, const PatchTSTConfig *c, AutoTensor *x, AutoTensor *seen, AutoTensor **loc, AutoTensor **scale)
{
  const char *kind = c->scaling && json_node_get_value_type (c->scaling) == G_TYPE_STRING ? json_node_get_string (c->scaling) : NULL;
  gboolean is_true = c->scaling && json_node_get_value_type (c->scaling) == G_TYPE_BOOLEAN && json_node_get_boolean (c->scaling);
  AutoConfig *config = AUTO_CONFIG ((gpointer) c);
  AutoTensor *counts = auto_sum (cx, seen, 1, TRUE), *n = auto_clamp (cx, counts, 1, G_MAXFLOAT);

  *loc = auto_full_like (cx, n, 0);
  *scale = auto_full_like (cx, n, 1);
  if (g_strcmp0 (kind, "std") == 0)
    {
      *loc = auto_div (cx, auto_sum (cx, auto_mul (cx, x, seen), 1, TRUE), n);
      AutoTensor *variance = auto_sum (cx, auto_square (cx, auto_mul (cx, auto_sub (cx, x, *loc), seen)), 1, TRUE);
      *scale = auto_sqrt (cx, auto_add_scalar (cx, auto_div (cx, variance, n), auto_config_get_double (config, "minimum_scale", 1e-5)));
    }
  else if (is_true || g_strcmp0 (kind, "mean") == 0)
    {
      AutoTensor *sums = auto_sum (cx, auto_abs (cx, auto_mul (cx, x, seen)), 1, TRUE);
      AutoTensor *of_batch = auto_div (cx, auto_sum (cx, sums, 0, TRUE), auto_clamp (cx, auto_sum (cx, counts, 0, TRUE), 1, G_MAXFLOAT));
      AutoTensor *scales = auto_where (cx, auto_gt_scalar (cx, counts, 0), auto_div (cx, sums, n), of_batch);
      *scale = auto_clamp (cx, scales, auto_config_get_double (config, "minimum_scale", 1e-10), G_MAXFLOAT);
    }
  return auto_div (cx, auto_sub (cx, x, *loc), *scale);
}

/* Pieces of the end of the series: (batch, channels, patches, patch_length). */
static AutoTensor *
patchtst_patches (AutoContext *cx, const PatchTSTConfig *c, AutoTensor *x)
{
  if (c->context_length <= c->patch_length)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "context_length (%d) must be greater than patch_length (%d)", c->context_length,
                       c->patch_length);
  gint64 rest = (c->context_length - (gint64) c->patch_length) % c->patch_stride;
  x = auto_unfold (cx, auto_slice (cx, x, 1, rest, AUTO_END, 1), 1, c->patch_length, c->patch_stride);
  return auto_contiguous (cx, auto_transpose (cx, x, 1, 2));
}

/* Marks all but a few patches, chosen by chance. */
static void
patchtst_mark_random (const PatchTSTConfig *c, double *marks, gint64 channels, gint64 n)
{
  gint64 kept = (gint64) ((double) n * (1 - c->random_mask_ratio));

  for (gint64 i = 0; i < channels; i++)
    {
      double *row = marks + i * n;
      if (i && c->channel_consistent_masking)
        {
          memcpy (row, marks, n * sizeof *row);
          continue;
        }
      for (gint64 j = 0; j < n; j++)
        row[j] = 1;
      for (gint64 left = kept; left > 0;)
        {
          gint64 j = (gint64) (g_random_double () * (double) n);
          left -= row[j] != 0;
          row[j] = 0;
        }
    }
}

/* The last patches of each row of the batch: as many as the list's entries say, each for an equal part of the rows in random order.
 * What doesn't divide belongs to the first entry. */
static void
patchtst_mark_last (AutoContext *cx, const PatchTSTConfig *c, double *marks, gint64 batch, gint64 channels, gint64 n)
{
  const AutoInts *lengths = &c->num_forecast_mask_patches;
  g_autofree gint64 *rows = g_new0 (gint64, batch);
  gint64 part = lengths->n ? batch / lengths->n : 0, first = batch - part * (lengths->n ? lengths->n - 1 : 0);

  for (gint64 i = 0; i < batch; i++)
    {
      gint64 other = (gint64) (g_random_double () * (double) (i + 1));
      rows[i] = rows[other];
      rows[other] = auto_list_int (cx, "num_forecast_mask_patches", lengths, i < first || !part ? 0 : 1 + (guint) ((i - first) / part), 1);
    }
  for (gint64 i = 0; i < batch; i++)
    {
      if (rows[i] >= n)
        auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                           "num_forecast_mask_patches: must be less than the %" G_GINT64_FORMAT " patches of the series", n);
      for (gint64 j = 0; j < channels * MIN (rows[i], n); j++)
        marks[(i * channels + j % channels) * n + n - 1 - j / channels] = 1;
    }
}

/* Which patches the pretraining hides: booleans (batch, channels, patches). */
static AutoTensor *
patchtst_mask (AutoContext *cx, const PatchTSTConfig *c, gint64 batch, gint64 channels, gint64 n)
{
  gboolean random = g_strcmp0 (c->mask_type, "random") == 0;

  if (!random && g_strcmp0 (c->mask_type, "forecast") != 0)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "mask_type must be random or forecast, and it is %s", c->mask_type ? c->mask_type : "null");
  if (auto_context_is_declaring (cx) || auto_context_has_failed (cx))
    return auto_full (cx, AUTO_DIMS (batch, channels, n), 0, AUTO_DTYPE_BOOL);
  g_autofree double *marks = g_new0 (double, batch * channels * n);
  for (gint64 i = 0; i < batch && random; i++)
    patchtst_mark_random (c, marks + i * channels * n, channels, n);
  if (!random)
    patchtst_mark_last (cx, c, marks, batch, channels, n);
  for (guint i = 0; i < c->unmasked_channel_indices.n; i++)
    {
      gint64 channel = c->unmasked_channel_indices.values[i];
      channel = channel < 0 ? channel + channels : channel;
      if (channel < 0 || channel >= channels)
        auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "unmasked_channel_indices: there is no channel %d",
                           c->unmasked_channel_indices.values[i]);
      for (gint64 row = 0; row < batch && channel >= 0 && channel < channels; row++)
        memset (marks + (row * channels + channel) * n, 0, n * sizeof *marks);
    }
  AutoTensor *mask = auto_reshape (cx, auto_constant (cx, marks, batch * channels * n), AUTO_DIMS (batch, channels, n));
  return auto_ne_scalar (cx, mask, 0);
}

/* (batch, channels, patches, d_model), behind a token for the whole series when there is one. */
static AutoTensor *
patchtst_embeddings (AutoContext *cx, const PatchTSTConfig *c, AutoTensor *x)
{
  gint64 batch = auto_dim (x, 0), channels = auto_dim (x, 1), n = auto_dim (x, 2), first = c->use_cls_token ? 1 : 0;
  AutoTensor *positions = auto_parameter (cx, "positional_encoder.position_enc", AUTO_DIMS (n + first, c->d_model));

  if (c->share_embedding)
    x = auto_linear (cx, "embedder.input_embedding", x, c->d_model);
  else
    {
      g_autofree AutoTensor **parts = g_new0 (AutoTensor *, channels);
      for (gint64 i = 0; i < channels && !auto_context_has_failed (cx); i++)
        {
          AUTO_SCOPE (cx, "embedder.input_embedding.%d", (int) i);
          parts[i] = auto_linear (cx, "", auto_select (cx, x, 1, i), c->d_model);
        }
      x = auto_stack (cx, parts, channels, 1);
    }
  x = auto_add (cx, x, auto_slice (cx, positions, 0, first, AUTO_END, 1));
  if (!first)
    return x;
  AutoTensor *token = auto_parameter (cx, "positional_encoder.cls_token", AUTO_DIMS (1, 1, 1, c->d_model));
  token = auto_add (cx, token, auto_narrow (cx, positions, 0, 0, 1));
  return auto_concat (cx, AUTO_TENSORS (auto_expand (cx, token, AUTO_DIMS (batch, channels, 1, c->d_model)), x), 2);
}

static AutoTensor *
patchtst_norm (AutoContext *cx, const PatchTSTConfig *c, const char *name, AutoTensor *x)
{
  AUTO_SCOPE (cx, "%s", name);

  if (g_strcmp0 (c->norm_type, "layernorm") == 0)
    return auto_layer_norm (cx, "", x, c->norm_eps);
  if (g_strcmp0 (c->norm_type, "batchnorm") != 0)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "norm_type must be batchnorm or layernorm, and it is %s",
                       c->norm_type ? c->norm_type : "null");
  return auto_transpose (cx, auto_batch_norm (cx, "batchnorm", auto_transpose (cx, x, 1, 2), c->norm_eps), 1, 2);
}

/* Attention among the second dimension's places. */
static AutoTensor *
patchtst_attention (AutoContext *cx, const PatchTSTConfig *c, const char *norm, AutoTensor *x)
{
  AutoTensor *y = c->pre_norm ? patchtst_norm (cx, c, norm, x) : x;

  y = auto_attention (cx, y, NULL, &(AutoAttention) {
    .q = "self_attn.q_proj", .k = "self_attn.k_proj", .v = "self_attn.v_proj", .out = "self_attn.out_proj", .heads = c->num_attention_heads });
  y = auto_add (cx, x, y);
  return c->pre_norm ? y : patchtst_norm (cx, c, norm, y);
}

/* The same weights attend to other patches of a channel, then to the same patch of other channels. */
static AutoTensor *
patchtst_layer (AutoContext *cx, const PatchTSTConfig *c, AutoTensor *x)
{
  gint64 batch = auto_dim (x, 0), channels = auto_dim (x, 1), n = auto_dim (x, 2), width = c->d_model;
  const AutoLinear up = { .no_bias = !c->bias, .activation = c->activation_function }, down = { .no_bias = !c->bias, .activation = AUTO_ACTIVATION_NONE };

  x = patchtst_attention (cx, c, "norm_sublayer1", auto_reshape (cx, x, AUTO_DIMS (batch * channels, n, width)));
  if (c->channel_attention)
    {
      const char *before = auto_context_set_collection (cx, NULL);
      x = auto_transpose (cx, auto_reshape (cx, x, AUTO_DIMS (batch, channels, n, width)), 1, 2);
      x = patchtst_attention (cx, c, "norm_sublayer2", auto_reshape (cx, x, AUTO_DIMS (batch * n, channels, width)));
      x = auto_transpose (cx, auto_reshape (cx, x, AUTO_DIMS (batch, n, channels, width)), 1, 2);
      x = auto_reshape (cx, x, AUTO_DIMS (batch * channels, n, width));
      auto_context_set_collection (cx, before);
    }
  AutoTensor *y = auto_linear_full (cx, "ff.0", c->pre_norm ? patchtst_norm (cx, c, "norm_sublayer3", x) : x, c->ffn_dim, &up);
  y = auto_add (cx, x, auto_linear_full (cx, "ff.3", y, width, &down));
  return auto_reshape (cx, c->pre_norm ? y : patchtst_norm (cx, c, "norm_sublayer3", y), AUTO_DIMS (batch, channels, n, width));
}

static void
patchtst_model_forward (AutoContext *cx, const PatchTSTConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *loc, *scale, *values = auto_required_input (cx, in, "past_values") ? patchtst_series (cx, c, in, "past_values") : NULL;
  AutoTensor *seen = patchtst_series (cx, c, in, "past_observed_mask");
  AutoTensor *x = patchtst_patches (cx, c, patchtst_scale (cx, c, values, seen ? seen : auto_full_like (cx, values, 1), &loc, &scale));

  auto_model_output_set (out, "loc", loc);
  auto_model_output_set (out, "scale", scale);
  auto_model_output_set (out, "patch_input", x);
  if (c->do_mask_input == TRUE)
    {
      AutoTensor *mask = patchtst_mask (cx, c, auto_dim (x, 0), auto_dim (x, 1), auto_dim (x, 2));
      auto_model_output_set (out, "mask", mask);
      x = auto_masked_fill (cx, x, auto_unsqueeze (cx, mask, 3), c->mask_value);
    }
  AUTO_SCOPE (cx, "encoder");
  x = patchtst_embeddings (cx, c, x);
  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      auto_context_hidden_state (cx, x);
      x = patchtst_layer (cx, c, x);
    }
  auto_model_output_set (out, "last_hidden_state", x);
}

static void
patchtst_example (const PatchTSTConfig *c, AutoInputs *in)
{
  auto_inputs_set_example (in, "past_values", AUTO_DTYPE_F32, (const gint64[]) { 1, c->context_length, c->num_input_channels }, 3);
}

AUTO_DEFINE_MODEL (PatchTSTModel, patchtst_model, patchtst_model_forward, .example = (AutoExample) patchtst_example)

AUTO_PLUGIN (patchtst, "PatchTST",
  AUTO_ARCHITECTURE ("patchtst", patchtst_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", patchtst_model));
