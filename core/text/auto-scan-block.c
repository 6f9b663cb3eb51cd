/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each kind of byte is a set of 64 bits, the first byte's the lowest, so that a shift by one asks about the byte before or behind. */
#include "auto-scan-block.h"

#include "auto-scanner.h"

#ifdef __SSE2__
#include <emmintrin.h>

typedef struct
{
  guint64 letters, digits, white, others;
  guint64 blanks, newlines; /* spaces themselves and ends of lines, of all @white */
  guint64 apostrophes, slashes;
  guint64 capitals; /* of all @letters; if they are asked for */
} Kinds;

static inline __m128i
between (__m128i bytes, char first, int n)
{
  return _mm_cmplt_epi8 (_mm_sub_epi8 (bytes, _mm_set1_epi8 (first - 0x80)), _mm_set1_epi8 (n - 0x80));
}

/* Leaves the bytes before the one that has @bit. */
static inline void
cut (Kinds *kinds, guint64 bit)
{
  guint64 *all[] = { &kinds->letters, &kinds->digits, &kinds->white, &kinds->others, &kinds->blanks, &kinds->newlines, &kinds->apostrophes,
                     &kinds->slashes, &kinds->capitals };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    *all[i] &= bit - 1;
}

/* The kinds of the bytes up to the first that isn't ASCII. */
static inline Kinds
find_kinds (const char *text, gboolean cased)
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
      if (!cased)
        continue;
      kinds.capitals |= (guint64) _mm_movemask_epi8 (between (bytes, 'A', 26)) << at;
      kinds.slashes |= (guint64) _mm_movemask_epi8 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('/'))) << at;
    }
  kinds.others = ~(kinds.letters | kinds.digits | kinds.white);
  if (beyond)
    cut (&kinds, beyond & -beyond);
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

/* Lets a contraction be the end of a word, which has no second one. */
static inline guint64
with_joined_contractions (const Kinds *kinds, const char *text, gsize length, guint64 words)
{
  guint64 some = kinds->apostrophes & kinds->letters << 1 & kinds->letters >> 1;

  for (gsize end = 0; some; some &= some - 1)
    {
      guint at = __builtin_ctzll (some);
      gsize n = end && at == end ? 0 : auto_scan_contraction (text + at, length - at, TRUE);
      if (n == 0)
        continue;
      end = at + n;
      words &= ~(((G_GUINT64_CONSTANT (1) << n) - 1) << at);
      if (end < AUTO_SCAN_BLOCK_BYTES)
        words |= G_GUINT64_CONSTANT (1) << end;
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

/* The family of cl100k_base. What a block can't tell of is cut off: white space that has a line's end behind more white space behind a
 * line's end, and lines that slashes begin which belong to signs before. */
static inline guint64
scan_cl100k (AutoScanBlock kind, Kinds *kinds, const char *text, gsize length)
{
  guint64 absorbed, white, newlines, inner, behind_lines, unclear;

  for (;; cut (kinds, unclear & -unclear))
    {
      absorbed = kinds->newlines & ~(kinds->newlines + (kinds->others << 1 & kinds->newlines)); /* by signs before */
      white = kinds->white & ~absorbed;
      newlines = kinds->newlines & ~absorbed;
      inner = white & ~newlines;
      behind_lines = inner & newlines << 1;
      unclear = (inner + behind_lines) & newlines; /* the sum has a bit behind each run of white space that begins there */
      if (kind == AUTO_SCAN_BLOCK_O200K)
        unclear |= absorbed << 1 & kinds->slashes;
      if (G_LIKELY (!unclear))
        break;
    }
  guint64 single = kinds->others << 1 & ~(kinds->others << 2 | kinds->blanks << 2); /* a sign before is the word's */
  guint64 words = (starts (kinds->letters) & ~(inner << 1 | single)) | (starts (kinds->others) & ~(kinds->blanks << 1)) | starts (white)
                  | behind_lines | last_white (kinds, inner);
  words |= kind == AUTO_SCAN_BLOCK_QWEN2 ? kinds->digits : groups (kinds->digits);
  if (kind == AUTO_SCAN_BLOCK_O200K)
    return with_joined_contractions (kinds, text, length, words | (kinds->capitals & (kinds->letters & ~kinds->capitals) << 1));
  return with_contractions (kinds, text, length, TRUE, words);
}

static inline guint64
scan (AutoScanBlock kind, const char *text, gsize length)
{
  Kinds kinds = find_kinds (text, kind == AUTO_SCAN_BLOCK_O200K);
  guint64 words = kind == AUTO_SCAN_BLOCK_GPT2 ? scan_gpt2 (&kinds, text, length) : scan_cl100k (kind, &kinds, text, length);
  guint64 runs = starts (kinds.letters) | starts (kinds.digits) | starts (kinds.white) | starts (kinds.others);

  if (!runs)
    return 0;
  guint last = 63 - __builtin_clzll (runs); /* that run may go on */
  words &= G_MAXUINT64 >> (63 - last);
  if (kind == AUTO_SCAN_BLOCK_O200K) /* or be a contraction of the word before */
    words &= ~(kinds.apostrophes & kinds.letters << 1 & G_GUINT64_CONSTANT (1) << last);
  return words;
}

guint64
auto_scan_block (AutoScanBlock kind, const char *text, gsize length)
{
  switch (kind)
    {
    case AUTO_SCAN_BLOCK_GPT2:
      return scan (AUTO_SCAN_BLOCK_GPT2, text, length);
    case AUTO_SCAN_BLOCK_CL100K:
      return scan (AUTO_SCAN_BLOCK_CL100K, text, length);
    case AUTO_SCAN_BLOCK_QWEN2:
      return scan (AUTO_SCAN_BLOCK_QWEN2, text, length);
    case AUTO_SCAN_BLOCK_O200K:
      return scan (AUTO_SCAN_BLOCK_O200K, text, length);
    default:
      return 0;
    }
}

#else

guint64
auto_scan_block (AutoScanBlock kind, const char *text, gsize length)
{
  return 0;
}

#endif
