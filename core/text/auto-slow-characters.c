/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Classes whose tokens are characters or bytes. */
#include "auto-slow.h"

#include <string.h>

#include "../base/auto-io.h"
#include "../base/auto-json.h"
#include "auto-python-text.h"
#include "auto-slow-moments.h"
#include "auto-unicode.h"

/* Characters of a vocab.json. */
typedef struct
{
  char *delimiter, *replacement; /* between words in tokens and in texts */
  gboolean upper;
} Characters;

/* "ab, cd": the members that are vocabularies. */
static char *
list_languages (JsonObject *object)
{
  g_autoptr(GString) list = g_string_new (NULL);
  JsonObjectIter iter;
  const char *language;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &language, &node))
    if (JSON_NODE_HOLDS_OBJECT (node))
      g_string_append_printf (list, "%s%s", list->len ? ", " : "", language);
  return g_string_free (g_steal_pointer (&list), FALSE);
}

/* The vocabulary of a language, of a file with one for each of several. */
static JsonObject *
find_language (JsonNode *node, const char *folder, const char *name, const char *language, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL,
             *found = object ? auto_json_object (object, language) : NULL;
  g_autofree char *languages = object && !found ? list_languages (object) : NULL;

  if (!found && languages && *languages)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s has no vocabulary for target_lang \"%s\", but for %s", folder, name,
                 language, languages);
  else if (!found)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE,
                 "%s: %s has a single vocabulary, none for target_lang \"%s\"; leave target_lang out", folder, name, language);
  return found;
}

static gboolean
load_language (AutoSlow *self, const char *folder, const char *name, const char *language, GError **error)
{
  g_autoptr(GBytes) bytes = auto_slow_read (self, folder, name, error);
  gsize length;
  const char *text = bytes ? g_bytes_get_data (bytes, &length) : NULL;
  g_autoptr(JsonNode) node = bytes ? auto_json_parse (text, length, name, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, error) : NULL;
  JsonObject *object = node ? find_language (node, folder, name, language, error) : NULL;
  JsonObjectIter iter;
  const char *token;
  JsonNode *id;

  if (!object)
    return FALSE;
  self->vocabulary = auto_vocabulary_new ();
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &token, &id))
    if (!auto_json_is_int (id) || !auto_vocabulary_add (self->vocabulary, token, strlen (token), json_node_get_int (id)))
      {
        g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s: the id of \"%s\" is no whole number from 0 on",
                     folder, name, token);
        return FALSE;
      }
  return TRUE;
}

static gboolean
characters_load (AutoSlow *self, const char *folder, GError **error)
{
  const char *name = self->class->vocab_file ? self->class->vocab_file : "vocab.json", *key = self->class->engine->language;
  const char *language = key ? auto_json_string (self->settings, key) : NULL;
  Characters *data = g_new0 (Characters, 1);

  self->data = data;
  data->delimiter = g_strdup (auto_json_string (self->settings, "word_delimiter_token"));
  data->replacement = g_strdup (auto_json_string (self->settings, "replace_word_delimiter_char"));
  data->upper = auto_json_bool (self->settings, "do_lower_case", FALSE);
  return language ? load_language (self, folder, name, language, error) : auto_slow_load_ids (self, folder, name, error);
}

static void
characters_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  const Characters *data = self->data;
  g_autofree char *upper = data->upper ? auto_python_upper (text, length) : NULL;
  const char *source = upper ? upper : text;
  guint size;

  if (upper)
    length = strlen (upper);
  for (gsize at = 0; at < length; at += size)
    {
      auto_utf8_get (source + at, &size);
      if (source[at] != ' ' || !data->delimiter)
        g_ptr_array_add (tokens, g_strndup (source + at, size));
      else /* a mark of several characters is cut as any other text */
        for (const char *p = data->delimiter; *p; p = g_utf8_next_char (p))
          g_ptr_array_add (tokens, g_strndup (p, g_utf8_next_char (p) - p));
    }
}

static gboolean
moments_join (const AutoSlow *self, GPtrArray *tokens, const AutoDecodeCall *call, GString *text, JsonObject *answer, GError **error)
{
  const Characters *data = self->data;
  g_autoptr(GArray) moments = auto_moments_new (tokens, call->group_tokens, self->pad, NULL);

  for (guint i = 0; i < moments->len; i++)
    {
      AutoMoment *moment = &g_array_index (moments, AutoMoment, i);
      if (data->replacement && g_strcmp0 (moment->text, data->delimiter) == 0)
        moment->text = data->replacement;
    }
  auto_moments_join (moments, call->spaces == AUTO_CHOICE_YES ? " " : "", text);
  if (call->output_char_offsets)
    auto_moments_add_char_offsets (moments, answer);
  if (call->output_word_offsets)
    auto_moments_add_word_offsets (moments, data->replacement, answer);
  if (data->upper)
    {
      g_autofree char *lower = auto_python_lower (text->str, text->len);
      g_string_assign (text, lower);
    }
  return TRUE;
}

static void
characters_clear (AutoSlow *self)
{
  Characters *data = self->data;

  g_free (data->delimiter);
  g_free (data->replacement);
  g_free (data);
}

const AutoSlowEngine auto_slow_characters = { .load = characters_load, .tokenize = characters_tokenize, .clear = characters_clear };
const AutoSlowEngine auto_slow_moments = {
  .load = characters_load, .tokenize = characters_tokenize, .join_call = moments_join, .language = "target_lang", .clear = characters_clear };

/* Bytes as characters U+0000 to U+00FF, whose ids come behind those of some special tokens. */
static gboolean
bytes_load (AutoSlow *self, const char *folder, GError **error)
{
  const AutoSlowBytes *params = self->class->params;
  char text[6];

  self->vocabulary = auto_vocabulary_new ();
  for (guint i = 0; i < 256; i++)
    auto_vocabulary_add (self->vocabulary, text, g_unichar_to_utf8 (i, text), params->offset + i);
  return TRUE;
}

static void
bytes_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  char token[6];

  for (gsize i = 0; i < length; i++)
    g_ptr_array_add (tokens, g_strndup (token, g_unichar_to_utf8 ((guchar) text[i], token)));
}

/* Any character's, also of those that are no bytes; -1: it is none. */
static gint64
character_id (const AutoSlow *self, const char *token)
{
  const AutoSlowBytes *params = self->class->params;

  return g_utf8_validate (token, -1, NULL) && g_utf8_strlen (token, -1) == 1 ? (gint64) g_utf8_get_char (token) + params->offset : -1;
}

static gint64
bytes_find (const AutoSlow *self, const char *token)
{
  const AutoSlowBytes *params = self->class->params;
  gint64 id = character_id (self, token);

  if (id >= 0 || !params->unknown || !self->unk)
    return id;
  const AutoAddedToken *added = auto_added_vocabulary_find (self->added, self->unk);
  return added ? added->id : character_id (self, self->unk);
}

static const char *
bytes_token (const AutoSlow *self, gint64 id, gsize *length)
{
  static _Thread_local char text[8];
  const AutoSlowBytes *params = self->class->params;
  gint64 character = id - params->offset;

  *length = 0;
  if (id < params->offset || character > 0x10FFFF)
    return NULL;
  *length = g_unichar_to_utf8 (character >= 0xD800 && character < 0xE000 ? 0xFFFD : (gunichar) character, text);
  text[*length] = '\0';
  return text;
}

static gboolean
bytes_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  const AutoSlowBytes *params = self->class->params;
  g_autoptr(GString) bytes = g_string_new (NULL);
  gsize length;

  for (guint i = 0; i < tokens->len; i++)
    {
      const char *token = g_ptr_array_index (tokens, i);
      if (auto_added_vocabulary_find (self->added, token))
        g_string_append (bytes, token);
      else if (*token && (character_id (self, token) < 0 || g_utf8_get_char (token) > 0xFF))
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "\"%.60s\" is no byte: tokens are U+0000 to U+00FF", token);
          return FALSE;
        }
      else
        g_string_append_c (bytes, *token ? (char) g_utf8_get_char (token) : 0);
    }
  g_autofree char *changed = auto_utf8_replace (bytes->str, bytes->len, params->ignores ? "" : "\xef\xbf\xbd", &length);
  g_string_append_len (text, changed ? changed : bytes->str, changed ? length : bytes->len);
  return TRUE;
}

const AutoSlowEngine auto_slow_bytes = {
  .load = bytes_load, .tokenize = bytes_tokenize, .find = bytes_find, .token = bytes_token, .join = bytes_join };
