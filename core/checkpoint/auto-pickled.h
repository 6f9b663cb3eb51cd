/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-pickle.h"
#include "core/base/auto-version-macros.h"

G_BEGIN_DECLS

/* A file in which Python's pickle, or torch.save in either of its formats, put a dictionary of plain data. Nothing is run: objects of the classes
 * that the reader allows become values without content, and any other class is an error. */
typedef struct _AutoPickled AutoPickled;

/* @modules: what is allowed beside Python's own types: "module.name", or "module." for all that is in a module. @bytes stay as long as it does;
 * errors are AUTO_CHECKPOINT_ERROR. */
AUTO_INTERNAL AutoPickled *auto_pickled_new (const char *path, GBytes *bytes, const char *const *modules, GError **error);
AUTO_INTERNAL void auto_pickled_free (AutoPickled *self);
/* The dictionary's value of a key that is a text, or NULL. */
AUTO_INTERNAL const AutoPickleValue *auto_pickled_get (const AutoPickled *self, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoPickled, auto_pickled_free)

G_END_DECLS
