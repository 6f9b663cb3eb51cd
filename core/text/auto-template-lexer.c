/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-python-text.h"
#include "auto-template-private.h"
#include "core/base/auto-errors.h"
#include "../base/auto-message.h"

typedef struct
{
  TplArena *arena;
  const char *name;
  const char *text;
  gsize length;
  gsize position;
  gsize counted; /* up to here newlines are in @line */
  int line;
  gboolean line_starting;
  GString *brackets;
  GArray *tokens;
  GError *error;
} Lexer;


static int
line_at (Lexer *self, gsize position)
{
  for (; self->counted < position; self->counted++)
    self->line += self->text[self->counted] == '\n';
  return self->line;
}

static void G_GNUC_PRINTF (2, 3) fail (Lexer *self, const char *format, ...)
{
  va_list args;

  if (self->error)
    return;
  va_start (args, format);
  g_autofree char *reason = auto_message_valist (format, args);
  va_end (args);
  g_set_error (&self->error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_TEMPLATE, "%s:%d: %s", self->name,
               line_at (self, self->position), reason);
}

static gboolean
at (Lexer *self, gsize position, const char *what)
{
  gsize n = strlen (what);
  return position + n <= self->length && memcmp (self->text + position, what, n) == 0;
}

static gsize
skip_spaces (Lexer *self, gsize position)
{
  while (position < self->length)
    {
      const char *p = self->text + position;
      if (!tpl_is_space (g_utf8_get_char (p)))
        break;
      position = g_utf8_next_char (p) - self->text;
    }
  return position;
}

static TplToken *
push (Lexer *self, TplTokenType type)
{
  TplToken token = { .type = type, .line = line_at (self, self->position) };
  g_array_append_val (self->tokens, token);
  return &g_array_index (self->tokens, TplToken, self->tokens->len - 1);
}

static void
push_text (Lexer *self, TplTokenType type, const char *text, gsize length)
{
  char *copy = tpl_arena_alloc (self->arena, length + 1);
  memcpy (copy, text, length);
  copy[length] = 0;
  TplToken *token = push (self, type);
  token->text = copy;
  token->length = length;
}

/* Whether a closing delimiter stands at @position: "-%}" with the space after it, "+%}" (where there is one), or "%}"
 * with a newline when @trim. */
static gboolean
closes (Lexer *self, gsize position, const char *delimiter, gboolean has_plus, gboolean trim, gsize *end)
{
  char signed_delimiter[4] = { '-', delimiter[0], delimiter[1], 0 };

  if (at (self, position, signed_delimiter))
    {
      *end = skip_spaces (self, position + 3);
      return TRUE;
    }
  signed_delimiter[0] = '+';
  if (has_plus && at (self, position, signed_delimiter))
    {
      *end = position + 3;
      return TRUE;
    }
  if (!at (self, position, delimiter))
    return FALSE;
  *end = position + 2;
  if (trim && *end < self->length && self->text[*end] == '\n')
    ++*end;
  return TRUE;
}

/* Moves on to @end; what follows begins a line if a newline was the last thing read. */
static void
advance (Lexer *self, gsize end)
{
  if (end > self->position)
    self->line_starting = self->text[end - 1] == '\n';
  self->position = end;
}

/* The data between two tags, less what the tag after it strips. */
static void
push_data (Lexer *self, gsize end, char sign, gboolean is_variable)
{
  const char *text = self->text + self->position;
  gsize length = end - self->position;

  if (sign == '-')
    {
      while (length > 0)
        {
          const char *last = g_utf8_find_prev_char (text, text + length);
          if (!last || !tpl_is_space (g_utf8_get_char (last)))
            break;
          length = last - text;
        }
    }
  else if (sign != '+' && !is_variable)
    {
      gsize start = length;
      while (start > 0 && text[start - 1] != '\n')
        start--;
      if ((start > 0 || self->line_starting) && skip_spaces (self, self->position + start) >= end)
        length = start;
    }
  if (length > 0)
    push_text (self, TPL_TOKEN_DATA, text, length);
}

/* "{% raw %}" with its signs at @position. */
static gboolean
is_raw_begin (Lexer *self, gsize position, gsize *end)
{
  gsize p = position + 2;

  if (p < self->length && (self->text[p] == '-' || self->text[p] == '+'))
    p++;
  p = skip_spaces (self, p);
  if (!at (self, p, "raw"))
    return FALSE;
  p = skip_spaces (self, p + 3);
  return closes (self, p, "%}", FALSE, FALSE, end);
}

static gboolean
is_raw_end (Lexer *self, gsize position, char *sign, gsize *end)
{
  gsize p = position + 2;

  *sign = 0;
  if (p < self->length && (self->text[p] == '-' || self->text[p] == '+'))
    *sign = self->text[p++];
  p = skip_spaces (self, p);
  if (!at (self, p, "endraw"))
    return FALSE;
  p = skip_spaces (self, p + 6);
  return closes (self, p, "%}", TRUE, TRUE, end);
}

static void
lex_raw (Lexer *self)
{
  for (gsize p = self->position; p + 1 < self->length; p++)
    {
      char sign;
      gsize end;
      if (at (self, p, "{%") && is_raw_end (self, p, &sign, &end))
        {
          push_data (self, p, sign, FALSE);
          advance (self, end);
          return;
        }
    }
  fail (self, "missing end of raw directive");
}

static void
lex_comment (Lexer *self)
{
  for (gsize p = self->position; p + 1 < self->length; p++)
    {
      gsize end;
      if (closes (self, p, "#}", TRUE, TRUE, &end))
        {
          advance (self, end);
          return;
        }
    }
  fail (self, "missing end of comment tag");
}

static gunichar
read_hex (const char *p, const char *end, guint digits)
{
  gunichar value = 0;

  for (guint i = 0; i < digits; i++)
    {
      if (p + i >= end || !g_ascii_isxdigit (p[i]))
        return (gunichar) -1;
      value = value * 16 + g_ascii_xdigit_value (p[i]);
    }
  return value;
}

/* One escape of a string, @p at the character after the backslash; returns the place after it, NULL when malformed. */
static const char *
read_escape (GString *out, const char *p, const char *end)
{
  static const char names[] = "abfnrtv\\'\"", values[] = "\a\b\f\n\r\t\v\\'\"";
  const char *known = strchr (names, *p);
  guint digits = *p == 'x' ? 2 : *p == 'u' ? 4 : *p == 'U' ? 8 : 0;
  gunichar ch;

  if (*p == '\n')
    return p + 1;
  if (known && *p)
    {
      g_string_append_c (out, values[known - names]);
      return p + 1;
    }
  if (*p == 'N')
    return NULL;
  if (digits)
    {
      ch = read_hex (p + 1, end, digits);
      if (ch > 0x10ffff)
        return NULL;
      p += 1 + digits;
    }
  else if (*p >= '0' && *p <= '7')
    {
      ch = 0;
      for (int i = 0; i < 3 && p < end && *p >= '0' && *p <= '7'; i++, p++)
        ch = ch * 8 + (*p - '0');
    }
  else
    {
      g_string_append_c (out, '\\');
      return p;
    }
  /* a lone surrogate has no UTF-8 */
  g_string_append_unichar (out, ch >= 0xd800 && ch < 0xe000 ? 0xfffd : ch);
  return p;
}

static void
lex_string (Lexer *self)
{
  char quote = self->text[self->position];
  const char *p = self->text + self->position + 1, *limit = self->text + self->length;
  g_autoptr(GString) out = g_string_new (NULL);

  for (; p < limit && *p != quote;)
    {
      if (*p != '\\')
        {
          g_string_append_c (out, *p++);
          continue;
        }
      if (p + 1 >= limit)
        break;
      p = read_escape (out, p + 1, limit);
      if (!p)
        {
          fail (self, "malformed escape in a string");
          return;
        }
    }
  if (p >= limit)
    {
      fail (self, "unexpected char %c: the string does not end", quote);
      return;
    }
  push_text (self, TPL_TOKEN_STRING, out->str, out->len);
  advance (self, p + 1 - self->text);
}

static gsize
skip_digits (Lexer *self, gsize p, gboolean (*is_digit) (char ch))
{
  while (p < self->length && (is_digit (self->text[p]) || (self->text[p] == '_' && p + 1 < self->length && is_digit (self->text[p + 1]))))
    p++;
  return p;
}

static gboolean
is_decimal (char ch)
{
  return g_ascii_isdigit (ch);
}

static gboolean
is_hexadecimal (char ch)
{
  return g_ascii_isxdigit (ch);
}

/* A float has a fraction or an exponent, and no dot before it. Returns its end, or 0. */
static gsize
float_end (Lexer *self)
{
  gsize p = self->position, end = 0;

  if (p > 0 && self->text[p - 1] == '.')
    return 0;
  p = skip_digits (self, p, is_decimal);
  if (p + 1 < self->length && self->text[p] == '.' && is_decimal (self->text[p + 1]))
    end = p = skip_digits (self, p + 1, is_decimal);
  if (p < self->length && (self->text[p] | 0x20) == 'e')
    {
      gsize q = p + 1;
      if (q < self->length && (self->text[q] == '+' || self->text[q] == '-'))
        q++;
      if (q < self->length && is_decimal (self->text[q]))
        end = skip_digits (self, q, is_decimal);
    }
  return end;
}

static void
lex_number (Lexer *self)
{
  gsize p = self->position, end = float_end (self);
  gboolean is_float = end > 0;
  char kind = p + 1 < self->length ? self->text[p + 1] | 0x20 : 0;
  guint base = self->text[p] != '0' ? 10 : kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;

  if (!is_float)
    end = skip_digits (self, base == 10 ? p : p + 2, base == 16 ? is_hexadecimal : is_decimal);
  g_autofree char *digits = g_strndup (self->text + p, end - p);
  char *to = digits;
  for (char *from = digits; *from; from++)
    if (*from != '_')
      *to++ = *from;
  *to = 0;

  char *rest = NULL;
  const char *number = base == 10 ? digits : digits + 2;
  double value = is_float ? g_ascii_strtod (digits, &rest) : 0;
  guint64 integer = is_float ? 0 : g_ascii_strtoull (number, &rest, base);
  if (*rest || rest == number || integer > G_MAXINT64 || (!is_float && base == 10 && digits[0] == '0' && integer != 0))
    {
      fail (self, "%s is no number that can be used here", digits);
      return;
    }
  TplToken *token = push (self, is_float ? TPL_TOKEN_FLOAT : TPL_TOKEN_INTEGER);
  token->integer = (gint64) integer;
  token->number = value;
  advance (self, end);
}

static gboolean
is_word (gunichar ch)
{
  return ch == '_' || auto_python_is_alnum (ch) || g_unichar_ismark (ch);
}

static void
lex_name (Lexer *self)
{
  const char *start = self->text + self->position, *p = start;

  while (p < self->text + self->length && is_word (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  gunichar first = g_utf8_get_char (start);
  if (first != '_' && !auto_python_is_alpha (first))
    {
      fail (self, "invalid character in identifier");
      return;
    }
  push_text (self, TPL_TOKEN_NAME, start, p - start);
  advance (self, p - self->text);
}

static void
lex_operator (Lexer *self)
{
  static const char *doubles[] = { "//", "**", "==", "!=", ">=", "<=" };
  char ch = self->text[self->position];
  guint n = 1;

  for (guint i = 0; i < G_N_ELEMENTS (doubles); i++)
    if (at (self, self->position, doubles[i]))
      n = 2;
  if (n == 1 && (!ch || !strchr ("+-/*%~[](){}><=.:|,;", ch)))
    {
      g_autofree char *shown = g_utf8_substring (self->text + self->position, 0, 1);
      fail (self, "unexpected char %s", shown);
      return;
    }
  if (strchr ("([{", ch))
    g_string_append_c (self->brackets, ch == '(' ? ')' : ch == '[' ? ']' : '}');
  else if (strchr (")]}", ch))
    {
      gsize depth = self->brackets->len;
      if (depth == 0 || self->brackets->str[depth - 1] != ch)
        {
          fail (self, "unexpected '%c'", ch);
          return;
        }
      g_string_truncate (self->brackets, depth - 1);
    }
  TplToken *token = push (self, TPL_TOKEN_OPERATOR);
  memcpy (token->op, self->text + self->position, n);
  advance (self, self->position + n);
}

/* The inside of a tag up to its end. */
static void
lex_tag (Lexer *self, gboolean is_block)
{
  g_string_truncate (self->brackets, 0);
  while (!self->error && self->position < self->length)
    {
      gsize p = self->position, end;
      if (self->brackets->len == 0 && closes (self, p, is_block ? "%}" : "}}", is_block, is_block, &end))
        {
          push (self, is_block ? TPL_TOKEN_BLOCK_END : TPL_TOKEN_VARIABLE_END);
          advance (self, end);
          return;
        }
      end = skip_spaces (self, p);
      gunichar ch = g_utf8_get_char (self->text + p);
      if (end > p)
        advance (self, end);
      else if (ch < 0x80 && g_ascii_isdigit (ch))
        lex_number (self);
      else if (ch == '"' || ch == '\'')
        lex_string (self);
      else if (is_word (ch))
        lex_name (self);
      else
        lex_operator (self);
    }
}

/* The tag that begins at @begin, after the data before it. */
static void
lex_from_tag (Lexer *self, gsize begin)
{
  char kind = self->text[begin + 1], sign = begin + 2 < self->length ? self->text[begin + 2] : 0;
  gsize raw_end;
  gboolean is_raw = kind == '%' && is_raw_begin (self, begin, &raw_end);

  if (sign != '-' && sign != '+')
    sign = 0;
  push_data (self, begin, sign, kind == '{');
  self->position = begin;
  if (is_raw)
    {
      advance (self, raw_end);
      lex_raw (self);
      return;
    }
  if (kind != '#')
    push (self, kind == '%' ? TPL_TOKEN_BLOCK_BEGIN : TPL_TOKEN_VARIABLE_BEGIN);
  advance (self, begin + (sign ? 3 : 2));
  if (kind == '#')
    lex_comment (self);
  else
    lex_tag (self, kind == '%');
}

static void
lex (Lexer *self)
{
  while (!self->error && self->position < self->length)
    {
      const char *text = self->text;
      gsize p = self->position;
      while (p + 1 < self->length && !(text[p] == '{' && (text[p + 1] == '{' || text[p + 1] == '%' || text[p + 1] == '#')))
        p++;
      if (p + 1 >= self->length)
        {
          push_text (self, TPL_TOKEN_DATA, text + self->position, self->length - self->position);
          self->position = self->length;
        }
      else
        lex_from_tag (self, p);
    }
  push (self, TPL_TOKEN_END);
}

/* One kind of newline, and none at the end. */
static GString *
normalize_newlines (const char *source)
{
  GString *out = g_string_new (NULL);

  for (const char *p = source; *p; p++)
    {
      if (*p != '\r')
        g_string_append_c (out, *p);
      else if (p[1] != '\n')
        g_string_append_c (out, '\n');
    }
  if (out->len > 0 && out->str[out->len - 1] == '\n')
    g_string_truncate (out, out->len - 1);
  return out;
}

GArray *
tpl_lex (TplArena *arena, const char *source, const char *name, GError **error)
{
  g_autoptr(GString) text = normalize_newlines (source);
  Lexer self = { .arena = arena, .name = name, .text = text->str, .length = text->len, .line = 1, .line_starting = TRUE };

  self.brackets = g_string_new (NULL);
  self.tokens = g_array_new (FALSE, TRUE, sizeof (TplToken));
  lex (&self);
  g_string_free (self.brackets, TRUE);
  if (self.error)
    {
      g_array_unref (self.tokens);
      g_propagate_error (error, self.error);
      return NULL;
    }
  return self.tokens;
}
