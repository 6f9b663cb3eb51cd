/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-parts.h"

#include "../base/auto-json.h"

#define DEEPEST 32

static gboolean
fail (const AutoPartReader *reader, const char *reason, GError **error)
{
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s", reader->name, reason);
  return FALSE;
}

static gboolean
has_members (JsonObject *object, const AutoPartMembers *untyped)
{
  for (guint i = 0; untyped->members[i]; i++)
    if (!json_object_has_member (object, untyped->members[i]))
      return FALSE;
  return TRUE;
}

/* The type of a part that names none which there is, by its members; NULL when they tell nothing. */
static const AutoPartMembers *
guess (const AutoPartReader *reader, JsonObject *object)
{
  for (guint i = 0; object && i < reader->n_untyped; i++)
    if (has_members (object, &reader->untyped[i]))
      return &reader->untyped[i];
  return NULL;
}

static gboolean
read_part (const AutoPartReader *reader, JsonNode *node, gpointer self, guint depth, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *type = object ? auto_json_string (object, "type") : NULL;

  if (depth > DEEPEST)
    return fail (reader, "nested too deeply", error);
  for (guint i = 0; type && reader->types[i]; i++)
    if (g_str_equal (type, reader->types[i]))
      return reader->read (self, i, object, error);
  if (g_strcmp0 (type, "Sequence") != 0)
    {
      const AutoPartMembers *guessed = guess (reader, object);
      if (guessed && guessed->type != AUTO_PART_SEQUENCE)
        return reader->read (self, guessed->type, object, error);
      if (!guessed && !type)
        return fail (reader, "a part has no \"type\"", error);
      if (!guessed)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "%s: there is no part of type \"%s\"", reader->name, type);
          return FALSE;
        }
    }
  JsonArray *parts = auto_json_array (object, reader->list);
  for (guint i = 0; parts && i < json_array_get_length (parts); i++)
    if (!read_part (reader, json_array_get_element (parts, i), self, depth + 1, error))
      return FALSE;
  return TRUE;
}

gboolean
auto_parts_read (const AutoPartReader *reader, JsonNode *node, gpointer self, GError **error)
{
  return read_part (reader, node, self, 0, error);
}
