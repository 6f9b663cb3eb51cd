/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokenizer classes that the reference writes in Python. They work on lists of texts: a text is cut at added tokens, an engine cuts what
 * is between them into tokens, and a vocabulary gives their ids. */
#pragma once

#include "auto-added-vocabulary.h"
#include "auto-decode-call.h"
#include "auto-pipeline.h"
#include "auto-sentencepiece.h"
#include "auto-slow-merges.h"
#include "auto-tokenizer-call.h"
#include "auto-tokenizer-settings.h"
#include "auto-tokenizer-spec.h"
#include "auto-trie.h"

G_BEGIN_DECLS

typedef struct _AutoSlow AutoSlow;
typedef struct _AutoEntities AutoEntities;
typedef struct _AutoSlowColumns AutoSlowColumns;

/* The algorithm of a class. Everything but tokenize may be NULL. */
struct _AutoSlowEngine
{
  /* Of a class that takes songs: rows of ids (GArray of gint64) for the lyrics @text, the artist and the genres of a call; NULL: it takes texts. */
  GPtrArray *(*rows) (const AutoSlow *self, const AutoTokenizerCall *call, const char *text, GError **error);
  /* Reads the class's files: fills @self->vocabulary, @self->vocab_size when it isn't the vocabulary's size, and @self->data. */
  gboolean (*load) (AutoSlow *self, const char *folder, GError **error);
  /* Changes a text before anything else; NULL when it stays as it is. */
  char *(*prepare) (const AutoSlow *self, const char *text, gsize length);
  /* Appends the tokens of a text that the class takes as a whole, added tokens or not; FALSE for others. */
  gboolean (*whole) (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens);
  /* Appends the tokens (char *) of a text without added tokens. */
  void (*tokenize) (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens);
  /* A text behind another that is to be its prefix; @pair: the two came as one of several pairs, which are always joined so. */
  char *(*attach) (const AutoSlow *self, const char *prefix, const char *text, gboolean pair);
  /* How many of a text's first tokens are its prefix, and then are of type 1 where all others are of type 0. */
  gsize (*prefix) (const AutoSlow *self, const guint32 *ids, gsize n);
  /* Changes the tokens of a whole text. @empty: it was empty. */
  void (*finish) (const AutoSlow *self, gboolean empty, GPtrArray *tokens);
  /* The id that a token has by itself, or -1; NULL: the vocabulary's. */
  gint64 (*own) (const AutoSlow *self, const char *token);
  /* The id of a token that isn't an added one; NULL: its own, else the unknown token's. */
  gint64 (*find) (const AutoSlow *self, const char *token);
  /* The token of an id that isn't an added one's, or NULL; NULL: the vocabulary's. */
  const char *(*token) (const AutoSlow *self, gint64 id, gsize *length);
  /* Whether decoding leaves out an id, whatever the call says; NULL: none. */
  gboolean (*hides) (const AutoSlow *self, gint64 id);
  /* Appends the text that tokens (char *) make: convert_tokens_to_string. NULL: with a space between them. FALSE when they make none. */
  gboolean (*join) (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error);
  /* In its place, also of no tokens, where the call's keywords change what is made; @answer gets what it asks for beside the text. */
  gboolean (*join_call) (const AutoSlow *self, GPtrArray *tokens, const AutoDecodeCall *call, GString *text, JsonObject *answer, GError **error);
  /* Whether texts can be encoded with the settings of now; NULL: they can. */
  gboolean (*encodes) (const AutoSlow *self, GError **error);
  /* A setting with the language of the vocabulary, where the class's file has one for each of several; NULL: it hasn't. */
  const char *language;
  /* Frees @self->data. */
  void (*clear) (AutoSlow *self);
};

/* A tokenizer at work: immutable, used from any number of threads. Adding tokens makes another one that shares the files' part. */
struct _AutoSlow
{
  int ref_count; /* atomic */
  AutoSlow *core; /* who owns the files' part: this one or another */

  const AutoTokenizerSpec *spec;
  const AutoSlowTokenizer *class;
  JsonObject *settings;
  AutoTokenModel *model; /* often no more than a vocabulary */
  AutoVocabulary *vocabulary; /* the model's */
  guint vocab_size;
  GPtrArray *files; /* those that saving writes again */
  AutoPostProcessor *post_processor, *target; /* of texts and, where they differ, of texts that the model is to make */
  gpointer data; /* the engine's */
  char *refusal; /* why texts can't be encoded; NULL: they can */
  AutoEntities *entities; /* NULL: the class knows none */
  AutoSlowColumns *columns; /* likewise */

  AutoAddedVocabulary *added;
  GPtrArray *specials;     /* char *: all special tokens, each once */
  GHashTable *special_ids; /* a set */
  GHashTable *apart;       /* a set of added tokens that decoding keeps apart */
  GPtrArray *literal;      /* char *: what lower-casing leaves as it is, in the order in which it is looked for */
  gboolean literal_first[256];
  AutoTrie trie;           /* of added tokens */
  char *unk, *pad;         /* the unknown token, and padding, or NULL */
  gint64 additional_ids[2]; /* of the first additional special tokens, or -1 */
  gboolean lower;          /* texts are made lower case before anything else */
  gboolean split_specials; /* added tokens are text like any other */
  gboolean as_target;      /* texts are those that the model is to make */
};

/* @settings' listed and special tokens are taken as the class takes them when it is made. */
AUTO_INTERNAL AutoSlow *auto_slow_new (const AutoTokenizerSpec *spec, const AutoTokenizerSettings *settings, const char *folder, GError **error);
/* The same with other special tokens and with more tokens (AutoAddedToken), of which @n_new gets the number of new ones. */
AUTO_INTERNAL AutoSlow *auto_slow_extend (AutoSlow *self, const AutoTokenizerSettings *settings, const AutoAddedToken *tokens, guint n, guint *n_new,
                                          GError **error);
/* The same with the files read again, after a setting changed that says what is read of them; added tokens stay as they are. */
AUTO_INTERNAL AutoSlow *auto_slow_reload (AutoSlow *self, const AutoTokenizerSettings *settings, const char *folder, GError **error);
AUTO_INTERNAL AutoSlow *auto_slow_ref (AutoSlow *self);
AUTO_INTERNAL void auto_slow_unref (AutoSlow *self);

/* Whether texts can be encoded at all. */
AUTO_INTERNAL gboolean auto_slow_encodes (const AutoSlow *self, GError **error);
/* tokenize (): appends char *. @word: the text is a word of a text that was split. */
AUTO_INTERNAL void auto_slow_tokenize (const AutoSlow *self, const char *text, gsize length, gboolean word, GPtrArray *tokens);
/* @word: which word of a text that was split, or -1. */
AUTO_INTERNAL gboolean auto_slow_encode (const AutoSlow *self, const char *text, gsize length, gint32 word, AutoTokens *tokens, GError **error);
/* @call says for sure whether there are spaces around added tokens. */
AUTO_INTERNAL GString *auto_slow_decode (const AutoSlow *self, const gint64 *ids, gsize n, const AutoDecodeCall *call, JsonObject *answer, GError **error);
/* The text that tokens (char *) make, whether they are added ones or not; they are gone then. */
AUTO_INTERNAL GString *auto_slow_join (const AutoSlow *self, GPtrArray *tokens, GError **error);
/* The id of any token, the unknown token's for one that there isn't; -1 when there is no unknown token either. */
AUTO_INTERNAL gint64 auto_slow_find (const AutoSlow *self, const char *token);
/* How many tokens there are with the added ones: the first id that is free, unless ids have gaps. */
AUTO_INTERNAL guint auto_slow_count (const AutoSlow *self);
/* Whether there is such a token. */
AUTO_INTERNAL gboolean auto_slow_has (const AutoSlow *self, const char *token);
AUTO_INTERNAL const char *auto_slow_token (const AutoSlow *self, gint64 id, gsize *length);
/* Whether a text is one of the special tokens; whether an id is one's. */
AUTO_INTERNAL gboolean auto_slow_is_special (const AutoSlow *self, const char *content);
AUTO_INTERNAL gboolean auto_slow_is_special_id (const AutoSlow *self, gint64 id);
/* Writes the files that the class reads. */
AUTO_INTERNAL gboolean auto_slow_save_vocabulary (const AutoSlow *self, const char *folder, GError **error);

/* For engines. */

/* Keeps a file that saving will write. */
AUTO_INTERNAL void auto_slow_keep (AutoSlow *self, const char *name, GBytes *bytes);
/* Maps a file that saving will write again. */
AUTO_INTERNAL GBytes *auto_slow_read (AutoSlow *self, const char *folder, const char *name, GError **error);
/* Cuts a text at the tokens of @trie as the reference's Trie does: the pieces' ends (gsize) are appended to @ends. */
AUTO_INTERNAL void auto_slow_cut (const AutoTrie *trie, const char *text, gsize length, GArray *ends);
AUTO_INTERNAL GPtrArray *auto_slow_files_new (void);
/* A JSON object of ids. */
AUTO_INTERNAL AutoVocabulary *auto_slow_read_ids (AutoSlow *self, const char *folder, const char *name, GError **error);
/* The vocabulary in a JSON object of ids, and one of a token a line. */
AUTO_INTERNAL gboolean auto_slow_load_ids (AutoSlow *self, const char *folder, const char *name, GError **error);
AUTO_INTERNAL gboolean auto_slow_load_lines (AutoSlow *self, const char *folder, const char *name, GError **error);
/* The tokens of start, padding, end and unknown, then a token and its count a line. */
AUTO_INTERNAL gboolean auto_slow_load_counted (AutoSlow *self, const char *folder, const char *name, GError **error);
AUTO_INTERNAL AutoSlowMerges *auto_slow_load_merges (AutoSlow *self, const char *folder, const char *name, AutoMergesLines lines, guint most,
                                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoSlow, auto_slow_unref)

G_END_DECLS
