/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "auto-hub-cache.h"
#include "auto-hub-private.h"

/* One blob on its way into the cache. The temporary file is this process's own: its name holds the process's number, and it is
 * locked while it is written. */
typedef struct
{
  AutoHubClient *client;
  const AutoHubMetadata *metadata;
  const char *file;
  AutoHubProgress *progress;
  AutoHubHash *hash;
  char *path;
  int fd;
  guint64 have;
  gboolean adopted;  /* begun by an earlier run */
  gboolean useless;  /* what is there must not be kept for a later run */
  char *entity;      /* the tag of what the bytes so far are part of */
} Transfer;

typedef enum { DONE, CUT, CHANGED, FAILED } Outcome;

void
auto_hub_progress_add (AutoHubProgress *self, const char *what, gint64 done, gint64 total)
{
  g_mutex_lock (&self->mutex);
  self->done += done;
  self->total += total;
  if (what && g_strcmp0 (self->what, what) != 0)
    {
      g_free (self->what);
      self->what = g_strdup (what);
    }
  g_mutex_unlock (&self->mutex);
}

/* The longest of the files that earlier runs left for this blob; the others are removed. The lock is held, so no run that
 * respects it writes them. */
static char *
find_abandoned (const char *blob, guint64 limit)
{
  g_autofree char *folder = g_path_get_dirname (blob), *wanted = g_path_get_basename (blob), *best = NULL;
  g_autoptr(GDir) entries = g_dir_open (folder, 0, NULL);
  gint64 longest = 0;

  for (const char *name; entries && (name = g_dir_read_name (entries));)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL), *etag = auto_hub_blob_etag (name);
      GStatBuf info;
      if (!g_str_equal (etag, wanted) || !g_str_has_suffix (name, AUTO_HUB_INCOMPLETE))
        continue;
      if (g_lstat (path, &info) != 0 || !S_ISREG (info.st_mode) || !auto_hub_is_abandoned (path))
        continue;
      if (info.st_size > longest && (guint64) info.st_size <= limit)
        {
          char *shorter = best;
          longest = info.st_size;
          best = g_steal_pointer (&path);
          path = shorter;
        }
      if (path)
        g_unlink (path);
    }
  return g_steal_pointer (&best);
}

/* Opens the temporary file; what an earlier run left is taken over when its bytes can be checked at the end. */
static gboolean
open_temporary (Transfer *t, const char *blob, GCancellable *cancellable, GError **error)
{
  const AutoHubSettings *settings = auto_hub_client_get_settings (t->client);
  g_autofree char *left = NULL;
  struct stat info;

  t->path = g_strdup_printf ("%s.%d-%08x" AUTO_HUB_INCOMPLETE, blob, (int) getpid (), g_random_int ());
  gboolean resume = settings->resume && !settings->force && auto_hub_hash_kind (t->metadata->etag) != AUTO_HUB_HASH_NONE;
  left = find_abandoned (blob, resume ? t->metadata->size : 0);
  t->adopted = left && g_rename (left, t->path) == 0;
  t->fd = g_open (t->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (t->adopted ? 0 : O_EXCL), 0666);
  if (t->fd < 0 || fstat (t->fd, &info) != 0)
    {
      auto_hub_set_errno (error, t->path, errno);
      return FALSE;
    }
  if (flock (t->fd, LOCK_EX | LOCK_NB) != 0)
    g_debug ("%s can't be locked: %s", t->path, g_strerror (errno));
  t->hash = auto_hub_hash_new (t->metadata->etag, t->metadata->size);
  t->have = info.st_size;
  if (t->have && !auto_hub_hash_file (t->hash, t->fd, t->have, cancellable, error))
    return FALSE;
  auto_hub_progress_add (t->progress, t->file, t->have, 0);
  return TRUE;
}

static gboolean
check_space (Transfer *t, GError **error)
{
  struct statvfs info;
  guint64 need = t->metadata->size - t->have;

  if (fstatvfs (t->fd, &info) != 0)
    return TRUE;
  guint64 free = (guint64) info.f_bavail * info.f_frsize;
  if (need <= free || info.f_blocks == 0)
    return TRUE;
  g_autofree char *needed = g_format_size (need), *there = g_format_size (free);
  g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_NO_SPACE,
               "%s: needs %s and the disk has %s; free some space (auto cache prune) or set HF_HOME to a folder on a larger disk",
               t->path, needed, there);
  t->useless = t->have == 0;
  return FALSE;
}

static gboolean
start_over (Transfer *t, GError **error)
{
  if (ftruncate (t->fd, 0) != 0)
    {
      auto_hub_set_errno (error, t->path, errno);
      return FALSE;
    }
  auto_hub_progress_add (t->progress, NULL, -(gint64) t->have, 0);
  t->have = 0;
  t->adopted = FALSE;
  auto_hub_hash_restart (t->hash);
  return TRUE;
}

static gboolean
write_all (Transfer *t, const guint8 *data, gsize length, GError **error)
{
  for (gsize at = 0; at < length;)
    {
      gssize n = pwrite (t->fd, data + at, length - at, t->have + at);
      if (n < 0 && errno != EINTR)
        {
          auto_hub_set_errno (error, t->path, errno);
          t->useless = TRUE;
          return FALSE;
        }
      at += MAX (n, 0);
    }
  t->have += length;
  auto_hub_progress_add (t->progress, t->file, length, 0);
  return TRUE;
}

static Outcome
read_body (Transfer *t, GInputStream *stream, GCancellable *cancellable, GError **error)
{
  while (TRUE)
    {
      guint8 *buffer = auto_hub_hash_take (t->hash);
      gssize n = g_input_stream_read (stream, buffer, AUTO_HUB_CHUNK, cancellable, error);
      gboolean fits = n <= 0 || (guint64) n <= t->metadata->size - t->have;
      gboolean good = n > 0 && fits && write_all (t, buffer, n, error);
      auto_hub_hash_give (t->hash, buffer, good ? n : 0);
      if (good)
        continue;
      if (!fits)
        {
          g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_CORRUPT,
                       "%s: the hub announced %" G_GUINT64_FORMAT " bytes and sends more; try again later", t->file, t->metadata->size);
          t->useless = TRUE;
          return FAILED;
        }
      if (n > 0)
        return FAILED;
      if (n < 0)
        return auto_hub_wrap_error (error, t->metadata->url) != AUTO_HUB_FINAL ? CUT : FAILED;
      if (t->have == t->metadata->size)
        return DONE;
      g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_CORRUPT,
                   "%s: the hub announced %" G_GUINT64_FORMAT " bytes and sent %" G_GUINT64_FORMAT "; try again later",
                   t->file, t->metadata->size, t->have);
      return CUT;
    }
}

/* Whether the answer is about other bytes than the metadata: the file was replaced in between. */
static gboolean
is_other_file (Transfer *t, const AutoHubAnswer *answer)
{
  g_autofree char *linked = answer->linked_etag ? auto_hub_normalize_etag (answer->linked_etag) : NULL;
  g_autofree char *plain = answer->etag ? auto_hub_normalize_etag (answer->etag) : NULL;

  if (linked)
    return !g_str_equal (linked, t->metadata->etag);
  return answer->same_origin && !t->metadata->linked && plain && !g_str_equal (plain, t->metadata->etag);
}

/* Makes the temporary file ready for the body: from its end on, or from the start. */
static Outcome
accept_answer (Transfer *t, const AutoHubAnswer *answer, GError **error)
{
  gboolean replaced = t->entity && answer->etag && !g_str_equal (t->entity, answer->etag);

  if (is_other_file (t, answer))
    {
      g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_BAD_RESPONSE, "%s: the file on the hub keeps changing; try again later", t->file);
      t->useless = TRUE;
      return CHANGED;
    }
  if (answer->status == 416 || (answer->status == 206 && (replaced || answer->start != t->have)))
    {
      g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_BAD_RESPONSE,
                   "%s: the hub has no bytes from %" G_GUINT64_FORMAT " on; try again later", t->file, t->have);
      return t->have && start_over (t, NULL) ? CUT : FAILED;
    }
  if (answer->status == 200 && t->have && !start_over (t, error))
    return FAILED;
  if (answer->length >= 0 && (guint64) answer->length != t->metadata->size - t->have)
    {
      g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_CORRUPT,
                   "%s: the hub announced %" G_GUINT64_FORMAT " bytes and now offers %" G_GINT64_FORMAT "; try again later",
                   t->file, t->metadata->size, answer->length + (gint64) t->have);
      return CHANGED;
    }
  g_free (t->entity);
  t->entity = g_strdup (answer->etag);
  return DONE;
}

static Outcome
attempt (Transfer *t, gint64 *wait, GCancellable *cancellable, GError **error)
{
  g_auto(AutoHubAnswer) answer = { NULL };

  *wait = 0;
  if (!auto_hub_client_get (t->client, t->metadata->url, t->have, &answer, wait, cancellable, error))
    {
      /* addresses elsewhere are signed and expire: then the hub gives another */
      gboolean elsewhere = t->metadata->linked && (g_error_matches (*error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_GATED)
                                                   || g_error_matches (*error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_UNAUTHORIZED));
      return elsewhere ? CHANGED : *wait >= 0 ? CUT : FAILED;
    }
  Outcome outcome = accept_answer (t, &answer, error);
  return outcome == DONE ? read_body (t, answer.stream, cancellable, error) : outcome;
}

/* Goes on until all bytes are there; only attempts that bring nothing are counted. */
static Outcome
transfer (Transfer *t, GCancellable *cancellable, GError **error)
{
  const AutoHubSettings *settings = auto_hub_client_get_settings (t->client);
  guint idle = 0;

  while (t->have < t->metadata->size || t->metadata->size == 0)
    {
      g_autoptr(GError) local = NULL;
      guint64 before = t->have;
      gint64 wait;
      Outcome outcome = attempt (t, &wait, cancellable, &local);
      if (outcome == DONE)
        break;
      idle = t->have > before ? 1 : idle + 1;
      if (outcome != CUT || idle >= settings->tries)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return outcome == CUT ? FAILED : outcome;
        }
      if (!auto_hub_sleep (auto_hub_backoff (settings, idle, wait), cancellable, error))
        return FAILED;
    }
  return DONE;
}

/* Names made of a sha256 are the hub's promise; 40 digits are git's hash on the hub itself, and may be anything on a mirror, so
 * they only decide whether what an earlier run left was good. */
static Outcome
transfer_and_check (Transfer *t, GCancellable *cancellable, GError **error)
{
  for (guint round = 0;; round++)
    {
      Outcome outcome = transfer (t, cancellable, error);
      if (outcome != DONE)
        return outcome;
      gboolean adopted = t->adopted, promised = auto_hub_hash_kind (t->metadata->etag) == AUTO_HUB_HASH_SHA256;
      if (auto_hub_hash_matches (t->hash) || (!promised && !adopted))
        return DONE;
      if (round > 0 && !adopted)
        break;
      if (!start_over (t, error))
        return FAILED;
    }
  g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_CORRUPT, "%s: the bytes received have another sha256 than the hub announced (%s); "
               "try again, and check the proxy or mirror", t->file, t->metadata->etag);
  t->useless = TRUE;
  return FAILED;
}

static void
transfer_clear (Transfer *t)
{
  struct stat info;

  g_clear_pointer (&t->hash, auto_hub_hash_free);
  if (t->fd >= 0)
    {
      if (t->path && (t->useless || (fstat (t->fd, &info) == 0 && info.st_size == 0)))
        g_unlink (t->path);
      close (t->fd);
    }
  g_free (t->path);
  g_free (t->entity);
}

static Outcome
fetch (Transfer *t, const char *blob, GCancellable *cancellable, GError **error)
{
  if (!open_temporary (t, blob, cancellable, error) || !check_space (t, error))
    return FAILED;
  Outcome outcome = transfer_and_check (t, cancellable, error);
  if (outcome != DONE)
    {
      t->useless |= !auto_hub_client_get_settings (t->client)->resume;
      return outcome;
    }
  if (g_rename (t->path, blob) != 0)
    {
      auto_hub_set_errno (error, blob, errno);
      return FAILED;
    }
  g_clear_pointer (&t->path, g_free);
  return DONE;
}

gboolean
auto_hub_download_file (AutoHubClient *client, const char *folder, const char *file, const AutoHubMetadata *metadata, gboolean *again,
                        AutoHubProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autofree char *blob = auto_hub_cache_blob (folder, metadata->etag), *lock_path = auto_hub_cache_lock_path (folder, metadata->etag);
  g_autofree char *blobs = g_path_get_dirname (blob);
  gboolean force = auto_hub_client_get_settings (client)->force;
  Transfer t = { client, metadata, file, progress, .fd = -1 };

  *again = FALSE;
  if (!auto_hub_make_folder (blobs, error))
    return FALSE;
  g_autoptr(AutoHubLock) lock = auto_hub_lock_acquire (lock_path, cancellable, error);
  if (!lock)
    return FALSE;
  /* whoever held the lock may have fetched it */
  gboolean linked = !force && auto_hub_cache_lookup (folder, metadata->commit, file) == AUTO_HUB_PRESENT;
  if (linked || (!force && g_file_test (blob, G_FILE_TEST_IS_REGULAR)))
    {
      auto_hub_progress_add (progress, file, metadata->size, 0);
      return linked || auto_hub_cache_link (folder, metadata->commit, file, metadata->etag, FALSE, error);
    }
  Outcome outcome = fetch (&t, blob, cancellable, error);
  if (outcome != DONE)
    auto_hub_progress_add (progress, NULL, -(gint64) t.have, 0);
  transfer_clear (&t);
  *again = outcome == CHANGED;
  return outcome == DONE && auto_hub_cache_link (folder, metadata->commit, file, metadata->etag, TRUE, error);
}
