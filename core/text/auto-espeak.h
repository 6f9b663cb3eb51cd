/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Phonemes of texts, which espeak-ng makes if it is installed, in the form that the package phonemizer gives them. */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

typedef struct
{
  const char *language; /* a voice's, such as en-us */
  const char *phone, *word; /* what stands behind each phoneme and each word */
  gboolean strip;       /* but not behind the last ones */
  gboolean stress;      /* marks of stress stay */
  gboolean punctuation; /* so does punctuation */
  gboolean flags;       /* and marks of words of another language, as (en) */
} AutoPhonemes;

/* Whether there are phonemes of a language; if not, the error says what is to be installed. */
AUTO_INTERNAL gboolean auto_espeak_speaks (const char *language, GError **error);
/* The phonemes of a text. */
AUTO_INTERNAL char *auto_espeak_phonemize (const char *text, const AutoPhonemes *form, GError **error);

G_END_DECLS
