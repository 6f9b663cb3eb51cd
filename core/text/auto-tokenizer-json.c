/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading tokenizer.json. The model's large members are read straight from the text, everything else by way of json-glib. */
#include <string.h>

#include "auto-added-token.h"
#include "auto-json-vocabulary.h"
#include "auto-pipeline.h"

AutoTokenizerParts *
auto_tokenizer_parts_new (void)
{
  AutoTokenizerParts *self = g_new0 (AutoTokenizerParts, 1);

  self->added_tokens = g_array_new (FALSE, FALSE, sizeof (AutoAddedToken));
  return self;
}

void
auto_tokenizer_parts_free (AutoTokenizerParts *self)
{
  if (!self)
    return;
  JsonNode **nodes[] = { &self->normalizer, &self->pre_tokenizer, &self->post_processor, &self->decoder,
                         &self->truncation, &self->padding,       &self->saved_decoder,  &self->saved_pre_tokenizer };
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    g_clear_pointer (nodes[i], json_node_unref);
  auto_token_model_free (self->model);
  for (guint i = 0; i < self->added_tokens->len; i++)
    g_free (g_array_index (self->added_tokens, AutoAddedToken, i).content);
  g_array_unref (self->added_tokens);
  g_free (self);
}

void
auto_tokenizer_parts_add (AutoTokenizerParts *self, const AutoAddedToken *token)
{
  AutoAddedToken copy = *token;

  copy.content = g_strdup (token->content);
  g_array_append_val (self->added_tokens, copy);
}

/* A small value as a tree; NULL for null, and after an error. */
static JsonNode *
read_node (AutoJsonReader *reader)
{
  const char *text;
  gsize length;

  if (!auto_json_reader_span (reader, &text, &length))
    return NULL;
  JsonNode *node = auto_json_parse (text, length, reader->name, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE,
                                    reader->error ? NULL : &reader->error);
  if (node && JSON_NODE_HOLDS_NULL (node))
    g_clear_pointer (&node, json_node_unref);
  return node;
}

/* What is gathered of "model" until all of it is known. */
typedef struct
{
  JsonObject *fields;
  AutoVocabulary *vocabulary;
  GArray *merges, *scores;
  GHashTable *shadowed; /* see AutoTokenModel */
  const char *merges_text; /* merges that came before the vocabulary, or before it was told what prefix tokens within words have */
  gsize merges_length;
  gboolean knows_prefix;
} Draft;

static void
read_merges (AutoJsonReader *reader, Draft *draft)
{
  const char *prefix = auto_json_string (draft->fields, "continuing_subword_prefix");

  g_clear_pointer (&draft->merges, g_array_unref);
  draft->merges = auto_json_read_merges (reader, draft->vocabulary, prefix ? strlen (prefix) : 0);
}

/* Keeps the tokens of a list that come again later. */
static void
keep_shadowed (const AutoJsonReader *reader, const char *from, const char *to, Draft *draft)
{
  AutoJsonReader again;
  const char *text;
  gsize length;
  double score;

  draft->shadowed = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);
  auto_json_reader_init (&again, from, to - from, reader->name);
  auto_json_reader_enter_array (&again);
  for (int id = 0; auto_json_reader_next (&again); id++)
    {
      auto_json_reader_enter_array (&again);
      auto_json_reader_next (&again);
      if (auto_json_reader_string (&again, &text, &length) && !auto_vocabulary_token (draft->vocabulary, id, &(gsize){ 0 }))
        g_hash_table_insert (draft->shadowed, GINT_TO_POINTER (id), g_bytes_new (text, length));
      auto_json_reader_next (&again);
      auto_json_reader_double (&again, &score);
      auto_json_reader_next (&again);
    }
  auto_json_reader_finish (&again, NULL);
  auto_json_reader_clear (&again);
}

static void
read_scores (AutoJsonReader *reader, Draft *draft)
{
  const char *from = reader->at;

  g_clear_pointer (&draft->scores, g_array_unref);
  draft->scores = auto_json_read_scores (reader, draft->vocabulary);
  if (!reader->error && auto_vocabulary_size (draft->vocabulary) < draft->scores->len)
    keep_shadowed (reader, from, reader->at, draft);
}

static void
read_model_member (AutoJsonReader *reader, Draft *draft, const char *key, gsize length)
{
  g_autofree char *name = g_strndup (key, length);
  JsonNode *node;

  if (g_str_equal (name, "vocab") && auto_json_reader_peek (reader) == AUTO_JSON_OBJECT)
    auto_json_read_vocabulary (reader, draft->vocabulary);
  else if (g_str_equal (name, "vocab") && auto_json_reader_peek (reader) == AUTO_JSON_ARRAY)
    read_scores (reader, draft);
  else if (g_str_equal (name, "merges") && auto_json_reader_peek (reader) == AUTO_JSON_NULL)
    auto_json_reader_skip (reader);
  else if (g_str_equal (name, "merges") && (auto_vocabulary_size (draft->vocabulary) == 0 || !draft->knows_prefix))
    auto_json_reader_span (reader, &draft->merges_text, &draft->merges_length);
  else if (g_str_equal (name, "merges"))
    read_merges (reader, draft);
  else
    {
      draft->knows_prefix |= g_str_equal (name, "continuing_subword_prefix");
      if ((node = read_node (reader)))
        json_object_set_member (draft->fields, name, node);
    }
}

static AutoTokenModel *
read_model (AutoJsonReader *reader)
{
  Draft draft = { json_object_new (), auto_vocabulary_new () };
  const char *key;
  gsize length;

  for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &key, &length);)
    read_model_member (reader, &draft, key, length);
  if (draft.merges_text && !reader->error)
    {
      AutoJsonReader again;
      auto_json_reader_init (&again, draft.merges_text, draft.merges_length, reader->name);
      read_merges (&again, &draft);
      auto_json_reader_finish (&again, &reader->error);
      auto_json_reader_clear (&again);
    }
  if (!reader->error)
    {
      AutoTokenModel *model = auto_token_model_new (draft.fields, draft.vocabulary, draft.merges, draft.scores, &reader->error);
      if (model)
        model->shadowed = draft.shadowed;
      else
        {
          g_prefix_error (&reader->error, "%s: ", reader->name);
          g_clear_pointer (&draft.shadowed, g_hash_table_unref);
        }
      return model;
    }
  json_object_unref (draft.fields);
  auto_vocabulary_free (draft.vocabulary);
  g_clear_pointer (&draft.merges, g_array_unref);
  g_clear_pointer (&draft.scores, g_array_unref);
  g_clear_pointer (&draft.shadowed, g_hash_table_unref);
  return NULL;
}

static void
read_added_token (AutoJsonReader *reader, AutoTokenizerParts *parts)
{
  gint64 id = 0;
  AutoAddedToken token = auto_added_token_read (reader, &id);
  g_autofree char *content = token.content;

  if (id < 0 || id > G_MAXINT32)
    auto_json_reader_fail (reader, "added_tokens: an id that is too large or less than 0");
  token.id = id;
  if (!reader->error)
    auto_tokenizer_parts_add (parts, &token);
}

static void
read_member (AutoJsonReader *reader, AutoTokenizerParts *parts, const char *key, gsize length)
{
  struct
  {
    const char *key;
    JsonNode **node;
  } members[] = {
    { "normalizer", &parts->normalizer }, { "pre_tokenizer", &parts->pre_tokenizer }, { "post_processor", &parts->post_processor },
    { "decoder", &parts->decoder },       { "truncation", &parts->truncation },       { "padding", &parts->padding },
  };
  const char *version;
  gsize version_length;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (auto_json_key_is (key, length, members[i].key))
      {
        g_clear_pointer (members[i].node, json_node_unref);
        *members[i].node = read_node (reader);
        return;
      }
  if (auto_json_key_is (key, length, "added_tokens"))
    for (auto_json_reader_enter_array (reader); auto_json_reader_next (reader);)
      read_added_token (reader, parts);
  else if (auto_json_key_is (key, length, "model"))
    {
      auto_token_model_free (g_steal_pointer (&parts->model));
      parts->model = read_model (reader);
    }
  else if (auto_json_key_is (key, length, "version"))
    {
      if (auto_json_reader_string (reader, &version, &version_length) && !auto_json_key_is (version, version_length, "1.0"))
        auto_json_reader_fail (reader, "its version is not 1.0");
    }
  else
    auto_json_reader_skip (reader);
}

AutoTokenizerParts *
auto_tokenizer_parts_read (const char *text, gsize length, const char *name, GError **error)
{
  g_autoptr(AutoTokenizerParts) parts = auto_tokenizer_parts_new ();
  AutoJsonReader reader;
  const char *key;
  gsize key_length;

  auto_json_reader_init (&reader, text, length, name);
  for (auto_json_reader_enter_object (&reader); auto_json_reader_next_key (&reader, &key, &key_length);)
    read_member (&reader, parts, key, key_length);
  if (!parts->model)
    auto_json_reader_fail (&reader, "there is no \"model\"");
  gboolean good = auto_json_reader_finish (&reader, error);
  auto_json_reader_clear (&reader);
  return good ? g_steal_pointer (&parts) : NULL;
}
