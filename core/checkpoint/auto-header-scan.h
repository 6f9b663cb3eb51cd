/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* A pull reader of strict JSON (RFC 8259) over text that is known to be UTF-8. The header of a safetensors file has a
 * fixed grammar with thousands of small objects, where building a tree of nodes first would cost more than everything
 * else that happens when a checkpoint is opened, and where a tree would lose what must be refused: a key that comes
 * twice. The first failure sticks in @problem; every call after it returns FALSE. */
typedef struct
{
  const char *start, *at, *end;
  const char *problem; /* NULL while all is well */
  GString *unescaped;  /* the last string, when it had escapes */
} AutoHeaderScan;

typedef struct
{
  const char *text; /* not terminated; valid until the next string is read */
  gsize length;
} AutoHeaderString;

void auto_header_scan_init (AutoHeaderScan *self, const char *text, gsize length);
void auto_header_scan_clear (AutoHeaderScan *self);
gboolean auto_header_scan_fail (AutoHeaderScan *self, const char *problem);
/* Whether the next character that is no space is @c, which is then passed over. */
gboolean auto_header_scan_accept (AutoHeaderScan *self, char c);
gboolean auto_header_scan_expect (AutoHeaderScan *self, char c);
/* Called before each member of an object or array that was opened: FALSE at its end, @close, or at a failure. @first
 * starts as TRUE. */
gboolean auto_header_scan_next (AutoHeaderScan *self, char close, gboolean *first);
gboolean auto_header_scan_string (AutoHeaderScan *self, AutoHeaderString *string);
gboolean auto_header_scan_key (AutoHeaderScan *self, AutoHeaderString *key);
gboolean auto_header_scan_unsigned (AutoHeaderScan *self, guint64 *value);
gboolean auto_header_scan_null (AutoHeaderScan *self); /* passes over null where it stands; no failure where it doesn't */
gboolean auto_header_scan_skip (AutoHeaderScan *self); /* a value of any kind */
gboolean auto_header_scan_end (AutoHeaderScan *self);  /* nothing but space is left */

static inline gboolean
auto_header_string_equal (const AutoHeaderString *string, const char *text)
{
  return string->length == strlen (text) && memcmp (string->text, text, string->length) == 0;
}

G_END_DECLS
