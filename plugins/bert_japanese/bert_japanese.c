/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Japanese BERT's tokenizer: words of BERT's own kind or of MeCab, and their pieces, characters, or pieces of sentencepiece. */
#include <string.h>

#include "core/base/auto-json.h"
#include "core/text/auto-slow-basic.h"
#include "core/text/auto-slow.h"
#include "core/text/auto-unicode.h"
#include "mecab.h"
#include "sdk/auto-sdk.h"

typedef enum
{
  WORDS_NONE,
  WORDS_BASIC,
  WORDS_MECAB,
} Words;

typedef enum
{
  PIECES_NONE,
  PIECES_WORDPIECE,
  PIECES_CHARACTERS,
  PIECES_SENTENCEPIECE,
} Pieces;

typedef struct
{
  Words words;
  Pieces pieces;
  AutoBasicWords basic; /* also what MeCab's words have of lower case, and which are left as they are */
  Mecab *mecab;
  gboolean normalize; /* before MeCab */
  /* The engine that reads the vocabulary and makes pieces, with its own class, settings and data. */
  const AutoSlowTokenizer *class;
  JsonObject *settings;
  gpointer data;
} Japanese;

static const AutoSlowPieces pieces = { .clean = TRUE, .commas = TRUE, .join = AUTO_JOIN_DECODED, .keep_ends = TRUE };
static const AutoSlowTokenizer sentencepiece_class = {
  .engine = &auto_slow_sentencepiece, .params = &pieces, .vocab_file = "spiece.model" };
static const AutoSlowTokenizer wordpiece_class = { .engine = &auto_slow_wordpiece, .vocab_file = "vocab.txt" };

/* This one as the engine of its pieces sees it. */
static AutoSlow
inner (const AutoSlow *self)
{
  const Japanese *japanese = self->data;
  AutoSlow slow = *self;

  slow.class = japanese->class;
  slow.settings = japanese->settings;
  slow.data = japanese->data;
  return slow;
}

/* A setting that is one of several names. @more is said of others. */
static gboolean
read_kind (AutoSlow *self, const char *folder, const char *setting, const char *const *names, const char *more, int *kind, GError **error)
{
  const char *name = auto_json_string (self->settings, setting);

  for (int i = 0; name && names[i]; i++)
    if (g_str_equal (name, names[i]))
      return *kind = i + 1, TRUE;
  g_autofree char *known = g_strjoinv (", ", (char **) names);
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "%s: %s is \"%s\", which is none of %s%s", folder, setting,
               name ? name : "null", known, more);
  return FALSE;
}

static gboolean
open_mecab (AutoSlow *self, Japanese *japanese, const char *folder, GError **error)
{
  JsonObject *options = auto_json_object (self->settings, "mecab_kwargs");
  JsonNode *dictionary = options ? auto_json_member (options, "mecab_dic") : NULL;
  const char *name = dictionary ? auto_json_string (options, "mecab_dic") : "ipadic";

  japanese->normalize = !options || auto_json_bool (options, "normalize_text", TRUE);
  japanese->mecab = bert_japanese_mecab_new (name, options ? auto_json_string (options, "mecab_option") : NULL, error);
  if (!japanese->mecab)
    g_prefix_error (error, "%s: ", folder);
  return japanese->mecab != NULL;
}

static void
read_basic (AutoSlow *self, Japanese *japanese)
{
  JsonArray *never = auto_json_array (self->settings, "never_split");

  japanese->basic = (AutoBasicWords){ .punctuation = TRUE, .strip_accents = -1 };
  japanese->basic.lower = auto_json_bool (self->settings, "do_lower_case", FALSE);
  japanese->basic.never_split = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; never && i < json_array_get_length (never); i++)
    if (auto_json_is_string (json_array_get_element (never, i)))
      g_hash_table_add (japanese->basic.never_split, g_strdup (json_array_get_string_element (never, i)));
}

static gboolean
read_settings (AutoSlow *self, Japanese *japanese, const char *folder, GError **error)
{
  static const char *const words[] = { "basic", "mecab", NULL }, *const kinds[] = { "wordpiece", "character", "sentencepiece", NULL };
  static const char no_library[] = "; Sudachi and Juman++ have no library with an interface in C";
  const char *name = auto_json_string (self->settings, "subword_tokenizer_type");
  int kind = 0;

  read_basic (self, japanese);
  if (auto_json_bool (self->settings, "do_subword_tokenize", TRUE)
      && !read_kind (self, folder, "subword_tokenizer_type", kinds, "", &kind, error))
    return FALSE;
  japanese->pieces = kind;
  kind = 0;
  if (auto_json_bool (self->settings, "do_word_tokenize", TRUE)
      && !read_kind (self, folder, "word_tokenizer_type", words, no_library, &kind, error))
    return FALSE;
  japanese->words = kind;
  japanese->class = g_strcmp0 (name, "sentencepiece") == 0 ? &sentencepiece_class : &wordpiece_class;
  japanese->settings = json_object_new (); /* the class's own of those names are others */
  json_object_set_boolean_member (japanese->settings, "keep_accents", TRUE);
  json_object_set_boolean_member (japanese->settings, "do_basic_tokenize", FALSE);
  return kind != WORDS_MECAB || open_mecab (self, japanese, folder, error);
}

static gboolean
japanese_load (AutoSlow *self, const char *folder, GError **error)
{
  Japanese *japanese = self->data = g_new0 (Japanese, 1);

  if (!read_settings (self, japanese, folder, error))
    return FALSE;
  AutoSlow slow = inner (self);
  gboolean good = slow.class->engine->load (&slow, folder, error);
  japanese->data = slow.data;
  self->vocabulary = slow.vocabulary;
  self->vocab_size = slow.vocab_size;
  self->model = slow.model;
  return good;
}

static void
japanese_clear (AutoSlow *self)
{
  Japanese *japanese = self->data;
  AutoSlow slow = inner (self);

  if (japanese->data)
    slow.class->engine->clear (&slow);
  g_clear_pointer (&japanese->settings, json_object_unref);
  g_clear_pointer (&japanese->basic.never_split, g_hash_table_unref);
  bert_japanese_mecab_free (japanese->mecab);
  g_free (japanese);
}

typedef struct
{
  const AutoSlow *self, *slow; /* this one, and as the engine of pieces sees it */
  GPtrArray *tokens;
} Pass;

static void
add_characters (const Pass *pass, const char *word, gsize length)
{
  g_autofree char *normal = g_utf8_normalize (word, length, G_NORMALIZE_NFKC);
  const char *text = normal ? normal : "";
  guint size;

  for (const char *p = text; *p; p += size)
    {
      auto_utf8_get (p, &size);
      gboolean known = auto_vocabulary_find (pass->self->vocabulary, p, size) >= 0;
      g_ptr_array_add (pass->tokens, known ? g_strndup (p, size) : g_strdup (pass->self->unk));
    }
}

static void
add_pieces (const char *word, gsize length, gpointer data)
{
  const Pass *pass = data;
  const Japanese *japanese = pass->self->data;

  if (japanese->pieces == PIECES_NONE)
    g_ptr_array_add (pass->tokens, g_strndup (word, length));
  else if (japanese->pieces == PIECES_CHARACTERS)
    add_characters (pass, word, length);
  else
    pass->slow->class->engine->tokenize (pass->slow, word, length, pass->tokens);
}

static void
add_mecab_word (const char *word, gsize length, gpointer data)
{
  const Pass *pass = data;
  const Japanese *japanese = pass->self->data;
  g_autofree char *text = g_strndup (word, length);

  if (japanese->basic.lower && !g_hash_table_contains (japanese->basic.never_split, text) && !auto_slow_is_special (pass->self, text))
    {
      g_autofree char *lower = auto_python_lower (text, length);
      add_pieces (lower, strlen (lower), data);
    }
  else
    add_pieces (text, length, data);
}

static void
japanese_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  const Japanese *japanese = self->data;
  AutoSlow slow = inner (self);
  Pass pass = { self, &slow, tokens };

  if (japanese->words == WORDS_NONE)
    add_pieces (text, length, &pass);
  else if (japanese->words == WORDS_BASIC)
    {
      AutoBasicWords how = japanese->basic;
      how.kept = self->specials;
      auto_basic_words_split (&how, text, length, add_pieces, &pass);
    }
  else
    {
      g_autofree char *normal = japanese->normalize ? g_utf8_normalize (text, length, G_NORMALIZE_NFKC) : NULL;
      bert_japanese_mecab_cut (japanese->mecab, normal ? normal : text, normal ? strlen (normal) : length, add_mecab_word, &pass);
    }
}

static gint64
japanese_find (const AutoSlow *self, const char *token)
{
  AutoSlow slow = inner (self);

  if (slow.class->engine->find)
    return slow.class->engine->find (&slow, token);
  gint64 id = auto_vocabulary_find (self->vocabulary, token, strlen (token));
  return id >= 0 || !self->unk ? id : auto_vocabulary_find (self->vocabulary, self->unk, strlen (self->unk));
}

static gboolean
japanese_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  AutoSlow slow = inner (self);

  return slow.class->engine->join (&slow, tokens, text, error);
}

static const AutoSlowEngine japanese_engine = {
  .load = japanese_load, .tokenize = japanese_tokenize, .find = japanese_find, .join = japanese_join, .clear = japanese_clear };

static const AutoTokenizerSpec japanese_tokenizer = {
  .class_name = "BertJapaneseTokenizer",
  .defaults = "{\"do_lower_case\": false, \"do_word_tokenize\": true, \"do_subword_tokenize\": true, \"word_tokenizer_type\": \"basic\","
              " \"subword_tokenizer_type\": \"wordpiece\", \"never_split\": null, \"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\","
              " \"pad_token\": \"[PAD]\", \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\", \"mecab_kwargs\": null,"
              " \"sudachi_kwargs\": null, \"jumanpp_kwargs\": null}",
  .slow = &(const AutoSlowTokenizer) {
    .engine = &japanese_engine, .lower = "do_lower_case", .ids_fall_back = TRUE, .single = "${cls_token}:0 $A:0 ${sep_token}:0",
    .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1" } };

AUTO_PLUGIN (bert_japanese, "Japanese BERT",
  AUTO_TOKENIZER ("BertJapaneseTokenizer", NULL, &japanese_tokenizer, .model_type = "bert-japanese"));
