/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-tokenizer-options.h"

G_BEGIN_DECLS

/* Entities of the first and of the second texts; NULL where none are given. */
typedef struct
{
  GVariant *spans[2]; /* aa(xx) */
  GVariant *names[2]; /* aas */
  gint64 most;        /* of a row; -1: as many as the tokenizer says */
} AutoEntityCall;

/* The values of the options. */
typedef struct
{
  gboolean add_special_tokens, is_split_into_words, return_overflowing_tokens, return_special_tokens_mask, return_offsets_mapping, return_length, as_target;
  int padding, truncation, return_token_type_ids, return_attention_mask;
  gint64 max_length; /* -1: not set */
  gint64 stride, pad_to_multiple_of;
  AutoEntityCall entities;
  char *prefix_text; /* the options'; or NULL */
} AutoTokenizerCall;

/* NULL gives the defaults. */
AUTO_INTERNAL AutoTokenizerCall auto_tokenizer_options_get_call (AutoTokenizerOptions *self);

G_END_DECLS
