/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unlikely neighbours: the heuristic of ftfy 6 (Robyn Speer), ftfy.badness. */
#include "mojibake.h"

#include "core/text/auto-python-text.h"
#include "mojibake-characters.h"

#define ACCENTED (MOJIBAKE_LOWER_ACCENTED | MOJIBAKE_UPPER_ACCENTED)
#define PUNCTUATION (MOJIBAKE_START | MOJIBAKE_END)
#define SIGNS (MOJIBAKE_CURRENCY | MOJIBAKE_NUMERIC)

typedef struct
{
  const gunichar *text;
  gsize n, at;
} Place;

/* The character @offset behind, or 0 beyond the text. */
static gunichar
behind (const Place *self, gsize offset)
{
  return self->n - self->at > offset ? self->text[self->at + offset] : 0;
}

static gunichar
before (const Place *self, gsize offset)
{
  return self->at >= offset ? self->text[self->at - offset] : 0;
}

static gboolean
is_one_of (gunichar c, const char *set)
{
  return c && g_utf8_strchr (set, -1, c) != NULL;
}

static gboolean
is_either (gunichar c, guint32 classes, const char *set)
{
  return (mojibake_class (c) & classes) || is_one_of (c, set);
}

static gboolean
are_unlikely_two (guint32 first, guint32 second)
{
  static const guint32 pairs[][2] = {
    { ACCENTED | MOJIBAKE_BOX | PUNCTUATION | SIGNS | MOJIBAKE_LAW | MOJIBAKE_BAD, MOJIBAKE_BAD },
    { MOJIBAKE_BAD, ACCENTED | MOJIBAKE_BOX | PUNCTUATION | SIGNS | MOJIBAKE_LAW },
    { MOJIBAKE_LOWER_ACCENTED | MOJIBAKE_LOWER | MOJIBAKE_BOX | MOJIBAKE_END | SIGNS, MOJIBAKE_UPPER_ACCENTED },
    { MOJIBAKE_BOX | MOJIBAKE_END | SIGNS, MOJIBAKE_LOWER_ACCENTED },
    { MOJIBAKE_LOWER_ACCENTED | MOJIBAKE_BOX | MOJIBAKE_END, MOJIBAKE_CURRENCY },
    { MOJIBAKE_UPPER_ACCENTED | MOJIBAKE_BOX, MOJIBAKE_NUMERIC | MOJIBAKE_LAW },
    { SIGNS | MOJIBAKE_BOX, MOJIBAKE_START },
    { MOJIBAKE_BOX, MOJIBAKE_FACE | MOJIBAKE_END },
    { ACCENTED | SIGNS | PUNCTUATION | MOJIBAKE_LAW, MOJIBAKE_BOX },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if ((first & pairs[i][0]) && (second & pairs[i][1]))
      return TRUE;
  return FALSE;
}

static gboolean
are_unlikely_three (guint32 first, guint32 second, guint32 third)
{
  static const guint32 triples[][3] = {
    { ACCENTED | MOJIBAKE_BOX | MOJIBAKE_CURRENCY | MOJIBAKE_END, MOJIBAKE_START, MOJIBAKE_NUMERIC },
    { ACCENTED | SIGNS | MOJIBAKE_BOX | MOJIBAKE_LAW, MOJIBAKE_END, MOJIBAKE_START },
    { MOJIBAKE_AZ_LOWER | MOJIBAKE_AZ_UPPER, MOJIBAKE_LOWER | MOJIBAKE_UPPER, MOJIBAKE_BAD },
    { MOJIBAKE_AZ_LOWER, MOJIBAKE_UPPER_ACCENTED, MOJIBAKE_START | MOJIBAKE_CURRENCY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (triples); i++)
    if ((first & triples[i][0]) && (second & triples[i][1]) && (third & triples[i][2]))
      return TRUE;
  return FALSE;
}

/* \w of Python's regular expressions. */
static gboolean
is_word (gunichar c)
{
  switch (auto_python_type (c))
    {
    case G_UNICODE_LOWERCASE_LETTER: case G_UNICODE_MODIFIER_LETTER: case G_UNICODE_OTHER_LETTER: case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_UPPERCASE_LETTER: case G_UNICODE_DECIMAL_NUMBER: case G_UNICODE_LETTER_NUMBER: case G_UNICODE_OTHER_NUMBER:
      return TRUE;
    default:
      return c == '_';
    }
}

/* Around the second or third of two characters of UTF-8 in Latin-1 or windows-1252: Â or Ã before a space, which was U+00A0. */
static gboolean
is_before_lost_space (const Place *self)
{
  gunichar last = before (self, 1);

  if (behind (self, 1) != ' ')
    return FALSE;
  if (self->at == 0 || (mojibake_class (last) & MOJIBAKE_AZ_LOWER))
    return TRUE;
  return self->at > 1 && auto_python_is_space (last) && (mojibake_class (before (self, 2)) & MOJIBAKE_AZ_LOWER);
}

/* Two bytes of an Arabic letter, and two again. */
static gboolean
is_arabic (const Place *self)
{
  static const guint32 classes = MOJIBAKE_COMMON | SIGNS | MOJIBAKE_BAD | MOJIBAKE_START;
  gunichar third = behind (self, 2);

  return (third == U'Ø' || third == U'Ù') && is_either (behind (self, 1), classes, "ŸŠ®°µ»") && is_either (behind (self, 3), classes, "ŸŠ®°µ»");
}

/* Two letters of one alphabet that begin sequences, with a sign after the first. */
static gboolean
are_two_firsts (const Place *self, const char *firsts, const char *more)
{
  static const guint32 classes = MOJIBAKE_C1 | MOJIBAKE_BAD | PUNCTUATION | MOJIBAKE_CURRENCY;

  return is_one_of (behind (self, 2), firsts) && is_either (behind (self, 1), classes, more);
}

static gboolean
follows (const Place *self, const char *text)
{
  for (gsize i = 1; *text; text = g_utf8_next_char (text), i++)
    if (behind (self, i) != g_utf8_get_char (text))
      return FALSE;
  return TRUE;
}

/* Â where it is the first byte of a character that often stands there by itself. */
static gboolean
is_superfluous (const Place *self)
{
  return is_either (before (self, 1), MOJIBAKE_AZ_LOWER | MOJIBAKE_END, ".,?!") && is_either (behind (self, 1), PUNCTUATION, " ");
}

/* Sequences that certain characters begin. */
static gboolean
begins_sequence (const Place *self)
{
  gunichar c = self->text[self->at], next = behind (self, 1);

  switch (c)
    {
    case U'Â': case U'Ã': case U'Î': case U'Ð':
      return is_either (next, PUNCTUATION, "€œŠš¢£Ÿž\u00a0\u00ad®©°·»–—´") || (c == U'Â' && is_superfluous (self))
             || (c <= U'Ã' && is_before_lost_space (self));
    case U'Œ': case U'œ': /* not before a letter */
      return self->n - self->at > 1 && !(mojibake_class (next) & (MOJIBAKE_AZ_LOWER | MOJIBAKE_AZ_UPPER));
    case U'×':
      return is_one_of (next, "²³");
    case U'Ø': case U'Ù':
      return is_arabic (self);
    case U'à':
      return is_one_of (next, "²µ¹¼½¾");
    case U'ā':
      return next == U'€';
    case U'√':
      return is_one_of (next, "±∂†≠®™´≤≥¥µø");
    case U'≈':
      return is_one_of (next, "°¢");
    case U'‚':
      return (next == U'Ä' && is_one_of (behind (self, 2), "ìîïòôúùû†°¢π")) || (is_one_of (next, "âó") && is_one_of (behind (self, 2), "àä°ê"));
    case U'в':
      return next == U'Ђ';
    case U'Г':
      if (follows (self, "ўВЂВ") && self->n - self->at > 6 && behind (self, 5) != '\n'
          && is_either (behind (self, 6), MOJIBAKE_AZ_LOWER | MOJIBAKE_AZ_UPPER, " "))
        return TRUE;
      G_GNUC_FALLTHROUGH;
    case U'В': case U'Р': case U'С':
      return are_two_firsts (self, "ВГРС", "°µ");
    case U'β':
      return next == U'€' && is_one_of (behind (self, 2), "™\u00a0Ά\u00ad®°");
    case U'Β': case U'Γ': case U'Ξ': case U'Ο':
      return are_two_firsts (self, "ΒΓΞΟ", "°");
    default:
      return FALSE;
    }
}

/* @text[@at] is beyond ASCII: at least one such character is first or second in everything unlikely. */
static gboolean
is_bad_at (const Place *self)
{
  guint32 class = mojibake_class (self->text[self->at]), last = mojibake_class (before (self, 1)), next = mojibake_class (behind (self, 1));

  if (!class)
    return FALSE;
  if ((class & MOJIBAKE_C1) || are_unlikely_two (class, next) || are_unlikely_three (last, class, next))
    return TRUE;
  if ((class & MOJIBAKE_UPPER_ACCENTED) && behind (self, 1) == U'°')
    return TRUE;
  if ((class & MOJIBAKE_UPPER_ACCENTED) && (next & MOJIBAKE_CURRENCY) && self->at > 0 && auto_python_is_space (before (self, 1)))
    return TRUE;
  if ((class & PUNCTUATION) && (last & ACCENTED) && is_word (behind (self, 1)))
    return TRUE;
  return begins_sequence (self);
}

gboolean
mojibake_is_bad (const gunichar *text, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (text[i] >= 0x80 && is_bad_at (&(Place){ text, n, i }))
      return TRUE;
  return FALSE;
}
