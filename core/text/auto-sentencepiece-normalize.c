/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-sentencepiece-private.h"

gsize
auto_sentencepiece_char (const char *text, gsize length)
{
  guchar first = length > 0 ? text[0] : 0xff;
  gsize size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;

  if (size == 0 || size > length)
    return 0;
  if (size == 1)
    return 1;
  gunichar ch = g_utf8_get_char_validated (text, size);
  return ch & 0x80000000 ? 0 : size;
}

/* What the first characters of @text become; @consumed tells how many bytes they are. */
static const char *
normalize_prefix (const AutoSentencePiece *self, const char *text, gsize length, gsize *consumed, gsize *out_length)
{
  gint32 id = -1;
  gsize user = auto_sentencepiece_match (&self->user_defined, text, length, &id);

  *consumed = *out_length = user;
  if (user > 0)
    return text;
  const char *mapped = self->charsmap ? auto_charsmap_find (self->charsmap, text, length, TRUE, consumed) : NULL;
  if (mapped)
    {
      *out_length = strlen (mapped);
      return mapped;
    }
  *consumed = *out_length = auto_sentencepiece_char (text, length);
  if (*consumed > 0)
    return text;
  *consumed = 1;
  *out_length = 3;
  return "\xef\xbf\xbd";
}

static void
append_space (const AutoSentencePiece *self, GString *out)
{
  g_string_append (out, self->spec.escape_whitespaces ? AUTO_SENTENCEPIECE_SPACE : " ");
}

static void
append_escaped (const AutoSentencePiece *self, GString *out, const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] == ' ')
      append_space (self, out);
    else
      g_string_append_c (out, text[i]);
}

static void
strip_end (const AutoSentencePiece *self, GString *out)
{
  const char *space = self->spec.escape_whitespaces ? AUTO_SENTENCEPIECE_SPACE : " ";
  gsize n = strlen (space);

  while (out->len >= n && memcmp (out->str + out->len - n, space, n) == 0)
    g_string_truncate (out, out->len - n);
}

char *
auto_sentencepiece_normalize (const AutoSentencePiece *self, const char *text, gsize length, gsize *normalized_length)
{
  gboolean remove = self->spec.remove_extra_whitespaces, after_space = remove;
  gboolean prefix = self->spec.add_dummy_prefix && !self->spec.treat_whitespace_as_suffix;
  gboolean suffix = self->spec.add_dummy_prefix && self->spec.treat_whitespace_as_suffix;
  GString *out = g_string_sized_new (length + length / 2 + 16);
  gsize position = 0, consumed, n;

  while (remove && position < length)
    {
      const char *piece = normalize_prefix (self, text + position, length - position, &consumed, &n);
      if (n != 1 || *piece != ' ')
        break;
      position += consumed;
    }
  if (position < length && prefix)
    append_space (self, out);
  gboolean empty = position >= length;
  for (; position < length; position += consumed)
    {
      const char *piece = normalize_prefix (self, text + position, length - position, &consumed, &n);
      for (; after_space && n > 0 && *piece == ' '; n--)
        piece++;
      append_escaped (self, out, piece, n);
      if (n > 0)
        after_space = remove && piece[n - 1] == ' ';
    }
  if (remove)
    strip_end (self, out);
  if (!empty && suffix)
    append_space (self, out);
  *normalized_length = out->len;
  return g_string_free (out, FALSE);
}

/* Bytes of pieces: characters where they are, a replacement for each byte that is none. */
static void
append_bytes (GString *out, GString *bytes)
{
  for (gsize i = 0; i < bytes->len;)
    {
      gsize n = auto_sentencepiece_char (bytes->str + i, bytes->len - i);
      if (n > 0)
        g_string_append_len (out, bytes->str + i, n);
      else
        g_string_append (out, "\xef\xbf\xbd");
      i += MAX (n, 1);
    }
  g_string_truncate (bytes, 0);
}

static void
append_unescaped (GString *out, const char *piece)
{
  gsize n = strlen (AUTO_SENTENCEPIECE_SPACE);

  while (*piece)
    if (strncmp (piece, AUTO_SENTENCEPIECE_SPACE, n) == 0)
      {
        g_string_append_c (out, ' ');
        piece += n;
      }
    else
      g_string_append_c (out, *piece++);
}

/* The text of one piece that is no byte. Returns whether it was the space that begins the text, which is left out. */
static gboolean
append_piece (const AutoSentencePiece *self, GString *out, const char *piece, gint32 id, gboolean at_start)
{
  const AutoSentencePieceSpec *spec = &self->spec;
  gboolean skipped = FALSE;

  if (self->pieces[id].type == AUTO_PIECE_CONTROL)
    return FALSE;
  if (self->pieces[id].type == AUTO_PIECE_UNKNOWN)
    {
      g_string_append (out, strcmp (self->pieces[id].text, piece) == 0 ? spec->unk_surface : piece);
      return FALSE;
    }
  if (at_start && (spec->add_dummy_prefix || spec->remove_extra_whitespaces))
    {
      gsize n = strlen (AUTO_SENTENCEPIECE_SPACE);
      skipped = strncmp (piece, AUTO_SENTENCEPIECE_SPACE, n) == 0;
      piece += skipped ? n : 0;
      /* extra spaces are removed all: the text still begins */
      skipped = skipped && !spec->remove_extra_whitespaces;
    }
  append_unescaped (out, piece);
  return skipped;
}

GString *
auto_sentencepiece_decode_bytes (const AutoSentencePiece *self, const char *const *pieces, gsize n_pieces)
{
  GString *out = g_string_new (NULL);
  g_autoptr(GString) bytes = g_string_new (NULL);
  gboolean at_start = TRUE, seen = FALSE;

  for (gsize i = 0; i < n_pieces; i++)
    {
      gint32 id = auto_sentencepiece_find (self, pieces[i], strlen (pieces[i]));
      if (self->pieces[id].type == AUTO_PIECE_BYTE)
        {
          char text[3] = { pieces[i][3], pieces[i][4], 0 };
          g_string_append_c (bytes, (char) g_ascii_strtoull (text, NULL, 16));
          continue;
        }
      append_bytes (out, bytes);
      if (seen || out->len > 0)
        at_start = FALSE;
      seen = append_piece (self, out, pieces[i], id, at_start);
    }
  append_bytes (out, bytes);
  return out;
}

char *
auto_sentencepiece_decode (const AutoSentencePiece *self, const char *const *pieces, gsize n_pieces)
{
  return g_string_free (auto_sentencepiece_decode_bytes (self, pieces, n_pieces), FALSE);
}
