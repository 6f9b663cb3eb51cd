/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plain punctuation, before a text is cut into words. */
#include "auto-moses.h"
#include "auto-python-text.h"

#include <string.h>

typedef struct
{
  const char *pattern, *replacement;
} Rule;

#define NBSP "\xc2\xa0"
#define DIGIT "(\\p{Nd})"
#define SPACE "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}]"

static const Rule common[] = {
  /* spaces around brackets and punctuation */
  { "\\r", "" }, { "\\(", " (" }, { "\\)", ") " }, { " +", " " }, { "\\) ([.!:?;,])", ")\\1" }, { "\\( ", "(" }, { " \\)", ")" },
  { DIGIT " %", "\\1%" }, { " :", ":" }, { " ;", ";" },
  /* quotes and dashes */
  { "`", "'" }, { "''", " \" " }, { "[„“”]", "\"" }, { "–", "-" }, { "—", " - " }, { " +", " " }, { "´", "'" }, { "([a-zA-Z])‘([a-zA-Z])", "\\1'\\2" },
  { "([a-zA-Z])’([a-zA-Z])", "\\1'\\2" }, { "[‘‚’]", "'" }, { "''", "\"" }, { "´´", "\"" }, { "…", "..." },
  /* French quotes */
  { NBSP "«" NBSP, "\"" }, { "«" NBSP, "\"" }, { "«", "\"" }, { NBSP "»" NBSP, "\"" }, { NBSP "»", "\"" }, { "»", "\"" },
  /* spaces that don't break */
  { NBSP "%", "%" }, { "nº" NBSP, "nº " }, { NBSP ":", ":" }, { NBSP "ºC", " ºC" }, { NBSP "cm", " cm" }, { NBSP "\\?", "?" }, { NBSP "!", "!" },
  { NBSP ";", ";" }, { "," NBSP, ", " }, { " +", " " },
};
static const Rule english[] = { { "\"([,.]+)", "\\1\"" } };
static const Rule continental[] = { { ",\"", "\"," }, { "(\\.+)\"(" SPACE "*[^<])", "\"\\1\\2" } };
static const Rule decimal_comma[] = { { DIGIT NBSP DIGIT, "\\1,\\2" } }, decimal_dot[] = { { DIGIT NBSP DIGIT, "\\1.\\2" } };

/* The rules, compiled once. */
static GRegex *
regex_of (const Rule *rule)
{
  static GMutex lock;
  static GHashTable *compiled;
  g_autoptr(GError) error = NULL;

  g_mutex_lock (&lock);
  if (!compiled)
    compiled = g_hash_table_new (g_str_hash, g_str_equal);
  GRegex *regex = g_hash_table_lookup (compiled, rule->pattern);
  if (!regex)
    {
      regex = g_regex_new (rule->pattern, G_REGEX_OPTIMIZE | G_REGEX_DOTALL, 0, &error);
      if (!regex)
        g_error ("%s: %s", rule->pattern, error->message);
      g_hash_table_insert (compiled, (char *) rule->pattern, regex);
    }
  g_mutex_unlock (&lock);
  return regex;
}

static void
apply (char **text, const Rule *rules, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      char *changed = g_regex_replace (regex_of (&rules[i]), *text, -1, 0, rules[i].replacement, 0, NULL);
      if (!changed)
        continue; /* no more than a limit of matching could be the cause: the text stays */
      g_free (*text);
      *text = changed;
    }
}

/* Full-width punctuation and digits. */
static const char *
plain_of (gunichar c)
{
  static const struct
  {
    gunichar c;
    const char *plain;
  } known[] = { { 0xFF0C, "," }, { 0x3002, ". " }, { 0x3001, "," },  { 0x201D, "\"" }, { 0x201C, "\"" }, { 0x2236, ":" }, { 0xFF1A, ":" },
                { 0xFF1F, "?" }, { 0x300A, "\"" }, { 0x300B, "\"" }, { 0xFF09, ")" },  { 0xFF01, "!" },  { 0xFF08, "(" }, { 0xFF1B, ";" },
                { 0x300D, "\"" }, { 0x300C, "\"" }, { 0xFF0E, ". " }, { 0xFF5E, "~" }, { 0x2019, "'" },  { 0x2026, "..." }, { 0x2501, "-" },
                { 0x3008, "<" }, { 0x3009, ">" },  { 0x3010, "[" },  { 0x3011, "]" },  { 0xFF05, "%" } };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].c == c)
      return known[i].plain;
  return NULL;
}

static char *
without_wide (const char *text, gsize length)
{
  GString *out = g_string_sized_new (length);

  for (const char *p = text; p < text + length;)
    {
      gunichar c = g_utf8_get_char (p);
      const char *plain = c < 0x80 ? NULL : plain_of (c), *next = g_utf8_next_char (p);
      if (plain)
        g_string_append (out, plain);
      else if (c >= 0xFF10 && c <= 0xFF19)
        g_string_append_c (out, '0' + (c - 0xFF10));
      else
        g_string_append_len (out, p, next - p);
      p = next;
      while ((c == 0x3002 || c == 0xFF0E) && p < text + length && auto_python_is_space (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
    }
  return g_string_free (out, FALSE);
}

static char *
without_unprinted (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p; p = g_utf8_next_char (p))
    switch (auto_python_type (g_utf8_get_char (p)))
      {
      case G_UNICODE_CONTROL:
      case G_UNICODE_FORMAT:
      case G_UNICODE_UNASSIGNED:
      case G_UNICODE_PRIVATE_USE:
      case G_UNICODE_SURROGATE:
        break;
      default:
        g_string_append_len (out, p, g_utf8_next_char (p) - p);
      }
  return g_string_free (out, FALSE);
}

char *
auto_moses_plain (const AutoMoses *self, const char *text, gsize length)
{
  static const char *const comma_quotes[] = { "de", "es", "fr", NULL }, *const comma_numbers[] = { "de", "es", "cz", "cs", "fr", NULL };
  const char *language = auto_moses_get_language (self);
  char *changed = g_strndup (text, length);

  apply (&changed, common, G_N_ELEMENTS (common));
  if (g_str_equal (language, "en"))
    apply (&changed, english, G_N_ELEMENTS (english));
  else if (g_strv_contains (comma_quotes, language))
    apply (&changed, continental, G_N_ELEMENTS (continental));
  apply (&changed, g_strv_contains (comma_numbers, language) ? decimal_comma : decimal_dot, 1);
  g_autoptr(GString) stripped = g_string_new (changed);
  auto_python_strip (stripped);
  g_free (changed);
  return g_string_free (g_steal_pointer (&stripped), FALSE);
}

char *
auto_moses_normalize (const AutoMoses *self, const char *text, gsize length)
{
  g_autofree char *narrow = without_wide (text, length), *plain = auto_moses_plain (self, narrow, strlen (narrow));

  return without_unprinted (plain);
}
