/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-plugin-info-private.h"
#include "auto-registry-private.h"

G_BEGIN_DECLS

/* Between the two halves of the registry: what is installed (auto-registry.c), what is in use (auto-registry-tables.c). All with
 * the lock held. */

/* What is in use. Nothing is ever freed, so that what a caller was given stays. */
typedef struct
{
  GHashTable *architectures; /* model type → AutoArchitectureInfo */
  GPtrArray *replaced;       /* AutoArchitectureInfo that were in it, for those who hold them */
  GHashTable *owners;        /* class name → name of the plugin */
  GPtrArray *classes;        /* AutoClassInfo of plugins */
  GPtrArray *tokenizers;     /* AutoTokenizerInfo */
  GPtrArray *registered;     /* of auto-registry-tables.c */
  AutoRegistryClassHook class_hook;
} AutoRegistryTables;

extern AutoRegistryTables auto_registry_tables;

void auto_registry_lock (void);
void auto_registry_unlock (void);

/* (transfer full): the folders of the search path, first the one that wins. */
char **auto_registry_search_path (void);
/* The record of the first plugin that has a row which matches; NULL without an error when there is none, and with one when the
 * plugin can't be used. Its name is tried before all folders are read when the query has a model type. */
AutoPluginInfo *auto_registry_find_record (const AutoPluginRow *query, GError **error);
/* The record of a file outside of the search path. */
AutoPluginInfo *auto_registry_record_of_file (const char *path);
/* (transfer container): all records, in the order of the search path. */
GPtrArray *auto_registry_scan (void);
/* Loads a plugin and enters what it offers. */
gboolean auto_registry_activate (AutoPluginInfo *record, GError **error);

G_END_DECLS
