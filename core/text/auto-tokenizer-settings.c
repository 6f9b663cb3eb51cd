/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-tokenizer-settings.h"

#include <string.h>

#include "../base/auto-message.h"
#include "auto-tokenizer-config.h"

static const char *const special_keys[] = { "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token" };

const char *
auto_special_key (AutoSpecial special)
{
  return special_keys[special];
}

static void
token_clear (gpointer data)
{
  g_free (((AutoAddedToken *) data)->content);
}

static GArray *
tokens_new (void)
{
  GArray *tokens = g_array_new (FALSE, TRUE, sizeof (AutoAddedToken));

  g_array_set_clear_func (tokens, token_clear);
  return tokens;
}

void
auto_tokenizer_settings_free (AutoTokenizerSettings *self)
{
  if (!self)
    return;
  json_object_unref (self->values);
  for (int i = 0; i < AUTO_N_SPECIALS; i++)
    g_free (self->specials[i].content);
  g_array_unref (self->additional);
  g_array_unref (self->added);
  g_free (self);
}

/* A token from its text, or from an object that also says how it is matched. */
static gboolean
read_token (JsonNode *node, gboolean special, AutoAddedToken *token)
{
  *token = (AutoAddedToken){ .normalized = !special, .special = special };
  if (auto_json_is_string (node))
    token->content = g_strdup (json_node_get_string (node));
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      token->described = TRUE;
      token->content = g_strdup (auto_json_string (object, "content"));
      token->single_word = auto_json_bool (object, "single_word", FALSE);
      token->lstrip = auto_json_bool (object, "lstrip", FALSE);
      token->rstrip = auto_json_bool (object, "rstrip", FALSE);
      token->special = special || auto_json_bool (object, "special", FALSE);
      token->normalized = auto_json_bool (object, "normalized", !token->special);
    }
  return token->content != NULL;
}

void
auto_tokenizer_settings_set_special (AutoTokenizerSettings *self, AutoSpecial special, const AutoAddedToken *token)
{
  char *content = token ? g_strdup (token->content) : NULL;

  g_free (self->specials[special].content);
  self->specials[special] = token ? *token : (AutoAddedToken){ 0 };
  self->specials[special].content = content;
  if (content)
    json_object_set_string_member (self->values, special_keys[special], content);
  else
    json_object_set_null_member (self->values, special_keys[special]);
}

static void
name_empty (GArray *tokens, const char *name)
{
  for (guint i = 0; i < tokens->len; i++)
    {
      AutoAddedToken *token = &g_array_index (tokens, AutoAddedToken, i);
      if (*token->content)
        continue;
      g_free (token->content);
      token->content = g_strdup (name);
    }
}

void
auto_tokenizer_settings_name_nul (AutoTokenizerSettings *self, const char *name)
{
  for (int i = 0; i < AUTO_N_SPECIALS; i++)
    {
      AutoAddedToken token = self->specials[i];
      if (!token.content || *token.content)
        continue;
      token.content = (char *) name;
      auto_tokenizer_settings_set_special (self, i, &token);
    }
  name_empty (self->additional, name);
  name_empty (self->added, name);
}

static int
special_number (const char *key)
{
  for (int i = 0; i < AUTO_N_SPECIALS; i++)
    if (g_str_equal (key, special_keys[i]))
      return i;
  return -1;
}

/* A special token as the class or some file gives it: one that is a mere text is matched as the class matches it. */
static void
set_special_node (AutoTokenizerSettings *self, AutoSpecial special, JsonNode *node, gboolean given)
{
  AutoAddedToken token;

  self->given[special] = given;
  if (JSON_NODE_HOLDS_NULL (node))
    auto_tokenizer_settings_set_special (self, special, NULL);
  else if (read_token (node, TRUE, &token))
    {
      char *content = token.content;
      if (given && auto_json_is_string (node))
        token = self->own[special];
      token.content = content;
      token.special = TRUE;
      auto_tokenizer_settings_set_special (self, special, &token);
      if (!given)
        {
          self->own[special] = token;
          self->own[special].content = NULL;
        }
      g_free (content);
    }
}

/* Takes the token. @again: also when it is there already. */
static void
append_additional (AutoTokenizerSettings *self, AutoAddedToken token, gboolean again)
{
  for (guint k = 0; k < self->additional->len && !again; k++)
    if (g_str_equal (g_array_index (self->additional, AutoAddedToken, k).content, token.content))
      {
        g_free (token.content);
        return;
      }
  g_array_append_val (self->additional, token);
}

void
auto_tokenizer_settings_add_additional (AutoTokenizerSettings *self, const char *content)
{
  append_additional (self, (AutoAddedToken){ .content = g_strdup (content), .special = TRUE }, FALSE);
}

static void
add_additional (AutoTokenizerSettings *self, JsonNode *node, gboolean again)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  AutoAddedToken token;

  for (guint i = 0; array && i < json_array_get_length (array); i++)
    if (read_token (json_array_get_element (array, i), TRUE, &token))
      append_additional (self, token, again);
}

/* Lays an object over the settings. @append: additional special tokens are added to those that are there. @given: it isn't the class's. */
static void
overlay (AutoTokenizerSettings *self, JsonObject *object, gboolean append, gboolean given)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    {
      int special = special_number (key);
      if (special >= 0)
        set_special_node (self, special, node, given);
      else if (g_str_equal (key, "additional_special_tokens"))
        {
          if (!append)
            g_array_set_size (self->additional, 0);
          add_additional (self, node, !append);
        }
      else
        json_object_set_member (self->values, key, json_node_copy (node));
    }
}

/* The object that a file holds, or NULL without an error when there is no such file. @added: gets tokens that tokenizer_config.json lists. */
static JsonNode *
read_object (const char *folder, const char *name, GArray *added, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  g_autoptr(JsonNode) node = added ? auto_tokenizer_read_config (path, added, error)
                                   : auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, error);
  if (node && !JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: holds no JSON object", path);
      return NULL;
    }
  return g_steal_pointer (&node);
}

static gboolean
add_listed (AutoTokenizerSettings *self, AutoAddedToken *token, gint64 id, const char *where, GError **error)
{
  if (id < 0 || id > G_MAXINT32)
    {
      g_free (token->content);
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE,
                   "%s: the id %" G_GINT64_FORMAT " of an added token is out of range", where, id);
      return FALSE;
    }
  token->id = id;
  g_array_append_vals (self->added, token, 1);
  return TRUE;
}

/* "added_tokens_decoder": {"100": {"content": …}}. */
static gboolean
read_decoder (AutoTokenizerSettings *self, JsonObject *decoder, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;
  AutoAddedToken token;

  json_object_iter_init_ordered (&iter, decoder);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    {
      gint64 id;
      if (!g_ascii_string_to_signed (key, 10, 0, G_MAXINT32, &id, NULL) || !JSON_NODE_HOLDS_OBJECT (node) || !read_token (node, FALSE, &token))
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE,
                       "tokenizer_config.json: \"added_tokens_decoder\" has an entry \"%s\" that is no id with a token", key);
          return FALSE;
        }
      if (!add_listed (self, &token, id, "tokenizer_config.json", error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
names_token (JsonNode *node, const char *content, gboolean objects)
{
  const char *text = auto_json_is_string (node) ? json_node_get_string (node) : NULL;

  if (objects && JSON_NODE_HOLDS_OBJECT (node))
    text = auto_json_string (json_node_get_object (node), "content");
  return g_strcmp0 (text, content) == 0;
}

/* Whether a file calls a token special: one that the class calls so doesn't count here, nor (without @objects) one that is described. */
static gboolean
names_special (JsonNode *file, const char *content, gboolean objects)
{
  JsonObject *object = file ? json_node_get_object (file) : NULL;
  JsonArray *additional = object ? auto_json_array (object, "additional_special_tokens") : NULL;
  gboolean found = FALSE;

  for (int i = 0; object && i < AUTO_N_SPECIALS; i++)
    found |= json_object_has_member (object, special_keys[i]) && names_token (json_object_get_member (object, special_keys[i]), content, objects);
  for (guint i = 0; additional && i < json_array_get_length (additional); i++)
    found |= names_token (json_array_get_element (additional, i), content, objects);
  return found;
}

/* added_tokens.json: {"token": 100}. */
static gboolean
read_added_tokens (AutoTokenizerSettings *self, JsonObject *tokens, JsonNode *config, JsonNode *map, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, tokens);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    {
      gboolean special = names_special (config, key, FALSE) || names_special (map, key, TRUE);
      AutoAddedToken token = { .content = g_strdup (key), .normalized = !special, .special = special };
      if (!add_listed (self, &token, auto_json_is_int (node) ? json_node_get_int (node) : -1, "added_tokens.json", error))
        return FALSE;
    }
  return TRUE;
}

/* Special tokens that are given are matched as the added tokens of @list are. */
static void
match_as_listed (AutoTokenizerSettings *self, const GArray *list)
{
  for (int i = 0; i < AUTO_N_SPECIALS; i++)
    for (guint k = 0; self->given[i] && self->specials[i].content && k < list->len; k++)
      {
        const AutoAddedToken *token = &g_array_index (list, AutoAddedToken, k);
        if (g_str_equal (token->content, self->specials[i].content))
          auto_tokenizer_settings_set_special (self, i, token);
      }
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const AutoAddedToken *x = a, *y = b;
  return x->id < y->id ? -1 : x->id > y->id;
}

AutoTokenizerSettings *
auto_tokenizer_settings_read (const char *folder, JsonObject *defaults, JsonObject *overrides, GError **error)
{
  g_autoptr(AutoTokenizerSettings) self = g_new0 (AutoTokenizerSettings, 1);
  g_autoptr(JsonNode) config = NULL, map = NULL, added = NULL;
  GError *why = NULL;

  self->values = json_object_new ();
  self->additional = tokens_new ();
  self->added = tokens_new ();
  if (defaults)
    overlay (self, defaults, FALSE, FALSE);
  config = read_object (folder, "tokenizer_config.json", self->added, &why);
  if (config)
    overlay (self, json_node_get_object (config), FALSE, TRUE);
  JsonObject *decoder = auto_json_object (self->values, "added_tokens_decoder");
  self->has_list = decoder || self->added->len;
  if (!why && decoder)
    read_decoder (self, decoder, &why);
  else if (!why && !self->has_list)
    {
      map = read_object (folder, "special_tokens_map.json", NULL, &why);
      if (map)
        overlay (self, json_node_get_object (map), TRUE, TRUE);
      added = why ? NULL : read_object (folder, "added_tokens.json", NULL, &why);
      if (added)
        read_added_tokens (self, json_node_get_object (added), config, map, &why);
    }
  if (why)
    {
      g_propagate_error (error, why);
      return NULL;
    }
  if (overrides)
    overlay (self, overrides, FALSE, TRUE);
  json_object_remove_member (self->values, "added_tokens_decoder");
  g_array_sort (self->added, compare_ids);
  if (self->has_list)
    match_as_listed (self, self->added);
  return g_steal_pointer (&self);
}

void
auto_tokenizer_settings_list (AutoTokenizerSettings *self, const GArray *tokens)
{
  for (guint i = 0; i < tokens->len; i++)
    {
      AutoAddedToken token = g_array_index (tokens, AutoAddedToken, i);
      for (guint k = self->added->len; k-- > 0;)
        if (g_array_index (self->added, AutoAddedToken, k).id == token.id)
          g_array_remove_index (self->added, k);
      token.content = g_strdup (token.content);
      g_array_append_val (self->added, token);
    }
  g_array_sort (self->added, compare_ids);
  match_as_listed (self, tokens);
}

GPtrArray *
auto_tokenizer_settings_list_specials (const AutoTokenizerSettings *self)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < AUTO_N_SPECIALS + self->additional->len; i++)
    {
      const AutoAddedToken *token = i < AUTO_N_SPECIALS ? &self->specials[i] : &g_array_index (self->additional, AutoAddedToken, i - AUTO_N_SPECIALS);
      gboolean known = token->content == NULL;
      for (guint k = 0; k < list->len && !known; k++)
        known = g_str_equal (((AutoAddedToken *) g_ptr_array_index (list, k))->content, token->content);
      if (!known)
        g_ptr_array_add (list, (gpointer) token);
    }
  return list;
}

gboolean
auto_tokenizer_is_side (const char *text)
{
  return text && (g_str_equal (text, "right") || g_str_equal (text, "left"));
}

static gboolean
is_side (JsonNode *node)
{
  return auto_json_is_string (node) && auto_tokenizer_is_side (json_node_get_string (node));
}

static gboolean
is_length (JsonNode *node)
{
  return JSON_NODE_HOLDS_NULL (node) || auto_json_is_number (node);
}

gboolean
auto_tokenizer_settings_check (const AutoTokenizerSettings *self, JsonObject *overrides, const char *folder, GError **error)
{
  static const struct
  {
    const char *key, *allowed;
    gboolean (*fits) (JsonNode *node);
  } rows[] = { { "padding_side", "\"right\" or \"left\"", is_side },
               { "truncation_side", "\"right\" or \"left\"", is_side },
               { "model_max_length", "a number, or null for no limit", is_length },
               { "max_len", "a number, or null for no limit", is_length } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      JsonNode *node = auto_json_member (self->values, rows[i].key);
      if (!node || rows[i].fits (node))
        continue;
      g_autofree char *text = auto_json_print (node, -1, FALSE);
      gboolean given = overrides && json_object_has_member (overrides, rows[i].key);
      auto_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s%s: %s is %.60s; it may be %s", folder,
                      given ? ": load options" : G_DIR_SEPARATOR_S "tokenizer_config.json", rows[i].key, text, rows[i].allowed);
      return FALSE;
    }
  return TRUE;
}
