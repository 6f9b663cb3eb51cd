/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From words back to a text. */
#include "auto-moses.h"

#include <string.h>

/* What is put together so far. */
typedef struct
{
  const AutoMoses *moses;
  gboolean english, french; /* French and its like */
  const char *space;        /* before the next word */
  GHashTable *quotes;       /* how often each kind was seen */
  GString *text;
} Joiner;

static gboolean
consists_of (const char *word, const char *characters, gboolean currency)
{
  for (const char *p = word; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (!g_utf8_strchr (characters, -1, c) && !(currency && auto_moses_is (c, AUTO_MOSES_CURRENCY)))
        return FALSE;
    }
  return *word != '\0';
}

static gboolean
starts_with (const char *word, AutoMosesKind kind)
{
  return *word && auto_moses_is (g_utf8_get_char (word), kind);
}

static gunichar
last_of (const char *word)
{
  return *word ? g_utf8_get_char (g_utf8_find_prev_char (word, word + strlen (word))) : 0;
}

/* A letter and an apostrophe at the end. */
static gboolean
is_elided (const char *word)
{
  gsize n = strlen (word);

  if (n < 2 || word[n - 1] != '\'')
    return FALSE;
  return auto_moses_is (g_utf8_get_char (g_utf8_find_prev_char (word, word + n - 1)), AUTO_MOSES_LETTER);
}

static void
add (Joiner *self, const char *word, gboolean left, gboolean right)
{
  if (!left)
    g_string_append (self->text, self->space);
  g_string_append (self->text, word);
  self->space = right ? "" : " ";
}

/* Opening and closing quotes take turns. */
static void
add_quote (Joiner *self, const char *word, const char *before)
{
  const char *kind = consists_of (word, "„“”", FALSE) ? "\"" : word;
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->quotes, kind));

  if (n % 2 == 0 && self->english && g_str_equal (word, "'") && before && g_str_has_suffix (before, "s"))
    {
      add (self, word, TRUE, FALSE); /* of a possessive plural */
      return;
    }
  add (self, word, n % 2, n % 2 == 0);
  g_hash_table_insert (self->quotes, g_strdup (kind), GUINT_TO_POINTER (n + 1));
}

static void
add_word (Joiner *self, const char *before, const char *word, const char *after)
{
  if (starts_with (word, AUTO_MOSES_CJK) && !g_str_equal (auto_moses_get_language (self->moses), "ko"))
    add (self, word, before && auto_moses_is (last_of (before), AUTO_MOSES_CJK), FALSE);
  else if (consists_of (word, "([{¿¡", TRUE))
    add (self, word, FALSE, TRUE);
  else if (consists_of (word, ",.?!:;\\%}])", FALSE))
    {
      if (g_str_equal (auto_moses_get_language (self->moses), "fr") && strlen (word) == 1 && strchr ("?!:;\\%", *word))
        g_string_append_c (self->text, ' ');
      add (self, word, TRUE, FALSE);
    }
  else if (self->english && before && word[0] == '\'' && starts_with (word + 1, AUTO_MOSES_LETTER))
    add (self, word, TRUE, FALSE);
  else if (self->french && after && is_elided (word) && starts_with (after, AUTO_MOSES_LETTER))
    add (self, word, FALSE, TRUE);
  else if (consists_of (word, "'\"„“`", FALSE))
    add_quote (self, word, before);
  else
    add (self, word, FALSE, FALSE);
}

static void
unescape (GString *text)
{
  static const char *const escapes[][2] = { { " @-@ ", "-" }, { "&bar;", "|" },   { "&#124;", "|" },  { "&lt;", "<" },   { "&gt;", ">" },  { "&bra;", "[" },
                                            { "&ket;", "]" }, { "&quot;", "\"" }, { "&apos;", "'" }, { "&#91;", "[" }, { "&#93;", "]" }, { "&amp;", "&" } };

  for (gsize i = 0; i < G_N_ELEMENTS (escapes); i++)
    g_string_replace (text, escapes[i][0], escapes[i][1], 0);
}

void
auto_moses_join (const AutoMoses *self, GPtrArray *words, GString *text)
{
  static const char *const eliding[] = { "fr", "it", "ga", NULL };
  const char *language = auto_moses_get_language (self);
  g_autoptr(GString) all = g_string_new (" "), joined = g_string_new (NULL);
  g_autoptr(GPtrArray) split = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GHashTable) quotes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Joiner joiner = { self, g_str_equal (language, "en"), g_strv_contains (eliding, language), " ", quotes, joined };

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (all, "%s ", (char *) g_ptr_array_index (words, i));
  unescape (all);
  auto_python_split (all->str, all->len, auto_python_collect_word, split);
  for (guint i = 0; i < split->len; i++)
    add_word (&joiner, i ? g_ptr_array_index (split, i - 1) : NULL, g_ptr_array_index (split, i), i + 1 < split->len ? g_ptr_array_index (split, i + 1) : NULL);
  auto_python_strip (joined);
  g_string_append_len (text, joined->str, joined->len);
}
