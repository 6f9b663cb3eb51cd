/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a JSON file of cases calls a tokenizer. */
#pragma once

#include "core/base/auto-json.h"
#include "core/text/auto-table.h"
#include "core/text/auto-tokenizer.h"

static inline gint64 *
take_ids (JsonArray *array, gsize *n)
{
  gint64 *ids = g_new0 (gint64, json_array_get_length (array) + 1);

  *n = json_array_get_length (array);
  for (gsize i = 0; i < *n; i++)
    ids[i] = json_array_get_int_element (array, i);
  return ids;
}

/* Lists of pairs of numbers, or of names, for each text. */
static GVariant *
entities_variant (JsonNode *node, gboolean batch)
{
  g_autoptr(GString) text = g_string_new (batch ? NULL : "[");
  g_autofree char *json = auto_json_print (node, -1, FALSE);
  gboolean names = strchr (json, '"') != NULL;
  guint depth = 0;

  for (const char *p = json; *p; p++)
    if (names || (*p != '[' && *p != ']'))
      g_string_append_c (text, *p);
    else
      {
        gboolean open = *p == '[';
        depth += open;
        g_string_append_c (text, depth > 1u + batch ? (open ? '(' : ')') : *p);
        depth -= !open;
      }
  g_string_append (text, batch ? "" : "]");
  return g_variant_parse (G_VARIANT_TYPE (names ? "aas" : "aa(xx)"), text->str, NULL, NULL, NULL);
}

/* A table as an object of columns. */
static AutoTable *
table_of (JsonObject *columns)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new (), cells = g_strv_builder_new ();
  g_autoptr(GPtrArray) lists = g_ptr_array_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, columns);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    {
      g_strv_builder_add (names, key);
      g_ptr_array_add (lists, json_node_get_array (node));
    }
  for (guint row = 0; lists->len && row < json_array_get_length (lists->pdata[0]); row++)
    for (guint i = 0; i < lists->len; i++)
      g_strv_builder_add (cells, json_array_get_string_element (lists->pdata[i], row));
  g_auto(GStrv) columns_of = g_strv_builder_end (names), cells_of = g_strv_builder_end (cells);
  return auto_table_new ((const char *const *) columns_of, (const char *const *) cells_of, NULL);
}

static AutoTokenizerOptions *
make_options (JsonObject *values, gboolean batch)
{
  AutoTokenizerOptions *options = auto_tokenizer_options_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  if (!values)
    return options;
  json_object_iter_init (&iter, values);
  while (json_object_iter_next (&iter, &key, &node))
    {
      g_autofree char *name = g_strdelimit (g_strdup (key), "_", '-');
      const char *text = auto_json_is_string (node) ? json_node_get_string (node) : "";
      gboolean off = auto_json_is_bool (node) && !json_node_get_boolean (node);
      if (JSON_NODE_HOLDS_OBJECT (node))
        {
          g_autoptr(AutoTable) table = table_of (json_node_get_object (node));
          g_object_set (options, name, table, NULL);
        }
      else if (g_str_equal (key, "boxes") || g_str_equal (key, "word_labels"))
        {
          g_autoptr(GVariant) numbers = g_variant_take_ref (json_gvariant_deserialize (node, *key == 'b' ? "aa(xxxx)" : "aax", NULL));
          g_object_set (options, name, numbers, NULL);
        }
      else if (JSON_NODE_HOLDS_ARRAY (node))
        {
          g_autoptr(GVariant) entities = entities_variant (node, batch);
          if (entities)
            g_object_set (options, name, entities, NULL);
        }
      else if (g_str_equal (key, "truncation"))
        g_object_set (options, name,
                      off                                ? AUTO_TRUNCATION_NO
                      : g_str_equal (text, "only_first") ? AUTO_TRUNCATION_ONLY_FIRST
                      : g_str_equal (text, "only_second") ? AUTO_TRUNCATION_ONLY_SECOND
                      : g_str_equal (text, "drop_rows_to_fit") ? AUTO_TRUNCATION_DROP_ROWS_TO_FIT
                                                          : AUTO_TRUNCATION_LONGEST_FIRST,
                      NULL);
      else if (g_str_equal (key, "padding"))
        g_object_set (options, name, off ? AUTO_PADDING_NO : g_str_equal (text, "max_length") ? AUTO_PADDING_MAX_LENGTH : AUTO_PADDING_LONGEST, NULL);
      else if (auto_json_is_bool (node))
        g_object_set (options, name, json_node_get_boolean (node), NULL);
      else if (auto_json_is_string (node))
        g_object_set (options, name, text, NULL);
      else
        g_object_set (options, name, json_node_get_int (node), NULL);
    }
  return options;
}

static void
add_texts (JsonNode *node, GStrvBuilder *texts, GArray *counts)
{
  if (auto_json_is_string (node))
    g_strv_builder_add (texts, json_node_get_string (node));
  else
    {
      JsonArray *array = json_node_get_array (node);
      guint n = json_array_get_length (array);
      for (guint i = 0; i < n; i++)
        add_texts (json_array_get_element (array, i), texts, counts);
      if (n == 0 || auto_json_is_string (json_array_get_element (array, 0)))
        g_array_append_val (counts, n);
    }
}

static AutoEncoding *
encode (AutoTokenizer *tokenizer, JsonObject *item, JsonObject *settings, gboolean words, GError **error)
{
  g_autoptr(AutoTokenizerOptions) options = make_options (settings, JSON_NODE_HOLDS_ARRAY (json_object_get_member (item, "text")));
  g_autoptr(GStrvBuilder) first = g_strv_builder_new (), second = g_strv_builder_new ();
  g_autoptr(GArray) counts = g_array_new (FALSE, FALSE, sizeof (guint)), pair_counts = g_array_new (FALSE, FALSE, sizeof (guint));
  JsonNode *pair = auto_json_member (item, "pair");
  gboolean fast;

  g_object_get (tokenizer, "is-fast", &fast, NULL);
  if (pair && (JSON_NODE_HOLDS_NULL (pair) || (fast && g_strcmp0 (auto_json_string (item, "pair"), "") == 0)))
    pair = NULL; /* as auto_tokenizer_encode_pair does */
  add_texts (json_object_get_member (item, "text"), first, counts);
  if (pair)
    add_texts (pair, second, pair_counts);
  g_auto(GStrv) texts = g_strv_builder_end (first), pairs = g_strv_builder_end (second);
  if (words)
    return auto_tokenizer_encode_words (tokenizer, (const char *const *) texts, (guint *) counts->data, counts->len,
                                        pair ? (const char *const *) pairs : NULL, (guint *) pair_counts->data, pair_counts->len, options, NULL,
                                        error);
  return auto_tokenizer_encode_batch (tokenizer, (const char *const *) texts, pair ? (const char *const *) pairs : NULL, options, NULL, error);
}
