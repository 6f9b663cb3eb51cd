/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tokenizer_config.json can list thousands of tokens, of which a tree of JSON takes longer to make than a vocabulary to read. So large files
 * are read without one, as far as they are as usual. Others, and all with errors, go by way of a tree. */
#include "auto-tokenizer-config.h"

#include <string.h>

#include "../base/auto-io.h"
#include "auto-added-token.h"

#define LARGE 16384

/* A file that is large enough. */
static GBytes *
map_large (const char *path, AutoJsonReader *reader)
{
  GBytes *bytes = auto_io_map (path, NULL);
  gsize size = 0;
  const char *text = bytes ? g_bytes_get_data (bytes, &size) : NULL;

  if (size < LARGE)
    {
      g_clear_pointer (&bytes, g_bytes_unref);
      return NULL;
    }
  gsize mark = memcmp (text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  auto_json_reader_init (reader, text + mark, size - mark, path);
  return bytes;
}

/* A string as C has it; NULL when it isn't one or holds a NUL. */
static char *
read_string (AutoJsonReader *reader)
{
  const char *text;
  gsize length;

  if (auto_json_reader_peek (reader) == AUTO_JSON_STRING && auto_json_reader_string (reader, &text, &length) && !memchr (text, 0, length))
    return g_strndup (text, length);
  auto_json_reader_fail (reader, "no plain string");
  return NULL;
}

static gboolean
peek_quickly (const char *path, const char *key, char **found)
{
  AutoJsonReader reader;
  g_autoptr(GBytes) bytes = map_large (path, &reader);
  const char *name;
  gsize length;

  *found = NULL;
  if (!bytes)
    return FALSE;
  for (auto_json_reader_enter_object (&reader); auto_json_reader_next_key (&reader, &name, &length);)
    if (auto_json_key_is (name, length, key))
      {
        g_free (*found);
        *found = read_string (&reader);
      }
    else
      auto_json_reader_skip (&reader);
  gboolean good = auto_json_reader_finish (&reader, NULL);
  auto_json_reader_clear (&reader);
  if (!good)
    g_clear_pointer (found, g_free);
  return good;
}

char *
auto_tokenizer_peek_string (const char *path, const char *key, GError **error)
{
  char *found;

  if (peek_quickly (path, key, &found))
    return found;
  g_autoptr(JsonNode) node = auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, error);
  return node && JSON_NODE_HOLDS_OBJECT (node) ? g_strdup (auto_json_string (json_node_get_object (node), key)) : NULL;
}

/* {"100": {"content": …}}; ids that don't ascend could be there twice. */
static void
read_list (AutoJsonReader *reader, GArray *added)
{
  const char *key;
  gsize length;
  gint64 id, last = -1;

  for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &key, &length);)
    {
      char digits[16] = { 0 };
      memcpy (digits, key, MIN (length, sizeof digits - 1));
      if (length >= sizeof digits || !g_ascii_string_to_signed (digits, 10, last + 1, G_MAXINT32, &id, NULL))
        auto_json_reader_fail (reader, "an id out of order");
      AutoAddedToken token = auto_added_token_read (reader, NULL);
      if (reader->error)
        {
          g_free (token.content);
          return;
        }
      token.id = last = id;
      g_array_append_val (added, token);
    }
  if (last < 0)
    auto_json_reader_fail (reader, "an empty list");
}

/* The members other than the list are written to @rest as they are. */
static void
read_members (AutoJsonReader *reader, GArray *added, GString *rest)
{
  gboolean listed = FALSE;
  const char *key, *text;
  gsize length, text_length;

  g_string_append_c (rest, '{');
  for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &key, &length);)
    if (auto_json_key_is (key, length, "added_tokens_decoder"))
      {
        if (listed)
          auto_json_reader_fail (reader, "two lists");
        read_list (reader, added);
        listed = TRUE;
      }
    else if (reader->scratch && key == reader->scratch->str)
      auto_json_reader_fail (reader, "a key with escapes");
    else if (auto_json_reader_span (reader, &text, &text_length))
      {
        g_string_append_printf (rest, "%s\"", rest->len > 1 ? "," : "");
        g_string_append_len (rest, key, length);
        g_string_append (rest, "\":");
        g_string_append_len (rest, text, text_length);
      }
  g_string_append_c (rest, '}');
}

static JsonNode *
read_quickly (const char *path, GArray *added)
{
  AutoJsonReader reader;
  g_autoptr(GBytes) bytes = map_large (path, &reader);
  g_autoptr(GString) rest = g_string_new (NULL);

  if (!bytes)
    return NULL;
  read_members (&reader, added, rest);
  gboolean good = auto_json_reader_finish (&reader, NULL);
  auto_json_reader_clear (&reader);
  return good ? auto_json_parse (rest->str, rest->len, path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, NULL) : NULL;
}

JsonNode *
auto_tokenizer_read_config (const char *path, GArray *added, GError **error)
{
  guint n = added->len;
  JsonNode *node = read_quickly (path, added);

  if (node)
    return node;
  g_array_set_size (added, n);
  return auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, error);
}
