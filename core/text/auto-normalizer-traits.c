/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What shorter ways to ids need to know of a normalizer. */
#include "auto-normalizer-private.h"

#include <string.h>

/* The step, if there is just one, or NULL. */
static const AutoNormalizerStep *
only_step (const AutoNormalizer *self)
{
  return self->steps->len == 1 ? &g_array_index (self->steps, AutoNormalizerStep, 0) : NULL;
}

const AutoBertNormalizer *
auto_normalizer_get_bert (const AutoNormalizer *self)
{
  const AutoNormalizerStep *step = only_step (self);

  return step && step->kind == AUTO_NORMALIZER_BERT ? &step->bert : NULL;
}

gboolean
auto_normalizer_is_empty (const AutoNormalizer *self)
{
  return self->steps->len == 0;
}

gboolean
auto_normalizer_only_composes (const AutoNormalizer *self, gboolean *compatible)
{
  const AutoNormalizerStep *step = only_step (self);

  if (!step || step->kind != AUTO_NORMALIZER_FORM || !step->compose)
    return FALSE;
  *compatible = step->compatible;
  return TRUE;
}

static gboolean
is_local (const AutoNormalizerStep *step)
{
  const char *text = step->pattern ? auto_pattern_get_text (step->pattern) : NULL;
  gsize matched;

  switch (step->kind)
    {
    case AUTO_NORMALIZER_FORM:
    case AUTO_NORMALIZER_LOWERCASE:
    case AUTO_NORMALIZER_STRIP:
    case AUTO_NORMALIZER_STRIP_ACCENTS:
    case AUTO_NORMALIZER_NMT:
      return TRUE;
    case AUTO_NORMALIZER_PRECOMPILED:
      return !step->charsmap || !auto_charsmap_find (step->charsmap, " ", 1, TRUE, &matched);
    case AUTO_NORMALIZER_REPLACE:
      if (!auto_pattern_get_expression (step->pattern) && !strchr (text, ' '))
        return TRUE;
      return g_str_equal (text, auto_pattern_get_expression (step->pattern) ? " {2,}" : "  ")
             && (g_str_equal (step->content, " ") || g_str_equal (step->content, "▁"));
    default:
      return FALSE;
    }
}

gboolean
auto_normalizer_is_local (const AutoNormalizer *self)
{
  for (guint i = 0; i < self->steps->len; i++)
    if (!is_local (&g_array_index (self->steps, AutoNormalizerStep, i)))
      return FALSE;
  return TRUE;
}

gboolean
auto_normalizer_marks_spaces (const AutoNormalizer *self, gboolean *prefix)
{
  if (self->steps->len < 1 || self->steps->len > 2)
    return FALSE;
  const AutoNormalizerStep *first = &g_array_index (self->steps, AutoNormalizerStep, 0), *last = first + self->steps->len - 1;
  if (last->kind != AUTO_NORMALIZER_REPLACE || auto_pattern_get_expression (last->pattern)
      || !g_str_equal (auto_pattern_get_text (last->pattern), " ") || !g_str_equal (last->content, "▁"))
    return FALSE;
  *prefix = self->steps->len == 2;
  return !*prefix || (first->kind == AUTO_NORMALIZER_PREPEND && g_str_equal (first->content, "▁"));
}

/* Whether a character neither combines with what is before it nor lies in one grapheme cluster with it. */
static gboolean
stands_alone (gunichar c)
{
  guint category = auto_char_category (c);
  AutoBreak kind = auto_char_break (c);

  if ((category >= AUTO_CATEGORY_MN && category <= AUTO_CATEGORY_ME) || auto_char_is (c, AUTO_CHAR_MARK | AUTO_CHAR_NONSPACING) || auto_char_combining_class (c) > 0)
    return FALSE;
  return kind == AUTO_BREAK_OTHER || kind == AUTO_BREAK_PICTURE || kind == AUTO_BREAK_LV || kind == AUTO_BREAK_LVT || kind == AUTO_BREAK_CONTROL
         || kind == AUTO_BREAK_LF;
}

static gboolean
shares_character (const char *text, gsize length, const char *other)
{
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      size = auto_utf8_size (text[at]);
      if (memmem (other, strlen (other), text + at, size))
        return TRUE;
    }
  return FALSE;
}

/* Whether a step treats @text, which a character has become, alike whatever stands beside it. */
static gboolean
is_independent (const AutoNormalizerStep *step, const char *text, gsize length)
{
  const char *pattern = step->pattern ? auto_pattern_get_text (step->pattern) : NULL;
  guint size;

  switch (step->kind)
    {
    case AUTO_NORMALIZER_PREPEND:
      return FALSE;
    case AUTO_NORMALIZER_STRIP:
      for (gsize at = 0; at < length; at += size)
        if (auto_char_is (auto_utf8_get (text + at, &size), AUTO_CHAR_SPACE))
          return FALSE;
      return TRUE;
    case AUTO_NORMALIZER_PRECOMPILED:
      for (gsize at = 0; at < length; at += size)
        if (!stands_alone (auto_utf8_get (text + at, &size)))
          return FALSE;
      return TRUE;
    case AUTO_NORMALIZER_REPLACE:
      if (auto_pattern_get_expression (step->pattern))
        return g_str_equal (pattern, " {2,}") && !memchr (text, ' ', length);
      return g_utf8_strlen (pattern, -1) == 1 || !shares_character (text, length, pattern);
    default:
      return TRUE;
    }
}

/* Runs the steps over @text, a character, as long as each treats what it has become alike whatever stands beside it, and no further than
 * @wanted; @inside: between characters that no step takes away, and if it may be the first half of CR LF. */
static gboolean
run_alone (const AutoNormalizer *self, AutoAlignedText *text, AutoAlignedText *spare, gboolean inside, const char *wanted)
{
  guint size;

  for (guint i = 0; i <= self->steps->len; i++)
    {
      const AutoNormalizerStep *step = &g_array_index (self->steps, AutoNormalizerStep, i);
      gunichar first = text->length ? auto_utf8_get (text->text, &size) : ' ';
      if (wanted && text->length == strlen (wanted) && memcmp (text->text, wanted, text->length) == 0)
        return TRUE;
      gboolean alone = stands_alone (first) || (inside && first == '\r');
      if (!alone && (i == self->steps->len || step->kind != AUTO_NORMALIZER_BERT))
        return FALSE;
      if (i == self->steps->len)
        break;
      if (inside && step->kind == AUTO_NORMALIZER_STRIP)
        continue;
      if (!is_independent (step, text->text, text->length) || !auto_normalizer_run_step (step, text, spare, 0, NULL))
        return FALSE;
      if (!alone && text->length > 0) /* BERT's accents become nothing wherever they stand */
        return FALSE;
    }
  return !wanted;
}

static void
set_character (AutoAlignedText *text, gunichar c)
{
  char utf8[8];

  text->length = 0;
  auto_aligned_text_append_original (text, utf8, g_unichar_to_utf8 (c, utf8), 0);
}

gboolean
auto_normalizer_map_alone (const AutoNormalizer *self, gunichar c, AutoAlignedText *text, AutoAlignedText *spare)
{
  set_character (text, c);
  return run_alone (self, text, spare, FALSE, NULL);
}

gboolean
auto_normalizer_makes_space (const AutoNormalizer *self, gunichar c)
{
  AutoAlignedText text = { 0 }, spare = { 0 };

  set_character (&text, c);
  gboolean made = run_alone (self, &text, &spare, TRUE, " ");
  auto_aligned_text_clear (&text);
  auto_aligned_text_clear (&spare);
  return made;
}

gboolean
auto_normalizer_keeps_alone (const AutoNormalizer *self, gunichar c)
{
  AutoAlignedText text = { 0 }, spare = { 0 };
  char utf8[8];
  gsize size = g_unichar_to_utf8 (c, utf8);

  set_character (&text, c);
  gboolean kept = run_alone (self, &text, &spare, TRUE, NULL) && text.length == size && memcmp (text.text, utf8, size) == 0;
  auto_aligned_text_clear (&text);
  auto_aligned_text_clear (&spare);
  return kept;
}

gboolean
auto_normalizer_keeps_spaces (const AutoNormalizer *self)
{
  for (guint i = 0; i < self->steps->len; i++)
    {
      const AutoNormalizerStep *step = &g_array_index (self->steps, AutoNormalizerStep, i);
      if (step->kind == AUTO_NORMALIZER_REPLACE && strchr (auto_pattern_get_text (step->pattern), ' ') && !g_str_equal (step->content, " "))
        return FALSE;
    }
  return TRUE;
}
