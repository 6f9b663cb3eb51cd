/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as English words, as g2p_en (expand.py) has them of inflect. What makes g2p_en fail stays as it is: amounts such as "$,5", and
 * numbers of more than 36 digits. */
#include "numbers.h"

#include <string.h>

#include <glib.h>

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
replace_number (const GMatchInfo *match, GString *out, gpointer data)
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
replace_dollars (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *amount = g_match_info_fetch (match, 1);
  g_auto(GStrv) parts = g_strsplit (amount, ".", -1);
  guint n = g_strv_length (parts);
  const char *dollars = parts[0], *cents = n > 1 ? parts[1] : "";

  if (n > 2)
    g_string_append_printf (out, "%s dollars", amount); /* unlike any amount */
  else if (!take_whole (&dollars) || !take_whole (&cents))
    g_string_append_printf (out, "$%s", amount);
  else
    {
      if (*dollars)
        g_string_append_printf (out, "%s dollar%s", dollars, g_str_equal (dollars, "1") ? "" : "s");
      if (*cents)
        g_string_append_printf (out, "%s%s cent%s", *dollars ? ", " : "", cents, g_str_equal (cents, "1") ? "" : "s");
      if (!*dollars && !*cents)
        g_string_append (out, "zero dollars");
    }
  return FALSE;
}

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
say_pounds (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *amount = g_match_info_fetch (match, 1);

  g_string_append_printf (out, "%s pounds", amount);
  return FALSE;
}

static gboolean
say_point (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *whole = g_match_info_fetch (match, 1), *fraction = g_match_info_fetch (match, 2);

  g_string_append_printf (out, "%s point %s", whole, fraction);
  return FALSE;
}

char *
fastspeech2_spell_numbers (const char *text)
{
  static const struct
  {
    const char *pattern;
    GRegexEvalCallback replace;
  } steps[] = {
    { "[0-9][0-9,]+[0-9]", drop_commas },        { "£([0-9,]*[0-9]+)", say_pounds }, { "\\$([0-9.,]*[0-9]+)", replace_dollars },
    { "([0-9]+)\\.([0-9]+)", say_point }, { "[0-9]+", replace_number },
  };
  char *now = g_strdup (text);

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr(GRegex) regex = g_regex_new (steps[i].pattern, 0, 0, NULL);
      char *next = g_regex_replace_eval (regex, now, -1, 0, 0, steps[i].replace, NULL, NULL);
      if (!next) /* the text is too much for the regular expression */
        break;
      g_free (now);
      now = next;
    }
  return now;
}
