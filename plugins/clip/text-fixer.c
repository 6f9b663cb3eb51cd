/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts as they were meant: ftfy.fix_text. */
#include "text-fixer.h"

#include <string.h>

#include "core/text/auto-compose.h"
#include "entities.h"
#include "mojibake.h"

/* Characters of a line that are repaired together. */
#define LONGEST_SEGMENT 1000000
/* How many characters the steps of repairing may look at: so many for each of a segment, and so many more for the whole text. */
#define WORK_EACH 32
#define WORK_MORE 16000000

/* The letters of a ligature or of two letters in one character; NULL: it is none. */
static const char *
letters_of (gunichar c)
{
  static const struct
  {
    gunichar c;
    const char *letters;
  } ligatures[] = {
    { 0x132, "IJ" }, { 0x133, "ij" }, { 0x149, "ʼn" }, { 0x1C4, "DŽ" }, { 0x1C5, "Dž" }, { 0x1C6, "dž" }, { 0x1C7, "LJ" }, { 0x1C8, "Lj" },
    { 0x1C9, "lj" }, { 0x1CA, "NJ" }, { 0x1CB, "Nj" }, { 0x1CC, "nj" }, { 0x1F1, "DZ" }, { 0x1F2, "Dz" }, { 0x1F3, "dz" }, { 0xFB00, "ff" },
    { 0xFB01, "fi" }, { 0xFB02, "fl" }, { 0xFB03, "ffi" }, { 0xFB04, "ffl" }, { 0xFB05, "ſt" }, { 0xFB06, "st" } };

  if (c < 0x132 || (c > 0x1F3 && c < 0xFB00) || c > 0xFB06)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (ligatures); i++)
    if (ligatures[i].c == c)
      return ligatures[i].letters;
  return NULL;
}

static void
put_straight (GArray *out, gunichar c)
{
  if (c == 0x2BC || (c >= 0x2018 && c <= 0x201B))
    c = '\'';
  else if (c >= 0x201C && c <= 0x201F)
    c = '"';
  else if (c == 0x2028 || c == 0x2029)
    c = '\n';
  g_array_append_val (out, c);
}

/* Appends what a character looks like: letters of ligatures, characters of usual width, straight quotes, ends of lines. */
static void
put_usual (GArray *out, gunichar c)
{
  const char *letters;
  gunichar parts[18];
  gsize n = 1;

  c = mojibake_fix_control (c);
  parts[0] = c == 0x3000 ? ' ' : c;
  if ((letters = letters_of (c)))
    for (n = 0; *letters; letters = g_utf8_next_char (letters))
      parts[n++] = g_utf8_get_char (letters);
  else if (c > 0xFF00 && c < 0xFFF0)
    n = g_unichar_fully_decompose (c, TRUE, parts, G_N_ELEMENTS (parts));
  for (gsize i = 0; i < n; i++)
    put_straight (out, parts[i]);
}

static void
replace (GArray *text, const GArray *out)
{
  g_array_set_size (text, 0);
  g_array_append_vals (text, out->data, out->len);
}

static void
make_usual (GArray *text)
{
  g_autoptr(GArray) out = g_array_sized_new (FALSE, FALSE, sizeof (gunichar), text->len + 1);

  for (guint i = 0; i < text->len; i++)
    {
      gunichar c = g_array_index (text, gunichar, i);
      if (c != '\r')
        put_usual (out, c);
      else if (i + 1 == text->len || g_array_index (text, gunichar, i + 1) != '\n')
        put_usual (out, '\n');
    }
  replace (text, out);
}

/* Controls without an effect; those that make spaces, write from the right or join are none of them. */
static gboolean
is_idle_control (gunichar c)
{
  if (c < 0x80)
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r') || c == 0x7F;
  return (c >= 0x206A && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFC);
}

/* The length of a terminal's sequence for colours and the like; 0: none. */
static gsize
match_escape (const gunichar *text, gsize n)
{
  gsize at = 2;

  if (n < 3 || text[0] != 0x1B || text[1] != '[')
    return 0;
  while (at < n && (text[at] == ';' || g_unichar_isdigit (text[at])))
    at++;
  return at < n && text[at] < 0x80 && g_ascii_isalpha ((char) text[at]) ? at + 1 : 0;
}

static void
remove_controls (GArray *text)
{
  gunichar *characters = (gunichar *) (gpointer) text->data;
  gsize kept = 0;

  for (gsize at = 0, n; at < text->len; at += MAX (n, 1))
    {
      n = match_escape (characters + at, text->len - at);
      if (n == 0 && !is_idle_control (characters[at]))
        characters[kept++] = characters[at];
    }
  g_array_set_size (text, kept);
}

/* Normalization form C. */
static void
compose (GArray *text)
{
  g_autoptr(GArray) out = NULL;

  for (guint i = 0; i < text->len && !out; i++)
    if (g_array_index (text, gunichar, i) >= 0x300) /* others are composed */
      out = g_array_sized_new (FALSE, FALSE, sizeof (gunichar), text->len + 1);
  if (!out)
    return;
  auto_compose ((const gunichar *) (gpointer) text->data, text->len, out);
  replace (text, out);
}

/* All steps, again and again as long as they change something. */
static void
fix_segment (GArray *text, gboolean with_entities, gsize *work)
{
  g_autoptr(GArray) before = g_array_sized_new (FALSE, FALSE, sizeof (gunichar), text->len + 1);

  do
    {
      replace (before, text);
      if (with_entities)
        entities_replace (text);
      mojibake_fix (text, work);
      make_usual (text);
      remove_controls (text);
      compose (text);
    }
  while (!mojibake_is_same (text, before) && mojibake_spend (work, text->len));
}

static void
append_utf8 (GArray *text, const char *utf8, gsize length)
{
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (utf8 + at, &size);
      g_array_append_val (text, c);
    }
}

/* Whether nothing can be wrong. */
static gboolean
is_plain (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] & 0x80 || text[i] == '&' || text[i] == '\r' || is_idle_control (text[i]))
      return FALSE;
  return TRUE;
}

/* The length in bytes of a line with its end, or of what is repaired together of a longer one. */
static gsize
measure_segment (const char *text, gsize length)
{
  const char *end = memchr (text, '\n', length), *p = text;

  if (end)
    length = end + 1 - text;
  for (guint n = 0; n < LONGEST_SEGMENT && p < text + length; n++)
    p += auto_utf8_size (*p);
  return p - text;
}

char *
text_fixer_fix (const char *text, gsize length)
{
  g_autoptr(GArray) characters = g_array_new (FALSE, FALSE, sizeof (gunichar));
  GString *out = g_string_sized_new (length);
  gboolean with_entities = TRUE;
  gsize work = WORK_MORE;

  for (gsize at = 0, n; at < length; at += n)
    {
      n = measure_segment (text + at, length - at);
      with_entities = with_entities && !memchr (text + at, '<', n); /* that is HTML, whose entities are meant */
      if (is_plain (text + at, n))
        {
          g_string_append_len (out, text + at, n);
          continue;
        }
      g_array_set_size (characters, 0);
      append_utf8 (characters, text + at, n);
      gsize left = work;
      work += (gsize) WORK_EACH * characters->len;
      fix_segment (characters, with_entities, &work);
      work = MIN (work, left);
      for (guint i = 0; i < characters->len; i++)
        g_string_append_unichar (out, g_array_index (characters, gunichar, i));
    }
  return g_string_free (out, FALSE);
}
