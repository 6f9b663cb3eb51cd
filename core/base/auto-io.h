/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "auto-version-macros.h"

G_BEGIN_DECLS

/* A file mapped read-only, or what a pipe holds; an empty file gives empty bytes. */
AUTO_INTERNAL GBytes *auto_io_map (const char *path, GError **error);
/* Text of at most @limit bytes, checked to be UTF-8; a byte-order mark is skipped. */
AUTO_INTERNAL char *auto_io_read_text (const char *path, gsize limit, gsize *length, GError **error);
/* Writes a temporary file beside @path, syncs it and renames it over @path. */
AUTO_INTERNAL gboolean auto_io_write (const char *path, const char *data, gssize length, GError **error);

G_END_DECLS
