/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "numbers.h"

#include <string.h>

typedef struct
{
  const char *symbol, *name;
} Currency;

/* in the order in which they are tried */
static const Currency currencies[] = {
  { "$", " dollars" },          { "€", " euros" },           { "£", " pounds" },           { "¢", " cents" },
  { "¥", " japanese yen" },     { "﷼", " saudi riyal" },     { "₹", " indian rupees" },    { "₽", " russian rubles" },
  { "฿", " thai baht" },        { "₺", " turkish liras" },   { "₴", " ukrainian hryvnia" }, { "₣", " swiss francs" },
  { "₡", " costa rican colon" }, { "₱", " philippine peso" }, { "₪", " israeli shekels" },  { "₮", " mongolian tögrög" },
  { "₩", " south korean won" }, { "₦", " nigerian naira" },  { "₫", " vietnamese Đồng" },
};

/* Which numbers there are; of signs of currencies each at most once, in this order. */
#define NUMBER                                                                                                                 \
  "(?<!\\w)-?\\$?€?£?¢?¥?₹?₽?฿?₺?₴?₣?₡?₱?₪?₮?₩?₦?₫?﷼?\\d+(?:\\.\\d{1,2})?%?(?!\\w)"

static const char *const ones[] = { "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
                                    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" };
static const char *const tens[] = { "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety" };
static const char *const thousands[] = { "",           " thousand",    " million",     " billion",    " trillion",  " quadrillion",
                                         " quintillion", " sextillion", " septillion", " octillion", " nonillion", " decillion" };

/* A number of up to three digits, but zero. */
static void
spell_three (GString *words, guint n)
{
  if (n >= 100)
    g_string_append_printf (words, "%s hundred%s", ones[n / 100], n % 100 ? " and " : "");
  n %= 100;
  if (n >= 20)
    g_string_append_printf (words, "%s%s%s", tens[n / 10], n % 10 ? " " : "", n % 10 ? ones[n % 10] : "");
  else if (n)
    g_string_append (words, ones[n]);
}

static gboolean
spell_whole (GString *words, const guint8 *digits, guint n)
{
  if (n > 3 * G_N_ELEMENTS (thousands))
    return FALSE;
  for (guint i = 0, value = 0; i < n; i++)
    {
      value = value * 10 + digits[i];
      if ((n - i) % 3 != 1)
        continue;
      if (value && words->len)
        g_string_append_c (words, ' ');
      if (value)
        {
          spell_three (words, value);
          g_string_append (words, thousands[(n - i) / 3]);
        }
      value = 0;
    }
  return TRUE;
}

/* The digits at the start of @text, which is then behind them. */
static GByteArray *
take_digits (const char **text)
{
  GByteArray *digits = g_byte_array_new ();

  for (int digit; (digit = g_unichar_digit_value (g_utf8_get_char (*text))) >= 0; *text = g_utf8_next_char (*text))
    g_byte_array_append (digits, (const guint8[]){ (guint8) digit }, 1);
  return digits;
}

/* Of "-$12.50%"; FALSE for what has no words. */
static gboolean
spell (const char *number, GString *out)
{
  gboolean minus = *number == '-';
  const char *at = number + minus, *currency = "";

  for (guint i = 0; i < G_N_ELEMENTS (currencies) && !*currency; i++)
    if (g_str_has_prefix (at, currencies[i].symbol))
      {
        currency = currencies[i].name;
        at += strlen (currencies[i].symbol);
      }
  g_autoptr(GByteArray) whole = take_digits (&at);
  g_autoptr(GString) words = g_string_new (NULL);
  if (!whole->len || !spell_whole (words, whole->data, whole->len)) /* two currencies, or very many digits */
    return FALSE;
  gboolean point = *at == '.';
  at += point;
  const char *decimals = at;
  g_autoptr(GByteArray) fraction = take_digits (&at);
  if (point && !(fraction->len == 2 && g_str_has_prefix (decimals, "00")))
    {
      g_string_append (words, " point");
      for (guint i = 0; i < fraction->len; i++)
        g_string_append_printf (words, " %s", ones[fraction->data[i]]);
    }
  g_string_append_printf (out, "%s%s%s%s", minus ? "minus " : "", words->str, *at == '%' ? " percent" : "", currency);
  return TRUE;
}

static gboolean
replace_number (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *number = g_match_info_fetch (match, 0);

  if (!spell (number, out))
    g_string_append (out, number);
  return FALSE;
}

static gboolean
drop_comma (const GMatchInfo *match, GString *out, gpointer data)
{
  g_autofree char *number = g_match_info_fetch (match, 0);
  const char *comma = strchr (number, ',');

  g_string_append_len (out, number, comma - number);
  g_string_append (out, comma + 1);
  return FALSE;
}

char *
speecht5_spell_numbers (const char *text, gsize length)
{
  g_autoptr(GRegex) commas = g_regex_new ("\\d+,\\d+", 0, 0, NULL), numbers = g_regex_new (NUMBER, 0, 0, NULL), spaces = g_regex_new (" +", 0, 0, NULL);
  g_autofree char *joined = g_regex_replace_eval (commas, text, length, 0, 0, drop_comma, NULL, NULL);
  g_autofree char *spelled = joined ? g_regex_replace_eval (numbers, joined, -1, 0, 0, replace_number, NULL, NULL) : NULL;
  char *single = spelled ? g_regex_replace_literal (spaces, spelled, -1, 0, " ", 0, NULL) : NULL;

  return single ? single : g_strndup (text, length);
}
