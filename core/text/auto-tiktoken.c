/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-tiktoken.h"

#include <string.h>

#include "../base/auto-io.h"
#include "auto-vocabulary.h"

#define MAX_TOKENS (1 << 24)
#define MAX_TOKEN_LENGTH 256 /* putting one together takes its square */
#define MAX_FILE ((gsize) 256 << 20)

typedef struct
{
  gsize offset; /* into the bytes of all tokens */
  guint32 length;
  gint32 rank;
  guint32 line;
} Token;

struct _AutoTiktoken
{
  GByteArray *bytes;
  GArray *tokens;
  AutoVocabulary *ranks; /* of the bytes */
};

static int
base64_digit (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* FALSE when it is not base64 as it is written, padding and all. */
static gboolean
decode_base64 (const char *text, gsize length, GByteArray *out)
{
  gsize padding = length && text[length - 1] == '=' ? 1 + (length > 1 && text[length - 2] == '=') : 0;

  if (length == 0 || length % 4 != 0)
    return FALSE;
  guint start = out->len;
  g_byte_array_set_size (out, start + length / 4 * 3);
  guint8 *to = out->data + start;
  for (gsize i = 0; i < length; i += 4)
    {
      guint32 bits = 0;
      for (gsize k = i; k < i + 4; k++)
        {
          int digit = k < length - padding ? base64_digit (text[k]) : 0;
          if (digit < 0)
            return FALSE;
          bits = bits << 6 | digit;
        }
      *to++ = bits >> 16;
      *to++ = bits >> 8;
      *to++ = bits;
    }
  g_byte_array_set_size (out, out->len - padding);
  return out->len > start;
}

static gboolean
read_rank (const char *digits, const char *end, gint32 *rank)
{
  const char *start = digits;

  for (*rank = 0; digits < end && g_ascii_isdigit (*digits) && *rank <= MAX_TOKENS; digits++)
    *rank = *rank * 10 + (*digits - '0');
  return digits > start && digits == end && *rank <= MAX_TOKENS;
}

static const char *
read_line (AutoTiktoken *self, const char *line, gsize length, gsize number)
{
  const char *space = memchr (line, ' ', length);
  Token token = { .offset = self->bytes->len, .line = number };

  if (!space)
    return "a line has no rank";
  if (!read_rank (space + 1, line + length, &token.rank))
    return "a rank is no number, or too large";
  if (!decode_base64 (line, space - line, self->bytes))
    return "a token is not base64";
  token.length = self->bytes->len - token.offset;
  if (token.length > MAX_TOKEN_LENGTH)
    return "a token is too long";
  g_array_append_val (self->tokens, token);
  return NULL;
}

/* FALSE when a token is there twice: on the line @number. */
static gboolean
index_tokens (AutoTiktoken *self, gsize *number)
{
  g_autoptr(AutoVocabulary) seen = auto_vocabulary_new ();
  guint n = self->tokens->len;

  auto_vocabulary_expect (self->ranks, n);
  for (guint i = 0; i < n; i++)
    {
      const Token *token = &g_array_index (self->tokens, Token, i);
      AutoKey key = auto_key ((const char *) self->bytes->data + token->offset, token->length);
      auto_vocabulary_append (self->ranks, &key, token->rank);
    }
  auto_vocabulary_index (self->ranks);
  for (guint i = 0; i < n && auto_vocabulary_size (self->ranks) < n; i++)
    {
      const Token *token = &g_array_index (self->tokens, Token, i);
      const char *bytes = (const char *) self->bytes->data + token->offset;
      *number = token->line;
      if (auto_vocabulary_find (seen, bytes, token->length) >= 0)
        return FALSE;
      auto_vocabulary_add (seen, bytes, token->length, 0);
    }
  return TRUE;
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
  gboolean sorted = TRUE;

  for (guint i = 1; i < self->tokens->len && sorted; i++)
    sorted = g_array_index (self->tokens, Token, i - 1).rank < g_array_index (self->tokens, Token, i).rank;
  if (!sorted)
    g_array_sort (self->tokens, compare_ranks);
  for (guint i = 1; i < self->tokens->len && !sorted; i++)
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
  self->ranks = auto_vocabulary_new ();
  for (const char *p = text, *end = text + length; p < end && !problem;)
    {
      const char *newline = memchr (p, '\n', end - p), *stop = newline ? newline : end;
      gsize n = stop - p;
      n -= n > 0 && p[n - 1] == '\r';
      number++;
      if (n > 0)
        problem = read_line (self, p, n, number);
      p = newline ? newline + 1 : end;
    }
  if (!problem && !index_tokens (self, &number))
    problem = "a token is there twice";
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
  auto_vocabulary_free (self->ranks);
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
  return (gint32) auto_vocabulary_find (self->ranks, (const char *) bytes, length);
}

/* A part of a token while it is put together: where it begins, and the rank that it and the next part make. */
typedef struct
{
  guint32 begin;
  gint32 rank; /* G_MAXINT32: none */
} Part;

/* What tokens are put together with. */
typedef struct
{
  const AutoTiktoken *ranks;
  gint32 *pairs; /* ranks of two bytes: the first * 256 + the second */
  Part *parts;
} Merger;

/* Sets the ranks of @n_pairs pairs of parts, no more than two, from the @first on. */
static void
rank_pairs (const Merger *self, const guint8 *bytes, guint first, guint n_pairs)
{
  const GByteArray *all = self->ranks->bytes;
  AutoKey keys[2];
  gint64 ranks[2];

  for (guint i = 0; i < n_pairs; i++)
    {
      const Part *part = &self->parts[first + i];
      keys[i] = auto_key_within ((const char *) bytes + part[0].begin, part[2].begin - part[0].begin, (const char *) all->data + all->len);
      auto_vocabulary_prefetch (self->ranks->ranks, &keys[i]);
    }
  auto_vocabulary_find_many (self->ranks->ranks, keys, n_pairs, ranks);
  for (guint i = 0; i < n_pairs; i++)
    self->parts[first + i].rank = ranks[i] < 0 ? G_MAXINT32 : (gint32) ranks[i];
}

/* Merges the token's bytes, lowest rank first, until two parts are left or nothing fits, as they would be merged inside of any word. Returns
 * how many parts are left; parts[n] is the end. */
static guint
merge_to_two (const Merger *self, const guint8 *bytes, guint length)
{
  Part *parts = self->parts;
  guint n = length;

  for (guint i = 0; i <= length; i++)
    parts[i] = (Part){ i, i + 2 <= length ? self->pairs[bytes[i] << 8 | bytes[i + 1]] : G_MAXINT32 };
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
      if (n <= 2)
        break;
      guint first = best > 0 ? best - 1 : 0, end = MIN (best + 1, n - 1);
      parts[best].rank = G_MAXINT32;
      rank_pairs (self, bytes, first, end - first);
    }
  return n;
}

static void
fill_pairs (const AutoTiktoken *self, gint32 *pairs)
{
  for (guint i = 0; i < 1 << 16; i++)
    pairs[i] = G_MAXINT32;
  for (guint i = 0; i < self->tokens->len; i++)
    {
      const Token *token = &g_array_index (self->tokens, Token, i);
      const guint8 *bytes = self->bytes->data + token->offset;
      if (token->length == 2)
        pairs[bytes[0] << 8 | bytes[1]] = token->rank;
    }
}

GArray *
auto_tiktoken_merges (const AutoTiktoken *self, gsize *n_unreachable)
{
  GArray *merges = g_array_new (FALSE, FALSE, sizeof (AutoTiktokenMerge));
  g_autofree Part *parts = g_new (Part, MAX_TOKEN_LENGTH + 2);
  g_autofree gint32 *pairs = g_new (gint32, 1 << 16);
  const Merger merger = { self, pairs, parts };
  gsize unreachable = 0;

  fill_pairs (self, pairs);
  for (guint i = 0; i < self->tokens->len; i++)
    {
      const Token *token = &g_array_index (self->tokens, Token, i);
      const guint8 *bytes = self->bytes->data + token->offset;
      if (token->length == 1)
        continue;
      guint n = merge_to_two (&merger, bytes, token->length);
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
