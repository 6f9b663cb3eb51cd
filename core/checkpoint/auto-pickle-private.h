/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-pickle.h"

G_BEGIN_DECLS

struct _AutoPickle
{
  const char *path;
  const AutoPickleHost *host;
  gpointer user_data;
  GPtrArray *values; /* owns them all; containers may form cycles */
  GError **error;    /* of the read in progress */
  const char *start, *at, *end;
  GPtrArray *stack;  /* borrowed values */
  GArray *marks;     /* guint: heights of the stack */
  GHashTable *memo;  /* number → borrowed value */
  guint n_copied;    /* values that were put into dictionaries which calls made of lists */
};

/* One operation; @arg is what its row in the table says. */
typedef struct
{
  gboolean (*run) (AutoPickle *self, int arg);
  int arg;
} AutoPickleOperation;

/* By opcode; no function where the opcode is not one that plain data needs. */
extern const AutoPickleOperation auto_pickle_operations[256];

/* Sets the error of the read in progress, returns FALSE. */
gboolean auto_pickle_refuse (AutoPickle *self, const char *what);
/* The bytes that belong to an operation. */
const char *auto_pickle_take (AutoPickle *self, guint64 n);
gboolean auto_pickle_take_number (AutoPickle *self, guint n_bytes, guint64 *number);
gboolean auto_pickle_push (AutoPickle *self, AutoPickleValue *value); /* FALSE for NULL */
AutoPickleValue *auto_pickle_push_new (AutoPickle *self, AutoPickleKind kind);
/* Values below the last mark can't be taken by operations that know nothing of marks. */
guint auto_pickle_get_floor (AutoPickle *self);
AutoPickleValue *auto_pickle_peek (AutoPickle *self);
AutoPickleValue *auto_pickle_pop (AutoPickle *self);
/* Takes the last mark away; the values above it begin at @first. */
gboolean auto_pickle_pop_mark (AutoPickle *self, guint *first);

G_END_DECLS
