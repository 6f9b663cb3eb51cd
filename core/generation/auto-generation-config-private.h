/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-generation-config.h"

G_BEGIN_DECLS

/* A function that a call brings along, with its data. */
typedef struct
{
  GCallback function;
  gpointer data;
  GDestroyNotify destroy;
  int ref_count;
} AutoHook;

struct _AutoGenerationConfig
{
  GObject parent_instance;

  JsonObject *values;        /* what was set */
  gboolean max_length_given; /* set by hand, not read from a file */
  GPtrArray *processors;     /* of AutoHook with an AutoLogitsFunc */
  AutoHook *allowed;         /* with an AutoAllowedTokensFunc, or NULL */
  AutoStreamer *streamer;
  AutoModel *assistant;
};

G_END_DECLS
