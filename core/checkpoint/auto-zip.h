/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-version-macros.h"

#include <glib.h>

G_BEGIN_DECLS

/* The directory of a zip archive whose members are stored, not compressed, over a mapped file. PyTorch's archives are
 * such, so that tensors may be views of the map; libarchive reads members only by copying them out, and does not say
 * where they lie. */
typedef struct _AutoZip AutoZip;

/* @data stays the caller's and must outlive the archive; @path is for messages. */
AUTO_INTERNAL AutoZip *auto_zip_new (const char *path, const char *data, gsize size, GError **error);
AUTO_INTERNAL void auto_zip_free (AutoZip *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoZip, auto_zip_free)

/* The name of the first member, in the order of the directory. */
const char *auto_zip_get_first (AutoZip *self);
gboolean auto_zip_contains (AutoZip *self, const char *name);
/* The bytes of a member, inside the map; NULL with an error when it is absent, compressed, encrypted or not inside the file. */
AUTO_INTERNAL const char *auto_zip_get (AutoZip *self, const char *name, gsize *size, GError **error);

G_END_DECLS
