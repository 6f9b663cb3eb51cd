/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-hub.h"

G_BEGIN_DECLS

#define AUTO_TYPE_HUB_ENTRY (auto_hub_entry_get_type ())

/**
 * AutoHubEntry:
 * @repo: name of the repository; those that are no models begin with their kind: `datasets/org/name`
 * @revision: a commit
 * @refs: (array zero-terminated=1): the branches and tags that mean this commit
 * @path: folder of the snapshot
 * @n_files: how many files of it are in the cache
 * @size: bytes that they take
 * @last_used: when one of them was last read or written, in seconds since 1970
 *
 * One commit of a repository in the cache.
 */
typedef struct
{
  char *repo;
  char *revision;
  char **refs;
  char *path;
  guint n_files;
  guint64 size;
  gint64 last_used;
} AutoHubEntry;

AUTO_AVAILABLE_IN_1_0 GType auto_hub_entry_get_type (void);
AUTO_AVAILABLE_IN_1_0 AutoHubEntry *auto_hub_entry_copy (const AutoHubEntry *self);
AUTO_AVAILABLE_IN_1_0 void auto_hub_entry_free (AutoHubEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoHubEntry, auto_hub_entry_free)

AUTO_AVAILABLE_IN_1_0 GPtrArray *auto_hub_list_cache (AutoHub *self, GError **error);
AUTO_AVAILABLE_IN_1_0 GPtrArray *auto_hub_verify_cache (AutoHub *self, const char *repo, GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 GPtrArray *auto_hub_prune_cache (AutoHub *self, const char *repo, const char *revision, guint64 *freed,
                                                       GCancellable *cancellable, GError **error);

G_END_DECLS
