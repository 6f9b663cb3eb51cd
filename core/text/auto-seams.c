/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-seams.h"

#include "auto-byte-level.h"
#include "auto-unicode.h"

#define LEAST_BITS 16
#define MOST_BITS 22

/* One character of a token's bytes, whole or a part. */
typedef struct
{
  gsize from, to;
  gboolean whole;
} Piece;

static Piece
next_piece (const char *bytes, gsize length, gsize from)
{
  gsize wanted = (bytes[from] & 0xC0) == 0x80 ? 0 : auto_utf8_size (bytes[from]), to = from + 1;

  while (to < length && (bytes[to] & 0xC0) == 0x80 && (wanted == 0 || to - from < wanted))
    to++;
  return (Piece){ from, to, to - from == wanted };
}

static void
note_pair (AutoSeams *self, guint32 before, guint32 after)
{
  guint slot = auto_seams_slot (self, before, after);
  self->pairs[slot / 64] |= G_GUINT64_CONSTANT (1) << slot % 64;
}

#define LONGEST_PART 3

/* What stands for a part of a character. */
static guint32
part_code (const char *bytes, gsize length)
{
  guint32 code = 0;

  for (gsize i = 0; i < length; i++)
    code = code << 8 | (guchar) bytes[i];
  return AUTO_SEAM_PART (code);
}

/* A token that begins with a part of a character. No text has one of that many bytes. */
static void
note_broken (AutoSeams *self, const char *bytes, const Piece *before, const Piece *after)
{
  guint8 last = bytes[before->to - 1], first = bytes[after->from];
  guint size;

  if (before->to - before->from > LONGEST_PART || after->to - after->from > LONGEST_PART + after->whole)
    return;
  self->broken[last][first / 64] |= G_GUINT64_CONSTANT (1) << first % 64;
  note_pair (self, part_code (bytes + before->from, before->to - before->from),
             after->whole ? auto_utf8_get (bytes + after->from, &size) : part_code (bytes + after->from, after->to - after->from));
}

gboolean
auto_seams_breaks (const AutoSeams *self, const char *text)
{
  const char *before = auto_utf8_previous (text);
  guint size;
  gunichar after = auto_utf8_get (text, &size);

  for (const char *from = before + 1; from < text; from++)
    {
      guint32 code = part_code (from, text - from);
      gboolean known = auto_seams_knows (self, code, after);
      for (guint n = 1; n < size && !known; n++)
        known = auto_seams_knows (self, code, part_code (text, n));
      if (known)
        return TRUE;
    }
  return FALSE;
}

/* Notes where @bytes, a token, goes over from one character to the next. */
static void
note_token (AutoSeams *self, const char *bytes, gsize length)
{
  guint size;

  for (Piece before = next_piece (bytes, length, 0), after; before.to < length; before = after)
    {
      after = next_piece (bytes, length, before.to);
      guint8 first = bytes[after.from];
      if (!before.whole)
        note_broken (self, bytes, &before, &after);
      else
        note_pair (self, auto_utf8_get (bytes + before.from, &size),
                   after.whole ? auto_utf8_get (bytes + after.from, &size) : AUTO_SEAM_FIRST (first));
    }
}

/* The rank after which all merges within a character are done, plus one. @made: by id, one more than the last rank that makes a token. */
static guint32
last_merge (const AutoVocabulary *vocabulary, const guint32 *made, const char *bytes, gsize length)
{
  guint32 last = 0;

  for (gsize from = 0; from < length; from++)
    {
      char part[16];
      gsize n = 0;
      for (gsize to = from; to < length; to++)
        {
          n += g_unichar_to_utf8 (auto_byte_to_char (bytes[to]), part + n);
          gint64 id = to > from ? auto_vocabulary_find (vocabulary, part, n) : -1;
          if (id >= 0)
            last = MAX (last, made[id]);
        }
    }
  return last;
}

/* Notes the characters that take part in merges which come before the last of their own. @characters: by id, one more than the
 * character that a token is, 0 for none. */
static void
note_late (AutoSeams *self, const AutoTokenModel *model, const guint32 *characters)
{
  const AutoMerge *merges = model->merges ? (const AutoMerge *) model->merges->data : NULL;
  guint n = merges ? model->merges->len : 0, bound = auto_vocabulary_bound (model->vocabulary);
  g_autofree guint32 *made = g_new0 (guint32, bound), *last = g_new0 (guint32, bound);
  char utf8[8];

  for (guint i = 0; i < n; i++)
    made[merges[i].merged] = i + 1;
  for (guint id = 0; id < bound; id++)
    if (characters[id])
      last[id] = last_merge (model->vocabulary, made, utf8, g_unichar_to_utf8 (characters[id] - 1, utf8));
  for (guint i = 0; i < n; i++)
    {
      if (last[merges[i].left] > i)
        note_pair (self, characters[merges[i].left] - 1, AUTO_SEAM_LATE);
      if (last[merges[i].right] > i)
        note_pair (self, characters[merges[i].right] - 1, AUTO_SEAM_LATE);
    }
}

static void
note_vocabulary (AutoSeams *self, const AutoVocabulary *vocabulary, guint32 *characters)
{
  g_autoptr(GString) bytes = g_string_new (NULL);
  gsize length;
  guint id, size;

  for (guint i = 0; i < auto_vocabulary_size (vocabulary); i++)
    {
      const char *token = auto_vocabulary_nth (vocabulary, i, &length, &id);
      g_string_truncate (bytes, 0);
      if (!auto_byte_level_decode (token, length, bytes) || !bytes->len)
        continue;
      note_token (self, bytes->str, bytes->len);
      Piece piece = next_piece (bytes->str, bytes->len, 0);
      if ((guchar) bytes->str[0] >= 0x80 && piece.whole && piece.to == bytes->len)
        characters[id] = auto_utf8_get (bytes->str, &size) + 1;
    }
}

AutoSeams *
auto_seams_new (const AutoTokenModel *model)
{
  AutoSeams *self = g_new0 (AutoSeams, 1);
  g_autofree guint32 *characters = g_new0 (guint32, auto_vocabulary_bound (model->vocabulary));
  guint bits = LEAST_BITS;

  while (bits < MOST_BITS && 1u << bits < auto_vocabulary_size (model->vocabulary) * 8)
    bits++;
  self->pairs = g_new0 (guint64, 1 << (bits - 6));
  self->shift = 64 - bits;
  note_vocabulary (self, model->vocabulary, characters);
  note_late (self, model, characters);
  return self;
}

void
auto_seams_free (AutoSeams *self)
{
  if (!self)
    return;
  g_free (self->pairs);
  g_free (self);
}
