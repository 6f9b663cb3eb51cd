/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-added-vocabulary.h"

#include <string.h>

#include "auto-trie.h"

/* The tokens to look for in one kind of text. */
typedef struct
{
  AutoTrie trie;       /* value: id */
  gboolean first[256]; /* bytes that a token begins with */
  guint n_first;       /* how many */
  guchar last_first;   /* the last one that was added: the only one when there is one */
} Search;

struct _AutoAddedVocabulary
{
  int ref_count; /* atomic */
  GPtrArray *tokens;              /* AutoAddedToken as they are now, in the order in which they came */
  GHashTable *by_content, *by_id; /* the same */
  GHashTable *specials;           /* a set of contents */
  GPtrArray *patterns[2];         /* AutoAddedToken as they were when they came: ordinary ones, special ones */
  gint64 largest;                 /* id, -1 at first */
  gboolean shadows;               /* an id is that of another token of the model too: ids of a model with gaps */
  gboolean ignore_special;
  Search searches[2]; /* before and after normalization */
  Search clues;       /* a part of each of the latter that has neither spaces nor marks */
  gboolean clueless;  /* one has no such part */
};

static void
token_free (gpointer data)
{
  AutoAddedToken *token = data;

  g_free (token->content);
  g_free (token);
}

static AutoAddedToken *
token_copy (const AutoAddedToken *token)
{
  AutoAddedToken *copy = g_memdup2 (token, sizeof *token);

  copy->content = g_strdup (token->content);
  return copy;
}

AutoAddedVocabulary *
auto_added_vocabulary_new (void)
{
  AutoAddedVocabulary *self = g_new0 (AutoAddedVocabulary, 1);

  self->ref_count = 1;
  self->by_content = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_id = g_hash_table_new (g_direct_hash, g_direct_equal);
  self->specials = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->tokens = g_ptr_array_new_with_free_func (token_free);
  for (int special = 0; special < 2; special++)
    self->patterns[special] = g_ptr_array_new_with_free_func (token_free);
  self->largest = -1;
  return self;
}

static void
insert (AutoAddedVocabulary *self, const AutoAddedToken *token)
{
  AutoAddedToken *copy = token_copy (token);

  g_ptr_array_add (self->tokens, copy);
  g_hash_table_insert (self->by_content, copy->content, copy);
  g_hash_table_insert (self->by_id, GUINT_TO_POINTER (copy->id), copy);
  self->largest = MAX (self->largest, copy->id);
}

static void
add_pattern (AutoAddedVocabulary *self, gboolean special, const AutoAddedToken *token)
{
  g_ptr_array_add (self->patterns[special], token_copy (token));
}

AutoAddedVocabulary *
auto_added_vocabulary_copy (const AutoAddedVocabulary *self)
{
  AutoAddedVocabulary *copy = auto_added_vocabulary_new ();
  GHashTableIter iter;
  gpointer content;

  for (guint i = 0; i < self->tokens->len; i++)
    insert (copy, g_ptr_array_index (self->tokens, i));
  for (int special = 0; special < 2; special++)
    for (guint i = 0; i < self->patterns[special]->len; i++)
      add_pattern (copy, special, g_ptr_array_index (self->patterns[special], i));
  g_hash_table_iter_init (&iter, self->specials);
  while (g_hash_table_iter_next (&iter, &content, NULL))
    g_hash_table_add (copy->specials, g_strdup (content));
  copy->ignore_special = self->ignore_special;
  copy->shadows = self->shadows;
  return copy;
}

AutoAddedVocabulary *
auto_added_vocabulary_ref (AutoAddedVocabulary *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
auto_added_vocabulary_unref (AutoAddedVocabulary *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_hash_table_unref (self->by_content);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->specials);
  g_ptr_array_unref (self->tokens);
  for (int k = 0; k < 2; k++)
    {
      g_ptr_array_unref (self->patterns[k]);
      auto_trie_clear (&self->searches[k].trie);
    }
  auto_trie_clear (&self->clues.trie);
  g_free (self);
}

/* Changes a token in all but its text. */
static void
change (AutoAddedVocabulary *self, AutoAddedToken *known, const AutoAddedToken *token)
{
  char *content = known->content;

  if (known->id != token->id && g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (known->id)) == known)
    g_hash_table_remove (self->by_id, GUINT_TO_POINTER (known->id));
  *known = *token;
  known->content = content;
  g_hash_table_insert (self->by_id, GUINT_TO_POINTER (known->id), known);
  self->largest = MAX (self->largest, known->id);
}

gboolean
auto_added_token_equal (const AutoAddedToken *a, const AutoAddedToken *b)
{
  return !a->single_word == !b->single_word && !a->lstrip == !b->lstrip && !a->rstrip == !b->rstrip && !a->normalized == !b->normalized
         && !a->special == !b->special && g_str_equal (a->content, b->content);
}

gboolean
auto_added_vocabulary_add (AutoAddedVocabulary *self, const AutoAddedToken *token, const AutoTokenModel *model)
{
  guint size = auto_token_model_size (model);
  AutoAddedToken added = *token, *known;

  if (!*token->content)
    return FALSE;
  if (token->special && g_hash_table_add (self->specials, g_strdup (token->content)))
    add_pattern (self, TRUE, token);
  known = g_hash_table_lookup (self->by_content, token->content);
  if (known && auto_added_token_equal (known, token))
    return FALSE;
  gint64 id = known ? (gint64) known->id : auto_vocabulary_find (model->vocabulary, token->content, strlen (token->content));
  added.id = id >= 0 ? id : self->largest >= 0 && (self->largest >= size || size == 0) ? self->largest + 1 : size;
  self->shadows |= id < 0 && auto_token_model_token (model, added.id, &(gsize){ 0 });
  if (known)
    change (self, known, &added);
  else
    insert (self, &added);
  if (!g_hash_table_contains (self->specials, token->content))
    add_pattern (self, FALSE, &added);
  return TRUE;
}

void
auto_added_vocabulary_put (AutoAddedVocabulary *self, const AutoAddedToken *token)
{
  AutoAddedToken *known = g_hash_table_lookup (self->by_content, token->content);

  if (token->special)
    g_hash_table_add (self->specials, g_strdup (token->content));
  if (known)
    change (self, known, token);
  else
    insert (self, token);
}

static gboolean
add_to_search (Search *search, const char *text, gsize length, guint32 id)
{
  guint node;

  if (length == 0)
    return TRUE;
  node = auto_trie_extend (&search->trie, 0, text, length);
  if (node == AUTO_TRIE_NONE)
    return FALSE;
  if (search->trie.values[node] < 0) /* the first of several with the same text is found */
    search->trie.values[node] = id;
  search->last_first = text[0];
  search->n_first += !search->first[search->last_first];
  search->first[search->last_first] = TRUE;
  return TRUE;
}

static void
search_reset (Search *search)
{
  auto_trie_clear (&search->trie);
  memset (search, 0, sizeof *search);
  auto_trie_init (&search->trie);
}

/* The longest part of a normalized token between marks and white space, all of which texts may have in another form. */
static gboolean
add_clue (AutoAddedVocabulary *self, const char *text, gsize text_length)
{
  gsize longest = 0, most = 0, from = 0;
  guint size;

  for (gsize at = 0; at < text_length; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      if (c == 0x2581 || auto_char_is (c, AUTO_CHAR_SPACE))
        from = at + size;
      else if (at + size - from > most)
        longest = from, most = at + size - from;
    }
  self->clueless |= most == 0 && text_length > 0;
  return add_to_search (&self->clues, text + longest, most, 0);
}

gboolean
auto_added_vocabulary_refresh (AutoAddedVocabulary *self, const AutoNormalizer *normalizer, GError **error)
{
  AutoAlignedText text = { 0 }, spare = { 0 };
  gboolean good = TRUE;

  search_reset (&self->searches[0]);
  search_reset (&self->searches[1]);
  search_reset (&self->clues);
  self->clueless = FALSE;
  /* special ones come first */
  for (int special = 1; special >= 0; special--)
    for (guint i = 0; i < self->patterns[special]->len && good; i++)
      {
        const AutoAddedToken *token = g_ptr_array_index (self->patterns[special], i);
        const AutoAddedToken *now = g_hash_table_lookup (self->by_content, token->content);
        gsize length = strlen (token->content);
        if (!token->normalized)
          {
            good = add_to_search (&self->searches[0], token->content, length, now->id);
            continue;
          }
        text.length = 0;
        auto_aligned_text_append_original (&text, token->content, length, 0);
        good = (!normalizer || auto_normalizer_run (normalizer, &text, &spare, 0, error))
               && add_to_search (&self->searches[1], text.text, text.length, now->id) && add_clue (self, text.text, text.length);
      }
  auto_aligned_text_clear (&text);
  auto_aligned_text_clear (&spare);
  if (!good && error && !*error)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "the texts of the added tokens are too long");
  return good;
}

/* Where a token may begin, from @at on; @length when there is no such place. */
static inline gsize
next_candidate (const Search *search, const char *text, gsize length, gsize at)
{
  if (search->n_first == 1)
    {
      const char *found = memchr (text + at, search->last_first, length - at);
      return found ? (gsize) (found - text) : length;
    }
  while (at < length && !search->first[(guchar) text[at]])
    at++;
  return at;
}

/* The leftmost, longest token in @text from *@from on. */
static gboolean
search_next (const Search *search, const char *text, gsize length, gsize *from, gsize *to, guint32 *id)
{
  for (gsize at = *from; (at = next_candidate (search, text, length, at)) < length; at++)
    {
      gint32 found = -1;
      guint node = 0;
      for (gsize end = at; end < length && (node = auto_trie_step (&search->trie, node, text[end])) != AUTO_TRIE_NONE; end++)
        if (search->trie.values[node] >= 0)
          found = search->trie.values[node], *to = end + 1;
      if (found >= 0)
        {
          *from = at;
          *id = found;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
stands_alone (const char *text, gsize length, gsize from, gsize to)
{
  guint size;

  return (from == 0 || !auto_char_is (auto_utf8_get (auto_utf8_previous (text + from), &size), AUTO_CHAR_WORD))
         && (to == length || !auto_char_is (auto_utf8_get (text + to, &size), AUTO_CHAR_WORD));
}

gboolean
auto_added_vocabulary_next (const AutoAddedVocabulary *self, gboolean normalized, const char *text, gsize length, gsize done, gsize *at, gsize *from,
                            gsize *to, guint32 *id)
{
  const Search *search = &self->searches[normalized != 0];
  guint size;

  if (search->n_first == 0)
    return FALSE;
  for (*from = *at; search_next (search, text, length, from, to, id); *from = *to)
    {
      const AutoAddedToken *token = auto_added_vocabulary_by_id (self, *id);
      *at = *to;
      if (self->ignore_special && g_hash_table_contains (self->specials, token->content))
        continue;
      if (token->single_word && !stands_alone (text, length, *from, *to))
        continue;
      while (token->lstrip && *from > done)
        {
          const char *before = auto_utf8_previous (text + *from);
          if (!auto_char_is (auto_utf8_get (before, &size), AUTO_CHAR_SPACE))
            break;
          *from = before - text;
        }
      while (token->rstrip && *to < length && auto_char_is (auto_utf8_get (text + *to, &size), AUTO_CHAR_SPACE))
        *to += size;
      if (token->lstrip && *from < done)
        *from = MIN (done, *to);
      return TRUE;
    }
  return FALSE;
}

void
auto_added_vocabulary_extract (const AutoAddedVocabulary *self, AutoPreText *pre, gboolean normalized)
{
  if (self->searches[normalized != 0].n_first == 0)
    return;
  auto_pre_text_begin_pass (pre);
  for (guint i = 0; i < pre->splits->len; i++)
    {
      const AutoSplit *split = &g_array_index (pre->splits, AutoSplit, i);
      const char *text = pre->text.text ? pre->text.text + split->from : "";
      gsize length = split->to - split->from, done = 0, at = 0, from, to;
      guint32 id;
      if (split->id >= 0)
        {
          auto_pre_text_keep (pre, split);
          continue;
        }
      while (auto_added_vocabulary_next (self, normalized, text, length, done, &at, &from, &to, &id))
        {
          auto_pre_text_add (pre, split->from + done, split->from + from, -1);
          auto_pre_text_add (pre, split->from + from, split->from + to, id);
          done = to;
        }
      auto_pre_text_add (pre, split->from + done, split->to, -1);
    }
  auto_pre_text_end_pass (pre);
}

gboolean
auto_added_vocabulary_has (const AutoAddedVocabulary *self, gboolean normalized)
{
  return self->searches[normalized != 0].n_first > 0;
}

gboolean
auto_added_vocabulary_may_have (const AutoAddedVocabulary *self, const char *text, gsize length)
{
  gsize from = 0, to;
  guint32 id;

  return self->clueless || (self->clues.n_first > 0 && search_next (&self->clues, text, length, &from, &to, &id));
}

const AutoAddedToken *
auto_added_vocabulary_find (const AutoAddedVocabulary *self, const char *content)
{
  return g_hash_table_lookup (self->by_content, content);
}

const AutoAddedToken *
auto_added_vocabulary_by_id (const AutoAddedVocabulary *self, gint64 id)
{
  return id < 0 || id > G_MAXINT32 ? NULL : g_hash_table_lookup (self->by_id, GUINT_TO_POINTER ((guint) id));
}

gboolean
auto_added_vocabulary_shadows (const AutoAddedVocabulary *self, guint32 id)
{
  return self->shadows && g_hash_table_contains (self->by_id, GUINT_TO_POINTER (id));
}

gboolean
auto_added_vocabulary_is_special (const AutoAddedVocabulary *self, const char *content)
{
  return g_hash_table_contains (self->specials, content);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const AutoAddedToken *x = *(AutoAddedToken *const *) a, *y = *(AutoAddedToken *const *) b;
  return x->id < y->id ? -1 : x->id > y->id;
}

GPtrArray *
auto_added_vocabulary_list (const AutoAddedVocabulary *self)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < self->tokens->len; i++)
    g_ptr_array_add (list, g_ptr_array_index (self->tokens, i));
  g_ptr_array_sort (list, compare_ids);
  return list;
}

void
auto_added_vocabulary_set_ignore_special (AutoAddedVocabulary *self, gboolean ignore)
{
  self->ignore_special = ignore;
}
