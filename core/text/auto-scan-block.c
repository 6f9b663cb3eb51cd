/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each kind of byte is a set of 64 bits, the first byte's the lowest, so that a shift by one asks about the byte before or behind. */
#include "auto-scan-block.h"

#include "auto-scanner.h"

#ifdef __SSE2__
#include <emmintrin.h>

typedef struct
{
  guint64 letters, digits, white, blanks, newlines, apostrophes, others; /* @blanks: spaces themselves, of all @white */
} Kinds;

static inline __m128i
between (__m128i bytes, char first, int n)
{
  return _mm_cmplt_epi8 (_mm_sub_epi8 (bytes, _mm_set1_epi8 (first - 0x80)), _mm_set1_epi8 (n - 0x80));
}

/* The kinds of the bytes up to the first that isn't ASCII. */
static inline Kinds
find_kinds (const char *text)
{
  Kinds kinds = { 0 };
  guint64 beyond = 0;

  for (guint at = 0; at < AUTO_SCAN_BLOCK_BYTES; at += 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) (text + at)), blanks = _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 (' '));
      __m128i newlines = _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\n')), _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\r')));
      beyond |= (guint64) _mm_movemask_epi8 (bytes) << at;
      kinds.letters |= (guint64) _mm_movemask_epi8 (between (_mm_or_si128 (bytes, _mm_set1_epi8 (0x20)), 'a', 26)) << at;
      kinds.digits |= (guint64) _mm_movemask_epi8 (between (bytes, '0', 10)) << at;
      kinds.white |= (guint64) _mm_movemask_epi8 (_mm_or_si128 (between (bytes, '\t', 5), blanks)) << at;
      kinds.blanks |= (guint64) _mm_movemask_epi8 (blanks) << at;
      kinds.newlines |= (guint64) _mm_movemask_epi8 (newlines) << at;
      kinds.apostrophes |= (guint64) _mm_movemask_epi8 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\''))) << at;
    }
  guint64 ascii = beyond ? (beyond & -beyond) - 1 : G_MAXUINT64;
  kinds.letters &= ascii;
  kinds.digits &= ascii;
  kinds.white &= ascii;
  kinds.blanks &= ascii;
  kinds.newlines &= ascii;
  kinds.apostrophes &= ascii;
  kinds.others = ascii & ~(kinds.letters | kinds.digits | kinds.white);
  return kinds;
}

/* Where runs of a kind begin. */
static inline guint64
starts (guint64 kind)
{
  return kind & ~(kind << 1);
}

/* Where runs of white space leave their last character to what follows, which is in the block. */
static inline guint64
last_white (const Kinds *kinds, guint64 white)
{
  return white & (kinds->letters | kinds->digits | kinds->others) >> 1;
}

/* Lets contractions be words among @words. They begin with an apostrophe that is neither the end of other signs nor follows a space. */
static inline guint64
with_contractions (const Kinds *kinds, const char *text, gsize length, gboolean folded, guint64 words)
{
  guint64 some = kinds->apostrophes & ~(kinds->others << 1 | kinds->blanks << 1) & kinds->letters >> 1;

  for (; some; some &= some - 1)
    {
      guint at = __builtin_ctzll (some);
      gsize n = auto_scan_contraction (text + at, length - at, folded);
      if (n == 0)
        continue;
      words &= ~(G_GUINT64_CONSTANT (2) << at);
      if (at + n < AUTO_SCAN_BLOCK_BYTES)
        words |= G_GUINT64_CONSTANT (1) << (at + n);
    }
  return words;
}

static inline guint64
scan_gpt2 (const Kinds *kinds, const char *text, gsize length)
{
  guint64 runs = starts (kinds->letters) | starts (kinds->digits) | starts (kinds->others);

  return with_contractions (kinds, text, length, FALSE,
                            (runs & ~(kinds->blanks << 1)) | starts (kinds->white) | last_white (kinds, kinds->white));
}

/* Every third digit of a run. */
static inline guint64
groups (guint64 digits)
{
  guint64 all = starts (digits), inside = digits & digits << 1 & digits << 2 & digits << 3;

  for (guint64 more = all; (more = more << 3 & inside);)
    all |= more;
  return all;
}

/* 0 where white space has a line's end behind more white space behind a line's end. */
static inline guint64
scan_cl100k (const Kinds *kinds, const char *text, gsize length, gboolean alone)
{
  guint64 absorbed = kinds->newlines & ~(kinds->newlines + (kinds->others << 1 & kinds->newlines)); /* by signs before */
  guint64 white = kinds->white & ~absorbed, newlines = kinds->newlines & ~absorbed, inner = white & ~newlines;
  guint64 behind_lines = inner & newlines << 1;
  guint64 single = kinds->others << 1 & ~(kinds->others << 2 | kinds->blanks << 2); /* a sign before is the word's */

  if (G_UNLIKELY ((inner + behind_lines) & newlines)) /* the sum has a bit behind each run of white space that begins there */
    return 0;
  guint64 words = (starts (kinds->letters) & ~(inner << 1 | single)) | (alone ? kinds->digits : groups (kinds->digits))
                  | (starts (kinds->others) & ~(kinds->blanks << 1)) | starts (white) | behind_lines | last_white (kinds, inner);
  return with_contractions (kinds, text, length, TRUE, words);
}

guint64
auto_scan_block (AutoScanBlock kind, const char *text, gsize length)
{
  Kinds kinds = find_kinds (text);
  guint64 runs = starts (kinds.letters) | starts (kinds.digits) | starts (kinds.white) | starts (kinds.others);
  guint64 words = kind == AUTO_SCAN_BLOCK_GPT2 ? scan_gpt2 (&kinds, text, length)
                                               : scan_cl100k (&kinds, text, length, kind == AUTO_SCAN_BLOCK_QWEN2);

  return runs ? words & (G_MAXUINT64 >> __builtin_clzll (runs)) : 0; /* the last run may go on */
}

#else

guint64
auto_scan_block (AutoScanBlock kind, const char *text, gsize length)
{
  return 0;
}

#endif
