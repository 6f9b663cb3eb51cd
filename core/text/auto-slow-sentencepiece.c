/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sentencepiece itself, and what the reference's Python classes do around it. */
#include "auto-slow-engines.h"

#include <string.h>

#include "auto-gap.h"
#include "auto-python-text.h"
#include "auto-sentencepiece-private.h"
#include "auto-slow.h"
#include "auto-tokenizer-legacy.h"
#include "auto-unicode.h"

#define SPACE AUTO_SENTENCEPIECE_SPACE

typedef struct
{
  AutoSentencePiece *file, *target; /* the second of texts that the model is to make, or NULL */
  AutoVocabulary *target_ids;       /* NULL: the vocabulary's */
  AutoVocabulary *beyond;           /* tokens that aren't counted, or NULL */
  gboolean upper;       /* what is decoded is made so */
  gboolean plain_start; /* the class marks the start of a text itself: its setting legacy is false */
  guint unk_length;     /* how many pieces the unknown token's text is, then */
  gint64 shift;         /* of the pieces' ids */
} Pieces;

static const AutoSlowPieces *
params_of (const AutoSlow *self)
{
  static const AutoSlowPieces plain;
  return self->class->params ? self->class->params : &plain;
}

static gboolean
is_legacy (const AutoSlow *self)
{
  return params_of (self)->mark != AUTO_MARK_CLASS && auto_json_bool (self->settings, "legacy", TRUE);
}

static gboolean
add_list (AutoSlow *self, const char *list, gint64 *id, GError **error)
{
  g_autoptr(JsonNode) node = list ? auto_tokenizer_fill_json (list, self->settings, error) : NULL;
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array && i < json_array_get_length (array); i++)
    {
      const char *token = auto_json_is_string (json_array_get_element (array, i)) ? json_array_get_string_element (array, i) : "";
      auto_vocabulary_add (self->vocabulary, token, strlen (token), (*id)++);
    }
  return !list || array;
}

/* The tokens of a list, each with the next id unless it has one. */
static gboolean
add_new_of_list (AutoSlow *self, const char *list, GError **error)
{
  g_autoptr(AutoVocabulary) known = g_steal_pointer (&self->vocabulary);
  gint64 id = 0;
  gsize length;
  guint old;

  self->vocabulary = auto_vocabulary_new ();
  gboolean good = add_list (self, list, &id, error);
  g_autoptr(AutoVocabulary) listed = g_steal_pointer (&self->vocabulary);
  self->vocabulary = g_steal_pointer (&known);
  for (guint i = 0; i < auto_vocabulary_size (listed); i++)
    {
      const char *token = auto_vocabulary_nth (listed, i, &length, &old);
      if (auto_vocabulary_find (self->vocabulary, token, length) < 0)
        auto_vocabulary_add (self->vocabulary, token, length, auto_vocabulary_size (self->vocabulary));
    }
  return good;
}

/* A file of tokens in place of the pieces. */
static gboolean
read_lines (AutoSlow *self, const char *folder, GError **error)
{
  const AutoSlowPieces *params = params_of (self);

  if (!auto_slow_load_lines (self, folder, params->lines_file, error))
    return FALSE;
  if (!params->first_words)
    return TRUE;
  g_autoptr(AutoVocabulary) lines = g_steal_pointer (&self->vocabulary);
  self->vocabulary = auto_vocabulary_new ();
  if (!add_new_of_list (self, params->head, error))
    return FALSE;
  for (guint i = 0; i < auto_vocabulary_size (lines); i++)
    {
      gsize length;
      guint id;
      const char *line = auto_vocabulary_nth (lines, i, &length, &id);
      gsize word_length;
      const char *word = auto_python_first_word (line, length, &word_length);
      if (word)
        auto_vocabulary_add (self->vocabulary, word, word_length, auto_vocabulary_size (self->vocabulary));
    }
  return add_new_of_list (self, params->tail, error);
}

/* The pieces and their ids, with the tokens that the class puts before and behind them. */
static gboolean
fill_vocabulary (AutoSlow *self, Pieces *data, GError **error)
{
  const AutoSlowPieces *params = params_of (self);
  g_auto(GStrv) more = params->more ? self->spec->more_tokens (self->spec, self->settings) : NULL;
  gsize n;
  const AutoPiece *pieces = auto_sentencepiece_get_pieces (data->file, &n);
  gint64 id = data->shift = params->shift ? CLAMP (auto_json_int (self->settings, params->shift, 0), 0, 1 << 20) : 0;

  self->vocabulary = auto_vocabulary_new ();
  if (!add_list (self, params->head, &id, error))
    return FALSE;
  for (gsize i = params->skip; i < n; i++, id++)
    /* a piece that is a token of the class as well keeps the class's id */
    if (auto_vocabulary_find (self->vocabulary, pieces[i].text, pieces[i].length) < 0)
      auto_vocabulary_add (self->vocabulary, pieces[i].text, pieces[i].length, id);
  for (guint i = 0; more && more[i]; i++)
    auto_vocabulary_add (self->vocabulary, more[i], strlen (more[i]), id++);
  if (!add_list (self, params->tail, &id, error))
    return FALSE;
  self->vocab_size = params->file_size ? n : id;
  return TRUE;
}

static void
encode (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  const AutoSlowPieces *params = params_of (self);
  const Pieces *data = self->data;
  g_autoptr(GPtrArray) pieces = params->cut ? g_ptr_array_new_with_free_func (g_free) : NULL;

  auto_sentencepiece_encode (self->as_target && data->target ? data->target : data->file, text, length, pieces ? pieces : tokens, NULL);
  if (pieces)
    params->cut (pieces, tokens);
}

static AutoSentencePiece *
read_model (AutoSlow *self, const char *folder, const char *wanted, GError **error)
{
  g_autofree char *path = auto_tokenizer_find_spm (folder, wanted);

  if (!path)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND, "%s: there is no sentencepiece model%s%s, which %s needs", folder,
                   wanted ? " " : "", wanted ? wanted : "", self->spec->class_name);
      return NULL;
    }
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr(GBytes) bytes = auto_slow_read (self, folder, name, error);
  AutoSentencePiece *model = bytes ? auto_sentencepiece_new (bytes, path, error) : NULL;
  if (model)
    auto_sentencepiece_prepare (model);
  return model;
}

/* The ids from files of their own. */
static gboolean
read_ids (AutoSlow *self, Pieces *data, const char *folder, GError **error)
{
  const AutoSlowPieces *params = params_of (self);
  g_auto(GStrv) beyond = params->beyond ? params->beyond (self->settings) : NULL;

  if (!auto_slow_load_ids (self, folder, params->ids_file, error))
    return FALSE;
  if (!self->unk || auto_vocabulary_find (self->vocabulary, self->unk, strlen (self->unk)) < 0)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s has no unknown token %s", folder, params->ids_file,
                   self->unk ? self->unk : "; set unk_token");
      return FALSE;
    }
  if (params->target_has_ids && auto_json_bool (self->settings, params->target_has_ids, FALSE)
      && !(data->target_ids = auto_slow_read_ids (self, folder, params->target_ids_file, error)))
    return FALSE;
  data->beyond = beyond ? auto_vocabulary_new () : NULL;
  for (guint i = 0; beyond && beyond[i]; i++)
    auto_vocabulary_add (data->beyond, beyond[i], strlen (beyond[i]), auto_vocabulary_size (self->vocabulary) + i);
  return !params->loaded || params->loaded (self, data->file, error);
}

static gboolean
pieces_load (AutoSlow *self, const char *folder, GError **error)
{
  const AutoSlowPieces *params = params_of (self);
  Pieces *data = self->data = g_new0 (Pieces, 1);

  data->file = read_model (self, folder, self->class->vocab_file ? self->class->vocab_file : self->spec->vocab_file, error);
  if (!data->file || (params->target_file && !(data->target = read_model (self, folder, params->target_file, error))))
    return FALSE;
  data->upper = params->upper && auto_json_bool (self->settings, params->upper, FALSE);
  data->plain_start = params->mark == AUTO_MARK_BEHIND || (params->mark != AUTO_MARK_MODEL && !is_legacy (self));
  if (data->plain_start)
    {
      g_autoptr(GPtrArray) unk = g_ptr_array_new_with_free_func (g_free);
      auto_sentencepiece_set_dummy_prefix (data->file, FALSE);
      encode (self, self->unk ? self->unk : "", self->unk ? strlen (self->unk) : 0, unk);
      data->unk_length = unk->len;
    }
  g_autofree char *lines = params->lines_file ? g_build_filename (folder, params->lines_file, NULL) : NULL;
  if (lines && (params->first_words || g_file_test (lines, G_FILE_TEST_EXISTS)))
    {
      gboolean good = read_lines (self, folder, error);
      self->vocab_size = self->vocabulary ? auto_vocabulary_size (self->vocabulary) : 0;
      return good;
    }
  return params->ids_file ? read_ids (self, data, folder, error) : fill_vocabulary (self, data, error);
}

static void
pieces_clear (AutoSlow *self)
{
  Pieces *data = self->data;

  g_clear_pointer (&data->file, auto_sentencepiece_free);
  g_clear_pointer (&data->target, auto_sentencepiece_free);
  g_clear_pointer (&data->target_ids, auto_vocabulary_free);
  g_clear_pointer (&data->beyond, auto_vocabulary_free);
  g_free (data);
}

/* Without the space that sentencepiece would put there, a text's own start is marked. */
static char *
pieces_prepare (const AutoSlow *self, const char *text, gsize length)
{
  const AutoSlowPieces *params = params_of (self);
  const Pieces *data = self->data;

  if (params->prepare && auto_json_bool (self->settings, params->prepare_if, FALSE))
    return params->prepare (text, length);
  if (!data->plain_start || !(length || params->mark == AUTO_MARK_BEHIND))
    return NULL;
  g_autoptr(GString) prepared = g_string_new_len (text, length);
  g_string_replace (prepared, SPACE, " ", 0);
  g_string_prepend (prepared, SPACE);
  return g_string_free (g_steal_pointer (&prepared), FALSE);
}

static void
pieces_finish (const AutoSlow *self, gboolean empty, GPtrArray *tokens)
{
  const Pieces *data = self->data;

  if (data->plain_start && !(empty && params_of (self)->mark != AUTO_MARK_BEHIND) && tokens->len > 1 && g_str_equal (tokens->pdata[0], SPACE)
      && auto_slow_is_special (self, tokens->pdata[1]))
    g_ptr_array_remove_index (tokens, 0);
}

/* Fewer spaces, plain quotes, no accents and lower case: as the settings say. */
static char *
clean (const AutoSlow *self, const char *text, gsize length)
{
  g_autoptr(GString) out = g_string_new (NULL);

  if (auto_json_bool (self->settings, "remove_space", TRUE))
    auto_python_split (text, length, auto_python_append_word, out);
  else
    g_string_append_len (out, text, length);
  g_string_replace (out, "``", "\"", 0);
  g_string_replace (out, "''", "\"", 0);
  if (!auto_json_bool (self->settings, "keep_accents", FALSE))
    {
      g_autofree char *decomposed = g_utf8_normalize (out->str, out->len, G_NORMALIZE_NFKD);
      g_string_truncate (out, 0);
      for (const char *p = decomposed ? decomposed : ""; *p; p = g_utf8_next_char (p))
        if (g_unichar_combining_class (g_utf8_get_char (p)) == 0)
          g_string_append_len (out, p, g_utf8_next_char (p) - p);
    }
  return auto_json_bool (self->settings, "do_lower_case", FALSE) ? auto_python_lower (out->str, out->len) : g_strndup (out->str, out->len);
}

/* "▁9," is taken as what "9" is, and a comma. */
static void
split_comma (const AutoSlow *self, const char *piece, gsize length, GPtrArray *tokens)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new ();
  g_autoptr(GString) number = g_string_new_len (piece, length - 1);

  g_string_replace (number, SPACE, "", 0);
  encode (self, number->str, number->len, parts);
  if (parts->len && !g_str_has_prefix (piece, SPACE) && g_str_has_prefix (parts->pdata[0], SPACE))
    {
      char *first = parts->pdata[0];
      if (g_str_equal (first, SPACE))
        g_free (g_ptr_array_remove_index (parts, 0));
      else
        memmove (first, first + strlen (SPACE), strlen (first) - strlen (SPACE) + 1);
    }
  g_ptr_array_extend_and_steal (tokens, g_steal_pointer (&parts));
  g_ptr_array_add (tokens, g_strdup (","));
}

static void
encode_commas (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func (g_free);
  guint size;

  encode (self, text, length, pieces);
  for (guint i = 0; i < pieces->len; i++)
    {
      const char *piece = pieces->pdata[i];
      gsize n = strlen (piece);
      if (n > 1 && piece[n - 1] == ',' && auto_python_is_digit (auto_utf8_get (auto_utf8_previous (piece + n - 1), &size)))
        split_comma (self, piece, n, tokens);
      else
        g_ptr_array_add (tokens, g_strdup (piece));
    }
}

/* Each run between punctuation, and each punctuation character, by itself. */
static void
encode_around_punctuation (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  gsize from = 0;
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      if (!auto_python_is_punctuation (auto_utf8_get (text + at, &size)))
        continue;
      if (at > from)
        encode (self, text + from, at - from, tokens);
      encode (self, text + at, size, tokens);
      from = at + size;
    }
  if (from < length)
    encode (self, text + from, length - from, tokens);
}

/* A text that begins with a space would lose it: it (or every text, as the class says) is encoded behind the unknown token, whose pieces
 * are then taken away. */
static void
encode_start (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  const Pieces *data = self->data;
  g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func (g_free);
  gboolean spaced = params_of (self)->mark == AUTO_MARK_BEHIND || (length && (*text == ' ' || g_str_has_prefix (text, SPACE)));
  g_autofree char *behind = spaced ? g_strconcat (self->unk ? self->unk : "", text, NULL) : NULL;

  encode (self, behind ? behind : text, behind ? strlen (behind) : length, pieces);
  if (behind && data->unk_length && pieces->len >= data->unk_length)
    g_ptr_array_remove_range (pieces, 0, data->unk_length);
  g_ptr_array_extend_and_steal (tokens, g_steal_pointer (&pieces));
}

static void
pieces_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  const AutoSlowPieces *params = params_of (self);
  const Pieces *data = self->data;
  g_autofree char *changed = params->change    ? params->change (text, length, tokens)
                             : params->clean   ? clean (self, text, length)
                             : params->lower && auto_json_bool (self->settings, params->lower, FALSE) ? auto_python_lower (text, length)
                                                                                                     : NULL;

  if (changed)
    text = changed, length = strlen (changed);
  if (data->plain_start)
    encode_start (self, text, length, tokens);
  else if (params->commas)
    encode_commas (self, text, length, tokens);
  else if (params->punctuation && auto_json_bool (self->settings, params->punctuation, FALSE))
    encode_around_punctuation (self, text, length, tokens);
  else
    encode (self, text, length, tokens);
}

/* What stands before and behind a gap, with the marks that the class's template puts around both; nothing behind: no gap. */
static gboolean
pieces_whole (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  char *sides[2];

  if (!self->spec->gap_token || !auto_gap_split (self->spec, self->settings, text, length, sides, NULL) || !sides[0])
    return FALSE;
  g_autofree char *before = sides[0], *behind = sides[1], *start = pieces_prepare (self, before, strlen (before));
  if (!*behind)
    {
      auto_slow_tokenize (self, before, strlen (before), FALSE, tokens);
      return TRUE;
    }
  g_auto(GStrv) pieces = g_strsplit (self->spec->gap, " ", -1);
  for (guint i = 0; pieces[i]; i++)
    if (g_str_has_prefix (pieces[i], "$A"))
      encode_start (self, start ? start : before, strlen (start ? start : before), tokens);
    else if (g_str_has_prefix (pieces[i], "$B"))
      encode_start (self, behind, strlen (behind), tokens);
    else
      {
        *strrchr (pieces[i], ':') = '\0';
        g_ptr_array_add (tokens, auto_tokenizer_fill_bare (pieces[i], self->settings));
      }
  return TRUE;
}

static gint64
pieces_find (const AutoSlow *self, const char *token)
{
  const Pieces *data = self->data;
  const AutoVocabulary *ids = self->as_target && data->target_ids ? data->target_ids : self->vocabulary;
  gsize length = strlen (token);
  gint64 id = data->beyond ? auto_vocabulary_find (data->beyond, token, length) : -1;

  if (id >= 0 || (id = auto_vocabulary_find (ids, token, length)) >= 0)
    return id;
  if (params_of (self)->ids_file)
    return auto_vocabulary_find (ids, self->unk, strlen (self->unk));
  if ((params_of (self)->head || params_of (self)->lines_file) && self->unk)
    {
      const AutoAddedToken *added = auto_added_vocabulary_find (self->added, self->unk);
      return added ? (gint64) added->id : auto_vocabulary_find (self->vocabulary, self->unk, strlen (self->unk));
    }
  return data->file->unknown + data->shift;
}

static const char *
pieces_token (const AutoSlow *self, gint64 id, gsize *length)
{
  const Pieces *data = self->data;
  const char *token = data->beyond ? auto_vocabulary_token (data->beyond, id, length) : NULL;

  return token ? token : auto_vocabulary_token (data->target_ids ? data->target_ids : self->vocabulary, id, length);
}

static void
append_decoded (const AutoSlow *self, GPtrArray *run, GString *text)
{
  const Pieces *data = self->data;
  g_autoptr(GString) decoded = auto_sentencepiece_decode_bytes (data->target ? data->target : data->file, (const char *const *) run->pdata, run->len);

  if (data->upper)
    {
      g_autofree char *upper = auto_python_upper (decoded->str, decoded->len);
      g_string_append (text, upper);
    }
  else
    g_string_append_len (text, decoded->str, decoded->len);
  g_ptr_array_set_size (run, 0);
}

/* Takes off the mark of the text's start, or all marks there. */
static void
unmark_start (const AutoSlow *self, GPtrArray *tokens)
{
  const AutoSlowPieces *params = params_of (self);
  gsize n = strlen (SPACE);

  for (gboolean more = tokens->len && params->unmark != AUTO_UNMARK_NONE; more && g_str_has_prefix (tokens->pdata[0], SPACE);
       more = params->unmark == AUTO_UNMARK_ALL)
    memmove (tokens->pdata[0], (char *) tokens->pdata[0] + n, strlen (tokens->pdata[0]) - n + 1);
}

/* Special tokens are not sentencepiece's to decode. */
static void
join_around_specials (const AutoSlow *self, GPtrArray *tokens, GString *text)
{
  const AutoSlowPieces *params = params_of (self);
  gboolean tight = params->join != AUTO_JOIN_AROUND_SPECIALS, after_special = tight, legacy = is_legacy (self);
  g_autoptr(GPtrArray) run = g_ptr_array_new ();

  for (guint i = 0; i < tokens->len; i++)
    {
      gboolean special = auto_slow_is_special (self, tokens->pdata[i]);
      if (!special)
        g_ptr_array_add (run, tokens->pdata[i]);
      else
        {
          if (!after_special && (params->unmark != AUTO_UNMARK_ONE || (i && legacy)))
            g_string_append_c (text, ' ');
          append_decoded (self, run, text);
          g_string_append (text, tokens->pdata[i]);
          if (params->join == AUTO_JOIN_SPACED)
            g_string_append_c (text, ' ');
        }
      after_special = special || tight;
    }
  append_decoded (self, run, text);
  if (params->target_file)
    g_string_replace (text, SPACE, " ", 0); /* of pieces that only the other model has */
}

static gboolean
pieces_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  const AutoSlowPieces *params = params_of (self);

  unmark_start (self, tokens);
  if (params->join <= AUTO_JOIN_SPACED)
    join_around_specials (self, tokens, text);
  else if (params->join == AUTO_JOIN_DECODED)
    {
      g_autoptr(GPtrArray) run = g_ptr_array_new ();
      for (guint i = 0; i < tokens->len; i++)
        g_ptr_array_add (run, tokens->pdata[i]);
      append_decoded (self, run, text);
    }
  else
    {
      for (guint i = 0; i < tokens->len; i++)
        g_string_append (text, tokens->pdata[i]);
      g_string_replace (text, SPACE, " ", 0);
    }
  if (!params->keep_ends)
    auto_python_strip (text);
  return TRUE;
}

const AutoSlowEngine auto_slow_sentencepiece = {
  .load = pieces_load,
  .prepare = pieces_prepare,
  .whole = pieces_whole,
  .tokenize = pieces_tokenize,
  .finish = pieces_finish,
  .find = pieces_find,
  .token = pieces_token,
  .join = pieces_join,
  .clear = pieces_clear,
};
