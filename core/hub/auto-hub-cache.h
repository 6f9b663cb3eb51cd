/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "../base/auto-version-macros.h"

G_BEGIN_DECLS

/* The layout of the cache, as huggingface_hub has it:
 *
 *   models--org--name/blobs/ETAG               the bytes
 *                    /refs/REVISION            the commit that a branch or tag means, without a newline
 *                    /snapshots/COMMIT/FILE    relative link to the blob
 *                    /.no_exist/COMMIT/FILE    empty: the repository has no such file at this commit
 *   .locks/models--org--name/ETAG.lock */

typedef enum { AUTO_HUB_UNKNOWN, AUTO_HUB_PRESENT, AUTO_HUB_ABSENT } AutoHubPresence;

/* What users and servers call things, checked before it becomes part of a path. */
gboolean auto_hub_check_repo (const char *repo, GError **error);
gboolean auto_hub_check_revision (const char *revision, GError **error);
gboolean auto_hub_check_file (const char *file, GError **error);
gboolean auto_hub_is_commit (const char *revision);
/* One component of a path: no slash, not "..", nothing that a shell or a terminal would stumble over. */
gboolean auto_hub_is_plain_name (const char *name);

char *auto_hub_cache_folder (const char *cache, const char *repo);
char *auto_hub_cache_blob (const char *folder, const char *etag);
char *auto_hub_cache_lock_path (const char *folder, const char *etag);
char *auto_hub_cache_snapshot (const char *folder, const char *commit, const char *file);
/* The commit that a revision means as far as the cache knows; NULL when it does not. */
char *auto_hub_cache_commit (const char *folder, const char *revision);
AutoHubPresence auto_hub_cache_lookup (const char *folder, const char *commit, const char *file);

gboolean auto_hub_cache_write_ref (const char *folder, const char *revision, const char *commit, GError **error);
gboolean auto_hub_cache_mark_absent (const char *folder, const char *commit, const char *file, GError **error);
/* Has the snapshot's file point at the blob. @fresh: nothing else can use the blob yet, so it may be moved where links are not to be
 * had. */
gboolean auto_hub_cache_link (const char *folder, const char *commit, const char *file, const char *etag, gboolean fresh, GError **error);
/* Bytes of files that were begun and not finished. */
guint64 auto_hub_cache_begun (const char *folder);
gboolean auto_hub_make_folder (const char *path, GError **error);
/* What a name in the blobs folder, file or unfinished file, is or will be the blob of. */
char *auto_hub_blob_etag (const char *name);
/* Whether an unfinished file is one that no living process writes. */
gboolean auto_hub_is_abandoned (const char *path);

G_END_DECLS
