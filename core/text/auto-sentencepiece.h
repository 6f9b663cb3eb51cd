/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "core/base/auto-version-macros.h"

G_BEGIN_DECLS

/* What a sentencepiece `.model` file says, and the encoding that sentencepiece itself makes of it. Once read it does not
 * change: threads can share it. */
typedef struct _AutoSentencePiece AutoSentencePiece;

/* The numbers are those of the file format. */
typedef enum
{
  AUTO_SENTENCEPIECE_UNIGRAM = 1,
  AUTO_SENTENCEPIECE_BPE = 2,
  AUTO_SENTENCEPIECE_WORD = 3,
  AUTO_SENTENCEPIECE_CHAR = 4,
} AutoSentencePieceModel;

typedef enum
{
  AUTO_PIECE_NORMAL = 1,
  AUTO_PIECE_UNKNOWN = 2,
  AUTO_PIECE_CONTROL = 3,
  AUTO_PIECE_USER_DEFINED = 4,
  AUTO_PIECE_UNUSED = 5,
  AUTO_PIECE_BYTE = 6,
} AutoPieceType;

typedef struct
{
  const char *text; /* UTF-8, ends with a NUL */
  gsize length;
  float score;
  AutoPieceType type;
} AutoPiece;

typedef struct
{
  AutoSentencePieceModel model;
  gboolean byte_fallback;
  gboolean treat_whitespace_as_suffix;
  gboolean split_by_whitespace;
  gboolean add_dummy_prefix;
  gboolean remove_extra_whitespaces;
  gboolean escape_whitespaces;
  gint32 unk_id, bos_id, eos_id, pad_id; /* as the trainer was told; -1: there is none */
  const char *unk_piece, *bos_piece, *eos_piece, *pad_piece;
  const char *unk_surface;
  const char *normalizer; /* the name of its rules: nmt_nfkc, identity, … */
  const guint8 *charsmap; /* precompiled; NULL when there is none */
  gsize charsmap_length;
} AutoSentencePieceSpec;

AUTO_INTERNAL AutoSentencePiece *auto_sentencepiece_read (const char *path, GError **error);
/* @name is for messages. */
AUTO_INTERNAL AutoSentencePiece *auto_sentencepiece_new (GBytes *bytes, const char *name, GError **error);
AUTO_INTERNAL void auto_sentencepiece_free (AutoSentencePiece *self);
AUTO_INTERNAL const AutoSentencePieceSpec *auto_sentencepiece_get_spec (const AutoSentencePiece *self);
AUTO_INTERNAL const AutoPiece *auto_sentencepiece_get_pieces (const AutoSentencePiece *self, gsize *n_pieces);
/* Whether a space is put before a text, in place of what the file says. To be called before others use it. */
AUTO_INTERNAL void auto_sentencepiece_set_dummy_prefix (AutoSentencePiece *self, gboolean add);
/* Makes what encoding needs, which it otherwise does the first time. */
AUTO_INTERNAL void auto_sentencepiece_prepare (const AutoSentencePiece *self);
/* The id of a piece; that of the unknown piece when there is no such piece. */
AUTO_INTERNAL gint32 auto_sentencepiece_find (const AutoSentencePiece *self, const char *piece, gsize length);

/* Encodes as sentencepiece does. @pieces gets the texts (of an unknown piece its surface), owned by the array; @ids the
 * ids (gint32). Either can be NULL. */
AUTO_INTERNAL void auto_sentencepiece_encode (const AutoSentencePiece *self, const char *text, gsize length, GPtrArray *pieces, GArray *ids);
/* The text after sentencepiece's normalization. */
AUTO_INTERNAL char *auto_sentencepiece_normalize (const AutoSentencePiece *self, const char *text, gsize length, gsize *normalized_length);
/* The text of pieces, unknown ones among them. */
AUTO_INTERNAL char *auto_sentencepiece_decode (const AutoSentencePiece *self, const char *const *pieces, gsize n_pieces);
/* The same where byte pieces may make a NUL. */
AUTO_INTERNAL GString *auto_sentencepiece_decode_bytes (const AutoSentencePiece *self, const char *const *pieces, gsize n_pieces);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoSentencePiece, auto_sentencepiece_free)

G_END_DECLS
