/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-pre-text.h"
#include "auto-scan-run.h"
#include "auto-scanner.h"
#include "auto-vocabulary.h"

G_BEGIN_DECLS

/* The steps that a "pre_tokenizer" of tokenizer.json describes, sequences unfolded. One more kind that classes use, "Jieba", cuts texts into
 * Jieba's words, and those that the vocabulary doesn't have around Chinese characters; its member "folder" is where the model's files are. */
typedef struct _AutoPreTokenizer AutoPreTokenizer;

AUTO_INTERNAL AutoPreTokenizer *auto_pre_tokenizer_new (JsonNode *description, const AutoVocabulary *vocabulary, GError **error);
AUTO_INTERNAL void auto_pre_tokenizer_free (AutoPreTokenizer *self);
AUTO_INTERNAL gboolean auto_pre_tokenizer_run (const AutoPreTokenizer *self, AutoPreText *text, GError **error);

/* Whether it is BertPreTokenizer alone. */
AUTO_INTERNAL gboolean auto_pre_tokenizer_is_bert (const AutoPreTokenizer *self);
/* The mark that Metaspace puts before every word, if that is all, apart from a split at white space before (@drops_spaces); or 0. Words that
 * begin a part of the text which isn't the @first have it only if that is FALSE. */
AUTO_INTERNAL gunichar auto_pre_tokenizer_get_mark (const AutoPreTokenizer *self, gboolean *drops_spaces, gboolean *first);
#define AUTO_BYTE_WORDS_MOST_CUTS 6

/* How a text becomes words that are written byte by byte: cut after cut, and then perhaps with a pattern. */
typedef struct
{
  AutoScanRun cuts[AUTO_BYTE_WORDS_MOST_CUTS];
  guint n_cuts;
  AutoScanner scanner; /* NULL: what the cuts leave are words */
  gboolean add_prefix_space;
} AutoByteWords;

/* FALSE when it does anything else, or not with patterns that are known. */
AUTO_INTERNAL gboolean auto_pre_tokenizer_get_byte_words (const AutoPreTokenizer *self, AutoByteWords *words);
/* Which texts get a space before them, unless they begin with one. */
typedef enum
{
  AUTO_PREFIX_NONE,
  AUTO_PREFIX_START, /* what stands at the start of the text */
  AUTO_PREFIX_PARTS, /* each part between added tokens */
} AutoPrefix;

/* Whether all it does is to turn spaces into U+2581, and to put one before the texts that @prefix says. */
AUTO_INTERNAL gboolean auto_pre_tokenizer_marks_spaces (const AutoPreTokenizer *self, AutoPrefix *prefix);
/* Whether all it does is to cut at spaces, however. */
AUTO_INTERNAL gboolean auto_pre_tokenizer_only_cuts_at_spaces (const AutoPreTokenizer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoPreTokenizer, auto_pre_tokenizer_free)

G_END_DECLS
