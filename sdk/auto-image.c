/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-image.h"

#include <math.h>

#include "auto-masks.h"

gint64
auto_list_int (AutoContext *cx, const char *key, const AutoInts *list, guint i, gint64 min)
{
  if (i < list->n && list->values[i] >= min)
    return list->values[i];
  if (i < list->n)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s: number %u must be %" G_GINT64_FORMAT " or more, and it is %d", key, i, min,
                       list->values[i]);
  else
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s: the list has %u numbers, and there must be more than %u", key, list->n, i);
  return MAX (min, 1);
}

void
auto_image_example (AutoInputs *in, gint64 channels, const AutoInts *size)
{
  auto_inputs_set_example (in, "pixel_values", AUTO_DTYPE_F32,
                           (const gint64[]) { 1, MAX (channels, 1), MAX (auto_side (size, 0), 1), MAX (auto_side (size, 1), 1) }, 4);
}

AutoTensor *
auto_pixel_values (AutoContext *cx, AutoInputs *in, gint64 channels, const AutoInts *size)
{
  AutoTensor *x = auto_required_input (cx, in, "pixel_values");
  gint64 want[] = { -1, channels, size ? auto_side (size, 0) : -1, size ? auto_side (size, 1) : -1 };

  if (!x)
    return NULL;
  gboolean fits = auto_tensor_get_n_dims (x) == 4 && auto_tensor_get_n_elements (x) > 0;
  for (int i = 0; fits && i < 4; i++)
    fits = want[i] < 0 || auto_dim (x, i) == want[i];
  if (fits)
    return auto_cast (cx, x, AUTO_DTYPE_F32);
  g_autofree char *text = auto_tensor_describe (x);
  if (size)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                       "pixel_values: needs the shape (batch, %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "), not %s; resize the image",
                       want[1], want[2], want[3], text);
  else
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "pixel_values: needs the shape (batch, %" G_GINT64_FORMAT ", height, width), not %s",
                       want[1], text);
  return NULL;
}

gint64
auto_count_patches (AutoContext *cx, const AutoInts *size, const AutoInts *patch)
{
  gint64 n = 1;

  for (int i = 0; i < 2; i++)
    if (auto_side (patch, i) < 1 || auto_side (size, i) < auto_side (patch, i))
      {
        auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                           "patch_size: must be from 1 to image_size (%" G_GINT64_FORMAT "), and it is %" G_GINT64_FORMAT, auto_side (size, i),
                           auto_side (patch, i));
        return 1;
      }
    else
      n *= auto_side (size, i) / auto_side (patch, i);
  return n;
}

AutoTensor *
auto_image_to_tokens (AutoContext *cx, AutoTensor *x)
{
  return auto_transpose (cx, auto_flatten (cx, x, 2, 3), 1, 2);
}

AutoTensor *
auto_tokens_to_image (AutoContext *cx, AutoTensor *x, gint64 rows, gint64 columns)
{
  return auto_reshape (cx, auto_transpose (cx, x, 1, 2), AUTO_DIMS (auto_dim (x, 0), auto_dim (x, 2), rows, columns));
}

AutoTensor *
auto_embed_patches (AutoContext *cx, const char *name, AutoTensor *x, gint64 width, const AutoInts *patch, gboolean no_bias)
{
  gint64 height = auto_side (patch, 0), columns = auto_side (patch, 1);

  return auto_image_to_tokens (cx, auto_conv2d (cx, name, x, width, &(AutoConv) {
    .kernel = { height, columns }, .stride = { height, columns }, .no_bias = no_bias }));
}

AutoTensor *
auto_prepend_token (AutoContext *cx, const char *name, AutoTensor *x)
{
  gint64 width = auto_dim (x, 2);
  AutoTensor *token = auto_parameter (cx, name, AUTO_DIMS (1, 1, width));

  return auto_concat (cx, AUTO_TENSORS (auto_expand (cx, token, AUTO_DIMS (auto_dim (x, 0), 1, width)), x), 1);
}

AutoTensor *
auto_stretch_positions (AutoContext *cx, AutoTensor *positions, AutoTensor *pixels, const AutoInts *patch)
{
  gint64 n = auto_dim (positions, 1) - 1, side = (gint64) sqrt ((double) n), height = auto_dim (pixels, 2), width = auto_dim (pixels, 3);
  gint64 rows = height / MAX (auto_side (patch, 0), 1), columns = width / MAX (auto_side (patch, 1), 1);

  if (n == rows * columns && height == width)
    return positions;
  AutoTensor *grid = auto_tokens_to_image (cx, auto_slice (cx, positions, 1, 1, AUTO_END, 1), side, side);
  /* The reference adds 0.1 against rounding, which also counts in the places between. */
  double scale[] = { ((double) rows + 0.1) / sqrt ((double) n), ((double) columns + 0.1) / sqrt ((double) n) };
  grid = auto_interpolate_scale (cx, grid, scale, 2, AUTO_INTERPOLATION_BICUBIC, FALSE);
  return auto_concat (cx, AUTO_TENSORS (auto_narrow (cx, positions, 1, 0, 1), auto_image_to_tokens (cx, grid)), 1);
}

/* bool_masked_pos as numbers (batch, patches). */
static AutoTensor *
masked_places (AutoContext *cx, AutoInputs *in, gint64 batch, gint64 n_patches)
{
  AutoTensor *mask = auto_inputs_get (in, "bool_masked_pos");

  if (!mask)
    return NULL;
  if (auto_tensor_get_n_dims (mask) != 2 || auto_dim (mask, 0) != batch || auto_dim (mask, 1) != n_patches)
    {
      g_autofree char *text = auto_tensor_describe (mask);
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                         "bool_masked_pos: needs the shape (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "), not %s", batch, n_patches, text);
      return NULL;
    }
  return auto_cast (cx, auto_ne_scalar (cx, mask, 0), AUTO_DTYPE_F32);
}

AutoTensor *
auto_mask_patches (AutoContext *cx, AutoInputs *in, const char *name, AutoTensor *x)
{
  AutoTensor *token = auto_parameter (cx, name, AUTO_DIMS (1, 1, auto_dim (x, 2)));
  AutoTensor *mask = masked_places (cx, in, auto_dim (x, 0), auto_dim (x, 1));

  if (!mask)
    return x;
  mask = auto_unsqueeze (cx, mask, 2);
  return auto_add (cx, auto_mul (cx, x, auto_affine (cx, mask, -1, 1)), auto_mul (cx, token, mask));
}

/* Mean difference of the masked pixels. */
static AutoTensor *
reconstruction_loss (AutoContext *cx, AutoTensor *pixels, AutoTensor *made, AutoTensor *mask, gint64 patch, gint64 channels)
{
  gint64 rows = auto_dim (pixels, 2) / patch;
  AutoTensor *grid = auto_reshape (cx, mask, AUTO_DIMS (auto_dim (mask, 0), 1, rows, -1));

  grid = auto_repeat_interleave (cx, auto_repeat_interleave (cx, grid, patch, 2), patch, 3);
  AutoTensor *sum = auto_sum (cx, auto_mul (cx, auto_abs (cx, auto_sub (cx, pixels, made)), grid), AUTO_ALL_DIMS, FALSE);
  AutoTensor *count = auto_add_scalar (cx, auto_sum (cx, grid, AUTO_ALL_DIMS, FALSE), 1e-5);
  return auto_scale (cx, auto_div (cx, sum, count), 1.0 / (double) channels);
}

void
auto_reconstruct_image (AutoContext *cx, AutoInputs *in, const char *decoder, AutoTensor *x, gint64 channels, gint64 stride, gint64 patch,
                        AutoModelOutput *out)
{
  gint64 side = (gint64) sqrt ((double) auto_dim (x, 1));
  AutoTensor *pixels = auto_inputs_get (in, "pixel_values");
  AutoTensor *mask = pixels ? masked_places (cx, in, auto_dim (x, 0), (auto_dim (pixels, 2) / patch) * (auto_dim (pixels, 3) / patch)) : NULL;

  if (x && side * side != auto_dim (x, 1) && !auto_context_is_declaring (cx))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                       "pixel_values: an image is made of as many rows of patches as columns, and there are %" G_GINT64_FORMAT " patches; use a square one",
                       auto_dim (x, 1));
  AutoTensor *image = auto_tokens_to_image (cx, x, side, auto_dim (x, 1) / MAX (side, 1));
  AutoTensor *made = auto_conv2d (cx, decoder, image, stride * stride * channels, &(AutoConv) { .kernel = { 1 } });
  made = auto_pixel_shuffle (cx, made, stride);
  if (mask)
    auto_model_output_set (out, "loss", reconstruction_loss (cx, pixels, made, mask, patch, channels));
  auto_model_output_set (out, "reconstruction", made);
}
