/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-constraints.h"

#include <string.h>

#include "../base/auto-errors.h"
#include "../base/auto-json.h"

/* How far a sequence is with the words. */
typedef struct
{
  gsize n_met;
  int current;      /* the word that is begun, or -1 */
  GArray *progress; /* its tokens so far, of gint64 */
  GArray *pending;  /* words to come, of int */
  gboolean all_met;
} Stage;

typedef struct
{
  float score;
  gint64 token, row;
  gsize bank;
} Continuation;

static gboolean
refuse (JsonNode *node, const char *why, GError **error)
{
  g_autofree char *text = auto_json_print (node, -1, FALSE);

  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "force_words_ids: %s, not %.200s", why, text);
  return FALSE;
}

/* A word that stands at the start of another could never be told from it. */
static gboolean
are_distinct (const AutoIdLists *word)
{
  for (gsize i = 0; i < word->n; i++)
    for (gsize j = 0; j < word->n; j++)
      if (i != j && word->lists[i].n <= word->lists[j].n &&
          memcmp (word->lists[i].values, word->lists[j].values, word->lists[i].n * sizeof (gint64)) == 0)
        return FALSE;
  return TRUE;
}

static gboolean
read_word (AutoConstraints *self, gsize at, JsonNode *node, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  AutoIdLists *word = &self->words[at];
  g_autoptr(JsonNode) wrapped = NULL;

  if (!array || json_array_get_length (array) == 0)
    return refuse (node, "needs lists of tokens, or lists of such lists", error);
  self->choice[at] = JSON_NODE_HOLDS_ARRAY (json_array_get_element (array, 0));
  if (!self->choice[at])
    {
      JsonArray *one = json_array_new ();
      json_array_add_element (one, json_node_copy (node));
      node = wrapped = json_node_init_array (json_node_alloc (), one);
      json_array_unref (one);
    }
  if (!auto_id_lists_init (word, "force_words_ids", node, error))
    return FALSE;
  for (gsize i = 0; i < word->n; i++)
    {
      self->longest = MAX (self->longest, word->lists[i].n);
      if (word->lists[i].n == 0)
        return refuse (node, "a word needs at least one token", error);
      for (gsize j = 0; j < word->lists[i].n; j++)
        if (word->lists[i].values[j] < 0)
          return refuse (node, "tokens can't be negative", error);
    }
  return are_distinct (word) || refuse (node, "no choice of a word may begin with another", error);
}

gboolean
auto_constraints_init (AutoConstraints *self, JsonNode *node, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  *self = (AutoConstraints) { .n = array ? json_array_get_length (array) : 0 };
  self->words = g_new0 (AutoIdLists, self->n + 1);
  self->choice = g_new0 (gboolean, self->n + 1);
  for (gsize i = 0; i < self->n; i++)
    if (!read_word (self, i, json_array_get_element (array, i), error))
      return FALSE;
  return self->n || refuse (node, "needs at least one word", error);
}

void
auto_constraints_clear (AutoConstraints *self)
{
  for (gsize i = 0; i < self->n; i++)
    auto_id_lists_clear (&self->words[i]);
  g_clear_pointer (&self->words, g_free);
  g_clear_pointer (&self->choice, g_free);
  self->n = 0;
}

static void
stage_init (Stage *self, const AutoConstraints *constraints)
{
  *self = (Stage) { .current = -1, .progress = g_array_new (FALSE, FALSE, sizeof (gint64)), .pending = g_array_new (FALSE, FALSE, sizeof (int)) };
  for (int i = 0; i < (int) constraints->n; i++)
    g_array_append_val (self->pending, i);
}

static void
stage_clear (Stage *self)
{
  g_array_unref (self->progress);
  g_array_unref (self->pending);
}

/* The reference's copies share what is begun of a word with several sequences, and so go on with what another copy has added. */
static void
stage_copy (Stage *self, const Stage *from, const AutoConstraints *constraints)
{
  gboolean shared = from->current >= 0 && constraints->choice[from->current];

  *self = *from;
  self->progress = shared ? g_array_ref (from->progress) : g_array_copy (from->progress);
  self->pending = g_array_copy (from->pending);
}

/* Whether a sequence goes on like the progress and then with @token; @ends is set when that is all of it. */
static gboolean
continues (const AutoIds *ids, const GArray *progress, gint64 token, gboolean *ends)
{
  gboolean begun = progress->len == 0 || ids->n <= progress->len || memcmp (ids->values, progress->data, progress->len * sizeof (gint64)) == 0;

  if (ids->n <= progress->len || !begun || ids->values[progress->len] != token)
    return FALSE;
  *ends = ids->n == progress->len + 1;
  return TRUE;
}

static gboolean
word_continues (const AutoIdLists *word, const GArray *progress, gint64 token, gboolean *ends)
{
  for (gsize i = 0; i < word->n; i++)
    if (continues (&word->lists[i], progress, token, ends))
      return TRUE;
  return FALSE;
}

static void
stage_drop_progress (Stage *self)
{
  g_array_unref (self->progress);
  self->progress = g_array_new (FALSE, FALSE, sizeof (gint64));
}

static void
stage_begin (Stage *self, const AutoConstraints *constraints, gint64 token)
{
  gboolean ends;

  stage_drop_progress (self);
  for (guint i = 0; i < self->pending->len; i++)
    {
      int word = g_array_index (self->pending, int, i);
      if (!word_continues (&constraints->words[word], self->progress, token, &ends))
        continue;
      g_array_remove_index (self->pending, i);
      self->n_met += ends;
      self->current = ends ? -1 : word;
      if (!ends)
        g_array_append_val (self->progress, token);
      self->all_met = self->pending->len == 0 && self->current < 0;
      return;
    }
}

static void
stage_add (Stage *self, const AutoConstraints *constraints, gint64 token)
{
  gboolean ends;

  if (self->all_met)
    return;
  if (self->current < 0)
    {
      stage_begin (self, constraints, token);
      return;
    }
  if (!word_continues (&constraints->words[self->current], self->progress, token, &ends))
    {
      g_array_append_val (self->pending, self->current);
      self->current = -1;
      return;
    }
  g_array_append_val (self->progress, token);
  if (!ends)
    return;
  self->n_met++;
  self->current = -1;
  self->all_met = self->pending->len == 0;
}

static void
stage_read (Stage *self, const AutoConstraints *constraints, const gint64 *ids, gsize n)
{
  stage_init (self, constraints);
  for (gsize i = 0; i < n && !self->all_met; i++)
    stage_add (self, constraints, ids[i]);
}

static gsize
stage_bank (const Stage *self, const AutoConstraints *constraints)
{
  gsize bank = self->n_met * constraints->longest, longest = 0;

  if (self->current < 0)
    return bank;
  for (gsize i = 0; i < constraints->words[self->current].n; i++)
    longest = MAX (longest, constraints->words[self->current].lists[i].n);
  return bank + constraints->longest - (longest - self->progress->len);
}

/* The tokens that get further with a word, in the order of the word's sequences. */
static void
add_next_tokens (const AutoIdLists *word, const GArray *progress, GArray *tokens)
{
  guint first = tokens->len;

  for (gsize i = 0; i < word->n; i++)
    {
      const AutoIds *ids = &word->lists[i];
      gboolean known = FALSE, ends;
      if (ids->n <= progress->len || !continues (ids, progress, ids->values[progress->len], &ends))
        continue;
      for (guint j = first; j < tokens->len; j++)
        known |= g_array_index (tokens, gint64, j) == ids->values[progress->len];
      if (!known)
        g_array_append_val (tokens, ids->values[progress->len]);
    }
}

static GArray *
next_tokens (const Stage *self, const AutoConstraints *constraints)
{
  GArray *tokens = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GArray) none = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (self->current >= 0)
    add_next_tokens (&constraints->words[self->current], self->progress, tokens);
  for (guint i = 0; i < self->pending->len && self->current < 0; i++)
    add_next_tokens (&constraints->words[g_array_index (self->pending, int, i)], none, tokens);
  return tokens;
}

gboolean
auto_constraints_are_met (const AutoConstraints *self, const gint64 *ids, gsize n)
{
  Stage stage;

  stage_read (&stage, self, ids, n);
  stage_clear (&stage);
  return stage.all_met;
}

static gboolean
is_known (GArray *all, const AutoSequences *sequences, gint64 row, gint64 token)
{
  for (guint i = 0; i < all->len; i++)
    {
      const Continuation *other = &g_array_index (all, Continuation, i);
      if (other->token == token &&
          memcmp (auto_sequences_row (sequences, other->row), auto_sequences_row (sequences, row), sequences->length * sizeof (gint64)) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Continuations of a row that get further with the words. */
static void
add_advances (const AutoConstraints *self, const AutoSequences *sequences, gsize row, const float *scores, gsize vocabulary, GArray *all)
{
  Stage stage;

  stage_read (&stage, self, auto_sequences_row (sequences, row), sequences->length);
  g_autoptr(GArray) tokens = next_tokens (&stage, self);
  for (guint i = 0; i < tokens->len && !stage.all_met; i++)
    {
      Stage next;
      gint64 token = g_array_index (tokens, gint64, i);
      stage_copy (&next, &stage, self);
      stage_add (&next, self, token);
      Continuation advance = { token < (gint64) vocabulary ? scores[token] : -1e9f, token, (gint64) row, stage_bank (&next, self) };
      if (token < (gint64) vocabulary && !is_known (all, sequences, (gint64) row, token))
        g_array_append_val (all, advance);
      stage_clear (&next);
    }
  stage_clear (&stage);
}

static int
compare_continuations (gconstpointer a, gconstpointer b)
{
  const Continuation *x = a, *y = b;
  float first = (float) x->bank * 100 + x->score, second = (float) y->bank * 100 + y->score;

  return first > second ? -1 : first < second;
}

/* The best of every bank, then the second best of every bank, and so on. */
static void
keep_by_banks (GArray *all, gsize n, float *scores, gint64 *tokens, gint64 *rows)
{
  gsize kept = 0;

  for (gsize round = 0; kept < n; round++)
    for (guint i = 0, place = 0; i < all->len && kept < n; i++)
      {
        const Continuation *at = &g_array_index (all, Continuation, i);
        place = i && at[-1].bank == at->bank ? place + 1 : 0;
        if (place != round)
          continue;
        scores[kept] = at->score;
        tokens[kept] = at->token;
        rows[kept++] = at->row;
      }
}

void
auto_constraints_step (const AutoConstraints *self, const AutoSequences *sequences, gsize first, const float *totals, gsize vocabulary, gsize n,
                       float *scores, gint64 *tokens, gint64 *rows)
{
  g_autoptr(GArray) all = g_array_new (FALSE, FALSE, sizeof (Continuation));

  for (gsize i = 0; i < n; i++)
    {
      Stage stage;
      stage_read (&stage, self, auto_sequences_row (sequences, rows[i]), sequences->length);
      stage_add (&stage, self, tokens[i]);
      Continuation given = { scores[i], tokens[i], rows[i], stage_bank (&stage, self) };
      g_array_append_val (all, given);
      stage_clear (&stage);
    }
  for (gsize i = 0; i < n; i++)
    add_advances (self, sequences, first + i, totals + i * vocabulary, vocabulary, all);
  if (all->len == n)
    return;
  g_array_sort (all, compare_continuations);
  keep_by_banks (all, n, scores, tokens, rows);
}
