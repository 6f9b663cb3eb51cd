/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "amounts.h"

#include <string.h>

static gboolean
drop_commas (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *number = g_match_info_fetch (match, 0);

  for (const char *p = number; *p; p++)
    if (*p != ',')
      g_string_append_c (out, *p);
  return FALSE;
}

static gboolean
speak_pounds (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *amount = g_match_info_fetch (match, 1);

  g_string_append_printf (out, "%s pounds", amount);
  return FALSE;
}

/* A whole number as it is written: without zeros before it; FALSE for what is none. */
static gboolean
take_whole (const char **digits)
{
  if (strchr (*digits, ','))
    return FALSE;
  *digits += strspn (*digits, "0");
  return TRUE;
}

static gboolean
speak_dollars (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *amount = g_match_info_fetch (match, 1);
  g_auto(GStrv) parts = g_strsplit (amount, ".", -1);
  guint n = g_strv_length (parts);
  const char *dollars = parts[0], *cents = n > 1 ? parts[1] : "";

  if (n > 2)
    g_string_append_printf (out, "%s dollars", amount); /* unlike any amount */
  else if (!take_whole (&dollars) || !take_whole (&cents))
    g_string_append_printf (out, "$%s", amount);
  else if (!*dollars && !*cents)
    g_string_append (out, "zero dollars");
  else
    {
      if (*dollars)
        g_string_append_printf (out, "%s dollar%s%s", dollars, g_str_equal (dollars, "1") ? "" : "s", *cents ? ", " : "");
      if (*cents)
        g_string_append_printf (out, "%s cent%s", cents, g_str_equal (cents, "1") ? "" : "s");
    }
  return FALSE;
}

static gboolean
speak_point (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *number = g_match_info_fetch (match, 0);
  const char *point = strchr (number, '.');

  g_string_append_len (out, number, point - number);
  g_string_append_printf (out, " point %s", point + 1);
  return FALSE;
}

void
english_replace (char **text, const char *pattern, GRegexEvalCallback speak)
{
  g_autoptr(GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  char *changed = g_regex_replace_eval (regex, *text, -1, 0, 0, speak, NULL, NULL);

  if (!changed)
    return;
  g_free (*text);
  *text = changed;
}

void
english_speak_amounts (char **text, gboolean pounds)
{
  english_replace (text, "[0-9][0-9,]+[0-9]", drop_commas);
  if (pounds)
    english_replace (text, "£([0-9,]*[0-9]+)", speak_pounds);
  english_replace (text, "\\$([0-9.,]*[0-9]+)", speak_dollars);
  english_replace (text, "[0-9]+\\.[0-9]+", speak_point);
}
