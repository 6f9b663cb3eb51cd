/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Moses' way of cutting texts into words and of putting them together again, as sacremoses does it. Texts are valid UTF-8. */
#pragma once

#include "../base/auto-errors.h"
#include "auto-python-text.h"

G_BEGIN_DECLS

typedef struct _AutoMoses AutoMoses;

/* What a character counts as. */
typedef enum
{
  AUTO_MOSES_LETTER,       /* without the signs of Indic scripts, which words have */
  AUTO_MOSES_WORD_LETTER,  /* with them */
  AUTO_MOSES_ALPHANUMERIC, /* with them */
  AUTO_MOSES_LOWER,
  AUTO_MOSES_NUMBER,
  AUTO_MOSES_CURRENCY,
  AUTO_MOSES_CJK,
} AutoMosesKind;

AUTO_INTERNAL gboolean auto_moses_is (gunichar c, AutoMosesKind kind);

/* NULL with an error for a language whose abbreviations aren't known here. */
AUTO_INTERNAL AutoMoses *auto_moses_new (const char *language, GError **error);
AUTO_INTERNAL void auto_moses_free (AutoMoses *self);
AUTO_INTERNAL const char *auto_moses_get_language (const AutoMoses *self);
/* Whether a word keeps the dot behind it; @number: only if a number follows. */
AUTO_INTERNAL gboolean auto_moses_keeps_dot (const AutoMoses *self, const char *word, gboolean number);

/* Makes plain ASCII of quotes, dashes and spaces beside punctuation. */
AUTO_INTERNAL char *auto_moses_plain (const AutoMoses *self, const char *text, gsize length);
/* The same with full-width punctuation and digits made plain before, and what isn't printed taken out behind it. */
AUTO_INTERNAL char *auto_moses_normalize (const AutoMoses *self, const char *text, gsize length);
/* Calls @each for every word. @dashes: hyphens between letters are words; @escape: as in XML. */
AUTO_INTERNAL void auto_moses_split (const AutoMoses *self, const char *text, gsize length, gboolean dashes, gboolean escape, AutoPythonWord each,
                                     gpointer data);
/* Appends the text that words (char *) make. */
AUTO_INTERNAL void auto_moses_join (const AutoMoses *self, GPtrArray *words, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoMoses, auto_moses_free)

G_END_DECLS
