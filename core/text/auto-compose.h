/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-aligned-text.h"

G_BEGIN_DECLS

/* Writes the slice in normalization form D, KD, C or KC. */
AUTO_INTERNAL void auto_rewrite_normalize (AutoRewrite *rewrite, gboolean compatible, gboolean compose);

G_END_DECLS
