/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-deformable.h"

#include "sdk/auto-image.h"
#include "sdk/auto-model-macros.h"

#define EPSILON 1e-5

/* The part of each side that is the image's, from its first column and row: (batch, 1, 2). */
static AutoTensor *
valid_part (AutoContext *cx, AutoTensor *mask)
{
  AutoTensor *across = auto_mean (cx, auto_select (cx, mask, 1, 0), 1, TRUE), *down = auto_mean (cx, auto_select (cx, mask, 2, 0), 1, TRUE);

  return auto_stack (cx, AUTO_TENSORS (across, down), 2);
}

void
auto_scales_init (AutoContext *cx, AutoScales *self, const char *embedding, AutoTensor **maps, AutoTensor **positions, AutoTensor **masks,
                  guint n)
{
  AutoTensor *states[AUTO_MAX_SCALES], *placed[AUTO_MAX_SCALES], *padding[AUTO_MAX_SCALES], *valid[AUTO_MAX_SCALES];

  *self = (AutoScales) { .n = n };
  if (n < 1 || n > AUTO_MAX_SCALES)
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "attention takes 1 to %d feature maps, not %u", AUTO_MAX_SCALES, n);
      return;
    }
  AutoTensor *embeddings = auto_parameter (cx, embedding, AUTO_DIMS (n, auto_dim (maps[0], 1)));
  for (guint i = 0; i < n; i++)
    {
      self->sizes[2 * i] = auto_dim (maps[i], 2);
      self->sizes[2 * i + 1] = auto_dim (maps[i], 3);
      states[i] = auto_image_to_tokens (cx, maps[i]);
      placed[i] = auto_add (cx, positions[i], auto_select (cx, embeddings, 0, i));
      if (!masks)
        continue;
      padding[i] = auto_unsqueeze (cx, auto_eq_scalar (cx, auto_flatten (cx, masks[i], 1, 2), 0), 2);
      valid[i] = valid_part (cx, masks[i]);
    }
  self->states = auto_concat (cx, states, n, 1);
  self->positions = auto_concat (cx, placed, n, 1);
  self->padding = masks ? auto_concat (cx, padding, n, 1) : NULL;
  self->valid = masks ? auto_concat (cx, valid, n, 1) : NULL;
}

gint64
auto_scales_start (const AutoScales *self, guint i)
{
  gint64 start = 0;

  for (guint j = 0; j < i; j++)
    start += self->sizes[2 * j] * self->sizes[2 * j + 1];
  return start;
}

AutoTensor *
auto_scales_map (AutoContext *cx, const AutoScales *self, AutoTensor *x, guint i)
{
  gint64 rows = self->sizes[2 * i], columns = self->sizes[2 * i + 1];

  return auto_tokens_to_image (cx, auto_narrow (cx, x, 1, auto_scales_start (self, i), rows * columns), rows, columns);
}

AutoTensor *
auto_scales_references (AutoContext *cx, const AutoScales *self, AutoTensor *references)
{
  references = auto_unsqueeze (cx, references, 2);
  if (!self->valid)
    return references;
  AutoTensor *valid = auto_unsqueeze (cx, self->valid, 1);
  return auto_mul (cx, references, auto_dim (references, 3) == 4 ? auto_concat (cx, AUTO_TENSORS (valid, valid), 3) : valid);
}

/* The middles of @n elements, as parts of the whole. */
static AutoTensor *
middles (AutoContext *cx, gint64 n)
{
  return auto_affine (cx, auto_arange_float (cx, 0, (double) n, 1), 1 / (double) n, 0.5 / (double) n);
}

AutoTensor *
auto_scales_places (AutoContext *cx, const AutoScales *self)
{
  AutoTensor *places[AUTO_MAX_SCALES];

  for (guint i = 0; i < self->n; i++)
    {
      gint64 rows = self->sizes[2 * i], columns = self->sizes[2 * i + 1];
      AutoTensor *across = auto_expand (cx, auto_unsqueeze (cx, middles (cx, columns), 0), AUTO_DIMS (rows, columns));
      AutoTensor *down = auto_expand (cx, auto_unsqueeze (cx, middles (cx, rows), 1), AUTO_DIMS (rows, columns));
      places[i] = auto_reshape (cx, auto_stack (cx, AUTO_TENSORS (across, down), 2), AUTO_DIMS (1, rows * columns, 2));
      if (self->valid)
        places[i] = auto_div (cx, places[i], auto_narrow (cx, self->valid, 1, i, 1));
    }
  return auto_concat (cx, places, self->n, 1);
}

/* (batch, queries, heads, maps, points, 2) as parts of the maps' sides; @offsets are in elements, or in parts of boxes. */
static AutoTensor *
locations (AutoContext *cx, AutoTensor *offsets, const AutoDeformable *how)
{
  const AutoScales *scales = how->scales;
  AutoTensor *around = auto_unsqueeze (cx, auto_unsqueeze (cx, how->references, 2), 4), *units;

  if (auto_dim (around, -1) == 4)
    units = auto_scale (cx, auto_narrow (cx, around, -1, 2, 2), 0.5 / how->points);
  else
    {
      double sides[2 * AUTO_MAX_SCALES];
      for (guint i = 0; i < scales->n; i++)
        {
          sides[2 * i] = 1 / (double) scales->sizes[2 * i + 1];
          sides[2 * i + 1] = 1 / (double) scales->sizes[2 * i];
        }
      units = auto_reshape (cx, auto_constant (cx, sides, 2 * scales->n), AUTO_DIMS (scales->n, 1, 2));
    }
  return auto_add (cx, auto_narrow (cx, around, -1, 0, 2), auto_mul (cx, offsets, units));
}

AutoTensor *
auto_deformable (AutoContext *cx, AutoTensor *x, const AutoDeformable *how)
{
  const AutoScales *scales = how->scales;
  gint64 batch = auto_dim (x, 0), queries = auto_dim (x, 1), width = auto_dim (x, -1), heads = how->heads, n = scales->n;
  gint64 points = how->points, head_dim = auto_head_dim (cx, width, how->heads);
  AutoTensor *values = auto_linear (cx, "value_proj", how->values, width);

  if (scales->padding)
    values = auto_masked_fill (cx, values, scales->padding, 0);
  AutoTensor *offsets = auto_linear (cx, "sampling_offsets", x, heads * n * points * 2);
  AutoTensor *weights = auto_linear (cx, "attention_weights", x, heads * n * points);
  offsets = auto_reshape (cx, offsets, AUTO_DIMS (batch, queries, heads, n, points, 2));
  weights = auto_softmax (cx, auto_reshape (cx, weights, AUTO_DIMS (batch, queries, heads, n * points)), -1);
  weights = auto_reshape (cx, weights, AUTO_DIMS (batch, queries, heads, n, points));
  if (auto_context_wants_attentions (cx))
    auto_context_collect (cx, how->list ? how->list : "attentions", weights);
  values = auto_reshape (cx, values, AUTO_DIMS (batch, -1, heads, head_dim));
  AutoTensor *y = auto_deformable_attention (cx, values, scales->sizes, 2 * scales->n, locations (cx, offsets, how), weights);
  return auto_linear_add (cx, "output_proj", y, width, how->residual);
}

AutoTensor *
auto_deformable_encoder (AutoContext *cx, const AutoScales *scales, int points, const AutoTransformer *how)
{
  AutoTensor *x = scales->states, *references = auto_scales_references (cx, scales, auto_scales_places (cx, scales));

  for (int i = 0; i < how->layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      auto_context_hidden_state (cx, x);
      {
        AUTO_SCOPE (cx, "self_attn");
        x = auto_deformable (cx, auto_add (cx, x, scales->positions), &(AutoDeformable) {
          .scales = scales, .heads = how->heads, .points = points, .values = x, .references = references, .residual = x });
      }
      x = auto_layer_norm (cx, "self_attn_layer_norm", x, EPSILON);
      x = auto_transformer_feed_forward (cx, x, how);
    }
  auto_context_hidden_state (cx, x);
  return x;
}
