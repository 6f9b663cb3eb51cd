/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The short way to ids beside the long one. */
#pragma once

#include "core/text/auto-pipeline.h"

static inline guint
setting (const char *name, guint otherwise)
{
  const char *value = g_getenv (name);
  return value ? g_ascii_strtoull (value, NULL, 10) : otherwise;
}

static inline AutoPipeline *
open_pipeline (const char *json)
{
  g_autoptr(GError) error = NULL;
  AutoTokenizerParts *parts = auto_tokenizer_parts_read (json, strlen (json), "tokenizer.json", &error);

  g_assert_no_error (error);
  AutoPipeline *pipeline = auto_pipeline_new (parts, &error);
  g_assert_no_error (error);
  return pipeline;
}

/* Both ways give the same ids. */
static inline void
compare_ways (AutoPipeline *pipeline, const char *text, gsize length)
{
  g_autoptr(AutoTokens) tokens = auto_tokens_new (FALSE), detailed = auto_tokens_new (TRUE);
  g_autoptr(GError) error = NULL;

  g_assert_true (auto_pipeline_encode (pipeline, text, length, -1, tokens, &error));
  g_assert_true (auto_pipeline_encode (pipeline, text, length, -1, detailed, &error));
  g_assert_cmpmem (tokens->ids->data, tokens->ids->len * 4, detailed->ids->data, detailed->ids->len * 4);
}
