/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of calls, as texts. */
#pragma once

#include <glib.h>

static inline GVariant *
parse (const char *type, const char *text)
{
  g_autoptr(GError) error = NULL;
  GVariant *variant = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return variant;
}
