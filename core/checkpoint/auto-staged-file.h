/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file too large to be built in memory, written beside its place under a temporary name and moved there when it is
 * complete and on disk: who looks at the place sees the old file or the new one, never a part. */
typedef struct
{
  char *path, *temporary;
  int fd;
} AutoStagedFile;

AutoStagedFile *auto_staged_file_new (const char *path, GError **error);
gboolean auto_staged_file_write (AutoStagedFile *self, gconstpointer data, gsize size, GCancellable *cancellable, GError **error);
/* All is written: syncs and closes. */
gboolean auto_staged_file_finish (AutoStagedFile *self, GError **error);
/* Moves the finished file into its place. */
gboolean auto_staged_file_commit (AutoStagedFile *self, GError **error);
/* What was not committed is removed. */
void auto_staged_file_free (AutoStagedFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoStagedFile, auto_staged_file_free)

G_END_DECLS
