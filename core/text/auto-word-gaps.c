/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-word-gaps.h"

#include <string.h>

#define MANY 4097

/* The words that a text becomes, as they stand in @pre. */
static gboolean
find_words (const AutoWordGaps *self, AutoPreText *pre, const char *text)
{
  auto_pre_text_init (pre);
  auto_pre_text_start (pre, text, strlen (text));
  return (!self->normalizer || auto_pre_text_normalize (pre, self->normalizer, NULL)) && auto_pre_tokenizer_run (self->pre_tokenizer, pre, NULL);
}

static gboolean
are_same_words (const AutoPreText *a, const AutoPreText *b)
{
  if (a->splits->len != b->splits->len)
    return FALSE;
  for (guint i = 0; i < a->splits->len; i++)
    {
      const AutoSplit *left = &g_array_index (a->splits, AutoSplit, i), *right = &g_array_index (b->splits, AutoSplit, i);
      guint length = left->to - left->from;
      if (length != right->to - right->from || memcmp (a->text.text + left->from, b->text.text + right->from, length) != 0)
        return FALSE;
    }
  return TRUE;
}

/* Whether two texts become the same words. */
static gboolean
are_alike (const AutoWordGaps *self, const char *text, const char *other)
{
  AutoPreText a, b;
  gboolean good = find_words (self, &a, text), also = find_words (self, &b, other), alike = good && also && are_same_words (&a, &b);

  auto_pre_text_clear (&a);
  auto_pre_text_clear (&b);
  return alike;
}

static gboolean
keeps (const AutoWordGaps *self, const char *text)
{
  AutoAlignedText work = { 0 }, spare = { 0 };

  if (!self->normalizer)
    return TRUE;
  auto_aligned_text_append_original (&work, text, strlen (text), 0);
  gboolean kept = auto_normalizer_run (self->normalizer, &work, &spare, 0, NULL) && work.length == strlen (text)
                  && memcmp (work.text, text, work.length) == 0;
  auto_aligned_text_clear (&work);
  auto_aligned_text_clear (&spare);
  return kept;
}

AutoWordGaps *
auto_word_gaps_new (const AutoNormalizer *normalizer, const AutoPreTokenizer *pre_tokenizer, gboolean drops_spaces)
{
  AutoWordGaps *self = g_new0 (AutoWordGaps, 1);
  g_autofree char *many = g_strdup_printf ("a%*sb", MANY, ""); /* those that replace two spaces by one may leave several of them */

  *self = (AutoWordGaps){ .normalizer = normalizer, .pre_tokenizer = pre_tokenizer, .drops_spaces = drops_spaces };
  self->one_gap = are_alike (self, "a  b", "a b") && are_alike (self, "a   b", "a b") && are_alike (self, many, "a b");
  self->each_gap = !self->one_gap && keeps (self, "a  b") && keeps (self, "a   b") && keeps (self, "  ");
  return self;
}

/* Whether it is independent of what stands beside it that @c becomes white space, or is and stays such. */
static gboolean
becomes_space (const AutoWordGaps *self, gunichar c)
{
  if (self->normalizer && auto_normalizer_makes_space (self->normalizer, c))
    return TRUE;
  return self->drops_spaces && auto_char_is (c, AUTO_CHAR_SPACE)
         && (!self->normalizer || (auto_normalizer_keeps_spaces (self->normalizer) && auto_normalizer_keeps_alone (self->normalizer, c)));
}

/* Whether each pattern, with @c for every _, becomes the words "a" and "b". CR and LF are one cluster. */
static gboolean
separates (const AutoWordGaps *self, gunichar c, const char *const *patterns)
{
  char utf8[8];

  utf8[g_unichar_to_utf8 (c, utf8)] = '\0';
  for (; *patterns; patterns++)
    {
      g_auto(GStrv) parts = g_strsplit (*patterns, "_", -1);
      g_autofree char *text = g_strjoinv (utf8, parts);
      if (!are_alike (self, text, "a b"))
        return FALSE;
    }
  return TRUE;
}

gboolean
auto_word_gaps_has (const AutoWordGaps *self, gunichar c)
{
  static const char *const patterns[] = { "a_b", "a__b", "a _b", "a_ b", "a_ _b", "a  _b", "a_  b", NULL };
  static const char *const line_ends[] = { "a_\nb", "a _\nb", "a_\n b", NULL };

  if (c == ' ')
    return TRUE;
  return self->one_gap && becomes_space (self, c) && separates (self, c, patterns) && (c != '\r' || separates (self, c, line_ends));
}

gboolean
auto_word_gaps_ignores (const AutoWordGaps *self, gunichar c)
{
  static const char *const patterns[] = { "a_ b", "a _b", "a _ b", "a  _b", "a_  b", NULL };

  return separates (self, c, patterns);
}
