/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Says which part of speech each word of a sentence is: NLTK's averaged perceptron (nltk/tag/perceptron.py). */
typedef struct _Tagger Tagger;

/* Reads averaged_perceptron_tagger_eng.{weights,tagdict,classes}.json of a folder. */
Tagger *tagger_new (const char *folder, GError **error);
void tagger_free (Tagger *self);
/* The tags of lower-case words (char *), which are the tagger's. */
GPtrArray *tagger_tag (const Tagger *self, GPtrArray *words);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tagger, tagger_free)
