/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-hub.h"

#include "auto-hub-cache.h"
#include "auto-hub-private.h"

struct _AutoHub
{
  GObject parent_instance;

  char *endpoint, *cache_dir, *token, *proxy;
  gboolean offline, force, refresh, resume;
  guint retry_delay, tries, connections;
};

G_DEFINE_FINAL_TYPE (AutoHub, auto_hub, G_TYPE_OBJECT)

enum { PROP_0, ENDPOINT, CACHE_DIR, TOKEN, PROXY, OFFLINE, FORCE, REFRESH, RESUME, RETRY_DELAY, TRIES, CONNECTIONS, N_PROPERTIES };
enum { PROGRESS, N_SIGNALS };
static guint signals[N_SIGNALS];
static const gsize offsets[N_PROPERTIES] = {
  [ENDPOINT] = G_STRUCT_OFFSET (AutoHub, endpoint), [CACHE_DIR] = G_STRUCT_OFFSET (AutoHub, cache_dir),
  [TOKEN] = G_STRUCT_OFFSET (AutoHub, token), [PROXY] = G_STRUCT_OFFSET (AutoHub, proxy), [OFFLINE] = G_STRUCT_OFFSET (AutoHub, offline),
  [FORCE] = G_STRUCT_OFFSET (AutoHub, force), [REFRESH] = G_STRUCT_OFFSET (AutoHub, refresh), [RESUME] = G_STRUCT_OFFSET (AutoHub, resume),
  [RETRY_DELAY] = G_STRUCT_OFFSET (AutoHub, retry_delay), [TRIES] = G_STRUCT_OFFSET (AutoHub, tries),
  [CONNECTIONS] = G_STRUCT_OFFSET (AutoHub, connections),
};

GType
auto_hub_want_get_type (void)
{
  static gsize type;
  static const GFlagsValue values[] = {
#define VALUE(name, nick) { AUTO_HUB_WANT_ ## name, "AUTO_HUB_WANT_" #name, nick }
    VALUE (CONFIG, "config"), VALUE (WEIGHTS, "weights"), VALUE (TF_WEIGHTS, "tf-weights"), VALUE (FLAX_WEIGHTS, "flax-weights"),
    VALUE (TOKENIZER, "tokenizer"), VALUE (PROCESSOR, "processor"), VALUE (GENERATION, "generation"), VALUE (PLUGIN, "plugin"),
    VALUE (MODEL, "model"), { 0 },
#undef VALUE
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_flags_register_static ("AutoHubWant", values));
  return type;
}

static void
auto_hub_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  gpointer member = G_STRUCT_MEMBER_P (object, offsets[id]);

  if (G_IS_PARAM_SPEC_STRING (pspec))
    g_value_set_string (value, *(char **) member);
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    g_value_set_boolean (value, *(gboolean *) member);
  else
    g_value_set_uint (value, *(guint *) member);
}

static void
auto_hub_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  gpointer member = G_STRUCT_MEMBER_P (object, offsets[id]);

  if (G_IS_PARAM_SPEC_STRING (pspec))
    {
      g_free (*(char **) member);
      *(char **) member = g_value_dup_string (value);
    }
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    *(gboolean *) member = g_value_get_boolean (value);
  else
    *(guint *) member = g_value_get_uint (value);
}

static void
auto_hub_finalize (GObject *object)
{
  AutoHub *self = AUTO_HUB (object);

  g_free (self->endpoint);
  g_free (self->cache_dir);
  g_free (self->token);
  g_free (self->proxy);
  G_OBJECT_CLASS (auto_hub_parent_class)->finalize (object);
}

static void
install_string (GObjectClass *klass, guint id, const char *name, const char *blurb)
{
  g_object_class_install_property (klass, id, g_param_spec_string (name, NULL, blurb, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
install_boolean (GObjectClass *klass, guint id, const char *name, const char *blurb, gboolean initial)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (klass, id, g_param_spec_boolean (name, NULL, blurb, initial, flags));
}

static void
install_uint (GObjectClass *klass, guint id, const char *name, const char *blurb, guint least, guint most, guint initial)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (klass, id, g_param_spec_uint (name, NULL, blurb, least, most, initial, flags));
}

static void
auto_hub_class_init (AutoHubClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = auto_hub_get_property;
  object_class->set_property = auto_hub_set_property;
  object_class->finalize = auto_hub_finalize;
  install_string (object_class, ENDPOINT, "endpoint", "Address of the hub; NULL: HF_ENDPOINT, or else huggingface.co");
  install_string (object_class, CACHE_DIR, "cache-dir", "Where files are kept; NULL: as the environment says");
  install_string (object_class, TOKEN, "token", "Access token; NULL: HF_TOKEN or the token file");
  install_string (object_class, PROXY, "proxy", "Address of a proxy; NULL: the system's");
  install_boolean (object_class, OFFLINE, "offline", "Never use the network", FALSE);
  install_boolean (object_class, FORCE, "force", "Fetch again what the cache has", FALSE);
  install_boolean (object_class, REFRESH, "refresh", "Ask the hub whether a branch or tag has moved", FALSE);
  install_boolean (object_class, RESUME, "resume", "Go on with what an earlier run began", TRUE);
  install_uint (object_class, RETRY_DELAY, "retry-delay", "Milliseconds before the second attempt; doubled for each one after", 0, 60000,
                500);
  install_uint (object_class, TRIES, "tries", "Attempts without progress before giving up", 1, 100, 5);
  install_uint (object_class, CONNECTIONS, "connections", "Files fetched at a time", 1, 32, 4);

  /**
   * AutoHub::progress:
   * @self: the hub
   * @what: the file that moves at the moment
   * @done: bytes fetched by this call so far
   * @total: bytes that it fetches, as far as known
   *
   * Emitted a few times a second during a download: in the thread that called the synchronous function, or in the thread-default
   * main context of the caller of the asynchronous one.
   */
  signals[PROGRESS] = g_signal_new ("progress", AUTO_TYPE_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING,
                                    G_TYPE_UINT64, G_TYPE_UINT64);
}

static void
auto_hub_init (AutoHub *self)
{
}

/**
 * auto_hub_new:
 *
 * Returns: (transfer full): a hub as the environment describes it
 */
AutoHub *
auto_hub_new (void)
{
  return g_object_new (AUTO_TYPE_HUB, NULL);
}

/* An option of the call counts more than the object's, which counts more than the environment's. */
static void
override (char **setting, const char *own, const char *option)
{
  if (!own || option)
    return;
  g_free (*setting);
  *setting = g_strdup (own);
}

static AutoHubSettings *
settings_for (AutoHub *self, AutoLoadOptions *options)
{
  g_autoptr(AutoLoadOptions) own = options ? NULL : auto_load_options_new ();
  AutoHubSettings *settings;

  if (own)  /* the object's strings are cleaned as options are */
    g_object_set (own, "cache-dir", self->cache_dir, "token", self->token, "proxies", self->proxy, NULL);
  settings = auto_hub_settings_new (options ? options : own);
  if (options)
    {
      override (&settings->cache, self->cache_dir, auto_load_options_get_string (options, "cache-dir"));
      override (&settings->token, self->token, auto_load_options_get_string (options, "token"));
      override (&settings->proxy, self->proxy, auto_load_options_get_string (options, "proxies"));
    }
  override (&settings->endpoint, self->endpoint, NULL);
  settings->offline |= self->offline;
  settings->force |= self->force;
  settings->resume &= self->resume;
  settings->refresh = self->refresh;
  settings->retry_delay = self->retry_delay;
  settings->tries = self->tries;
  settings->connections = self->connections;
  return settings;
}

char *
auto_hub_get_cache (AutoHub *self)
{
  g_autoptr(AutoHubSettings) settings = settings_for (self, NULL);

  return g_strdup (settings->cache);
}

void
auto_hub_emit_progress (AutoHub *self, const char *what, guint64 done, guint64 total)
{
  g_signal_emit (self, signals[PROGRESS], 0, what, done, total);
}

/**
 * auto_hub_lookup:
 * @self: a hub
 * @repo: `org/name`
 * @revision: (nullable): branch, tag or commit; %NULL: main
 * @file: name of a file in the repository
 * @absent: (out) (optional): whether the cache knows that there is no such file
 * @error: return location for a #GError, or %NULL
 *
 * Looks into the cache, never at the network.
 *
 * Returns: (transfer full) (nullable): the file's path; %NULL without an error when the cache does not have it
 */
char *
auto_hub_lookup (AutoHub *self, const char *repo, const char *revision, const char *file, gboolean *absent, GError **error)
{
  g_return_val_if_fail (AUTO_IS_HUB (self), NULL);
  g_return_val_if_fail (repo != NULL && file != NULL, NULL);
  if (absent)
    *absent = FALSE;
  if (!revision || !*revision)
    revision = "main";
  if (!auto_hub_check_repo (repo, error) || !auto_hub_check_revision (revision, error) || !auto_hub_check_file (file, error))
    return NULL;
  g_autoptr(AutoHubSettings) settings = settings_for (self, NULL);
  g_autofree char *folder = auto_hub_cache_folder (settings->cache, repo), *commit = auto_hub_cache_commit (folder, revision);
  AutoHubPresence presence = commit ? auto_hub_cache_lookup (folder, commit, file) : AUTO_HUB_UNKNOWN;
  if (absent)
    *absent = presence == AUTO_HUB_ABSENT;
  return presence == AUTO_HUB_PRESENT ? auto_hub_cache_snapshot (folder, commit, file) : NULL;
}

/* One call: its arguments, and where its progress goes. */
typedef struct
{
  AutoHub *hub;
  AutoHubSettings *settings;
  AutoLoadOptions *options;
  char *repo, *file;
  AutoHubWant want;
  GMainContext *context;  /* NULL: progress is emitted where it happens */
} Call;

typedef struct { AutoHub *hub; AutoLoadOptions *options; char *what; guint64 done, total; } Progress;

static Call *
call_new (AutoHub *self, const char *repo, AutoHubWant want, const char *file, const char *revision, AutoLoadOptions *options)
{
  Call *call = g_new0 (Call, 1);

  call->hub = g_object_ref (self);
  call->settings = settings_for (self, options);
  call->options = options ? g_object_ref (options) : auto_load_options_new ();
  if (revision)
    g_object_set (call->options, "revision", revision, NULL);
  call->repo = g_strdup (repo);
  call->file = g_strdup (file);
  call->want = want;
  return call;
}

static void
call_free (Call *call)
{
  g_clear_pointer (&call->context, g_main_context_unref);
  auto_hub_settings_free (call->settings);
  g_object_unref (call->options);
  g_object_unref (call->hub);
  g_free (call->repo);
  g_free (call->file);
  g_free (call);
}

static gboolean
emit (gpointer data)
{
  Progress *progress = data;

  g_signal_emit (progress->hub, signals[PROGRESS], 0, progress->what, progress->done, progress->total);
  auto_load_options_report (progress->options, progress->what, progress->done, progress->total);
  return G_SOURCE_REMOVE;
}

static void
progress_free (gpointer data)
{
  Progress *progress = data;

  g_object_unref (progress->hub);
  g_object_unref (progress->options);
  g_free (progress->what);
  g_free (progress);
}

static void
report (const char *what, guint64 done, guint64 total, gpointer data)
{
  Call *call = data;
  Progress *progress = g_new (Progress, 1);

  *progress = (Progress) { g_object_ref (call->hub), g_object_ref (call->options), g_strdup (what), done, total };
  if (call->context)
    g_main_context_invoke_full (call->context, G_PRIORITY_DEFAULT, emit, progress, progress_free);
  else
    {
      emit (progress);
      progress_free (progress);
    }
}

static char *
call_run (Call *call, GCancellable *cancellable, GError **error)
{
  const char *const files[] = { call->file, NULL };

  if (call->file && !auto_hub_check_file (call->file, error))
    return NULL;
  g_autofree char *folder = auto_hub_resolve_with (call->settings, call->repo, call->want, call->file ? files : NULL, TRUE, call->options,
                                                   report, call, cancellable, error);
  if (folder && call->file)
    return g_build_filename (folder, call->file, NULL);
  return g_steal_pointer (&folder);
}

static void
call_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  char *path = call_run (data, cancellable, &error);

  if (path)
    g_task_return_pointer (task, path, g_free);
  else
    g_task_return_error (task, error);
}

static char *
run_now (Call *call, GCancellable *cancellable, GError **error)
{
  char *path = call_run (call, cancellable, error);

  call_free (call);
  return path;
}

static void
run_later (Call *call, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (call->hub, cancellable, callback, user_data);

  call->context = g_main_context_ref (g_task_get_context (task));
  g_task_set_source_tag (task, tag);
  g_task_set_return_on_cancel (task, FALSE);
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  g_task_run_in_thread (task, call_thread);
}

/**
 * auto_hub_download:
 * @self: a hub
 * @repo: `org/name`
 * @revision: (nullable): branch, tag or commit; %NULL: main
 * @file: name of a file in the repository
 * @cancellable: (nullable): stops the download; what is there of the file is kept for the next time
 * @error: return location for a #GError, or %NULL
 *
 * Fetches one file, unless the cache has it. May take long: see [method@Hub.download_async].
 *
 * Returns: (transfer full): the file's path in the cache
 */
char *
auto_hub_download (AutoHub *self, const char *repo, const char *revision, const char *file, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_HUB (self), NULL);
  g_return_val_if_fail (repo != NULL && file != NULL, NULL);
  return run_now (call_new (self, repo, 0, file, revision, NULL), cancellable, error);
}

/**
 * auto_hub_download_async:
 * @self: a hub
 * @repo: `org/name`
 * @revision: (nullable): branch, tag or commit; %NULL: main
 * @file: name of a file in the repository
 * @cancellable: (nullable): stops the download; what is there of the file is kept for the next time
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Fetches one file, unless the cache has it.
 */
void
auto_hub_download_async (AutoHub *self, const char *repo, const char *revision, const char *file, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (AUTO_IS_HUB (self));
  g_return_if_fail (repo != NULL && file != NULL);
  run_later (call_new (self, repo, 0, file, revision, NULL), auto_hub_download_async, cancellable, callback, user_data);
}

/**
 * auto_hub_download_finish:
 * @self: a hub
 * @result: what the callback was given
 * @error: return location for a #GError, or %NULL
 *
 * Returns: (transfer full): the file's path in the cache
 */
char *
auto_hub_download_finish (AutoHub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * auto_hub_download_model:
 * @self: a hub
 * @repo: `org/name`
 * @want: which files
 * @options: (nullable): revision, subfolder and the like
 * @cancellable: (nullable): stops the download
 * @error: return location for a #GError, or %NULL
 *
 * Fetches those of the wanted files that the repository has and the cache has not. May take long: see
 * [method@Hub.download_model_async].
 *
 * Returns: (transfer full): the folder with the files
 */
char *
auto_hub_download_model (AutoHub *self, const char *repo, AutoHubWant want, AutoLoadOptions *options, GCancellable *cancellable,
                         GError **error)
{
  g_return_val_if_fail (AUTO_IS_HUB (self), NULL);
  g_return_val_if_fail (repo != NULL, NULL);
  return run_now (call_new (self, repo, want, NULL, NULL, options), cancellable, error);
}

/**
 * auto_hub_download_model_async:
 * @self: a hub
 * @repo: `org/name`
 * @want: which files
 * @options: (nullable): revision, subfolder and the like
 * @cancellable: (nullable): stops the download
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Fetches those of the wanted files that the repository has and the cache has not.
 */
void
auto_hub_download_model_async (AutoHub *self, const char *repo, AutoHubWant want, AutoLoadOptions *options, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (AUTO_IS_HUB (self));
  g_return_if_fail (repo != NULL);
  run_later (call_new (self, repo, want, NULL, NULL, options), auto_hub_download_model_async, cancellable, callback, user_data);
}

/**
 * auto_hub_download_model_finish:
 * @self: a hub
 * @result: what the callback was given
 * @error: return location for a #GError, or %NULL
 *
 * Returns: (transfer full): the folder with the files
 */
char *
auto_hub_download_model_finish (AutoHub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
