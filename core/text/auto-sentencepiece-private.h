/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-charsmap.h"
#include "auto-sentencepiece.h"
#include "auto-trie.h"
#include "auto-vocabulary.h"

G_BEGIN_DECLS

/* U+2581, which stands for a space in pieces. */
#define AUTO_SENTENCEPIECE_SPACE "\xe2\x96\x81"

struct _AutoSentencePiece
{
  AutoSentencePieceSpec spec;
  AutoPiece *pieces;
  gsize n_pieces;
  GStringChunk *texts;
  AutoCharsmap *charsmap;
  guint8 *charsmap_data;
  AutoVocabulary *known;    /* normal, user-defined and unused pieces */
  AutoVocabulary *reserved; /* control, unknown and byte pieces */
  AutoTrie user_defined;    /* matched before anything else */
  gsize has_known_trie;     /* of unigram models, when one is to encode */
  AutoTrie known_trie;
  gint32 unknown;        /* the id of the unknown piece */
  gint32 bytes[256];     /* ids of the byte pieces; those that are absent are unknown */
  float lowest, highest; /* scores of normal pieces */
};

/* The known pieces as a trie. */
const AutoTrie *auto_sentencepiece_known_trie (const AutoSentencePiece *self);
/* The longest prefix of @text in the trie; 0 when there is none. */
gsize auto_sentencepiece_match (const AutoTrie *trie, const char *text, gsize length, gint32 *value);
/* The bytes of the first character, which is well-formed; 0 when it is not. */
gsize auto_sentencepiece_char (const char *text, gsize length);

G_END_DECLS
