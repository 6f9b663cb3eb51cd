/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A pull reader of MessagePack over bytes that stay where they are. */
typedef struct
{
  const guchar *at, *end;
} AutoMsgpack;

typedef enum {
  AUTO_MSGPACK_NIL,
  AUTO_MSGPACK_BOOL,
  AUTO_MSGPACK_INT,
  AUTO_MSGPACK_FLOAT,
  AUTO_MSGPACK_TEXT, /* str or bin */
  AUTO_MSGPACK_LIST,
  AUTO_MSGPACK_MAP,
  AUTO_MSGPACK_EXTENSION,
} AutoMsgpackKind;

typedef struct
{
  AutoMsgpackKind kind;
  guint64 size;     /* members of a list, pairs of a map, bytes of a text or an extension */
  const char *data; /* of a text or an extension */
  gint64 integer;   /* of an integer; the type of an extension */
} AutoMsgpackValue;

/* One value; of a list or map only its head, the members come next. FALSE when the bytes end too soon or mean nothing. */
gboolean auto_msgpack_next (AutoMsgpack *self, AutoMsgpackValue *value);
/* Passes over what belongs to @value, whatever is nested in it. */
gboolean auto_msgpack_skip (AutoMsgpack *self, const AutoMsgpackValue *value);
gboolean auto_msgpack_text_equal (const AutoMsgpackValue *value, const char *text);

G_END_DECLS
