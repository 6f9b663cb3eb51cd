/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a case asks for what tokenizers of speech answer beyond ids. */
#pragma once

#include <string.h>

#include "core/base/auto-json.h"
#include "core/text/auto-tokenizer-speech.h"

static AutoDecodeOptions *
make_decode_options (JsonObject *values)
{
  AutoDecodeOptions *options = auto_decode_options_new ();
  GObjectClass *class = G_OBJECT_GET_CLASS (options);
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init (&iter, values);
  while (json_object_iter_next (&iter, &key, &node))
    {
      g_autofree char *name = g_strdelimit (g_strdup (key), "_", '-');
      GParamSpec *pspec = g_object_class_find_property (class, name);
      if (!pspec || JSON_NODE_HOLDS_NULL (node))
        continue;
      if (G_IS_PARAM_SPEC_DOUBLE (pspec))
        g_object_set (options, name, json_node_get_double (node), NULL);
      else if (auto_json_is_string (node))
        g_object_set (options, name, AUTO_TIMESTAMPS_WORD, NULL);
      else
        g_object_set (options, name, json_node_get_boolean (node), NULL);
    }
  return options;
}

static JsonNode *
speech_decode (AutoTokenizer *tokenizer, JsonArray *array, JsonObject *kwargs)
{
  g_autoptr(AutoDecodeOptions) options = make_decode_options (kwargs);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < json_array_get_length (array); i++)
    g_array_append_val (ids, ((gint64[]){ json_array_get_int_element (array, i) }));
  JsonNode *answer = auto_tokenizer_decode_with_options (tokenizer, (gint64 *) (gpointer) ids->data, ids->len, options, &error);
  if (error)
    g_test_message ("%s", error->message);
  return answer;
}

/* Members that are lists of what every row has. */
static JsonNode *
speech_batch_decode (AutoTokenizer *tokenizer, JsonArray *rows, JsonObject *kwargs)
{
  g_autoptr(JsonObject) columns = json_object_new ();
  JsonNode *result = json_node_new (JSON_NODE_OBJECT);

  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      g_autoptr(JsonNode) row = speech_decode (tokenizer, json_array_get_array_element (rows, i), kwargs);
      g_autoptr(GList) members = row ? json_object_get_members (json_node_get_object (row)) : NULL;
      for (GList *at = members; at; at = at->next)
        {
          if (!json_object_has_member (columns, at->data))
            json_object_set_array_member (columns, at->data, json_array_new ());
          json_array_add_element (json_object_get_array_member (columns, at->data),
                                  json_node_copy (json_object_get_member (json_node_get_object (row), at->data)));
        }
    }
  json_node_set_object (result, columns);
  if (json_object_get_size (columns) != 1)
    return result;
  JsonNode *texts = json_node_copy (json_object_get_member (columns, "text"));
  json_node_unref (result);
  return texts;
}

/* A transcript as the reference's pair: the text, and what was asked for beside. */
static JsonNode *
speech_transcript (AutoTokenizer *tokenizer, JsonObject *kwargs)
{
  g_autoptr(AutoDecodeOptions) options = make_decode_options (kwargs);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = auto_pretrained_tokenizer_decode_asr (AUTO_PRETRAINED_TOKENIZER (tokenizer), json_object_get_member (kwargs, "outputs"),
                                                                     options, NULL, &error);
  JsonNode *result = json_node_new (JSON_NODE_ARRAY);
  JsonArray *pair = json_array_new ();

  if (error)
    g_test_message ("%s", error->message);
  if (answer)
    {
      JsonNode *rest = json_node_copy (answer);
      JsonObject *object = json_object_new ();
      json_array_add_string_element (pair, json_object_get_string_member (json_node_get_object (answer), "text"));
      if (json_object_has_member (json_node_get_object (answer), "chunks"))
        json_object_set_member (object, "chunks", json_node_copy (json_object_get_member (json_node_get_object (rest), "chunks")));
      json_array_add_object_element (pair, object);
      json_node_unref (rest);
    }
  json_node_take_array (result, pair);
  return result;
}

/* Ids, as they are or from 1 on with their positions. */
static JsonNode *
speech_ids (gint64 *ids, gsize n, gboolean ranked)
{
  JsonNode *result = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  for (gsize i = 0; ids && i < n; i++)
    if (ranked)
      {
        JsonArray *pair = json_array_new ();
        json_array_add_int_element (pair, i + 1);
        json_array_add_int_element (pair, ids[i]);
        json_array_add_array_element (array, pair);
      }
    else
      json_array_add_int_element (array, ids[i]);
  g_free (ids);
  json_node_take_array (result, array);
  return result;
}

static JsonNode *
speech_method (AutoPretrainedTokenizer *tokenizer, const char *name, JsonArray *args, JsonObject *kwargs)
{
  g_autoptr(GError) error = NULL;
  const char *text = args && json_array_get_length (args) && auto_json_is_string (json_array_get_element (args, 0))
                       ? json_array_get_string_element (args, 0) : NULL;
  gboolean basic = g_str_equal (name, "_basic_normalize");
  gsize n;
  gint64 *ids;

  if (basic || g_str_equal (name, "_normalize"))
    {
      g_autofree char *plain = basic ? auto_pretrained_tokenizer_basic_normalize (tokenizer, text, auto_json_bool (kwargs, "remove_diacritics", FALSE), &error)
                                     : auto_pretrained_tokenizer_normalize (tokenizer, text, &error);
      return plain ? json_node_init_string (json_node_alloc (), plain) : NULL;
    }
  if (g_str_equal (name, "get_prompt_ids"))
    return (ids = auto_pretrained_tokenizer_get_prompt_ids (tokenizer, text, &n, &error)) ? speech_ids (ids, n, FALSE) : NULL;
  if (!g_str_equal (name, "get_decoder_prompt_ids"))
    return NULL;
  ids = auto_pretrained_tokenizer_get_decoder_prompt_ids (tokenizer, auto_json_string (kwargs, "task"), auto_json_string (kwargs, "language"),
                                                          auto_json_bool (kwargs, "no_timestamps", TRUE), &n, &error);
  if (error)
    g_test_message ("%s", error->message);
  return ids ? speech_ids (ids, n, TRUE) : NULL;
}

/* What @tokenizer answers; NULL for what isn't asked here. */
static JsonNode *
speech_answer (AutoTokenizer *tokenizer, const char *op, JsonObject *kwargs)
{
  const char *name = auto_json_string (kwargs, "name");
  JsonArray *args = auto_json_array (kwargs, "args");

  if (g_str_equal (op, "decode"))
    {
      JsonNode *answer = speech_decode (tokenizer, json_object_get_array_member (kwargs, "ids"), kwargs);
      JsonObject *object = answer ? json_node_get_object (answer) : NULL;
      JsonNode *text = object && json_object_get_size (object) == 1 ? json_node_copy (json_object_get_member (object, "text")) : NULL;
      if (text)
        json_node_unref (answer);
      return text ? text : answer;
    }
  if (g_strcmp0 (name, "batch_decode") == 0 && args)
    return speech_batch_decode (tokenizer, json_array_get_array_element (args, 0), kwargs);
  if (g_str_equal (op, "asr"))
    return speech_transcript (tokenizer, kwargs);
  return name ? speech_method (AUTO_PRETRAINED_TOKENIZER (tokenizer), name, args, kwargs) : NULL;
}
