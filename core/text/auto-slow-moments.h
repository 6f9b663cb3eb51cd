/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a network says at each moment (CTC): tokens, most of them again and again, and blanks between. */
#pragma once

#include <json-glib/json-glib.h>

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* A token from the moment @start up to @end. */
typedef struct
{
  const char *text;
  gint64 start, end;
} AutoMoment;

/* The tokens (char *), of which with @group one is left for the same at moments one after another; but not the blank, nor another that is to be
 * left out (each may be NULL). The texts are the tokens'. */
AUTO_INTERNAL GArray *auto_moments_new (GPtrArray *tokens, gboolean group, const char *blank, const char *left_out);
AUTO_INTERNAL void auto_moments_join (const GArray *self, const char *between, GString *text);
/* Adds char_offsets and word_offsets to an answer; words are what is between tokens that are @space. */
AUTO_INTERNAL void auto_moments_add_char_offsets (const GArray *self, JsonObject *answer);
AUTO_INTERNAL void auto_moments_add_word_offsets (const GArray *self, const char *space, JsonObject *answer);

G_END_DECLS
