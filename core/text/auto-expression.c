/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Oniguruma's regular expressions as PCRE2 takes them. What differs: names and extents of sets, classes in classes and cut with &&, words' bounds,
 * a flag in the midst, which holds to the end of its group with all alternatives, a dot that takes line ends (m, not s), quantifiers of quantifiers. */
#include "auto-expression-private.h"

#include <string.h>

typedef struct
{
  gsize begin;       /* where its parenthesis is in the output */
  guint flags;       /* parentheses of flags in its midst, which end where it does */
  gboolean extended; /* spaces and comments are nothing */
} Group;

typedef struct
{
  const char *at;
  GString *out;
  GArray *groups;      /* Group: the innermost is the last */
  gsize item;          /* where the last item begins in the output */
  gboolean quantified; /* it has a quantifier already */
} Translator;

static Group *
innermost (Translator *self)
{
  return &g_array_index (self->groups, Group, self->groups->len - 1);
}

static void
begin_item (Translator *self)
{
  self->item = self->out->len;
  self->quantified = FALSE;
}

static void
copy (Translator *self, gsize n)
{
  g_string_append_len (self->out, self->at, n);
  self->at += n;
}

static void
open_group (Translator *self, gboolean extended)
{
  Group group = { .begin = self->out->len, .extended = extended };

  g_array_append_val (self->groups, group);
}

static void
close_group (Translator *self)
{
  Group group = *innermost (self);

  for (guint i = 0; i < group.flags; i++)
    g_string_append_c (self->out, ')');
  if (self->groups->len > 1)
    {
      g_array_set_size (self->groups, self->groups->len - 1);
      self->item = group.begin;
      self->quantified = FALSE;
    }
}

/* "(?im-x)" or "(?im-x:" */
static gboolean
translate_flags (Translator *self)
{
  const char *flags = self->at + 2, *end = flags + strspn (flags, "imx-");
  gboolean extended = innermost (self)->extended, on = TRUE;
  g_autoptr(GString) own = g_string_new ("(?");

  if (end == flags || (*end != ')' && *end != ':'))
    return FALSE;
  for (const char *p = flags; p < end; p++)
    if (*p == 'x')
      extended = on;
    else
      {
        g_string_append_c (own, *p == 'm' ? 's' : *p);
        on = on && *p != '-';
      }
  g_string_append_c (own, ':');
  if (*end == ':')
    open_group (self, extended);
  else
    {
      innermost (self)->flags++;
      innermost (self)->extended = extended;
    }
  g_string_append (self->out, own->str);
  self->at = end + 1;
  return TRUE;
}

static void
translate_group (Translator *self)
{
  gsize length = 1;

  if (g_str_has_prefix (self->at, "(?#"))
    {
      self->at += strcspn (self->at, ")");
      self->at += *self->at == ')';
      return;
    }
  if (self->at[1] == '?' && translate_flags (self))
    return;
  if (self->at[1] == '?' && self->at[2] == '<' && self->at[3] && !strchr ("=!", self->at[3]))
    length = strcspn (self->at, ">") + 1;
  else if (self->at[1] == '?')
    length = self->at[2] == '<' ? 4 : 3;
  open_group (self, innermost (self)->extended);
  copy (self, MIN (length, strlen (self->at)));
}

/* "{2,3}" at @at: its length, or 0. @fixed: it has one number. */
static gsize
interval (const char *at, gboolean *fixed)
{
  gsize low = strspn (at + 1, "0123456789"), comma = at[1 + low] == ',', high = comma ? strspn (at + 2 + low, "0123456789") : 0;

  *fixed = !comma;
  return at[1 + low + comma + high] == '}' && low + high > 0 ? low + comma + high + 2 : 0;
}

static void
wrap_item (Translator *self)
{
  g_string_insert (self->out, self->item, "(?:");
  g_string_append_c (self->out, ')');
}

static gboolean
translate_quantifier (Translator *self)
{
  gboolean fixed = FALSE, braces = *self->at == '{';
  gsize length = braces ? interval (self->at, &fixed) : *self->at && strchr ("*+?", *self->at) ? 1 : 0;

  if (!length)
    return FALSE;
  if (self->quantified)
    wrap_item (self);
  if (braces && self->at[1] == ',')
    {
      g_string_append (self->out, "{0");
      self->at++;
      length--;
    }
  copy (self, length);
  /* a + behind braces, or a ? behind a single number in them, is a quantifier of its own */
  if ((*self->at == '?' && !fixed) || (*self->at == '+' && !braces))
    copy (self, 1);
  self->quantified = TRUE;
  return TRUE;
}

/* The characters of words, or the others. Outside of classes six numbers of Latin-1 are among them. */
static void
append_words (GString *out, gboolean negated)
{
  AutoExpressionSet words;
  const char *name = "\\w";

  auto_expression_set_init (&words);
  auto_expression_set_of_escape (&name, &words);
  g_string_append (words.flat, "\\x{b2}\\x{b3}\\x{b9}\\x{bc}-\\x{be}");
  auto_expression_set_append (&words, negated, out);
  auto_expression_set_clear (&words);
}

static void
append_bound (GString *out, gboolean inside)
{
  g_autoptr(GString) words = g_string_new (NULL);

  append_words (words, FALSE);
  g_string_append_printf (out, inside ? "(?:(?<=%1$s)(?=%1$s)|(?<!%1$s)(?!%1$s))" : "(?:(?<=%1$s)(?!%1$s)|(?<!%1$s)(?=%1$s))", words->str);
}

static void
translate_escape (Translator *self)
{
  AutoExpressionSet set;
  char letter = self->at[1];

  auto_expression_set_init (&set);
  if (letter && strchr ("bBOwW", letter))
    {
      if (letter == 'O')
        g_string_append (self->out, "(?s:.)");
      else if (g_ascii_tolower (letter) == 'w')
        append_words (self->out, letter == 'W');
      else
        append_bound (self->out, letter == 'B');
      self->at += 2;
    }
  else if (auto_expression_set_of_escape (&self->at, &set))
    auto_expression_set_append (&set, FALSE, self->out);
  else if (letter == 'v' || letter == 'u' || letter == 'x')
    g_string_append_printf (self->out, "\\x{%x}", auto_expression_character (&self->at));
  else if ((letter == 'k' || letter == 'g') && self->at[2] == '<' && strchr (self->at, '>'))
    copy (self, strcspn (self->at, ">") + 1);
  else if (letter && strchr ("EFIJLQTUVijlmoq", letter))
    {
      self->at++;
      copy (self, 1);
    }
  else if (letter)
    copy (self, 1 + (g_utf8_next_char (self->at + 1) - (self->at + 1)));
  else
    copy (self, 1);
  auto_expression_set_clear (&set);
}

static gboolean
translate_class (Translator *self)
{
  AutoExpressionSet set;

  self->at++;
  auto_expression_set_init (&set);
  gboolean good = auto_expression_class (&self->at, 0, &set);
  auto_expression_set_append (&set, FALSE, self->out);
  auto_expression_set_clear (&set);
  return good;
}

static gboolean
translate_item (Translator *self)
{
  if (innermost (self)->extended && g_ascii_isspace (*self->at))
    {
      self->at++;
      return TRUE;
    }
  if (innermost (self)->extended && *self->at == '#')
    {
      self->at += strcspn (self->at, "\n");
      return TRUE;
    }
  if (translate_quantifier (self))
    return TRUE;
  begin_item (self);
  if (*self->at == '(')
    translate_group (self);
  else if (*self->at == ')')
    {
      close_group (self);
      copy (self, 1);
    }
  else if (*self->at == '\\')
    translate_escape (self);
  else if (*self->at == '[')
    return translate_class (self);
  else if (*self->at == '{' || *self->at == '#')
    {
      g_string_append_c (self->out, '\\');
      copy (self, 1);
    }
  else
    copy (self, g_utf8_next_char (self->at) - self->at);
  return TRUE;
}

char *
auto_expression_translate (const char *expression)
{
  Translator self = { expression, g_string_new (NULL), g_array_new (FALSE, FALSE, sizeof (Group)), 0, FALSE };
  gboolean good = TRUE;

  open_group (&self, FALSE);
  while (*self.at && good)
    good = translate_item (&self);
  for (guint i = 0; i < innermost (&self)->flags; i++)
    g_string_append_c (self.out, ')');
  g_array_unref (self.groups);
  return g_string_free (self.out, !good);
}
