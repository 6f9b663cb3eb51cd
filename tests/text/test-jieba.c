/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jieba's words: jieba/ has a made-up dictionary, and how Jieba cuts random texts with it. An argument names another folder with
 * cases.json, whose dictionary AUTO_JIEBA_DIR names: see tests/reference/jieba_goldens.py. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/base/auto-errors.h"
#include "core/base/auto-json.h"
#include "core/text/auto-jieba.h"

static const struct
{
  const char *key;
  AutoJiebaRules rules;
  gboolean with_model;
} ways[] = { { "model", AUTO_JIEBA_PYTHON, TRUE }, { "python", AUTO_JIEBA_PYTHON, FALSE }, { "rust", AUTO_JIEBA_RUST, FALSE } };

static const AutoJieba *
get_jieba (const char *folder)
{
  g_autoptr(GError) error = NULL;

  if (folder)
    g_setenv ("AUTO_JIEBA_DIR", folder, TRUE);
  const AutoJieba *jieba = auto_jieba_get (NULL, TRUE, &error);
  g_assert_no_error (error);
  return jieba;
}

static void
check_case (const AutoJieba *jieba, JsonObject *object)
{
  const char *text = auto_json_string (object, "text");

  for (guint k = 0; k < G_N_ELEMENTS (ways); k++)
    {
      JsonArray *wanted = auto_json_array (object, ways[k].key);
      g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
      auto_jieba_cut (jieba, ways[k].rules, ways[k].with_model, text, strlen (text), auto_python_collect_word, words);
      for (guint i = 0; i < words->len && i < json_array_get_length (wanted); i++)
        {
          const char *found = words->pdata[i], *right = json_array_get_string_element (wanted, i);
          if (!g_str_equal (found, right))
            g_error ("%s: word %u of \"%s\" is \"%s\", not \"%s\"", ways[k].key, i, text, found, right);
        }
      g_assert_cmpuint (words->len, ==, json_array_get_length (wanted));
    }
}

static void
check_cases (const AutoJieba *jieba, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, &error);

  g_assert_no_error (error);
  JsonArray *cases = json_node_get_array (node);
  g_assert_cmpuint (json_array_get_length (cases), >, 30);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    check_case (jieba, json_array_get_object_element (cases, i));
}

static void
test_small (gconstpointer data)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "jieba", data, NULL);
  g_autofree char *cases = g_test_build_filename (G_TEST_DIST, "jieba", "cases.json", NULL);

  check_cases (get_jieba (folder), cases);
}

static void
test_given (gconstpointer data)
{
  g_autofree char *cases = g_build_filename (data, "cases.json", NULL);
  gint64 start = g_get_monotonic_time ();
  const AutoJieba *jieba = get_jieba (NULL);

  g_test_message ("read in %.1f ms", (g_get_monotonic_time () - start) / 1000.0);
  start = g_get_monotonic_time ();
  check_cases (jieba, cases);
  g_test_message ("checked in %.1f ms", (g_get_monotonic_time () - start) / 1000.0);
}

/* Damaged files are errors that name the file. */
static void
test_damaged (void)
{
  static const struct
  {
    const char *words, *model, *message;
  } cases[] = {
    { "", NULL, "there are no words" },
    { "一 0\n", NULL, "there are no words" },
    { "一 1\n丁 x\n", NULL, "line 2" },
    { "一 1\n丁\n", NULL, "line 2" },
    { "一 -1\n", NULL, "line 1" },
    { "一 1x\n", NULL, "line 1" },
    { "\xff 1\n", NULL, "UTF-8" },
    { "一 1\n", NULL, "model of unknown words" },
    { "一 1\n", "", "cut short" },
    { "一 1\n", "1 2 3\n", "no model" },
    { "一 1\n", "1 2 3 4\n1 2 3 4\n1 2 3 4\n1 2 3 4\n1 2 3 4\n一:1,丁\n", "no model" },
    { "一 1\n", "1 2 3 4\n1 2 3 4\n1 2 3 4\n1 2 3 4\n1 2 3 4\n一:1\n", "cut short" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *folder = g_dir_make_tmp ("jieba-XXXXXX", NULL), *words = g_build_filename (folder, "dict.txt", NULL),
                      *model = g_build_filename (folder, "hmm_model.utf8", NULL);
      g_assert_true (g_file_set_contents (words, cases[i].words, -1, NULL));
      if (cases[i].model)
        g_assert_true (g_file_set_contents (model, cases[i].model, -1, NULL));
      g_setenv ("AUTO_JIEBA_DIR", folder, TRUE);
      g_assert_null (auto_jieba_get (NULL, TRUE, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, cases[i].message));
      g_assert_nonnull (strstr (error->message, folder));
      g_remove (words);
      g_remove (model);
      g_rmdir (folder);
    }
}

/* The folder jieba beside a model's files is looked into. */
static void
test_model_folder (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, ".", NULL);
  g_autoptr(GError) error = NULL;

  g_unsetenv ("AUTO_JIEBA_DIR");
  const AutoJieba *found = auto_jieba_get (folder, FALSE, &error);
  g_assert_no_error (error);
  g_assert_nonnull (found);
  g_assert_true (found == auto_jieba_get (folder, TRUE, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    g_test_add_data_func ("/jieba/given", argv[1], test_given);
  else
    {
      g_test_add_data_func ("/jieba/tables", "", test_small);
      g_test_add_data_func ("/jieba/lines", "lines", test_small);
      g_test_add_func ("/jieba/damaged", test_damaged);
      g_test_add_func ("/jieba/model-folder", test_model_folder);
    }
  return g_test_run ();
}
