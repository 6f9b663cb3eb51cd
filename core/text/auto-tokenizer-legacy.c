/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Vocabulary files from before tokenizer.json, and what tokenizer classes make of them. */
#include "auto-tokenizer-legacy.h"

#include <string.h>

#include "../base/auto-io.h"
#include "auto-json-vocabulary.h"
#include "auto-merge-finder.h"
#include "auto-slow-merges.h"

#define LARGEST_FILE ((gsize) 1 << 30)

static const AutoTokenizerSpec generic_json = { .class_name = "PreTrainedTokenizer", .ids_single = "$A:0", .ids_pair = "$A:0 $B:1" };

static const AutoTokenizerSpec generic_wordpiece = {
  .class_name = "PreTrainedTokenizer",
  .kind = AUTO_TOKENIZER_WORDPIECE,
  .defaults = "{\"do_lower_case\":true,\"tokenize_chinese_chars\":true,\"strip_accents\":null,\"unk_token\":\"[UNK]\",\"sep_token\":\"[SEP]\","
              "\"pad_token\":\"[PAD]\",\"cls_token\":\"[CLS]\",\"mask_token\":\"[MASK]\"}",
  .model = "{\"type\":\"WordPiece\",\"unk_token\":$unk_token,\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":100}",
  .normalizer = "{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":$tokenize_chinese_chars,\"strip_accents\":$strip_accents,"
                "\"lowercase\":$do_lower_case}",
  .pre_tokenizer = "{\"type\":\"BertPreTokenizer\"}",
  .decoder = "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}",
  .single = "${cls_token}:0 $A:0 ${sep_token}:0",
  .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1",
};

static const char *const bpe_inputs[] = { "input_ids", "attention_mask", NULL };

static const AutoTokenizerSpec generic_bpe = {
  .class_name = "PreTrainedTokenizer",
  .kind = AUTO_TOKENIZER_BPE,
  .defaults = "{\"add_prefix_space\":false,\"unk_token\":\"<|endoftext|>\",\"bos_token\":\"<|endoftext|>\",\"eos_token\":\"<|endoftext|>\"}",
  .model = "{\"type\":\"BPE\",\"continuing_subword_prefix\":\"\",\"end_of_word_suffix\":\"\",\"fuse_unk\":false}",
  .pre_tokenizer = "{\"type\":\"ByteLevel\",\"add_prefix_space\":$add_prefix_space,\"trim_offsets\":true,\"use_regex\":true}",
  .decoder = "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,\"use_regex\":true}",
  .post_processor = "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":false,\"use_regex\":true}",
  .model_input_names = bpe_inputs,
};

const AutoTokenizerSpec auto_tokenizer_marked_spec = {
  .class_name = "PreTrainedTokenizer",
  .single = "?add_bos_token${bos_token}:0 $A:0 ?add_eos_token${eos_token}:0",
  .pair = "?add_bos_token${bos_token}:0 $A:0 ?add_eos_token${eos_token}:0 ?add_bos_token${bos_token}:1 $B:1 ?add_eos_token${eos_token}:1",
  .model_input_names = bpe_inputs,
};

static const AutoTokenizerSpec generic_spm = {
  .class_name = "PreTrainedTokenizer",
  .kind = AUTO_TOKENIZER_SENTENCEPIECE,
  .defaults = "{\"unk_token\":\"<unk>\"}",
};

static gboolean
has_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

const AutoTokenizerSpec *
auto_tokenizer_generic_spec (const char *folder)
{
  if (has_file (folder, "tokenizer.json"))
    return &generic_json;
  if (has_file (folder, "vocab.json") && has_file (folder, "merges.txt"))
    return &generic_bpe;
  g_autofree char *spm = auto_tokenizer_find_spm (folder, NULL);
  if (spm)
    return &generic_spm;
  return has_file (folder, "vocab.txt") ? &generic_wordpiece : &generic_json;
}

const AutoTokenizerSpec *
auto_tokenizer_generic_of_kind (AutoTokenizerKind kind)
{
  const AutoTokenizerSpec *specs[] = { &generic_json, &generic_wordpiece, &generic_bpe, &generic_spm };

  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    if (specs[i]->kind == kind)
      return specs[i];
  return &generic_json;
}

/* The JSON text of a setting, or its bare text. */
static char *
setting_text (JsonObject *settings, const char *name, gboolean bare)
{
  JsonNode *node = json_object_get_member (settings, name);

  if (bare)
    return g_strdup (node && auto_json_is_string (node) ? json_node_get_string (node) : "");
  return node ? auto_json_print (node, -1, FALSE) : g_strdup ("null");
}

/* Replaces $name, or ${name} when @bare. */
static char *
fill (const char *text, JsonObject *settings, gboolean bare)
{
  GString *filled = g_string_new (NULL);

  while (*text)
    {
      gsize skip = bare ? 2 : 1, n = 0;
      if (*text == '$' && (!bare || text[1] == '{'))
        while (g_ascii_islower (text[skip + n]) || text[skip + n] == '_')
          n++;
      if (n == 0)
        {
          g_string_append_c (filled, *text++);
          continue;
        }
      g_autofree char *name = g_strndup (text + skip, n), *value = setting_text (settings, name, bare);
      g_string_append (filled, value);
      text += skip + n + (bare && text[skip + n] == '}');
    }
  return g_string_free (filled, FALSE);
}

char *
auto_tokenizer_fill_text (const char *text, JsonObject *settings)
{
  return fill (text, settings, FALSE);
}

char *
auto_tokenizer_fill_bare (const char *text, JsonObject *settings)
{
  return fill (text, settings, TRUE);
}

/* Whether a part of a list is wanted: see AutoTokenizerSpec. */
static gboolean
take_condition (JsonObject *part)
{
  static const char *const words[] = { "when", "unless" };
  gboolean wanted = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      JsonNode *node = json_object_get_member (part, words[i]);
      if (node)
        wanted &= (auto_json_is_string (node) || auto_json_bool (part, words[i], FALSE)) != i;
      json_object_remove_member (part, words[i]);
    }
  return wanted;
}

static void
drop_unwanted (JsonObject *part)
{
  g_autoptr(GList) members = json_object_get_values (part);

  for (GList *at = members; at; at = at->next)
    {
      JsonArray *array = JSON_NODE_HOLDS_ARRAY (at->data) ? json_node_get_array (at->data) : NULL;
      for (guint i = array ? json_array_get_length (array) : 0; i-- > 0;)
        {
          JsonNode *item = json_array_get_element (array, i);
          if (JSON_NODE_HOLDS_OBJECT (item) && !take_condition (json_node_get_object (item)))
            json_array_remove_element (array, i);
        }
    }
}

JsonNode *
auto_tokenizer_fill_json (const char *text, JsonObject *settings, GError **error)
{
  g_autofree char *filled = fill (text, settings, FALSE);

  return auto_json_parse (filled, strlen (filled), "a tokenizer class", AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, error);
}

gboolean
auto_tokenizer_take_condition (const char **piece, JsonObject *settings)
{
  if (**piece != '?')
    return TRUE;
  gboolean negative = (*piece)[1] == '!';
  const char *name = *piece + 1 + negative;
  gsize n = strcspn (name, "$<[");
  g_autofree char *condition = g_strndup (name, n);
  *piece = name + n;
  return auto_json_bool (settings, condition, FALSE) != negative;
}

static JsonNode *
piece_node (const char *kind, const char *id, gint64 type_id)
{
  JsonObject *inner = json_object_new (), *outer = json_object_new ();

  json_object_set_string_member (inner, "id", id);
  json_object_set_int_member (inner, "type_id", type_id);
  json_object_set_object_member (outer, kind, inner);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, outer);
  return node;
}

static gboolean
add_template (const AutoTokenizerBuild *build, const AutoTokenModel *model, const char *text, JsonArray *pieces, JsonObject *specials, GError **error)
{
  g_auto(GStrv) words = g_strsplit (text, " ", -1);

  for (guint i = 0; words[i]; i++)
    {
      char *colon = strrchr (words[i], ':');
      gint64 type_id = colon ? g_ascii_strtoll (colon + 1, NULL, 10) : 0;
      if (colon)
        *colon = '\0';
      const char *word = words[i];
      if (!auto_tokenizer_take_condition (&word, build->settings->values) || !*word)
        continue;
      if (g_str_equal (word, "$A") || g_str_equal (word, "$B"))
        {
          json_array_add_element (pieces, piece_node ("Sequence", word + 1, type_id));
          continue;
        }
      g_autofree char *token = fill (word, build->settings->values, TRUE);
      gint64 id = auto_tokenizer_build_future_id (build, model, token);
      const char *unk = build->settings->specials[AUTO_SPECIAL_UNK].content;
      if (id < 0 && build->spec->settle && unk && (*token || build->spec->target_single))
        {
          g_free (token);
          token = g_strdup (unk);
          id = auto_tokenizer_build_future_id (build, model, token);
        }
      if (id < 0)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "the special token \"%s\" is not in the vocabulary", token);
          return FALSE;
        }
      json_array_add_element (pieces, piece_node ("SpecialToken", token, type_id));
      JsonObject *special = json_object_new ();
      JsonArray *ids = json_array_new (), *tokens = json_array_new ();
      json_array_add_int_element (ids, id);
      json_array_add_string_element (tokens, token);
      json_object_set_string_member (special, "id", token);
      json_object_set_array_member (special, "ids", ids);
      json_object_set_array_member (special, "tokens", tokens);
      json_object_set_object_member (specials, token, special);
    }
  return TRUE;
}

JsonNode *
auto_tokenizer_make_templates (const AutoTokenizerBuild *build, const AutoTokenModel *model, gboolean target, GError **error)
{
  const AutoTokenizerSpec *spec = build->spec;

  return auto_tokenizer_make_template_pair (build, model, target ? spec->target_single : spec->single,
                                            target ? spec->target_pair : spec->pair, error);
}

JsonNode *
auto_tokenizer_make_template_pair (const AutoTokenizerBuild *build, const AutoTokenModel *model, const char *of_one, const char *of_two,
                                   GError **error)
{
  g_autoptr(JsonObject) object = json_object_new ();
  JsonArray *single = json_array_new (), *pair = json_array_new ();
  JsonObject *specials = json_object_new ();

  json_object_set_string_member (object, "type", "TemplateProcessing");
  json_object_set_array_member (object, "single", single);
  json_object_set_array_member (object, "pair", pair);
  json_object_set_object_member (object, "special_tokens", specials);
  if (!add_template (build, model, of_one, single, specials, error) || !add_template (build, model, of_two, pair, specials, error))
    return NULL;
  return json_node_init_object (json_node_alloc (), object);
}

/* One token a line; the line's number is its id. */
static gboolean
read_lines (const char *path, AutoVocabulary *vocabulary, GError **error)
{
  gsize length;
  g_autofree char *text = auto_io_read_text (path, LARGEST_FILE, &length, error);
  gint64 id = 0;

  if (!text)
    return FALSE;
  const char *end = text + length;
  for (const char *line = text; line < end; id++)
    {
      gsize n = strcspn (line, "\r\n");
      AutoKey key = auto_key_within (line, n, end);
      if (!auto_vocabulary_append (vocabulary, &key, id))
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: the vocabulary is far too large", path);
          return FALSE;
        }
      line += n;
      line += line[0] == '\r' && line[1] == '\n' ? 2 : 1;
    }
  auto_vocabulary_index (vocabulary);
  return TRUE;
}

/* {"token": id}. */
static gboolean
read_ids (const char *path, AutoVocabulary *vocabulary, GError **error)
{
  gsize length;
  g_autofree char *text = auto_io_read_text (path, LARGEST_FILE, &length, error);
  AutoJsonReader reader;

  if (!text)
    return FALSE;
  auto_json_reader_init (&reader, text, length, path);
  auto_json_read_vocabulary (&reader, vocabulary);
  gboolean good = auto_json_reader_finish (&reader, error);
  auto_json_reader_clear (&reader);
  return good;
}

/* The length of a line without its end and what follows two words. */
static gsize
merge_length (const AutoTokenizerSpec *spec, const char *line, gsize length)
{
  const char *space = memchr (line, ' ', length), *next = space ? memchr (space + 1, ' ', line + length - space - 1) : NULL;

  if (next && spec->merges_lines == AUTO_MERGES_COUNTED)
    return next - line;
  return length && line[length - 1] == '\r' ? length - 1 : length;
}

/* "left right" on each line. */
static gboolean
read_merges (const AutoTokenizerSpec *spec, const char *path, const AutoVocabulary *vocabulary, GArray *merges, GError **error)
{
  gsize length, n;
  g_autofree char *text = auto_io_read_text (path, LARGEST_FILE, &length, error);
  const char *bad = NULL, *line;
  AutoMergeFinder finder;
  AutoMergeLines lines;
  guint number = 1;

  if (!text)
    return FALSE;
  auto_merge_finder_init (&finder, vocabulary, merges, 0);
  auto_merge_lines_init (&lines, text, length, spec->merges_lines, spec->most_merges);
  while (!bad && auto_merge_lines_next (&lines, &line, &n))
    {
      gboolean version = line == text && g_str_has_prefix (text, "#version:");
      n = merge_length (spec, line, n);
      if (n && !version && !auto_merge_finder_take_line (&finder, line, n, text + length))
        bad = line;
    }
  if (!auto_merge_finder_flush (&finder))
    bad = finder.bad;
  if (!bad)
    return TRUE;
  for (const char *at = text; at < bad; at++)
    number += *at == '\n';
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s:%u: no merge of two tokens of the vocabulary", path, number);
  return FALSE;
}

gboolean
auto_tokenizer_fill_part (const char *text, JsonObject *settings, JsonNode **part, GError **error)
{
  if (!text || g_str_equal (text, "null"))
    return TRUE;
  if (!(*part = auto_tokenizer_fill_json (text, settings, error)))
    return FALSE;
  if (JSON_NODE_HOLDS_OBJECT (*part))
    drop_unwanted (json_node_get_object (*part));
  return TRUE;
}

gboolean
auto_tokenizer_fill_parts (const AutoTokenizerSpec *spec, JsonObject *settings, AutoTokenizerParts *parts, GError **error)
{
  return auto_tokenizer_fill_part (spec->normalizer, settings, &parts->normalizer, error)
         && auto_tokenizer_fill_part (spec->pre_tokenizer, settings, &parts->pre_tokenizer, error)
         && auto_tokenizer_fill_part (spec->decoder, settings, &parts->decoder, error);
}

static gboolean
read_vocabulary (const AutoTokenizerBuild *build, const char *folder, AutoVocabulary *vocabulary, GArray **merges, GError **error)
{
  const AutoTokenizerSpec *spec = build->spec;
  gboolean bpe = spec->kind == AUTO_TOKENIZER_BPE;
  g_autofree char *path = g_build_filename (folder, spec->vocab_file ? spec->vocab_file : bpe ? "vocab.json" : "vocab.txt", NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND, "%s: there is neither tokenizer.json nor %s", folder,
                   strrchr (path, '/') + 1);
      return FALSE;
    }
  if (!(g_str_has_suffix (path, ".json") ? read_ids (path, vocabulary, error) : read_lines (path, vocabulary, error)))
    return FALSE;
  if (!bpe)
    return TRUE;
  g_autofree char *merges_path = g_build_filename (folder, spec->merges_file ? spec->merges_file : "merges.txt", NULL);
  *merges = g_array_new (FALSE, FALSE, sizeof (AutoMerge));
  return read_merges (spec, merges_path, vocabulary, *merges, error);
}

/* The model and the other parts from lists of tokens. */
static gboolean
read_lists (AutoTokenizerBuild *build, const char *folder, AutoTokenizerParts *parts, GError **error)
{
  const AutoTokenizerSpec *spec = build->spec;
  JsonObject *settings = build->settings->values;
  g_autoptr(JsonNode) fields = NULL;
  g_autoptr(AutoVocabulary) vocabulary = auto_vocabulary_new ();
  g_autoptr(GArray) merges = NULL;

  if (!read_vocabulary (build, folder, vocabulary, &merges, error)
      || !(fields = auto_tokenizer_fill_json (spec->model ? spec->model : "{}", settings, error)))
    return FALSE;
  parts->model = auto_token_model_new (json_object_ref (json_node_get_object (fields)), g_steal_pointer (&vocabulary),
                                       g_steal_pointer (&merges), NULL, error);
  return parts->model && auto_tokenizer_fill_parts (spec, settings, parts, error);
}

/* The class's post-processor, whose text may want the special tokens' ids. */
static gboolean
make_post_processor (const AutoTokenizerBuild *build, AutoTokenizerParts *parts, GError **error)
{
  const AutoTokenizerSpec *spec = build->spec;
  g_autoptr(JsonObject) settings = json_object_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  if (!spec->post_processor)
    return !spec->single || (parts->post_processor = auto_tokenizer_make_templates (build, parts->model, FALSE, error));
  json_object_iter_init (&iter, build->settings->values);
  while (json_object_iter_next (&iter, &key, &node))
    json_object_set_member (settings, key, json_node_copy (node));
  for (int i = 0; i < AUTO_N_SPECIALS; i++)
    {
      g_autofree char *name = g_strconcat (auto_special_key (i), "_id", NULL);
      const char *token = build->settings->specials[i].content;
      gint64 id = token ? auto_tokenizer_build_future_id (build, parts->model, token) : -1;
      if (id >= 0)
        json_object_set_int_member (settings, name, id);
    }
  return auto_tokenizer_fill_part (spec->post_processor, settings, &parts->post_processor, error);
}

AutoTokenizerParts *
auto_tokenizer_legacy_read (AutoTokenizerBuild *build, const char *folder, GError **error)
{
  const AutoTokenizerSpec *spec = build->spec;
  g_autoptr(AutoTokenizerParts) parts = auto_tokenizer_parts_new ();
  gboolean spm = spec->kind == AUTO_TOKENIZER_SENTENCEPIECE;
  g_autofree char *path = spm ? auto_tokenizer_find_spm (folder, spec->vocab_file) : NULL;

  if (spec->kind == AUTO_TOKENIZER_JSON_ONLY || (spm && !path))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND,
                   "%s: there is no tokenizer.json, and no other vocabulary that is known; give the folder that holds the tokenizer's files", folder);
      return NULL;
    }
  if (!(spm ? auto_tokenizer_spm_read (build, path, parts, error) : read_lists (build, folder, parts, error)))
    return NULL;
  return make_post_processor (build, parts, error) ? g_steal_pointer (&parts) : NULL;
}
