/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-pipeline.h"
#include "auto-tokenizer-settings.h"
#include "auto-tokenizer-spec.h"

G_BEGIN_DECLS

/* What is written. */
typedef struct
{
  AutoPipeline *pipeline;
  const AutoTokenizerSettings *settings;
  const char *class_name, *chat_template, *padding_side, *truncation_side;
  gint64 model_max_length; /* G_MAXINT64: no limit */
  gboolean clean_up;
  const AutoTokenizerSpec *spec;
  GBytes *sentencepiece; /* the file that the Python class reads, or NULL */
  const char *sentencepiece_name;
  JsonNode *beside; /* the file that the class keeps beside the usual ones, or NULL */
} AutoTokenizerSave;

/* tokenizer.json, tokenizer_config.json, special_tokens_map.json, and the older files that the class has. */
AUTO_INTERNAL gboolean auto_tokenizer_save (const AutoTokenizerSave *self, const char *folder, GError **error);

G_END_DECLS
