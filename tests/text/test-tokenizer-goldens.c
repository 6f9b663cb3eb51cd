/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every golden is a small tokenizer and what the reference's fast tokenizer makes of texts. */
#include <glib/gstdio.h>
#include <string.h>

#include "tokenizer-cases.h"
#include "tests/support/test-folder.h"

static char *
write_folder (JsonObject *golden)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp ("auto-tokenizer-XXXXXX", &error);
  static const char *const files[][2] = { { "tokenizer", "tokenizer.json" }, { "config", "tokenizer_config.json" } };

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i][1], NULL), *text = auto_json_print (json_object_get_member (golden, files[i][0]), -1, FALSE);
      g_file_set_contents (path, text, -1, &error);
      g_assert_no_error (error);
    }
  return folder;
}

static void
assert_numbers (const char *what, const char *text, JsonArray *expected, const gint64 *values, gsize n)
{
  g_autoptr(GString) ours = g_string_new (NULL), theirs = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (ours, "%" G_GINT64_FORMAT " ", values[i]);
  for (guint i = 0; i < json_array_get_length (expected); i++)
    {
      JsonNode *node = json_array_get_element (expected, i);
      if (JSON_NODE_HOLDS_ARRAY (node))
        g_string_append_printf (theirs, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " ", json_array_get_int_element (json_node_get_array (node), 0),
                                json_array_get_int_element (json_node_get_array (node), 1));
      else
        g_string_append_printf (theirs, "%" G_GINT64_FORMAT " ", json_node_get_int (node));
    }
  if (!g_str_equal (ours->str, theirs->str))
    g_test_message ("%s of %s", what, text);
  g_assert_cmpstr (ours->str, ==, theirs->str);
}

static JsonArray *
row_of (JsonObject *item, const char *key, guint row)
{
  return json_array_get_array_element (json_object_get_array_member (item, key), row);
}

static void
check_row (AutoTokenizer *tokenizer, AutoEncoding *encoding, JsonObject *item, const char *text, guint row)
{
  g_autoptr(GError) error = NULL;
  gsize n;
  const gint64 *ids = auto_encoding_get_ids (encoding, row, &n);
  gsize n_ids = n;

#define CHECK(key, call) do { const gint64 *v = call; g_assert_no_error (error); assert_numbers (key, text, row_of (item, key, row), v, n); } while (0)
  CHECK ("ids", ids);
  CHECK ("types", auto_encoding_get_type_ids (encoding, row, &n));
  CHECK ("attention", auto_encoding_get_attention_mask (encoding, row, &n));
  CHECK ("special", auto_encoding_get_special_tokens_mask (encoding, row, &n));
  if (json_object_has_member (item, "sequences"))
    CHECK ("sequences", auto_encoding_get_sequence_ids (encoding, row, &n));
  CHECK ("offsets", auto_encoding_get_offsets (encoding, row, &n, &error));
  CHECK ("words_of", auto_encoding_get_word_ids (encoding, row, &n, &error));
#undef CHECK
  g_auto(GStrv) tokens = auto_encoding_get_tokens (encoding, row, &error);
  JsonArray *expected = row_of (item, "tokens", row);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (tokens), ==, json_array_get_length (expected));
  for (guint i = 0; tokens[i]; i++)
    g_assert_cmpstr (tokens[i], ==, json_array_get_string_element (expected, i));
  for (int skip = 0; skip < 2; skip++)
    {
      g_autofree char *decoded = auto_tokenizer_decode (tokenizer, ids, n_ids, skip, AUTO_CHOICE_NO, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (decoded, ==, json_array_get_string_element (row_of (item, "decoded", row), skip));
    }
  g_autofree char *cleaned = auto_tokenizer_decode (tokenizer, ids, n_ids, FALSE, AUTO_CHOICE_DEFAULT, &error);
  g_assert_cmpstr (cleaned, ==, json_array_get_string_element (json_object_get_array_member (item, "cleaned"), row));
}

static void
check_decode (AutoTokenizer *tokenizer, JsonObject *item)
{
  g_autoptr(GError) error = NULL;
  JsonArray *array = json_object_get_array_member (item, "decode");
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gint64 id = json_array_get_int_element (array, i);
      g_array_append_val (ids, id);
    }
  g_autofree char *decoded = auto_tokenizer_decode (tokenizer, (gint64 *) ids->data, ids->len, FALSE, AUTO_CHOICE_NO, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (decoded, ==, json_array_get_string_element (json_object_get_array_member (item, "decoded"), 0));
}

static void
check_tokenizer (AutoTokenizer *tokenizer, JsonObject *golden)
{
  JsonArray *cases = json_object_get_array_member (golden, "cases");

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      JsonObject *item = json_array_get_object_element (cases, i);
      if (json_object_has_member (item, "decode"))
        {
          check_decode (tokenizer, item);
          continue;
        }
      g_autofree char *text = auto_json_print (json_object_get_member (item, "text"), -1, FALSE);
      JsonNode *options = auto_json_member (item, "options");
      g_autofree char *how = options ? auto_json_print (options, -1, FALSE) : g_strdup ("");
      g_autofree char *where = g_strconcat (text, " ", how, NULL);
      g_autoptr(AutoEncoding) encoding = encode (tokenizer, item, auto_json_object (item, "options"), auto_json_bool (item, "words", FALSE), &error);
      if (json_object_has_member (item, "error"))
        {
          g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
          continue;
        }
      g_assert_no_error (error);
      JsonArray *samples = json_object_get_array_member (item, "sample");
      g_assert_cmpuint (auto_encoding_get_n_rows (encoding), ==, json_array_get_length (samples));
      for (guint row = 0; row < json_array_get_length (samples); row++)
        {
          g_assert_cmpuint (auto_encoding_get_sample (encoding, row), ==, json_array_get_int_element (samples, row));
          check_row (tokenizer, encoding, item, where, row);
        }
    }
}

static void
test_golden (gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  JsonObject *golden = (JsonObject *) data;
  g_autofree char *folder = write_folder (golden);
  g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (folder, NULL, NULL, &error);

  g_assert_no_error (error);
  check_tokenizer (tokenizer, golden);
  auto_tokenizer_save_pretrained (tokenizer, folder, &error);
  g_assert_no_error (error);
  g_autoptr(AutoTokenizer) again = auto_tokenizer_from_pretrained (folder, NULL, NULL, &error);
  g_assert_no_error (error);
  if (!auto_json_bool (golden, "once", FALSE)) /* files don't say how a token was matched that was added again */
    check_tokenizer (again, golden);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  static const char *const files[] = { "normalizer", "pre-tokenizer", "wordpiece", "bpe", "unigram", "added", "again", "bug", "decoder", "expression", "merge", "newer" };
  g_autoptr(GPtrArray) roots = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *name = g_strconcat (files[i], ".json", NULL), *path = g_test_build_filename (G_TEST_DIST, "goldens", name, NULL);
      JsonNode *root = auto_json_read (path, AUTO_TOKENIZER_ERROR, 0, &error);
      g_assert_no_error (error);
      g_ptr_array_add (roots, root);
      g_autoptr(GList) names = json_object_get_members (json_node_get_object (root));
      for (GList *at = names; at; at = at->next)
        {
          g_autofree char *test = g_strdup_printf ("/text/%s/%s", files[i], (char *) at->data);
          g_test_add_data_func (test, json_object_get_object_member (json_node_get_object (root), at->data), test_golden);
        }
    }
  return g_test_run ();
}
