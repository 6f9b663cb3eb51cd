/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows that are put together and rows of ids, of classes that have more in a row than ids, types and a mask: what the reference makes of them, from
 * tests/goldens/text/token-rows.json, which tests/reference/token_rows.py writes. */
#include <math.h>

#include "core/base/auto-json.h"
#include "core/text/auto-pretrained-tokenizer.h"
#include "tokenizer-cases.h"

static JsonArray *cases;

static AutoTokenizer *
open_tokenizer (const char *folder, JsonObject *settings)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tokenizers", folder, NULL);
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_autoptr(GError) error = NULL;
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  g_object_set (options, "use-fast", FALSE, NULL);
  if (settings)
    json_object_iter_init (&iter, settings);
  while (settings && json_object_iter_next (&iter, &key, &node))
    {
      g_auto(GValue) value = G_VALUE_INIT;
      json_node_get_value (node, &value);
      auto_load_options_set (options, key, &value);
    }
  AutoTokenizer *tokenizer = auto_tokenizer_from_pretrained (path, options, NULL, &error);
  g_assert_no_error (error);
  return tokenizer;
}

/* Numbers as lists; NaN is null. */
static JsonNode *
lists_of (const gint64 **whole, const float **real, const gint64 *shape, gsize n_dims)
{
  JsonNode *node = json_node_alloc ();

  if (n_dims == 0 && *whole)
    return json_node_init_int (node, *(*whole)++);
  if (n_dims == 0)
    {
      float value = *(*real)++;
      return isnan (value) ? json_node_init_null (node) : json_node_init_double (node, value);
    }
  JsonArray *array = json_array_new ();
  for (gint64 i = 0; i < shape[0]; i++)
    json_array_add_element (array, lists_of (whole, real, shape + 1, n_dims - 1));
  json_node_init_array (node, array);
  json_array_unref (array);
  return node;
}

static JsonNode *
tensor_lists (AutoTensor *tensor)
{
  gsize n_dims, n;
  const gint64 *shape = auto_tensor_get_shape (tensor, &n_dims);
  const gint64 *whole = auto_tensor_get_dtype (tensor) == AUTO_DTYPE_I64 ? auto_tensor_get_int64 (tensor, &n) : NULL;
  const float *real = whole ? NULL : auto_tensor_get_float (tensor, &n);

  return lists_of (&whole, &real, shape, n_dims);
}

static void
assert_same (guint which, const char *name, JsonNode *expected, JsonNode *ours)
{
  g_autofree char *want = auto_json_print (expected, -1, FALSE), *have = auto_json_print (ours, -1, FALSE);

  if (!auto_json_equal (expected, ours))
    g_test_message ("case %u, %s:\n%s\nours:\n%s", which, name, want, have);
  g_assert_true (auto_json_equal (expected, ours));
}

/* One row for each call, put together. */
static AutoInputs *
pad (AutoTokenizer *tokenizer, JsonObject *item)
{
  JsonArray *calls = json_object_get_array_member (item, "calls");
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(AutoTokenizerOptions) options = make_options (json_object_get_object_member (item, "pad"), FALSE);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < json_array_get_length (calls); i++)
    {
      JsonObject *call = json_array_get_object_element (calls, i);
      g_autoptr(JsonObject) keywords = json_object_new ();
      for (g_autoptr(GList) names = json_object_get_members (call), next = names; next; next = next->next)
        if (g_strcmp0 (next->data, "text"))
          json_object_set_member (keywords, next->data, json_node_copy (json_object_get_member (call, next->data)));
      g_autoptr(AutoEncoding) encoding = encode (tokenizer, call, keywords, FALSE, &error);
      g_assert_no_error (error);
      g_ptr_array_add (rows, auto_encoding_get_row (encoding, 0, &error));
      g_assert_no_error (error);
    }
  AutoInputs *padded = auto_tokenizer_pad (tokenizer, (AutoInputs *const *) rows->pdata, rows->len, options, &error);
  g_assert_no_error (error);
  return padded;
}

static void
check_pad (guint which, AutoTokenizer *tokenizer, JsonObject *item)
{
  JsonObject *expected = json_object_get_object_member (item, "expected");
  g_autoptr(AutoInputs) padded = pad (tokenizer, item);
  g_auto(GStrv) names = auto_inputs_list (padded);

  g_assert_cmpuint (g_strv_length (names), ==, json_object_get_size (expected));
  for (guint i = 0; names[i]; i++)
    {
      g_autoptr(JsonNode) ours = tensor_lists (auto_inputs_get (padded, names[i]));
      g_assert_true (json_object_has_member (expected, names[i]));
      assert_same (which, names[i], json_object_get_member (expected, names[i]), ours);
    }
}

/* The numbers that a call gives for @prefix's ids. */
static void
set_columns (AutoTokenizerOptions *options, JsonObject *given, const char *prefix, const char *option)
{
  static const char *const names[] = { "shape_ids", "pronunciation_ids" };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sax}"));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *key = g_strconcat (prefix, names[i], NULL), *name = g_strconcat ("input_", names[i], NULL);
      gsize n;
      g_autofree gint64 *numbers = json_object_has_member (given, key) ? take_ids (json_object_get_array_member (given, key), &n) : NULL;
      if (numbers)
        g_variant_builder_add (&builder, "{s@ax}", name, g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, numbers, n, sizeof (gint64)));
    }
  g_autoptr(GVariant) columns = g_variant_ref_sink (g_variant_builder_end (&builder));
  if (g_variant_n_children (columns))
    g_object_set (options, option, columns, NULL);
}

static void
set_entities (AutoTokenizerOptions *options, JsonObject *given, const char *prefix, const char *suffix)
{
  g_autofree char *ids_key = g_strconcat (prefix, "entity_ids", NULL), *spans_key = g_strconcat (prefix, "entity_token_spans", NULL);
  g_autofree char *ids_option = g_strconcat ("entity-ids", suffix, NULL), *spans_option = g_strconcat ("entity-spans", suffix, NULL);

  if (!json_object_has_member (given, ids_key))
    return;
  g_autofree char *ids = auto_json_print (json_object_get_member (given, ids_key), -1, FALSE), *list = g_strdup_printf ("[%s]", ids);
  g_autoptr(GVariant) spans = entities_variant (json_object_get_member (given, spans_key), FALSE);
  g_autoptr(GVariant) numbers = g_variant_parse (G_VARIANT_TYPE ("aax"), list, NULL, NULL, NULL);
  g_object_set (options, ids_option, numbers, spans_option, spans, NULL);
}

static void
check_ids (guint which, AutoTokenizer *tokenizer, JsonObject *item)
{
  JsonObject *given = json_object_get_object_member (item, "ids"), *expected = json_object_get_object_member (item, "expected");
  g_autoptr(AutoTokenizerOptions) options = make_options (json_object_get_object_member (item, "keywords"), FALSE);
  g_autoptr(GError) error = NULL;
  gsize n, n_pair = 0;
  g_autofree gint64 *ids = take_ids (json_object_get_array_member (given, "ids"), &n), *pair = NULL;

  if (json_object_has_member (given, "pair_ids"))
    pair = take_ids (json_object_get_array_member (given, "pair_ids"), &n_pair);
  set_columns (options, given, "", "columns");
  set_columns (options, given, "pair_", "columns-pair");
  set_entities (options, given, "", "");
  set_entities (options, given, "pair_", "-pair");
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_prepare_for_model (tokenizer, ids, n, pair, n_pair, options, &error);
  g_assert_no_error (error);
  const char *const *names = auto_encoding_get_names (encoding);
  g_assert_cmpuint (g_strv_length ((char **) names), ==, json_object_get_size (expected));
  for (guint i = 0; names[i]; i++)
    {
      g_autoptr(AutoTensor) tensor = auto_encoding_get_row_tensor (encoding, names[i], 0, &error);
      g_assert_no_error (error);
      g_autoptr(JsonNode) ours = tensor_lists (tensor);
      g_assert_true (json_object_has_member (expected, names[i]));
      assert_same (which, names[i], json_object_get_member (expected, names[i]), ours);
    }
}

/* The numbers of tokens, by which ids that come without any have theirs. */
static void
check_tokens (guint which, AutoTokenizer *tokenizer, JsonObject *item)
{
  JsonObject *expected = json_object_get_object_member (item, "expected");
  JsonArray *list = json_object_get_array_member (item, "tokens");
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) names = NULL;
  g_autoptr(GError) error = NULL;
  gsize n;

  for (guint i = 0; i < json_array_get_length (list); i++)
    g_strv_builder_add (builder, json_array_get_string_element (list, i));
  g_auto(GStrv) tokens = g_strv_builder_end (builder);
  g_object_get (tokenizer, "column-names", &names, NULL);
  g_assert_cmpuint (g_strv_length (names), ==, json_object_get_size (expected));
  g_autofree gint64 *ids = auto_tokenizer_convert_tokens_to_ids (tokenizer, (const char *const *) tokens, &n);
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_object_set (options, "add-special-tokens", FALSE, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_prepare_for_model (tokenizer, ids, n, NULL, 0, options, &error);
  g_assert_no_error (error);
  for (guint i = 0; names[i]; i++)
    {
      g_autofree gint64 *numbers = auto_pretrained_tokenizer_convert_tokens_to_column (AUTO_PRETRAINED_TOKENIZER (tokenizer), names[i],
                                                                                      (const char *const *) tokens, &n, &error);
      g_assert_no_error (error);
      const gint64 *whole = numbers, shape = n;
      const float *real = NULL;
      g_autoptr(JsonNode) ours = lists_of (&whole, &real, &shape, 1);
      assert_same (which, names[i], json_object_get_member (expected, names[i]), ours);
      g_autoptr(AutoTensor) tensor = auto_encoding_get_row_tensor (encoding, names[i], 0, &error);
      g_assert_no_error (error);
      g_autoptr(JsonNode) of_ids = tensor_lists (tensor);
      assert_same (which, names[i], json_object_get_member (expected, names[i]), of_ids);
    }
  g_assert_null (auto_pretrained_tokenizer_convert_tokens_to_column (AUTO_PRETRAINED_TOKENIZER (tokenizer), "shape", (const char *const *) tokens, &n,
                                                                     &error));
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND);
}

static void
test_reference (gconstpointer member)
{
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      if (!json_object_has_member (item, member))
        continue;
      g_autoptr(AutoTokenizer) tokenizer = open_tokenizer (json_object_get_string_member (item, "folder"), auto_json_object (item, "load"));
      if (g_str_equal (member, "pad"))
        check_pad (i, tokenizer, item);
      else if (g_str_equal (member, "ids"))
        check_ids (i, tokenizer, item);
      else
        check_tokens (i, tokenizer, item);
      n++;
    }
  g_assert_cmpuint (n, >, 0);
}

/* Rows of different numbers of entities make no tensors together, and each its own. */
static void
test_ragged (void)
{
  g_autoptr(AutoTokenizer) tokenizer = open_tokenizer ("luke-raw", NULL);
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autoptr(GVariant) spans = g_variant_ref_sink (g_variant_new_parsed ("@aa(xx) [[(0, 1)], [(0, 1), (2, 3)]]"));
  g_autoptr(GVariant) columns = g_variant_ref_sink (g_variant_new_parsed ("@a{sax} {'input_shape_ids': [1]}"));
  g_autoptr(GError) error = NULL;

  g_object_set (options, "entity-spans", spans, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_batch (tokenizer, (const char *const[]){ "a b", "a b", NULL }, NULL, options, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (auto_encoding_get_tensor (encoding, "entity_ids", &error));
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
  g_clear_error (&error);
  for (guint row = 0; row < 2; row++)
    {
      g_autoptr(AutoInputs) inputs = auto_encoding_get_row (encoding, row, &error);
      g_assert_no_error (error);
      g_assert_cmpint (auto_tensor_get_dim (auto_inputs_get (inputs, "entity_ids"), 0), ==, row + 1);
      g_assert_cmpint (auto_tensor_get_dim (auto_inputs_get (inputs, "entity_position_ids"), 0), ==, row + 1);
      g_assert_cmpint (auto_tensor_get_dim (auto_inputs_get (inputs, "entity_position_ids"), 1), ==, 30);
    }
  g_object_set (options, "entity-spans", NULL, "columns", columns, NULL);
  g_assert_null (auto_tokenizer_prepare_for_model (tokenizer, (gint64[]){ 5 }, 1, NULL, 0, options, &error));
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
  g_clear_error (&error);
  g_assert_null (auto_tokenizer_encode (tokenizer, "a", options, &error));
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "goldens", "text", "token-rows.json", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, &error);

  g_assert_no_error (error);
  cases = json_node_get_array (root);
  g_test_add_data_func ("/text/token-rows/pad", "pad", test_reference);
  g_test_add_data_func ("/text/token-rows/prepare-for-model", "ids", test_reference);
  g_test_add_data_func ("/text/token-rows/columns", "tokens", test_reference);
  g_test_add_func ("/text/token-rows/ragged", test_ragged);
  return g_test_run ();
}
