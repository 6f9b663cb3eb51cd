/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/text/auto-slow.h"

/* Reads the words and their ids from the first of vocab.txt, vocab.pkl and vocab.bin that is there, and the id of the unknown one; -1: there is none. */
gboolean transfo_xl_read_words (AutoSlow *self, const char *folder, gint64 *unknown, GError **error);
/* The same from the bytes of a vocab.pkl or vocab.bin; NULL with an error about @path. */
AutoVocabulary *transfo_xl_words_of_pickle (const char *path, GBytes *bytes, gint64 *unknown, GError **error);
