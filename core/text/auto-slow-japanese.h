/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of engines whose tokens are, at each place of a Japanese text, the vocabulary's text of up to three characters with the lowest id:
 * vocab.txt with the forms of each token, emoji.json, the setting do_clean_text. */
#pragma once

#include "auto-slow.h"

G_BEGIN_DECLS

/* Beside vocab.txt. */
#define AUTO_JAPANESE_EMOJI "emoji.json"

/* @comma: a line that is a comma is that token, not two empty forms. */
AUTO_INTERNAL gboolean auto_japanese_load (AutoSlow *self, const char *folder, gboolean comma, GError **error);
AUTO_INTERNAL void auto_japanese_clear (AutoSlow *self);
AUTO_INTERNAL void auto_japanese_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens);
/* The id of any form of a token, or -1. */
AUTO_INTERNAL gint64 auto_japanese_id (const AutoSlow *self, const char *token);
/* The same, or the unknown token's. */
AUTO_INTERNAL gint64 auto_japanese_find (const AutoSlow *self, const char *token);
/* The first form of a token. */
AUTO_INTERNAL const char *auto_japanese_token (const AutoSlow *self, gint64 id, gsize *length);

/* Whether a token is a byte, as "<|byte65|>" is. */
AUTO_INTERNAL gboolean auto_japanese_is_byte (const char *token, guchar *byte);
/* The text that a token stands for when it is of a kind of its own, such as an emoji; NULL: it is its own text. */
AUTO_INTERNAL const char *auto_japanese_face (const AutoSlow *self, const char *token);

G_END_DECLS
