/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-python-text.h"

G_BEGIN_DECLS

/* How the reference's BasicTokenizer cuts words. */
typedef struct
{
  gboolean lower, chinese, punctuation;
  gboolean decomposed;     /* characters are not composed first */
  int strip_accents;       /* -1: as lower says */
  GHashTable *never_split; /* a set, or NULL */
  const GPtrArray *kept;   /* char *: more that are left as they are; or NULL */
} AutoBasicWords;

AUTO_INTERNAL void auto_basic_words_split (const AutoBasicWords *self, const char *text, gsize length, AutoPythonWord each, gpointer data);

G_END_DECLS
