/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-utf8-check.h"

#include <string.h>

#define WIDTH 16
#define BEFORE 3 /* bytes that say what a byte has to be */

typedef guint8 Bytes __attribute__ ((vector_size (WIDTH)));
typedef guint64 Words __attribute__ ((vector_size (WIDTH)));

static inline Bytes
load (const guint8 *at)
{
  Bytes bytes;
  memcpy (&bytes, at, sizeof bytes);
  return bytes;
}

static inline gboolean
any (Bytes mask)
{
  Words words = (Words) mask;
  return (words[0] | words[1]) != 0;
}

/* What is wrong with the WIDTH bytes from @at on, before which BEFORE others can be read. A character that is cut off at the end shows in
 * the bytes behind it. */
static inline Bytes
wrong (const guint8 *at, Bytes bytes)
{
  Bytes first = load (at - 1), second = load (at - 2), third = load (at - 3);
  Bytes follows = (Bytes) ((bytes & 0xC0) == 0x80), wanted = (Bytes) ((first >= 0xC0) | (second >= 0xE0) | (third >= 0xF0));
  Bytes overlong = (Bytes) (((first == 0xE0) & (bytes < 0xA0)) | ((first == 0xF0) & (bytes < 0x90)) | ((bytes & 0xFE) == 0xC0));
  Bytes beyond = (Bytes) (((first == 0xED) & (bytes >= 0xA0)) | ((first == 0xF4) & (bytes >= 0x90)) | (bytes >= 0xF5));

  return (follows ^ wanted) | overlong | beyond;
}

/* The same for @n bytes, WIDTH or fewer, at either end of a text: fewer than BEFORE are in front, or less than WIDTH are left. */
static gboolean
is_edge_wrong (const guint8 *text, gsize before, gsize n)
{
  guint8 copy[BEFORE + 2 * WIDTH] = { 0 };

  memcpy (copy + BEFORE - before, text - before, before + n);
  return any (wrong (copy + BEFORE, load (copy + BEFORE)));
}

gboolean
auto_utf8_check (const char *text, gsize length)
{
  const guint8 *bytes = (const guint8 *) text;
  Bytes all = { 0 };
  gsize at = MIN (length, WIDTH);

  if (is_edge_wrong (bytes, 0, at))
    return FALSE;
  for (; length - at >= WIDTH; at += WIDTH)
    all |= wrong (bytes + at, load (bytes + at));
  return !any (all) && !is_edge_wrong (bytes + at, MIN (at, BEFORE), length - at);
}
