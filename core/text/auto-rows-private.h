/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-rows.h"

G_BEGIN_DECLS

/* A token by its place. */
typedef struct
{
  guint sequence, at;
} AutoCutToken;

/* One input on its way. */
typedef struct
{
  AutoTokens *tokens[2]; /* the second is NULL without a pair */
  GArray *windows[2];    /* AutoWindow: the first is the row's, the others overflow */
  AutoEntityList entities[2];
  AutoTableTokens table;
  GArray *cut;           /* AutoCutToken: what a Python class cuts off; or NULL */
  gboolean shortened;    /* the first sequence was cut */
  gint64 excess;
} AutoRowJob;

typedef struct
{
  AutoPipeline *pipeline;
  const AutoEncodeSettings *settings;
  const AutoPostProcessor *post;
  AutoRows *rows;
  const AutoSlow *slow; /* a Python class, or NULL */
  gboolean python;      /* as a Python class does, though it may be none */
} AutoRowMaker;

/* Says which windows of the job's tokens are in rows: what the call's truncation leaves, and what overflows. */
gboolean auto_row_job_truncate (AutoRowJob *job, const AutoRowMaker *maker, GError **error);
/* An error of a value with two numbers in its text; FALSE. */
gboolean auto_row_fail (GError **error, const char *format, gint64 a, gint64 b);

G_END_DECLS
