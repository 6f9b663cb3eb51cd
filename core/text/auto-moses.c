/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a text to words. */
#include "auto-moses.h"

#include <string.h>

#include "auto-moses-tables.h"

struct _AutoMoses
{
  char *language;
  const char *const *words, *const *numbers; /* abbreviations that keep their dot, and those that do before a number */
};

/* Two dots or more, which are a word by themselves: this and their number. */
#define DOTS 0x110000u

#define FIND(c, table) is_in (c, table, G_N_ELEMENTS (table))

static gboolean
is_in (gunichar c, const Span *spans, gsize n)
{
  gsize low = 0;

  while (low < n)
    {
      gsize middle = low + (n - low) / 2;
      if (c >= spans[middle].from && c <= spans[middle].to)
        return TRUE;
      if (c > spans[middle].to)
        low = middle + 1;
      else
        n = middle;
    }
  return FALSE;
}

/* The reference's own spans, whose ends don't count. */
static gboolean
is_cjk (gunichar c)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cjk); i++)
    if (c < cjk[i].to)
      return c > cjk[i].from;
  return FALSE;
}

gboolean
auto_moses_is (gunichar c, AutoMosesKind kind)
{
  switch (kind)
    {
    case AUTO_MOSES_LETTER:
      return FIND (c, letters);
    case AUTO_MOSES_WORD_LETTER:
      return c >= DOTS || FIND (c, letters) || FIND (c, indic_signs);
    case AUTO_MOSES_ALPHANUMERIC:
      return c >= DOTS || FIND (c, alphanumeric) || FIND (c, indic_signs);
    case AUTO_MOSES_LOWER:
      return FIND (c, lower);
    case AUTO_MOSES_NUMBER:
      return c == '\n' || FIND (c, numbers);
    case AUTO_MOSES_CURRENCY:
      return c == '\n' || FIND (c, currency);
    case AUTO_MOSES_CJK:
      return is_cjk (c);
    }
  return FALSE;
}

AutoMoses *
auto_moses_new (const char *language, GError **error)
{
  static const struct
  {
    const char *language;
    const char *const *words, *const *numbers;
  } known[] = { { "en", en_words, en_numbers }, { "de", de_words, de_numbers }, { "fr", fr_words, fr_numbers }, { "ru", ru_words, ru_numbers } };

  if (g_strv_contains (unlisted, language))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
                   "texts in \"%s\" can't be cut into words: its abbreviations aren't known here; only those of en, de, fr and ru are", language);
      return NULL;
    }
  AutoMoses *self = g_new (AutoMoses, 1);
  *self = (AutoMoses){ g_strdup (language), en_words, en_numbers }; /* other languages go by the English ones */
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].language, language))
      self->words = known[i].words, self->numbers = known[i].numbers;
  return self;
}

void
auto_moses_free (AutoMoses *self)
{
  if (!self)
    return;
  g_free (self->language);
  g_free (self);
}

const char *
auto_moses_get_language (const AutoMoses *self)
{
  return self->language;
}

gboolean
auto_moses_keeps_dot (const AutoMoses *self, const char *word, gboolean number)
{
  return g_strv_contains (number ? self->numbers : self->words, word);
}

/* A text on its way: characters, one pass after another. */
typedef struct
{
  GArray *in, *out; /* gunichar */
} Text;

static gunichar
get (const Text *text, gsize i)
{
  return g_array_index (text->in, gunichar, i);
}

static void
put (Text *text, gunichar c)
{
  g_array_append_val (text->out, c);
}

static void
put_all (Text *text, const char *ascii)
{
  for (; *ascii; ascii++)
    put (text, *ascii);
}

/* What was written is read next. */
static void
turn (Text *text)
{
  GArray *in = text->in;

  text->in = text->out;
  text->out = in;
  g_array_set_size (in, 0);
}

/* One space for each run of spaces, no control characters, no spaces at the ends. */
static void
read_text (Text *text, const char *start, gsize length)
{
  gboolean space = FALSE;

  for (const char *p = start; p < start + length; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean is_space = auto_python_is_space (c);
      if (is_space ? !space : c >= 0x20)
        put (text, is_space ? ' ' : c);
      space = is_space;
    }
  guint n = text->out->len, from = 0;
  while (from < n && g_array_index (text->out, gunichar, from) == ' ')
    from++;
  while (n > from && g_array_index (text->out, gunichar, n - 1) == ' ')
    n--;
  g_array_set_size (text->out, n);
  if (from)
    g_array_remove_range (text->out, 0, from);
  turn (text);
}

static void
pad_symbols (Text *text)
{
  for (guint i = 0; i < text->in->len; i++)
    {
      gunichar c = get (text, i);
      gboolean plain = auto_moses_is (c, AUTO_MOSES_ALPHANUMERIC) || auto_python_is_space (c) || (c < 0x80 && strchr (".'`,-", c));
      if (!plain)
        put (text, ' ');
      put (text, c);
      if (!plain)
        put (text, ' ');
    }
  turn (text);
}

static void
split_hyphens (Text *text)
{
  for (guint i = 0; i < text->in->len; i++)
    if (get (text, i) == '-' && i > 0 && i + 1 < text->in->len && auto_moses_is (get (text, i - 1), AUTO_MOSES_ALPHANUMERIC)
        && auto_moses_is (get (text, i + 1), AUTO_MOSES_ALPHANUMERIC))
      put_all (text, " @-@ ");
    else
      put (text, get (text, i));
  turn (text);
}

static void
gather_dots (Text *text)
{
  guint n;

  for (guint i = 0; i < text->in->len; i += n)
    {
      for (n = 0; i + n < text->in->len && get (text, i + n) == '.';)
        n++;
      if (n > 1)
        {
          put (text, ' ');
          put (text, DOTS + n);
          if (i + n < text->in->len)
            put (text, ' ');
        }
      else
        put (text, get (text, i));
      n = MAX (n, 1);
    }
  turn (text);
}

static gboolean
is_number (const Text *text, guint i)
{
  return auto_moses_is (get (text, i), AUTO_MOSES_NUMBER);
}

/* Commas, but those within numbers: behind what is no number, before it, at the end. */
static void
split_commas (Text *text)
{
  for (guint i = 0, n; i < text->in->len; i += n)
    {
      n = i + 1 < text->in->len && get (text, i + 1) == ',' && !is_number (text, i) ? 2 : 1;
      put (text, get (text, i));
      if (n == 2)
        put_all (text, " , ");
    }
  turn (text);
  for (guint i = 0, n; i < text->in->len; i += n)
    {
      n = get (text, i) == ',' && i + 1 < text->in->len && !is_number (text, i + 1) ? 2 : 1;
      if (n == 2)
        put_all (text, " , ");
      put (text, get (text, i + n - 1));
    }
  turn (text);
  guint last = text->in->len;
  if (last > 1 && get (text, last - 1) == ',' && is_number (text, last - 2))
    {
      g_array_set_size (text->in, last - 1);
      for (const char *p = " , "; *p; p++)
        g_array_append_val (text->in, ((gunichar){ *p }));
    }
}

/* What stands beside an apostrophe. */
typedef enum
{
  LETTER,
  NO_LETTER,
  NEITHER, /* a letter nor a number */
  NUMBER,
  PLURAL,
} Side;

static gboolean
is_side (gunichar c, Side side)
{
  gboolean letter = auto_moses_is (c, AUTO_MOSES_WORD_LETTER);

  return side == LETTER      ? letter
         : side == NO_LETTER ? !letter
         : side == NEITHER   ? !letter && !auto_moses_is (c, AUTO_MOSES_NUMBER)
         : side == NUMBER    ? auto_moses_is (c, AUTO_MOSES_NUMBER)
                             : c == 's';
}

static void
split_apostrophes_between (Text *text, Side before, Side after, gboolean space_before, gboolean space_after)
{
  for (guint i = 0, n; i < text->in->len; i += n)
    {
      n = i + 2 < text->in->len && get (text, i + 1) == '\'' && is_side (get (text, i), before) && is_side (get (text, i + 2), after) ? 3 : 1;
      put (text, get (text, i));
      if (n == 1)
        continue;
      put_all (text, space_before ? space_after ? " ' " : " '" : "' ");
      put (text, get (text, i + 2));
    }
  turn (text);
}

static void
split_apostrophes (const AutoMoses *self, Text *text)
{
  gboolean english = g_str_equal (self->language, "en"), french = g_str_equal (self->language, "fr") || g_str_equal (self->language, "it");

  if (!english && !french)
    {
      for (guint i = 0; i < text->in->len; i++)
        if (get (text, i) == '\'')
          put_all (text, " ' ");
        else
          put (text, get (text, i));
      turn (text);
      return;
    }
  split_apostrophes_between (text, NO_LETTER, NO_LETTER, TRUE, TRUE);
  split_apostrophes_between (text, english ? NEITHER : NO_LETTER, LETTER, TRUE, TRUE);
  split_apostrophes_between (text, LETTER, NO_LETTER, TRUE, TRUE);
  split_apostrophes_between (text, LETTER, LETTER, english, french);
  if (english)
    split_apostrophes_between (text, NUMBER, PLURAL, TRUE, FALSE);
}

/* A word of the text, from and to. */
typedef struct
{
  guint from, to;
} Word;

static gboolean
keeps_dot (const AutoMoses *self, const Text *text, const Word *word, const Word *next)
{
  g_autoptr(GString) prefix = g_string_new (NULL);
  gboolean dot = FALSE, letter = FALSE;

  for (guint i = word->from; i < word->to - 1; i++)
    {
      gunichar c = get (text, i);
      dot |= c == '.';
      letter |= auto_moses_is (c, AUTO_MOSES_WORD_LETTER);
      if (c < DOTS)
        g_string_append_unichar (prefix, c);
    }
  if ((dot && letter) || auto_moses_keeps_dot (self, prefix->str, FALSE))
    return TRUE;
  if (!next)
    return FALSE;
  gunichar first = get (text, next->from);
  return auto_moses_is (first, AUTO_MOSES_LOWER) || (auto_moses_keeps_dot (self, prefix->str, TRUE) && first < 0x80 && g_ascii_isdigit (first));
}

static void
list_words (const Text *text, GArray *words)
{
  for (guint i = 0, n; i < text->in->len; i += n + 1)
    {
      for (n = 0; i + n < text->in->len && !(get (text, i + n) < DOTS && auto_python_is_space (get (text, i + n)));)
        n++;
      if (n)
        g_array_append_val (words, ((Word){ i, i + n }));
    }
}

/* Dots at the ends of words, but of abbreviations; one space between words. */
static void
split_dots (const AutoMoses *self, Text *text)
{
  g_autoptr(GArray) words = g_array_new (FALSE, FALSE, sizeof (Word));

  list_words (text, words);
  for (guint i = 0; i < words->len; i++)
    {
      const Word *word = &g_array_index (words, Word, i), *next = i + 1 < words->len ? word + 1 : NULL;
      gboolean dot = word->to - word->from > 1 && get (text, word->to - 1) == '.' && !keeps_dot (self, text, word, next);
      if (i)
        put (text, ' ');
      for (guint k = word->from; k < word->to - dot; k++)
        put (text, get (text, k));
      if (dot)
        put_all (text, " .");
    }
  turn (text);
  guint n = text->in->len;
  if (n >= 2 && get (text, n - 1) == '\'' && get (text, n - 2) == '.')
    {
      g_array_set_size (text->in, n - 2);
      for (const char *p = " . ' "; *p; p++)
        g_array_append_val (text->in, ((gunichar){ *p }));
    }
}

static const char *
escape_of (gunichar c)
{
  switch (c)
    {
    case '&':
      return "&amp;";
    case '|':
      return "&#124;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\'':
      return "&apos;";
    case '"':
      return "&quot;";
    case '[':
      return "&#91;";
    case ']':
      return "&#93;";
    default:
      return NULL;
    }
}

static char *
write_text (const Text *text, gboolean escape)
{
  GString *out = g_string_sized_new (text->in->len * 2);

  for (guint i = 0; i < text->in->len; i++)
    {
      gunichar c = get (text, i);
      const char *escaped = escape ? escape_of (c) : NULL;
      if (c >= DOTS)
        for (guint n = c - DOTS; n; n--)
          g_string_append_c (out, '.');
      else if (escaped)
        g_string_append (out, escaped);
      else
        g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}

void
auto_moses_split (const AutoMoses *self, const char *start, gsize length, gboolean dashes, gboolean escape, AutoPythonWord each, gpointer data)
{
  Text text = { g_array_new (FALSE, FALSE, sizeof (gunichar)), g_array_new (FALSE, FALSE, sizeof (gunichar)) };

  read_text (&text, start, length);
  pad_symbols (&text);
  if (dashes)
    split_hyphens (&text);
  gather_dots (&text);
  split_commas (&text);
  split_apostrophes (self, &text);
  split_dots (self, &text);
  g_autofree char *out = write_text (&text, escape);
  g_array_unref (text.in);
  g_array_unref (text.out);
  auto_python_split (out, strlen (out), each, data);
}
