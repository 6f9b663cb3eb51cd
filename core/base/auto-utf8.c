/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-utf8.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_AVX2 1
#include <immintrin.h>
#endif

/* Bytes of the character at @text, or 0 when it is malformed or longer than @left, which isn't 0. */
static inline gsize
character_length (const guchar *text, gsize left)
{
  guchar first = text[0], least = 0x80, most = 0xBF;

  if (first < 0x80)
    return 1;
  gsize length = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length > left)
    return 0;
  if (first == 0xE0)
    least = 0xA0;
  else if (first == 0xED)
    most = 0x9F;
  else if (first == 0xF0)
    least = 0x90;
  else if (first == 0xF4)
    most = 0x8F;
  for (gsize i = 1; i < length; i++, least = 0x80, most = 0xBF)
    if (text[i] < least || text[i] > most)
      return 0;
  return length;
}

/* Goes on from @at, the start of a character, to @end or a little further, or to the first malformed character. */
static gsize
check_characters (const guchar *text, gsize at, gsize end, gsize length)
{
  for (gsize n; at < end; at += n)
    {
      guint64 eight = 0x80;
      if (end - at >= sizeof eight)
        memcpy (&eight, text + at, sizeof eight);
      n = eight & G_GUINT64_CONSTANT (0x8080808080808080) ? character_length (text + at, length - at) : sizeof eight;
      if (n == 0)
        break;
    }
  return at;
}

#define BEFORE 3 /* bytes that say what a byte has to be */
#define BLOCK 64

/* The beginning of the character in which the text is cut off at @at, or @at. */
static inline gsize
whole_characters (const guchar *text, gsize at)
{
  for (gsize back = 1; back <= BEFORE; back++)
    if (text[at - back] >= 0xC0)
      return text[at - back] >= (back == 1 ? 0xC0 : back == 2 ? 0xE0 : 0xF0) ? at - back : at;
  return at;
}

#define WIDTH 16

typedef guint8 Bytes __attribute__ ((vector_size (WIDTH)));
typedef guint64 Words __attribute__ ((vector_size (WIDTH)));

static inline Bytes
load (const guchar *at)
{
  Bytes bytes;
  memcpy (&bytes, at, sizeof bytes);
  return bytes;
}

/* What is wrong with the WIDTH bytes from @at on. A character that is cut off at the end shows in the bytes behind it. */
static inline Bytes
find_wrong (const guchar *at)
{
  Bytes bytes = load (at), first = load (at - 1), second = load (at - 2), third = load (at - 3);
  Bytes follows = (Bytes) ((bytes & 0xC0) == 0x80), wanted = (Bytes) ((first >= 0xC0) | (second >= 0xE0) | (third >= 0xF0));
  Bytes overlong = (Bytes) (((first == 0xE0) & (bytes < 0xA0)) | ((first == 0xF0) & (bytes < 0x90)) | ((bytes & 0xFE) == 0xC0));
  Bytes beyond = (Bytes) (((first == 0xED) & (bytes >= 0xA0)) | ((first == 0xF4) & (bytes >= 0x90)) | (bytes >= 0xF5));

  return (follows ^ wanted) | overlong | beyond;
}

/* Goes on from @at, the start of a character and not one of the first three bytes, block by block, as far as all is well. Ends at the start
 * of a character. */
static gsize
check_blocks (const guchar *text, gsize at, gsize length)
{
  for (; length - at >= BLOCK; at += BLOCK)
    {
      Words wrong = { 0 };
      for (guint i = 0; i < BLOCK; i += WIDTH)
        wrong |= (Words) find_wrong (text + at + i);
      if (wrong[0] | wrong[1])
        break;
    }
  return whole_characters (text, at);
}

#ifdef HAVE_AVX2

/* What can be wrong with two bytes that follow each other. Each table below says, for a half of one of them, what it allows to be wrong; what
 * all three allow is. After J. Keiser and D. Lemire, "Validating UTF-8 in less than one instruction per byte". */
enum
{
  TOO_SHORT = 1 << 0,  /* a first byte or ASCII behind a first byte */
  TOO_LONG = 1 << 1,   /* a later byte behind ASCII */
  OVERLONG_3 = 1 << 2, /* E0 80 to 9F */
  TOO_LARGE = 1 << 3,  /* F4 90 and up */
  SURROGATE = 1 << 4,
  OVERLONG_2 = 1 << 5, /* C0, C1 */
  OVERLONG_4 = 1 << 6, /* F0 80 to 8F; also F5 80 to 8F and up */
  TWO_LATER = 1 << 7,  /* two later bytes: wrong unless a byte before them asks for both */
  ANY = TOO_SHORT | TOO_LONG | TWO_LATER,
};

#define TABLE(...) _mm256_setr_epi8 (__VA_ARGS__, __VA_ARGS__)
#define HALF(x) ((char) (x))

__attribute__ ((target ("avx2"))) static inline __m256i
find_errors (const guchar *at)
{
  const __m256i first_high = TABLE (TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, HALF (TWO_LATER), HALF (TWO_LATER),
                                    HALF (TWO_LATER), HALF (TWO_LATER), TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,
                                    TOO_SHORT | TOO_LARGE | OVERLONG_4);
  const char large = HALF (ANY | TOO_LARGE | OVERLONG_4);
  const __m256i first_low = TABLE (HALF (ANY | OVERLONG_2 | OVERLONG_3 | OVERLONG_4), HALF (ANY | OVERLONG_2), HALF (ANY), HALF (ANY),
                                   HALF (ANY | TOO_LARGE), large, large, large, large, large, large, large, large, HALF (large | SURROGATE), large, large);
  const char later = HALF (TOO_LONG | OVERLONG_2 | TWO_LATER);
  const __m256i second_high
      = TABLE (TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, HALF (later | OVERLONG_3 | OVERLONG_4),
               HALF (later | OVERLONG_3 | TOO_LARGE), HALF (later | SURROGATE | TOO_LARGE), HALF (later | SURROGATE | TOO_LARGE), TOO_SHORT, TOO_SHORT,
               TOO_SHORT, TOO_SHORT);
  const __m256i half = _mm256_set1_epi8 (0x0F);
  __m256i bytes = _mm256_loadu_si256 ((const __m256i *) at), before = _mm256_loadu_si256 ((const __m256i *) (at - 1));
  __m256i wrong = _mm256_shuffle_epi8 (first_high, _mm256_and_si256 (_mm256_srli_epi16 (before, 4), half));

  wrong = _mm256_and_si256 (wrong, _mm256_shuffle_epi8 (first_low, _mm256_and_si256 (before, half)));
  wrong = _mm256_and_si256 (wrong, _mm256_shuffle_epi8 (second_high, _mm256_and_si256 (_mm256_srli_epi16 (bytes, 4), half)));
  __m256i third = _mm256_subs_epu8 (_mm256_loadu_si256 ((const __m256i *) (at - 2)), _mm256_set1_epi8 (0xE0 - 0x80));
  __m256i fourth = _mm256_subs_epu8 (_mm256_loadu_si256 ((const __m256i *) (at - 3)), _mm256_set1_epi8 ((char) (0xF0 - 0x80)));
  __m256i asked = _mm256_and_si256 (_mm256_or_si256 (third, fourth), _mm256_set1_epi8 (HALF (TWO_LATER)));
  return _mm256_xor_si256 (wrong, asked);
}

/* The same as check_blocks (). */
__attribute__ ((target ("avx2"))) static gsize
check_blocks_avx2 (const guchar *text, gsize at, gsize length)
{
  for (; length - at >= BLOCK; at += BLOCK)
    {
      __m256i wrong = _mm256_or_si256 (find_errors (text + at), find_errors (text + at + 32));
      if (!_mm256_testz_si256 (wrong, wrong))
        break;
    }
  return whole_characters (text, at);
}

static gboolean
has_avx2 (void)
{
  static gint8 has; /* 1: no, 2: yes */
  gint8 now = __atomic_load_n (&has, __ATOMIC_RELAXED);

  if (!now)
    {
      __builtin_cpu_init ();
      now = __builtin_cpu_supports ("avx2") ? 2 : 1;
      __atomic_store_n (&has, now, __ATOMIC_RELAXED);
    }
  return now == 2;
}

#endif

gsize
auto_utf8_valid_base (const char *text, gsize length)
{
  const guchar *bytes = (const guchar *) text;
  gsize at = check_characters (bytes, 0, MIN (BEFORE, length), length);

  if (at >= BEFORE)
    at = check_blocks (bytes, at, length);
  return check_characters (bytes, at, length, length);
}

gsize
auto_utf8_valid (const char *text, gsize length)
{
#ifdef HAVE_AVX2
  const guchar *bytes = (const guchar *) text;
  if (has_avx2 ())
    {
      gsize at = check_characters (bytes, 0, MIN (BEFORE, length), length);
      if (at >= BEFORE)
        at = check_blocks_avx2 (bytes, at, length);
      return check_characters (bytes, at, length, length);
    }
#endif
  return auto_utf8_valid_base (text, length);
}
