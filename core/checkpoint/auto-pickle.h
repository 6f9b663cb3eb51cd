/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads Python pickles that hold plain data, and runs nothing: a pickle is a program for a small stack machine whose
 * only door to code is "fetch the global M.N and call it". Here that door leads to a host, which knows the few names
 * that its files need and builds what they stand for; any other name is an error. Sets are read as lists. The work is linear in the
 * pickle's length, nothing recurses, and memory is bounded. */
typedef struct _AutoPickle AutoPickle;

typedef enum {
  AUTO_PICKLE_NONE,
  AUTO_PICKLE_BOOL,
  AUTO_PICKLE_INT,
  AUTO_PICKLE_LONG, /* an integer of more than 64 bits: its little-endian bytes as text */
  AUTO_PICKLE_FLOAT,
  AUTO_PICKLE_TEXT,  /* str, and what Python 2 wrote as such */
  AUTO_PICKLE_BYTES,
  AUTO_PICKLE_LIST,
  AUTO_PICKLE_TUPLE,
  AUTO_PICKLE_DICT,   /* items: key, value, key, value */
  AUTO_PICKLE_GLOBAL, /* integer: what the host's resolve() said */
  AUTO_PICKLE_OBJECT, /* the host's own */
} AutoPickleKind;

typedef struct
{
  AutoPickleKind kind;
  union {
    gint64 integer;
    double real;
    struct
    {
      const char *data; /* in the pickle; not terminated */
      gsize length;
    } text;
    GPtrArray *items; /* AutoPickleValue */
    gpointer object;
  };
} AutoPickleValue;

typedef struct
{
  /* A number ≥ 0 for a global that is allowed; an error is set otherwise. */
  int (*resolve) (AutoPickle *pickle, const char *module, const char *name, GError **error);
  /* Calls a global. */
  AutoPickleValue *(*call) (AutoPickle *pickle, int global, GPtrArray *args, GError **error);
  /* Resolves a persistent id. */
  AutoPickleValue *(*load) (AutoPickle *pickle, AutoPickleValue *id, GError **error);
  gboolean attributes; /* objects get attributes, which nobody reads */
} AutoPickleHost;

/* @path is for messages. Values live as long as the machine and the pickles' bytes. */
AutoPickle *auto_pickle_new (const char *path, const AutoPickleHost *host, gpointer user_data);
void auto_pickle_free (AutoPickle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoPickle, auto_pickle_free)
gpointer auto_pickle_get_user_data (AutoPickle *self);

/* Reads the pickle at the start of @data; @used is its length. */
AutoPickleValue *auto_pickle_read (AutoPickle *self, const char *data, gsize size, gsize *used, GError **error);
/* The same of the next of several, one behind another. */
AutoPickleValue *auto_pickle_read_next (AutoPickle *self, const char **at, const char *end, GError **error);

/* For hosts: a new value (a container has an empty list of items), or NULL with an error when there are too many. */
AutoPickleValue *auto_pickle_value_new (AutoPickle *self, AutoPickleKind kind, GError **error);
/* For hosts: sets an error about the pickle, returns NULL. */
gpointer auto_pickle_fail (AutoPickle *self, GError **error, const char *what);
/* For hosts: dict () or dict ([(key, value), …]). */
AutoPickleValue *auto_pickle_make_dict (AutoPickle *self, GPtrArray *args, GError **error);
/* For hosts: says that a global is none of theirs and what to do, as an error; returns -1. */
int auto_pickle_refuse_global (AutoPickle *self, const char *module, const char *name, const char *remedy, GError **error);
gboolean auto_pickle_text_equal (const AutoPickleValue *value, const char *text);

G_END_DECLS
