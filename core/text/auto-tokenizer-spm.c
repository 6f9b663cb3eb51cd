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
append_token (AutoVocabulary *vocabulary, GArray *scores, const char *token, gsize length, double score, GError **error)
{
  AutoKey key = auto_key (token, length);

  if (auto_vocabulary_append (vocabulary, &key, scores->len))
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
      if (token && !append_token (vocabulary, scores, token, strlen (token), scored ? json_array_get_double_element (scored, 1) : 0, error))
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

  auto_vocabulary_expect (vocabulary, n);
  g_autofree char *head = spec->make_head ? spec->make_head (spec, settings) : g_strdup (spec->head);
  if (!add_list (head, settings, vocabulary, scores, error))
    return FALSE;
  for (gsize i = spec->skip; i < n; i++)
    if (!append_token (vocabulary, scores, pieces[i].text, pieces[i].length, spec->score ? spec->score (pieces[i].text, pieces[i].score) : pieces[i].score, error))
      return FALSE;
  auto_vocabulary_index (vocabulary);
  g_auto(GStrv) more = spec->more_tokens ? spec->more_tokens (spec, settings) : NULL;
  for (guint i = 0; more && more[i]; i++)
    if (auto_vocabulary_find (vocabulary, more[i], strlen (more[i])) < 0)
      {
        if (!append_token (vocabulary, scores, more[i], strlen (more[i]), 0, error))
          return FALSE;
        auto_vocabulary_index (vocabulary);
      }
  gboolean good = add_list (spec->tail, settings, vocabulary, scores, error);
  auto_vocabulary_index (vocabulary);
  return good;
}

/* A token's place in the vocabulary and its score. */
typedef struct
{
  guint index;
  double score;
} Scored;

static int
compare_scores (gconstpointer a, gconstpointer b)
{
  const Scored *x = a, *y = b;

  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* The tokens, the best first; most files have them that way. */
static GArray *
order_tokens (const AutoVocabulary *vocabulary, const GArray *scores)
{
  guint n = auto_vocabulary_size (vocabulary), id;
  GArray *order = g_array_sized_new (FALSE, FALSE, sizeof (Scored), n);
  gboolean sorted = TRUE;
  gsize length;

  for (guint i = 0; i < n; i++)
    {
      auto_vocabulary_nth (vocabulary, i, &length, &id);
      g_array_append_val (order, ((Scored){ i, g_array_index (scores, double, id) }));
      sorted = sorted && (i == 0 || g_array_index (order, Scored, i - 1).score >= g_array_index (order, Scored, i).score);
    }
  if (!sorted)
    g_array_sort (order, compare_scores);
  return order;
}

/* Ways to cut tokens in two that wait to be looked up. */
typedef struct
{
  const AutoVocabulary *vocabulary;
  GArray *merges;
  guint first; /* of the merges that make the last token */
  AutoKey keys[AUTO_VOCABULARY_MANY]; /* two for each way */
  guint32 wholes[AUTO_VOCABULARY_MANY / 2];
  guint n;
} Cuts;

/* Merges that make the same token go by the ids of their parts. */
static void
append_merge (Cuts *self, AutoMerge merge)
{
  if (self->merges->len && g_array_index (self->merges, AutoMerge, self->merges->len - 1).merged != merge.merged)
    self->first = self->merges->len;
  g_array_append_val (self->merges, merge);
  AutoMerge *merges = (AutoMerge *) self->merges->data;
  guint at = self->merges->len - 1;
  for (; at > self->first && (merges[at - 1].left > merge.left || (merges[at - 1].left == merge.left && merges[at - 1].right > merge.right)); at--)
    merges[at] = merges[at - 1];
  merges[at] = merge;
}

static void
look_up (Cuts *self)
{
  gint64 ids[AUTO_VOCABULARY_MANY];

  auto_vocabulary_find_many (self->vocabulary, self->keys, self->n, ids);
  for (guint i = 0; i < self->n; i += 2)
    if (ids[i] >= 0 && ids[i + 1] >= 0)
      append_merge (self, (AutoMerge){ ids[i], ids[i + 1], self->wholes[i / 2] });
  self->n = 0;
}

static void
cut_token (Cuts *self, const char *token, gsize length, guint id)
{
  for (gsize cut = 1; cut < length; cut++)
    if ((token[cut] & 0xC0) != 0x80)
      {
        self->wholes[self->n / 2] = id;
        self->keys[self->n] = auto_key (token, cut);
        self->keys[self->n + 1] = auto_key (token + cut, length - cut);
        auto_vocabulary_prefetch (self->vocabulary, &self->keys[self->n]);
        auto_vocabulary_prefetch (self->vocabulary, &self->keys[self->n + 1]);
        self->n += 2;
        if (self->n == AUTO_VOCABULARY_MANY)
          look_up (self);
      }
}

GArray *
auto_tokenizer_find_merges (const AutoVocabulary *vocabulary, const GArray *scores)
{
  g_autoptr(GArray) order = order_tokens (vocabulary, scores);
  Cuts cuts = { .vocabulary = vocabulary, .merges = g_array_new (FALSE, FALSE, sizeof (AutoMerge)) };
  gsize length;
  guint id;

  for (guint i = 0; i < order->len; i++)
    {
      const char *token = auto_vocabulary_nth (vocabulary, g_array_index (order, Scored, i).index, &length, &id);
      cut_token (&cuts, token, length, id);
    }
  look_up (&cuts);
  return cuts.merges;
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
