/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables that texts are about, for the classes that take them. */
#pragma once

#include "../tensor/auto-tensor.h"
#include "auto-slow.h"
#include "auto-tokenizer-call.h"

G_BEGIN_DECLS

/* Numbers that a class gives with each token of a table beside its id. */
typedef struct
{
  const char *name;    /* of the tensor */
  guint width;         /* numbers a token */
  gboolean real;       /* they aren't whole */
  double outside;      /* of tokens that are of no table */
  gboolean typed;      /* those of padding are its token type */
  gboolean of_answers; /* they are there when a call gives answers */
} AutoTablePart;

#define AUTO_TABLE_PARTS 6 /* at most */

/* A text and its table, encoded. */
typedef struct
{
  AutoTokens *tokens[2];             /* the text's, and the table's where it is apart */
  GArray *numbers[AUTO_TABLE_PARTS]; /* double: of each part, for each token of the table */
} AutoTableTokens;

/* How a class takes tables. */
struct _AutoTableForm
{
  /* The table's tokens are the second sequence, from which truncation drops rows, and no text goes without a table; or else text and table
   * are one sequence, and texts that the model is to make go without. */
  gboolean apart;
  const AutoTablePart *parts; /* up to one without a name; NULL: none */
  /* Works out what doesn't depend on the text. @table: NULL for a text that goes without. */
  gpointer (*read) (const AutoSlow *self, AutoTable *table, GError **error);
  void (*free) (gpointer read);
  /* Appends tokens and numbers. @sample is the text's number. */
  gboolean (*encode) (const AutoSlow *self, gconstpointer read, const AutoTableCall *call, gsize sample, const char *text, gsize length,
                      AutoTableTokens *out, GError **error);
};

/* Whether a call with tables or without can be answered. @form: NULL for a class that takes none; @limit: the model's length. A class that
 * drops rows gets its lengths, and then nothing else truncates. */
AUTO_INTERNAL gboolean auto_tables_settle (const AutoTableForm *form, AutoTokenizerCall *call, gint64 limit, gsize n, gboolean pairs, gboolean words,
                                           GError **error);
/* The table of text number @sample; NULL: none. */
AUTO_INTERNAL AutoTable *auto_tables_get (const AutoTableCall *call, gsize sample);

/* Encodes texts one after another; several that are about the same table need it read only once. */
typedef struct
{
  const AutoSlow *slow;
  AutoTable *table;
  gpointer read;
} AutoTableReader;

AUTO_INTERNAL void auto_table_reader_clear (AutoTableReader *self);
/* @out: tokens that are to be appended to, all else empty. */
AUTO_INTERNAL gboolean auto_table_reader_encode (AutoTableReader *self, const AutoTableCall *call, gsize sample, const char *text, AutoTableTokens *out,
                                                 GError **error);
AUTO_INTERNAL void auto_table_tokens_clear (AutoTableTokens *self);

/* The numbers of rows, one after another. */
typedef struct
{
  const AutoTableForm *form;
  GArray *numbers[AUTO_TABLE_PARTS]; /* double */
  gboolean answers;                  /* the call gave some */
} AutoTableRows;

AUTO_INTERNAL AutoTableRows *auto_table_rows_new (const AutoTableForm *form, const AutoTableCall *call);
AUTO_INTERNAL void auto_table_rows_free (AutoTableRows *self);
AUTO_INTERNAL void auto_table_rows_add (AutoTableRows *self, const AutoTableTokens *tokens);
AUTO_INTERNAL void auto_table_rows_add_names (const AutoTableRows *self, GStrvBuilder *names);
/* The part of that name, or NULL; @self may be NULL. */
AUTO_INTERNAL const AutoTablePart *auto_table_rows_find (const AutoTableRows *self, const char *name);
/* The numbers of all tokens of rows (AutoSegment). */
AUTO_INTERNAL void auto_table_rows_fill (const AutoTableRows *self, const AutoTablePart *part, const GArray *segments, gint64 pad_type, double *values);
/* Of those numbers, which are of @n tokens, a tensor of that shape that begins with token @from. */
AUTO_INTERNAL AutoTensor *auto_table_rows_get_tensor (const AutoTableRows *self, const AutoTablePart *part, const GArray *segments, gint64 pad_type, gsize n,
                                                      gsize from, const gint64 *shape, gsize n_dims, GError **error);

G_END_DECLS
