/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/base/auto-errors.h"

G_BEGIN_DECLS

/* Whether a file is a shared object that the dynamic linker can map on this machine without reading past its end. */
gboolean auto_elf_check (const char *path, GError **error);

G_END_DECLS
