/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "auto-json-reader.h"

G_BEGIN_DECLS

/* A quick way through lists of the same shape again and again, such as vocabularies. What stands between two values there, brackets, commas and
 * spaces, is the same every time. So it is learnt from values that were read the usual way, and then compared. Each function here returns FALSE where
 * something is out of the ordinary: the caller then sets @reader->at back to where it knows its way, and goes on as usual. Errors are found that way
 * only, and told as usual. */
typedef struct
{
  char text[32];
  guint length; /* 0: nothing was learnt */
} AutoJsonGap;

/* Bytes behind @reader->at that the functions below want to be there. */
#define AUTO_JSON_ROOM 64

static inline gboolean
auto_json_has_room (const AutoJsonReader *reader)
{
  return reader->end - reader->at >= AUTO_JSON_ROOM;
}

/* How many values of a vocabulary or of merges the rest of the text may hold: a guess, and rather too many. */
static inline guint
auto_json_guess_number (const AutoJsonReader *reader)
{
  return MIN ((reader->end - reader->at) / 16, 1 << 20);
}

/* Whether a string that was just read lies in the text, and not where the reader resolves escapes. */
static inline gboolean
auto_json_lasts (const AutoJsonReader *reader, const char *text)
{
  return !reader->scratch || text != reader->scratch->str;
}

/* Learns the text from @from to @to, in which there is no value. */
static inline void
auto_json_gap_learn (AutoJsonGap *self, const char *from, const char *to)
{
  self->length = to - from <= (gssize) sizeof self->text ? to - from : 0;
  memcpy (self->text, from, self->length);
}

static inline gboolean
auto_json_gap_skip (const AutoJsonGap *self, AutoJsonReader *reader)
{
#ifdef __SSE2__
  const __m128i *text = (const __m128i *) self->text, *at = (const __m128i *) reader->at;
  guint32 low = _mm_movemask_epi8 (_mm_cmpeq_epi8 (_mm_loadu_si128 (text), _mm_loadu_si128 (at)));
  guint32 high = _mm_movemask_epi8 (_mm_cmpeq_epi8 (_mm_loadu_si128 (text + 1), _mm_loadu_si128 (at + 1)));
  gboolean same = ((high << 16 | low) & ((G_GUINT64_CONSTANT (1) << self->length) - 1)) == (G_GUINT64_CONSTANT (1) << self->length) - 1;
#else
  gboolean same = memcmp (self->text, reader->at, self->length) == 0;
#endif
  reader->at += self->length;
  return same && self->length;
}

/* The rest of a string, behind whose quotation mark the reader is; then it is at the one at the end. No escapes. */
static inline gboolean
auto_json_quick_string (AutoJsonReader *reader, const char **text, gsize *length)
{
  const char *start = reader->at;

#ifdef __SSE2__
  for (guint stops; reader->end - reader->at >= AUTO_JSON_ROOM + 16; reader->at += 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) reader->at);
      stops = _mm_movemask_epi8 (_mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('"')), _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\\'))));
      if (!stops)
        continue;
      reader->at += __builtin_ctz (stops);
      break;
    }
#else
  while (reader->end - reader->at >= AUTO_JSON_ROOM && *reader->at != '"' && *reader->at != '\\')
    reader->at++;
#endif
  *text = start;
  *length = reader->at - start;
  return *reader->at == '"' && auto_json_has_room (reader) && (reader->at <= reader->checked || auto_json_reader_check (reader, start));
}

/* Whether a number ends here. */
static inline gboolean
auto_json_quick_end (const AutoJsonReader *reader)
{
  return *reader->at == ',' || *reader->at == '}' || *reader->at == ']' || (guchar) *reader->at <= ' ';
}

/* A number of up to nine digits. */
static inline gboolean
auto_json_quick_uint (AutoJsonReader *reader, guint32 *value)
{
  const char *start = reader->at;
  guint digit;

  for (*value = 0; (digit = (guchar) *reader->at - '0') < 10 && reader->at - start < 9; reader->at++)
    *value = *value * 10 + digit;
  return reader->at > start && auto_json_quick_end (reader);
}

G_END_DECLS
