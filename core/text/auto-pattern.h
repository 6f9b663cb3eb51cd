/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"
#include "../base/auto-json.h"

G_BEGIN_DECLS

/* What Split and Replace look for: a string or a regular expression. */
typedef struct _AutoPattern AutoPattern;

typedef struct
{
  guint32 from, to;
  gboolean match;
} AutoMatch;

AUTO_INTERNAL AutoPattern *auto_pattern_new_string (const char *text, gsize length);
AUTO_INTERNAL AutoPattern *auto_pattern_new_regex (const char *expression, GError **error);
/* From {"String": …} or {"Regex": …}; @where is for the message. */
AUTO_INTERNAL AutoPattern *auto_pattern_new_from_json (JsonObject *object, const char *where, GError **error);
AUTO_INTERNAL void auto_pattern_free (AutoPattern *self);
/* Appends to @matches (of AutoMatch) the matches and what lies between them, so that all the text is covered. */
AUTO_INTERNAL gboolean auto_pattern_find (const AutoPattern *self, const char *text, gsize length, GArray *matches, GError **error);
AUTO_INTERNAL const char *auto_pattern_get_text (const AutoPattern *self);       /* the string or the expression */
AUTO_INTERNAL const char *auto_pattern_get_expression (const AutoPattern *self); /* NULL for a string */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoPattern, auto_pattern_free)

G_END_DECLS
