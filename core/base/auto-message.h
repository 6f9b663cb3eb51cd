/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "auto-version-macros.h"

G_BEGIN_DECLS

/* A message whose format cuts texts short ("%.60s"), maybe within a character: what is left of one becomes U+FFFD. */
AUTO_INTERNAL char *auto_message_valist (const char *format, va_list args) G_GNUC_PRINTF (1, 0);
/* g_set_error () for such formats. */
AUTO_INTERNAL void auto_set_error (GError **error, GQuark domain, int code, const char *format, ...) G_GNUC_PRINTF (4, 5);

G_END_DECLS
