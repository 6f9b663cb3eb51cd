/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "auto-table.h"
#include "auto-tokenizer-options.h"

G_BEGIN_DECLS

/* Entities of the first and of the second texts; NULL where none are given. */
typedef struct
{
  GVariant *spans[2]; /* aa(xx) */
  GVariant *names[2]; /* aas */
  GVariant *ids[2];   /* aax: in place of names */
  gint64 most;        /* of a row; -1: as many as the tokenizer says */
} AutoEntityCall;

/* Tables that texts are about, and where the answers are; NULL where none are given. */
typedef struct
{
  AutoTable *table;      /* of all texts */
  GListModel *list;      /* of each text */
  GVariant *coordinates; /* aa(xx) */
  GVariant *texts;       /* aas */
  /* What follows from the call's lengths for a class that drops rows: */
  gint64 room; /* tokens of a row for which rows are dropped; -1: any number */
  gint64 most; /* tokens of a row, or it is an error; -1: any number */
} AutoTableCall;

/* Words' boxes and labels, a list for each text; NULL where none are given. */
typedef struct
{
  GVariant *boxes;  /* aa(xxxx) */
  GVariant *labels; /* aax */
} AutoPageCall;

/* The values of the options. */
typedef struct
{
  gboolean add_special_tokens, is_split_into_words, return_overflowing_tokens, return_special_tokens_mask, return_offsets_mapping, return_length, as_target;
  int padding, truncation, return_token_type_ids, return_attention_mask;
  gint64 max_length; /* -1: not set */
  gint64 stride, pad_to_multiple_of;
  AutoEntityCall entities;
  GVariant *columns[2]; /* a{sax}: of ids, by the input's name */
  char *prefix_text; /* the options'; or NULL */
  char *artist, *genres; /* likewise: of a song, whose lyrics are the text */
  AutoTableCall tables;
  AutoPageCall page;
} AutoTokenizerCall;

/* NULL gives the defaults. */
AUTO_INTERNAL AutoTokenizerCall auto_tokenizer_options_get_call (AutoTokenizerOptions *self);
/* An error that says why a call can't be answered; FALSE. */
AUTO_INTERNAL gboolean auto_call_fail (GError **error, const char *reason);
/* Whether a list of a call has an entry for each of @n texts, if there is one. */
AUTO_INTERNAL gboolean auto_call_fits (GVariant *list, gsize n);

G_END_DECLS
