/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form in which the package phonemizer gives phonemes, and how it keeps punctuation from espeak-ng. */
#pragma once

#include "auto-espeak.h"

G_BEGIN_DECLS

/* Where punctuation stands in a line: at its begin, at its end, inside, or alone. */
typedef enum
{
  AUTO_MARK_BEGIN,
  AUTO_MARK_END,
  AUTO_MARK_INSIDE,
  AUTO_MARK_ALONE,
} AutoMarkPlace;

typedef struct
{
  guint line;
  AutoMarkPlace place;
  char *text; /* with the spaces around it */
} AutoMark;

/* Appends what is between punctuation (char *); without @keep a text with spaces in its place. Returns the AutoMarks that were taken out. */
AUTO_INTERNAL GPtrArray *auto_punctuation_cut (const char *text, gboolean keep, GPtrArray *pieces);
/* Puts punctuation back between pieces that have become phonemes; lines have the end of a line between them. */
AUTO_INTERNAL char *auto_punctuation_restore (GPtrArray *pieces, GPtrArray *marks, const AutoPhonemes *form);
/* Writes espeak-ng's phonemes of a piece as the form says. */
AUTO_INTERNAL char *auto_phonemes_write (const GString *phonemes, const AutoPhonemes *form);

G_END_DECLS
