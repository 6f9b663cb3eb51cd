/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Truncation: by the rules of tokenizers, and by those of Python classes. */
#include "auto-rows-private.h"

/* Cuts @n tokens into windows of @most that overlap by @stride. */
static void
cut_windows (GArray *windows, gsize n, gsize most, gsize stride, gboolean left)
{
  g_array_set_size (windows, 0);
  if (most >= n)
    g_array_append_val (windows, ((AutoWindow){ 0, n }));
  else if (most == 0)
    {
      g_array_append_val (windows, ((AutoWindow){ 0, 0 }));
      g_array_append_val (windows, ((AutoWindow){ 0, n }));
    }
  else if (left)
    for (gsize to = n;; to -= most - stride)
      {
        gsize from = to < most ? 0 : to - most;
        g_array_append_val (windows, ((AutoWindow){ from, to }));
        if (from == 0)
          break;
      }
  else
    for (gsize from = 0;; from += most - stride)
      {
        gsize to = MIN (from + most, n);
        g_array_append_val (windows, ((AutoWindow){ from, to }));
        if (to == n)
          break;
      }
}

gboolean
auto_row_fail (GError **error, const char *format, gint64 a, gint64 b)
{
  g_autofree char *message = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  message = g_strdup_printf (format, a, b);
#pragma GCC diagnostic pop
  g_set_error_literal (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, message);
  return FALSE;
}

/* How many tokens of both sequences stay when the longer is cut first. */
static void
share (gsize most, gsize n[2])
{
  gsize shorter = MIN (n[0], n[1]), longer = shorter > most ? shorter : MAX (shorter, most - shorter);
  gboolean swapped = n[0] > n[1];

  if (shorter + longer > most)
    {
      shorter = most / 2;
      longer = shorter + most % 2;
    }
  n[swapped] = shorter;
  n[!swapped] = longer;
}

/* Cuts the longer of two first, then both. */
static void
cut_both (const gsize n[2], gsize surplus, gboolean left, AutoWindow kept[2])
{
  gsize difference = n[0] > n[1] ? n[0] - n[1] : n[1] - n[0], first = MIN (difference, surplus), rest = surplus - first;
  gsize cut[2] = { n[0] > n[1] ? first + rest / 2 : rest / 2, n[0] > n[1] ? rest - rest / 2 : first + rest - rest / 2 };

  for (int k = 0; k < 2; k++)
    {
      gsize stay = n[k] - MIN (cut[k], n[k]);
      kept[k] = left ? (AutoWindow){ n[k] - stay, n[k] } : (AutoWindow){ 0, stay };
    }
}

void
auto_rows_cut (const AutoTokenizerCall *call, gboolean left, gboolean pair, const gsize n[2], gsize excess, AutoWindow kept[2])
{
  gboolean second = call->truncation == AUTO_TRUNCATION_ONLY_SECOND;

  if (call->truncation == AUTO_TRUNCATION_LONGEST_FIRST && pair)
    cut_both (n, excess, left, kept);
  else if ((!second || pair) && n[second] > excess)
    kept[second] = left ? (AutoWindow){ excess, n[second] } : (AutoWindow){ 0, n[second] - excess };
}

static void
note_tokens (AutoRowJob *job, guint sequence, gsize from, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_array_append_val (job->cut, ((AutoCutToken){ sequence, from + i }));
}

/* What was cut off one sequence, with the @stride tokens beside it. */
static void
note_cut (AutoRowJob *job, const gsize n[2], const AutoWindow kept[2], gsize stride)
{
  int which = kept[0].from > 0 || kept[0].to < n[0] ? 0 : 1;
  gsize window = MIN (n[which], stride + n[which] - (kept[which].to - kept[which].from));

  job->cut = g_array_new (FALSE, FALSE, sizeof (AutoCutToken));
  note_tokens (job, which, kept[which].from > 0 ? 0 : n[which] - window, window);
}

/* Takes one token after another off the longer sequence; the first one taken brings the @stride tokens before it. */
static void
cut_singly (AutoRowJob *job, const gsize n[2], gsize excess, gsize stride, AutoWindow kept[2])
{
  gsize left[2] = { n[0], n[1] };

  job->cut = g_array_new (FALSE, FALSE, sizeof (AutoCutToken));
  for (; excess > 0; excess--)
    {
      int which = job->tokens[1] && left[0] <= left[1];
      gsize window = job->cut->len ? 1 : MIN (left[which], stride + 1);
      if (!left[which])
        break;
      note_tokens (job, which, left[which] - window, window);
      left[which]--;
    }
  for (int k = 0; k < 2; k++)
    kept[k].to = left[k];
}

/* What Python classes do: a text that is too short to be cut stays as it is, and what was cut off makes no rows. */
static void
truncate_slow (AutoRowJob *job, const AutoRowMaker *maker)
{
  const AutoTokenizerCall *call = &maker->settings->call;
  gboolean pair = job->tokens[1] != NULL, left = maker->settings->truncation_left;
  gsize n[2] = { job->tokens[0]->ids->len, pair ? job->tokens[1]->ids->len : 0 };
  const AutoPostProcessor *post = auto_pipeline_get_post_processor (maker->pipeline, call->as_target);
  gint64 all = n[0] + n[1] + (call->add_special_tokens ? auto_post_processor_added (post, pair) : 0);
  AutoWindow kept[2] = { { 0, n[0] }, { 0, n[1] } };

  job->excess = all - call->max_length;
  gboolean cuts = call->truncation > AUTO_TRUNCATION_NO && call->max_length > 0 && job->excess > 0;
  if (cuts && maker->slow && maker->slow->class->cuts_singly && call->truncation == AUTO_TRUNCATION_LONGEST_FIRST)
    cut_singly (job, n, job->excess, MAX (call->stride, 0), kept);
  else if (cuts)
    {
      gboolean both = call->truncation == AUTO_TRUNCATION_LONGEST_FIRST && pair;
      auto_rows_cut (call, left, pair, n, job->excess, kept);
      if (!both && kept[0].to - kept[0].from + kept[1].to - kept[1].from < n[0] + n[1])
        note_cut (job, n, kept, MAX (call->stride, 0));
    }
  job->shortened = kept[0].to - kept[0].from < n[0];
  for (int k = 0; k <= pair; k++)
    {
      job->windows[k] = g_array_new (FALSE, FALSE, sizeof (AutoWindow));
      g_array_append_val (job->windows[k], kept[k]);
    }
}

gboolean
auto_row_job_truncate (AutoRowJob *job, const AutoRowMaker *maker, GError **error)
{
  const AutoTokenizerCall *call = &maker->settings->call;
  gsize n[2] = { job->tokens[0]->ids->len, job->tokens[1] ? job->tokens[1]->ids->len : 0 };
  gboolean pair = job->tokens[1] != NULL;
  guint added = call->add_special_tokens ? auto_post_processor_added (maker->post, pair) : 0;

  if (maker->python)
    {
      truncate_slow (job, maker);
      return TRUE;
    }
  if (call->truncation > AUTO_TRUNCATION_NO)
    {
      /* less room than special tokens: the reference's unsigned numbers wrap, and nothing is cut */
      gsize most = (gsize) call->max_length - added, all = n[0] + n[1];
      gsize surplus = all > most ? all - most : 0;
      int cut = call->truncation == AUTO_TRUNCATION_ONLY_SECOND;
      if (most == 0)
        n[0] = n[1] = 0;
      else if (surplus && call->truncation == AUTO_TRUNCATION_LONGEST_FIRST && pair)
        share (most, n);
      else if (surplus && call->truncation == AUTO_TRUNCATION_LONGEST_FIRST)
        n[0] = most;
      else if (surplus && cut && !pair)
        return auto_row_fail (error, "only the second text may be cut, but there is none; set another truncation", 0, 0);
      else if (surplus && n[cut] <= surplus)
        return auto_row_fail (error,
                              "%" G_GINT64_FORMAT " tokens would have to be cut from a text that has %" G_GINT64_FORMAT
                              "; set another truncation or a larger max-length",
                              surplus, n[cut]);
      else
        n[cut] -= surplus;
    }
  for (int k = 0; k <= pair; k++)
    {
      job->windows[k] = g_array_new (FALSE, FALSE, sizeof (AutoWindow));
      if (call->stride > 0 && n[k] < job->tokens[k]->ids->len && n[k] > 0 && (gsize) call->stride >= n[k])
        return auto_row_fail (error, "the stride %" G_GINT64_FORMAT " is not less than the %" G_GINT64_FORMAT " tokens of a window",
                              call->stride, n[k]);
      cut_windows (job->windows[k], job->tokens[k]->ids->len, n[k], MAX (call->stride, 0), maker->settings->truncation_left);
    }
  return TRUE;
}
