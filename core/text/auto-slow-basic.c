/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-python-text.h"
#include "auto-slow-basic.h"

#include <string.h>

#include "auto-unicode.h"

static GString *
clean (const char *text, gsize length, gboolean chinese)
{
  GString *out = g_string_sized_new (length);
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      if (c == 0 || c == 0xFFFD || auto_python_is_control (c))
        continue;
      if (auto_python_is_blank (c))
        g_string_append_c (out, ' ');
      else if (chinese && auto_python_is_chinese (c))
        {
          g_string_append_c (out, ' ');
          g_string_append_len (out, text + at, size);
          g_string_append_c (out, ' ');
        }
      else
        g_string_append_len (out, text + at, size);
    }
  return out;
}

static char *
without_accents (const char *text)
{
  g_autofree char *decomposed = g_utf8_normalize (text, -1, G_NORMALIZE_NFD);
  GString *out = g_string_new (NULL);

  for (const char *p = decomposed ? decomposed : text; *p; p = g_utf8_next_char (p))
    if (auto_python_type (g_utf8_get_char (p)) != G_UNICODE_NON_SPACING_MARK)
      g_string_append_len (out, p, g_utf8_next_char (p) - p);
  return g_string_free (out, FALSE);
}

typedef struct
{
  const AutoBasicWords *words;
  GString *split;
} Pass;

static gboolean
is_kept (const AutoBasicWords *self, const char *word)
{
  if (self->never_split && g_hash_table_contains (self->never_split, word))
    return TRUE;
  for (guint i = 0; self->kept && i < self->kept->len; i++)
    if (g_str_equal (g_ptr_array_index (self->kept, i), word))
      return TRUE;
  return FALSE;
}

/* Lower case, no accents, spaces around punctuation. */
static void
split_word (const char *text, gsize length, gpointer data)
{
  Pass *pass = data;
  const AutoBasicWords *words = pass->words;
  char *word = g_strndup (text, length), *changed;
  guint size;

  if (!is_kept (words, word))
    {
      if (words->lower)
        changed = auto_python_lower (word, length), g_free (word), word = changed;
      if (words->lower ? words->strip_accents != FALSE : words->strip_accents == TRUE)
        changed = without_accents (word), g_free (word), word = changed;
    }
  g_string_append_c (pass->split, ' ');
  gboolean kept = !words->punctuation || is_kept (words, word), fresh = FALSE;
  for (const char *p = word; *p; p += size)
    {
      gboolean punctuation = auto_python_is_punctuation (auto_utf8_get (p, &size)) && !kept;
      if (punctuation || fresh)
        g_string_append_c (pass->split, ' ');
      g_string_append_len (pass->split, p, size);
      fresh = punctuation;
    }
  g_free (word);
}

void
auto_basic_words_split (const AutoBasicWords *self, const char *text, gsize length, AutoPythonWord each, gpointer data)
{
  g_autoptr(GString) cleaned = clean (text, length, self->chinese), split = g_string_new (NULL);
  g_autofree char *composed = self->decomposed ? NULL : g_utf8_normalize (cleaned->str, cleaned->len, G_NORMALIZE_NFC);
  const char *normal = composed ? composed : cleaned->str;
  Pass pass = { self, split };

  auto_python_split (normal, strlen (normal), split_word, &pass);
  auto_python_split (split->str, split->len, each, data);
}
