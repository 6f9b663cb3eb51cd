/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "auto-version-macros.h"

G_BEGIN_DECLS

/* JSON as Python reads it: NaN, Infinity and -Infinity are numbers, integers beyond 64 bits become doubles. @name is
 * for messages. The error's domain and code are the caller's. */
AUTO_INTERNAL JsonNode *auto_json_parse (const char *text, gsize length, const char *name, GQuark domain, int code, GError **error);
/* The same, from a file. */
AUTO_INTERNAL JsonNode *auto_json_read (const char *path, GQuark domain, int code, GError **error);
/* JSON as Python's json.dumps (indent=2, sort_keys=sorted) writes it; @indent < 0 gives one line. */
AUTO_INTERNAL char *auto_json_print (JsonNode *node, int indent, gboolean sorted);
/* Equal as Python's == sees parsed JSON: 1 and 1.0 are equal, the order of keys is nothing, NaN equals nothing. */
AUTO_INTERNAL gboolean auto_json_equal (JsonNode *a, JsonNode *b);
/* A copy that shares nothing with @node and may be changed. */
AUTO_INTERNAL JsonNode *auto_json_copy (JsonNode *node);
/* A number, boolean, string, enumeration (as its nick), list of strings, #GVariant or #JsonNode as JSON; null for other things. */
AUTO_INTERNAL JsonNode *auto_json_from_value (const GValue *value);
/* The shortest text that reads back as @value, as Python's repr writes it. */
AUTO_INTERNAL char *auto_double_to_string (double value);

/* Members with a type check; NULL when absent or of another type. */
AUTO_INTERNAL JsonNode *auto_json_member (JsonObject *object, const char *key);
AUTO_INTERNAL const char *auto_json_string (JsonObject *object, const char *key);
AUTO_INTERNAL JsonObject *auto_json_object (JsonObject *object, const char *key);
AUTO_INTERNAL JsonArray *auto_json_array (JsonObject *object, const char *key);
AUTO_INTERNAL gboolean auto_json_bool (JsonObject *object, const char *key, gboolean otherwise);
AUTO_INTERNAL gint64 auto_json_int (JsonObject *object, const char *key, gint64 otherwise);
/* Whether the node is a number of the given kind (a boolean is neither). */
AUTO_INTERNAL gboolean auto_json_is_int (JsonNode *node);
AUTO_INTERNAL gboolean auto_json_is_number (JsonNode *node);
AUTO_INTERNAL gboolean auto_json_is_string (JsonNode *node);
AUTO_INTERNAL gboolean auto_json_is_bool (JsonNode *node);

G_END_DECLS
