/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-formula.h"

#include <math.h>

#define GOLDEN 0x9E3779B97F4A7C15u

static guint64
hash_name (const char *name, guint64 seed)
{
  guint64 h = 0xCBF29CE484222325u;

  for (; *name; name++)
    h = (h ^ (guint8) *name) * 0x100000001B3u;
  return h ^ (seed * GOLDEN);
}

static double
uniform (guint64 h, guint64 i)
{
  guint64 x = h + (i + 1) * GOLDEN;

  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  x ^= x >> 31;
  return ((double) (x >> 40) - 0x1p23) / 0x1p23;
}

static void
shift_and_scale (const char *name, const gint64 *shape, guint n_dims, double *shift, double *scale)
{
  double fan_in = 1;

  *shift = 0;
  *scale = 0.1;
  if (n_dims >= 2)
    {
      for (guint i = 1; i < n_dims; i++)
        fan_in *= (double) shape[i];
      *scale = MIN (0.5, 1.7 / sqrt (MAX (1, fan_in)));
    }
  else if (n_dims == 1 && g_str_has_suffix (name, "running_var"))
    {
      *shift = 1;
      *scale = 0.5;
    }
  else if (g_str_has_suffix (name, "weight") || g_str_has_suffix (name, "gamma") || g_str_has_suffix (name, "weight_g") || g_str_has_suffix (name, "scale"))
    *shift = 1;
}

AutoTensor *
auto_formula_tensor (const char *name, const gint64 *shape, guint n_dims, guint64 seed)
{
  AutoTensor *tensor = auto_tensor_new_empty (AUTO_DTYPE_F32, shape, n_dims);
  guint64 h = hash_name (name, seed);
  gint64 n = auto_tensor_get_n_elements (tensor);
  double shift, scale;

  shift_and_scale (name, shape, n_dims, &shift, &scale);
  for (gint64 i = 0; i < n; i++)
    ((float *) tensor->data)[i] = (float) (shift + scale * uniform (h, (guint64) i));
  return tensor;
}
