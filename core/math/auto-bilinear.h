/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

/* The elements of an image around the place (column, row), whose units are elements, and how much each of them counts there. Returns how
 * many: four, less at the edges, none for a place outside. */
static inline guint
auto_bilinear (float column, float row, gint64 height, gint64 width, gint64 elements[4], float weights[4])
{
  guint n = 0;

  if (!(column > -1 && column < (float) width && row > -1 && row < (float) height))
    return 0;
  gint64 left = (gint64) floorf (column), top = (gint64) floorf (row);
  for (int corner = 0; corner < 4; corner++)
    {
      gint64 i = top + corner / 2, j = left + corner % 2;
      if (i < 0 || i >= height || j < 0 || j >= width)
        continue;
      elements[n] = i * width + j;
      float down = corner / 2 ? row - (float) top : (float) (top + 1) - row;
      float across = corner % 2 ? column - (float) left : (float) (left + 1) - column;
      weights[n++] = down * across;
    }
  return n;
}

G_END_DECLS
