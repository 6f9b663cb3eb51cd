/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which tokens of a transcript are a word: those up to the next space, or in languages without spaces up to the next whole character;
 * punctuation belongs to the word beside it. */
#include "words.h"

#include <string.h>

#include "core/text/auto-python-text.h"

/* A word, and the first and last of its tokens; first -1: it has none. */
typedef struct
{
  GString *text;
  gint64 first, last;
} Piece;

static void
piece_clear (gpointer data)
{
  Piece *piece = data;

  g_string_free (piece->text, TRUE);
}

static GString *
decode_tokens (AutoTokenizer *self, const GArray *tokens, guint from, guint to, GError **error)
{
  AutoDecodeCall call = auto_decode_options_get_call (NULL);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  call.decode_with_timestamps = TRUE;
  for (guint i = from; i < to; i++)
    g_array_append_val (ids, g_array_index (tokens, WhisperToken, i).id);
  return auto_pretrained_decode_call (self, (gint64 *) (gpointer) ids->data, ids->len, &call, NULL, error);
}

/* A text of whole characters: if one isn't whole, it must be so in the text of all tokens too. */
static gboolean
is_whole (const char *text, const char *all)
{
  const char *broken = strstr (text, "\xef\xbf\xbd");

  for (const char *p = text; broken && p < broken && *all; p = g_utf8_next_char (p))
    all = g_utf8_next_char (all);
  return !broken || g_str_has_prefix (all, "\xef\xbf\xbd");
}

static gboolean
split_characters (AutoTokenizer *self, const GArray *tokens, GArray *pieces, GError **error)
{
  GString *all = decode_tokens (self, tokens, 0, tokens->len, error);
  gboolean good = all != NULL;
  const char *rest = all ? all->str : "";

  for (guint from = 0, to = 1; good && to <= tokens->len; to++)
    {
      GString *text = decode_tokens (self, tokens, from, to, error);
      good = text != NULL;
      if (text && is_whole (text->str, rest))
        {
          for (const char *p = text->str; *p && *rest; p = g_utf8_next_char (p))
            rest = g_utf8_next_char (rest);
          g_array_append_val (pieces, ((Piece){ g_steal_pointer (&text), from, to - 1 }));
          from = to;
        }
      if (text)
        g_string_free (text, TRUE);
    }
  if (all)
    g_string_free (all, TRUE);
  return good;
}

/* Whether the text without spaces around it is a part of @marks, as nothing is too. */
static gboolean
is_among (const GString *text, const char *marks)
{
  const char *inner = text->str;
  gsize length = text->len;

  auto_python_lstrip (&inner, &length);
  auto_python_rstrip (inner, &length);
  g_autofree char *copy = g_strndup (inner, length);
  return strstr (marks, copy) != NULL;
}

/* Joins what is behind a piece without a space to it. */
static void
join_words (const GArray *tokens, gint64 end_id, GArray *pieces)
{
  guint n = 0;

  for (guint i = 0; i < pieces->len; i++)
    {
      Piece *piece = &g_array_index (pieces, Piece, i);
      gboolean special = g_array_index (tokens, WhisperToken, piece->first).id >= end_id;
      if (n == 0 || special || piece->text->str[0] == ' ' || is_among (piece->text, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))
        {
          Piece moved = *piece;
          g_array_index (pieces, Piece, i) = g_array_index (pieces, Piece, n);
          g_array_index (pieces, Piece, n++) = moved;
          continue;
        }
      Piece *word = &g_array_index (pieces, Piece, n - 1);
      g_string_append_len (word->text, piece->text->str, piece->text->len);
      word->last = piece->last;
    }
  g_array_set_size (pieces, n);
}

/* Puts what a piece was before or behind another, and leaves it empty. */
static void
merge (Piece *into, Piece *piece, gboolean before)
{
  g_string_insert_len (into->text, before ? 0 : -1, piece->text->str, piece->text->len);
  g_string_truncate (piece->text, 0);
  if (piece->first >= 0)
    {
      if (before || into->first < 0)
        into->first = piece->first;
      if (!before || into->last < 0)
        into->last = piece->last;
    }
  piece->first = piece->last = -1;
}

static void
merge_punctuation (GArray *pieces)
{
  static const char before[] = "\"'“¡¿([{-", behind[] = "\"'.。,，!！?？:：”)]}、";
  Piece *piece = (Piece *) (gpointer) pieces->data;

  for (gint64 i = (gint64) pieces->len - 2, j = i + 1; i >= 0; i--)
    if (piece[i].text->str[0] == ' ' && is_among (piece[i].text, before))
      merge (&piece[j], &piece[i], TRUE);
    else
      j = i;
  for (guint i = 0, j = 1; j < pieces->len; j++)
    if (!g_str_has_suffix (piece[i].text->str, " ") && strstr (behind, piece[j].text->str))
      merge (&piece[i], &piece[j], FALSE);
    else
      i = j;
}

static gboolean
is_without_spaces (const char *language)
{
  static const char *const languages[] = { "chinese", "japanese", "thai", "lao", "myanmar", "cantonese", NULL };

  return language && g_strv_contains (languages, language);
}

gboolean
whisper_add_words (AutoTokenizer *self, const GArray *tokens, const char *language, JsonArray *words, GError **error)
{
  g_autoptr(GArray) pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_autofree char *own = NULL;
  gint64 end_id;

  g_array_set_clear_func (pieces, piece_clear);
  g_object_get (self, "language", &own, "eos-token-id", &end_id, NULL);
  if (!split_characters (self, tokens, pieces, error))
    return FALSE;
  if (!is_without_spaces (language ? language : own))
    join_words (tokens, end_id < 0 ? G_MAXINT64 : end_id, pieces);
  merge_punctuation (pieces);
  /* texts that are nothing are left out, and so are pieces without tokens: as the reference does it, each by itself */
  for (guint i = 0, k = 0; i < pieces->len && k < pieces->len; i++, k++)
    {
      while (i < pieces->len && !g_array_index (pieces, Piece, i).text->len)
        i++;
      while (k < pieces->len && g_array_index (pieces, Piece, k).first < 0)
        k++;
      if (i == pieces->len || k == pieces->len)
        break;
      const Piece *timed = &g_array_index (pieces, Piece, k);
      const WhisperToken *first = &g_array_index (tokens, WhisperToken, timed->first);
      const WhisperToken *last = &g_array_index (tokens, WhisperToken, timed->last);
      JsonObject *word = json_object_new ();
      json_object_set_string_member (word, "text", g_array_index (pieces, Piece, i).text->str);
      json_object_set_array_member (word, "timestamp", whisper_times (TRUE, first->start, last->has_end, last->end));
      json_array_add_object_element (words, word);
    }
  return TRUE;
}
