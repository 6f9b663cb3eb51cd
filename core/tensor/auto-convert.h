/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

#include "../base/auto-version-macros.h"

/* The short floats, one value at a time. */
AUTO_INTERNAL float auto_f16_to_f32 (guint16 h);
AUTO_INTERNAL guint16 auto_f32_to_f16 (float f);

static inline float
auto_bf16_to_f32 (guint16 h)
{
  guint32 bits = (guint32) h << 16;
  float f;

  memcpy (&f, &bits, sizeof f);
  return f;
}

/* Rounds to even, keeps NaN. */
static inline guint16
auto_f32_to_bf16 (float f)
{
  guint32 bits;

  memcpy (&bits, &f, sizeof bits);
  if ((bits & 0x7fffffff) > 0x7f800000)
    return (guint16) (bits >> 16) | 0x40;
  return (guint16) ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}
