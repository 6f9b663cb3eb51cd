/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-token-model.h"

#include <string.h>

static gboolean
word_level_prepare (AutoTokenModel *self, GError **error)
{
  const char *unk = auto_json_string (self->fields, "unk_token");

  if (!unk)
    json_object_set_string_member (self->fields, "unk_token", unk = "<unk>");
  self->unk_id = auto_vocabulary_find (self->vocabulary, unk, strlen (unk));
  return TRUE;
}

static gboolean
word_level_tokenize (const AutoTokenModel *self, const char *word, gsize length, GArray *tokens, GError **error)
{
  gint64 id = auto_vocabulary_find (self->vocabulary, word, length);

  if (id < 0)
    id = self->unk_id;
  if (id < 0)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "\"%.*s\" is not in the vocabulary, and neither is the unknown token \"%s\"",
                   (int) MIN (length, 64), word, auto_json_string (self->fields, "unk_token"));
      return FALSE;
    }
  g_array_append_val (tokens, ((AutoToken){ id, 0, length }));
  return TRUE;
}

const AutoTokenModelClass auto_word_level_class = { "WordLevel", word_level_prepare, word_level_tokenize, NULL };
