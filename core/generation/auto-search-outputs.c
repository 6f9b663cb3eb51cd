/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-search.h"

/* The hidden states and attentions of the steps, as a caller may ask for them. */

/* A list's tensor of a step: of the encoder there is nothing to keep. */
static gboolean
is_kept (const char *name)
{
  return !g_str_has_prefix (name, "encoder_") && (strstr (name, "hidden_states.") || strstr (name, "attentions."));
}

/* Cuts @n of a dimension, from @first on. */
static AutoTensor *
cut (AutoTensor *x, guint dim, gint64 first, gint64 n)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS];

  memcpy (shape, x->shape, sizeof shape);
  shape[dim] = n;
  g_autoptr(AutoTensor) view = auto_tensor_new_view (x, shape, x->strides, x->n_dims, first * x->strides[dim]);
  return auto_tensor_make_contiguous (view);
}

/* What a tensor of a pass over several positions says of some of them. Keys of attention end with the last of those. */
static AutoTensor *
cut_positions (const char *name, AutoTensor *x, gint64 n_after, gint64 n)
{
  guint dim = x->n_dims - 2;
  g_autoptr(AutoTensor) part = cut (x, dim, x->shape[dim] - n_after - n, n);

  if (!strstr (name, "attentions.") || g_str_has_prefix (name, "cross_"))
    return g_steal_pointer (&part);
  return cut (part, dim + 1, 0, part->shape[dim + 1] - n_after);
}

/* The lists of a pass but for the last @n_after positions, and of the rest only the last @n (0: all). */
static AutoModelOutput *
take_lists (AutoModelOutput *output, gint64 n_after, gint64 n)
{
  AutoModelOutput *kept = auto_model_output_new ();
  g_auto(GStrv) names = auto_model_output_list (output);

  for (char **name = names; *name; name++)
    {
      AutoTensor *x = auto_model_output_get (output, *name);
      if (!is_kept (*name) || x->n_dims < 2)
        continue;
      gint64 all = x->shape[x->n_dims - 2] - n_after;
      g_autoptr(AutoTensor) part = n_after || n ? cut_positions (*name, x, n_after, n ? n : all) : auto_tensor_ref (x);
      auto_model_output_set (kept, *name, part);
    }
  return kept;
}

AutoTensor *
auto_search_pick_rows (AutoTensor *x, const gint64 *rows, gsize n)
{
  g_autoptr(AutoTensor) whole = auto_tensor_make_contiguous (x);
  gint64 shape[AUTO_TENSOR_MAX_DIMS];

  memcpy (shape, x->shape, sizeof shape);
  shape[0] = (gint64) n;
  AutoTensor *y = auto_tensor_new_empty (x->dtype, shape, x->n_dims);
  gsize size = auto_tensor_get_n_elements (x) / x->shape[0] * auto_dtype_get_size (x->dtype);
  for (gsize i = 0; i < n; i++)
    memcpy (y->data + i * size, whole->data + rows[i] * size, size);
  return y;
}

void
auto_search_pick_outputs (AutoSearch *self, const gint64 *rows, gsize n)
{
  if (!self->outputs || !self->decoder->output)
    return;
  g_autoptr(AutoModelOutput) all = take_lists (self->decoder->output, 0, 0);
  AutoModelOutput *picked = auto_model_output_new ();
  g_auto(GStrv) names = auto_model_output_list (all);
  for (char **name = names; *name; name++)
    {
      g_autoptr(AutoTensor) y = auto_search_pick_rows (auto_model_output_get (all, *name), rows, n);
      auto_model_output_set (picked, *name, y);
    }
  g_ptr_array_add (self->outputs, picked);
  g_clear_object (&self->decoder->output);
}

void
auto_search_keep_outputs (AutoSearch *self)
{
  auto_search_split_outputs (self, 0, 1);
}

void
auto_search_split_outputs (AutoSearch *self, gsize n_tried, gsize n_valid)
{
  if (!self->outputs || !self->decoder->output)
    return;
  for (gsize i = 0; i < n_valid; i++)
    g_ptr_array_add (self->outputs, take_lists (self->decoder->output, (gint64) (n_tried - i), i ? 1 : 0));
  g_clear_object (&self->decoder->output);
}
