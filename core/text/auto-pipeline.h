/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-added-vocabulary.h"
#include "auto-decoder.h"
#include "auto-normalizer.h"
#include "auto-post-processor.h"
#include "auto-pre-tokenizer.h"

G_BEGIN_DECLS

/* What a tokenizer.json says, or what a tokenizer class makes of older files: the parts as JSON, the model as it is. */
typedef struct
{
  JsonNode *normalizer, *pre_tokenizer, *post_processor, *decoder, *truncation, *padding; /* NULL: none */
  /* Written in place of @decoder and @pre_tokenizer, to which the class adds what its own code does; NULL: those are. */
  JsonNode *saved_decoder, *saved_pre_tokenizer;
  AutoTokenModel *model;
  GArray *added_tokens; /* AutoAddedToken with contents of its own */
} AutoTokenizerParts;

AUTO_INTERNAL AutoTokenizerParts *auto_tokenizer_parts_new (void);
AUTO_INTERNAL void auto_tokenizer_parts_free (AutoTokenizerParts *self);
/* Adds a token to @self->added_tokens. */
AUTO_INTERNAL void auto_tokenizer_parts_add (AutoTokenizerParts *self, const AutoAddedToken *token);
/* Reads the text of a tokenizer.json, named @name in messages. */
AUTO_INTERNAL AutoTokenizerParts *auto_tokenizer_parts_read (const char *text, gsize length, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoTokenizerParts, auto_tokenizer_parts_free)

/* All that a token is, apart from its id. */
typedef struct
{
  guint32 from, to;           /* code points of the text */
  guint32 byte_from, byte_to; /* bytes of the text */
  gint32 word;                /* -1: none */
  const char *text;           /* NULL: the vocabulary's */
} AutoTokenDetail;

/* The tokens of one text. */
typedef struct
{
  GArray *ids;     /* guint32 */
  GArray *details; /* AutoTokenDetail, or NULL when nobody asks */
  GPtrArray *columns; /* GArray of gint64: more numbers of each token; or NULL */
  GStringChunk *texts;
  gboolean as_target; /* the text is one that the model is to make */
} AutoTokens;

AUTO_INTERNAL AutoTokens *auto_tokens_new (gboolean detailed);
AUTO_INTERNAL void auto_tokens_free (AutoTokens *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoTokens, auto_tokens_free)

/* Compiled parts; immutable, used from any number of threads. */
typedef struct _AutoPipeline AutoPipeline;
struct _AutoSlow;

/* Takes @parts. */
AUTO_INTERNAL AutoPipeline *auto_pipeline_new (AutoTokenizerParts *parts, GError **error);
/* The same with other added tokens (taken). */
AUTO_INTERNAL AutoPipeline *auto_pipeline_with_added (AutoPipeline *self, AutoAddedVocabulary *added, GError **error);
/* The same with other post-processors. */
AUTO_INTERNAL AutoPipeline *auto_pipeline_with_templates (AutoPipeline *self, JsonNode *source, JsonNode *target, GError **error);
/* The same with another normalizer (taken) and post-processor. */
AUTO_INTERNAL AutoPipeline *auto_pipeline_with_normalizer (AutoPipeline *self, AutoNormalizer *normalizer, JsonNode *post_processor, GError **error);
/* One that works as the reference's Python class does. Takes @slow. */
AUTO_INTERNAL AutoPipeline *auto_pipeline_new_slow (struct _AutoSlow *slow);
/* NULL when it is no such one. */
AUTO_INTERNAL struct _AutoSlow *auto_pipeline_get_slow (AutoPipeline *self);
AUTO_INTERNAL AutoPipeline *auto_pipeline_ref (AutoPipeline *self);
AUTO_INTERNAL void auto_pipeline_unref (AutoPipeline *self);
/* Appends the tokens of a text (valid UTF-8). @word >= 0: all of them belong to that word of a text that was split. */
AUTO_INTERNAL gboolean auto_pipeline_encode (AutoPipeline *self, const char *text, gsize length, gint32 word, AutoTokens *tokens, GError **error);
/* Turns tokens (GPtrArray of GString, as for auto_decoder_run ()) into a text. */
AUTO_INTERNAL GString *auto_pipeline_join (AutoPipeline *self, GPtrArray *tokens, GError **error);
AUTO_INTERNAL GString *auto_pipeline_decode (AutoPipeline *self, const gint64 *ids, gsize n, gboolean skip_special_tokens, GError **error);

/* The id of a token, or -1. */
AUTO_INTERNAL gint64 auto_pipeline_find (AutoPipeline *self, const char *token);
/* The token of an id, or NULL. */
AUTO_INTERNAL const char *auto_pipeline_token (AutoPipeline *self, gint64 id, gsize *length);
/* @target: that of texts which the model is to make. */
AUTO_INTERNAL const AutoPostProcessor *auto_pipeline_get_post_processor (AutoPipeline *self, gboolean target);
AUTO_INTERNAL AutoAddedVocabulary *auto_pipeline_get_added (AutoPipeline *self);
AUTO_INTERNAL const AutoTokenModel *auto_pipeline_get_model (AutoPipeline *self);
AUTO_INTERNAL const AutoTokenizerParts *auto_pipeline_get_parts (AutoPipeline *self);
/* The text of a tokenizer.json, as the reference writes it. */
AUTO_INTERNAL GString *auto_pipeline_write (AutoPipeline *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoPipeline, auto_pipeline_unref)

G_END_DECLS
