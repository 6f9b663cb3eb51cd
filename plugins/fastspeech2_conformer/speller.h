/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Guesses the phonemes of a word that no dictionary has: two recurrent networks, one over its letters, one over phonemes (g2p_en/g2p.py). */
typedef struct _Speller Speller;

/* Reads the networks' weights from an archive of NumPy arrays. */
Speller *speller_new (const char *path, GError **error);
void speller_free (Speller *self);
/* Appends the phonemes (char *) of a lower-case word. */
void speller_spell (const Speller *self, const char *word, GPtrArray *phonemes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Speller, speller_free)
