/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokenizers that GGUF files hold. The keys: docs/gguf.md of ggml. They give a vocabulary, and names for the rest; from those the parts of a
 * tokenizer.json are made. */
#include "auto-tokenizer-gguf.h"

#include <string.h>

#include "../base/auto-json.h"
#include "../base/auto-message.h"
#include "../base/auto-utf8.h"
#include "auto-merge-finder.h"
#include "auto-tokenizer-legacy.h"
#include "auto-word-patterns.h"

#define KEY(name) "tokenizer.ggml." name
#define SPACE "\xe2\x96\x81" /* ▁ */

static const char *const two_inputs[] = { "input_ids", "attention_mask", NULL };

static const AutoTokenizerSpec unigram_spec = {
  .class_name = "PreTrainedTokenizer",
  .single = "?add_bos_token${bos_token}:0 $A:0 ?add_eos_token${eos_token}:0",
  .pair = "?add_bos_token${bos_token}:0 $A:0 ?add_eos_token${eos_token}:0 ?add_bos_token${eos_token}:0 $B:0 ?add_eos_token${eos_token}:0",
  .model_input_names = two_inputs,
};

/* tokenizer.ggml.token_type */
typedef enum
{
  TOKEN_NORMAL = 1,
  TOKEN_UNKNOWN = 2,
  TOKEN_CONTROL = 3,
  TOKEN_USER_DEFINED = 4,
} TokenType;

#define MANY_ITEMS (1 << 20) /* room for more isn't made before they are there */

typedef struct
{
  const AutoGguf *file;
  const char *path;
  JsonObject *settings;
  AutoVocabulary *vocabulary;
  GArray *types;  /* TokenType by id; empty: all are normal */
  GArray *scores; /* double by id, or empty */
} Gguf;

/* What a value of tokenizer.ggml.model means: see word-patterns.json. */
typedef struct
{
  const char *name;
  const AutoTokenizerSpec *spec; /* NULL: the class of files with such vocabularies */
  gboolean add_bos, add_eos;     /* when the file doesn't say */
  gboolean clean_up;             /* spaces, when ids become text */
  gboolean (*make) (Gguf *self, AutoTokenizerParts *parts, GError **error);
} Kind;

G_GNUC_PRINTF (3, 4)
static gboolean
fail (const Gguf *self, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *reason = auto_message_valist (format, args);
  va_end (args);

  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s", self->path, reason);
  return FALSE;
}

/* A token, mended where it isn't UTF-8. */
static gboolean
append_token (AutoVocabulary *vocabulary, const char *text, gsize length, const char *end, gint64 id)
{
  g_autofree char *mended = NULL;

  if (auto_utf8_valid (text, length) < length || memchr (text, 0, length))
    {
      text = mended = g_utf8_make_valid (text, length);
      length = strlen (mended);
      end = mended + length;
    }
  AutoKey key = auto_key_within (text, length, end);
  return auto_vocabulary_append (vocabulary, &key, id);
}

static gboolean
read_tokens (Gguf *self, GError **error)
{
  const char *text, *end = auto_gguf_get_end (self->file);
  AutoGgufItems items;
  gsize length;
  gboolean good = TRUE;

  auto_gguf_items (self->file, KEY ("tokens"), &items);
  if (items.n == 0)
    return fail (self, error, "there is no list " KEY ("tokens") "; the file holds no vocabulary");
  auto_vocabulary_expect (self->vocabulary, MIN (items.n, MANY_ITEMS));
  for (guint64 id = 0; good && auto_gguf_next_string (&items, &text, &length); id++)
    good = append_token (self->vocabulary, text, length, end, id);
  auto_vocabulary_index (self->vocabulary);
  if (!good)
    return fail (self, error, "the vocabulary is far too large");
  return auto_vocabulary_size (self->vocabulary) > 0 || fail (self, error, KEY ("tokens") " is no list of texts");
}

/* A number for each token, or none at all. */
static gboolean
read_numbers (Gguf *self, const char *key, GArray *numbers, GError **error)
{
  AutoGgufItems items;
  double some[256];
  guint n;

  if (!auto_gguf_items (self->file, key, &items))
    return TRUE;
  if (items.n < auto_vocabulary_bound (self->vocabulary))
    return fail (self, error, "%s has fewer members than there are tokens", key);
  do
    {
      for (n = 0; n < G_N_ELEMENTS (some) && auto_gguf_next_number (&items, &some[n]);)
        n++;
      g_array_append_vals (numbers, some, n);
    }
  while (n == G_N_ELEMENTS (some));
  return numbers->len == items.n || fail (self, error, "%s is no list of numbers", key);
}

static int
type_of (const Gguf *self, gint64 id)
{
  double type = id >= 0 && id < self->types->len ? g_array_index (self->types, double, id) : TOKEN_NORMAL;
  return type >= 0 && type < 100 ? (int) type : TOKEN_NORMAL;
}

/* The token that a key names by its id. */
static void
read_special (Gguf *self, const char *key, AutoSpecial special)
{
  gint64 id;
  gsize length;
  const char *token = auto_gguf_int (self->file, key, &id) ? auto_vocabulary_token (self->vocabulary, id, &length) : NULL;

  if (!token)
    return;
  g_autofree char *text = g_strndup (token, length);
  json_object_set_string_member (self->settings, auto_special_key (special), text);
}

/* Whether texts get a special token that the file has; @fallback: when it doesn't say. */
static void
set_adds (Gguf *self, AutoSpecial special, const char *key, gboolean fallback)
{
  json_object_set_boolean_member (self->settings, key + strlen (KEY ("")), json_object_has_member (self->settings, auto_special_key (special))
                                                                             && auto_gguf_bool (self->file, key, fallback));
}

static void
read_settings (Gguf *self, const Kind *kind)
{
  static const struct
  {
    const char *key;
    AutoSpecial special;
  } rows[] = { { KEY ("bos_token_id"), AUTO_SPECIAL_BOS },     { KEY ("eos_token_id"), AUTO_SPECIAL_EOS },
               { KEY ("unknown_token_id"), AUTO_SPECIAL_UNK }, { KEY ("seperator_token_id"), AUTO_SPECIAL_SEP },
               { KEY ("separator_token_id"), AUTO_SPECIAL_SEP }, { KEY ("padding_token_id"), AUTO_SPECIAL_PAD },
               { KEY ("cls_token_id"), AUTO_SPECIAL_CLS },     { KEY ("mask_token_id"), AUTO_SPECIAL_MASK } };
  g_autofree char *chat = auto_gguf_dup_string (self->file, "tokenizer.chat_template");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    read_special (self, rows[i].key, rows[i].special);
  if (chat)
    json_object_set_string_member (self->settings, "chat_template", chat);
  json_object_set_boolean_member (self->settings, "clean_up_tokenization_spaces", kind->clean_up);
  set_adds (self, AUTO_SPECIAL_BOS, KEY ("add_bos_token"), kind->add_bos);
  set_adds (self, AUTO_SPECIAL_EOS, KEY ("add_eos_token"), kind->add_eos);
}

/* Control tokens, and those that are to be found in a text before it is cut into words. */
static void
add_tokens (const Gguf *self, AutoTokenizerParts *parts)
{
  gsize length;

  for (guint id = 0; id < self->types->len; id++)
    {
      int type = type_of (self, id);
      const char *token = type == TOKEN_CONTROL || type == TOKEN_USER_DEFINED ? auto_vocabulary_token (self->vocabulary, id, &length) : NULL;
      if (!token || length == 0)
        continue;
      g_autofree char *content = g_strndup (token, length);
      auto_tokenizer_parts_add (parts, &(AutoAddedToken){ .content = content, .special = type == TOKEN_CONTROL, .id = id });
    }
}

/* Takes the vocabulary. */
static gboolean
make_model (Gguf *self, AutoTokenizerParts *parts, const char *fields, GArray *merges, GArray *scores, GError **error)
{
  g_autoptr(JsonNode) node = auto_tokenizer_fill_json (fields, self->settings, error);

  parts->model = node ? auto_token_model_new (json_object_ref (json_node_get_object (node)), g_steal_pointer (&self->vocabulary), merges,
                                              scores, error)
                      : NULL;
  return parts->model != NULL;
}

/* Names the merge whose text begins at @bad. */
static void
fail_merge (Gguf *self, const char *bad, GError **error)
{
  AutoGgufItems items;
  const char *text;
  gsize length;

  auto_gguf_items (self->file, KEY ("merges"), &items);
  while (auto_gguf_next_string (&items, &text, &length))
    if (text == bad)
      {
        g_autofree char *merge = g_utf8_make_valid (text, MIN (length, 100));
        fail (self, error, "\"%s\" in " KEY ("merges") " is no merge of two tokens of the vocabulary", merge);
        return;
      }
}

static GArray *
read_merges (Gguf *self, GError **error)
{
  AutoGgufItems items;
  AutoMergeFinder finder;
  const char *text, *bad = NULL, *end = auto_gguf_get_end (self->file);
  gsize length;

  if (!auto_gguf_items (self->file, KEY ("merges"), &items))
    {
      fail (self, error, "there is no list " KEY ("merges") ", without which words can't be put together");
      return NULL;
    }
  g_autoptr(GArray) merges = g_array_sized_new (FALSE, FALSE, sizeof (AutoMerge), MIN (items.n, MANY_ITEMS));
  auto_merge_finder_init (&finder, self->vocabulary, merges, 0);
  while (!bad && auto_gguf_next_string (&items, &text, &length))
    if (!auto_merge_finder_take_line (&finder, text, length, end))
      bad = text;
    else
      bad = finder.bad;
  if (!auto_merge_finder_flush (&finder))
    bad = finder.bad;
  if (!bad)
    return g_steal_pointer (&merges);
  fail_merge (self, bad, error);
  return NULL;
}

/* The entry of word-patterns.json, or NULL with an error. */
static JsonObject *
find_words (Gguf *self, GError **error)
{
  g_autofree char *name = auto_gguf_dup_string (self->file, KEY ("pre"));
  JsonObject *words = auto_word_patterns_find ("gguf", name ? name : "gpt-2");

  if (!words)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
                 "%s: nobody knows how \"%s\" (" KEY ("pre") ") cuts texts into words; load the model's tokenizer.json instead", self->path, name);
  return words;
}

/* BPE over the bytes of words. */
static gboolean
make_byte_bpe (Gguf *self, AutoTokenizerParts *parts, GError **error)
{
  JsonObject *words = find_words (self, error);
  GArray *merges = words ? read_merges (self, error) : NULL;

  if (!merges)
    return FALSE;
  if (auto_json_bool (words, "add_bos_token", FALSE))
    set_adds (self, AUTO_SPECIAL_BOS, KEY ("add_bos_token"), TRUE);
  parts->normalizer = auto_word_patterns_normalizer (words);
  parts->pre_tokenizer = auto_word_patterns_pre_tokenizer (words);
  parts->decoder = auto_word_patterns_decoder ();
  return make_model (
      self, parts, auto_json_bool (words, "ignore_merges", FALSE) ? "{\"type\": \"BPE\", \"ignore_merges\": true}" : "{\"type\": \"BPE\"}",
      merges, NULL, error);
}

#define SPACED_BPE_FIELDS "{\"type\": \"BPE\", \"unk_token\": $unk_token, \"fuse_unk\": true, \"byte_fallback\": true}"
#define REPLACE(from, to) "{\"type\": \"Replace\", \"pattern\": {\"String\": \"" from "\"}, \"content\": \"" to "\"}"

/* BPE over characters, with ▁ for spaces and bytes for what isn't known. */
static gboolean
make_spaced_bpe (Gguf *self, AutoTokenizerParts *parts, gboolean prefix, GArray *merges, GError **error)
{
  const char *normalizer
      = prefix ? "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Prepend\", \"prepend\": \"▁\"}, " REPLACE (" ", SPACE) "]}"
               : REPLACE (" ", SPACE);
  const char *decoder
      = prefix ? "{\"type\": \"Sequence\", \"decoders\": [" REPLACE (
            SPACE, " ") ", {\"type\": \"ByteFallback\"}, {\"type\": \"Fuse\"},"
                        " {\"type\": \"Strip\", \"content\": \" \", \"start\": 1, \"stop\": 0}]}"
               : "{\"type\": \"Sequence\", \"decoders\": [" REPLACE (SPACE, " ") ", {\"type\": \"ByteFallback\"}, {\"type\": \"Fuse\"}]}";

  return make_model (self, parts, SPACED_BPE_FIELDS, merges, NULL, error)
         && auto_tokenizer_fill_part (normalizer, self->settings, &parts->normalizer, error)
         && auto_tokenizer_fill_part (decoder, self->settings, &parts->decoder, error);
}

/* The same without merges, which the scores then imply. */
static gboolean
make_scored_bpe (Gguf *self, AutoTokenizerParts *parts, GError **error)
{
  gboolean prefix = auto_gguf_bool (self->file, KEY ("add_space_prefix"), TRUE);

  if (self->scores->len == 0)
    return fail (self, error, "there is no list " KEY ("scores"));
  return make_spaced_bpe (self, parts, prefix, auto_tokenizer_find_merges (self->vocabulary, self->scores), error);
}

static gboolean
make_merged_bpe (Gguf *self, AutoTokenizerParts *parts, GError **error)
{
  GArray *merges = read_merges (self, error);
  return merges && make_spaced_bpe (self, parts, auto_gguf_bool (self->file, KEY ("add_space_prefix"), FALSE), merges, error);
}

/* The precompiled character map, as a text. */
static void
read_charsmap (Gguf *self)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  AutoGgufItems items;
  double value;

  auto_gguf_items (self->file, KEY ("precompiled_charsmap"), &items);
  while (auto_gguf_next_number (&items, &value))
    {
      guint8 byte = (guint8) (gint64) value;
      g_byte_array_append (bytes, &byte, 1);
    }
  if (bytes->len > 0)
    {
      g_autofree char *charsmap = g_base64_encode (bytes->data, bytes->len);
      json_object_set_string_member (self->settings, "charsmap", charsmap);
    }
}

static gboolean
make_unigram (Gguf *self, AutoTokenizerParts *parts, GError **error)
{
  gint64 unk = 0;

  if (self->scores->len == 0)
    return fail (self, error, "there is no list " KEY ("scores"));
  auto_gguf_int (self->file, KEY ("unknown_token_id"), &unk);
  g_autofree char *fields = g_strdup_printf ("{\"type\": \"Unigram\", \"unk_id\": %" G_GINT64_FORMAT "}", unk);
  read_charsmap (self);
  json_object_set_string_member (self->settings, "prepend_scheme", "always");
  gboolean good = make_model (self, parts, fields, NULL, g_array_ref (self->scores), error)
                  && auto_tokenizer_spm_make_parts (&unigram_spec, self->settings, parts, error);
  json_object_remove_member (self->settings, "charsmap");
  json_object_remove_member (self->settings, "prepend_scheme");
  return good;
}

/* Words that begin with ▁ in the file are whole ones; all but control tokens continue a word otherwise. Whether upper case is known says
 * whether the texts are to be lower case. */
static AutoVocabulary *
continue_words (const Gguf *self, gboolean *lower)
{
  AutoVocabulary *vocabulary = auto_vocabulary_new ();
  g_autoptr(GString) text = g_string_new (NULL);
  gsize length;
  guint id;

  *lower = TRUE;
  for (guint i = 0; i < auto_vocabulary_size (self->vocabulary); i++)
    {
      const char *token = auto_vocabulary_nth (self->vocabulary, i, &length, &id);
      gboolean mark = type_of (self, id) == TOKEN_CONTROL || (length > 2 && token[0] == '[' && token[length - 1] == ']');
      gboolean whole = length >= 3 && memcmp (token, SPACE, 3) == 0;
      g_string_assign (text, mark || whole ? "" : "##");
      g_string_append_len (text, token + (whole && !mark ? 3 : 0), length - (whole && !mark ? 3 : 0));
      for (const char *p = text->str; *p && !mark && *lower; p++)
        *lower = !g_ascii_isupper (*p);
      AutoKey key = auto_key (text->str, text->len);
      auto_vocabulary_append (vocabulary, &key, id);
    }
  auto_vocabulary_index (vocabulary);
  return vocabulary;
}

static gboolean
make_wordpiece (Gguf *self, AutoTokenizerParts *parts, GError **error)
{
  const AutoTokenizerSpec *spec = auto_tokenizer_generic_of_kind (AUTO_TOKENIZER_WORDPIECE);
  gboolean lower;
  AutoVocabulary *vocabulary = continue_words (self, &lower);

  auto_vocabulary_free (self->vocabulary);
  self->vocabulary = vocabulary;
  json_object_set_boolean_member (self->settings, "do_lower_case", lower);
  return make_model (self, parts, spec->model, NULL, NULL, error)
         && auto_tokenizer_fill_parts (spec, self->settings, parts, error);
}

static const Kind kinds[] = {
  { "byte-bpe", &auto_tokenizer_marked_spec, FALSE, FALSE, FALSE, make_byte_bpe },
  { "scored-bpe", &auto_tokenizer_marked_spec, TRUE, FALSE, FALSE, make_scored_bpe },
  { "merged-bpe", &auto_tokenizer_marked_spec, TRUE, FALSE, FALSE, make_merged_bpe },
  { "unigram", &unigram_spec, FALSE, TRUE, FALSE, make_unigram },
  { "wordpiece", NULL, FALSE, FALSE, TRUE, make_wordpiece },
};

static const Kind *
find_kind (const Gguf *self, GError **error)
{
  g_autofree char *model = auto_gguf_dup_string (self->file, KEY ("model"));
  JsonObject *entry = model ? auto_word_patterns_find ("gguf-models", model) : NULL;
  const char *name = entry ? auto_json_string (entry, "kind") : NULL;

  for (guint i = 0; name && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].name, name))
      return &kinds[i];
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
               "%s: a vocabulary of the kind \"%s\" (" KEY ("model") ") can't be read; load the model's tokenizer.json instead", self->path,
               model ? model : "none");
  return NULL;
}

/* Fills in everything that the file says itself. */
static gboolean
read_file (Gguf *self, const Kind *kind, const AutoTokenizerSpec *spec, AutoTokenizerParts *parts, GError **error)
{
  g_autoptr(JsonNode) defaults = NULL;

  if (spec->defaults && !(defaults = auto_tokenizer_fill_json (spec->defaults, self->settings, error)))
    return FALSE;
  if (defaults)
    {
      json_object_unref (self->settings);
      self->settings = json_node_dup_object (defaults);
    }
  if (!read_tokens (self, error) || !read_numbers (self, KEY ("token_type"), self->types, error)
      || !read_numbers (self, KEY ("scores"), self->scores, error))
    return FALSE;
  read_settings (self, kind);
  add_tokens (self, parts);
  return kind->make (self, parts, error);
}

AutoTokenizerParts *
auto_tokenizer_gguf_make (AutoTokenizerBuild *build, const AutoGguf *file, const char *path, GError **error)
{
  g_autoptr(AutoTokenizerParts) parts = auto_tokenizer_parts_new ();
  Gguf self = { .file = file, .path = path };
  const Kind *kind = find_kind (&self, error);

  if (!kind)
    return NULL;
  build->spec = kind->spec ? kind->spec : auto_tokenizer_generic_of_kind (AUTO_TOKENIZER_WORDPIECE);
  self.settings = json_object_new ();
  self.vocabulary = auto_vocabulary_new ();
  self.types = g_array_new (FALSE, FALSE, sizeof (double));
  self.scores = g_array_new (FALSE, FALSE, sizeof (double));
  gboolean good = read_file (&self, kind, build->spec, parts, error)
                  && (build->settings = auto_tokenizer_settings_read (path, self.settings, build->overrides, error))
                  && (parts->post_processor = auto_tokenizer_make_templates (build, parts->model, FALSE, error));
  json_object_unref (self.settings);
  auto_vocabulary_free (self.vocabulary);
  g_array_unref (self.types);
  g_array_unref (self.scores);
  return good ? g_steal_pointer (&parts) : NULL;
}

AutoTokenizerParts *
auto_tokenizer_gguf_read (AutoTokenizerBuild *build, const char *path, GError **error)
{
  g_autoptr(AutoGguf) file = auto_gguf_read (path, error);
  return file ? auto_tokenizer_gguf_make (build, file, path, error) : NULL;
}

char *
auto_tokenizer_find_gguf (const char *path)
{
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  g_autofree char *found = NULL;

  if (!folder)
    return g_file_test (path, G_FILE_TEST_IS_REGULAR) && auto_gguf_is_one (path) ? g_strdup (path) : NULL;
  for (const char *name; (name = g_dir_read_name (folder));)
    if (g_str_has_suffix (name, ".gguf"))
      {
        if (found)
          return NULL;
        found = g_build_filename (path, name, NULL);
      }
  return g_steal_pointer (&found);
}
