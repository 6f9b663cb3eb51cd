/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

/* A hub for tests: serves the folders ROOT/org/name/ as repositories on a loopback port, in a thread of its own, and misbehaves as
 * told. Names that end in .safetensors, .bin, .h5, .msgpack or .model are large files: their bytes come from a second port, and are
 * named by their sha256; the others by git's hash. */
typedef struct
{
  /* what to do wrong; a count goes down by one each time it is used, -1 is for ever */
  int cut, stall, busy, broken, corrupt, drop, unavailable, refuse_range;
  gsize cut_after;            /* bytes of a body before the connection is closed, or nothing more comes */
  guint drip_bytes, drip_ms;  /* a body in pieces of drip_bytes, drip_ms apart */
  int status;                 /* instead of any answer */
  const char *error_code, *error_message;
  const char *retry_after;
  gint64 size_lie;            /* added to the announced size */
  gboolean no_commit, no_etag, no_linked_etag, no_size, weak_etag;
  gboolean rename;            /* org/name is at moved/name: a relative redirect with a query */
  gboolean mirror;            /* first an absolute redirect without any header of the hub, to the second port */
  const char *wanted_token;   /* 401 without it */
  char *replace_file, *replace_with;  /* once a HEAD was answered, this file gets this content */
  int replace;
  const char *commit_after_replace;
  const char *etag, *commit_header;  /* in place of the right ones */
} AutoTestFaults;

typedef struct
{
  char *root, *endpoint, *elsewhere;
  AutoTestFaults faults;
  /* what was asked; read after the requests are over */
  int heads, gets, ranges, leaks, connections;
  guint64 first_range;
  char *commit;
  /* private */
  SoupServer *server, *store;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  GMutex mutex;
  GHashTable *etags;
} AutoTestHub;

AutoTestHub *auto_test_hub_new (void);
void auto_test_hub_free (AutoTestHub *hub);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoTestHub, auto_test_hub_free)
/* Adds a file to a repository. */
void auto_test_hub_add (AutoTestHub *hub, const char *repo, const char *file, const char *data, gssize length);
/* Adds a file of @length bytes that a formula makes, and returns them. */
char *auto_test_hub_add_large (AutoTestHub *hub, const char *repo, const char *file, gsize length);
/* Forgets what was asked and does nothing wrong any more. */
void auto_test_hub_reset (AutoTestHub *hub);
char *auto_test_hub_etag (AutoTestHub *hub, const char *repo, const char *file);
int auto_test_hub_requests (AutoTestHub *hub);

/* An empty folder that becomes HF_HOME, with the hub as HF_ENDPOINT and everything else unset. */
char *auto_test_new_home (AutoTestHub *hub);
void auto_test_remove (const char *path);
/* g_test_run (), and then no threads of pools: what looks for leaks at the end can't bear threads that end meanwhile. */
int auto_test_run (void);
void auto_test_assert_content (const char *path, const char *data, gssize length);
