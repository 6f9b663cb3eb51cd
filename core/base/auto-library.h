/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "auto-version-macros.h"

G_BEGIN_DECLS

/* A function of a library that is opened when it is first needed. */
typedef struct
{
  const char *name;
  gsize offset; /* where its address goes in the caller's table */
} AutoLibraryFunction;

/* Opens a library for the rest of the process and fills @table. Returns NULL, or why it can't be (transfer full). */
AUTO_INTERNAL char *auto_library_open (const char *file, const AutoLibraryFunction *functions, gsize n, gpointer table);

G_END_DECLS
