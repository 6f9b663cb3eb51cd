/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ViLT (Kim et al., arXiv:2102.03334); transformers: models/vilt/modeling_vilt.py */
#include "sdk/auto-sdk.h"

typedef struct _ViltConfig
{
  AutoPretrainedConfig parent;
  AUTO_ENCODER_MEMBERS
  int vocab_size, type_vocab_size, modality_type_vocab_size, max_position_embeddings, image_size, patch_size, num_channels, max_image_length;
  gboolean qkv_bias;
} ViltConfig;

AUTO_DEFINE_CONFIG_WITH (ViltConfig, vilt_config, "vilt", (.base_first = TRUE),
  AUTO_INT (vocab_size, 30522, .min = 1, .max = G_MAXINT),
  AUTO_INT (type_vocab_size, 2, .min = 1, .max = G_MAXINT),
  AUTO_INT (modality_type_vocab_size, 2, .min = 1, .max = G_MAXINT),
  AUTO_INT (max_position_embeddings, 40, .min = 1, .max = G_MAXINT),
  AUTO_ENCODER_FIELDS ("0.0", 1e-12),
  AUTO_INT (image_size, 384, .min = 1, .max = G_MAXINT),
  AUTO_INT (patch_size, 32, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (qkv_bias, TRUE),
  AUTO_INT (max_image_length, -1, .min = -1, .max = G_MAXINT),
  AUTO_EXTRA ("num_images", "-1"),
  AUTO_DEFAULT ("tie_word_embeddings", "false"))

static AutoTensor *
vilt_text_embeddings (AutoContext *cx, const ViltConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "text_embeddings");
  AutoTensor *words = auto_input_embeddings (cx, in, "word_embeddings", c->vocab_size, c->hidden_size), *types = auto_inputs_get (in, "token_type_ids");
  gint64 batch = auto_dim (words, 0), length = auto_dim (words, 1);

  types = types ? types : auto_full (cx, AUTO_DIMS (batch, length), 0, AUTO_DTYPE_I64);
  AutoTensor *x = auto_add (cx, words, auto_embedding (cx, "token_type_embeddings", types, c->type_vocab_size, c->hidden_size));
  AutoTensor *places = auto_unsqueeze (cx, auto_arange (cx, 0, length, 1), 0);
  x = auto_add (cx, x, auto_embedding (cx, "position_embeddings", places, c->max_position_embeddings, c->hidden_size));
  auto_ignore_weight (cx, "position_ids");
  return auto_layer_norm (cx, "LayerNorm", x, c->layer_norm_eps);
}

/* Which patches hold pixels: the call's pixel_mask (batch, height, width) shrunk to rows × columns. */
static AutoTensor *
vilt_patch_mask (AutoContext *cx, AutoInputs *in, gint64 batch, gint64 rows, gint64 columns)
{
  AutoTensor *mask = auto_inputs_get (in, "pixel_mask");

  if (!mask)
    return auto_full (cx, AUTO_DIMS (batch, rows * columns), 1, AUTO_DTYPE_I64);
  if (auto_tensor_get_n_dims (mask) != 3 || auto_dim (mask, 0) != batch)
    {
      g_autofree char *text = auto_tensor_describe (mask);
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "pixel_mask: needs the shape (%" G_GINT64_FORMAT ", height, width), not %s", batch,
                         text);
      return NULL;
    }
  mask = auto_interpolate (cx, auto_cast (cx, auto_unsqueeze (cx, mask, 1), AUTO_DTYPE_F32), AUTO_DIMS (rows, columns), AUTO_INTERPOLATION_NEAREST, FALSE);
  return auto_contiguous (cx, auto_cast (cx, auto_flatten (cx, mask, 1, 3), AUTO_DTYPE_I64));
}

/* What an image's mask says: how many patches are seen below and beside the first one, and in all. */
typedef struct
{
  gint64 rows, columns, seen;
} ViltImage;

static gboolean
vilt_is_seen (AutoContext *cx, AutoTensor *mask, gint64 image, gint64 patch)
{
  gint64 value = 1;

  auto_read_int (cx, mask, image * auto_dim (mask, 1) + patch, &value);
  return value != 0;
}

static ViltImage
vilt_measure (AutoContext *cx, AutoTensor *mask, gint64 image, gint64 rows, gint64 columns)
{
  ViltImage size = { 0 };

  for (gint64 i = 0; i < rows * columns; i++)
    {
      gboolean seen = vilt_is_seen (cx, mask, image, i);
      size.seen += seen;
      size.rows += seen && i % columns == 0;
      size.columns += seen && i < columns;
    }
  if (!size.rows || !size.columns)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "pixel_mask: image %" G_GINT64_FORMAT " has no pixels in its first corner", image);
  return size;
}

/* The patches of an image in their order, seen ones first; then the others over and over until there are as many as in the largest. */
static void
vilt_choose (AutoContext *cx, AutoTensor *mask, gint64 image, const ViltImage *size, gint64 *places, gint64 *seen, gint64 length)
{
  gint64 n = auto_dim (mask, 1), taken = 0;

  for (gint64 i = 0; i < n && taken < length; i++)
    if (vilt_is_seen (cx, mask, image, i))
      {
        seen[taken] = 1;
        places[taken++] = i;
      }
  if (taken < length && size->seen == n)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s", "pixel_mask: what is seen of an image must be a rectangle");
  for (gint64 i = 0; taken < length && !auto_context_has_failed (cx); i++)
    if (!vilt_is_seen (cx, mask, image, i % n))
      places[taken++] = i % n;
}

/* Positions stretched over what is seen of each image: (batch, rows · columns, width). */
static AutoTensor *
vilt_positions (AutoContext *cx, const ViltConfig *c, AutoTensor *positions, const ViltImage *images, gint64 batch, gint64 rows, gint64 columns)
{
  gint64 side = c->image_size / c->patch_size;
  AutoTensor *grid = auto_tokens_to_image (cx, auto_slice (cx, positions, 1, 1, AUTO_END, 1), side, side);
  g_autofree AutoTensor **all = g_new0 (AutoTensor *, batch);

  for (gint64 i = 0; i < batch; i++)
    {
      AutoTensor *x = auto_interpolate (cx, grid, AUTO_DIMS (images[i].rows, images[i].columns), AUTO_INTERPOLATION_LINEAR, TRUE);
      all[i] = auto_pad (cx, x, (const gint64[]) { 0, columns - images[i].columns, 0, rows - images[i].rows }, 4, AUTO_PAD_CONSTANT, 0);
    }
  return auto_image_to_tokens (cx, auto_concat (cx, all, batch, 0));
}

/* Patches with their positions, behind a token for the image; *mask is (batch, 1 + patches). */
static AutoTensor *
vilt_visual_embeddings (AutoContext *cx, const ViltConfig *c, AutoInputs *in, AutoTensor **mask)
{
  gint64 p = c->patch_size, side = c->image_size / p, width = c->hidden_size;
  AutoTensor *positions = auto_parameter (cx, "position_embeddings", AUTO_DIMS (1, side * side + 1, width));
  AutoTensor *x = auto_conv2d (cx, "patch_embeddings.projection", auto_pixel_values (cx, in, c->num_channels, NULL), width, &(AutoConv) {
    .kernel = { p }, .stride = { p } });
  gint64 batch = auto_dim (x, 0), rows = auto_dim (x, 2), columns = auto_dim (x, 3), length = 0;
  AutoTensor *patches = vilt_patch_mask (cx, in, batch, rows, columns);
  g_autofree ViltImage *images = g_new0 (ViltImage, batch);

  for (gint64 i = 0; i < batch && !auto_context_has_failed (cx); i++)
    {
      images[i] = auto_context_is_declaring (cx) ? (ViltImage) { rows, columns, rows * columns } : vilt_measure (cx, patches, i, rows, columns);
      length = MAX (length, images[i].rows * images[i].columns);
    }
  length = c->max_image_length >= 0 ? MIN (length, c->max_image_length) : length;
  length = auto_context_is_declaring (cx) ? MIN (length, 1) : length;
  g_autofree gint64 *places = g_new0 (gint64, batch * length + 1), *seen = g_new0 (gint64, batch * length + 1);
  for (gint64 i = 0; i < batch && !auto_context_is_declaring (cx) && !auto_context_has_failed (cx); i++)
    vilt_choose (cx, patches, i, &images[i], places + i * length, seen + i * length, length);
  if (auto_context_has_failed (cx))
    return NULL;

  AutoTensor *ids = auto_reshape (cx, auto_constant_ints (cx, places, batch * length), AUTO_DIMS (batch, length));
  x = auto_add (cx, auto_image_to_tokens (cx, x), vilt_positions (cx, c, positions, images, batch, rows, columns));
  AutoTensor *first = auto_add (cx, auto_parameter (cx, "cls_token", AUTO_DIMS (1, 1, width)), auto_narrow (cx, positions, 1, 0, 1));
  AutoTensor *kept = auto_reshape (cx, auto_constant_ints (cx, seen, batch * length), AUTO_DIMS (batch, length));
  *mask = auto_concat (cx, AUTO_TENSORS (auto_full (cx, AUTO_DIMS (batch, 1), 1, AUTO_DTYPE_I64), kept), 1);
  return auto_concat (cx, AUTO_TENSORS (auto_expand (cx, first, AUTO_DIMS (batch, 1, width)), auto_pick_tokens (cx, x, ids)), 1);
}

static AutoTensor *
vilt_modality (AutoContext *cx, const ViltConfig *c, double type)
{
  return auto_embedding (cx, "token_type_embeddings", auto_full (cx, AUTO_DIMS (1, 1), type, AUTO_DTYPE_I64), c->modality_type_vocab_size, c->hidden_size);
}

/* Text and image in one row; *mask is (batch, all). */
static AutoTensor *
vilt_embeddings (AutoContext *cx, const ViltConfig *c, AutoInputs *in, AutoTensor **mask)
{
  AUTO_SCOPE (cx, "embeddings");
  AutoTensor *text = vilt_text_embeddings (cx, c, in), *given = auto_inputs_get (in, "attention_mask"), *seen = auto_inputs_get (in, "pixel_mask");
  AutoTensor *image = auto_inputs_get (in, "image_embeds");

  if (image && auto_inputs_get (in, "pixel_values"))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s", "pixel_values and image_embeds exclude each other");
  if (!image)
    image = vilt_visual_embeddings (cx, c, in, &seen);
  else
    seen = seen ? auto_flatten (cx, seen, 1, -1) : auto_full (cx, AUTO_DIMS (auto_dim (image, 0), auto_dim (image, 1)), 1, AUTO_DTYPE_I64);
  if (text && image && auto_dim (text, 0) != auto_dim (image, 0))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s", "pixel_values: needs as many images as input_ids has rows");
  given = given ? given : auto_full (cx, AUTO_DIMS (auto_dim (text, 0), auto_dim (text, 1)), 1, AUTO_DTYPE_I64);
  *mask = auto_concat (cx, AUTO_TENSORS (auto_cast (cx, given, AUTO_DTYPE_F32), auto_cast (cx, seen, AUTO_DTYPE_F32)), 1);
  text = auto_add (cx, text, vilt_modality (cx, c, 0));
  image = auto_add (cx, image, vilt_modality (cx, c, auto_inputs_get_number (in, "image_token_type_idx", 1)));
  return auto_concat (cx, AUTO_TENSORS (text, image), 1);
}

static AutoTensor *
vilt_encoder (AutoContext *cx, const ViltConfig *c, AutoInputs *in)
{
  AutoTensor *places = NULL, *x = vilt_embeddings (cx, c, in, &places);
  AutoMask mask = auto_self_mask (cx, places, FALSE);

  x = auto_image_encoder (cx, x, &(AutoImageEncoder) {
    .layers = c->num_hidden_layers, .heads = c->num_attention_heads, .intermediate_size = c->intermediate_size, .activation = c->hidden_act,
    .epsilon = c->layer_norm_eps, .no_bias = !c->qkv_bias, .mask = &mask, .in = in });
  return auto_layer_norm (cx, "layernorm", x, c->layer_norm_eps);
}

static AutoTensor *
vilt_pooler (AutoContext *cx, const ViltConfig *c, AutoTensor *x)
{
  return auto_linear_act (cx, "pooler.dense", auto_select (cx, x, 1, 0), c->hidden_size, AUTO_ACTIVATION_TANH);
}

static void
vilt_model_forward (AutoContext *cx, const ViltConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = vilt_encoder (cx, c, in);

  auto_model_output_set (out, "last_hidden_state", x);
  auto_model_output_set (out, "pooler_output", vilt_pooler (cx, c, x));
}

static void
vilt_answering_forward (AutoContext *cx, const ViltConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "vilt");
    x = vilt_pooler (cx, c, vilt_encoder (cx, c, in));
  }
  x = auto_layer_norm (cx, "classifier.1", auto_linear (cx, "classifier.0", x, 2 * (gint64) c->hidden_size), 1e-5);
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier.3", auto_activation (cx, x, AUTO_ACTIVATION_GELU), c->parent.num_labels));
}

static void
vilt_example (const ViltConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &(AutoInts) { 1, (int *) &c->image_size });
  auto_inputs_set_example (in, "input_ids", AUTO_DTYPE_I64, (const gint64[]) { 1, 1 }, 2);
}

AUTO_DEFINE_MODEL (ViltModel, vilt_model, vilt_model_forward, .example = (AutoExample) vilt_example)
AUTO_DEFINE_MODEL (ViltForQuestionAnswering, vilt_for_question_answering, vilt_answering_forward, .example = (AutoExample) vilt_example)

static const AutoTokenizerSpec vilt_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("BertTokenizer") };

AUTO_PLUGIN (vilt, "ViLT",
  AUTO_ARCHITECTURE ("vilt", vilt_config, .prefix = "vilt"),
  AUTO_TASK ("AutoModel", vilt_model),
  AUTO_TASK ("AutoModelForVisualQuestionAnswering", vilt_for_question_answering),
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", &vilt_tokenizer));
