/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table as tokens, with what its cells say in numbers. */
#pragma once

#include "core/text/auto-slow-tables.h"
#include "numbers.h"

typedef struct
{
  guint32 id;
  guint row, column; /* row 0: the columns' names */
  guint begin;       /* the token of its cell with which its word begins */
} TapasToken;

typedef struct
{
  guint n_rows, n_columns; /* without the names */
  GArray *tokens;          /* TapasToken: cell by cell, row by row */
  GArray *row_starts;      /* gsize: the names' first token, that of each row, and what follows the last one */
  guint longest;           /* the most tokens of a cell */
  /* of each cell: */
  TapasValue *values;          /* of the kind that most of its column have, if many have */
  guint *ranks, *inverse_ranks; /* in its column, from 1; 0: none */
} TapasTable;

gpointer tapas_table_read (const AutoSlow *slow, AutoTable *table, GError **error);
void tapas_table_free (gpointer table);
/* The ids of a text's tokens (guint32); NULL when one isn't in the vocabulary. */
GArray *tapas_find_ids (const AutoSlow *slow, const char *text, gsize length, GArray *begins, GError **error);

/* How much of a table is used. */
typedef struct
{
  gint64 n_rows, n_tokens; /* of a cell; a word that has begun goes on to its end */
} TapasExtent;

/* Leaves out tokens of cells, then rows, until the table has no more than @room tokens. @trim: the most tokens of a cell, or less than 0. */
TapasExtent tapas_table_fit (const TapasTable *self, gint64 n_rows, gint64 room, gint64 trim);
/* The tokens (TapasToken) that are used. */
GArray *tapas_table_list (const TapasTable *self, TapasExtent extent);
/* How the cells compare with a text's numbers, added up: 1 equal, 2 the text's is less, 4 more. */
guint8 *tapas_table_relate (const TapasTable *self, GArray *values);
