/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-random.h"

#include <math.h>

static guint64
rotate_left (guint64 x, int bits)
{
  return (x << bits) | (x >> (64 - bits));
}

void
auto_random_init (AutoRandom *self, guint64 seed)
{
  for (guint i = 0; i < 4; i++)
    {
      guint64 z = seed += 0x9E3779B97F4A7C15u;
      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
      z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
      self->state[i] = z ^ (z >> 31);
    }
}

guint64
auto_random_next (AutoRandom *self)
{
  guint64 *s = self->state, result = rotate_left (s[0] + s[3], 23) + s[0], t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left (s[3], 45);
  return result;
}

double
auto_random_uniform (AutoRandom *self)
{
  return (double) (auto_random_next (self) >> 11) * 0x1p-53;
}

gint64
auto_random_choose (AutoRandom *self, const float *p, gsize n)
{
  double total = 0, sum = 0, draw = auto_random_uniform (self);
  gint64 last = -1;

  for (gsize i = 0; i < n; i++)
    total += p[i];
  if (!(total > 0) || isinf (total))
    return -1;
  draw *= total;
  for (gsize i = 0; i < n; i++)
    if (p[i] > 0)
      {
        sum += p[i];
        last = (gint64) i;
        if (sum > draw)
          break;
      }
  return last;
}
