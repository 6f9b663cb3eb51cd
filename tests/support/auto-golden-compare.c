/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-golden-compare.h"

#include <math.h>

#include "core/tensor/auto-tensor-private.h"

#define MASKED 1e30 /* a mask's lowest number, or -inf: equal in place, not in value */
#define LARGE 1e3   /* masked scores such as -1e4: equal in proportion, and no measure of the scale */

static char *
shape_problem (AutoTensor *got, AutoTensor *want, JsonObject *sampled, gint64 *step)
{
  g_autofree char *is = auto_shape_to_string (got->shape, got->n_dims);
  g_autofree char *should = NULL;

  *step = 1;
  if (sampled)
    {
      JsonArray *dims = json_object_get_array_member (sampled, "shape");
      gint64 shape[AUTO_TENSOR_MAX_DIMS];
      for (guint i = 0; i < json_array_get_length (dims); i++)
        shape[i] = json_array_get_int_element (dims, i);
      should = auto_shape_to_string (shape, json_array_get_length (dims));
      *step = json_object_get_int_member (sampled, "step");
    }
  else
    should = auto_shape_to_string (want->shape, want->n_dims);
  return g_str_equal (is, should) ? NULL : g_strdup_printf ("shape %s, reference %s", is, should);
}

static char *
value_problem (const double *got, const double *want, gint64 n, gint64 step, double tolerance)
{
  double scale = 1, worst = 0;
  gint64 place = 0;

  for (gint64 i = 0; i < n; i++)
    {
      double g = got[i * step], w = want[i];
      if (isnan (g) || (fabs (g) < MASKED) != (fabs (w) < MASKED))
        return g_strdup_printf ("%g at %" G_GINT64_FORMAT ", reference %g", g, i * step, w);
      if (fabs (w) >= MASKED)
        continue;
      if (fabs (w) >= LARGE)
        {
          if (fabs (g - w) > 1e-8 + 1e-4 * fabs (w))
            return g_strdup_printf ("%g at %" G_GINT64_FORMAT ", reference %g", g, i * step, w);
          continue;
        }
      scale = MAX (scale, fabs (w));
      if (fabs (g - w) > worst)
        {
          worst = fabs (g - w);
          place = i * step;
        }
    }
  return worst <= tolerance * scale ? NULL : g_strdup_printf ("differs by %.3g at %" G_GINT64_FORMAT ", scale %.3g", worst, place, scale);
}

char *
auto_golden_compare (AutoTensor *got, AutoTensor *want, JsonObject *sampled, double tolerance)
{
  gint64 step;

  if (!got)
    return g_strdup ("missing");
  char *problem = shape_problem (got, want, sampled, &step);
  if (problem)
    return problem;
  g_autoptr(AutoTensor) a = auto_tensor_convert (got, AUTO_DTYPE_F64), b = auto_tensor_convert (want, AUTO_DTYPE_F64);
  gboolean integers = !auto_dtype_is_float (want->dtype);
  return value_problem ((const double *) a->data, (const double *) b->data, auto_tensor_get_n_elements (b), step, integers ? 0 : tolerance);
}
