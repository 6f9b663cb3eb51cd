/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-message.h"

char *
auto_message_valist (const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  return g_utf8_make_valid (text, -1);
}

void
auto_set_error (GError **error, GQuark domain, int code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *message = auto_message_valist (format, args);
  va_end (args);
  g_set_error_literal (error, domain, code, message);
}
