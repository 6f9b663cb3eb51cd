/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers that no hub should give: each is an error, or a file, and never more than that. And connections that can't be trusted. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "auto-test-hub.h"
#include "core/hub/auto-hub.h"

#define REPO "org/name"
#define MUTATIONS 250
#define GOOD "HTTP/1.1 200 OK\r\nX-Repo-Commit: 0123456789abcdef0123456789abcdef01234567\r\nETag: \"9e26dfeeb6e641a33dae4961196235bdb965b21b\"\r\n" \
             "Content-Length: 2\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
#define BEGIN "HTTP/1.1 200 OK\r\nConnection: close\r\n"
#define COMMIT "X-Repo-Commit: 0123456789abcdef0123456789abcdef01234567\r\n"

/* A server that answers whatever it is told to, to everything. */
typedef struct
{
  GSocketService *service;
  GMutex mutex;
  int busy; /* connections that are being answered */
  GBytes *head, *get;
  char *home;
  AutoHub *hub;
} Fixture;

static void
answer_connection (Fixture *f, GSocketConnection *connection)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr(GDataInputStream) lines = g_data_input_stream_new (in);
  gboolean head = FALSE;

  g_data_input_stream_set_newline_type (lines, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  g_buffered_input_stream_fill (G_BUFFERED_INPUT_STREAM (lines), 1, NULL, NULL);
  const char *start = g_buffered_input_stream_peek_buffer (G_BUFFERED_INPUT_STREAM (lines), NULL);
  gboolean is_tls = start && start[0] == 0x16;
  for (gboolean more = !is_tls; more;)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
      more = line && *line;
      head |= line && g_str_has_prefix (line, "HEAD ");
    }
  g_mutex_lock (&f->mutex);
  g_autoptr(GBytes) answer = g_bytes_ref (head ? f->head : f->get);
  g_mutex_unlock (&f->mutex);
  g_output_stream_write_all (out, g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), NULL, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}

typedef struct
{
  Fixture *fixture;
  GSocketConnection *connection;
} Job;

static gpointer
serve (gpointer data)
{
  Job *job = data;
  Fixture *f = job->fixture;

  answer_connection (f, job->connection);
  g_object_unref (job->connection);
  g_free (job);
  g_atomic_int_add (&f->busy, -1);
  return NULL;
}

/* A thread each: a GThreadedSocketService starts itself again from its own threads when it was full, and so may do after its end. */
static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Job *job = g_new (Job, 1);

  *job = (Job){ data, g_object_ref (connection) };
  g_atomic_int_inc (&job->fixture->busy);
  g_thread_unref (g_thread_new ("pool-serve", serve, job));
  return TRUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *endpoint = NULL;

  f->home = auto_test_new_home (NULL);
  g_setenv ("HF_HUB_ETAG_TIMEOUT", "1", TRUE);
  g_setenv ("HF_HUB_DOWNLOAD_TIMEOUT", "1", TRUE);
  f->service = g_socket_service_new ();
  g_mutex_init (&f->mutex);
  g_signal_connect (f->service, "incoming", G_CALLBACK (on_incoming), f);
  guint port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (f->service), NULL, NULL);
  g_socket_service_start (f->service);
  endpoint = g_strdup_printf ("http://127.0.0.1:%u", port);
  f->hub = g_object_new (AUTO_TYPE_HUB, "retry-delay", 1, "tries", 2, "endpoint", endpoint, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_socket_service_stop (f->service);
  g_socket_listener_close (G_SOCKET_LISTENER (f->service));
  g_object_unref (f->hub);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (f->service);
  while (g_atomic_int_get (&f->busy))
    g_usleep (1000);
  g_clear_pointer (&f->head, g_bytes_unref);
  g_clear_pointer (&f->get, g_bytes_unref);
  auto_test_remove (f->home);
  g_free (f->home);
}

static void
set_answers (Fixture *f, GBytes *head, GBytes *get)
{
  g_mutex_lock (&f->mutex);
  g_clear_pointer (&f->head, g_bytes_unref);
  g_clear_pointer (&f->get, g_bytes_unref);
  f->head = head;
  f->get = get;
  g_mutex_unlock (&f->mutex);
}

/* Fetches; there is a file of right size in the cache, or an error of ours. The loop goes on while the main context turns, since
 * the connections are taken there. */
static void
on_done (GObject *hub, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static char *
fetch (Fixture *f, GError **error)
{
  GAsyncResult *result = NULL;
  g_autofree char *cache = g_build_filename (f->home, "hub", NULL);

  auto_test_remove (cache);
  auto_hub_download_async (f->hub, REPO, NULL, "config.json", NULL, on_done, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  char *path = auto_hub_download_finish (f->hub, result, error);
  g_object_unref (result);
  return path;
}

static void
assert_no_harm (Fixture *f, GBytes *head, GBytes *get)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;

  set_answers (f, head, get);
  path = fetch (f, &error);
  if (path)
    g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  else
    g_assert_cmpuint (error->domain, ==, AUTO_HUB_ERROR);
}

static GBytes *
text (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
test_strange_answers (Fixture *f, gconstpointer data)
{
  static const char *const heads[] = {
    "", "\r\n\r\n", "garbage", "HTTP/9.9 999 x\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 101 Up\r\n\r\n",
    BEGIN COMMIT "ETag: \"\"\r\nContent-Length: 2\r\n\r\n", BEGIN COMMIT "ETag: W/\r\nContent-Length: 2\r\n\r\n",
    BEGIN COMMIT "ETag: \"a\"\r\nContent-Length: -2\r\n\r\n", BEGIN COMMIT "ETag: \"a\"\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    BEGIN COMMIT "ETag: \"a\"\r\nContent-Length: two\r\n\r\n", BEGIN COMMIT "ETag: \"a\"\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
    BEGIN COMMIT "ETag: \"a\"\r\nX-Linked-Size: 18446744073709551615\r\n\r\n", BEGIN COMMIT "ETag: \"a\"\r\nX-Linked-Size: 1e3\r\n\r\n",
    BEGIN COMMIT "ETag: \"\xff\xfe\"\r\nContent-Length: 2\r\n\r\n", BEGIN "X-Repo-Commit: \xc3\x28\r\nETag: \"a\"\r\nContent-Length: 2\r\n\r\n",
    "HTTP/1.1 302 x\r\nConnection: close\r\nLocation: \r\n\r\n", "HTTP/1.1 302 x\r\nConnection: close\r\nLocation: ://\r\n\r\n",
    "HTTP/1.1 302 x\r\nConnection: close\r\nLocation: http://[\r\n\r\n", "HTTP/1.1 302 x\r\nConnection: close\r\nLocation: file:///etc/passwd\r\n\r\n",
    "HTTP/1.1 302 x\r\nConnection: close\r\nLocation: javascript:x\r\n\r\n", "HTTP/1.1 302 x\r\nConnection: close\r\nLocation: //\r\n\r\n",
    "HTTP/1.1 302 x\r\nConnection: close\r\nLocation: http:///x\r\n\r\n", "HTTP/1.1 302 x\r\nConnection: close\r\nLocation: \xff\r\n\r\n",
    "HTTP/1.1 302 x\r\nConnection: close\r\nLocation: /again\r\n\r\n" /* for ever */, "HTTP/1.1 302 x\r\nConnection: close\r\nLocation: http://a b/\r\n\r\n",
    "HTTP/1.1 302 x\r\nConnection: close\r\n" COMMIT "X-Linked-Etag: \"a\"\r\nX-Linked-Size: 2\r\nLocation: ftp://127.0.0.1/x\r\n\r\n",
    "HTTP/1.1 429 x\r\nConnection: close\r\nRetry-After: -5\r\n\r\n", "HTTP/1.1 429 x\r\nConnection: close\r\nRetry-After: Wed, 99 Foo\r\n\r\n",
    "HTTP/1.1 503 x\r\nConnection: close\r\nRetry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n",
    "HTTP/1.1 404 x\r\nConnection: close\r\nX-Error-Code: EntryNotFound\r\nX-Repo-Commit: ../../../x\r\n\r\n",
    "HTTP/1.1 403 x\r\nConnection: close\r\nX-Error-Message: %s%n\xff\x01\r\n\r\n", "HTTP/1.1 401 x\r\nConnection: close\r\nWWW-Authenticate: Basic realm=\"a\"\r\n\r\n",
    "HTTP/1.1 407 x\r\nConnection: close\r\nProxy-Authenticate: Basic\r\n\r\n", "HTTP/1.1 304 x\r\nConnection: close\r\n\r\n",
  };
  static const char *const gets[] = {
    "", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\n{} ", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}{}{}{}",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 206 x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 206 x\r\nConnection: close\r\nContent-Range: bytes 5-6/7\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 206 x\r\nConnection: close\r\nContent-Range: bytes -1-99999999999999999999/x\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 416 x\r\nConnection: close\r\n\r\n", "HTTP/1.1 204 x\r\nConnection: close\r\n\r\n", "HTTP/1.1 304 x\r\nConnection: close\r\n\r\n",
    "HTTP/1.1 302 x\r\nConnection: close\r\nLocation: /again\r\n\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    assert_no_harm (f, text (heads[i]), text (GOOD "{}"));
  for (gsize i = 0; i < G_N_ELEMENTS (gets); i++)
    assert_no_harm (f, text (GOOD), text (gets[i]));
}

static GBytes *
mutate (const char *text)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  gsize length = strlen (text);

  g_byte_array_append (bytes, (const guint8 *) text, length);
  for (int n = g_test_rand_int_range (1, 6); n > 0; n--)
    {
      guint at = g_test_rand_int_range (0, bytes->len);
      guint8 value = g_test_rand_int_range (0, 256);
      switch (g_test_rand_int_range (0, 4))
        {
        case 0: bytes->data[at] = value; break;
        case 1: bytes->data[at] ^= 1 << (value % 8); break;
        case 2: g_byte_array_remove_range (bytes, at, MIN (value % 16u, bytes->len - at)); break;
        default:
          {
            guint n_more = MIN (value, bytes->len - at);
            g_autofree guint8 *more = g_memdup2 (bytes->data + at, n_more);
            g_byte_array_append (bytes, more ? more : &value, n_more);
          }
        }
      if (bytes->len == 0)
        break;
    }
  return g_bytes_new (bytes->data, bytes->len);
}

static void
test_mutations (Fixture *f, gconstpointer data)
{
  for (int i = 0; i < MUTATIONS; i++)
    assert_no_harm (f, i % 2 ? mutate (GOOD) : text (GOOD), i % 2 ? text (GOOD "{}") : mutate (GOOD "{}"));
}

/* The good one is good, or the tests above would say nothing. */
static void
test_good (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  set_answers (f, text (GOOD), text (GOOD "{}"));
  g_autofree char *path = fetch (f, &error);
  g_assert_no_error (error);
  auto_test_assert_content (path, "{}", 2);
}

/* A header without end must not fill the memory. */
static void
test_endless_header (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  GString *answer = g_string_new (BEGIN);

  for (int i = 0; i < 40000; i++)
    g_string_append_printf (answer, "X-%d: %050d\r\n", i, i);
  set_answers (f, g_string_free_to_bytes (answer), text (GOOD));
  g_autofree char *path = fetch (f, &error);
  g_assert_null (path);
  g_assert_cmpuint (error->domain, ==, AUTO_HUB_ERROR);
}

static void
test_proxy (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *proxy = NULL;

  g_object_get (f->hub, "endpoint", &proxy, NULL);
  g_object_set (f->hub, "endpoint", "http://hub.invalid", "proxy", proxy, NULL);
  set_answers (f, text (GOOD), text (GOOD "{}"));
  g_autofree char *path = fetch (f, &error);
  g_assert_no_error (error);
  auto_test_assert_content (path, "{}", 2);
  g_object_set (f->hub, "proxy", NULL, NULL);
  g_setenv ("ALL_PROXY", proxy, TRUE);
  g_autofree char *all = fetch (f, &error);
  g_assert_no_error (error);
  g_setenv ("NO_PROXY", "other.invalid, hub.invalid", TRUE);
  g_autofree char *none = fetch (f, &error);
  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_NETWORK);
}

static void
assert_tls_error (Fixture *f, const char *endpoint, const char *says)
{
  g_autoptr(GError) error = NULL;

  g_object_set (f->hub, "endpoint", endpoint, NULL);
  g_autofree char *path = fetch (f, &error);
  g_test_message ("%s", error->message);
  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_TLS);
  g_assert_nonnull (strstr (error->message, says));
}

/* Something that speaks no TLS, and a certificate that nobody vouches for. */
static void
test_tls (Fixture *f, gconstpointer data)
{
  g_autofree char *plain = NULL, *key = g_build_filename (f->home, "key.pem", NULL), *pem = g_build_filename (f->home, "cert.pem", NULL);
  const char *argv[] = { "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=other.example", "-keyout", key,
                         "-out", pem, NULL };
  g_autoptr(GTlsCertificate) certificate = NULL;
  g_autoptr(SoupServer) server = NULL;
  g_autoptr(GError) error = NULL;
  int status = 1;

  g_object_get (f->hub, "endpoint", &plain, NULL);
  g_autofree char *as_tls = g_strconcat ("https", plain + strlen ("http"), NULL);
  set_answers (f, text (GOOD), text (GOOD "{}"));
  assert_tls_error (f, as_tls, "127.0.0.1");
  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, NULL) || status != 0)
    {
      g_test_skip ("openssl is not there to make a certificate");
      return;
    }
  certificate = g_tls_certificate_new_from_files (pem, key, &error);
  g_assert_no_error (error);
  server = soup_server_new ("tls-certificate", certificate, NULL);
  g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_HTTPS | SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  GSList *uris = soup_server_get_uris (server);
  g_autofree char *endpoint = g_strdup_printf ("https://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  assert_tls_error (f, endpoint, "unknown authority");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/hub/hostile/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("good", test_good);
  ADD ("strange-answers", test_strange_answers);
  ADD ("mutations", test_mutations);
  ADD ("endless-header", test_endless_header);
  ADD ("proxy", test_proxy);
  ADD ("tls", test_tls);
  return auto_test_run ();
}
