/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

typedef struct _AutoSlowEngine AutoSlowEngine;

/* Which lines of a file are merges. */
typedef enum
{
  AUTO_MERGES_INNER,       /* all but the first, and no line without an end */
  AUTO_MERGES_STRIPPED,    /* all but the first, and but blank ones at the end */
  AUTO_MERGES_UNCOMMENTED, /* all but blank ones and those that begin with # */
  AUTO_MERGES_ALL,         /* all, but no line without an end */
} AutoMergesLines;

/* vocab.txt, words as BERT cuts them (the settings do_basic_tokenize, do_lower_case, tokenize_chinese_chars, strip_accents, never_split)
 * and their pieces. */
AUTO_INTERNAL const AutoSlowEngine auto_slow_wordpiece;

/* vocab.json and merges.txt over bytes that are written as characters. The class's params: an AutoSlowBpe, or NULL for GPT-2's. The setting
 * errors says what decoding does with bytes that are no UTF-8. */
AUTO_INTERNAL const AutoSlowEngine auto_slow_byte_bpe;
typedef struct
{
  const char *pattern;            /* of words; NULL: GPT-2's */
  const char *word_end;           /* follows the last character of each word, and is a space when decoded; or NULL */
  const char *const *whole_words; /* words that are tokens as they are; NULL: none */
  AutoMergesLines lines;
  guint most_merges;    /* 0: no limit */
  gboolean basic_words; /* the text is cut into lower-case words first, at spaces and around Chinese characters */
} AutoSlowBpe;

G_END_DECLS
