/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pattern.h"

#include "auto-expression.h"
#include "auto-scanner.h"
#include "auto-unicode.h"

struct _AutoPattern
{
  char *text; /* string or expression */
  gsize length;
  GRegex *regex;
  AutoScanner scanner;
};

AutoPattern *
auto_pattern_new_string (const char *text, gsize length)
{
  if (length == 0) /* found at every character */
    return auto_pattern_new_regex ("", NULL);
  AutoPattern *self = g_new0 (AutoPattern, 1);

  self->text = g_memdup2 (text, length + 1);
  self->length = length;
  return self;
}

AutoPattern *
auto_pattern_new_regex (const char *expression, GError **error)
{
  g_autoptr(GError) why = NULL;
  AutoScanner scanner = auto_scanner_recognize (expression);
  g_autofree char *translated = scanner ? NULL : auto_expression_translate (expression);
  GRegex *regex = translated ? g_regex_new (translated, G_REGEX_OPTIMIZE | G_REGEX_MULTILINE | G_REGEX_NEWLINE_LF, 0, &why) : NULL;

  if (!scanner && !regex)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "the regular expression \"%s\" is malformed: %s", expression,
                   why ? why->message : "its classes are nested too deeply");
      return NULL;
    }
  AutoPattern *self = g_new0 (AutoPattern, 1);
  self->text = g_strdup (expression);
  self->regex = regex;
  self->scanner = scanner;
  return self;
}

AutoPattern *
auto_pattern_new_from_json (JsonObject *object, const char *where, GError **error)
{
  JsonObject *pattern = auto_json_object (object, "pattern");
  const char *string = pattern ? auto_json_string (pattern, "String") : auto_json_string (object, "pattern");
  const char *regex = pattern ? auto_json_string (pattern, "Regex") : NULL;

  if (string)
    return auto_pattern_new_string (string, strlen (string));
  if (!regex)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: \"pattern\" must hold a \"String\" or a \"Regex\"", where);
      return NULL;
    }
  AutoPattern *self = auto_pattern_new_regex (regex, error);
  if (!self)
    g_prefix_error (error, "%s: ", where);
  return self;
}

void
auto_pattern_free (AutoPattern *self)
{
  if (!self)
    return;
  g_free (self->text);
  g_clear_pointer (&self->regex, g_regex_unref);
  g_free (self);
}

const char *
auto_pattern_get_text (const AutoPattern *self)
{
  return self->text;
}

const char *
auto_pattern_get_expression (const AutoPattern *self)
{
  return self->regex || self->scanner ? self->text : NULL;
}

static void
add_match (GArray *matches, gsize *done, gsize from, gsize to)
{
  if (*done < from)
    g_array_append_val (matches, ((AutoMatch){ *done, from, FALSE }));
  g_array_append_val (matches, ((AutoMatch){ from, to, TRUE }));
  *done = to;
}

static void
find_string (const AutoPattern *self, const char *text, gsize length, GArray *matches, gsize *done)
{
  const char *at = text, *found;

  while (self->length && (found = memmem (at, text + length - at, self->text, self->length)))
    {
      add_match (matches, done, found - text, found - text + self->length);
      at = found + self->length;
    }
}

static void
find_scanned (const AutoPattern *self, const char *text, gsize length, GArray *matches, gsize *done)
{
  for (gsize at = 0; at < length;)
    {
      gsize n = self->scanner (text + at, length - at);
      if (n)
        add_match (matches, done, at, at + n);
      at += n ? n : auto_utf8_size (text[at]);
    }
}

static gboolean
find_regex (const AutoPattern *self, const char *text, gsize length, GArray *matches, gsize *done, GError **error)
{
  g_autoptr(GMatchInfo) info = NULL;
  g_autoptr(GError) why = NULL;
  int before = -1; /* where the last match ended */

  g_regex_match_full (self->regex, text, length, 0, 0, &info, &why);
  while (!why && g_match_info_matches (info))
    {
      int from = -1, to = -1;
      g_match_info_fetch_pos (info, 0, &from, &to);
      if (from < to || to != before) /* there is no empty match next to another */
        add_match (matches, done, from, to);
      before = to;
      g_match_info_next (info, &why);
    }
  if (!why)
    return TRUE;
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
               "the regular expression \"%s\" takes too much work on this text: %s", self->text, why->message);
  return FALSE;
}

gboolean
auto_pattern_find (const AutoPattern *self, const char *text, gsize length, GArray *matches, GError **error)
{
  gsize done = 0;

  if (length == 0) /* nothing is found, not even nothing */
    return TRUE;
  if (self->scanner)
    find_scanned (self, text, length, matches, &done);
  else if (!self->regex)
    find_string (self, text, length, matches, &done);
  else if (!find_regex (self, text, length, matches, &done, error))
    return FALSE;
  if (done < length)
    g_array_append_val (matches, ((AutoMatch){ done, length, FALSE }));
  return TRUE;
}
