/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-tokenizer-save.h"
#include "auto-slow.h"

#include <string.h>

#include "../base/auto-io.h"

static void
append_string (GString *out, const char *text, gsize length)
{
  g_string_append_c (out, '"');
  for (gsize i = 0; i < length; i++)
    {
      guchar c = text[i];
      const char *letter = c < 0x20 ? strchr ("\bb\tt\nn\ff\rr", c) : NULL;
      if (c == '"' || c == '\\')
        g_string_append_printf (out, "\\%c", c);
      else if (letter && c)
        g_string_append_printf (out, "\\%c", letter[1]);
      else if (c < 0x20)
        g_string_append_printf (out, "\\u%04x", c);
      else
        g_string_append_c (out, c);
    }
  g_string_append_c (out, '"');
}

/* A value on the lines after its key, indented as the rest. */
static void
append_node (GString *out, const char *key, JsonNode *node, guint indent)
{
  g_autofree char *text = node ? auto_json_print (node, 2, FALSE) : g_strdup ("null");

  g_string_append_printf (out, "%*s\"%s\": ", indent, "", key);
  for (const char *p = text; *p; p++)
    {
      g_string_append_c (out, *p);
      if (*p == '\n')
        g_string_append_printf (out, "%*s", indent, "");
    }
}

static void
append_bool (GString *out, const char *key, gboolean value, gboolean last)
{
  g_string_append_printf (out, "      \"%s\": %s%s\n", key, value ? "true" : "false", last ? "" : ",");
}

static void
append_added (GString *out, const AutoAddedVocabulary *added)
{
  g_autoptr(GPtrArray) list = auto_added_vocabulary_list (added);

  g_string_append (out, "  \"added_tokens\": [");
  for (guint i = 0; i < list->len; i++)
    {
      const AutoAddedToken *token = g_ptr_array_index (list, i);
      g_string_append_printf (out, "%s\n    {\n      \"id\": %u,\n      \"content\": ", i ? "," : "", token->id);
      append_string (out, token->content, strlen (token->content));
      g_string_append (out, ",\n");
      append_bool (out, "single_word", token->single_word, FALSE);
      append_bool (out, "lstrip", token->lstrip, FALSE);
      append_bool (out, "rstrip", token->rstrip, FALSE);
      append_bool (out, "normalized", token->normalized, FALSE);
      append_bool (out, "special", token->special, TRUE);
      g_string_append (out, "    }");
    }
  g_string_append (out, list->len ? "\n  ],\n" : "],\n");
}

static void
append_vocabulary (GString *out, const AutoTokenModel *model)
{
  guint bound = auto_vocabulary_bound (model->vocabulary);
  gboolean first = TRUE;
  gsize length;

  g_string_append_printf (out, "    \"vocab\": %c", model->scores ? '[' : '{');
  for (guint id = 0; id < bound; id++)
    {
      const char *token = auto_token_model_token (model, id, &length);
      if (!token)
        continue;
      g_string_append_printf (out, "%s\n      %s", first ? "" : ",", model->scores ? "[\n        " : "");
      append_string (out, token, length);
      if (model->scores)
        {
          g_autofree char *score = auto_double_to_string (g_array_index (model->scores, double, id));
          g_string_append_printf (out, ",\n        %s\n      ]", score);
        }
      else
        g_string_append_printf (out, ": %u", id);
      first = FALSE;
    }
  g_string_append_printf (out, "%s%c", first ? "" : "\n    ", model->scores ? ']' : '}');
}

/* A merge's two tokens with a space between. */
static void
append_merge (GString *out, const AutoTokenModel *model, guint i)
{
  const AutoMerge *pair = &g_array_index (model->merges, AutoMerge, i);
  gsize length;
  const char *left = auto_vocabulary_token (model->vocabulary, pair->left, &length);

  g_string_append_len (out, left, length);
  g_string_append_c (out, ' ');
  const char *right = auto_vocabulary_token (model->vocabulary, pair->right, &length);
  g_string_append_len (out, right, length);
}

static gboolean
merges_have_spaces (const AutoTokenModel *model)
{
  for (guint i = 0; i < model->merges->len * 2; i++)
    {
      const AutoMerge *merge = &g_array_index (model->merges, AutoMerge, i / 2);
      gsize length;
      const char *token = auto_vocabulary_token (model->vocabulary, i % 2 ? merge->right : merge->left, &length);
      if (memchr (token, ' ', length))
        return TRUE;
    }
  return FALSE;
}

/* Tokens with spaces need the newer form, a list of two for each merge. */
static void
append_merges (GString *out, const AutoTokenModel *model)
{
  g_autoptr(GString) merge = g_string_new (NULL);
  gboolean lists = merges_have_spaces (model);
  gsize length;

  g_string_append (out, ",\n    \"merges\": [");
  for (guint i = 0; i < model->merges->len; i++)
    {
      const AutoMerge *pair = &g_array_index (model->merges, AutoMerge, i);
      g_string_append (out, i ? ",\n      " : "\n      ");
      if (lists)
        {
          const char *left = auto_vocabulary_token (model->vocabulary, pair->left, &length);
          g_string_append_c (out, '[');
          append_string (out, left, length);
          g_string_append (out, ", ");
          const char *right = auto_vocabulary_token (model->vocabulary, pair->right, &length);
          append_string (out, right, length);
          g_string_append_c (out, ']');
          continue;
        }
      g_string_truncate (merge, 0);
      append_merge (merge, model, i);
      append_string (out, merge->str, merge->len);
    }
  g_string_append (out, model->merges->len ? "\n    ]" : "]");
}

GString *
auto_pipeline_write (AutoPipeline *self)
{
  const AutoTokenizerParts *parts = auto_pipeline_get_parts (self);
  const AutoTokenModel *model = parts->model;
  GString *out = g_string_new ("{\n  \"version\": \"1.0\",\n");
  const struct
  {
    const char *key;
    JsonNode *node;
  } members[] = { { "truncation", parts->truncation },
                  { "padding", parts->padding },
                  { NULL },
                  { "normalizer", parts->normalizer },
                  { "pre_tokenizer", parts->saved_pre_tokenizer ? parts->saved_pre_tokenizer : parts->pre_tokenizer },
                  { "post_processor", parts->post_processor },
                  { "decoder", parts->saved_decoder ? parts->saved_decoder : parts->decoder } };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (members[i].key)
      {
        append_node (out, members[i].key, members[i].node, 2);
        g_string_append (out, ",\n");
      }
    else
      append_added (out, auto_pipeline_get_added (self));
  g_string_append_printf (out, "  \"model\": {\n    \"type\": \"%s\",\n", model->class->type);
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;
  json_object_iter_init_ordered (&iter, model->fields);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    if (!g_str_equal (key, "type"))
      {
        append_node (out, key, node, 4);
        g_string_append (out, ",\n");
      }
  append_vocabulary (out, model);
  if (model->merges)
    append_merges (out, model);
  g_string_append (out, "\n  }\n}");
  return out;
}

static JsonNode *
token_node (const AutoAddedToken *token, gboolean with_special)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "content", token->content);
  json_object_set_boolean_member (object, "lstrip", token->lstrip);
  json_object_set_boolean_member (object, "normalized", token->normalized);
  json_object_set_boolean_member (object, "rstrip", token->rstrip);
  json_object_set_boolean_member (object, "single_word", token->single_word);
  if (with_special)
    json_object_set_boolean_member (object, "special", token->special);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  return node;
}

/* How the reference says that rows may have any length: int(1e30), which is more than an integer of JSON's nodes holds. */
#define NO_LIMIT "1000000000000000019884624838656"

/* @nul: the name of the token whose text is U+0000; or NULL. */
static gboolean
write_object (const char *folder, const char *name, JsonObject *object, const char *nul, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  g_autofree char *text = auto_json_print (node, 2, TRUE), *named = g_strdup_printf ("\"%s\"", nul ? nul : "");
  g_autoptr(GString) line = g_string_new (text);

  if (nul)
    g_string_replace (line, named, "\"\\u0000\"", 0);
  g_string_replace (line, "\"model_max_length\": \"" NO_LIMIT "\"", "\"model_max_length\": " NO_LIMIT, 0);
  g_string_append_c (line, '\n');
  return auto_io_write (path, line->str, line->len, error);
}

/* A side that the files gave, or that isn't the class's: the Python class and the fast one may have different ones. */
static void
set_side (JsonObject *config, const char *key, const char *side, gboolean class_left)
{
  if (json_object_has_member (config, key) || g_str_equal (side, "left") != class_left)
    json_object_set_string_member (config, key, side);
}

static JsonObject *
make_config (const AutoTokenizerSave *self)
{
  const AutoSlowTokenizer *slow = auto_pipeline_get_slow (self->pipeline) ? self->spec->slow : NULL;
  AutoAddedVocabulary *added = auto_pipeline_get_added (self->pipeline);
  g_autoptr(GPtrArray) list = auto_added_vocabulary_list (added);
  JsonObject *config = json_object_new (), *decoder = json_object_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;
  gsize length = strlen (self->class_name);

  json_object_iter_init_ordered (&iter, self->settings->values);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    if (*key != '_')
      json_object_set_member (config, key, json_node_copy (node));
  for (guint i = 0; i < list->len; i++)
    {
      AutoAddedToken token = *(AutoAddedToken *) g_ptr_array_index (list, i);
      g_autofree char *id = g_strdup_printf ("%u", token.id);
      if (slow)
        token.special = auto_added_vocabulary_is_special (added, token.content);
      json_object_set_member (decoder, id, token_node (&token, TRUE));
    }
  json_object_set_object_member (config, "added_tokens_decoder", decoder);
  JsonArray *additional = json_array_new ();
  for (guint i = 0; i < self->settings->additional->len; i++)
    json_array_add_string_element (additional, g_array_index (self->settings->additional, AutoAddedToken, i).content);
  json_object_set_array_member (config, "additional_special_tokens", additional);
  json_object_set_boolean_member (config, "clean_up_tokenization_spaces", self->clean_up);
  if (self->model_max_length == G_MAXINT64)
    json_object_set_string_member (config, "model_max_length", NO_LIMIT);
  else
    json_object_set_int_member (config, "model_max_length", self->model_max_length);
  set_side (config, "padding_side", self->padding_side, slow ? slow->pad_left : self->spec->pad_left);
  set_side (config, "truncation_side", self->truncation_side, slow ? slow->truncate_left : self->spec->truncate_left);
  if (self->chat_template)
    json_object_set_string_member (config, "chat_template", self->chat_template);
  gboolean strip = g_str_has_suffix (self->class_name, "Fast") && !g_str_equal (self->class_name, "PreTrainedTokenizerFast");
  g_autofree char *class_name = g_strndup (self->class_name, strip ? length - 4 : length);
  json_object_set_string_member (config, "tokenizer_class", class_name);
  return config;
}

static JsonObject *
make_map (const AutoTokenizerSave *self)
{
  JsonObject *map = json_object_new ();
  GArray *additional = self->settings->additional;

  for (int i = 0; i < AUTO_N_SPECIALS; i++)
    if (self->settings->specials[i].content)
      json_object_set_member (map, auto_special_key (i), token_node (&self->settings->specials[i], FALSE));
  if (additional->len)
    {
      JsonArray *array = json_array_new ();
      for (guint i = 0; i < additional->len; i++)
        json_array_add_element (array, token_node (&g_array_index (additional, AutoAddedToken, i), FALSE));
      json_object_set_array_member (map, "additional_special_tokens", array);
    }
  return map;
}

/* The added tokens beyond the vocabulary's @size. */
static gboolean
write_added (const AutoAddedVocabulary *vocabulary, guint size, const char *folder, GError **error)
{
  g_autoptr(GPtrArray) list = auto_added_vocabulary_list (vocabulary);
  g_autoptr(JsonObject) added = json_object_new ();

  for (guint i = 0; i < list->len; i++)
    {
      const AutoAddedToken *token = g_ptr_array_index (list, i);
      if (token->id >= size && auto_added_vocabulary_by_id (vocabulary, token->id) == token)
        json_object_set_int_member (added, token->content, token->id);
    }
  return json_object_get_size (added) == 0 || write_object (folder, "added_tokens.json", json_object_ref (added), NULL, error);
}

static gboolean
write_text (const char *folder, const char *name, const GString *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return auto_io_write (path, text->str, text->len, error);
}

/* A token a line. */
static gboolean
write_lines (const AutoTokenizerSave *self, const AutoTokenModel *model, const char *folder, GError **error)
{
  guint bound = auto_vocabulary_bound (model->vocabulary);
  g_autoptr(GString) lines = g_string_new (NULL);
  gsize length;

  for (guint id = 0; id < bound; id++)
    {
      const char *token = auto_vocabulary_token (model->vocabulary, id, &length);
      if (!token)
        continue;
      g_string_append_len (lines, token, length);
      g_string_append_c (lines, '\n');
    }
  return write_text (folder, self->spec->vocab_file ? self->spec->vocab_file : "vocab.txt", lines, error);
}

/* The ids of tokens, and which are merged in which order. */
static gboolean
write_merges (const AutoTokenizerSave *self, const AutoTokenModel *model, const char *folder, GError **error)
{
  guint bound = auto_vocabulary_bound (model->vocabulary);
  g_autoptr(GString) ids = g_string_new ("{"), merges = g_string_new ("#version: 0.2\n");
  gsize length;

  for (guint id = 0; id < bound; id++)
    {
      const char *token = auto_vocabulary_token (model->vocabulary, id, &length);
      if (!token)
        continue;
      if (ids->len > 1)
        g_string_append_c (ids, ',');
      append_string (ids, token, length);
      g_string_append_printf (ids, ":%u", id);
    }
  g_string_append_c (ids, '}');
  for (guint i = 0; i < model->merges->len; i++)
    {
      append_merge (merges, model, i);
      g_string_append_c (merges, '\n');
    }
  return write_text (folder, self->spec->vocab_file ? self->spec->vocab_file : "vocab.json", ids, error)
         && write_text (folder, self->spec->merges_file ? self->spec->merges_file : "merges.txt", merges, error);
}

/* What the Python class of a fast one reads, where there is all that it needs. */
static gboolean
write_older_files (const AutoTokenizerSave *self, const char *folder, GError **error)
{
  const AutoTokenModel *model = auto_pipeline_get_model (self->pipeline);
  gboolean lines = self->spec->kind == AUTO_TOKENIZER_WORDPIECE && g_str_equal (model->class->type, "WordPiece");
  gboolean merges = self->spec->kind == AUTO_TOKENIZER_BPE && model->merges;

  if (!lines && !merges && !self->sentencepiece)
    return TRUE;
  if (!write_added (auto_pipeline_get_added (self->pipeline), auto_vocabulary_size (model->vocabulary), folder, error))
    return FALSE;
  if (lines)
    return write_lines (self, model, folder, error);
  if (merges)
    return write_merges (self, model, folder, error);
  gsize length;
  g_autofree char *path = g_build_filename (folder, self->sentencepiece_name, NULL);
  const char *data = g_bytes_get_data (self->sentencepiece, &length);
  return auto_io_write (path, data ? data : "", length, error);
}

/* tokenizer.json and the older files; of a Python class the files that it reads and the added tokens beyond them. */
static gboolean
write_vocabulary (const AutoTokenizerSave *self, const char *folder, GError **error)
{
  const AutoSlow *slow = auto_pipeline_get_slow (self->pipeline);

  if (slow)
    return write_added (slow->added, slow->vocab_size, folder, error) && auto_slow_save_vocabulary (slow, folder, error);
  g_autoptr(GString) json = auto_pipeline_write (self->pipeline);
  return write_text (folder, "tokenizer.json", json, error) && write_older_files (self, folder, error);
}

gboolean
auto_tokenizer_save (const AutoTokenizerSave *self, const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_WRITE, "%s: the folder can't be made", folder);
      return FALSE;
    }
  if (self->beside && !write_object (folder, self->spec->beside, json_object_ref (json_node_get_object (self->beside)), NULL, error))
    return FALSE;
  return write_vocabulary (self, folder, error) && write_object (folder, "tokenizer_config.json", make_config (self), self->spec->nul, error)
         && write_object (folder, "special_tokens_map.json", make_map (self), self->spec->nul, error);
}
