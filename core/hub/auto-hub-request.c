/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-hub-cache.h"
#include "auto-hub-private.h"
#include "auto-hub-soup.h"
#include "../base/auto-message.h"

#define REDIRECTS 10
#define RETRY_AFTER_LIMIT (120 * 1000)  /* longer than this nobody waits */
#define USER_AGENT "libauto/1"

struct _AutoHubClient
{
  const AutoHubSettings *settings;
  SoupSession *head, *get;  /* the same one when their time-outs are the same */
};

static SoupSession *
new_session (const AutoHubSettings *settings, guint timeout)
{
  SoupSession *session = auto_hub_soup.session_new_with_options ("timeout", timeout, "user-agent", USER_AGENT, NULL);

  if (settings->proxy)
    {
      g_autoptr(GProxyResolver) resolver = g_simple_proxy_resolver_new (settings->proxy, settings->no_proxy);
      auto_hub_soup.session_set_proxy_resolver (session, resolver);
    }
  return session;
}

AutoHubClient *
auto_hub_client_new (const AutoHubSettings *settings)
{
  AutoHubClient *self = g_new0 (AutoHubClient, 1);

  self->settings = settings;
  self->head = new_session (settings, settings->etag_timeout);
  self->get = settings->timeout == settings->etag_timeout ? g_object_ref (self->head) : new_session (settings, settings->timeout);
  return self;
}

void
auto_hub_client_free (AutoHubClient *self)
{
  g_object_unref (self->head);
  g_object_unref (self->get);
  g_free (self);
}

const AutoHubSettings *
auto_hub_client_get_settings (AutoHubClient *self)
{
  return self->settings;
}

void
auto_hub_metadata_clear (AutoHubMetadata *self)
{
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->etag, g_free);
  g_clear_pointer (&self->commit, g_free);
}

void
auto_hub_answer_clear (AutoHubAnswer *self)
{
  g_clear_object (&self->stream);
  g_clear_pointer (&self->etag, g_free);
  g_clear_pointer (&self->linked_etag, g_free);
}

char *
auto_hub_normalize_etag (const char *etag)
{
  while (*etag == 'W' || *etag == '/')
    etag++;
  while (*etag == '"')
    etag++;
  char *name = g_strdup (etag);
  for (gsize n = strlen (name); n > 0 && name[n - 1] == '"'; n--)
    name[n - 1] = '\0';
  return name;
}

guint
auto_hub_backoff (const AutoHubSettings *settings, guint attempt, gint64 retry_after)
{
  guint64 wait = (guint64) settings->retry_delay << MIN (attempt - 1, 6);

  /* people whose downloads broke together should not come back together */
  wait += g_random_int_range (0, settings->retry_delay / 4 + 1);
  return MIN (MAX (wait, (guint64) MAX (retry_after, 0)), RETRY_AFTER_LIMIT);
}

static void
append_certificate_faults (GString *text, GTlsCertificateFlags flags)
{
  static const struct { GTlsCertificateFlags flag; const char *meaning; } faults[] = {
    { G_TLS_CERTIFICATE_UNKNOWN_CA, "it is signed by an unknown authority" },
    { G_TLS_CERTIFICATE_BAD_IDENTITY, "it belongs to another host" },
    { G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not valid yet" },
    { G_TLS_CERTIFICATE_EXPIRED, "it has expired" },
    { G_TLS_CERTIFICATE_REVOKED, "it was revoked" },
    { G_TLS_CERTIFICATE_INSECURE, "its algorithm is insecure" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    if (flags & faults[i].flag)
      g_string_append_printf (text, "; %s", faults[i].meaning);
}

static void
set_tls_error (GError **error, const char *host, const char *reason, SoupMessage *message)
{
  GString *text = g_string_new (reason);

  if (message)
    append_certificate_faults (text, auto_hub_soup.message_get_tls_peer_certificate_errors (message));
  g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_TLS,
               "%s: the secure connection is not trusted: %s; check the clock and the system's certificates", host, text->str);
  g_string_free (text, TRUE);
}

/* Whether a failure is of the kind that is over a moment later; nobody who waits for an answer should be kept by the others. */
static gboolean
is_passing (const GError *cause)
{
  static const int lasting[] = { G_IO_ERROR_CONNECTION_REFUSED, G_IO_ERROR_HOST_NOT_FOUND, G_IO_ERROR_TIMED_OUT,
                                 G_IO_ERROR_NETWORK_UNREACHABLE, G_IO_ERROR_HOST_UNREACHABLE };

  for (gsize i = 0; i < G_N_ELEMENTS (lasting); i++)
    if (g_error_matches (cause, G_IO_ERROR, lasting[i]))
      return FALSE;
  return cause->domain != G_RESOLVER_ERROR;
}

static AutoHubTrouble
wrap (GError **error, const char *url, SoupMessage *message)
{
  g_autoptr(GError) cause = g_steal_pointer (error);
  g_autoptr(GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  const char *host = uri && g_uri_get_host (uri) ? g_uri_get_host (uri) : url;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED) || cause->domain == AUTO_HUB_ERROR)
    {
      *error = g_steal_pointer (&cause);
      return AUTO_HUB_FINAL;
    }
  if (cause->domain == G_TLS_ERROR && !g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_EOF))
    {
      set_tls_error (error, host, cause->message, message);
      return AUTO_HUB_FINAL;
    }
  if (cause->domain == auto_hub_soup.session_error_quark ())
    {
      g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_BAD_RESPONSE, "%s: %s; check HF_ENDPOINT and the proxy", host, cause->message);
      return AUTO_HUB_FINAL;
    }
  g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_NETWORK,
               "%s: %s; check the connection and the proxy, or set local-files-only (HF_HUB_OFFLINE=1) to use the cache alone",
               host, cause->message);
  return is_passing (cause) ? AUTO_HUB_PASSING : AUTO_HUB_LASTING;
}

AutoHubTrouble
auto_hub_wrap_error (GError **error, const char *url)
{
  return wrap (error, url, NULL);
}

static char *
file_url (const AutoHubSettings *settings, const char *repo, const char *revision, const char *file)
{
  g_autofree char *at = g_uri_escape_string (revision, NULL, FALSE), *path = g_uri_escape_string (file, "/", FALSE);

  return g_strdup_printf ("%s/%s/resolve/%s/%s", settings->endpoint, repo, at, path);
}

static int
effective_port (GUri *uri)
{
  if (g_uri_get_port (uri) > 0)
    return g_uri_get_port (uri);
  return g_strcmp0 (g_uri_get_scheme (uri), "https") == 0 ? 443 : 80;
}

/* Whether the token may go to @url: to the hub itself only, and never from https to http. */
static gboolean
is_same_origin (const AutoHubSettings *settings, const char *url)
{
  g_autoptr(GUri) hub = g_uri_parse (settings->endpoint, SOUP_HTTP_URI_FLAGS, NULL), other = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

  if (!hub || !other || !g_uri_get_host (hub) || !g_uri_get_host (other))
    return FALSE;
  if (g_ascii_strcasecmp (g_uri_get_host (hub), g_uri_get_host (other)) != 0)
    return FALSE;
  if (g_str_equal (g_uri_get_scheme (hub), g_uri_get_scheme (other)))
    return effective_port (hub) == effective_port (other);
  return effective_port (hub) == 80 && effective_port (other) == 443 && g_str_equal (g_uri_get_scheme (other), "https");
}

static SoupMessage *
new_message (const AutoHubSettings *settings, const char *method, const char *url, GError **error)
{
  g_autoptr(GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  const char *scheme = uri ? g_uri_get_scheme (uri) : "";
  gboolean good = uri && (g_str_equal (scheme, "http") || g_str_equal (scheme, "https")) && g_uri_get_host (uri) && *g_uri_get_host (uri);
  SoupMessage *message = good ? auto_hub_soup.message_new_from_uri (method, uri) : NULL;

  if (!message)
    {
      auto_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_INVALID_ID,
                      "\"%.200s\" is no http or https address; check HF_ENDPOINT, or what the hub answered", url);
      return NULL;
    }
  SoupMessageHeaders *headers = auto_hub_soup.message_get_request_headers (message);
  auto_hub_soup.message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  auto_hub_soup.message_disable_feature (message, auto_hub_soup.content_decoder_get_type ());
  auto_hub_soup.message_headers_replace (headers, "Accept-Encoding", "identity");
  if (settings->token && is_same_origin (settings, url))
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", settings->token, NULL);
      auto_hub_soup.message_headers_replace (headers, "Authorization", bearer);
    }
  return message;
}

static const char *
header (SoupMessage *message, const char *name)
{
  const char *value = auto_hub_soup.message_headers_get_one (auto_hub_soup.message_get_response_headers (message), name);

  return value && *value ? value : NULL;
}

/* How long the hub asks to be left alone, in milliseconds; 0 when it does not say. */
static gint64
retry_after (SoupMessage *message)
{
  const char *text = header (message, "Retry-After");
  guint64 seconds;

  if (!text)
    return 0;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &seconds, NULL))
    return seconds * 1000;
  g_autoptr(GDateTime) then = auto_hub_soup.date_time_new_from_http_string (text), now = g_date_time_new_now_utc ();
  return then ? MAX (g_date_time_difference (then, now), 0) / 1000 : 0;
}

static void
set_missing (GError **error, SoupMessage *message, int code, const char *what, const char *remedy)
{
  g_autofree char *url = g_uri_to_string_partial (auto_hub_soup.message_get_uri (message), G_URI_HIDE_USERINFO | G_URI_HIDE_QUERY);
  const char *said = header (message, "X-Error-Message");
  g_autofree char *shown = said ? g_strescape (said, NULL) : g_strdup ("");

  g_set_error (error, AUTO_HUB_ERROR, code, "%s: %s (status %u)%s%.300s; %s", url, what, auto_hub_soup.message_get_status (message),
               said ? ": " : "", shown, remedy);
}

/* Names an answer that is no success, by the hub's own code where it sends one. Returns the milliseconds to wait before another
 * attempt, or -1 when that is no use. */
static gint64
set_status_error (GError **error, SoupMessage *message, gboolean has_token)
{
  const char *code = header (message, "X-Error-Code");
  guint status = auto_hub_soup.message_get_status (message);
  const char *gated = "accept the conditions on the repository's page and use a token that may read it (HF_TOKEN)";

  if (g_strcmp0 (code, "RevisionNotFound") == 0)
    set_missing (error, message, AUTO_HUB_ERROR_REVISION_NOT_FOUND, "the repository has no such revision",
                 "check the branch, tag or commit");
  else if (g_strcmp0 (code, "EntryNotFound") == 0 || (status == 404 && !code))
    set_missing (error, message, AUTO_HUB_ERROR_ENTRY_NOT_FOUND, "the repository has no such file", "check the name and the revision");
  else if (g_strcmp0 (code, "GatedRepo") == 0)
    set_missing (error, message, AUTO_HUB_ERROR_GATED, "the repository is gated", gated);
  else if (g_strcmp0 (code, "RepoNotFound") == 0 || status == 404)
    set_missing (error, message, AUTO_HUB_ERROR_REPOSITORY_NOT_FOUND, "the hub has no such repository, or it is private",
                 "check the name; a private repository needs a token (HF_TOKEN)");
  else if (status == 401)
    set_missing (error, message, AUTO_HUB_ERROR_UNAUTHORIZED, has_token ? "the token is not valid" : "a token is needed",
                 "set HF_TOKEN, or the token option, to a token of an account that may read the repository");
  else if (status == 403)
    set_missing (error, message, AUTO_HUB_ERROR_GATED, "access is refused", gated);
  else if (status == 429)
    set_missing (error, message, AUTO_HUB_ERROR_RATE_LIMIT, "the hub refuses more requests for now", "try again later, or use a token");
  else if (status >= 500)
    set_missing (error, message, AUTO_HUB_ERROR_SERVER, "the hub is in trouble", "try again later");
  else if (status == 407)
    set_missing (error, message, AUTO_HUB_ERROR_NETWORK, "the proxy wants a password", "put user:password@ into the proxy's address");
  else
    set_missing (error, message, AUTO_HUB_ERROR_BAD_RESPONSE, "an answer that makes no sense", "check HF_ENDPOINT and the proxy");
  if (status == 429 || (status >= 500 && status != SOUP_STATUS_NOT_IMPLEMENTED))
    return retry_after (message) <= RETRY_AFTER_LIMIT ? retry_after (message) : -1;
  return -1;
}

/* The address that a redirect leads to; the query is kept. */
static char *
redirect_target (SoupMessage *message, GError **error)
{
  const char *location = header (message, "Location");
  GUri *from = auto_hub_soup.message_get_uri (message);
  g_autoptr(GUri) uri = location ? g_uri_parse_relative (from, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;

  if (!uri)
    {
      set_missing (error, message, AUTO_HUB_ERROR_BAD_RESPONSE, "a redirect without a usable Location header",
                   "check HF_ENDPOINT and the proxy");
      return NULL;
    }
  return g_uri_to_string (uri);
}

/* Whether a redirect tells all that there is to know: files kept elsewhere are announced like that. Others are followed: a
 * repository that was renamed, a mirror. */
static gboolean
announces_file (SoupMessage *message)
{
  const char *location = header (message, "Location");
  g_autofree char *scheme = location ? g_uri_parse_scheme (location) : NULL;

  if (!location || !header (message, "X-Repo-Commit"))
    return FALSE;
  if (scheme)
    return header (message, "X-Linked-Etag") || header (message, "ETag");
  return header (message, "X-Linked-Etag") && header (message, "X-Linked-Size");
}

static gboolean
missing_header (GError **error, SoupMessage *message, const char *name)
{
  g_autofree char *what = g_strdup_printf ("the answer has no usable %s header", name);

  set_missing (error, message, AUTO_HUB_ERROR_BAD_RESPONSE, what, "what answers is no hub: check HF_ENDPOINT, the mirror or the proxy");
  return FALSE;
}

/* Redirects and refusals may tell the commit too. */
static void
keep_commit (SoupMessage *message, AutoHubMetadata *metadata)
{
  const char *commit = header (message, "X-Repo-Commit");

  if (!commit || !auto_hub_is_plain_name (commit))
    return;
  g_free (metadata->commit);
  metadata->commit = g_strdup (commit);
}

/* Reads the headers that name a file's bytes; huggingface_hub goes by the same ones. */
static gboolean
read_metadata (SoupMessage *message, const char *url, AutoHubMetadata *metadata, GError **error)
{
  const char *commit = header (message, "X-Repo-Commit"), *linked = header (message, "X-Linked-Etag");
  const char *etag = linked ? linked : header (message, "ETag");
  const char *size = header (message, "X-Linked-Size");

  keep_commit (message, metadata);
  if (!metadata->commit || (commit && !g_str_equal (commit, metadata->commit)))
    return missing_header (error, message, "X-Repo-Commit");
  metadata->etag = etag ? auto_hub_normalize_etag (etag) : NULL;
  if (!metadata->etag || !auto_hub_is_plain_name (metadata->etag) || strlen (metadata->etag) > 200)
    return missing_header (error, message, "X-Linked-Etag or ETag");
  if (!size && !header (message, "Location"))  /* a redirect's length is that of its own text */
    size = header (message, "Content-Length");
  if (!size || !g_ascii_string_to_unsigned (size, 10, 0, G_MAXINT64, &metadata->size, NULL))
    return missing_header (error, message, "X-Linked-Size or Content-Length");
  metadata->linked = linked != NULL;
  metadata->url = header (message, "Location") ? redirect_target (message, error) : g_strdup (url);
  return metadata->url != NULL;
}

static gboolean
set_too_many_redirects (GError **error, const char *url)
{
  g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_BAD_RESPONSE,
               "%s: more than %d redirects; check HF_ENDPOINT and the proxy", url, REDIRECTS);
  return FALSE;
}

/* One HEAD, through redirects that stay on the hub (a repository was renamed) or come from something that is no hub. */
static gboolean
head_once (AutoHubClient *self, const char *first, AutoHubMetadata *metadata, gint64 *wait, GCancellable *cancellable, GError **error)
{
  g_autofree char *url = g_strdup (first);

  for (guint i = 0; i < REDIRECTS; i++)
    {
      g_autoptr(SoupMessage) message = new_message (self->settings, "HEAD", url, error);
      g_autoptr(GInputStream) body = message ? auto_hub_soup.session_send (self->head, message, cancellable, error) : NULL;
      *wait = -1;
      if (!body)
        {
          if (message && wrap (error, url, message) == AUTO_HUB_PASSING)
            *wait = 0;
          return FALSE;
        }
      guint status = auto_hub_soup.message_get_status (message);
      gboolean redirect = status >= 300 && status < 400;
      if (!redirect && status != 200)
        {
          *wait = set_status_error (error, message, self->settings->token != NULL);
          if (g_error_matches (*error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND))
            keep_commit (message, metadata);
          return FALSE;
        }
      if (!redirect || announces_file (message))
        return read_metadata (message, url, metadata, error);
      char *next = redirect_target (message, error);
      if (!next)
        return FALSE;
      keep_commit (message, metadata);
      g_free (url);
      url = next;
    }
  return set_too_many_redirects (error, first);
}

gboolean
auto_hub_client_head (AutoHubClient *self, const char *repo, const char *revision, const char *file, AutoHubMetadata *metadata,
                      GCancellable *cancellable, GError **error)
{
  g_autofree char *url = file_url (self->settings, repo, revision, file);

  for (guint attempt = 1;; attempt++)
    {
      g_autoptr(GError) local = NULL;
      gint64 wait;
      auto_hub_metadata_clear (metadata);
      if (head_once (self, url, metadata, &wait, cancellable, &local))
        return TRUE;
      if (wait < 0 || attempt >= self->settings->tries)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (!auto_hub_sleep (auto_hub_backoff (self->settings, attempt, wait), cancellable, error))
        return FALSE;
    }
}

static void
fill_answer (AutoHubAnswer *answer, SoupMessage *message, GInputStream *stream, gboolean same_origin)
{
  SoupMessageHeaders *headers = auto_hub_soup.message_get_response_headers (message);
  goffset start = 0, end = 0, total = 0;

  answer->stream = stream;
  answer->status = auto_hub_soup.message_get_status (message);
  answer->length = header (message, "Content-Length") ? auto_hub_soup.message_headers_get_content_length (headers) : -1;
  if (answer->status == SOUP_STATUS_PARTIAL_CONTENT && auto_hub_soup.message_headers_get_content_range (headers, &start, &end, &total))
    answer->start = start;
  answer->etag = g_strdup (header (message, "ETag"));
  answer->linked_etag = g_strdup (header (message, "X-Linked-Etag"));
  answer->same_origin = same_origin;
}

gboolean
auto_hub_client_get (AutoHubClient *self, const char *first, guint64 start, AutoHubAnswer *answer, gint64 *wait, GCancellable *cancellable,
                     GError **error)
{
  g_autofree char *url = g_strdup (first);

  for (guint i = 0; i < REDIRECTS; i++)
    {
      g_autoptr(SoupMessage) message = new_message (self->settings, "GET", url, error);
      *wait = -1;
      if (!message)
        return FALSE;
      if (start > 0)
        auto_hub_soup.message_headers_set_range (auto_hub_soup.message_get_request_headers (message), start, -1);
      GInputStream *stream = auto_hub_soup.session_send (self->get, message, cancellable, error);
      if (!stream)
        {
          if (wrap (error, url, message) != AUTO_HUB_FINAL)
            *wait = 0;
          return FALSE;
        }
      guint status = auto_hub_soup.message_get_status (message);
      if (status == 200 || status == 206 || status == 416)
        {
          fill_answer (answer, message, stream, is_same_origin (self->settings, url));
          return TRUE;
        }
      g_object_unref (stream);
      if (status < 300 || status >= 400)
        {
          *wait = set_status_error (error, message, self->settings->token != NULL);
          return FALSE;
        }
      char *next = redirect_target (message, error);
      if (!next)
        return FALSE;
      g_free (url);
      url = next;
    }
  return set_too_many_redirects (error, first);
}
