/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-hub-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_WAIT 5   /* milliseconds */
#define LAST_WAIT 100

struct _AutoHubLock
{
  char *path;
  int fd;
};

/* Threads of this process exclude each other here, so that they do so even where flock does nothing. */
static GMutex mutex;
static GCond released;
static GHashTable *held;

static gboolean
claim_in_process (const char *path)
{
  if (!held)
    held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return !g_hash_table_contains (held, path) && g_hash_table_add (held, g_strdup (path));
}

static gboolean
wait_in_process (const char *path, GCancellable *cancellable, GError **error)
{
  gboolean mine = FALSE;

  g_mutex_lock (&mutex);
  while (!g_cancellable_set_error_if_cancelled (cancellable, error) && !(mine = claim_in_process (path)))
    g_cond_wait_until (&released, &mutex, g_get_monotonic_time () + LAST_WAIT * G_TIME_SPAN_MILLISECOND);
  g_mutex_unlock (&mutex);
  return mine;
}

static void
release_in_process (const char *path)
{
  g_mutex_lock (&mutex);
  g_hash_table_remove (held, path);
  g_cond_broadcast (&released);
  g_mutex_unlock (&mutex);
}

/* A holder may have removed the file that we locked: then the lock is nobody's. */
static gboolean
still_there (int fd, const char *path)
{
  struct stat mine, theirs;

  return fstat (fd, &mine) == 0 && stat (path, &theirs) == 0 && mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino;
}

/* Returns 1 when locked, 0 when somebody else holds the lock, -1 on error. File systems without locks are no error: the
 * temporary files are each writer's own and renaming is atomic, so the worst is that two processes fetch the same file. */
static int
try_flock (int fd)
{
  while (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno == EWOULDBLOCK || errno == EACCES)
        return 0;
      if (errno == ENOSYS || errno == ENOLCK || errno == EOPNOTSUPP || errno == EINVAL)
        return 1;
      if (errno != EINTR)
        return -1;
    }
  return 1;
}

/* Returns the open file; -1 when somebody else has it, -2 on error (errno). */
static int
claim_between_processes (const char *path)
{
  int fd, locked;

  do
    {
      fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
      locked = fd < 0 ? -1 : try_flock (fd);
      if (locked > 0 && still_there (fd, path))
        return fd;
      int code = errno;
      if (fd >= 0)
        close (fd);
      errno = code;
    }
  while (locked > 0);
  return locked < 0 ? -2 : -1;
}

static int
wait_between_processes (const char *path, GCancellable *cancellable, GError **error)
{
  for (guint wait = FIRST_WAIT;; wait = MIN (wait * 2, LAST_WAIT))
    {
      int fd = claim_between_processes (path);
      if (fd == -2)
        auto_hub_set_errno (error, path, errno);
      if (fd != -1)
        return fd;
      if (!auto_hub_sleep (wait, cancellable, error))
        return -1;
    }
}

static AutoHubLock *
lock_new (const char *path, int fd)
{
  if (fd < 0)
    {
      release_in_process (path);
      return NULL;
    }
  AutoHubLock *self = g_new (AutoHubLock, 1);
  self->path = g_strdup (path);
  self->fd = fd;
  return self;
}

AutoHubLock *
auto_hub_lock_acquire (const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      auto_hub_set_errno (error, folder, errno);
      return NULL;
    }
  if (!wait_in_process (path, cancellable, error))
    return NULL;
  return lock_new (path, wait_between_processes (path, cancellable, error));
}

AutoHubLock *
auto_hub_lock_try (const char *path)
{
  g_mutex_lock (&mutex);
  gboolean mine = claim_in_process (path);
  g_mutex_unlock (&mutex);
  return mine ? lock_new (path, claim_between_processes (path)) : NULL;
}

void
auto_hub_lock_release (AutoHubLock *self)
{
  close (self->fd);
  release_in_process (self->path);
  g_free (self->path);
  g_free (self);
}
