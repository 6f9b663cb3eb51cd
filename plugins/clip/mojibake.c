/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts whose bytes of UTF-8 were read as those of another encoding: ftfy.fix_encoding. */
#include "mojibake.h"

#include <string.h>

#include "mojibake-characters.h"

/* Parts of parts: two levels at least halve a text's length. */
#define MOST_LEVELS 64

static void fix_level (GArray *text, gsize *work, guint level);

gboolean
mojibake_spend (gsize *work, gsize n)
{
  if (*work < n)
    return FALSE;
  *work -= n;
  return TRUE;
}

gunichar
mojibake_fix_control (gunichar c)
{
  return c >= 0x80 && c < 0xA0 ? mojibake_decoded[MOJIBAKE_WINDOWS_1252][c - 0x80] : c;
}

static gboolean
is_sloppy (MojibakeEncoding encoding)
{
  return encoding >= MOJIBAKE_WINDOWS_1252 && encoding <= MOJIBAKE_WINDOWS_1257;
}

/* For each encoding the bytes of the characters in mojibake_classes. */
static const guint8 *
bytes_of (MojibakeEncoding encoding)
{
  static guint8 *tables;

  if (g_once_init_enter (&tables))
    {
      guint8 *made = g_malloc0 (MOJIBAKE_N_ENCODINGS * mojibake_n_slots), *table = made;
      for (guint e = 0; e < MOJIBAKE_N_ENCODINGS; e++, table += mojibake_n_slots)
        {
          for (guint i = 0; i < 0x80; i++)
            {
              table[mojibake_slot (i)] = i;
              table[mojibake_slot (mojibake_decoded[e][i])] = 0x80 + i;
            }
          if (is_sloppy (e))
            table[mojibake_slot (0xFFFD)] = 0x1A;
        }
      g_once_init_leave (&tables, made);
    }
  return tables + encoding * mojibake_n_slots;
}

/* A byte in the middle of a sequence; without 0x85 and 0xA0, which are often spaces by themselves. */
static gboolean
is_next (guint8 byte)
{
  return (byte & 0xC0) == 0x80;
}

static gboolean
is_usual_next (guint8 byte)
{
  return is_next (byte) && byte != 0x85 && byte != 0xA0;
}

/* How many bytes at @p are a sequence whose byte 0xA0 became a space; 0: none. */
static gsize
match_altered (const guint8 *p, gsize n)
{
  if (n >= 2 && p[1] == ' ' && memchr ("\xc2\xc3\xc5\xce\xd0\xd9", p[0], 6))
    return 2;
  if (n >= 3 && p[0] >= 0xE0 && p[0] <= 0xE3 && ((p[0] >= 0xE2 && p[1] == ' ' && is_usual_next (p[2])) || (is_usual_next (p[1]) && p[2] == ' ')))
    return 3;
  if (n >= 4 && p[0] == 0xF0)
    {
      guint spaces = 0;
      for (guint i = 1; i < 4; i++)
        if (p[i] == ' ')
          spaces++;
        else if (!is_next (p[i]))
          return 0;
      return spaces == 1 ? 4 : 0;
    }
  return 0;
}

/* The word à, whose space is one as well, unless a Portuguese word goes on. */
static gboolean
is_a_grave (const guint8 *p, gsize n)
{
  static const char *const others[] = { " ", "quele", "quela", "quilo", "s " };

  if (n < 2 || p[0] != 0xC3 || p[1] != ' ')
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (n - 2 >= strlen (others[i]) && memcmp (p + 2, others[i], strlen (others[i])) == 0)
      return FALSE;
  return TRUE;
}

/* Makes spaces that were 0xA0 so again. */
static GByteArray *
restore_spaces (const GByteArray *bytes)
{
  GByteArray *out = g_byte_array_sized_new (bytes->len + 8);

  for (gsize at = 0, n; at < bytes->len; at += n)
    {
      const guint8 *p = bytes->data + at;
      guint from = out->len;
      if (is_a_grave (p, bytes->len - at))
        {
          g_byte_array_append (out, (const guint8 *) "\xc3\xa0 ", 3);
          n = 2;
          continue;
        }
      n = match_altered (p, bytes->len - at);
      g_byte_array_append (out, p, MAX (n, 1));
      for (gsize i = 0; i < n; i++)
        if (p[i] == ' ')
          out->data[from + i] = 0xA0;
      n = MAX (n, 1);
    }
  return out;
}

/* How many of the bytes from @from to @to are no longer known: 0x1A, and no more than @marks of them a question mark; -1 where others than
 * such and those inside sequences are. */
static int
count_lost (const guint8 *p, guint from, guint to, int marks)
{
  int lost = 0;

  for (guint i = from; i < to; i++)
    if (p[i] == 0x1A || (p[i] == '?' && marks-- > 0))
      lost++;
    else if (!is_next (p[i]))
      return -1;
  return lost;
}

/* How many bytes at @p are a sequence of which some were lost. */
static gsize
match_lossy (const guint8 *p, gsize n)
{
  guint length = p[0] >= 0xF0 ? 4 : 3;

  if (p[0] == 0x1A)
    return 1;
  if (p[0] < 0xC2 || p[0] > 0xF4 || n < 2)
    return 0;
  if (p[0] <= 0xDF)
    return p[1] == 0x1A || (p[1] == '?' && p[0] <= 0xC3) ? 2 : 0;
  if (p[0] == 0xED && n >= 6 && p[1] >= 0xA0 && p[1] <= 0xAF && p[3] == 0xED && p[4] >= 0xB0 && p[4] <= 0xBF) /* CESU-8 */
    {
      int first = count_lost (p, 2, 3, 1), second = count_lost (p, 5, 6, 1);
      if (first >= 0 && second >= 0 && first + second > 0)
        return 6;
    }
  return n >= length && count_lost (p, 1, length, 1) > 0 ? length : 0;
}

/* Puts U+FFFD in the place of sequences of which some bytes were lost. */
static GByteArray *
replace_lossy (const GByteArray *bytes)
{
  GByteArray *out = g_byte_array_sized_new (bytes->len + 8);

  for (gsize at = 0, n; at < bytes->len; at += MAX (n, 1))
    if ((n = match_lossy (bytes->data + at, bytes->len - at)))
      g_byte_array_append (out, (const guint8 *) "\xef\xbf\xbd", 3);
    else
      g_byte_array_append (out, bytes->data + at, 1);
  return out;
}

/* The character at @p in a variant of UTF-8: Java's NUL, and surrogates (CESU-8). Sets @size; to 0 where there is none. The last byte before the end
 * may be that of a line: so the reference's regular expressions take it. */
static gunichar
decode_variant (const guint8 *p, gsize n, gsize *size)
{
  *size = 0;
  if (n >= 2 && p[0] == 0xC0 && (p[1] == 0x80 || (p[1] == '\n' && n == 2)))
    return *size = 2, 0;
  if (n >= 6 && p[0] == 0xED && p[1] >= 0xA0 && p[1] <= 0xAF && is_next (p[2]) && p[3] == 0xED && p[4] >= 0xB0 && p[4] <= 0xBF
      && (is_next (p[5]) || (p[5] == '\n' && n == 6)))
    return *size = 6, ((p[1] & 0x0Fu) << 16) + ((p[2] & 0x3Fu) << 10) + ((p[4] & 0x0Fu) << 6) + (p[5] & 0x3Fu) + 0x10000;
  return 0;
}

/* FALSE when the bytes are no UTF-8. */
static gboolean
decode (const GByteArray *bytes, GArray *text)
{
  g_array_set_size (text, 0);
  for (gsize at = 0, size; at < bytes->len; at += size)
    {
      const guint8 *p = bytes->data + at;
      gunichar c = decode_variant (p, bytes->len - at, &size);
      if (size == 0 && *p < 0x80)
        c = *p, size = 1;
      else if (size == 0)
        {
          c = g_utf8_get_char_validated ((const char *) p, bytes->len - at);
          if (c > 0x10FFFF)
            return FALSE;
          size = g_unichar_to_utf8 (c, NULL);
        }
      g_array_append_val (text, c);
    }
  return TRUE;
}

/* Reads @text again as UTF-8, as if it had been read as @encoding; FALSE when it can't have been. */
static gboolean
read_again (const GArray *text, MojibakeEncoding encoding, GArray *out)
{
  const guint8 *table = bytes_of (encoding);
  g_autoptr(GByteArray) bytes = g_byte_array_sized_new (text->len + 1), restored = NULL, replaced = NULL;

  g_byte_array_set_size (bytes, text->len);
  for (guint i = 0; i < text->len; i++)
    bytes->data[i] = table[mojibake_slot (g_array_index (text, gunichar, i))];
  if (encoding != MOJIBAKE_MACROMAN) /* there such sequences are a dash before a space */
    restored = restore_spaces (bytes);
  if (is_sloppy (encoding))
    replaced = replace_lossy (restored ? restored : bytes);
  return decode (replaced ? replaced : restored ? restored : bytes, out);
}

/* The length of the sequences of UTF-8 that seem to begin at @at. */
static gsize
match_sequences (const gunichar *text, gsize n, gsize at)
{
  gsize from = at;

  if (at > 0 && (mojibake_class (text[at - 1]) & MOJIBAKE_SURELY_NEXT))
    return 0;
  while (at < n)
    {
      guint32 class = mojibake_class (text[at]);
      guint length = class & MOJIBAKE_FIRST_OF_2 ? 2 : class & MOJIBAKE_FIRST_OF_3 ? 3 : class & MOJIBAKE_FIRST_OF_4 ? 4 : 0, i = 1;
      while (i < length && i < n - at && (mojibake_class (text[at + i]) & MOJIBAKE_NEXT))
        i++;
      if (length == 0 || i < length)
        break;
      at += length;
    }
  return at - from;
}

gboolean
mojibake_is_same (const GArray *a, const GArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (gunichar)) == 0);
}

/* Puts @out, which is gone then, in @text's place; returns whether that changed it. */
static gboolean
replace (GArray *text, GArray *out)
{
  gboolean changed = !mojibake_is_same (text, out);

  if (changed)
    {
      g_array_set_size (text, 0);
      g_array_append_vals (text, out->data, out->len);
    }
  g_array_unref (out);
  return changed;
}

/* Fixes sequences by themselves in a text that holds other things as well. */
static gboolean
fix_parts (GArray *text, gsize *work, guint level)
{
  GArray *out = g_array_sized_new (FALSE, FALSE, sizeof (gunichar), text->len + 1);
  const gunichar *characters = (const gunichar *) (gpointer) text->data;

  for (gsize at = 0, n; at < text->len; at += MAX (n, 1))
    {
      n = match_sequences (characters, text->len, at);
      if (n > 0 && n < text->len && mojibake_is_bad (characters + at, n))
        {
          g_autoptr(GArray) part = g_array_sized_new (FALSE, FALSE, sizeof (gunichar), n);
          g_array_append_vals (part, characters + at, n);
          fix_level (part, work, level + 1);
          g_array_append_vals (out, part->data, part->len);
        }
      else
        g_array_append_vals (out, characters + at, MAX (n, 1));
    }
  return replace (text, out);
}

static gboolean
fix_controls (GArray *text)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < text->len; i++)
    {
      gunichar *c = &g_array_index (text, gunichar, i), fixed = mojibake_fix_control (*c);
      changed |= *c != fixed;
      *c = fixed;
    }
  return changed;
}

/* One step of several that a text may need; FALSE when it needs none. */
static gboolean
fix_step (GArray *text, gsize *work, guint level)
{
  guint32 shared = MOJIBAKE_IN_ANY;

  if (!mojibake_is_bad ((const gunichar *) (gpointer) text->data, text->len))
    return FALSE;
  for (guint i = 0; i < text->len && shared; i++)
    shared &= mojibake_class (g_array_index (text, gunichar, i));
  for (guint encoding = 0; encoding < MOJIBAKE_N_ENCODINGS; encoding++)
    if (shared & MOJIBAKE_IN (encoding))
      {
        GArray *out = g_array_sized_new (FALSE, FALSE, sizeof (gunichar), text->len + 1);
        if (read_again (text, encoding, out))
          return replace (text, out);
        g_array_unref (out);
      }
  return fix_parts (text, work, level) || fix_controls (text);
}

static void
fix_level (GArray *text, gsize *work, guint level)
{
  while (level < MOST_LEVELS && mojibake_spend (work, text->len) && fix_step (text, work, level))
    ;
}

void
mojibake_fix (GArray *text, gsize *work)
{
  fix_level (text, work, 0);
}
