/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-phonemes.h"

#include <string.h>

#include "auto-python-text.h"

static void
mark_free (gpointer data)
{
  AutoMark *mark = data;

  g_free (mark->text);
  g_free (mark);
}

/* Whether there is a mark at @at; a comma or a point between digits is part of a number. */
static gboolean
is_mark (const char *line, const char *at)
{
  static const char marks[] = ";:!?¡¿—…\"«»“”(){}[]";

  if (*at == ',' || *at == '.')
    return !(at > line && g_ascii_isdigit (at[-1]) && g_ascii_isdigit (at[1]));
  return *at && g_utf8_strchr (marks, -1, g_utf8_get_char (at));
}

/* The next marks with the spaces around them, from @at on; NULL: there are none. Sets their end. */
static const char *
find_marks (const char *line, const char *at, const char **end)
{
  while (*at)
    {
      gboolean any = FALSE;
      const char *p = at;
      for (; *p; p = g_utf8_next_char (p))
        if (is_mark (line, p))
          any = TRUE;
        else if (!auto_python_is_space (g_utf8_get_char (p)))
          break;
      *end = p;
      if (any)
        return at;
      at = p > at ? p : g_utf8_next_char (p);
    }
  return NULL;
}

/* Spaces take the place of all marks. */
static char *
erase_marks (const char *text)
{
  GString *out = g_string_new (NULL);
  const char *from = text, *end;

  for (const char *at; (at = find_marks (text, from, &end)); from = end)
    {
      g_string_append_len (out, from, at - from);
      g_string_append_c (out, ' ');
    }
  g_string_append (out, from);
  auto_python_strip (out);
  return g_string_free (out, FALSE);
}

static void
add_mark (GPtrArray *marks, guint number, AutoMarkPlace place, const char *text, gsize length)
{
  AutoMark *mark = g_new (AutoMark, 1);

  *mark = (AutoMark){ number, place, g_strndup (text, length) };
  g_ptr_array_add (marks, mark);
}

static void
add_piece (GPtrArray *pieces, const char *text, gsize length)
{
  if (length)
    g_ptr_array_add (pieces, g_strndup (text, length));
}

/* Cuts a line; as in the package, a mark is cut out where the like of it comes first, though that may be part of a number. */
static void
cut_line (const char *line, guint number, GPtrArray *pieces, GPtrArray *marks)
{
  guint first = marks->len;
  const char *end = line;

  for (const char *at = line; (at = find_marks (line, at, &end)); at = end)
    {
      AutoMarkPlace place = at == line ? (*end ? AUTO_MARK_BEGIN : AUTO_MARK_ALONE) : *end ? AUTO_MARK_INSIDE : AUTO_MARK_END;
      add_mark (marks, number, place, at, end - at);
    }
  for (guint i = first; i < marks->len; i++)
    {
      const AutoMark *mark = g_ptr_array_index (marks, i);
      const char *found = strstr (line, mark->text);
      add_piece (pieces, line, found ? (gsize) (found - line) : strlen (line));
      line = found ? found + strlen (mark->text) : "";
    }
  add_piece (pieces, line, strlen (line));
}

/* Without the ends of lines around it. */
static void
strip_line_ends (char *line)
{
  gsize start = strspn (line, "\n"), length = strlen (line);

  while (length > start && line[length - 1] == '\n')
    length--;
  memmove (line, line + start, length - start);
  line[length - start] = 0;
}

static gboolean
is_blank (const char *line)
{
  gsize length = strlen (line);

  auto_python_lstrip (&line, &length);
  return !length;
}

GPtrArray *
auto_punctuation_cut (const char *text, gboolean keep, GPtrArray *pieces)
{
  GPtrArray *marks = g_ptr_array_new_with_free_func (mark_free);
  g_autofree char *stripped = g_strdup (text);

  if (!keep)
    {
      g_ptr_array_add (pieces, erase_marks (text));
      return marks;
    }
  strip_line_ends (stripped);
  g_auto(GStrv) lines = g_strsplit (stripped, "\n", -1);
  for (guint i = 0, number = 0; lines[i]; i++)
    if (!is_blank (lines[i]))
      cut_line (lines[i], number++, pieces, marks);
  return marks;
}

/* The pieces that are left, and the marks. */
typedef struct
{
  GPtrArray *pieces, *marks;
  guint piece, mark, line;
  const AutoPhonemes *form;
  GPtrArray *lines; /* char * */
} Restoration;

static char *
with_word_end (const Restoration *self, const char *text)
{
  gboolean ended = self->form->strip || g_str_has_suffix (text, self->form->word);
  return g_strconcat (text, ended ? "" : self->form->word, NULL);
}

/* Its spaces become what stands between words. */
static char *
mark_text (const Restoration *self, const AutoMark *mark)
{
  GString *text = g_string_new (mark->text);

  g_string_replace (text, " ", self->form->word, 0);
  return g_string_free (text, FALSE);
}

static char **
next_piece (Restoration *self)
{
  return (char **) &self->pieces->pdata[self->piece];
}

static void
replace_piece (Restoration *self, char *text)
{
  g_free (*next_piece (self));
  *next_piece (self) = text;
}

static void
end_line (Restoration *self, char *line)
{
  g_ptr_array_add (self->lines, line);
  self->line++;
}

static void
put_mark (Restoration *self)
{
  const AutoMark *mark = g_ptr_array_index (self->marks, self->mark++);
  g_autofree char *text = mark_text (self, mark), *both = NULL;
  char *piece = *next_piece (self);
  gsize word = strlen (self->form->word);

  if (word && g_str_has_suffix (piece, self->form->word))
    piece[strlen (piece) - word] = 0;
  switch (mark->place)
    {
    case AUTO_MARK_BEGIN:
      replace_piece (self, g_strconcat (text, piece, NULL));
      break;
    case AUTO_MARK_END:
      both = with_word_end (self, text);
      end_line (self, g_strconcat (piece, both, NULL));
      self->piece++;
      break;
    case AUTO_MARK_ALONE:
      end_line (self, with_word_end (self, text));
      break;
    case AUTO_MARK_INSIDE:
      both = g_strconcat (piece, text, NULL);
      if (self->piece + 1 < self->pieces->len)
        {
          self->piece++;
          replace_piece (self, g_strconcat (both, *next_piece (self), NULL));
        }
      else
        replace_piece (self, g_steal_pointer (&both));
      break;
    }
}

/* Marks without any phonemes. */
static void
put_marks_alone (Restoration *self)
{
  GString *all = g_string_new (NULL);

  for (; self->mark < self->marks->len; self->mark++)
    {
      g_autofree char *text = mark_text (self, g_ptr_array_index (self->marks, self->mark));
      g_string_append (all, text);
    }
  g_ptr_array_add (self->lines, g_string_free (all, FALSE));
}

char *
auto_punctuation_restore (GPtrArray *pieces, GPtrArray *marks, const AutoPhonemes *form)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  Restoration self = { pieces, marks, .form = form, .lines = lines };

  while (self.piece < pieces->len || self.mark < marks->len)
    if (self.mark == marks->len)
      {
        const char *piece = pieces->pdata[self.piece++];
        g_ptr_array_add (lines, form->punctuation ? with_word_end (&self, piece) : g_strdup (piece));
      }
    else if (self.piece == pieces->len)
      put_marks_alone (&self);
    else if (((AutoMark *) g_ptr_array_index (marks, self.mark))->line == self.line)
      put_mark (&self);
    else
      end_line (&self, g_strdup (pieces->pdata[self.piece++]));
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

/* Takes out marks of another language, as (en). */
static void
erase_flags (GString *text)
{
  for (gsize from = 0; from < text->len;)
    {
      const char *open = strchr (text->str + from, '('), *close = open && open[1] ? strchr (open + 2, ')') : NULL;
      if (!close)
        return;
      from = open - text->str;
      g_string_erase (text, from, close - open + 1);
    }
}

static void
append_word (GString *out, const char *word, const AutoPhonemes *form)
{
  g_autoptr(GString) text = g_string_new (word);

  auto_python_strip (text);
  if (!form->strip)
    g_string_append_c (text, '_');
  for (const char *p = text->str; *p; p = g_utf8_next_char (p))
    if (*p == '_')
      g_string_append (out, form->phone);
    else if (form->stress || !g_utf8_strchr ("ˈˌ'-", -1, g_utf8_get_char (p)))
      g_string_append_unichar (out, g_utf8_get_char (p));
  g_string_append (out, form->word);
}

char *
auto_phonemes_write (const GString *phonemes, const AutoPhonemes *form)
{
  g_autoptr(GString) line = g_string_new_len (phonemes->str, phonemes->len), out = g_string_new (NULL);

  auto_python_strip (line);
  g_string_replace (line, "\n", " ", 0);
  g_string_replace (line, "  ", " ", 0);
  g_autofree char *single = g_strdup (line->str);
  g_string_truncate (line, 0);
  for (const char *p = single; *p; p++)
    if (*p != '_' || (p[1] != '_' && p[1] != ' '))
      g_string_append_c (line, *p);
  if (!form->flags)
    erase_flags (line);
  if (!line->len)
    return g_strdup ("");
  g_auto(GStrv) words = g_strsplit (line->str, " ", -1);
  for (guint i = 0; words[i]; i++)
    append_word (out, words[i], form);
  if (form->strip)
    g_string_truncate (out, out->len - strlen (form->word));
  return g_string_free (g_steal_pointer (&out), FALSE);
}
