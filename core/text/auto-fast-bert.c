/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The short way after BertNormalizer and BertPreTokenizer. Words of ASCII letters and digits are looked up as they are. Of others the
 * characters are mapped first: the words that they become are fewer, and shorter. Characters that are words by themselves have a table. */
#include "auto-fast-path-private.h"

#include "auto-ascii-run.h"

gboolean
auto_fast_bert_ends (gunichar c, gconstpointer data)
{
  const AutoBertNormalizer *bert = data;
  guint32 flags = auto_char_flags (c);

  if (flags & AUTO_CHAR_PUNCTUATION)
    return TRUE;
  if (flags & AUTO_CHAR_SPACE)
    return !(bert->clean_text && flags & AUTO_CHAR_CONTROL);
  return bert->handle_chinese && auto_char_is_chinese (c);
}

/* What becomes of a character by itself; NULL with an error. */
static const AutoCharacterIds *
find_character (AutoFastRun *run, gunichar c, const char *text, guint size, GError **error)
{
  AutoCharacterIds *known = &run->scratch->characters[c];
  GArray *found = run->scratch->found;

  if (G_LIKELY (known->n))
    return known;
  if (!auto_fast_encode_mapped (run->path, run->scratch, text, size, TRUE, error))
    return NULL;
  known->n = found->len >= 1 && found->len <= G_N_ELEMENTS (known->ids) ? found->len : AUTO_CHARACTER_ELSEWHERE;
  if (known->n != AUTO_CHARACTER_ELSEWHERE)
    memcpy (known->ids, found->data, known->n * sizeof (guint32));
  return known;
}

/* Adds a character that is a word by itself. */
static gboolean
add_character (AutoFastRun *run, gunichar c, const char *text, guint size, GError **error)
{
  const AutoCharacterIds *known = c < AUTO_CHARACTERS ? find_character (run, c, text, size, error) : NULL;

  if (!known && c < AUTO_CHARACTERS)
    return FALSE;
  if (!known || known->n == AUTO_CHARACTER_ELSEWHERE)
    return auto_fast_run_add_kind (run, text, size, AUTO_WORD_WHOLE, error);
  if (run->n_waiting == 0)
    {
      auto_fast_run_add_character (run, known);
      return TRUE;
    }
  run->waiting[run->n_waiting++] = (AutoFastWord){ text, size, c, 0, AUTO_WORD_CHARACTER };
  return run->n_waiting < AUTO_FAST_MOST_WAITING || auto_fast_run_add_waiting (run, error);
}

/* Bytes up to what ends a word. */
static gsize
word_length (const AutoFastPath *path, const char *text, const char *end)
{
  const char *at = text;
  guint size;

  for (; at < end && !auto_character_map_ends (path->map, auto_utf8_get (at, &size)); at += size)
    ;
  return at - text;
}

/* Adds a word of more than ASCII letters and digits, or nothing, and returns its length in bytes; -1 with an error. */
static gssize
add_word (AutoFastRun *run, const char *text, const char *end, GError **error)
{
  GString *mapped = run->scratch->mapped;
  gsize n = auto_character_map_word (run->path->map, text, end - text, mapped);
  guint size;

  if (G_UNLIKELY (text + n < end && !auto_character_map_ends (run->path->map, auto_utf8_get (text + n, &size))))
    {
      n += word_length (run->path, text + n, end);
      return auto_fast_run_add_kind (run, text, n, AUTO_WORD_WHOLE, error) ? (gssize) n : -1;
    }
  return mapped->len == 0 || auto_fast_run_add_mapped (run, mapped->str, mapped->len, error) ? (gssize) n : -1;
}

gboolean
auto_fast_run_bert (AutoFastRun *run, const char *text, gsize length, GError **error)
{
  const gboolean *ends = run->path->ends;
  const char *end = text + length;
  guint size;

  while (text < end)
    {
      gsize n = auto_ascii_letters_and_digits (text, end);
      gunichar c = text + n < end ? (guchar) text[n] : ' ';
      if (c < 0x80 && ends[c])
        {
          if (n && !auto_fast_run_add_kind (run, text, n, AUTO_WORD_WHOLE, error))
            return FALSE;
        }
      else
        {
          gssize whole = add_word (run, text, end, error);
          if (whole < 0)
            return FALSE;
          n = whole;
        }
      text += n;
      if (text >= end)
        break;
      c = auto_utf8_get (text, &size);
      if (c != ' ' && !auto_char_is (c, AUTO_CHAR_SPACE) && !add_character (run, c, text, size, error))
        return FALSE;
      text += size;
    }
  return TRUE;
}
