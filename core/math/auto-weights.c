/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-weights.h"

#include <math.h>
#include <string.h>

#include "auto-gemm.h"

static void
auto_weight_free (AutoWeight *weight)
{
  g_free (weight->name);
  g_free (weight->other);
  g_free (weight->tied);
  g_clear_pointer (&weight->tensor, auto_tensor_unref);
  g_clear_pointer (&weight->single, auto_tensor_unref);
  g_clear_pointer (&weight->packed, auto_packed_free);
  g_free (weight);
}

AutoWeights *
auto_weights_new (void)
{
  AutoWeights *self = g_new0 (AutoWeights, 1);

  g_mutex_init (&self->lock);
  self->list = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_weight_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->ties = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->ignored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->initializer_range = 0.02;
  return self;
}

void
auto_weights_free (AutoWeights *self)
{
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->ties);
  g_hash_table_unref (self->ignored);
  g_ptr_array_unref (self->list);
  g_mutex_clear (&self->lock);
  g_free (self);
}

AutoWeight *
auto_weights_find (AutoWeights *self, const char *name)
{
  return g_hash_table_lookup (self->by_name, name);
}

AutoWeight *
auto_weights_declare (AutoWeights *self, const char *name, AutoWeightKind kind, const gint64 *shape, guint n_dims)
{
  AutoWeight *weight = auto_weights_find (self, name);

  if (weight)
    return weight->n_dims == n_dims && memcmp (weight->shape, shape, n_dims * sizeof *shape) == 0 ? weight : NULL;
  weight = g_new0 (AutoWeight, 1);
  weight->name = g_strdup (name);
  weight->tied = g_strdup (g_hash_table_lookup (self->ties, name));
  weight->kind = kind;
  weight->n_dims = n_dims;
  if (n_dims)
    memcpy (weight->shape, shape, n_dims * sizeof *shape);
  g_ptr_array_add (self->list, weight);
  g_hash_table_insert (self->by_name, weight->name, weight);
  return weight;
}

void
auto_weights_set_tensor (AutoWeights *self, AutoWeight *weight, AutoTensor *tensor)
{
  tensor = auto_tensor_make_contiguous (tensor); /* checkpoints have transposed views; operations go through rows */
  g_clear_pointer (&weight->single, auto_tensor_unref);
  g_clear_pointer (&weight->packed, auto_packed_free);
  g_clear_pointer (&weight->tensor, auto_tensor_unref);
  weight->tensor = tensor;
}

static void
fill_normal (float *values, gsize n, double deviation, GRand *random)
{
  for (gsize i = 0; i < n; i++)
    {
      double u = 1 - g_rand_double (random), v = g_rand_double (random);
      values[i] = (float) (deviation * sqrt (-2 * log (u)) * cos (2 * G_PI * v));
    }
}

void
auto_weights_initialize (AutoWeights *self, guint64 seed)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      AutoWeight *weight = g_ptr_array_index (self->list, i);
      if (weight->tensor || weight->tied)
        continue;
      g_autoptr(AutoTensor) fresh = auto_tensor_new_empty (AUTO_DTYPE_F32, weight->shape, weight->n_dims);
      gsize n = auto_tensor_get_n_elements (fresh);
      float *values = (float *) fresh->data;
      if (weight->kind == AUTO_WEIGHT_NORMAL)
        {
          guint32 seeds[3] = { (guint32) seed, (guint32) (seed >> 32), g_str_hash (weight->name) };
          g_autoptr(GRand) random = g_rand_new_with_seed_array (seeds, G_N_ELEMENTS (seeds));
          fill_normal (values, n, self->initializer_range, random);
        }
      else if (weight->kind == AUTO_WEIGHT_ONES)
        for (gsize j = 0; j < n; j++)
          values[j] = 1;
      else if (weight->kind == AUTO_WEIGHT_FREQUENCIES)
        for (gsize j = 0; j < n; j++)
          values[j] = 1.0f / powf ((float) weight->base, (float) j / (float) n);
      auto_weights_set_tensor (self, weight, fresh);
    }
}

AutoTensor *
auto_weights_get_single (AutoWeights *self, AutoWeight *weight)
{
  AutoTensor *single = g_atomic_pointer_get (&weight->single);

  if (single)
    return single;
  g_mutex_lock (&self->lock);
  if (!weight->single)
    g_atomic_pointer_set (&weight->single, auto_tensor_convert (weight->tensor, AUTO_DTYPE_F32));
  g_mutex_unlock (&self->lock);
  return weight->single;
}

const AutoPacked *
auto_weights_get_packed (AutoWeights *self, AutoWeight *weight, gint64 n, gint64 k, gint64 n_stride, gint64 k_stride)
{
  AutoPacked *packed = g_atomic_pointer_get (&weight->packed);

  if (packed)
    return packed;
  g_mutex_lock (&self->lock);
  if (!weight->packed)
    {
      AutoDType dtype = weight->tensor->dtype;
      g_autoptr(AutoTensor) source = dtype == AUTO_DTYPE_F16 || dtype == AUTO_DTYPE_BF16 ? auto_tensor_make_contiguous (weight->tensor)
                                                                                       : auto_tensor_convert (weight->tensor, AUTO_DTYPE_F32);
      packed = auto_packed_new (source->dtype, source->data, n, k, n_stride, k_stride);
      g_atomic_pointer_set (&weight->packed, packed);
    }
  g_mutex_unlock (&self->lock);
  return weight->packed;
}
