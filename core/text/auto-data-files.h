/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-version-macros.h"

#include <glib.h>

G_BEGIN_DECLS

/* Data of other programs that a tokenizer works with, such as dictionaries of words. They are looked for in the folder that the environment
 * variable AUTO_@NAME_DIR names, in the folder @name beside the model's files, in libauto/@name below the user's and the system's folders
 * of data, then in the folders @usual. Returns the path of the first that there is of @files, whose names may hold folders; or NULL. */
AUTO_INTERNAL char *auto_data_find (const char *name, const char *model_folder, const char *const *usual, const char *const *files);

G_END_DECLS
