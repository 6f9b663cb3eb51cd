/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "../base/auto-errors.h"

G_BEGIN_DECLS

#define AUTO_PART_SEQUENCE G_MAXUINT

/* A type of parts that is known by members that it must have, when "type" names none: the reference reads some parts so. */
typedef struct
{
  guint type;
  const char *members[5]; /* ends with NULL */
} AutoPartMembers;

/* How a part of a tokenizer.json is read that is of one of several types, or a "Sequence" of such parts. */
typedef struct
{
  const char *name;         /* the part's, which errors begin with */
  const char *list;         /* the member with the parts of a Sequence */
  const char *const *types; /* ends with NULL */
  /* Takes in a part of types[@type]. */
  gboolean (*read) (gpointer self, guint type, JsonObject *object, GError **error);
  const AutoPartMembers *untyped; /* in the order in which they are tried */
  guint n_untyped;
} AutoPartReader;

AUTO_INTERNAL gboolean auto_parts_read (const AutoPartReader *reader, JsonNode *node, gpointer self, GError **error);

G_END_DECLS
