/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-normalizer.h"
#include "auto-pattern.h"

G_BEGIN_DECLS

/* A piece of text on its way to the model. */
typedef struct
{
  guint32 from, to; /* bytes of the aligned text */
  guint32 base;     /* where the piece begins in the original */
  gint32 id;        /* of the added token that it is, or -1 */
} AutoSplit;

/* A text cut into pieces. */
typedef struct
{
  const char *original;
  gsize original_length;
  gboolean later; /* other text came before: this one has no first word */
  AutoAlignedText text, next_text, work, spare;
  GArray *splits, *next, *matches;
} AutoPreText;

typedef enum
{
  AUTO_SPLIT_REMOVED,
  AUTO_SPLIT_ISOLATED,
  AUTO_SPLIT_MERGED_WITH_PREVIOUS,
  AUTO_SPLIT_MERGED_WITH_NEXT,
  AUTO_SPLIT_CONTIGUOUS,
} AutoSplitBehavior;

AUTO_INTERNAL void auto_pre_text_init (AutoPreText *self);
AUTO_INTERNAL void auto_pre_text_clear (AutoPreText *self);
/* Starts with a text of at most 4 GiB, which must outlive the work, as one piece. */
AUTO_INTERNAL void auto_pre_text_start (AutoPreText *self, const char *text, gsize length);

/* A pass makes new pieces: the caller adds the parts of each piece that is no added token, and keeps the others. */
AUTO_INTERNAL void auto_pre_text_begin_pass (AutoPreText *self);
AUTO_INTERNAL void auto_pre_text_end_pass (AutoPreText *self);
/* Adds bytes @from to @to of the current text, unless they are none. */
AUTO_INTERNAL void auto_pre_text_add (AutoPreText *self, gsize from, gsize to, gint32 id);
AUTO_INTERNAL void auto_pre_text_keep (AutoPreText *self, const AutoSplit *split);
/* Splits by self->matches, whose positions are relative to the piece. */
AUTO_INTERNAL void auto_pre_text_split (AutoPreText *self, const AutoSplit *split, AutoSplitBehavior behavior);
/* Rewrites every piece that is no added token. */
typedef void (*AutoRewriteFunc) (AutoRewrite *rewrite, gpointer data);
AUTO_INTERNAL void auto_pre_text_rewrite (AutoPreText *self, AutoRewriteFunc func, gpointer data);
/* Runs a normalizer over every piece that is no added token. */
AUTO_INTERNAL gboolean auto_pre_text_normalize (AutoPreText *self, const AutoNormalizer *normalizer, GError **error);

G_END_DECLS
