/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables that texts are about: what calls refuse, what rows of different lengths hold, where answers are found. Expected values are the
 * reference's; those of answers that are looked for are of the reference with its faults mended. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/text/auto-pretrained-tokenizer.h"
#include "core/text/auto-table.h"
#include "tests/support/test-variant.h"

static const char *const names[] = { "Name", "Born", NULL };
static const char *const cells[] = { "Brad Pitt", "18 december 1963", "George", "may 1961", NULL };
static const char *const questions[] = { "Who?", "When?", "none", NULL };

static AutoTable *
make_table (void)
{
  g_autoptr(GError) error = NULL;
  AutoTable *table = auto_table_new (names, cells, &error);

  g_assert_no_error (error);
  return table;
}

static AutoTokenizer *
open_tokenizer (const char *folder)
{
  g_autofree char *path = g_path_is_absolute (folder) ? g_strdup (folder) : g_test_build_filename (G_TEST_DIST, "tokenizers", folder, NULL);
  g_autoptr(GError) error = NULL;
  AutoTokenizer *tokenizer = auto_tokenizer_from_pretrained (path, NULL, NULL, &error);

  g_assert_no_error (error);
  return tokenizer;
}

static void
test_table (void)
{
  static const char *const odd[] = { "a", NULL }, *const bytes[] = { "x\xff", NULL };
  g_autoptr(AutoTable) table = make_table ();
  g_autoptr(GError) error = NULL;

  g_assert_cmpuint (auto_table_get_n_rows (table), ==, 2);
  g_assert_cmpuint (auto_table_get_n_columns (table), ==, 2);
  g_assert_cmpstr (auto_table_get_columns (table)[1], ==, "Born");
  g_assert_cmpstr (auto_table_get_cell (table, 1, 0), ==, "George");
  g_assert_null (auto_table_new (names, odd, &error));
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
  g_assert_null (auto_table_new (names + 2, odd, NULL));
  g_autoptr(AutoTable) repaired = auto_table_new (odd, bytes, NULL);
  g_assert_cmpstr (auto_table_get_cell (repaired, 0, 0), ==, "x\xef\xbf\xbd");
  g_autoptr(AutoTable) empty = auto_table_new (names, NULL, NULL);
  g_assert_cmpuint (auto_table_get_n_rows (empty), ==, 0);
}

static void
test_csv (void)
{
  static const char *const broken[] = { "a,b\n1\n", "a,b\n1,2,3", "a\n\"1", "\n\nx" "\n1,2" };
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTable) table = auto_table_new_from_csv ("\xef\xbb\xbfName,\"Born, where\"\r\n\n\"Brad \"\"P\"\"\",\"a\nb\"\r\n,x y\n\"\",", -1, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (auto_table_get_n_rows (table), ==, 3);
  g_assert_cmpstr (auto_table_get_columns (table)[0], ==, "Name");
  g_assert_cmpstr (auto_table_get_columns (table)[1], ==, "Born, where");
  g_assert_cmpstr (auto_table_get_cell (table, 0, 0), ==, "Brad \"P\"");
  g_assert_cmpstr (auto_table_get_cell (table, 0, 1), ==, "a\nb");
  g_assert_cmpstr (auto_table_get_cell (table, 1, 0), ==, "");
  g_assert_cmpstr (auto_table_get_cell (table, 1, 1), ==, "x y");
  g_assert_cmpstr (auto_table_get_cell (table, 2, 1), ==, "");
  g_autoptr(AutoTable) nothing = auto_table_new_from_csv ("", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (auto_table_get_n_columns (nothing), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_assert_null (auto_table_new_from_csv (broken[i], -1, &error));
      g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE);
      g_clear_error (&error);
    }
}

/* Sets options from "name=value" texts; a value in brackets is a variant. */
static AutoTokenizerOptions *
make_options (const char *settings)
{
  AutoTokenizerOptions *options = auto_tokenizer_options_new ();
  g_auto(GStrv) parts = g_strsplit (settings, ";", -1);
  g_autoptr(AutoTable) table = make_table ();

  for (guint i = 0; parts[i] && *parts[i]; i++)
    {
      char *value = strchr (parts[i], '=');
      if (value)
        *value++ = '\0';
      if (g_str_equal (parts[i], "table"))
        g_object_set (options, "table", table, NULL);
      else if (g_str_equal (parts[i], "tables") || g_str_equal (parts[i], "wrong"))
        {
          g_autoptr(GListStore) list = g_list_store_new (*parts[i] == 't' ? AUTO_TYPE_TABLE : G_TYPE_OBJECT);
          g_list_store_append (list, *parts[i] == 't' ? (gpointer) table : (gpointer) options);
          g_object_set (options, "tables", list, NULL);
        }
      else if (value && *value == '[')
        {
          g_autoptr(GVariant) variant = parse (g_str_equal (parts[i], "answer-text") ? "aas" : "aa(xx)", value);
          g_object_set (options, parts[i], variant, NULL);
        }
      else
        {
          g_auto(GValue) number = G_VALUE_INIT, converted = G_VALUE_INIT;
          g_value_init (&number, G_TYPE_INT);
          g_value_set_int (&number, atoi (value));
          GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (options), parts[i]);
          g_value_init (&converted, pspec->value_type);
          if (G_IS_PARAM_SPEC_ENUM (pspec))
            g_value_set_enum (&converted, atoi (value));
          else
            g_assert_true (g_value_transform (&number, &converted));
          g_object_set_property (G_OBJECT (options), parts[i], &converted);
        }
    }
  return options;
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *folder, *options, *says;
    gboolean pair;
  } calls[] = {
    { "tapas-raw", "", "set table" },
    { "tapas-raw", "as-target=1", "set table" },
    { "tapas-raw", "table;as-target=1", "as-target" },
    { "tapas-raw", "table", "second text", TRUE },
    { "tapas-raw", "table;tables", "both table and tables" },
    { "tapas-raw", "wrong", "isn't a table" },
    { "tapas-raw", "table;is-split-into-words=1", "is-split-into-words" },
    { "tapas-raw", "table;truncation=3", "drop-rows-to-fit" },
    { "tapas-raw", "table;return-overflowing-tokens=1", "return-overflowing-tokens" },
    { "tapas-raw", "table;return-offsets-mapping=1", "return-offsets-mapping" },
    { "tapas-raw", "table;answer-coordinates=[[(0, 0)]]", "answer-text" },
    { "tapas-raw", "table;answer-coordinates=[[(0, 0)], []];answer-text=[['a'], []]", "as many rows" },
    { "tapas-raw", "table;answer-coordinates=[[(2, 0)]];answer-text=[['a']]", "row 2 and column 0" },
    { "tapas-raw", "table;answer-coordinates=[[(0, -1)]];answer-text=[['a']]", "column -1" },
    { "tapas-raw", "table;max-length=9", "more than max-length 9" },
    { "tapas-raw", "table;max-length=9;truncation=5", "more than max-length 9" },
    { "tapas-options", "table;max-length=2;truncation=2", "more than max-length 2" },
    { "tapex-cased", "", "as-target" },
    { "tapex-cased", "table;truncation=5", "longest-first" },
    { "tapex-cased", "table;as-target=1", "as-target" },
    { "tapex-cased", "table;answer-coordinates=[[(0, 0)]];answer-text=[['a']]", "answer-coordinates" },
    { "bert-legacy", "table", "no tables" },
    { "bert-legacy", "truncation=5", "longest-first" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr(AutoTokenizer) tokenizer = open_tokenizer (calls[i].folder);
      g_autoptr(AutoTokenizerOptions) options = make_options (calls[i].options);
      g_autoptr(GError) error = NULL;
      const char *texts[] = { "Who?", NULL };
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_batch (tokenizer, texts, calls[i].pair ? texts : NULL, options, NULL, &error);
      g_test_message ("%s, %s: %s", calls[i].folder, calls[i].options, error ? error->message : "taken");
      g_assert_null (encoding);
      g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
      g_assert_nonnull (strstr (error->message, calls[i].says));
    }
}

static void
assert_marked (AutoEncoding *encoding, guint row, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTensor) labels = auto_encoding_get_row_tensor (encoding, "labels", row, &error);
  g_autoptr(GString) text = g_string_new (NULL);
  gsize n;

  g_assert_no_error (error);
  const gint64 *values = auto_tensor_get_int64 (labels, &n);
  g_assert_cmpuint (n, ==, auto_encoding_get_length (encoding, row));
  for (gsize i = 0; i < n; i++)
    if (values[i])
      g_string_append_printf (text, "%s%" G_GSIZE_FORMAT, text->len ? " " : "", i);
  g_assert_cmpstr (text->str, ==, expected);
}

/* A class that looks for the answers' texts. */
static char *
make_searching (void)
{
  g_autofree char *vocab = g_test_build_filename (G_TEST_DIST, "tokenizers", "tapas-raw", "vocab.txt", NULL), *text = NULL;
  char *folder = g_dir_make_tmp ("tables-XXXXXX", NULL);
  g_autofree char *copy = g_build_filename (folder, "vocab.txt", NULL), *config = g_build_filename (folder, "tokenizer_config.json", NULL);

  g_assert_true (g_file_get_contents (vocab, &text, NULL, NULL) && g_file_set_contents (copy, text, -1, NULL));
  g_assert_true (g_file_set_contents (config, "{\"tokenizer_class\": \"TapasTokenizer\", \"update_answer_coordinates\": true}", -1, NULL));
  return folder;
}

static void
test_search (void)
{
  g_autofree char *folder = make_searching ();
  g_autoptr(AutoTokenizer) tokenizer = open_tokenizer (folder);
  g_autoptr(AutoTokenizerOptions) options = make_options ("table;answer-coordinates=[[(0, 0)], [(0, 0), (0, 0)], [(0, 0), (0, 0)]];"
                                                          "answer-text=[['Pitt'], ['December', 'may'], ['nowhere', 'Brad George']]");
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_batch (tokenizer, questions, NULL, options, NULL, &error);
  static const char *const marked[] = { "13 14 15", "18 19 20 21 22 29 30", "" };

  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    assert_marked (encoding, i, marked[i]);
  g_autoptr(AutoTensor) none = auto_encoding_get_tensor (encoding, "labels", &error);
  g_assert_null (none);
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = g_build_filename (folder, i ? "vocab.txt" : "tokenizer_config.json", NULL);
      g_unlink (path);
    }
  g_rmdir (folder);
}

/* What each token of a row has besides its id. */
static void
test_parts (void)
{
  g_autoptr(AutoTokenizer) tokenizer = open_tokenizer ("tapas-raw");
  g_autoptr(AutoTokenizerOptions) options = make_options ("table;padding=2;max-length=40");
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "Who?", options, &error);
  gsize n, n_dims;

  g_assert_no_error (error);
  AutoInputs *inputs = auto_encoding_get_inputs (encoding);
  AutoTensor *types = auto_inputs_get (inputs, "token_type_ids");
  const gint64 *shape = auto_tensor_get_shape (types, &n_dims);
  g_assert_cmpuint (n_dims, ==, 3);
  g_assert_true (shape[0] == 1 && shape[1] == 40 && shape[2] == 7);
  g_autoptr(AutoTensor) places = auto_encoding_get_tensor (encoding, "cells", &error);
  const gint64 *where = auto_tensor_get_int64 (places, &n);
  g_assert_cmpuint (n, ==, 80);
  g_assert_true (where[0] == -1 && where[1] == -1);                     /* [CLS] */
  g_assert_true (where[2 * 6] == -1 && where[2 * 6 + 1] == 0);          /* the first column's name */
  g_assert_true (where[2 * 31] == 1 && where[2 * 31 + 1] == 1);         /* the last cell's last token */
  g_assert_true (where[2 * 32] == -1 && where[2 * 32 + 1] == -1);       /* padding */
  const gint64 *wide = auto_encoding_get_type_ids (encoding, 0, &n);
  g_assert_cmpuint (n, ==, 280);
  /* of the table, second column, second row; may 1961 is before 18 december 1963 */
  g_assert_cmpmem (wide + 7 * 31, 7 * sizeof *wide, ((gint64[]){ 1, 2, 2, 0, 1, 2, 0 }), 7 * sizeof *wide);
  g_assert_null (auto_encoding_get_row_tensor (encoding, "labels", 0, &error));
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
}

/* One question about several tables; a table so long that most of it has to go. */
static void
test_many (void)
{
  g_autoptr(AutoTokenizer) writes = open_tokenizer ("tapex-cased"), asks = open_tokenizer ("tapas-raw");
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autoptr(GListStore) list = g_list_store_new (AUTO_TYPE_TABLE);
  g_autoptr(AutoTable) table = make_table ();
  g_autoptr(GPtrArray) many = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  static const char *const one[] = { "Who?", NULL };
  gsize n;

  for (guint i = 0; i < 3; i++)
    g_list_store_append (list, table);
  g_object_set (options, "tables", list, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_batch (writes, one, NULL, options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (auto_encoding_get_n_rows (encoding), ==, 3);
  g_assert_null (auto_tokenizer_encode_batch (writes, questions + 1, NULL, options, NULL, &error));
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
  g_clear_error (&error);

  for (guint i = 0; i < 8000; i++)
    g_ptr_array_add (many, (gpointer) cells[i % 4]);
  g_ptr_array_add (many, NULL);
  g_autoptr(AutoTable) large = auto_table_new (names, (const char *const *) many->pdata, &error);
  g_object_set (options, "tables", NULL, "table", large, "truncation", AUTO_TRUNCATION_DROP_ROWS_TO_FIT, "max-length", (gint64) 50, NULL);
  g_autoptr(AutoEncoding) cut = auto_tokenizer_encode (asks, "Who?", options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (auto_encoding_get_length (cut, 0), ==, 46);
  const gint64 *types = auto_encoding_get_type_ids (cut, 0, &n);
  g_assert_cmpmem (types + n - 7, 7 * sizeof *types, ((gint64[]){ 1, 2, 6, 0, 1, 2, 0 }), 7 * sizeof *types); /* the sixth row is the last one left */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/tables/table", test_table);
  g_test_add_func ("/text/tables/csv", test_csv);
  g_test_add_func ("/text/tables/refusals", test_refusals);
  g_test_add_func ("/text/tables/search", test_search);
  g_test_add_func ("/text/tables/parts", test_parts);
  g_test_add_func ("/text/tables/many", test_many);
  return g_test_run ();
}
