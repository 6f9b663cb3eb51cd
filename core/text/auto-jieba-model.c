/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-jieba-model.h"

#include <string.h>

#include "../base/auto-io.h"
#include "auto-unicode.h"

#define LARGEST_FILE ((gsize) 1 << 26)
#define IMPOSSIBLE (-3.14e100)

/* What a character is in its word. */
typedef enum
{
  BEGINS,
  ENDS,
  GOES_ON,
  SINGLE,
  N_STATES,
} State;

static const char state_letters[] = "BEMS";

struct _AutoJiebaModel
{
  double start[N_STATES], step[N_STATES][N_STATES];          /* logarithms of probabilities: of the first state, from one to the next */
  guint16 rows[AUTO_JIEBA_LAST - AUTO_JIEBA_FIRST + 1];      /* of characters, in @characters: the first one is that of unknown ones */
  GArray *characters;                                        /* double[N_STATES]: of a character in a state */
};

typedef double Row[N_STATES];
typedef guint8 Origins[N_STATES]; /* the states from which each is reached best */

void
auto_jieba_model_free (AutoJiebaModel *self)
{
  if (!self)
    return;
  g_array_unref (self->characters);
  g_free (self);
}

static AutoJiebaModel *
model_new (void)
{
  AutoJiebaModel *self = g_new0 (AutoJiebaModel, 1);
  static const Row unknown = { IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE };

  self->characters = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_append_val (self->characters, unknown);
  memcpy (self->start, unknown, sizeof unknown);
  for (int i = 0; i < N_STATES; i++)
    memcpy (self->step[i], unknown, sizeof unknown);
  return self;
}

static int
state_of (const char *name)
{
  const char *found = name && *name && !name[1] ? strchr (state_letters, *name) : NULL;

  return found ? (int) (found - state_letters) : -1;
}

static void
set_character (AutoJiebaModel *self, int state, gunichar c, double value)
{
  if (c < AUTO_JIEBA_FIRST || c > AUTO_JIEBA_LAST)
    return;
  guint16 *row = &self->rows[c - AUTO_JIEBA_FIRST];
  if (!*row)
    {
      Row unknown;
      memcpy (unknown, self->characters->data, sizeof unknown);
      *row = self->characters->len;
      g_array_append_val (self->characters, unknown);
    }
  g_array_index (self->characters, Row, *row)[state] = value;
}

static gboolean
fail (GError **error, const char *path, const char *what)
{
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s", path, what);
  return FALSE;
}

/* The text of a literal at *@p, behind its quote, with \uXXXX for characters. */
static char *
read_literal (const char **p)
{
  char quote = **p;
  GString *text = g_string_new (NULL);

  for (++*p; **p && **p != quote; ++*p)
    if (**p == '\\' && (*p)[1] == 'u')
      {
        char digits[5] = { 0 };
        strncpy (digits, *p + 2, 4);
        gunichar c = g_ascii_strtoull (digits, NULL, 16);
        g_string_append_unichar (text, g_unichar_validate (c) ? c : 0xFFFD);
        *p += 1 + strlen (digits);
      }
    else
      g_string_append_c (text, **p);
  *p += **p == quote;
  return g_string_free (text, FALSE);
}

typedef void (*Entry) (AutoJiebaModel *self, const char *outer, const char *key, double value);

/* A dictionary of Python's source, or one of such dictionaries: calls @entry for each number. */
static gboolean
read_python (AutoJiebaModel *self, const char *folder, const char *name, Entry entry, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "finalseg", name, NULL), *text = auto_io_read_text (path, LARGEST_FILE, NULL, error);
  g_autofree char *outer = NULL, *key = NULL;
  const char *p = text ? strchr (text, '{') : NULL;
  guint depth = 0, n = 0;
  char *end;

  if (!text)
    return FALSE;
  for (; p && *p;)
    if (*p == '\'' || *p == '"')
      {
        char **where = depth > 1 ? &key : &outer;
        g_free (*where);
        *where = read_literal (&p);
      }
    else if (*p == '-' || g_ascii_isdigit (*p))
      {
        double value = g_ascii_strtod (p, &end);
        if (end == p)
          break;
        p = end;
        n++;
        entry (self, outer, depth > 1 ? key : NULL, value);
      }
    else
      depth += (*p == '{') - (*p == '}'), p++;
  return n ? TRUE : fail (error, path, "is no table of probabilities in Python");
}

static void
take_start (AutoJiebaModel *self, const char *outer, const char *key, double value)
{
  int state = state_of (outer);

  if (state >= 0 && !key)
    self->start[state] = value;
}

static void
take_step (AutoJiebaModel *self, const char *outer, const char *key, double value)
{
  int from = state_of (outer), to = state_of (key);

  if (from >= 0 && to >= 0)
    self->step[from][to] = value;
}

static void
take_character (AutoJiebaModel *self, const char *outer, const char *key, double value)
{
  int state = state_of (outer);

  if (state >= 0 && key)
    set_character (self, state, g_utf8_get_char (key), value);
}

/* N_STATES numbers. */
static gboolean
read_numbers (const char *line, double *numbers)
{
  char *end;

  for (int i = 0; i < N_STATES; i++, line = end)
    {
      numbers[i] = g_ascii_strtod (line, &end);
      if (end == line)
        return FALSE;
    }
  return TRUE;
}

/* "character:number" with commas between. */
static gboolean
read_characters (AutoJiebaModel *self, int state, const char *line)
{
  char *end;

  for (const char *p = line; *p; p = end + (*end == ','))
    {
      gunichar c = g_utf8_get_char (p);
      p = g_utf8_next_char (p);
      if (*p++ != ':')
        return FALSE;
      double value = g_ascii_strtod (p, &end);
      if (end == p)
        return FALSE;
      set_character (self, state, c, value);
    }
  return TRUE;
}

/* Lines: the start, four of steps, four of characters; # begins a comment. */
static gboolean
read_lines (AutoJiebaModel *self, const char *path, GError **error)
{
  g_autofree char *text = auto_io_read_text (path, LARGEST_FILE, NULL, error);
  g_auto(GStrv) lines = text ? g_strsplit (text, "\n", -1) : NULL;
  guint n = 0;

  if (!text)
    return FALSE;
  for (guint i = 0; lines[i]; i++)
    {
      const char *line = g_strstrip (lines[i]);
      if (!*line || *line == '#')
        continue;
      gboolean good = n == 0                ? read_numbers (line, self->start)
                      : n <= N_STATES       ? read_numbers (line, self->step[n - 1])
                      : n <= 2 * N_STATES   ? read_characters (self, n - 1 - N_STATES, line)
                                            : FALSE;
      if (!good)
        return fail (error, path, "is no model of Jieba's");
      n++;
    }
  return n == 1 + 2 * N_STATES ? TRUE : fail (error, path, "is no model of Jieba's, or is cut short");
}

AutoJiebaModel *
auto_jieba_model_read (const char *folder, GError **error)
{
  static const char *const names[] = { "hmm_model.utf8", "hmm.model" };
  g_autoptr(AutoJiebaModel) self = model_new ();
  g_autofree char *tables = g_build_filename (folder, "finalseg", "prob_emit.py", NULL);

  if (g_file_test (tables, G_FILE_TEST_EXISTS)) /* these have all digits */
    {
      gboolean good = read_python (self, folder, "prob_start.py", take_start, error)
                      && read_python (self, folder, "prob_trans.py", take_step, error)
                      && read_python (self, folder, "prob_emit.py", take_character, error);
      return good ? g_steal_pointer (&self) : NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return read_lines (self, path, error) ? g_steal_pointer (&self) : NULL;
    }
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_INSTALLED,
               "%s: Jieba's model of unknown words is not there, neither the folder finalseg nor hmm_model.utf8: install Debian's python3-jieba",
               folder);
  return NULL;
}

/* Where a word's character may come from: states in which the one before may be. */
static const State before[N_STATES][2] = {
  [BEGINS] = { ENDS, SINGLE }, [ENDS] = { BEGINS, GOES_ON }, [GOES_ON] = { GOES_ON, BEGINS }, [SINGLE] = { SINGLE, ENDS } };

static const double *
row_of (const AutoJiebaModel *self, gunichar c)
{
  return g_array_index (self->characters, Row, self->rows[c - AUTO_JIEBA_FIRST]);
}

/* The likeliest states of the characters of a text. Of equal ones the greater letter is taken. */
static void
find_states (const AutoJiebaModel *self, const char *text, gsize length, GByteArray *states)
{
  g_autoptr(GArray) origins = g_array_new (FALSE, FALSE, sizeof (Origins));
  double now[N_STATES], next[N_STATES];
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      const double *row = row_of (self, auto_utf8_get (text + at, &size));
      Origins origin = { 0 };
      for (int y = 0; y < N_STATES; y++)
        {
          State a = before[y][0], b = before[y][1];
          if (at == 0)
            {
              next[y] = self->start[y] + row[y];
              continue;
            }
          double from_a = now[a] + self->step[a][y] + row[y], from_b = now[b] + self->step[b][y] + row[y];
          gboolean first = from_a > from_b || (from_a == from_b && state_letters[a] > state_letters[b]);
          next[y] = first ? from_a : from_b;
          origin[y] = first ? a : b;
        }
      memcpy (now, next, sizeof now);
      g_array_append_val (origins, origin);
    }
  g_byte_array_set_size (states, origins->len);
  guint8 state = now[SINGLE] >= now[ENDS] ? SINGLE : ENDS;
  for (guint i = origins->len; i-- > 0;)
    {
      states->data[i] = state;
      state = g_array_index (origins, Origins, i)[state];
    }
}

static void
cut_chinese (const AutoJiebaModel *self, const char *text, gsize length, AutoPythonWord each, gpointer data)
{
  g_autoptr(GByteArray) states = g_byte_array_new ();
  gsize begin = 0, done = 0, at = 0;

  find_states (self, text, length, states);
  for (guint i = 0; i < states->len; i++)
    {
      gsize size = auto_utf8_size (text[at]);
      if (states->data[i] == BEGINS)
        begin = at;
      else if (states->data[i] == ENDS)
        each (text + begin, at + size - begin, data), done = at + size;
      else if (states->data[i] == SINGLE)
        each (text + at, size, data), done = at + size;
      at += size;
    }
  if (done < length)
    each (text + done, length - done, data);
}

/* Letters and digits, perhaps with a fraction and a percent sign. */
static gsize
scan_number (const char *text, gsize length)
{
  gsize n = 0, fraction;

  while (n < length && g_ascii_isalnum (text[n]))
    n++;
  if (!n)
    return 0;
  for (fraction = n; fraction + 1 < length && text[n] == '.' && g_ascii_isdigit (text[fraction + 1]);)
    fraction++;
  n = fraction > n ? fraction + 1 : n;
  return n + (n < length && text[n] == '%');
}

static gboolean
is_chinese (const char *text)
{
  guint size;
  gunichar c = auto_utf8_get (text, &size);

  return c >= AUTO_JIEBA_FIRST && c <= AUTO_JIEBA_LAST;
}

void
auto_jieba_model_cut (const AutoJiebaModel *self, const char *text, gsize length, AutoPythonWord each, gpointer data)
{
  gsize at = 0, from = 0, n;

  while (at < length)
    {
      for (from = at; at < length && is_chinese (text + at);)
        at += auto_utf8_size (text[at]);
      if (at > from)
        cut_chinese (self, text + from, at - from, each, data);
      for (from = at; at < length && !is_chinese (text + at);)
        if ((n = scan_number (text + at, length - at)))
          {
            if (from < at)
              each (text + from, at - from, data);
            each (text + at, n, data);
            from = at += n;
          }
        else
          at += auto_utf8_size (text[at]);
      if (from < at)
        each (text + from, at - from, data);
    }
}
