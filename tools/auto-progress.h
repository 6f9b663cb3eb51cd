/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Progress of something long, on stderr: a bar on a terminal, now and then a line elsewhere, nothing when quiet. */
typedef struct _AutoProgress AutoProgress;

AutoProgress *auto_progress_new (gboolean quiet);
/* An AutoProgressFunc; @progress is an AutoProgress. */
void auto_progress_report (const char *what, guint64 done, guint64 total, gpointer progress);
void auto_progress_free (AutoProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoProgress, auto_progress_free)
