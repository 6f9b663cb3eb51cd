/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of characters in Oniguruma's regular expressions: classes, which may hold others and be cut with others, and named sets. */
#include "auto-expression-private.h"

#include <string.h>

#define DEEPEST 32
#define SPACE "\\t-\\r\\x{20}\\x{85}\\p{Z}"
/* letters that are symbols by their category */
#define CIRCLED "\\x{24b6}-\\x{24e9}\\x{1f130}-\\x{1f149}\\x{1f150}-\\x{1f169}\\x{1f170}-\\x{1f189}"
#define WORD "\\p{L}\\p{M}\\p{Nl}\\p{Nd}\\p{Pc}" CIRCLED
#define HEXADECIMAL "0-9A-Fa-f"
#define VISIBLE "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Cf}\\p{Co}"

/* Names without their case, spaces and signs. */
static const struct
{
  const char *name, *flat;
} sets[] = {
  { "alnum", "\\p{Alphabetic}\\p{Nd}" },
  { "alpha", "\\p{Alphabetic}" },
  { "any", "\\x{0}-\\x{10ffff}" },
  { "ascii", "\\x{0}-\\x{7f}" },
  { "assigned", "\\P{Cn}" },
  { "blank", "\\t\\p{Zs}" },
  { "casedletter", "\\p{L&}" },
  { "closepunctuation", "\\p{Pe}" },
  { "cntrl", "\\p{Cc}" },
  { "combiningmark", "\\p{M}" },
  { "connectorpunctuation", "\\p{Pc}" },
  { "control", "\\p{Cc}" },
  { "currencysymbol", "\\p{Sc}" },
  { "dashpunctuation", "\\p{Pd}" },
  { "decimalnumber", "\\p{Nd}" },
  { "digit", "\\p{Nd}" },
  { "enclosingmark", "\\p{Me}" },
  { "finalpunctuation", "\\p{Pf}" },
  { "format", "\\p{Cf}" },
  { "graph", VISIBLE },
  { "initialpunctuation", "\\p{Pi}" },
  { "lc", "\\p{L&}" },
  { "letter", "\\p{L}" },
  { "letternumber", "\\p{Nl}" },
  { "lineseparator", "\\p{Zl}" },
  { "lower", "\\p{Lowercase}\\p{Ll}" },
  { "lowercaseletter", "\\p{Ll}" },
  { "mark", "\\p{M}" },
  { "mathsymbol", "\\p{Sm}" },
  { "modifierletter", "\\p{Lm}" },
  { "modifiersymbol", "\\p{Sk}" },
  { "nonspacingmark", "\\p{Mn}" },
  { "number", "\\p{N}" },
  { "openpunctuation", "\\p{Ps}" },
  { "other", "\\p{C}" },
  { "otherletter", "\\p{Lo}" },
  { "othernumber", "\\p{No}" },
  { "otherpunctuation", "\\p{Po}" },
  { "othersymbol", "\\p{So}" },
  { "paragraphseparator", "\\p{Zp}" },
  { "print", VISIBLE "\\p{Zs}" },
  { "privateuse", "\\p{Co}" },
  { "punct", "\\p{P}" },
  { "punctuation", "\\p{P}" },
  { "separator", "\\p{Z}" },
  { "space", SPACE },
  { "spaceseparator", "\\p{Zs}" },
  { "spacingmark", "\\p{Mc}" },
  { "surrogate", "\\p{Cs}" },
  { "symbol", "\\p{S}" },
  { "titlecaseletter", "\\p{Lt}" },
  { "unassigned", "\\p{Cn}" },
  { "upper", "\\p{Uppercase}\\p{Lu}" },
  { "uppercaseletter", "\\p{Lu}" },
  { "word", WORD },
  { "xdigit", HEXADECIMAL },
};

void
auto_expression_set_init (AutoExpressionSet *self)
{
  self->flat = g_string_new (NULL);
  self->others = g_ptr_array_new_with_free_func (g_free);
}

void
auto_expression_set_clear (AutoExpressionSet *self)
{
  g_string_free (self->flat, TRUE);
  g_ptr_array_unref (self->others);
}

void
auto_expression_set_append (const AutoExpressionSet *self, gboolean negated, GString *out)
{
  gboolean flat = self->flat->len > 0, alone = !negated && self->others->len == 1 && !flat;

  if (self->others->len == 0)
    {
      if (flat)
        g_string_append_printf (out, "[%s%s]", negated ? "^" : "", self->flat->str);
      else
        g_string_append (out, negated ? "(?s:.)" : "(?!)");
      return;
    }
  g_string_append (out, alone ? "" : negated ? "(?:(?!" : "(?:");
  if (flat)
    g_string_append_printf (out, "[%s]", self->flat->str);
  for (guint i = 0; i < self->others->len; i++)
    {
      g_string_append (out, i || flat ? "|" : "");
      g_string_append (out, g_ptr_array_index (self->others, i));
    }
  g_string_append (out, alone ? "" : negated ? ")(?s:.))" : ")");
}

/* Adds a set of PCRE2's, or what is not in it. */
static void
add_flat (AutoExpressionSet *set, const char *flat, gboolean negated)
{
  if (negated)
    g_ptr_array_add (set->others, g_strconcat ("[^", flat, "]", NULL));
  else
    g_string_append (set->flat, flat);
}

static gboolean
compiles (const char *format, const char *name)
{
  g_autofree char *expression = g_strconcat (format, name, "}", NULL);
  g_autoptr(GRegex) regex = g_regex_new (expression, 0, 0, NULL);

  return regex != NULL;
}

/* A category, script or other property, or one of the sets above, by name. */
static void
add_named (AutoExpressionSet *set, const char *name, gsize length, gboolean negated)
{
  g_autoptr(GString) plain = g_string_new (NULL), flat = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    if (!strchr (" -_", name[i]))
      g_string_append_c (plain, g_ascii_tolower (name[i]));
  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    if (g_str_equal (sets[i].name, plain->str))
      {
        add_flat (set, sets[i].flat, negated);
        return;
      }
  if (plain->len <= 2)
    plain->str[0] = g_ascii_toupper (plain->str[0]);
  /* a newer PCRE2 takes a bare name of a script for the characters that the script shares with others too */
  g_string_append_printf (flat, "\\%c{%s%s}", negated ? 'P' : 'p', plain->len > 2 && compiles ("\\p{sc:", plain->str) ? "sc:" : "", plain->str);
  g_string_append (set->flat, flat->str);
}

/* "p{Han}" or "P{^Han}" at *@at. */
static gboolean
add_property (AutoExpressionSet *set, const char **at)
{
  const char *name = *at + 2, *end = (*at)[1] == '{' ? strchr (name, '}') : NULL;
  gboolean negated = **at == 'P';

  if (!end)
    return FALSE;
  if (*name == '^')
    {
      negated = !negated;
      name++;
    }
  add_named (set, name, end - name, negated);
  *at = end + 1;
  return TRUE;
}

gboolean
auto_expression_set_of_escape (const char **at, AutoExpressionSet *set)
{
  const char *p = *at + 1;

  switch (**at == '\\' ? *p : 0)
    {
    case 'w':
    case 'W':
      add_flat (set, WORD, *p == 'W');
      break;
    case 's':
    case 'S':
      add_flat (set, SPACE, *p == 'S');
      break;
    case 'd':
    case 'D':
      g_string_append (set->flat, *p == 'd' ? "\\p{Nd}" : "\\P{Nd}");
      break;
    case 'h':
    case 'H':
      add_flat (set, HEXADECIMAL, *p == 'H');
      break;
    case 'p':
    case 'P':
      if (!add_property (set, &p))
        return FALSE;
      *at = p;
      return TRUE;
    default:
      return FALSE;
    }
  *at = p + 1;
  return TRUE;
}

/* Up to @most digits of a number. */
static gunichar
read_number (const char **at, guint base, guint most)
{
  gunichar n = 0;

  for (guint i = 0; i < most; i++, (*at)++)
    {
      int digit = g_ascii_xdigit_value (**at);
      if (digit < 0 || digit >= (int) base)
        break;
      n = n * base + digit;
    }
  return n;
}

static gunichar
escaped_character (const char **at)
{
  static const char letters[] = "ntrfaevb", codes[] = "\n\t\r\f\a\x1b\v\b";
  const char *p = *at + 1, *found = *p ? strchr (letters, *p) : NULL;
  gunichar c;

  if (found)
    c = codes[found - letters], p++;
  else if (*p == 'x' && p[1] == '{')
    {
      p += 2;
      c = read_number (&p, 16, 8);
      p += *p == '}';
    }
  else if (*p == 'x' || *p == 'u')
    {
      guint most = *p++ == 'x' ? 2 : 4;
      c = read_number (&p, 16, most);
    }
  else if (*p >= '0' && *p <= '7')
    c = read_number (&p, 8, 3);
  else if (*p == 'c' && p[1])
    c = p[1] & 0x1f, p += 2;
  else
    {
      c = *p ? g_utf8_get_char (p) : '\\';
      p = *p ? g_utf8_next_char (p) : p;
    }
  *at = p;
  return c;
}

gunichar
auto_expression_character (const char **at)
{
  if (**at == '\\')
    return escaped_character (at);
  gunichar c = g_utf8_get_char (*at);
  *at = g_utf8_next_char (*at);
  return c;
}

static void
append_character (GString *flat, gunichar c)
{
  if (c < 0x80 && !g_ascii_isalnum (c))
    g_string_append_printf (flat, "\\x{%x}", c);
  else
    g_string_append_unichar (flat, c);
}

/* "[:name:]" at *@at. */
static gboolean
add_bracketed (AutoExpressionSet *set, const char **at)
{
  const char *name = *at + 2, *end;
  gboolean negated = *name == '^';

  name += negated;
  for (end = name; g_ascii_isalpha (*end); end++)
    ;
  if (end[0] != ':' || end[1] != ']')
    return FALSE;
  add_named (set, name, end - name, negated);
  *at = end + 2;
  return TRUE;
}

static void
add_range (AutoExpressionSet *set, const char **at)
{
  gunichar first = auto_expression_character (at);
  AutoExpressionSet none;

  append_character (set->flat, first);
  if (**at != '-' || (*at)[1] == ']' || (*at)[1] == '[' || !(*at)[1])
    return;
  const char *last = *at + 1;
  auto_expression_set_init (&none);
  if (!auto_expression_set_of_escape (&last, &none))
    {
      g_string_append_c (set->flat, '-');
      append_character (set->flat, auto_expression_character (&last));
      *at = last;
    }
  auto_expression_set_clear (&none);
}

/* What stands up to && or the end of the class. */
static gboolean
add_members (AutoExpressionSet *set, const char **at, guint depth)
{
  for (gboolean first = TRUE; **at; first = FALSE)
    {
      if ((**at == ']' && !(first && strchr (*at + 1, ']'))) || ((*at)[0] == '&' && (*at)[1] == '&'))
        return TRUE;
      if ((*at)[0] == '[' && (*at)[1] == ':' && add_bracketed (set, at))
        continue;
      if (**at == '[')
        {
          (*at)++;
          if (!auto_expression_class (at, depth + 1, set))
            return FALSE;
        }
      else if (!auto_expression_set_of_escape (at, set))
        add_range (set, at);
    }
  return TRUE;
}

static void
set_merge (AutoExpressionSet *self, AutoExpressionSet *other)
{
  g_string_append (self->flat, other->flat->str);
  g_ptr_array_extend_and_steal (self->others, g_ptr_array_ref (other->others));
}

/* @members, and what && asks for beside. */
static void
add_cut (AutoExpressionSet *set, const GString *both, const AutoExpressionSet *members, gboolean negated)
{
  GString *text = g_string_new (both->len == 0 ? "" : negated ? "(?:(?!" : "(?:");

  g_string_append (text, both->str);
  auto_expression_set_append (members, negated && both->len == 0, text);
  if (both->len)
    g_string_append (text, negated ? ")(?s:.))" : ")");
  g_ptr_array_add (set->others, g_string_free (text, FALSE));
}

gboolean
auto_expression_class (const char **at, guint depth, AutoExpressionSet *set)
{
  g_autoptr(GString) both = g_string_new (NULL); /* what && cuts with what follows */
  gboolean negated = **at == '^', good = depth <= DEEPEST, more = good;
  AutoExpressionSet members;

  for (*at += negated; more; *at += more ? 2 : 0)
    {
      auto_expression_set_init (&members);
      good = add_members (&members, at, depth);
      more = good && **at == '&';
      if (more)
        {
          g_string_append (both, "(?=");
          auto_expression_set_append (&members, FALSE, both);
          g_string_append_c (both, ')');
        }
      else if (good && both->len == 0 && !negated)
        set_merge (set, &members);
      else if (good)
        add_cut (set, both, &members, negated);
      auto_expression_set_clear (&members);
    }
  *at += **at == ']';
  return good;
}
