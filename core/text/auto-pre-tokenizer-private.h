/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-jieba.h"
#include "auto-pre-tokenizer.h"

G_BEGIN_DECLS

typedef enum
{
  AUTO_PRE_TOKENIZER_BERT,
  AUTO_PRE_TOKENIZER_BYTE_LEVEL,
  AUTO_PRE_TOKENIZER_DELIMITER,
  AUTO_PRE_TOKENIZER_METASPACE,
  AUTO_PRE_TOKENIZER_WHITESPACE,
  AUTO_PRE_TOKENIZER_SPLIT,
  AUTO_PRE_TOKENIZER_PUNCTUATION,
  AUTO_PRE_TOKENIZER_WHITESPACE_SPLIT,
  AUTO_PRE_TOKENIZER_DIGITS,
  AUTO_PRE_TOKENIZER_SCRIPTS,
  AUTO_PRE_TOKENIZER_JIEBA,
} AutoPreTokenizerKind;

typedef enum
{
  AUTO_PREPEND_ALWAYS,
  AUTO_PREPEND_FIRST,
  AUTO_PREPEND_NEVER,
} AutoPrependScheme;

typedef struct
{
  AutoPreTokenizerKind kind;
  gboolean add_prefix_space, use_regex, invert;
  gboolean whole; /* text isn't cut at the marks */
  gboolean at_start; /* AUTO_PREPEND_FIRST: only where the text starts, as files of newer versions mean it */
  AutoSplitBehavior behavior;
  AutoPrependScheme scheme;
  char *text; /* delimiter or replacement: one character */
  AutoPattern *pattern;
  const AutoJieba *jieba;
  const AutoVocabulary *vocabulary;
} AutoPreTokenizerStep;

struct _AutoPreTokenizer
{
  GArray *steps;
  const AutoVocabulary *vocabulary;
};

G_END_DECLS
