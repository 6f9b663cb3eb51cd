/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "numbers.h"

#include <math.h>
#include <string.h>

#include "core/text/auto-python-text.h"
#include "core/text/auto-unicode.h"

/* A value and where it stands. */
typedef struct
{
  gsize from, to;
  TapasValue value;
} Span;

#define DATE_WORDS 5 /* at most, of a date */
#define FIRST_YEAR 1700
#define LAST_YEAR 2016

static gboolean
is_decimal (const char *text, gsize length, gsize at, guint *size)
{
  *size = 0;
  return at < length && auto_python_is_decimal (auto_utf8_get (text + at, size));
}

static gsize
skip_decimals (const char *text, gsize length, gsize at)
{
  guint size;

  while (is_decimal (text, length, at, &size))
    at += size;
  return at;
}

/* Reads what Python's float () takes, behind a space at most, apart from infinity and nan. */
static gboolean
read_float (const char *text, gsize length, double *value)
{
  g_autoptr(GString) ascii = g_string_sized_new (length);
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      if (auto_python_is_decimal (c))
        c = '0' + g_unichar_digit_value (c);
      if (c >= 0x80)
        return FALSE;
      g_string_append_c (ascii, c);
    }
  auto_python_strip (ascii);
  const char *p = ascii->str + strspn (ascii->str, "+-");
  gsize whole = strspn (p, "0123456789"), part = p[whole] == '.' ? strspn (p + whole + 1, "0123456789") : 0;
  const char *end = p + whole + (p[whole] == '.' ? part + 1 : 0);
  if (p - ascii->str > 1 || whole + part == 0)
    return FALSE;
  if (*end == 'e' || *end == 'E')
    {
      const char *exponent = end + 1 + (end[1] == '+' || end[1] == '-');
      gsize n = strspn (exponent, "0123456789");
      end = n ? exponent + n : end;
    }
  if (*end)
    return FALSE;
  *value = g_ascii_strtod (ascii->str, NULL);
  return TRUE;
}

/* A number, perhaps with commas, and perhaps an ordinal one: 1st. */
static gboolean
read_number (const char *text, gsize length, TapasValue *value)
{
  static const char *const suffixes[] = { "st", "nd", "rd", "th" };
  double number;

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (length >= 2 && memcmp (text + length - 2, suffixes[i], 2) == 0)
      {
        length -= 2;
        break;
      }
  g_autoptr(GString) plain = g_string_new_len (text, length);
  g_string_replace (plain, ",", "", 0);
  if (!read_float (plain->str, plain->len, &number) || number == INFINITY)
    return FALSE;
  *value = (TapasValue){ TAPAS_NUMBER, number, { -1, -1, -1 } };
  return TRUE;
}

/* What follows a number without its sign that begins at @at, such as .5, 12 or 1,234.5; @at itself when none does. */
static gsize
skip_number (const char *text, gsize length, gsize at)
{
  gsize end = skip_decimals (text, length, at);
  guint size;

  if (end == at)
    {
      gsize digits = at + 1 < length && text[at] == '.' ? skip_decimals (text, length, at + 1) : at;
      return digits > at + 1 ? digits : at;
    }
  while (end < length && text[end] == ',')
    {
      gsize next = end + 1;
      guint n = 0;
      for (; n < 3 && is_decimal (text, length, next, &size); n++)
        next += size;
      if (n < 3)
        break;
      end = next;
    }
  return end < length && text[end] == '.' ? skip_decimals (text, length, end + 1) : end;
}

static void
add_span (GArray *spans, gsize from, gsize to, const TapasValue *value)
{
  g_array_append_val (spans, ((Span){ from, to, *value }));
}

/* Numbers in digits. A sign counts at the text's start and behind a space, which is then part of the number. */
static void
find_numbers (const char *text, gsize length, GArray *spans)
{
  guint size;

  for (gsize at = 0, end; at < length; at = end)
    {
      gsize sign = at == 0 && strchr ("+-", text[0]) ? 1 : auto_python_is_space (auto_utf8_get (text + at, &size)) ? at + size + 1 : at;
      TapasValue value;
      if (sign > length || (sign > at && !strchr ("+-", text[sign - 1])))
        sign = at;
      end = skip_number (text, length, sign);
      if (end == sign && sign > at)
        end = skip_number (text, length, sign = at);
      if (end == sign)
        {
          auto_utf8_get (text + at, &size);
          end = at + size;
        }
      else if (read_number (text + at, end - at, &value))
        add_span (spans, at, end, &value);
    }
}

static gboolean
is_text (const char *text, gsize length, const char *word)
{
  return strlen (word) == length && memcmp (text, word, length) == 0;
}

/* A word that is a number. */
static gboolean
read_word (const char *text, gsize length, TapasValue *value)
{
  static const char *const words[][2] = {
    { "zero", "zeroth" }, { "one", "first" },       { "two", "second" },     { "three", "third" },  { "four", "fourth" },
    { "five", "fith" },   { "six", "sixth" },       { "seven", "seventh" },  { "eight", "eighth" }, { "nine", "ninth" },
    { "ten", "tenth" },   { "eleven", "eleventh" }, { "twelve", "twelfth" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (is_text (text, length, words[i][0]) || is_text (text, length, words[i][1]))
      {
        *value = (TapasValue){ TAPAS_NUMBER, i, { -1, -1, -1 } };
        return TRUE;
      }
  return read_number (text, length, value);
}

static gsize
skip_name (const char *text, gsize length, const char *const *names, guint n, gsize letters, int *number)
{
  for (guint i = 0; i < n; i++)
    {
      gsize size = letters ? letters : strlen (names[i]);
      if (length >= size && memcmp (text, names[i], size) == 0)
        {
          *number = i + 1;
          return size;
        }
    }
  return 0;
}

/* A day's number up to @most, perhaps with a zero in front. */
static gsize
skip_small (const char *text, gsize length, int most, int *number)
{
  guint size;
  gsize end = length && g_ascii_isdigit (*text) ? 1 : 0;

  if (!end)
    return 0;
  *number = *text - '0';
  /* the second digit of a day between 10 and 29 may be of any script */
  if (is_decimal (text, length, 1, &size) && (size == 1 || (most == 31 && (*text == '1' || *text == '2'))))
    {
      int two = *number * 10 + g_unichar_digit_value (auto_utf8_get (text + 1, &size));
      if (two <= most)
        *number = two, end = 1 + size;
    }
  return *number > 0 ? end : 0;
}

static gsize
skip_year (const char *text, gsize length, int *year)
{
  gsize at = 0;
  guint size;

  *year = 0;
  for (guint i = 0; i < 4; i++, at += size)
    {
      if (!is_decimal (text, length, at, &size))
        return 0;
      *year = *year * 10 + g_unichar_digit_value (auto_utf8_get (text + at, &size));
    }
  return at;
}

/* What follows one part of a date, as strptime () names it; 0 when it isn't there. */
static gsize
skip_field (char field, const char *text, gsize length, int date[3])
{
  static const char *const days[] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };
  static const char *const months[]
      = { "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december" };
  int day;

  switch (field)
    {
    case 'A':
      return skip_name (text, length, days, G_N_ELEMENTS (days), 0, &day);
    case 'B':
      return skip_name (text, length, months, G_N_ELEMENTS (months), 0, &date[1]);
    case 'b':
      return skip_name (text, length, months, G_N_ELEMENTS (months), 3, &date[1]);
    case 'Y':
      return skip_year (text, length, &date[0]);
    case 'm':
      return skip_small (text, length, 12, &date[1]);
    default:
      return skip_small (text, length, 31, &date[2]);
    }
}

static gboolean
matches_format (const char *format, const char *text, gsize length, int date[3])
{
  gsize at = 0, n;

  date[0] = date[1] = date[2] = -1;
  for (const char *p = format; *p; p++, at += n)
    {
      n = *p == '%' ? skip_field (*++p, text + at, length - at, date) : at < length && text[at] == *p;
      if (!n)
        return FALSE;
    }
  return at == length;
}

/* A date that exists; what it leaves open counts as the first of January 1900. */
static gboolean
read_date (const char *text, gsize length, TapasValue *value)
{
  static const char *const formats[]
      = { "%B",       "%Y",       "%Ys",      "%b %Y", "%B %Y",    "%B %d",     "%b %d",    "%d %b",     "%d %B",    "%B %d, %Y",
          "%d %B %Y", "%m-%d-%Y", "%Y-%m-%d", "%Y-%m", "%d %b %Y", "%b %d, %Y", "%d.%m.%Y", "%A, %b %d", "%A, %B %d" };
  int date[3];

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      if (!matches_format (formats[i], text, length, date))
        continue;
      int year = date[0] < 0 ? 1900 : date[0];
      if (year < FIRST_YEAR || year > LAST_YEAR || !g_date_valid_dmy (date[2] < 0 ? 1 : date[2], date[1] < 0 ? 1 : date[1], year))
        continue;
      *value = (TapasValue){ .kind = TAPAS_DATE };
      memcpy (value->date, date, sizeof date);
      return TRUE;
    }
  return FALSE;
}

/* Runs of letters and digits: numbers by themselves, and dates of some of them with what is between. */
static void
find_words (const char *text, gsize length, GArray *spans)
{
  g_autoptr(GArray) starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  TapasValue value;
  guint size;

  for (gsize at = 0, to; at < length; at = to)
    {
      for (to = at; to < length && auto_python_is_alnum (auto_utf8_get (text + to, &size)); to += size)
        ;
      if (to == at)
        {
          auto_utf8_get (text + at, &size);
          to = at + size;
          continue;
        }
      g_array_append_val (starts, at);
      if (read_word (text + at, to - at, &value))
        add_span (spans, at, to, &value);
      for (guint k = 0; k < MIN (DATE_WORDS, starts->len); k++)
        {
          gsize from = g_array_index (starts, gsize, starts->len - 1 - k);
          if (read_date (text + from, to - from, &value))
            add_span (spans, from, to, &value);
        }
    }
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const Span *one = a, *two = b;

  if (one->from != two->from)
    return one->from < two->from ? -1 : 1;
  if (one->to != two->to)
    return one->to > two->to ? -1 : 1;
  return (int) one->value.kind - (int) two->value.kind;
}

GArray *
tapas_read_values (const char *text, gsize length)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (TapasValue));
  g_autoptr(GArray) spans = g_array_new (FALSE, FALSE, sizeof (Span));
  g_autofree char *lower = auto_python_lower (text, length);
  g_autoptr(GString) words = g_string_new (NULL);
  const Span *kept = NULL;

  auto_python_split (lower, strlen (lower), auto_python_append_word, words);
  find_numbers (words->str, words->len, spans);
  find_words (words->str, words->len, spans);
  g_array_sort (spans, compare_spans);
  for (guint i = 0; i < spans->len; i++)
    {
      const Span *span = &g_array_index (spans, Span, i);
      gboolean same = kept && span->from == kept->from && span->to == kept->to;
      if (kept && span->to <= kept->to && !(same && span->value.kind != kept->value.kind))
        continue;
      g_array_append_val (values, span->value);
      kept = span;
    }
  return values;
}

void
tapas_order_add (TapasOrder *self, const TapasValue *value, gboolean *comparable)
{
  if (self->kind != TAPAS_NOTHING && self->kind != value->kind)
    *comparable = FALSE;
  self->kind = value->kind;
  for (int i = 0; i < 3; i++)
    self->unsaid[i] |= value->date[i] < 0;
  if (value->kind == TAPAS_DATE && self->unsaid[0] && self->unsaid[1] && self->unsaid[2])
    *comparable = FALSE;
}

int
tapas_order_compare (const TapasOrder *self, const TapasValue *a, const TapasValue *b)
{
  if (self->kind == TAPAS_NUMBER)
    return a->number < b->number ? -1 : a->number > b->number;
  for (int i = 0; i < 3; i++)
    if (!self->unsaid[i] && a->date[i] != b->date[i])
      return a->date[i] < b->date[i] ? -1 : 1;
  return 0;
}
