/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-hub-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "auto-hub-cache.h"
#include "auto-hub-private.h"

#define DEPTH_LIMIT 32                 /* of folders in a repository */
#define DAY (24 * 60 * 60)
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define EMPTY_GIT "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"

G_DEFINE_BOXED_TYPE (AutoHubEntry, auto_hub_entry, auto_hub_entry_copy, auto_hub_entry_free)

/**
 * auto_hub_entry_copy:
 * @self: an entry
 *
 * Returns: (transfer full): a copy
 */
AutoHubEntry *
auto_hub_entry_copy (const AutoHubEntry *self)
{
  AutoHubEntry *copy = g_memdup2 (self, sizeof *self);

  copy->repo = g_strdup (self->repo);
  copy->revision = g_strdup (self->revision);
  copy->refs = g_strdupv (self->refs);
  copy->path = g_strdup (self->path);
  return copy;
}

/**
 * auto_hub_entry_free:
 * @self: (transfer full): an entry
 *
 * Frees it.
 */
void
auto_hub_entry_free (AutoHubEntry *self)
{
  g_free (self->repo);
  g_free (self->revision);
  g_strfreev (self->refs);
  g_free (self->path);
  g_free (self);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Names in a folder, sorted; none when there is no such folder. */
static GPtrArray *
names_in (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GDir) entries = g_dir_open (folder, 0, NULL);

  for (const char *name; entries && (name = g_dir_read_name (entries));)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

typedef void (*FileFunc) (const char *path, const char *name, gpointer data);

/* Calls @func for all that is no folder below @folder; links are not followed. @name is relative to where it began. */
static void
walk (const char *folder, const char *prefix, guint depth, FileFunc func, gpointer data)
{
  g_autoptr(GPtrArray) names = depth < DEPTH_LIMIT ? names_in (folder) : g_ptr_array_new ();

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
      g_autofree char *name = prefix ? g_strconcat (prefix, "/", names->pdata[i], NULL) : g_strdup (names->pdata[i]);
      GStatBuf info;
      if (g_lstat (path, &info) != 0)
        continue;
      if (S_ISDIR (info.st_mode))
        walk (path, name, depth + 1, func, data);
      else
        func (path, name, data);
    }
}

/* models--org--name is org/name; the other kinds keep theirs. NULL for folders that are no repository's. */
static char *
repo_of_folder (const char *name)
{
  static const char *const kinds[] = { "models", "datasets", "spaces" };
  g_auto(GStrv) parts = g_strsplit (name, "--", -1);

  for (gsize i = 0; parts[0] && parts[1] && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (parts[0], kinds[i]))
      return g_strjoinv ("/", i == 0 ? parts + 1 : parts);
  return NULL;
}

/* The folders of repositories in the cache, all of them or @only. */
static GPtrArray *
repo_folders (AutoHub *self, const char *only, GError **error)
{
  g_autofree char *cache = auto_hub_get_cache (self);
  g_autoptr(GPtrArray) names = names_in (cache), folders = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *repo = repo_of_folder (names->pdata[i]);
      if (repo && (!only || g_str_equal (repo, only)))
        g_ptr_array_add (folders, g_build_filename (cache, names->pdata[i], NULL));
    }
  if (only && folders->len == 0)
    {
      g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND, "%s: not in the cache (%s); auto cache list shows what is",
                   only, cache);
      return NULL;
    }
  return g_steal_pointer (&folders);
}

typedef struct { AutoHubEntry *entry; GHashTable *blobs; } Count;

static void
count_file (const char *path, const char *name, gpointer data)
{
  Count *count = data;
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    return;
  count->entry->n_files++;
  count->entry->last_used = MAX (count->entry->last_used, MAX (info.st_atime, info.st_mtime));
  char *blob = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64) info.st_dev, (guint64) info.st_ino);
  if (g_hash_table_add (count->blobs, blob))
    count->entry->size += info.st_size;
}

typedef struct { const char *folder, *commit; GPtrArray *refs; } Refs;

static void
collect_ref (const char *path, const char *name, gpointer data)
{
  Refs *refs = data;
  g_autofree char *commit = auto_hub_cache_commit (refs->folder, name);

  if (g_strcmp0 (commit, refs->commit) == 0)
    g_ptr_array_add (refs->refs, g_strdup (name));
}

static GPtrArray *
refs_to (const char *folder, const char *commit)
{
  Refs refs = { folder, commit, g_ptr_array_new_with_free_func (g_free) };
  g_autofree char *path = g_build_filename (folder, "refs", NULL);

  walk (path, NULL, 0, collect_ref, &refs);
  return refs.refs;
}

static AutoHubEntry *
entry_new (const char *folder, const char *commit)
{
  AutoHubEntry *entry = g_new0 (AutoHubEntry, 1);
  g_autofree char *name = g_path_get_basename (folder);
  g_autoptr(GHashTable) blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *refs = refs_to (folder, commit);

  entry->repo = repo_of_folder (name);
  entry->revision = g_strdup (commit);
  entry->path = g_build_filename (folder, "snapshots", commit, NULL);
  g_ptr_array_add (refs, NULL);
  entry->refs = (char **) g_ptr_array_free (refs, FALSE);
  walk (entry->path, NULL, 0, count_file, &(Count) { entry, blobs });
  return entry;
}

/**
 * auto_hub_list_cache:
 * @self: a hub
 * @error: return location for a #GError, or %NULL
 *
 * What the cache has, by repository and commit. A cache that is not there yet has nothing.
 *
 * Returns: (transfer full) (element-type AutoHubEntry): the entries
 */
GPtrArray *
auto_hub_list_cache (AutoHub *self, GError **error)
{
  g_return_val_if_fail (AUTO_IS_HUB (self), NULL);
  g_autoptr(GPtrArray) folders = repo_folders (self, NULL, error);
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_hub_entry_free);

  for (guint i = 0; folders && i < folders->len; i++)
    {
      g_autofree char *snapshots = g_build_filename (folders->pdata[i], "snapshots", NULL);
      g_autoptr(GPtrArray) commits = names_in (snapshots);
      for (guint k = 0; k < commits->len; k++)
        g_ptr_array_add (entries, entry_new (folders->pdata[i], commits->pdata[k]));
    }
  return entries;
}

static G_GNUC_PRINTF (3, 4) void
add_problem (GPtrArray *problems, const char *path, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (problems, g_strdup_printf ("%s: %s", path, text));
}

/* Compares a blob with the hash that its name tells. Git's hashes are not insisted on: mirrors make up names of their own. */
static gboolean
verify_blob (AutoHub *self, const char *path, const char *etag, GPtrArray *problems, GCancellable *cancellable, GError **error)
{
  AutoHubHashKind kind = auto_hub_hash_kind (etag);
  GStatBuf info;

  if (g_stat (path, &info) != 0 || !S_ISREG (info.st_mode))
    {
      add_problem (problems, path, "no file; remove it");
      return TRUE;
    }
  if (info.st_size == 0 && kind != AUTO_HUB_HASH_NONE && !g_str_equal (etag, EMPTY_SHA256) && !g_str_equal (etag, EMPTY_GIT))
    {
      add_problem (problems, path, "is empty and should not be; remove it and download again");
      return TRUE;
    }
  if (kind != AUTO_HUB_HASH_SHA256)
    return TRUE;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    {
      add_problem (problems, path, "can't be read: %s; check its permissions", g_strerror (errno));
      return TRUE;
    }
  g_autoptr(AutoHubHash) hash = auto_hub_hash_new (etag, info.st_size);
  g_autoptr(GError) local = NULL;
  auto_hub_emit_progress (self, path, 0, info.st_size);
  gboolean read = auto_hub_hash_file (hash, fd, info.st_size, cancellable, &local);
  close (fd);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!read)
    add_problem (problems, path, "%s", local->message);
  else if (!auto_hub_hash_matches (hash))
    add_problem (problems, path, "is damaged: its sha256 is not the one of its name; remove it and download again");
  auto_hub_emit_progress (self, path, info.st_size, info.st_size);
  return TRUE;
}

static void
verify_link (const char *path, const char *name, gpointer problems)
{
  g_autofree char *target = g_file_read_link (path, NULL);
  g_autofree char *etag = target ? g_path_get_basename (target) : NULL;
  GString *expected = g_string_new ("../../");

  for (const char *p = name; *p; p++)
    if (*p == '/')
      g_string_append (expected, "../");
  g_string_append_printf (expected, "blobs/%s", etag ? etag : "");
  if (target && !g_str_equal (target, expected->str))
    add_problem (problems, path, "leads out of the repository's blobs (to %s); remove it and download again", target);
  else if (target && !g_file_test (path, G_FILE_TEST_EXISTS))
    add_problem (problems, path, "its blob is missing (%s); download it again", target);
  g_string_free (expected, TRUE);
}

static gboolean
verify_repo (AutoHub *self, const char *folder, GPtrArray *problems, GCancellable *cancellable, GError **error)
{
  g_autofree char *blobs = g_build_filename (folder, "blobs", NULL), *snapshots = g_build_filename (folder, "snapshots", NULL);
  g_autoptr(GPtrArray) names = names_in (blobs), commits = names_in (snapshots);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (blobs, names->pdata[i], NULL);
      if (!g_str_has_suffix (names->pdata[i], AUTO_HUB_INCOMPLETE)
          && !verify_blob (self, path, names->pdata[i], problems, cancellable, error))
        return FALSE;
    }
  for (guint i = 0; i < commits->len; i++)
    {
      g_autofree char *snapshot = g_build_filename (snapshots, commits->pdata[i], NULL);
      walk (snapshot, NULL, 0, verify_link, problems);
    }
  return TRUE;
}

/**
 * auto_hub_verify_cache:
 * @self: a hub
 * @repo: (nullable): a repository; %NULL: all
 * @cancellable: (nullable): stops it
 * @error: return location for a #GError, or %NULL
 *
 * Looks for damage: blobs whose bytes have another sha256 than their name says, files that are empty and should not be, links that
 * lead nowhere or elsewhere. Reads all large files; [signal@Hub::progress] tells of it.
 *
 * Returns: (transfer full) (element-type utf8): what is wrong, with the path and the remedy; empty when nothing is
 */
GPtrArray *
auto_hub_verify_cache (AutoHub *self, const char *repo, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_HUB (self), NULL);
  g_autoptr(GPtrArray) folders = repo_folders (self, repo, error), problems = g_ptr_array_new_with_free_func (g_free);

  if (!folders)
    return NULL;
  for (guint i = 0; i < folders->len; i++)
    if (!verify_repo (self, folders->pdata[i], problems, cancellable, error))
      return NULL;
  return g_steal_pointer (&problems);
}

/* What pruning removed. */
typedef struct { GPtrArray *paths; guint64 freed; } Removed;

static void
remove_file (const char *path, Removed *removed)
{
  GStatBuf info;

  if (g_lstat (path, &info) != 0 || g_unlink (path) != 0)
    return;
  removed->freed += S_ISREG (info.st_mode) ? info.st_size : 0;
  g_ptr_array_add (removed->paths, g_strdup (path));
}

static void
remove_folder (const char *folder, guint depth, Removed *removed)
{
  g_autoptr(GPtrArray) names = depth < DEPTH_LIMIT ? names_in (folder) : g_ptr_array_new ();

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
      GStatBuf info;
      if (g_lstat (path, &info) == 0 && S_ISDIR (info.st_mode))
        remove_folder (path, depth + 1, removed);
      else
        remove_file (path, removed);
    }
  g_rmdir (folder);
}

static gboolean
is_older_than_a_day (const char *path)
{
  GStatBuf info;

  return g_lstat (path, &info) == 0 && S_ISREG (info.st_mode) && info.st_mtime < g_get_real_time () / G_USEC_PER_SEC - DAY;
}

static void
collect_target (const char *path, const char *name, gpointer etags)
{
  g_autofree char *target = g_file_read_link (path, NULL);

  if (target)
    g_hash_table_add (etags, g_path_get_basename (target));
}

static gboolean
is_referenced (const char *folder, const char *etag)
{
  g_autofree char *snapshots = g_build_filename (folder, "snapshots", NULL);
  g_autoptr(GHashTable) etags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  walk (snapshots, NULL, 0, collect_target, etags);
  return g_hash_table_contains (etags, etag);
}

/* Blobs that no snapshot has and files that nobody will finish. Both are looked at again under the lock that their writer would
 * hold until its link is there. */
static void
prune_blobs (const char *folder, Removed *removed)
{
  g_autofree char *blobs = g_build_filename (folder, "blobs", NULL), *snapshots = g_build_filename (folder, "snapshots", NULL);
  g_autoptr(GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) names = names_in (blobs);

  walk (snapshots, NULL, 0, collect_target, used);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *etag = auto_hub_blob_etag (names->pdata[i]), *path = g_build_filename (blobs, names->pdata[i], NULL);
      g_autofree char *lock_path = auto_hub_cache_lock_path (folder, etag), *locks = g_path_get_dirname (lock_path);
      gboolean incomplete = g_str_has_suffix (names->pdata[i], AUTO_HUB_INCOMPLETE);
      if (!incomplete && g_hash_table_contains (used, etag))
        continue;
      g_autoptr(AutoHubLock) lock = auto_hub_make_folder (locks, NULL) ? auto_hub_lock_try (lock_path) : NULL;
      if (lock && (incomplete ? auto_hub_is_abandoned (path) : !is_referenced (folder, etag)))
        remove_file (path, removed);
    }
}

/* Old empty locks of a repository, and what writers left in its folder when they were killed. */
static void
prune_leavings (const char *folder, Removed *removed)
{
  g_autofree char *any = auto_hub_cache_lock_path (folder, "x"), *locks = g_path_get_dirname (any);
  g_autoptr(GPtrArray) names = names_in (locks), files = names_in (folder);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (locks, names->pdata[i], NULL);
      GStatBuf info;
      if (!g_str_has_suffix (names->pdata[i], ".lock") || !is_older_than_a_day (path) || g_lstat (path, &info) != 0 || info.st_size != 0)
        continue;
      g_autoptr(AutoHubLock) lock = auto_hub_lock_try (path);
      if (lock)
        remove_file (path, removed);
    }
  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, files->pdata[i], NULL);
      if (g_str_has_prefix (files->pdata[i], "tmp_") && is_older_than_a_day (path))
        remove_file (path, removed);
    }
}

static gboolean
prune_revision (const char *folder, const char *repo, const char *revision, Removed *removed, GError **error)
{
  g_autofree char *commit = auto_hub_is_plain_name (revision) ? g_strdup (revision) : NULL, *snapshot = NULL, *absent = NULL;

  if (commit)
    snapshot = g_build_filename (folder, "snapshots", commit, NULL);
  if (!snapshot || !g_file_test (snapshot, G_FILE_TEST_IS_DIR))
    {
      g_free (commit);
      g_free (snapshot);
      commit = auto_hub_check_revision (revision, NULL) ? auto_hub_cache_commit (folder, revision) : NULL;
      snapshot = commit ? g_build_filename (folder, "snapshots", commit, NULL) : NULL;
    }
  if (!commit)
    {
      g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_REVISION_NOT_FOUND,
                   "%s: revision %s is not in the cache; auto cache list shows what is", repo, revision);
      return FALSE;
    }
  g_autoptr(GPtrArray) refs = refs_to (folder, commit);
  for (guint i = 0; i < refs->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, "refs", refs->pdata[i], NULL);
      remove_file (path, removed);
    }
  absent = g_build_filename (folder, ".no_exist", commit, NULL);
  remove_folder (absent, 0, removed);
  remove_folder (snapshot, 0, removed);
  return TRUE;
}

/**
 * auto_hub_prune_cache:
 * @self: a hub
 * @repo: (nullable): a repository to remove from the cache; %NULL: none, only what is of no use to anybody
 * @revision: (nullable): only this branch, tag or commit of @repo
 * @freed: (out) (optional): bytes that were freed
 * @cancellable: (nullable): stops it
 * @error: return location for a #GError, or %NULL
 *
 * Removes blobs that no snapshot refers to, unfinished downloads that nobody is working on, locks older than a day; and @repo, or
 * one revision of it. What other processes are fetching at the moment stays.
 *
 * Returns: (transfer full) (element-type filename): what was removed
 */
GPtrArray *
auto_hub_prune_cache (AutoHub *self, const char *repo, const char *revision, guint64 *freed, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_HUB (self), NULL);
  g_return_val_if_fail (repo != NULL || revision == NULL, NULL);
  g_autofree char *cache = auto_hub_get_cache (self);
  g_autoptr(GPtrArray) folders = repo_folders (self, repo, error), paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) files = names_in (cache);
  Removed removed = { paths, 0 };

  for (guint i = 0; folders && i < folders->len; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || (revision && !prune_revision (folders->pdata[i], repo, revision, &removed, error)))
        return NULL;
      if (repo && !revision)
        remove_folder (folders->pdata[i], 0, &removed);
      prune_blobs (folders->pdata[i], &removed);
      prune_leavings (folders->pdata[i], &removed);
    }
  if (!folders)
    return NULL;
  for (guint i = 0; !repo && i < files->len; i++)  /* where huggingface_hub downloads to when it does not resume */
    {
      g_autofree char *path = g_build_filename (cache, files->pdata[i], NULL);
      if (g_str_has_prefix (files->pdata[i], "tmp") && is_older_than_a_day (path))
        remove_file (path, &removed);
    }
  if (freed)
    *freed = removed.freed;
  return g_steal_pointer (&paths);
}
