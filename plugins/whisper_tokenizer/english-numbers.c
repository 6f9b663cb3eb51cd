/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* English numbers: "twenty two point five million dollars" is $22500000. What is odd about it is the reference's, whose transcripts are
 * compared after this. */
#include "english-numbers.h"

#include <string.h>

#include "core/text/auto-python-text.h"

typedef enum
{
  WORD_ZERO = 1 << 0,
  WORD_ONE = 1 << 1, /* up to nineteen */
  WORD_ONE_ENDING = 1 << 2,
  WORD_TEN = 1 << 3,
  WORD_TEN_ENDING = 1 << 4,
  WORD_POWER = 1 << 5, /* hundred, thousand and so on: the number is the exponent */
  WORD_POWER_ENDING = 1 << 6,
  WORD_SIGN = 1 << 7,
  WORD_UNIT = 1 << 8,
  WORD_PER = 1 << 9,
  WORD_PERCENT = 1 << 10,
  WORD_AND = 1 << 11,
  WORD_REPEAT = 1 << 12, /* double and triple */
  WORD_POINT = 1 << 13,
} WordKind;

#define WORD_DECIMAL (WORD_ZERO | WORD_ONE | WORD_TEN)

typedef struct
{
  WordKind kind;
  guint number;
  const char *text; /* an ending or a sign */
} Word;

static void
add_word (GHashTable *table, char *text, WordKind kind, guint number, const char *with)
{
  Word *word = g_new (Word, 1);

  *word = (Word){ kind, number, with };
  g_hash_table_replace (table, text, word);
}

static void
add_ones (GHashTable *table)
{
  static const char *const ones[] = {
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
  };
  static const struct
  {
    const char *text;
    guint number;
    const char *ending;
  } odd[] = {
    { "zeroth", 0, "th" }, { "first", 1, "st" }, { "second", 2, "nd" }, { "third", 3, "rd" }, { "fifth", 5, "th" }, { "twelfth", 12, "th" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ones); i++)
    {
      guint n = i + 1;
      add_word (table, g_strdup (ones[i]), WORD_ONE, n, NULL);
      add_word (table, g_strconcat (ones[i], n == 6 ? "es" : "s", NULL), WORD_ONE_ENDING, n, "s");
      if (n > 3 && n != 5 && n != 12)
        add_word (table, g_strconcat (ones[i], g_str_has_suffix (ones[i], "t") ? "h" : "th", NULL), WORD_ONE_ENDING, n, "th");
    }
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    add_word (table, g_strdup (odd[i].text), WORD_ONE_ENDING, odd[i].number, odd[i].ending);
}

static void
add_tens_and_powers (GHashTable *table)
{
  static const char *const tens[] = { "twent", "thirt", "fort", "fift", "sixt", "sevent", "eight", "ninet" };
  static const struct
  {
    const char *text;
    guint exponent;
  } powers[] = {
    { "hundred", 2 }, { "thousand", 3 }, { "million", 6 }, { "billion", 9 },
    { "trillion", 12 }, { "quadrillion", 15 }, { "quintillion", 18 }, { "sextillion", 21 },
    { "septillion", 24 }, { "octillion", 27 }, { "nonillion", 30 }, { "decillion", 33 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tens); i++)
    {
      add_word (table, g_strconcat (tens[i], "y", NULL), WORD_TEN, 10 * (i + 2), NULL);
      add_word (table, g_strconcat (tens[i], "ies", NULL), WORD_TEN_ENDING, 10 * (i + 2), "s");
      add_word (table, g_strconcat (tens[i], "ieth", NULL), WORD_TEN_ENDING, 10 * (i + 2), "th");
    }
  for (guint i = 0; i < G_N_ELEMENTS (powers); i++)
    {
      add_word (table, g_strdup (powers[i].text), WORD_POWER, powers[i].exponent, NULL);
      add_word (table, g_strconcat (powers[i].text, "s", NULL), WORD_POWER_ENDING, powers[i].exponent, "s");
      add_word (table, g_strconcat (powers[i].text, "th", NULL), WORD_POWER_ENDING, powers[i].exponent, "th");
    }
}

static GHashTable *
get_words (void)
{
  static const struct
  {
    const char *text;
    WordKind kind;
    const char *sign;
    guint number;
  } others[] = {
    { "o", WORD_ZERO }, { "oh", WORD_ZERO }, { "zero", WORD_ZERO }, { "minus", WORD_SIGN, "-" },
    { "negative", WORD_SIGN, "-" }, { "plus", WORD_SIGN, "+" }, { "positive", WORD_SIGN, "+" }, { "pound", WORD_UNIT, "£" },
    { "pounds", WORD_UNIT, "£" }, { "euro", WORD_UNIT, "€" }, { "euros", WORD_UNIT, "€" }, { "dollar", WORD_UNIT, "$" },
    { "dollars", WORD_UNIT, "$" }, { "cent", WORD_UNIT, "¢" }, { "cents", WORD_UNIT, "¢" }, { "per", WORD_PER },
    { "percent", WORD_PERCENT }, { "and", WORD_AND }, { "double", WORD_REPEAT, NULL, 2 }, { "triple", WORD_REPEAT, NULL, 3 },
    { "point", WORD_POINT },
  };
  static GHashTable *words;

  if (g_once_init_enter (&words))
    {
      GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      add_ones (table);
      add_tens_and_powers (table);
      for (guint i = 0; i < G_N_ELEMENTS (others); i++)
        add_word (table, g_strdup (others[i].text), others[i].kind, others[i].number, others[i].sign);
      g_once_init_leave (&words, table);
    }
  return words;
}

/* What was read of a number so far: a whole number, its digits without zeros before them, or digits as they were said, maybe with a
 * point. */
typedef enum
{
  VALUE_NONE,
  VALUE_WHOLE,
  VALUE_SAID,
} ValueKind;

typedef struct
{
  GPtrArray *words; /* char * */
  guint at;
  GString *value;
  ValueKind kind;
  char prefix[8]; /* a sign or a currency's; empty: none */
  GString *out;
} Pass;

static const Word *
word_at (const Pass *pass, gint64 at)
{
  const char *text = at >= 0 && at < pass->words->len ? g_ptr_array_index (pass->words, at) : NULL;
  return text ? g_hash_table_lookup (get_words (), text) : NULL;
}

static gboolean
is_word (const Pass *pass, gint64 at, guint kinds)
{
  const Word *word = word_at (pass, at);
  return word && word->kind & kinds;
}

static const char *
skip_digits (const char *text)
{
  while (*text && auto_python_type (g_utf8_get_char (text)) == G_UNICODE_DECIMAL_NUMBER)
    text = g_utf8_next_char (text);
  return text;
}

/* Digits, maybe with a point and digits behind it. */
static gboolean
is_number (const char *text)
{
  const char *end = skip_digits (text), *more = *end == '.' ? skip_digits (end + 1) : end;

  return end > text && !*more && (*end != '.' || more > end + 1);
}

static void
set_value (Pass *pass, ValueKind kind, const char *text)
{
  pass->kind = kind;
  g_string_assign (pass->value, text);
}

/* Ends the number: appends a word, with the sign that was before it. */
static void
put (Pass *pass, const char *text)
{
  if (pass->out->len)
    g_string_append_c (pass->out, ' ');
  g_string_append (pass->out, pass->prefix);
  g_string_append (pass->out, text);
  set_value (pass, VALUE_NONE, "");
  *pass->prefix = 0;
}

/* The value with an ending. */
static void
put_value (Pass *pass, const char *ending)
{
  g_autofree char *text = g_strconcat (pass->value->str, ending, NULL);
  put (pass, text);
}

/* The value, if there is one, and then the word itself. */
static void
put_both (Pass *pass, const char *word)
{
  if (pass->kind)
    put_value (pass, "");
  put (pass, word);
}

/* Whether the value is a whole number with @zeros at its end. */
static gboolean
is_round (const Pass *pass, guint zeros)
{
  const GString *value = pass->value;

  if (g_str_equal (value->str, "0"))
    return TRUE;
  for (guint i = 0; i < zeros; i++)
    if (value->len <= i || value->str[value->len - 1 - i] != '0')
      return FALSE;
  return TRUE;
}

/* Adds @number in place of the last @zeros, or says it behind the value. */
static void
add_number (Pass *pass, guint number, guint zeros, gboolean said)
{
  if (pass->kind == VALUE_NONE)
    pass->kind = VALUE_WHOLE;
  else if (said || !is_round (pass, zeros))
    pass->kind = VALUE_SAID;
  else if (g_str_equal (pass->value->str, "0"))
    g_string_truncate (pass->value, 0);
  else
    {
      g_string_truncate (pass->value, pass->value->len - zeros);
      g_string_append_printf (pass->value, "%0*u", (int) zeros, number);
      return;
    }
  g_string_append_printf (pass->value, "%u", number);
}

static void
add_one (Pass *pass, guint number)
{
  gboolean said = pass->kind == VALUE_SAID || is_word (pass, (gint64) pass->at - 1, WORD_ONE);

  if (pass->kind && said && number < 10 && is_word (pass, (gint64) pass->at - 1, WORD_TEN))
    g_string_truncate (pass->value, pass->value->len - 1); /* takes the place of the zero */
  add_number (pass, number, number < 10 ? 1 : 2, said);
}

static void
strip_zeros (GString *digits)
{
  gsize zeros = strspn (digits->str, "0");

  g_string_erase (digits, 0, MIN (zeros, digits->len ? digits->len - 1 : 0));
}

/* The digits of a number as ASCII; of those behind the point, which are appended too, the count. FALSE if it is none. */
static gboolean
read_fraction (const char *text, GString *digits, gsize *n_behind)
{
  const char *end = skip_digits (text), *more = *end == '.' ? skip_digits (end + 1) : end;

  *n_behind = 0;
  if (*more || (end == text && more <= end + 1))
    return FALSE;
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    if (*p != '.')
      {
        g_string_append_c (digits, '0' + g_unichar_digit_value (g_utf8_get_char (p)));
        *n_behind += p > end;
      }
  return TRUE;
}

/* The whole number that the text is when its point is moved by @exponent, or FALSE. */
static gboolean
move_point (const char *text, guint exponent, GString *whole)
{
  gsize behind;

  if (!read_fraction (text, whole, &behind))
    return FALSE;
  for (; behind > exponent; behind--)
    {
      if (whole->str[whole->len - 1] != '0')
        return FALSE;
      g_string_truncate (whole, whole->len - 1);
    }
  for (; behind < exponent; behind++)
    g_string_append_c (whole, '0');
  strip_zeros (whole);
  return TRUE;
}

/* @a + @b */
static void
add_digits (GString *a, const GString *b)
{
  guint carry = 0;

  while (a->len < b->len)
    g_string_prepend_c (a, '0');
  for (gsize i = 0; i < a->len; i++)
    {
      char *digit = &a->str[a->len - 1 - i];
      carry += *digit - '0' + (i < b->len ? b->str[b->len - 1 - i] - '0' : 0);
      *digit = '0' + carry % 10;
      carry /= 10;
    }
  if (carry)
    g_string_prepend_c (a, '1');
  strip_zeros (a);
}

/* Multiplies the last three digits: of "two million five thousand" the five. */
static void
raise_value (Pass *pass, guint exponent)
{
  GString *value = pass->value;
  gsize last = MIN (value->len, 3);
  g_autoptr(GString) raised = g_string_new (value->str + value->len - last);

  for (guint i = 0; i < exponent; i++)
    g_string_append_c (raised, '0');
  memset (value->str + value->len - last, '0', last);
  add_digits (value, raised);
}

/* hundred and the like; with an ending, the number is done. */
static void
take_power (Pass *pass, const Word *word)
{
  g_autoptr(GString) power = g_string_new ("1"), whole = g_string_new (NULL);
  gboolean zero = pass->kind == VALUE_WHOLE && g_str_equal (pass->value->str, "0");

  for (guint i = 0; i < word->number; i++)
    g_string_append_c (power, '0');
  if (pass->kind == VALUE_NONE)
    set_value (pass, VALUE_WHOLE, power->str);
  else if (pass->kind == VALUE_WHOLE && !zero)
    raise_value (pass, word->number);
  else if (zero || move_point (pass->value->str, word->number, whole))
    set_value (pass, VALUE_WHOLE, zero ? "0" : whole->str);
  else
    {
      put_value (pass, "");
      set_value (pass, VALUE_WHOLE, power->str);
    }
  if (word->text)
    put_value (pass, word->text);
}

/* Digits, maybe behind a sign. */
static void
take_digits (Pass *pass, const char *text, const char *bare)
{
  g_autoptr(GString) whole = g_string_new (NULL);

  if (pass->kind == VALUE_SAID && g_str_has_suffix (pass->value->str, "."))
    {
      g_string_append (pass->value, text);
      return;
    }
  if (pass->kind)
    put_value (pass, "");
  if (bare > text)
    g_strlcpy (pass->prefix, text, MIN (sizeof pass->prefix, (gsize) (bare - text) + 1));
  if (move_point (bare, 0, whole))
    set_value (pass, VALUE_WHOLE, whole->str);
  else
    set_value (pass, VALUE_SAID, bare);
}

/* What is said digit by digit goes on; a zero alone isn't counted. */
static void
say (Pass *pass, const char *digits, guint times)
{
  if (pass->kind == VALUE_WHOLE && g_str_equal (pass->value->str, "0"))
    g_string_truncate (pass->value, 0);
  pass->kind = VALUE_SAID;
  for (guint i = 0; i < times; i++)
    g_string_append (pass->value, digits);
}

/* and, double, triple and point, which are of a number only where one follows; returns how many words more were taken. */
static guint
take_special (Pass *pass, const Word *word, const char *text, gboolean number_next)
{
  gint64 next = (gint64) pass->at + 1;

  if (!word_at (pass, next) && !number_next)
    put_both (pass, text);
  else if (word->kind == WORD_AND && !is_word (pass, (gint64) pass->at - 1, WORD_POWER))
    put_both (pass, text);
  else if (word->kind == WORD_REPEAT && is_word (pass, next, WORD_ONE | WORD_ZERO))
    {
      char digits[16];
      g_snprintf (digits, sizeof digits, "%u", word_at (pass, next)->number);
      say (pass, digits, word->number);
      return 1;
    }
  else if (word->kind == WORD_REPEAT)
    put_both (pass, text);
  else if (word->kind == WORD_POINT && (number_next || is_word (pass, next, WORD_DECIMAL)))
    say (pass, ".", 1);
  return 0;
}

/* per cent and percent; returns how many words more were taken. */
static guint
take_percent (Pass *pass, const Word *word, const char *text)
{
  guint next = pass->at + 1;
  gboolean cent = next < pass->words->len && g_str_equal (g_ptr_array_index (pass->words, next), "cent");

  if (!pass->kind || (word->kind == WORD_PER && !cent))
    {
      put_both (pass, text);
      return 0;
    }
  put_value (pass, "%");
  return word->kind == WORD_PER;
}

/* A word that is of a number, or may be; returns how many words more were taken. */
static guint
take_word (Pass *pass, const Word *word, const char *text)
{
  gint64 next = (gint64) pass->at + 1;
  gboolean number_next = next < pass->words->len && is_number (g_ptr_array_index (pass->words, next));

  switch (word->kind)
    {
    case WORD_ZERO:
      say (pass, "0", 1);
      return 0;
    case WORD_ONE:
    case WORD_ONE_ENDING:
      add_one (pass, word->number);
      break;
    case WORD_TEN:
    case WORD_TEN_ENDING:
      add_number (pass, word->number, 2, pass->kind == VALUE_SAID);
      break;
    case WORD_POWER:
    case WORD_POWER_ENDING:
      take_power (pass, word);
      return 0;
    case WORD_SIGN:
      if (pass->kind)
        put_value (pass, "");
      if (number_next || word_at (pass, next))
        g_strlcpy (pass->prefix, word->text, sizeof pass->prefix);
      else
        put (pass, text);
      return 0;
    case WORD_UNIT:
      if (pass->kind)
        g_strlcpy (pass->prefix, word->text, sizeof pass->prefix);
      put (pass, pass->kind ? pass->value->str : text);
      return 0;
    case WORD_PER:
    case WORD_PERCENT:
      return take_percent (pass, word, text);
    default:
      return take_special (pass, word, text, number_next);
    }
  if (word->text)
    put_value (pass, word->text);
  return 0;
}

static void
take_words (Pass *pass)
{
  for (; pass->at < pass->words->len; pass->at++)
    {
      const char *text = g_ptr_array_index (pass->words, pass->at);
      const Word *word = word_at (pass, pass->at);
      gboolean sign = *text == '-' || *text == '+' || *text == '$' || g_str_has_prefix (text, "£") || g_str_has_prefix (text, "€")
                      || g_str_has_prefix (text, "¢");
      const char *bare = sign ? g_utf8_next_char (text) : text;
      if (is_number (bare))
        take_digits (pass, text, bare);
      else if (word)
        pass->at += take_word (pass, word, text);
      else
        put_both (pass, text);
    }
  if (pass->kind)
    put_value (pass, "");
}

char *
whisper_join_numbers (const char *text, gsize length)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) value = g_string_new (NULL);
  Pass pass = { .words = words, .value = value, .out = g_string_new (NULL) };

  auto_python_split (text, length, auto_python_collect_word, words);
  take_words (&pass);
  return g_string_free (pass.out, FALSE);
}

gboolean
whisper_is_number_word (const char *text)
{
  const Word *word = g_hash_table_lookup (get_words (), text);

  return word && word->kind & (WORD_DECIMAL | WORD_POWER);
}
