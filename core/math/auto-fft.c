/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-fft.h"

#include <math.h>

/* Lengths that are no power of two become a convolution with a chirp, at a power of two (Bluestein's algorithm). */
struct _AutoFft
{
  gint64 n, m;         /* the length, and the power of two that is computed with */
  AutoComplex *turns;  /* e^(-2πi k/m) for k < m/2 */
  AutoComplex *chirp;  /* e^(-πi k²/n) for k < n; NULL when n is a power of two */
  AutoComplex *filter; /* transform of the chirp's conjugate, divided by m */
};

static AutoComplex
turn (double part)
{
  return (AutoComplex) { cos (2 * G_PI * part), -sin (2 * G_PI * part) };
}

static AutoComplex
multiply (AutoComplex a, AutoComplex b)
{
  return (AutoComplex) { a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re };
}

static AutoComplex
conjugate (AutoComplex a)
{
  return (AutoComplex) { a.re, -a.im };
}

static void
swap_bits (gint64 m, AutoComplex *x)
{
  for (gint64 i = 1, j = 0; i < m; i++)
    {
      gint64 bit = m >> 1;
      for (; j & bit; bit >>= 1)
        j ^= bit;
      j |= bit;
      if (i < j)
        {
          AutoComplex t = x[i];
          x[i] = x[j];
          x[j] = t;
        }
    }
}

static void
transform (const AutoFft *self, AutoComplex *x)
{
  swap_bits (self->m, x);
  for (gint64 half = 1; half < self->m; half *= 2)
    for (gint64 start = 0; start < self->m; start += 2 * half)
      for (gint64 k = 0; k < half; k++)
        {
          AutoComplex a = x[start + k], b = multiply (x[start + k + half], self->turns[k * (self->m / (2 * half))]);
          x[start + k] = (AutoComplex) { a.re + b.re, a.im + b.im };
          x[start + k + half] = (AutoComplex) { a.re - b.re, a.im - b.im };
        }
}

static gboolean
make_chirp (AutoFft *self)
{
  self->chirp = g_try_new (AutoComplex, self->n);
  self->filter = g_try_new0 (AutoComplex, self->m);
  if (!self->chirp || !self->filter)
    return FALSE;
  for (gint64 k = 0; k < self->n; k++)
    {
      guint64 square = (guint64) k * (guint64) k % (2 * (guint64) self->n); /* the turn's part, exactly */
      AutoComplex back;
      self->chirp[k] = turn ((double) square / (2 * (double) self->n));
      back = (AutoComplex) { self->chirp[k].re / (double) self->m, -self->chirp[k].im / (double) self->m };
      self->filter[k] = self->filter[k ? self->m - k : 0] = back;
    }
  transform (self, self->filter);
  return TRUE;
}

AutoFft *
auto_fft_new (gint64 n)
{
  if (n < 1 || n > G_MAXINT32 / 4)
    return NULL;
  AutoFft *self = g_new0 (AutoFft, 1);
  gboolean is_power = (n & (n - 1)) == 0;
  self->n = n;
  for (self->m = 1; self->m < (is_power ? n : 2 * n - 1);)
    self->m *= 2;
  self->turns = g_try_new (AutoComplex, MAX (self->m / 2, 1));
  for (gint64 k = 0; self->turns && k < self->m / 2; k++)
    self->turns[k] = turn ((double) k / (double) self->m);
  if (self->turns && (is_power || make_chirp (self)))
    return self;
  auto_fft_free (self);
  return NULL;
}

void
auto_fft_free (AutoFft *self)
{
  g_free (self->turns);
  g_free (self->chirp);
  g_free (self->filter);
  g_free (self);
}

gint64
auto_fft_get_scratch (const AutoFft *self)
{
  return self->chirp ? self->m : 0;
}

static void
convolve_with_chirp (const AutoFft *self, AutoComplex *x, AutoComplex *scratch)
{
  for (gint64 k = 0; k < self->m; k++)
    scratch[k] = k < self->n ? multiply (x[k], self->chirp[k]) : (AutoComplex) { 0, 0 };
  transform (self, scratch);
  for (gint64 k = 0; k < self->m; k++)
    scratch[k] = conjugate (multiply (scratch[k], self->filter[k])); /* conjugates turn the next transform into the inverse */
  transform (self, scratch);
  for (gint64 k = 0; k < self->n; k++)
    x[k] = multiply (conjugate (scratch[k]), self->chirp[k]);
}

void
auto_fft_run (const AutoFft *self, gboolean inverse, AutoComplex *x, AutoComplex *scratch)
{
  for (gint64 k = 0; inverse && k < self->n; k++)
    x[k] = conjugate (x[k]);
  if (self->chirp)
    convolve_with_chirp (self, x, scratch);
  else
    transform (self, x);
  for (gint64 k = 0; inverse && k < self->n; k++)
    x[k] = conjugate (x[k]);
}
