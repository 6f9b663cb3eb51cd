/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-unicode.h"

G_BEGIN_DECLS

#define AUTO_SCAN_RUN_MOST_RANGES 8

/* A pattern that looks for characters of a set, one by one or several at a time: [0-9], \p{N}{1,3}, [一-龥]+ and the like. */
typedef struct
{
  gunichar ranges[AUTO_SCAN_RUN_MOST_RANGES][2];
  guint n_ranges;
  gboolean numbers;   /* \p{N} as well */
  guint32 properties; /* characters with any of these as well */
  guint most;         /* characters of a match */
  gboolean ascii[128];
} AutoScanRun;

/* FALSE when the expression isn't that simple. */
AUTO_INTERNAL gboolean auto_scan_run_init (AutoScanRun *self, const char *expression);
/* Characters with any of @properties, at most so many at a time. */
AUTO_INTERNAL void auto_scan_run_init_properties (AutoScanRun *self, guint32 properties, guint most);
/* Length of the match at the start of @text, which is not empty, or of what stands before the first match. */
AUTO_INTERNAL gsize auto_scan_run (const AutoScanRun *self, const char *text, gsize length);

G_END_DECLS
