/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-token-model.h"

#include <string.h>

#include "auto-character-trie.h"

/* Greedy longest match: from the root for a word's start, from the prefix's node for what follows. */
typedef struct
{
  gsize ready; /* whether the trie is made: when a word is first looked up, so that loading is quick */
  AutoCharacterTrie trie;
  const AutoCharacterNode *inner;            /* behind "##"; NULL: nothing goes on */
  const AutoCharacterNode *inner_ascii[128]; /* where it leads to next */
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
  if (auto_vocabulary_bytes (self->vocabulary) + strlen (prefix) >= AUTO_CHARACTER_TRIE_MOST_BYTES)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "model: the texts of the vocabulary are too long");
      return FALSE;
    }
  return TRUE;
}

static void
make_trie (const AutoTokenModel *self, WordPiece *data)
{
  guint size;

  if (!g_once_init_enter (&data->ready))
    return;
  auto_character_trie_init_vocabulary (&data->trie, self->vocabulary);
  data->inner = &data->trie.root;
  for (const char *prefix = auto_json_string (self->fields, "continuing_subword_prefix"); *prefix && data->inner; prefix += size)
    data->inner = auto_character_trie_step (&data->trie, data->inner, auto_utf8_get (prefix, &size));
  for (gunichar c = 0; data->inner && c < G_N_ELEMENTS (data->inner_ascii); c++)
    data->inner_ascii[c] = auto_character_trie_step (&data->trie, data->inner, c);
  g_once_init_leave (&data->ready, 1);
}

/* The first step of a piece, at the word's start or inside it. */
static inline const AutoCharacterNode *
begin_piece (const WordPiece *data, gunichar c, gboolean inside)
{
  if (!inside)
    return auto_character_trie_begin (&data->trie, c);
  if (c < G_N_ELEMENTS (data->inner_ascii))
    return data->inner_ascii[c];
  return data->inner ? auto_character_trie_step (&data->trie, data->inner, c) : NULL;
}

static void
wordpiece_clear (AutoTokenModel *self)
{
  WordPiece *data = self->data;

  if (data)
    auto_character_trie_clear (&data->trie);
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
  guint size;

  if ((gint64) length > data->most_chars && (gint64) auto_utf8_count (word, length) > data->most_chars)
    return add_unknown (self, length, before, tokens, error);
  make_trie (self, data);
  g_array_set_size (tokens, before + length); /* one of each byte at most */
  AutoToken *token = &g_array_index (tokens, AutoToken, before);
  for (gsize start = 0; start < length;)
    {
      gsize end = 0;
      gint32 id = -1;
      const AutoCharacterNode *node = begin_piece (data, auto_utf8_get (word + start, &size), start > 0);
      for (gsize at = start + size; node; at += size)
        {
          if (node->id >= 0)
            id = node->id, end = at;
          node = at < length ? auto_character_trie_step (&data->trie, node, auto_utf8_get (word + at, &size)) : NULL;
        }
      if (id < 0)
        return add_unknown (self, length, before, tokens, error);
      *token++ = (AutoToken){ id, start, end };
      start = end;
    }
  tokens->len = token - (AutoToken *) tokens->data;
  return TRUE;
}

const AutoTokenModelClass auto_wordpiece_class = { "WordPiece", wordpiece_prepare, wordpiece_tokenize, wordpiece_clear };
