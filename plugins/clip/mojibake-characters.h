/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* What a character tells in a text whose bytes may have been read as another encoding's (mojibake). Characters in tests/reference/mojibake_tables.py
 * stand by these names and this order. */
enum
{
  /* where it makes an unlikely neighbour */
  MOJIBAKE_C1 = 1 << 0,
  MOJIBAKE_BAD = 1 << 1, /* hardly ever meant */
  MOJIBAKE_LAW = 1 << 2,
  MOJIBAKE_CURRENCY = 1 << 3,
  MOJIBAKE_START = 1 << 4, /* punctuation that opens */
  MOJIBAKE_END = 1 << 5,   /* … that closes */
  MOJIBAKE_NUMERIC = 1 << 6,
  MOJIBAKE_FACE = 1 << 7, /* letters that make faces */
  MOJIBAKE_UPPER_ACCENTED = 1 << 8,
  MOJIBAKE_LOWER_ACCENTED = 1 << 9,
  MOJIBAKE_UPPER = 1 << 10,
  MOJIBAKE_LOWER = 1 << 11,
  MOJIBAKE_BOX = 1 << 12,
  MOJIBAKE_COMMON = 1 << 13, /* likely anywhere */
  MOJIBAKE_AZ_UPPER = 1 << 14,
  MOJIBAKE_AZ_LOWER = 1 << 15,
  /* which bytes of UTF-8 it may have been */
  MOJIBAKE_FIRST_OF_2 = 1 << 16,
  MOJIBAKE_FIRST_OF_3 = 1 << 17,
  MOJIBAKE_FIRST_OF_4 = 1 << 18,
  MOJIBAKE_NEXT = 1 << 19,
  MOJIBAKE_SURELY_NEXT = 1 << 20, /* the same, and no usual punctuation */
};

/* Encodings of a byte a character, in the order in which they are tried. In those of Windows bytes without a character are those of Latin-1, and
 * 0x1A is U+FFFD: a byte that was lost. */
typedef enum
{
  MOJIBAKE_LATIN_1,
  MOJIBAKE_WINDOWS_1252,
  MOJIBAKE_WINDOWS_1251,
  MOJIBAKE_WINDOWS_1250,
  MOJIBAKE_WINDOWS_1253,
  MOJIBAKE_WINDOWS_1254,
  MOJIBAKE_WINDOWS_1257,
  MOJIBAKE_ISO_8859_2,
  MOJIBAKE_MACROMAN,
  MOJIBAKE_CP437,
  MOJIBAKE_N_ENCODINGS,
} MojibakeEncoding;

/* The encodings have the character. */
#define MOJIBAKE_IN(encoding) (1u << (21 + (encoding)))
#define MOJIBAKE_IN_ANY (((1u << MOJIBAKE_N_ENCODINGS) - 1) << 21)

#define MOJIBAKE_N_PAGES 2048
extern const guint8 mojibake_pages[MOJIBAKE_N_PAGES]; /* of 32 characters each; most have none and are the page 0 */
extern const guint32 mojibake_classes[];
extern const gsize mojibake_n_slots;
extern const guint16 mojibake_decoded[MOJIBAKE_N_ENCODINGS][128]; /* what the bytes from 0x80 on are */

/* Where the character is in a table of all that are of interest. */
static inline gsize
mojibake_slot (gunichar c)
{
  return c >> 5 < MOJIBAKE_N_PAGES ? mojibake_pages[c >> 5] * 32 + (c & 31) : 0;
}

static inline guint32
mojibake_class (gunichar c)
{
  return mojibake_classes[mojibake_slot (c)];
}
