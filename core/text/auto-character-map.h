/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-word-gaps.h"

G_BEGIN_DECLS

/* What a normalizer makes of characters by themselves, for text that consists of nothing but characters which it treats alike wherever
 * they stand. Worked out one by one when they are first needed; used from any number of threads. */
typedef struct _AutoCharacterMap AutoCharacterMap;
typedef gboolean (*AutoCharacterTest) (gunichar c, gconstpointer data);

typedef enum
{
  AUTO_CHARACTER_OTHER,   /* left to the normalizer */
  AUTO_CHARACTER_DROPPED, /* becomes nothing */
  AUTO_CHARACTER_KEPT,    /* becomes something by itself */
  AUTO_CHARACTER_GAP,     /* is as good as a space between words */
} AutoCharacterKind;

/* @normalizer: which outlives it, or NULL. Characters that become one with any of the properties @apart, a space or @mark (0: none) are
 * left to the normalizer, but those of @gaps (which outlive it, or NULL). */
AUTO_INTERNAL AutoCharacterMap *auto_character_map_new (const AutoNormalizer *normalizer, guint32 apart, gunichar mark, const AutoWordGaps *gaps);
/* Says which characters end a word, before the map is used. */
AUTO_INTERNAL void auto_character_map_set_ends (AutoCharacterMap *self, AutoCharacterTest ends, gconstpointer data);
AUTO_INTERNAL void auto_character_map_free (AutoCharacterMap *self);
/* Appends what becomes of @text; FALSE when it has a character that is left to the normalizer, or a gap. */
AUTO_INTERNAL gboolean auto_character_map_run (AutoCharacterMap *self, const char *text, gsize length, GString *mapped);
/* @sketch becomes what @text becomes, but for its gaps, which are spaces; FALSE when a character depends on its neighbours. */
AUTO_INTERNAL gboolean auto_character_map_sketch (AutoCharacterMap *self, const char *text, gsize length, GString *sketch);
AUTO_INTERNAL AutoCharacterKind auto_character_map_kind (AutoCharacterMap *self, gunichar c);
/* @mapped becomes what @text up to the first character that ends a word, or is left to the normalizer, becomes; 16 bytes can be read from
 * it. Returns the number of bytes before that character. */
AUTO_INTERNAL gsize auto_character_map_word (AutoCharacterMap *self, const char *text, gsize length, GString *mapped);
AUTO_INTERNAL gboolean auto_character_map_ends (AutoCharacterMap *self, gunichar c);

G_END_DECLS
