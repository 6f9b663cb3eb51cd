/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* How a part of a tokenizer.json is read that is of one of several types, or a "Sequence" of such parts. */
typedef struct
{
  const char *name;         /* the part's, which errors begin with */
  const char *list;         /* the member with the parts of a Sequence */
  const char *const *types; /* ends with NULL */
  /* Takes in a part of types[@type]. */
  gboolean (*read) (gpointer self, guint type, JsonObject *object, GError **error);
} AutoPartReader;

AUTO_INTERNAL gboolean auto_parts_read (const AutoPartReader *reader, JsonNode *node, gpointer self, GError **error);

G_END_DECLS
