/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "../auto/auto-load-options.h"
#include "auto-hub.h"

G_BEGIN_DECLS

#define AUTO_HUB_INCOMPLETE ".incomplete"  /* the end of the names of files that are not all there yet */

/* What the environment, the options and the object say about one call. */
typedef struct
{
  char *endpoint, *cache, *token;
  char *proxy, **no_proxy;      /* NULL: the system's; and hosts to reach without it */
  gboolean offline;             /* never use the network */
  gboolean force;               /* fetch again what the cache has */
  gboolean resume;              /* go on with what an earlier run left */
  gboolean refresh;             /* ask the hub whether the revision has moved */
  guint etag_timeout, timeout;  /* seconds without a byte */
  guint tries, retry_delay;     /* attempts without progress; milliseconds before the second one */
  guint connections;            /* files fetched at a time */
} AutoHubSettings;

AutoHubSettings *auto_hub_settings_new (AutoLoadOptions *options);
void auto_hub_settings_free (AutoHubSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoHubSettings, auto_hub_settings_free)
char *auto_hub_default_cache (void);
char *auto_hub_default_endpoint (void);

char *auto_hub_get_cache (AutoHub *self);
void auto_hub_emit_progress (AutoHub *self, const char *what, guint64 done, guint64 total);

/* Called in the thread that asked, now and then. */
typedef void (*AutoHubReport) (const char *what, guint64 done, guint64 total, gpointer data);
/* Fetches what is missing of what is wanted, or of @files, and returns the snapshot's folder. Files may be missing, unless
 * @all_needed. */
char *auto_hub_resolve_with (const AutoHubSettings *settings, const char *repo, AutoHubWant want, const char *const *files,
                             gboolean all_needed, AutoLoadOptions *options, AutoHubReport report, gpointer data,
                             GCancellable *cancellable, GError **error);

/* Waits, unless cancelled. */
gboolean auto_hub_sleep (guint milliseconds, GCancellable *cancellable, GError **error);
/* An error of the file system: NO_SPACE or CACHE, with the path, the reason and what to do. */
void auto_hub_set_errno (GError **error, const char *path, int code);

/* A lock between threads and processes, in the file that huggingface_hub locks too. */
typedef struct _AutoHubLock AutoHubLock;
AutoHubLock *auto_hub_lock_acquire (const char *path, GCancellable *cancellable, GError **error);
/* The same without waiting; NULL when somebody else has it, or it can't be had. */
AutoHubLock *auto_hub_lock_try (const char *path);
void auto_hub_lock_release (AutoHubLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoHubLock, auto_hub_lock_release)

/* What the hub says about a file. */
typedef struct
{
  char *url;        /* where its bytes are */
  char *etag;       /* the blob's name */
  char *commit;
  guint64 size;
  gboolean linked;  /* etag and size are those of a file kept elsewhere: the entity tag there is another */
} AutoHubMetadata;

void auto_hub_metadata_clear (AutoHubMetadata *metadata);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AutoHubMetadata, auto_hub_metadata_clear)

/* One thread's connections to the hub. */
typedef struct _AutoHubClient AutoHubClient;
/* An answer whose body is yet to be read. */
typedef struct
{
  GInputStream *stream;
  guint status;
  guint64 start;         /* of the body within the file */
  gint64 length;         /* of the body, or -1 */
  char *etag;            /* as the header has it, or NULL */
  char *linked_etag;
  gboolean same_origin;  /* answered by the hub itself */
} AutoHubAnswer;

void auto_hub_answer_clear (AutoHubAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AutoHubAnswer, auto_hub_answer_clear)

AutoHubClient *auto_hub_client_new (const AutoHubSettings *settings);
void auto_hub_client_free (AutoHubClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoHubClient, auto_hub_client_free)
const AutoHubSettings *auto_hub_client_get_settings (AutoHubClient *client);
/* Asks for a file's metadata. When the repository has no such file, @metadata->commit still says at which commit. */
gboolean auto_hub_client_head (AutoHubClient *client, const char *repo, const char *revision, const char *file, AutoHubMetadata *metadata,
                               GCancellable *cancellable, GError **error);
/* Starts one transfer from byte @start on; answers that are no success are errors, and @retry_after (milliseconds, -1 when
 * trying again is no use) says how long the hub wants to be left alone. */
gboolean auto_hub_client_get (AutoHubClient *client, const char *url, guint64 start, AutoHubAnswer *answer, gint64 *retry_after,
                              GCancellable *cancellable, GError **error);
char *auto_hub_normalize_etag (const char *etag);
/* Milliseconds before attempt @attempt (from 1), or more when the hub asked for it. */
guint auto_hub_backoff (const AutoHubSettings *settings, guint attempt, gint64 retry_after);
/* What to think of an error of the network: it is no use to try again; or a download that has begun should, since connections
 * come back; or it was but a hiccup. */
typedef enum { AUTO_HUB_FINAL, AUTO_HUB_LASTING, AUTO_HUB_PASSING } AutoHubTrouble;
/* Turns an error of libsoup, GIO or TLS into ours. */
AutoHubTrouble auto_hub_wrap_error (GError **error, const char *url);

/* Bytes of one operation, counted by several threads. */
typedef struct
{
  GMutex mutex;
  guint64 done, total;
  char *what;
} AutoHubProgress;

void auto_hub_progress_add (AutoHubProgress *progress, const char *what, gint64 done, gint64 total);

/* Brings a file's blob into @folder and has the snapshot point at it; @again is set when the file changed meanwhile and the hub
 * must be asked again. */
gboolean auto_hub_download_file (AutoHubClient *client, const char *folder, const char *file, const AutoHubMetadata *metadata,
                                 gboolean *again, AutoHubProgress *progress, GCancellable *cancellable, GError **error);

/* The hash that a blob's name tells: sha256 (64 digits), git's sha1 (40 digits), or none. Large files are hashed by a thread of
 * their own, so buffers are lent. */
#define AUTO_HUB_CHUNK (256 * 1024)
typedef struct _AutoHubHash AutoHubHash;
typedef enum { AUTO_HUB_HASH_NONE, AUTO_HUB_HASH_SHA256, AUTO_HUB_HASH_GIT } AutoHubHashKind;
AutoHubHashKind auto_hub_hash_kind (const char *etag);
AutoHubHash *auto_hub_hash_new (const char *etag, guint64 size);
void auto_hub_hash_free (AutoHubHash *hash);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoHubHash, auto_hub_hash_free)
guint8 *auto_hub_hash_take (AutoHubHash *hash);
void auto_hub_hash_give (AutoHubHash *hash, guint8 *buffer, gsize length);
void auto_hub_hash_restart (AutoHubHash *hash);
/* Whether what was given is what the name says; TRUE too when the name tells no hash. */
gboolean auto_hub_hash_matches (AutoHubHash *hash);
/* Gives the first @length bytes of a file. */
gboolean auto_hub_hash_file (AutoHubHash *hash, int fd, guint64 length, GCancellable *cancellable, GError **error);

G_END_DECLS
