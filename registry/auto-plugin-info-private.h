/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-plugin-info.h"
#include "auto-plugin-rows.h"

G_BEGIN_DECLS

struct _AutoPluginInfo
{
  GObject parent_instance;

  AutoPluginState state;
  char *path;                   /* the shared object */
  char *sidecar;                /* or NULL */
  AutoPluginContents *contents; /* NULL when neither sidecar nor descriptor could be read */
  const AutoPlugin *descriptor; /* once the shared object is open */
  GError *error;
  char *shadowed_by;
  char *file_name;              /* the name when there are no contents */
};

/* A record of the file; reads its sidecar, or where it has none opens it. Never NULL: it may be in state FAILED. */
AUTO_INTERNAL AutoPluginInfo *auto_plugin_info_new (const char *path, const char *sidecar);
/* A copy that later changes of the registry leave alone. */
AutoPluginInfo *auto_plugin_info_snapshot (AutoPluginInfo *self);
/* The text of its sidecar. */
AUTO_INTERNAL char *auto_plugin_info_to_sidecar (AutoPluginInfo *self);
/* Every model type for which it has anything. */
AUTO_INTERNAL char **auto_plugin_info_list_model_types (AutoPluginInfo *self);
void auto_plugin_info_fail (AutoPluginInfo *self, GError *error);

/* Opens the shared object and checks all that can be checked without running its code; auto-plugin-loader.c. */
gboolean auto_plugin_info_open (AutoPluginInfo *self, GError **error);

extern guint auto_plugin_n_opened;

G_END_DECLS
