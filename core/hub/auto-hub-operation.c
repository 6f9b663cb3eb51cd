/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-hub-operation.h"

#include <string.h>
#include <sys/statvfs.h>

#include "auto-hub-cache.h"
#include "auto-hub-soup.h"

#define REPORT_EVERY (100 * G_TIME_SPAN_MILLISECOND)
#define CHANGES 4  /* how often a file may change under our hands */

/* Items shared out among threads. The thread that asked waits, and reports progress. */
typedef struct
{
  AutoHubOperation *operation;
  GPtrArray *items;
  gboolean (*step) (AutoHubOperation *operation, AutoHubItem *item, AutoHubClient *client, GCancellable *cancellable, GError **error);
  GCancellable *cancellable;
  GMutex mutex;
  GCond finished;
  guint next, running;
  GError *error;
} Run;

typedef struct { Run *run; AutoHubClient *client; } Worker;

AutoHubItem *
auto_hub_item_new (const char *subfolder, const char *const *names)
{
  AutoHubItem *item = g_new0 (AutoHubItem, 1);
  guint n = g_strv_length ((char **) names);

  item->names = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    item->names[i] = subfolder && *subfolder ? g_strconcat (subfolder, "/", names[i], NULL) : g_strdup (names[i]);
  item->found = -1;
  return item;
}

AutoHubItem *
auto_hub_item_new_single (const char *subfolder, const char *name)
{
  return auto_hub_item_new (subfolder, (const char *const[]) { name, NULL });
}

void
auto_hub_item_free (AutoHubItem *item)
{
  g_strfreev (item->names);
  auto_hub_metadata_clear (&item->metadata);
  g_free (item);
}

const char *
auto_hub_item_get_name (const AutoHubItem *item)
{
  return item->found < 0 ? NULL : item->names[item->found];
}

AutoHubOperation *
auto_hub_operation_new (const AutoHubSettings *settings, const char *repo, const char *revision, GError **error)
{
  revision = revision && *revision ? revision : "main";
  if (!auto_hub_check_repo (repo, error) || !auto_hub_check_revision (revision, error))
    return NULL;
  AutoHubOperation *self = g_new0 (AutoHubOperation, 1);
  self->settings = settings;
  self->repo = g_strdup (repo);
  self->revision = g_strdup (revision);
  self->folder = auto_hub_cache_folder (settings->cache, repo);
  self->commit = auto_hub_cache_commit (self->folder, revision);
  self->asked = auto_hub_is_commit (revision);
  self->offline = settings->offline;
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_hub_client_free);
  g_mutex_init (&self->mutex);
  g_mutex_init (&self->progress.mutex);
  return self;
}

void
auto_hub_operation_free (AutoHubOperation *self)
{
  g_free (self->repo);
  g_free (self->revision);
  g_free (self->folder);
  g_free (self->commit);
  g_free (self->progress.what);
  g_clear_error (&self->trouble);
  g_ptr_array_unref (self->clients);
  g_mutex_clear (&self->mutex);
  g_mutex_clear (&self->progress.mutex);
  g_free (self);
}

/* Goes through an item's names as far as the cache knows them; when nobody can be asked, what is unknown is not there. */
static void
settle_from_cache (AutoHubOperation *self, AutoHubItem *item)
{
  gboolean ask = !self->offline && (self->settings->force || (self->settings->refresh && !self->asked) || !self->commit);

  item->unknown = FALSE;
  for (int i = 0; !item->settled && !ask && item->names[i]; i++)
    {
      AutoHubPresence presence = self->commit ? auto_hub_cache_lookup (self->folder, self->commit, item->names[i]) : AUTO_HUB_UNKNOWN;
      if (presence == AUTO_HUB_PRESENT)
        {
          item->found = i;
          item->settled = TRUE;
        }
      else if (presence == AUTO_HUB_UNKNOWN && !self->offline)
        return;
      else if (presence == AUTO_HUB_UNKNOWN)
        item->unknown = TRUE;
    }
  item->settled |= !ask;
}

/* Takes note of the commit that the hub names; FALSE when it is another than the one in use, which can't go on then. */
static gboolean
pin (AutoHubOperation *self, const char *commit)
{
  g_mutex_lock (&self->mutex);
  gboolean same = !self->commit || g_str_equal (self->commit, commit);
  self->asked = TRUE;
  if (!self->commit || !same)
    {
      g_free (self->commit);
      self->commit = g_strdup (commit);
    }
  g_mutex_unlock (&self->mutex);
  return same;
}

static GQuark
moved_quark (void)
{
  return g_quark_from_static_string ("auto-hub-moved");
}

static gboolean
set_moved (GError **error)
{
  g_set_error_literal (error, moved_quark (), 0, "the revision has moved");
  return FALSE;
}

/* Whether a failure to ask may be overlooked because an earlier run has left a snapshot: then that is used. */
static gboolean
can_do_without (AutoHubOperation *self, const GError *error)
{
  if (self->asked || !self->commit || self->settings->force || error->domain != AUTO_HUB_ERROR)
    return FALSE;
  return error->code != AUTO_HUB_ERROR_REVISION_NOT_FOUND && error->code != AUTO_HUB_ERROR_INVALID_ID;
}

/* Asks the hub for one name. @item is settled when the name is there. */
static gboolean
ask (AutoHubOperation *self, AutoHubItem *item, int i, AutoHubClient *client, GCancellable *cancellable, GError **error)
{
  g_autoptr(GError) local = NULL;
  AutoHubMetadata *metadata = &item->metadata;

  if (auto_hub_client_head (client, self->repo, self->revision, item->names[i], metadata, cancellable, &local))
    {
      if (!pin (self, metadata->commit))
        return set_moved (error);
      item->found = i;
      item->settled = TRUE;
      item->fetch = !item->probe && (self->settings->force
                                     || auto_hub_cache_lookup (self->folder, metadata->commit, item->names[i]) != AUTO_HUB_PRESENT);
      if (item->fetch)
        auto_hub_progress_add (&self->progress, item->names[i], 0, metadata->size);
      return TRUE;
    }
  if (!g_error_matches (local, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!metadata->commit)
    return TRUE;
  if (!pin (self, metadata->commit))
    return set_moved (error);
  if (!auto_hub_cache_mark_absent (self->folder, metadata->commit, item->names[i], &local))
    g_debug ("%s", local->message);
  return TRUE;
}

static gboolean
find_step (AutoHubOperation *self, AutoHubItem *item, AutoHubClient *client, GCancellable *cancellable, GError **error)
{
  for (int i = 0; !item->settled && item->names[i]; i++)
    {
      g_autofree char *commit = NULL;
      g_mutex_lock (&self->mutex);
      if (self->asked && !self->settings->force)
        commit = g_strdup (self->commit);
      g_mutex_unlock (&self->mutex);
      AutoHubPresence presence = commit ? auto_hub_cache_lookup (self->folder, commit, item->names[i]) : AUTO_HUB_UNKNOWN;
      if (presence == AUTO_HUB_PRESENT)
        {
          item->found = i;
          item->settled = TRUE;
        }
      else if (presence == AUTO_HUB_UNKNOWN && !ask (self, item, i, client, cancellable, error))
        return FALSE;
    }
  item->settled = TRUE;
  return TRUE;
}

static gboolean
fetch_step (AutoHubOperation *self, AutoHubItem *item, AutoHubClient *client, GCancellable *cancellable, GError **error)
{
  const char *name = auto_hub_item_get_name (item);
  AutoHubMetadata *metadata = &item->metadata;

  for (guint change = 0; item->fetch; change++)
    {
      g_autoptr(GError) local = NULL;
      gboolean again = FALSE;
      guint64 size = metadata->size;
      if (auto_hub_download_file (client, self->folder, name, metadata, &again, &self->progress, cancellable, &local))
        break;
      if (!again || change >= CHANGES)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (!auto_hub_client_head (client, self->repo, self->revision, name, metadata, cancellable, error))
        return FALSE;
      if (!pin (self, metadata->commit))
        return set_moved (error);
      auto_hub_progress_add (&self->progress, NULL, 0, (gint64) metadata->size - (gint64) size);
    }
  item->fetch = FALSE;
  return TRUE;
}

static gpointer
work (gpointer data)
{
  Worker *worker = data;
  Run *run = worker->run;

  g_mutex_lock (&run->mutex);
  while (run->next < run->items->len && !run->error)
    {
      AutoHubItem *item = g_ptr_array_index (run->items, run->next++);
      GError *error = NULL;
      g_mutex_unlock (&run->mutex);
      gboolean good = run->step (run->operation, item, worker->client, run->cancellable, &error);
      g_mutex_lock (&run->mutex);
      if (!good && !run->error)
        {
          run->error = error;
          g_cancellable_cancel (run->cancellable);
        }
      else
        g_clear_error (&error);
    }
  run->running--;
  g_cond_signal (&run->finished);
  g_mutex_unlock (&run->mutex);
  return NULL;
}

static void
report (AutoHubOperation *self)
{
  if (!self->report)
    return;
  g_mutex_lock (&self->progress.mutex);
  g_autofree char *what = g_strdup (self->progress.what);
  guint64 done = self->progress.done, total = self->progress.total;
  g_mutex_unlock (&self->progress.mutex);
  if (what && total)
    self->report (what, MIN (done, total), total, self->report_data);
}

static void
cancel_run (GCancellable *outer, gpointer run)
{
  g_cancellable_cancel (run);
}

/* Takes @items through @step, several at a time; the first error ends all. */
static gboolean
share_out (AutoHubOperation *self, GPtrArray *items, gpointer step, GCancellable *outer, GError **error)
{
  g_autoptr(GCancellable) inner = g_cancellable_new ();
  Run run = { self, items, step, inner };
  guint n = MIN (items->len, MAX (self->settings->connections, 1));
  g_autofree GThread **threads = g_new (GThread *, n + 1);
  g_autofree Worker *workers = g_new (Worker, n + 1);
  gulong handler = outer ? g_cancellable_connect (outer, G_CALLBACK (cancel_run), inner, NULL) : 0;

  g_mutex_init (&run.mutex);
  g_cond_init (&run.finished);
  run.running = n;
  while (self->clients->len < n)
    g_ptr_array_add (self->clients, auto_hub_client_new (self->settings));
  for (guint i = 0; i < n; i++)
    {
      workers[i] = (Worker) { &run, g_ptr_array_index (self->clients, i) };
      threads[i] = g_thread_new ("auto-hub", work, &workers[i]);
    }
  g_mutex_lock (&run.mutex);
  while (run.running > 0)
    if (!g_cond_wait_until (&run.finished, &run.mutex, g_get_monotonic_time () + REPORT_EVERY))
      {
        g_mutex_unlock (&run.mutex);
        report (self);
        g_mutex_lock (&run.mutex);
      }
  g_mutex_unlock (&run.mutex);
  for (guint i = 0; i < n; i++)
    g_thread_join (threads[i]);
  if (outer)
    g_cancellable_disconnect (outer, handler);
  g_mutex_clear (&run.mutex);
  g_cond_clear (&run.finished);
  if (run.error)
    g_propagate_error (error, run.error);
  return !run.error;
}

/* Compares what all files together need with what the disk has, before any of them is begun. */
static gboolean
check_space (AutoHubOperation *self, GPtrArray *items, GError **error)
{
  struct statvfs info;
  guint64 need = 0;

  for (guint i = 0; i < items->len; i++)
    {
      AutoHubItem *item = g_ptr_array_index (items, i);
      g_autofree char *blob = item->fetch ? auto_hub_cache_blob (self->folder, item->metadata.etag) : NULL;
      if (blob && !g_file_test (blob, G_FILE_TEST_EXISTS))
        need += MIN (item->metadata.size, G_MAXUINT64 - need);
    }
  if (need == 0)
    return TRUE;
  if (!auto_hub_make_folder (self->folder, error))
    return FALSE;
  if (statvfs (self->folder, &info) != 0 || info.f_blocks == 0)
    return TRUE;
  guint64 free = (guint64) info.f_bavail * info.f_frsize, begun = auto_hub_cache_begun (self->folder);
  if (need <= free || need - free <= begun)
    return TRUE;
  g_autofree char *needed = g_format_size (need), *there = g_format_size (free);
  g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_NO_SPACE,
               "%s: %s needs %s and the disk has %s; free some space (auto cache prune) or set HF_HOME to a folder on a larger disk",
               self->folder, self->repo, needed, there);
  return FALSE;
}

static GPtrArray *
unsettled (GPtrArray *items)
{
  GPtrArray *left = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++)
    if (!((AutoHubItem *) g_ptr_array_index (items, i))->settled)
      g_ptr_array_add (left, g_ptr_array_index (items, i));
  return left;
}

static gboolean
all_minor (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    if (!((AutoHubItem *) g_ptr_array_index (items, i))->minor)
      return FALSE;
  return TRUE;
}

/* The hub can't be asked: what the cache has must do. */
static void
go_offline (AutoHubOperation *self, GPtrArray *items, GError *why)
{
  g_debug ("using the cache: %s", why->message);
  g_clear_error (&self->trouble);
  self->trouble = why;
  self->offline = TRUE;
  for (guint i = 0; i < items->len; i++)
    settle_from_cache (self, g_ptr_array_index (items, i));
}

/* Asks about @items. The first one goes alone when the commit is not known yet, so that one answer, or one refusal, is enough. */
static gboolean
find (AutoHubOperation *self, GPtrArray *items, GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) first = g_ptr_array_new (), rest = NULL;
  g_autoptr(GError) local = NULL;

  if (!self->asked && items->len)
    {
      g_ptr_array_add (first, g_ptr_array_index (items, 0));
      if (!share_out (self, first, find_step, cancellable, &local))
        {
          if (!can_do_without (self, local))
            {
              g_propagate_error (error, g_steal_pointer (&local));
              return FALSE;
            }
          go_offline (self, items, g_steal_pointer (&local));
          return TRUE;
        }
    }
  rest = unsettled (items);
  return rest->len == 0 || share_out (self, rest, find_step, cancellable, error);
}

AutoHubRun
auto_hub_operation_run (AutoHubOperation *self, GPtrArray *items, GCancellable *cancellable, GError **error)
{
  g_autoptr(GError) local = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return AUTO_HUB_RUN_FAILED;
  for (guint i = 0; i < items->len; i++)
    settle_from_cache (self, g_ptr_array_index (items, i));
  g_autoptr(GPtrArray) open = unsettled (items);
  if (open->len == 0 || (all_minor (open) && !self->online && self->commit && !self->settings->force))
    return AUTO_HUB_RUN_DONE;
  self->online = TRUE;
  if (!auto_hub_soup_open (&local))
    {
      if (!can_do_without (self, local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return AUTO_HUB_RUN_FAILED;
        }
      go_offline (self, open, g_steal_pointer (&local));
      return AUTO_HUB_RUN_DONE;
    }
  if (find (self, open, cancellable, &local) && check_space (self, open, &local) && share_out (self, open, fetch_step, cancellable, &local))
    {
      report (self);
      return AUTO_HUB_RUN_DONE;
    }
  if (local->domain == moved_quark ())
    return AUTO_HUB_RUN_AGAIN;
  g_propagate_error (error, g_steal_pointer (&local));
  return AUTO_HUB_RUN_FAILED;
}

void
auto_hub_operation_keep_revision (AutoHubOperation *self)
{
  g_autoptr(GError) error = NULL;

  if (self->asked && self->commit && !auto_hub_cache_write_ref (self->folder, self->revision, self->commit, &error))
    g_debug ("%s", error->message);
}

void
auto_hub_operation_set_missing (AutoHubOperation *self, const char *what, gboolean unknown, GError **error)
{
  if (unknown && self->trouble)
    {
      g_propagate_prefixed_error (error, g_error_copy (self->trouble), "%s: %s is not in the cache (%s) and can't be fetched: ",
                                  self->repo, what, self->folder);
      return;
    }
  if (unknown)
    g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_OFFLINE,
                 "%s: %s of revision %s is not in the cache (%s) and the network may not be used; "
                 "unset local-files-only, HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE to fetch it",
                 self->repo, what, self->revision, self->folder);
  else
    g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND,
                 "%s: the repository has no %s at revision %s; check the name and the revision", self->repo, what, self->revision);
}
