/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokenizers from files of tiktoken ranks. The file's name says how texts are cut into words and which special tokens there are; a
 * tokenizer.model says neither, and is taken as later versions of the reference take it. */
#include "auto-tokenizer-tiktoken.h"

#include <glib/gstdio.h>
#include <string.h>

#include "../base/auto-json.h"
#include "auto-byte-level.h"
#include "auto-tiktoken.h"
#include "auto-tokenizer-legacy.h"
#include "auto-word-patterns.h"

#define SUFFIX ".tiktoken"
#define UNNAMED "tokenizer.model"

/* Whether a file begins with a token in base64 and its rank: a sentencepiece model begins with a byte below the space. */
static gboolean
has_ranks (const char *path)
{
  char start[2048];
  FILE *file = g_fopen (path, "rb");
  gsize n = file ? fread (start, 1, sizeof start - 1, file) : 0, token, rank;

  if (file)
    fclose (file);
  start[n] = '\0';
  token = strspn (start, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
  rank = start[token] == ' ' ? strspn (start + token + 1, "0123456789") : 0;
  return token > 0 && rank > 0 && strchr ("\r\n", start[token + 1 + rank]) != NULL;
}

char *
auto_tokenizer_find_tiktoken (const char *folder)
{
  g_autofree char *unnamed = g_build_filename (folder, UNNAMED, NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name; dir && (name = g_dir_read_name (dir));)
    if (g_str_has_suffix (name, SUFFIX))
      return g_build_filename (folder, name, NULL);
  return has_ranks (unnamed) ? g_steal_pointer (&unnamed) : NULL;
}

/* The entry of word-patterns.json for the file's name. */
static JsonObject *
find_words (const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);

  if (!g_str_has_suffix (name, SUFFIX))
    return auto_word_patterns_find ("tiktoken", "default");
  name[strlen (name) - strlen (SUFFIX)] = '\0';
  JsonObject *words = auto_word_patterns_find ("tiktoken", name);
  if (!words)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
                 "%s: nobody knows how the encoding \"%s\" cuts texts into words; name the file as its encoding, such as cl100k_base" SUFFIX
                 ", or load the model's tokenizer.json instead",
                 path, name);
  return words;
}

static gboolean
add_ranks (const AutoTiktoken *ranks, AutoVocabulary *vocabulary)
{
  g_autoptr(GString) text = g_string_new (NULL);
  char characters[256][6];
  guint8 sizes[256];
  gboolean good = TRUE;
  gsize length;
  gint32 rank;

  for (guint byte = 0; byte < 256; byte++)
    sizes[byte] = g_unichar_to_utf8 (auto_byte_to_char (byte), characters[byte]);
  auto_vocabulary_expect (vocabulary, auto_tiktoken_get_n_tokens (ranks));
  for (gsize i = 0; good && i < auto_tiktoken_get_n_tokens (ranks); i++)
    {
      const guint8 *bytes = auto_tiktoken_get_token (ranks, i, &length, &rank);
      g_string_truncate (text, 0);
      for (gsize k = 0; k < length; k++)
        g_string_append_len (text, characters[bytes[k]], sizes[bytes[k]]);
      AutoKey key = auto_key (text->str, text->len);
      good = auto_vocabulary_append (vocabulary, &key, rank);
    }
  auto_vocabulary_index (vocabulary);
  return good;
}

/* The encoding's special tokens, which have ids of their own; the one that ends a text is the end token. */
static void
add_specials (JsonObject *words, AutoTokenizerParts *parts, AutoVocabulary *vocabulary, JsonObject *settings)
{
  JsonObject *specials = auto_json_object (words, "special_tokens");
  JsonObjectIter iter;
  const char *content;
  JsonNode *id;

  if (!specials)
    return;
  json_object_iter_init_ordered (&iter, specials);
  while (json_object_iter_next_ordered (&iter, &content, &id))
    {
      auto_vocabulary_add (vocabulary, content, strlen (content), json_node_get_int (id));
      auto_tokenizer_parts_add (parts, &(AutoAddedToken){ .content = (char *) content, .special = TRUE, .id = (guint32) json_node_get_int (id) });
    }
  if (json_object_has_member (specials, "<|endoftext|>"))
    json_object_set_string_member (settings, "eos_token", "<|endoftext|>");
}

static gboolean
make_model (const AutoTiktoken *ranks, AutoTokenizerParts *parts, AutoVocabulary *vocabulary, GError **error)
{
  g_autoptr(GArray) implied = auto_tiktoken_merges (ranks, NULL);
  GArray *merges = g_array_sized_new (FALSE, FALSE, sizeof (AutoMerge), implied->len);
  g_autoptr(JsonObject) fields = json_object_new ();

  for (guint i = 0; i < implied->len; i++)
    {
      const AutoTiktokenMerge *merge = &g_array_index (implied, AutoTiktokenMerge, i);
      g_array_append_val (merges, ((AutoMerge){ merge->left, merge->right, merge->merged }));
    }
  json_object_set_string_member (fields, "type", "BPE");
  json_object_set_boolean_member (fields, "ignore_merges", TRUE);
  parts->model = auto_token_model_new (json_object_ref (fields), vocabulary, merges, NULL, error);
  return parts->model != NULL;
}

AutoTokenizerParts *
auto_tokenizer_tiktoken_read (AutoTokenizerBuild *build, const char *folder, const char *path, GError **error)
{
  JsonObject *words = find_words (path, error);
  g_autoptr(AutoTiktoken) ranks = words ? auto_tiktoken_read (path, error) : NULL;
  g_autoptr(AutoTokenizerParts) parts = auto_tokenizer_parts_new ();
  g_autoptr(AutoVocabulary) vocabulary = auto_vocabulary_new ();
  g_autoptr(JsonObject) defaults = json_object_new ();

  if (!ranks)
    return NULL;
  if (!add_ranks (ranks, vocabulary))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: the vocabulary is far too large", path);
      return NULL;
    }
  json_object_set_boolean_member (defaults, "clean_up_tokenization_spaces", FALSE);
  add_specials (words, parts, vocabulary, defaults);
  parts->normalizer = auto_word_patterns_normalizer (words);
  parts->pre_tokenizer = auto_word_patterns_pre_tokenizer (words);
  parts->decoder = auto_word_patterns_decoder ();
  build->spec = &auto_tokenizer_marked_spec;
  if (!(build->settings = auto_tokenizer_settings_read (folder, defaults, build->overrides, error))
      || !make_model (ranks, parts, g_steal_pointer (&vocabulary), error)
      || !(parts->post_processor = auto_tokenizer_make_templates (build, parts->model, FALSE, error)))
    return NULL;
  return g_steal_pointer (&parts);
}
