/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A text in lower case without accents, in which numbers that are words have become digits, and amounts have their sign before them. */
char *whisper_write_numbers (const char *text);
/* A part of it: words with a space between them, of which those of a number have become one. */
char *whisper_join_numbers (const char *text, gsize length);
/* Whether "and a half" behind a word is of a number. */
gboolean whisper_is_number_word (const char *text);

/* Python's \w: of a character; of the one right before @at; of the one at it. */
gboolean whisper_is_word_character (gunichar c);
gboolean whisper_word_before (const char *text, const char *at);
gboolean whisper_word_at (const char *at);
const char *whisper_skip_spaces (const char *text);

G_END_DECLS
