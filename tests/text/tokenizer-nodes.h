/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tokenizer's answers as the JSON that a file of cases has of them. */
#pragma once

#include "core/base/auto-json.h"

static JsonNode *
string_node (const char *text)
{
  return text ? json_node_init_string (json_node_alloc (), text) : json_node_new (JSON_NODE_NULL);
}

static JsonNode *
strings_node (char **strings)
{
  JsonArray *array = json_array_new ();

  for (gsize i = 0; strings && strings[i]; i++)
    json_array_add_string_element (array, strings[i]);
  JsonNode *node = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);
  return node;
}

/* Numbers; -1 becomes null, and twos become pairs when @pairs. */
static JsonNode *
numbers_node (const gint64 *values, gsize n, gboolean pairs)
{
  JsonArray *array = json_array_new ();

  for (gsize i = 0; values && i < n; i++)
    if (pairs)
      {
        JsonArray *two = json_array_new ();
        json_array_add_int_element (two, values[2 * i]);
        json_array_add_int_element (two, values[2 * i + 1]);
        json_array_add_array_element (array, two);
      }
    else if (values[i] < 0)
      json_array_add_null_element (array);
    else
      json_array_add_int_element (array, values[i]);
  JsonNode *node = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);
  return node;
}

