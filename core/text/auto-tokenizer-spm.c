/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fast tokenizer classes make of a sentencepiece model. */
#include "auto-tokenizer-legacy.h"

#include <string.h>

#include "auto-sentencepiece.h"

static const char *const usual_names[] = { "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model", "spm.model", NULL };

char *
auto_tokenizer_find_spm (const char *folder, const char *wanted)
{
  const char *const one[] = { wanted, NULL };

  for (const char *const *name = wanted ? one : usual_names; *name; name++)
    {
      char *path = g_build_filename (folder, *name, NULL);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return path;
      g_free (path);
    }
  return NULL;
}

static gboolean
add_token (AutoVocabulary *vocabulary, GArray *scores, const char *token, double score, GError **error)
{
  if (auto_vocabulary_add (vocabulary, token, strlen (token), scores->len))
    {
      g_array_append_val (scores, score);
      return TRUE;
    }
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "the vocabulary is far too large");
  return FALSE;
}

static gboolean
add_list (const char *list, JsonObject *settings, AutoVocabulary *vocabulary, GArray *scores, GError **error)
{
  g_autoptr(JsonNode) node = list ? auto_tokenizer_fill_json (list, settings, error) : NULL;
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array && i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      JsonArray *scored = JSON_NODE_HOLDS_ARRAY (item) ? json_node_get_array (item) : NULL;
      const char *token = scored ? json_array_get_string_element (scored, 0) : json_node_get_string (item);
      if (token && !add_token (vocabulary, scores, token, scored ? json_array_get_double_element (scored, 1) : 0, error))
        return FALSE;
    }
  return !list || array;
}

/* The file's pieces with those that the class puts before and behind them. */
static gboolean
collect (const AutoTokenizerBuild *build, const AutoSentencePiece *file, AutoVocabulary *vocabulary, GArray *scores, GError **error)
{
  const AutoTokenizerSpec *spec = build->spec;
  JsonObject *settings = build->settings->values;
  gsize n;
  const AutoPiece *pieces = auto_sentencepiece_get_pieces (file, &n);

  g_autofree char *head = spec->make_head ? spec->make_head (spec, settings) : g_strdup (spec->head);
  if (!add_list (head, settings, vocabulary, scores, error))
    return FALSE;
  for (gsize i = spec->skip; i < n; i++)
    if (!add_token (vocabulary, scores, pieces[i].text, spec->score ? spec->score (pieces[i].text, pieces[i].score) : pieces[i].score, error))
      return FALSE;
  g_auto(GStrv) more = spec->more_tokens ? spec->more_tokens (spec, settings) : NULL;
  for (guint i = 0; more && more[i]; i++)
    if (auto_vocabulary_find (vocabulary, more[i], strlen (more[i])) < 0 && !add_token (vocabulary, scores, more[i], 0, error))
      return FALSE;
  return add_list (spec->tail, settings, vocabulary, scores, error);
}

typedef struct
{
  AutoMerge merge;
  double score;
  guint order;
} Candidate;

static int
compare_candidates (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  if (x->order != y->order)
    return x->order < y->order ? -1 : 1;
  if (x->merge.left != y->merge.left)
    return x->merge.left < y->merge.left ? -1 : 1;
  return x->merge.right < y->merge.right ? -1 : x->merge.right > y->merge.right;
}

GArray *
auto_tokenizer_find_merges (const AutoVocabulary *vocabulary, const GArray *scores)
{
  g_autoptr(GArray) found = g_array_new (FALSE, FALSE, sizeof (Candidate));
  GArray *merges = g_array_new (FALSE, FALSE, sizeof (AutoMerge));
  gsize length;
  guint id;

  for (guint i = 0; i < auto_vocabulary_size (vocabulary); i++)
    {
      const char *token = auto_vocabulary_nth (vocabulary, i, &length, &id);
      for (gsize cut = 1; cut < length; cut++)
        {
          gint64 left, right;
          if ((token[cut] & 0xC0) == 0x80 || (left = auto_vocabulary_find (vocabulary, token, cut)) < 0
              || (right = auto_vocabulary_find (vocabulary, token + cut, length - cut)) < 0)
            continue;
          g_array_append_val (found, ((Candidate){ { left, right, id }, g_array_index (scores, double, id), i }));
        }
    }
  g_array_sort (found, compare_candidates);
  for (guint i = 0; i < found->len; i++)
    g_array_append_val (merges, g_array_index (found, Candidate, i).merge);
  return merges;
}

/* The settings with what the class's texts of JSON may want of the file. */
static JsonObject *
extend_settings (JsonObject *settings, const AutoSentencePieceSpec *spec)
{
  JsonObject *extended = json_object_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *node, *legacy = auto_json_member (settings, "legacy");
  g_autofree char *charsmap = spec->charsmap ? g_base64_encode (spec->charsmap, spec->charsmap_length) : NULL;

  json_object_iter_init_ordered (&iter, settings);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    json_object_set_member (extended, key, json_node_copy (node));
  if (charsmap)
    json_object_set_string_member (extended, "charsmap", charsmap);
  gboolean first = legacy && auto_json_is_bool (legacy) && !json_node_get_boolean (legacy);
  json_object_set_string_member (extended, "prepend_scheme", first ? "first" : "always");
  return extended;
}

gboolean
auto_tokenizer_spm_make_parts (const AutoTokenizerSpec *spec, JsonObject *settings, AutoTokenizerParts *parts, GError **error)
{
  static const char strip[] = "{\"type\":\"Strip\",\"strip_left\":false,\"strip_right\":true},"
                              "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\"▁\"}]}";
  gboolean charsmap = json_object_has_member (settings, "charsmap");
  g_autofree char *usual = g_strconcat ("{\"type\":\"Sequence\",\"normalizers\":[", charsmap ? "{\"type\":\"Precompiled\",\"precompiled_charsmap\":$charsmap}," : "",
                                        strip, NULL);
  static const char pre_tokenizer[] = "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"add_prefix_space\":true,\"prepend_scheme\":$prepend_scheme}";
  static const char decoder[] = "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"add_prefix_space\":true,\"prepend_scheme\":\"always\"}";

  return auto_tokenizer_fill_part (spec->normalizer ? spec->normalizer : usual, settings, &parts->normalizer, error)
         && auto_tokenizer_fill_part (spec->pre_tokenizer ? spec->pre_tokenizer : pre_tokenizer, settings, &parts->pre_tokenizer, error)
         && auto_tokenizer_fill_part (spec->decoder ? spec->decoder : decoder, settings, &parts->decoder, error);
}

gboolean
auto_tokenizer_spm_read (AutoTokenizerBuild *build, const char *path, AutoTokenizerParts *parts, GError **error)
{
  g_autoptr(AutoSentencePiece) file = auto_sentencepiece_read (path, error);
  g_autoptr(AutoVocabulary) vocabulary = auto_vocabulary_new ();
  g_autoptr(GArray) scores = g_array_new (FALSE, FALSE, sizeof (double)), merges = NULL;
  g_autoptr(JsonNode) fields = NULL;

  if (!file || !collect (build, file, vocabulary, scores, error))
    return FALSE;
  const AutoSentencePieceSpec *spec = auto_sentencepiece_get_spec (file);
  if (spec->model != AUTO_SENTENCEPIECE_UNIGRAM && spec->model != AUTO_SENTENCEPIECE_BPE)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "%s: only unigram and BPE models can be used this way", path);
      return FALSE;
    }
  g_autoptr(JsonObject) settings = extend_settings (build->settings->values, spec);
  if (!(fields = auto_tokenizer_fill_json (build->spec->model ? build->spec->model : "{}", settings, error)))
    return FALSE;
  JsonObject *object = json_node_get_object (fields);
  gboolean bpe = spec->model == AUTO_SENTENCEPIECE_BPE;
  gint64 unk = auto_vocabulary_find (vocabulary, spec->unk_piece, strlen (spec->unk_piece));
  json_object_set_string_member (object, "type", bpe ? "BPE" : "Unigram");
  if (bpe)
    {
      json_object_set_string_member (object, "unk_token", spec->unk_piece);
      json_object_set_boolean_member (object, "fuse_unk", TRUE);
      merges = auto_tokenizer_find_merges (vocabulary, scores);
      g_clear_pointer (&scores, g_array_unref);
    }
  else
    json_object_set_int_member (object, "unk_id", unk >= 0 ? unk : spec->unk_id);
  parts->model = auto_token_model_new (json_object_ref (object), g_steal_pointer (&vocabulary), g_steal_pointer (&merges), g_steal_pointer (&scores), error);
  return parts->model && auto_tokenizer_spm_make_parts (build->spec, settings, parts, error);
}
