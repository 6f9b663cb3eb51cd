/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Cuts a text into words, links, numbers of telephones, smileys and so on, as NLTK's TweetTokenizer does: char *, transfer full. Entities of
 * HTML become characters first. The time is linear in the text's length. */
GPtrArray *tweet_split (const char *text);
/* What emoji.demojize makes of a character alone; NULL when it is no emoji. */
const char *tweet_emoji_name (gunichar c);
/* The text with characters in place of HTML's entities. */
GString *tweet_replace_entities (const char *text);
