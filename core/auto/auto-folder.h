/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "auto-load-options.h"

G_BEGIN_DECLS

/* What a from_pretrained is about to read. */
typedef enum {
  AUTO_FOLDER_CONFIG = 1 << 0,
  AUTO_FOLDER_WEIGHTS = 1 << 1,
  AUTO_FOLDER_TOKENIZER = 1 << 2,
  AUTO_FOLDER_PROCESSOR = 1 << 3,
} AutoFolderWant;

/* The local folder (or file) that holds the model @name_or_path; what is wanted of it has been fetched. */
AUTO_INTERNAL char *auto_folder_resolve (const char *name_or_path, AutoFolderWant want, AutoLoadOptions *options, GCancellable *cancellable, GError **error);

G_END_DECLS
