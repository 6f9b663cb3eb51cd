/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* How English texts are said: g2p_en's dictionary, its words of two pronunciations, and its guesses for all others (g2p_en/g2p.py). */
typedef struct _Phonemes Phonemes;

/* Looks for the data where auto_data_find () says; @model_folder is a model's. */
Phonemes *phonemes_new (const char *model_folder, GError **error);
void phonemes_free (Phonemes *self);
/* Appends the phonemes (char *) of a text, a space between words. */
void phonemes_add (const Phonemes *self, const char *text, GPtrArray *phonemes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Phonemes, phonemes_free)
