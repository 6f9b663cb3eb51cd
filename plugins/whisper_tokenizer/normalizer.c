/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making transcripts plain, so that they can be compared. The order of the rules is the reference's. */
#include "normalizer.h"

#include <string.h>

#include "core/base/auto-json.h"
#include "core/text/auto-python-text.h"
#include "english-numbers.h"

/* What stands for an end of words; @whole: it begins a word. */
typedef struct
{
  const char *text;
  gboolean whole;
  const char *with;
} Ending;

static const Ending hesitations[] = { { "hmm", TRUE, "" }, { "mm", TRUE, "" }, { "mhm", TRUE, "" },
                                      { "mmm", TRUE, "" }, { "uh", TRUE, "" }, { "um", TRUE, "" } };

static const Ending contractions[] = {
  { "won't", TRUE, "will not" }, { "can't", TRUE, "can not" }, { "let's", TRUE, "let us" }, { "ain't", TRUE, "aint" },
  { "y'all", TRUE, "you all" }, { "wanna", TRUE, "want to" }, { "gotta", TRUE, "got to" },
  { "gonna", TRUE, "going to" }, { "i'ma", TRUE, "i am going to" }, { "imma", TRUE, "i am going to" },
  { "woulda", TRUE, "would have" }, { "coulda", TRUE, "could have" }, { "shoulda", TRUE, "should have" },
  { "ma'am", TRUE, "madam" },
  /* titles */
  { "mr", TRUE, "mister " }, { "mrs", TRUE, "missus " }, { "st", TRUE, "saint " }, { "dr", TRUE, "doctor " },
  { "prof", TRUE, "professor " }, { "capt", TRUE, "captain " }, { "gov", TRUE, "governor " },
  { "ald", TRUE, "alderman " }, { "gen", TRUE, "general " }, { "sen", TRUE, "senator " },
  { "rep", TRUE, "representative " }, { "pres", TRUE, "president " }, { "rev", TRUE, "reverend " },
  { "hon", TRUE, "honorable " }, { "asst", TRUE, "assistant " }, { "assoc", TRUE, "associate " },
  { "lt", TRUE, "lieutenant " }, { "col", TRUE, "colonel " }, { "jr", TRUE, "junior " }, { "sr", TRUE, "senior " },
  { "esq", TRUE, "esquire " },
  /* what is past */
  { "'d been", FALSE, " had been" }, { "'s been", FALSE, " has been" }, { "'d gone", FALSE, " had gone" },
  { "'s gone", FALSE, " has gone" }, { "'d done", FALSE, " had done" }, { "'s got", FALSE, " has got" },
  /* any others */
  { "n't", FALSE, " not" }, { "'re", FALSE, " are" }, { "'s", FALSE, " is" }, { "'d", FALSE, " would" },
  { "'ll", FALSE, " will" }, { "'t", FALSE, " not" }, { "'ve", FALSE, " have" }, { "'m", FALSE, " am" }
};

static void
replace_ending (GString *text, const Ending *ending)
{
  gsize length = strlen (ending->text);
  g_autoptr(GString) out = NULL;
  const char *from = text->str;

  for (const char *at = from; (at = strstr (at, ending->text));)
    if ((ending->whole && whisper_word_before (text->str, at)) || whisper_word_at (at + length))
      at++;
    else
      {
        if (!out)
          out = g_string_sized_new (text->len);
        g_string_append_len (out, from, at - from);
        g_string_append (out, ending->with);
        from = at += length;
      }
  if (!out)
    return;
  g_string_append (out, from);
  g_string_assign (text, out->str);
}

/* Words in brackets that any of @open begins and any of @close ends; with @some, no empty ones. */
static void
erase_brackets (GString *text, const char *open, const char *close, gboolean some)
{
  g_autoptr(GString) out = g_string_sized_new (text->len);
  const char *from = text->str;

  for (const char *at = from; (at = strpbrk (at, open));)
    {
      const char *end = strpbrk (at + 1, close);
      if (!end)
        break;
      if (some && end == at + 1)
        {
          at++;
          continue;
        }
      g_string_append_len (out, from, at - from);
      from = at = end + 1;
    }
  g_string_append (out, from);
  g_string_assign (text, out->str);
}

/* Spaces before an apostrophe go. */
static void
close_apostrophes (GString *text)
{
  g_autoptr(GString) out = g_string_sized_new (text->len);

  for (const char *p = text->str; *p;)
    {
      const char *end = whisper_skip_spaces (p), *next = end > p ? end : g_utf8_next_char (p);
      if (end == p || *end != '\'')
        g_string_append_len (out, p, next - p);
      p = next;
    }
  g_string_assign (text, out->str);
}

static gboolean
is_digit (gunichar c)
{
  return auto_python_type (c) == G_UNICODE_DECIMAL_NUMBER;
}

/* Commas between digits go, of three digits in a row only the first. */
static void
join_digits (GString *text)
{
  g_autoptr(GString) out = g_string_sized_new (text->len);

  for (const char *p = text->str; *p;)
    {
      const char *next = g_utf8_next_char (p);
      g_string_append_len (out, p, next - p);
      if (is_digit (g_utf8_get_char (p)) && *next == ',' && is_digit (g_utf8_get_char (next + 1)))
        {
          const char *end = g_utf8_next_char (next + 1);
          g_string_append_len (out, next + 1, end - next - 1);
          next = end;
        }
      p = next;
    }
  g_string_assign (text, out->str);
}

/* A sign of @signs is a space where no digit follows; what follows isn't looked at again. At the end only with @at_end. */
static void
erase_before_words (GString *text, const char *signs, gboolean at_end)
{
  g_autoptr(GString) out = g_string_sized_new (text->len);

  for (const char *p = text->str; *p;)
    {
      const char *next = g_utf8_next_char (p);
      if (!g_utf8_strchr (signs, -1, g_utf8_get_char (p)) || g_ascii_isdigit (*next) || (!*next && !at_end))
        g_string_append_len (out, p, next - p);
      else
        {
          const char *end = *next ? g_utf8_next_char (next) : next;
          g_string_append_c (out, ' ');
          g_string_append_len (out, next, end - next);
          next = end;
        }
      p = next;
    }
  g_string_assign (text, out->str);
}

/* % is a space where no digit is before it. */
static void
erase_percents (GString *text)
{
  g_autoptr(GString) out = g_string_sized_new (text->len);

  for (const char *p = text->str; *p;)
    {
      const char *next = g_utf8_next_char (p);
      gboolean of_word = !g_ascii_isdigit (*p) && *next == '%';
      g_string_append_len (out, p, next - p);
      if (of_word)
        g_string_append_c (out, ' ');
      p = next + of_word;
    }
  g_string_assign (text, out->str);
}

/* Letters that don't come apart into a plain one and its accent. */
static const char *
plain_letter (gunichar c)
{
  static const struct
  {
    gunichar letter;
    const char *plain;
  } letters[] = {
    { 0x153, "oe" }, { 0x152, "OE" }, { 0xF8, "o" }, { 0xD8, "O" }, { 0xE6, "ae" }, { 0xC6, "AE" }, { 0xDF, "ss" }, { 0x1E9E, "SS" },
    { 0x111, "d" }, { 0x110, "D" }, { 0xF0, "d" }, { 0xD0, "D" }, { 0xFE, "th" }, { 0xDE, "th" }, { 0x142, "l" }, { 0x141, "L" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    if (letters[i].letter == c)
      return letters[i].plain;
  return NULL;
}

/* Marks, symbols and punctuation. */
static gboolean
is_symbol (gunichar c)
{
  switch (auto_python_type (c))
    {
    case G_UNICODE_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_CURRENCY_SYMBOL:
    case G_UNICODE_MODIFIER_SYMBOL:
    case G_UNICODE_MATH_SYMBOL:
    case G_UNICODE_OTHER_SYMBOL:
    case G_UNICODE_CONNECT_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
    case G_UNICODE_OPEN_PUNCTUATION:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Symbols, but those of @keep, become spaces; without @accents, letters lose theirs. */
static void
erase_symbols (GString *text, gboolean accents, const char *keep)
{
  g_autofree char *normal = g_utf8_normalize (text->str, text->len, accents ? G_NORMALIZE_ALL_COMPOSE : G_NORMALIZE_ALL);

  g_string_truncate (text, 0);
  for (const char *p = normal; p && *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      const char *plain = accents ? NULL : plain_letter (c);
      if (plain)
        g_string_append (text, plain);
      else if (g_utf8_strchr (keep, -1, c) || !is_symbol (c))
        g_string_append_unichar (text, c);
      else if (accents || auto_python_type (c) != G_UNICODE_NON_SPACING_MARK)
        g_string_append_c (text, ' ');
    }
}

static void
make_lower (GString *text)
{
  g_autofree char *lower = auto_python_lower (text->str, text->len);
  g_string_assign (text, lower);
}

typedef struct
{
  JsonObject *spellings;
  GString *out;
  gboolean any;
} Spelling;

static void
spell (const char *word, gsize length, gpointer data)
{
  Spelling *self = data;
  g_autofree char *text = g_strndup (word, length);
  const char *other = auto_json_string (self->spellings, text);

  if (self->any)
    g_string_append_c (self->out, ' ');
  self->any = TRUE;
  g_string_append (self->out, other ? other : text);
}

char *
whisper_normalize_basic (const char *source, gboolean remove_diacritics)
{
  GString *text = g_string_new (source);

  make_lower (text);
  erase_brackets (text, "<[", ">]", FALSE);
  erase_brackets (text, "(", ")", TRUE);
  erase_symbols (text, !remove_diacritics, "");
  make_lower (text);
  auto_python_join_spaces (text);
  return g_string_free (text, FALSE);
}

char *
whisper_normalize_english (const char *source, JsonObject *spellings)
{
  g_autoptr(GString) text = g_string_new (source);
  Spelling spelling = { spellings, g_string_sized_new (text->len), FALSE };

  make_lower (text);
  erase_brackets (text, "<[", ">]", FALSE);
  erase_brackets (text, "(", ")", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (hesitations); i++)
    replace_ending (text, &hesitations[i]);
  close_apostrophes (text);
  for (guint i = 0; i < G_N_ELEMENTS (contractions); i++)
    replace_ending (text, &contractions[i]);
  join_digits (text);
  erase_before_words (text, ".", TRUE);
  erase_symbols (text, FALSE, ".%$¢€£");
  g_autofree char *numbers = whisper_write_numbers (text->str);
  auto_python_split (numbers, strlen (numbers), spell, &spelling);
  erase_before_words (spelling.out, ".$¢€£", FALSE);
  erase_percents (spelling.out);
  auto_python_join_spaces (spelling.out);
  return g_string_free (spelling.out, FALSE);
}
