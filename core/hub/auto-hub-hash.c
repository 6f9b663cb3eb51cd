/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-hub-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_NETTLE
#include <nettle/sha2.h>
#endif

#define BUFFERS 4
#define THREAD_FROM (4 * 1024 * 1024)  /* smaller files are hashed by the caller */

typedef struct
{
  guint8 data[AUTO_HUB_CHUNK];
  gsize length;
} Buffer;

struct _AutoHubHash
{
  AutoHubHashKind kind;
  char *expected;
  guint64 size;
  GChecksum *checksum;
#ifdef HAVE_NETTLE
  struct sha256_ctx sha256;
#endif
  Buffer *buffers[BUFFERS];
  GAsyncQueue *idle, *busy;  /* of Buffer */
  GThread *thread;
};

static char the_end;  /* in place of a buffer: tells the thread to stop */

AutoHubHashKind
auto_hub_hash_kind (const char *etag)
{
  gsize digits = strspn (etag, "0123456789abcdef");

  if (etag[digits] != '\0')
    return AUTO_HUB_HASH_NONE;
  return digits == 64 ? AUTO_HUB_HASH_SHA256 : digits == 40 ? AUTO_HUB_HASH_GIT : AUTO_HUB_HASH_NONE;
}

static void
update (AutoHubHash *self, const guint8 *data, gsize length)
{
#ifdef HAVE_NETTLE
  if (self->kind == AUTO_HUB_HASH_SHA256)
    sha256_update (&self->sha256, length, data);
#endif
  if (self->checksum)
    g_checksum_update (self->checksum, data, length);
}

static gpointer
hash_thread (gpointer data)
{
  AutoHubHash *self = data;

  for (gpointer item; (item = g_async_queue_pop (self->busy)) != &the_end; g_async_queue_push (self->idle, item))
    update (self, ((Buffer *) item)->data, ((Buffer *) item)->length);
  return NULL;
}

static void
start (AutoHubHash *self)
{
#ifdef HAVE_NETTLE
  if (self->kind == AUTO_HUB_HASH_SHA256)
    sha256_init (&self->sha256);
#else
  if (self->kind == AUTO_HUB_HASH_SHA256)
    self->checksum = g_checksum_new (G_CHECKSUM_SHA256);
#endif
  if (self->kind == AUTO_HUB_HASH_GIT)
    {
      /* git hashes an object's kind and size before its bytes */
      g_autofree char *head = g_strdup_printf ("blob %" G_GUINT64_FORMAT, self->size);
      self->checksum = g_checksum_new (G_CHECKSUM_SHA1);
      g_checksum_update (self->checksum, (const guint8 *) head, strlen (head) + 1);
    }
  if (self->kind != AUTO_HUB_HASH_NONE && self->size >= THREAD_FROM)
    self->thread = g_thread_new ("auto-hub-hash", hash_thread, self);
}

static void
stop (AutoHubHash *self)
{
  if (self->thread)
    {
      g_async_queue_push (self->busy, &the_end);
      g_thread_join (g_steal_pointer (&self->thread));
    }
}

AutoHubHash *
auto_hub_hash_new (const char *etag, guint64 size)
{
  AutoHubHash *self = g_new0 (AutoHubHash, 1);

  self->kind = auto_hub_hash_kind (etag);
  self->expected = g_strdup (etag);
  self->size = size;
  self->idle = g_async_queue_new ();
  self->busy = g_async_queue_new ();
  for (gsize i = 0; i < (size >= THREAD_FROM ? BUFFERS : 1); i++)
    {
      self->buffers[i] = g_malloc (sizeof (Buffer));
      g_async_queue_push (self->idle, self->buffers[i]);
    }
  start (self);
  return self;
}

void
auto_hub_hash_free (AutoHubHash *self)
{
  stop (self);
  g_clear_pointer (&self->checksum, g_checksum_free);
  for (gsize i = 0; i < BUFFERS; i++)
    g_free (self->buffers[i]);
  g_async_queue_unref (self->idle);
  g_async_queue_unref (self->busy);
  g_free (self->expected);
  g_free (self);
}

guint8 *
auto_hub_hash_take (AutoHubHash *self)
{
  Buffer *buffer = g_async_queue_pop (self->idle);

  return buffer->data;
}

void
auto_hub_hash_give (AutoHubHash *self, guint8 *data, gsize length)
{
  Buffer *buffer = (Buffer *) (data - G_STRUCT_OFFSET (Buffer, data));

  buffer->length = length;
  if (self->thread)
    g_async_queue_push (self->busy, buffer);
  else
    {
      update (self, buffer->data, length);
      g_async_queue_push (self->idle, buffer);
    }
}

void
auto_hub_hash_restart (AutoHubHash *self)
{
  stop (self);
  g_clear_pointer (&self->checksum, g_checksum_free);
  start (self);
}

gboolean
auto_hub_hash_matches (AutoHubHash *self)
{
  g_autofree char *text = NULL;

  stop (self);
  if (self->kind == AUTO_HUB_HASH_NONE)
    return TRUE;
#ifdef HAVE_NETTLE
  if (self->kind == AUTO_HUB_HASH_SHA256)
    {
      guint8 digest[SHA256_DIGEST_SIZE];
      GString *hex = g_string_new (NULL);
      sha256_digest (&self->sha256, sizeof digest, digest);
      for (gsize i = 0; i < sizeof digest; i++)
        g_string_append_printf (hex, "%02x", digest[i]);
      text = g_string_free (hex, FALSE);
    }
#endif
  if (!text)
    text = g_strdup (g_checksum_get_string (self->checksum));
  return g_str_equal (text, self->expected);
}

gboolean
auto_hub_hash_file (AutoHubHash *self, int fd, guint64 length, GCancellable *cancellable, GError **error)
{
  for (guint64 at = 0; at < length;)
    {
      guint8 *buffer = auto_hub_hash_take (self);
      gssize n = pread (fd, buffer, MIN (length - at, AUTO_HUB_CHUNK), at);
      auto_hub_hash_give (self, buffer, MAX (n, 0));
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_CACHE, "can't read a file of the cache: %s",
                       n < 0 ? g_strerror (errno) : "it is shorter than it was");
          return FALSE;
        }
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      at += n;
    }
  return TRUE;
}
