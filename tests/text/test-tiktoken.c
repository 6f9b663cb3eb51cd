/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "core/base/auto-errors.h"
#include "core/base/auto-json.h"
#include "core/text/auto-tiktoken.h"

static JsonObject *
read_golden (JsonNode **root)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "goldens", "text", "tiktoken.json", NULL);
  g_autoptr(GError) error = NULL;

  *root = auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, &error);
  g_assert_no_error (error);
  return json_node_get_object (*root);
}

/* The merges that the ranks imply are those that the trainer made. */
static void
test_merges (void)
{
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GError) error = NULL;
  JsonObject *root = read_golden (&node);
  const char *text = auto_json_string (root, "ranks");
  JsonArray *wanted = auto_json_array (root, "merges");
  gsize unreachable;

  g_autoptr(AutoTiktoken) ranks = auto_tiktoken_new (text, strlen (text), "ranks", &error);
  g_assert_no_error (error);
  g_autoptr(GArray) merges = auto_tiktoken_merges (ranks, &unreachable);
  g_assert_cmpuint (unreachable, ==, 0);
  g_assert_cmpuint (auto_tiktoken_get_n_tokens (ranks), ==, 256 + merges->len);
  g_assert_cmpuint (merges->len, ==, json_array_get_length (wanted));
  for (guint i = 0; i < merges->len; i++)
    {
      AutoTiktokenMerge *merge = &g_array_index (merges, AutoTiktokenMerge, i);
      JsonArray *row = json_array_get_array_element (wanted, i);
      g_assert_cmpint (merge->left, ==, json_array_get_int_element (row, 0));
      g_assert_cmpint (merge->right, ==, json_array_get_int_element (row, 1));
      g_assert_cmpint (merge->merged, ==, json_array_get_int_element (row, 2));
    }
}

static void
test_tokens (void)
{
  static const char text[] = "AA== 5\r\nYQ== 0\n\nYWI= 9\nYg== 1";
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTiktoken) ranks = auto_tiktoken_new (text, strlen (text), "ranks", &error);
  gsize length, unreachable;
  gint32 rank;

  g_assert_no_error (error);
  g_assert_cmpuint (auto_tiktoken_get_n_tokens (ranks), ==, 4);
  g_assert_cmpmem (auto_tiktoken_get_token (ranks, 3, &length, &rank), 2, "ab", 2);
  g_assert_cmpuint (length, ==, 2);
  g_assert_cmpint (rank, ==, 9);
  g_assert_cmpint (auto_tiktoken_find (ranks, (const guint8 *) "\0", 1), ==, 5);
  g_assert_cmpint (auto_tiktoken_find (ranks, (const guint8 *) "abc", 3), ==, -1);
  g_assert_cmpint (auto_tiktoken_find (ranks, (const guint8 *) "", 0), ==, -1);
  g_autoptr(GArray) merges = auto_tiktoken_merges (ranks, &unreachable);
  g_assert_cmpuint (merges->len, ==, 1);
}

static void
test_errors (void)
{
  static const char *rows[][2] = {
    { "", "r: there are no tokens; is it a file of tiktoken ranks?" },
    { "YQ==", "r:1: a line has no rank; is it a file of tiktoken ranks?" },
    { "YQ== 0\nYg== x", "r:2: a rank is no number, or too large; is it a file of tiktoken ranks?" },
    { "YQ== -1", "r:1: a rank is no number, or too large; is it a file of tiktoken ranks?" },
    { "YQ== 99999999999", "r:1: a rank is no number, or too large; is it a file of tiktoken ranks?" },
    { "YQ= 0", "r:1: a token is not base64; is it a file of tiktoken ranks?" },
    { "Y*== 0", "r:1: a token is not base64; is it a file of tiktoken ranks?" },
    { " 0", "r:1: a token is not base64; is it a file of tiktoken ranks?" },
    { "YQ== 0\nYQ== 1", "r:2: a token is there twice; is it a file of tiktoken ranks?" },
    { "YQ== 0\nYg== 0", "r: two tokens have one rank; is it a file of tiktoken ranks?" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_null (auto_tiktoken_new (rows[i][0], strlen (rows[i][0]), "r", &error));
      g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE);
      g_assert_cmpstr (error->message, ==, rows[i][1]);
    }
}

static void
test_broken (void)
{
  g_autoptr(JsonNode) node = NULL;
  const char *text = auto_json_string (read_golden (&node), "ranks");
  gsize length = strlen (text);

  for (int i = 0; i < 300; i++)
    {
      g_autofree char *copy = g_strdup (text);
      for (int k = g_test_rand_int_range (1, 8); k > 0; k--)
        copy[g_test_rand_int_range (0, (gint32) length)] = g_test_rand_int_range (0, 256);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoTiktoken) ranks = auto_tiktoken_new (copy, g_test_rand_int_range (0, (gint32) length + 1), "broken", &error);
      gsize unreachable;
      g_assert_true ((ranks != NULL) == (error == NULL));
      if (ranks)
        g_array_unref (auto_tiktoken_merges (ranks, &unreachable));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tiktoken/merges", test_merges);
  g_test_add_func ("/tiktoken/tokens", test_tokens);
  g_test_add_func ("/tiktoken/errors", test_errors);
  g_test_add_func ("/tiktoken/broken", test_broken);
  return g_test_run ();
}
