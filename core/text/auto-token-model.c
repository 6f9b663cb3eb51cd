/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-token-model.h"

#include <string.h>

static const AutoTokenModelClass *
find_class (const AutoTokenModel *self, GError **error)
{
  static const AutoTokenModelClass *const classes[] = { &auto_wordpiece_class, &auto_word_level_class, &auto_bpe_class, &auto_unigram_class };
  const char *type = auto_json_string (self->fields, "type");

  if (!type)
    type = self->scores ? "Unigram" : self->merges ? "BPE" : json_object_has_member (self->fields, "max_input_chars_per_word") ? "WordPiece" : "WordLevel";
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_str_equal (type, classes[i]->type))
      return classes[i];
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "model: there is no model of type \"%s\"", type);
  return NULL;
}

AutoTokenModel *
auto_token_model_new (JsonObject *fields, AutoVocabulary *vocabulary, GArray *merges, GArray *scores, GError **error)
{
  g_autoptr(AutoTokenModel) self = g_new0 (AutoTokenModel, 1);

  self->fields = fields;
  self->vocabulary = vocabulary;
  self->merges = merges;
  self->scores = scores;
  self->unk_id = -1;
  self->class = find_class (self, error);
  if (!self->class || !self->class->prepare (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

AutoTokenModel *
auto_token_model_new_bare (AutoVocabulary *vocabulary)
{
  AutoTokenModel *self = g_new0 (AutoTokenModel, 1);

  self->fields = json_object_new ();
  self->vocabulary = vocabulary;
  self->unk_id = -1;
  return self;
}

const char *
auto_token_model_token (const AutoTokenModel *self, gint64 id, gsize *length)
{
  const char *token = auto_vocabulary_token (self->vocabulary, id, length);
  GBytes *shadowed = token || !self->shadowed || id < 0 || id > G_MAXINT32 ? NULL : g_hash_table_lookup (self->shadowed, GINT_TO_POINTER ((int) id));

  return shadowed ? g_bytes_get_data (shadowed, length) : token;
}

guint
auto_token_model_size (const AutoTokenModel *self)
{
  return auto_vocabulary_size (self->vocabulary) + (self->shadowed ? g_hash_table_size (self->shadowed) : 0);
}

void
auto_token_model_free (AutoTokenModel *self)
{
  if (!self)
    return;
  if (self->class && self->class->clear)
    self->class->clear (self);
  auto_vocabulary_free (self->vocabulary);
  json_object_unref (self->fields);
  g_clear_pointer (&self->merges, g_array_unref);
  g_clear_pointer (&self->scores, g_array_unref);
  g_clear_pointer (&self->shadowed, g_hash_table_unref);
  g_free (self);
}

gint64
auto_token_model_named (const AutoTokenModel *self, const char *key)
{
  const char *token = auto_json_string (self->fields, key);

  return token ? auto_vocabulary_find (self->vocabulary, token, strlen (token)) : -1;
}
