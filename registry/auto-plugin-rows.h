/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-plugin.h"

G_BEGIN_DECLS

/* What a plugin offers, as strings: the same from a sidecar and from a descriptor, so that one can be checked against the
 * other. */

typedef struct
{
  AutoPluginEntryKind kind;
  char *model_type;
  char *door;            /* NULL for architectures; "TFAutoModel", "FlaxAutoModel" are rows of their own */
  char *class_name;      /* may be NULL for tokenizers */
  char *fast_class_name;
  char *prefix;
  gboolean described;    /* tokenizers: the plugin says how the class works; else another one does, or none */
} AutoPluginRow;

typedef struct
{
  char *name, *title, *version, *licence;
  guint abi_major, abi_minor;
  GPtrArray *rows; /* AutoPluginRow */
} AutoPluginContents;

AutoPluginContents *auto_plugin_contents_read (const char *path, GError **error);
AutoPluginContents *auto_plugin_contents_from_descriptor (const AutoPlugin *plugin, const char *path, GError **error);
char *auto_plugin_contents_to_sidecar (const AutoPluginContents *self);
AutoPluginContents *auto_plugin_contents_copy (const AutoPluginContents *self);
void auto_plugin_contents_free (AutoPluginContents *self);
/* NULL when both say the same, else what they disagree on. */
char *auto_plugin_contents_compare (const AutoPluginContents *a, const AutoPluginContents *b);

/* Whether a row is what the query asks for; what the query leaves NULL or 0 is not asked. */
gboolean auto_plugin_row_matches (const AutoPluginRow *row, const AutoPluginRow *query);
const AutoPluginRow *auto_plugin_contents_find (const AutoPluginContents *self, const AutoPluginRow *query);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoPluginContents, auto_plugin_contents_free)

G_END_DECLS
