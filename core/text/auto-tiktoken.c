/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-tiktoken.h"

#include <string.h>

#include "auto-trie.h"
#include "core/base/auto-errors.h"
#include "core/base/auto-io.h"

#define MAX_TOKENS (1 << 24)
#define MAX_TOKEN_LENGTH 256 /* putting one together takes its square */
#define MAX_FILE ((gsize) 256 << 20)

typedef struct
{
  gsize offset; /* into the bytes of all tokens */
  guint32 length;
  gint32 rank;
} Token;

struct _AutoTiktoken
{
  GByteArray *bytes;
  GArray *tokens;
  AutoTrie ranks;
};

/* FALSE when it is not base64 as it is written, padding and all. */
static gboolean
decode_base64 (const char *text, gsize length, GByteArray *out)
{
  int state = 0;
  guint save = 0;
  gsize padding = length && text[length - 1] == '=' ? 1 + (length > 1 && text[length - 2] == '=') : 0;

  if (length == 0 || length % 4 != 0)
    return FALSE;
  for (gsize i = 0; i < length - padding; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;
  guint start = out->len;
  g_byte_array_set_size (out, start + length);
  gsize n = g_base64_decode_step (text, length, out->data + start, &state, &save);
  g_byte_array_set_size (out, start + n);
  return n > 0;
}

static const char *
read_line (AutoTiktoken *self, const char *line, gsize length)
{
  const char *space = memchr (line, ' ', length);
  Token token = { .offset = self->bytes->len };
  guint64 rank;

  if (!space)
    return "a line has no rank";
  g_autofree char *number = g_strndup (space + 1, length - (space + 1 - line));
  if (!g_ascii_string_to_unsigned (number, 10, 0, MAX_TOKENS, &rank, NULL))
    return "a rank is no number, or too large";
  if (!decode_base64 (line, space - line, self->bytes))
    return "a token is not base64";
  token.rank = (gint32) rank;
  token.length = self->bytes->len - token.offset;
  if (token.length > MAX_TOKEN_LENGTH)
    return "a token is too long";
  if (auto_tiktoken_find (self, self->bytes->data + token.offset, token.length) >= 0)
    return "a token is there twice";
  if (!auto_trie_add (&self->ranks, (const char *) self->bytes->data + token.offset, token.length, token.rank))
    return "there are too many tokens";
  g_array_append_val (self->tokens, token);
  return NULL;
}

static int
compare_ranks (gconstpointer a, gconstpointer b)
{
  const Token *x = a, *y = b;
  return (x->rank > y->rank) - (x->rank < y->rank);
}

static const char *
sort_tokens (AutoTiktoken *self)
{
  g_array_sort (self->tokens, compare_ranks);
  for (guint i = 1; i < self->tokens->len; i++)
    if (g_array_index (self->tokens, Token, i).rank == g_array_index (self->tokens, Token, i - 1).rank)
      return "two tokens have one rank";
  return self->tokens->len ? NULL : "there are no tokens";
}

AutoTiktoken *
auto_tiktoken_new (const char *text, gsize length, const char *name, GError **error)
{
  g_autoptr(AutoTiktoken) self = g_new0 (AutoTiktoken, 1);
  const char *problem = length > MAX_FILE ? "the file is too large" : NULL;
  gsize number = 0;

  self->bytes = g_byte_array_new ();
  self->tokens = g_array_new (FALSE, FALSE, sizeof (Token));
  auto_trie_init (&self->ranks);
  for (const char *p = text, *end = text + length; p < end && !problem;)
    {
      const char *newline = memchr (p, '\n', end - p), *stop = newline ? newline : end;
      gsize n = stop - p;
      n -= n > 0 && p[n - 1] == '\r';
      number++;
      if (n > 0)
        problem = read_line (self, p, n);
      p = newline ? newline + 1 : end;
    }
  if (problem)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s:%" G_GSIZE_FORMAT ": %s; is it a file of tiktoken ranks?", name,
                 number, problem);
  else if ((problem = sort_tokens (self)))
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s; is it a file of tiktoken ranks?", name, problem);
  return problem ? NULL : g_steal_pointer (&self);
}

AutoTiktoken *
auto_tiktoken_read (const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = auto_io_map (path, error);
  gsize length;

  if (!bytes)
    return NULL;
  const char *text = g_bytes_get_data (bytes, &length);
  return auto_tiktoken_new (text ? text : "", length, path, error);
}

void
auto_tiktoken_free (AutoTiktoken *self)
{
  if (!self)
    return;
  auto_trie_clear (&self->ranks);
  g_array_unref (self->tokens);
  g_byte_array_unref (self->bytes);
  g_free (self);
}

gsize
auto_tiktoken_get_n_tokens (const AutoTiktoken *self)
{
  return self->tokens->len;
}

const guint8 *
auto_tiktoken_get_token (const AutoTiktoken *self, gsize index, gsize *length, gint32 *rank)
{
  const Token *token = &g_array_index (self->tokens, Token, index);

  *length = token->length;
  *rank = token->rank;
  return self->bytes->data + token->offset;
}

gint32
auto_tiktoken_find (const AutoTiktoken *self, const guint8 *bytes, gsize length)
{
  guint node = 0;

  for (gsize i = 0; i < length && node != AUTO_TRIE_NONE; i++)
    node = auto_trie_step (&self->ranks, node, bytes[i]);
  return length == 0 || node == AUTO_TRIE_NONE ? -1 : self->ranks.values[node];
}

/* A part of a token while it is put together: where it begins, and the rank that it and the next part make. */
typedef struct
{
  guint32 begin;
  gint32 rank; /* G_MAXINT32: none */
} Part;

static gint32
pair_rank (const AutoTiktoken *self, const guint8 *bytes, const Part *parts, guint i, guint n_parts)
{
  if (i + 2 > n_parts)
    return G_MAXINT32;
  gint32 rank = auto_tiktoken_find (self, bytes + parts[i].begin, parts[i + 2].begin - parts[i].begin);
  return rank < 0 ? G_MAXINT32 : rank;
}

/* Merges the token's bytes, lowest rank first, until two parts are left or nothing fits, as they would be merged inside of any word. Returns
 * how many parts are left; parts[n] is the end. */
static guint
merge_to_two (const AutoTiktoken *self, const guint8 *bytes, guint length, Part *parts)
{
  guint n = length;

  for (guint i = 0; i <= length; i++)
    parts[i] = (Part){ i, G_MAXINT32 };
  for (guint i = 0; i < n; i++)
    parts[i].rank = pair_rank (self, bytes, parts, i, n);
  while (n > 2)
    {
      guint best = 0;
      for (guint i = 1; i < n; i++)
        if (parts[i].rank < parts[best].rank)
          best = i;
      if (parts[best].rank == G_MAXINT32)
        break;
      memmove (parts + best + 1, parts + best + 2, (n - best - 1) * sizeof *parts);
      n--;
      parts[best].rank = pair_rank (self, bytes, parts, best, n);
      if (best > 0)
        parts[best - 1].rank = pair_rank (self, bytes, parts, best - 1, n);
    }
  return n;
}

GArray *
auto_tiktoken_merges (const AutoTiktoken *self, gsize *n_unreachable)
{
  GArray *merges = g_array_new (FALSE, FALSE, sizeof (AutoTiktokenMerge));
  g_autofree Part *parts = g_new (Part, MAX_TOKEN_LENGTH + 2);

  gsize unreachable = 0;
  for (guint i = 0; i < self->tokens->len; i++)
    {
      const Token *token = &g_array_index (self->tokens, Token, i);
      const guint8 *bytes = self->bytes->data + token->offset;
      if (token->length == 1)
        continue;
      guint n = merge_to_two (self, bytes, token->length, parts);
      AutoTiktokenMerge merge = { -1, -1, token->rank };
      if (n == 2)
        {
          merge.left = auto_tiktoken_find (self, bytes, parts[1].begin);
          merge.right = auto_tiktoken_find (self, bytes + parts[1].begin, token->length - parts[1].begin);
        }
      if (merge.left >= 0 && merge.right >= 0)
        g_array_append_val (merges, merge);
      else
        unreachable++;
    }
  if (n_unreachable)
    *n_unreachable = unreachable;
  return merges;
}
