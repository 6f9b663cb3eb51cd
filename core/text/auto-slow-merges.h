/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-merge-table.h"
#include "auto-slow-engines.h"
#include "auto-vocabulary.h"

G_BEGIN_DECLS

/* The lines of a file that are merges, one after another. */
typedef struct
{
  const char *at, *end;
  AutoMergesLines lines;
  guint number, left; /* of the next line; how many more count */
} AutoMergeLines;

/* @most: how many lines count at most; 0: all. */
AUTO_INTERNAL void auto_merge_lines_init (AutoMergeLines *self, const char *text, gsize length, AutoMergesLines lines, guint most);
/* The next line, without its end; FALSE behind the last. */
AUTO_INTERNAL gboolean auto_merge_lines_next (AutoMergeLines *self, const char **line, gsize *length);

/* Merges as Python classes apply them: to texts, whether a vocabulary knows them or not, and one pair everywhere before the next. */
typedef struct
{
  AutoVocabulary *symbols; /* every text that can be merged or is merged */
  AutoMergeTable table;
} AutoSlowMerges;

/* @most: how many lines count at most; 0: all. */
AUTO_INTERNAL AutoSlowMerges *auto_slow_merges_new (const char *text, gsize length, AutoMergesLines lines, guint most);
AUTO_INTERNAL void auto_slow_merges_free (AutoSlowMerges *self);
/* Merges the symbols of a text, of which @ends has the ends (gsize): fewer are left. */
AUTO_INTERNAL void auto_slow_merges_apply (const AutoSlowMerges *self, const char *text, GArray *ends);

G_END_DECLS
