/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as English words, as g2p_en (expand.py) has them of inflect. What makes g2p_en fail stays as it is: amounts such as "$,5", and
 * numbers of more than 36 digits. */
#include "numbers.h"

#include <string.h>

#include "../english/amounts.h"

static const char *const small[] = { "",    "one",    "two",    "three",    "four",     "five",    "six",     "seven",     "eight",    "nine",
                                     "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" };
static const char *const tens[] = { "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety" };
static const char *const thousands[] = { "",             " thousand",   " million",    " billion",   " trillion",  " quadrillion",
                                         " quintillion", " sextillion", " septillion", " octillion", " nonillion", " decillion" };

/* A number below 100, but zero. */
static void
spell_two (GString *out, guint n)
{
  if (n < 20)
    g_string_append (out, small[n]);
  else
    g_string_append_printf (out, "%s%s%s", tens[n / 10], n % 10 ? "-" : "", small[n % 10]);
}

/* Digits without zeros before them. A comma follows each group of three, but one before a last one below 100. */
static gboolean
spell_whole (GString *out, const char *digits, gsize n)
{
  gsize start = out->len;

  if (n > 3 * G_N_ELEMENTS (thousands))
    return FALSE;
  if (!n)
    g_string_append (out, "zero");
  for (guint value = 0; n; digits++, n--)
    {
      value = value * 10 + *digits - '0';
      if (n % 3 != 1)
        continue;
      if (value && out->len > start)
        g_string_append (out, n == 1 && value < 100 ? " " : ", ");
      if (value >= 100)
        g_string_append_printf (out, "%s hundred%s", small[value / 100], value % 100 ? " " : "");
      spell_two (out, value % 100);
      if (value)
        g_string_append (out, thousands[n / 3]);
      value = 0;
    }
  return TRUE;
}

/* A number that may be a year is said as one. */
static void
spell_year (GString *out, guint year)
{
  if (year > 2000 && year < 2010)
    g_string_append (out, "two thousand");
  else
    spell_two (out, year / 100);
  if (year > 2000 && year < 2010)
    g_string_append_printf (out, " %s", small[year % 100]);
  else if (year % 100 == 0)
    g_string_append (out, " hundred");
  else
    {
      g_string_append (out, year % 100 < 10 ? " oh " : " ");
      spell_two (out, year % 100);
    }
}

static gboolean
speak_number (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *number = g_match_info_fetch (match, 0);
  const char *digits = number + strspn (number, "0");
  gsize n = strlen (digits);
  guint value = n == 4 ? (guint) g_ascii_strtoull (digits, NULL, 10) : 0;

  if (value > 1000 && value < 3000 && value != 2000)
    spell_year (out, value);
  else if (!spell_whole (out, digits, n))
    g_string_append (out, number);
  return FALSE;
}

char *
fastspeech2_spell_numbers (const char *text)
{
  char *spelled = g_strdup (text);

  english_speak_amounts (&spelled, TRUE);
  english_replace (&spelled, "[0-9]+", speak_number);
  return spelled;
}
