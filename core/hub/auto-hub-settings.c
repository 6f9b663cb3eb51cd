/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-hub-private.h"

#include <errno.h>
#include <string.h>

#include "../base/auto-io.h"

#define TOKEN_LIMIT (64 * 1024)

static const char *
environment (const char *name)
{
  const char *value = g_getenv (name);

  return value && *value ? value : NULL;
}

static gboolean
environment_true (const char *name)
{
  static const char *const words[] = { "1", "ON", "YES", "TRUE" };
  const char *value = environment (name);

  for (gsize i = 0; value && i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (value, words[i]) == 0)
      return TRUE;
  return FALSE;
}

static guint
environment_number (const char *name, guint otherwise)
{
  guint64 value;

  if (environment (name) && g_ascii_string_to_unsigned (environment (name), 10, 1, 24 * 3600, &value, NULL))
    return value;
  return otherwise;
}

static char *
expand_home (const char *path)
{
  if (path[0] == '~' && (path[1] == '/' || path[1] == '\0'))
    return g_build_filename (g_get_home_dir (), path + 1, NULL);
  return g_strdup (path);
}

static char *
hub_home (void)
{
  if (environment ("HF_HOME"))
    return expand_home (environment ("HF_HOME"));
  if (environment ("XDG_CACHE_HOME"))
    return g_build_filename (environment ("XDG_CACHE_HOME"), "huggingface", NULL);
  return g_build_filename (g_get_home_dir (), ".cache", "huggingface", NULL);
}

char *
auto_hub_default_cache (void)
{
  static const char *const names[] = {
    "TRANSFORMERS_CACHE", "PYTORCH_TRANSFORMERS_CACHE", "PYTORCH_PRETRAINED_BERT_CACHE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (environment (names[i]))
      return expand_home (environment (names[i]));
  g_autofree char *home = hub_home ();
  return g_build_filename (home, "hub", NULL);
}

char *
auto_hub_default_endpoint (void)
{
  const char *endpoint = environment ("HF_ENDPOINT");

  return g_strdup (endpoint ? endpoint : "https://huggingface.co");
}

/* A token must fit one header line: what a file or a clipboard adds around it goes. */
static char *
clean_token (const char *text)
{
  g_autofree char *token = g_strdup (text);
  char *end = token;

  for (const char *p = token; *p; p++)
    if (*p != '\r' && *p != '\n')
      *end++ = *p;
  *end = '\0';
  g_strstrip (token);
  return *token ? g_steal_pointer (&token) : NULL;
}

static char *
default_token (void)
{
  const char *text = environment ("HF_TOKEN") ? environment ("HF_TOKEN") : environment ("HUGGING_FACE_HUB_TOKEN");
  g_autofree char *home = NULL, *path = NULL, *content = NULL;

  if (environment_true ("HF_HUB_DISABLE_IMPLICIT_TOKEN"))
    return NULL;
  if (text)
    return clean_token (text);
  home = hub_home ();
  path = environment ("HF_TOKEN_PATH") ? expand_home (environment ("HF_TOKEN_PATH")) : g_build_filename (home, "token", NULL);
  content = auto_io_read_text (path, TOKEN_LIMIT, NULL, NULL);
  return content ? clean_token (content) : NULL;
}

static char *
proxy_address (const char *text)
{
  if (g_str_has_prefix (text, "socks5h://"))  /* names are always resolved by the proxy here */
    return g_strconcat ("socks5://", text + strlen ("socks5h://"), NULL);
  return strstr (text, "://") ? g_strdup (text) : g_strconcat ("http://", text, NULL);
}

static const char *
environment_either (const char *lower, const char *upper)
{
  return environment (lower) ? environment (lower) : environment (upper);
}

/* ALL_PROXY is no business of the system's resolver, which sees to HTTP_PROXY, HTTPS_PROXY and NO_PROXY itself. */
static void
read_proxy_for_all (AutoHubSettings *self)
{
  const char *proxy = environment_either ("all_proxy", "ALL_PROXY"), *without = environment_either ("no_proxy", "NO_PROXY");

  if (!proxy || environment_either ("http_proxy", "HTTP_PROXY") || environment_either ("https_proxy", "HTTPS_PROXY"))
    return;
  self->proxy = proxy_address (proxy);
  self->no_proxy = g_strsplit (without ? without : "", ",", -1);
  for (char **host = self->no_proxy; *host; host++)
    g_strstrip (*host);
}

static char *
without_slash (char *endpoint)
{
  for (gsize n = strlen (endpoint); n > 0 && endpoint[n - 1] == '/'; n--)
    endpoint[n - 1] = '\0';
  return endpoint;
}

AutoHubSettings *
auto_hub_settings_new (AutoLoadOptions *options)
{
  AutoHubSettings *self = g_new0 (AutoHubSettings, 1);
  const char *cache = auto_load_options_get_string (options, "cache-dir");
  const char *token = auto_load_options_get_string (options, "token");
  const char *proxy = auto_load_options_get_string (options, "proxies");

  self->endpoint = without_slash (auto_hub_default_endpoint ());
  self->cache = cache && *cache ? expand_home (cache) : auto_hub_default_cache ();
  self->token = token ? clean_token (token) : default_token ();
  if (proxy && *proxy)
    self->proxy = proxy_address (proxy);
  else
    read_proxy_for_all (self);
  self->offline = auto_load_options_get_bool (options, "local-files-only", FALSE)
                  || environment_true ("HF_HUB_OFFLINE") || environment_true ("TRANSFORMERS_OFFLINE");
  self->force = auto_load_options_get_bool (options, "force-download", FALSE);
  self->resume = auto_load_options_get_bool (options, "resume-download", TRUE);
  self->etag_timeout = environment_number ("HF_HUB_ETAG_TIMEOUT", 10);
  self->timeout = environment_number ("HF_HUB_DOWNLOAD_TIMEOUT", 10);
  self->tries = 5;
  self->retry_delay = 500;
  self->connections = 4;
  return self;
}

void
auto_hub_settings_free (AutoHubSettings *self)
{
  g_free (self->endpoint);
  g_free (self->cache);
  g_free (self->token);
  g_free (self->proxy);
  g_strfreev (self->no_proxy);
  g_free (self);
}

gboolean
auto_hub_sleep (guint milliseconds, GCancellable *cancellable, GError **error)
{
  GPollFD fd;

  if (g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_poll (&fd, 1, milliseconds);
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep (milliseconds * 1000ul);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

void
auto_hub_set_errno (GError **error, const char *path, int code)
{
  if (code == ENOSPC || code == EDQUOT)
    g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_NO_SPACE,
                 "%s: %s; free some space (auto cache prune) or set HF_HOME to a folder on a larger disk", path, g_strerror (code));
  else
    g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_CACHE,
                 "%s: %s; make the cache folder writable, or set HF_HOME or cache-dir to one that is", path, g_strerror (code));
}
