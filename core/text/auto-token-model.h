/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"
#include "../base/auto-json.h"
#include "auto-vocabulary.h"

G_BEGIN_DECLS

/* A token of a word: bytes @from to @to of it. */
typedef struct
{
  guint32 id, from, to;
} AutoToken;

typedef struct
{
  guint32 left, right, merged;
} AutoMerge;

typedef struct _AutoTokenModel AutoTokenModel;

typedef struct
{
  const char *type; /* as tokenizer.json names it */
  /* Reads self->fields and so on. */
  gboolean (*prepare) (AutoTokenModel *self, GError **error);
  /* Appends the tokens (AutoToken) of a word that isn't empty. Called from several threads at once. */
  gboolean (*tokenize) (const AutoTokenModel *self, const char *word, gsize length, GArray *tokens, GError **error);
  void (*clear) (AutoTokenModel *self);
} AutoTokenModelClass;

/* What turns words into tokens, and what it was made from. */
struct _AutoTokenModel
{
  const AutoTokenModelClass *class;
  AutoVocabulary *vocabulary;
  JsonObject *fields; /* the small members of "model" */
  GArray *merges;     /* AutoMerge by rank, or NULL */
  GArray *scores;     /* double by id, or NULL */
  GHashTable *shadowed; /* GBytes by id: tokens whose text has a larger id too, by which it is found; or NULL */
  gint64 unk_id;      /* -1: none */
  gboolean unk_keeps_text; /* an unknown token's text is what stood there */
  gpointer data;      /* the class's */
};

extern const AutoTokenModelClass auto_wordpiece_class, auto_word_level_class, auto_bpe_class, auto_unigram_class;

/* Takes everything over, also when it fails. @fields' "type" chooses the class; without it what is there decides. */
AUTO_INTERNAL AutoTokenModel *auto_token_model_new (JsonObject *fields, AutoVocabulary *vocabulary, GArray *merges, GArray *scores, GError **error);
/* Takes a vocabulary that others make tokens for. */
AUTO_INTERNAL AutoTokenModel *auto_token_model_new_bare (AutoVocabulary *vocabulary);
/* The token, without a final NUL, or NULL when there is none. */
AUTO_INTERNAL const char *auto_token_model_token (const AutoTokenModel *self, gint64 id, gsize *length);
/* How many tokens there are, each text as often as it is there. */
AUTO_INTERNAL guint auto_token_model_size (const AutoTokenModel *self);
AUTO_INTERNAL void auto_token_model_free (AutoTokenModel *self);
/* The id of a member of @fields that names a token, or -1. */
gint64 auto_token_model_named (const AutoTokenModel *self, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoTokenModel, auto_token_model_free)

G_END_DECLS
