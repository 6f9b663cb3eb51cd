/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

G_BEGIN_DECLS

/* Bytes of @text that are ASCII letters, up to the first that is none. */
static inline gsize
auto_ascii_letters (const char *text, const char *end)
{
  gsize n = 0;

#ifdef __SSE2__
  while (end - text - (gssize) n >= 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) (text + n));
      __m128i folded = _mm_sub_epi8 (_mm_or_si128 (bytes, _mm_set1_epi8 (0x20)), _mm_set1_epi8 ('a' - 0x80));
      guint mask = _mm_movemask_epi8 (_mm_cmplt_epi8 (folded, _mm_set1_epi8 (26 - 0x80)));
      if (mask != 0xFFFF)
        return n + __builtin_ctz (~mask);
      n += 16;
    }
#endif
  while (text + n < end && g_ascii_isalpha (text[n]))
    n++;
  return n;
}

/* The same for letters and digits. */
static inline gsize
auto_ascii_letters_and_digits (const char *text, const char *end)
{
  gsize n = 0;

#ifdef __SSE2__
  while (end - text - (gssize) n >= 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) (text + n));
      __m128i folded = _mm_sub_epi8 (_mm_or_si128 (bytes, _mm_set1_epi8 (0x20)), _mm_set1_epi8 ('a' - 0x80));
      __m128i letters = _mm_cmplt_epi8 (folded, _mm_set1_epi8 (26 - 0x80));
      __m128i digits = _mm_cmplt_epi8 (_mm_sub_epi8 (bytes, _mm_set1_epi8 ('0' - 0x80)), _mm_set1_epi8 (10 - 0x80));
      guint mask = _mm_movemask_epi8 (_mm_or_si128 (letters, digits));
      if (mask != 0xFFFF)
        return n + __builtin_ctz (~mask);
      n += 16;
    }
#endif
  while (text + n < end && g_ascii_isalnum (text[n]))
    n++;
  return n;
}

/* Bytes of @text that are ASCII letters of one case, @first being 'A' or 'a'. */
static inline gsize
auto_ascii_cased (const char *text, const char *end, char first)
{
  gsize n = 0;

#ifdef __SSE2__
  while (end - text - (gssize) n >= 16)
    {
      __m128i bytes = _mm_sub_epi8 (_mm_loadu_si128 ((const __m128i *) (text + n)), _mm_set1_epi8 (first - 0x80));
      guint mask = _mm_movemask_epi8 (_mm_cmplt_epi8 (bytes, _mm_set1_epi8 (26 - 0x80)));
      if (mask != 0xFFFF)
        return n + __builtin_ctz (~mask);
      n += 16;
    }
#endif
  while (text + n < end && (guchar) (text[n] - first) < 26)
    n++;
  return n;
}

/* Bytes of @text up to the first that is not ASCII. */
static inline gsize
auto_ascii_length (const char *text, gsize length)
{
  gsize n = 0;
  guint64 word;

  for (; n + 8 <= length; n += 8)
    {
      memcpy (&word, text + n, 8);
      if (word & G_GUINT64_CONSTANT (0x8080808080808080))
        break;
    }
  while (n < length && (guchar) text[n] < 0x80)
    n++;
  return n;
}

G_END_DECLS
