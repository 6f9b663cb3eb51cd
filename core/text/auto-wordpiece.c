/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-token-model.h"

#include <string.h>

#include "auto-trie.h"

/* Greedy longest match: from the root for a word's start, from the prefix's node for what follows. */
typedef struct
{
  gsize ready; /* whether the trie is made: when a word is first looked up, so that loading is quick */
  AutoTrie trie;
  guint inner; /* the node of "##" */
  gint64 most_chars;
} WordPiece;

static gboolean
wordpiece_prepare (AutoTokenModel *self, GError **error)
{
  WordPiece *data = self->data = g_new0 (WordPiece, 1);
  const char *unk = auto_json_string (self->fields, "unk_token"), *prefix = auto_json_string (self->fields, "continuing_subword_prefix");

  if (!unk)
    json_object_set_string_member (self->fields, "unk_token", unk = "[UNK]");
  if (!prefix)
    json_object_set_string_member (self->fields, "continuing_subword_prefix", prefix = "##");
  data->most_chars = auto_json_int (self->fields, "max_input_chars_per_word", 100);
  json_object_set_int_member (self->fields, "max_input_chars_per_word", data->most_chars);
  self->unk_id = auto_vocabulary_find (self->vocabulary, unk, strlen (unk));
  if (auto_vocabulary_bytes (self->vocabulary) + strlen (prefix) >= AUTO_TRIE_MOST_NODES)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "model: the texts of the vocabulary are too long");
      return FALSE;
    }
  return TRUE;
}

static void
make_trie (const AutoTokenModel *self, WordPiece *data)
{
  const char *prefix = auto_json_string (self->fields, "continuing_subword_prefix");
  gsize length;
  guint id;

  if (!g_once_init_enter (&data->ready))
    return;
  auto_trie_init_sized (&data->trie, auto_vocabulary_bytes (self->vocabulary) / 2);
  data->inner = auto_trie_extend (&data->trie, 0, prefix, strlen (prefix));
  for (guint i = 0; i < auto_vocabulary_size (self->vocabulary); i++)
    {
      const char *token = auto_vocabulary_nth (self->vocabulary, i, &length, &id);
      auto_trie_add (&data->trie, token, length, id);
    }
  g_once_init_leave (&data->ready, 1);
}

static void
wordpiece_clear (AutoTokenModel *self)
{
  WordPiece *data = self->data;

  if (data)
    auto_trie_clear (&data->trie);
  g_free (data);
}

static gboolean
add_unknown (const AutoTokenModel *self, gsize length, guint before, GArray *tokens, GError **error)
{
  g_array_set_size (tokens, before);
  if (self->unk_id < 0)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "the unknown token \"%s\" is not in the vocabulary",
                   auto_json_string (self->fields, "unk_token"));
      return FALSE;
    }
  g_array_append_val (tokens, ((AutoToken){ self->unk_id, 0, length }));
  return TRUE;
}

static gboolean
wordpiece_tokenize (const AutoTokenModel *self, const char *word, gsize length, GArray *tokens, GError **error)
{
  WordPiece *data = self->data;
  guint before = tokens->len;
  gint64 n_chars = 0;

  for (gsize i = 0; i < length; i++)
    n_chars += (word[i] & 0xC0) != 0x80;
  if (n_chars > data->most_chars)
    return add_unknown (self, length, before, tokens, error);
  make_trie (self, data);
  for (gsize start = 0; start < length;)
    {
      gsize end = 0;
      gint32 id = -1;
      guint node = start ? data->inner : 0;
      for (gsize at = start; at < length && (node = auto_trie_step (&data->trie, node, word[at])) != AUTO_TRIE_NONE; at++)
        if (data->trie.values[node] >= 0)
          id = data->trie.values[node], end = at + 1;
      if (id < 0)
        return add_unknown (self, length, before, tokens, error);
      g_array_append_val (tokens, ((AutoToken){ id, start, end }));
      start = end;
    }
  return TRUE;
}

const AutoTokenModelClass auto_wordpiece_class = { "WordPiece", wordpiece_prepare, wordpiece_tokenize, wordpiece_clear };
