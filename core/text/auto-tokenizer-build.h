/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-pipeline.h"
#include "auto-tokenizer-settings.h"
#include "auto-tokenizer-spec.h"

G_BEGIN_DECLS

/* Everything that a tokenizer object needs, from a folder's files. */
typedef struct
{
  AutoPipeline *pipeline;
  AutoTokenizerSettings *settings;
  const AutoTokenizerSpec *spec; /* never NULL */
  char *class_name;              /* as the reference would name it */
  GBytes *sentencepiece;         /* a model that the folder of a fast tokenizer has, for its Python class; or NULL */
  char *sentencepiece_name;
  JsonObject *overrides; /* settings of the call that loads, over those of the files; not owned, NULL afterwards */
  JsonNode *beside; /* the file that the class keeps beside the usual ones, or NULL */
  const GArray *file_tokens; /* added tokens (AutoAddedToken) of the tokenizer.json that is being read, or NULL */
  gboolean fast;
} AutoTokenizerBuild;

/* Finds the class of the tokenizer in a folder, and then reads its files. */
AUTO_INTERNAL gboolean auto_tokenizer_build_choose (AutoTokenizerBuild *self, const char *folder, const char *tokenizer_type, gboolean fast, GError **error);
AUTO_INTERNAL gboolean auto_tokenizer_build_load (AutoTokenizerBuild *self, const char *folder, GError **error);
AUTO_INTERNAL void auto_tokenizer_build_clear (AutoTokenizerBuild *self);
/* Adds tokens as a fast tokenizer of the reference does when it is made: listed ones, then special ones that are missing. */
AUTO_INTERNAL gboolean auto_tokenizer_build_add_tokens (AutoTokenizerBuild *self, GError **error);

/* The id that a token will have by then, or -1. */
AUTO_INTERNAL gint64 auto_tokenizer_build_future_id (const AutoTokenizerBuild *self, const AutoTokenModel *model, const char *token);

/* The pipeline with post-processors from the class's templates for the settings of now, where it has such for both kinds of texts. */
AUTO_INTERNAL AutoPipeline *auto_tokenizer_build_templates (const AutoTokenizerBuild *self, GError **error);

/* A text of JSON with $name replaced by the settings' values; NULL when it is malformed. */
AUTO_INTERNAL JsonNode *auto_tokenizer_fill_json (const char *text, JsonObject *settings, GError **error);

G_END_DECLS
