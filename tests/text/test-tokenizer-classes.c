/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which class AutoTokenizer takes, over what a folder's files and a call may say: tests/reference/tokenizer_classes.py. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/base/auto-json.h"
#include "core/text/auto-tokenizer.h"

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
fill_folder (const char *folder, JsonObject *contents, JsonObject *item)
{
  static const char *const configs[] = { "tokenizer_config", "config" };
  JsonArray *files = json_object_get_array_member (item, "files");

  for (guint i = 0; i < json_array_get_length (files); i++)
    {
      const char *name = json_array_get_string_element (files, i);
      write_file (folder, name, json_object_get_string_member (contents, name));
    }
  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      JsonNode *node = auto_json_member (item, configs[i]);
      g_autofree char *name = g_strconcat (configs[i], ".json", NULL), *text = node && JSON_NODE_HOLDS_OBJECT (node) ? auto_json_print (node, -1, FALSE) : NULL;
      if (text)
        write_file (folder, name, text);
    }
}

static void
empty_folder (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name; (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_unlink (path);
    }
}

/* A class's name without "Fast", which our names leave out, and whether it is a fast one. */
static char *
describe (const char *name, gboolean fast)
{
  gsize length = strlen (name) - (g_str_has_suffix (name, "Fast") ? strlen ("Fast") : 0);
  return g_strdup_printf ("%.*s %s", (int) length, name, fast ? "fast" : "slow");
}

static char *
take (const char *folder, JsonObject *item, GError **error)
{
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_autofree char *name = NULL;
  gboolean fast;

  g_object_set (options, "use-fast", json_object_get_boolean_member (item, "use_fast"), "tokenizer-type", auto_json_string (item, "tokenizer_type"), NULL);
  g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (folder, options, NULL, error);
  if (!tokenizer)
    return NULL;
  g_object_get (tokenizer, "class-name", &name, "is-fast", &fast, NULL);
  return describe (name, fast);
}

/* A type that the call names must be there. The one here that has a fast class alone is taken where the reference wants a Python class. */
static gboolean
is_a_must (JsonObject *item)
{
  const char *type = auto_json_string (item, "tokenizer_type");
  return type && !g_str_equal (type, "gpt_neox");
}

/* Where the reference takes a class, ours is the same one. Where it raises, ours is an error of ours, or a tokenizer that it can make
 * none of: see docs/tokenizers.md. */
static void
test_classes (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "classes", "tokenizer-classes.json", NULL), *folder = g_dir_make_tmp ("classes-XXXXXX", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = auto_json_read (path, AUTO_TOKENIZER_ERROR, 0, &error);

  g_assert_no_error (error);
  JsonObject *contents = json_object_get_object_member (json_node_get_object (root), "contents");
  JsonArray *cases = json_object_get_array_member (json_node_get_object (root), "cases");
  guint wrong = 0, opened = 0, n = json_array_get_length (cases);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i), *answer = json_object_get_object_member (item, "answer");
      const char *class_name = auto_json_string (answer, "class");
      g_autofree char *wanted = class_name ? describe (class_name, auto_json_bool (answer, "fast", FALSE)) : NULL;
      g_autoptr(GError) why = NULL;
      fill_folder (folder, contents, item);
      g_autofree char *ours = take (folder, item, &why);
      g_autofree char *shown = auto_json_print (json_array_get_element (cases, i), -1, FALSE);
      gboolean good = wanted ? g_strcmp0 (ours, wanted) == 0 : !ours || !is_a_must (item);
      opened += !wanted && ours;
      wrong += !good;
      if (!good || (!wanted && ours))
        g_test_message ("%s: %s, not %s: %s", good ? "opened" : "wrong", ours ? ours : why->message, wanted ? wanted : "an error", shown);
      g_assert_true (ours || strstr (why->message, folder));
      empty_folder (folder);
    }
  g_rmdir (folder);
  g_test_message ("%u cases, %u wrong, %u opened that the reference can't open", n, wrong, opened);
  g_assert_cmpuint (wrong, ==, 0);
}

/* How a token is matched, as the golden has it. */
static char *
flags_of (JsonObject *token)
{
  static const char *const names[] = { "lstrip", "rstrip", "single_word", "normalized", "special", NULL };
  GString *flags = g_string_new (NULL);

  for (guint i = 0; names[i]; i++)
    g_string_append_c (flags, json_object_get_boolean_member (token, names[i]) ? '1' : '0');
  return g_string_free (flags, FALSE);
}

/* Tokens that aren't in the golden are matched as the file says. */
static guint
count_wrong_tokens (const char *path, JsonObject *wanted)
{
  g_autoptr(JsonNode) saved = auto_json_read (path, AUTO_TOKENIZER_ERROR, 0, NULL);
  JsonArray *added = json_object_get_array_member (json_node_get_object (saved), "added_tokens");
  guint wrong = 0, found = 0;

  for (guint i = 0; i < json_array_get_length (added); i++)
    {
      JsonObject *token = json_array_get_object_element (added, i);
      const char *content = json_object_get_string_member (token, "content"), *flags = auto_json_string (wanted, content);
      g_autofree char *ours = flags_of (token);
      found += flags != NULL;
      if (flags ? g_str_equal (flags, ours) : json_object_get_int_member (token, "id") >= 15 || g_str_equal (ours, "01111"))
        continue;
      g_test_message ("%s is matched as %s, not %s", content, ours, flags ? flags : "01111");
      wrong++;
    }
  return wrong + json_object_get_size (wanted) - found;
}

static guint
count_wrong_specials (AutoTokenizer *tokenizer, JsonObject *wanted)
{
  static const char *const names[] = { "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token" };
  guint wrong = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *ours = NULL;
      g_object_get (tokenizer, names[i], &ours, NULL);
      wrong += g_strcmp0 (ours, auto_json_string (wanted, names[i])) != 0;
    }
  return wrong;
}

static void
test_marks (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "classes", "marks.json", NULL), *folder = g_dir_make_tmp ("marks-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "tokenizer.json", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = auto_json_read (path, AUTO_TOKENIZER_ERROR, 0, &error);

  g_assert_no_error (error);
  g_autofree char *text = auto_json_print (json_object_get_member (json_node_get_object (root), "tokenizer"), -1, FALSE);
  g_autofree char *listed = auto_json_print (json_object_get_member (json_node_get_object (root), "listed"), -1, FALSE);
  JsonArray *cases = json_object_get_array_member (json_node_get_object (root), "cases");
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      gboolean with_list = json_object_get_boolean_member (item, "listed");
      g_autofree char *config = g_strdup_printf ("{\"tokenizer_class\": \"%s\"%s%s}", json_object_get_string_member (item, "class"),
                                                 with_list ? ", \"added_tokens_decoder\": " : "", with_list ? listed : "");
      write_file (folder, "tokenizer.json", text);
      write_file (folder, "tokenizer_config.json", config);
      g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (folder, NULL, NULL, &error);
      g_assert_no_error (error);
      auto_tokenizer_save_pretrained (tokenizer, folder, &error);
      g_assert_no_error (error);
      guint wrong = count_wrong_tokens (file, json_object_get_object_member (item, "added"))
                    + count_wrong_specials (tokenizer, json_object_get_object_member (item, "specials"));
      if (wrong)
        g_test_message ("%s", config);
      g_assert_cmpuint (wrong, ==, 0);
      empty_folder (folder);
    }
  g_rmdir (folder);
}

static void
test_merges (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "classes", "merges.json", NULL), *folder = g_dir_make_tmp ("merges-XXXXXX", NULL);
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = auto_json_read (path, AUTO_TOKENIZER_ERROR, 0, &error);

  g_assert_no_error (error);
  g_object_set (options, "add-special-tokens", FALSE, NULL);
  g_autofree char *vocabulary = auto_json_print (json_object_get_member (json_node_get_object (root), "vocab"), -1, FALSE);
  JsonArray *cases = json_object_get_array_member (json_node_get_object (root), "cases");
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      JsonArray *wanted = json_object_get_array_member (item, "ids");
      g_autofree char *config = g_strdup_printf ("{\"tokenizer_class\": \"%s\"}", json_object_get_string_member (item, "class"));
      gsize n;
      write_file (folder, "vocab.json", vocabulary);
      write_file (folder, "merges.txt", json_object_get_string_member (item, "merges"));
      write_file (folder, "tokenizer_config.json", config);
      g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (folder, NULL, NULL, &error);
      g_assert_no_error (error);
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "ab##abcaaabcbc", options, &error);
      g_assert_no_error (error);
      const gint64 *ids = auto_encoding_get_ids (encoding, 0, &n);
      g_assert_cmpuint (n, ==, json_array_get_length (wanted));
      for (gsize k = 0; k < n; k++)
        g_assert_cmpint (ids[k], ==, json_array_get_int_element (wanted, k));
      empty_folder (folder);
    }
  g_rmdir (folder);
}

/* Characters that are no bytes have ids, and what is no character the unknown token's, as the reference has them. */
static void
test_bytes (void)
{
  static const struct
  {
    const char *config;
    gint64 ids[6];
  } cases[] = {
    { "{\"tokenizer_class\": \"PerceiverTokenizer\"}", { 103, -1, 239, 8370, 128518, -1 } },
    { "{\"tokenizer_class\": \"PerceiverTokenizer\", \"unk_token\": \"x\"}", { 103, 126, 239, 8370, 128518, 126 } },
    { "{\"tokenizer_class\": \"PerceiverTokenizer\", \"unk_token\": \"[PAD]\"}", { 103, 0, 239, 8370, 128518, 0 } },
    { "{\"tokenizer_class\": \"PerceiverTokenizer\", \"unk_token\": \"<u>\"}", { 103, 262, 239, 8370, 128518, 262 } },
    { "{\"tokenizer_class\": \"ByT5Tokenizer\"}", { 100, -1, 236, 8367, 128515, -1 } },
  };
  static const char *const tokens[] = { "a", "ab", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "" };
  g_autofree char *folder = g_dir_make_tmp ("bytes-XXXXXX", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      write_file (folder, "tokenizer_config.json", cases[i].config);
      g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (folder, NULL, NULL, &error);
      g_assert_no_error (error);
      for (guint k = 0; k < G_N_ELEMENTS (tokens); k++)
        g_assert_cmpint (auto_tokenizer_convert_token_to_id (tokenizer, tokens[k]), ==, cases[i].ids[k]);
      g_autofree char *token = auto_tokenizer_convert_id_to_token (tokenizer, cases[i].ids[3]);
      g_assert_cmpstr (token, ==, tokens[3]);
      g_assert_null (auto_tokenizer_decode (tokenizer, &cases[i].ids[3], 1, FALSE, AUTO_CHOICE_DEFAULT, &error));
      g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
    }
  empty_folder (folder);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/tokenizer/classes", test_classes);
  g_test_add_func ("/text/tokenizer/marks", test_marks);
  g_test_add_func ("/text/tokenizer/merges", test_merges);
  g_test_add_func ("/text/tokenizer/bytes", test_bytes);
  return g_test_run ();
}
