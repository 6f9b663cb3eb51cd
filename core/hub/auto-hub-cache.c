/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-hub-cache.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "../base/auto-io.h"
#include "auto-hub-private.h"

#define NAME_LIMIT 255  /* bytes of a path's component */
#define REPO_LIMIT 96
#define REF_LIMIT 1024

static gboolean
is_printable (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p; p++)
    if (g_ascii_iscntrl (*p) || *p == '\\')
      return FALSE;
  return TRUE;
}

gboolean
auto_hub_is_plain_name (const char *name)
{
  gsize length = strlen (name);

  return length > 0 && length <= NAME_LIMIT && is_printable (name) && !strchr (name, '/')
         && !g_str_equal (name, ".") && !g_str_equal (name, "..");
}

static gboolean
is_plain_path (const char *path)
{
  g_auto(GStrv) parts = g_strsplit (path, "/", -1);

  if (!*path)
    return FALSE;
  for (char **part = parts; *part; part++)
    if (!auto_hub_is_plain_name (*part))
      return FALSE;
  return TRUE;
}

static gboolean
refuse (GError **error, const char *what, const char *text, const char *rule)
{
  g_autofree char *shown = g_strescape (text, NULL);

  g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_INVALID_ID, "\"%.200s\" is no valid %s: %s", shown, what, rule);
  return FALSE;
}

/* What huggingface_hub accepts as a repository's name. */
gboolean
auto_hub_check_repo (const char *repo, GError **error)
{
  static const char rule[] = "neither a local folder nor a name of the form org/name "
                             "(letters, digits, '-', '_', '.'; no '--' or '..'; at most 96 characters)";
  gsize length = strlen (repo);
  guint slashes = 0;
  gboolean good = length > 0 && length <= REPO_LIMIT && !strstr (repo, "--") && !strstr (repo, "..") && !g_str_has_suffix (repo, ".git");

  for (gsize i = 0; good && i < length; i++)
    {
      char c = repo[i];
      gboolean at_end = i == 0 || i + 1 == length || repo[i - 1] == '/' || repo[i + 1] == '/';
      slashes += c == '/';
      good = g_ascii_isalnum (c) || c == '_' || (!at_end && (c == '-' || c == '.' || c == '/'));
    }
  return (good && slashes <= 1) || refuse (error, "repository", repo, rule);
}

gboolean
auto_hub_check_revision (const char *revision, GError **error)
{
  return is_plain_path (revision) || refuse (error, "revision", revision, "give a branch, a tag or a commit");
}

gboolean
auto_hub_check_file (const char *file, GError **error)
{
  return is_plain_path (file) || refuse (error, "file name", file, "it must stay inside the repository");
}

gboolean
auto_hub_is_commit (const char *revision)
{
  return strlen (revision) == 40 && strspn (revision, "0123456789abcdef") == 40;
}

char *
auto_hub_cache_folder (const char *cache, const char *repo)
{
  g_auto(GStrv) parts = g_strsplit (repo, "/", -1);
  g_autofree char *name = g_strjoinv ("--", parts), *folder = g_strconcat ("models--", name, NULL);

  return g_build_filename (cache, folder, NULL);
}

char *
auto_hub_cache_blob (const char *folder, const char *etag)
{
  return g_build_filename (folder, "blobs", etag, NULL);
}

char *
auto_hub_cache_lock_path (const char *folder, const char *etag)
{
  g_autofree char *cache = g_path_get_dirname (folder), *repo = g_path_get_basename (folder), *name = g_strconcat (etag, ".lock", NULL);

  return g_build_filename (cache, ".locks", repo, name, NULL);
}

char *
auto_hub_cache_snapshot (const char *folder, const char *commit, const char *file)
{
  return g_build_filename (folder, "snapshots", commit, file, NULL);
}

char *
auto_hub_cache_commit (const char *folder, const char *revision)
{
  if (auto_hub_is_commit (revision))
    return g_strdup (revision);
  g_autofree char *path = g_build_filename (folder, "refs", revision, NULL);
  g_autofree char *commit = auto_io_read_text (path, REF_LIMIT, NULL, NULL);
  if (!commit)
    return NULL;
  g_strstrip (commit);
  return auto_hub_is_plain_name (commit) ? g_steal_pointer (&commit) : NULL;
}

AutoHubPresence
auto_hub_cache_lookup (const char *folder, const char *commit, const char *file)
{
  g_autofree char *path = auto_hub_cache_snapshot (folder, commit, file);
  g_autofree char *absent = g_build_filename (folder, ".no_exist", commit, file, NULL);

  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return AUTO_HUB_PRESENT;
  return g_file_test (absent, G_FILE_TEST_IS_REGULAR) ? AUTO_HUB_ABSENT : AUTO_HUB_UNKNOWN;
}

gboolean
auto_hub_make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0777) == 0)
    return TRUE;
  auto_hub_set_errno (error, path, errno);
  return FALSE;
}

static gboolean
make_folder_of (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return auto_hub_make_folder (folder, error);
}

/* A name in the repository's folder, out of sight of those who list snapshots and refs, that nobody else uses. */
static char *
temporary_name (const char *folder)
{
  return g_strdup_printf ("%s/tmp_%d-%08x", folder, (int) getpid (), g_random_int ());
}

/* Puts what was made under a private name in the place of @path, at once. */
static gboolean
replace (const char *temporary, const char *path, GError **error)
{
  if (g_rename (temporary, path) == 0)
    return TRUE;
  auto_hub_set_errno (error, path, errno);
  g_unlink (temporary);
  return FALSE;
}

static gboolean
write_file (const char *folder, const char *path, const char *text, GError **error)
{
  g_autofree char *temporary = temporary_name (folder);
  int fd = make_folder_of (path, error) ? g_open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666) : -1;
  gsize length = strlen (text);

  if (fd < 0)
    {
      if (error && !*error)
        auto_hub_set_errno (error, path, errno);
      return FALSE;
    }
  gboolean written = write (fd, text, length) == (gssize) length;
  int code = errno;
  if (close (fd) == 0 && written)
    return replace (temporary, path, error);
  g_unlink (temporary);
  auto_hub_set_errno (error, path, written ? errno : code);
  return FALSE;
}

gboolean
auto_hub_cache_write_ref (const char *folder, const char *revision, const char *commit, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "refs", revision, NULL), *known = NULL;

  if (g_str_equal (revision, commit))
    return TRUE;
  known = auto_hub_cache_commit (folder, revision);
  return g_strcmp0 (known, commit) == 0 || write_file (folder, path, commit, error);
}

gboolean
auto_hub_cache_mark_absent (const char *folder, const char *commit, const char *file, GError **error)
{
  g_autofree char *path = g_build_filename (folder, ".no_exist", commit, file, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS) || write_file (folder, path, "", error);
}

/* From the file's folder up to the repository's, then down to the blob. */
static char *
link_target (const char *file, const char *etag)
{
  GString *target = g_string_new ("../../");

  for (const char *p = file; *p; p++)
    if (*p == '/')
      g_string_append (target, "../");
  g_string_append_printf (target, "blobs/%s", etag);
  return g_string_free (target, FALSE);
}

static gboolean
links_to (const char *path, const char *target)
{
  g_autofree char *there = g_file_read_link (path, NULL);

  return g_strcmp0 (there, target) == 0;
}

/* The file system has no links: the blob moves to its place, or is copied there when another snapshot has it too. */
static gboolean
put_without_link (const char *folder, const char *blob, const char *path, gboolean fresh, GError **error)
{
  g_autofree char *temporary = temporary_name (folder);
  g_autoptr(GFile) from = g_file_new_for_path (blob), to = g_file_new_for_path (temporary);
  g_autoptr(GError) local = NULL;

  if (fresh && g_rename (blob, path) == 0)
    return TRUE;
  if (g_file_copy (from, to, G_FILE_COPY_NOFOLLOW_SYMLINKS, NULL, NULL, NULL, &local))
    return replace (temporary, path, error);
  g_unlink (temporary);
  auto_hub_set_errno (error, path, g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? ENOSPC : EIO);
  return FALSE;
}

gboolean
auto_hub_cache_link (const char *folder, const char *commit, const char *file, const char *etag, gboolean fresh, GError **error)
{
  g_autofree char *path = auto_hub_cache_snapshot (folder, commit, file), *blob = auto_hub_cache_blob (folder, etag);
  g_autofree char *target = link_target (file, etag), *temporary = temporary_name (folder);

  if (links_to (path, target))
    return TRUE;
  if (!make_folder_of (path, error))
    return FALSE;
  if (symlink (target, path) == 0)
    return TRUE;
  if (errno == EEXIST)
    {
      if (links_to (path, target))
        return TRUE;
      if (symlink (target, temporary) == 0)
        return replace (temporary, path, error);
    }
  if (errno == EPERM || errno == ENOSYS || errno == EOPNOTSUPP || errno == EACCES || errno == EINVAL)
    return put_without_link (folder, blob, path, fresh, error);
  auto_hub_set_errno (error, path, errno);
  return FALSE;
}

guint64
auto_hub_cache_begun (const char *folder)
{
  g_autofree char *blobs = g_build_filename (folder, "blobs", NULL);
  g_autoptr(GDir) entries = g_dir_open (blobs, 0, NULL);
  guint64 sum = 0;

  for (const char *name; entries && (name = g_dir_read_name (entries));)
    {
      g_autofree char *path = g_build_filename (blobs, name, NULL);
      GStatBuf info;
      if (g_str_has_suffix (name, AUTO_HUB_INCOMPLETE) && g_lstat (path, &info) == 0)
        sum += info.st_size;
    }
  return sum;
}

char *
auto_hub_blob_etag (const char *name)
{
  g_autofree char *etag = g_strdup (name);

  if (!g_str_has_suffix (name, AUTO_HUB_INCOMPLETE))
    return g_steal_pointer (&etag);
  etag[strlen (etag) - strlen (AUTO_HUB_INCOMPLETE)] = '\0';
  char *mark = strrchr (etag, '.');
  int pid;
  if (mark && sscanf (mark, ".%d-", &pid) == 1)
    *mark = '\0';
  return g_steal_pointer (&etag);
}

/* ETAG.PID-RANDOM.incomplete is ours, locked while it is written; ETAG.incomplete is huggingface_hub's, which holds the blob's lock
 * while it writes. */
gboolean
auto_hub_is_abandoned (const char *path)
{
  g_autofree char *name = g_path_get_basename (path), *etag = auto_hub_blob_etag (name);
  int pid = 0;

  if (sscanf (name + strlen (etag), ".%d-", &pid) == 1 && pid != getpid () && (kill (pid, 0) == 0 || errno == EPERM))
    return FALSE;
  int fd = g_open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);
  gboolean abandoned = fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0;
  if (fd >= 0)
    close (fd);
  return abandoned;
}
