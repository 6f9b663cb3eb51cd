/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokenizers whose files lie in folders of their own, or are known to their class alone, come from a hub, and then from its cache. */
#include <json-glib/json-glib.h>

#include "auto-test-hub.h"
#include "core/text/auto-tokenizer.h"

#define REPO "org/name"

/* Puts a folder's files into the repository. */
static void
add_folder (AutoTestHub *server, const char *folder, const char *inside)
{
  g_autoptr(GDir) entries = g_dir_open (folder, 0, NULL);

  g_assert_nonnull (entries);
  for (const char *name; (name = g_dir_read_name (entries));)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL), *file = inside ? g_build_filename (inside, name, NULL) : g_strdup (name);
      g_autofree char *contents = NULL;
      gsize length;
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        add_folder (server, path, file);
      else if (!g_str_equal (name, "cases.json"))
        {
          g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
          auto_test_hub_add (server, REPO, file, contents, (gssize) length);
        }
    }
}

/* One text alone, as the reference's Python class answers it. */
static void
assert_case (AutoTokenizer *tokenizer, JsonObject *item)
{
  JsonObject *answer = json_object_get_object_member (item, "slow");
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, json_object_get_string_member (item, "text"), NULL, &error);

  g_assert_no_error (error);
  g_autoptr(GList) names = json_object_get_members (answer);
  for (GList *l = names; l; l = l->next)
    {
      gsize n;
      if (!g_str_has_prefix (l->data, "input_"))
        continue;
      JsonArray *expected = json_object_get_array_member (answer, l->data);
      const gint64 *found = auto_encoding_get_column (encoding, l->data, 0, &n, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (n, ==, json_array_get_length (expected));
      for (guint i = 0; i < n; i++)
        g_assert_cmpint (found[i], ==, json_array_get_int_element (expected, i));
    }
}

static guint
assert_cases (AutoTokenizer *tokenizer, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "cases.json", NULL);
  g_autoptr(JsonParser) parser = json_parser_new ();
  guint n = 0;

  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  JsonArray *cases = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "cases");
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      JsonNode *text = json_object_get_member (item, "text"), *pair = json_object_get_member (item, "pair");
      JsonNode *options = json_object_get_member (item, "kwargs"), *answer = json_object_get_member (item, "slow");
      if (g_strcmp0 (json_object_get_string_member_with_default (item, "op", ""), "call") || json_object_has_member (item, "add_tokens")
          || json_object_has_member (item, "set") || !text || !JSON_NODE_HOLDS_VALUE (text) || (pair && !json_node_is_null (pair))
          || json_object_get_size (json_node_get_object (options)) > 0
          || !json_object_has_member (json_node_get_object (answer), "input_ids"))
        continue;
      assert_case (tokenizer, item);
      n++;
    }
  return n;
}

static void
load (const char *folder)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (REPO, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (assert_cases (tokenizer, folder), >, 3);
}

static void
test_tokenizer (gconstpointer data)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "text", "tokenizers", data, NULL);
  g_autoptr(AutoTestHub) server = auto_test_hub_new ();
  g_autofree char *home = auto_test_new_home (server);

  add_folder (server, folder, NULL);
  load (folder);
  g_assert_cmpint (auto_test_hub_requests (server), >, 0);

  auto_test_hub_reset (server);
  g_setenv ("HF_HUB_OFFLINE", "1", TRUE);
  load (folder);
  g_assert_cmpint (auto_test_hub_requests (server), ==, 0);
  auto_test_remove (home);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/hub/tokenizer/two-folders", "rag-raw", test_tokenizer);
  g_test_add_data_func ("/hub/tokenizer/own-files", "roc_bert-raw", test_tokenizer);
  return auto_test_run ();
}
