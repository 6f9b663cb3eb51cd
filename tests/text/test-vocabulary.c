/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8 checked in blocks, and the table of tokens, each beside a plain way to do the same. */
#include <string.h>

#include "core/base/auto-utf8.h"
#include "core/text/auto-vocabulary.h"

/* What GLib says; NUL is a character. */
static gsize
valid_by_glib (const char *text, gsize length)
{
  gsize at = 0;

  for (const char *bad; at < length && !g_utf8_validate_len (text + at, length - at, &bad);)
    {
      at = bad - text;
      if (at == length || text[at] != '\0')
        return at;
      at++;
    }
  return at < length ? length : at;
}

static void
compare_utf8 (const char *text, gsize length)
{
  g_autofree char *copy = g_memdup2 (text, length); /* nothing can be read behind it */

  g_assert_cmpuint (auto_utf8_valid (copy, length), ==, valid_by_glib (text, length));
  g_assert_cmpuint (auto_utf8_valid_base (copy, length), ==, valid_by_glib (text, length));
}

/* Every malformed character and some others at every place of two blocks, among characters of each length. */
static void
test_utf8_places (void)
{
  static const char *const around[] = { "a", "\xc3\xa9", "\xe2\x96\x81", "\xf0\x9f\x98\x80" };
  static const char *const parts[] = { "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\xc2\x80", "\xdf\xbf\xbf", "\xe0\x9f\xbf", "\xe0\xa0\x80",
                                       "\xe1\x80", "\xed\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xef\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80\x80",
                                       "\xf0\x90\x80", "\xf1\x80\x80\x80\x80", "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                                       "\xf8\x88\x80\x80\x80", "\xfe", "\xff", "\xe2\x82" "a", "\xf0\x9f\x98" "a" };

  for (guint a = 0; a < G_N_ELEMENTS (around); a++)
    for (guint p = 0; p < G_N_ELEMENTS (parts); p++)
      for (gsize place = 0; place < 140; place++)
        {
          g_autoptr(GString) text = g_string_new (NULL);
          while (text->len + strlen (around[a]) <= place)
            g_string_append (text, around[a]);
          while (text->len < place)
            g_string_append_c (text, 'x');
          g_string_append (text, parts[p]);
          compare_utf8 (text->str, text->len);
          while (text->len < 300)
            g_string_append (text, around[a]);
          compare_utf8 (text->str, text->len);
          for (gsize cut = 0; cut < 5; cut++)
            compare_utf8 (text->str, text->len - cut);
        }
}

static void
test_utf8_random (void)
{
  static const guchar bytes[] = { 0, 'a', '"', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF };
  static const gunichar ends[] = { 0x80, 0x800, 0xD800, 0x110000 };
  static const gunichar starts[] = { 0, 0x80, 0x800, 0x10000 };

  for (int round = 0; round < 20000; round++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      gsize length = g_test_rand_int_range (0, 400);
      while (text->len < length)
        {
          int kind = g_test_rand_int_range (0, 4);
          gunichar c = g_test_rand_int_range (starts[kind], ends[kind]);
          char utf8[6];
          g_string_append_len (text, utf8, g_unichar_to_utf8 (c, utf8));
        }
      compare_utf8 (text->str, text->len);
      if (text->len)
        text->str[g_test_rand_int_range (0, text->len)] = bytes[g_test_rand_int_range (0, sizeof bytes)];
      compare_utf8 (text->str, text->len);
    }
}

/* A vocabulary as tables of GLib have it. */
typedef struct
{
  GHashTable *ids;    /* GBytes, index + 1 */
  GPtrArray *tokens;  /* GBytes, by index */
  GArray *index_ids;  /* gint64 by index */
  gint64 holders[512]; /* index of the token that has an id, or -1 */
} Plain;

static void
plain_add (Plain *self, GBytes *token, gint64 id)
{
  gsize index = GPOINTER_TO_SIZE (g_hash_table_lookup (self->ids, token));

  if (!index)
    {
      g_ptr_array_add (self->tokens, g_bytes_ref (token));
      g_array_append_val (self->index_ids, id);
      index = self->tokens->len;
      g_hash_table_insert (self->ids, g_bytes_ref (token), GSIZE_TO_POINTER (index));
    }
  gint64 *old = &g_array_index (self->index_ids, gint64, index - 1);
  if (*old != id && self->holders[*old] == (gint64) index - 1)
    self->holders[*old] = -1;
  *old = id;
  self->holders[id] = index - 1;
}

static GBytes *
random_token (void)
{
  char text[80];
  gsize length = g_test_rand_int_range (0, g_test_rand_bit () ? 4 : g_test_rand_bit () ? 20 : 80);

  for (gsize i = 0; i < length; i++)
    text[i] = g_test_rand_int_range (0, 3) ? "ab"[g_test_rand_bit ()] : g_test_rand_int_range (0, 256);
  return g_bytes_new (text, length);
}

static void
compare_vocabulary (const AutoVocabulary *vocabulary, const Plain *plain)
{
  gsize length, n;
  guint id;

  g_assert_cmpuint (auto_vocabulary_size (vocabulary), ==, plain->tokens->len);
  for (guint i = 0; i < plain->tokens->len; i++)
    {
      const char *token = g_bytes_get_data (plain->tokens->pdata[i], &n), *text = auto_vocabulary_nth (vocabulary, i, &length, &id);
      g_assert_cmpmem (token, n, text, length);
      g_assert_cmpint (id, ==, g_array_index (plain->index_ids, gint64, i));
      g_assert_cmpint (auto_vocabulary_find (vocabulary, token, n), ==, id);
      AutoKey key = auto_key (token, n);
      gint64 found;
      auto_vocabulary_prefetch (vocabulary, &key);
      auto_vocabulary_find_many (vocabulary, &key, 1, &found);
      g_assert_cmpint (found, ==, id);
    }
  for (guint i = 0; i < G_N_ELEMENTS (plain->holders); i++)
    {
      const char *text = auto_vocabulary_token (vocabulary, i, &length);
      g_assert_cmpint (text != NULL, ==, plain->holders[i] >= 0);
      if (text)
        g_assert_cmpmem (g_bytes_get_data (plain->tokens->pdata[plain->holders[i]], NULL), g_bytes_get_size (plain->tokens->pdata[plain->holders[i]]), text,
                         length);
    }
}

/* Tokens that aren't there aren't found, and two halves are found together. */
static void
compare_searches (const AutoVocabulary *vocabulary, const Plain *plain)
{
  AutoKey keys[AUTO_VOCABULARY_MANY];
  gint64 found[AUTO_VOCABULARY_MANY];
  g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint hint = 0;

  for (guint i = 0; i < AUTO_VOCABULARY_MANY; i++)
    {
      gsize n, index;
      GBytes *token = random_token ();
      g_ptr_array_add (tokens, token);
      const char *text = g_bytes_get_data (token, &n) ?: "";
      gsize half = g_test_rand_int_range (0, n + 1);
      keys[i] = auto_key (text, n);
      index = GPOINTER_TO_SIZE (g_hash_table_lookup (plain->ids, token));
      found[i] = index ? g_array_index (plain->index_ids, gint64, index - 1) : -1;
      g_assert_cmpint (auto_vocabulary_find (vocabulary, text, n), ==, found[i]);
      AutoKey left = auto_key (text, half), right = auto_key (text + half, n - half);
      g_assert_cmpint (auto_vocabulary_find_joined (vocabulary, &left, &right, &hint), ==, found[i]);
    }
  gint64 many[AUTO_VOCABULARY_MANY];
  auto_vocabulary_find_many (vocabulary, keys, AUTO_VOCABULARY_MANY, many);
  g_assert_cmpmem (many, sizeof many, found, sizeof found);
}

static void
test_vocabulary (void)
{
  for (int round = 0; round < 60; round++)
    {
      g_autoptr(AutoVocabulary) vocabulary = auto_vocabulary_new ();
      Plain plain = { g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL),
                      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref), g_array_new (FALSE, FALSE, sizeof (gint64)) };
      memset (plain.holders, 0xFF, sizeof plain.holders);
      if (round % 8 == 0)
        auto_vocabulary_expect (vocabulary, 1 << 18);
      for (int step = 0; step < 6; step++)
        {
          gboolean appends = g_test_rand_bit ();
          for (int n = g_test_rand_int_range (0, 400); n > 0; n--)
            {
              g_autoptr(GBytes) token = random_token ();
              gsize length;
              const char *text = g_bytes_get_data (token, &length);
              gint64 id = g_test_rand_int_range (0, G_N_ELEMENTS (plain.holders));
              AutoKey key = auto_key (text, length);
              g_assert_true (appends ? auto_vocabulary_append (vocabulary, &key, id) : auto_vocabulary_add (vocabulary, text, length, id));
              plain_add (&plain, token, id);
            }
          auto_vocabulary_index (vocabulary);
          compare_vocabulary (vocabulary, &plain);
          compare_searches (vocabulary, &plain);
        }
      g_hash_table_unref (plain.ids);
      g_ptr_array_unref (plain.tokens);
      g_array_unref (plain.index_ids);
    }
}

/* However 16 bytes are come by, they are the same. */
static void
test_keys (void)
{
  char text[64];

  for (guint i = 0; i < sizeof text; i++)
    text[i] = 0x81 + i * 37;
  for (gsize length = 0; length <= 40; length++)
    {
      g_autofree char *copy = g_memdup2 (text, length);
      AutoKey alone = auto_key (copy, length), within = auto_key_within (text, length, text + sizeof text);
      guint64 words[2] = { 0, 0 };
      memcpy (words, text, MIN (length, 16));
      g_assert_cmpmem (alone.words, 16, words, 16);
      g_assert_cmpmem (within.words, 16, words, 16);
      g_assert_cmpuint (alone.hash, ==, within.hash);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/utf8/places", test_utf8_places);
  g_test_add_func ("/utf8/random", test_utf8_random);
  g_test_add_func ("/vocabulary/keys", test_keys);
  g_test_add_func ("/vocabulary/tokens", test_vocabulary);
  return g_test_run ();
}
