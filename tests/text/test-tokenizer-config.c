/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of large files, whose lists of tokens are read without a tree, beside those of the same files without the spaces that make them large. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/text/auto-tokenizer-settings.h"

#define SPACES 20000

static int
draw (int n)
{
  return g_test_rand_int_range (0, n);
}

static void
put_token (GString *text, guint id)
{
  static const char *const contents[] = { "<a>", "\\u00e9\\\"", "\xe2\x96\x81\xe2\x96\x81", "", "\\n", "<unused%u>", "\\ud83d\\ude00", "a\\u0000b" };
  static const char *const members[] = { "\"lstrip\": true", "\"rstrip\":true", "\"single_word\": true", "\"normalized\": false", "\"normalized\": true",
                                         "\"special\": true", "\"__type\": \"AddedToken\"", "\"special\" :false", "\"rstrip\": 1", "\"other\": [1, {}]" };

  g_string_append_printf (text, "\n  \"%u\": {", id);
  for (guint n = draw (6); n > 0; n--)
    g_string_append_printf (text, "%s, ", members[draw (draw (20) ? 8 : G_N_ELEMENTS (members))]);
  g_string_append (text, "\"content\": \"");
  if (draw (4))
    g_string_append_printf (text, "<unused%u>", id);
  else
    g_string_append (text, contents[draw (draw (20) ? 5 : G_N_ELEMENTS (contents))]);
  g_string_append (text, "\"}");
}

static GString *
write_config (void)
{
  static const char *const others[] = { "\"bos_token\": \"<a>\"", "\"eos_token\": {\"content\": \"<unused3>\", \"lstrip\": true}", "\"model_max_length\": 512",
                                        "\"additional_special_tokens\": [\"<a>\", \"<unused2>\"]", "\"clean_up_tokenization_spaces\": false",
                                        "\"tokenizer_class\": \"A\"", "\"tokenizer_class\": null", "\"pad_\\u0074oken\": \"<p>\"", "\"big\": 1e400" };
  GString *text = g_string_new ("{");
  int list = draw (8), n = draw (12);

  for (int i = 0; i < 8; i++)
    {
      if (i == list || draw (60) == 0)
        {
          g_string_append (text, "\"added_tokens_decoder\": {");
          for (int k = 0, id = draw (5); k < n; k++, id += draw (40) ? 1 + draw (3) : -draw (3))
            {
              put_token (text, id);
              g_string_append (text, k + 1 < n ? "," : "");
            }
          g_string_append (text, "}, ");
        }
      g_string_append_printf (text, "%s,\n ", others[draw (draw (20) ? 7 : G_N_ELEMENTS (others))]);
    }
  g_string_append (text, "\"last\": true}");
  return text;
}

static AutoTokenizerSettings *
read_settings (const char *folder, const char *text, gsize length, gboolean large, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "tokenizer_config.json", NULL);
  g_autoptr(GString) file = g_string_new_len (text, length);

  for (int i = 0; large && i < SPACES; i++)
    g_string_append_c (file, ' ');
  g_remove (path); /* what is there would not be cut off */
  g_assert_true (g_file_set_contents_full (path, file->str, file->len, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
  return auto_tokenizer_settings_read (folder, NULL, NULL, error);
}

static void
compare_tokens (const AutoAddedToken *a, const AutoAddedToken *b)
{
  g_assert_cmpstr (a->content, ==, b->content);
  g_assert_cmpint (a->single_word, ==, b->single_word);
  g_assert_cmpint (a->lstrip, ==, b->lstrip);
  g_assert_cmpint (a->rstrip, ==, b->rstrip);
  g_assert_cmpint (a->normalized, ==, b->normalized);
  g_assert_cmpint (a->special, ==, b->special);
  g_assert_cmpint (a->id, ==, b->id);
}

static void
compare_settings (AutoTokenizerSettings *a, AutoTokenizerSettings *b)
{
  g_autoptr(JsonNode) x = json_node_init_object (json_node_alloc (), a->values), y = json_node_init_object (json_node_alloc (), b->values);
  g_autofree char *left = auto_json_print (x, 0, FALSE), *right = auto_json_print (y, 0, FALSE);

  g_assert_cmpstr (left, ==, right);
  g_assert_cmpint (a->has_list, ==, b->has_list);
  g_assert_cmpuint (a->added->len, ==, b->added->len);
  for (guint i = 0; i < a->added->len; i++)
    compare_tokens (&g_array_index (a->added, AutoAddedToken, i), &g_array_index (b->added, AutoAddedToken, i));
  for (guint i = 0; i < AUTO_N_SPECIALS; i++)
    compare_tokens (&a->specials[i], &b->specials[i]);
}

static void
compare (const char *folder, const char *text, gsize length)
{
  g_autoptr(GError) small_error = NULL, large_error = NULL;
  g_autoptr(AutoTokenizerSettings) small = read_settings (folder, text, length, FALSE, &small_error);
  g_autoptr(AutoTokenizerSettings) large = read_settings (folder, text, length, TRUE, &large_error);

  if (!small != !large)
    g_error ("%s: %.*s", small ? large_error->message : small_error->message, (int) length, text);
  if (small)
    compare_settings (small, large);
}

static void
test_settings (gconstpointer damaged)
{
  g_autofree char *folder = g_dir_make_tmp ("auto-config-XXXXXX", NULL), *path = g_build_filename (folder, "tokenizer_config.json", NULL);
  static const char bytes[] = "\"\\{}[],: 0-.eaN\x80\xe2";

  for (int round = 0; round < 400; round++)
    {
      g_autoptr(GString) text = write_config ();
      if (GPOINTER_TO_INT (damaged))
        text->str[draw (text->len)] = bytes[draw (sizeof bytes - 1)];
      compare (folder, text->str, text->len);
    }
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tokenizer-config/whole", GINT_TO_POINTER (FALSE), test_settings);
  g_test_add_data_func ("/tokenizer-config/damaged", GINT_TO_POINTER (TRUE), test_settings);
  return g_test_run ();
}
