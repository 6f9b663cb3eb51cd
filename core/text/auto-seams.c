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

/* What the vocabulary knows of single characters. Ranks are one more than they are, 0 for none. */
typedef struct
{
  const AutoVocabulary *vocabulary;
  GArray *characters;              /* Character */
  guint64 *parts, *wholes;         /* bits of ids: tokens of no more bytes than a character, none of them ASCII; those that are one */
  guint32 *made;                   /* by id: the last rank that makes a part */
  guint32 *last;                   /* by id: the rank after which all merges within a character are done */
  guint32 pairs[0x80 * 0x80];      /* ids of parts of two bytes, one more than they are */
} Characters;

typedef struct
{
  guint32 id;
  gunichar c;
} Character;

#define MOST_BYTES 4

static inline gboolean
has_bit (const guint64 *bits, guint32 id)
{
  return bits[id / 64] >> id % 64 & 1;
}

static inline void
set_bit (guint64 *bits, guint32 id)
{
  bits[id / 64] |= G_GUINT64_CONSTANT (1) << id % 64;
}

static Characters *
characters_new (const AutoVocabulary *vocabulary)
{
  guint bound = auto_vocabulary_bound (vocabulary);
  Characters *self = g_new0 (Characters, 1);

  self->vocabulary = vocabulary;
  self->characters = g_array_new (FALSE, FALSE, sizeof (Character));
  self->parts = g_new0 (guint64, bound / 64 + 1);
  self->wholes = g_new0 (guint64, bound / 64 + 1);
  self->made = g_new0 (guint32, bound + 1);
  self->last = g_new0 (guint32, bound + 1);
  return self;
}

static void
characters_free (Characters *self)
{
  g_array_unref (self->characters);
  g_free (self->parts);
  g_free (self->wholes);
  g_free (self->made);
  g_free (self->last);
  g_free (self);
}

static inline guint
pair_of (const char *bytes)
{
  return (bytes[0] & 0x7F) << 7 | (bytes[1] & 0x7F);
}

/* Notes a token of up to MOST_BYTES. */
static void
characters_add (Characters *self, guint32 id, const char *bytes, gsize length)
{
  Piece piece = next_piece (bytes, length, 0);
  guint size;

  for (gsize i = 0; i < length; i++)
    if ((guchar) bytes[i] < 0x80)
      return;
  set_bit (self->parts, id);
  if (length == 2)
    self->pairs[pair_of (bytes)] = id + 1;
  if (!piece.whole || piece.to < length)
    return;
  set_bit (self->wholes, id);
  g_array_append_val (self->characters, ((Character){ id, auto_utf8_get (bytes, &size) }));
}

/* The last rank that makes a token of some of a character's bytes. */
static guint32
made_of (const Characters *self, const char *bytes, gsize length)
{
  char part[2 * MOST_BYTES + 6];
  gsize n = 0;

  if (length == 2)
    return self->pairs[pair_of (bytes)] ? self->made[self->pairs[pair_of (bytes)] - 1] : 0;
  for (gsize i = 0; i < length; i++)
    n += g_unichar_to_utf8 (auto_byte_to_char (bytes[i]), part + n);
  gint64 id = auto_vocabulary_find (self->vocabulary, part, n);
  return id >= 0 ? self->made[id] : 0;
}

static guint32
last_merge (const Characters *self, const Character *character)
{
  guint32 last = self->made[character->id];
  char bytes[8];
  gsize length = g_unichar_to_utf8 (character->c, bytes);

  for (gsize from = 0; from + 1 < length; from++)
    for (gsize n = 2; from + n <= length && n < length; n++)
      last = MAX (last, made_of (self, bytes + from, n));
  return last;
}

/* Notes the characters that take part in merges which come before the last of their own. */
static void
note_late (AutoSeams *self, const AutoTokenModel *model, Characters *known)
{
  const AutoMerge *merges = model->merges ? (const AutoMerge *) model->merges->data : NULL;
  guint n = merges ? model->merges->len : 0;
  gsize length;

  for (guint i = 0; i < n; i++)
    if (has_bit (known->parts, merges[i].merged))
      known->made[merges[i].merged] = i + 1;
  for (guint i = 0; i < known->characters->len; i++)
    {
      const Character *character = &g_array_index (known->characters, Character, i);
      known->last[character->id] = last_merge (known, character);
    }
  for (guint i = 0; i < n; i++)
    for (int side = 0; side < 2; side++)
      {
        guint32 id = side ? merges[i].right : merges[i].left;
        if (!has_bit (known->wholes, id) || known->last[id] <= i)
          continue;
        g_autoptr(GString) bytes = g_string_new (NULL);
        const char *token = auto_vocabulary_token (model->vocabulary, id, &length);
        auto_byte_level_decode (token, length, bytes);
        note_pair (self, auto_utf8_get (bytes->str, &(guint){ 0 }), AUTO_SEAM_LATE);
        known->last[id] = 0;
      }
}

static void
note_vocabulary (AutoSeams *self, const AutoVocabulary *vocabulary, Characters *known)
{
  g_autoptr(GString) bytes = g_string_new (NULL);
  gsize length;
  guint id;

  for (guint i = 0; i < auto_vocabulary_size (vocabulary); i++)
    {
      const char *token = auto_vocabulary_nth (vocabulary, i, &length, &id);
      if (auto_byte_level_has_ascii (token, length)) /* nobody asks about places between two such */
        continue;
      g_string_truncate (bytes, 0);
      if (!auto_byte_level_decode (token, length, bytes))
        continue;
      note_token (self, bytes->str, bytes->len);
      if (bytes->len <= MOST_BYTES)
        characters_add (known, id, bytes->str, bytes->len);
    }
}

AutoSeams *
auto_seams_new (const AutoTokenModel *model)
{
  AutoSeams *self = g_new0 (AutoSeams, 1);
  Characters *known = characters_new (model->vocabulary);
  guint bits = LEAST_BITS;

  while (bits < MOST_BITS && 1u << bits < auto_vocabulary_size (model->vocabulary) * 8)
    bits++;
  self->pairs = g_new0 (guint64, 1 << (bits - 6));
  self->shift = 64 - bits;
  note_vocabulary (self, model->vocabulary, known);
  note_late (self, model, known);
  characters_free (known);
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
