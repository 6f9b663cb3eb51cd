/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-token-model.h"

G_BEGIN_DECLS

/* Seams are places between two characters of a text that no token of a vocabulary goes over, so that the tokens of one side don't depend
 * on the other. Texts of large alphabets have many: a vocabulary knows few of the pairs of their characters. Immutable once it is made. */
typedef struct
{
  guint64 *pairs; /* bits that hashes of pairs choose: a chance hit only hides a seam */
  guint shift;
  guint64 broken[256][4]; /* by the bytes before and after: where tokens may hold only a part of the character before */
} AutoSeams;

/* @model: byte-level BPE. */
AUTO_INTERNAL AutoSeams *auto_seams_new (const AutoTokenModel *model);
AUTO_INTERNAL void auto_seams_free (AutoSeams *self);
/* Whether a token goes over the place before @text that holds only a part of the character before. */
AUTO_INTERNAL gboolean auto_seams_breaks (const AutoSeams *self, const char *text);

/* Stand in for a second character: all that begin with a byte; a mark of the first one. Stands in for either: the bytes of a part. */
#define AUTO_SEAM_FIRST(byte) (0x200000u | (byte))
#define AUTO_SEAM_LATE 0x300000u
#define AUTO_SEAM_PART(bytes) (0x1000000u | (bytes))

static inline guint
auto_seams_slot (const AutoSeams *self, guint32 before, guint32 after)
{
  return ((guint64) before << 32 | after) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15) >> self->shift;
}

static inline gboolean
auto_seams_knows (const AutoSeams *self, guint32 before, guint32 after)
{
  guint slot = auto_seams_slot (self, before, after);
  return self->pairs[slot / 64] >> slot % 64 & 1;
}

/* Whether a character may be merged with others before all of its bytes are merged with each other. */
static inline gboolean
auto_seams_late (const AutoSeams *self, gunichar c)
{
  return auto_seams_knows (self, c, AUTO_SEAM_LATE);
}

/* Whether tokens that go over the place before @text hold the characters on both sides as a whole. */
static inline gboolean
auto_seams_whole (const AutoSeams *self, gunichar before, const char *text)
{
  guint8 last = text[-1], first = text[0];

  return !auto_seams_knows (self, before, AUTO_SEAM_FIRST (first))
         && (G_LIKELY (!(self->broken[last][first / 64] >> first % 64 & 1)) || !auto_seams_breaks (self, text));
}

/* Whether there is one before @text, between the characters @before and @after, which are not both ASCII. */
static inline gboolean
auto_seams_here (const AutoSeams *self, gunichar before, gunichar after, const char *text)
{
  return !auto_seams_knows (self, before, after) && auto_seams_whole (self, before, text);
}

G_END_DECLS
