/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-version-macros.h"

G_BEGIN_DECLS

typedef struct
{
  double re, im;
} AutoComplex;

/* Discrete Fourier transforms of one length, of any size. Immutable. */
typedef struct _AutoFft AutoFft;

/* NULL when @n is not positive or there is no memory for it. */
AUTO_INTERNAL AutoFft *auto_fft_new (gint64 n);
AUTO_INTERNAL void auto_fft_free (AutoFft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoFft, auto_fft_free)
/* How many numbers auto_fft_run() wants as scratch memory; maybe 0. */
AUTO_INTERNAL gint64 auto_fft_get_scratch (const AutoFft *self);
/* Transforms @x in place, by e^-2πi… or, when @inverse, by e^2πi…; neither is divided by the length. */
AUTO_INTERNAL void auto_fft_run (const AutoFft *self, gboolean inverse, AutoComplex *x, AutoComplex *scratch);

G_END_DECLS
