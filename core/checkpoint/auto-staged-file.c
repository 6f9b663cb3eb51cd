/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-staged-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "../base/auto-errors.h"

/* Bytes between two looks at the cancellable. */
#define CHUNK ((gsize) 4 << 20)

static gboolean
fail (const char *path, const char *what, GError **error)
{
  int code = errno;

  g_set_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_WRITE, "%s: %s: %s", path, what, g_strerror (code));
  return FALSE;
}

AutoStagedFile *
auto_staged_file_new (const char *path, GError **error)
{
  g_autoptr(AutoStagedFile) self = g_new0 (AutoStagedFile, 1);

  self->path = g_strdup (path);
  for (int tries = 0; tries < 100; tries++)
    {
      g_free (self->temporary);
      self->temporary = g_strdup_printf ("%s.%08x.tmp", path, g_random_int ());
      self->fd = g_open (self->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (self->fd >= 0 || errno != EEXIST)
        break;
    }
  if (self->fd < 0)
    {
      fail (path, "can't be created", error);
      g_clear_pointer (&self->temporary, g_free);
      return NULL;
    }
  return g_steal_pointer (&self);
}

gboolean
auto_staged_file_write (AutoStagedFile *self, gconstpointer data, gsize size, GCancellable *cancellable, GError **error)
{
  const char *at = data;

  while (size > 0)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      gssize n = write (self->fd, at, MIN (size, CHUNK));
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (self->path, "can't be written", error);
      at += n;
      size -= n;
    }
  return TRUE;
}

gboolean
auto_staged_file_finish (AutoStagedFile *self, GError **error)
{
  if (fsync (self->fd) != 0 && errno != EINVAL && errno != ENOSYS)
    return fail (self->path, "can't be written to disk", error);
  int fd = self->fd;
  self->fd = -1;
  return close (fd) == 0 || fail (self->path, "can't be written", error);
}

gboolean
auto_staged_file_commit (AutoStagedFile *self, GError **error)
{
  if (g_rename (self->temporary, self->path) != 0)
    return fail (self->path, "can't be put in place", error);
  g_clear_pointer (&self->temporary, g_free);

  /* The new name is on disk when the folder is; a file system that can't sync folders is none of our business. */
  g_autofree char *folder = g_path_get_dirname (self->path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
  return TRUE;
}

void
auto_staged_file_free (AutoStagedFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary)
    g_unlink (self->temporary);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}
