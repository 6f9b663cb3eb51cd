/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

#include <string.h>

G_BEGIN_DECLS

/* Character properties as the reference's tokenizers answer them. Its parts read tables of several ages, so there is more than one notion
 * of a space or of a word character. */
enum
{
  AUTO_CHAR_SPACE = 1 << 0,       /* WhitespaceSplit, Strip, BertPreTokenizer */
  AUTO_CHAR_PUNCTUATION = 1 << 1, /* Punctuation, BertPreTokenizer */
  AUTO_CHAR_CONTROL = 1 << 2,     /* what BertNormalizer cleans away */
  AUTO_CHAR_NONSPACING = 1 << 3,  /* what BertNormalizer strips as an accent */
  AUTO_CHAR_MARK = 1 << 4,        /* what StripAccents strips */
  AUTO_CHAR_NUMERIC = 1 << 5,     /* Digits */
  AUTO_CHAR_WORD = 1 << 6,        /* \w of Whitespace and of single-word added tokens */
  AUTO_CHAR_REGEX_SPACE = 1 << 7, /* \s of regular expressions */
  AUTO_CHAR_REGEX_WORD = 1 << 8,  /* \w of regular expressions */
};

/* General categories, \p{Lu} … of regular expressions, in the table's order. Python 3.11 has the same ones. */
typedef enum
{
  AUTO_CATEGORY_LU, AUTO_CATEGORY_LL, AUTO_CATEGORY_LT, AUTO_CATEGORY_LM, AUTO_CATEGORY_LO,
  AUTO_CATEGORY_MN, AUTO_CATEGORY_MC, AUTO_CATEGORY_ME, AUTO_CATEGORY_ND, AUTO_CATEGORY_NL, AUTO_CATEGORY_NO,
  AUTO_CATEGORY_PC, AUTO_CATEGORY_PD, AUTO_CATEGORY_PS, AUTO_CATEGORY_PE, AUTO_CATEGORY_PI, AUTO_CATEGORY_PF, AUTO_CATEGORY_PO,
  AUTO_CATEGORY_SM, AUTO_CATEGORY_SC, AUTO_CATEGORY_SK, AUTO_CATEGORY_SO,
  AUTO_CATEGORY_ZS, AUTO_CATEGORY_ZL, AUTO_CATEGORY_ZP, AUTO_CATEGORY_CC, AUTO_CATEGORY_CF, AUTO_CATEGORY_CO, AUTO_CATEGORY_CN,
} AutoCategory;

/* Grapheme break properties, in the table's order. */
typedef enum
{
  AUTO_BREAK_OTHER, AUTO_BREAK_CR, AUTO_BREAK_LF, AUTO_BREAK_CONTROL, AUTO_BREAK_EXTEND, AUTO_BREAK_ZWJ, AUTO_BREAK_REGIONAL,
  AUTO_BREAK_PREPEND, AUTO_BREAK_SPACING, AUTO_BREAK_L, AUTO_BREAK_V, AUTO_BREAK_T, AUTO_BREAK_LV, AUTO_BREAK_LVT, AUTO_BREAK_PICTURE,
} AutoBreak;

AUTO_INTERNAL guint32 **auto_unicode_pages;
AUTO_INTERNAL void auto_unicode_prepare (void);

/* All properties of @c. auto_unicode_prepare () was called before: whoever makes a pipeline does. */
static inline guint32
auto_char_flags (gunichar c)
{
  return auto_unicode_pages[c >> 8][c & 255];
}

static inline gboolean
auto_char_is (gunichar c, guint32 properties)
{
  return (auto_char_flags (c) & properties) != 0;
}

static inline guint
auto_char_category (gunichar c)
{
  return auto_char_flags (c) >> 9 & 31;
}

static inline gboolean
auto_char_is_letter (gunichar c)
{
  return auto_char_category (c) <= AUTO_CATEGORY_LO;
}

static inline gboolean
auto_char_is_number (gunichar c)
{
  guint category = auto_char_category (c);
  return category >= AUTO_CATEGORY_ND && category <= AUTO_CATEGORY_NO;
}

static inline AutoBreak
auto_char_break (gunichar c)
{
  return auto_char_flags (c) >> 14 & 15;
}

/* A class of scripts; 0 for none. */
static inline guint
auto_char_script (gunichar c)
{
  return auto_char_flags (c) >> 18;
}

/* Decodes valid UTF-8; sets the number of bytes. */
static inline gunichar
auto_utf8_get (const char *text, guint *length)
{
  const guchar *p = (const guchar *) text;

  if (p[0] < 0x80)
    return *length = 1, p[0];
  if (p[0] < 0xE0)
    return *length = 2, (p[0] & 0x1Fu) << 6 | (p[1] & 0x3F);
  if (p[0] < 0xF0)
    return *length = 3, (p[0] & 0xFu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3F);
  return *length = 4, (p[0] & 7u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3F);
}

/* The same without a branch, for text whose characters are of any length, where four bytes can be read. */
static inline gunichar
auto_utf8_get_quickly (const char *text, guint *length)
{
  guint32 bytes;

  memcpy (&bytes, text, 4);
  bytes = GUINT32_FROM_BE (bytes);
  guint n = G_GUINT64_CONSTANT (0x4322111111111111) >> (bytes >> 28) * 4 & 7; /* by the upper half of the first byte */
  guint32 first = bytes >> 24 & (0x070F1F7Fu >> (n - 1) * 8 & 0xFF);
  *length = n;
  return (first << 18 | (bytes >> 16 & 0x3F) << 12 | (bytes >> 8 & 0x3F) << 6 | (bytes & 0x3F)) >> (4 - n) * 6;
}

static inline guint
auto_utf8_size (char first)
{
  guchar c = first;
  return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* Characters of valid UTF-8. */
static inline gsize
auto_utf8_count (const char *text, gsize length)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    n += (text[i] & 0xC0) != 0x80;
  return n;
}

/* Start of the character before @text, which is not the first. */
static inline const char *
auto_utf8_previous (const char *text)
{
  do
    text--;
  while ((*text & 0xC0) == 0x80);
  return text;
}

/* Lower case of @c: at most three characters; returns their number. */
AUTO_INTERNAL guint auto_char_lower (gunichar c, gunichar lower[3]);
/* Full decomposition of @c, at most 18 characters; returns their number. */
AUTO_INTERNAL guint auto_char_decompose (gunichar c, gboolean compatible, gunichar parts[18]);
AUTO_INTERNAL int auto_char_combining_class (gunichar c);
/* Length in bytes of the grapheme cluster that starts at @text. */
AUTO_INTERNAL gsize auto_grapheme_length (const char *text, gsize length);
/* A copy of @text in which each maximal malformed part has become U+FFFD, or NULL when the text is valid. */
AUTO_INTERNAL char *auto_utf8_repair (const char *text, gsize length, gsize *repaired);
/* The same with something else in its place. */
AUTO_INTERNAL char *auto_utf8_replace (const char *text, gsize length, const char *replacement, gsize *repaired);

G_END_DECLS
