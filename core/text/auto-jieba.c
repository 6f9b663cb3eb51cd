/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-jieba.h"

#include <math.h>
#include <string.h>

#include "../base/auto-io.h"
#include "auto-character-trie.h"
#include "auto-data-files.h"
#include "auto-jieba-model.h"

#define LARGEST_FILE ((gsize) 1 << 26)

struct _AutoJieba
{
  AutoCharacterTrie trie;
  GArray *logs;        /* double: by the trie's ids, the logarithm of how often the word was counted */
  double log_total[2]; /* by rules: of all counts. A word that is listed twice counts twice in Python */
  AutoJiebaModel *model; /* NULL: none, or not read yet */
};

static const char *const usual_places[] = { "/usr/lib/python3/dist-packages/jieba", "/usr/share/cppjieba/dict", "/usr/share/jieba", NULL };
static const char *const file_names[] = { "dict.txt", "jieba.dict.utf8", NULL };

/* A line: a word, how often it was counted, and perhaps more, with spaces between. */
static gboolean
read_line (const char *line, gsize length, const char **word, gsize *word_length, guint64 *count)
{
  const char *p, *end = line + length;

  while (end > line && g_ascii_isspace (end[-1]))
    end--;
  while (line < end && g_ascii_isspace (*line))
    line++;
  for (p = line; p < end && *p != ' ';)
    p++;
  *word = line;
  *word_length = p - line;
  *count = 0;
  if (p == line)
    return TRUE; /* a blank line */
  const char *digits = ++p;
  for (; p < end && g_ascii_isdigit (*p) && *count < (guint64) 1 << 40; p++)
    *count = *count * 10 + (*p - '0');
  return p > digits && (p == end || *p == ' ');
}

/* A word that is listed twice counts as the last line says. */
static void
keep_words (AutoJieba *self, GArray *words, GArray *counts, guint64 total)
{
  g_autoptr(GArray) hidden = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint64 twice = 0;

  auto_character_trie_init (&self->trie, (const AutoCharacterText *) (gpointer) words->data, words->len, hidden);
  for (guint i = 0; i < hidden->len; i++)
    twice += g_array_index (counts, guint64, g_array_index (hidden, guint32, i));
  for (guint i = 0; i < counts->len; i++)
    g_array_append_val (self->logs, ((double){ log (g_array_index (counts, guint64, i)) }));
  self->log_total[AUTO_JIEBA_PYTHON] = log (total);
  self->log_total[AUTO_JIEBA_RUST] = log (total - twice);
}

static gboolean
read_words (AutoJieba *self, const char *text, gsize length, const char *path, GError **error)
{
  g_autoptr(GArray) words = g_array_new (FALSE, FALSE, sizeof (AutoCharacterText)), counts = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 total = 0, count;
  guint line = 0;

  for (const char *p = text, *end = text + length, *next; p < end; p = next + 1)
    {
      const char *word;
      gsize n;
      if (!(next = memchr (p, '\n', end - p)))
        next = end;
      line++;
      if (!read_line (p, next - p, &word, &n, &count))
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: line %u is no word and its count", path, line);
          return FALSE;
        }
      total += count;
      if (!n || !count)
        continue;
      g_array_append_val (words, ((AutoCharacterText){ word, n, counts->len }));
      g_array_append_val (counts, count);
    }
  if (!words->len)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: there are no words", path);
      return FALSE;
    }
  keep_words (self, words, counts, total);
  return TRUE;
}

static void
jieba_free (AutoJieba *self)
{
  auto_character_trie_clear (&self->trie);
  g_array_unref (self->logs);
  auto_jieba_model_free (self->model);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoJieba, jieba_free)

static AutoJieba *
read_dictionary (const char *path, GError **error)
{
  gsize length;
  g_autofree char *text = auto_io_read_text (path, LARGEST_FILE, &length, error);

  if (!text)
    return NULL;
  g_autoptr(AutoJieba) self = g_new0 (AutoJieba, 1);
  self->logs = g_array_new (FALSE, FALSE, sizeof (double));
  return read_words (self, text, length, path, error) ? g_steal_pointer (&self) : NULL;
}

/* What the process has read: an AutoJieba by the dictionary's path. */
static AutoJieba *
get_read (GHashTable *read, const char *path, gboolean with_model, GError **error)
{
  AutoJieba *self = g_hash_table_lookup (read, path);
  g_autofree char *folder = g_path_get_dirname (path);

  if (!self)
    {
      if (!(self = read_dictionary (path, error)))
        return NULL;
      g_hash_table_insert (read, g_strdup (path), self);
    }
  if (with_model && !self->model && !(self->model = auto_jieba_model_read (folder, error)))
    return NULL;
  return self;
}

const AutoJieba *
auto_jieba_get (const char *model_folder, gboolean with_model, GError **error)
{
  static GMutex lock;
  static GHashTable *read;
  g_autofree char *path = auto_data_find ("jieba", model_folder, usual_places, file_names);
  const AutoJieba *self;

  if (!path)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_INSTALLED,
                   "Jieba's dictionary of Chinese words, dict.txt, is not there: install Debian's python3-jieba, or let the environment "
                   "variable AUTO_JIEBA_DIR name its folder");
      return NULL;
    }
  g_mutex_lock (&lock);
  if (!read)
    read = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self = get_read (read, path, with_model, error);
  g_mutex_unlock (&lock);
  return self;
}

/* The best way from each character to the end of a block. */
typedef struct
{
  double score;
  guint32 end; /* of the word that comes first on it, in bytes of the block */
} Route;

typedef struct
{
  const AutoJieba *self;
  AutoJiebaRules rules;
  gboolean with_model;
  AutoPythonWord each;
  gpointer data;
  GArray *routes; /* Route by bytes: those of characters' starts are used */
} Cutter;

static gboolean
is_chinese (AutoJiebaRules rules, gunichar c)
{
  if (c >= AUTO_JIEBA_FIRST && c <= AUTO_JIEBA_LAST)
    return TRUE;
  return rules == AUTO_JIEBA_RUST
         && ((c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x2A6DF)
             || (c >= 0x2A700 && c <= 0x2EBEF) || (c >= 0x2F800 && c <= 0x2FA1F));
}

static gboolean
is_of_words (AutoJiebaRules rules, gunichar c)
{
  return c < 0x80 ? g_ascii_isalnum (c) || (c && strchr ("+#&._%-", c)) : is_chinese (rules, c);
}

static void
find_routes (Cutter *cutter, const char *block, gsize length)
{
  const AutoJieba *self = cutter->self;
  double log_total = self->log_total[cutter->rules];
  guint size;

  g_array_set_size (cutter->routes, length + 1);
  Route *routes = (Route *) (gpointer) cutter->routes->data;
  routes[length] = (Route){ 0 };
  for (gsize from = length; from > 0;)
    {
      const AutoCharacterNode *node = NULL;
      Route best = { 0 };
      from = auto_utf8_previous (block + from) - block;
      for (gsize at = from; at < length;)
        {
          gunichar c = auto_utf8_get (block + at, &size);
          node = at == from ? auto_character_trie_begin (&self->trie, c) : auto_character_trie_step (&self->trie, node, c);
          if (!node)
            break;
          at += size;
          if (node->id < 0)
            continue;
          double score = g_array_index (self->logs, double, node->id) - log_total + routes[at].score;
          if (!best.end || score >= best.score)
            best = (Route){ score, at };
        }
      if (!best.end) /* a character by itself counts once */
        {
          gsize end = from + auto_utf8_size (block[from]);
          best = (Route){ 0.0 - log_total + routes[end].score, end };
        }
      routes[from] = best;
    }
}

static gboolean
is_word (const AutoJieba *self, const char *text, gsize length)
{
  const AutoCharacterNode *node = &self->trie.root;
  guint size;

  for (gsize at = 0; at < length && node; at += size)
    node = auto_character_trie_step (&self->trie, node, auto_utf8_get (text + at, &size));
  return node && node->id >= 0;
}

/* Single characters one after another. */
static void
cut_singles (Cutter *cutter, const char *text, gsize length)
{
  if (length > auto_utf8_size (*text) && !is_word (cutter->self, text, length))
    auto_jieba_model_cut (cutter->self->model, text, length, cutter->each, cutter->data);
  else
    for (gsize at = 0, n; at < length; at += n)
      cutter->each (text + at, n = auto_utf8_size (text[at]), cutter->data);
}

/* Without the model, letters and digits that are words by themselves are one. */
static void
give_waiting (Cutter *cutter, const char *text, gsize length)
{
  if (!length)
    return;
  if (cutter->with_model)
    cut_singles (cutter, text, length);
  else
    cutter->each (text, length, cutter->data);
}

static void
cut_block (Cutter *cutter, const char *block, gsize length)
{
  gsize waiting = 0; /* from where single characters wait for what comes */

  find_routes (cutter, block, length);
  for (gsize at = 0, end; at < length; at = end)
    {
      end = g_array_index (cutter->routes, Route, at).end;
      gboolean single = end - at == auto_utf8_size (block[at]);
      if (single && (cutter->with_model || g_ascii_isalnum (block[at])))
        continue;
      give_waiting (cutter, block + waiting, at - waiting);
      cutter->each (block + at, end - at, cutter->data);
      waiting = end;
    }
  give_waiting (cutter, block + waiting, length - waiting);
}

void
auto_jieba_cut (const AutoJieba *self, AutoJiebaRules rules, gboolean with_model, const char *text, gsize length, AutoPythonWord each,
                gpointer data)
{
  g_autoptr(GArray) routes = g_array_new (FALSE, FALSE, sizeof (Route));
  Cutter cutter = { self, rules, with_model && self->model, each, data, routes };
  guint size = 0;

  for (gsize at = 0, from; at < length;)
    {
      for (from = at; at < length && is_of_words (rules, auto_utf8_get (text + at, &size)); at += size)
        ;
      if (at > from)
        cut_block (&cutter, text + from, at - from);
      else
        {
          size = text[at] == '\r' && at + 1 < length && text[at + 1] == '\n' ? 2 : size;
          each (text + at, size, data);
          at += size;
        }
    }
}
