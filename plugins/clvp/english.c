/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "english.h"

#include <string.h>

#include "../english/amounts.h"
#include "core/text/auto-python-text.h"

#define MOST_DIGITS 18 /* of numbers that have words */

static const char *const ones[] = { "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
                                    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" };
static const char *const tens[] = { "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety" };
static const struct
{
  guint64 size;
  const char *name, *before_rest;
} scales[] = { { 1000000000000000, " quadrillion", ", " }, { 1000000000000, " trillion", ", " }, { 1000000000, " billion", ", " },
               { 1000000, " million", ", " },              { 1000, " thousand", ", " },          { 100, " hundred", " " } };

/* in the order in which they are looked for */
static const char *const abbreviations[][2] = {
  { "mrs", "misess" },    { "mr", "mister" },   { "dr", "doctor" },  { "st", "saint" },     { "co", "company" },  { "jr", "junior" },
  { "maj", "major" },     { "gen", "general" }, { "drs", "doctors" }, { "rev", "reverend" }, { "lt", "lieutenant" }, { "hon", "honorable" },
  { "sgt", "sergeant" },  { "capt", "captain" }, { "esq", "esquire" }, { "ltd", "limited" },  { "col", "colonel" },  { "ft", "fort" },
};

static void
spell (GString *out, guint64 n)
{
  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    if (n >= scales[i].size)
      {
        spell (out, n / scales[i].size);
        g_string_append (out, scales[i].name);
        if (!(n %= scales[i].size))
          return;
        g_string_append (out, scales[i].before_rest);
      }
  if (n < G_N_ELEMENTS (ones))
    g_string_append (out, ones[n]);
  else
    g_string_append_printf (out, "%s%s%s", tens[n / 10], n % 10 ? "-" : "", n % 10 ? ones[n % 10] : "");
}

/* The value of digits; FALSE for more than there are words for. */
static gboolean
read_number (const char *digits, gsize length, guint64 *value)
{
  for (; length && *digits == '0'; length--)
    digits++;
  g_autofree char *text = g_strndup (digits, length);

  *value = length <= MOST_DIGITS ? g_ascii_strtoull (text, NULL, 10) : 0;
  return length <= MOST_DIGITS;
}

static void
spell_digits (GString *out, const char *digits, gsize length)
{
  guint64 value;

  if (read_number (digits, length, &value))
    spell (out, value);
  else
    g_string_append (out, "number out of range");
}

/* "22nd" has the number's words and the ending that belongs to them. */
static gboolean
speak_ordinal (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *text = g_match_info_fetch (match, 0);
  gsize length = strlen (text) - 2;
  guint last = text[length - 1] - '0', before = length > 1 ? text[length - 2] - '0' : 0;
  gboolean teen = before == 1 || (before == 2 && last == 0);

  spell_digits (out, text, length);
  g_string_append (out, teen || last == 0 || last > 3 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : "rd");
  return FALSE;
}

/* Numbers that are mostly years are read in hundreds. */
static gboolean
speak_number (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *digits = g_match_info_fetch (match, 0);
  guint64 value;

  if (read_number (digits, strlen (digits), &value) && value > 1000 && value < 3000 && value % 100 == 0 && value != 2000)
    {
      spell (out, value / 100);
      g_string_append (out, " hundred");
    }
  else if (value > 2000 && value < 2010)
    g_string_append_printf (out, "two thousand %s", ones[value % 100]);
  else
    spell_digits (out, digits, strlen (digits));
  return FALSE;
}

static void
speak_abbreviations (char **text)
{
  for (guint i = 0; i < G_N_ELEMENTS (abbreviations); i++)
    {
      g_autofree char *pattern = g_strdup_printf ("\\b%s\\.", abbreviations[i][0]);
      g_autoptr(GRegex) regex = g_regex_new (pattern, G_REGEX_RAW, 0, NULL);
      char *changed = g_regex_replace_literal (regex, *text, -1, 0, abbreviations[i][1], 0, NULL);
      if (!changed)
        continue;
      g_free (*text);
      *text = changed;
    }
}

char *
clvp_speak_english (const char *text, gsize length)
{
  GString *ascii = g_string_sized_new (length), *out = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    if ((guchar) text[i] < 128)
      g_string_append_c (ascii, g_ascii_tolower (text[i]));
  char *spoken = g_string_free (ascii, FALSE);
  english_speak_amounts (&spoken, FALSE);
  english_replace (&spoken, "[0-9]+(st|nd|rd|th)", speak_ordinal);
  english_replace (&spoken, "[0-9]+", speak_number);
  speak_abbreviations (&spoken);
  for (const char *p = spoken; *p; p++)
    {
      gboolean space = auto_python_is_space ((guchar) *p);
      if (*p != '"' && !(space && p > spoken && auto_python_is_space ((guchar) p[-1])))
        g_string_append_c (out, space ? ' ' : *p);
    }
  g_free (spoken);
  return g_string_free (out, FALSE);
}
