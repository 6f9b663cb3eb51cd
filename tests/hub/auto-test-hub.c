/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-test-hub.h"

#include <glib/gstdio.h>
#include <string.h>

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static gboolean
use (int *count)
{
  if (*count > 0)
    return (*count)-- > 0;
  return *count < 0;
}

static gboolean
is_large (const char *file)
{
  static const char *const ends[] = { ".safetensors", ".bin", ".h5", ".msgpack", ".model" };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (file, ends[i]))
      return TRUE;
  return FALSE;
}

static char *
etag_of (const char *file, GBytes *bytes)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (is_large (file) ? G_CHECKSUM_SHA256 : G_CHECKSUM_SHA1);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  if (!is_large (file))
    {
      g_autofree char *head = g_strdup_printf ("blob %" G_GSIZE_FORMAT, length);
      g_checksum_update (checksum, (guint8 *) head, strlen (head) + 1);
    }
  g_checksum_update (checksum, data, length);
  return g_strdup (g_checksum_get_string (checksum));
}

static GBytes *
read_file (const char *path)
{
  GMappedFile *mapped = g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_mapped_file_new (path, FALSE, NULL) : NULL;
  GBytes *bytes = mapped ? g_mapped_file_get_bytes (mapped) : NULL;

  g_clear_pointer (&mapped, g_mapped_file_unref);
  return bytes;
}

/* A body on its way out, in pieces, perhaps not to its end. */
typedef struct
{
  AutoTestHub *hub;
  SoupServerMessage *message;
  GBytes *bytes;
  gsize at, stop;
  gboolean stall, cut;
  gboolean gone; /* the other side has closed the connection */
  guint piece, pause;
} Body;

static void
body_free (gpointer data)
{
  Body *body = data;

  g_bytes_unref (body->bytes);
  g_free (body);
}

static void
close_connection (SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket)
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static gboolean
write_piece (gpointer data)
{
  Body *body = g_object_get_data (data, "body");
  SoupMessageBody *out = soup_server_message_get_response_body (data);
  gsize n = MIN (body->piece, body->stop - body->at);

  if (body->gone)
    return G_SOURCE_REMOVE;
  if (n == 0)
    {
      if (body->cut)
        close_connection (data);
      else if (!body->stall)
        {
          soup_message_body_complete (out);
          soup_server_message_unpause (data);
        }
      return G_SOURCE_REMOVE;
    }
  g_autoptr(GBytes) piece = g_bytes_new_from_bytes (body->bytes, body->at, n);
  soup_message_body_append_bytes (out, piece);
  body->at += n;
  soup_server_message_unpause (data);
  return G_SOURCE_REMOVE;
}

static void
on_gone (SoupServerMessage *message, gpointer data)
{
  ((Body *) data)->gone = TRUE;
}

static void
on_wrote_chunk (SoupServerMessage *message, gpointer data)
{
  Body *body = g_object_get_data (G_OBJECT (message), "body");
  gboolean last = body->at == body->stop && !body->cut && !body->stall;

  if (last)
    {
      soup_message_body_complete (soup_server_message_get_response_body (message));
      return;
    }
  soup_server_message_pause (message);
  g_autoptr(GSource) source = body->pause ? g_timeout_source_new (body->pause) : g_idle_source_new ();
  g_source_set_callback (source, write_piece, g_object_ref (message), g_object_unref);
  g_source_attach (source, body->hub->context);
}

static void
send_bytes (AutoTestHub *hub, SoupServerMessage *message, GBytes *bytes, gsize start)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gsize length = g_bytes_get_size (bytes) - start;
  gboolean cut = use (&hub->faults.cut), stall = !cut && use (&hub->faults.stall);

  soup_message_headers_set_content_length (headers, length);
  if (!cut && !stall && !hub->faults.drip_bytes)
    {
      g_autoptr(GBytes) rest = g_bytes_new_from_bytes (bytes, start, length);
      if (length)
        soup_message_body_append_bytes (soup_server_message_get_response_body (message), rest);
      return;
    }
  Body *body = g_new0 (Body, 1);
  body->hub = hub;
  body->bytes = g_bytes_new_from_bytes (bytes, start, length);
  body->stop = cut || stall ? MIN (hub->faults.cut_after, length) : length;
  body->cut = cut;
  body->stall = stall;
  body->piece = hub->faults.drip_bytes ? hub->faults.drip_bytes : 65536;
  body->pause = hub->faults.drip_ms;
  g_object_set_data_full (G_OBJECT (message), "body", body, body_free);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), NULL);
  g_signal_connect (message, "wrote-headers", G_CALLBACK (on_wrote_chunk), NULL);
  g_signal_connect (message, "disconnected", G_CALLBACK (on_gone), body);
  g_signal_connect (message, "finished", G_CALLBACK (on_gone), body);
}

/* The bytes of a file, from where the request wants them. */
static void
send_file (AutoTestHub *hub, SoupServerMessage *message, GBytes *bytes)
{
  SoupMessageHeaders *in = soup_server_message_get_request_headers (message), *out = soup_server_message_get_response_headers (message);
  gsize length = g_bytes_get_size (bytes), start = 0;
  g_autofree char *range = g_strdup (soup_message_headers_get_one (in, "Range"));
  g_autoptr(GBytes) wrong = NULL;

  hub->gets++;
  soup_message_headers_remove (in, "Range");  /* or the server would see to it */
  if (range && !use (&hub->faults.refuse_range))
    {
      start = g_ascii_strtoull (range + strlen ("bytes="), NULL, 10);
      if (hub->ranges++ == 0)
        hub->first_range = start;
      if (start >= length)
        {
          soup_server_message_set_status (message, 416, NULL);
          return;
        }
      soup_message_headers_set_content_range (out, start, length - 1, length);
    }
  if (use (&hub->faults.corrupt))
    {
      char *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), length);
      copy[length / 2] ^= 1;
      wrong = g_bytes_new_take (copy, length);
    }
  soup_server_message_set_status (message, start ? 206 : 200, NULL);
  send_bytes (hub, message, wrong ? wrong : bytes, start);
}

static void
fail (SoupServerMessage *message, int status, const char *code, const char *text)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (code)
    soup_message_headers_replace (headers, "X-Error-Code", code);
  if (text)
    soup_message_headers_replace (headers, "X-Error-Message", text);
  soup_server_message_set_status (message, status, NULL);
}

static gboolean
misbehave (AutoTestHub *hub, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  AutoTestFaults *faults = &hub->faults;
  const char *token = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization");

  if (use (&faults->drop))
    {
      close_connection (message);
      soup_server_message_set_status (message, 200, NULL);
    }
  else if (use (&faults->busy))
    {
      if (faults->retry_after)
        soup_message_headers_replace (headers, "Retry-After", faults->retry_after);
      fail (message, 429, NULL, NULL);
    }
  else if (use (&faults->unavailable))
    fail (message, 503, NULL, NULL);
  else if (faults->status)
    fail (message, faults->status, faults->error_code, faults->error_message);
  else if (faults->wanted_token && (!token || !g_str_has_suffix (token, faults->wanted_token)))
    fail (message, 401, NULL, "Invalid credentials");
  else
    return FALSE;
  return TRUE;
}

static void
add_headers (AutoTestHub *hub, SoupServerMessage *message, const char *file, const char *tag, gsize length)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const AutoTestFaults *faults = &hub->faults;
  g_autofree char *quoted = g_strdup_printf (faults->weak_etag ? "W/\"%s\"" : "\"%s\"", faults->etag ? faults->etag : tag);
  g_autofree char *size = g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) length + faults->size_lie);
  g_autofree char *url = g_strdup_printf ("%s/%s?signature=a%%2Fb&file=%s", hub->elsewhere, tag, file);

  if (!faults->no_commit)
    soup_message_headers_replace (headers, "X-Repo-Commit", faults->commit_header ? faults->commit_header : hub->commit);
  if (!faults->no_etag)
    soup_message_headers_replace (headers, "ETag", is_large (file) ? "\"of the pointer\"" : quoted);
  if (!is_large (file))
    return;
  if (!faults->no_linked_etag)
    soup_message_headers_replace (headers, "X-Linked-Etag", quoted);
  if (!faults->no_size)
    soup_message_headers_replace (headers, "X-Linked-Size", size);
  soup_message_headers_replace (headers, "Location", url);
}

/* After the HEAD that it announces, a file changes. */
static void
replace_now (AutoTestHub *hub)
{
  if (!use (&hub->faults.replace))
    return;
  g_file_set_contents (hub->faults.replace_file, hub->faults.replace_with, -1, NULL);
  g_hash_table_remove_all (hub->etags);
  if (hub->faults.commit_after_replace)
    {
      g_free (hub->commit);
      hub->commit = g_strdup (hub->faults.commit_after_replace);
    }
}

static void
answer (AutoTestHub *hub, SoupServerMessage *message, const char *repo, const char *revision, const char *file)
{
  g_autofree char *folder = g_build_filename (hub->root, repo, NULL), *path = g_build_filename (folder, file, NULL);
  g_autoptr(GBytes) bytes = read_file (path);
  gboolean head = g_str_equal (soup_server_message_get_method (message), "HEAD");

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      fail (message, 401, "RepoNotFound", "Invalid username or password.");
      return;
    }
  if (!g_str_equal (revision, "main") && !g_str_equal (revision, "refs/pr/1") && !g_str_equal (revision, hub->commit))
    {
      fail (message, 404, "RevisionNotFound", "Invalid rev id");
      return;
    }
  if (!bytes)
    {
      if (!hub->faults.no_commit)
        soup_message_headers_replace (soup_server_message_get_response_headers (message), "X-Repo-Commit", hub->commit);
      fail (message, 404, "EntryNotFound", "Entry not found");
      return;
    }
  if (!g_hash_table_contains (hub->etags, path))
    g_hash_table_insert (hub->etags, g_strdup (path), etag_of (file, bytes));
  add_headers (hub, message, file, g_hash_table_lookup (hub->etags, path), g_bytes_get_size (bytes));
  if (is_large (file))
    soup_server_message_set_status (message, 302, NULL);
  else if (!head)
    send_file (hub, message, bytes);
  else
    {
      soup_server_message_set_status (message, 200, NULL);
      if (hub->faults.no_size)
        soup_message_headers_set_encoding (soup_server_message_get_response_headers (message), SOUP_ENCODING_CHUNKED);
      else
        soup_message_headers_set_content_length (soup_server_message_get_response_headers (message), g_bytes_get_size (bytes) + hub->faults.size_lie);
    }
  if (head)
    replace_now (hub);
}

static void
on_hub_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  AutoTestHub *hub = data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *full = g_uri_get_path (soup_server_message_get_uri (message)), *resolve = strstr (full, "/resolve/");
  g_autofree char *repo = resolve ? g_strndup (full + 1, resolve - full - 1) : NULL;
  const char *slash = resolve ? strchr (resolve + strlen ("/resolve/"), '/') : NULL;
  g_autofree char *revision = slash ? g_strndup (resolve + strlen ("/resolve/"), slash - resolve - strlen ("/resolve/")) : NULL;

  g_mutex_lock (&hub->mutex);
  if (g_str_equal (soup_server_message_get_method (message), "HEAD"))
    hub->heads++;
  if (misbehave (hub, message))
    ;
  else if (hub->faults.mirror && server == hub->server)
    {
      g_autofree char *url = g_strconcat (hub->elsewhere, full, NULL);
      soup_message_headers_replace (headers, "Location", url);
      soup_server_message_set_status (message, 308, NULL);
    }
  else if (!slash)
    fail (message, 404, NULL, NULL);
  else if (hub->faults.rename && !g_str_has_prefix (repo, "moved/"))
    {
      g_autofree char *location = g_strdup_printf ("/moved%s%s?from=%s", strchr (repo, '/'), resolve, repo);
      soup_message_headers_replace (headers, "Location", location);
      if (hub->faults.no_commit)  /* then the redirect has it */
        soup_message_headers_replace (headers, "X-Repo-Commit", hub->faults.commit_header ? hub->faults.commit_header : hub->commit);
      soup_server_message_set_status (message, 307, NULL);
    }
  else if (hub->faults.rename && !(query && g_hash_table_lookup (query, "from")))
    fail (message, 400, NULL, "the query is gone");
  else
    {
      g_autofree char *plain = g_uri_unescape_string (revision, NULL), *file = g_uri_unescape_string (slash + 1, NULL);
      answer (hub, message, repo, plain, file);
    }
  g_mutex_unlock (&hub->mutex);
}

/* The second port: large files by their hash. */
static void
on_store_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  AutoTestHub *hub = data;
  GHashTableIter iter;
  gpointer file, tag;

  if (soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization"))
    hub->leaks++;
  if (strstr (path, "/resolve/"))
    {
      on_hub_request (server, message, path, query, data);
      return;
    }
  g_mutex_lock (&hub->mutex);
  fail (message, 403, NULL, "Request has expired");
  g_hash_table_iter_init (&iter, hub->etags);
  while (query && g_strcmp0 (g_hash_table_lookup (query, "signature"), "a/b") == 0 && g_hash_table_iter_next (&iter, &file, &tag))
    if (g_str_equal (path + 1, tag))
      {
        g_autoptr(GBytes) bytes = read_file (file);
        soup_message_headers_replace (soup_server_message_get_response_headers (message), "ETag", "\"an entity elsewhere\"");
        if (use (&hub->faults.broken))
          fail (message, 500, NULL, NULL);
        else
          send_file (hub, message, bytes);
        break;
      }
  g_mutex_unlock (&hub->mutex);
}

static SoupServer *
listen_on (AutoTestHub *hub, SoupServerCallback callback, char **address)
{
  SoupServer *server = soup_server_new ("raw-paths", TRUE, NULL);
  GError *error = NULL;

  soup_server_add_handler (server, NULL, callback, hub, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  GSList *uris = soup_server_get_uris (server);
  *address = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return server;
}

static gpointer
serve (gpointer data)
{
  AutoTestHub *hub = data;

  g_main_context_push_thread_default (hub->context);
  g_mutex_lock (&hub->mutex);
  hub->server = listen_on (hub, on_hub_request, &hub->endpoint);
  hub->store = listen_on (hub, on_store_request, &hub->elsewhere);
  g_mutex_unlock (&hub->mutex);
  g_main_loop_run (hub->loop);
  g_object_unref (hub->server);
  g_object_unref (hub->store);
  while (g_main_context_iteration (hub->context, FALSE))
    ;
  g_main_context_pop_thread_default (hub->context);
  return NULL;
}

AutoTestHub *
auto_test_hub_new (void)
{
  AutoTestHub *hub = g_new0 (AutoTestHub, 1);
  gboolean ready = FALSE;

  hub->root = g_dir_make_tmp ("auto-hub-root-XXXXXX", NULL);
  hub->commit = g_strdup (COMMIT);
  hub->context = g_main_context_new ();
  hub->loop = g_main_loop_new (hub->context, FALSE);
  hub->etags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init (&hub->mutex);
  hub->thread = g_thread_new ("test-hub", serve, hub);
  while (!ready)
    {
      g_usleep (1000);
      g_mutex_lock (&hub->mutex);
      ready = hub->store != NULL;
      g_mutex_unlock (&hub->mutex);
    }
  return hub;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* The loop ends itself: it may not have begun yet, and then would know nothing of an end that it was told before. */
void
auto_test_hub_free (AutoTestHub *hub)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_callback (source, quit, hub->loop, NULL);
  g_source_attach (source, hub->context);
  g_thread_join (hub->thread);
  auto_test_remove (hub->root);
  g_main_loop_unref (hub->loop);
  g_main_context_unref (hub->context);
  g_hash_table_unref (hub->etags);
  g_mutex_clear (&hub->mutex);
  g_free (hub->root);
  g_free (hub->commit);
  g_free (hub->endpoint);
  g_free (hub->elsewhere);
  g_free (hub);
}

void
auto_test_hub_add (AutoTestHub *hub, const char *repo, const char *file, const char *data, gssize length)
{
  g_autofree char *path = g_build_filename (hub->root, repo, file, NULL), *folder = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_file_set_contents (path, data, length, &error);
  g_assert_no_error (error);
  g_mutex_lock (&hub->mutex);
  g_hash_table_remove (hub->etags, path);
  g_mutex_unlock (&hub->mutex);
}

char *
auto_test_hub_add_large (AutoTestHub *hub, const char *repo, const char *file, gsize length)
{
  char *data = g_malloc (length + 1);
  guint32 state = 12345;

  for (gsize i = 0; i < length; i++)
    {
      state = state * 1664525u + 1013904223u;
      data[i] = state >> 24;
    }
  auto_test_hub_add (hub, repo, file, data, length);
  return data;
}

void
auto_test_hub_reset (AutoTestHub *hub)
{
  g_mutex_lock (&hub->mutex);
  memset (&hub->faults, 0, sizeof hub->faults);
  hub->heads = hub->gets = hub->ranges = hub->leaks = 0;
  hub->first_range = 0;
  g_mutex_unlock (&hub->mutex);
}

char *
auto_test_hub_etag (AutoTestHub *hub, const char *repo, const char *file)
{
  g_autofree char *path = g_build_filename (hub->root, repo, file, NULL);
  g_autoptr(GBytes) bytes = read_file (path);

  return etag_of (file, bytes);
}

int
auto_test_hub_requests (AutoTestHub *hub)
{
  g_mutex_lock (&hub->mutex);
  int n = hub->heads + hub->gets;
  g_mutex_unlock (&hub->mutex);
  return n;
}

char *
auto_test_new_home (AutoTestHub *hub)
{
  static const char *const names[] = {
    "TRANSFORMERS_CACHE", "PYTORCH_TRANSFORMERS_CACHE", "PYTORCH_PRETRAINED_BERT_CACHE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE",
    "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_DISABLE_IMPLICIT_TOKEN",
    "HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT", "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "no_proxy", "NO_PROXY"
  };
  char *home = g_dir_make_tmp ("auto-hub-home-XXXXXX", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_unsetenv (names[i]);
  g_setenv ("HF_HOME", home, TRUE);
  if (hub)
    g_setenv ("HF_ENDPOINT", hub->endpoint, TRUE);
  return home;
}

void
auto_test_remove (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    {
      g_autoptr(GDir) entries = g_dir_open (path, 0, NULL);
      for (const char *name; entries && (name = g_dir_read_name (entries));)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);
          auto_test_remove (child);
        }
    }
  g_remove (path);
}

void
auto_test_assert_content (const char *path, const char *data, gssize length)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *content = NULL;
  gsize n;

  g_file_get_contents (path, &content, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (content, n, data, length < 0 ? strlen (data) : (gsize) length);
}

static guint
count_pool_threads (void)
{
  g_autoptr(GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  for (const char *task; tasks && (task = g_dir_read_name (tasks));)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", task, "comm", NULL), *name = NULL;
      n += g_file_get_contents (path, &name, NULL, NULL) && g_str_has_prefix (name, "pool-");
    }
  return n;
}

int
auto_test_run (void)
{
  int result = g_test_run ();

  g_thread_pool_set_max_unused_threads (0);
  for (guint wait = 0; wait < 5000 && count_pool_threads (); wait++)
    g_usleep (1000);
  return result;
}
