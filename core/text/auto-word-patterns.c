/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-word-patterns.h"

#include <gio/gio.h>

#include "../base/auto-errors.h"
#include "../base/auto-json.h"

#define RESOURCE "/org/libauto/text/word-patterns.json"

static gpointer
read_table (gpointer data)
{
  g_autoptr(GBytes) bytes = g_resources_lookup_data (RESOURCE, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr(GError) error = NULL;
  JsonNode *node = bytes ? auto_json_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), RESOURCE, AUTO_TOKENIZER_ERROR,
                                            AUTO_TOKENIZER_ERROR_PARSE, &error)
                         : NULL;
  if (!node)
    g_error ("%s: the library is damaged", RESOURCE);
  return node;
}

JsonObject *
auto_word_patterns_find (const char *format, const char *name)
{
  static GOnce once = G_ONCE_INIT;
  JsonArray *rows = auto_json_array (json_node_get_object (g_once (&once, read_table, NULL)), format);

  for (guint i = 0; rows && i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);
      g_auto(GStrv) names = g_strsplit (auto_json_string (row, "names"), " ", -1);
      if (g_strv_contains ((const char *const *) names, name))
        return row;
    }
  return NULL;
}

static JsonNode *
byte_level (gboolean use_regex)
{
  JsonObject *part = json_object_new ();

  json_object_set_string_member (part, "type", "ByteLevel");
  json_object_set_boolean_member (part, "add_prefix_space", FALSE);
  json_object_set_boolean_member (part, "trim_offsets", TRUE);
  json_object_set_boolean_member (part, "use_regex", use_regex);
  JsonNode *node = json_node_init_object (json_node_alloc (), part);
  json_object_unref (part);
  return node;
}

static void
add_split (JsonArray *parts, const char *regex)
{
  JsonObject *part = json_object_new (), *pattern = json_object_new ();

  json_object_set_string_member (pattern, "Regex", regex);
  json_object_set_string_member (part, "type", "Split");
  json_object_set_object_member (part, "pattern", pattern);
  json_object_set_string_member (part, "behavior", "Isolated");
  json_object_set_boolean_member (part, "invert", FALSE);
  json_array_add_object_element (parts, part);
}

JsonNode *
auto_word_patterns_pre_tokenizer (JsonObject *entry)
{
  JsonNode *whole = auto_json_member (entry, "pre_tokenizer");
  JsonArray *splits = auto_json_array (entry, "splits");

  if (whole)
    return json_node_copy (whole);
  g_autoptr(JsonObject) sequence = json_object_new ();
  JsonArray *parts = json_array_new ();
  for (guint i = 0; splits && i < json_array_get_length (splits); i++)
    add_split (parts, json_array_get_string_element (splits, i));
  json_array_add_element (parts, byte_level (FALSE));
  json_object_set_string_member (sequence, "type", "Sequence");
  json_object_set_array_member (sequence, "pretokenizers", parts);
  return json_node_init_object (json_node_alloc (), sequence);
}

JsonNode *
auto_word_patterns_normalizer (JsonObject *entry)
{
  JsonNode *normalizer = auto_json_member (entry, "normalizer");
  return normalizer ? json_node_copy (normalizer) : NULL;
}

JsonNode *
auto_word_patterns_decoder (void)
{
  return byte_level (TRUE);
}
