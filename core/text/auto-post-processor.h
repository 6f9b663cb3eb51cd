/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"
#include "../base/auto-json.h"

G_BEGIN_DECLS

/* A piece of a template: a special token (perhaps several ids) or one of the two sequences. */
typedef struct
{
  int sequence; /* 0, 1; -1: special */
  guint32 type_id;
  guint32 *ids; /* of a special */
  char **texts;
  guint n_ids;
  gboolean once; /* only where the sequence before it doesn't end with it */
} AutoTemplatePiece;

/* A part that takes spaces off the offsets. */
typedef struct
{
  gboolean add_prefix_space; /* one in front of the first token stays */
  gboolean behind[2];        /* of each sequence: a special token was put before it already, and is the first */
} AutoTrim;

/* What is done to the tokens of a text, or of a pair, after the model. Never changes once it is made. */
typedef struct
{
  int ref_count;     /* atomic */
  GArray *pieces[2]; /* AutoTemplatePiece: for one sequence, for two; NULL: nothing is added */
  gboolean absent;   /* there is no post-processor at all */
  gboolean marks[2];       /* a special token makes one with the sequence that it stands before */
  gboolean zero_types;     /* all types are 0, whatever the sequence */
  gboolean template_types; /* the types of the pieces hold without special tokens too */
  GArray *trims;     /* AutoTrim */
} AutoPostProcessor;

/* @description may be a JSON null or NULL. */
AUTO_INTERNAL AutoPostProcessor *auto_post_processor_new (JsonNode *description, GError **error);
/* One without pieces and types, and its pieces one by one: for one sequence or for two (@pair). @sequence -1: the special token @text. */
AUTO_INTERNAL AutoPostProcessor *auto_post_processor_new_plain (void);
AUTO_INTERNAL void auto_post_processor_add (AutoPostProcessor *self, gboolean pair, int sequence, guint32 type_id, const char *text, guint32 id);
/* The same pieces for ids that are given, which have no text to take spaces off; without pieces, two sequences one after another. */
AUTO_INTERNAL AutoPostProcessor *auto_post_processor_for_ids (const AutoPostProcessor *self);
AUTO_INTERNAL AutoPostProcessor *auto_post_processor_ref (AutoPostProcessor *self);
AUTO_INTERNAL void auto_post_processor_unref (AutoPostProcessor *self);
AUTO_INTERNAL guint auto_post_processor_added (const AutoPostProcessor *self, gboolean pair);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoPostProcessor, auto_post_processor_unref)

G_END_DECLS
