/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-unicode.h"

G_BEGIN_DECLS

#define AUTO_SCAN_RUN_MOST_RANGES 24

typedef enum
{
  AUTO_SCAN_LEAD_NONE,
  AUTO_SCAN_LEAD_SPACE, /* U+0020 */
  AUTO_SCAN_LEAD_WHITE, /* \s */
} AutoScanLead;

/* A pattern that looks for characters of a set, one by one or several at a time, perhaps with white space before: [0-9], \p{N}{1,3},
 * \s?\p{L}+, [一-龥]+ and the like. */
typedef struct
{
  AutoScanLead lead;
  gunichar ranges[AUTO_SCAN_RUN_MOST_RANGES][2];
  guint n_ranges;
  guint32 categories; /* bits of AutoCategory: these as well */
  guint32 properties; /* and characters with any of these */
  gboolean negated;   /* all others */
  guint most;         /* characters of the set in a match */
  gboolean ascii[128];
} AutoScanRun;

/* FALSE when the expression isn't that simple. */
AUTO_INTERNAL gboolean auto_scan_run_init (AutoScanRun *self, const char *expression);
/* Characters with any of @properties, at most so many at a time. */
AUTO_INTERNAL void auto_scan_run_init_properties (AutoScanRun *self, guint32 properties, guint most);
/* Length of the match at the start of @text, which is not empty, or of what stands before the first match. */
AUTO_INTERNAL gsize auto_scan_run (const AutoScanRun *self, const char *text, gsize length);

G_END_DECLS
