/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pre-text.h"

void
auto_pre_text_init (AutoPreText *self)
{
  *self = (AutoPreText){ 0 };
  self->splits = g_array_new (FALSE, FALSE, sizeof (AutoSplit));
  self->next = g_array_new (FALSE, FALSE, sizeof (AutoSplit));
  self->matches = g_array_new (FALSE, FALSE, sizeof (AutoMatch));
}

void
auto_pre_text_clear (AutoPreText *self)
{
  auto_aligned_text_clear (&self->text);
  auto_aligned_text_clear (&self->next_text);
  auto_aligned_text_clear (&self->work);
  auto_aligned_text_clear (&self->spare);
  g_array_unref (self->splits);
  g_array_unref (self->next);
  g_array_unref (self->matches);
}

void
auto_pre_text_start (AutoPreText *self, const char *text, gsize length)
{
  AutoSplit all = { 0, length, 0, -1 };

  self->original = text;
  self->original_length = length;
  self->later = FALSE;
  self->text.length = 0;
  auto_aligned_text_append_original (&self->text, text, length, 0);
  g_array_set_size (self->splits, 0);
  if (length)
    g_array_append_val (self->splits, all);
}

void
auto_pre_text_begin_pass (AutoPreText *self)
{
  g_array_set_size (self->next, 0);
}

void
auto_pre_text_end_pass (AutoPreText *self)
{
  GArray *swap = self->splits;

  self->splits = self->next;
  self->next = swap;
}

void
auto_pre_text_add (AutoPreText *self, gsize from, gsize to, gint32 id)
{
  if (from < to)
    g_array_append_val (self->next, ((AutoSplit){ from, to, self->text.from[from], id }));
}

void
auto_pre_text_keep (AutoPreText *self, const AutoSplit *split)
{
  g_array_append_vals (self->next, split, 1);
}

static void
split_merged (AutoPreText *self, const AutoSplit *split, gboolean with_next)
{
  const AutoMatch *matches = (const AutoMatch *) self->matches->data;
  guint n = self->matches->len;

  for (guint i = 0; i < n;)
    {
      guint from = i++;
      /* a match joins one neighbour that is no match: the one before it or the one after it */
      if (i < n && (with_next ? matches[from].match && !matches[i].match : !matches[from].match && matches[i].match))
        i++;
      auto_pre_text_add (self, split->from + matches[from].from, split->from + matches[i - 1].to, -1);
    }
}

void
auto_pre_text_split (AutoPreText *self, const AutoSplit *split, AutoSplitBehavior behavior)
{
  const AutoMatch *matches = (const AutoMatch *) self->matches->data;
  guint n = self->matches->len;

  if (behavior == AUTO_SPLIT_MERGED_WITH_NEXT || behavior == AUTO_SPLIT_MERGED_WITH_PREVIOUS)
    return split_merged (self, split, behavior == AUTO_SPLIT_MERGED_WITH_NEXT);
  for (guint i = 0; i < n;)
    {
      guint from = i++;
      while (behavior == AUTO_SPLIT_CONTIGUOUS && i < n && matches[i].match == matches[from].match)
        i++;
      if (behavior != AUTO_SPLIT_REMOVED || !matches[from].match)
        auto_pre_text_add (self, split->from + matches[from].from, split->from + matches[i - 1].to, -1);
    }
}

static void
swap_texts (AutoPreText *self)
{
  AutoAlignedText swap = self->text;

  self->text = self->next_text;
  self->next_text = swap;
}

void
auto_pre_text_rewrite (AutoPreText *self, AutoRewriteFunc func, gpointer data)
{
  self->next_text.length = 0;
  for (guint i = 0; i < self->splits->len; i++)
    {
      AutoSplit *split = &g_array_index (self->splits, AutoSplit, i);
      gsize begin = self->next_text.length;
      AutoRewrite rewrite = auto_rewrite_begin (&self->next_text, &self->text, split->from, split->to, split->base);
      if (split->id < 0)
        func (&rewrite, data);
      else
        auto_rewrite_copy (&rewrite, split->to - split->from);
      split->from = begin;
      split->to = self->next_text.length;
    }
  swap_texts (self);
}

gboolean
auto_pre_text_normalize (AutoPreText *self, const AutoNormalizer *normalizer, GError **error)
{
  guint kept = 0;

  self->next_text.length = 0;
  for (guint i = 0; i < self->splits->len; i++)
    {
      AutoSplit *split = &g_array_index (self->splits, AutoSplit, i);
      gsize begin = self->next_text.length;
      self->work.length = 0;
      auto_aligned_text_append_slice (&self->work, &self->text, split->from, split->to);
      if (split->id < 0 && !auto_normalizer_run (normalizer, &self->work, &self->spare, split->base, error))
        return FALSE;
      auto_aligned_text_append_slice (&self->next_text, &self->work, 0, self->work.length);
      split->from = begin;
      split->to = self->next_text.length;
      if (split->from < split->to) /* what is gone is no word */
        g_array_index (self->splits, AutoSplit, kept++) = *split;
    }
  g_array_set_size (self->splits, kept);
  swap_texts (self);
  return TRUE;
}
