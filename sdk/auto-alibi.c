/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-alibi.h"

#include <math.h>

#include "core/math/auto-cache.h"

AutoTensor *
auto_alibi_slopes (AutoContext *cx, gint64 heads)
{
  g_autofree double *slopes = g_new (double, heads);
  gint64 whole = 1;

  while (whole * 2 <= heads)
    whole *= 2;
  double base = pow (2, -8.0 / (double) whole), between = pow (2, -4.0 / (double) whole);
  for (gint64 i = 0; i < heads; i++)
    slopes[i] = i < whole ? pow (base, (double) (i + 1)) : pow (between, (double) (2 * (i - whole) + 1));
  return auto_constant (cx, slopes, heads);
}

AutoTensor *
auto_alibi_places (AutoContext *cx, AutoTensor *attention_mask, gint64 length)
{
  gint64 past = auto_context_get_past (cx);
  AutoTensor *places = auto_unsqueeze (cx, auto_arange (cx, 0, past + length, 1), 0);

  if (attention_mask)
    {
      AutoTensor *mask = auto_cast (cx, attention_mask, AUTO_DTYPE_I64);
      places = auto_mul (cx, auto_add_scalar (cx, auto_cumsum (cx, mask, -1), -1), mask);
    }
  return auto_reshape (cx, auto_cast (cx, places, AUTO_DTYPE_F32), AUTO_DIMS (auto_dim (places, 0), 1, 1, auto_dim (places, 1)));
}

AutoTensor *
auto_alibi (AutoContext *cx, AutoTensor *attention_mask, gint64 length, gint64 heads)
{
  AutoTensor *places = auto_alibi_places (cx, attention_mask, length);

  return auto_mul (cx, auto_reshape (cx, auto_alibi_slopes (cx, heads), AUTO_DIMS (heads, 1, 1)), places);
}
