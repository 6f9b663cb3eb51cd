/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* A pull reader for JSON that may be large: it builds no tree and copies a string only when it has escapes. The first error sticks:
 * every later call returns FALSE, so a caller checks once. Depth is bounded. Put it on the stack, clear it at the end. */
typedef struct
{
  const char *name; /* for messages */
  const char *begin, *at, *end;
  const char *checked; /* up to here the text is known to be UTF-8 */
  guint depth;
  guint gaps[2]; /* lengths of spaces between values, less than 16 */
  gboolean fresh; /* just inside a bracket: no comma is due */
  GString *scratch;
  GError *error;
} AutoJsonReader;

typedef enum
{
  AUTO_JSON_INVALID,
  AUTO_JSON_NULL,
  AUTO_JSON_BOOL,
  AUTO_JSON_NUMBER,
  AUTO_JSON_STRING,
  AUTO_JSON_ARRAY,
  AUTO_JSON_OBJECT,
} AutoJsonKind;

AUTO_INTERNAL void auto_json_reader_init (AutoJsonReader *self, const char *text, gsize length, const char *name);
AUTO_INTERNAL void auto_json_reader_clear (AutoJsonReader *self);
/* Sets the sticky error (a parse error of the tokenizer's domain) unless there is one. */
AUTO_INTERNAL void auto_json_reader_fail (AutoJsonReader *self, const char *reason);
/* Whether the text from @start, the start of a character, to self->at is UTF-8. */
AUTO_INTERNAL gboolean auto_json_reader_check (AutoJsonReader *self, const char *start);
/* FALSE when there was an error, which moves to @error, or when text follows the value. */
AUTO_INTERNAL gboolean auto_json_reader_finish (AutoJsonReader *self, GError **error);

AUTO_INTERNAL AutoJsonKind auto_json_reader_peek (AutoJsonReader *self);
AUTO_INTERNAL gboolean auto_json_reader_enter_array (AutoJsonReader *self);
AUTO_INTERNAL gboolean auto_json_reader_enter_object (AutoJsonReader *self);
/* Whether another element follows; leaves the array when not. */
AUTO_INTERNAL gboolean auto_json_reader_next (AutoJsonReader *self);
/* The next member's key, valid until the next string is read; leaves the object when there is none. */
AUTO_INTERNAL gboolean auto_json_reader_next_key (AutoJsonReader *self, const char **key, gsize *length);
AUTO_INTERNAL gboolean auto_json_reader_string (AutoJsonReader *self, const char **text, gsize *length);
AUTO_INTERNAL gboolean auto_json_reader_int (AutoJsonReader *self, gint64 *value);
AUTO_INTERNAL gboolean auto_json_reader_double (AutoJsonReader *self, double *value);
AUTO_INTERNAL gboolean auto_json_reader_bool (AutoJsonReader *self, gboolean *value);
AUTO_INTERNAL gboolean auto_json_reader_null (AutoJsonReader *self);
AUTO_INTERNAL gboolean auto_json_reader_skip (AutoJsonReader *self);
/* Skips a value and says where it stands. */
AUTO_INTERNAL gboolean auto_json_reader_span (AutoJsonReader *self, const char **text, gsize *length);

static inline gboolean
auto_json_key_is (const char *key, gsize length, const char *name)
{
  return strlen (name) == length && memcmp (key, name, length) == 0;
}

G_END_DECLS
