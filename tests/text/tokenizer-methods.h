/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The methods of tokenizers beside calls, as a file of cases calls them. */
#pragma once

#include <string.h>

#include "core/text/auto-pretrained-tokenizer.h"
#include "tokenizer-cases.h"
#include "tokenizer-nodes.h"

/* The arguments of a call: ids of one text or of two. */
typedef struct
{
  gint64 *ids, *pair;
  gsize n, n_pair;
} Ids;

static void
ids_clear (Ids *self)
{
  g_free (self->ids);
  g_free (self->pair);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ids, ids_clear)

static Ids
take_both (JsonArray *args)
{
  Ids both = { 0 };

  both.ids = take_ids (json_array_get_array_element (args, 0), &both.n);
  if (json_array_get_length (args) > 1)
    both.pair = take_ids (json_array_get_array_element (args, 1), &both.n_pair);
  return both;
}

/* The keywords of a call that are options. */
static AutoTokenizerOptions *
take_options (JsonObject *kwargs)
{
  static const char *const keys[] = { "truncation", "padding", "max_length", NULL };
  g_autoptr(JsonObject) options = json_object_new ();

  for (guint i = 0; keys[i]; i++)
    if (json_object_has_member (kwargs, keys[i]))
      json_object_set_member (options, keys[i], json_node_copy (json_object_get_member (kwargs, keys[i])));
  return make_options (options, FALSE);
}

static JsonNode *
take_object (JsonObject *object)
{
  JsonNode *node = json_node_init_object (json_node_alloc (), object);

  json_object_unref (object);
  return node;
}

typedef gint64 *(*IdsMethod) (AutoTokenizer *, const gint64 *, gsize, const gint64 *, gsize, gsize *, GError **);

static JsonNode *
ids_node (AutoTokenizer *tokenizer, JsonArray *args, IdsMethod method, GError **error)
{
  g_auto(Ids) both = take_both (args);
  gsize n;
  g_autofree gint64 *result = method (tokenizer, both.ids, both.n, both.pair, both.n_pair, &n, error);

  return result ? numbers_node (result, n, FALSE) : NULL;
}

static JsonNode *
mask_node (AutoTokenizer *tokenizer, JsonArray *args, gboolean already, GError **error)
{
  g_auto(Ids) both = take_both (args);
  gsize n;
  g_autofree gint64 *result = auto_tokenizer_get_special_tokens_mask (tokenizer, both.ids, both.n, both.pair, both.n_pair, already, &n, error);

  return result ? numbers_node (result, n, FALSE) : NULL;
}

static JsonNode *
tokens_node (AutoTokenizer *tokenizer, JsonArray *args, GError **error)
{
  g_auto(GStrv) tokens = auto_tokenizer_tokenize (tokenizer, json_array_get_string_element (args, 0), NULL, FALSE, error);

  return tokens ? strings_node (tokens) : NULL;
}

static JsonNode *
decoded_rows_node (AutoTokenizer *tokenizer, JsonArray *args, gboolean skip, GError **error)
{
  JsonArray *rows = json_array_get_array_element (args, 0);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64)), lengths = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      gsize n;
      g_autofree gint64 *row = take_ids (json_array_get_array_element (rows, i), &n);
      g_array_append_vals (ids, row, n);
      g_array_append_val (lengths, ((guint){ n }));
    }
  g_auto(GStrv) texts = auto_tokenizer_batch_decode (tokenizer, (gint64 *) (gpointer) ids->data, ids->len, (guint *) (gpointer) lengths->data, lengths->len,
                                                     skip, AUTO_CHOICE_DEFAULT, error);
  return texts ? strings_node (texts) : NULL;
}

static JsonNode *
encoded_node (AutoTokenizer *tokenizer, JsonObject *kwargs, JsonArray *args, GError **error)
{
  g_autoptr(AutoTokenizerOptions) options = take_options (kwargs);
  const char *pair = json_array_get_length (args) > 1 ? json_array_get_string_element (args, 1) : NULL, *text = json_array_get_string_element (args, 0);
  g_autoptr(AutoEncoding) encoding = pair ? auto_tokenizer_encode_pair (tokenizer, text, pair, options, error) : auto_tokenizer_encode (tokenizer, text, options, error);
  gsize n;

  if (!encoding)
    return NULL;
  const gint64 *ids = auto_encoding_get_ids (encoding, 0, &n);
  return numbers_node (ids, n, FALSE);
}

static JsonNode *
prepared_node (AutoTokenizer *tokenizer, JsonObject *kwargs, JsonArray *args, GError **error)
{
  g_auto(Ids) both = take_both (args);
  g_autoptr(AutoTokenizerOptions) options = take_options (kwargs);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_prepare_for_model (tokenizer, both.ids, both.n, both.pair, both.n_pair, options, error);
  JsonObject *parts = json_object_new ();

  if (!encoding)
    {
      json_object_unref (parts);
      return NULL;
    }
  const char *const *names = auto_encoding_get_names (encoding);
  gsize n;
  const gint64 *ids = auto_encoding_get_ids (encoding, 0, &n);
  json_object_set_member (parts, "input_ids", numbers_node (ids, n, FALSE));
  if (g_strv_contains (names, "token_type_ids"))
    json_object_set_member (parts, "token_type_ids", numbers_node (auto_encoding_get_type_ids (encoding, 0, &n), n, FALSE));
  if (g_strv_contains (names, "attention_mask"))
    json_object_set_member (parts, "attention_mask", numbers_node (auto_encoding_get_attention_mask (encoding, 0, &n), n, FALSE));
  return take_object (parts);
}

/* A tensor of whole numbers as lists. */
static JsonNode *
tensor_node (const gint64 **values, const gint64 *shape, gsize n_dims)
{
  if (n_dims == 0)
    return json_node_init_int (json_node_alloc (), *(*values)++);
  JsonArray *array = json_array_new ();
  for (gint64 i = 0; i < shape[0]; i++)
    json_array_add_element (array, tensor_node (values, shape + 1, n_dims - 1));
  JsonNode *node = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);
  return node;
}

/* One row of lists by name. */
static AutoInputs *
row_inputs (JsonObject *columns, guint row)
{
  AutoInputs *inputs = auto_inputs_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, columns);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    {
      gsize n;
      g_autofree gint64 *values = take_ids (json_array_get_array_element (json_node_get_array (node), row), &n);
      g_autoptr(AutoTensor) tensor = auto_tensor_new_int64 ((gint64[]){ n }, 1, values, n, NULL);
      auto_inputs_set (inputs, key, tensor);
    }
  return inputs;
}

static JsonNode *
padded_node (AutoTokenizer *tokenizer, JsonObject *kwargs, JsonArray *args, GError **error)
{
  JsonObject *columns = json_array_get_object_element (args, 0);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(AutoTokenizerOptions) options = take_options (kwargs);

  for (guint i = 0; i < json_array_get_length (json_object_get_array_member (columns, "input_ids")); i++)
    g_ptr_array_add (rows, row_inputs (columns, i));
  g_autoptr(AutoInputs) padded = auto_tokenizer_pad (tokenizer, (AutoInputs *const *) rows->pdata, rows->len, options, error);
  if (!padded)
    return NULL;
  JsonObject *parts = json_object_new ();
  g_auto(GStrv) names = auto_inputs_list (padded);
  for (guint i = 0; names[i]; i++)
    {
      gsize n_dims, n;
      AutoTensor *tensor = auto_inputs_get (padded, names[i]);
      const gint64 *shape = auto_tensor_get_shape (tensor, &n_dims), *values = auto_tensor_get_int64 (tensor, &n);
      json_object_set_member (parts, names[i], tensor_node (&values, shape, n_dims));
    }
  return take_object (parts);
}

/* Rows of candidates, whose lengths may differ here. */
static JsonNode *
candidates_node (AutoTokenizer *tokenizer, JsonObject *kwargs, JsonArray *args, GError **error)
{
  g_autoptr(JsonObject) item = json_object_new (), options = json_object_new ();
  JsonArray *rows = json_array_get_array_element (args, 0), *ids = json_array_new ();
  guint n = json_array_get_length (rows), width = json_array_get_length (json_array_get_array_element (rows, 0));
  JsonNode *pairs = auto_json_member (kwargs, "text_pair");

  json_object_set_member (item, "text", json_node_copy (json_array_get_element (args, 0)));
  if (pairs)
    json_object_set_member (item, "pair", json_node_copy (pairs));
  json_object_set_string_member (options, "padding", "max_length");
  json_object_set_int_member (options, "max_length", json_object_get_int_member (kwargs, "max_length"));
  g_autoptr(AutoEncoding) encoding = encode (tokenizer, item, options, FALSE, error);
  for (guint i = 0; encoding && i < n; i++)
    {
      JsonArray *row = json_array_new ();
      for (guint k = 0; k < width; k++)
        {
          gsize length;
          const gint64 *values = auto_encoding_get_ids (encoding, i * width + k, &length);
          json_array_add_element (row, numbers_node (values, length, FALSE));
        }
      json_array_add_array_element (ids, row);
    }
  JsonObject *parts = json_object_new ();
  json_object_set_array_member (parts, "input_ids", ids);
  JsonNode *node = take_object (parts);
  if (encoding)
    return node;
  json_node_unref (node);
  return NULL;
}

/* Ids of a text to translate, and with what the translation begins. */
static JsonNode *
translation_node (AutoTokenizer *tokenizer, JsonObject *kwargs, JsonArray *args, GError **error)
{
  const char *target = json_object_get_string_member (kwargs, "tgt_lang");

  g_object_set (tokenizer, "src-lang", json_object_get_string_member (kwargs, "src_lang"), NULL);
  gint64 id = auto_pretrained_tokenizer_get_lang_id (AUTO_PRETRAINED_TOKENIZER (tokenizer), target, error);
  g_autoptr(AutoEncoding) encoding = id >= 0 ? auto_tokenizer_encode (tokenizer, json_array_get_string_element (args, 0), NULL, error) : NULL;
  if (!encoding)
    return NULL;
  JsonObject *parts = json_object_new ();
  gsize n;
  const gint64 *ids = auto_encoding_get_ids (encoding, 0, &n);
  json_object_set_member (parts, "input_ids", numbers_node (ids, n, FALSE));
  json_object_set_int_member (parts, "forced_bos_token_id", id);
  return take_object (parts);
}

static JsonNode *
language_node (AutoTokenizer *tokenizer, JsonArray *args, GError **error)
{
  gint64 id = auto_pretrained_tokenizer_get_lang_id (AUTO_PRETRAINED_TOKENIZER (tokenizer), json_array_get_string_element (args, 0), error);

  return id >= 0 ? json_node_init_int (json_node_alloc (), id) : NULL;
}

/* NULL with an error when the tokenizer gives one. */
static JsonNode *
call_method (AutoTokenizer *tokenizer, JsonObject *kwargs, GError **error)
{
  const char *name = auto_json_string (kwargs, "name");
  JsonArray *args = json_object_get_array_member (kwargs, "args");

  if (g_str_equal (name, "tokenize"))
    return tokens_node (tokenizer, args, error);
  if (g_str_equal (name, "num_special_tokens_to_add"))
    return json_node_init_int (json_node_alloc (), auto_tokenizer_num_special_tokens_to_add (tokenizer, auto_json_bool (kwargs, "pair", FALSE)));
  if (g_str_equal (name, "build_inputs_with_special_tokens"))
    return ids_node (tokenizer, args, auto_tokenizer_build_inputs_with_special_tokens, error);
  if (g_str_equal (name, "create_token_type_ids_from_sequences"))
    return ids_node (tokenizer, args, auto_tokenizer_create_token_type_ids_from_sequences, error);
  if (g_str_equal (name, "get_special_tokens_mask"))
    return mask_node (tokenizer, args, auto_json_bool (kwargs, "already_has_special_tokens", FALSE), error);
  if (g_str_equal (name, "batch_decode"))
    return decoded_rows_node (tokenizer, args, auto_json_bool (kwargs, "skip_special_tokens", FALSE), error);
  if (g_str_equal (name, "encode"))
    return encoded_node (tokenizer, kwargs, args, error);
  if (g_str_equal (name, "get_lang_id"))
    return language_node (tokenizer, args, error);
  if (g_str_equal (name, "_build_translation_inputs"))
    return translation_node (tokenizer, kwargs, args, error);
  if (g_str_equal (name, "batch_encode_candidates"))
    return candidates_node (tokenizer, kwargs, args, error);
  return g_str_equal (name, "pad") ? padded_node (tokenizer, kwargs, args, error) : prepared_node (tokenizer, kwargs, args, error);
}

static gboolean
is_types (JsonObject *kwargs)
{
  return g_strcmp0 (auto_json_string (kwargs, "name"), "create_token_type_ids_from_sequences") == 0;
}

/* What a tokenizer without a token of padding can't do. */
static gboolean
needs_padding (JsonObject *kwargs)
{
  static const char *const names[] = { "pad", "prepare_for_model", NULL };

  return g_strv_contains (names, auto_json_string (kwargs, "name"));
}

static gboolean
is_known_method (JsonObject *kwargs)
{
  static const char *const names[] = { "tokenize", "num_special_tokens_to_add", "build_inputs_with_special_tokens", "create_token_type_ids_from_sequences",
                                       "get_special_tokens_mask", "batch_decode", "encode", "pad", "prepare_for_model", "batch_encode_candidates", "get_lang_id",
                                       "_build_translation_inputs", NULL };

  return g_strv_contains (names, auto_json_string (kwargs, "name")) && !json_object_has_member (kwargs, "output_word_offsets");
}
