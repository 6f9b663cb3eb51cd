/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cutting a text at added tokens, as the reference's Trie and tokenize () do. */
#include "auto-slow.h"

#include <string.h>

#include "auto-python-text.h"
#include "auto-unicode.h"

/* A token that may begin at a place, as far as it has been read. */
typedef struct
{
  gsize start;
  guint node;
  gboolean gone; /* the last character didn't go on with it */
} Match;

static guint
step (const AutoTrie *trie, guint node, const char *text, gsize size)
{
  for (gsize i = 0; i < size && node != AUTO_TRIE_NONE; i++)
    node = auto_trie_step (trie, node, text[i]);
  return node;
}

static gboolean
is_token (const AutoTrie *trie, guint node)
{
  return trie->values[node] >= 0;
}

/* One match is complete before the character at @at: looks on for a longer one, and among those that began earlier. Those before @which
 * have read that character already; one that it ended is still looked at, as if it had not been there. */
static void
settle (const AutoTrie *trie, const char *text, gsize length, gsize at, const GArray *matches, guint which, gsize *start, gsize *end)
{
  gsize next = at + auto_utf8_size (text[at]);

  *start = g_array_index (matches, Match, which).start;
  for (guint i = 0; i < matches->len; i++)
    {
      const Match *match = &g_array_index (matches, Match, i);
      if (match->start > *start)
        break;
      gsize ahead = i < which ? next : at;
      guint node = match->node;
      *end = ahead;
      if (is_token (trie, node))
        *start = match->start;
      while (ahead < length)
        {
          gsize size = auto_utf8_size (text[ahead]);
          guint further = step (trie, node, text + ahead, size);
          if (further == AUTO_TRIE_NONE)
            break;
          node = further;
          ahead += size;
          if (is_token (trie, node))
            *start = match->start, *end = ahead;
        }
    }
}

/* Adds the bounds of a piece, but none that is empty or lies before the last. */
static void
add_end (GArray *ends, gsize *last, gsize end)
{
  if (end <= *last)
    return;
  g_array_append_val (ends, end);
  *last = end;
}

void
auto_slow_cut (const AutoTrie *trie, const char *text, gsize length, GArray *ends)
{
  g_autoptr(GArray) matches = g_array_new (FALSE, FALSE, sizeof (Match));
  gsize skip = 0, last = 0, start, end = 0;

  for (gsize at = 0, size; at < length; at += size)
    {
      gboolean found = FALSE;
      guint kept = 0;
      size = auto_utf8_size (text[at]);
      if (skip && at < skip)
        continue;
      for (guint i = 0; i < matches->len && !found; i++)
        {
          Match *match = &g_array_index (matches, Match, i);
          if (is_token (trie, match->node))
            {
              settle (trie, text, length, at, matches, i, &start, &end);
              add_end (ends, &last, start);
              add_end (ends, &last, end);
              skip = end;
              found = TRUE;
            }
          else
            {
              guint node = step (trie, match->node, text + at, size);
              match->gone = node == AUTO_TRIE_NONE;
              match->node = match->gone ? match->node : node;
            }
        }
      for (guint i = 0; i < matches->len && !found; i++)
        if (!g_array_index (matches, Match, i).gone)
          g_array_index (matches, Match, kept++) = g_array_index (matches, Match, i);
      g_array_set_size (matches, kept);
      guint node = at >= skip ? step (trie, 0, text + at, size) : AUTO_TRIE_NONE;
      if (node != AUTO_TRIE_NONE)
        g_array_append_val (matches, ((Match){ at, node, FALSE }));
    }
  for (guint i = 0; i < matches->len; i++)
    if (is_token (trie, g_array_index (matches, Match, i).node))
      {
        add_end (ends, &last, g_array_index (matches, Match, i).start);
        break;
      }
  add_end (ends, &last, length);
}

/* The text with everything in lower case but special tokens, tokens that are looked for in lower case anyway, and line ends. */
static char *
lower_text (const AutoSlow *self, const char *text, gsize length)
{
  GString *out = g_string_sized_new (length);
  gunichar lower[2];
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      const char *literal = NULL;
      for (guint i = 0; self->literal_first[(guchar) text[at]] && i < self->literal->len && !literal; i++)
        if (g_str_has_prefix (text + at, g_ptr_array_index (self->literal, i)))
          literal = g_ptr_array_index (self->literal, i);
      if (literal)
        {
          size = strlen (literal);
          g_string_append (out, literal);
          continue;
        }
      guint n = auto_python_lower_char (auto_utf8_get (text + at, &size), lower);
      for (guint i = 0; i < n; i++)
        g_string_append_unichar (out, lower[i]);
    }
  return g_string_free (out, FALSE);
}

static gboolean
begins_with_added (const AutoSlow *self, const char *text, gsize length)
{
  guint node = 0;

  for (gsize at = 0; at < length && (node = auto_trie_step (&self->trie, node, text[at])) != AUTO_TRIE_NONE; at++)
    if (self->trie.values[node] >= 0)
      return TRUE;
  return FALSE;
}

/* prepare_for_tokenization and what comes before the cutting. */
static char *
prepare (const AutoSlow *self, const char *text, gsize length, gboolean word)
{
  g_autofree char *composed = self->class->compose ? g_utf8_normalize (text, length, G_NORMALIZE_NFC) : NULL;

  if (composed)
    text = composed, length = strlen (composed);
  AutoSlowPrefix prefix = self->class->prefix;
  gboolean split = word && prefix != AUTO_SLOW_PREFIX_SPACE_OF_TEXT;
  gboolean set = prefix != AUTO_SLOW_PREFIX_SPACE_OF_WORDS && auto_json_bool (self->settings, "add_prefix_space", FALSE);
  gboolean space = prefix != AUTO_SLOW_PREFIX_NONE && (split || set);
  guint size;

  if (space && prefix >= AUTO_SLOW_PREFIX_SPACE_UNLESS)
    space = length > 0 && !auto_python_is_space (auto_utf8_get (text, &size));
  if (space && prefix == AUTO_SLOW_PREFIX_SPACE_OF_TEXT)
    space = !begins_with_added (self, text, length);
  g_autofree char *copy = g_malloc (length + 2);
  copy[0] = ' ';
  memcpy (copy + space, text, length);
  copy[length + space] = '\0';
  g_autofree char *changed = self->class->engine->prepare ? self->class->engine->prepare (self, copy, length + space) : NULL;
  const char *ready = changed ? changed : copy;
  return self->lower ? lower_text (self, ready, strlen (ready)) : g_strdup (ready);
}

static void
replace (GPtrArray *pieces, guint i, char *text)
{
  g_free (pieces->pdata[i]);
  pieces->pdata[i] = text;
}

/* A token takes the spaces beside it; one that must be a word alone is text where it isn't. */
static void
settle_token (GPtrArray *pieces, guint i, const AutoAddedToken *token)
{
  char *left = i > 0 ? pieces->pdata[i - 1] : NULL, *right = i + 1 < pieces->len ? pieces->pdata[i + 1] : NULL;
  gboolean had_left = left && *left, had_right = right && *right;
  gboolean touches_left = had_left && left[strlen (left) - 1] != ' ', touches_right = had_right && *right != ' ';

  if (token->rstrip && had_right)
    {
      const char *rest = right;
      gsize n = strlen (right);
      auto_python_lstrip (&rest, &n);
      replace (pieces, i + 1, g_strndup (rest, n));
    }
  if (token->lstrip && had_left)
    {
      gsize n = strlen (left);
      auto_python_rstrip (left, &n);
      replace (pieces, i - 1, g_strndup (left, n));
    }
  if (!token->single_word || !(touches_left || touches_right))
    return;
  guint beside = touches_left ? i - 1 : i + 1;
  const char *text = pieces->pdata[i], *other = pieces->pdata[beside];
  replace (pieces, beside, touches_left ? g_strconcat (other, text, NULL) : g_strconcat (text, other, NULL));
  replace (pieces, i, g_strdup (""));
}

void
auto_slow_tokenize (const AutoSlow *self, const char *text, gsize length, gboolean word, GPtrArray *tokens)
{
  if (self->class->engine->whole && self->class->engine->whole (self, text, length, tokens))
    return;
  g_autofree char *prepared = prepare (self, text, length, word);
  g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize n = strlen (prepared), from = 0;

  if (self->split_specials)
    add_end (ends, &(gsize){ 0 }, n);
  else
    auto_slow_cut (&self->trie, prepared, n, ends);
  for (guint i = 0; i < ends->len; from = g_array_index (ends, gsize, i++))
    g_ptr_array_add (pieces, g_strndup (prepared + from, g_array_index (ends, gsize, i) - from));
  for (guint i = 0; i < pieces->len; i++)
    {
      const AutoAddedToken *token = self->split_specials ? NULL : auto_added_vocabulary_find (self->added, pieces->pdata[i]);
      if (token) /* which is matched as the last one of its id says */
        settle_token (pieces, i, auto_added_vocabulary_by_id (self->added, token->id));
    }
  for (guint i = 0; i < pieces->len; i++)
    {
      const char *piece = pieces->pdata[i];
      if (!self->split_specials && auto_added_vocabulary_find (self->added, piece))
        g_ptr_array_add (tokens, g_strdup (piece));
      else if (*piece)
        self->class->engine->tokenize (self, piece, strlen (piece), tokens);
    }
  if (self->class->engine->finish)
    self->class->engine->finish (self, length == 0, tokens);
}
