/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BERT's words, cut where the reference's BasicTokenizer cuts them, and their pieces. */
#include "auto-slow-engines.h"

#include <string.h>

#include "../base/auto-io.h"
#include "auto-python-text.h"
#include "auto-slow.h"
#include "auto-unicode.h"

#define LARGEST_FILE ((gsize) 1 << 30)

typedef struct
{
  gboolean basic, lower, chinese;
  int strip_accents;       /* -1: as lower says */
  GHashTable *never_split; /* a set */
} Words;

gboolean
auto_slow_load_lines (AutoSlow *self, const char *folder, const char *name, GError **error)
{
  g_autoptr(GBytes) bytes = auto_slow_read (self, folder, name, error);
  gsize length;
  gint64 id = 0;

  if (!bytes)
    return FALSE;
  const char *text = g_bytes_get_data (bytes, &length);
  if (length > LARGEST_FILE || (length && !g_utf8_validate_len (text, length, NULL)))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s is no UTF-8, or far too large", folder, name);
      return FALSE;
    }
  self->vocabulary = auto_vocabulary_new ();
  for (gsize at = 0, n; at < length; id++, at += n)
    {
      for (n = 0; at + n < length && text[at + n] != '\n' && text[at + n] != '\r';)
        n++;
      auto_vocabulary_add (self->vocabulary, text + at, n, id);
      n += at + n + 1 < length && text[at + n] == '\r' && text[at + n + 1] == '\n' ? 2 : 1;
    }
  return TRUE;
}

static Words *
read_settings (JsonObject *settings)
{
  Words *words = g_new0 (Words, 1);
  JsonNode *strip = auto_json_member (settings, "strip_accents");
  JsonArray *never = auto_json_array (settings, "never_split");

  words->basic = auto_json_bool (settings, "do_basic_tokenize", TRUE);
  words->lower = auto_json_bool (settings, "do_lower_case", FALSE);
  words->chinese = auto_json_bool (settings, "tokenize_chinese_chars", TRUE);
  words->strip_accents = strip && auto_json_is_bool (strip) ? json_node_get_boolean (strip) : -1;
  words->never_split = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; never && i < json_array_get_length (never); i++)
    if (auto_json_is_string (json_array_get_element (never, i)))
      g_hash_table_add (words->never_split, g_strdup (json_array_get_string_element (never, i)));
  return words;
}

static gboolean
wordpiece_load (AutoSlow *self, const char *folder, GError **error)
{
  const char *name = self->class->vocab_file ? self->class->vocab_file : self->spec->vocab_file;
  JsonObject *fields = json_object_new ();
  Words *words = self->data = read_settings (self->settings);

  self->lower = words->basic && words->lower;
  json_object_set_string_member (fields, "type", "WordPiece");
  if (self->unk)
    json_object_set_string_member (fields, "unk_token", self->unk);
  if (!auto_slow_load_lines (self, folder, name ? name : "vocab.txt", error))
    {
      json_object_unref (fields);
      return FALSE;
    }
  self->model = auto_token_model_new (fields, self->vocabulary, NULL, NULL, error);
  return self->model != NULL;
}

static void
wordpiece_clear (AutoSlow *self)
{
  Words *words = self->data;

  g_hash_table_unref (words->never_split);
  g_free (words);
}

static GString *
clean (const char *text, gsize length, gboolean chinese)
{
  GString *out = g_string_sized_new (length);
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      if (c == 0 || c == 0xFFFD || auto_python_is_control (c))
        continue;
      if (auto_python_is_blank (c))
        g_string_append_c (out, ' ');
      else if (chinese && auto_python_is_chinese (c))
        {
          g_string_append_c (out, ' ');
          g_string_append_len (out, text + at, size);
          g_string_append_c (out, ' ');
        }
      else
        g_string_append_len (out, text + at, size);
    }
  return out;
}

static char *
without_accents (const char *text)
{
  g_autofree char *decomposed = g_utf8_normalize (text, -1, G_NORMALIZE_NFD);
  GString *out = g_string_new (NULL);

  for (const char *p = decomposed ? decomposed : text; *p; p = g_utf8_next_char (p))
    if (g_unichar_type (g_utf8_get_char (p)) != G_UNICODE_NON_SPACING_MARK)
      g_string_append_len (out, p, g_utf8_next_char (p) - p);
  return g_string_free (out, FALSE);
}

typedef struct
{
  const AutoSlow *self;
  const Words *words;
  GString *split;
  GPtrArray *tokens;
} Pass;

static gboolean
is_kept (const Pass *pass, const char *word)
{
  if (g_hash_table_contains (pass->words->never_split, word))
    return TRUE;
  for (guint i = 0; i < pass->self->specials->len; i++)
    if (g_str_equal (g_ptr_array_index (pass->self->specials, i), word))
      return TRUE;
  return FALSE;
}

/* Lower case, no accents, spaces around punctuation. */
static void
split_word (const char *text, gsize length, gpointer data)
{
  Pass *pass = data;
  const Words *words = pass->words;
  char *word = g_strndup (text, length), *changed;
  guint size;

  if (!is_kept (pass, word))
    {
      if (words->lower)
        changed = auto_python_lower (word, length), g_free (word), word = changed;
      if (words->lower ? words->strip_accents != FALSE : words->strip_accents == TRUE)
        changed = without_accents (word), g_free (word), word = changed;
    }
  g_string_append_c (pass->split, ' ');
  gboolean kept = is_kept (pass, word), fresh = FALSE;
  for (const char *p = word; *p; p += size)
    {
      gboolean punctuation = auto_python_is_punctuation (auto_utf8_get (p, &size)) && !kept;
      if (punctuation || fresh)
        g_string_append_c (pass->split, ' ');
      g_string_append_len (pass->split, p, size);
      fresh = punctuation;
    }
  g_free (word);
}

static void
add_pieces (const char *text, gsize length, gpointer data)
{
  Pass *pass = data;
  const AutoTokenModel *model = pass->self->model;
  g_autoptr(GArray) pieces = g_array_new (FALSE, FALSE, sizeof (AutoToken));

  if (!model->class->tokenize (model, text, length, pieces, NULL))
    g_array_set_size (pieces, 0);
  for (guint i = 0; i < pieces->len; i++)
    {
      gsize n;
      const char *token = auto_vocabulary_token (model->vocabulary, g_array_index (pieces, AutoToken, i).id, &n);
      g_ptr_array_add (pass->tokens, g_strndup (token, n));
    }
  if (!pieces->len && pass->self->unk) /* the unknown token isn't in the vocabulary itself */
    g_ptr_array_add (pass->tokens, g_strdup (pass->self->unk));
}

static void
add_word (const char *text, gsize length, gpointer data)
{
  Pass *pass = data;
  g_autofree char *word = g_strndup (text, length);

  if (g_hash_table_contains (pass->words->never_split, word))
    g_ptr_array_add (pass->tokens, g_steal_pointer (&word));
  else
    add_pieces (text, length, pass);
}

static void
wordpiece_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  const Words *words = self->data;
  Pass pass = { .self = self, .words = words, .tokens = tokens };

  if (!words->basic)
    {
      auto_python_split (text, length, add_pieces, &pass);
      return;
    }
  g_autoptr(GString) cleaned = clean (text, length, words->chinese);
  g_autofree char *composed = g_utf8_normalize (cleaned->str, cleaned->len, G_NORMALIZE_NFC);
  const char *normal = composed ? composed : cleaned->str;
  pass.split = g_string_new (NULL);
  auto_python_split (normal, strlen (normal), split_word, &pass);
  auto_python_split (pass.split->str, pass.split->len, add_word, &pass);
  g_string_free (pass.split, TRUE);
}

static gboolean
wordpiece_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  for (guint i = 0; i < tokens->len; i++)
    g_string_append_printf (text, "%s%s", i ? " " : "", (char *) g_ptr_array_index (tokens, i));
  g_string_replace (text, " ##", "", 0);
  const char *start = text->str;
  gsize length = text->len;
  auto_python_lstrip (&start, &length);
  auto_python_rstrip (start, &length);
  g_string_erase (text, 0, start - text->str);
  g_string_truncate (text, length);
  return TRUE;
}

const AutoSlowEngine auto_slow_wordpiece = {
  .load = wordpiece_load,
  .tokenize = wordpiece_tokenize,
  .join = wordpiece_join,
  .clear = wordpiece_clear,
};
