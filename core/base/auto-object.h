/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "auto-version-macros.h"

G_BEGIN_DECLS

/* Another object of the same type with the same values of all properties that can be read and set. */
AUTO_INTERNAL gpointer auto_object_copy (gpointer object);

G_END_DECLS
