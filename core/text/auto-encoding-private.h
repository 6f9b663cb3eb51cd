/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-pages.h"
#include "auto-pipeline.h"
#include "auto-tokenizer-call.h"

G_BEGIN_DECLS

/* A text to encode, the words of one, or the ids of one that was encoded before. */
typedef struct
{
  const char *const *texts; /* one text, or words */
  gsize n;
  gboolean words;
  const gint64 *ids; /* in place of texts; each is one of a token */
} AutoEncodeInput;

/* All that decides how rows are made. */
typedef struct
{
  AutoTokenizerCall call;
  gboolean truncation_left, padding_left;
  gint64 pad_id; /* -1: none */
  gint64 pad_type_id;
  char *pad_token;
  gint64 model_max_length; /* G_MAXINT64: no limit */
  char **names; /* the model's inputs */
  AutoPostProcessor *post; /* what is put around ids; NULL: rows are made of texts */
  AutoPageMarks *page; /* NULL: the call has no boxes */
} AutoEncodeSettings;

/* The call's entities and tables are the settings' own then. */
AUTO_INTERNAL void auto_encode_settings_take (AutoEncodeSettings *self);
AUTO_INTERNAL void auto_encode_settings_clear (AutoEncodeSettings *self);
/* Rows for @n inputs; @pairs may be NULL. Takes what @settings holds, also when it fails. */
AUTO_INTERNAL AutoEncoding *auto_encoding_new (AutoPipeline *pipeline, AutoEncodeSettings *settings, const AutoEncodeInput *inputs,
                                               const AutoEncodeInput *pairs, gsize n, GCancellable *cancellable, GError **error);

G_END_DECLS
