/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading tokenizer.json. The model's large members are read straight from the text, everything else by way of json-glib. */
#include "auto-json-gap.h"
#include "auto-pipeline.h"

#include <string.h>

#include "../base/auto-huge.h"

AutoTokenizerParts *
auto_tokenizer_parts_new (void)
{
  AutoTokenizerParts *self = g_new0 (AutoTokenizerParts, 1);

  self->added_tokens = g_array_new (FALSE, FALSE, sizeof (AutoAddedToken));
  return self;
}

void
auto_tokenizer_parts_free (AutoTokenizerParts *self)
{
  if (!self)
    return;
  JsonNode **nodes[] = { &self->normalizer, &self->pre_tokenizer, &self->post_processor, &self->decoder,
                         &self->truncation, &self->padding,       &self->saved_decoder,  &self->saved_pre_tokenizer };
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    g_clear_pointer (nodes[i], json_node_unref);
  auto_token_model_free (self->model);
  for (guint i = 0; i < self->added_tokens->len; i++)
    g_free (g_array_index (self->added_tokens, AutoAddedToken, i).content);
  g_array_unref (self->added_tokens);
  g_free (self);
}

void
auto_tokenizer_parts_add (AutoTokenizerParts *self, const AutoAddedToken *token)
{
  AutoAddedToken copy = *token;

  copy.content = g_strdup (token->content);
  g_array_append_val (self->added_tokens, copy);
}

/* A small value as a tree; NULL for null, and after an error. */
static JsonNode *
read_node (AutoJsonReader *reader)
{
  const char *text;
  gsize length;

  if (!auto_json_reader_span (reader, &text, &length))
    return NULL;
  JsonNode *node = auto_json_parse (text, length, reader->name, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE,
                                    reader->error ? NULL : &reader->error);
  if (node && JSON_NODE_HOLDS_NULL (node))
    g_clear_pointer (&node, json_node_unref);
  return node;
}

/* What is gathered of "model" until all of it is known. */
typedef struct
{
  JsonObject *fields;
  AutoVocabulary *vocabulary;
  GArray *merges, *scores;
  const char *merges_text; /* merges that came before the vocabulary */
  gsize merges_length;
  guint last_merged; /* where the vocabulary has the last merge's result: the next one's is likely to be there or behind it */
} Draft;

/* How many tokens or merges the rest of the text may hold: a guess, and rather too many. */
static guint
guess_number (const AutoJsonReader *reader)
{
  return MIN ((reader->end - reader->at) / 16, 1 << 20);
}

/* Whether a string lies in the file, and not where the reader resolves escapes. */
static gboolean
lasts (const AutoJsonReader *reader, const char *text)
{
  return !reader->scratch || text != reader->scratch->str;
}

static gboolean
add_token (AutoJsonReader *reader, AutoVocabulary *vocabulary, const char *text, gsize length, gint64 id)
{
  AutoKey key = lasts (reader, text) ? auto_key_within (text, length, reader->end) : auto_key (text, length);

  if (auto_vocabulary_append (vocabulary, &key, id))
    return TRUE;
  auto_json_reader_fail (reader, "model: an id of \"vocab\" is negative or far too large, or there are far too many");
  return FALSE;
}

/* Tokens behind one that was read, as long as they look like it. */
static void
read_like_tokens (AutoJsonReader *reader, AutoVocabulary *vocabulary, const AutoJsonGap *comma, const AutoJsonGap *colon)
{
  const char *start = reader->at, *text;
  gsize length;
  guint32 id;

  while (auto_json_has_room (reader) && auto_json_gap_skip (comma, reader) && auto_json_quick_string (reader, &text, &length)
         && auto_json_gap_skip (colon, reader) && auto_json_quick_uint (reader, &id))
    {
      if (!add_token (reader, vocabulary, text, length, id))
        return;
      start = reader->at;
    }
  reader->at = start;
}

static void
read_vocabulary_object (AutoJsonReader *reader, Draft *draft)
{
  AutoJsonGap comma = { .length = 0 }, colon;
  const char *text, *behind = NULL;
  gsize length;
  gint64 id;

  auto_vocabulary_expect (draft->vocabulary, guess_number (reader));
  for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &text, &length);)
    {
      gboolean stays = lasts (reader, text);
      auto_json_reader_peek (reader);
      if (stays && behind)
        auto_json_gap_learn (&comma, behind, text);
      if (stays)
        auto_json_gap_learn (&colon, text + length, reader->at);
      if (!auto_json_reader_int (reader, &id) || !add_token (reader, draft->vocabulary, text, length, id))
        break;
      if (stays)
        read_like_tokens (reader, draft->vocabulary, &comma, &colon);
      behind = reader->at;
    }
  auto_vocabulary_index (draft->vocabulary);
}

typedef struct
{
  AutoJsonReader *reader;
  Draft *draft;
  AutoJsonGap inside, between; /* between a token and its score, and between a score and a token */
  const char *behind;          /* where the score before ended */
} ScoreReader;

#define SCORES_AT_ONCE 64

/* Pairs behind one whose score was just read, as long as they look like it. */
static void
read_like_scores (ScoreReader *self)
{
  AutoJsonReader *reader = self->reader;
  GArray *scores = self->draft->scores;
  double some[SCORES_AT_ONCE];
  const char *start = reader->at, *text;
  gsize length;
  guint n = 0;

  while (auto_json_has_room (reader) && auto_json_gap_skip (&self->between, reader) && auto_json_quick_string (reader, &text, &length)
         && auto_json_gap_skip (&self->inside, reader) && auto_json_reader_double (reader, &some[n])
         && add_token (reader, self->draft->vocabulary, text, length, scores->len + n))
    {
      start = reader->at;
      if (++n == SCORES_AT_ONCE)
        {
          g_array_append_vals (scores, some, n);
          n = 0;
        }
    }
  g_array_append_vals (scores, some, n);
  if (!reader->error)
    reader->at = start;
}

/* A token's score. @text: the token, or NULL when it doesn't last. */
static void
read_score (ScoreReader *self, const char *text, gsize length)
{
  AutoJsonReader *reader = self->reader;
  double score;

  auto_json_reader_peek (reader);
  const char *start = reader->at;
  if (!auto_json_reader_double (reader, &score))
    return;
  g_array_append_val (self->draft->scores, score);
  if (text && self->behind)
    auto_json_gap_learn (&self->between, self->behind, text);
  if (text)
    {
      auto_json_gap_learn (&self->inside, text + length, start);
      read_like_scores (self);
    }
  self->behind = reader->at;
}

/* ["token", score] pairs. */
static void
read_vocabulary_array (AutoJsonReader *reader, Draft *draft)
{
  ScoreReader self = { .reader = reader, .draft = draft };
  guint room = guess_number (reader);
  const char *text;
  gsize length;

  auto_vocabulary_expect (draft->vocabulary, room);
  g_clear_pointer (&draft->scores, g_array_unref);
  draft->scores = g_array_sized_new (FALSE, FALSE, sizeof (double), room);
  auto_huge_advise (draft->scores->data, room * sizeof (double));
  for (auto_json_reader_enter_array (reader); auto_json_reader_next (reader);)
    {
      gboolean good = auto_json_reader_enter_array (reader) && auto_json_reader_next (reader) && auto_json_reader_string (reader, &text, &length)
                      && add_token (reader, draft->vocabulary, text, length, draft->scores->len) && auto_json_reader_next (reader);
      if (good)
        read_score (&self, lasts (reader, text) ? text : NULL, length);
      if (!good || auto_json_reader_next (reader))
        auto_json_reader_fail (reader, "model: an entry of \"vocab\" must be a token and its score");
    }
  auto_vocabulary_index (draft->vocabulary);
}

typedef struct
{
  AutoJsonReader *reader;
  Draft *draft;
  AutoKey keys[AUTO_VOCABULARY_MANY]; /* two tokens for each merge, as the file spells them */
  guint n;                            /* keys */
  gsize skip;                         /* bytes of the prefix, which the second token loses */
  AutoJsonGap inside, between;        /* between two tokens, and between two merges */
  const char *behind;                 /* where the text of the merge before ended; NULL: it was none, or of the other kind */
  GString *left;
} MergeReader;

/* What the second token without its prefix after the first makes. */
static gint64
find_merged (MergeReader *self, const AutoKey *left, const AutoKey *right)
{
  AutoKey rest;

  if (self->skip > right->length)
    return -1;
  if (self->skip)
    {
      rest = auto_key (right->text + self->skip, right->length - self->skip);
      right = &rest;
    }
  return auto_vocabulary_find_joined (self->draft->vocabulary, left, right, &self->draft->last_merged);
}

static void
add_batch (MergeReader *self)
{
  GArray *merges = self->draft->merges;
  gint64 ids[AUTO_VOCABULARY_MANY];
  guint n = merges->len;

  auto_vocabulary_find_many (self->draft->vocabulary, self->keys, self->n, ids);
  g_array_set_size (merges, n + self->n / 2);
  for (guint i = 0; i < self->n; i += 2)
    {
      gint64 merged = find_merged (self, &self->keys[i], &self->keys[i + 1]);
      if (ids[i] < 0 || ids[i + 1] < 0 || merged < 0)
        auto_json_reader_fail (self->reader, "model: a merge names a token, or makes one, that is not in \"vocab\"");
      g_array_index (merges, AutoMerge, n++) = (AutoMerge){ ids[i], ids[i + 1], merged };
    }
  self->n = 0;
}

/* Takes a merge of texts that lie in the file. */
static void
take_merge (MergeReader *self, const char *left, gsize left_length, const char *right, gsize right_length)
{
  AutoKey *keys = &self->keys[self->n];

  keys[0] = auto_key_within (left, left_length, self->reader->end);
  keys[1] = auto_key_within (right, right_length, self->reader->end);
  auto_vocabulary_prefetch (self->draft->vocabulary, &keys[0]);
  auto_vocabulary_prefetch (self->draft->vocabulary, &keys[1]);
  self->n += 2;
  if (self->n == AUTO_VOCABULARY_MANY)
    add_batch (self);
}

/* Takes a merge of texts that don't last. */
static void
add_merge (MergeReader *self, const char *left, gsize left_length, const char *right, gsize right_length)
{
  self->keys[self->n++] = auto_key (left, left_length);
  self->keys[self->n++] = auto_key (right, right_length);
  add_batch (self);
}

/* Merges behind one whose second string was just read, as long as they look like it. */
static void
read_like_arrays (MergeReader *self)
{
  AutoJsonReader *reader = self->reader;
  const char *start = reader->at, *left, *right;
  gsize left_length, right_length;

  while (auto_json_has_room (reader) && auto_json_gap_skip (&self->between, reader) && auto_json_quick_string (reader, &left, &left_length)
         && auto_json_gap_skip (&self->inside, reader) && auto_json_quick_string (reader, &right, &right_length))
    {
      take_merge (self, left, left_length, right, right_length);
      start = ++reader->at;
    }
  reader->at = start;
}

/* The right token of a merge whose left one, of the same array, is @left; @stays: that one lies in the file. */
static void
read_right (MergeReader *self, const char *left, gsize left_length, gboolean stays)
{
  AutoJsonReader *reader = self->reader;
  const char *right;
  gsize length;

  if (!auto_json_reader_string (reader, &right, &length))
    return;
  if (stays && lasts (reader, right))
    {
      take_merge (self, left, left_length, right, length);
      if (self->behind)
        auto_json_gap_learn (&self->between, self->behind, left);
      auto_json_gap_learn (&self->inside, left + left_length, right);
      read_like_arrays (self);
    }
  else
    add_merge (self, left, left_length, right, length);
  self->behind = reader->at;
}

/* ["left", "right"]. */
static void
read_merge_array (MergeReader *self)
{
  AutoJsonReader *reader = self->reader;
  gboolean good = FALSE;
  const char *left;
  gsize length;

  if (auto_json_reader_enter_array (reader) && auto_json_reader_next (reader) && auto_json_reader_string (reader, &left, &length))
    {
      gboolean stays = lasts (reader, left);
      if (!stays)
        {
          g_string_truncate (self->left, 0);
          g_string_append_len (self->left, left, length);
          left = self->left->str;
        }
      good = auto_json_reader_next (reader);
      if (good)
        read_right (self, left, length, stays);
    }
  if (!good || auto_json_reader_next (reader))
    auto_json_reader_fail (reader, "model: a merge is of two tokens");
}

/* Merges behind one that was read, as long as they look like it. */
static void
read_like_strings (MergeReader *self)
{
  AutoJsonReader *reader = self->reader;
  const char *start = reader->at, *text, *space;
  gsize length;

  while (auto_json_has_room (reader) && auto_json_gap_skip (&self->between, reader) && auto_json_quick_string (reader, &text, &length)
         && *text != '#' && (space = memchr (text, ' ', length)) && !memchr (space + 1, ' ', text + length - space - 1))
    {
      take_merge (self, text, space - text, space + 1, text + length - space - 1);
      start = ++reader->at;
    }
  reader->at = start;
}

/* "left right". */
static void
read_merge_string (MergeReader *self)
{
  AutoJsonReader *reader = self->reader;
  const char *text, *space;
  gsize length;

  if (!auto_json_reader_string (reader, &text, &length))
    return;
  if (length >= 8 && memcmp (text, "#version", 8) == 0)
    {
      self->behind = NULL;
      return;
    }
  space = memchr (text, ' ', length);
  if (!space || memchr (space + 1, ' ', text + length - space - 1))
    {
      auto_json_reader_fail (reader, "model: a merge must be two tokens with a space between them");
      return;
    }
  gboolean stays = lasts (reader, text);
  (stays ? take_merge : add_merge) (self, text, space - text, space + 1, text + length - space - 1);
  if (stays && self->behind)
    {
      auto_json_gap_learn (&self->between, self->behind, text);
      read_like_strings (self);
    }
  self->behind = reader->at;
}

static void
read_merges (AutoJsonReader *reader, Draft *draft)
{
  g_autoptr(GString) left = g_string_new (NULL);
  const char *prefix = auto_json_string (draft->fields, "continuing_subword_prefix");
  MergeReader self = { .reader = reader, .draft = draft, .skip = prefix ? strlen (prefix) : 0, .left = left };
  gboolean arrays = FALSE;
  guint room = guess_number (reader);

  g_clear_pointer (&draft->merges, g_array_unref);
  draft->merges = g_array_sized_new (FALSE, FALSE, sizeof (AutoMerge), room);
  auto_huge_advise (draft->merges->data, room * sizeof (AutoMerge));
  for (auto_json_reader_enter_array (reader); auto_json_reader_next (reader);)
    {
      gboolean array = auto_json_reader_peek (reader) == AUTO_JSON_ARRAY;
      if (array != arrays)
        self.behind = NULL;
      arrays = array;
      (array ? read_merge_array : read_merge_string) (&self);
    }
  add_batch (&self);
}

static void
read_model_member (AutoJsonReader *reader, Draft *draft, const char *key, gsize length)
{
  g_autofree char *name = g_strndup (key, length);
  JsonNode *node;

  if (g_str_equal (name, "vocab") && auto_json_reader_peek (reader) == AUTO_JSON_OBJECT)
    read_vocabulary_object (reader, draft);
  else if (g_str_equal (name, "vocab") && auto_json_reader_peek (reader) == AUTO_JSON_ARRAY)
    read_vocabulary_array (reader, draft);
  else if (g_str_equal (name, "merges") && auto_vocabulary_size (draft->vocabulary) == 0)
    auto_json_reader_span (reader, &draft->merges_text, &draft->merges_length);
  else if (g_str_equal (name, "merges"))
    read_merges (reader, draft);
  else if ((node = read_node (reader)))
    json_object_set_member (draft->fields, name, node);
}

static AutoTokenModel *
read_model (AutoJsonReader *reader)
{
  Draft draft = { json_object_new (), auto_vocabulary_new () };
  const char *key;
  gsize length;

  for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &key, &length);)
    read_model_member (reader, &draft, key, length);
  if (draft.merges_text && !reader->error)
    {
      AutoJsonReader again;
      auto_json_reader_init (&again, draft.merges_text, draft.merges_length, reader->name);
      read_merges (&again, &draft);
      auto_json_reader_finish (&again, &reader->error);
      auto_json_reader_clear (&again);
    }
  if (!reader->error)
    {
      AutoTokenModel *model = auto_token_model_new (draft.fields, draft.vocabulary, draft.merges, draft.scores, &reader->error);
      if (!model)
        g_prefix_error (&reader->error, "%s: ", reader->name);
      return model;
    }
  json_object_unref (draft.fields);
  auto_vocabulary_free (draft.vocabulary);
  g_clear_pointer (&draft.merges, g_array_unref);
  g_clear_pointer (&draft.scores, g_array_unref);
  return NULL;
}

static void
read_added_token (AutoJsonReader *reader, AutoTokenizerParts *parts)
{
  g_autofree char *content = NULL;
  AutoAddedToken token = { .normalized = TRUE };
  const char *key, *text;
  gsize length, text_length;
  gboolean normalized = TRUE, has_normalized = FALSE;
  gint64 id = 0;

  for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &key, &length);)
    if (auto_json_key_is (key, length, "content"))
      {
        if (auto_json_reader_string (reader, &text, &text_length))
          {
            g_free (content);
            content = memchr (text, 0, text_length) ? NULL : g_strndup (text, text_length);
          }
      }
    else if (auto_json_key_is (key, length, "id"))
      {
        if (auto_json_reader_int (reader, &id) && (id < 0 || id > G_MAXINT32))
          auto_json_reader_fail (reader, "added_tokens: an id that is too large or less than 0");
      }
    else if (auto_json_key_is (key, length, "single_word"))
      auto_json_reader_bool (reader, &token.single_word);
    else if (auto_json_key_is (key, length, "lstrip"))
      auto_json_reader_bool (reader, &token.lstrip);
    else if (auto_json_key_is (key, length, "rstrip"))
      auto_json_reader_bool (reader, &token.rstrip);
    else if (auto_json_key_is (key, length, "normalized"))
      has_normalized = auto_json_reader_bool (reader, &normalized);
    else if (auto_json_key_is (key, length, "special"))
      auto_json_reader_bool (reader, &token.special);
    else
      auto_json_reader_skip (reader);
  token.normalized = has_normalized ? normalized : !token.special;
  token.content = content;
  token.id = id;
  if (content)
    auto_tokenizer_parts_add (parts, &token);
  else
    auto_json_reader_fail (reader, "added_tokens: a token without a \"content\"");
}

static void
read_member (AutoJsonReader *reader, AutoTokenizerParts *parts, const char *key, gsize length)
{
  struct
  {
    const char *key;
    JsonNode **node;
  } members[] = {
    { "normalizer", &parts->normalizer }, { "pre_tokenizer", &parts->pre_tokenizer }, { "post_processor", &parts->post_processor },
    { "decoder", &parts->decoder },       { "truncation", &parts->truncation },       { "padding", &parts->padding },
  };
  const char *version;
  gsize version_length;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (auto_json_key_is (key, length, members[i].key))
      {
        g_clear_pointer (members[i].node, json_node_unref);
        *members[i].node = read_node (reader);
        return;
      }
  if (auto_json_key_is (key, length, "added_tokens"))
    for (auto_json_reader_enter_array (reader); auto_json_reader_next (reader);)
      read_added_token (reader, parts);
  else if (auto_json_key_is (key, length, "model"))
    {
      auto_token_model_free (g_steal_pointer (&parts->model));
      parts->model = read_model (reader);
    }
  else if (auto_json_key_is (key, length, "version"))
    {
      if (auto_json_reader_string (reader, &version, &version_length) && !auto_json_key_is (version, version_length, "1.0"))
        auto_json_reader_fail (reader, "its version is not 1.0");
    }
  else
    auto_json_reader_skip (reader);
}

AutoTokenizerParts *
auto_tokenizer_parts_read (const char *text, gsize length, const char *name, GError **error)
{
  g_autoptr(AutoTokenizerParts) parts = auto_tokenizer_parts_new ();
  AutoJsonReader reader;
  const char *key;
  gsize key_length;

  auto_json_reader_init (&reader, text, length, name);
  for (auto_json_reader_enter_object (&reader); auto_json_reader_next_key (&reader, &key, &key_length);)
    read_member (&reader, parts, key, key_length);
  if (!parts->model)
    auto_json_reader_fail (&reader, "there is no \"model\"");
  gboolean good = auto_json_reader_finish (&reader, error);
  auto_json_reader_clear (&reader);
  return good ? g_steal_pointer (&parts) : NULL;
}
