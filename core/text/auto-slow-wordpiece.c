/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BERT's words and their pieces. */
#include "auto-slow-engines.h"

#include <string.h>

#include "auto-slow-basic.h"
#include "auto-slow.h"

typedef struct
{
  gboolean basic; /* words are cut, or only pieces */
  AutoBasicWords how;
} Words;

static Words *
read_settings (const AutoSlowWordpiece *params, JsonObject *settings)
{
  Words *words = g_new0 (Words, 1);
  JsonNode *strip = auto_json_member (settings, "strip_accents");
  JsonArray *never = auto_json_array (settings, "never_split");

  words->basic = auto_json_bool (settings, "do_basic_tokenize", TRUE);
  words->how.lower = auto_json_bool (settings, "do_lower_case", FALSE);
  words->how.chinese = auto_json_bool (settings, "tokenize_chinese_chars", TRUE);
  words->how.punctuation = TRUE;
  words->how.decomposed = params && params->decomposed;
  words->how.strip_accents = strip && auto_json_is_bool (strip) ? json_node_get_boolean (strip) : -1;
  words->how.never_split = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; never && i < json_array_get_length (never); i++)
    if (auto_json_is_string (json_array_get_element (never, i)))
      g_hash_table_add (words->how.never_split, g_strdup (json_array_get_string_element (never, i)));
  return words;
}

static gboolean
wordpiece_load (AutoSlow *self, const char *folder, GError **error)
{
  const char *name = self->class->vocab_file ? self->class->vocab_file : self->spec->vocab_file;
  JsonObject *fields = json_object_new ();
  Words *words = self->data = read_settings (self->class->params, self->settings);

  self->lower = self->class->lower && words->basic && words->how.lower;
  json_object_set_string_member (fields, "type", "WordPiece");
  if (self->unk)
    json_object_set_string_member (fields, "unk_token", self->unk);
  if (!auto_slow_load_lines (self, folder, name ? name : "vocab.txt", error))
    {
      json_object_unref (fields);
      return FALSE;
    }
  self->model = auto_token_model_new (fields, g_steal_pointer (&self->vocabulary), NULL, NULL, error);
  return self->model != NULL;
}

static void
wordpiece_clear (AutoSlow *self)
{
  Words *words = self->data;

  g_hash_table_unref (words->how.never_split);
  g_free (words);
}

typedef struct
{
  const AutoSlow *self;
  const Words *words;
  GPtrArray *tokens;
} Pass;

static void
add_pieces (const char *text, gsize length, gpointer data)
{
  Pass *pass = data;
  const AutoTokenModel *model = pass->self->model;
  g_autoptr(GArray) pieces = g_array_new (FALSE, FALSE, sizeof (AutoToken));

  if (!model->class->tokenize (model, text, length, pieces, NULL))
    g_array_set_size (pieces, 0);
  for (guint i = 0; i < pieces->len; i++)
    {
      gsize n;
      const char *token = auto_vocabulary_token (model->vocabulary, g_array_index (pieces, AutoToken, i).id, &n);
      g_ptr_array_add (pass->tokens, g_strndup (token, n));
    }
  if (!pieces->len && pass->self->unk) /* the unknown token isn't in the vocabulary itself */
    g_ptr_array_add (pass->tokens, g_strdup (pass->self->unk));
}

static void
add_word (const char *text, gsize length, gpointer data)
{
  Pass *pass = data;
  g_autofree char *word = g_strndup (text, length);

  if (g_hash_table_contains (pass->words->how.never_split, word))
    g_ptr_array_add (pass->tokens, g_steal_pointer (&word));
  else
    add_pieces (text, length, pass);
}

static void
wordpiece_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  const Words *words = self->data;
  Pass pass = { .self = self, .words = words, .tokens = tokens };

  if (!words->basic)
    {
      auto_python_split (text, length, add_pieces, &pass);
      return;
    }
  AutoBasicWords how = words->how;
  how.kept = self->specials;
  auto_basic_words_split (&how, text, length, add_word, &pass);
}

static gboolean
wordpiece_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  for (guint i = 0; i < tokens->len; i++)
    g_string_append_printf (text, "%s%s", i ? " " : "", (char *) g_ptr_array_index (tokens, i));
  g_string_replace (text, " ##", "", 0);
  auto_python_strip (text);
  return TRUE;
}

const AutoSlowEngine auto_slow_wordpiece = {
  .load = wordpiece_load,
  .tokenize = wordpiece_tokenize,
  .join = wordpiece_join,
  .clear = wordpiece_clear,
};
