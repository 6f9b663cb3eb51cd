/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls with pages' boxes and words' labels: what the reference answers, from tests/goldens/text/page-calls.json, which
 * tests/reference/page_calls.py writes; and what we refuse. */
#include "core/base/auto-json.h"
#include "core/text/auto-pretrained-tokenizer.h"
#include "tokenizer-cases.h"

static AutoTokenizer *
open_tokenizer (const char *folder, gboolean fast)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tokenizers", folder, NULL);
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_autoptr(GError) error = NULL;

  g_object_set (options, "use-fast", fast, NULL);
  AutoTokenizer *tokenizer = auto_tokenizer_from_pretrained (path, options, NULL, &error);
  g_assert_no_error (error);
  return tokenizer;
}

/* A row's numbers, or lists of as many for each token. */
static JsonNode *
row_node (AutoEncoding *encoding, const char *name, guint row)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTensor) tensor = auto_encoding_get_row_tensor (encoding, name, row, &error);
  g_assert_no_error (error);
  gsize n, n_dims;
  const gint64 *shape = auto_tensor_get_shape (tensor, &n_dims), *values = auto_tensor_get_int64 (tensor, &n);
  g_autoptr(JsonArray) array = json_array_new ();

  for (gint64 i = 0; i < shape[0]; i++)
    if (n_dims == 1)
      json_array_add_int_element (array, values[i]);
    else
      {
        JsonArray *inner = json_array_new ();
        for (gint64 k = 0; k < shape[1]; k++)
          json_array_add_int_element (inner, values[i * shape[1] + k]);
        json_array_add_array_element (array, inner);
      }
  return json_node_init_array (json_node_alloc (), array);
}

static void
check_rows (AutoEncoding *encoding, const char *name, JsonArray *expected)
{
  for (guint row = 0; row < json_array_get_length (expected); row++)
    {
      JsonNode *theirs = json_array_get_element (expected, row);
      g_autoptr(JsonNode) ours = NULL;
      if (g_str_equal (name, "num_truncated_tokens"))
        ours = json_node_init_int (json_node_alloc (), auto_encoding_get_num_truncated_tokens (encoding, row));
      else if (g_str_equal (name, "overflow_to_sample_mapping"))
        ours = json_node_init_int (json_node_alloc (), auto_encoding_get_sample (encoding, row));
      else
        ours = row_node (encoding, name, row);
      g_autofree char *a = auto_json_print (theirs, -1, FALSE), *b = auto_json_print (ours, -1, FALSE);
      g_assert_cmpstr (b, ==, a);
    }
}

static void
test_calls (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "goldens", "text", "page-calls.json", NULL);
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  JsonArray *cases = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "cases");
  g_assert_cmpuint (json_array_get_length (cases), >, 30);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i), *set = json_object_get_object_member (item, "set");
      JsonObject *answer = json_object_get_object_member (item, "answer");
      const char *folder = json_object_get_string_member (item, "folder");
      g_autoptr(AutoTokenizer) tokenizer = open_tokenizer (folder, json_object_get_boolean_member (item, "fast"));
      g_object_set (tokenizer, "only-label-first-subword", json_object_get_boolean_member (set, "only_label_first_subword"), "padding-side",
                    json_object_get_string_member (set, "padding_side"), NULL);
      g_autoptr(AutoEncoding) encoding = encode (tokenizer, item, json_object_get_object_member (item, "kwargs"), TRUE, &error);
      g_test_message ("case %u of %s", i, folder);
      g_assert_no_error (error);
      g_autoptr(GList) names = json_object_get_members (answer);
      for (GList *name = names; name; name = name->next)
        {
          g_assert_true (g_strv_contains (auto_encoding_get_names (encoding), name->data));
          check_rows (encoding, name->data, json_object_get_array_member (answer, name->data));
        }
      g_assert_cmpint (json_object_has_member (answer, "labels"), ==, g_strv_contains (auto_encoding_get_names (encoding), "labels"));
    }
}

/* Rows of as many tokens are a model's call with boxes, and rows are put together with theirs. */
static void
test_tensors (void)
{
  g_autoptr(AutoTokenizer) tokenizer = open_tokenizer ("layoutlmv2-raw", FALSE);
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autoptr(GError) error = NULL;
  const char *words[] = { "hello", "a", "hello", NULL };
  guint counts[] = { 2, 1 };
  g_autoptr(GVariant) boxes = g_variant_ref_sink (g_variant_new_parsed ("@aa(xxxx) [[(1, 2, 3, 4), (5, 6, 7, 8)], [(9, 10, 11, 12)]]"));
  g_autoptr(GVariant) labels = g_variant_ref_sink (g_variant_new_parsed ("@aax [[3, 4], [5]]"));

  g_object_set (options, "boxes", boxes, "word-labels", labels, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_words (tokenizer, words, counts, 2, NULL, NULL, 0, options, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (auto_encoding_get_tensor (encoding, "bbox", &error));
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
  g_clear_error (&error);
  g_autoptr(AutoInputs) first = auto_encoding_get_row (encoding, 0, &error), second = auto_encoding_get_row (encoding, 1, &error);
  AutoInputs *rows[] = { first, second };
  g_autoptr(AutoInputs) padded = auto_tokenizer_pad (tokenizer, rows, 2, NULL, &error);
  g_assert_no_error (error);
  g_object_set (options, "padding", AUTO_PADDING_LONGEST, NULL);
  g_autoptr(AutoEncoding) even = auto_tokenizer_encode_words (tokenizer, words, counts, 2, NULL, NULL, 0, options, NULL, &error);
  g_assert_no_error (error);
  AutoTensor *given = auto_inputs_get (auto_encoding_get_inputs (even), "bbox");
  g_autoptr(AutoTensor) placed = auto_encoding_get_tensor (even, "bbox", &error), of_words = auto_encoding_get_tensor (even, "labels", &error);
  g_assert_no_error (error);
  g_assert_nonnull (given);
  const gint64 row[] = { 0, 0, 0, 0, 9, 10, 11, 12, 1000, 1000, 1000, 1000, 0, 0, 0, 0 }, labels_of_row[] = { -100, 5, -100, -100 };
  for (guint k = 0; k < 2; k++)
    {
      gsize n;
      const gint64 *values = auto_tensor_get_int64 (k ? auto_inputs_get (padded, "bbox") : placed, &n);
      g_assert_cmpmem (values + n / 2, n / 2 * sizeof (gint64), row, sizeof row);
      values = auto_tensor_get_int64 (k ? auto_inputs_get (padded, "labels") : of_words, &n);
      g_assert_cmpmem (values + n / 2, n / 2 * sizeof (gint64), labels_of_row, sizeof labels_of_row);
    }
}

/* The limit of a Python class, which its fast class has where it reads that one's files. */
static void
test_limit (void)
{
  for (guint fast = 0; fast < 2; fast++)
    {
      g_autoptr(AutoTokenizer) tokenizer = open_tokenizer ("layoutlmv2-raw", fast);
      gint64 limit;
      g_object_get (tokenizer, "model-max-length", &limit, NULL);
      g_assert_cmpint (limit, ==, 512);
    }
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *folder, *boxes, *labels, *says;
    gboolean text;
  } calls[] = {
    { "layoutlmv3-raw", NULL, "[[0, 1]]", "set boxes" },
    { "layoutlmv3-raw", "[[(1, 2, 3, 4), (1, 2, 3, 4)]]", NULL, "split into words", TRUE },
    { "layoutlmv3-raw", "[[(1, 2, 3, 4)]]", NULL, "boxes of page 0 are 1" },
    { "layoutlmv3-raw", "[[(1, 2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 4)]]", NULL, "boxes of page 0 are 3" },
    { "layoutlmv3-raw", "[[(1, 2, 3, 4), (1, 2, 3, 4)], []]", NULL, "for 2 pages" },
    { "layoutlmv3-raw", "[[(1, 2, 3, 4), (1, 2, 3, 4)]]", "[[7]]", "word-labels of page 0 are 1" },
    { "layoutlmv3-raw", "[[(1, 2, 3, 4), (1, 2, 3, 4)]]", "[]", "for 0 pages" },
    { "bert-legacy", "[[(1, 2, 3, 4), (1, 2, 3, 4)]]", NULL, "takes no boxes" },
  };
  const char *words[] = { "hello", "you", NULL }, *texts[] = { "hello you", NULL };
  guint count = 2;

  for (guint i = 0; i < 2 * G_N_ELEMENTS (calls); i++)
    {
      g_autoptr(AutoTokenizer) tokenizer = open_tokenizer (calls[i / 2].folder, i % 2);
      g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
      g_autoptr(GError) error = NULL;
      g_autoptr(GVariant) boxes = calls[i / 2].boxes ? g_variant_parse (G_VARIANT_TYPE ("aa(xxxx)"), calls[i / 2].boxes, NULL, NULL, NULL) : NULL;
      g_autoptr(GVariant) labels = calls[i / 2].labels ? g_variant_parse (G_VARIANT_TYPE ("aax"), calls[i / 2].labels, NULL, NULL, NULL) : NULL;
      g_object_set (options, "boxes", boxes, "word-labels", labels, NULL);
      g_autoptr(AutoEncoding) encoding = calls[i / 2].text ? auto_tokenizer_encode_batch (tokenizer, texts, NULL, options, NULL, &error)
                                                           : auto_tokenizer_encode_words (tokenizer, words, &count, 1, NULL, NULL, 0, options, NULL, &error);
      g_test_message ("%s: %s", calls[i / 2].says, error ? error->message : "taken");
      g_assert_null (encoding);
      g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
      g_assert_nonnull (strstr (error->message, calls[i / 2].says));
      g_clear_error (&error);
      g_assert_null (auto_tokenizer_prepare_for_model (tokenizer, (gint64[]){ 1, 2 }, 2, NULL, 0, options, &error));
      g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pages/calls", test_calls);
  g_test_add_func ("/pages/tensors", test_tensors);
  g_test_add_func ("/pages/limit", test_limit);
  g_test_add_func ("/pages/refusals", test_refusals);
  return g_test_run ();
}
