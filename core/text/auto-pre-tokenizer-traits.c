/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What shorter ways to ids need to know of a pre-tokenizer. */
#include "auto-pre-tokenizer-private.h"

/* The step, if there is just one, or NULL. */
static const AutoPreTokenizerStep *
only_step (const AutoPreTokenizer *self)
{
  return self->steps->len == 1 ? &g_array_index (self->steps, AutoPreTokenizerStep, 0) : NULL;
}

gboolean
auto_pre_tokenizer_is_bert (const AutoPreTokenizer *self)
{
  const AutoPreTokenizerStep *step = only_step (self);

  return step && step->kind == AUTO_PRE_TOKENIZER_BERT;
}

gunichar
auto_pre_tokenizer_get_mark (const AutoPreTokenizer *self, gboolean *drops_spaces, gboolean *first)
{
  if (self->steps->len < 1 || self->steps->len > 2)
    return 0;
  const AutoPreTokenizerStep *before = &g_array_index (self->steps, AutoPreTokenizerStep, 0), *last = before + self->steps->len - 1;
  *drops_spaces = self->steps->len == 2;
  *first = last->scheme == AUTO_PREPEND_FIRST;
  if (*drops_spaces && (before->kind != AUTO_PRE_TOKENIZER_WHITESPACE_SPLIT || *first))
    return 0;
  if (last->whole || (last->at_start && *first))
    return 0;
  gboolean marks = last->kind == AUTO_PRE_TOKENIZER_METASPACE && last->add_prefix_space && last->scheme != AUTO_PREPEND_NEVER;
  return marks && (guchar) last->text[0] >= 0x80 ? g_utf8_get_char (last->text) : 0;
}

gboolean
auto_pre_tokenizer_marks_spaces (const AutoPreTokenizer *self, AutoPrefix *prefix)
{
  const AutoPreTokenizerStep *step = only_step (self);

  if (!step || step->kind != AUTO_PRE_TOKENIZER_METASPACE || !step->whole || !g_str_equal (step->text, "▁"))
    return FALSE;
  *prefix = !step->add_prefix_space || step->scheme == AUTO_PREPEND_NEVER ? AUTO_PREFIX_NONE
            : step->scheme == AUTO_PREPEND_FIRST                          ? AUTO_PREFIX_START
                                                                          : AUTO_PREFIX_PARTS;
  return TRUE;
}

/* A step that cuts out characters of a kind. */
static gboolean
add_cut (const AutoPreTokenizerStep *step, AutoByteWords *words)
{
  const char *expression = step->kind == AUTO_PRE_TOKENIZER_SPLIT ? auto_pattern_get_expression (step->pattern) : NULL;

  if (words->n_cuts == AUTO_BYTE_WORDS_MOST_CUTS)
    return FALSE;
  AutoScanRun *cut = &words->cuts[words->n_cuts++];
  if (step->kind == AUTO_PRE_TOKENIZER_DIGITS)
    {
      auto_scan_run_init_properties (cut, AUTO_CHAR_NUMERIC, step->behavior == AUTO_SPLIT_ISOLATED ? 1 : G_MAXUINT);
      return TRUE;
    }
  return expression && !step->invert && step->behavior == AUTO_SPLIT_ISOLATED && auto_scan_run_init (cut, expression);
}

/* The scanner of a step that keeps all of a text, whether that is because it keeps what lies between the words or because nothing does. */
static AutoScanner
get_scanner (const AutoPreTokenizerStep *step)
{
  const char *expression = step->kind == AUTO_PRE_TOKENIZER_SPLIT ? auto_pattern_get_expression (step->pattern) : NULL;
  AutoScanner scanner = expression ? auto_scanner_recognize (expression) : NULL;
  gboolean isolated = !step->invert && step->behavior == AUTO_SPLIT_ISOLATED, kept = step->invert && step->behavior == AUTO_SPLIT_REMOVED;

  return scanner && (isolated || (kept && !auto_scanner_leaves_out (scanner))) ? scanner : NULL;
}

gboolean
auto_pre_tokenizer_get_byte_words (const AutoPreTokenizer *self, AutoByteWords *words)
{
  guint n = self->steps->len;
  const AutoPreTokenizerStep *steps = (const AutoPreTokenizerStep *) (gpointer) self->steps->data, *last = n ? steps + n - 1 : NULL;

  *words = (AutoByteWords){ 0 };
  if (n == 0 || last->kind != AUTO_PRE_TOKENIZER_BYTE_LEVEL || (n > 1 && last->add_prefix_space))
    return FALSE;
  words->add_prefix_space = last->add_prefix_space;
  words->scanner = last->use_regex ? auto_scan_gpt2 : n > 1 ? get_scanner (&steps[n - 2]) : NULL;
  for (const AutoPreTokenizerStep *step = steps; step < last - (words->scanner && !last->use_regex); step++)
    if (!add_cut (step, words))
      return FALSE;
  return words->scanner || words->n_cuts;
}

gboolean
auto_pre_tokenizer_only_cuts_at_spaces (const AutoPreTokenizer *self)
{
  const AutoPreTokenizerStep *step = only_step (self);

  return step && step->kind == AUTO_PRE_TOKENIZER_SPLIT && !step->invert && !auto_pattern_get_expression (step->pattern)
         && g_str_equal (auto_pattern_get_text (step->pattern), " ");
}
