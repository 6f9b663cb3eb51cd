/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One file at a time: where it lands, what is asked, what an answer means. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "auto-test-hub.h"
#include "core/hub/auto-hub.h"

#define REPO "org/name"
#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define CONFIG "{\"model_type\": \"test\"}"
#define LARGE 300000

typedef struct
{
  AutoTestHub *server;
  AutoHub *hub;
  char *home, *large;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = auto_test_hub_new ();
  f->home = auto_test_new_home (f->server);
  f->hub = g_object_new (AUTO_TYPE_HUB, "retry-delay", 5, NULL);
  auto_test_hub_add (f->server, REPO, "config.json", CONFIG, -1);
  f->large = auto_test_hub_add_large (f->server, REPO, "model.safetensors", LARGE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->hub);
  auto_test_hub_free (f->server);
  auto_test_remove (f->home);
  g_free (f->home);
  g_free (f->large);
}

static char *
get (Fixture *f, const char *file)
{
  g_autoptr(GError) error = NULL;
  char *path = auto_hub_download (f->hub, REPO, NULL, file, NULL, &error);

  g_assert_no_error (error);
  return path;
}

static GError *
get_error (Fixture *f, const char *file)
{
  GError *error = NULL;
  g_autofree char *path = auto_hub_download (f->hub, REPO, NULL, file, NULL, &error);

  g_assert_null (path);
  g_assert_nonnull (error);
  return error;
}

static char *
in_cache (Fixture *f, const char *path)
{
  return g_build_filename (f->home, "hub", "models--org--name", path, NULL);
}

static void
assert_text (Fixture *f, const char *where, const char *text)
{
  g_autofree char *path = in_cache (f, where);

  auto_test_assert_content (path, text, -1);
}

static void
assert_link (Fixture *f, const char *where, const char *start, const char *etag)
{
  g_autofree char *path = in_cache (f, where), *target = g_file_read_link (path, NULL), *expected = g_strconcat (start, etag, NULL);

  g_assert_cmpstr (target, ==, expected);
}

static void
test_layout (Fixture *f, gconstpointer data)
{
  g_autofree char *config = get (f, "config.json"), *model = get (f, "model.safetensors"), *etag = NULL, *sha = NULL;
  g_autofree char *expected = in_cache (f, "snapshots/" COMMIT "/config.json");
  g_autofree char *lock = NULL, *lock_path = NULL;

  g_assert_cmpstr (config, ==, expected);
  auto_test_assert_content (config, CONFIG, -1);
  auto_test_assert_content (model, f->large, LARGE);
  assert_text (f, "refs/main", COMMIT);
  etag = auto_test_hub_etag (f->server, REPO, "config.json");
  sha = auto_test_hub_etag (f->server, REPO, "model.safetensors");
  assert_link (f, "snapshots/" COMMIT "/config.json", "../../blobs/", etag);
  assert_link (f, "snapshots/" COMMIT "/model.safetensors", "../../blobs/", sha);
  lock = g_strconcat (sha, ".lock", NULL);
  lock_path = g_build_filename (f->home, "hub", ".locks", "models--org--name", lock, NULL);
  g_assert_true (g_file_test (lock_path, G_FILE_TEST_IS_REGULAR));
}

static void
test_subfolder_and_odd_names (Fixture *f, gconstpointer data)
{
  g_autofree char *etag = NULL, *path = NULL;

  auto_test_hub_add (f->server, REPO, "a b/c+d/\xc3\xa9%20#?.txt", "odd", -1);
  path = get (f, "a b/c+d/\xc3\xa9%20#?.txt");
  auto_test_assert_content (path, "odd", -1);
  etag = auto_test_hub_etag (f->server, REPO, "a b/c+d/\xc3\xa9%20#?.txt");
  assert_link (f, "snapshots/" COMMIT "/a b/c+d/\xc3\xa9%20#?.txt", "../../../../blobs/", etag);
}

static void
test_empty_file (Fixture *f, gconstpointer data)
{
  auto_test_hub_add (f->server, REPO, "empty.txt", "", 0);
  g_autofree char *path = get (f, "empty.txt");
  auto_test_assert_content (path, "", 0);
}

static void
test_warm_cache_asks_nothing (Fixture *f, gconstpointer data)
{
  g_autofree char *first = get (f, "config.json");
  int requests = auto_test_hub_requests (f->server);
  g_autofree char *again = get (f, "config.json");
  gboolean absent;
  g_autofree char *found = auto_hub_lookup (f->hub, REPO, NULL, "config.json", &absent, NULL);

  g_assert_cmpint (auto_test_hub_requests (f->server), ==, requests);
  g_assert_cmpstr (again, ==, first);
  g_assert_cmpstr (found, ==, first);
  g_assert_false (absent);
}

static void
test_refresh (Fixture *f, gconstpointer data)
{
  const char *next = "fedcba9876543210fedcba9876543210fedcba98";
  g_autofree char *old = get (f, "config.json"), *still = NULL, *fresh = NULL, *dead = NULL;

  auto_test_hub_add (f->server, REPO, "config.json", "{}", 2);
  g_free (f->server->commit);
  f->server->commit = g_strdup (next);
  still = get (f, "config.json");
  g_assert_cmpstr (still, ==, old);
  g_object_set (f->hub, "refresh", TRUE, NULL);
  fresh = get (f, "config.json");
  auto_test_assert_content (fresh, "{}", 2);
  assert_text (f, "refs/main", next);
  auto_test_assert_content (old, CONFIG, -1);
  /* a hub that is away is no reason to fail when the cache has the file */
  g_object_set (f->hub, "endpoint", "http://127.0.0.1:1", NULL);
  dead = get (f, "config.json");
  g_assert_cmpstr (dead, ==, fresh);
}

static void
test_revisions (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *by_commit = auto_hub_download (f->hub, REPO, COMMIT, "config.json", NULL, &error), *by_ref = NULL, *none = NULL;

  g_assert_no_error (error);
  by_ref = auto_hub_download (f->hub, REPO, "refs/pr/1", "config.json", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (by_commit, ==, by_ref);
  assert_text (f, "refs/refs/pr/1", COMMIT);
  none = auto_hub_download (f->hub, REPO, "no-such", "config.json", NULL, &error);
  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_REVISION_NOT_FOUND);
}

static void
test_absent_is_remembered (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = get_error (f, "vocab.txt"), again = NULL;
  int requests = auto_test_hub_requests (f->server);
  gboolean absent;
  g_autofree char *found = NULL;

  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND);
  assert_text (f, ".no_exist/" COMMIT "/vocab.txt", "");
  assert_text (f, "refs/main", COMMIT);
  again = get_error (f, "vocab.txt");
  g_assert_error (again, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND);
  g_assert_cmpint (auto_test_hub_requests (f->server), ==, requests);
  found = auto_hub_lookup (f->hub, REPO, NULL, "vocab.txt", &absent, NULL);
  g_assert_null (found);
  g_assert_true (absent);
}

static void
test_force (Fixture *f, gconstpointer data)
{
  g_autofree char *path = get (f, "model.safetensors"), *again = NULL;
  int gets = f->server->gets;

  g_object_set (f->hub, "force", TRUE, NULL);
  again = get (f, "model.safetensors");
  g_assert_cmpint (f->server->gets, ==, gets + 1);
  auto_test_assert_content (again, f->large, LARGE);
}

/* Names that would leave the snapshot, and other things that are no names. */
static void
test_names_are_checked (Fixture *f, gconstpointer data)
{
  static const char *const repos[] = { "", "a/b/c", "../x", "a--b", "org/", "/name", "org/name.git", "-a", "org/.name", "a b", "org\nname" };
  static const char *const files[] = { "", "../x", "a/../../x", "/etc/passwd", "a//b", ".", "a/", "a\\b", "a\nb", "\xff" };

  for (gsize i = 0; i < G_N_ELEMENTS (repos); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *path = auto_hub_download (f->hub, repos[i], NULL, "config.json", NULL, &error);
      g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_INVALID_ID);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr(GError) error = get_error (f, files[i]);
      g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_INVALID_ID);
    }
  g_autoptr(GError) error = NULL;
  g_autofree char *path = auto_hub_download (f->hub, REPO, "../../x", "config.json", NULL, &error);
  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_INVALID_ID);
  g_assert_cmpint (auto_test_hub_requests (f->server), ==, 0);
}

static void
test_status_errors (Fixture *f, gconstpointer data)
{
  static const struct { int status; const char *code; int error; const char *says; } cases[] = {
    { 401, "RepoNotFound", AUTO_HUB_ERROR_REPOSITORY_NOT_FOUND, "private" },
    { 401, "GatedRepo", AUTO_HUB_ERROR_GATED, "token" },
    { 403, "GatedRepo", AUTO_HUB_ERROR_GATED, "conditions" },
    { 403, NULL, AUTO_HUB_ERROR_GATED, "refused" },
    { 401, NULL, AUTO_HUB_ERROR_UNAUTHORIZED, "HF_TOKEN" },
    { 404, "RepoNotFound", AUTO_HUB_ERROR_REPOSITORY_NOT_FOUND, "check the name" },
    { 404, "RevisionNotFound", AUTO_HUB_ERROR_REVISION_NOT_FOUND, "branch" },
    { 404, "EntryNotFound", AUTO_HUB_ERROR_ENTRY_NOT_FOUND, "config.json" },
    { 404, NULL, AUTO_HUB_ERROR_ENTRY_NOT_FOUND, "config.json" },
    { 429, NULL, AUTO_HUB_ERROR_RATE_LIMIT, "later" },
    { 500, NULL, AUTO_HUB_ERROR_SERVER, "500" },
    { 503, NULL, AUTO_HUB_ERROR_SERVER, "503" },
    { 400, NULL, AUTO_HUB_ERROR_BAD_RESPONSE, "400" },
    { 204, NULL, AUTO_HUB_ERROR_BAD_RESPONSE, "204" },
    { 302, NULL, AUTO_HUB_ERROR_BAD_RESPONSE, "Location" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      f->server->faults.status = cases[i].status;
      f->server->faults.error_code = cases[i].code;
      f->server->faults.error_message = "said by the \033[1mhub";
      g_autoptr(GError) error = get_error (f, "config.json");
      g_test_message ("%d %s: %s", cases[i].status, cases[i].code ? cases[i].code : "", error->message);
      g_assert_error (error, AUTO_HUB_ERROR, cases[i].error);
      g_assert_nonnull (strstr (error->message, cases[i].says));
      g_assert_null (strchr (error->message, '\033'));
    }
}

static void
test_rate_limit (Fixture *f, gconstpointer data)
{
  gint64 start = g_get_monotonic_time ();

  f->server->faults.busy = 2;
  f->server->faults.retry_after = "1";
  g_autofree char *path = get (f, "config.json");
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 2 * G_USEC_PER_SEC);
  auto_test_hub_reset (f->server);
  f->server->faults.busy = -1;
  f->server->faults.retry_after = "86400";  /* nobody waits a day */
  start = g_get_monotonic_time ();
  g_autoptr(GError) error = get_error (f, "vocab.txt");
  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_RATE_LIMIT);
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
}

static void
test_passing_trouble (Fixture *f, gconstpointer data)
{
  f->server->faults.unavailable = 2;
  f->server->faults.broken = 2;
  f->server->faults.drop = 1;
  g_autofree char *path = get (f, "model.safetensors");
  auto_test_assert_content (path, f->large, LARGE);
}

static void
test_token (Fixture *f, gconstpointer data)
{
  g_autofree char *token_file = g_build_filename (f->home, "token", NULL);
  g_autoptr(GError) error = NULL, refused = NULL;
  g_autofree char *path = NULL, *other = NULL;

  f->server->faults.wanted_token = "Bearer hf_secret";
  error = get_error (f, "config.json");
  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_UNAUTHORIZED);
  g_assert_true (g_file_set_contents (token_file, " hf_secret\r\n", -1, NULL));
  path = get (f, "config.json");
  g_setenv ("HF_TOKEN", "hf_wrong", TRUE);
  refused = get_error (f, "model.safetensors");
  g_assert_error (refused, AUTO_HUB_ERROR, AUTO_HUB_ERROR_UNAUTHORIZED);
  g_assert_null (strstr (refused->message, "hf_wrong"));
  g_object_set (f->hub, "token", "hf_secret", NULL);
  other = get (f, "model.safetensors");
  g_assert_cmpint (f->server->leaks, ==, 0);  /* the bytes came from another port */
}

/* B65: what mirrors and proxies do to the headers. */
static void
test_headers_b65 (Fixture *f, gconstpointer data)
{
  g_autofree char *sha = auto_test_hub_etag (f->server, REPO, "model.safetensors"), *blob = g_strconcat ("blobs/", sha, NULL);
  g_autofree char *blob_path = in_cache (f, blob), *model = NULL, *config = NULL, *etag = NULL;

  f->server->faults.no_etag = TRUE;  /* linked etag alone */
  model = get (f, "model.safetensors");
  g_assert_true (g_file_test (blob_path, G_FILE_TEST_IS_REGULAR));
  auto_test_hub_reset (f->server);
  f->server->faults.weak_etag = TRUE;
  config = get (f, "config.json");
  etag = auto_test_hub_etag (f->server, REPO, "config.json");
  assert_link (f, "snapshots/" COMMIT "/config.json", "../../blobs/", etag);
}

static void
test_redirects_b65 (Fixture *f, gconstpointer data)
{
  g_autofree char *model = NULL, *config = NULL;

  auto_test_hub_add (f->server, "moved/name", "config.json", CONFIG, -1);
  f->server->faults.rename = TRUE;
  config = get (f, "config.json");  /* 400 when the query is lost */
  auto_test_assert_content (config, CONFIG, -1);
  auto_test_hub_add (f->server, "moved/name", "vocab.txt", "word", -1);
  f->server->faults.no_commit = TRUE;  /* it comes with the redirect alone */
  g_autofree char *vocabulary = get (f, "vocab.txt");
  auto_test_assert_content (vocabulary, "word", -1);
  g_autoptr(GError) absent = get_error (f, "none.txt");
  assert_text (f, ".no_exist/" COMMIT "/none.txt", "");
  f->server->faults.commit_header = "../../../../stray";
  g_autoptr(GError) hostile = get_error (f, "other.txt");
  g_assert_error (hostile, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND);
  g_autofree char *stray = g_build_filename (f->home, "stray", NULL);
  g_assert_false (g_file_test (stray, G_FILE_TEST_EXISTS));
  auto_test_hub_reset (f->server);
  g_object_set (f->hub, "token", "hf_secret", NULL);
  f->server->faults.mirror = TRUE;
  model = get (f, "model.safetensors");
  auto_test_assert_content (model, f->large, LARGE);
  g_assert_cmpint (f->server->leaks, ==, 0);
}

static void
test_missing_headers_b65 (Fixture *f, gconstpointer data)
{
  struct { gboolean *fault; const char *file, *names; } cases[] = {
    { &f->server->faults.no_commit, "config.json", "X-Repo-Commit" },
    { &f->server->faults.no_etag, "config.json", "ETag" },
    { &f->server->faults.no_size, "config.json", "Content-Length" },
    { &f->server->faults.no_size, "model.safetensors", "X-Linked-Size" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      auto_test_hub_reset (f->server);
      *cases[i].fault = TRUE;
      g_autoptr(GError) error = get_error (f, cases[i].file);
      g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_BAD_RESPONSE);
      g_assert_nonnull (strstr (error->message, cases[i].names));
    }
}

/* A server that wants its files to land elsewhere. */
static void
test_hostile_headers (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "../../../x", "a/b", "..", ".", "a\\b" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      auto_test_hub_reset (f->server);
      f->server->faults.etag = names[i];
      g_autoptr(GError) error = get_error (f, "config.json");
      g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_BAD_RESPONSE);
      auto_test_hub_reset (f->server);
      f->server->faults.commit_header = names[i];
      g_autoptr(GError) other = get_error (f, "config.json");
      g_assert_error (other, AUTO_HUB_ERROR, AUTO_HUB_ERROR_BAD_RESPONSE);
    }
}

static void
test_bad_endpoint (Fixture *f, gconstpointer data)
{
  static const struct { const char *endpoint; int code; } cases[] = {
    { "ftp://127.0.0.1", AUTO_HUB_ERROR_INVALID_ID }, { "nonsense", AUTO_HUB_ERROR_INVALID_ID }, { "http://", AUTO_HUB_ERROR_INVALID_ID },
    { "http://127.0.0.1:1", AUTO_HUB_ERROR_NETWORK }, { "http://no-such-host.invalid", AUTO_HUB_ERROR_NETWORK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_object_set (f->hub, "endpoint", cases[i].endpoint, NULL);
      g_autoptr(GError) error = get_error (f, "config.json");
      g_test_message ("%s: %s", cases[i].endpoint, error->message);
      g_assert_error (error, AUTO_HUB_ERROR, cases[i].code);
    }
}

static void
test_environment (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "HUGGINGFACE_HUB_CACHE", "HF_HUB_CACHE", "TRANSFORMERS_CACHE" };  /* the later ones win */

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *cache = g_build_filename (f->home, names[i], NULL);
      g_setenv (names[i], cache, TRUE);
      g_autofree char *path = get (f, "config.json");
      g_assert_true (g_str_has_prefix (path, cache));
    }
  g_autofree char *own = g_build_filename (f->home, "own", NULL);
  g_object_set (f->hub, "cache-dir", own, NULL);
  g_autofree char *path = get (f, "config.json");
  g_assert_true (g_str_has_prefix (path, own));
}

/* B67: offline, with a warm cache, a known absence and a cold file; the network is dead. */
static void
test_offline_b67 (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE" };
  g_autofree char *warm = get (f, "config.json");
  g_autoptr(GError) absent = get_error (f, "vocab.txt");
  gint64 start = g_get_monotonic_time ();

  g_setenv ("HF_ENDPOINT", "http://10.255.255.1", TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_setenv (names[i], "yes", TRUE);
      g_autofree char *path = get (f, "config.json");
      g_autoptr(GError) cold = get_error (f, "model.safetensors");
      g_autoptr(GError) known = get_error (f, "vocab.txt");
      g_assert_cmpstr (path, ==, warm);
      g_assert_error (cold, AUTO_HUB_ERROR, AUTO_HUB_ERROR_OFFLINE);
      g_assert_nonnull (strstr (cold->message, "model.safetensors"));
      g_assert_nonnull (strstr (cold->message, "HF_HUB_OFFLINE"));
      g_assert_error (known, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND);
      g_unsetenv (names[i]);
    }
  /* not even told to be offline: what the cache has is enough */
  g_autofree char *path = get (f, "config.json");
  g_assert_cmpstr (path, ==, warm);
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
}

/* Somebody takes the connection and never answers: one time-out, and the cache is used. */
static void
test_silence_b67 (Fixture *f, gconstpointer data)
{
  g_autoptr(GSocketListener) listener = g_socket_listener_new ();
  g_autofree char *endpoint = g_strdup_printf ("http://127.0.0.1:%u", g_socket_listener_add_any_inet_port (listener, NULL, NULL));
  g_autofree char *warm = get (f, "config.json"), *again = NULL;
  gint64 start;

  g_setenv ("HF_HUB_ETAG_TIMEOUT", "1", TRUE);
  g_object_set (f->hub, "endpoint", endpoint, "refresh", TRUE, NULL);
  start = g_get_monotonic_time ();
  again = get (f, "config.json");
  g_assert_cmpstr (again, ==, warm);
  g_autoptr(GError) error = get_error (f, "model.safetensors");
  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_NETWORK);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 4 * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/hub/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("layout", test_layout);
  ADD ("subfolder-and-odd-names", test_subfolder_and_odd_names);
  ADD ("empty-file", test_empty_file);
  ADD ("warm-cache-asks-nothing", test_warm_cache_asks_nothing);
  ADD ("refresh", test_refresh);
  ADD ("revisions", test_revisions);
  ADD ("absent-is-remembered", test_absent_is_remembered);
  ADD ("force", test_force);
  ADD ("names-are-checked", test_names_are_checked);
  ADD ("status-errors", test_status_errors);
  ADD ("rate-limit", test_rate_limit);
  ADD ("passing-trouble", test_passing_trouble);
  ADD ("token", test_token);
  ADD ("B65/etags", test_headers_b65);
  ADD ("B65/redirects", test_redirects_b65);
  ADD ("B65/missing-headers", test_missing_headers_b65);
  ADD ("hostile-headers", test_hostile_headers);
  ADD ("bad-endpoint", test_bad_endpoint);
  ADD ("environment", test_environment);
  ADD ("B67/offline", test_offline_b67);
  ADD ("B67/silence", test_silence_b67);
  return auto_test_run ();
}
